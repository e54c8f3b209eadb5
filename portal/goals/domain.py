"""What becomes of a goal: its states, who may move it on, its order on the board and how two wordings differ."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from portal.cases.domain import goes_on_writing, in_time_to_undo
from portal.kit.i18n import N_
from portal.kit.refusal import Refusal

MOST_IN_FOCUS = 3

CLIENT = "client"
THERAPIST = "therapist"
SIDES = frozenset({CLIENT, THERAPIST})


class GoalStatus(StrEnum):
    """The life of a goal (states.md); whether it is archived stands beside it."""

    IDEA = auto()
    PROPOSED = auto()
    AGREED = auto()
    WORKING = auto()
    PAUSED = auto()
    REACHED = auto()
    LET_GO = auto()


class Column(StrEnum):
    """The columns of the board, in their order."""

    IDEAS = auto()
    AGREED = auto()
    WORKING = auto()
    REACHED = auto()
    LET_GO = auto()


class Action(StrEnum):
    """Everything that can be done with a goal, as the history names it."""

    ADD = auto()
    PROPOSE = auto()
    TAKE_BACK = auto()
    AGREE = auto()
    NOT_NOW = auto()
    START = auto()
    PAUSE = auto()
    RESUME = auto()
    SET_BACK = auto()
    REACH = auto()
    LET_GO = auto()
    TAKE_UP = auto()
    ARCHIVE = auto()
    RESTORE = auto()
    ORDER = auto()
    MOVE = auto()
    REWORD_TITLE = auto()
    REWORD_WHY = auto()
    NOTE = auto()
    TAKE_EARLIER = auto()
    AGREE_WORDING = auto()
    KEEP_WORDING = auto()
    SET_AREA = auto()
    SET_REVIEW = auto()
    SET_DUE = auto()
    FOCUS = auto()
    UNFOCUS = auto()
    ADD_STEP = auto()
    REWORD_STEP = auto()
    TICK_STEP = auto()
    UNTICK_STEP = auto()
    HAND_STEP = auto()
    DATE_STEP = auto()
    REMOVE_STEP = auto()
    RESTORE_STEP = auto()
    UNDO = auto()


class Due(StrEnum):
    """What a person can look for by day: of a goal's open steps, and of the goal's own days."""

    OVERDUE = auto()
    WEEK = auto()
    MONTH = auto()
    NONE = auto()


LIVING = frozenset({GoalStatus.AGREED, GoalStatus.WORKING, GoalStatus.PAUSED})
DONE = frozenset({GoalStatus.REACHED, GoalStatus.LET_GO})

COLUMN_OF: dict[GoalStatus, Column] = {
    GoalStatus.IDEA: Column.IDEAS,
    GoalStatus.PROPOSED: Column.IDEAS,
    GoalStatus.AGREED: Column.AGREED,
    GoalStatus.WORKING: Column.WORKING,
    GoalStatus.PAUSED: Column.WORKING,
    GoalStatus.REACHED: Column.REACHED,
    GoalStatus.LET_GO: Column.LET_GO,
}


class Illegal(Refusal):
    """The goal's state does not allow the action; both are named, and nothing was changed."""

    sentence = "This goal cannot be moved that way just now."

    def __init__(self, state: str, action: Action) -> None:
        super().__init__(state=state, action=action.value)
        self.state = state
        self.action = action

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.action.value} while {self.state}"


class WhileIdea(Illegal):
    """It was not proposed yet."""

    sentence = "This is still an idea that only its author sees. It moves on once it was proposed and both of you have said yes."


class WhileProposed(Illegal):
    """One yes is missing."""

    sentence = "This goal is proposed. It moves on when both of you have said yes."


class WhileLiving(Illegal):
    """It is agreed, under way or paused."""

    sentence = "Both of you agreed on this goal. It can be worked on, paused, reached or let go, but not become an idea again."


class WhileDone(Illegal):
    """It was reached or let go."""

    sentence = "This goal is reached or let go. Take it up again first."


class WhileArchived(Illegal):
    """It lies in the archive."""

    sentence = "This goal is in the archive. Bring it back first."


class OthersYesNeeded(Illegal):
    """The person who asks cannot give the answer."""

    sentence = "You asked, so the yes to this is the other's to give."


