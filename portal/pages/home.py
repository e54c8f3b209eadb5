"""/home: what waits for a client, or all clients of a therapist; it gathers what every room publishes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx

from portal import routes
from portal.access.gate import Caller
from portal.access.identity import Identity
from portal.access.models import CaseStatus
from portal.access.permissions import CaseRole
from portal.adjustments import service as adjustments
from portal.adjustments.schemas import RunningChange
from portal.cases import service as cases
from portal.cases.components import ask_card, caseload_table, focus_card, heard_card, invitation_card, promise_list, wait_list
from portal.cases.domain import Cadence, Waiting, part_of_day
from portal.cases.schemas import (
    AskLine,
    CaseFacts,
    Caseload,
    CaseloadCase,
    CaseloadRow,
    FocusLine,
    HeardLine,
    Invitation,
    PromiseLine,
    WaitLine,
)
from portal.cases.state import session_words, wait_lines
from portal.checkins import service as checkins
from portal.checkins.domain import Status as CheckInStatus
from portal.checkins.schemas import LastCheckIn
from portal.comments import service as comments
from portal.decisions import service as decisions
from portal.design import empty_state, link_to, notice, page_frame, section, t
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.goals.schemas import FocusGoal, StepsAhead
from portal.goals.schemas import HomePart as GoalsPart
from portal.kit import clock
from portal.kit.i18n import N_, ago, day, day_short, moment, say, say_n
from portal.live.policy import signed_in
from portal.live.state import CasePage, Here, SignedInPage
from portal.promises import service as promises
from portal.promises.schemas import OpenPromise
from portal.sessions import service as sessions

_PROMISES = 6

_GREETINGS = {
    "morning": N_("Good morning, {name}"),
    "afternoon": N_("Good afternoon, {name}"),
    "evening": N_("Good evening, {name}"),
    "night": N_("Hello, {name}"),
}
_STANDS = {"agreed": N_("Agreed"), "working": N_("Working on"), "paused": N_("Paused"), "reached": N_("Reached")}


# --- what the rooms publish, in words


def greeting(lang: str, zone: str, name: str) -> str:
    """Good morning, afternoon or evening, by the person's own clock."""
    hour = clock.now().astimezone(ZoneInfo(zone)).hour
    return say(lang, _GREETINGS[part_of_day(hour)], name=name.split()[0] if name else "")


def focus_lines(lang: str, case_id: str, part: GoalsPart) -> list[FocusLine]:
    """The goals in focus."""
    return [_focus_line(lang, case_id, goal) for goal in part.focus]


def _focus_line(lang: str, case_id: str, goal: FocusGoal) -> FocusLine:
    return FocusLine(
        title=goal.title,
        status=say(lang, _STANDS.get(goal.status, N_("Working on"))),
        done=goal.done,
        of=goal.steps,
        progress=say_n(lang, "{done} of {n} small step done", "{done} of {n} small steps done", goal.steps, done=goal.done),
        next_step=goal.next_step,
        next_role=goal.next_role,
        href=routes.in_case(routes.GOAL, case_id, goal=goal.id),
        due=goal.due,
        id=goal.id,
    )


def promise_lines(
    lang: str, zone: str, case: CaseFacts, part: GoalsPart, running: tuple[RunningChange, ...], own: tuple[OpenPromise, ...] = ()
) -> list[PromiseLine]:
    """What both promised: changes that run, open small steps and the therapist's `own` promises, the nearest day first, without a day last."""
    owners = {"client": case.first_name(CaseRole.CLIENT), "therapist": case.first_name(CaseRole.THERAPIST)}
    changes = [
        (one.review_on, PromiseLine(
            id=one.id,
            text=one.what,
            role=one.doer.value,
            owner=owners.get(one.doer.value) or say(lang, N_("Both of you")),
            when=say(lang, N_("look at it again on {day}"), day=day_short(lang, zone, _noon(one.review_on.isoformat(), zone))),
            href=routes.in_case(routes.FEEDBACK, case.case_id),
        ))
        for one in running
    ]  # fmt: skip
    steps = [
        (one.due_on or date.max, PromiseLine(
            id=one.step_id,
            text=one.text,
            role=one.role,
            owner=one.owner or say(lang, N_("Both of you")),
            when=one.due,
            href=routes.in_case(routes.GOAL, case.case_id, goal=one.goal_id),
        ))
        for one in part.promised
    ]  # fmt: skip
    promised = [
        (one.due_on or date.max, PromiseLine(
            id=one.id, text=one.text, role=one.role, owner=one.owner, when=one.due, href=routes.in_case(routes.GOALS, case.case_id),
        ))
        for one in own
    ]  # fmt: skip
    return [line for _, line in sorted([*changes, *steps, *promised], key=lambda each: each[0])]


