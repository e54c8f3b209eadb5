"""/c/[case]/goals/[goal]: one goal with its wording, steps, dates and history."""

import reflex as rx

from portal.access.tasks import Task
from portal.areas.components import area_chips, area_names, area_undo
from portal.areas.state import AreaState
from portal.comments.components import comments_section, comments_undo
from portal.comments.state import GoalComments
from portal.decisions.components import decisions_of_goal
from portal.decisions.state import GoalDecisionsState
from portal.design import page_frame, row, t, undo_bar
from portal.exports.components import export_desk, export_menu
from portal.goals.components import days, goal_history, goal_lead, goal_on_paper, moves, notes, part_of_life, question, small_steps, wording
from portal.goals.state import GoalState
from portal.handovers.components import hand_over_control
from portal.ladders.components import ladder, ladder_undo
from portal.ladders.state import LadderState
from portal.live.state import put_on
from portal.ratings.components import how_it_goes, rating_undo
from portal.ratings.state import RatingState

put_on(GoalState, AreaState, RatingState, LadderState, GoalDecisionsState, GoalComments)


def goal_page() -> rx.Component:
    """One goal."""
    return page_frame(
        GoalState.goal_shown.agreed_title,
        export_desk(),
        goal_lead(),
        goal_on_paper(),
        question(),
        wording(),
        moves(),
        rx.cond(GoalState.goal_shown.kind != "idea", _hand_over()),
        small_steps(),
        how_it_goes(),
        ladder(),
        notes(),
        days(),
        part_of_life(area_chips, area_names),
        decisions_of_goal(),
        comments_section(GoalComments),
        goal_history(),
        undo_bar(shown=GoalState.undo_op, words=GoalState.undo_words, on_undo=lambda op: GoalState.undo_pressed(GoalState.undo_op, op)),
        rating_undo(),
        ladder_undo(),
        area_undo(),
        comments_undo(GoalComments),
        rx.el.p(GoalState.told, role="status", class_name="sr-only"),
        nav="goals",
        actions=export_menu(),
        presence=True,
        person_words=True,
        back=(t("Goals"), GoalState.case_path + "/goals" + GoalState.board_hash),
    )


def _hand_over() -> rx.Component:
    goal = {"case_id": GoalState.case_id, "about": GoalState.goal_shown.id, "kind": "quiet"}
    return row(hand_over_control(Task.READ_GOAL, **goal), rx.cond(RatingState.ratings.form.may_rate, hand_over_control(Task.RATE_GOALS, **goal)))
