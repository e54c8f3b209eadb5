"""The session's phases by a state machine of two people, and its small rules by example and by chance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.sessions.domain import (
    LONGEST,
    MAY_NAME_ROW,
    MOST_BROUGHT,
    NEEDS_ROW,
    BroughtAlready,
    EnoughBrought,
    KeptAlready,
    Kind,
    NothingWritten,
    NotRunning,
    NowhereTogether,
    OutOfTurn,
    Phase,
    Place,
    RunsAlready,
    Session,
    Spot,
    Thing,
    TooLateToUndo,
    after_bringing,
    begun,
    missing_lines,
    plan_after,
    spot,
    with_lines,
)

MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MIKA, THEO = "mika", "theo"
BOARD, COURSE = Spot(Place.GOALS), Spot(Place.COURSE)


def after(**time: float) -> datetime:
    return MONDAY + timedelta(**time)


def session() -> Session:
    return begun(THEO, None, MONDAY)


def test_a_session_begins_on_its_own_page() -> None:
    one = session()
    assert one.at == Spot(Place.SESSION)
    assert one.phase(MONDAY) is Phase.RUNNING
    assert one.number == 1


def test_two_sessions_at_a_time_are_one_too_many() -> None:
    with pytest.raises(RunsAlready):
        begun(THEO, session(), after(minutes=5))


def test_a_forgotten_session_is_over_after_its_time() -> None:
    one = session()
    assert one.phase(MONDAY + LONGEST - timedelta(seconds=1)) is Phase.RUNNING
    assert one.phase(MONDAY + LONGEST) is Phase.ENDED
    assert one.after_forgetting(after(days=2)).ended_at == MONDAY + LONGEST
    assert one.lasts(after(days=2)) == LONGEST
    assert begun(THEO, one, after(days=2)).phase(after(days=2)) is Phase.RUNNING


def test_whoever_comes_from_an_older_place_was_overtaken() -> None:
    here = session().after_leading(BOARD, THEO, 1, after(minutes=1))
    assert here.after_leading(COURSE, MIKA, 1, after(minutes=1)) == here
    assert here.after_leading(COURSE, MIKA, 2, after(minutes=1)).at == COURSE


def test_a_faster_second_step_of_the_same_person_counts() -> None:
    here = session().after_leading(BOARD, THEO, 1, after(minutes=1))
    assert here.after_leading(COURSE, THEO, 1, after(minutes=1)).at == COURSE


def test_the_same_place_again_is_no_step() -> None:
    here = session().after_leading(BOARD, THEO, 1, after(minutes=1))
    assert here.after_leading(BOARD, MIKA, 2, after(minutes=2)) == here


def test_coming_to_the_end_leads_to_the_sessions_page() -> None:
    here = session().after_leading(BOARD, MIKA, 1, after(minutes=1)).after_coming_to_end(THEO, after(minutes=50))
    assert here.at == Spot(Place.SESSION)
    assert here.phase(after(minutes=50)) is Phase.CLOSING
    assert here.after_going_on(after(minutes=51)).phase(after(minutes=51)) is Phase.RUNNING


def test_an_end_is_taken_back_by_who_made_it_and_soon() -> None:
    ended = session().after_ending(THEO, after(minutes=50))
    assert ended.after_reopening(THEO, after(minutes=50, seconds=9)).phase(after(minutes=51)) is Phase.RUNNING
    for by, when in ((MIKA, after(minutes=50)), (THEO, after(minutes=51))):
        with pytest.raises(TooLateToUndo):
            ended.after_reopening(by, when)


def test_a_beginning_is_called_off_by_who_made_it_and_soon() -> None:
    session().check_calling_off(THEO, after(seconds=9))
    for by, when in ((MIKA, MONDAY), (THEO, after(minutes=1))):
        with pytest.raises(TooLateToUndo):
            session().check_calling_off(by, when)


def test_what_is_kept_stays_until_it_is_taken_up_again() -> None:
    ended = session().after_ending(THEO, after(minutes=50))
    with pytest.raises(NothingWritten):
        ended.after_keeping("", after(minutes=51))
    kept = ended.after_keeping("We go on.", after(minutes=51))
    with pytest.raises(KeptAlready):
        kept.check_writing(after(minutes=52))
    kept.after_writing_on(after(minutes=53)).check_writing(after(minutes=53))
    with pytest.raises(OutOfTurn):
        session().after_keeping("too early", after(minutes=5))


@given(place=st.text(max_size=12), row=st.sampled_from(["", "a-row"]))
def test_nobody_is_led_to_a_place_that_is_not_on_the_list(place: str, row: str) -> None:
    try:
        found = spot(place, row)
    except NowhereTogether:
        assert place not in set(Place) or (place in NEEDS_ROW and not row)
    else:
        assert found.place in set(Place)
        assert found.row_id == (row if found.place in MAY_NAME_ROW else "")


@pytest.mark.parametrize("place", ["https://elsewhere.example", "/c/other/goals", "home", "account", ""])
def test_an_address_is_no_place(place: str) -> None:
    with pytest.raises(NowhereTogether):
        spot(place, "")


THINGS = st.lists(st.builds(Thing, st.sampled_from(Kind), st.sampled_from(["1", "2", "3", "4"])), max_size=12)


@given(THINGS)
def test_three_different_things_at_most(things: list[Thing]) -> None:
    brought: tuple[Thing, ...] = ()
    for thing in things:
        try:
            brought = after_bringing(brought, thing)
        except BroughtAlready:
            assert thing in brought
        except EnoughBrought:
            assert len(brought) == MOST_BROUGHT
    assert len(set(brought)) == len(brought) <= MOST_BROUGHT


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=20).map(str.strip).filter(bool), max_size=8).map(tuple)


@given(text=LINES.map("\n".join), lines=LINES)
def test_lines_are_added_once_and_nothing_written_is_lost(text: str, lines: tuple[str, ...]) -> None:
    longer = with_lines(text, lines, 10_000)
    assert longer.startswith(text)
    assert missing_lines(longer, lines) == ()
    assert with_lines(longer, lines, 10_000) == longer


def test_lines_that_would_be_too_long_stay_out_and_are_still_missing() -> None:
    assert with_lines("abc", ("defgh", "d"), 6) == "abc\nd"
    assert missing_lines("abc\nd", ("defgh", "d")) == ("defgh",)


def test_a_plan_for_another_day_counts_again_after_an_extra_session() -> None:
    friday = after(days=4)
    assert plan_after(MONDAY, friday, MONDAY) == friday
    assert plan_after(MONDAY, after(minutes=10), MONDAY) == MONDAY
    assert plan_after(MONDAY, None, MONDAY) == MONDAY
    assert plan_after(after(days=7), friday, MONDAY) == after(days=7)


class TwoInASession(RuleBasedStateMachine):
    """Anything that the two may try, at any time; what the session is afterwards is what its phases allow."""

    @initialize()
    def begin(self) -> None:
        self.now = MONDAY
        self.session = session()
        self.text = ""

    def allowed(self, *phases: Phase) -> bool:
        return self.session.phase(self.now) in phases

    @rule(minutes=st.integers(0, 90))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(by=st.sampled_from([MIKA, THEO]), place=st.sampled_from([BOARD, COURSE, Spot()]), late=st.integers(0, 2))
    def somebody_leads(self, by: str, place: Spot, late: int) -> None:
        before = self.session
        try:
            self.session = before.after_leading(place, by, before.number - late, self.now)
        except NotRunning:
            assert self.allowed(Phase.ENDED)
            return
        assert not self.allowed(Phase.ENDED)
        moved = self.session.at != before.at
        assert self.session.number == before.number + moved
        if late and by != before.led_by:
            assert not moved

    @rule()
    def it_comes_to_its_end(self) -> None:
        may = self.allowed(Phase.RUNNING)
        try:
            self.session = self.session.after_coming_to_end(THEO, self.now)
        except OutOfTurn:
            assert not may
        else:
            assert may and self.allowed(Phase.CLOSING)

    @rule()
    def it_goes_on(self) -> None:
        may = self.allowed(Phase.CLOSING)
        try:
            self.session = self.session.after_going_on(self.now)
        except OutOfTurn:
            assert not may
        else:
            assert may and self.allowed(Phase.RUNNING)

    @rule()
    def it_ends(self) -> None:
        may = self.allowed(Phase.RUNNING, Phase.CLOSING)
        try:
            self.session = self.session.after_ending(THEO, self.now)
        except NotRunning:
            assert not may
        else:
            assert may and self.allowed(Phase.ENDED)

    @rule(by=st.sampled_from([MIKA, THEO]))
    def the_end_is_taken_back(self, by: str) -> None:
        before = self.session
        try:
            self.session = before.after_reopening(by, self.now)
        except OutOfTurn:
            assert before.ended_at is None
        except TooLateToUndo:
            assert before.ended_at is not None
        else:
            assert before.ended_at is not None and before.ended_by == by and self.now - before.ended_at < timedelta(minutes=1)

    @rule(text=st.sampled_from(["", "We go on."]))
    def it_is_kept(self, text: str) -> None:
        before = self.session
        try:
            self.session = before.after_keeping(text, self.now)
        except (KeptAlready, NothingWritten, OutOfTurn):
            assert before.kept_at is not None or not text or before.phase(self.now) is Phase.RUNNING
        else:
            assert self.session.kept_at == self.now

    @rule()
    def it_is_written_on(self) -> None:
        try:
            self.session = self.session.after_writing_on(self.now)
        except OutOfTurn:
            assert self.session.kept_at is None

    @invariant()
    def it_never_lasts_longer_than_it_may(self) -> None:
        assert timedelta(0) <= self.session.lasts(self.now) <= LONGEST
        ended = self.session.ends_at(self.now)
        assert (ended is None) == (self.session.phase(self.now) is not Phase.ENDED)


TestTwoInASession = TwoInASession.TestCase
