"""What one sees of sharing and listening: drafts, threads with their rounds, the therapist's three boxes, the client's yes."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx

from portal.design import (
    button,
    card,
    checkbox,
    chip,
    confirm_button,
    fold,
    icon,
    link_to,
    notice,
    operation,
    quote,
    row,
    said,
    saved_field,
    small,
    spread,
    stack,
    t,
    toggle_chip,
    typed,
    who_mark,
)
from portal.design.seen import Choice
from portal.feedback.schemas import LONGEST, DraftCard, MonthFold, ReplyCard, RoundCard, ThreadCard

Desk = Any
"""The state class of the page: a `FeedbackDesk` put together with `CasePage` and `Here`."""

Between = Callable[[rx.Var[ThreadCard]], rx.Component]
"""What a page puts under a thread, and the button that begins it."""


def share_button(desk: Desk, kind: Literal["primary", "secondary"] = "primary") -> rx.Component:
    """Begin something to share."""
    return button(t("Share something"), kind, icon_name="plus", on_click=desk.share_begun(operation()))


def refused(at: Any, place: Any, words: Any) -> rx.Component:
    """Why something was not done, at the card where it happened."""
    return rx.el.div(rx.cond(at == place, notice(words)), role="alert")


# Drafts


def draft_card(desk: Desk, draft: rx.Var[DraftCard], goals: rx.Var[list[Choice]], checkins: rx.Var[list[Choice]]) -> rx.Component:
    """A share that only its author knows of: its words, what it is, what it is about, and the ways on from here."""
    field = f"share-{draft.id}"
    return card(
        spread(
            rx.el.h3(rx.cond(draft.held, t("Held until the session"), t("A draft")), class_name="label"),
            chip(rx.fragment(icon("lock", "tiny"), t("only you"))),
        ),
        _kind_chips(desk, draft),
        saved_field(
            t("In your words"), id=field, name=field, value=draft.text, version=draft.text_version, lines=4, most=LONGEST,
            take_focus=desk.begun == draft.id,
            on_save=lambda op, version, text: desk.share_written(draft.id, text, version, op),
        ),
        _ties(desk, draft, goals, checkins),
        checkbox(
            t("I am not ready to talk about it yet"),
            checked=draft.not_ready,
            on_change=lambda chosen: desk.pace_planned(draft.id, chosen, operation()),
        ),
        refused(desk.refused_at, draft.id, desk.refused_words),
        rx.el.div(
            row(
                button(t("Share now"), on_click=desk.share_sent(draft.id, typed(field), draft.text_version, operation())),
                small(icon("eye", "tiny"), desk.readers, class_name="readers"),
            ),
            row(
                rx.cond(
                    draft.held,
                    button(t("Back to draft"), "secondary", on_click=desk.share_taken_back(draft.id, operation())),
                    button(
                        t("Hold until the session"), "secondary",
                        on_click=desk.share_held(draft.id, typed(field), draft.text_version, operation()),
                    ),
                ),
                confirm_button(
                    t("Delete"), t("Delete this?"), rx.el.p(t("Nobody else has seen it. Its words will be gone for good.")),
                    yes=t("Yes, delete it"), on_yes=desk.share_discarded(draft.id, operation()),
                ),
            ),
            class_name="stack gap-3",
        ),
        private=True,
        id=draft.id,
        key=draft.id,
    )  # fmt: skip


def _kind_chips(desk: Desk, draft: rx.Var[DraftCard]) -> rx.Component:
    return rx.el.div(
        rx.el.span(t("What is it?"), class_name="field-label", id=f"kind-{draft.id}"),
        rx.el.div(
            rx.foreach(
                desk.kinds,
                lambda kind: toggle_chip(
                    kind.words,
                    pressed=draft.kind == kind.value,
                    on_click=desk.kind_chosen(draft.id, kind.value, operation()),
                    key=kind.value,
                ),
            ),
            class_name="row gap-2", role="group", aria_labelledby=f"kind-{draft.id}",
        ),
        class_name="field",
    )  # fmt: skip


def _ties(desk: Desk, draft: rx.Var[DraftCard], goals: rx.Var[list[Choice]], checkins: rx.Var[list[Choice]]) -> rx.Component:
    chosen = (draft.goal_id != "") | (draft.checkin_id != "")
    return rx.cond(
        (goals.length() > 0) | (checkins.length() > 0),
        fold(
            t("Is it about a goal or a check-in?"),
            stack(
                rx.cond(goals.length() > 0, _tie(t("Goal"), f"goal-of-{draft.id}", goals, draft.goal_id, lambda value: desk.goal_tied(draft.id, value, operation()))),
                rx.cond(checkins.length() > 0, _tie(t("Check-in"), f"checkin-of-{draft.id}", checkins, draft.checkin_id, lambda value: desk.checkin_tied(draft.id, value, operation()))),
                gap=3,
            ),
            opened=chosen,
        ),
    )


def _tie(label: Any, field: Any, choices: rx.Var[list[Choice]], value: Any, on_change: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=field),
        rx.el.select(
            rx.el.option(t("none"), value=""),
            rx.foreach(choices, lambda choice: rx.el.option(choice.words, value=choice.value)),
            id=field, value=value, on_change=on_change, class_name="input",
        ),
        class_name="field",
    )  # fmt: skip


# Threads


def thread(desk: Desk, one: rx.Var[ThreadCard], *, under: Between, propose: Between) -> rx.Component:
    """A share with everything that was said to it. `under` comes below, `propose` among the buttons at its end."""
    return rx.el.article(
        _share(desk, one),
        rx.foreach(one.rounds, lambda each: _round(desk, one, each)),
        rx.cond(one.suggestion != "", notice(one.suggestion)),
        rx.cond(one.may_reflect, _composer(desk, one)),
        rx.foreach(one.replies, _reply),
        rx.cond(
            one.may_advise,
            _reply_box(desk, one, t("An idea of your own"), t("Now that it is understood, you can add one, if it helps."), t("Send the idea")),
        ),
        rx.cond(
            one.may_respond,
            _reply_box(desk, one, t("Say something in return"), t("Only if you like. Nobody waits for it."), t("Send")),
        ),
        under(one),
        refused(desk.refused_at, one.id, desk.refused_words),
        rx.cond(one.stands != "", small(one.stands, class_name="stands")),
        rx.cond(one.may_propose, row(propose(one))),
        class_name="thread",
        id=one.id,
        key=one.id,
    )


def _share(desk: Desk, one: rx.Var[ThreadCard]) -> rx.Component:
    return card(
        rx.el.header(
            rx.el.h2(who_mark(one.owner), rx.el.span(one.head), class_name="head"),
            rx.el.time(one.when, title=one.exact, class_name="small"),
            rx.cond(one.audience != "", chip(one.audience)),
            class_name="card-head",
        ),
        rx.cond(one.withdrawn != "", small(one.withdrawn), quote(one.text)),
        rx.cond((one.goal != "") | (one.checkin != ""), _tied_to(desk, one)),
        rx.cond(one.pace != "", small(icon("clock", "tiny"), one.pace, class_name="pace")),
        rx.cond(one.may_withdraw | one.may_pace, _own_ways(desk, one)),
        owner=one.owner,
    )


def _tied_to(desk: Desk, one: rx.Var[ThreadCard]) -> rx.Component:
    return row(
        rx.cond(one.goal != "", link_to(rx.el.span(one.goal, dir="auto"), desk.case_path + "/goals/" + one.goal_id, icon_name="flag", class_name="tied")),
        rx.cond(one.checkin != "", link_to(one.checkin, desk.case_path + "/check-ins/" + one.checkin_id, icon_name="rings", class_name="tied")),
        gap=4,
    )


def _own_ways(desk: Desk, one: rx.Var[ThreadCard]) -> rx.Component:
    return row(
        rx.cond(
            one.may_pace,
            rx.cond(
                one.not_ready,
                button(t("I am ready to talk about it now"), "secondary", little=True, on_click=desk.pace_changed(one.id, False, operation())),
                button(t("Not ready to talk about it yet"), "quiet", little=True, on_click=desk.pace_changed(one.id, True, operation())),
            ),
        ),
        rx.cond(
            one.may_withdraw,
            confirm_button(
                t("Withdraw"), t("Withdraw this?"),
                rx.el.p(t("Its words will be gone for both of you, for good. That something was withdrawn stays to be seen.")),
                yes=t("Yes, withdraw it"), on_yes=desk.share_withdrawn(one.id, operation()), little=True,
            ),
        ),
        gap=1, class_name="own-ways",
    )  # fmt: skip


def _round(desk: Desk, one: rx.Var[ThreadCard], each: rx.Var[RoundCard]) -> rx.Component:
    return rx.fragment(
        card(
            rx.el.header(
                rx.el.h3(who_mark("therapist"), rx.el.span(each.head), class_name="head"),
                rx.el.span(each.when, class_name="small"),
                class_name="card-head",
            ),
            rx.el.dl(
                _box(t("What I heard"), each.heard), _box(t("What I imagine you felt"), each.felt), _box(t("Why it makes sense"), each.sense),
                class_name="boxes",
            ),
            rx.cond(each.asks, _asks(desk, one, each)),
            owner="therapist",
        ),
        rx.cond(each.answer != "", _answer(one, each)),
        key=each.id,
    )  # fmt: skip


def _box(label: Any, text: Any) -> rx.Component:
    return rx.cond(text != "", rx.el.div(rx.el.dt(label), rx.el.dd(text, dir="auto", class_name="said")))


def _answer(one: rx.Var[ThreadCard], each: rx.Var[RoundCard]) -> rx.Component:
    return card(
        rx.el.header(
            rx.el.h3(who_mark("client"), each.answer_head, class_name="head answer"),
            rx.el.span(rx.cond(each.answer == "yes", one.confirmed, each.answer_when), class_name="small"),
            class_name="card-head",
        ),
        rx.cond(each.missed != "", quote(each.missed)),
        owner="client",
    )


def _asks(desk: Desk, one: rx.Var[ThreadCard], each: rx.Var[RoundCard]) -> rx.Component:
    field = f"missed-{each.id}"
    return rx.cond(
        (desk.answering == each.id) | (each.missed_draft != ""),
        rx.el.div(
            saved_field(
                t("What was missed?"), id=field, name=field, value=each.missed_draft, version=each.missed_version, lines=2, most=LONGEST,
                hint=t("You can leave this empty."), take_focus=desk.answering == each.id,
                on_save=lambda op, version, text: desk.missed_written(each.id, text, version, op),
            ),
            row(
                button(t("Send “not quite”"), on_click=desk.heard_not_quite(one.id, each.id, typed(field), operation())),
                button(t("Yes, that’s it"), "secondary", on_click=desk.heard_right(one.id, each.id, operation())),
                rx.cond(each.missed_draft == "", button(t("Back"), "quiet", on_click=desk.not_quite_closed())),
            ),
            small(icon("eye", "tiny"), desk.readers, class_name="readers"),
            class_name="stack gap-3 asks-box",
        ),
        row(
            button(t("Yes, that’s it"), on_click=desk.heard_right(one.id, each.id, operation())),
            button(t("Not quite"), "secondary", on_click=desk.not_quite_opened(each.id)),
            class_name="asks-box",
        ),
    )  # fmt: skip


def _composer(desk: Desk, one: rx.Var[ThreadCard]) -> rx.Component:
    heard, felt, sense = (f"{box}-{one.id}" for box in ("heard", "felt", "sense"))
    return card(
        rx.el.header(
            rx.el.h3(who_mark("therapist"), t("Your answer"), class_name="head"),
            chip(one.round_words),
            chip(rx.fragment(icon("lock", "tiny"), t("only you, until you send it"))),
            class_name="card-head",
        ),
        _own_box(desk, one, "heard", heard, t("What I heard"), t("In your words, without advice."), one.heard, one.heard_version),
        _own_box(desk, one, "felt", felt, t("What I imagine you felt"), None, one.felt, one.felt_version),
        _own_box(desk, one, "sense", sense, t("Why it makes sense"), None, one.sense, one.sense_version),
        row(
            button(
                t("Send what I heard"),
                on_click=desk.answer_sent(one.id, one.round, typed(heard), typed(felt), typed(sense), operation()),
            ),
            small(icon("eye", "tiny"), desk.readers, class_name="readers"),
        ),
        small(t("An idea of your own can follow after “yes, that’s it”.")),
        private=True,
        class_name="composer",
    )


def _own_box(desk: Desk, one: rx.Var[ThreadCard], box: str, field: Any, label: Any, hint: Any, value: Any, version: Any) -> rx.Component:
    return saved_field(
        label, id=field, name=field, value=value, version=version, lines=2, most=LONGEST, hint=hint,
        on_save=lambda op, seen, text: desk.box_written(one.id, box, text, seen, op),
    )  # fmt: skip


def _reply(each: rx.Var[ReplyCard]) -> rx.Component:
    return card(
        rx.el.header(
            rx.el.h3(who_mark(each.owner), rx.el.span(each.head), class_name="head"),
            rx.el.span(each.when, class_name="small"),
            class_name="card-head",
        ),
        said(each.text),
        owner=each.owner,
        key=each.id,
    )


def _reply_box(desk: Desk, one: rx.Var[ThreadCard], label: Any, hint: Any, send: Any) -> rx.Component:
    field = f"reply-{one.id}"
    return card(
        saved_field(
            label, id=field, name=field, value=one.reply_draft, version=one.reply_version, lines=2, most=LONGEST, hint=hint,
            on_save=lambda op, seen, text: desk.reply_written(one.id, text, seen, op),
        ),
        row(
            button(send, "secondary", on_click=desk.reply_sent(one.id, typed(field), operation())),
            small(icon("eye", "tiny"), desk.readers, class_name="readers"),
        ),
        private=True,
    )  # fmt: skip


def month(desk: Desk, one: rx.Var[MonthFold], *, under: Between, propose: Between) -> rx.Component:
    """The threads of a month, sent when the fold is opened."""
    return rx.el.div(
        rx.el.button(
            one.words, type="button", class_name="fold-button", aria_expanded=rx.cond(one.open, "true", "false"),
            on_click=desk.month_opened(one.key),
        ),
        rx.cond(one.open, stack(rx.foreach(one.threads, lambda each: thread(desk, each, under=under, propose=propose)), gap=6)),
        key=one.key,
    )  # fmt: skip
