"""/c/[case]/session: what is brought, the session itself, and what was agreed in it."""

from dataclasses import dataclass

import reflex as rx

from portal import routes
from portal.access.gate import Caller
from portal.access.tasks import Task
from portal.adjustments import service as adjustments
from portal.adjustments.schemas import AdjustmentCard
from portal.cases import service as cases
from portal.cases.components import focus_card, invitation_card
from portal.cases.schemas import CaseFacts, FocusLine, Invitation, PromiseLine
from portal.checkins import service as checkins
from portal.checkins.domain import STATEMENTS
from portal.checkins.schemas import HomePart as CheckInsPart
from portal.design import (
    button,
    card,
    client_link,
    empty_state,
    fold,
    here,
    icon,
    link_to,
    muted,
    notice,
    operation,
    page_frame,
    quote,
    row,
    said,
    section,
    sheet,
    small,
    stack,
    t,
    undo_bar,
    who_mark,
)
from portal.design.compose import tick
from portal.feedback import service as feedback
from portal.feedback.schemas import HeldShare
from portal.goals import service as goals
from portal.goals.domain import Action
from portal.goals.schemas import UNDO_WORDS
from portal.goals.schemas import HomePart as GoalsPart
from portal.handovers.components import hand_over_control
from portal.kit.i18n import N_, clock_time, say
from portal.live.policy import signed_in
from portal.live.state import CasePage, CasePart, Here, put_on
from portal.pages.case import SessionPlan, session_plan, to_answer
from portal.pages.home import focus_lines, invitation, promise_lines
from portal.promises.components import promises_at_hand
from portal.promises.state import PromisesState
from portal.ratings import service as ratings
from portal.ratings.components import card_course, rating_keys_for
from portal.ratings.schemas import RatingForm
from portal.ratings.state import BoardRatingState
from portal.sessions import service as sessions
from portal.sessions.components import (
    agreed_today,
    beginning,
    brought_list,
    earlier_sessions,
    keeping,
    lead_buttons,
    picker,
    printed_paper,
    screens_choice,
)
from portal.sessions.domain import Kind, Phase, Thing, missing_lines
from portal.sessions.schemas import SHARE_PARAM, About, Around, SessionView
from portal.sessions.state import SessionBarState, SessionDesk, collected

_NO_CHECKINS = CheckInsPart(None, (), (), None, 0)
_NO_GOALS = GoalsPart([], [], [])


@dataclass(frozen=True)
class _Gathered:
    view: SessionView
    case: CaseFacts
    around: Around
    goals: GoalsPart
    changes: list[AdjustmentCard]
    checkins: CheckInsPart
    held: tuple[HeldShare, ...]
    unwritten: tuple[str, ...]


def _gather(caller: Caller, case_id: str, lang: str, further: bool, picking: bool) -> _Gathered:
    view = sessions.view(caller, case_id, further=further)
    case = cases.facts(caller, case_id)
    running = view.running
    return _Gathered(
        view=view,
        case=case,
        around=_around(caller, case_id, lang) if picking or view.brought else Around(),
        goals=goals.home_part(caller, case_id, lang=lang) if running else _NO_GOALS,
        changes=adjustments.desk(caller, case_id, lang).living if running else [],
        checkins=checkins.home_part(caller, case_id),
        held=feedback.held_back(caller, case_id, running.started_at, lang) if running and not view.hides_private else (),
        unwritten=missing_lines(running.text, collected(caller, case_id, running.started_at, running.language)) if running else (),
    )


def _around(caller: Caller, case_id: str, lang: str) -> Around:
    """Everything that can be brought, as its rooms tell of it."""
    things: dict[Thing, About] = {}
    for share in feedback.refs(caller, case_id, lang):
        href = f"{routes.in_case(routes.FEEDBACK, case_id)}?{SHARE_PARAM}={share.id}"
        note = say(lang, N_("{head}, {when}"), head=share.head, when=share.when)
        things[Thing(Kind.SHARE, share.id)] = About(share.text, note, share.owner, quoted=True, href=href)
    for one in checkins.differences(caller, case_id):
        client, therapist = (name.split(" ")[0] for name in (one.names.client, one.names.therapist))
        things[Thing(Kind.GAP, one.checkin_id, one.item.value)] = About(
            say(lang, STATEMENTS[one.item].name),
            say(lang, N_("{client} {one} · {therapist} {other}"), client=client, one=one.client, therapist=therapist, other=one.therapist),
            href=routes.in_case(routes.CHECKIN, case_id, checkin=one.checkin_id),
        )
    for goal in goals.titles(caller, case_id):
        things[Thing(Kind.GOAL, goal.id)] = About(goal.title, href=routes.in_case(routes.GOAL, case_id, goal=goal.id))
    log = adjustments.desk(caller, case_id, lang)
    for change in (*log.living, *log.settled):
        terms = change.offer if change.has_offer else change.now
        if terms.what:
            things[Thing(Kind.CHANGE, change.id)] = About(terms.what, change.looks_again or change.head, href=routes.in_case(routes.FEEDBACK, case_id))
    return Around(things)


