"""The life of a change: a machine that plays both sides, and the dates that make sense."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.adjustments import domain
from portal.adjustments.domain import (
    ENDED,
    AdjustmentStatus,
    Helped,
    Outcome,
    OutOfTurn,
    ReviewTooEarly,
    ReviewTooFar,
    Side,
    Standing,
    StartTooFar,
    as_of,
    check_terms,
    is_due,
)
from portal.kit.refusal import Refusal

S = AdjustmentStatus
TODAY = date(2026, 11, 23)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


class Changes(RuleBasedStateMachine):
    """One change, and both sides making every move; the words on the table are followed apart from the code."""

    @initialize(side=st.sampled_from(Side))
    def propose(self, side: Side) -> None:
        self.change = domain.after_proposing(side)
        self.stack = [side]  # who offered which words, the newest last
        self.agreed_once = False
        self.said: dict[Side, Helped] = {}

    def _try(self, allowed: bool, move: object) -> bool:
        before = self.change
        try:
            after = move(before)  # type: ignore[operator]
        except Refusal as refusal:
            assert not allowed, refusal
            if isinstance(refusal, OutOfTurn):
                assert refusal.status
                assert refusal.action
                assert "while" in str(refusal)
            assert self.change == before
            return False
        assert allowed
        self.change = after
        return True

    def _is_open(self) -> bool:
        return self.change.status in {S.PROPOSED, S.AGREED}

    @rule(side=st.sampled_from(Side))
    def reword(self, side: Side) -> None:
        if self._try(self._is_open(), lambda change: domain.after_rewording(change, side)):
            self.stack.append(side)

    @rule(side=st.sampled_from(Side))
    def agree(self, side: Side) -> None:
        allowed = self._is_open() and bool(self.stack) and self.stack[-1] is not side
        if self._try(allowed, lambda change: domain.after_agreeing(change, side)):
            self.stack, self.agreed_once, self.said = [], True, {}

    @rule(side=st.sampled_from(Side))
    def decline(self, side: Side) -> None:
        allowed = self._is_open() and bool(self.stack) and self.stack[-1] is not side
        if self._try(allowed, lambda change: domain.after_declining(change, side)):
            self.stack = []
            assert self.change.status is (S.AGREED if self.agreed_once else S.DECLINED)

    @rule(side=st.sampled_from(Side))
    def take_back(self, side: Side) -> None:
        allowed = self._is_open() and bool(self.stack) and self.stack[-1] is side
        if self._try(allowed, lambda change: domain.after_taking_back(change, side)):
            while self.stack and self.stack[-1] is side:
                self.stack.pop()
            if not self.stack:
                assert self.change.status is (S.AGREED if self.agreed_once else S.TAKEN_BACK)

    @rule(side=st.sampled_from(Side), helped=st.sampled_from(Helped), started=st.booleans())
    def answer(self, side: Side, helped: Helped, started: bool) -> None:
        allowed = self.change.status is S.AGREED and not self.stack and started
        if self._try(allowed, lambda change: domain.after_answering(change, side, helped, started=started)):
            self.said[side] = helped
            assert (self.change.status is S.REVIEWED) == (len(self.said) == 2)

    @rule(side=st.sampled_from(Side), outcome=st.sampled_from(Outcome))
    def choose(self, side: Side, outcome: Outcome) -> None:
        before = dict(self.change.wishes)
        if self._try(self.change.status is S.REVIEWED, lambda change: domain.after_choosing(change, side, outcome)):
            settled = before.get(side.other) is outcome
            assert (self.change.status in ENDED) == settled

    @invariant()
    def the_words_on_the_table_are_followed(self) -> None:
        if not hasattr(self, "change"):
            return
        assert list(self.change.offers) == self.stack
        assert self.change.in_force == self.agreed_once
        assert dict(self.change.answers) == self.said
        assert self.change.waits_for is (self.stack[-1].other if self.stack else None)

    @invariant()
    def nothing_runs_without_both(self) -> None:
        if hasattr(self, "change") and self.change.status in {S.AGREED, S.REVIEWED, S.KEPT, S.DROPPED}:
            assert self.agreed_once
        if hasattr(self, "change") and self.change.status in {S.REVIEWED, S.KEPT, S.DROPPED}:
            assert set(self.said) == set(Side)


TestChanges = Changes.TestCase


@given(starts=days, review=days)
def test_dates_are_taken_when_a_person_could_mean_them(starts: date, review: date) -> None:
    sensible_start = TODAY - timedelta(31) <= starts <= TODAY + timedelta(366)
    sensible_review = starts < review <= starts + timedelta(366) and review >= TODAY
    if sensible_start and sensible_review:
        check_terms("words", starts, review, TODAY)
    else:
        with pytest.raises((StartTooFar, ReviewTooEarly, ReviewTooFar)):
            check_terms("words", starts, review, TODAY)


@given(starts=days, review=days, today=days)
def test_what_is_agreed_runs_from_its_first_day_and_is_due_on_its_review_day(starts: date, review: date, today: date) -> None:
    assert as_of(S.AGREED, starts, today) is (S.RUNNING if starts <= today else S.AGREED)
    assert is_due(S.AGREED, starts, review, today) == (starts <= today and review <= today)


@pytest.mark.parametrize("status", [status for status in S if status is not S.AGREED])
def test_only_what_is_agreed_runs(status: AdjustmentStatus) -> None:
    assert as_of(status, TODAY, TODAY) is status
    assert not is_due(status, TODAY, TODAY, TODAY) or status is S.RUNNING


def test_nobody_agrees_to_the_own_words() -> None:
    with pytest.raises(domain.OwnProposal):
        domain.after_agreeing(domain.after_proposing(Side.CLIENT), Side.CLIENT)


def test_a_new_wording_makes_old_answers_void() -> None:
    change = Standing(S.AGREED, (), True, {Side.CLIENT: Helped.YES})
    change = domain.after_agreeing(domain.after_rewording(change, Side.CLIENT), Side.THERAPIST)
    assert dict(change.answers) == {}


def test_nothing_is_reviewed_while_other_words_wait() -> None:
    with pytest.raises(domain.WordsWaiting):
        domain.after_answering(Standing(S.AGREED, (Side.CLIENT,), True), Side.CLIENT, Helped.YES, started=True)
