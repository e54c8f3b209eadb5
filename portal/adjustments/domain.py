"""What an agreed change is and what becomes of it: proposing, agreeing, looking again, keeping or dropping."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum, auto

from portal.kit.refusal import Refusal

USUAL_REVIEW = timedelta(days=21)
"""When one looks again, unless somebody says otherwise."""
EARLIEST_START = timedelta(days=31)
FARTHEST = timedelta(days=366)


class Side(StrEnum):
    """The two sides of a case; each must say yes."""

    CLIENT = auto()
    THERAPIST = auto()

    @property
    def other(self) -> "Side":
        """The side across."""
        return Side.THERAPIST if self is Side.CLIENT else Side.CLIENT


class Doer(StrEnum):
    """Who does what was agreed."""

    CLIENT = auto()
    THERAPIST = auto()
    BOTH = auto()


class AdjustmentStatus(StrEnum):
    """The life of a change. An agreed one runs from its first day on."""

    PROPOSED = auto()
    AGREED = auto()
    RUNNING = auto()
    REVIEWED = auto()
    KEPT = auto()
    DROPPED = auto()
    TAKEN_BACK = auto()
    DECLINED = auto()


class TermsStatus(StrEnum):
    """One wording of a change: offered and waiting for the other's yes, in force, or neither any more."""

    OFFERED = auto()
    IN_FORCE = auto()
    PAST = auto()


class Helped(StrEnum):
    """The answer to "did it help?"."""

    YES = auto()
    PARTLY = auto()
    NO = auto()


class Outcome(StrEnum):
    """What becomes of a change that was looked at."""

    KEPT = auto()
    DROPPED = auto()


class OriginKind(StrEnum):
    """What a change came out of."""

    NONE = auto()
    SHARE = auto()
    CHECKIN = auto()
    GOAL = auto()


class Action(StrEnum):
    """What somebody may do with a change."""

    REWORD = auto()
    AGREE = auto()
    DECLINE = auto()
    TAKE_BACK = auto()
    ANSWER = auto()
    CHOOSE = auto()


class OutOfTurn(Refusal):
    """What was asked does not fit the state that the change is in: `status` and `action` name both."""

    sentence = "That is not possible at this point. The page shows how it stands now."

    def __init__(self, status: AdjustmentStatus, action: Action) -> None:
        super().__init__()
        self.status = status
        self.action = action
        self.args = (f"{action} while {status}",)


class NotAgreedYet(OutOfTurn):
    """A proposal cannot be looked back on."""

    sentence = "You have not both agreed to this yet."


class NotStartedYet(OutOfTurn):
    """Agreed, but its first day lies ahead."""

    sentence = "This has not started yet. There will be something to say once it has run for a while."


class ReviewedAlready(OutOfTurn):
    """Both have answered; now it is kept or dropped."""

    sentence = "You have both said whether it helped. What is left is to keep it or to drop it."


class EndedAlready(OutOfTurn):
    """Kept, dropped, taken back or declined."""

    sentence = "This one is settled. You are welcome to propose something new."


class OwnProposal(Refusal):
    """Saying yes or no to one's own proposal."""

    sentence = "These are your own words. They wait for the other of you."


class NotYourProposal(Refusal):
    """Taking back what the other proposed."""

    sentence = "Only the one who proposed this can take it back. You can say that it does not suit you."


class WordsWaiting(Refusal):
    """Looking back while another wording waits for a yes."""

    sentence = "Other words have been proposed and wait for an answer. Please settle that first."


class NothingWritten(Refusal):
    """A change without words."""

    sentence = "Please write down what shall change. Nothing was sent."


class StartTooFar(Refusal):
    """The first day lies too far away to be meant."""

    sentence = "Please choose a first day within the last month or the coming year."


class ReviewTooEarly(Refusal):
    """The review lies before the first day, or in the past."""

    sentence = "The day to look again must come after the first day, and not lie in the past."


class ReviewTooFar(Refusal):
    """The review lies more than a year after the first day."""

    sentence = "Please choose a day to look again within a year. You can always run it longer."


_OUT_OF_TURN: dict[AdjustmentStatus, type[OutOfTurn]] = {
    AdjustmentStatus.PROPOSED: NotAgreedYet,
    AdjustmentStatus.AGREED: NotStartedYet,
    AdjustmentStatus.REVIEWED: ReviewedAlready,
    AdjustmentStatus.KEPT: EndedAlready,
    AdjustmentStatus.DROPPED: EndedAlready,
    AdjustmentStatus.TAKEN_BACK: EndedAlready,
    AdjustmentStatus.DECLINED: EndedAlready,
}

ENDED = frozenset(
    {AdjustmentStatus.KEPT, AdjustmentStatus.DROPPED, AdjustmentStatus.TAKEN_BACK, AdjustmentStatus.DECLINED}
)


