"""Where the points of a course lie."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.kit import plot

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30).map(sorted))
def test_points_keep_their_order_and_stay_inside(minutes: list[int]) -> None:
    places = plot.across([START + timedelta(minutes=one) for one in minutes])
    assert places == sorted(places)
    assert all(3 <= place <= 97.001 for place in places)
    if minutes[0] != minutes[-1]:
        assert (places[0], round(places[-1], 6)) == (3, 97)
    else:
        assert set(places) == {50}


def test_no_points_have_no_places() -> None:
    assert plot.across([]) == []


def test_a_line_breaks_where_something_is_missing() -> None:
    assert plot.line([0, 50, 75, 100], [0, None, 50, 100]) == "M0.00 100.00 M75.00 50.00 L100.00 0.00"
    assert plot.percent(12.5) == "12.50%"
