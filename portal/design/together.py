"""Two people on the same page: going where the other went, how long it has lasted, and a printed sheet of it."""

from typing import Any

import reflex as rx

from portal.design.controls import Kind, Words, classes
from portal.design.icons import icon
from portal.design.parts import I18NEXT, REACT_I18NEXT

_TOGETHER = rx.asset("together.jsx", shared=True).importable_path


def _on_went(number: rx.Var[int], op: rx.Var[str]) -> tuple[rx.Var[int], rx.Var[str]]:
    return (number, op)


class _Together(rx.Component):
    library = _TOGETHER
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT]


class Follower(_Together):
    """Leads this tab to where the two are, and tells of its own person's steps; see `follower`."""

    tag = "Follower"

    session: rx.Var[str]
    number: rx.Var[int]
    href: rx.Var[str]
    place: rx.Var[str]
    led_by: rx.Var[str]
    goes_along: rx.Var[bool]
    heard: rx.Var[str]
    on_went: rx.EventHandler[_on_went]


class Elapsed(_Together):
    """See `elapsed`."""

    tag = "Elapsed"

    session: rx.Var[str]
    seconds: rx.Var[int]
    on_stay: rx.EventHandler[rx.event.no_args_event_spec]


class PrintButton(_Together):
    """See `print_button`."""

    tag = "PrintButton"


def follower(*, session: Any, number: Any, href: Any, place: Any, led_by: Any, goes_along: Any, heard: Any, on_went: Any) -> rx.Component:
    """Goes to `href` each time `number` grows, unless somebody is writing; nothing is shown but a line in that case.

    `on_went` is `lambda number, op: State.handler(number, op)`: this person took a step of their own, coming from the place of
    that number; `heard` must become `op` once the server has dealt with it. `place` names the place and `led_by` who led there.
    """
    return Follower.create(
        session=session, number=number, href=href, place=place, led_by=led_by, goes_along=goes_along, heard=heard, on_went=on_went
    )


def elapsed(*, session: Any, seconds: Any, on_stay: Any) -> rx.Component:
    """How long something has lasted, in whole minutes; `seconds` as of the page's opening. `on_stay` every two minutes, while it is looked at."""
    return Elapsed.create(session=session, seconds=seconds, on_stay=on_stay)


def print_button(text: Words, kind: Kind = "secondary", *, icon_name: str | None = None, **props: Any) -> rx.Component:
    """Print the page: what carries the class `printed` and nothing else, if there is such a part; else all of it."""
    props["class_name"] = classes("btn", kind, props.pop("class_name", ""))
    return PrintButton.create(*([icon(icon_name)] if icon_name else []), text, **props)
