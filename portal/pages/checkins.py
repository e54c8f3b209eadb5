"""/c/[case]/check-ins: the open check-in, what waits to be talked about, and what was."""

import reflex as rx

from portal.checkins.components import cadence_choice, not_a_test, open_or_start, waiting_lists
from portal.design import page_frame, stack, t


def checkins_page() -> rx.Component:
    """All check-ins of a case."""
    return page_frame(
        t("Check-ins"),
        stack(open_or_start(), waiting_lists(), cadence_choice(), not_a_test(), gap=6),
        nav="check-ins",
        lead=t("Six statements, answered from both sides and opened for both of you at the same moment."),
        presence=True,
    )
