"""What one sees of goals: the board with its cards, and the parts of a goal's own page."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from portal import design as ui
from portal.design.board import board, board_card, board_column, entry, handle
from portal.design.compose import composer, day, tick
from portal.design.finder import Chooser, finder
from portal.design.shared_text import shared_text
from portal.design.words import operation, t
from portal.goals.domain import Column, Due, GoalStatus
from portal.goals.schemas import (
    AREA_MOST,
    FIND_MOST,
    NOTES_MOST,
    STEP_MOST,
    TITLE_MOST,
    WHY_MOST,
    ArchivedGoal,
    ColumnView,
    GoalCard,
    HistoryEntry,
    PieceView,
    StepDetail,
    StepView,
    YesView,
)
from portal.goals.state import BoardState, GoalState

_COLUMNS = {
    Column.IDEAS: t("Ideas"),
    Column.AGREED: t("Agreed"),
    Column.WORKING: t("Working on"),
    Column.REACHED: t("Reached"),
    Column.LET_GO: t("Let go"),
}
_STATES = {
    GoalStatus.IDEA: t("Idea"),
    GoalStatus.PROPOSED: t("Proposed"),
    GoalStatus.AGREED: t("Agreed"),
    GoalStatus.WORKING: t("Working on"),
    GoalStatus.PAUSED: t("Paused"),
    GoalStatus.REACHED: t("Reached"),
    GoalStatus.LET_GO: t("Let go"),
}
_DUE = {
    Due.OVERDUE: t("Overdue"),
    Due.WEEK: t("Within a week"),
    Due.MONTH: t("Within a month"),
    Due.NONE: t("Without a day"),
}

# --- the board


def find_goals() -> rx.Component:
    """The line above the board that finds goals, and what is said when there is none."""
    found = BoardState.found
    return rx.cond(
        ~BoardState.empty | found.active,
        rx.fragment(
            finder(
                t("Find in the goals"),
                text=found.text,
                most=FIND_MOST,
                choosers=[
                    Chooser("area", t("Life area"), t("All life areas"), found.areas, found.area),
                    Chooser("status", t("Where it stands"), t("At any stage"), [(state.value, words) for state, words in _STATES.items()], found.status),
                    Chooser("owner", t("Whose open steps"), t("Anybody's steps"), found.owners, found.owner),
                    Chooser("due", t("Due"), t("Any day"), [(due.value, words) for due, words in _DUE.items()], found.due),
                ],
                active=found.active,
                told=found.words,
                kept=found.kept,
                path=BoardState.case_path + "/goals",
                clear_label=t("Show all goals"),
                more_label=t("Filter"),
                on_find=lambda text, area, status, owner, due: BoardState.filter_chosen(text, area, status, owner, due),
                on_address=BoardState.address_changed,
            ),
        ),
    )


def goal_board(*on_card: Callable[[Any], rx.Component]) -> rx.Component:
    """The five columns; `on_card` is what other rooms show on a card, made from the goal's id."""
    return rx.fragment(
        board(
            *(_column(column, on_card) for column in Column),
            label=t("Move to"),
            on_move=lambda card, column, after, before, version, op: BoardState.goal_moved(card, column, after, before, version, op),
            on_act=lambda card, act, version: BoardState.goal_acted(card, act, version, operation()),
            menus=_menus(),
        ),
        rx.el.p(BoardState.told, role="status", class_name="sr-only"),
    )


def board_skeleton() -> rx.Component:
    """The board before the server has said who asks."""
    return rx.el.div(*(rx.el.div(rx.el.div(class_name="bone"), class_name=f"board-column in-{column.value}") for column in Column), class_name="board", aria_hidden="true")


def _column(column: Column, on_card: Sequence[Callable[[Any], rx.Component]]) -> rx.Component:
    view: rx.Var[ColumnView] = getattr(BoardState, column.value)
    return board_column(
        column.value,
        _COLUMNS[column],
        view.count,
        rx.foreach(view.cards, lambda card: goal_card(card, on_card)),
        foot=rx.cond(
            view.more != "",
            ui.button(view.more, "quiet", little=True, on_click=BoardState.column_unfolded(column.value)),
        ),
    )


