"""What the browser may see of decisions, ready to be shown, and what it may send."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.cases.domain import Reader
from portal.decisions.domain import (
    FEWEST_OPTIONS,
    MOST_OPTIONS,
    WEIGHED,
    Action,
    DecisionStatus,
    PointSide,
    Text,
    is_due,
)
from portal.decisions.models import Decision, DecisionChange, DecisionOption, DecisionPoint
from portal.decisions.repository import Decisions
from portal.goals.domain import CLIENT, Piece, difference
from portal.kit.i18n import N_, say_n
from portal.kit.refusal import BadInput
from portal.kit.text import clean

QUESTION_MOST = 300
OPTION_MOST = 200
POINT_MOST = 300
LONG_MOST = 2_000

STATUS_WORDS: dict[DecisionStatus, str] = {
    DecisionStatus.OPEN: N_("Being weighed"),
    DecisionStatus.PROPOSED: N_("Suggested"),
    DecisionStatus.DECIDED: N_("Decided"),
}


def parse_question(text: str) -> str:
    """What is to be decided: 1 to 300 characters on one line. Raises BadInput."""
    return clean(text, field="question", most=QUESTION_MOST, least=1, lines=False)


def parse_option(text: str) -> str:
    """An option: 1 to 200 characters on one line. Raises BadInput."""
    return clean(text, field="option", most=OPTION_MOST, least=1, lines=False)


def parse_point(text: str) -> str:
    """What speaks for or against: 1 to 300 characters on one line. Raises BadInput."""
    return clean(text, field="point", most=POINT_MOST, least=1, lines=False)


def parse_text(which: Text, text: str) -> str:
    """One of the decision's own texts. Raises BadInput."""
    return parse_question(text) if which is Text.QUESTION else clean(text, field=which.value, most=LONG_MOST)


def parse_part(name: str) -> Text:
    """Which of the decision's own texts. Raises BadInput."""
    try:
        return Text(name)
    except ValueError:
        raise BadInput(field="part") from None


def parse_side(name: str) -> PointSide:
    """For or against. Raises BadInput."""
    try:
        return PointSide(name)
    except ValueError:
        raise BadInput(field="side") from None


def parse_day(text: str) -> date | None:
    """A day as 2026-11-23, or none for an empty text. Raises BadInput."""
    if not text:
        return None
    try:
        if len(text) != 10:
            raise ValueError
        found = date.fromisoformat(text)
        if not 2000 <= found.year <= 2200:
            raise ValueError
    except (ValueError, TypeError):
        raise BadInput("That is not a day we can read. Please choose one from the calendar.", field="look") from None
    return found


@dataclass(frozen=True)
class PointView:
    """What speaks for or against an option, with who wrote it; `mine`: the reader's own words."""

    id: str
    text: str
    version: int
    role: str
    by: str
    mine: bool


@dataclass(frozen=True)
class OptionView:
    """One option; `chosen` when it is suggested or decided."""

    id: str
    text: str
    version: int
    role: str
    by: str
    chosen: bool
    speaks_for: list[PointView]
    speaks_against: list[PointView]


@dataclass(frozen=True)
class HistoryEntry:
    """One change in words. `pieces` is the difference of a text; `restorable` marks an earlier text that can be taken again."""

    id: str
    words: str
    role: str
    when: str
    exact: str
    pieces: list[Piece]
    before: str
    after: str
    restorable: bool


@dataclass(frozen=True)
class DecisionDetail:
    """A decision on its own page. `asks` is "me" or "other" while a suggestion waits for the client's yes."""

    id: str = ""
    question: str = ""
    question_version: int = 0
    status: str = ""
    status_words: str = ""
    since: str = ""
    since_exact: str = ""
    version: int = 0
    matters: str = ""
    matters_version: int = 0
    matters_by: str = ""
    matters_role: str = ""
    outcome: str = ""
    outcome_version: int = 0
    outcome_by: str = ""
    outcome_role: str = ""
    options: list[OptionView] = field(default_factory=list)
    chosen_text: str = ""
    asks: str = ""
    asked_by: str = ""
    may_take_back: bool = False
    may_write: bool = False
    may_add_option: bool = False
    may_choose: bool = False
    i_decide: bool = False
    takes_part: bool = False
    archived: bool = False
    may_archive: bool = False
    goal_id: str = ""
    look: str = ""
    look_words: str = ""
    look_version: int = 0
    look_due: bool = False
    others: str = ""
    history: list[HistoryEntry] = field(default_factory=list)
    older: bool = False


