"""A board of columns whose cards can be moved by hand, by keys and by a menu; the rooms draw columns and cards."""

from typing import Any

import reflex as rx

from portal.design.icons import icon
from portal.design.parts import I18NEXT, REACT_I18NEXT

_BOARD = rx.asset("board.jsx", shared=True).importable_path


def _on_move(
    card: rx.Var[str], column: rx.Var[str], after: rx.Var[str], version: rx.Var[int]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[int]]:
    return (card, column, after, version)


def _on_act(card: rx.Var[str], act: rx.Var[str], version: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[str], rx.Var[int]]:
    return (card, act, version)


class Board(rx.Component):
    """Hears hands and keys; see `board`."""

    library = _BOARD
    tag = "Board"
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT]

    label: rx.Var[str]
    on_move: rx.EventHandler[_on_move]
    on_act: rx.EventHandler[_on_act]


def board(*columns: Any, label: Any, on_move: Any, on_act: Any, menus: dict[str, list[rx.Component]]) -> rx.Component:
    """A board. Inside are `board_column`s with `board_card`s; `menus` has the entries of the handle's menu by kind of card.

    `on_move` is `lambda card, column, after, version: …` ("" for the first place), `on_act` is
    `lambda card, act, version: …` for every entry whose act the board does not carry out itself ("to:<column>", "up", "down").
    """
    lists = [
        rx.el.div(*entries, role="menu", aria_label=label, class_name="menu", custom_attrs={"popover": "auto", "data-menu": kind})
        for kind, entries in menus.items()
    ]
    return Board.create(*columns, *lists, label=label, on_move=on_move, on_act=on_act, class_name="board")


def board_column(name: str, heading: Any, count: Any, *cards: Any, foot: Any = None) -> rx.Component:
    """A column with its heading, the number of its cards, and what stands below them."""
    return rx.el.section(
        rx.el.div(rx.el.h2(heading, id=f"column-{name}"), rx.el.span(count, class_name="least number"), class_name="spread column-head"),
        rx.el.ul(*cards, class_name="cards", custom_attrs={"data-cards": ""}, aria_labelledby=f"column-{name}"),
        *([foot] if foot is not None else []),
        class_name=f"board-column in-{name}",
        aria_labelledby=f"column-{name}",
        custom_attrs={"data-column": name},
    )


def board_card(*children: Any, card_id: Any, kind: Any, version: Any, focus: Any, movable: Any = True, **props: Any) -> rx.Component:
    """A card; `kind` names its menu, `focus` ("on" or "off") the entries of the menu that fit. One that cannot be moved has no handle."""
    still = {} if movable is True else {"data-still": rx.cond(movable, rx.Var("undefined"), "")}
    return rx.el.li(*children, key=card_id, custom_attrs={"data-card": card_id, "data-kind": kind, "data-version": version, "data-focus": focus, **still}, **props)


def handle(label: Any, described_by: str) -> rx.Component:
    """What a card is taken by: arrow keys move it, a press opens its menu."""
    return rx.el.button(
        icon("grip"), type="button", class_name="btn icon little handle", aria_label=label, aria_haspopup="menu", aria_expanded="false",
        aria_describedby=described_by, custom_attrs={"data-handle": ""},
    )  # fmt: skip


def entry(words: Any, act: str, when: str = "") -> rx.Component:
    """An entry of a card's menu."""
    attributes = {"data-act": act} | ({"data-when": when} if when else {})
    return rx.el.button(words, type="button", role="menuitem", tab_index=-1, custom_attrs=attributes)
