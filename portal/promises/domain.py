"""What becomes of a therapist's promise: the client alone says whether it was kept, its author alone takes it back."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from portal.goals.domain import CLIENT, THERAPIST, Actor
from portal.kit.refusal import Refusal

_UNMADE = "new"
STAYS_IN_SIGHT = timedelta(days=7)
"""How long a promise that was answered or taken back stays among the open ones."""


class PromiseStatus(StrEnum):
    """The life of a promise; whether it is archived stands beside it."""

    OPEN = auto()
    KEPT = auto()
    NOT_KEPT = auto()
    TAKEN_BACK = auto()


class Action(StrEnum):
    """Everything that can be done with a promise, as the history names it."""

    MAKE = auto()
    REWORD = auto()
    DATE = auto()
    KEEP = auto()
    MISS = auto()
    OPEN_AGAIN = auto()
    TAKE_BACK = auto()
    ARCHIVE = auto()
    RESTORE = auto()
    UNDO = auto()


class Illegal(Refusal):
    """The promise's state does not allow the action; both are named, and nothing was changed."""

    sentence = "That is not possible with this promise just now."

    def __init__(self, state: str, action: Action) -> None:
        super().__init__(state=state, action=action.value)
        self.state = state
        self.action = action

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.action.value} while {self.state}"


class WhileOpen(Illegal):
    """Nobody has said yet what became of it."""

    sentence = "This promise is still open. It can be put away once it was kept, not kept or taken back."


class WhileAnswered(Illegal):
    """The client has said whether it was kept."""

    sentence = "It was said already whether this promise was kept."


class WhileTakenBack(Illegal):
    """Its author took it back."""

    sentence = "This promise was taken back. A new one can be made."


class WhileArchived(Illegal):
    """It lies in the archive."""

    sentence = "This promise is in the archive. Bring it back first."


class TherapistOnly(Illegal):
    """Somebody else wants to make a promise of this kind."""

    sentence = "These promises are the therapist's to make."


class ClientOnly(Illegal):
    """Somebody else wants to say whether a promise was kept."""

    sentence = "Only the client says whether a promise was kept."


class AuthorOnly(Illegal):
    """Somebody else wants to change or take back a promise."""

    sentence = "Only the one who made this promise can do that."


class TooLateToUndo(Refusal):
    """The time for an undo is over, or the change was made by somebody else."""

    sentence = "The time to undo this is over. The history still has what was there before."


class ChangedSince(Refusal):
    """Something newer rests on what should be undone."""

    sentence = "This was changed again since then, so it was not undone. The history has both."


_WHILE: dict[PromiseStatus, type[Illegal]] = {
    PromiseStatus.OPEN: WhileOpen,
    PromiseStatus.KEPT: WhileAnswered,
    PromiseStatus.NOT_KEPT: WhileAnswered,
    PromiseStatus.TAKEN_BACK: WhileTakenBack,
}


@dataclass(frozen=True)
class Standing:
    """Where a promise stands."""

    author_id: str
    status: PromiseStatus = PromiseStatus.OPEN
    archived: bool = False

    @property
    def named(self) -> str:
        """The state's name, as refusals and tests say it."""
        return "archived" if self.archived else self.status.value


def make(actor: Actor) -> Standing:
    """The therapist promises something."""
    if actor.role != THERAPIST:
        raise TherapistOnly(_UNMADE, Action.MAKE)
    return Standing(actor.person_id)


def reword(standing: Standing, actor: Actor, action: Action = Action.REWORD) -> Standing:
    """Its author changes the words, or the day, of an open promise."""
    _need(standing, action, PromiseStatus.OPEN)
    _need_author(standing, actor, action)
    return standing


def keep(standing: Standing, actor: Actor) -> Standing:
    """The client says that it was kept, also where that came late."""
    _need(standing, Action.KEEP, PromiseStatus.OPEN, PromiseStatus.NOT_KEPT)
    _need_client(standing, actor, Action.KEEP)
    return replace(standing, status=PromiseStatus.KEPT)


def miss(standing: Standing, actor: Actor) -> Standing:
    """The client says that it was not kept."""
    _need(standing, Action.MISS, PromiseStatus.OPEN)
    _need_client(standing, actor, Action.MISS)
    return replace(standing, status=PromiseStatus.NOT_KEPT)


def open_again(standing: Standing, actor: Actor) -> Standing:
    """The client takes their answer away again."""
    _need(standing, Action.OPEN_AGAIN, PromiseStatus.KEPT, PromiseStatus.NOT_KEPT)
    _need_client(standing, actor, Action.OPEN_AGAIN)
    return replace(standing, status=PromiseStatus.OPEN)


def take_back(standing: Standing, actor: Actor) -> Standing:
    """Its author takes an open promise back; the reason belongs to it and is the caller's to ask for."""
    _need(standing, Action.TAKE_BACK, PromiseStatus.OPEN)
    _need_author(standing, actor, Action.TAKE_BACK)
    return replace(standing, status=PromiseStatus.TAKEN_BACK)


def archive(standing: Standing, actor: Actor) -> Standing:
    """A promise that is no longer open leaves the board; it stays readable."""
    _need(standing, Action.ARCHIVE, PromiseStatus.KEPT, PromiseStatus.NOT_KEPT, PromiseStatus.TAKEN_BACK)
    return replace(standing, archived=True)


def restore(standing: Standing, actor: Actor) -> Standing:
    """An archived promise is back as it was."""
    if not standing.archived:
        raise _WHILE[standing.status](standing.named, Action.RESTORE)
    return replace(standing, archived=False)


MOVES = {
    Action.KEEP: keep,
    Action.MISS: miss,
    Action.OPEN_AGAIN: open_again,
    Action.TAKE_BACK: take_back,
    Action.ARCHIVE: archive,
    Action.RESTORE: restore,
}
"""The transitions that need nothing but the promise and the actor."""

# What is said about a promise is said about the words that were read.
ANSWERS = frozenset({Action.KEEP, Action.MISS})


def in_sight(status: PromiseStatus, since: datetime, now: datetime) -> bool:
    """Whether a promise stands among those in view: open, or answered or taken back within the last seven days."""
    return status is PromiseStatus.OPEN or now - since < STAYS_IN_SIGHT


def is_over(status: PromiseStatus, until_on: date | None, today: date) -> bool:
    """Whether the day of an open promise lies in the past."""
    return status is PromiseStatus.OPEN and until_on is not None and until_on < today


def _need(standing: Standing, action: Action, *allowed: PromiseStatus) -> None:
    if standing.archived:
        raise WhileArchived(standing.named, action)
    if standing.status not in allowed:
        raise _WHILE[standing.status](standing.named, action)


def _need_client(standing: Standing, actor: Actor, action: Action) -> None:
    if actor.role != CLIENT:
        raise ClientOnly(standing.named, action)


def _need_author(standing: Standing, actor: Actor, action: Action) -> None:
    if actor.role != THERAPIST or standing.author_id != actor.person_id:
        raise AuthorOnly(standing.named, action)