@dataclass(frozen=True)
class Standing:
    """How a change stands.

    `offers` are the sides whose wordings wait on top of one another, the newest last; `in_force` says
    whether some wording has both yeses; `answers` and `wishes` belong to that wording.
    """

    status: AdjustmentStatus = AdjustmentStatus.PROPOSED
    offers: tuple[Side, ...] = ()
    in_force: bool = False
    answers: Mapping[Side, Helped] = field(default_factory=dict)
    wishes: Mapping[Side, Outcome] = field(default_factory=dict)

    @property
    def waits_for(self) -> Side | None:
        """Whose yes the newest wording needs."""
        return self.offers[-1].other if self.offers else None


def as_of(status: AdjustmentStatus, starts_on: date | None, today: date) -> AdjustmentStatus:
    """The status on a day: what is agreed runs from its first day on."""
    if status is AdjustmentStatus.AGREED and starts_on is not None and starts_on <= today:
        return AdjustmentStatus.RUNNING
    return status


def is_due(status: AdjustmentStatus, starts_on: date | None, review_on: date | None, today: date) -> bool:
    """Whether the day to look again has come for a running change."""
    return as_of(status, starts_on, today) is AdjustmentStatus.RUNNING and review_on is not None and review_on <= today


def check_terms(what: str, starts_on: date, review_on: date, today: date) -> None:
    """Raise what is wrong with a wording that is to be offered today."""
    if not what:
        raise NothingWritten(field="what")
    if not today - EARLIEST_START <= starts_on <= today + FARTHEST:
        raise StartTooFar(field="starts_on")
    if review_on <= starts_on or review_on < today:
        raise ReviewTooEarly(field="review_on")
    if review_on > starts_on + FARTHEST:
        raise ReviewTooFar(field="review_on")


def after_proposing(side: Side) -> Standing:
    """Nothing → proposed."""
    return Standing(offers=(side,))


def after_rewording(change: Standing, side: Side) -> Standing:
    """Other words are offered on top: a counter-proposal, a second thought, or a change of what runs."""
    _need(change, Action.REWORD, AdjustmentStatus.PROPOSED, AdjustmentStatus.AGREED)
    return replace(change, offers=(*change.offers, side))


def after_agreeing(change: Standing, side: Side) -> Standing:
    """The newest words get the other side's yes and are in force; answers to the old ones no longer count."""
    _need(change, Action.AGREE, AdjustmentStatus.PROPOSED, AdjustmentStatus.AGREED)
    _need_offer(change, Action.AGREE)
    if change.waits_for is not side:
        raise OwnProposal
    return Standing(status=AdjustmentStatus.AGREED, in_force=True)


def after_taking_back(change: Standing, side: Side) -> Standing:
    """The proposer takes their newest words back; what lay below stands again."""
    _need(change, Action.TAKE_BACK, AdjustmentStatus.PROPOSED, AdjustmentStatus.AGREED)
    _need_offer(change, Action.TAKE_BACK)
    if change.waits_for is side:
        raise NotYourProposal
    offers = change.offers
    while offers and offers[-1] is side:
        offers = offers[:-1]
    if offers or change.in_force:
        return replace(change, offers=offers)
    return replace(change, offers=(), status=AdjustmentStatus.TAKEN_BACK)


def after_declining(change: Standing, side: Side) -> Standing:
    """The other side says no to the newest words; what is in force stays so."""
    _need(change, Action.DECLINE, AdjustmentStatus.PROPOSED, AdjustmentStatus.AGREED)
    _need_offer(change, Action.DECLINE)
    if change.waits_for is not side:
        raise OwnProposal
    if change.in_force:
        return replace(change, offers=())
    return replace(change, offers=(), status=AdjustmentStatus.DECLINED)


def after_answering(change: Standing, side: Side, helped: Helped, *, started: bool) -> Standing:
    """One side says whether it helped; at the second answer the change is reviewed."""
    if change.status is AdjustmentStatus.AGREED and change.offers:
        raise WordsWaiting
    _need(change, Action.ANSWER, *((AdjustmentStatus.AGREED,) if started else ()))
    answers = {**change.answers, side: helped}
    done = all(one in answers for one in Side)
    return replace(change, answers=answers, status=AdjustmentStatus.REVIEWED if done else change.status)


def after_choosing(change: Standing, side: Side, outcome: Outcome) -> Standing:
    """One side says keep or drop, and may change their mind; when both say the same, that is it."""
    _need(change, Action.CHOOSE, AdjustmentStatus.REVIEWED)
    wishes = {**change.wishes, side: outcome}
    both = {wishes.get(one) for one in Side}
    if both == {outcome}:
        return replace(change, wishes=wishes, status=AdjustmentStatus(outcome.value))
    return replace(change, wishes=wishes)


def _need(change: Standing, action: Action, *statuses: AdjustmentStatus) -> None:
    if change.status not in statuses:
        raise _out_of_turn(change.status, action)


def _need_offer(change: Standing, action: Action) -> None:
    if not change.offers:
        raise _out_of_turn(AdjustmentStatus.KEPT if change.in_force else change.status, action)


def _out_of_turn(status: AdjustmentStatus, action: Action) -> OutOfTurn:
    return _OUT_OF_TURN.get(status, OutOfTurn)(status, action)