def first_promises(lang: str, lines: list[PromiseLine]) -> dict[str, Any]:
    """The vars of a page for these promises: the first six, and how many more there are."""
    rest = len(lines) - _PROMISES
    return {"promises": lines[:_PROMISES], "promises_more": say_n(lang, "{n} more", "{n} more", rest) if rest > 0 else ""}


def _noon(iso_day: str, zone: str) -> datetime:
    return datetime.fromisoformat(f"{iso_day}T12:00").replace(tzinfo=ZoneInfo(zone))


def invitation(lang: str, zone: str, case: CaseFacts, part: checkins.HomePart, me: CaseRole) -> Invitation:
    """The one card about check-ins: what is open, else what is to be decided, else what is to be talked about."""
    other = case.first_name(CaseRole.THERAPIST if me is CaseRole.CLIENT else CaseRole.CLIENT)
    if part.open and not part.open.mine_done:
        words = N_("{name} is done. You both see both, once you are done too.") if part.open.other_done else N_("You both see both, once both of you are done.")
        action = N_("Go on") if part.open.mine_begun else N_("Start")
        return Invitation(say(lang, N_("Your check-in is open")), say(lang, words, name=other), say(lang, action), _checkin(case, part.open.id), True)
    if part.to_decide:
        one = part.to_decide[0]
        words = N_("The time ran out before {name} answered. What becomes of your answers is up to you.")
        return Invitation(say(lang, N_("You decide")), say(lang, words, name=other), say(lang, N_("Look at it")), _checkin(case, one.id))
    if part.to_talk_about:
        one = part.to_talk_about[0]
        words = N_("You and {name} can both read it, to talk about it next time.")
        return Invitation(
            say(lang, N_("Your check-in of {day} is open to both"), day=day_short(lang, zone, one.opened_at)),
            say(lang, words, name=other), say(lang, N_("Look at it together")), _checkin(case, one.id),
        )  # fmt: skip
    return Invitation()


def _checkin(case: CaseFacts, checkin_id: str) -> str:
    return routes.in_case(routes.CHECKIN, case.case_id, checkin=checkin_id)


# --- the client's home


@dataclass(frozen=True)
class _ClientView:
    case: CaseFacts
    goals: GoalsPart
    feedback: feedback.FeedbackPart
    adjustments: adjustments.AdjustmentsPart
    checkins: checkins.HomePart
    promises: tuple[OpenPromise, ...]
    session: sessions.LastAgreed
    decisions: tuple[Waiting, ...]
    mentions: tuple[Waiting, ...]


def _gather(caller: Caller, case_id: str, lang: str) -> _ClientView:
    return _ClientView(
        cases.facts(caller, case_id),
        goals.home_part(caller, case_id, lang=lang),
        feedback.home_part(caller, case_id),
        adjustments.home_part(caller, case_id),
        checkins.home_part(caller, case_id),
        promises.home_part(caller, case_id, lang=lang),
        sessions.home_part(caller, case_id),
        decisions.home_part(caller, case_id),
        comments.mentions(caller, case_id),
    )