@dataclass(frozen=True)
class DecisionCard:
    """A decision in the list; `chosen` is what was decided or suggested."""

    id: str
    question: str
    status: str
    status_words: str
    chosen: str
    facts: str
    when: str
    exact: str
    look: str
    due: bool
    version: int


@dataclass(frozen=True)
class DecisionList:
    """All decisions of a case that are not in the archive."""

    weighed: list[DecisionCard]
    decided: list[DecisionCard]
    archived: str
    others: str
    takes_part: bool


@dataclass(frozen=True)
class Saved:
    """What a change answers: the row, its version after the change, and whether anything differed at all."""

    id: str
    version: int
    changed: bool = True


@dataclass(frozen=True)
class PointFacts:
    """What speaks for or against, in the records."""

    text: str
    by: str
    role: str


@dataclass(frozen=True)
class OptionFacts:
    """One option, in the records."""

    text: str
    speaks_for: tuple[PointFacts, ...]
    speaks_against: tuple[PointFacts, ...]
    chosen: bool


@dataclass(frozen=True)
class DecisionFacts:
    """A decision as it stands in the records, for the export: plain values, nothing in words but what somebody wrote."""

    id: str
    question: str
    options: tuple[OptionFacts, ...]
    matters: str
    outcome: str
    status: DecisionStatus
    status_at: datetime
    goal_id: str
    look_on: date | None
    begun_at: datetime
    archived: bool


