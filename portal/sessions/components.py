"""What one sees of sessions: the quiet line on every page, what is brought, and what was agreed."""

import functools
from typing import Any

import reflex as rx

from portal.design import (
    button,
    card,
    checkbox,
    client_link,
    elapsed,
    fold,
    follower,
    here,
    icon,
    operation,
    print_button,
    put_beside,
    quote,
    row,
    said,
    section,
    small,
    stack,
    t,
    ticked,
    who_mark,
)
from portal.design.compose import tick
from portal.design.shared_text import shared_text
from portal.sessions.domain import MOST_BROUGHT
from portal.sessions.schemas import LONGEST, BroughtCard, PaperCard, PickLine
from portal.sessions.state import SessionBarState

Desk = Any
"""The state class of the page: a `SessionDesk` put together with `CasePage` and `Here`."""


# --- on every page while a session runs


def session_bar() -> rx.Component:
    """That a session runs, how long already, and whether this screen goes along."""
    bar = SessionBarState.bar
    return rx.cond(
        bar.id != "",
        rx.el.section(
            rx.el.div(
                client_link(
                    icon("clock"),
                    rx.el.span(rx.cond(bar.closing, t("The session comes to its end"), t("Session")), class_name="strong"),
                    elapsed(session=bar.id, seconds=SessionBarState.lasts, on_stay=SessionBarState.stayed()),
                    to=here().case_path + "/session",
                    title=t("To the session"),
                    class_name="session-time",
                ),
                _way_of_going(),
                class_name="session-line",
            ),
            follower(
                session=bar.id,
                number=bar.number,
                href=bar.href,
                place=bar.place,
                led_by=bar.led_by,
                goes_along=bar.goes_along,
                heard=SessionBarState.heard,
                on_went=lambda number, op: SessionBarState.went(number, op),
            ),
            aria_label=t("Session"),
            class_name="session-bar",
        ),
    )


def _way_of_going() -> rx.Component:
    bar = SessionBarState.bar
    return rx.cond(
        bar.goes_along,
        rx.fragment(
            rx.cond(bar.apart != "", rx.el.span(bar.apart, class_name="session-apart")),
            button(t("Look around alone"), "quiet", little=True, on_click=SessionBarState.going_along_chosen(False, operation())),
        ),
        rx.fragment(
            rx.el.span(rx.cond(bar.one_screen, t("Both of you look at one screen."), t("You look around alone.")), class_name="session-apart"),
            button(t("Go along"), "quiet", little=True, on_click=SessionBarState.going_along_chosen(True, operation())),
        ),
    )


put_beside(session_bar)


ONE_SCREEN = "one-screen"


def beginning() -> rx.Component:
    """Begin a session, each in front of an own screen or both in front of this one."""
    return rx.fragment(
        checkbox(_ONE_SCREEN, hint=_HIDDEN, id=ONE_SCREEN),
        row(button(t("Start the session"), on_click=SessionBarState.session_started(ticked(ONE_SCREEN), operation()))),
    )


def screens_choice(one_screen: Any) -> rx.Component:
    """Whether both look at this one screen, while the session runs."""
    return rx.el.label(
        tick(checked=one_screen, on_tick=lambda chosen, op: SessionBarState.screens_chosen(chosen, op)),
        rx.el.span(_ONE_SCREEN, rx.el.small(_HIDDEN)),
        class_name="tick",
    )


_ONE_SCREEN = t("We both look at this screen")
_HIDDEN = t("What only you can see is hidden then: your drafts, and what you hold back.")


def lead_buttons(desk: Desk) -> rx.Component:
    """The therapist's ways on: to the end, back again, or to its very end."""
    bar = SessionBarState
    return rx.cond(
        desk.stage == "closing",
        row(
            button(t("End the session"), on_click=bar.session_ended(operation())),
            button(t("Go on with the session"), "quiet", on_click=bar.session_went_on(operation())),
        ),
        row(button(t("Come to the end"), "secondary", on_click=bar.end_reached(operation()))),
    )


# --- what is brought


def brought_list(desk: Desk, *, may_change: Any) -> rx.Component:
    """The things that the client brings, each a way to it."""
    return rx.el.ul(rx.foreach(desk.brought, lambda one: _brought(desk, one, may_change)), class_name="stack gap-3 brought")


def _brought(desk: Desk, one: rx.Var[BroughtCard], may_change: Any) -> rx.Component:
    words = rx.cond(one.quoted, quote(one.words), said(one.words))
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.p(rx.cond(one.owner != "", who_mark(one.owner)), one.head, class_name="head label"),
                rx.cond(
                    desk.may_bring & may_change,
                    button(
                        t("Leave it out"), "quiet", little=True, on_click=desk.left_out(one.id, operation()),
                        aria_label=t("Leave it out: {words}", words=one.words),
                    ),
                ),
                class_name="spread",
            ),
            rx.cond(one.gone, small(one.words), rx.cond(one.href != "", client_link(words, to=one.href, class_name="plain-link"), words)),
            rx.cond(one.note != "", small(one.note)),
            owner=one.owner,
        ),
        key=one.id,
    )  # fmt: skip


