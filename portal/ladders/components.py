"""What one sees of ladders: the five levels on a goal's page, and the score over all of them."""

import reflex as rx

from portal import design as ui
from portal.design.shared_text import shared_text
from portal.design.words import operation, t
from portal.ladders.domain import LEVELS, WEIGHTS, Side
from portal.ladders.schemas import LEVEL_MOST, EntryView, LadderLine, LevelView, PieceView, signed
from portal.ladders.state import CourseLadderState, LadderState

_LEVELS = {
    2: t("much more than expected"),
    1: t("more than expected"),
    0: t("what we expect"),
    -1: t("less than expected"),
    -2: t("much less than expected"),
}
_WEIGHTS = {0: t("does not count"), 1: t("counts as usual"), 2: t("counts twice"), 3: t("counts three times")}


def ladder() -> rx.Component:
    """The part of a goal's page that holds its ladder."""
    shown = LadderState.ladder
    return rx.cond(
        shown.shown,
        ui.section(
            t("Ladder"),
            rx.cond(
                shown.id != "",
                rx.fragment(
                    ui.sheet(
                        ui.small(t("Five levels in your own words, so that both of you can tell where things stand. Begin in the middle, with what you expect.")),
                        rx.cond(shown.missing != "", ui.small(shown.missing, role="status"), _stands()),
                        rx.el.ol(rx.foreach(shown.levels, _level), reversed=True, class_name="rungs"),
                        _choices(),
                        class_name="stack gap-4",
                    ),
                    _history(),
                ),
                rx.el.div(
                    rx.el.p(t("How would you notice that this goes as expected, better, or less well? Five levels in your own words make it visible.")),
                    rx.cond(shown.may_write, ui.button(t("Write a ladder together"), "secondary", on_click=LadderState.ladder_begun(operation()))),
                    class_name="empty",
                ),
            ),
            class_name="ladder",
        ),
    )


def ladder_undo() -> rx.Component:
    """Ten seconds to take a choice back."""
    return rx.fragment(
        ui.undo_bar(shown=LadderState.undo_op, words=LadderState.undo_words, on_undo=lambda op: LadderState.undo_pressed(LadderState.undo_op, op)),
        rx.el.p(LadderState.told, role="status", class_name="sr-only"),
    )


def _stands() -> rx.Component:
    shown = LadderState.ladder
    return rx.el.div(
        rx.cond(shown.now != "", rx.el.p(shown.now, class_name="strong")),
        rx.cond(shown.now_detail != "", rx.el.p(shown.now_detail)),
        role="status",
    )


def _level(one: rx.Var[LevelView]) -> rx.Component:
    shown = LadderState.ladder
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.sign, class_name="rung-sign number"),
            rx.el.span(one.name, class_name="rung-name"),
            rx.cond(one.start, ui.chip(t("started here"))),
            rx.cond(one.client, ui.who_mark(Side.CLIENT.value, t("{name} says: here", name=shown.client))),
            rx.cond(one.therapist, ui.who_mark(Side.THERAPIST.value, t("{name} says: here", name=shown.therapist))),
            rx.cond(
                shown.may_write & shown.whole,
                ui.toggle_chip(
                    t("We are here"), pressed=one.mine, on_click=LadderState.level_chosen(one.id, one.version, operation()),
                    aria_label=t("We are here: {level}, {name}", level=one.sign, name=one.name), class_name="rung-here",
                ),
            ),
            class_name="rung-head",
        ),
        _words(one),
        key=one.id,
        class_name=ui.classes("rung", rx.cond(one.both, "now", "")),
    )  # fmt: skip


def _words(one: rx.Var[LevelView]) -> rx.Component:
    shown = LadderState.ladder
    return shared_text(
        t("{level}, {name}", level=one.sign, name=one.name), case=LadderState.case_id, kind="ladder.level", about=one.id, value=one.text,
        most=LEVEL_MOST, lines=1, many=False, label_shown=False, disabled=~shown.may_write,
    )  # fmt: skip


