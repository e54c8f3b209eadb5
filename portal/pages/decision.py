"""/c/[case]/decisions/[decision]: one decision with its options, reasons, what matters most and what was decided."""

import reflex as rx

from portal.decisions.components import (
    answer,
    decision_history,
    decision_lead,
    decision_undo,
    looking_again,
    options,
    question,
    what_matters,
)
from portal.decisions.state import DecisionState
from portal.design import page_frame, t


def decision_page() -> rx.Component:
    """One decision."""
    return page_frame(
        DecisionState.shown.question,
        decision_lead(),
        answer(),
        question(),
        options(),
        what_matters(),
        looking_again(),
        decision_history(),
        decision_undo(),
        nav="decisions",
        presence=True,
        narrow=False,
        person_words=True,
        back=(t("Decisions"), DecisionState.case_path + "/decisions"),
    )
