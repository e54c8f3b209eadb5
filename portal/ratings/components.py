"""What one sees of ratings: the eleven keys, the small course on a card, the course of a goal with its numbers."""

from typing import Any

import reflex as rx

from portal import design as ui
from portal.design.chart import chart_field, plain_field
from portal.design.words import t
from portal.goals.domain import CLIENT, THERAPIST
from portal.ratings.schemas import CourseView, RatedLine, RatingForm, RowView, SmallCourse
from portal.ratings.state import BoardRatingState, CourseRatingState, RatingState

_LOW, _HIGH = t("not there at all"), t("all the way there")


def card_course(goal_id: Any) -> rx.Component:
    """The small course of a goal on its card; nothing while it has no ratings."""
    return rx.cond(BoardRatingState.courses.contains(goal_id), _small(BoardRatingState.courses[goal_id].to(SmallCourse)))


def _small(course: rx.Var[SmallCourse]) -> rx.Component:
    return rx.el.div(
        plain_field(course.summary, [(course.client_line, CLIENT), (course.therapist_line, THERAPIST)], course.marks, class_name="spark"),
        rx.el.span(_last(CLIENT, course.client), _last(THERAPIST, course.therapist), class_name="spark-now number", aria_hidden="true"),
        class_name="course-small",
    )


def _last(role: str, value: rx.Var[str]) -> rx.Component:
    return rx.cond(value != "", rx.el.span(ui.who_mark(role), value, class_name="spark-end"))


def rating_keys_for(form: rx.Var[RatingForm], role: Any, client: Any, therapist: Any, on_rate: Any, *, large: bool = False) -> rx.Component:
    """The eleven keys for one goal; `on_rate` is `lambda value, op: State.handler(…)`. `large` is for a screen that shows nothing else."""
    props = {"class_name": "rating-large"} if large else {}
    return rx.el.div(
        rx.match(
            role,
            (CLIENT, _keys(t("Where are you with this goal now?"), form, on_rate, **props)),
            (THERAPIST, _keys(t("Where do you see {name} with this goal now?", name=client), form, on_rate, **props)),
            rx.fragment(),
        ),
        rx.cond(form.last != "", ui.small(form.last)),
        rx.match(
            role,
            (CLIENT, ui.small(t("{name} sees your numbers. Each one stays beside the ones before it.", name=therapist))),
            (THERAPIST, ui.small(t("{name} sees your numbers. They are your view, and stand beside theirs as a line of their own.", name=client))),
            rx.fragment(),
        ),
        class_name="stack gap-2",
    )


def _keys(question: Any, form: rx.Var[RatingForm], on_rate: Any, **props: Any) -> rx.Component:
    return ui.rating_keys(question, name="rating-" + form.wording_id, value=None, on_pick=on_rate, low=_LOW, high=_HIGH, keep=t("Keep this number"), **props)


def handed_rating(desk: Any) -> rx.Component:
    """One goal after the other, with nothing else on the screen; `desk` is a state with `HandedRating`."""
    form = desk.form
    asked = rx.el.div(
        rx.cond(desk.place != "", rx.el.p(desk.place, class_name="small", aria_live="polite")),
        ui.rating_keys(
            t("Where are you with “{goal}” now?", goal=form.title),
            name="rating-" + form.wording_id,
            value=None,
            on_pick=lambda value, op: desk.goal_rated(form.goal_id, form.wording_id, value, op),
            low=_LOW,
            high=_HIGH,
            keep=t("Keep this number"),
            take_focus=desk.given.length() > 0,
        ),
        rx.cond(form.last != "", ui.small(form.last)),
        ui.small(t("{name} sees your numbers. Each one stays beside the ones before it.", name=desk.sees)),
        rx.cond(
            desk.may_skip,
            rx.el.button(t("Skip this one"), type="button", class_name="as-link skip-one", on_click=desk.goal_skipped(form.wording_id)),
        ),
        class_name="statement stack gap-4",
    )
    return rx.fragment(
        rx.cond(form.goal_id != "", asked, _given_now(desk)),
        ui.undo_bar(shown=desk.undo_op, words=desk.undo_words, on_undo=lambda op: desk.number_undone(desk.undo_op, op)),
        rx.el.p(desk.told, role="status", class_name="sr-only"),
    )


def _given_now(desk: Any) -> rx.Component:
    return rx.cond(
        desk.given.length() > 0,
        rx.el.dl(
            rx.foreach(
                desk.given,
                lambda one: rx.el.div(rx.el.dt(one.title, dir="auto", class_name="said-title"), rx.el.dd(one.value, class_name="big number"), key=one.goal_id),
            ),
            class_name="given-now",
        ),
        ui.muted(t("You gave no number. That is all right.")),
    )


