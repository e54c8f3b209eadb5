"""Where something new is written and sent with a button, and a day that is sent when it is whole."""

from typing import Any

import reflex as rx

from portal.design.parts import I18NEXT, REACT_I18NEXT

_COMPOSE = rx.asset("compose.jsx", shared=True).importable_path


def _on_send(
    text: rx.Var[str], more: rx.Var[str], choice: rx.Var[str], op: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (text, more, choice, op)


def _on_choose(day: rx.Var[str], version: rx.Var[int], op: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[int], rx.Var[str]]:
    return (day, version, op)


class _Compose(rx.Component):
    library = _COMPOSE
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT]


class Composer(_Compose):
    """See `composer`."""

    tag = "Composer"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    most: rx.Var[int]
    more_label: rx.Var[str]
    more_hint: rx.Var[str]
    more_most: rx.Var[int]
    more_is_day: rx.Var[bool]
    choices: rx.Var[list[dict[str, str]]]
    close_label: rx.Var[str]
    calm: rx.Var[bool]
    on_send: rx.EventHandler[_on_send]


class ComposerToggle(Composer):
    """See `composer`."""

    tag = "ComposerToggle"

    open_label: rx.Var[str]


class Day(_Compose):
    """See `day`."""

    tag = "DayField"

    name: rx.Var[str]
    label: rx.Var[str]
    label_shown: rx.Var[bool]
    value: rx.Var[str]
    version: rx.Var[int]
    other: rx.Var[str]
    disabled: rx.Var[bool]
    on_choose: rx.EventHandler[_on_choose]


def _on_tick(done: rx.Var[bool], op: rx.Var[str]) -> tuple[rx.Var[bool], rx.Var[str]]:
    return (done, op)


class Tick(_Compose):
    """See `tick`."""

    tag = "Tick"

    checked: rx.Var[bool]
    disabled: rx.Var[bool]
    label: rx.Var[str]
    on_tick: rx.EventHandler[_on_tick]


def composer(
    label: Any, *, name: Any, most: int, choices: list[tuple[str, Any, Any]], on_send: Any,
    hint: Any = None, more_label: Any = None, more_hint: Any = None, more_most: int = 0, more_is_day: bool = False, opener: Any = None, close_label: Any = None, calm: bool = False,
) -> rx.Component:  # fmt: skip
    """Something new to write: a line, if wanted a longer text (or, with `more_is_day`, a day), and a button for each of `choices` (value, words, who will see it).

    `on_send` is `lambda text, more, choice, op: State.handler(…)`. What was typed stays until the server has confirmed it, also
    when the composer is closed. With `opener` it hides behind a button of that name;
    `calm` where the view has another primary action.
    """
    given = {"hint": hint, "more_label": more_label, "more_hint": more_hint, "close_label": close_label, "open_label": opener}
    return (ComposerToggle if opener is not None else Composer).create(
        name=name, label=label, most=most, more_most=more_most, more_is_day=more_is_day, calm=calm, on_send=on_send,
        choices=[{"value": value, "words": words} | ({"hint": who} if who is not None else {}) for value, words, who in choices],
        **{key: item for key, item in given.items() if item is not None},
    )  # fmt: skip


def day(
    label: Any, *, name: Any, value: Any, version: Any, other: Any, on_choose: Any, label_shown: bool = True, disabled: Any = False, **props: Any
) -> rx.Component:  # fmt: skip
    """A day that saves itself; `on_choose` is `lambda day, version, op: State.handler(…)`, with "" for none.

    `version` is the row's; the service raises ChangedMeanwhile with the other day, then both are shown and the person chooses.
    """
    return Day.create(
        name=name, label=label, label_shown=label_shown, value=value, version=version, other=other, disabled=disabled, on_choose=on_choose, **props
    )


def tick(*, checked: Any, on_tick: Any, disabled: Any = False, **props: Any) -> rx.Component:
    """A box to tick that answers at once; `on_tick` is `lambda done, op: State.handler(…)`. Takes `label` where no words stand beside it."""
    return Tick.create(checked=checked, on_tick=on_tick, disabled=disabled, **props)