def _to(column: Column) -> rx.Component:
    return entry(_COLUMNS[column], f"to:{column.value}")


def _menus() -> dict[str, list[rx.Component]]:
    order = [entry(t("One higher"), "up"), entry(t("One lower"), "down")]
    focus = [entry(t("Put in focus"), "focus", "off"), entry(t("Take out of focus"), "unfocus", "on")]
    working, reached, let_go = _to(Column.WORKING), _to(Column.REACHED), _to(Column.LET_GO)
    agreed = _to(Column.AGREED)
    return {
        "idea": [entry(t("Propose it"), "propose"), *order, entry(t("Put in the archive"), "archive")],
        "mine": [entry(t("Take the proposal back"), "take_back"), *order],
        "theirs": [entry(t("Agreed: say yes"), "agree"), entry(t("Not now"), "not_now"), *order],
        "agreed": [working, reached, let_go, *focus, *order],
        "working": [agreed, reached, let_go, entry(t("Pause"), "pause"), *focus, *order],
        "paused": [agreed, reached, let_go, entry(t("Go on with it"), "resume"), *focus, *order],
        "reached": [working, agreed, let_go, *order, entry(t("Put in the archive"), "archive")],
        "let_go": [working, agreed, reached, *order, entry(t("Put in the archive"), "archive")],
    }


def goal_card(card: rx.Var[GoalCard], on_card: Sequence[Callable[[Any], rx.Component]] = ()) -> rx.Component:
    """A goal on the board; the whole card opens it."""
    return board_card(
        rx.el.div(
            rx.el.h3(ui.client_link(card.title, to=BoardState.case_path + "/goals/" + card.id + BoardState.found.kept, dir="auto"), class_name="said-title"),
            rx.cond(BoardState.may_write, handle(t("Move to: {title}", title=card.title))),
            class_name="goal-top",
        ),
        rx.cond(card.mark != "", _mark(card)),
        rx.cond(card.why != "", rx.el.p(card.why, dir="auto", class_name="goal-why")),
        rx.cond(card.steps.length() > 0, rx.el.ul(rx.foreach(card.steps, step_line), class_name="goal-steps")),
        rx.cond(card.more != "", ui.small(card.more)),
        rx.el.div(
            rx.cond(card.kind == "paused", ui.chip(t("Paused"))),
            rx.cond(card.focus, ui.chip(t("In focus"), "accent")),
            rx.cond(card.asks == "me", ui.chip(t("New wording: your yes is asked"), "notice")),
            rx.cond(card.asks == "other", ui.chip(t("New wording waits for {name}", name=BoardState.others))),
            rx.cond(card.area != "", ui.chip(card.area, dir="auto")),
            rx.cond(card.by != "", ui.chip(card.by, rx.cond(card.overdue, "notice", "plain-tone"))),
            rx.cond(card.chip != "", ui.chip(card.chip, rx.cond(card.due, "notice", rx.cond(card.kind == "reached", "accent", "plain-tone")))),
            class_name="goal-chips",
        ),
        *(more(card.id) for more in on_card),
        rx.cond((card.kind == "theirs") & BoardState.may_write, _answer(card)),
        card_id=card.id,
        kind=card.kind,
        version=card.version,
        focus=rx.cond(card.focus, "on", "off"),
        movable=BoardState.may_write,
        class_name=ui.classes("card small-card goal-card", rx.Var.create("kind-") + card.kind),
    )


def _mark(card: rx.Var[GoalCard]) -> rx.Component:
    return rx.el.p(rx.cond(card.kind != "idea", ui.who_mark(card.role)), rx.el.span(card.mark), class_name="goal-mark small")


def _answer(card: rx.Var[GoalCard]) -> rx.Component:
    return rx.el.div(
        ui.button(t("Yes, let's"), "primary", little=True, on_click=BoardState.goal_acted(card.id, "agree", card.version, operation())),
        ui.button(t("Not now"), "secondary", little=True, on_click=BoardState.goal_acted(card.id, "not_now", card.version, operation())),
        class_name="buttons",
    )


