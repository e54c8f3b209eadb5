"""/c/[case]/check-ins/[checkin]: answering a check-in, waiting for the other, and both sides side by side."""

import reflex as rx

from portal.adjustments import service as adjustments
from portal.adjustments.components import change_card, proposal_form, propose_button
from portal.adjustments.state import ChangesDesk
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
from portal.design import here, page_frame, section, stack, t
from portal.live.state import Here


class CheckInState(ChangesDesk, CheckInDesk, Here):
    """One check-in, with the changes that came out of it."""

    told: str = ""

    async def _show(self) -> None:
        if await self._show_checkin():
            self._show_changes(await self._ask(adjustments.desk, self.case_id, self.lang), frozenset({self.checkin_id}))


def checkin_page() -> rx.Component:
    """One check-in in whatever stage it is."""
    desk = CheckInState
    return page_frame(
        rx.cond(_is_both(), t("Both of you, side by side"), t("Check-in")),
        rx.match(
            desk.stage,
            ("filling", stack(sealed_words(desk), answer_sheet(desk), gap=5)),
            ("waiting", waiting_sheet(desk)),
            ("choice", to_decide(desk)),
            ("kept_private", kept_private(desk)),
            ("shared_alone", shared_alone(desk)),
            ("discarded", ended(desk)),
            ("lapsed", ended(desk)),
            ("", rx.fragment()),
            _both(),
        ),
        nav="check-ins",
        presence=True,
        back=(t("All check-ins"), here().case_path + "/check-ins"),
    )


def _both() -> rx.Component:
    desk = CheckInState
    return stack(
        legend(desk),
        banner(desk),
        ceiling(desk),
        gap_rows(desk),
        after_reading(desk, here().case_path, propose_button(desk, desk.checkin_id, t("Agree on a change"))),
        rx.el.p(desk.told, role="status", class_name="sr-only"),
        proposal_form(desk, desk.checkin_id, origin="checkin", origin_id=desk.checkin_id),
        rx.cond(
            desk.thread_changes.length() > 0,
            section(t("Changes that came out of this"), rx.foreach(desk.thread_changes, lambda one: change_card(desk, one))),
        ),
        both_lines(desk),
        notes(desk),
        wordings(desk),
        gap=5,
    )


def _is_both() -> rx.Var[bool]:
    stage = CheckInState.stage
    return (stage == "revealed") | (stage == "talked_about") | (stage == "closed")
