"""/c/[case]/goals: the board that client and therapist share."""

import reflex as rx

from portal.comments.components import comment_count
from portal.comments.state import BoardComments
from portal.design import empty_state, page_frame, t, undo_bar
from portal.exports.components import export_desk, export_menu
from portal.goals.components import archive_list, board_skeleton, find_goals, goal_board, new_goal
from portal.goals.state import BoardState
from portal.live.state import put_on
from portal.promises.components import promise_strip, strip_skeleton
from portal.promises.state import PromisesState
from portal.ratings.components import card_course
from portal.ratings.state import BoardRatingState

put_on(BoardState, BoardRatingState, PromisesState, BoardComments)


def goals_page() -> rx.Component:
    """The board."""
    return page_frame(
        t("Goals, together"),
        export_desk(),
        rx.cond(BoardState.empty, empty_state(t("Nothing stands here yet. Begin with one thing that you would like to be different."))),
        promise_strip(),
        find_goals(),
        rx.cond(
            (BoardState.ideas.more != "") | (BoardState.agreed.more != "") | (BoardState.working.more != "")
            | (BoardState.reached.more != "") | (BoardState.let_go.more != ""),
            rx.el.p(t("Long columns are cut short here. For all of it choose “Print or export”, then “Print”."), class_name="print-only"),
        ),
        goal_board(card_course, comment_count),
        archive_list(),
        undo_bar(shown=BoardState.undo_op, words=BoardState.undo_words, on_undo=lambda op: BoardState.undo_pressed(BoardState.undo_op, op)),
        nav="goals",
        actions=rx.fragment(new_goal(), export_menu()),
        presence=True,
        narrow=False,
        skeleton=rx.fragment(strip_skeleton(), board_skeleton()),
    )
