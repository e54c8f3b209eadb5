"""/c/[case]: one case at a glance for its therapist; a client is led to their home."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx

from portal import routes
from portal.access.gate import Caller
from portal.access.identity import Identity
from portal.access.models import CaseStatus
from portal.access.permissions import CaseRole
from portal.access.tasks import Task
from portal.adjustments import service as adjustments
from portal.cases import service as cases
from portal.cases.components import focus_card, promise_list, wait_list
from portal.cases.domain import Cadence, Waiting
from portal.cases.schemas import CadenceForm, CaseFacts, FocusLine, PromiseLine, SessionForm, WaitLine
from portal.cases.state import session_words, wait_lines
from portal.checkins import service as checkins
from portal.comments import service as comments
from portal.decisions import service as decisions
from portal.design import button, empty_state, link_to, muted, operation, page_frame, row, section, select, stack, t
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.goals.schemas import HomePart as GoalsPart
from portal.handovers.components import hand_over_control
from portal.kit.i18n import N_, day, day_short
from portal.live.policy import signed_in
from portal.live.state import CasePage, Here
from portal.pages.home import first_promises, focus_lines, promise_lines
from portal.promises import service as promises
from portal.promises.schemas import OpenPromise
from portal.sessions.state import SessionBarState

_LOCAL_FORM = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class _View:
    case: CaseFacts
    goals: GoalsPart
    adjustments: adjustments.AdjustmentsPart
    checkins: checkins.HomePart
    waits: tuple[Waiting, ...]
    promises: tuple[OpenPromise, ...]


def _gather(caller: Caller, case_id: str, lang: str) -> _View:
    case = cases.facts(caller, case_id)
    rooms = (feedback, goals, adjustments, checkins, comments)
    return _View(
        case,
        goals.home_part(caller, case_id, lang=lang),
        adjustments.home_part(caller, case_id),
        checkins.home_part(caller, case_id),
        (*(wait for room in rooms for wait in room.waiting(caller).get(case_id, ())), *decisions.home_part(caller, case_id)),
        promises.home_part(caller, case_id, lang=lang),
    )


def plan_session(caller: Caller, case_id: str, form: SessionForm, seen: int, *, op: str) -> int:
    """`cases.plan_session` between two looks at the clock: what the plan until now has ended stays ended, and what the new
    one says of an open check-in holds from now on, also where the clock's own round has not come by."""
    checkins.keep_time(case_id)
    version = cases.plan_session(caller, case_id, form, seen, op=op)
    checkins.keep_time(case_id)
    return version


def to_answer(part: checkins.HomePart) -> str:
    """The open check-in that the client has not answered yet, for handing the device over; empty without one. For the therapist's eyes."""
    return part.open.id if part.open and not part.open.other_done else ""


class SessionPlan(rx.State, mixin=True):
    """The next session, set by the therapist; goes into a page's state together with `CasePage` and `Here`."""

    session: str = ""
    session_typed: str = ""
    plan_version: int = 0
    may_plan: bool = False

    def _show_plan(self, case: CaseFacts) -> None:
        at = case.next_session_at if case.next_session_at and case.next_session_at >= case.now else None
        self._set(
            session=session_words(self.lang, self._time_zone, at, case.now),
            session_typed=at.astimezone(ZoneInfo(self._time_zone)).strftime(_LOCAL_FORM) if at else "",
            plan_version=case.version,
            may_plan=case.my_role is CaseRole.THERAPIST and case.status is not CaseStatus.ENDED,
        )

    @signed_in(longest=40)
    async def session_planned(self, form: dict[str, str], seen: int, op: str) -> None:
        """A day and time for the next session, or none."""
        await self._do(plan_session, SessionForm(form.get("next-session", "")), seen, op=op)

    @signed_in(longest=40)
    async def session_removed(self, seen: int, op: str) -> None:
        """No next session for now."""
        await self._do(plan_session, SessionForm(""), seen, op=op)