class HomeState(CasePage, Here):
    """A client's home; staff are led on to the list of their clients."""

    greeting: str = ""
    without_case: bool = False
    has_ended: bool = False
    checkin: Invitation = Invitation()
    heard: list[HeardLine] = []
    asks: list[AskLine] = []
    waits: list[WaitLine] = []
    focus: list[FocusLine] = []
    promises: list[PromiseLine] = []
    promises_more: str = ""
    kept_back: str = ""
    next_session: str = ""
    next_checkin: str = ""
    picked: str = ""
    agreed_last: str = ""
    nothing_waits: bool = False

    async def _which_case(self, identity: Identity) -> str:
        return identity.case_id

    async def _open(self, identity: Identity) -> Any:
        if identity.kind != "client":
            return CaseloadState.page_opened
        self._set(greeting=greeting(self.lang, self._time_zone, identity.name))
        if not identity.case_id:
            await self._hear((), counts_as_present=False)
            self._set(without_case=True)
            return None
        return await super()._open(identity)

    async def _show(self) -> None:
        view = await self._ask(_gather, self.case_id, self.lang)
        lang, zone, case = self.lang, self._time_zone, view.case
        waits = (*view.feedback.waiting, *view.adjustments.waiting, *view.decisions, *view.mentions)
        self._set(
            has_ended=case.status is CaseStatus.ENDED,
            greeting=greeting(lang, zone, self.my_name),
            checkin=invitation(lang, zone, case, view.checkins, CaseRole.CLIENT),
            heard=[
                HeardLine(one.reflection_id, one.by, one.heard, moment(lang, zone, one.since), routes.in_case(routes.FEEDBACK, case.case_id))
                for one in view.feedback.heard
            ],
            asks=[AskLine(one.words, one.title, routes.in_case(routes.GOAL, case.case_id, goal=one.id)) for one in view.goals.asking],
            waits=wait_lines(lang, zone, case.now, case.case_id, waits),
            focus=focus_lines(lang, case.case_id, view.goals)[:1],
            **first_promises(lang, promise_lines(lang, zone, case, view.goals, view.adjustments.running, view.promises)),
            kept_back=self._kept_back(view.feedback.held),
            next_session=self._next_session(case),
            picked=self._picked(view.session.picked),
            agreed_last=self._say(N_("What you agreed in your last session, {when}"), when=ago(lang, zone, view.session.at, case.now))
            if view.session.at and view.session.has_text and not view.session.runs
            else "",
            next_checkin=self._next_checkin(view),
        )
        self._set(nothing_waits=not (self.checkin.heading or self.heard or self.asks or self.waits))

    def _next_session(self, case: CaseFacts) -> str:
        session = session_words(self.lang, self._time_zone, case.next_session_at, case.now)
        if not session:
            return ""
        return self._say(N_("Next session with {name}: {when}"), name=case.first_name(CaseRole.THERAPIST), when=session)

    def _next_checkin(self, view: _ClientView) -> str:
        if view.checkins.open or view.case.status is CaseStatus.ENDED:
            return ""
        if view.case.cadence is Cadence.PAUSED:
            return self._say(N_("Check-ins are paused."))
        due = view.checkins.next_due_at
        return self._say(N_("Your next check-in opens on {day}."), day=day(self.lang, self._time_zone, max(due, view.case.now))) if due else ""

    def _kept_back(self, held: int) -> str:
        if not held:
            return ""
        return say_n(self.lang, "You hold {n} thing back until your session.", "You hold {n} things back until your session.", held)

    def _picked(self, count: int) -> str:
        if not count:
            return self._say(N_("You can bring up to three things to your next session."))
        return say_n(self.lang, "You bring {n} thing to your next session.", "You bring {n} things to your next session.", count)

    @signed_in(longest=40)
    async def heard_confirmed(self, reflection_id: str, op: str) -> None:
        """Yes, that's it."""
        await self._do(feedback.confirm, reflection_id, op=op)


# --- the therapist's list of clients


@dataclass(frozen=True)
class _StaffView:
    caseload: Caseload
    waits: dict[str, tuple[Waiting, ...]]
    last: dict[str, LastCheckIn]
    steps: dict[str, StepsAhead]


