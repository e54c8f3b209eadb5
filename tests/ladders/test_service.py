"""Ladders with real tables: written by two, said by both, scored for one, and nobody else's."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.access.gate import open_case
from portal.access.permissions import TABLE, AccountRole, Permission
from portal.accounts import service as accounts
from portal.cases import service as cases
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.ids import new_id
from portal.kit.refusal import BadInput, ChangedMeanwhile, Forbidden, NotFound
from portal.ladders import service
from portal.ladders.domain import ChangedSince, NoLadderNow, NotWhole, TooLateToUndo
from portal.tables import metadata
from tests.cast import Cast
from tests.goals.people import agreed, idea, proposed, seen, working
from tests.ladders.people import TEXTS, level, say, shown, whole
from tests.makers import op
from tests.queries import counted

_TABLES = ("ladder", "ladder_level", "ladder_change")


def test_five_levels_are_written_together_and_told_in_the_history(cast_everywhere: Cast) -> None:
    cast = cast_everywhere
    goal = agreed(cast)
    assert (shown(cast, goal).id, shown(cast, goal).may_write) == ("", True)
    view = whole(cast, goal)
    for caller in (cast.client, cast.therapist, cast.supervisor):
        assert [one.text for one in shown(cast, goal, by=caller).levels] == list(TEXTS)
    assert [one.sign for one in view.levels] == ["+2", "+1", "0", "−1", "−2"]
    history = shown(cast, goal, by=cast.therapist, history=True).history
    assert [one.words for one in history[::-1]] == [
        "Mika began this ladder", "Mika wrote at level +2", "Theo wrote at level +1", "Mika wrote at level 0", "Theo wrote at level −1", "Mika wrote at level −2",
    ]  # fmt: skip
    assert not shown(cast, goal, by=cast.supervisor).may_write


def test_a_ladder_is_begun_once(cast: Cast) -> None:
    goal = agreed(cast)
    first = service.begin(cast.client, cast.case, goal, op=op())
    second = service.begin(cast.therapist, cast.case, goal, op=op())
    assert (first.id, first.changed, second.changed) == (second.id, True, False)


def test_two_who_write_the_same_level_choose(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    one = level(cast, goal, 0)
    service.write(cast.client, cast.case, one.id, "once in seven days", one.version, op=op())
    with pytest.raises(ChangedMeanwhile) as late:
        service.write(cast.therapist, cast.case, one.id, "one evening", one.version, op=op())
    assert late.value.params["theirs"] == "once in seven days"
    assert level(cast, goal, 0).text == "once in seven days"


def test_one_burst_of_writing_is_one_entry_and_earlier_words_can_be_taken_again(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    now = clock.now()
    with clock.at(now + timedelta(minutes=5)):
        for text in ("once", "once a", "once a month"):
            one = level(cast, goal, 0)
            service.write(cast.client, cast.case, one.id, text, one.version, op=op())
        newest = shown(cast, goal, history=True).history[0]
        assert [(piece.kind, piece.text) for piece in newest.pieces] == [("same", "once a "), ("gone", "week"), ("new", "month")]
        assert newest.restorable
        operation = op()
        service.bring_back(cast.therapist, cast.case, newest.id, op=operation)
        assert level(cast, goal, 0).text == "once a week"
        service.undo(cast.therapist, cast.case, operation, op=op())
        assert level(cast, goal, 0).text == "once a month"


def test_what_both_say_counts_and_the_one_who_differs_is_told(cast: Cast) -> None:
    goal = working(cast)
    whole(cast, goal)
    assert shown(cast, goal).now == "Nobody has said yet where things stand."
    say(cast, goal, -1, cast.client)
    assert shown(cast, goal).now_detail == "Mika says −1. It counts once Theo says the same."
    say(cast, goal, -1, cast.therapist)
    assert (shown(cast, goal).now, shown(cast, goal).now_detail) == ("You both say: −1", "")
    say(cast, goal, 1, cast.therapist)
    view = shown(cast, goal)
    assert view.now == "You both say: −1"
    assert view.now_detail == "Mika says −1, Theo says +1. What you both say counts; until then it stays as it was."
    assert [(one.value, one.client, one.therapist, one.mine, one.both) for one in view.levels if one.client or one.therapist] == [
        (1, False, True, False, False),
        (-1, True, False, True, True),
    ]


def test_nothing_is_said_before_all_levels_have_words(cast: Cast) -> None:
    goal = agreed(cast)
    service.begin(cast.client, cast.case, goal, op=op())
    one, view = level(cast, goal, 0), shown(cast, goal)
    assert view.missing == "5 levels still need their words. Then you can say where things stand."
    with pytest.raises(NotWhole):
        service.say_now(cast.client, cast.case, one.id, one.version, op=op())
    with pytest.raises(NotWhole):
        service.start_from(cast.client, cast.case, view.id, "-1", view.version, op=op())
    assert service.summary(cast.client, cast.case).lines == []


def test_a_level_is_said_as_its_words_were_read(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    read = level(cast, goal, 1)
    service.write(cast.therapist, cast.case, read.id, "other words", read.version, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.say_now(cast.client, cast.case, read.id, read.version, op=op())
    say(cast, goal, 1)
    with clock.at(clock.now() + timedelta(minutes=1)):
        again = level(cast, goal, 1)
        service.write(cast.therapist, cast.case, again.id, "yet other words", again.version, op=op())
        assert shown(cast, goal).now_detail.startswith("The words of this level were changed after you both said so.")


def test_own_choice_is_undone_within_ten_seconds_unless_something_rests_on_it(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    say(cast, goal, -1)
    operation = say(cast, goal, 0)
    assert shown(cast, goal).now == "You both say: 0"
    service.undo(cast.therapist, cast.case, operation, op=op())
    assert shown(cast, goal).now == "You both say: −1"
    operation = say(cast, goal, 2, cast.client)
    with pytest.raises(NotFound):
        service.undo(cast.therapist, cast.case, operation, op=op())
    say(cast, goal, 1, cast.client)
    with pytest.raises(ChangedSince):
        service.undo(cast.client, cast.case, operation, op=op())
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(TooLateToUndo):
        service.undo(cast.client, cast.case, operation, op=op())


def test_what_the_other_agreed_to_is_not_pulled_from_under_them(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    mine = say(cast, goal, 1, cast.client)
    say(cast, goal, 1, cast.therapist)
    with pytest.raises(ChangedSince):
        service.undo(cast.client, cast.case, mine, op=op())
    view = shown(cast, goal)
    assert (view.now, view.now_detail) == ("You both say: +1", "")


def test_start_and_weight_are_chosen_by_either_and_a_late_one_is_told(cast: Cast) -> None:
    goal = agreed(cast)
    view, operation = whole(cast, goal), op()
    service.start_from(cast.client, cast.case, view.id, "-2", view.version, op=operation)
    with pytest.raises(ChangedMeanwhile):
        service.weigh(cast.therapist, cast.case, view.id, 2, view.version, op=op())
    service.weigh(cast.therapist, cast.case, view.id, 2, shown(cast, goal).version, op=op())
    assert (shown(cast, goal).start, shown(cast, goal).weight) == ("-2", "2")
    service.undo(cast.client, cast.case, operation, op=op())
    assert (shown(cast, goal).start, shown(cast, goal).weight) == ("", "2")
    for wrong in ("-3", "x", "1.0"):
        with pytest.raises(BadInput):
            service.start_from(cast.client, cast.case, view.id, wrong, 99, op=op())
    for number in (-1, 4, True):
        with pytest.raises(BadInput):
            service.weigh(cast.client, cast.case, view.id, number, 99, op=op())
    assert [one.words for one in shown(cast, goal, history=True).history[:3]] == [
        "Mika undid the last change", "Theo changed how much it counts: counts twice", "Mika said where it started: −2",
    ]  # fmt: skip


def test_the_score_is_made_of_what_both_said_with_its_caveat(cast: Cast) -> None:
    """The reference of the portal's shared measures: x = [1, −1] with weights [2, 1] is 54.02."""
    first, second, third = (agreed(cast, title) for title in ("One", "Two", "Three"))
    for goal, value in ((first, 1), (second, -1), (third, 2)):
        whole(cast, goal)
        say(cast, goal, value)
    for goal, weight in ((first, 2), (third, 0)):
        service.weigh(cast.client, cast.case, shown(cast, goal).id, weight, 99, op=op())
    view = service.summary(cast.client, cast.case)
    assert (view.score, view.start_score) == ("54.0", "")
    assert view.words == "from the ladders of 2 goals. 50 means: exactly what was expected, on the whole."
    assert "an order, not a measure" in view.caveat and "for Mika alone" in view.caveat
    assert "never ranked" in view.caveat and "the practice office never sees it" in view.caveat
    for goal in (first, second):
        service.start_from(cast.client, cast.case, shown(cast, goal).id, "0", 99, op=op())
    assert service.summary(cast.supervisor, cast.case).start_score == "50.0"
    assert service.summary(cast.client, cast.case, lang="de").score == "54,0"
    service.weigh(cast.client, cast.case, shown(cast, first).id, 0, 99, op=op())
    service.weigh(cast.client, cast.case, shown(cast, second).id, 0, 99, op=op())
    assert service.summary(cast.client, cast.case).score == ""


