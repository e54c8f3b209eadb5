"""What the browser may see of goals, ready to be shown, and what it may send."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from portal.access.gate import Member, OpenCase
from portal.access.permissions import CaseRole
from portal.areas.service import names
from portal.goals.domain import (
    BOTH,
    DONE,
    LIVING,
    MOST_IN_FOCUS,
    Action,
    Column,
    Due,
    Filter,
    Findable,
    GoalStatus,
    OpenStep,
    Piece,
    Standing,
    difference,
    is_late,
    waits_for,
)
from portal.goals.models import GoalChange
from portal.goals.repository import GoalLine, StepLine
from portal.kit.crypto import Unreadable
from portal.kit.i18n import N_, ago, day, day_short, day_with_year, moment, say, say_n
from portal.kit.refusal import BadInput
from portal.kit.text import clean

TITLE_MOST = 200
WHY_MOST = 4_000
NOTES_MOST = 8_000
STEP_MOST = 300
AREA_MOST = 60
FIND_MOST = 80
_ON_CARD = 160
_ID_LENGTH = 36
_FILTER = "goals.filter"
# The longest filter that parse_filter lets pass, sealed, in base64.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,1400}")
_STEPS_ON_CARD = 4

STATUS_WORDS: dict[GoalStatus, str] = {
    GoalStatus.IDEA: N_("Idea"),
    GoalStatus.PROPOSED: N_("Proposed"),
    GoalStatus.AGREED: N_("Agreed"),
    GoalStatus.WORKING: N_("Working on"),
    GoalStatus.PAUSED: N_("Paused"),
    GoalStatus.REACHED: N_("Reached"),
    GoalStatus.LET_GO: N_("Let go"),
}


COLUMN_WORDS: dict[Column, str] = {
    Column.IDEAS: N_("Ideas"),
    Column.AGREED: N_("Agreed"),
    Column.WORKING: N_("Working on"),
    Column.REACHED: N_("Reached"),
    Column.LET_GO: N_("Let go"),
}


@dataclass(frozen=True)
class WordingForm:
    """A new idea: its title, and why it matters (may be empty)."""

    title: str
    why: str = ""

    @classmethod
    def parse(cls, title: str, why: str = "") -> "WordingForm":
        """Raises BadInput at "title" or "why"."""
        return cls(parse_title(title), parse_why(why))


def parse_title(text: str) -> str:
    """A goal's title: 1 to 200 characters on one line. Raises BadInput."""
    return clean(text, field="title", most=TITLE_MOST, least=1, lines=False)


def parse_why(text: str) -> str:
    """Why a goal matters: up to 4,000 characters. Raises BadInput."""
    return clean(text, field="why", most=WHY_MOST)


def parse_notes(text: str) -> str:
    """Notes on a goal: up to 8,000 characters. Raises BadInput."""
    return clean(text, field="notes", most=NOTES_MOST)


def parse_step(text: str) -> str:
    """A small step: 1 to 300 characters on one line. Raises BadInput."""
    return clean(text, field="step", most=STEP_MOST, least=1, lines=False)


def parse_area(text: str) -> str:
    """A life area: one of the offered ones by its name, or up to 60 characters of own words; empty takes it away. Raises BadInput."""
    return clean(text, field="area", most=AREA_MOST, lines=False)


def parse_day(text: str, field: str) -> date | None:
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
        raise BadInput("That is not a day we can read. Please choose one from the calendar.", field=field) from None
    return found


def parse_filter(text: str, area: str, status: str, owner: str, due: str) -> Filter:
    """What is looked for: up to 80 characters on one line, and choices, of which an unknown one asks for nothing. Raises BadInput at "find"."""
    return Filter(
        text=clean(text, field="find", most=FIND_MOST, lines=False),
        area=parse_area(area),
        status=status if status in set(GoalStatus) else "",
        owner=owner if owner == BOTH or len(owner) == _ID_LENGTH else "",
        due=due if due in set(Due) else "",
    )


