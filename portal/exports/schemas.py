"""What an export says, in one place for every form of it: the sheet that is read once, and how paper, table and data tell it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, TypeAdapter, with_config

from portal.decisions.domain import DecisionStatus
from portal.exports.domain import Format, csv_text
from portal.goals.domain import Column, GoalStatus, WholeChange, WholeGoal, WholeStep
from portal.kit import paper
from portal.kit.i18n import N_, day, direction, say
from portal.kit.paper import Facts, Heading, Item, Items, Paper, Table, Together, Words
from portal.kit.refusal import BadInput
from portal.ladders.domain import LEVELS
from portal.promises.domain import PromiseStatus

COLUMN_WORDS: dict[Column, str] = {
    Column.IDEAS: N_("Ideas"),
    Column.AGREED: N_("Agreed"),
    Column.WORKING: N_("Working on"),
    Column.REACHED: N_("Reached"),
    Column.LET_GO: N_("Let go"),
}

PROMISE_WORDS: dict[PromiseStatus, str] = {
    PromiseStatus.OPEN: N_("Open"),
    PromiseStatus.KEPT: N_("Kept"),
    PromiseStatus.NOT_KEPT: N_("Not kept"),
    PromiseStatus.TAKEN_BACK: N_("Taken back"),
}

DECISION_WORDS: dict[DecisionStatus, str] = {
    DecisionStatus.OPEN: N_("Being weighed"),
    DecisionStatus.PROPOSED: N_("Suggested"),
    DecisionStatus.DECIDED: N_("Decided"),
}

NOTHING = N_("Nothing stands here yet. Begin with one thing that you would like to be different.")

FORMAT_NAME = "rapport.goals"
FORMAT_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields alone leave it as it is."""


@dataclass(frozen=True)
class ExportForm:
    """What was chosen in the menu: the kind of file, and of which goal ("": of the whole board)."""

    kind: Format
    goal_id: str = ""

    @classmethod
    def parse(cls, kind: str, goal_id: str = "") -> "ExportForm":
        """Raises BadInput for a kind that nobody offers and for what is no id."""
        if kind not in set(Format) or (goal_id and len(goal_id) != 36):
            raise BadInput(field="kind")
        return cls(Format(kind), goal_id)


@dataclass(frozen=True)
class Asked:
    """An export that was asked for."""

    id: str


@dataclass(frozen=True)
class ExportLine:
    """One export as its page shows it. `status` is the state's name; `href` is where the file is fetched, empty until it can be."""

    id: str
    status: str
    kind: str
    goal_id: str
    words: str
    note: str
    percent: int
    href: str


@dataclass(frozen=True)
class Fetched:
    """A finished file, for the answer to a download."""

    name: str
    media_type: str
    content: bytes


# --- the sheet: what there is to say, read through the verbs that the screens use


@dataclass(frozen=True)
class Writer:
    """Somebody whose work together this is."""

    name: str
    role: str


@dataclass(frozen=True)
class Rating:
    """One number (0 to 10) of one side ("client" or "therapist") for one wording of a goal, and when."""

    wording: str
    side: str
    value: int
    at: datetime


@dataclass(frozen=True)
class Ladder:
    """The attainment ladder of a goal: the words of its levels from 2 down to -2, where it began and where both say it is (none: not said)."""

    texts: tuple[str, ...]
    start: int | None
    level: int | None
    weight: int


@dataclass(frozen=True)
class LadderScore:
    """The score over all ladders as the page shows it, in words with what it is not; the numbers are empty without one."""

    now: str
    at_start: str
    words: str
    caveat: str


@dataclass(frozen=True)
class Said:
    """A comment: who wrote it and what they were then ("client" or "therapist"), when, whether it was changed, and its words."""

    at: datetime
    by: str
    role: str
    changed: bool
    text: str


