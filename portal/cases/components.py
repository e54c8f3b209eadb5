"""What one sees of cases: the cards of the home pages, the list of clients, the lines of the access log."""

from typing import Any

import reflex as rx

from portal.cases.schemas import AskLine, CaseloadRow, FocusLine, HeardLine, Invitation, PromiseLine, WaitLine
from portal.cases.state import AccessLogState, LogDay, LogLine
from portal.design import (
    button,
    chip,
    classes,
    client_link,
    empty_state,
    link_to,
    muted,
    notice,
    operation,
    progress,
    quote,
    row,
    section,
    select,
    sheet,
    small,
    spread,
    stack,
    t,
    who,
    who_mark,
)

# --- the cards of a home page


def invitation_card(one: rx.Var[Invitation]) -> rx.Component:
    """The check-in that is open, to be talked about, or to be decided upon."""
    return rx.cond(
        one.heading != "",
        sheet(
            spread(rx.el.h2(one.heading), rx.cond(one.is_open, chip(t("1 minute")))),
            rx.el.p(one.words, class_name="small"),
            link_to(one.action, one.href, "primary", class_name="wide"),
            class_name="stack gap-3",
        ),
    )


def heard_card(one: rx.Var[HeardLine], on_yes: Any) -> rx.Component:
    """What the other heard, with the two answers. `on_yes` takes the reflection's id and an operation."""
    return sheet(
        rx.el.h2(who(t("{name} heard this from you", name=one.by), "therapist"), class_name="heard-by"),
        quote(one.heard),
        row(
            button(t("Yes, that’s it"), on_click=on_yes(one.reflection_id, operation())),
            link_to(t("Not quite"), one.href, "secondary"),
        ),
        class_name="stack gap-3 heard",
        key=one.reflection_id,
    )


def ask_card(one: rx.Var[AskLine]) -> rx.Component:
    """A proposal that waits for a yes."""
    return client_link(
        rx.el.span(one.words, class_name="label"),
        rx.el.span(one.title, dir="auto", class_name="said-title"),
        rx.el.span(t("Look at it"), class_name="card-action"),
        to=one.href,
        class_name="card asks",
        key=one.href,
    )


def wait_list(lines: rx.Var[list[WaitLine]]) -> rx.Component:
    """What waits, each line a link to it."""
    return rx.el.ul(rx.foreach(lines, lambda one: rx.el.li(_wait_line(one), key=one.href)), class_name="stack gap-1")


def _wait_line(one: rx.Var[WaitLine]) -> rx.Component:
    return rx.el.span(
        client_link(one.words, to=one.href),
        " · ",
        rx.el.time(one.when, title=one.exact, class_name="small"),
        class_name="wait-line",
    )


def focus_card(one: rx.Var[FocusLine], *more: rx.Component) -> rx.Component:
    """A goal in focus with its progress and the next small step, and with `more` below."""
    return sheet(
        spread(rx.el.p(t("In focus"), class_name="label"), row(rx.cond(one.due != "", small(one.due)), chip(one.status), gap=2)),
        rx.el.h2(client_link(one.title, to=one.href, dir="auto", class_name="plain-link"), class_name="said-title"),
        rx.cond(one.of > 0, progress(one.done, one.of, one.progress)),
        rx.cond(
            one.next_step != "",
            small(t("Next small step: {step}", step=one.next_step)),
            rx.cond(one.of > 0, small(one.progress), small(t("No small steps yet."))),
        ),
        *more,
        class_name="stack gap-3",
        key=one.href,
    )


def promise_list(lines: rx.Var[list[PromiseLine]], more: rx.Var[str], board: Any) -> rx.Component:
    """What both promised, marked by whose it is; `more` says how many there are besides, and leads to the `board`."""
    return rx.fragment(
        rx.el.ul(rx.foreach(lines, _promise), class_name="promises"),
        rx.cond(more != "", rx.el.p(link_to(more, board))),
    )


def _promise(one: rx.Var[PromiseLine]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            one.role == "both",
            rx.el.span(who_mark("client"), who_mark("therapist"), class_name="both-marks"),
            who_mark(one.role),
        ),
        rx.el.div(
            client_link(one.text, to=one.href, dir="auto", class_name="plain-link said"),
            rx.el.p(one.owner, rx.cond(one.when != "", rx.el.span(" · ", one.when)), class_name="small"),
        ),
        key=one.id,
    )


# --- the list of clients

_COLUMNS = ("client", "waits", "checkin", "steps", "session")


