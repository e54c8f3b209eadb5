"""What one sees of comments: the threads under what they are about, and their number on a card."""

from typing import Any

import reflex as rx

from portal.comments.schemas import LONGEST, CommentView, PieceView, ThreadView
from portal.comments.state import BoardComments
from portal.design import (
    button,
    card,
    chip,
    confirm_button,
    fold,
    icon,
    operation,
    row,
    section,
    small,
    t,
    undo_bar,
    watched_line,
    who,
)
from portal.design.mentions import before_eyes, note_box

Desk = Any
"""The state class of the page's comments: a `CommentsDesk` put together with `CasePart` and `Here`."""


def comments_section(desk: Desk) -> rx.Component:
    """The comments on the one thing that a page is about."""
    return rx.foreach(
        desk.threads,
        lambda one: section(
            t("Comments"),
            _thread(desk, one, opener=None),
            note=rx.cond(one.count != "", rx.el.span(one.count, class_name="small")),
            id="comments",
            key=one.about_id,
        ),
    )


def comments_under(desk: Desk, about_id: Any) -> rx.Component:
    """The comments on one of several things that a page shows."""
    # Its own name: one of these loops runs inside the other, and an equal name would hide the thing that is looked for.
    return rx.foreach(
        desk.threads,
        lambda talk: rx.cond(
            talk.about_id == about_id,
            rx.el.div(
                rx.cond(talk.comments.length() > 0, rx.el.h3(t("Comments"), class_name="field-label")),
                _thread(desk, talk, opener=t("Comment on this")),
                key=talk.about_id,
                class_name="stack gap-2 comments-under",
            ),
        ),
    )


def comments_undo(desk: Desk) -> rx.Component:
    """Ten seconds to take back what was done with a comment."""
    return rx.fragment(
        undo_bar(shown=desk.undo_op, words=desk.undo_words, on_undo=lambda op: desk.undo_pressed(desk.undo_op, op)),
        rx.el.p(desk.told, role="status", class_name="sr-only"),
    )


def comment_count(goal_id: Any) -> rx.Component:
    """How many comments a goal has, on its card."""
    one = BoardComments.counts[goal_id]
    return rx.cond(
        BoardComments.counts.contains(goal_id),
        rx.el.p(
            icon("talk", "tiny"),
            rx.el.span(one.number, aria_hidden="true", class_name="number"),
            rx.el.span(one.words, class_name="sr-only"),
            rx.cond(one.fresh, rx.el.span(t("new"), aria_hidden="true", class_name="fresh")),
            title=one.words,
            class_name="comment-count",
        ),
    )


def _thread(desk: Desk, one: rx.Var[ThreadView], *, opener: Any) -> rx.Component:
    return rx.fragment(
        before_eyes(
            rx.cond(
                one.earlier != "",
                button(one.earlier, "quiet", little=True, on_click=desk.earlier_asked(one.about_id)),
            ),
            rx.cond(
                one.comments.length() > 0,
                rx.el.ol(rx.foreach(one.comments, lambda each: _comment(desk, one, each)), class_name="comments"),
                rx.cond(~one.may_write, small(t("Nothing was commented here."))),
            ),
            about=one.about_id,
            # New again with each that comes: the newest one's id, as long as anything is unread.
            mark=rx.cond(one.fresh > 0, one.comments[-1].id + one.fresh.to_string(), ""),
            on_seen=desk.comments_read(one.about_id),
            class_name="stack gap-3",
        ),
        rx.cond(
            one.may_write,
            rx.el.div(
                note_box(
                    t("Write a comment"),
                    name="comment-" + one.about_id,
                    most=LONGEST,
                    people=one.people,
                    readers=one.readers,
                    send=t("Send the comment"),
                    on_send=lambda text, op: desk.comment_sent(one.kind, one.about_id, text, op),
                    **({"opener": opener, "back_words": t("Close; it stays written")} if opener is not None else {}),
                ),
                watched_line(),
                class_name="stack gap-2 comment-new",
            ),
        ),
    )


def _comment(desk: Desk, thread: rx.Var[ThreadView], one: rx.Var[CommentView]) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.header(
                who(one.author, one.role),
                rx.el.time(one.when, title=one.exact, class_name="small"),
                rx.cond(one.changed != "", small(one.changed)),
                rx.cond(one.fresh, chip(t("new"), "notice")),
                class_name="row gap-2 comment-head",
            ),
            rx.cond(
                one.withdrawn != "",
                rx.cond(
                    one.mine,
                    fold(rx.el.span(one.withdrawn, class_name="small"), _words(one)),
                    small(one.withdrawn),
                ),
                rx.cond(
                    (desk.changing == one.id) & one.may_change,
                    note_box(
                        t("Your comment"),
                        name="comment-change-" + one.id,
                        value=one.source,
                        most=LONGEST,
                        people=thread.people,
                        send=t("Keep the change"),
                        back_words=t("Leave it as it was"),
                        take_focus=True,
                        on_send=lambda text, op: desk.comment_changed(one.id, text, one.version, op),
                        on_back=desk.change_closed(),
                    ),
                    _words(one),
                ),
            ),
            rx.cond(one.may_change & (desk.changing != one.id), _own_ways(desk, one)),
            owner=one.role,
            small=True,
        ),
        key=one.id,
        id=one.id,
    )


def _words(one: rx.Var[CommentView]) -> rx.Component:
    return rx.el.p(rx.foreach(one.pieces, _piece), dir="auto", class_name="said comment-words")


def _piece(piece: rx.Var[PieceView]) -> rx.Component:
    return rx.match(
        piece.kind,
        ("text", rx.el.span(piece.text)),
        ("me", rx.el.mark(rx.el.bdi(piece.text), class_name="mention me")),
        rx.el.span(rx.el.bdi(piece.text), class_name="mention"),
    )


def _own_ways(desk: Desk, one: rx.Var[CommentView]) -> rx.Component:
    return row(
        button(t("Change"), "quiet", little=True, on_click=desk.change_opened(one.id)),
        confirm_button(
            t("Withdraw"), t("Withdraw this comment?"), rx.el.p(one.leaves),
            yes=t("Yes, withdraw it"), on_yes=desk.comment_withdrawn(one.id, operation()), little=True,
        ),
        gap=1,
        class_name="own-ways",
    )  # fmt: skip
