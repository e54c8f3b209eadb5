"""/c/[case]/decisions: what the two are weighing, and what they decided."""

import reflex as rx

from portal.decisions.components import decision_list, new_decision
from portal.design import page_frame, t


def decisions_page() -> rx.Component:
    """All decisions of a case."""
    return page_frame(
        t("Decisions, weighed together"),
        decision_list(),
        nav="decisions",
        actions=new_decision(),
        presence=True,
    )
