"""The check-in's states by a state machine, and its formulas by the examples of their sources."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.checkins.domain import (
    LIFE,
    OPENED_FOR_BOTH,
    AlreadyDone,
    AlreadyRevealed,
    CheckIn,
    Choice,
    ChoiceIsTheClients,
    Finding,
    Illegal,
    Item,
    Kind,
    NotRevealed,
    NotTalkedAbout,
    Rule,
    Side,
    Status,
    TooLate,
    drop,
    expiry,
    flat_top,
    gaps,
    level,
    mean,
    next_due,
    own_course,
    own_limit,
    side_by_side,
    signal,
)

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
A, B = Side.CLIENT, Side.THERAPIST


def answers(*values: int | None) -> dict[Item, int]:
    return {item: value for item, value in zip(Item, values, strict=False) if value is not None}


NINES = answers(9, 9, 9, 9, 9, 9)


def opened(**more: datetime) -> CheckIn:
    return CheckIn.opened(MONDAY, more.get("next_session_at"))


# --- states


def test_second_submit_opens_it_for_both_and_not_the_first() -> None:
    one = opened().after_submit(A, MONDAY)
    assert one.status is Status.OPEN and not one.shows(A, B, MONDAY) and not one.shows(B, A, MONDAY)
    both = one.after_submit(B, MONDAY)
    assert both.status is Status.REVEALED and both.shows(A, B, MONDAY) and both.shows(B, A, MONDAY)


def test_author_may_take_back_until_the_reveal_and_not_after() -> None:
    taken = opened().after_submit(B, MONDAY).after_take_back(B, MONDAY)
    assert taken.done == frozenset()
    both = taken.after_submit(A, MONDAY).after_submit(B, MONDAY)
    for change in (both.after_take_back, both.after_edit, both.after_submit):
        with pytest.raises(AlreadyRevealed) as refused:
            change(A, MONDAY)
        assert refused.value.params["status"] == "revealed" and refused.value.params["action"]


def test_done_answers_are_taken_up_again_before_they_change() -> None:
    with pytest.raises(AlreadyDone):
        opened().after_submit(A, MONDAY).after_edit(A, MONDAY)


def test_talk_comes_before_close_and_both_after_the_reveal() -> None:
    with pytest.raises(NotRevealed):
        opened().after_talk(A, MONDAY)
    both = opened().after_submit(A, MONDAY).after_submit(B, MONDAY)
    with pytest.raises(NotTalkedAbout):
        both.after_close(A, MONDAY)
    assert both.after_talk(B, MONDAY).after_close(A, MONDAY).status is Status.CLOSED


@pytest.mark.parametrize(
    ("next_session", "expected"),
    [
        (None, MONDAY + LIFE),
        (MONDAY + timedelta(days=7), MONDAY + timedelta(days=7)),
        (MONDAY + timedelta(days=30), MONDAY + LIFE),
        (MONDAY - timedelta(hours=1), MONDAY + LIFE),
    ],
)
def test_it_ends_after_fourteen_days_or_at_the_next_session(next_session: datetime | None, expected: datetime) -> None:
    assert expiry(MONDAY, next_session) == expected


def test_a_session_planned_later_moves_the_end_but_cannot_revive() -> None:
    soon = MONDAY + timedelta(days=3)
    moved = opened().rescheduled(soon, MONDAY)
    assert moved.expires_at == soon
    assert moved.rescheduled(MONDAY + timedelta(days=10), soon).expires_at == soon


def test_missing_therapist_leaves_the_choice_to_the_client() -> None:
    late = MONDAY + LIFE
    alone = opened().after_submit(A, MONDAY)
    assert alone.at(late).status is Status.CHOICE and not alone.shows(A, B, late)
    with pytest.raises(ChoiceIsTheClients):
        alone.after_choice(B, Choice.SHARE, late)
    shared = alone.after_choice(A, Choice.SHARE, late)
    assert shared.shows(A, B, late) and not shared.shows(B, A, late)
    kept = alone.after_choice(A, Choice.KEEP, late)
    assert not kept.shows(A, B, late) and kept.after_choice(A, Choice.SHARE, late).shows(A, B, late)
    assert alone.after_choice(A, Choice.DISCARD, late).destroys(A, late)


def test_missing_client_means_the_therapists_answers_are_destroyed_unseen() -> None:
    late = MONDAY + LIFE
    alone = opened().after_submit(B, MONDAY)
    assert alone.at(late).status is Status.LAPSED and alone.destroys(B, late)
    assert not alone.shows(B, A, late) and not alone.shows(B, B, late)
    with pytest.raises(TooLate):
        alone.after_submit(A, late)


class Life(RuleBasedStateMachine):
    """Two people, a clock and every verb in any order: sealed means sealed."""

    @initialize(session=st.none() | st.integers(-2, 20))
    def begin(self, session: int | None) -> None:
        self.now = MONDAY
        self.checkin = CheckIn.opened(MONDAY, None if session is None else MONDAY + timedelta(days=session))
        self.revealed = False
        self.shared = False

    @rule(side=st.sampled_from(Side), verb=st.sampled_from(["submit", "take_back", "edit", "talk", "close", "note"]))
    def act(self, side: Side, verb: str) -> None:
        before = self.checkin
        try:
            self.checkin = getattr(before, f"after_{verb}")(side, self.now)
        except Illegal as refused:
            assert self.checkin == before and refused.params["status"] == before.at(self.now).status.value
            return
        if verb == "submit" and len(self.checkin.done) == 2:
            self.revealed = True

    @rule(side=st.sampled_from(Side), choice=st.sampled_from(Choice))
    def choose(self, side: Side, choice: Choice) -> None:
        try:
            self.checkin = self.checkin.after_choice(side, choice, self.now)
        except Illegal:
            return
        assert side is Side.CLIENT
        self.shared = choice is Choice.SHARE

    @rule(hours=st.integers(1, 200))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.none() | st.integers(0, 20))
    def plan(self, days: int | None) -> None:
        self.checkin = self.checkin.rescheduled(None if days is None else self.now + timedelta(days=days), self.now)

    @invariant()
    def sealed(self) -> None:
        if not hasattr(self, "checkin"):
            return
        here = self.checkin.at(self.now)
        assert (here.status in OPENED_FOR_BOTH) == self.revealed
        assert self.checkin.shows(B, A, self.now) == self.revealed
        assert self.checkin.shows(B, None, self.now) == self.revealed
        assert self.checkin.shows(A, B, self.now) == (self.revealed or here.status is Status.SHARED_ALONE)
        assert here.status is not Status.SHARED_ALONE or self.shared
        for author in Side:
            if self.checkin.destroys(author, self.now):
                assert not self.checkin.shows(author, author.other, self.now)
        if not self.revealed and here.status is not Status.OPEN:
            assert self.checkin.destroys(B, self.now)


TestLife = Life.TestCase


# --- cadence


def test_next_one_is_due_a_cadence_after_the_last() -> None:
    assert next_due(MONDAY, None, 7) == MONDAY + timedelta(days=7)
    assert next_due(MONDAY, MONDAY + timedelta(days=3), 14) == MONDAY + timedelta(days=17)
    assert next_due(MONDAY, MONDAY, 0) is None


# --- formulas


def test_skipped_answers_are_not_counted_as_anything() -> None:
    assert mean(answers(10, None, 5)) == Fraction(15, 2)
    assert mean({}) is None
    assert level({}) == drop({}, NINES) == gaps({}, NINES) == own_course({}, [Fraction(9)] * 9) == ()


@pytest.mark.parametrize(
    ("client", "fires"),
    [
        (answers(7, 7, 7, 7, 7, 7), False),
        (answers(7, 7, 7, 7, 7, 6), True),
        (answers(10, 10, 10, 10, 10, 5), False),
        (answers(10, 10, 10, 10, 10, 4), True),
    ],
)
def test_level_fires_below_seven_or_at_a_single_four(client: dict[Item, int], fires: bool) -> None:
    assert bool(level(client)) is fires


@pytest.mark.parametrize(
    ("before", "now", "fires"),
    [
        (NINES, answers(8, 8, 8, 8, 8, 8), True),
        (NINES, answers(8, 8, 8, 8, 8, 9), False),
        (NINES, answers(9, 9, 9, 9, 9, 6), True),
        (NINES, answers(9, 9, 9, 9, 9, 7), False),
        (answers(10, None, None, None, None, 6), answers(None, None, None, None, None, 6), False),
        (answers(10), answers(None, 5), False),
    ],
)
def test_drop_fires_at_one_point_of_the_mean_or_three_of_an_answer(
    before: dict[Item, int], now: dict[Item, int], fires: bool
) -> None:
    assert bool(drop(now, before)) is fires


def test_own_course_by_the_example_of_its_rule() -> None:
    earlier = [Fraction(x) for x in ("9.0", "8.8", "9.2", "9.0", "9.1")]
    limit = own_limit(earlier)
    assert limit is not None and float(limit) == pytest.approx(9.02 - 2.66 * 0.225) and round(float(limit), 2) == 8.42
    assert own_limit(earlier[:4]) is None
    low = {Item.GOALS: 7, Item.WAY: 8, Item.BOND: 8, Item.UNDERSTOOD: 7, Item.VOICE: 8}
    assert mean(low) == Fraction(76, 10)
    assert own_course(low, earlier) == (Finding(Kind.BELOW_LIMIT, Fraction(76, 10), limit),)
    assert own_course(low, earlier[:4]) == ()


def test_a_level_course_still_has_some_room() -> None:
    assert own_limit([Fraction(9)] * 5) == Fraction(9) - Fraction(266, 100) * Fraction(2, 10)


@pytest.mark.parametrize(("client", "therapist", "kind"), [(7, 9, Kind.THERAPIST_HIGHER), (8, 9, None), (9, 6, Kind.CLIENT_HIGHER), (9, 7, None)])
def test_gap_fires_at_two_above_and_at_three_below(client: int, therapist: int, kind: Kind | None) -> None:
    found = gaps({Item.VOICE: client}, {Item.VOICE: therapist})
    assert [one.kind for one in found] == ([kind] if kind else [])


def test_widest_gap_of_the_therapist_above_stands_first() -> None:
    found = gaps(answers(9, 5, 4), answers(5, 7, 9))
    assert [(one.item, one.kind) for one in found] == [
        (Item.BOND, Kind.THERAPIST_HIGHER),
        (Item.WAY, Kind.THERAPIST_HIGHER),
        (Item.GOALS, Kind.CLIENT_HIGHER),
    ]


def test_one_banner_in_the_stated_order() -> None:
    earlier = [NINES] * 6
    assert signal(answers(4, 9, 9, 9, 9, 9), answers(9, 9, 9, 9, 9, 9), earlier).rule is Rule.LEVEL
    assert signal(answers(8, 8, 8, 8, 8, 8), answers(10, 10, 10, 10, 10, 10), earlier).rule is Rule.DROP
    assert signal(answers(8, 8, 8, 8, 9, 9), answers(10, 10, 10, 10, 10, 10), earlier).rule is Rule.GAP
    assert signal(answers(8, 8, 8, 8, 9, 9), answers(8, 8, 8, 8, 9, 9), earlier).rule is Rule.OWN_COURSE
    assert signal(NINES, NINES, earlier).rule is None


def test_own_course_waits_for_the_sixth_checkin() -> None:
    shifted = answers(8, 8, 8, 8, 9, 9)
    assert signal(shifted, shifted, [NINES] * 4).rule is None
    assert signal(shifted, shifted, [NINES] * 5).rule is Rule.OWN_COURSE


def test_three_perfect_checkins_ask_and_never_alert() -> None:
    tens = answers(10, 10, 10, 10, 10, 10)
    assert flat_top([tens, tens, tens]) and not flat_top([tens, tens])
    assert not flat_top([tens, tens, answers(10, 10, 10, 10, 10)])
    assert not flat_top([NINES, tens, tens])
    found = signal(tens, tens, [tens, tens])
    assert found.ceiling and found.rule is None


sheets = st.dictionaries(st.sampled_from(Item), st.integers(0, 10))


@given(sheets, sheets)
def test_gap_view_shows_every_statement_once_and_in_order(client: dict[Item, int], therapist: dict[Item, int]) -> None:
    rows = side_by_side(client, therapist)
    assert {row.item for row in rows} == set(Item)
    widths = [row.width for row in rows if row.client is not None and row.therapist is not None]
    above, below = [one for one in widths if one > 0], [one for one in widths if one < 0]
    assert widths == sorted(above, reverse=True) + sorted(below) + [0] * (len(widths) - len(above) - len(below))


@given(sheets, sheets, st.lists(sheets, max_size=8))
def test_a_signal_always_has_reasons_that_hold(client: dict[Item, int], therapist: dict[Item, int], earlier: list[dict[Item, int]]) -> None:
    found = signal(client, therapist, earlier)
    assert (found.rule is None) == (not found.findings)
    if found.rule in {Rule.LEVEL, Rule.OWN_COURSE}:
        assert all(one.value <= one.against for one in found.findings)
    if found.rule is Rule.GAP:
        assert all(one.value > one.against for one in found.findings)