class NothingAsked(Illegal):
    """No new wording waits for an answer."""

    sentence = "No new wording is waiting here. It was answered or taken back."


class YesSaid(Illegal):
    """One side has said yes already; the other's is missing."""

    sentence = "Your yes to this wording is here already. It becomes your wording when the other says yes too."


class AuthorOnly(Illegal):
    """Only the author may do this with an idea or a proposal."""

    sentence = "Only the one whose idea it is can do that."


class EnoughInFocus(Refusal):
    """A case has at most three goals in focus."""

    sentence = "Three goals are in focus already. Take one of them out of focus first."

    @classmethod
    def beside(cls, titles: Sequence[str]) -> "EnoughInFocus":
        """The same with the names of the three."""
        if len(titles) != MOST_IN_FOCUS:
            return cls()
        first, second, third = titles
        return cls(
            N_("Three goals are in focus already: “{first}”, “{second}” and “{third}”. Take one of them out of focus first."),
            first=first, second=second, third=third,
        )  # fmt: skip


class TooLateToUndo(Refusal):
    """The time for an undo is over, or the change was made by somebody else."""

    sentence = "The time to undo this is over. The goal's history still has what was there before."


class ChangedSince(Refusal):
    """Something newer rests on what should be undone."""

    sentence = "The goal was changed again since then, so this was not undone. The history has both."


_WHILE: dict[GoalStatus, type[Illegal]] = {
    GoalStatus.IDEA: WhileIdea,
    GoalStatus.PROPOSED: WhileProposed,
    GoalStatus.AGREED: WhileLiving,
    GoalStatus.WORKING: WhileLiving,
    GoalStatus.PAUSED: WhileLiving,
    GoalStatus.REACHED: WhileDone,
    GoalStatus.LET_GO: WhileDone,
}


@dataclass(frozen=True)
class Actor:
    """Who acts: the person, and what they are in the case."""

    person_id: str
    role: str


@dataclass(frozen=True)
class Standing:
    """Where a goal stands.

    `asked_by` and `asked_role` name who asks for the other's yes to a proposal, or who wrote last in a new wording; `yes` are
    the roles that said yes to that.
    """

    author_id: str
    status: GoalStatus = GoalStatus.IDEA
    asked_by: str = ""
    asked_role: str = ""
    rewording: bool = False
    yes: frozenset[str] = frozenset()
    in_focus: bool = False
    archived: bool = False

    @property
    def column(self) -> Column:
        """Where the board shows it."""
        return COLUMN_OF[self.status]

    @property
    def named(self) -> str:
        """The state's name, as refusals and tests say it."""
        return "archived" if self.archived else self.status.value


@dataclass(frozen=True)
class WholeStep:
    """A small step as it is carried to another room. `role` is whose it is: "client", "therapist" or "both"; `owner` is the name."""

    text: str
    done: bool
    role: str
    owner: str
    due_on: date | None


@dataclass(frozen=True)
class WholeChange:
    """An entry of a goal's history: what it is called, the same in words, and the texts before and after."""

    at: datetime
    by: str
    role: str
    action: Action
    words: str
    before: str
    after: str


@dataclass(frozen=True)
class WholeGoal:
    """Everything of one goal that its page shows to one person, for other rooms; `…_words` are in that person's language.

    `title` and `why` are the wording in force; `new_title` and `new_why` the one that waits for a yes, empty if none does.
    """

    id: str
    column: Column
    status: GoalStatus
    status_words: str
    since: datetime
    created_at: datetime
    mark: str
    title: str
    why: str
    new_title: str
    new_why: str
    asked_words: str
    notes: str
    area: str
    due_on: date | None
    review_on: date | None
    in_focus: bool
    archived: bool
    steps: tuple[WholeStep, ...]
    history: tuple[WholeChange, ...]


@dataclass(frozen=True)
class KnownGoal:
    """A goal as other rooms may know it: its words in force, and where it stands.

    `wordings` has the titles that it has had, by the wording's id; a list of goals leaves them out.
    """

    id: str
    title: str
    wording_id: str
    standing: Standing
    wordings: Mapping[str, str] = field(default_factory=dict)