def _gather_caseload(caller: Caller) -> _StaffView:
    waits: dict[str, tuple[Waiting, ...]] = defaultdict(tuple)
    for room in (feedback, goals, adjustments, checkins, comments):
        for case_id, some in room.waiting(caller).items():
            waits[case_id] += some
    return _StaffView(cases.caseload(caller), waits, checkins.last_checkins(caller), goals.steps_ahead(caller))


class CaseloadState(SignedInPage, Here):
    """All clients of a therapist, in the order that they chose."""

    rows: list[CaseloadRow] = []
    lead: str = ""
    order: str = "waits"
    falling: bool = False

    _case_ids: tuple[str, ...] = ()

    async def _listens_to(self) -> tuple[str, ...]:
        return self._case_ids

    async def _open(self, identity: Identity) -> Any:
        await super()._open(identity)
        if identity.is_admin and not self.rows:
            return rx.redirect(routes.PRACTICE)
        return None

    async def _show(self) -> None:
        view = await self._ask(_gather_caseload)
        self._case_ids = tuple(one.case_id for one in view.caseload.cases)
        ordered = sorted(view.caseload.cases, key=lambda one: _rank(self.order, one, view))
        if self.falling:
            ordered.reverse()
        waiting = sum(bool(view.waits.get(one.case_id)) for one in view.caseload.cases)
        self._set(
            rows=[_row(self.lang, view, one) for one in ordered],
            lead=say_n(self.lang, "{n} person waits for an answer from you.", "{n} people wait for an answer from you.", waiting)
            if waiting
            else self._say(N_("Nobody waits for an answer from you.")),
        )

    @signed_in(longest=20)
    async def order_chosen(self, column: str) -> None:
        """Order by a column; the same column again turns the order round."""
        if column not in _RANKS:
            return
        self._set(falling=column == self.order and not self.falling, order=column)
        await self._show_or_say()


_NEVER = "9999"
_RANKS = {
    # Names in every case the second key, so that equal rows keep a calm order.
    "client": lambda one, _: "",
    "waits": lambda one, view: min((wait.since.isoformat() for wait in view.waits.get(one.case_id, ())), default=_NEVER),
    # What is overdue asks for something; it comes before what is merely old.
    "checkin": lambda one, view: f"{not view.last[one.case_id].overdue:d}{view.last[one.case_id].at.isoformat()}" if one.case_id in view.last else _NEVER,
    "steps": lambda one, view: view.steps[one.case_id].next_due.isoformat() if one.case_id in view.steps and view.steps[one.case_id].next_due else _NEVER,
    "session": lambda one, view: one.next_session_at.isoformat() if one.next_session_at and one.next_session_at >= view.caseload.now else _NEVER,
}


def _rank(column: str, one: CaseloadCase, view: _StaffView) -> tuple[str, str]:
    return _RANKS[column](one, view), " ".join(one.clients).casefold()


def _row(lang: str, view: _StaffView, one: CaseloadCase) -> CaseloadRow:
    zone, now = view.caseload.time_zone, view.caseload.now
    checkin, tone = _last_checkin(lang, zone, view.last.get(one.case_id))
    ahead = one.next_session_at if one.next_session_at and one.next_session_at >= now else None
    return CaseloadRow(
        case_id=one.case_id,
        href=routes.in_case(routes.CASE, one.case_id),
        client=" · ".join(one.clients),
        waits=wait_lines(lang, zone, now, one.case_id, view.waits.get(one.case_id, ())),
        checkin=checkin,
        checkin_tone=tone,
        steps=_steps(lang, zone, view.steps.get(one.case_id)),
        session=session_words(lang, zone, ahead, now) or "–",
        session_exact=moment(lang, zone, ahead) if ahead else "",
        supervised=one.role is CaseRole.SUPERVISOR,
    )


