"""/handed: the one page of a device that was handed over; and the forms that hand it over and take it back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import reflex as rx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.access.gateway import end_sockets_of
from portal.access.posts import answered, received, with_token
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.domain import Lent, PinUsedUp
from portal.accounts.schemas import PinForm, ProofForm, Returned
from portal.checkins.components import banner, both_lines, gap_rows, handed_sheet, legend
from portal.checkins.state import HandedCheckIn
from portal.design import button, confirm_button, locked_frame, muted, operation, stack, t
from portal.goals.components import goal_reading
from portal.goals.state import HandedGoal
from portal.handovers import service
from portal.handovers.components import owners_panel, task_done, task_gone, whose_device
from portal.handovers.schemas import HandedTask, HandOverForm
from portal.handovers.state import HandedPage
from portal.kit.ids import new_id
from portal.live.bell import bell
from portal.live.state import Here
from portal.ratings.components import handed_rating
from portal.ratings.state import HandedRating

_ANSWER_ARRIVES = 0.4
"""Seconds between an answer and the end of the sockets that it ends. Nothing is heard on them meanwhile: their session is over."""


class HandedState(HandedCheckIn, HandedGoal, HandedRating, HandedPage, Here):
    """A handed-over device. Which task it shows the session says, never the page."""

    async def _show_task(self, found: HandedTask) -> None:
        await TASKS[found.task].show(self, found)


@dataclass(frozen=True)
class _Task:
    """How a task is shown: where its row is read, its heading, what one does, and the page of the row."""

    show: Callable[[HandedState, HandedTask], Awaitable[None]]
    heading: Callable[[], rx.Component]
    body: Callable[[], rx.Component]
    page: str


def _reading_done() -> rx.Component:
    return button(t("I have read it"), wide=True, on_click=HandedState.finished(operation()))


def _answering() -> rx.Component:
    return stack(
        handed_sheet(HandedState),
        confirm_button(
            t("Stop here"),
            t("Stop here?"),
            muted(t("What you answered so far is kept, and nobody else sees it. You can go on with it on a device of your own.")),
            yes=t("Yes, stop here"),
            on_yes=HandedState.finished(operation()),
        ),
        gap=5,
    )


def _rating() -> rx.Component:
    words = rx.cond(HandedState.form.goal_id == "", t("I am done"), t("Stop here"))
    kind = rx.cond(HandedState.form.goal_id == "", "primary", "secondary")
    return stack(handed_rating(HandedState), button(words, kind, wide=True, on_click=HandedState.finished(operation())), gap=5)


def _both_sides() -> rx.Component:
    return stack(legend(HandedState), banner(HandedState), gap_rows(HandedState), both_lines(HandedState), _reading_done(), gap=5)


TASKS: dict[Task, _Task] = {
    Task.CHECKIN: _Task(
        show=lambda page, found: page._show_answering(found.case_id, found.about),
        heading=lambda: rx.el.h1(t("Check-in")),
        body=_answering,
        page=routes.CHECKIN,
    ),
    Task.READ_GOAL: _Task(
        show=lambda page, found: page._show_goal(found.case_id, found.about),
        heading=lambda: rx.el.h1(HandedState.reading.title, dir="auto"),
        body=lambda: stack(goal_reading(HandedState), _reading_done(), gap=6),
        page=routes.GOAL,
    ),
    Task.READ_CHECKIN: _Task(
        show=lambda page, found: page._show_reading(found.case_id, found.about),
        heading=lambda: rx.el.h1(t("Both of you, side by side")),
        body=_both_sides,
        page=routes.CHECKIN,
    ),
    Task.RATE_GOALS: _Task(
        show=lambda page, found: page._show_rating(found.case_id, found.about),
        heading=lambda: rx.el.h1(rx.cond(HandedState.form.goal_id == "", t("Your numbers"), t("How it goes"))),
        body=_rating,
        page=routes.CASE,
    ),
}
"""A new task stands here, in access/tasks.py and in handovers/service.py (FITS)."""


def handed_page() -> rx.Component:
    """The task, or that it is done; and the way back for the owner."""
    page = HandedState
    shown = [(task.value, rx.fragment(one.heading(), whose_device(page), one.body())) for task, one in TASKS.items()]
    return locked_frame(
        rx.cond(page.done, task_done(page), rx.cond(page.gone, task_gone(page), rx.match(page.task, *shown, rx.fragment()))),
        panel=owners_panel(page),
        opener=t("For {name}: take the device back", name=page.lender),
        ready=page.ready,
        asking=page.wrong != "",
    )


async def hand_over_posted(request: Request) -> Response:
    """Keep a PIN if one came along, and hand the device over: the browser goes on with another session."""
    post = await received(request)
    caller = await post.caller()
    form = HandOverForm(post["task"], post["about"], post["from"])

    def act() -> Lent:
        if post["pin"]:
            accounts.keep_pin(caller, PinForm(post["pin"], post["again"]))
        return service.hand_over(caller, post["case"], form, op=new_id())

    return await answered(post, routes.HOME, act, lambda lent: _goes_on(post.go(routes.HANDED), lent.token, lent.lender_session_id, post["case"]))


async def taken_back_posted(request: Request) -> Response:
    """The owner has the device back: the browser goes on with a fresh session of theirs, where they left."""
    post = await received(request)
    caller = await post.caller()

    def act() -> Returned | None:
        try:
            return accounts.take_device_back(caller, ProofForm(post["pin"], post["password"]))
        except PinUsedUp:
            return None

    def then(back: Returned | None) -> Response:
        if back is None:
            # Another page than before: the one that asks for the password.
            return post.go(f"{routes.HANDED}?why={PinUsedUp.__name__}")
        return _goes_on(post.go(_way_back(back)), back.token, back.handed_session_id, back.case_id)

    return await answered(post, routes.HANDED, act, then)


def _goes_on(response: Response, token: str, ended: str, case_id: str) -> Response:
    """The browser carries another session from now on; what is still open of the ended one is closed when it knows."""

    async def close() -> None:
        # The page that sent the form hears the answer first: a page that is told to load again drops what it waits for.
        await asyncio.sleep(_ANSWER_ARRIVES)
        end_sockets_of(ended)
        await bell.ring(case_id)

    response.background = BackgroundTask(close)
    return with_token(response, token)


def _way_back(back: Returned) -> str:
    """Where the device was handed over, else the page of the task's row."""
    row = {routes.CHECKIN_PARAM: back.about, routes.GOAL_PARAM: back.about}
    return back.came_from or routes.in_case(TASKS[Task(back.task)].page, back.case_id, **row)