def visible(standing: Standing, actor: Actor) -> bool:
    """Whether the person may know of the goal: an idea is its author's alone, a proposal is for client and therapist."""
    if standing.status is GoalStatus.IDEA:
        return standing.author_id == actor.person_id
    return standing.status is not GoalStatus.PROPOSED or actor.role in {CLIENT, THERAPIST}


def propose(standing: Standing, actor: Actor) -> Standing:
    """The author shows an idea to the other and asks for a yes."""
    _need(standing, Action.PROPOSE, GoalStatus.IDEA)
    _need_author(standing, actor, Action.PROPOSE)
    return _asked(replace(standing, status=GoalStatus.PROPOSED), actor)


def take_back(standing: Standing, actor: Actor) -> Standing:
    """The author makes a proposal a private idea again."""
    _need(standing, Action.TAKE_BACK, GoalStatus.PROPOSED)
    _need_author(standing, actor, Action.TAKE_BACK)
    return _answered(replace(standing, status=GoalStatus.IDEA))


def agree(standing: Standing, actor: Actor) -> Standing:
    """The other says yes: from now on both have agreed on this wording."""
    _need(standing, Action.AGREE, GoalStatus.PROPOSED)
    _need_other(standing, actor, Action.AGREE)
    return _answered(replace(standing, status=GoalStatus.AGREED))


def not_now(standing: Standing, actor: Actor) -> Standing:
    """The other gives the proposal back to its author as an idea."""
    _need(standing, Action.NOT_NOW, GoalStatus.PROPOSED)
    _need_other(standing, actor, Action.NOT_NOW)
    return _answered(replace(standing, status=GoalStatus.IDEA))


def start(standing: Standing, actor: Actor) -> Standing:
    """An agreed goal is being worked on."""
    _need(standing, Action.START, GoalStatus.AGREED)
    return replace(standing, status=GoalStatus.WORKING)


def pause(standing: Standing, actor: Actor) -> Standing:
    """Work on the goal rests."""
    _need(standing, Action.PAUSE, GoalStatus.WORKING)
    return replace(standing, status=GoalStatus.PAUSED)


def resume(standing: Standing, actor: Actor) -> Standing:
    """Work on the goal goes on."""
    _need(standing, Action.RESUME, GoalStatus.PAUSED)
    return replace(standing, status=GoalStatus.WORKING)


def set_back(standing: Standing, actor: Actor) -> Standing:
    """The goal is agreed as before, but not worked on."""
    _need(standing, Action.SET_BACK, GoalStatus.WORKING, GoalStatus.PAUSED, *DONE)
    return replace(standing, status=GoalStatus.AGREED)


def reach(standing: Standing, actor: Actor) -> Standing:
    """The goal is reached."""
    _need(standing, Action.REACH, *LIVING, GoalStatus.LET_GO)
    return replace(standing, status=GoalStatus.REACHED, in_focus=False)


def let_go(standing: Standing, actor: Actor) -> Standing:
    """The two let the goal go."""
    _need(standing, Action.LET_GO, *LIVING, GoalStatus.REACHED)
    return replace(standing, status=GoalStatus.LET_GO, in_focus=False)


def take_up(standing: Standing, actor: Actor) -> Standing:
    """A goal that was reached or let go is worked on again."""
    _need(standing, Action.TAKE_UP, *DONE)
    return replace(standing, status=GoalStatus.WORKING)


def archive(standing: Standing, actor: Actor) -> Standing:
    """A goal that is done with, or a private idea, leaves the board; it stays readable."""
    _need(standing, Action.ARCHIVE, GoalStatus.IDEA, *DONE)
    if standing.status is GoalStatus.IDEA:
        _need_author(standing, actor, Action.ARCHIVE)
    return replace(standing, archived=True)


def restore(standing: Standing, actor: Actor) -> Standing:
    """An archived goal is back on the board as it was."""
    if not standing.archived:
        raise _WHILE[standing.status](standing.named, Action.RESTORE)
    if standing.status is GoalStatus.IDEA:
        _need_author(standing, actor, Action.RESTORE)
    return replace(standing, archived=False)


