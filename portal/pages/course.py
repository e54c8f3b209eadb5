"""/c/[case]/course: how both sides' answers went over time."""

import reflex as rx

from portal.checkins.components import course_charts
from portal.checkins.state import CourseState
from portal.design import page_frame, t
from portal.ladders.components import ladders_score
from portal.ladders.state import CourseLadderState
from portal.live.state import put_on
from portal.ratings.components import goals_course
from portal.ratings.state import CourseRatingState

put_on(CourseState, CourseRatingState, CourseLadderState)


def course_page() -> rx.Component:
    """The charts and their numbers."""
    return page_frame(
        t("Course over time"),
        course_charts(),
        goals_course(),
        ladders_score(),
        nav="course",
        lead=t("Your own course, and nobody else’s. Both of you see the same."),
        narrow=False,
    )