@dataclass(frozen=True)
class SheetGoal:
    """A goal with what other rooms know of it. `course` is the sentence about its ratings that its card on the board has."""

    goal: WholeGoal
    ratings: tuple[Rating, ...]
    course: str
    ladder: Ladder | None = None
    comments: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Promised:
    """A promise of the therapist, with what the client says became of it."""

    id: str
    text: str
    by: str
    made_at: datetime
    until_on: date | None
    status: PromiseStatus
    status_at: datetime
    reason: str
    archived: bool


@dataclass(frozen=True)
class Point:
    """What speaks for an option or against it, and who said so."""

    text: str
    by: str


@dataclass(frozen=True)
class Option:
    """One option of a decision."""

    text: str
    speaks_for: tuple[Point, ...]
    speaks_against: tuple[Point, ...]
    chosen: bool


@dataclass(frozen=True)
class Decided:
    """A decision that is or was weighed together. `goal_id` is the goal it is tied to, empty for none."""

    id: str
    question: str
    options: tuple[Option, ...]
    matters: str
    outcome: str
    status: DecisionStatus
    status_at: datetime
    goal_id: str
    look_on: date | None
    archived: bool


@dataclass(frozen=True)
class Sheet:
    """All that an export says, as one person may read it at one moment. `goal_id` is empty for the whole board."""

    goal_id: str
    writers: tuple[Writer, ...]
    made_at: datetime
    lang: str
    zone: str
    goals: tuple[SheetGoal, ...]
    promises: tuple[Promised, ...] = ()
    score: LadderScore | None = None
    decisions: tuple[Decided, ...] = ()

    def say(self, sentence: str, **places: object) -> str:
        """A sentence in the reader's language."""
        return say(self.lang, sentence, **places)

    def day(self, when: date | None) -> str:
        """"12 December 2026", empty for none."""
        return day(self.lang, "UTC", datetime.combine(when, time(12), UTC)) if when else ""

    def moment_day(self, when: datetime) -> str:
        """The day of a moment where the reader is."""
        return day(self.lang, self.zone, when)

    def side(self, role: str) -> str:
        """The first name of whoever is the client, or the therapist."""
        return ", ".join(writer.name.split()[0] for writer in self.writers if writer.role == role and writer.name.strip())

    @property
    def on_board(self) -> tuple[SheetGoal, ...]:
        """Without what lies in the archive, unless that one goal was asked for."""
        return tuple(one for one in self.goals if not one.goal.archived or one.goal.id == self.goal_id)

    @property
    def title(self) -> str:
        """What stands above it."""
        return self.goals[0].goal.title if self.goal_id and self.goals else self.say(N_("Goals, together"))

    @property
    def footer(self) -> str:
        """First names and the day: enough to know whose paper it is, too little for anybody else."""
        names = ", ".join(writer.name.split()[0] for writer in self.writers if writer.name.strip())
        return " · ".join(filter(None, (names, self.moment_day(self.made_at))))


def with_decisions(sheet: Sheet, facts: Iterable[Any], *, everything: bool) -> Sheet:
    """The sheet with the decisions of the case (as `decisions.every` tells them): all, or those tied to the one goal."""
    known = {one.goal.id for one in sheet.goals}
    decided = (
        Decided(
            id=fact.id,
            question=fact.question,
            options=tuple(Option(one.text, _points(one.speaks_for), _points(one.speaks_against), one.chosen) for one in fact.options),
            matters=fact.matters,
            outcome=fact.outcome,
            status=fact.status,
            status_at=fact.status_at,
            goal_id=fact.goal_id if fact.goal_id in known else "",
            look_on=fact.look_on,
            archived=fact.archived,
        )
        for fact in facts
        if everything or not fact.archived
    )
    return replace(sheet, decisions=tuple(one for one in decided if not sheet.goal_id or one.goal_id == sheet.goal_id))


def _points(points: Iterable[Any]) -> tuple[Point, ...]:
    return tuple(Point(point.text, point.by) for point in points)


