"""/c/…/feedback: what the two tell each other, how it was heard, and what they changed because of it."""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from portal import routes
from portal.access.gate import Caller
from portal.access.identity import Identity
from portal.adjustments import service as adjustments
from portal.adjustments.components import change_card, proposal_form, propose_button, settled_list
from portal.adjustments.schemas import AdjustmentDesk
from portal.adjustments.state import NEW, ChangesDesk
from portal.checkins import service as checkins
from portal.comments.components import comments_under, comments_undo
from portal.comments.state import ShareComments
from portal.design import empty_state, fold, notice, page_frame, row, section, stack, t
from portal.design.seen import Choice
from portal.feedback import service as feedback
from portal.feedback.components import draft_card, month, share_button, thread
from portal.feedback.schemas import Desk, Surroundings, ThreadCard
from portal.feedback.state import FeedbackDesk
from portal.goals import service as goals
from portal.kit.i18n import N_, day, say
from portal.kit.refusal import Forbidden
from portal.live.state import CasePage, Here, put_on

CHECKIN_PARAM = "checkin"
"""…/feedback?checkin=<id> opens the form for a change that comes out of a check-in."""


@dataclass(frozen=True)
class _View:
    desk: Desk | None
    changes: AdjustmentDesk
    goals: list[Choice]
    checkins: list[Choice]


def _gather(caller: Caller, case_id: str, lang: str, zone: str, months: frozenset[str], opened: str) -> _View:
    changes = adjustments.desk(caller, case_id, lang)
    titles = {one.id: one.title for one in goals.titles(caller, case_id)}
    days = {
        one.id: say(lang, N_("Check-in of {day}"), day=day(lang, zone, one.opened_at)) for one in checkins.open_refs(caller, case_id)
    }
    try:
        desk = feedback.desk(
            caller, case_id, lang, around=Surroundings(goals=titles, checkins=days), months=months, opened=opened
        )
    except Forbidden:
        desk = None  # a supervisor reads what was agreed, not what the two told each other
    return _View(desk, changes, _choices(titles), _choices(days))


def _choices(words: dict[str, str]) -> list[Choice]:
    return [Choice(key, value) for key, value in words.items()]


class FeedbackState(FeedbackDesk, ChangesDesk, CasePage, Here):
    """The feedback page of one case."""

    goal_choices: list[Choice] = []
    checkin_choices: list[Choice] = []
    nothing_yet: bool = False

    async def _open(self, identity: Identity) -> Any:
        led_on = await super()._open(identity)
        asked = self.router.url.query_parameters.get(CHECKIN_PARAM, "")
        words = next((one.words for one in self.checkin_choices if one.value == asked), "")
        if words and self.may_propose:
            self._set(comes_from=asked, comes_from_words=words, proposing=NEW)
        return led_on

    async def _goals_known(self) -> frozenset[str]:
        return frozenset(one.id for one in await self._ask(goals.titles, self.case_id))

    async def _checkins_known(self) -> frozenset[str]:
        return frozenset(one.id for one in await self._ask(checkins.open_refs, self.case_id))

    async def _origins(self) -> frozenset[str]:
        shared = await self._ask(feedback.shared_ids, self.case_id)
        return frozenset(shared) | await self._checkins_known()

    async def _show(self) -> None:
        opened = self.router.url.query_parameters.get(routes.SHARE_PARAM, "")
        view = await self._ask(_gather, self.case_id, self.lang, self._time_zone, frozenset(self._months_open), opened)
        if view.desk is not None and self.hides_private:
            view = replace(view, desk=replace(view.desk, drafts=[]))
        self._show_desk(view.desk)
        self._show_changes(view.changes, frozenset(one.id for one in view.desk.threads) if view.desk else frozenset())
        self._set(
            goal_choices=view.goals,
            checkin_choices=view.checkins,
            nothing_yet=(view.desk is None or view.desk.is_empty) and not view.changes.living and not view.changes.settled,
        )


put_on(FeedbackState, ShareComments)


def feedback_page() -> rx.Component:
    """The page."""
    desk = FeedbackState
    return page_frame(
        t("Feedback"),
        rx.el.p(desk.told, role="status", class_name="sr-only"),
        rx.cond(desk.nothing_yet, _nothing_yet()),
        rx.cond(desk.hides_private, notice(t("You both look at this screen, so what only you can see is hidden here."), tone="plain")),
        rx.cond(desk.drafts.length() > 0, section(t("Only you can see this"), rx.foreach(desk.drafts, lambda one: draft_card(desk, one, desk.goal_choices, desk.checkin_choices)))),
        rx.cond(desk.open_threads.length() > 0, stack(rx.foreach(desk.open_threads, _thread), gap=6)),
        rx.cond(
            (desk.changes.length() > 0) | (desk.proposing == NEW),
            section(
                t("What you change together"),
                proposal_form(
                    desk, NEW, origin=rx.cond(desk.comes_from != "", "checkin", ""), origin_id=desk.comes_from, about=desk.comes_from_words
                ),
                rx.foreach(desk.changes, lambda one: change_card(desk, one, says_origin=True)),
            ),
        ),
        rx.cond(
            (desk.months.length() > 0) | (desk.settled.length() > 0),
            section(
                t("Earlier"),
                rx.foreach(desk.months, lambda one: month(desk, one, under=_under, propose=_propose)),
                rx.cond(desk.settled.length() > 0, fold(t("Settled changes"), settled_list(desk.settled))),
            ),
        ),
        comments_undo(ShareComments),
        nav="feedback",
        presence=True,
        actions=rx.cond(~desk.nothing_yet, row(rx.cond(desk.may_share & ~desk.hides_private, share_button(desk, "secondary")), propose_button(desk, NEW), gap=1)),
    )


def _nothing_yet() -> rx.Component:
    return empty_state(
        t("Say what helped, what was hard, or what you wish for: first only for yourself, then shared when you decide to."),
        rx.cond(FeedbackState.may_share & ~FeedbackState.hides_private, share_button(FeedbackState)),
    )


def _thread(one: rx.Var[ThreadCard]) -> rx.Component:
    return thread(FeedbackState, one, under=_under, propose=_propose)


def _under(one: rx.Var[ThreadCard]) -> rx.Component:
    return rx.fragment(
        rx.foreach(
            FeedbackState.thread_changes,
            lambda change: rx.cond(change.origin_id == one.id, change_card(FeedbackState, change)),
        ),
        proposal_form(FeedbackState, one.id, origin="share", origin_id=one.id),
        comments_under(ShareComments, one.id),
    )


def _propose(one: rx.Var[ThreadCard]) -> rx.Component:
    return propose_button(FeedbackState, one.id)