def caseload_table(rows: rx.Var[list[CaseloadRow]], order: rx.Var[str], falling: rx.Var[bool], on_order: Any) -> rx.Component:
    """All clients of a therapist; `on_order` takes the name of a column. On a phone each client is one block."""
    words = _column_words()
    return rx.fragment(
        rx.el.div(
            select(
                t("Sort by"), name="caseload-order", options=[(name, words[name]) for name in _COLUMNS], value=order, on_change=on_order
            ),
            button(t("Turn the order round"), "quiet", little=True, on_click=on_order(order), aria_pressed=rx.cond(falling, "true", "false")),
            class_name="phone-only",
        ),
        rx.el.table(
            rx.el.caption(t("Your clients"), class_name="sr-only"),
            rx.el.thead(rx.el.tr(*(_head(name, words[name], order, falling, on_order) for name in _COLUMNS))),
            rx.el.tbody(rx.foreach(rows, lambda one: _client_row(one, words))),
            class_name="table folds caseload",
        ),
    )


def _column_words() -> dict[str, rx.Var[str]]:
    return {
        "client": t("Client"),
        "waits": t("Waits for you"),
        "checkin": t("Last check-in"),
        "steps": t("Next steps"),
        "session": t("Next session"),
    }


def _head(name: str, words: rx.Var[str], order: rx.Var[str], falling: rx.Var[bool], on_order: Any) -> rx.Component:
    return rx.el.th(
        rx.el.button(words, rx.el.span(class_name="sort-arrow", aria_hidden="true"), type="button", class_name="sort", on_click=on_order(name)),
        scope="col",
        aria_sort=rx.cond(order == name, rx.cond(falling, "descending", "ascending"), "none"),
    )


def _client_row(one: rx.Var[CaseloadRow], words: dict[str, rx.Var[str]]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            client_link(one.client, to=one.href, dir="auto", class_name="row-link"),
            rx.cond(one.supervised, rx.el.span(" ", chip(t("Supervision")))),
            scope="row",
        ),
        _cell(words["waits"], rx.cond(one.waits.length() > 0, wait_list(one.waits), rx.el.span(t("nothing"), class_name="small"))),
        _cell(
            words["checkin"],
            rx.match(
                one.checkin_tone,
                ("notice", chip(one.checkin, "notice")),
                ("plain", chip(one.checkin)),
                rx.el.span(one.checkin, class_name=rx.cond(one.checkin_tone == "none", "small", "")),
            ),
        ),
        _cell(words["steps"], rx.el.span(one.steps, class_name="small")),
        _cell(
            words["session"],
            rx.el.time(one.session, title=one.session_exact, class_name="number"),
            rx.cond(
                ~one.supervised,
                rx.el.span(" ", client_link(t("To the session"), to=one.href + "/session", aria_label=t("To the session with {name}", name=one.client), class_name="small session-way")),
            ),
        ),
        key=one.case_id,
    )


def _cell(head: rx.Var[str], *content: rx.Component) -> rx.Component:
    return rx.el.td(*content, custom_attrs={"data-head": head})


# --- the access log


def access_log() -> rx.Component:
    """The log by day, newest first, with the choice of one person."""
    return stack(
        _wholeness(),
        rx.cond(
            AccessLogState.persons.length() > 2,
            select(
                t("Show"), name="log-person", options=AccessLogState.persons, value=AccessLogState.person,
                on_change=AccessLogState.person_chosen, class_name="short-field",
            ),
        ),
        rx.cond(
            AccessLogState.days.length() > 0,
            rx.foreach(AccessLogState.days, _day),
            empty_state(t("Nothing is written here yet.")),
        ),
        rx.cond(
            AccessLogState.earlier,
            rx.el.div(button(t("Further back"), "secondary", on_click=AccessLogState.earlier_wanted)),
        ),
        gap=6,
    )  # fmt: skip


def _wholeness() -> rx.Component:
    return rx.cond(
        AccessLogState.whole,
        muted(t("The log is whole: no entry was changed, taken out or added afterwards.")),
        notice(
            t("Entries were changed, taken out or added afterwards. Please ask your practice about it; you can show them this page."),
            title=t("The log does not fit together."),
        ),
    )


def _day(one: rx.Var[LogDay]) -> rx.Component:
    return section(one.words, rx.el.ul(rx.foreach(one.lines, _line), class_name="log"))


def _line(one: rx.Var[LogLine]) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(class_name=classes("mark", one.role), aria_hidden="true"),
                rx.el.span(one.words, class_name="log-words"),
                rx.el.span(one.time, class_name="number small"),
            ),
            rx.el.p(one.exact, class_name="small"),
        ),
        key=one.id,
    )