def is_filter(token: str) -> bool:
    """Whether a part of an address looks like a sealed filter; what is in it, only its own board can tell."""
    return bool(_TOKEN.fullmatch(token))


@dataclass(frozen=True)
class Sealed:
    """A filter as it stands in the address: sealed for one person in one case, so that no word of it is kept by a browser or a log."""

    token: str = ""

    @classmethod
    def of(cls, case: OpenCase, wanted: Filter) -> "Sealed":
        """The filter, sealed; nothing for one that asks for nothing."""
        if not wanted.active:
            return cls()
        sealed = case.seal(case.me.person_id, _FILTER, json.dumps(asdict(wanted), ensure_ascii=False))
        return cls(urlsafe_b64encode(sealed).decode().rstrip("="))

    def open(self, case: OpenCase) -> Filter:
        """What was sealed here for this person; a filter that asks for nothing if it was something else."""
        if not is_filter(self.token):
            return Filter()
        try:
            sealed = urlsafe_b64decode(self.token + "=" * (-len(self.token) % 4))
            return Filter(**json.loads(case.unseal(case.me.person_id, _FILTER, sealed)))
        except (ValueError, TypeError, Unreadable):
            return Filter()


@dataclass(frozen=True)
class StepView:
    """A small step on a card. `role` is whose it is: "client", "therapist" or "both"; `owner` is the name; `due` is said while it is open."""

    id: str
    text: str
    done: bool
    role: str
    owner: str
    version: int
    due: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class StepDetail:
    """A small step on the goal's own page."""

    id: str
    text: str
    done: bool
    role: str
    owner: str
    owner_id: str
    due: str
    due_words: str
    overdue: bool
    version: int
    text_version: int


@dataclass(frozen=True)
class GoalCard:
    """A goal on the board. `kind` says what can be done with it here: idea, mine, theirs, agreed, working, paused, reached, let_go."""

    id: str
    kind: str
    version: int
    title: str
    why: str
    mark: str
    role: str
    area: str
    chip: str
    due: bool
    by: str
    overdue: bool
    asks: str
    focus: bool
    steps: list[StepView]
    more: str


@dataclass(frozen=True)
class ColumnView:
    """One column: the cards to show, and how many there are in all."""

    cards: list[GoalCard]
    count: int
    more: str


@dataclass(frozen=True)
class Owner:
    """Something to be chosen, as somebody who can own a step; an empty value stands for both, or for all."""

    value: str
    words: str


@dataclass(frozen=True)
class FindView:
    """What is looked for and what came of it. `kept` is what the address keeps of it ("" or "#…"), `areas` and `owners` are what can be chosen."""

    text: str = ""
    area: str = ""
    status: str = ""
    owner: str = ""
    due: str = ""
    active: bool = False
    words: str = ""
    kept: str = ""
    areas: list[Owner] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)


@dataclass(frozen=True)
class BoardView:
    """The board as one person sees it. `empty`: there is no goal at all, whatever is looked for."""

    columns: dict[str, ColumnView]
    found: FindView
    empty: bool
    archived: str
    others: str
    may_write: bool


@dataclass(frozen=True)
class ArchivedGoal:
    """A line of the archive."""

    id: str
    title: str
    words: str
    version: int


