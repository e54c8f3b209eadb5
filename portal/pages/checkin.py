"""/c/[case]/check-ins/[checkin]: answering a check-in, waiting for the other, and both sides side by side."""

import reflex as rx

from portal.access.tasks import Task
from portal.adjustments import service as adjustments
from portal.adjustments.components import change_card, proposal_form, propose_button
from portal.adjustments.schemas import AdjustmentCard
from portal.adjustments.state import ChangesDesk
from portal.checkins import service as checkins
from portal.checkins.components import (
    after_reading,
    answer_sheet,
    banner,
    both_lines,
    ceiling,
    ended,
    gap_rows,
    kept_private,
    legend,
    notes,
    sealed_words,
    shared_alone,
    to_decide,
    waiting_sheet,
    wordings,
)
from portal.checkins.state import CheckInDesk
from portal.comments.components import comments_section, comments_undo
from portal.comments.state import CheckInComments
from portal.design import here, page_frame, row, section, stack, t
from portal.handovers.components import hand_over_control
from portal.live.state import Here, put_on


class CheckInState(ChangesDesk, CheckInDesk, Here):
    """One check-in, with the changes that came out of it."""

    told: str = ""
    tried: list[AdjustmentCard] = []
    """The changes that both are trying now, for the check-in to ask about."""

    async def _origins(self) -> frozenset[str]:
        found = await self._ask(checkins.sheet, self.case_id, self.checkin_id)
        return frozenset({found.standing.id})

    async def _show(self) -> None:
        await self._show_checkin()
        desk = await self._ask(adjustments.desk, self.case_id, self.lang)
        self._show_changes(desk, frozenset({self.checkin_id}))
        running = {one.id for one in await self._ask(adjustments.running, self.case_id)}
        self._set(tried=[card for card in desk.living if card.id in running and card.origin_id != self.checkin_id])


put_on(CheckInState, CheckInComments)


def checkin_page() -> rx.Component:
    """One check-in in whatever stage it is."""
    desk = CheckInState
    return page_frame(
        rx.cond(_is_both(), t("Both of you, side by side"), t("Check-in")),
        rx.match(
            desk.stage,
            ("filling", stack(_hand_over_to_answer(), sealed_words(desk), answer_sheet(desk), _tried(), gap=5)),
            ("waiting", stack(_hand_over_to_answer(), waiting_sheet(desk), _tried(), gap=5)),
            ("choice", to_decide(desk)),
            ("kept_private", kept_private(desk)),
            ("shared_alone", shared_alone(desk)),
            ("discarded", ended(desk)),
            ("lapsed", ended(desk)),
            ("", rx.fragment()),
            _both(),
        ),
        comments_section(CheckInComments),
        comments_undo(CheckInComments),
        nav="check-ins",
        presence=True,
        back=(t("All check-ins"), here().case_path + "/check-ins"),
    )


def _hand_over_to_answer() -> rx.Component:
    desk = CheckInState
    return rx.cond(~desk.other_done, row(hand_over_control(Task.CHECKIN, case_id=desk.case_id, about=desk.checkin_id)))


def _both() -> rx.Component:
    desk = CheckInState
    return stack(
        legend(desk),
        banner(desk),
        ceiling(desk),
        gap_rows(desk),
        after_reading(desk, here().case_path, propose_button(desk, desk.checkin_id, t("Agree on a change"))),
        row(hand_over_control(Task.READ_CHECKIN, case_id=desk.case_id, about=desk.checkin_id, kind="quiet")),
        rx.el.p(desk.told, role="status", class_name="sr-only"),
        proposal_form(desk, desk.checkin_id, origin="checkin", origin_id=desk.checkin_id),
        rx.cond(
            desk.thread_changes.length() > 0,
            section(t("Changes that came out of this"), rx.foreach(desk.thread_changes, lambda one: change_card(desk, one))),
        ),
        _tried(),
        both_lines(desk),
        notes(desk),
        wordings(desk),
        gap=5,
    )


def _tried() -> rx.Component:
    """What both are trying, and whether it helped where the day to look again has come."""
    desk = CheckInState
    return rx.cond(
        desk.tried.length() > 0,
        section(t("What you change together"), rx.foreach(desk.tried, lambda one: change_card(desk, one, says_origin=True))),
    )


def _is_both() -> rx.Var[bool]:
    stage = CheckInState.stage
    return (stage == "revealed") | (stage == "talked_about") | (stage == "closed")