class OverviewState(SessionPlan, CasePage, Here):
    """What a therapist sees first of a case."""

    client: str = ""
    lead: str = ""
    waits: list[WaitLine] = []
    focus: list[FocusLine] = []
    promises: list[PromiseLine] = []
    promises_more: str = ""
    cadence: str = Cadence.WEEKLY.value
    next_checkin: str = ""
    to_answer: str = ""

    async def _open(self, identity: Identity) -> Any:
        if identity.kind == "client":
            return rx.redirect(routes.HOME)
        return await super()._open(identity)

    async def _show(self) -> None:
        view = await self._ask(_gather, self.case_id, self.lang)
        lang, zone, case = self.lang, self._time_zone, view.case
        due = view.checkins.next_due_at
        pronouns = [one.pronouns for one in case.members if one.role is CaseRole.CLIENT and one.pronouns]
        self._show_plan(case)
        self._set(
            client=" · ".join(one.name for one in case.members if one.role is CaseRole.CLIENT),
            lead=" · ".join([*pronouns, self._say(N_("Working together since {day}"), day=day(lang, zone, case.since))]),
            waits=wait_lines(lang, zone, case.now, case.case_id, view.waits),
            focus=focus_lines(lang, case.case_id, view.goals),
            **first_promises(lang, promise_lines(lang, zone, case, view.goals, view.adjustments.running, view.promises)),
            cadence=case.cadence.value,
            next_checkin=self._next_checkin(view, zone, due),
            to_answer=to_answer(view.checkins),
        )

    def _next_checkin(self, view: _View, zone: str, due: Any) -> str:
        if view.checkins.open:
            return self._say(N_("One is open since {day}."), day=day_short(self.lang, zone, view.checkins.open.opened_at))
        if due is None:
            return self._say(N_("None is planned."))
        return self._say(N_("The next one opens on {day}."), day=day(self.lang, zone, max(due, view.case.now)))

    @signed_in(longest=40)
    async def cadence_chosen(self, value: str, seen: int, op: str) -> None:
        """Another rhythm of check-ins."""
        await self._do(cases.set_cadence, CadenceForm(value), seen, op=op)


def case_page() -> rx.Component:
    """The overview of a case."""
    return page_frame(
        OverviewState.client,
        rx.el.div(
            stack(_waits(), _focus(), _promises(), gap=5),
            stack(_plan(), gap=5),
            class_name="overview",
        ),
        nav="overview",
        actions=rx.cond(
            OverviewState.may_plan,
            rx.cond(
                SessionBarState.bar.id != "",
                link_to(t("To the session"), OverviewState.case_path + "/session", "primary"),
                button(t("Start the session"), on_click=SessionBarState.session_started(False, operation())),
            ),
        ),
        lead=OverviewState.lead,
        presence=True,
        narrow=False,
        person_words=True,
    )


def _waits() -> rx.Component:
    return section(
        t("Waits for you"),
        rx.cond(OverviewState.waits.length() > 0, wait_list(OverviewState.waits), muted(t("Nothing waits for you here."))),
    )


def _focus() -> rx.Component:
    return section(
        t("Goals in focus"),
        rx.cond(
            OverviewState.focus.length() > 0,
            rx.fragment(
                rx.foreach(OverviewState.focus, focus_card),
                row(hand_over_control(Task.RATE_GOALS, case_id=OverviewState.case_id, about=OverviewState.case_id, kind="quiet")),
            ),
            empty_state(t("No goal is in focus yet."), link_to(t("To the goals"), OverviewState.case_path + "/goals", "secondary")),
        ),
    )


def _promises() -> rx.Component:
    return rx.cond(
        OverviewState.promises.length() > 0,
        section(t("What you both promised"), promise_list(OverviewState.promises, OverviewState.promises_more, OverviewState.case_path + "/goals")),
    )


def _plan() -> rx.Component:
    return rx.fragment(
        section(
            t("Next session"),
            session_plan(OverviewState),
        ),
        section(
            t("Check-ins"),
            rx.el.p(OverviewState.next_checkin),
            rx.cond(
                OverviewState.to_answer != "",
                row(hand_over_control(Task.CHECKIN, case_id=OverviewState.case_id, about=OverviewState.to_answer)),
            ),
            rx.cond(
                OverviewState.may_plan,
                select(
                    t("How often"),
                    name="cadence",
                    options=[
                        (Cadence.WEEKLY.value, t("Every week")),
                        (Cadence.FORTNIGHTLY.value, t("Every two weeks")),
                        (Cadence.MONTHLY.value, t("Every four weeks")),
                        (Cadence.PAUSED.value, t("Paused")),
                    ],
                    value=OverviewState.cadence,
                    on_change=lambda value: OverviewState.cadence_chosen(value, OverviewState.plan_version, operation()),
                ),
            ),
        ),
        rx.el.p(link_to(t("What you looked at in this case"), OverviewState.case_path + "/access-log")),
    )


def session_plan(plan: Any) -> rx.Component:
    """The next session in words and, for the therapist, the form that sets it. `plan` is a page's state with `SessionPlan` in it."""
    return rx.fragment(
        rx.cond(plan.session != "", rx.el.p(plan.session, class_name="strong"), muted(t("No session is set."))),
        rx.cond(plan.may_plan, _session_form(plan)),
    )


def _session_form(plan: Any) -> rx.Component:
    seen = plan.plan_version
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("Day and time"), html_for="next-session"),
            rx.el.input(
                id="next-session", name="next-session", type="datetime-local", class_name="input",
                default_value=plan.session_typed, required=True,
            ),
            class_name="field",
        ),
        row(
            button(t("Set the session"), "secondary", type="submit"),
            rx.cond(plan.session != "", button(t("Take it away"), "quiet", on_click=plan.session_removed(seen, operation()))),
        ),
        on_submit=lambda form: plan.session_planned(form, seen, operation()),
        key=plan.session_typed,
        class_name="stack gap-3",
    )  # fmt: skip