def _choices() -> rx.Component:
    shown = LadderState.ladder
    fixed = ~shown.may_write
    return rx.cond(
        shown.whole,
        rx.el.div(
            rx.el.div(
                rx.el.label(t("Where it started"), html_for="ladder-start"),
                rx.el.select(
                    rx.el.option(t("left open"), value=""),
                    *(rx.el.option(t("{level}, {name}", level=signed(level), name=_LEVELS[level]), value=str(level)) for level in LEVELS),
                    id="ladder-start",
                    value=shown.start,
                    disabled=fixed,
                    class_name="input",
                    on_change=lambda start: LadderState.start_chosen(start, shown.version, operation()),
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.el.label(t("In the score of all ladders"), html_for="ladder-weight"),
                rx.el.select(
                    *(rx.el.option(_WEIGHTS[weight], value=str(weight)) for weight in WEIGHTS),
                    id="ladder-weight",
                    value=shown.weight,
                    disabled=fixed,
                    class_name="input",
                    on_change=lambda weight: LadderState.weight_chosen(weight, shown.version, operation()),
                ),
                class_name="field",
            ),
            class_name="ladder-choices",
        ),
    )


def _history() -> rx.Component:
    shown = LadderState.ladder
    return rx.el.div(
        rx.el.div(
            ui.button(
                t("History of the ladder"), "quiet", icon_name="history", on_click=LadderState.history_opened,
                aria_expanded=rx.cond(LadderState.history_shown, "true", "false"),
            )
        ),
        rx.cond(LadderState.history_shown, rx.el.ol(rx.foreach(shown.history, _entry), class_name="sheet history")),
        class_name="stack gap-3",
    )  # fmt: skip


def _entry(entry: rx.Var[EntryView]) -> rx.Component:
    return rx.el.li(
        rx.el.p(ui.who(entry.words, entry.role), " ", rx.el.time(entry.when, title=entry.exact, class_name="least"), class_name="spread"),
        rx.cond(entry.pieces.length() > 0, rx.el.p(rx.foreach(entry.pieces, _piece), dir="auto", class_name="said difference")),
        rx.cond(
            entry.restorable,
            ui.button(t("Take the earlier text again"), "quiet", little=True, on_click=LadderState.words_taken(entry.id, operation())),
        ),
        key=entry.id,
    )


def _piece(piece: rx.Var[PieceView]) -> rx.Component:
    return rx.match(piece.kind, ("gone", rx.el.del_(piece.text)), ("new", rx.el.ins(piece.text)), rx.el.span(piece.text))


def ladders_score() -> rx.Component:
    """The score over all ladders, with what it is not."""
    shown = CourseLadderState.ladders
    return rx.cond(
        shown.lines.length() > 0,
        ui.section(
            t("The ladders"),
            rx.cond(
                shown.score != "",
                rx.el.div(
                    rx.el.p(rx.el.span(t("T-score"), class_name="strong"), " ", rx.el.span(shown.score, class_name="big number"), " ", shown.words, class_name="t-score"),
                    rx.cond(shown.start_score != "", rx.el.p(t("At the start it would have been {score}.", score=shown.start_score))),
                    ui.small(shown.caveat),
                    class_name="stack gap-2",
                ),
                ui.muted(t("Once both of you have said the same level for a goal, the score over all ladders stands here.")),
            ),
            rx.el.ul(rx.foreach(shown.lines, _line), class_name="rated-goals"),
        ),
    )


def _line(line: rx.Var[LadderLine]) -> rx.Component:
    return rx.el.li(
        ui.client_link(line.title, to=CourseLadderState.case_path + "/goals/" + line.id, dir="auto", class_name="said-title"),
        rx.el.p(
            rx.el.span(line.now),
            rx.cond(line.start != "", rx.el.span(line.start, class_name="muted")),
            rx.cond(line.weight != "", ui.chip(line.weight)),
            class_name="row gap-3",
        ),
        key=line.id,
        class_name="rated-goal",
    )
