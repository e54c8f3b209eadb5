"""What one sees of promises: a strip of cards of their own kind above the board's columns."""

from typing import Any

import reflex as rx

from portal import design as ui
from portal.design.compose import composer, day, tick
from portal.design.history import history_list
from portal.design.words import operation, t
from portal.promises.schemas import REASON_MOST, TEXT_MOST, ArchivedPromise, PromiseCard
from portal.promises.state import PromisesState

_HEADING = "promises-heading"


def promise_strip() -> rx.Component:
    """The therapist's promises with what becomes of them; the client alone ticks."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(PromisesState.heading, id=_HEADING),
            rx.cond(PromisesState.may_promise, _new_promise()),
            class_name="spread promises-head",
        ),
        rx.cond(
            PromisesState.cards.length() > 0,
            rx.el.ul(rx.foreach(PromisesState.cards, promise_card), class_name="promise-cards"),
            ui.muted(PromisesState.empty, class_name="promises-empty"),
        ),
        rx.cond(PromisesState.more != "", ui.button(PromisesState.more, "quiet", little=True, on_click=PromisesState.all_asked)),
        _settled(),
        _undo(),
        aria_labelledby=_HEADING,
        class_name="promise-strip",
    )


def promises_at_hand() -> rx.Component:
    """The promises in view on another page: what was promised last time, to be ticked by the client; its author promises more."""
    return rx.cond(
        (PromisesState.cards.length() > 0) | PromisesState.may_promise,
        ui.section(
            PromisesState.heading,
            rx.cond(
                PromisesState.cards.length() > 0,
                rx.el.ul(rx.foreach(PromisesState.cards, promise_card), class_name="promise-cards"),
                ui.muted(PromisesState.empty),
            ),
            rx.cond(PromisesState.may_promise, rx.el.div(_new_promise())),
            rx.cond(PromisesState.more != "", rx.el.div(ui.button(PromisesState.more, "quiet", little=True, on_click=PromisesState.all_asked))),
            _undo(),
        ),
    )


def _undo() -> rx.Component:
    return rx.fragment(
        ui.undo_bar(
            shown=PromisesState.undo_op, words=PromisesState.undo_words,
            on_undo=lambda op: PromisesState.undo_pressed(PromisesState.undo_op, op),
        ),
        rx.el.p(PromisesState.told, role="status", class_name="sr-only"),
    )  # fmt: skip


def strip_skeleton() -> rx.Component:
    """The strip before the server has said who asks."""
    return rx.el.div(rx.el.div(class_name="bone line"), class_name="promise-strip", aria_hidden="true")


def _new_promise() -> rx.Component:
    return composer(
        t("I promise …"),
        name="new-promise",
        most=TEXT_MOST,
        more_label=t("Until when"),
        more_hint=t("You can leave this open."),
        more_is_day=True,
        choices=[("", t("Promise it"), t("{name} sees it at once, and alone can tick it.", name=PromisesState.other))],
        opener=t("Make a promise"),
        close_label=t("Close; it stays written"),
        calm=True,
        on_send=lambda text, until, choice, op: PromisesState.promise_made(text, until, choice, op),
    )


def promise_card(card: rx.Var[PromiseCard]) -> rx.Component:
    """One promise: a tag with a knot, so that nobody takes it for a goal."""
    opened = PromisesState.opened == card.id
    return rx.el.li(
        rx.el.div(ui.icon("knot"), class_name="promise-tag", aria_hidden="true"),
        rx.el.div(
            rx.el.p(
                ui.who(t("Promise of {name}", name=card.by), "therapist"),
                rx.cond(card.status != "open", _status(card)),
                class_name="spread promise-kind",
            ),
            rx.el.h3(card.text, dir="auto", class_name="said-title"),
            rx.cond(card.reason != "", ui.quote(card.reason)),
            rx.el.p(
                rx.cond(card.when != "", rx.cond(card.over, ui.chip(card.when, "notice"), ui.chip(card.when))),
                rx.el.time(card.since, title=card.since_exact, class_name="least"),
                class_name="row gap-2 promise-facts",
            ),
            rx.el.div(
                rx.cond(card.may_answer, _answer(card)),
                rx.el.span(
                    rx.cond(
                        card.may_put_away,
                        ui.icon_button(
                            "archive", t("Put in the archive: {promise}", promise=card.text), little=True,
                            on_click=PromisesState.promise_acted(card.id, "archive", card.version, operation()),
                        ),
                    ),
                    rx.cond(
                        card.may_change,
                        _opener(card, t("Change or take back: {promise}", promise=card.text), "pencil"),
                        _opener(card, t("History: {promise}", promise=card.text), "history"),
                    ),
                    class_name="promise-more",
                ),
                class_name="promise-acts",
            ),
            rx.cond(opened, _inside(card)),
            class_name="promise-body",
        ),
        key=card.id,
        class_name=ui.classes("card small-card promise-card", rx.Var.create("is-") + card.status, rx.cond(opened, "opened", "")),
    )  # fmt: skip


def _status(card: rx.Var[PromiseCard]) -> rx.Component:
    return rx.cond(
        card.status == "kept",
        rx.el.span(ui.icon("check"), card.status_words, class_name="chip good with-icon"),
        ui.chip(card.status_words),
    )


def _answer(card: rx.Var[PromiseCard]) -> rx.Component:
    """What only the client has: the tick, and the calm other answer."""
    return rx.fragment(
        rx.el.label(
            tick(
                checked=card.status == "kept",
                label=t("Kept: {promise}", promise=card.text),
                on_tick=lambda kept, op: PromisesState.kept_ticked(card.id, kept, card.version, op),
            ),
            rx.el.span(t("Kept"), aria_hidden="true"),
            class_name="tick",
        ),
        rx.match(
            card.status,
            ("open", _act(card, t("Not kept"), t("Not kept: {promise}", promise=card.text), "miss")),
            ("not_kept", _act(card, t("Open again"), t("Open again: {promise}", promise=card.text), "open_again")),
            rx.fragment(),
        ),
    )


def _act(card: rx.Var[PromiseCard], words: Any, label: Any, act: str) -> rx.Component:
    return ui.button(words, "quiet", little=True, aria_label=label, on_click=PromisesState.promise_acted(card.id, act, card.version, operation()))


def _opener(card: rx.Var[PromiseCard], label: Any, icon_name: str) -> rx.Component:
    return ui.icon_button(
        icon_name, label, little=True,
        aria_expanded=rx.cond(PromisesState.opened == card.id, "true", "false"), on_click=PromisesState.promise_opened(card.id),
    )  # fmt: skip


def _inside(card: rx.Var[PromiseCard]) -> rx.Component:
    detail = PromisesState.detail
    return rx.el.div(
        rx.cond(
            detail.may_change & (detail.id == card.id),
            rx.fragment(
                ui.saved_field(
                    t("What I promise"),
                    name="promise-text-" + card.id,
                    value=detail.text,
                    version=detail.text_version,
                    most=TEXT_MOST,
                    other=detail.other,
                    hint=t("{name} sees the change at once; the history keeps the words from before.", name=detail.other),
                    on_save=lambda op, version, text: PromisesState.words_typed(card.id, text, version, op),
                ),
                day(
                    t("Until when"),
                    name="promise-until-" + card.id,
                    value=detail.until,
                    version=detail.until_version,
                    other=detail.other,
                    on_choose=lambda when, version, op: PromisesState.until_chosen(card.id, when, version, op),
                    class_name="review",
                ),
                composer(
                    t("Take it back, because …"),
                    name="promise-reason-" + card.id,
                    most=REASON_MOST,
                    choices=[("", t("Take it back"), t("{name} reads the reason.", name=detail.other))],
                    calm=True,
                    on_send=lambda text, more, choice, op: PromisesState.taken_back(card.id, card.version, text, op),
                ),
            ),
        ),
        rx.el.h4(t("History"), class_name="label"),
        history_list(detail.history, on_restore=lambda change: PromisesState.earlier_words_taken(change, operation())),
        rx.cond(detail.older, ui.button(t("Further back"), "quiet", little=True, on_click=PromisesState.older_asked)),
        class_name="stack gap-4 promise-inside",
    )


def _settled() -> rx.Component:
    """What was settled more than a week ago, and the archive: folded away."""
    return rx.el.div(
        rx.cond(
            PromisesState.earlier_words != "",
            ui.button(
                PromisesState.earlier_words, "quiet", little=True, icon_name="clock", on_click=PromisesState.earlier_opened,
                aria_expanded=rx.cond(PromisesState.earlier_shown, "true", "false"),
            ),
        ),
        rx.cond(
            PromisesState.archived_words != "",
            ui.button(
                PromisesState.archived_words, "quiet", little=True, icon_name="archive", on_click=PromisesState.archive_opened,
                aria_expanded=rx.cond(PromisesState.archive_shown, "true", "false"),
            ),
        ),
        rx.cond(
            PromisesState.earlier_shown & (PromisesState.earlier.length() > 0),
            rx.el.ul(rx.foreach(PromisesState.earlier, promise_card), class_name="promise-cards"),
        ),
        rx.cond(
            PromisesState.archive_shown & (PromisesState.archive.length() > 0),
            rx.el.ul(rx.foreach(PromisesState.archive, _archived_line), class_name="stack gap-2 archive"),
        ),
        class_name="promises-settled",
    )  # fmt: skip


def _archived_line(line: rx.Var[ArchivedPromise]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(line.text, dir="auto", class_name="said-title"), ui.small(line.words)),
        rx.cond(
            PromisesState.takes_part,
            ui.button(
                t("Bring back"), "secondary", little=True, on_click=PromisesState.promise_acted(line.id, "restore", line.version, operation()),
                aria_label=t("Bring back: {title}", title=line.text),
            ),
        ),
        key=line.id,
        class_name="card small-card spread",
    )  # fmt: skip
