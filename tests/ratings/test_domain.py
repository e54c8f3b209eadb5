"""The rules of ratings alone: when a goal may be rated, and how far it has come."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.goals.domain import GoalStatus, Standing
from portal.ratings import domain
from portal.ratings.domain import HIGHEST, LOWEST, NotRateable, Reworded

NUMBERS = st.integers(LOWEST, HIGHEST)
SERIES = st.lists(NUMBERS, max_size=12)


def test_progress_is_the_newest_number_less_the_first() -> None:
    """The rule of the portal's shared measures, "Goal rating"."""
    assert domain.progress([3, 5, 4]) == 1
    assert domain.progress([7, 2]) == -5
    assert domain.progress([4, 9, 4]) == 0


def test_one_number_is_no_progress_yet() -> None:
    assert domain.progress([]) is None
    assert domain.progress([6]) is None


def test_mean_is_over_goals_that_were_rated_at_both_times() -> None:
    assert domain.mean_progress([[3, 6], [5], [], [4, 4, 2]]) == (Fraction(1, 2), 2)
    assert domain.mean_progress([[9], []]) is None


@given(SERIES)
def test_progress_keeps_within_the_scale(series: list[int]) -> None:
    step = domain.progress(series)
    assert (step is None) == (len(series) < 2)
    assert step is None or LOWEST - HIGHEST <= step <= HIGHEST - LOWEST


@given(SERIES.filter(bool), NUMBERS)
def test_what_lies_between_does_not_count(series: list[int], between: int) -> None:
    assert domain.progress([*series[:1], between, *series[1:]]) == domain.progress(series) or len(series) == 1


@given(st.lists(SERIES, max_size=8))
def test_mean_lies_between_the_least_and_the_most(goals: list[list[int]]) -> None:
    steps = [step for series in goals if (step := domain.progress(series)) is not None]
    mean = domain.mean_progress(goals)
    if not steps:
        assert mean is None
    else:
        assert mean is not None and mean[1] == len(steps) and min(steps) <= mean[0] <= max(steps) and mean[0] * mean[1] == sum(steps)


@given(st.sampled_from(GoalStatus), st.booleans(), st.booleans())
def test_a_goal_takes_numbers_while_both_stand_by_it(status: GoalStatus, archived: bool, same_words: bool) -> None:
    standing = Standing("mika", status, archived=archived)
    allowed = not archived and status in {GoalStatus.AGREED, GoalStatus.WORKING, GoalStatus.PAUSED, GoalStatus.REACHED}
    assert domain.may_be_rated(standing) == allowed
    if allowed and same_words:
        domain.check_rateable(standing, "w1", "w1")
    else:
        with pytest.raises(Reworded if allowed else NotRateable):
            domain.check_rateable(standing, "w1", "w1" if same_words else "w2")
