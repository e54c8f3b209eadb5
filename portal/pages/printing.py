"""/c/[case]/print and /c/[case]/print/[goal]: the goals as they stand on paper, and the way to the printer."""

import reflex as rx

from portal.design import bones, page_frame, print_button, small, t
from portal.exports.components import print_sheet
from portal.exports.state import PrintState


def print_goals_page() -> rx.Component:
    """The board as a list."""
    return _page((t("Goals"), PrintState.case_path + "/goals"))


def print_goal_page() -> rx.Component:
    """One goal on a page of its own."""
    return _page((t("Back to the goal"), PrintState.case_path + "/goals/" + PrintState.goal_id))


def _page(back: tuple[rx.Var[str], rx.Var[str]]) -> rx.Component:
    return page_frame(
        PrintState.title,
        small(t("This is how it stands on paper. What you print lies around; think of who may find it."), class_name="no-print"),
        print_sheet(),
        nav="goals",
        lead=PrintState.footer,
        actions=print_button(t("Print"), "primary", icon_name="print"),
        person_words=True,
        back=back,
        skeleton=bones(3),
    )