def step_line(step: rx.Var[StepView]) -> rx.Component:
    """A small step on a card, to be ticked there."""
    return rx.el.li(
        rx.el.label(
            tick(checked=step.done, disabled=~BoardState.may_write, on_tick=lambda done, op: BoardState.step_ticked(step.id, done, op)),
            rx.el.span(
                rx.el.span(step.text, dir="auto", class_name=rx.cond(step.done, "done-words", "")),
                " ",
                rx.cond(step.role != "both", ui.who_mark(step.role, step.owner)),
                rx.cond(step.due != "", rx.el.span(" ", rx.el.span(step.due, class_name=rx.cond(step.overdue, "due-words overdue", "due-words")))),
            ),
            class_name="tick",
        ),
        key=step.id,
    )


def new_goal() -> rx.Component:
    """The button that opens the place where a goal is written down."""
    return rx.cond(
        BoardState.may_write,
        composer(
            t("What would you like to be different?"),
            name="new-goal",
            most=TITLE_MOST,
            more_label=t("Why does it matter?"),
            more_hint=t("In your own words. You can leave this open."),
            more_most=WHY_MOST,
            choices=[
                ("keep", t("Keep as my idea"), t("Only you see it until you propose it.")),
                ("propose", t("Propose to {name}", name=BoardState.others), t("{name} sees it at once.", name=BoardState.others)),
            ],
            opener=t("Add a goal"),
            close_label=t("Close; it stays written"),
            on_send=lambda text, more, choice, op: BoardState.idea_written(text, more, choice, op),
        ),
    )


def archive_list() -> rx.Component:
    """What was put in the archive, folded away below the board."""
    return rx.cond(
        BoardState.archived_words != "",
        rx.el.div(
            ui.button(BoardState.archived_words, "quiet", icon_name="archive", on_click=BoardState.archive_opened, aria_expanded=rx.cond(BoardState.archive_shown, "true", "false")),
            rx.cond(BoardState.archive_shown, rx.el.ul(rx.foreach(BoardState.archive, _archived_line), class_name="stack gap-2 archive")),
        ),
    )


def _archived_line(line: rx.Var[ArchivedGoal]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            ui.client_link(line.title, to=BoardState.case_path + "/goals/" + line.id + BoardState.found.kept, dir="auto", class_name="said-title"),
            ui.small(line.words),
        ),
        rx.cond(
            BoardState.may_write,
            ui.button(
                t("Bring back"), "secondary", little=True, on_click=BoardState.goal_acted(line.id, "restore", line.version, operation()),
                aria_label=t("Bring back: {title}", title=line.title),
            ),
        ),
        key=line.id,
        class_name="card small-card spread",
    )  # fmt: skip


# --- one goal


def goal_lead() -> rx.Component:
    """Where the goal stands, since when, and how it is moved on."""
    goal = GoalState.goal_shown
    return rx.el.div(
        ui.chip(goal.status, rx.cond(goal.kind == "reached", "accent", "plain-tone")),
        rx.cond(goal.archived, ui.chip(t("In the archive"))),
        rx.cond(goal.focus, ui.chip(t("In focus"), "accent")),
        rx.el.span(goal.since, title=goal.since_exact, class_name="small"),
        class_name="row gap-2",
    )


def _act(words: Any, act: str, kind: Any = "secondary", **props: Any) -> rx.Component:
    return ui.button(words, kind, on_click=GoalState.goal_acted(act, GoalState.goal_shown.version, operation()), **props)


def question() -> rx.Component:
    """What waits for a yes, and whose it is."""
    goal = GoalState.goal_shown
    return rx.fragment(
        rx.cond(goal.may_write, rx.match(goal.kind, ("idea", _own_idea()), ("mine", _own_proposal()), ("theirs", _others_proposal()), rx.fragment())),
        rx.cond(goal.asks != "", _new_wording()),
    )


def _own_idea() -> rx.Component:
    goal = GoalState.goal_shown
    return ui.notice(
        rx.el.p(t("Only you see this until you propose it.")),
        rx.el.div(
            _act(t("Propose to {name}", name=goal.others), "propose", "primary"),
            _act(t("Put in the archive"), "archive", "quiet"),
            class_name="buttons",
        ),
        tone="plain",
        class_name="stack gap-3",
    )