class SessionState(SessionPlan, SessionDesk, CasePage, Here):
    """The session's page: before one, in one, and after it."""

    lead: str = ""
    focus: list[FocusLine] = []
    changes: list[PromiseLine] = []
    promises: list[PromiseLine] = []
    held: list[HeldShare] = []
    held_refused_at: str = ""
    held_refused_words: str = ""
    checkin: Invitation = Invitation()
    may_open_checkin: bool = False
    to_answer: str = ""
    nothing_yet: bool = False
    tick_op: str = ""
    tick_words: str = ""

    async def _show(self) -> None:
        found = await self._ask(_gather, self.case_id, self.lang, self._further, self.picking)
        lang, zone, case, view = self.lang, self._time_zone, found.case, found.view
        self._show_view(view, found.around, found.unwritten)
        self._show_plan(case)
        offer = invitation(lang, zone, case, found.checkins, case.my_role)
        self._set(
            lead=self._lead(view),
            focus=focus_lines(lang, case.case_id, found.goals),
            changes=[_change_line(case.case_id, one) for one in found.changes],
            promises=promise_lines(lang, zone, case, found.goals, ()),
            held=list(found.held),
            checkin=offer,
            to_answer=to_answer(found.checkins),
            may_open_checkin=found.checkins.open is None and view.may_bring | view.may_lead,
            nothing_yet=not view.sessions,
        )

    def _lead(self, view: SessionView) -> str:
        if view.running is None:
            return ""
        begun = clock_time(self.lang, view.time_zone, view.running.started_at)
        if view.running.phase is Phase.CLOSING:
            return self._say(N_("Look at it together before you part."))
        return self._say(N_("Begun at {time}."), time=begun)

    @signed_in(longest=40)
    async def held_share_sent(self, share: str, op: str) -> None:
        """What was held for this session is shared now, as it stands on the page."""
        self._set(held_refused_at="", held_refused_words="")
        found = next((one for one in self.held if one.id == share), None)
        text, version = (found.text, found.text_version) if found else ("", 0)
        await self._do(feedback.share, share, text, version, op=op)
        receipt = next((one for one in self.receipts if one.op == op), None)
        if receipt is not None and receipt.outcome != "saved":
            self._set(held_refused_at=share, held_refused_words=receipt.words, refusal="")

    @signed_in(longest=40)
    async def promise_kept(self, step: str, done: bool, op: str) -> None:
        """A small step that was promised is done."""
        saved = await self._do(goals.tick_step, step, done, op=op)
        if saved is not None and saved.changed:
            self._set(tick_op=op, tick_words=self._say(UNDO_WORDS[Action.TICK_STEP]))

    @signed_in(longest=40)
    async def tick_undone(self, op: str) -> None:
        """Not done after all, within ten seconds."""
        undone = self.tick_op
        self._set(tick_op="", tick_words="")
        await self._do(goals.undo, undone, op=op)

    @signed_in(longest=40)
    async def checkin_offered(self, op: str) -> None:
        """A check-in on this session is opened for both."""
        await self._do(checkins.start, op=op)


class FocusRatingState(CasePart, Here):
    """The goals in focus as they can be rated in the session, by their ids."""

    forms: dict[str, RatingForm] = {}
    rated_op: str = ""
    rated_words: str = ""

    async def _show(self) -> None:
        self._set(forms={one.goal_id: one for one in await self._ask(ratings.to_rate, self.case_id, lang=self.lang)})

    @signed_in(longest=60)
    async def goal_rated(self, goal: str, wording: str, value: int, op: str) -> None:
        """A number was chosen and kept."""
        if await self._do(ratings.rate, goal, wording, value, op=op) is not None:
            self._set(rated_op=op, rated_words=self._say(N_("Your number is kept: {n}"), n=value))
            await self._show_courses()

    @signed_in(longest=60)
    async def rating_undone(self, op: str) -> None:
        """Not this number after all, within ten seconds."""
        undone = self.rated_op
        self._set(rated_op="", rated_words="")
        await self._do(ratings.take_back, undone, op=op)
        await self._show_courses()

    async def _show_courses(self) -> None:
        courses = await self.get_state(BoardRatingState)
        await courses._show_or_say()


put_on(SessionState, PromisesState, BoardRatingState, FocusRatingState)


def _change_line(case_id: str, one: AdjustmentCard) -> PromiseLine:
    shown = one.offer if one.has_offer else one.now
    return PromiseLine(
        id=one.id,
        text=shown.what,
        role=shown.doer,
        owner=shown.doer_words,
        when=one.offer_waits if one.has_offer else one.looks_again or one.head,
        href=routes.in_case(routes.FEEDBACK, case_id),
    )