@dataclass(frozen=True)
class View:
    """Turns rows into what one person is shown."""

    rows: Decisions
    reader: Reader

    def card(self, row: Decision, options: list[DecisionOption]) -> DecisionCard:
        """A decision for the list."""
        reader, status = self.reader, DecisionStatus(row.status)
        count = len(options)
        due = is_due(status, row.look_on, row.archived_at is not None, reader.today)
        return DecisionCard(
            id=row.id,
            question=self.rows.text(row, "question"),
            status=status.value,
            status_words=reader.say(STATUS_WORDS[status]),
            chosen=self._chosen(row, options),
            facts=say_n(reader.lang, "{n} option", "{n} options", count) if count else reader.say(N_("no options yet")),
            when=reader.ago(row.status_at),
            exact=reader.exact(row.status_at),
            look=self._look_words(row, due),
            due=due,
            version=row.version,
        )

    def news(self, row: Decision, options: list[DecisionOption]) -> str:
        """What was decided, as one line."""
        return self.reader.say(N_("Decided: {question} – {choice}"), question=self.rows.text(row, "question"), choice=self._chosen(row, options))

    def detail(self, row: Decision, options: list[DecisionOption], points: dict[str, list[DecisionPoint]], changes: list[DecisionChange], older: bool) -> DecisionDetail:
        """A decision for its own page."""
        reader, rows, status, away = self.reader, self.rows, DecisionStatus(row.status), row.archived_at is not None
        weighed = status in WEIGHED and not away
        may_write = weighed and reader.takes_part
        due = is_due(status, row.look_on, away, reader.today)
        waits = status is DecisionStatus.PROPOSED and not away and reader.takes_part
        views = [self._option(row, option, points.get(option.id, [])) for option in options]
        return DecisionDetail(
            id=row.id,
            question=rows.text(row, "question"),
            question_version=row.question_version,
            status=status.value,
            status_words=reader.say(STATUS_WORDS[status]),
            since=reader.ago(row.status_at),
            since_exact=reader.exact(row.status_at),
            version=row.version,
            matters=rows.text(row, "matters"),
            matters_version=row.matters_version,
            matters_by=self._by(row.matters_by_id),
            matters_role=self._role(row.matters_by_id),
            outcome=rows.text(row, "outcome"),
            outcome_version=row.outcome_version,
            outcome_by=self._by(row.outcome_by_id),
            outcome_role=self._role(row.outcome_by_id),
            options=views,
            chosen_text=self._chosen(row, options),
            asks=("me" if reader.role == CLIENT else "other") if waits else "",
            asked_by=self._by(row.asked_by_id),
            may_take_back=waits and row.asked_by_id == reader.person_id,
            may_write=may_write,
            may_add_option=may_write and len(options) < MOST_OPTIONS,
            may_choose=may_write and len(options) >= FEWEST_OPTIONS,
            i_decide=reader.role == CLIENT,
            takes_part=reader.takes_part,
            archived=away,
            may_archive=reader.takes_part and not away and status is not DecisionStatus.PROPOSED,
            goal_id=row.goal_id or "",
            look=row.look_on.isoformat() if row.look_on else "",
            look_words=self._look_words(row, due),
            look_version=row.look_version,
            look_due=due,
            others=reader.others,
            history=[self._entry(change, row, options, points, may_write) for change in changes],
            older=older,
        )

    def facts(self, row: Decision, options: list[DecisionOption], points: dict[str, list[DecisionPoint]]) -> DecisionFacts:
        """A decision for the export."""
        return DecisionFacts(
            id=row.id,
            question=self.rows.text(row, "question"),
            options=tuple(
                OptionFacts(
                    text=self.rows.text(option, "text"),
                    speaks_for=self._point_facts(points.get(option.id, []), PointSide.FOR),
                    speaks_against=self._point_facts(points.get(option.id, []), PointSide.AGAINST),
                    chosen=row.chosen_id == option.id,
                )
                for option in options
            ),
            matters=self.rows.text(row, "matters"),
            outcome=self.rows.text(row, "outcome"),
            status=DecisionStatus(row.status),
            status_at=row.status_at,
            goal_id=row.goal_id or "",
            look_on=row.look_on,
            begun_at=row.created_at,
            archived=row.archived_at is not None,
        )

    def _point_facts(self, points: list[DecisionPoint], side: PointSide) -> tuple[PointFacts, ...]:
        return tuple(
            PointFacts(self.rows.text(point, "text"), self.reader.name(point.author_id), point.role) for point in points if point.side == side
        )

    def _option(self, row: Decision, option: DecisionOption, points: list[DecisionPoint]) -> OptionView:
        views = [(point.side, self._point(point)) for point in points]
        return OptionView(
            id=option.id,
            text=self.rows.text(option, "text"),
            version=option.version,
            role=option.role,
            by=self.reader.name(option.author_id),
            chosen=row.chosen_id == option.id,
            speaks_for=[view for side, view in views if side == PointSide.FOR],
            speaks_against=[view for side, view in views if side == PointSide.AGAINST],
        )

    def _point(self, point: DecisionPoint) -> PointView:
        mine = point.author_id == self.reader.person_id
        return PointView(point.id, self.rows.text(point, "text"), point.version, point.role, self.reader.name(point.author_id), mine)

    def _chosen(self, row: Decision, options: list[DecisionOption]) -> str:
        return next((self.rows.text(option, "text") for option in options if option.id == row.chosen_id), "")

    def _by(self, person_id: str) -> str:
        return self.reader.name(person_id) if person_id else ""

    def _role(self, person_id: str) -> str:
        member = self.reader.people.get(person_id)
        return str(member.role) if member else ""

    def _look_words(self, row: Decision, due: bool) -> str:
        if row.look_on is None:
            return ""
        return self.reader.say(N_("time to look again")) if due else self.reader.say(N_("look again {day}"), day=self.reader.short(row.look_on))

    def _entry(
        self, change: DecisionChange, row: Decision, options: list[DecisionOption], points: dict[str, list[DecisionPoint]], may_write: bool
    ) -> HistoryEntry:
        action, reader = Action(change.action), self.reader
        before, after = self.rows.parts(change)
        told = next((part for part in _TEXT_PARTS if part in before or part in after), "")
        return HistoryEntry(
            id=change.id,
            words=reader.say(ENTRY_WORDS[action], name=reader.name(change.person_id)),
            role=change.role,
            when=reader.ago(change.until),
            exact=reader.exact(change.until),
            pieces=list(difference(str(before.get(told, "")), str(after.get(told, "")))) if told else [],
            before=self._plain(before),
            after=self._plain(after),
            restorable=may_write and self._restorable(change, action, before, row, options, points),
        )

    def _plain(self, parts: dict[str, Any]) -> str:
        reader = self.reader
        if parts.get("archived"):
            return reader.say(N_("in the archive"))
        if "status" in parts:
            words = reader.say(STATUS_WORDS[DecisionStatus(parts["status"])])
            return f"{words}: {parts['chosen_words']}" if parts.get("chosen_words") else words
        if "look_on" in parts:
            return reader.long(date.fromisoformat(parts["look_on"])) if parts["look_on"] else reader.say(N_("no day"))
        return ""

    def _restorable(
        self, change: DecisionChange, action: Action, before: dict[str, Any], row: Decision,
        options: list[DecisionOption], points: dict[str, list[DecisionPoint]],
    ) -> bool:  # fmt: skip
        here = {option.id: option for option in options}
        if action in {Action.REWORD_QUESTION, Action.REWORD_MATTERS, Action.REWORD_OUTCOME}:
            part = action.value.removeprefix("reword_")
            return bool(before.get(part)) and before[part] != self.rows.text(row, part)
        if action is Action.REWORD_OPTION:
            return change.part_id in here and before.get("option") != self.rows.text(here[change.part_id], "text")
        if action is Action.REMOVE_OPTION:
            return change.part_id not in here and len(options) < MOST_OPTIONS
        mine = change.person_id == self.reader.person_id
        present = {point.id: point for some in points.values() for point in some}
        if action is Action.REWORD_POINT:
            return mine and change.part_id in present and before.get("point") != self.rows.text(present[change.part_id], "text")
        return mine and action is Action.REMOVE_POINT and change.part_id not in present and before.get("of_option") in here


