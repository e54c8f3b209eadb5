"""How every history looks: who did what and when, what was there before and after, and the way back to earlier words."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal.design.controls import button, small, who
from portal.design.words import t


def difference(pieces: Any, class_name: str = "said") -> rx.Component:
    """A text with what went and what came, word by word; a piece has `kind` (same, gone, new) and `text`."""
    return rx.el.p(rx.foreach(pieces, _piece), dir="auto", class_name=f"{class_name} difference")


def _piece(piece: Any) -> rx.Component:
    return rx.match(
        piece.kind,
        ("gone", rx.el.del_(piece.text)),
        ("new", rx.el.ins(piece.text)),
        rx.el.span(piece.text),
    )


def history_list(entries: Any, *, on_restore: Callable[[Any], Any]) -> rx.Component:
    """Changes, newest first. An entry has `id`, `words`, `role`, `when`, `exact`, `pieces`, `before`, `after` and `restorable`;
    `on_restore` takes the id of an entry whose earlier text is wanted again."""
    return rx.el.ol(rx.foreach(entries, lambda entry: _entry(entry, on_restore)), class_name="sheet history")


def _entry(entry: Any, on_restore: Callable[[Any], Any]) -> rx.Component:
    return rx.el.li(
        rx.el.p(who(entry.words, entry.role), " ", rx.el.time(entry.when, title=entry.exact, class_name="least"), class_name="spread"),
        rx.cond(
            entry.before != "",
            small(t("from {before} to {after}", before=entry.before, after=entry.after)),
            rx.cond(entry.after != "", small(entry.after)),
        ),
        rx.cond(entry.pieces.length() > 0, difference(entry.pieces)),
        rx.cond(
            entry.restorable,
            button(t("Take the earlier text again"), "quiet", little=True, on_click=on_restore(entry.id)),
        ),
        key=entry.id,
    )