@dataclass(frozen=True)
class PieceView:
    """A run of words of a difference: kind is "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True)
class HistoryEntry:
    """One change in words. `pieces` is the difference of a text; `restorable` marks an earlier text that can be taken again."""

    id: str
    words: str
    role: str
    when: str
    exact: str
    pieces: list[PieceView]
    why_pieces: list[PieceView]
    before: str
    after: str
    restorable: bool


@dataclass(frozen=True)
class YesView:
    """Whether one side said yes to the new wording: whose side it is, and how that is said."""

    role: str
    words: str
    said: bool


@dataclass(frozen=True)
class GoalDetail:
    """A goal on its own page. `title` and `why` are what the editor holds: the new wording while one waits."""

    id: str = ""
    kind: str = ""
    status: str = ""
    since: str = ""
    since_exact: str = ""
    mark: str = ""
    role: str = ""
    version: int = 0
    agreed_title: str = ""
    agreed_why: str = ""
    title: str = ""
    title_version: int = 0
    why: str = ""
    why_version: int = 0
    title_pieces: list[PieceView] = field(default_factory=list)
    why_pieces: list[PieceView] = field(default_factory=list)
    asks: str = ""
    asked_words: str = ""
    yes: list[YesView] = field(default_factory=list)
    notes: str = ""
    may_note: bool = False
    others: str = ""
    area: str = ""
    own_area: str = ""
    area_version: int = 0
    due: str = ""
    due_words: str = ""
    overdue: bool = False
    due_version: int = 0
    review: str = ""
    review_words: str = ""
    review_due: bool = False
    review_version: int = 0
    focus: bool = False
    may_focus: bool = False
    may_reword: bool = False
    may_write: bool = False
    archived: bool = False
    done_steps: int = 0
    all_steps: int = 0


@dataclass(frozen=True)
class GoalPage:
    """Everything on a goal's own page; `older`: the history goes further back than what is here."""

    goal: GoalDetail
    steps: list[StepDetail]
    owners: list[Owner]
    history: list[HistoryEntry]
    older: bool


@dataclass(frozen=True)
class Saved:
    """What a change answers: the goal (or step), its version after the change, and whether anything differed at all."""

    id: str
    version: int
    changed: bool = True


@dataclass(frozen=True)
class FocusGoal:
    """A goal on the client's home; `status` is its state's name, `due` says until when it is meant to be reached."""

    id: str
    title: str
    status: str
    done: int
    steps: int
    next_step: str
    next_role: str
    due: str = ""


@dataclass(frozen=True)
class AskingGoal:
    """A goal that waits for my yes: what is asked, its title, and since when."""

    id: str
    title: str
    words: str
    since: datetime


@dataclass(frozen=True)
class Promise:
    """An open step: whose it is, and until when."""

    goal_id: str
    step_id: str
    text: str
    role: str
    owner: str
    due: str
    due_on: date | None
    overdue: bool


@dataclass(frozen=True)
class StepsAhead:
    """The open small steps of a case by number alone: how many, how many of them the reader's (or both's), the nearest day."""

    open: int
    mine: int
    next_due: date | None


@dataclass(frozen=True)
class HomePart:
    """What goals bring to the home page: up to three in focus, what waits for my yes, and what we both promised."""

    focus: list[FocusGoal]
    asking: list[AskingGoal]
    promised: list[Promise]


@dataclass(frozen=True)
class GoalReading:
    """A goal to be read and nothing else: the wording in force, where it stands, its steps and dates."""

    title: str = ""
    why: str = ""
    status: str = ""
    area: str = ""
    review: str = ""
    steps: list[StepDetail] = field(default_factory=list)


@dataclass(frozen=True)
class GoalTitle:
    """A goal to be picked elsewhere."""

    id: str
    title: str