def _own_proposal() -> rx.Component:
    return ui.notice(
        rx.el.p(GoalState.goal_shown.mark),
        rx.el.div(_act(t("Take the proposal back"), "take_back"), class_name="buttons"),
        tone="plain",
        class_name="stack gap-3",
    )


def _others_proposal() -> rx.Component:
    return ui.agreed_box(
        rx.el.p(t("{name} proposes this goal. It is a goal of you both once you say yes.", name=GoalState.goal_shown.others)),
        rx.el.div(_act(t("Yes, let's"), "agree", "primary"), _act(t("Not now"), "not_now"), class_name="buttons"),
    )


def _new_wording() -> rx.Component:
    goal = GoalState.goal_shown
    return rx.el.section(
        rx.el.h2(t("A new wording")),
        ui.small(t("It becomes your wording when both of you have said yes. Until then the agreed one holds, and ratings stay with the wording they were given for.")),
        rx.el.div(
            rx.el.div(
                rx.el.h3(t("Agreed wording"), class_name="field-label"),
                rx.el.p(goal.agreed_title, dir="auto", class_name="said-title"),
                rx.cond((goal.agreed_why != "") & (goal.why_pieces.length() > 0), rx.el.p(goal.agreed_why, dir="auto", class_name="said")),
                class_name="wording-one",
            ),
            rx.el.div(
                rx.el.h3(t("New wording"), class_name="field-label"),
                rx.cond(
                    goal.title_pieces.length() > 0,
                    _difference(goal.title_pieces, "said-title"),
                    rx.el.p(goal.title, dir="auto", class_name="said-title"),
                ),
                rx.cond(goal.why_pieces.length() > 0, _difference(goal.why_pieces, "said")),
                class_name="wording-one",
            ),
            class_name="wordings",
        ),
        rx.el.ul(rx.foreach(goal.yes, _yes_line), class_name="yeses"),
        rx.cond(
            goal.may_write,
            rx.el.div(
                rx.cond(goal.asks == "me", _act(t("Yes, that's our wording"), "agree_wording", "primary")),
                _act(t("Keep the agreed wording"), "keep_wording"),
                class_name="buttons",
            ),
        ),
        class_name="agreed wording-question",
    )


def _yes_line(yes: rx.Var[YesView]) -> rx.Component:
    return rx.el.li(ui.who_mark(yes.role), rx.el.span(yes.words), class_name=rx.cond(yes.said, "said-yes", "no-yes"), key=yes.role)


def _difference(pieces: Any, class_name: str) -> rx.Component:
    return rx.el.p(rx.foreach(pieces, _piece), dir="auto", class_name=f"{class_name} difference")


def _piece(piece: rx.Var[PieceView]) -> rx.Component:
    return rx.match(
        piece.kind,
        ("gone", rx.el.del_(piece.text)),
        ("new", rx.el.ins(piece.text)),
        rx.el.span(piece.text),
    )


def wording() -> rx.Component:
    """Title and reason, written together in place."""
    goal = GoalState.goal_shown
    agreed = (goal.kind != "idea") & (goal.kind != "mine") & (goal.kind != "theirs")
    return ui.sheet(
        shared_text(
            t("The goal"), case=GoalState.case_id, kind="goal.title", about=goal.id, value=goal.title, most=TITLE_MOST, lines=1, many=False,
            title=True, disabled=~goal.may_reword,
        ),
        shared_text(
            t("Why it matters"), case=GoalState.case_id, kind="goal.why", about=goal.id, value=goal.why, most=WHY_MOST, disabled=~goal.may_reword,
        ),
        rx.cond(
            goal.may_reword & agreed & (goal.asks == ""),
            ui.small(t("You have agreed on this. If one of you changes it, the new wording holds once both of you have said yes.")),
        ),
        rx.cond(goal.kind == "idea", ui.small(t("Nobody else sees what you write here."))),
        rx.cond((goal.kind == "mine") | (goal.kind == "theirs"), ui.small(t("{name} sees what you write here, as you write it.", name=goal.others))),
    )  # fmt: skip


