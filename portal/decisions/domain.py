"""What becomes of a decision: both weigh it, the client decides, and both look again."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, auto

from portal.goals.domain import CLIENT, THERAPIST, Actor
from portal.kit.refusal import Refusal

FEWEST_OPTIONS = 2
MOST_OPTIONS = 6
MOST_POINTS = 12
"""For and against of one option together."""


class DecisionStatus(StrEnum):
    """The life of a decision; whether it is archived stands beside it."""

    OPEN = auto()
    PROPOSED = auto()
    DECIDED = auto()


class PointSide(StrEnum):
    """What a point speaks for."""

    FOR = "for"
    AGAINST = "against"


class Text(StrEnum):
    """The texts of the decision itself."""

    QUESTION = auto()
    MATTERS = auto()
    OUTCOME = auto()


class Action(StrEnum):
    """Everything that can be done with a decision, as the history names it."""

    BEGIN = auto()
    REWORD_QUESTION = auto()
    REWORD_MATTERS = auto()
    REWORD_OUTCOME = auto()
    ADD_OPTION = auto()
    REWORD_OPTION = auto()
    REMOVE_OPTION = auto()
    ADD_POINT = auto()
    REWORD_POINT = auto()
    REMOVE_POINT = auto()
    BRING_BACK = auto()
    DECIDE = auto()
    SUGGEST = auto()
    AGREE = auto()
    NOT_YET = auto()
    TAKE_BACK = auto()
    REOPEN = auto()
    SET_LOOK = auto()
    LOOKED = auto()
    TIE = auto()
    ARCHIVE = auto()
    RESTORE = auto()
    UNDO = auto()


REWORDS: dict[Text, Action] = {
    Text.QUESTION: Action.REWORD_QUESTION,
    Text.MATTERS: Action.REWORD_MATTERS,
    Text.OUTCOME: Action.REWORD_OUTCOME,
}


class Illegal(Refusal):
    """The decision's state does not allow the action; both are named, and nothing was changed."""

    sentence = "That is not possible with this decision just now."

    def __init__(self, state: str, action: Action) -> None:
        super().__init__(state=state, action=action.value)
        self.state = state
        self.action = action

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.action.value} while {self.state}"


class WhileOpen(Illegal):
    """It is still being weighed."""

    sentence = "This is still being weighed. Nothing has been decided yet."


class WhileProposed(Illegal):
    """An option is suggested and waits for the client."""

    sentence = "An option was suggested here, and the client's answer is missing."


class WhileDecided(Illegal):
    """It is decided."""

    sentence = "This is decided. Open it again first; what was decided stays in the history."


class WhileArchived(Illegal):
    """It lies in the archive."""

    sentence = "This decision is in the archive. Bring it back first."


class ClientOnly(Illegal):
    """Somebody else wants to give the client's answer."""

    sentence = "This is the client's to decide."


class AuthorOnly(Illegal):
    """Somebody else's words."""

    sentence = "These words are the other's. You can add your own beside them."


class SuggestedByOther(Illegal):
    """Somebody else's suggestion is to be taken back."""

    sentence = "Only the one who suggested this can take it back."


class TooFewOptions(Refusal):
    """Nothing can be decided between less than two options."""

    sentence = "Write down at least two options first. Leaving things as they are can be one of them."


class EnoughOptions(Refusal):
    """More options than somebody can weigh."""

    sentence = "There are six options already. Take one of them away first."


class EnoughPoints(Refusal):
    """One option has as many points as can be weighed."""

    sentence = "There are twelve points on this option already. Take one of them away first."


class OptionSuggested(Refusal):
    """The option that is suggested cannot go away."""

    sentence = "This option is the one that was suggested. Settle that first."


class TooLateToUndo(Refusal):
    """The time for an undo is over, or the change was made by somebody else."""

    sentence = "The time to undo this is over. The history still has what was there before."


class ChangedSince(Refusal):
    """Something newer rests on what should be undone."""

    sentence = "This was changed again since then, so it was not undone. The history has both."


_WHILE: dict[DecisionStatus, type[Illegal]] = {
    DecisionStatus.OPEN: WhileOpen,
    DecisionStatus.PROPOSED: WhileProposed,
    DecisionStatus.DECIDED: WhileDecided,
}
WEIGHED = frozenset({DecisionStatus.OPEN, DecisionStatus.PROPOSED})


@dataclass(frozen=True)
class Standing:
    """Where a decision stands: `chosen` is the option that is suggested or decided, `asked_by` who suggested it."""

    status: DecisionStatus = DecisionStatus.OPEN
    chosen: str = ""
    asked_by: str = ""
    archived: bool = False

    @property
    def named(self) -> str:
        """The state's name, as refusals and tests say it."""
        return "archived" if self.archived else self.status.value


def weigh(standing: Standing, actor: Actor, action: Action) -> Standing:
    """Question, options, for and against and what matters most are written by either, as long as nothing is decided."""
    _need(standing, action, *WEIGHED)
    return standing


