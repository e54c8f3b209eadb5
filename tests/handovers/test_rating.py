"""Rating goals on a handed-over device: one, or those in focus; the client's series, and nothing around it."""

from datetime import timedelta

import pytest

from portal.access import log
from portal.access.permissions import Act, Permission
from portal.access.tasks import Task
from portal.goals import service as goals
from portal.handovers import service
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.refusal import AlreadyDone, BadInput, NotFound
from portal.ratings import service as ratings
from portal.ratings.domain import NothingToRate, NotRateable, Reworded, TooLateToTakeBack
from tests.cast import Cast
from tests.goals.people import agreed, idea, proposed, seen
from tests.handovers.conftest import Lend
from tests.makers import op
from tests.queries import counted
from tests.ratings.people import numbers, rate, shown


def focused(cast: Cast, title: str) -> str:
    goal = agreed(cast, title)
    goals.put_in_focus(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    return goal


def test_one_goal_is_rated_and_the_number_is_the_clients(cast: Cast, lend: Lend) -> None:
    goal = agreed(cast)
    rate(cast, goal, 8, by=cast.therapist)
    handed, _ = lend(Task.RATE_GOALS, goal)
    found = ratings.handed_forms(handed, cast.case, goal)
    (form,) = found.forms
    assert (form.goal_id, form.last, found.given, found.therapist) == (goal, "", [], "Theo")
    ratings.rate_handed(handed, cast.case, goal, goal, form.wording_id, 3, op=op())
    again = ratings.handed_forms(handed, cast.case, goal)
    assert (again.forms, [one.value for one in again.given]) == ([], ["3"])
    assert numbers(shown(cast, goal)) == [("3", "8")]


def test_the_goals_in_focus_come_one_after_the_other(cast: Cast, lend: Lend) -> None:
    some, beside = [focused(cast, "Sleep"), focused(cast, "Say no")], agreed(cast, "Not in focus")
    rate(cast, some[0], 2)
    with clock.at(clock.now() + timedelta(minutes=1)):
        handed, _ = lend(Task.RATE_GOALS, cast.case)
        forms = ratings.handed_forms(handed, cast.case, cast.case).forms
        assert {one.goal_id for one in forms} == set(some)
        wordings = {one.goal_id: one.wording_id for one in forms}
        assert next(one.last for one in forms if one.goal_id == some[0]).startswith("You said 2")
        ratings.rate_handed(handed, cast.case, cast.case, some[0], wordings[some[0]], 5, op=op())
        left = ratings.handed_forms(handed, cast.case, cast.case)
        assert ([one.goal_id for one in left.forms], [one.title for one in left.given]) == ([some[1]], ["Sleep"])
        for other in (beside, op(), cast.case):
            with pytest.raises(NotFound):
                ratings.rate_handed(handed, cast.case, cast.case, other, wordings[some[1]], 5, op=op())


def test_the_log_names_the_goal_and_the_device(cast: Cast, lend: Lend) -> None:
    goal = focused(cast, "Sleep")
    handed, _ = lend(Task.RATE_GOALS, cast.case)
    form = ratings.handed_forms(handed, cast.case, cast.case).forms[0]
    operation = op()
    ratings.rate_handed(handed, cast.case, cast.case, goal, form.wording_id, 3, op=operation)
    with pytest.raises(AlreadyDone):
        ratings.rate_handed(handed, cast.case, cast.case, goal, form.wording_id, 3, op=operation)
    ratings.take_handed_back(handed, cast.case, cast.case, operation, op=op())
    with transaction(writes=False) as db:
        entries, broken = log.entries(db, cast.case)
    assert broken is None
    assert [(one.action, one.about, one.role) for one in entries[-3:]] == [
        (Permission.READ_HANDED_RATINGS, cast.case, "client"),
        (Permission.RATE_HANDED_GOALS, goal, "client"),
        (Act.TAKE_HANDED_RATING_BACK, goal, "client"),
    ]


def test_a_number_is_taken_back_for_ten_seconds_and_asked_for_again(cast: Cast, lend: Lend) -> None:
    goal, now = agreed(cast), clock.now()
    earlier = rate(cast, goal, 4)
    with clock.at(now + timedelta(seconds=2)):
        handed, _ = lend(Task.RATE_GOALS, goal)
        form = ratings.handed_forms(handed, cast.case, goal).forms[0]
        with pytest.raises(NotFound):
            ratings.take_handed_back(handed, cast.case, goal, earlier, op=op())
        given = op()
        ratings.rate_handed(handed, cast.case, goal, goal, form.wording_id, 9, op=given)
        assert ratings.take_handed_back(handed, cast.case, goal, given, op=op()).changed
        assert len(ratings.handed_forms(handed, cast.case, goal).forms) == 1
        late = op()
        ratings.rate_handed(handed, cast.case, goal, goal, form.wording_id, 6, op=late)
    with clock.at(now + timedelta(minutes=1)), pytest.raises(TooLateToTakeBack):
        ratings.take_handed_back(handed, cast.case, goal, late, op=op())
    assert numbers(shown(cast, goal)) == [("6", "–"), ("4", "–")]


def test_what_takes_no_number_is_not_handed_over(cast: Cast, lend: Lend) -> None:
    with pytest.raises(NothingToRate):
        lend(Task.RATE_GOALS, cast.case)
    for about, refused in ((proposed(cast), NothingToRate), (idea(cast), NotFound), (op(), NotFound), (cast.other_case, NotFound)):
        with pytest.raises(refused):
            lend(Task.RATE_GOALS, about)


def test_what_changes_meanwhile_is_told_or_gone(cast: Cast, lend: Lend) -> None:
    goal = agreed(cast)
    handed, _ = lend(Task.RATE_GOALS, goal)
    form = ratings.handed_forms(handed, cast.case, goal).forms[0]
    for value in (-1, 11, True):
        with pytest.raises(BadInput):
            ratings.rate_handed(handed, cast.case, goal, goal, form.wording_id, value, op=op())
    with pytest.raises(Reworded):
        ratings.rate_handed(handed, cast.case, goal, goal, op(), 5, op=op())
    goals.let_go(cast.client, cast.case, goal, seen(cast, goal), op=op())
    with pytest.raises(NotRateable):
        ratings.rate_handed(handed, cast.case, goal, goal, form.wording_id, 5, op=op())
    with pytest.raises(NotFound):
        ratings.handed_forms(handed, cast.case, goal)
    assert numbers(shown(cast, goal)) == []


def test_the_plain_verbs_of_ratings_are_not_there(cast: Cast, lend: Lend) -> None:
    goal = focused(cast, "Sleep")
    wording = shown(cast, goal).form.wording_id
    handed, _ = lend(Task.RATE_GOALS, goal)
    for call in (
        lambda: ratings.rate(handed, cast.case, goal, wording, 5, op=op()),
        lambda: ratings.of_goal(handed, cast.case, goal),
        lambda: ratings.on_board(handed, cast.case),
        lambda: ratings.to_rate(handed, cast.case),
        lambda: ratings.handed_forms(handed, cast.case, cast.case),
        lambda: ratings.rate_handed(handed, cast.case, cast.case, goal, wording, 5, op=op()),
    ):
        with pytest.raises(NotFound):
            call()
    service.finish(handed, cast.case, goal, op=op())
    with pytest.raises(NotFound):
        ratings.rate_handed(handed, cast.case, goal, goal, wording, 5, op=op())


def test_few_statements_however_many_goals(cast: Cast, lend: Lend) -> None:
    goal = focused(cast, "Sleep")
    with counted() as giving:
        handed, _ = lend(Task.RATE_GOALS, cast.case)
    with counted() as asking:
        form = ratings.handed_forms(handed, cast.case, cast.case).forms[0]
    with counted() as rating:
        ratings.rate_handed(handed, cast.case, cast.case, goal, form.wording_id, 3, op=op())
    assert max(len(giving), len(asking), len(rating)) <= 8, (giving, asking, rating)
