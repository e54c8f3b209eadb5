"""The rules of a case: rhythms, dates and greetings."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases.domain import Cadence, SessionInThePast, cadence_of, part_of_day, planned

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.sampled_from(Cadence))
def test_a_rhythm_is_found_again_by_its_days(cadence: Cadence) -> None:
    assert cadence_of(cadence.days) is cadence


@given(st.integers(min_value=-10, max_value=400))
def test_every_number_of_days_reads_as_some_rhythm_and_only_none_as_paused(days: int) -> None:
    cadence = cadence_of(days)
    assert (cadence is Cadence.PAUSED) == (days <= 0)
    assert days <= 0 or cadence.days >= min(days, Cadence.MONTHLY.days)


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=366)))
def test_a_session_can_lie_up_to_a_year_ahead(ahead: timedelta) -> None:
    assert planned(NOW + ahead, NOW) == NOW + ahead


@given(st.one_of(st.timedeltas(max_value=timedelta(0), min_value=timedelta(days=-4000)), st.timedeltas(min_value=timedelta(days=366, seconds=1), max_value=timedelta(days=4000))))
def test_a_session_in_the_past_or_in_years_is_refused(away: timedelta) -> None:
    with pytest.raises(SessionInThePast):
        planned(NOW + away, NOW)


def test_no_session_is_a_plan_too() -> None:
    assert planned(None, NOW) is None


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "night"), (4, "night"), (5, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening"), (22, "evening"), (23, "night")],
)
def test_each_hour_has_its_greeting(hour: int, part: str) -> None:
    assert part_of_day(hour) == part