@dataclass(frozen=True)
class Reader:
    """Who reads: turns rows into what this person is shown, in their language and zone."""

    lang: str
    zone: str
    now: datetime
    me: Member
    people: dict[str, Member]
    areas: dict[str, str]

    @classmethod
    def of(cls, case: OpenCase, lang: str) -> "Reader":
        """The person who opened the case; `lang` is the language of their page, if they have not chosen one for good."""
        return cls(lang or case.language or "en", case.time_zone, case.now, case.me, {member.person_id: member for member in case.members}, names(case, lang))

    @property
    def today(self) -> date:
        """The day that it is where the reader is."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def may_write(self) -> bool:
        """Whether the reader takes part; a supervisor only reads."""
        return self.me.role is not CaseRole.SUPERVISOR

    @property
    def members(self) -> list[Member]:
        """Those who work on the goals."""
        return [member for member in self.people.values() if member.role is not CaseRole.SUPERVISOR]

    def say(self, sentence: str, **places: object) -> str:
        """A sentence in the reader's language."""
        return say(self.lang, sentence, **places)

    @property
    def others(self) -> str:
        """The name of the other, or of the others."""
        names = [_called(member) for member in self.members if member.role is not self.me.role]
        return ", ".join(names) or self.say(N_("the other of you"))

    def name(self, person_id: str) -> str:
        """How somebody is called here; people who left have no name any more."""
        member = self.people.get(person_id)
        return _called(member) if member else self.say(N_("Somebody who was here before"))

    def role(self, person_id: str) -> str:
        """"client", "therapist", or "" for somebody who left."""
        member = self.people.get(person_id)
        return member.role.value if member else ""

    def area(self, area: str) -> str:
        """A life area in words: as the two call it, or the goal's own words as they are."""
        return self.areas.get(area, area)

    def findable(self, line: GoalLine, steps: Iterable[StepLine], notes: str = "") -> Findable:
        """What the reader can find a goal by: all of its words, and whose and until when its open steps are."""
        known = list(steps)
        return Findable(
            texts=(line.title, line.why, notes, self.area(line.area), *(step.text for step in known)),
            status=line.standing.status,
            area=line.area,
            review_on=line.review_on,
            due_on=None if line.standing.status in DONE else line.due_on,
            steps=tuple(OpenStep(step.owner_id if step.owner_id in self.people else BOTH, step.due_on) for step in known if not step.done),
        )

    def found(self, wanted: Filter, sealed: Sealed, areas: Iterable[str], *, some: int, of: int) -> FindView:
        """What is looked for, in how many of how many goals it was found, and what else could be looked for."""
        own = sorted({area for area in areas if area} | ({wanted.area} - {""}), key=lambda area: self.area(area).casefold())
        return FindView(
            **asdict(wanted),
            active=wanted.active,
            words=self._found_words(some, of) if wanted.active else "",
            kept=f"#{sealed.token}" if sealed.token else "",
            areas=[Owner(area, self.area(area)) for area in own],
            owners=[*(Owner(member.person_id, self.name(member.person_id)) for member in self.members), Owner(BOTH, self.say(N_("both of you")))],
        )

    def _found_words(self, some: int, of: int) -> str:
        if not some:
            return self.say(N_("No goal on the board fits what you look for."))
        return say_n(self.lang, "{some} of {n} goal", "{some} of {n} goals", of, some=some)

    def short_day(self, when: date) -> str:
        """"12 Dec", with its year if that is another one than now."""
        spoken = day_short if when.year == self.today.year else day_with_year
        return spoken(self.lang, "UTC", _noon(when))

    def kind(self, line: GoalLine) -> str:
        """What this person can do with a goal, as one word."""
        if line.standing.status is GoalStatus.PROPOSED:
            return "mine" if line.standing.asked_role == self.me.role.value else "theirs"
        return line.standing.status.value

    def asks(self, line: GoalLine) -> str:
        """Whether a new wording waits: for "me", for the "other", or not at all."""
        if not line.standing.rewording or not self.may_write:
            return ""
        return "me" if waits_for(line.standing, self.me.role.value) else "other"

    def yeses(self, standing: Standing) -> list[YesView]:
        """Who said yes to the new wording and who not yet, oneself first."""
        sides = sorted((CaseRole.CLIENT, CaseRole.THERAPIST), key=lambda role: role is not self.me.role)
        found = []
        for role in sides if standing.rewording else ():
            said, mine = role.value in standing.yes, role is self.me.role
            names = ", ".join(_called(member) for member in self.members if member.role is role) or self.say(N_("the other of you"))
            if mine:
                words = self.say(N_("You said yes") if said else N_("Your yes is missing"))
            else:
                words = self.say(N_("{name} said yes") if said else N_("{name}'s yes is missing"), name=names)
            found.append(YesView(role.value, words, said))
        return found

    def mark(self, line: GoalLine) -> str:
        """Whose idea it is and what it waits for; empty once both agreed."""
        status = line.standing.status
        if status is GoalStatus.IDEA:
            return self.say(N_("Only you see this until you propose it"))
        if status is not GoalStatus.PROPOSED:
            return ""
        if line.standing.asked_role == self.me.role.value:
            return self.say(N_("Waits for {name}'s yes"), name=self.others)
        return self.say(N_("{name}'s idea"), name=self.name(line.standing.asked_by))

    def card(self, line: GoalLine, steps: list[StepLine]) -> GoalCard:
        """A goal for the board."""
        shown = sorted(steps, key=_first_on_card)[:_STEPS_ON_CARD] if len(steps) > _STEPS_ON_CARD else steps
        chip, due = self._chip(line)
        return GoalCard(
            id=line.id,
            kind=self.kind(line),
            version=line.version,
            title=line.title,
            why=_shortened(line.why),
            mark=self.mark(line),
            role=self.role(line.standing.asked_by or line.standing.author_id),
            area=self.area(line.area),
            chip=chip,
            due=due,
            by="" if line.standing.status in DONE else self.by(line.due_on),
            overdue=is_late(line.due_on, self.today, done=line.standing.status in DONE),
            asks=self.asks(line),
            focus=line.standing.in_focus,
            steps=[self.step(step) for step in shown],
            more=say_n(self.lang, "and {n} more step", "and {n} more steps", len(steps) - len(shown))
            if len(shown) < len(steps)
            else "",
        )

    def _chip(self, line: GoalLine) -> tuple[str, bool]:
        if line.standing.status in DONE:
            return day_short(self.lang, self.zone, line.status_at), False
        if line.review_on is None:
            return "", False
        due = line.review_on <= self.today
        sentence = N_("time to look again") if due else N_("look again {day}")
        return self.say(sentence, day=self.short_day(line.review_on)), due

    def step(self, step: StepLine) -> StepView:
        """A step for a card."""
        return StepView(
            step.id, step.text, step.done, self._owner_role(step), self._owner(step), step.version,
            due="" if step.done else self.by(step.due_on), overdue=self.overdue(step),
        )  # fmt: skip

    def step_detail(self, step: StepLine) -> StepDetail:
        """A step for the goal's own page."""
        return StepDetail(
            id=step.id,
            text=step.text,
            done=step.done,
            role=self._owner_role(step),
            owner=self._owner(step),
            owner_id=step.owner_id if self.people.get(step.owner_id) else "",
            due=step.due_on.isoformat() if step.due_on else "",
            due_words=self.by(step.due_on, done=step.done),
            overdue=self.overdue(step),
            version=step.version,
            text_version=step.text_version,
        )

    def _owner_role(self, step: StepLine) -> str:
        return self.role(step.owner_id) or "both"

    def _owner(self, step: StepLine) -> str:
        return self.name(step.owner_id) if self.people.get(step.owner_id) else self.say(N_("both of you"))

    def by(self, due_on: date | None, *, done: bool = False) -> str:
        """Until when something is meant, in words: a day that is over is named without haste. Empty without a day."""
        if due_on is None:
            return ""
        sentence = N_("was meant for {day}") if is_late(due_on, self.today, done=done) else N_("by {day}")
        return self.say(sentence, day=self.short_day(due_on))

    def overdue(self, step: StepLine) -> bool:
        """Whether an open step's day is over."""
        return is_late(step.due_on, self.today, done=step.done)

    def promise(self, step: StepLine) -> Promise:
        """An open step for the home page."""
        return Promise(
            step.goal_id, step.id, step.text, self._owner_role(step), self._owner(step), self.by(step.due_on), step.due_on, self.overdue(step)
        )

    def news_of_goal(self, line: GoalLine, acts: frozenset[Action]) -> str:
        """The one thing worth a line that these changes have made of a goal, as it stands now; empty for none."""
        status, standing = line.standing.status, line.standing
        for act, holds, sentence in (
            (Action.AGREE, True, N_("New goal, agreed: {goal}")),
            (Action.REACH, status is GoalStatus.REACHED, N_("Reached: {goal}")),
            (Action.LET_GO, status is GoalStatus.LET_GO, N_("We let this go: {goal}")),
            (Action.PAUSE, status is GoalStatus.PAUSED, N_("Paused for now: {goal}")),
            (Action.AGREE_WORDING, not standing.rewording, N_("New wording: {goal}")),
            (Action.START, status is GoalStatus.WORKING, N_("We begin to work on: {goal}")),
            (Action.RESUME, status is GoalStatus.WORKING, N_("We work on it again: {goal}")),
            (Action.TAKE_UP, status is GoalStatus.WORKING, N_("We work on it again: {goal}")),
            (Action.FOCUS, standing.in_focus, N_("In focus now: {goal}")),
        ):
            if act in acts and holds:
                return self.say(sentence, goal=line.title)
        if Action.SET_DUE in acts and line.due_on is not None:
            return self.say(N_("To be reached by {day}: {goal}"), goal=line.title, day=self.short_day(line.due_on))
        if Action.SET_REVIEW in acts and line.review_on is not None:
            return self.say(N_("Look again on {day}: {goal}"), goal=line.title, day=self.short_day(line.review_on))
        return ""

    def news_of_step(self, step: StepLine, acts: frozenset[Action]) -> str:
        """The one thing worth a line that these changes have made of a small step, as it stands now; empty for none."""
        if step.done:
            return self.say(N_("Done: {step}"), step=step.text) if Action.TICK_STEP in acts else ""
        if not acts & {Action.ADD_STEP, Action.REWORD_STEP, Action.HAND_STEP, Action.DATE_STEP}:
            return ""
        owner = self.name(step.owner_id) if self.people.get(step.owner_id) else self.say(N_("Both of us"))
        if step.due_on is None:
            return self.say(N_("Small step: {step} – {owner}"), step=step.text, owner=owner)
        return self.say(N_("Small step: {step} – {owner}, by {day}"), step=step.text, owner=owner, day=self.short_day(step.due_on))

    def archived(self, line: GoalLine) -> ArchivedGoal:
        """A line of the archive."""
        return ArchivedGoal(line.id, line.title, self.say(STATUS_WORDS[line.standing.status]), line.version)

    def focus(self, line: GoalLine, steps: list[StepLine]) -> FocusGoal:
        """A goal for the home page."""
        nearest = next((step for step in steps if not step.done), None)
        return FocusGoal(
            id=line.id,
            title=line.title,
            status=line.standing.status.value,
            done=sum(step.done for step in steps),
            steps=len(steps),
            next_step=nearest.text if nearest else "",
            next_role=self._owner_role(nearest) if nearest else "",
            due=self.by(line.due_on),
        )

    def ago(self, when: datetime) -> str:
        """How long ago, in everyday words."""
        return ago(self.lang, self.zone, when, self.now)

    def exact(self, when: datetime) -> str:
        """Day and time."""
        return moment(self.lang, self.zone, when)

    def entry(self, change: GoalChange, before: dict[str, Any], after: dict[str, Any], goal: GoalDetail, steps: dict[str, str]) -> HistoryEntry:
        """A change for the history; `goal` and `steps` (texts by id) are as they are now, and decide what could be taken again."""
        action = Action(change.action)
        text_parts: list[str] = [part for part in ("title", "why", "notes", "step") if part in before or part in after]
        shown: dict[str, list[PieceView]] = {part: _pieces(difference(str(before.get(part, "")), str(after.get(part, "")))) for part in text_parts}
        first = text_parts[0] if text_parts else ""
        plain_before, plain_after = self._plain(before), self._plain(after)
        return HistoryEntry(
            id=change.id,
            words=self.say(ENTRY_WORDS[action], name=self.name(change.person_id)),
            role=change.role,
            when=self.ago(change.until),
            exact=self.exact(change.until),
            pieces=shown.get(first, []),
            why_pieces=shown["why"] if "why" in shown and first != "why" else [],
            before=plain_before,
            after=plain_after,
            restorable=_restorable(action, change.step_id or "", before, goal, steps),
        )

    def _plain(self, parts: dict[str, Any]) -> str:
        """The first of a change's short parts in words: a state, an area, a day, an owner."""
        if parts.get("archived"):
            return self.say(N_("in the archive"))
        if "status" in parts:
            return self.say(STATUS_WORDS[GoalStatus(parts["status"])])
        if "area" in parts:
            return self.area(parts["area"]) or self.say(N_("none"))
        for part in ("review_on", "due_on"):
            if part in parts:
                return day(self.lang, "UTC", _noon(date.fromisoformat(parts[part]))) if parts[part] else self.say(N_("none"))
        if "owner_id" in parts and "step" not in parts:
            return self.name(parts["owner_id"]) if parts["owner_id"] else self.say(N_("both of you"))
        return ""