def picker(desk: Desk) -> rx.Component:
    """Everything that can be brought, by kind, once somebody wants to pick."""
    return rx.el.div(
        button(
            t("Pick something"), "secondary", aria_expanded=rx.cond(desk.picking, "true", "false"), aria_controls="picker",
            on_click=desk.picking_chosen(~desk.picking),
        ),
        rx.cond(desk.picking, _offers(desk)),
        class_name="stack gap-4 picker",
    )  # fmt: skip


def _offers(desk: Desk) -> rx.Component:
    sources = (
        (t("From the feedback"), desk.share_picks),
        (t("Where you two differ"), desk.gap_picks),
        (t("From the goals"), desk.goal_picks),
        (t("From what you change together"), desk.change_picks),
    )
    nothing = functools.reduce(lambda one, other: one & other, (lines.length() == 0 for _, lines in sources))
    return stack(
        rx.cond(desk.brought.length() >= MOST_BROUGHT, small(t("You have picked three things. To pick another one, leave one of them out."))),
        *(_picks(desk, heading, lines) for heading, lines in sources),
        rx.cond(nothing, small(t("There is nothing to pick yet: something shared, a goal, a change, or a check-in that you two see differently."))),
        gap=5,
        id="picker",
    )


def _picks(desk: Desk, heading: Any, lines: Any) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.div(
            rx.el.h3(heading, class_name="label"),
            rx.el.ul(rx.foreach(lines, lambda one: _pick(desk, one)), class_name="picks"),
            class_name="stack gap-2",
        ),
    )


def _pick(desk: Desk, one: rx.Var[PickLine]) -> rx.Component:
    picked = one.picked != ""
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.cond(one.owner != "", who_mark(one.owner)), rx.el.span(one.words, dir="auto"), class_name="said who"),
            rx.cond(one.note != "", small(one.note)),
        ),
        rx.cond(
            picked,
            button(
                t("Picked"), "secondary", little=True, icon_name="check", aria_pressed="true",
                aria_label=t("Picked: {words}", words=one.words), on_click=desk.left_out(one.picked, operation()),
            ),
            button(
                t("Bring it"), "secondary", little=True, aria_pressed="false", disabled=desk.brought.length() >= MOST_BROUGHT,
                aria_label=t("Bring it: {words}", words=one.words), on_click=desk.brought_along(one.kind, one.row_id, one.item, operation()),
            ),
        ),
        key=one.key,
    )  # fmt: skip


# --- what was agreed


def agreed_today(desk: Desk, one: rx.Var[PaperCard]) -> rx.Component:
    """The text that both write, and what was changed but does not stand in it yet."""
    return stack(
        rx.cond(
            one.may_write,
            shared_text(
                t("What we agreed today"), case=desk.case_id, kind="session.agreed", about=one.id, value=one.text, lines=5, most=LONGEST,
                label_shown=False, hint=t("Write it down together, in your own words."),
            ),
            said(one.text, class_name="paper-text"),
        ),
        rx.cond(
            one.may_write & (desk.unwritten.length() > 0),
            rx.el.div(
                rx.el.h3(t("Changed in this session, and not written above"), class_name="label"),
                rx.el.ul(rx.foreach(desk.unwritten, lambda line: rx.el.li(line, dir="auto", key=line)), class_name="lines"),
                row(button(t("Add it to the text"), "secondary", little=True, on_click=desk.lines_added(one.id, operation()))),
                class_name="stack gap-2",
            ),
        ),
        gap=4,
    )  # fmt: skip


def keeping(desk: Desk, one: rx.Var[PaperCard]) -> rx.Component:
    """Print it, keep it, or write on."""
    return row(
        rx.cond(
            one.may_write & (one.version > 0),
            button(t("Keep it like this"), "secondary", on_click=desk.text_kept(one.id, operation())),
        ),
        rx.cond(one.may_take_up, button(t("Write on"), "quiet", on_click=desk.text_taken_up(one.id, operation()))),
        rx.cond(one.text != "", print_button(t("Print it"), "quiet")),
        rx.cond(one.kept, small(t("Kept as it is."))),
    )


def printed_paper(desk: Desk, one: rx.Var[PaperCard]) -> rx.Component:
    """The sheet that a printer gets: nothing else of the page."""
    return rx.cond(
        one.text != "",
        rx.el.div(
            rx.el.p(t("What we agreed"), class_name="printed-head"),
            rx.el.p(one.heading, " · ", desk.people),
            rx.el.p(one.text, dir="auto", class_name="paper-text"),
            class_name="printed",
            aria_hidden="true",
        ),
    )


def earlier_sessions(desk: Desk) -> rx.Component:
    """What was agreed before, folded."""
    return rx.cond(
        desk.earlier.length() > 0,
        section(
            t("Earlier sessions"),
            rx.el.ul(rx.foreach(desk.earlier, _earlier), class_name="stack gap-1"),
            rx.cond(desk.more, rx.el.div(button(t("Show what lies further back"), "secondary", on_click=desk.further_back_wanted()))),
        ),
    )


def _earlier(one: rx.Var[PaperCard]) -> rx.Component:
    return rx.el.li(
        fold(
            rx.fragment(rx.el.span(one.heading), rx.el.span(" · ", one.lasted, class_name="small")),
            rx.cond(one.text != "", said(one.text, class_name="paper-text"), small(t("Nothing was written down."))),
        ),
        key=one.id,
    )


