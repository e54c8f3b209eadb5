"""Looking for cards: a line that answers while one types, with choices beside it, and an address that remembers both."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.design.parts import I18NEXT, REACT_I18NEXT

_FINDER = rx.asset("finder.jsx", shared=True).importable_path


@dataclass(frozen=True)
class Chooser:
    """One thing to choose by: its label, the words for "no matter which", the options (a var of Choices, or pairs) and the value."""

    name: str
    label: Any
    all: Any
    options: Any
    value: Any

    @property
    def given(self) -> dict[str, Any]:
        """As the page takes it."""
        options = self.options
        if not isinstance(options, rx.Var):
            options = [{"value": value, "words": words} for value, words in options]
        return {"name": self.name, "label": self.label, "all": self.all, "options": options, "value": self.value}


def _on_find(
    text: rx.Var[str], first: rx.Var[str], second: rx.Var[str], third: rx.Var[str], fourth: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (text, first, second, third, fourth)


class Finder(rx.Component):
    """See `finder`."""

    library = _FINDER
    tag = "Finder"
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT]

    label: rx.Var[str]
    text: rx.Var[str]
    most: rx.Var[int]
    choices: rx.Var[list[dict[str, Any]]]
    active: rx.Var[bool]
    told: rx.Var[str]
    kept: rx.Var[str]
    path: rx.Var[str]
    clear_label: rx.Var[str]
    more_label: rx.Var[str]
    on_find: rx.EventHandler[_on_find]
    on_address: rx.EventHandler[rx.event.no_args_event_spec]


def finder(
    label: Any, *, text: Any, most: int, choosers: list[Chooser], active: Any, told: Any, kept: Any, path: Any,
    clear_label: Any, more_label: Any, on_find: Any, on_address: Any,
) -> rx.Component:  # fmt: skip
    """A line to look for something, and four choosers beside it, which on a narrow page stand behind a button (`more_label`).

    `on_find` is `lambda text, first, second, third, fourth: State.handler(…)`, in the order of the choosers. `told` says what was
    found, `clear_label` takes everything back. `kept` is what the server wants the address of `path` to keep ("" or "#…"), and
    `on_address` is called when that part of the address is changed by somebody else.
    """
    return Finder.create(
        label=label, text=text, most=most, choices=[chooser.given for chooser in choosers], active=active, told=told, kept=kept,
        path=path, clear_label=clear_label, more_label=more_label, on_find=on_find, on_address=on_address,
    )  # fmt: skip