NOTES = "notes"
_EARLIER: dict[Action, tuple[str, ...]] = {
    Action.REWORD_TITLE: ("title",),
    Action.REWORD_WHY: ("why",),
    Action.NOTE: (NOTES,),
    Action.KEEP_WORDING: ("title", "why"),
    Action.TAKE_EARLIER: ("title", "why", NOTES),
}


def earlier_texts(action: Action, before: dict[str, Any]) -> dict[str, str]:
    """The earlier texts of a goal that this entry holds and that can be taken again (a title cannot be empty)."""
    texts = {part: str(before[part]) for part in _EARLIER.get(action, ()) if part in before}
    return {} if texts.get("title") == "" else texts


ENTRY_WORDS: dict[Action, str] = {
    Action.ADD: N_("{name} wrote this idea down"),
    Action.PROPOSE: N_("{name} proposed this goal"),
    Action.TAKE_BACK: N_("{name} took the proposal back"),
    Action.AGREE: N_("{name} said yes to this goal"),
    Action.NOT_NOW: N_("{name} said: not now"),
    Action.START: N_("{name} began to work on it"),
    Action.PAUSE: N_("{name} paused it"),
    Action.RESUME: N_("{name} took it up again"),
    Action.SET_BACK: N_("{name} put it back to agreed"),
    Action.REACH: N_("{name} marked it as reached"),
    Action.LET_GO: N_("{name} let it go"),
    Action.TAKE_UP: N_("{name} took it up again"),
    Action.ARCHIVE: N_("{name} put it in the archive"),
    Action.RESTORE: N_("{name} brought it back from the archive"),
    Action.ORDER: N_("{name} changed the order"),
    Action.MOVE: N_("{name} moved it"),
    Action.REWORD_TITLE: N_("{name} changed the wording"),
    Action.REWORD_WHY: N_("{name} changed why it matters"),
    Action.NOTE: N_("{name} wrote in the notes"),
    Action.TAKE_EARLIER: N_("{name} took an earlier text again"),
    Action.AGREE_WORDING: N_("{name} said yes to the new wording"),
    Action.KEEP_WORDING: N_("{name} kept the agreed wording"),
    Action.SET_AREA: N_("{name} changed the life area"),
    Action.SET_REVIEW: N_("{name} changed when to look again"),
    Action.SET_DUE: N_("{name} changed until when it is meant"),
    Action.FOCUS: N_("{name} put it in focus"),
    Action.UNFOCUS: N_("{name} took it out of focus"),
    Action.ADD_STEP: N_("{name} added a small step"),
    Action.REWORD_STEP: N_("{name} reworded a small step"),
    Action.TICK_STEP: N_("{name} ticked a small step"),
    Action.UNTICK_STEP: N_("{name} opened a small step again"),
    Action.HAND_STEP: N_("{name} changed whose step it is"),
    Action.DATE_STEP: N_("{name} changed a step's day"),
    Action.REMOVE_STEP: N_("{name} took a small step away"),
    Action.RESTORE_STEP: N_("{name} brought a small step back"),
    Action.UNDO: N_("{name} undid the last change"),
}