def test_the_admin_never_sees_a_ladder(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    say(cast, goal, 1)
    assert not {Permission.WRITE_LADDERS, Permission.READ_GOALS} & TABLE[AccountRole.ADMIN]
    for verb in (service.of_goal, service.summary):
        with pytest.raises(NotFound):
            verb(cast.admin, cast.case, *([goal] if verb is service.of_goal else []))
    said = repr(accounts.practice(cast.admin)) + repr(cases.caseload(cast.admin))
    score = service.summary(cast.client, cast.case).score
    assert score == "60.0" and score not in said
    assert all(text not in said for text in TEXTS)


def test_who_may_not_write_and_what_is_not_theirs(cast: Cast) -> None:
    goal = agreed(cast)
    view = whole(cast, goal)
    one = view.levels[0]
    with pytest.raises(Forbidden):
        service.write(cast.supervisor, cast.case, one.id, "x", one.version, op=op())
    for foreign in (one.id, new_id(), "…", ""):
        with pytest.raises(NotFound):
            service.write(cast.second_client, cast.other_case, foreign, "x", 9, op=op())
        with pytest.raises(NotFound):
            service.say_now(cast.second_client, cast.other_case, foreign, 9, op=op())
    for foreign in (view.id, new_id()):
        with pytest.raises(NotFound):
            service.start_from(cast.second_client, cast.other_case, foreign, "1", 9, op=op())
    with pytest.raises(NotFound):
        service.of_goal(cast.second_client, cast.other_case, goal)
    with pytest.raises(BadInput):
        service.write(cast.client, cast.case, one.id, "x" * 501, one.version, op=op())


def test_only_an_agreed_goal_on_the_board_has_a_ladder(cast: Cast) -> None:
    for goal in (idea(cast), proposed(cast)):
        assert not shown(cast, goal).shown
        with pytest.raises(NoLadderNow):
            service.begin(cast.client, cast.case, goal, op=op())
    goal = working(cast)
    one = whole(cast, goal).levels[0]
    say(cast, goal, 2)
    goals.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert service.summary(cast.client, cast.case).score == "70.0"
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert (shown(cast, goal).may_write, shown(cast, goal).now) == (False, "You both say: +2")
    assert service.summary(cast.client, cast.case).lines == []
    with pytest.raises(NoLadderNow):
        service.write(cast.client, cast.case, one.id, "x", 9, op=op())
    own = idea(cast, by=cast.therapist)
    with pytest.raises(NotFound):
        service.begin(cast.client, cast.case, own, op=op())


def test_words_and_numbers_are_sealed(cast: Cast) -> None:
    goal = agreed(cast)
    view = whole(cast, goal)
    service.start_from(cast.client, cast.case, view.id, "-2", view.version, op=op())
    say(cast, goal, 1)
    with transaction(writes=False) as db:
        rows = [dict(row) for name in _TABLES for row in db.execute(sa.select(metadata.tables[name])).mappings()]
    stored = [value for row in rows for value in row.values() if isinstance(value, bytes)]
    assert len(stored) > 15
    for value in stored:
        assert len(value) > 20 and all(text.encode() not in value for text in TEXTS)
    readable = json.dumps([{key: str(value) for key, value in row.items() if not isinstance(value, bytes)} for row in rows])
    assert all(text not in readable for text in TEXTS)


def test_a_case_costs_the_same_however_many_ladders_it_has(cast: Cast) -> None:
    costs = []
    for _ in range(2):
        for title in ("One", "Two"):
            whole(cast, agreed(cast, title))
        with counted() as statements:
            service.summary(cast.client, cast.case)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 3
    goal = agreed(cast)
    with counted() as begun:
        service.begin(cast.client, cast.case, goal, op=op())
    assert len(begun) <= 8
    one = level(cast, goal, 0)
    for text in ("first words", "and more"):
        with counted() as written:
            service.write(cast.client, cast.case, one.id, text, 99, op=op())
        assert len(written) <= 8


def test_ladders_for_an_export(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    say(cast, goal, 1)
    with open_case(cast.client, cast.case, Permission.READ_GOALS) as case:
        (record,) = service.ladders_of(case)
    assert (record.goal_id, record.texts, record.start, record.level, record.weight) == (goal, TEXTS, None, 1, 1)