def _last_checkin(lang: str, zone: str, last: LastCheckIn | None) -> tuple[str, str]:
    """Words for the newest check-in, and their tone: a notice, a plain chip, words, or none at all."""
    if last is None:
        return say(lang, N_("none yet")), "none"
    when = day_short(lang, zone, last.at)
    if last.overdue:
        return say(lang, N_("open since {day}"), day=when), "notice"
    if last.status is CheckInStatus.OPEN:
        return say(lang, N_("open since {day}"), day=when), "words"
    if last.status is CheckInStatus.LAPSED:
        return say(lang, N_("ran out, {day}"), day=when), "none"
    return say(lang, N_("done by both, {day}"), day=when), "words"


def _steps(lang: str, zone: str, ahead: StepsAhead | None) -> str:
    if ahead is None or not ahead.open:
        return say(lang, N_("none open"))
    words = say_n(lang, "{n} open", "{n} open", ahead.open)
    if ahead.mine:
        words = say(lang, N_("{open}, {mine} of them yours"), open=words, mine=ahead.mine)
    if ahead.next_due is None:
        return words
    return say(lang, N_("{steps}; next by {day}"), steps=words, day=day_short(lang, zone, _noon(ahead.next_due.isoformat(), zone)))


# --- the page


def home_page() -> rx.Component:
    """A client's home, or the list of a therapist's clients."""
    of_client = Here.role == "client"
    return page_frame(
        rx.cond(of_client, HomeState.greeting, t("Your clients")),
        rx.cond(of_client, rx.cond(HomeState.without_case, _no_case(), _client_home()), _caseload()),
        nav="home",
        lead=rx.cond(of_client, "", CaseloadState.lead),
        narrow=False,
    )


def _no_case() -> rx.Component:
    return empty_state(t("Your account is ready. As soon as your practice has put you together with your therapist, you will find everything here."))


def _client_home() -> rx.Component:
    goals_page = HomeState.case_path + "/goals"
    return rx.el.div(
        rx.cond(
            HomeState.has_ended,
            notice(t("Your work together has ended. Everything can still be read, but no longer changed."), tone="plain"),
        ),
        invitation_card(HomeState.checkin),
        rx.foreach(HomeState.heard, lambda one: heard_card(one, HomeState.heard_confirmed)),
        rx.foreach(HomeState.asks, ask_card),
        rx.cond(HomeState.waits.length() > 0, section(t("Waits for you"), wait_list(HomeState.waits))),
        rx.cond(HomeState.nothing_waits & ~HomeState.has_ended, rx.el.p(t("Nothing waits for you."), class_name="muted")),
        rx.cond(
            HomeState.focus.length() > 0,
            rx.foreach(HomeState.focus, focus_card),
            rx.cond(
                ~HomeState.has_ended,
                empty_state(
                    t("No goal is in focus yet. What would you like to be different in a few months?"),
                    link_to(t("Write down a first idea"), goals_page, "secondary"),
                ),
            ),
        ),
        rx.cond(HomeState.promises.length() > 0, section(t("What you both promised"), promise_list(HomeState.promises, HomeState.promises_more, goals_page))),
        rx.cond(
            ~HomeState.has_ended,
            section(
                t("What comes next"),
                rx.cond(HomeState.next_session != "", rx.el.p(HomeState.next_session)),
                rx.el.p(HomeState.picked, " ", link_to(t("Pick something to bring"), HomeState.case_path + "/session")),
                rx.cond(HomeState.next_checkin != "", rx.el.p(HomeState.next_checkin)),
                rx.cond(HomeState.kept_back != "", rx.el.p(link_to(HomeState.kept_back, HomeState.case_path + "/feedback"))),
            ),
        ),
        rx.cond(HomeState.agreed_last != "", rx.el.p(link_to(HomeState.agreed_last, HomeState.case_path + "/session"))),
        class_name="narrow stack gap-4",
    )


def _caseload() -> rx.Component:
    return rx.cond(
        CaseloadState.rows.length() > 0,
        caseload_table(CaseloadState.rows, CaseloadState.order, CaseloadState.falling, CaseloadState.order_chosen),
        empty_state(t("No client has been put together with you yet. Your practice’s office does that.")),
    )