UNDO_WORDS: dict[Action, str] = {
    Action.ADD: N_("Kept as your idea"),
    Action.PROPOSE: N_("Proposed"),
    Action.TAKE_BACK: N_("Taken back: only you see it now"),
    Action.AGREE: N_("You both agreed on this goal"),
    Action.NOT_NOW: N_("Given back as an idea"),
    Action.START: N_("Now in: Working on"),
    Action.PAUSE: N_("Paused"),
    Action.RESUME: N_("Now in: Working on"),
    Action.SET_BACK: N_("Now in: Agreed"),
    Action.REACH: N_("Now in: Reached"),
    Action.LET_GO: N_("Now in: Let go"),
    Action.TAKE_UP: N_("Now in: Working on"),
    Action.ARCHIVE: N_("In the archive"),
    Action.RESTORE: N_("Back on the board"),
    Action.ORDER: N_("Order changed"),
    Action.AGREE_WORDING: N_("You said yes to the new wording"),
    Action.KEEP_WORDING: N_("The agreed wording stays"),
    Action.SET_AREA: N_("Life area changed"),
    Action.SET_REVIEW: N_("Day to look again changed"),
    Action.SET_DUE: N_("Day changed until when it is meant"),
    Action.FOCUS: N_("In focus"),
    Action.UNFOCUS: N_("No longer in focus"),
    Action.ADD_STEP: N_("Step added"),
    Action.REWORD_STEP: N_("Step reworded"),
    Action.TICK_STEP: N_("Step ticked"),
    Action.UNTICK_STEP: N_("Step opened again"),
    Action.HAND_STEP: N_("Step handed over"),
    Action.DATE_STEP: N_("Step's day changed"),
    Action.REMOVE_STEP: N_("Step taken away"),
    Action.RESTORE_STEP: N_("Step brought back"),
}
"""What the undo bar says after a change; what is not in here has no undo (texts have their history)."""