# --- the page


def session_page() -> rx.Component:
    """The page."""
    desk = SessionState
    return page_frame(
        rx.match(desk.stage, ("running", t("Session")), ("closing", t("What we take along")), t("Sessions")),
        rx.el.div(
            rx.match(desk.stage, ("running", _running()), ("closing", _closing()), ("none", _between()), rx.fragment()),
            class_name="session-page",
        ),
        undo_bar(shown=SessionBarState.undo_op, words=SessionBarState.undo_words, on_undo=lambda op: SessionBarState.undo_pressed(op)),
        undo_bar(
            shown=FocusRatingState.rated_op, words=FocusRatingState.rated_words, on_undo=lambda op: FocusRatingState.rating_undone(op)
        ),
        undo_bar(shown=desk.tick_op, words=desk.tick_words, on_undo=lambda op: desk.tick_undone(op)),
        nav="session",
        lead=desk.lead,
        presence=True,
        narrow=False,
    )


# before and after


def _between() -> rx.Component:
    desk = SessionState
    return stack(
        rx.cond(desk.nothing_yet & ~desk.may_lead & ~desk.may_bring, empty_state(t("No session has been held here yet."))),
        rx.cond(desk.may_lead, _beginning()),
        rx.cond(desk.may_bring, _for_the_next()),
        rx.cond(desk.last.id != "", _last()),
        earlier_sessions(desk),
        gap=6,
        class_name="narrow",
    )


def _beginning() -> rx.Component:
    desk = SessionState
    return sheet(
        rx.el.h2(t("Next session")),
        rx.cond(desk.session != "", rx.el.p(desk.session, class_name="strong"), muted(t("No session is set."))),
        beginning(),
        small(t("You both come to this page and go on from here together. What {name} picked for today is shown then.", name=desk.client)),
        class_name="stack gap-3",
    )


def _for_the_next() -> rx.Component:
    desk = SessionState
    return section(
        t("For your next session"),
        rx.cond(desk.session != "", rx.el.p(desk.session)),
        rx.cond(
            desk.brought.length() > 0,
            stack(brought_list(desk, may_change=True), small(t("{name} sees this when the session begins.", name=desk.others)), gap=3),
            muted(t("Pick up to three things that you would like to talk about. {name} sees them when the session begins.", name=desk.others)),
        ),
        picker(desk),
    )


def _last() -> rx.Component:
    desk = SessionState
    return section(
        t("What we agreed"),
        rx.el.p(rx.el.time(desk.last.heading, title=desk.last.exact), " · ", desk.last.lasted, class_name="small"),
        rx.cond(
            (desk.last.text != "") | desk.last.may_write,
            agreed_today(desk, desk.last),
            muted(t("Nothing was written down.")),
        ),
        keeping(desk, desk.last),
        rx.cond(desk.last.may_write, _checkin_offer()),
        printed_paper(desk, desk.last),
    )


# while it runs


def _running() -> rx.Component:
    desk = SessionState
    return rx.el.div(
        stack(
            _brought(),
            _held(),
            _focus(),
            _changes(),
            _promises(),
            promises_at_hand(),
            _last_time(),
            gap=6,
        ),
        rx.el.aside(
            section(t("What we agreed today"), agreed_today(desk, desk.now)),
            rx.cond(desk.may_lead, _leading()),
            aria_label=t("What we agreed today"),
            class_name="stack gap-6 session-aside",
        ),
        class_name="overview session-desk",
    )


def _leading() -> rx.Component:
    desk = SessionState
    return stack(screens_choice(desk.one_screen), lead_buttons(desk), gap=3)


def _brought() -> rx.Component:
    desk = SessionState
    return section(
        rx.cond(desk.may_bring, t("What you brought"), t("What {name} brought", name=desk.client)),
        rx.cond(
            desk.brought.length() > 0,
            brought_list(desk, may_change=True),
            muted(
                rx.cond(
                    desk.may_bring,
                    t("You picked nothing beforehand. You still can."),
                    t("{name} picked nothing beforehand. What is there to talk about today?", name=desk.client),
                )
            ),
        ),
        rx.cond(desk.may_bring, picker(desk)),
    )


def _held() -> rx.Component:
    desk = SessionState
    return rx.cond(
        desk.held.length() > 0,
        section(
            t("You held this back until today"),
            rx.foreach(desk.held, _held_card),
            small(t("Only you see this here. What you don’t share stays held until the next session.")),
        ),
    )