# --- on paper, and on the page that is printed


def paper_of(sheet: Sheet) -> Paper:
    """The board as a list by columns, or one goal on a page of its own."""
    head: tuple[paper.Part, ...] = (Heading(sheet.title, 1), Words(sheet.footer, "small"))
    if not sheet.goals and not sheet.promises and not sheet.decisions:
        body: tuple[paper.Part, ...] = (Words(sheet.say(NOTHING)),)
    elif sheet.goal_id:
        body = tuple(_goal_alone(sheet, sheet.goals[0]) + _decisions(sheet))
    else:
        body = tuple([part for column in Column for part in _column(sheet, column)] + _promises(sheet) + _decisions(sheet) + _score(sheet))
    return Paper(
        # The file's own title is shown by viewers in the window's bar, so it is as neutral as the portal's pages.
        title="Rapport",
        lang=sheet.lang,
        dir=direction(sheet.lang),
        footer=sheet.footer,
        pages=sheet.say(N_("Page {n} of {all}"), n="{n}", all="{all}"),
        made_at=sheet.made_at,
        parts=head + body,
    )


HEAD = 2
"""So many parts at the beginning of a paper say what it is, whose, and of when."""


def _column(sheet: Sheet, column: Column) -> list[paper.Part]:
    goals = [one for one in sheet.on_board if one.goal.column is column]
    if not goals:
        return []
    return [Heading(f"{sheet.say(COLUMN_WORDS[column])} ({len(goals)})", 2), *(Together(tuple(_goal(sheet, one))) for one in goals)]


def _promises(sheet: Sheet) -> list[paper.Part]:
    on_board = [one for one in sheet.promises if not one.archived]
    if not on_board:
        return []
    lines = tuple(Item(one.text, _promise_note(sheet, one), one.status is PromiseStatus.KEPT) for one in on_board)
    return [Heading(f"{sheet.say(N_('Promises'))} ({len(on_board)})", 2), Items(lines)]


def _decisions(sheet: Sheet) -> list[paper.Part]:
    shown = [one for one in sheet.decisions if not one.archived]
    if not shown:
        return []
    return [Heading(f"{sheet.say(N_('Decisions'))} ({len(shown)})", 2), *(Together(tuple(_decision(sheet, one))) for one in shown)]


def _decision(sheet: Sheet, one: Decided) -> list[paper.Part]:
    facts = [(sheet.say(N_("State")), sheet.say(DECISION_WORDS[one.status])), (sheet.say(N_("Since")), sheet.moment_day(one.status_at))]
    if one.look_on:
        facts.append((sheet.say(N_("Look again on")), sheet.day(one.look_on)))
    parts: list[paper.Part] = [Heading(one.question, 3), Facts(tuple(facts))]
    if one.matters:
        parts.append(Words(f"{sheet.say(N_('What matters most'))}: {one.matters}", "said"))
    for option in one.options:
        points = [(sheet.say(N_("for")), point) for point in option.speaks_for] + [(sheet.say(N_("against")), point) for point in option.speaks_against]
        parts.append(Items((Item(option.text, sheet.say(N_("chosen")) if option.chosen else "", option.chosen),)))
        if points:
            parts.append(Table((sheet.say(N_("Speaks")), sheet.say(N_("What")), sheet.say(N_("Who"))), tuple((way, point.text, point.by) for way, point in points)))
    if one.outcome:
        parts.append(Words(one.outcome, "said"))
    return parts


def _score(sheet: Sheet) -> list[paper.Part]:
    if sheet.score is None or not sheet.score.now:
        return []
    pairs = [(sheet.say(N_("Score now")), sheet.score.now)]
    if sheet.score.at_start:
        pairs.append((sheet.say(N_("Score at the start")), sheet.score.at_start))
    said = [Words(words, "small") for words in (sheet.score.words, sheet.score.caveat) if words]
    return [Heading(sheet.say(N_("The ladders together")), 2), Facts(tuple(pairs)), *said]