def write_own(standing: Standing, actor: Actor, author_id: str, action: Action) -> Standing:
    """A point is its author's: nobody else changes it or takes it away."""
    weigh(standing, actor, action)
    if author_id != actor.person_id:
        raise AuthorOnly(standing.named, action)
    return standing


def add_option(standing: Standing, actor: Actor, already: int) -> Standing:
    """One more option; `already` counts those that are there."""
    weigh(standing, actor, Action.ADD_OPTION)
    if already >= MOST_OPTIONS:
        raise EnoughOptions
    return standing


def remove_option(standing: Standing, actor: Actor, option_id: str) -> Standing:
    """An option goes, with what stands under it."""
    weigh(standing, actor, Action.REMOVE_OPTION)
    if standing.chosen == option_id:
        raise OptionSuggested
    return standing


def add_point(standing: Standing, actor: Actor, already: int) -> Standing:
    """One more point for or against an option; `already` counts those of the option."""
    weigh(standing, actor, Action.ADD_POINT)
    if already >= MOST_POINTS:
        raise EnoughPoints
    return standing


def choose(standing: Standing, actor: Actor, option_id: str, options: int) -> tuple[Standing, Action]:
    """The client decides; the therapist can only suggest, and that waits for the client's yes."""
    action = Action.DECIDE if actor.role == CLIENT else Action.SUGGEST
    _need(standing, action, *WEIGHED)
    if options < FEWEST_OPTIONS:
        raise TooFewOptions
    if actor.role == CLIENT:
        return replace(standing, status=DecisionStatus.DECIDED, chosen=option_id, asked_by=""), action
    return replace(standing, status=DecisionStatus.PROPOSED, chosen=option_id, asked_by=actor.person_id), action


def agree(standing: Standing, actor: Actor) -> Standing:
    """The client says yes to what was suggested: it is decided."""
    _need(standing, Action.AGREE, DecisionStatus.PROPOSED)
    _need_client(standing, actor, Action.AGREE)
    return replace(standing, status=DecisionStatus.DECIDED, asked_by="")


def not_yet(standing: Standing, actor: Actor) -> Standing:
    """The client leaves it open."""
    _need(standing, Action.NOT_YET, DecisionStatus.PROPOSED)
    _need_client(standing, actor, Action.NOT_YET)
    return Standing()


def take_back(standing: Standing, actor: Actor) -> Standing:
    """The therapist takes the suggestion back."""
    _need(standing, Action.TAKE_BACK, DecisionStatus.PROPOSED)
    if actor.role != THERAPIST or standing.asked_by != actor.person_id:
        raise SuggestedByOther(standing.named, Action.TAKE_BACK)
    return Standing()


def reopen(standing: Standing, actor: Actor) -> Standing:
    """Either opens a decision again; what was decided stays in the history."""
    _need(standing, Action.REOPEN, DecisionStatus.DECIDED)
    return Standing()


def set_look(standing: Standing, actor: Actor) -> Standing:
    """When to look again can be said at any time."""
    _need(standing, Action.SET_LOOK, *DecisionStatus)
    return standing


def looked(standing: Standing, actor: Actor) -> Standing:
    """The two looked again, and it stays decided as it is."""
    _need(standing, Action.LOOKED, DecisionStatus.DECIDED)
    return standing


def tie(standing: Standing, actor: Actor) -> Standing:
    """Which goal it is about can be said at any time."""
    _need(standing, Action.TIE, *DecisionStatus)
    return standing


def archive(standing: Standing, actor: Actor) -> Standing:
    """A decision that is made, or that need not be made any more, is put away; it stays readable."""
    _need(standing, Action.ARCHIVE, DecisionStatus.OPEN, DecisionStatus.DECIDED)
    return replace(standing, archived=True)


def restore(standing: Standing, actor: Actor) -> Standing:
    """An archived decision is back as it was."""
    if not standing.archived:
        raise _WHILE[standing.status](standing.named, Action.RESTORE)
    return replace(standing, archived=False)


MOVES = {
    Action.AGREE: agree,
    Action.NOT_YET: not_yet,
    Action.TAKE_BACK: take_back,
    Action.REOPEN: reopen,
    Action.LOOKED: looked,
    Action.ARCHIVE: archive,
    Action.RESTORE: restore,
}
"""The transitions that need nothing but the decision and the actor."""

# An answer is to what was read: any newer change makes the person look again.
ANSWERS = frozenset({Action.AGREE, Action.NOT_YET})


def is_due(status: DecisionStatus, look_on: date | None, archived: bool, today: date) -> bool:
    """Whether the day to look at a decision again has come."""
    return status is DecisionStatus.DECIDED and not archived and look_on is not None and look_on <= today


def _need(standing: Standing, action: Action, *allowed: DecisionStatus) -> None:
    if standing.archived:
        raise WhileArchived(standing.named, action)
    if standing.status not in allowed:
        raise _WHILE[standing.status](standing.named, action)


def _need_client(standing: Standing, actor: Actor, action: Action) -> None:
    if actor.role != CLIENT:
        raise ClientOnly(standing.named, action)