def reword(standing: Standing, actor: Actor, action: Action = Action.REWORD_TITLE) -> Standing:
    """New words: an idea's are simply taken, a proposal's turn the question round, an agreed goal's wait for the yes of both.

    Whoever said yes to other words has not said it to these.
    """
    _need(standing, action, GoalStatus.IDEA, GoalStatus.PROPOSED, *LIVING)
    if standing.status is GoalStatus.IDEA:
        _need_author(standing, actor, action)
        return standing
    if standing.status is GoalStatus.PROPOSED:
        return _asked(standing, actor)
    return _asked(replace(standing, rewording=True, yes=frozenset()), actor)


def agree_wording(standing: Standing, actor: Actor) -> Standing:
    """One of the two says yes to the new wording; with the second yes it is in force."""
    _need_rewording(standing, Action.AGREE_WORDING)
    if actor.role in standing.yes:
        raise YesSaid(standing.named, Action.AGREE_WORDING)
    yes = standing.yes | {actor.role}
    if yes >= SIDES:
        return _answered(replace(standing, rewording=False))
    return replace(standing, yes=yes)


def keep_wording(standing: Standing, actor: Actor) -> Standing:
    """The agreed wording stays: the one takes the question back, or the other answers no."""
    _need_rewording(standing, Action.KEEP_WORDING)
    return _answered(replace(standing, rewording=False))


def put_in_focus(standing: Standing, actor: Actor, already: int) -> Standing:
    """One of the up to three goals that the home page shows; `already` counts the others in focus."""
    _need(standing, Action.FOCUS, *LIVING)
    if already >= MOST_IN_FOCUS:
        raise EnoughInFocus
    return replace(standing, in_focus=True)


def take_out_of_focus(standing: Standing, actor: Actor) -> Standing:
    """No longer in focus."""
    if standing.archived:
        raise WhileArchived(standing.named, Action.UNFOCUS)
    return replace(standing, in_focus=False)


def touch(standing: Standing, actor: Actor, action: Action) -> Standing:
    """Area, dates, notes and small steps need no yes; only an archived goal and another's idea keep still."""
    if standing.archived:
        raise WhileArchived(standing.named, action)
    if standing.status is GoalStatus.IDEA:
        _need_author(standing, actor, action)
    return standing


def sound(standing: Standing, actor: Actor, already: int) -> None:
    """Whether a goal may stand as an undo would put it; `already` counts the others in focus. Raises ChangedSince and EnoughInFocus."""
    if not visible(standing, actor) or (standing.archived and standing.status not in {GoalStatus.IDEA, *DONE}):
        raise ChangedSince
    if standing.in_focus and (standing.archived or standing.status not in LIVING):
        raise ChangedSince
    if standing.in_focus and already >= MOST_IN_FOCUS:
        raise EnoughInFocus


def moved_to(standing: Standing, column: Column, actor: Actor) -> tuple[Standing, Action]:
    """What dropping the goal on a column does, and under which name. Raises Illegal where the column needs something first."""
    if standing.archived:
        raise WhileArchived(standing.named, Action.MOVE)
    if standing.column is column:
        return standing, Action.ORDER
    if column is Column.IDEAS:
        raise _WHILE[standing.status](standing.named, Action.MOVE)
    if column is Column.AGREED:
        if standing.status is GoalStatus.PROPOSED:
            return agree(standing, actor), Action.AGREE
        return _named_move(standing, actor, Action.SET_BACK)
    if column is Column.WORKING:
        return _named_move(standing, actor, Action.TAKE_UP if standing.status in DONE else Action.START)
    return _named_move(standing, actor, Action.REACH if column is Column.REACHED else Action.LET_GO)


def _named_move(standing: Standing, actor: Actor, action: Action) -> tuple[Standing, Action]:
    return MOVES[action](standing, actor), action


MOVES = {
    Action.PROPOSE: propose,
    Action.TAKE_BACK: take_back,
    Action.AGREE: agree,
    Action.NOT_NOW: not_now,
    Action.START: start,
    Action.PAUSE: pause,
    Action.RESUME: resume,
    Action.SET_BACK: set_back,
    Action.REACH: reach,
    Action.LET_GO: let_go,
    Action.TAKE_UP: take_up,
    Action.ARCHIVE: archive,
    Action.RESTORE: restore,
    Action.AGREE_WORDING: agree_wording,
    Action.KEEP_WORDING: keep_wording,
    Action.UNFOCUS: take_out_of_focus,
}
"""The transitions that need nothing but the goal and the actor."""

