"""Ratings with real tables: whose number it is, what stays, what the two see of it, and what nobody else does."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.goals import service as goals
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.ids import new_id
from portal.kit.refusal import AlreadyDone, BadInput, Forbidden, NotFound, NotSignedIn
from portal.ratings import service
from portal.ratings.domain import NotRateable, Reworded, TooLateToTakeBack
from portal.tables import metadata
from tests.cast import Cast
from tests.goals.people import agreed, idea, proposed, seen, working
from tests.makers import op
from tests.queries import counted
from tests.ratings.people import numbers, rate, reworded, shown

_DAY = timedelta(days=1)


def test_the_first_number_stays_and_the_way_is_told(cast_everywhere: Cast) -> None:
    cast = cast_everywhere
    goal, now = working(cast), clock.now()
    for days, value in enumerate((3, 6, 5)):
        with clock.at(now - (3 - days) * _DAY):
            rate(cast, goal, value)
    view = shown(cast, goal)
    assert numbers(view) == [("5", "–"), ("6", "–"), ("3", "–")]
    assert view.course.words == ["Mika: from 3 to 5, 2 up."]
    assert view.form.last.startswith("You said 5")


def test_the_therapists_view_is_a_series_of_its_own_that_the_client_sees(cast: Cast) -> None:
    goal = agreed(cast)
    rate(cast, goal, 3)
    rate(cast, goal, 7, by=cast.therapist)
    for caller in (cast.client, cast.therapist, cast.supervisor):
        view = shown(cast, goal, by=caller)
        assert numbers(view) == [("3", "7")]
        assert [mark.side for mark in view.course.marks] == ["client", "therapist"]
        assert len(view.course.words) == 2
    assert shown(cast, goal, by=cast.therapist).form.last.startswith("You said 7")
    assert shown(cast, goal, by=cast.supervisor).form.last == ""


def test_two_numbers_of_one_day_are_two_rows(cast: Cast) -> None:
    goal = agreed(cast)
    rate(cast, goal, 3)
    rate(cast, goal, 4)
    rate(cast, goal, 6, by=cast.therapist)
    assert numbers(shown(cast, goal)) == [("4", "6"), ("3", "–")]


def test_own_number_is_taken_back_within_ten_seconds_only(cast: Cast) -> None:
    goal, now = agreed(cast), clock.now()
    kept, wrong = rate(cast, goal, 3), rate(cast, goal, 10)
    with pytest.raises(NotFound):
        service.take_back(cast.therapist, cast.case, wrong, op=op())
    assert service.take_back(cast.client, cast.case, wrong, op=op()).changed
    assert not service.take_back(cast.client, cast.case, wrong, op=op()).changed
    assert numbers(shown(cast, goal)) == [("3", "–")]
    with clock.at(now + timedelta(minutes=1)), pytest.raises(TooLateToTakeBack):
        service.take_back(cast.client, cast.case, kept, op=op())
    assert numbers(shown(cast, goal)) == [("3", "–")]


def test_a_number_that_was_taken_back_is_gone_from_the_database(cast: Cast) -> None:
    goal = agreed(cast)
    service.take_back(cast.client, cast.case, rate(cast, goal, 10), op=op())
    with transaction(writes=False) as db:
        rows = db.execute(sa.select(metadata.tables["goal_rating"])).mappings().all()
    assert [row["value"] for row in rows] == [None]


def test_numbers_are_sealed(cast: Cast) -> None:
    goal = agreed(cast)
    rate(cast, goal, 7)
    with transaction(writes=False) as db:
        value = db.execute(sa.select(metadata.tables["goal_rating"].c.value)).scalar_one()
    assert len(value) > 20 and value != b"7"


def test_a_reworded_goal_is_a_new_series_and_the_old_one_is_kept(cast_everywhere: Cast) -> None:
    cast = cast_everywhere
    goal = working(cast)
    rate(cast, goal, 3)
    rate(cast, goal, 5)
    read = shown(cast, goal).form.wording_id
    reworded(cast, goal, "Say no twice a week")
    view = shown(cast, goal)
    assert (view.form.title, view.rated, view.new_wording) == ("Say no twice a week", False, True)
    assert [(one.title, len(one.rows)) for one in view.earlier] == [("Say no once a week", 2)]
    with pytest.raises(Reworded):
        service.rate(cast.client, cast.case, goal, read, 6, op=op())
    rate(cast, goal, 4)
    view = shown(cast, goal)
    assert view.course.words == ["Mika: 4 so far, the first number."]
    assert service.on_board(cast.client, cast.case)[goal].client == "4"
    assert service.summary(cast.client, cast.case).mean == ""


def test_a_wording_that_only_waits_is_not_what_is_rated(cast: Cast) -> None:
    goal = working(cast)
    before = shown(cast, goal).form.wording_id
    goals.reword(cast.client, cast.case, goal, "title", "Other words", 99, op=op())
    assert shown(cast, goal).form == shown(cast, goal).form and shown(cast, goal).form.wording_id == before
    rate(cast, goal, 5)
    goals.keep_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert numbers(shown(cast, goal)) == [("5", "–")]


def test_only_an_agreed_goal_on_the_board_takes_numbers(cast: Cast) -> None:
    for goal in (idea(cast), proposed(cast)):
        wording = shown(cast, goal).form.wording_id
        assert not shown(cast, goal).form.may_rate
        with pytest.raises(NotRateable):
            service.rate(cast.client, cast.case, goal, wording, 5, op=op())
    goal = working(cast)
    rate(cast, goal, 8)
    goals.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    rate(cast, goal, 10)
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    view = shown(cast, goal)
    assert not view.form.may_rate and len(view.course.rows) == 2
    with pytest.raises(NotRateable):
        rate(cast, goal, 3)
    assert goal not in service.on_board(cast.client, cast.case)


def test_ideas_of_the_other_are_not_there(cast: Cast) -> None:
    own = idea(cast)
    for caller in (cast.therapist, cast.supervisor):
        with pytest.raises(NotFound):
            service.of_goal(caller, cast.case, own)
    with pytest.raises(NotFound):
        service.rate(cast.therapist, cast.case, own, op(), 5, op=op())


def test_what_is_no_number_of_the_scale_is_refused(cast: Cast) -> None:
    goal = agreed(cast)
    for value in (-1, 11, 1_000_000, True):
        with pytest.raises(BadInput):
            service.rate(cast.client, cast.case, goal, shown(cast, goal).form.wording_id, value, op=op())
    assert not shown(cast, goal).rated


def test_who_may_not_rate(cast: Cast) -> None:
    goal = agreed(cast)
    wording = shown(cast, goal).form.wording_id
    for caller, refusal in (
        (cast.supervisor, Forbidden), (cast.admin, NotFound), (cast.former_member, NotFound), (cast.second_client, NotFound), (cast.nobody, NotSignedIn),
    ):  # fmt: skip
        with pytest.raises(refusal):
            service.rate(caller, cast.case, goal, wording, 5, op=op())
    assert not shown(cast, goal, by=cast.supervisor).form.may_rate


def test_a_foreign_goal_reads_like_a_missing_one(cast: Cast) -> None:
    goal = agreed(cast)
    rate(cast, goal, 5)
    for foreign in (goal, new_id(), "…", ""):
        with pytest.raises(NotFound):
            service.rate(cast.second_client, cast.other_case, foreign, op(), 5, op=op())
        with pytest.raises(NotFound):
            service.of_goal(cast.second_client, cast.other_case, foreign)
    assert service.on_board(cast.second_client, cast.other_case) == {}


def test_sent_twice_is_kept_once(cast: Cast) -> None:
    goal = agreed(cast)
    wording, operation = shown(cast, goal).form.wording_id, op()
    service.rate(cast.client, cast.case, goal, wording, 5, op=operation)
    with pytest.raises(AlreadyDone):
        service.rate(cast.client, cast.case, goal, wording, 5, op=operation)
    assert numbers(shown(cast, goal)) == [("5", "–")]


def test_mean_progress_is_the_clients_over_goals_rated_twice(cast: Cast) -> None:
    first, second, third = (agreed(cast, title) for title in ("One", "Two", "Three"))
    for goal, values in ((first, (3, 6)), (second, (5, 4)), (third, (9,))):
        for value in values:
            rate(cast, goal, value)
    for value in (0, 10):
        rate(cast, first, value, by=cast.therapist)
    view = service.summary(cast.client, cast.case)
    assert (view.mean, view.mean_words) == ("+1.0", "in the mean of 2 goals that Mika rated at both times: then and now.")
    assert service.summary(cast.client, cast.case, lang="de").mean == "+1,0"
    assert {line.title for line in view.lines} == {"One", "Two", "Three"}


def test_goals_in_focus_are_those_to_rate_in_a_session(cast: Cast) -> None:
    goal, other = agreed(cast, "One"), agreed(cast, "Two")
    goals.put_in_focus(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    rate(cast, goal, 4)
    rate(cast, other, 4)
    (form,) = service.to_rate(cast.client, cast.case)
    assert (form.goal_id, form.title, form.may_rate) == (goal, "One", True)
    assert form.last.startswith("You said 4")
    assert service.to_rate(cast.therapist, cast.case)[0].last == ""
    assert service.to_rate(cast.supervisor, cast.case) == []


def test_a_card_shows_the_first_and_the_newest_only(cast_everywhere: Cast) -> None:
    cast = cast_everywhere
    goal, now = agreed(cast), clock.now()
    for days in range(service.ON_CARD + 6):
        with clock.at(now - (30 - days) * _DAY):
            rate(cast, goal, days % 11)
    small = service.on_board(cast.client, cast.case)[goal]
    assert small.client_line.count("L") == service.ON_CARD
    assert small.summary.startswith("Mika: from 0 to ")
    assert len(shown(cast, goal).course.rows) == service.ON_CARD + 6


def test_a_board_costs_the_same_however_many_goals_it_has(cast: Cast) -> None:
    costs = []
    for _ in range(2):
        for title in ("One", "Two", "Three"):
            rate(cast, agreed(cast, title), 4)
        for verb in (service.on_board, service.summary, service.to_rate):
            with counted() as statements:
                verb(cast.client, cast.case)
            costs.append(len(statements))
    assert costs[:3] == costs[3:] and max(costs) <= 3
    goal = agreed(cast)
    with counted() as statements:
        operation = rate(cast, goal, 4)
    with counted() as taken:
        service.take_back(cast.client, cast.case, operation, op=op())
    assert max(len(statements), len(taken)) <= 8


def test_series_for_an_export_name_the_words_that_were_rated(cast: Cast) -> None:
    from portal.access.gate import open_case
    from portal.access.permissions import Permission

    goal = working(cast)
    rate(cast, goal, 3)
    reworded(cast, goal, "Say no twice a week")
    rate(cast, goal, 5, by=cast.therapist)
    with open_case(cast.client, cast.case, Permission.READ_GOALS) as case:
        found = service.series(case)
    assert [(one.wording, one.side, one.value) for one in found] == [("Say no once a week", "client", 3), ("Say no twice a week", "therapist", 5)]
