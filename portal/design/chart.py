"""The field of a chart: both sides by shape and colour over a scale from 0 to 10."""

from typing import Any

import reflex as rx

from portal.design.controls import classes


def chart_field(summary: Any, lines: list[tuple[Any, str]], marks: Any, *more: rx.Component) -> rx.Component:
    """Lines (SVG path over 100 by 100, whose) and marks (side, x, y, words, together) with the scale beside them; `summary` says it to who does not see it.

    Time runs from left to right in every language. `more` lies between the lines and the marks.
    """
    return rx.el.div(
        rx.el.div(rx.el.span("10"), rx.el.span("5"), rx.el.span("0"), class_name="chart-scale number", aria_hidden="true"),
        plain_field(summary, lines, marks, *more),
        class_name="chart",
        dir="ltr",
    )


def plain_field(summary: Any, lines: list[tuple[Any, str]], marks: Any, *more: rx.Component, class_name: str = "chart-field") -> rx.Component:
    """The same without a scale."""
    return rx.el.div(
        rx.el.svg(
            *(rx.el.path(d=path, class_name=f"line {whose}") for path, whose in lines),
            view_box="0 0 100 100",
            custom_attrs={"preserveAspectRatio": "none"},
            aria_hidden="true",
        ),
        *more,
        rx.foreach(marks, _mark),
        class_name=class_name,
        role="img",
        aria_label=summary,
        dir="ltr",
    )


def _mark(one: Any) -> rx.Component:
    return rx.el.span(
        class_name=classes("mark", one.side, rx.cond(one.together, "beside", "")),
        style={"inset_inline_start": one.x, "inset_block_end": one.y},
        title=one.words,
    )