def _held_card(one: rx.Var[HeldShare]) -> rx.Component:
    desk = SessionState
    return card(
        rx.cond(one.head != "", rx.el.p(one.head, class_name="label")),
        fold(t("Read it"), quote(one.text)),
        rx.el.div(rx.cond(desk.held_refused_at == one.id, notice(desk.held_refused_words)), role="alert"),
        row(
            button(t("Share it now"), "secondary", on_click=desk.held_share_sent(one.id, operation())),
            link_to(t("Open it in the feedback"), desk.case_path + "/feedback", "quiet"),
        ),
        small(icon("eye", "tiny"), t("{name} will read this.", name=desk.others), class_name="readers"),
        private=True,
        key=one.id,
    )


def _focus() -> rx.Component:
    desk = SessionState
    return section(
        t("Goals in focus"),
        rx.cond(
            desk.focus.length() > 0,
            rx.el.div(
                rx.foreach(desk.focus, _in_focus),
                row(hand_over_control(Task.RATE_GOALS, case_id=desk.case_id, about=desk.case_id, kind="quiet")),
                class_name="stack gap-3",
            ),
            empty_state(t("No goal is in focus yet."), link_to(t("To the goals"), desk.case_path + "/goals", "secondary")),
        ),
    )


def _in_focus(one: rx.Var[FocusLine]) -> rx.Component:
    forms, desk = FocusRatingState.forms, SessionState
    return focus_card(
        one,
        card_course(one.id),
        rx.cond(
            forms.contains(one.id),
            fold(t("Say where it stands"), _rating(forms[one.id].to(RatingForm), desk)),
        ),
    )


def _rating(form: rx.Var[RatingForm], desk: type[SessionState]) -> rx.Component:
    return rating_keys_for(
        form, here().role, desk.client, desk.others, lambda value, op: FocusRatingState.goal_rated(form.goal_id, form.wording_id, value, op)
    )


def _changes() -> rx.Component:
    desk = SessionState
    return rx.cond(
        desk.changes.length() > 0,
        section(t("What you change together"), rx.el.ul(rx.foreach(desk.changes, _change), class_name="promises")),
    )


def _change(one: rx.Var[PromiseLine]) -> rx.Component:
    return rx.el.li(
        _whose(one),
        rx.el.div(
            client_link(one.text, to=one.href, dir="auto", class_name="plain-link said"),
            rx.el.p(one.owner, rx.cond(one.when != "", rx.el.span(" · ", one.when)), class_name="small"),
        ),
        key=one.id,
    )


def _whose(one: rx.Var[PromiseLine]) -> rx.Component:
    return rx.cond(one.role == "both", rx.el.span(who_mark("client"), who_mark("therapist"), class_name="both-marks"), who_mark(one.role))


def _promises() -> rx.Component:
    desk = SessionState
    return rx.cond(
        desk.promises.length() > 0,
        section(t("What was promised"), rx.el.ul(rx.foreach(desk.promises, _promise), class_name="promises")),
    )


def _promise(one: rx.Var[PromiseLine]) -> rx.Component:
    desk = SessionState
    return rx.el.li(
        tick(checked=False, class_name="step-tick", label=t("Done: {step}", step=one.text), on_tick=lambda done, op: desk.promise_kept(one.id, done, op)),
        rx.el.div(
            client_link(one.text, to=one.href, dir="auto", class_name="plain-link said"),
            rx.el.p(
                rx.el.span(_whose(one), one.owner, class_name="who"), rx.cond(one.when != "", rx.el.span(" · ", one.when)), class_name="small"
            ),
        ),
        key=one.id,
    )


def _last_time() -> rx.Component:
    desk = SessionState
    return rx.cond(
        desk.last.text != "",
        fold(t("What you agreed last time"), rx.el.p(desk.last.heading, class_name="small"), said(desk.last.text, class_name="paper-text")),
    )


# at its end


def _closing() -> rx.Component:
    desk = SessionState
    return stack(
        section(t("What we agreed today"), agreed_today(desk, desk.now), keeping(desk, desk.now), printed_paper(desk, desk.now)),
        _held(),
        section(t("Next session"), session_plan(desk)),
        _checkin_offer(),
        rx.cond(
            desk.may_lead,
            lead_buttons(desk),
            muted(t("{name} ends the session. What is written here stays, and you can both go on writing.", name=desk.others)),
        ),
        gap=6,
        class_name="narrow",
    )


def _checkin_offer() -> rx.Component:
    desk = SessionState
    return rx.fragment(
        rx.cond(
            desk.may_open_checkin,
            sheet(
                rx.el.h2(t("How was it today?")),
                small(t("A check-in takes a minute each. You see both answers once both of you are done.")),
                row(button(t("Open a check-in"), "secondary", on_click=desk.checkin_offered(operation()))),
                class_name="stack gap-3",
            ),
        ),
        invitation_card(desk.checkin),
        rx.cond(desk.to_answer != "", row(hand_over_control(Task.CHECKIN, case_id=desk.case_id, about=desk.to_answer))),
    )