def how_it_goes() -> rx.Component:
    """The part of a goal's page that says how it goes."""
    shown = RatingState.ratings
    return rx.cond(
        shown.agreed,
        ui.section(
            t("How it goes"),
            ui.sheet(
                rx.cond(shown.form.may_rate, rating_keys_for(shown.form, shown.role, shown.client, shown.therapist, lambda value, op: RatingState.goal_rated(shown.form.wording_id, value, op))),
                rx.cond(shown.rated, _course(shown.course), _nothing_yet()),
                class_name="stack gap-5",
            ),
            rx.cond(shown.earlier.length() > 0, ui.fold(t("Numbers of earlier wordings"), rx.foreach(shown.earlier, _earlier))),
        ),
    )


def rating_undo() -> rx.Component:
    """Ten seconds to take a number back."""
    return rx.fragment(
        ui.undo_bar(shown=RatingState.undo_op, words=RatingState.undo_words, on_undo=lambda op: RatingState.undo_pressed(RatingState.undo_op, op)),
        rx.el.p(RatingState.told, role="status", class_name="sr-only"),
    )


def _nothing_yet() -> rx.Component:
    shown = RatingState.ratings
    return rx.cond(
        shown.new_wording,
        ui.muted(t("This wording is new, so its numbers begin anew. Those of the earlier wording are kept below.")),
        rx.cond(
            shown.role == CLIENT,
            ui.muted(t("No number yet. The first one stays, so that you can see the way from there.")),
            ui.muted(t("No number yet. The first one of {name} stays, so that both of you can see the way from there.", name=shown.client)),
        ),
    )


def _course(course: rx.Var[CourseView]) -> rx.Component:
    return rx.el.figure(
        rx.el.div(rx.foreach(course.words, lambda words: rx.el.p(words)), class_name="course-words"),
        rx.el.p(ui.who(RatingState.ratings.client, CLIENT), ui.who(RatingState.ratings.therapist, THERAPIST), class_name="row gap-4 small"),
        chart_field(course.summary, [(course.client_line, CLIENT), (course.therapist_line, THERAPIST)], course.marks),
        rx.el.div(rx.el.span(course.first_day), rx.el.span(course.last_day), class_name="chart-days small", dir="ltr", aria_hidden="true"),
        ui.fold(t("The numbers"), _table(course)),
        class_name="figure course-of-goal",
    )


def _table(course: rx.Var[CourseView]) -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.caption(t("Ratings of “{goal}”, 0 to 10", goal=course.title)),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(t("Day"), scope="col"),
                    rx.el.th(RatingState.ratings.client, scope="col"),
                    rx.el.th(RatingState.ratings.therapist, scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(course.rows, _row)),
            class_name="table",
        ),
        class_name="table-place",
    )


def _row(row: rx.Var[RowView]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.span(row.day, title=row.exact), scope="row"),
        rx.el.td(row.client, class_name="number"),
        rx.el.td(row.therapist, class_name="number"),
        key=row.id,
    )


def _earlier(course: rx.Var[CourseView]) -> rx.Component:
    return rx.el.section(rx.el.h3(course.title, dir="auto", class_name="said-title"), _course(course), key=course.id, class_name="stack gap-2 earlier-course")


def goals_course() -> rx.Component:
    """How all goals go: the mean of the client's way, and each goal with its small course."""
    shown = CourseRatingState.summary
    return rx.cond(
        shown.lines.length() > 0,
        ui.section(
            t("How the goals go"),
            rx.cond(shown.mean != "", rx.el.p(rx.el.span(shown.mean, class_name="big number"), " ", shown.mean_words, class_name="mean-progress")),
            ui.small(t("Progress is the newest number of a goal less the first one for the same wording. Each goal is measured against itself alone.")),
            rx.el.p(ui.who(shown.client, CLIENT), ui.who(shown.therapist, THERAPIST), class_name="row gap-4 small"),
            rx.el.ul(rx.foreach(shown.lines, _line), class_name="rated-goals"),
        ),
    )


def _line(line: rx.Var[RatedLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            ui.client_link(line.title, to=CourseRatingState.case_path + "/goals/" + line.id, dir="auto", class_name="said-title"),
            rx.cond(line.in_focus, ui.chip(t("In focus"), "accent")),
            ui.small(line.words),
        ),
        _small(line.course),
        key=line.id,
        class_name="rated-goal",
    )
