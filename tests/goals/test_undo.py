"""Undo among everything else that happens to a goal: it never brings about what could not have been chosen."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from portal.goals import domain, service
from portal.goals.domain import DONE, LIVING, MOST_IN_FOCUS, Action, GoalStatus
from portal.goals.models import Goal, GoalStep
from portal.kit.db import transaction
from portal.kit.refusal import NotFound, Refusal
from tests.cast import Cast, assemble
from tests.goals.people import agreed, idea, look, page, proposed, seen, working
from tests.makers import op


def test_undo_of_an_idea_that_both_agreed_on_since(cast: Cast) -> None:
    added = op()
    goal = service.add(cast.client, cast.case, "Say no", op=added).id
    service.propose(cast.client, cast.case, goal, 1, op=op())
    with pytest.raises(domain.ChangedSince):
        service.undo(cast.client, cast.case, added, op=op())
    service.agree(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    with pytest.raises(domain.ChangedSince):
        service.undo(cast.client, cast.case, added, op=op())
    assert (look(cast, goal).kind, look(cast, goal).archived) == ("agreed", False)


def test_undo_of_a_reached_goal_that_was_archived_since(cast: Cast) -> None:
    goal, done = working(cast), op()
    service.reach(cast.client, cast.case, goal, 99, op=done)
    service.archive(cast.therapist, cast.case, goal, 99, op=op())
    with pytest.raises(domain.ChangedSince):
        service.undo(cast.client, cast.case, done, op=op())
    assert (look(cast, goal).kind, look(cast, goal).archived) == ("reached", True)


def test_undo_of_a_yes_to_a_goal_that_is_in_focus_since(cast: Cast) -> None:
    goal, done = proposed(cast), op()
    service.agree(cast.therapist, cast.case, goal, seen(cast, goal), op=done)
    service.put_in_focus(cast.client, cast.case, goal, 99, op=op())
    with pytest.raises(domain.ChangedSince):
        service.undo(cast.therapist, cast.case, done, op=op())
    assert (look(cast, goal).kind, look(cast, goal).focus) == ("agreed", True)


@pytest.mark.parametrize("how", [service.put_out_of_focus, service.reach])
def test_undo_never_makes_a_fourth_in_focus(cast: Cast, how: Callable[..., object]) -> None:
    goals, done = [agreed(cast, f"Goal {n}") for n in range(4)], op()
    for goal in goals[:3]:
        service.put_in_focus(cast.client, cast.case, goal, 99, op=op())
    how(cast.client, cast.case, goals[0], 99, op=done)
    service.put_in_focus(cast.therapist, cast.case, goals[3], 99, op=op())
    with pytest.raises(domain.EnoughInFocus):
        service.undo(cast.client, cast.case, done, op=op())
    assert [look(cast, goal).focus for goal in goals] == [False, True, True, True]


def test_undo_leaves_the_steps_of_an_archived_goal_alone(cast: Cast) -> None:
    goal, done = working(cast), op()
    step = service.add_step(cast.client, cast.case, goal, "Step", op=op()).id
    service.tick_step(cast.client, cast.case, step, True, op=done)
    service.reach(cast.therapist, cast.case, goal, 99, op=op())
    service.archive(cast.therapist, cast.case, goal, 99, op=op())
    with pytest.raises(domain.WhileArchived):
        service.undo(cast.client, cast.case, done, op=op())
    assert page(cast, goal).steps[0].done


def test_undo_of_a_step_leaves_what_the_other_did_with_it(cast: Cast) -> None:
    goal, added, reworded = working(cast), op(), op()
    step = service.add_step(cast.client, cast.case, goal, "Step", op=added).id
    service.reword_step(cast.client, cast.case, step, "My words", 1, op=reworded)
    service.reword_step(cast.therapist, cast.case, step, "Their words", 9, op=op())
    for mine in (added, reworded):
        with pytest.raises(domain.ChangedSince):
            service.undo(cast.client, cast.case, mine, op=op())
    assert [line.text for line in page(cast, goal).steps] == ["Their words"]


# --- anything in any order

_GOALS = 5
_PLAIN = sorted(service.VERBS)
_OTHERS = ["focus", "reword", "add_step", "reword_step", "tick_step", "remove_step", "area", "order"]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["client", "therapist"]),
        st.one_of(st.sampled_from(["undo"]), st.sampled_from(_PLAIN), st.sampled_from(_OTHERS), st.sampled_from(["focus", "agree"])),
        st.integers(0, _GOALS - 1),
        st.integers(0, 3),
    ),
    min_size=10,
    max_size=40,
)


def carry_out(cast: Cast, who: str, act: str, goal: str, step: str, done: str, undone: str) -> None:
    caller, case, words = cast.everybody()[who], cast.case, f"{who} {done}"
    if act == "undo":
        service.undo(caller, case, undone, op=done)
    elif act == "focus":
        service.put_in_focus(caller, case, goal, 999, op=done)
    elif act == "reword":
        service.reword(caller, case, goal, "title", words, 999, op=done)
    elif act == "add_step":
        service.add_step(caller, case, goal, words, op=done)
    elif act == "reword_step":
        service.reword_step(caller, case, step, words, 999, op=done)
    elif act == "tick_step":
        service.tick_step(caller, case, step, True, op=done)
    elif act == "remove_step":
        service.remove_step(caller, case, step, op=done)
    elif act == "area":
        service.set_area(caller, case, goal, words, 999, op=done)
    elif act == "order":
        service.move(caller, case, goal, "agreed", "", 999, op=done)
    else:
        service.VERBS[Action(act)](caller, case, goal, 999, op=done)


def check(cast: Cast, frozen: dict[str, object]) -> None:
    with transaction(writes=False) as db:
        goals = db.exec(select(Goal).where(Goal.case_id == cast.case)).all()
        steps = db.exec(select(GoalStep).where(GoalStep.case_id == cast.case)).all()
    assert sum(goal.in_focus for goal in goals) <= MOST_IN_FOCUS
    for goal in goals:
        if goal.in_focus:
            assert goal.status in LIVING
        if goal.archived_at:
            assert goal.status in {GoalStatus.IDEA, *DONE}
            assert not goal.in_focus
        assert bool(goal.asked_role) == (goal.status == GoalStatus.PROPOSED or goal.new_wording_id is not None)
        # What lies in the archive keeps still until it is brought back.
        now = [(step.id, step.version) for step in steps if step.goal_id == goal.id]
        if goal.archived_at:
            assert frozen.setdefault(goal.id, now) == now
        else:
            frozen.pop(goal.id, None)


def check_privacy(cast: Cast, before: dict[tuple[str, str], str]) -> None:
    """What somebody wrote into an idea of their own and never proposed since is for nobody else to see."""
    for who, other in (("client", "therapist"), ("therapist", "client")):
        shown = repr(service.board(cast.everybody()[other], cast.case).columns)
        for (author, _), words in before.items():
            if author == who:
                assert words not in shown


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
def test_undo_among_everything_else_keeps_every_goal_sound(on_sqlite: None, acts: list[tuple[str, str, int, int]]) -> None:
    cast = assemble()
    goals = [agreed(cast), proposed(cast), idea(cast), working(cast), idea(cast, by=cast.therapist)]
    steps = [
        service.add_step(cast.therapist if n == _GOALS - 1 else cast.client, cast.case, goal, "Step", op=op()).id
        for n, goal in enumerate(goals)
    ]
    made: dict[str, list[str]] = {"client": [op()], "therapist": [op()]}
    frozen: dict[str, object] = {}
    private: dict[tuple[str, str], str] = {}
    for who, act, number, back in acts:
        done = op()
        undone = made[who][-1 - back % len(made[who])]
        try:
            carry_out(cast, who, act, goals[number], steps[number], done, undone)
        except Refusal:
            pass
        else:
            made[who].append(done)
            told(cast, who, act, goals[number], done, private)
        check(cast, frozen)
        check_privacy(cast, private)


def told(cast: Cast, who: str, act: str, goal: str, done: str, private: dict[tuple[str, str], str]) -> None:
    """Remember what was written privately; the author's own proposal, or their undo, may show it."""
    if act in {"propose", "undo"}:
        for key in [key for key in private if key[0] == who]:
            del private[key]
    elif act in {"reword", "add_step", "reword_step", "area"}:
        try:
            is_idea = look(cast, goal, by=cast.everybody()[who]).kind == "idea"
        except NotFound:
            is_idea = False
        if is_idea:
            private[who, done] = f"{who} {done}"