def _promise_note(sheet: Sheet, one: Promised) -> str:
    is_open = one.status is PromiseStatus.OPEN
    parts = [
        one.by,
        sheet.say(N_("by {day}"), day=sheet.day(one.until_on)) if is_open and one.until_on else "",
        "" if is_open else f"{sheet.say(PROMISE_WORDS[one.status])}, {sheet.moment_day(one.status_at)}",
        one.reason,
    ]
    return " · ".join(filter(None, parts))


def _goal(sheet: Sheet, one: SheetGoal) -> list[paper.Part]:
    goal = one.goal
    parts: list[paper.Part] = [Heading(goal.title, 3)]
    if goal.mark:
        parts.append(Words(goal.mark, "small"))
    if goal.why:
        parts.append(Words(goal.why, "said"))
    parts += _new_wording(sheet, goal)
    if facts := _facts(sheet, goal):
        parts.append(Facts(facts))
    if one.course:
        parts.append(Words(f"{sheet.say(N_('How it goes'))} (0–10): {one.course}", "small"))
    if goal.steps:
        parts.append(Items(_steps(sheet, goal)))
    return parts


def _goal_alone(sheet: Sheet, one: SheetGoal) -> list[paper.Part]:
    goal = one.goal
    parts: list[paper.Part] = [Facts(_facts(sheet, goal, alone=True))]
    if goal.mark:
        parts.append(Words(goal.mark, "small"))
    if goal.why:
        parts += [Heading(sheet.say(N_("Why it matters")), 2), Words(goal.why, "said")]
    parts += _new_wording(sheet, goal)
    if goal.notes:
        parts += [Heading(sheet.say(N_("Notes on this goal")), 2), Words(goal.notes, "said")]
    if goal.steps:
        parts += [Heading(sheet.say(N_("Small steps")), 2), Items(_steps(sheet, goal))]
    if one.ladder:
        parts += [Heading(sheet.say(N_("The ladder")), 2), _ladder_table(sheet, one.ladder)]
    if one.ratings:
        parts += [Heading(sheet.say(N_("How it goes")), 2), *([Words(one.course)] if one.course else []), _rating_table(sheet, one)]
    if one.comments:
        parts += [Heading(sheet.say(N_("Comments")), 2), Items(tuple(Item(said.text, _said_note(sheet, said)) for said in one.comments))]
    return parts


def _ladder_table(sheet: Sheet, ladder: Ladder) -> Table:
    """The five levels from the highest down; where it began and where it is stand beside them in words."""
    rows = []
    for level, text in zip(LEVELS, ladder.texts, strict=True):
        marks = [sheet.say(N_("now"))] if level == ladder.level else []
        marks += [sheet.say(N_("at the start"))] if level == ladder.start else []
        rows.append((_signed(level), text, ", ".join(marks)))
    return Table((sheet.say(N_("Level")), sheet.say(N_("What it looks like")), sheet.say(N_("Where it stands"))), tuple(rows))


def _signed(level: int) -> str:
    return f"+{level}" if level > 0 else _minus(level)


def _minus(number: int) -> str:
    """A number with a true minus, which no spreadsheet takes for the beginning of a formula."""
    return str(number).replace("-", "\u2212")


def _levels(sheet: Sheet, ladder: Ladder | None) -> str:
    """The levels one below the other, for a cell of a table."""
    return "\n".join(f"{_minus(level)}: {text}" for level, text in zip(LEVELS, ladder.texts, strict=True)) if ladder else ""


_NEWEST_ON_PAPER = 12


