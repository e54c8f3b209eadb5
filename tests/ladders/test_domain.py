"""The rules of ladders alone: the score by its published values, and whose word counts."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.goals.domain import GoalStatus
from portal.goals.domain import Standing as GoalStanding
from portal.ladders import domain
from portal.ladders.domain import LEVELS, NoLadderNow, NotWhole, Side, Standing, t_score

LEVEL = st.sampled_from(LEVELS)
WEIGHT = st.floats(0.1, 10)
SEVERAL = st.lists(st.tuples(LEVEL, WEIGHT), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("levels", "weights", "score"),
    [([0], None, 50.0), ([1, 1, 1], None, 63.69), ([1, -1], [2, 1], 54.02), ([2], None, 70.0), ([-2], [3], 30.0)],
)
def test_the_score_has_its_reference_values(levels: list[int], weights: list[float] | None, score: float) -> None:
    """Kiresuk & Sherman 1968, as in the portal's shared measures; 53.58 for the third is a widely copied misprint."""
    found = t_score(levels, weights)
    assert found is not None and round(found, 2) == score


def test_a_weight_of_zero_drops_its_goal_and_none_left_is_no_score() -> None:
    assert t_score([1, -2], [1, 0]) == t_score([1])
    assert t_score([1, 2], [0, 0]) is None
    assert t_score([]) is None


@given(SEVERAL)
def test_fifty_is_what_was_expected_and_better_is_never_less(several: list[tuple[int, float]]) -> None:
    levels, weights = [level for level, _ in several], [weight for _, weight in several]
    score = t_score(levels, weights)
    assert score is not None
    assert t_score([0] * len(levels), weights) == 50
    mirrored = t_score([-level for level in levels], weights)
    assert mirrored is not None and isclose(score + mirrored, 100)
    if levels[0] < 2:
        better = t_score([levels[0] + 1, *levels[1:]], weights)
        assert better is not None and better > score


@given(SEVERAL, st.floats(0.5, 4))
def test_only_the_proportion_of_weights_counts(several: list[tuple[int, float]], factor: float) -> None:
    levels, weights = [level for level, _ in several], [weight for _, weight in several]
    one, other = t_score(levels, weights), t_score(levels, [weight * factor for weight in weights])
    assert one is not None and other is not None and isclose(one, other, abs_tol=1e-9)


@given(st.lists(st.tuples(st.sampled_from(Side), LEVEL), max_size=20))
def test_a_level_counts_once_both_say_the_same(words: list[tuple[Side, int]]) -> None:
    ladder, expected, said = Standing(), None, {}
    for side, level in words:
        ladder = domain.say_now(ladder, side, level, whole=True)
        said[side] = level
        if said.get(Side.CLIENT) == said.get(Side.THERAPIST):
            expected = level
    assert (ladder.level, dict(ladder.said)) == (expected, said)


@given(st.sampled_from(Side), LEVEL)
def test_before_all_levels_have_words_nothing_is_said(side: Side, level: int) -> None:
    with pytest.raises(NotWhole):
        domain.say_now(Standing(), side, level, whole=False)
    with pytest.raises(NotWhole):
        domain.start_from(Standing(), level, whole=False)
    assert domain.start_from(Standing(start=1), None, whole=True).start is None


@given(st.sampled_from(GoalStatus), st.booleans())
def test_a_ladder_belongs_to_a_goal_of_both_on_the_board(status: GoalStatus, archived: bool) -> None:
    goal = GoalStanding("mika", status, archived=archived)
    if archived or status in {GoalStatus.IDEA, GoalStatus.PROPOSED}:
        with pytest.raises(NoLadderNow):
            domain.check_open(goal)
    else:
        domain.check_open(goal)