def notes() -> rx.Component:
    """What the two want to keep in mind about the goal; it needs nobody's yes."""
    goal = GoalState.goal_shown
    return rx.cond(
        goal.may_note | (goal.notes != ""),
        ui.section(
            t("Notes"),
            ui.sheet(
                shared_text(
                    t("Notes on this goal"), case=GoalState.case_id, kind="goal.notes", about=goal.id, value=goal.notes, most=NOTES_MOST,
                    label_shown=False, disabled=~goal.may_note,
                ),
                rx.cond(
                    goal.kind == "idea",
                    ui.small(t("Nobody else sees what you write here.")),
                    ui.small(t("{name} sees what you write here, as you write it.", name=goal.others)),
                ),
            ),
        ),
    )  # fmt: skip


def small_steps() -> rx.Component:
    """Small steps with their owners, ticks and days."""
    goal = GoalState.goal_shown
    return ui.section(
        t("Small steps"),
        rx.cond(
            goal.all_steps > 0,
            rx.el.div(
                ui.progress(goal.done_steps, goal.all_steps, t("Small steps done")),
                rx.el.ul(rx.foreach(GoalState.steps, step_row), class_name="steps sheet"),
                class_name="stack gap-3",
            ),
            ui.muted(t("What would be a first step, small enough for this week?")),
        ),
        rx.cond(
            goal.may_write,
            composer(
                t("Add a small step"),
                name="new-step-" + goal.id,
                most=STEP_MOST,
                choices=[("", t("Add the step"), None)],
                calm=True,
                on_send=lambda text, more, choice, op: GoalState.step_written(text, choice, op),
            ),
        ),
    )


def step_row(step: rx.Var[StepDetail]) -> rx.Component:
    """One step on the goal's page."""
    fixed = ~GoalState.goal_shown.may_write
    return rx.el.li(
        tick(
            checked=step.done, disabled=fixed, class_name="step-tick", label=t("Done: {step}", step=step.text),
            on_tick=lambda done, op: GoalState.step_ticked(step.id, done, op),
        ),
        ui.saved_field(
            t("Small step"),
            name="goal-step-" + step.id,
            label_shown=False,
            value=step.text,
            version=step.text_version,
            most=STEP_MOST,
            plain=True,
            people=False,
            disabled=fixed,
            class_name=rx.cond(step.done, "step-words done", "step-words"),
            on_save=lambda op, version, text: GoalState.step_typed(step.id, text, version, op),
        ),
        rx.el.div(
            rx.el.span(ui.who_mark(step.role), class_name="step-mark"),
            rx.el.select(
                rx.foreach(GoalState.owners, lambda owner: rx.el.option(owner.words, value=owner.value)),
                value=step.owner_id,
                disabled=fixed,
                aria_label=t("Whose step: {step}", step=step.text),
                class_name="input slim",
                on_change=lambda owner: GoalState.step_handed(step.id, owner, step.version, operation()),
            ),
            day(
                t("Until when: {step}", step=step.text),
                name="goal-step-day-" + step.id,
                label_shown=False,
                value=step.due,
                version=step.version,
                other=GoalState.goal_shown.others,
                disabled=fixed,
                class_name=rx.cond(step.overdue, "slim overdue", "slim"),
                on_choose=lambda when, version, op: GoalState.step_dated(step.id, when, version, op),
            ),
            rx.cond(step.overdue, ui.chip(step.due_words, "notice"), rx.cond(step.due_words != "", ui.small(step.due_words))),
            rx.cond(
                GoalState.goal_shown.may_write,
                ui.icon_button("x", t("Take this step away: {step}", step=step.text), little=True, on_click=GoalState.step_removed(step.id, operation())),
            ),
            class_name="step-facts",
        ),
        key=step.id,
        class_name="step",
    )  # fmt: skip