def _rating_table(sheet: Sheet, one: SheetGoal) -> Table:
    """The newest numbers, the last one first; those of earlier wordings name theirs."""
    several = len({rating.wording for rating in one.ratings}) > 1
    head = (sheet.say(N_("Day")), sheet.say(N_("Who")), sheet.say(N_("Number (0–10)")), *([sheet.say(N_("For the wording"))] if several else []))
    rows = tuple(
        (sheet.moment_day(rating.at), sheet.side(rating.side), str(rating.value), *([rating.wording] if several else []))
        for rating in one.ratings[: -_NEWEST_ON_PAPER - 1 : -1]
    )
    return Table(head, rows)


def _said_note(sheet: Sheet, said: Said) -> str:
    return " · ".join(filter(None, (said.by, sheet.moment_day(said.at), sheet.say(N_("changed")) if said.changed else "")))


def _new_wording(sheet: Sheet, goal: WholeGoal) -> list[paper.Part]:
    if not goal.new_title:
        return []
    words = [Words(goal.new_title, "said")] if goal.new_title != goal.title else []
    words += [Words(goal.new_why, "said")] if goal.new_why != goal.why else []
    return [Words(sheet.say(N_("A new wording waits for the other's yes:")), "small"), *words] if words else []


def _facts(sheet: Sheet, goal: WholeGoal, *, alone: bool = False) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if alone or goal.status is GoalStatus.PAUSED:
        found.append((sheet.say(N_("State")), _status(sheet, goal)))
    if alone or goal.status in {GoalStatus.REACHED, GoalStatus.LET_GO}:
        found.append((sheet.say(N_("Since")), sheet.moment_day(goal.since)))
    if goal.area:
        found.append((sheet.say(N_("Life area")), goal.area))
    if goal.due_on and goal.status not in {GoalStatus.REACHED, GoalStatus.LET_GO}:
        found.append((sheet.say(N_("Meant to be reached by")), sheet.day(goal.due_on)))
    if goal.review_on and not goal.archived:
        found.append((sheet.say(N_("Look again on")), sheet.day(goal.review_on)))
    if goal.in_focus:
        found.append((sheet.say(N_("In focus")), sheet.say(N_("yes"))))
    return tuple(found)


def _status(sheet: Sheet, goal: WholeGoal) -> str:
    return f"{goal.status_words}, {sheet.say(N_('in the archive'))}" if goal.archived else goal.status_words


def _steps(sheet: Sheet, goal: WholeGoal) -> tuple[Item, ...]:
    return tuple(Item(step.text, _step_note(sheet, step), step.done) for step in goal.steps)


def _step_note(sheet: Sheet, step: WholeStep) -> str:
    parts = [
        sheet.say(N_("done")) if step.done else "",
        "" if step.role == "both" else step.owner,
        sheet.say(N_("by {day}"), day=sheet.day(step.due_on)) if step.due_on and not step.done else "",
    ]
    return " · ".join(filter(None, parts))


@dataclass(frozen=True)
class PrintItem:
    """A line of a list on the printed page; `done` is "yes", "no" or ""."""

    text: str
    note: str
    done: str


@dataclass(frozen=True)
class PrintPart:
    """A part of the printed page: kind is heading (with its level), words (with its tone), items, facts (as rows) or table."""

    kind: str
    level: int
    tone: str
    text: list[str]
    lines: list[PrintItem]
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class PrintGroup:
    """Parts that stay together on a printed page."""

    parts: list[PrintPart]


def printed(of: Paper) -> list[PrintGroup]:
    """The same paper for the browser, without its head, which the page has itself."""
    return [PrintGroup([_printed(one) for one in (part.parts if isinstance(part, Together) else (part,))]) for part in of.parts[HEAD:]]


def _printed(part: paper.Part) -> PrintPart:
    match part:
        case Heading(text, level):
            return PrintPart("heading", level, "", [text], [], [], [])
        case Words(text, tone):
            return PrintPart("words", 0, tone, text.split("\n"), [], [], [])
        case Items(items):
            lines = [PrintItem(one.text, one.note, "" if one.done is None else "yes" if one.done else "no") for one in items]
            return PrintPart("items", 0, "", [], lines, [], [])
        case Facts(pairs):
            return PrintPart("facts", 0, "", [], [], [], [list(pair) for pair in pairs])
        case Table(head, rows):
            return PrintPart("table", 0, "", [], [], list(head), [list(row) for row in rows])
        case Together():
            raise TypeError("a group inside a group")