_TEXT_PARTS = ("question", "matters", "outcome", "option", "point")

ENTRY_WORDS: dict[Action, str] = {
    Action.BEGIN: N_("{name} opened this decision"),
    Action.REWORD_QUESTION: N_("{name} changed what is to be decided"),
    Action.REWORD_MATTERS: N_("{name} changed what matters most"),
    Action.REWORD_OUTCOME: N_("{name} changed the decision in words"),
    Action.ADD_OPTION: N_("{name} added an option"),
    Action.REWORD_OPTION: N_("{name} reworded an option"),
    Action.REMOVE_OPTION: N_("{name} took an option away"),
    Action.ADD_POINT: N_("{name} added something for or against"),
    Action.REWORD_POINT: N_("{name} reworded something for or against"),
    Action.REMOVE_POINT: N_("{name} took something for or against away"),
    Action.BRING_BACK: N_("{name} brought something back"),
    Action.DECIDE: N_("{name} decided"),
    Action.SUGGEST: N_("{name} suggested an option"),
    Action.AGREE: N_("{name} said yes to the suggestion"),
    Action.NOT_YET: N_("{name} said: not yet"),
    Action.TAKE_BACK: N_("{name} took the suggestion back"),
    Action.REOPEN: N_("{name} opened it again"),
    Action.SET_LOOK: N_("{name} changed when to look again"),
    Action.LOOKED: N_("{name} looked again: it stays"),
    Action.TIE: N_("{name} changed which goal it is about"),
    Action.ARCHIVE: N_("{name} put it in the archive"),
    Action.RESTORE: N_("{name} brought it back from the archive"),
    Action.UNDO: N_("{name} undid the last change"),
}

UNDO_WORDS: dict[Action, str] = {
    Action.BEGIN: N_("Decision opened"),
    Action.REWORD_QUESTION: N_("Words changed"),
    Action.REWORD_MATTERS: N_("Words changed"),
    Action.REWORD_OUTCOME: N_("Words changed"),
    Action.ADD_OPTION: N_("Option added"),
    Action.REWORD_OPTION: N_("Words changed"),
    Action.REMOVE_OPTION: N_("Option taken away"),
    Action.ADD_POINT: N_("Added"),
    Action.REWORD_POINT: N_("Words changed"),
    Action.REMOVE_POINT: N_("Taken away"),
    Action.BRING_BACK: N_("Brought back"),
    Action.DECIDE: N_("Decided"),
    Action.SUGGEST: N_("Suggested"),
    Action.AGREE: N_("Decided"),
    Action.NOT_YET: N_("Left open"),
    Action.TAKE_BACK: N_("Taken back"),
    Action.REOPEN: N_("Open again"),
    Action.SET_LOOK: N_("Day to look again changed"),
    Action.LOOKED: N_("It stays"),
    Action.TIE: N_("Goal changed"),
    Action.ARCHIVE: N_("In the archive"),
    Action.RESTORE: N_("Brought back"),
}
"""What the undo bar says after a change."""