def goal_reading(page: Any) -> rx.Component:
    """One goal to be read and nothing else, under an h1 that is its title."""
    goal = page.reading
    return ui.stack(
        rx.el.div(
            ui.chip(goal.status),
            rx.cond(goal.area != "", ui.chip(rx.el.bdi(goal.area))),
            class_name="row gap-2",
        ),
        rx.cond(goal.why != "", ui.section(t("Why it matters"), ui.said(goal.why))),
        rx.cond(
            goal.steps.length() > 0,
            ui.section(t("Small steps"), rx.el.ul(rx.foreach(goal.steps, _step_to_read), class_name="stack gap-4 bare")),
        ),
        rx.cond(goal.review != "", ui.muted(t("To be looked at again on {day}.", day=goal.review))),
        gap=5,
    )


def _step_to_read(step: rx.Var[StepDetail]) -> rx.Component:
    return rx.el.li(
        ui.stack(
            rx.el.p(step.text, dir="auto"),
            rx.el.p(
                rx.cond(step.role != "both", ui.who(step.owner, step.role), step.owner),
                rx.cond(step.done, rx.fragment(" · ", t("done")), rx.cond(step.due_words != "", rx.fragment(" · ", step.due_words))),
                class_name="small",
            ),
            gap=1,
        ),
        key=step.id,
    )


def days() -> rx.Component:
    """Until when the goal is meant to be reached, and when to look at it again."""
    goal = GoalState.goal_shown
    fixed = ~goal.may_write
    return ui.section(
        t("Until when, and looking again"),
        rx.el.div(
            rx.el.div(
                day(
                    t("Meant to be reached by"),
                    name="goal-due-" + goal.id,
                    value=goal.due,
                    version=goal.due_version,
                    other=goal.others,
                    disabled=fixed,
                    on_choose=lambda when, version, op: GoalState.due_chosen(when, version, op),
                    class_name="goal-day",
                ),
                _day_words(goal.overdue, goal.due_words, goal.due_words),
            ),
            rx.el.div(
                day(
                    t("Look again on"),
                    name="goal-review-" + goal.id,
                    value=goal.review,
                    version=goal.review_version,
                    other=goal.others,
                    disabled=fixed,
                    on_choose=lambda when, version, op: GoalState.review_chosen(when, version, op),
                    class_name="goal-day",
                ),
                _day_words(goal.review_due, t("time to look again"), goal.review_words),
            ),
            class_name="sheet goal-days",
        ),
    )


def _day_words(is_over: Any, notice: Any, words: Any) -> rx.Component:
    """A day in the words of the page's language: the browser's calendar speaks its own."""
    return rx.cond(is_over, ui.chip(notice, "notice"), rx.cond(words != "", ui.small(words)))


def part_of_life(chips: Callable[..., rx.Component], names: Callable[[Any], rx.Component]) -> rx.Component:
    """Which part of life it touches. `chips` chooses a life area, `names` is where the two name them."""
    goal = GoalState.goal_shown
    fixed = ~goal.may_write
    return ui.section(
        t("Part of life"),
        rx.el.div(
            chips(goal.area, fixed, lambda area, op: GoalState.area_chosen(area, goal.area_version, op)),
            ui.fold(
                t("Or in words for this goal alone"),
                ui.saved_field(
                    t("Or in words for this goal alone"),
                    name="goal-area-" + goal.id,
                    label_shown=False,
                    value=goal.own_area,
                    version=goal.area_version,
                    most=AREA_MOST,
                    disabled=fixed,
                    other=goal.others,
                    on_save=lambda op, version, text: GoalState.area_chosen(text, version, op),
                ),
                opened=goal.own_area != "",
            ),
            names(goal.others),
            class_name="sheet",
        ),
    )