# --- as a table


def csv_of(sheet: Sheet) -> bytes:
    """One line per goal, per promise and per decision, the archive included, headed in the reader's language."""
    head = [
        N_("Column"), N_("State"), N_("Since"), N_("The goal"), N_("Why it matters"), N_("New wording"), N_("Life area"), N_("In focus"),
        N_("Meant to be reached by"), N_("Look again on"), N_("Small steps done"), N_("Small steps"), N_("In the archive"), N_("Notes on this goal"), N_("The client's numbers"),
        N_("The therapist's numbers"), N_("The ladder"), N_("Level at the start"), N_("Level now"), N_("Comments"), N_("Goal's id"),
    ]  # fmt: skip
    # Spreadsheets of German readers take the comma for the decimal mark and part cells by semicolons.
    separator = ";" if sheet.lang == "de" else ","
    rows = [
        *(_row(sheet, one) for one in sheet.goals),
        *(_promise_row(sheet, one, len(head)) for one in sheet.promises),
        *(_decision_row(sheet, one, len(head)) for one in sheet.decisions),
    ]
    return csv_text([sheet.say(one) for one in head], rows, separator).encode()


def _promise_row(sheet: Sheet, one: Promised, width: int) -> list[str]:
    """A promise under the same heads as the goals; what it has no word for stays empty."""
    row = [""] * width
    row[0], row[1] = sheet.say(N_("Promises")), sheet.say(PROMISE_WORDS[one.status])
    row[2] = one.status_at.astimezone(ZoneInfo(sheet.zone)).date().isoformat()
    row[3], row[4] = one.text, one.reason
    row[8] = one.until_on.isoformat() if one.until_on else ""
    row[12] = sheet.say(N_("yes")) if one.archived else sheet.say(N_("no"))
    row[-1] = one.id
    return row


def _decision_row(sheet: Sheet, one: Decided, width: int) -> list[str]:
    """A decision in the same way: the question where a goal's title stands, the options where its steps are."""
    row = [""] * width
    row[0], row[1] = sheet.say(N_("Decisions")), sheet.say(DECISION_WORDS[one.status])
    row[2] = one.status_at.astimezone(ZoneInfo(sheet.zone)).date().isoformat()
    row[3], row[4] = one.question, one.matters
    row[9] = one.look_on.isoformat() if one.look_on else ""
    row[11] = "\n".join(f"{'☑' if option.chosen else '☐'} {option.text}" for option in one.options)
    row[12] = sheet.say(N_("yes")) if one.archived else sheet.say(N_("no"))
    row[13] = one.outcome
    row[-1] = one.id
    return row


def _row(sheet: Sheet, one: SheetGoal) -> list[str]:
    goal = one.goal
    yes, no = sheet.say(N_("yes")), sheet.say(N_("no"))
    new = [text for text, old in ((goal.new_title, goal.title), (goal.new_why, goal.why)) if goal.new_title and text != old]
    steps = [f"{'☑' if step.done else '☐'} {step.text}" + (f" ({note})" if (note := _step_note(sheet, step)) else "") for step in goal.steps]
    return [
        sheet.say(COLUMN_WORDS[goal.column]),
        goal.status_words,
        goal.since.astimezone(ZoneInfo(sheet.zone)).date().isoformat(),
        goal.title,
        goal.why,
        "\n".join(new),
        goal.area,
        yes if goal.in_focus else no,
        goal.due_on.isoformat() if goal.due_on else "",
        goal.review_on.isoformat() if goal.review_on else "",
        sheet.say(N_("{n} of {all}"), n=sum(step.done for step in goal.steps), all=len(goal.steps)) if goal.steps else "",
        "\n".join(steps),
        yes if goal.archived else no,
        goal.notes,
        _numbers(sheet, one, "client"),
        _numbers(sheet, one, "therapist"),
        _levels(sheet, one.ladder),
        _minus(one.ladder.start) if one.ladder and one.ladder.start is not None else "",
        _minus(one.ladder.level) if one.ladder and one.ladder.level is not None else "",
        "\n".join(f"{said.at.astimezone(ZoneInfo(sheet.zone)).date().isoformat()} {said.by}: {said.text}" for said in one.comments),
        goal.id,
    ]