def is_late(due_on: date | None, today: date, *, done: bool) -> bool:
    """Whether a day until which something was meant is over, and it is not done; `today` is the day where the reader is."""
    return due_on is not None and not done and due_on < today


# A yes is to what was read: any newer change of the goal makes the person look again.
CONSENTS = frozenset({Action.AGREE, Action.NOT_NOW, Action.AGREE_WORDING, Action.KEEP_WORDING})

# Of these only the words count: two who say yes to the same ones at the same time have both said it.
WORDING_CONSENTS = frozenset({Action.AGREE_WORDING, Action.KEEP_WORDING})

# What was written before one of these and what was written after it are two things.
TURNS = frozenset(
    {Action.PROPOSE, Action.TAKE_BACK, Action.AGREE, Action.NOT_NOW, Action.AGREE_WORDING, Action.KEEP_WORDING, Action.TAKE_EARLIER, Action.UNDO}
)


def may_undo(changed_at: datetime, by: str, actor: Actor, now: datetime) -> bool:
    """Whether the person may still undo a change: their own, for ten seconds (and the time that a late message takes)."""
    return by == actor.person_id and in_time_to_undo(changed_at, now)


def waits_for(standing: Standing, role: str) -> bool:
    """Whether a new wording waits for the yes of this role."""
    return standing.rewording and role in SIDES and role not in standing.yes


def same_burst(by: str, until: datetime, actor: Actor, now: datetime) -> bool:
    """Whether a save continues what the same person was writing."""
    return by == actor.person_id and goes_on_writing(until, now)


_STRIDE = 1024.0
_NARROWEST = 1e-6


def position_between(before: float | None, after: float | None) -> float | None:
    """A position between two neighbours (None: the end of the column), or None when there is no room left between them."""
    if before is None and after is None:
        return 0.0
    if before is None:
        return after - _STRIDE  # type: ignore[operator]
    if after is None:
        return before + _STRIDE
    middle = (before + after) / 2
    return middle if after - before > _NARROWEST and before < middle < after else None


def spread(count: int) -> list[float]:
    """Fresh, evenly spread positions for `count` goals in order."""
    return [index * _STRIDE for index in range(count)]


def placed(
    order: Sequence[tuple[str, float]], goal_id: str, after: str, before: str = ""
) -> tuple[float, dict[str, float]]:
    """The position of `goal_id` right after `after`; where that is not in the column any more, right before `before`; else first.

    Also new positions of others, if there was no room left. `order` lists ids and positions of the column in their order,
    with or without the goal itself.
    """
    others = [(one, position) for one, position in order if one != goal_id]
    ids = [one for one, _ in others]
    index = ids.index(after) + 1 if after in ids else ids.index(before) if before in ids else 0
    position = position_between(others[index - 1][1] if index else None, others[index][1] if index < len(others) else None)
    if position is not None:
        return position, {}
    fresh_order = [*ids[:index], goal_id, *ids[index:]]
    fresh = dict(zip(fresh_order, spread(len(fresh_order)), strict=True))
    return fresh.pop(goal_id), fresh


BOTH = "both"
"""Whose a step is that belongs to both, as a filter names it."""
_DAYS = {Due.WEEK: 7, Due.MONTH: 31}


@dataclass(frozen=True)
class OpenStep:
    """What a filter needs to know of a step that is not done: whose it is ("both" or a person's id), and until when."""

    owner: str
    due_on: date | None


@dataclass(frozen=True)
class Findable:
    """What a goal is found by. `texts` are all words that its reader may see of it."""

    texts: tuple[str, ...]
    status: GoalStatus
    area: str = ""
    review_on: date | None = None
    due_on: date | None = None
    steps: tuple[OpenStep, ...] = ()


