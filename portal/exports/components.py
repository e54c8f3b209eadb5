"""What one sees of exports: the menu, the copies that are being made, and the page that is printed."""

import reflex as rx

from portal import design as ui
from portal.design.words import operation, t
from portal.exports.domain import Format, Status
from portal.exports.schemas import ExportLine, PrintGroup, PrintItem, PrintPart
from portal.exports.state import PRINT, ExportState, PrintState


def export_menu() -> rx.Component:
    """What can be taken along from this page. Who only reads for supervision takes nothing along."""
    return rx.cond(
        ExportState.authorised & (ExportState.role != "supervisor"),
        ui.menu(
            t("Print or export"),
            items=[
                (PRINT, t("Print")),
                (Format.PDF.value, t("PDF file")),
                (Format.CSV.value, t("Table for a spreadsheet (CSV)")),
                (Format.JSON.value, t("Data for other programs (JSON)")),
            ],
            on_choose=lambda choice, op: ExportState.copy_chosen(choice, op),
            icon_name="take",
            class_name="no-print",
        ),
    )


def export_desk() -> rx.Component:
    """What was asked for here and is still known; nothing at all while there is none."""
    return rx.fragment(
        ui.looks_again(after=ExportState.look_again_in, turn=ExportState.looks, on_due=ExportState.looked_again),
        rx.el.p(ExportState.export_told, role="status", class_name="sr-only"),
        rx.cond(
            ExportState.exports.length() > 0,
            rx.el.section(
                rx.el.h2(t("Your copies")),
                ui.small(t("Only you can download them, and only in this browser while you are signed in.")),
                rx.el.ul(rx.foreach(ExportState.exports, export_line), class_name="exports"),
                class_name="sheet no-print",
            ),
        ),
    )


def export_line(line: rx.Var[ExportLine]) -> rx.Component:
    """One copy: how far it is, and what can be done about it."""
    under_way = (line.status == Status.QUEUED.value) | (line.status == Status.RUNNING.value)
    return rx.el.li(
        rx.el.div(
            rx.el.p(line.words, class_name="strong"),
            rx.el.p(
                line.note,
                rx.cond(line.status == Status.RUNNING.value, rx.el.span(" · ", line.percent, " %")),
                class_name="small",
            ),
            rx.cond(under_way, ui.progress(line.percent, 100, t("{what}: how far it is", what=line.words))),
        ),
        rx.el.div(
            rx.cond(
                line.href != "",
                ui.download_link(
                    t("Download"), line.href, little=True, aria_label=t("Download: {what}", what=line.words), on_click=ExportState.looked_again
                ),
            ),
            rx.cond(
                (line.status == Status.FAILED.value) | (line.status == Status.EXPIRED.value),
                ui.button(
                    t("Make it again"), "secondary", little=True, on_click=ExportState.copy_wanted_again(line.id, operation()),
                    aria_label=t("Make it again: {what}", what=line.words),
                ),
            ),
            ui.button(
                rx.cond(under_way, t("Cancel"), rx.cond(line.href != "", t("Delete"), t("Remove"))),
                "quiet", little=True, on_click=ExportState.copy_dropped(line.id, operation()),
                aria_label=rx.cond(under_way, t("Cancel: {what}", what=line.words), t("Delete: {what}", what=line.words)),
            ),
            class_name="buttons",
        ),
        key=line.id,
        class_name="spread",
    )  # fmt: skip


# --- the page that is printed


def print_sheet() -> rx.Component:
    """The goals as a list, with a foot that a browser repeats on every sheet of paper."""
    return rx.el.div(
        rx.el.div(rx.foreach(PrintState.groups, _group), class_name="paper-body"),
        rx.el.div(rx.el.p(PrintState.footer, class_name="small"), class_name="paper-foot", aria_hidden="true"),
        class_name="paper",
    )


def _group(group: rx.Var[PrintGroup]) -> rx.Component:
    return rx.el.div(rx.foreach(group.parts, _part), class_name="paper-group")


def _part(part: rx.Var[PrintPart]) -> rx.Component:
    return rx.match(
        part.kind,
        ("heading", _heading(part)),
        ("words", rx.el.div(rx.foreach(part.text, lambda line: rx.el.p(line, dir="auto")), class_name=ui.classes("paper-words", part.tone))),
        ("items", rx.el.ul(rx.foreach(part.lines, _item), class_name="paper-items")),
        ("facts", rx.el.dl(rx.foreach(part.rows, _fact), class_name="paper-facts")),
        ("table", _table(part)),
        rx.fragment(),
    )


def _heading(part: rx.Var[PrintPart]) -> rx.Component:
    text = part.text[0]
    return rx.match(
        part.level,
        (2, rx.el.h2(text, dir="auto")),
        (3, rx.el.h3(text, dir="auto", class_name="said-title")),
        rx.el.h4(text, dir="auto"),
    )


def _item(item: rx.Var[PrintItem]) -> rx.Component:
    return rx.el.li(
        rx.cond(item.done != "", rx.el.span(class_name=ui.classes("paper-box", item.done), aria_hidden="true")),
        rx.el.span(item.text, dir="auto", class_name="said"),
        rx.cond(item.note != "", rx.el.span(" ", item.note, class_name="small")),
    )


def _fact(pair: rx.Var[list[str]]) -> rx.Component:
    return rx.el.div(rx.el.dt(pair[0]), rx.el.dd(rx.el.bdi(pair[1])))


def _table(part: rx.Var[PrintPart]) -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.foreach(part.head, lambda cell: rx.el.th(cell, scope="col")))),
            rx.el.tbody(rx.foreach(part.rows, lambda row: rx.el.tr(rx.foreach(row, lambda cell: rx.el.td(cell, dir="auto"))))),
            class_name="table",
        ),
        class_name="table-scroll",
    )
