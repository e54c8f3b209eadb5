"""/c/[case]/course: how both sides' answers went over time."""

import reflex as rx

from portal.checkins.components import course_charts
from portal.design import page_frame, t


def course_page() -> rx.Component:
    """The charts and their numbers."""
    return page_frame(
        t("Course over time"),
        course_charts(),
        nav="course",
        lead=t("Your own course, and nobody else’s. Both of you see the same."),
        narrow=False,
    )
