"""What one sees of life areas: the chips to choose one by, and the place where the two name them."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal import design as ui
from portal.areas.schemas import NAME_MOST, AreaView
from portal.areas.state import AreaState
from portal.design.compose import composer
from portal.design.words import operation, t


def area_chips(chosen: rx.Var[str], fixed: Any, on_choose: Callable[[Any, Any], Any]) -> rx.Component:
    """All life areas that are offered, and the chosen one even if it is not; `on_choose` is `lambda area, op: …`, "" for none."""
    return rx.el.fieldset(
        rx.el.legend(t("Life area"), class_name="field-label"),
        rx.el.div(rx.foreach(AreaState.areas, lambda area: _chip(area, chosen, fixed, on_choose)), class_name="row gap-2"),
        class_name="field",
    )


def _chip(area: rx.Var[AreaView], chosen: rx.Var[str], fixed: Any, on_choose: Callable[[Any, Any], Any]) -> rx.Component:
    is_chosen = area.id == chosen
    return rx.cond(
        ~area.away | is_chosen,
        ui.toggle_chip(
            area.words, pressed=is_chosen, disabled=fixed, dir="auto", key=area.id,
            on_click=on_choose(rx.cond(is_chosen, "", area.id), operation()),
        ),
    )  # fmt: skip


def area_names(other: Any) -> rx.Component:
    """Where the two name the areas of their case; `other` is how the other is called."""
    return rx.cond(
        AreaState.may_write,
        rx.el.div(
            ui.button(
                t("Name the life areas"), "quiet", little=True, on_click=AreaState.naming_opened,
                aria_expanded=rx.cond(AreaState.naming, "true", "false"), class_name="name-areas",
            ),
            rx.cond(AreaState.naming, _names(other)),
            class_name="stack gap-3",
        ),
    )  # fmt: skip


def _names(other: Any) -> rx.Component:
    return rx.el.div(
        ui.small(t("These are names for all goals of you both. {name} sees a change at once.", name=other)),
        rx.el.ul(rx.foreach(AreaState.areas, lambda area: rx.cond(area.away, rx.fragment(), _name(area, other))), class_name="area-names"),
        composer(
            t("Add a life area"),
            name="new-area",
            most=NAME_MOST,
            choices=[("", t("Add the life area"), None)],
            calm=True,
            on_send=lambda text, more, choice, op: AreaState.area_written(text, op),
        ),
        rx.cond(
            AreaState.some_away,
            rx.el.div(
                ui.small(t("Put away: no longer offered, but kept where a goal has it.")),
                rx.el.div(rx.foreach(AreaState.areas, lambda area: rx.cond(area.away, _away(area))), class_name="row gap-2"),
                class_name="stack gap-2",
            ),
        ),
        class_name="well stack gap-3",
    )


def _name(area: rx.Var[AreaView], other: Any) -> rx.Component:
    return rx.el.li(
        ui.saved_field(
            rx.cond(area.usual != "", t("Name for: {area}", area=area.usual), t("Name of your own life area")),
            name="area-" + area.id,
            value=area.words,
            version=area.version,
            most=NAME_MOST,
            save_when="asked",
            other=other,
            on_save=lambda op, version, text: AreaState.area_typed(area.id, text, version, op),
        ),
        ui.icon_button("x", t("Put away: {area}", area=area.words), little=True, on_click=AreaState.area_put_away(area.id, operation())),
        key=area.id,
    )


def _away(area: rx.Var[AreaView]) -> rx.Component:
    return ui.button(
        area.words, "secondary", icon_name="plus", little=True, dir="auto", key=area.id,
        aria_label=t("Offer again: {area}", area=area.words), on_click=AreaState.area_offered(area.id, operation()),
    )  # fmt: skip


def area_undo() -> rx.Component:
    """Ten seconds to take a name back."""
    return rx.fragment(
        ui.undo_bar(shown=AreaState.undo_op, words=AreaState.undo_words, on_undo=lambda op: AreaState.undo_pressed(AreaState.undo_op, op)),
        rx.el.p(AreaState.told, role="status", class_name="sr-only"),
    )
