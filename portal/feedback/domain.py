"""What a share is and what becomes of it: kinds, states and turns, as rules over plain values."""

from dataclasses import dataclass, replace
from enum import StrEnum, auto

from portal.kit.refusal import Refusal

TALK_AFTER = 3
"""After so many "not quite" the page suggests to talk about it in person."""


class Side(StrEnum):
    """The two sides of a case."""

    CLIENT = auto()
    THERAPIST = auto()


class ShareKind(StrEnum):
    """What a share is."""

    APPRECIATION = auto()
    CONCERN = auto()
    WISH = auto()
    OBSERVATION = auto()
    QUESTION = auto()


KINDS: dict[Side, tuple[ShareKind, ...]] = {
    Side.CLIENT: (ShareKind.APPRECIATION, ShareKind.CONCERN, ShareKind.WISH, ShareKind.QUESTION),
    Side.THERAPIST: (ShareKind.APPRECIATION, ShareKind.OBSERVATION, ShareKind.QUESTION),
}


class ShareStatus(StrEnum):
    """The life of a share. A therapist's share ends as shared, responded or withdrawn; nobody has to confirm it."""

    DRAFT = auto()
    HELD = auto()
    SHARED = auto()
    REFLECTED = auto()
    NOT_QUITE = auto()
    CONFIRMED = auto()
    RESPONDED = auto()
    WITHDRAWN = auto()


PRIVATE = frozenset({ShareStatus.DRAFT, ShareStatus.HELD})
"""While a share is one of these, nobody but its author knows that it exists."""


class Action(StrEnum):
    """What somebody may do with a share."""

    WRITE = auto()
    HOLD = auto()
    TAKE_BACK = auto()
    DISCARD = auto()
    SHARE = auto()
    PACE = auto()
    WITHDRAW = auto()
    REFLECT = auto()
    CONFIRM = auto()
    MISS = auto()
    RESPOND = auto()
    ADVISE = auto()


class OutOfTurn(Refusal):
    """What was asked does not fit the state that the share is in: `status` and `action` name both."""

    sentence = "That is not possible at this point. The page shows how it stands now."

    def __init__(self, status: ShareStatus, action: Action) -> None:
        super().__init__()
        self.status = status
        self.action = action
        self.args = (f"{action} while {status}",)


class StillPrivate(OutOfTurn):
    """Somebody wants to act on a share which has not been shared."""

    sentence = "This has not been shared yet, so only its author can do something with it."


class SharedAlready(OutOfTurn):
    """The author wants to change what others may have read."""

    sentence = "This has been shared, so its words stay as they are. You can withdraw it until it is answered."


class AnsweredAlready(OutOfTurn):
    """There is an answer to it; withdrawing or answering once more would pull the ground from under it."""

    sentence = "This has been answered already. The page shows the answer now."


class Withdrawn(OutOfTurn):
    """Its author took it back."""

    sentence = "This was withdrawn a moment ago, so there is nothing left to answer."


class UnderstoodAlready(OutOfTurn):
    """The client said "yes, that's it"."""

    sentence = "This has ended with a “yes, that’s it”. You are welcome to share something new."


class NotUnderstoodYet(Refusal):
    """Advice before the client said "yes, that's it"."""

    sentence = "An idea of your own can follow after “yes, that’s it”. First comes understanding."


class NoKind(Refusal):
    """A share without a kind, or with one that this side does not have."""

    sentence = "Please choose what it is, so that it is read the way you mean it."


class NothingWritten(Refusal):
    """An empty text is to be shared."""

    sentence = "Please write a few words first. Nothing was sent."


_OUT_OF_TURN: dict[ShareStatus, type[OutOfTurn]] = {
    ShareStatus.DRAFT: StillPrivate,
    ShareStatus.HELD: StillPrivate,
    ShareStatus.SHARED: SharedAlready,
    ShareStatus.REFLECTED: AnsweredAlready,
    ShareStatus.NOT_QUITE: AnsweredAlready,
    ShareStatus.RESPONDED: AnsweredAlready,
    ShareStatus.CONFIRMED: UnderstoodAlready,
    ShareStatus.WITHDRAWN: Withdrawn,
}


class NotYourTurn(Refusal):
    """The other side's step: the client's own yes, the therapist's own answer."""

    sentence = "That step belongs to the other of you."


@dataclass(frozen=True)
class Standing:
    """How a share stands: whose it is, in which state, after how many answers and how many "not quite"."""

    author: Side
    status: ShareStatus = ShareStatus.DRAFT
    rounds: int = 0
    misses: int = 0

    @property
    def suggests_talking(self) -> bool:
        """Whether writing has missed so often that talking may do better."""
        return self.status is ShareStatus.NOT_QUITE and self.misses >= TALK_AFTER

    @property
    def opens_advice(self) -> bool:
        """Whether the therapist may add an idea of their own."""
        return self.author is Side.CLIENT and self.status is ShareStatus.CONFIRMED


@dataclass(frozen=True)
class Actor:
    """Who acts: the side, and whether the share is their own."""

    side: Side
    is_author: bool


