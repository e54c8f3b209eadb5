"""The turns of a share: a machine that plays every move of both sides, and the promises that no order of moves breaks."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.feedback import domain
from portal.feedback.domain import (
    KINDS,
    PRIVATE,
    TALK_AFTER,
    Actor,
    NotUnderstoodYet,
    NotYourTurn,
    OutOfTurn,
    ShareKind,
    ShareStatus,
    Side,
    Standing,
)
from portal.kit.refusal import Refusal

S = ShareStatus
ACTORS = [Actor(side, own) for side in Side for own in (True, False)]

Move = Callable[[Standing, Actor], Standing | None]
MOVES: dict[str, Move] = {
    "write": domain.after_writing,
    "hold": domain.after_holding,
    "take back": domain.after_taking_back,
    "discard": domain.after_discarding,
    "share": lambda share, actor: domain.after_sharing(share, actor, ShareKind.QUESTION, "words"),
    "pace": domain.after_pacing,
    "withdraw": domain.after_withdrawing,
    "reflect": lambda share, actor: domain.after_reflecting(share, actor, "heard"),
    "yes": domain.after_yes,
    "not quite": domain.after_not_quite,
    "respond": lambda share, actor: domain.after_responding(share, actor, "words"),
    "advise": lambda share, actor: domain.after_advising(share, actor, "words"),
}

# (move, author's side) → who may make it ("author", "other") and from which states; written down apart from the code.
ALLOWED: dict[tuple[str, Side], tuple[str, set[ShareStatus]]] = {
    **{
        (move, side): ("author", states)
        for side in Side
        for move, states in {
            "write": {S.DRAFT, S.HELD},
            "hold": {S.DRAFT},
            "take back": {S.HELD},
            "discard": {S.DRAFT},
            "share": {S.DRAFT, S.HELD},
            "pace": set(S) - {S.WITHDRAWN},
            "withdraw": {S.HELD, S.SHARED},
        }.items()
    },
    ("reflect", Side.CLIENT): ("other", {S.SHARED, S.NOT_QUITE}),
    ("yes", Side.CLIENT): ("author", {S.REFLECTED}),
    ("not quite", Side.CLIENT): ("author", {S.REFLECTED}),
    ("advise", Side.CLIENT): ("other", {S.CONFIRMED}),
    ("respond", Side.THERAPIST): ("other", {S.SHARED}),
}


def _is_allowed(move: str, share: Standing, actor: Actor) -> bool:
    who, states = ALLOWED.get((move, share.author), ("nobody", set()))
    # Somebody of the author's own side who is not the author (the other of a couple) has no turn at all.
    right_person = {"author": actor.is_author, "other": actor.side is not share.author}.get(who, False)
    return right_person and share.status in states


class Shares(RuleBasedStateMachine):
    """One share, and both sides making every move at every moment."""

    @initialize(author=st.sampled_from(Side))
    def begin(self, author: Side) -> None:
        self.share = Standing(author)
        self.made: list[str] = []

    @rule(move=st.sampled_from(sorted(MOVES)), side=st.sampled_from(Side), of_author=st.booleans())
    def play(self, move: str, side: Side, of_author: bool) -> None:
        actor = Actor(side, of_author and side is self.share.author)
        allowed = _is_allowed(move, self.share, actor)
        before = self.share
        try:
            after = MOVES[move](before, actor)
        except Refusal as refusal:
            assert not allowed
            if isinstance(refusal, OutOfTurn):
                assert refusal.status is before.status
                assert refusal.action
                assert str(refusal) == f"{refusal.action} while {before.status}"
            assert self.share == before
            return
        assert allowed
        self.made.append(move)
        if after is not None:
            self.share = after

    @invariant()
    def counts_are_true(self) -> None:
        if not hasattr(self, "share"):
            return
        assert self.share.rounds == self.made.count("reflect")
        assert self.share.misses == self.made.count("not quite")
        assert self.share.misses <= self.share.rounds

    @invariant()
    def only_the_client_has_confirmed(self) -> None:
        if hasattr(self, "share") and self.share.status is S.CONFIRMED:
            assert self.share.author is Side.CLIENT
            assert "yes" in self.made

    @invariant()
    def nothing_answered_was_private_or_withdrawn(self) -> None:
        if hasattr(self, "share") and self.share.rounds:
            assert self.share.status not in PRIVATE | {S.WITHDRAWN}


TestShares = Shares.TestCase


@given(st.sampled_from(sorted(MOVES)), st.sampled_from(S), st.sampled_from(Side), st.sampled_from(ACTORS))
def test_every_move_in_every_state_is_allowed_or_refused_as_written_down(
    move: str, status: ShareStatus, author: Side, actor: Actor
) -> None:
    if actor.is_author and actor.side is not author:
        actor = Actor(actor.side, is_author=False)
    share = Standing(author, status, 1, 0)
    if _is_allowed(move, share, actor):
        MOVES[move](share, actor)
    else:
        with pytest.raises(Refusal):
            MOVES[move](share, actor)


def test_therapist_cannot_say_yes_for_the_client() -> None:
    with pytest.raises(NotYourTurn):
        domain.after_yes(Standing(Side.CLIENT, S.REFLECTED, 1), Actor(Side.THERAPIST, False))


def test_the_other_of_a_couple_cannot_confirm_what_is_not_theirs() -> None:
    with pytest.raises(NotYourTurn):
        domain.after_yes(Standing(Side.CLIENT, S.REFLECTED, 1), Actor(Side.CLIENT, False))


@pytest.mark.parametrize("status", [S.SHARED, S.REFLECTED, S.NOT_QUITE])
def test_advice_before_the_yes_is_refused(status: ShareStatus) -> None:
    with pytest.raises(NotUnderstoodYet):
        domain.after_advising(Standing(Side.CLIENT, status, 1), Actor(Side.THERAPIST, False), "try this")


def test_after_three_times_not_quite_the_page_suggests_to_talk_and_an_answer_takes_that_back() -> None:
    share, client, therapist = Standing(Side.CLIENT, S.SHARED), Actor(Side.CLIENT, True), Actor(Side.THERAPIST, False)
    for turn in range(1, TALK_AFTER + 1):
        share = domain.after_not_quite(domain.after_reflecting(share, therapist, "heard"), client)
        assert share.suggests_talking == (turn == TALK_AFTER)
    share = domain.after_reflecting(share, therapist, "heard")
    assert not share.suggests_talking
    assert domain.after_yes(share, client).status is S.CONFIRMED


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("kind", ShareKind)
def test_each_side_shares_its_own_kinds(side: Side, kind: ShareKind) -> None:
    share, actor = Standing(side), Actor(side, True)
    if kind in KINDS[side]:
        assert domain.after_sharing(share, actor, kind, "words").status is S.SHARED
    else:
        with pytest.raises(domain.NoKind):
            domain.after_sharing(share, actor, kind, "words")


def test_nothing_empty_is_shared_or_answered() -> None:
    with pytest.raises(domain.NothingWritten):
        domain.after_sharing(Standing(Side.CLIENT), Actor(Side.CLIENT, True), ShareKind.WISH, "")
    with pytest.raises(domain.NothingWritten):
        domain.after_reflecting(Standing(Side.CLIENT, S.SHARED), Actor(Side.THERAPIST, False), "")
    with pytest.raises(domain.NothingWritten):
        domain.after_responding(Standing(Side.THERAPIST, S.SHARED), Actor(Side.CLIENT, False), "")