def may_be_focused(line: GoalLine) -> bool:
    """Whether a goal can be put in focus as far as its own state goes."""
    return line.standing.status in LIVING and not line.standing.archived


def focus_lines(lines: Iterable[GoalLine]) -> list[GoalLine]:
    """The goals for the home page: those in focus, else the first one that is worked on."""
    board = list(lines)
    return [line for line in board if line.standing.in_focus][:MOST_IN_FOCUS] or [
        line for line in board if line.standing.status is GoalStatus.WORKING
    ][:1]


def _restorable(action: Action, step_id: str, before: dict[str, Any], goal: GoalDetail, steps: dict[str, str]) -> bool:
    if action is Action.REMOVE_STEP:
        return goal.may_write and step_id not in steps
    if action is Action.REWORD_STEP:
        return goal.may_write and step_id in steps and steps[step_id] != before.get("step")
    texts = earlier_texts(action, before)
    return bool(texts) and (goal.may_note if NOTES in texts else goal.may_reword)


def pieces_of(before: str, after: str) -> list[PieceView]:
    """The difference of two texts for the page; empty when they are the same."""
    return [] if before == after else _pieces(difference(before, after))


def _pieces(pieces: Iterable[Piece]) -> list[PieceView]:
    return [PieceView(piece.kind, piece.text) for piece in pieces]


def _first_on_card(step: StepLine) -> tuple[bool, date]:
    """What a card with little room shows first: open steps, the nearest day before the later ones."""
    return step.done, step.due_on or date.max


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _ON_CARD else text[:_ON_CARD].rsplit(" ", 1)[0] + "…"


def _called(member: Member) -> str:
    return member.name.split()[0] if member.name.strip() else member.name


def _noon(when: date) -> datetime:
    return datetime.combine(when, time(12), UTC)