@dataclass(frozen=True)
class Filter:
    """What a person looks for on the board; an empty part asks for nothing. `owner` is a person's id or "both"."""

    text: str = ""
    area: str = ""
    status: str = ""
    owner: str = ""
    due: str = ""

    @property
    def active(self) -> bool:
        """Whether anything is asked for."""
        return self != Filter()

    def finds(self, goal: Findable, today: date) -> bool:
        """Whether the goal has all that is asked for: every word somewhere in its texts, and one and the same open step for owner and day."""
        return (
            (not self.area or folded(self.area) == folded(goal.area))
            and (not self.status or goal.status == self.status)
            and self._is_due(goal, today)
            and has_words(self.text, goal.texts)
        )

    def _is_due(self, goal: Findable, today: date) -> bool:
        if not self.owner and not self.due:
            return True
        steps = [step for step in goal.steps if self.owner in ("", step.owner)]
        if not self.due:
            return bool(steps)
        # A goal's own days belong to nobody.
        days = [step.due_on for step in steps] + ([] if self.owner else [goal.due_on, goal.review_on])
        if self.due == Due.NONE:
            return not any(days) and (bool(steps) or not self.owner)
        return any(_falls(Due(self.due), day, today) for day in days if day is not None)


def _falls(due: Due, day: date, today: date) -> bool:
    if due is Due.OVERDUE:
        return day < today
    return today <= day <= today + timedelta(days=_DAYS[due])


def folded(text: str) -> str:
    """A text as it is compared: without case, accents and differences of width, so that "uber" finds "Über"."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def has_words(sought: str, texts: Sequence[str]) -> bool:
    """Whether every word that is sought stands in one of the texts, also as a part of a longer one."""
    words = folded(sought).split()
    if not words:
        return True
    known = "\n".join(map(folded, texts))
    return all(word in known for word in words)


@dataclass(frozen=True)
class Piece:
    """A run of words that two texts share ("same"), or that only the older ("gone") or the newer one has ("new")."""

    kind: str
    text: str


_WORDS = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)
# Beyond this many comparisons two texts are shown as replaced: a difference must never hold up a page.
_MOST_COMPARED = 250_000


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The word-level difference of two texts; joining same+gone gives `before`, same+new gives `after`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    pieces = [("same", "".join(old[:head])), *_middle(middle_old, middle_new), ("same", "".join(old[len(old) - tail :]))]
    return _joined(pieces)


def _middle(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    if not old or not new or len(old) * len(new) > _MOST_COMPARED:
        return [("gone", "".join(old)), ("new", "".join(new))]
    pieces: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        # A lone space between two changed words would tear one change into many.
        if kind == "equal" and "".join(old[a:b]).strip():
            pieces.append(("same", "".join(old[a:b])))
        else:
            pieces += [("gone", "".join(old[a:b])), ("new", "".join(new[c:d]))]
    return pieces


def _joined(pieces: list[tuple[str, str]]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    gone, new = "", ""
    for kind, text in [*pieces, ("end", "")]:
        if kind == "gone":
            gone += text
        elif kind == "new":
            new += text
        elif text or kind == "end":
            joined += [Piece(each, run) for each, run in (("gone", gone), ("new", new)) if run]
            gone, new = "", ""
            if text and joined and joined[-1].kind == "same":
                joined[-1] = Piece("same", joined[-1].text + text)
            elif text:
                joined.append(Piece("same", text))
    return tuple(joined)


def _need(standing: Standing, action: Action, *allowed: GoalStatus) -> None:
    if standing.archived:
        raise WhileArchived(standing.named, action)
    if standing.status not in allowed:
        raise _WHILE[standing.status](standing.named, action)


def _need_author(standing: Standing, actor: Actor, action: Action) -> None:
    if standing.author_id != actor.person_id:
        raise AuthorOnly(standing.named, action)


def _need_other(standing: Standing, actor: Actor, action: Action) -> None:
    if actor.role == standing.asked_role or actor.person_id == standing.asked_by:
        raise OthersYesNeeded(standing.named, action)


def _need_rewording(standing: Standing, action: Action) -> None:
    if standing.archived:
        raise WhileArchived(standing.named, action)
    if not standing.rewording:
        raise NothingAsked(standing.named, action)


def _asked(standing: Standing, actor: Actor) -> Standing:
    return replace(standing, asked_by=actor.person_id, asked_role=actor.role)


def _answered(standing: Standing) -> Standing:
    return replace(standing, asked_by="", asked_role="", yes=frozenset())