def goal_on_paper() -> rx.Component:
    """What the browser prints of this page: the goal as it is agreed, without anything to be filled in."""
    goal = GoalState.goal_shown
    return rx.el.div(
        rx.cond(goal.agreed_why != "", rx.fragment(rx.el.h2(t("Why it matters")), rx.el.p(goal.agreed_why, dir="auto", class_name="said lines"))),
        rx.cond(goal.notes != "", rx.fragment(rx.el.h2(t("Notes on this goal")), rx.el.p(goal.notes, dir="auto", class_name="said lines"))),
        rx.cond(goal.all_steps > 0, rx.fragment(rx.el.h2(t("Small steps")), rx.el.ul(rx.foreach(GoalState.steps, _step_on_paper), class_name="paper-items"))),
        rx.cond(
            (goal.due_words != "") | (goal.review_words != ""),
            rx.el.p(
                rx.cond(goal.due_words != "", rx.fragment(rx.el.span(goal.due_words), " ")),
                rx.cond(goal.review_words != "", rx.el.span(t("Look again on"), ": ", goal.review_words)),
                class_name="small",
            ),
        ),
        aria_hidden="true",
        class_name="instead-on-paper",
    )


def _step_on_paper(step: rx.Var[StepDetail]) -> rx.Component:
    return rx.el.li(
        rx.el.span(class_name=ui.classes("paper-box", rx.cond(step.done, "yes", "no"))),
        rx.el.span(step.text, dir="auto", class_name="said"),
        rx.el.span(" ", step.owner, " ", step.due_words, class_name="small"),
    )


def moves() -> rx.Component:
    """What can become of the goal now."""
    goal = GoalState.goal_shown
    reach, let_go = _act(t("Reached"), "reach"), _act(t("Let go"), "let_go")
    back, take_up, archive = _act(t("Back to agreed"), "set_back", "quiet"), _act(t("Take it up again"), "take_up"), _act(t("Put in the archive"), "archive", "quiet")
    focus = rx.cond(
        goal.may_focus,
        rx.cond(goal.focus, _act(t("Take out of focus"), "unfocus", "quiet"), _act(t("Put in focus"), "focus", "quiet")),
    )
    return rx.cond(
        goal.archived,
        rx.el.div(_act(t("Bring back"), "restore"), class_name="buttons"),
        rx.cond(
            goal.may_write,
            rx.match(
                goal.kind,
                ("agreed", _moves(_act(t("Begin to work on it"), "start"), reach, let_go, focus)),
                ("working", _moves(reach, _act(t("Pause"), "pause"), let_go, back, focus)),
                ("paused", _moves(_act(t("Go on with it"), "resume"), reach, let_go, back, focus)),
                ("reached", _moves(take_up, let_go, back, archive)),
                ("let_go", _moves(take_up, reach, back, archive)),
                rx.fragment(),
            ),
        ),
    )


def _moves(*buttons: rx.Component) -> rx.Component:
    return rx.el.div(*buttons, role="group", aria_label=t("Move to"), class_name="buttons")


def goal_history() -> rx.Component:
    """Every change, with what was there before and after."""
    return rx.el.section(
        ui.button(t("History"), "quiet", icon_name="history", on_click=GoalState.history_opened, aria_expanded=rx.cond(GoalState.history_shown, "true", "false")),
        rx.cond(
            GoalState.history_shown,
            rx.el.div(
                rx.el.ol(rx.foreach(GoalState.history, history_entry), class_name="sheet history"),
                rx.cond(GoalState.older, ui.button(t("Further back"), "quiet", on_click=GoalState.older_asked)),
                class_name="stack gap-3",
            ),
        ),
        aria_label=t("History"),
    )


def history_entry(entry: rx.Var[HistoryEntry]) -> rx.Component:
    """One change."""
    return rx.el.li(
        rx.el.p(ui.who(entry.words, entry.role), " ", rx.el.time(entry.when, title=entry.exact, class_name="least"), class_name="spread"),
        rx.cond(
            entry.before != "",
            ui.small(t("from {before} to {after}", before=entry.before, after=entry.after)),
            rx.cond(entry.after != "", ui.small(entry.after)),
        ),
        rx.cond(entry.pieces.length() > 0, _difference(entry.pieces, "said")),
        rx.cond(entry.why_pieces.length() > 0, _difference(entry.why_pieces, "said")),
        rx.cond(
            entry.restorable,
            ui.button(t("Take the earlier text again"), "quiet", little=True, on_click=GoalState.earlier_taken(entry.id, operation())),
        ),
        key=entry.id,
    )
