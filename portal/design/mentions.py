"""A note in which people can be named, and the place where notes count as read."""

from typing import Any

import reflex as rx

from portal.design.compose import Composer
from portal.design.parts import I18NEXT, REACT_I18NEXT

_MENTIONS = rx.asset("mentions.jsx", shared=True).importable_path
# The box sends as the composer does, so that file has to be there too.
_NEEDS = Composer.library


def _on_send(text: rx.Var[str], op: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (text, op)


class _Mentions(rx.Component):
    library = _MENTIONS
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT]


class NoteBox(_Mentions):
    """See `note_box`."""

    tag = "NoteBox"

    name: rx.Var[str]
    label: rx.Var[str]
    value: rx.Var[str]
    most: rx.Var[int]
    people: rx.Var[list[Any]]
    readers: rx.Var[str]
    send_words: rx.Var[str]
    back_words: rx.Var[str]
    primary: rx.Var[bool]
    take_focus: rx.Var[bool]
    on_send: rx.EventHandler[_on_send]
    on_back: rx.EventHandler[rx.event.no_args_event_spec]


class NoteToggle(NoteBox):
    """See `note_box`."""

    tag = "NoteToggle"

    open_words: rx.Var[str]


class BeforeEyes(_Mentions):
    """See `before_eyes`."""

    tag = "BeforeEyes"

    about: rx.Var[str]
    mark: rx.Var[str]
    on_seen: rx.EventHandler[rx.event.no_args_event_spec]


def note_box(label: Any, *, name: Any, most: int, people: Any, send: Any, on_send: Any, opener: Any = None, **props: Any) -> rx.Component:
    """Something to write in which people can be named after an "@". What was typed stays until the server has confirmed it.

    `people` is a var of values with `called`, `name`, `role` and `role_words`; `on_send` is `lambda text, op: State.handler(…)`. With `opener` it
    hides behind a button of that name. Takes `value` (a note to be changed), `readers` (who will read it), `back_words`, `on_back`.
    """
    given = {"open_words": opener} if opener is not None else {}
    return (NoteToggle if opener is not None else NoteBox).create(
        name=name, label=label, most=most, people=people, send_words=send, on_send=on_send, **given, **props
    )


def before_eyes(*children: Any, about: Any, mark: Any, on_seen: Any, **props: Any) -> rx.Component:
    """A place that calls `on_seen` when it stood before somebody's eyes for a moment: once for each `mark`, never for an empty one."""
    return BeforeEyes.create(*children, about=about, mark=mark, on_seen=on_seen, **props)