def _numbers(sheet: Sheet, one: SheetGoal, side: str) -> str:
    """Days and numbers of one side, oldest first, one below the other."""
    zone = ZoneInfo(sheet.zone)
    return "\n".join(f"{rating.at.astimezone(zone).date().isoformat()}: {rating.value}" for rating in one.ratings if rating.side == side)


# --- as data; docs/exports.md tells it in words


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class StepRecord:
    """A small step. `owner` is "client", "therapist" or "both"; `due_on` a day, or none."""

    text: str
    done: bool
    owner: str
    owner_name: str
    due_on: date | None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class ChangeRecord:
    """An entry of a goal's history: when, by whom, what it is called, and the texts before and after."""

    at: datetime
    by: str
    role: str
    action: str
    before: str
    after: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class RatingRecord:
    """A number from 0 to 10 that one `side` ("client" or "therapist") gave for a wording; each of them is kept."""

    at: datetime
    side: str
    value: int
    wording: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class CommentRecord:
    """A comment on a goal: who wrote it, what they were in the case then, and its words as they are now."""

    at: datetime
    by: str
    role: str
    changed: bool
    text: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class LevelRecord:
    """A level of a ladder, from -2 to 2, and what it looks like."""

    level: int
    text: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class LadderRecord:
    """A goal attainment ladder. `start` and `now` are levels or null while nobody said; `weight` is how much it counts in the score."""

    levels: tuple[LevelRecord, ...]
    start: int | None
    now: int | None
    weight: int


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class GoalRecord:
    """A goal. `new_title` and `new_why` are a wording that waits for the other's yes; `area` is a life area in the words of the two."""

    id: str
    column: Column
    status: GoalStatus
    since: datetime
    created_at: datetime
    title: str
    why: str
    new_title: str | None
    new_why: str | None
    notes: str
    area: str
    due_on: date | None
    review_on: date | None
    in_focus: bool
    archived: bool
    steps: tuple[StepRecord, ...]
    ratings: tuple[RatingRecord, ...]
    ladder: LadderRecord | None
    comments: tuple[CommentRecord, ...]
    history: tuple[ChangeRecord, ...]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class PromiseRecord:
    """A promise of the therapist. `reason` is why it was not kept, or empty."""

    id: str
    text: str
    by: str
    made_at: datetime
    until_on: date | None
    status: PromiseStatus
    since: datetime
    reason: str
    archived: bool


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class PointRecord:
    """What speaks for or against an option, and who said so."""

    text: str
    by: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class OptionRecord:
    """An option of a decision."""

    text: str
    chosen: bool
    speaks_for: tuple[PointRecord, ...]
    speaks_against: tuple[PointRecord, ...]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class DecisionRecord:
    """A decision. `matters` is what matters most, `outcome` what was said about the choice; `goal_id` a goal of this file, or null."""

    id: str
    question: str
    status: DecisionStatus
    since: datetime
    matters: str
    outcome: str
    options: tuple[OptionRecord, ...]
    goal_id: str | None
    look_on: date | None
    archived: bool


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class PersonRecord:
    """Somebody whose work together this is."""

    role: Literal["client", "therapist"]
    name: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class GoalsFile:
    """The whole file. Moments are in UTC, days as ISO 8601; goals stand in the board's order, the archive last."""

    format: Literal["rapport.goals"]
    version: Literal[1]
    made_at: datetime
    language: str
    time_zone: str
    scope: Literal["board", "goal"]
    people: tuple[PersonRecord, ...]
    goals: tuple[GoalRecord, ...]
    promises: tuple[PromiseRecord, ...]
    decisions: tuple[DecisionRecord, ...]