def after_writing(share: Standing, actor: Actor) -> Standing:
    """The author changes the words, the kind or what it belongs to; draft and held only."""
    _need_author(actor)
    _need(share, Action.WRITE, *PRIVATE)
    return share


def after_holding(share: Standing, actor: Actor) -> Standing:
    """draft → held: ready, and kept until the session."""
    _need_author(actor)
    _need(share, Action.HOLD, ShareStatus.DRAFT)
    return replace(share, status=ShareStatus.HELD)


def after_taking_back(share: Standing, actor: Actor) -> Standing:
    """held → draft: not ready after all."""
    _need_author(actor)
    _need(share, Action.TAKE_BACK, ShareStatus.HELD)
    return replace(share, status=ShareStatus.DRAFT)


def after_discarding(share: Standing, actor: Actor) -> None:
    """draft → gone without a trace."""
    _need_author(actor)
    _need(share, Action.DISCARD, ShareStatus.DRAFT)


def after_sharing(share: Standing, actor: Actor, kind: ShareKind | None, text: str) -> Standing:
    """draft or held → shared, with a kind that the side has and at least one word."""
    _need_author(actor)
    _need(share, Action.SHARE, *PRIVATE)
    _need_content(actor.side, kind, text)
    return replace(share, status=ShareStatus.SHARED)


def after_pacing(share: Standing, actor: Actor) -> Standing:
    """The author says whether they are ready to talk about it; at any time but after withdrawing."""
    _need_author(actor)
    _need(share, Action.PACE, *(status for status in ShareStatus if status is not ShareStatus.WITHDRAWN))
    return share


def after_withdrawing(share: Standing, actor: Actor) -> Standing:
    """held or shared → withdrawn, until somebody has answered."""
    _need_author(actor)
    _need(share, Action.WITHDRAW, ShareStatus.HELD, ShareStatus.SHARED)
    return replace(share, status=ShareStatus.WITHDRAWN)


def after_reflecting(share: Standing, actor: Actor, heard: str) -> Standing:
    """shared or not quite → reflected: the therapist writes back what came across."""
    _need_turn(share, actor, author=Side.CLIENT, side=Side.THERAPIST)
    _need(share, Action.REFLECT, ShareStatus.SHARED, ShareStatus.NOT_QUITE)
    if not heard:
        raise NothingWritten(field="heard")
    return replace(share, status=ShareStatus.REFLECTED, rounds=share.rounds + 1)


def after_yes(share: Standing, actor: Actor) -> Standing:
    """reflected → confirmed, by the client whose share it is and nobody else."""
    _need_turn(share, actor, author=Side.CLIENT, side=Side.CLIENT)
    _need_author(actor)
    _need(share, Action.CONFIRM, ShareStatus.REFLECTED)
    return replace(share, status=ShareStatus.CONFIRMED)


def after_not_quite(share: Standing, actor: Actor) -> Standing:
    """reflected → not quite, by the client whose share it is."""
    _need_turn(share, actor, author=Side.CLIENT, side=Side.CLIENT)
    _need_author(actor)
    _need(share, Action.MISS, ShareStatus.REFLECTED)
    return replace(share, status=ShareStatus.NOT_QUITE, misses=share.misses + 1)


def after_responding(share: Standing, actor: Actor, text: str) -> Standing:
    """shared → responded: the client says something to a therapist's share, if they like."""
    _need_turn(share, actor, author=Side.THERAPIST, side=Side.CLIENT)
    _need(share, Action.RESPOND, ShareStatus.SHARED)
    if not text:
        raise NothingWritten(field="response")
    return replace(share, status=ShareStatus.RESPONDED)


def after_advising(share: Standing, actor: Actor, text: str) -> Standing:
    """confirmed stays confirmed: the therapist adds an idea of their own, which was closed until the yes."""
    _need_turn(share, actor, author=Side.CLIENT, side=Side.THERAPIST)
    if not share.opens_advice:
        if share.status in {ShareStatus.SHARED, ShareStatus.REFLECTED, ShareStatus.NOT_QUITE}:
            raise NotUnderstoodYet
        raise _out_of_turn(share.status, Action.ADVISE)
    if not text:
        raise NothingWritten(field="advice")
    return share


def _need_author(actor: Actor) -> None:
    if not actor.is_author:
        raise NotYourTurn


def _need_turn(share: Standing, actor: Actor, *, author: Side, side: Side) -> None:
    if actor.side is not side or share.author is not author:
        raise NotYourTurn


def _need(share: Standing, action: Action, *statuses: ShareStatus) -> None:
    if share.status not in statuses:
        raise _out_of_turn(share.status, action)


def _need_content(side: Side, kind: ShareKind | None, text: str) -> None:
    if kind is None or kind not in KINDS[side]:
        raise NoKind(field="kind")
    if not text:
        raise NothingWritten(field="text")


def _out_of_turn(status: ShareStatus, action: Action) -> OutOfTurn:
    return _OUT_OF_TURN.get(status, OutOfTurn)(status, action)
