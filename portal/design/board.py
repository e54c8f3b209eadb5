"""A board of columns whose cards can be moved by hand, by keys and by a menu; the rooms draw columns and cards."""

from typing import Any

import reflex as rx

from portal.design.icons import icon
from portal.design.parts import I18NEXT, REACT_I18NEXT

_BOARD = rx.asset("board.jsx", shared=True).importable_path
for _part in ("board_menu.jsx", "board_sensors.jsx"):
    rx.asset(_part, shared=True)  # linked, because the board imports them



DND_KIT = "@dnd-kit/core@6.3.1"
_KEYS = "board-keys"  # what @dnd-kit tells the ear about keys stands under this id


def _on_move(
    card: rx.Var[str], column: rx.Var[str], after: rx.Var[str], before: rx.Var[str], version: rx.Var[int], op: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[int], rx.Var[str]]:
    return (card, column, after, before, version, op)


def _on_act(card: rx.Var[str], act: rx.Var[str], version: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[str], rx.Var[int]]:
    return (card, act, version)


class _OnBoard(rx.Component):
    library = _BOARD
    lib_dependencies: list[str] = [DND_KIT, I18NEXT, REACT_I18NEXT]


class Board(_OnBoard):
    """Hears hands and keys; see `board`."""

    tag = "Board"

    label: rx.Var[str]
    keys_id: rx.Var[str]
    on_move: rx.EventHandler[_on_move]
    on_act: rx.EventHandler[_on_act]


class BoardColumn(_OnBoard):
    """Where cards can be put down; see `board_column`."""

    tag = "BoardColumn"

    name: rx.Var[str]
    heading_id: rx.Var[str]
    count: rx.Var[int]


def board(*columns: Any, label: Any, on_move: Any, on_act: Any, menus: dict[str, list[rx.Component]]) -> rx.Component:
    """A board. Inside are `board_column`s with `board_card`s; `menus` has the entries of the handle's menu by kind of card.

    `on_move` is `lambda card, column, after, before, version, op: …` with the cards between which it was put down ("" where
    the column ends), `on_act` is `lambda card, act, version: …` for every entry whose act the board does not carry out
    itself ("to:<column>", "up", "down").
    """
    lists = [
        rx.el.div(*entries, role="menu", aria_label=label, class_name="menu", custom_attrs={"popover": "auto", "data-menu": kind})
        for kind, entries in menus.items()
    ]
    return Board.create(*columns, *lists, label=label, keys_id=_KEYS, on_move=on_move, on_act=on_act, class_name="board")


def board_column(name: str, heading: Any, count: Any, *cards: Any, foot: Any = None) -> rx.Component:
    """A column with its heading, the number of its cards, and what stands below them."""
    return BoardColumn.create(
        rx.el.div(rx.el.h2(heading, id=f"column-{name}"), rx.el.span(count, class_name="least number"), class_name="spread column-head"),
        rx.el.ul(*cards, class_name="cards", custom_attrs={"data-cards": ""}, aria_labelledby=f"column-{name}"),
        *([foot] if foot is not None else []),
        name=name,
        heading_id=f"column-{name}",
        count=count,
        class_name=f"board-column in-{name}",
    )


def board_card(*children: Any, card_id: Any, kind: Any, version: Any, focus: Any, movable: Any = True, **props: Any) -> rx.Component:
    """A card; `kind` names its menu, `focus` ("on" or "off") the entries of the menu that fit. One that cannot be moved has no handle."""
    still = {} if movable is True else {"data-still": rx.cond(movable, rx.Var("undefined"), "")}
    return rx.el.li(*children, key=card_id, custom_attrs={"data-card": card_id, "data-kind": kind, "data-version": version, "data-focus": focus, **still}, **props)


def handle(label: Any) -> rx.Component:
    """What a card is taken by: arrow keys move it, the space bar lifts it, a press opens its menu."""
    return rx.el.button(
        icon("grip"), type="button", class_name="btn icon little handle", aria_label=label, aria_haspopup="menu", aria_expanded="false",
        aria_describedby=_KEYS, custom_attrs={"data-handle": ""},
    )  # fmt: skip


def entry(words: Any, act: str, when: str = "") -> rx.Component:
    """An entry of a card's menu."""
    attributes = {"data-act": act} | ({"data-when": when} if when else {})
    return rx.el.button(words, type="button", role="menuitem", tab_index=-1, custom_attrs=attributes)