_FILE: TypeAdapter[GoalsFile] = TypeAdapter(GoalsFile)


def json_of(sheet: Sheet) -> bytes:
    """The sheet as a GoalsFile in UTF-8, indented for a reader's eye."""
    file = GoalsFile(
        format="rapport.goals",
        version=1,
        made_at=sheet.made_at.astimezone(UTC),
        language=sheet.lang,
        time_zone=sheet.zone,
        scope="goal" if sheet.goal_id else "board",
        people=tuple(PersonRecord("client" if one.role == "client" else "therapist", one.name) for one in sheet.writers),
        goals=tuple(_record(one) for one in sheet.goals),
        promises=tuple(
            PromiseRecord(
                one.id, one.text, one.by, one.made_at.astimezone(UTC), one.until_on, one.status, one.status_at.astimezone(UTC),
                one.reason, one.archived,
            )
            for one in sheet.promises
        ),
        decisions=tuple(_decision_record(one) for one in sheet.decisions),
    )
    return _FILE.dump_json(file, indent=2)


def _decision_record(one: Decided) -> DecisionRecord:
    def points(some: tuple[Point, ...]) -> tuple[PointRecord, ...]:
        return tuple(PointRecord(point.text, point.by) for point in some)

    return DecisionRecord(
        id=one.id,
        question=one.question,
        status=one.status,
        since=one.status_at.astimezone(UTC),
        matters=one.matters,
        outcome=one.outcome,
        options=tuple(OptionRecord(option.text, option.chosen, points(option.speaks_for), points(option.speaks_against)) for option in one.options),
        goal_id=one.goal_id or None,
        look_on=one.look_on,
        archived=one.archived,
    )


def file_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a GoalsFile; docs/export.schema.json holds it."""
    return _FILE.json_schema()


def read_back(content: bytes) -> GoalsFile:
    """A file that `json_of` made. Raises pydantic's ValidationError for anything else."""
    return _FILE.validate_json(content)


def _record(one: SheetGoal) -> GoalRecord:
    goal = one.goal
    return GoalRecord(
        id=goal.id,
        column=goal.column,
        status=goal.status,
        since=goal.since.astimezone(UTC),
        created_at=goal.created_at.astimezone(UTC),
        title=goal.title,
        why=goal.why,
        new_title=goal.new_title or None,
        new_why=goal.new_why if goal.new_title else None,
        notes=goal.notes,
        area=goal.area,
        due_on=goal.due_on,
        review_on=goal.review_on,
        in_focus=goal.in_focus,
        archived=goal.archived,
        steps=tuple(StepRecord(step.text, step.done, step.role, step.owner, step.due_on) for step in goal.steps),
        ratings=tuple(RatingRecord(rating.at.astimezone(UTC), rating.side, rating.value, rating.wording) for rating in one.ratings),
        ladder=_ladder_record(one.ladder) if one.ladder else None,
        comments=tuple(CommentRecord(said.at.astimezone(UTC), said.by, said.role, said.changed, said.text) for said in one.comments),
        history=tuple(_changes(goal.history)),
    )


def _ladder_record(ladder: Ladder) -> LadderRecord:
    levels = tuple(LevelRecord(level, text) for level, text in zip(LEVELS, ladder.texts, strict=True))
    return LadderRecord(levels, ladder.start, ladder.level, ladder.weight)


def _changes(history: Iterable[WholeChange]) -> Iterable[ChangeRecord]:
    for one in history:
        yield ChangeRecord(one.at.astimezone(UTC), one.by, one.role, one.action.value, one.before, one.after)
