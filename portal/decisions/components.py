"""What one sees of decisions: the list, and the page on which the two weigh one."""

from typing import Any

import reflex as rx

from portal import design as ui
from portal.decisions.domain import MOST_OPTIONS
from portal.decisions.schemas import LONG_MOST, OPTION_MOST, POINT_MOST, QUESTION_MOST, DecisionCard, OptionView, PointView
from portal.decisions.state import DecisionsState, DecisionState, GoalDecisionsState
from portal.design.compose import composer, day
from portal.design.history import history_list
from portal.design.shared_text import shared_text
from portal.design.words import operation, t

# --- the list


def new_decision() -> rx.Component:
    """The button that opens the place where a decision is opened."""
    return rx.cond(
        DecisionsState.takes_part,
        composer(
            t("What is to be decided?"),
            name="new-decision",
            most=QUESTION_MOST,
            choices=[("", t("Open it for both"), t("{name} sees it at once. Options and reasons come next.", name=DecisionsState.others))],
            opener=t("Open a decision"),
            close_label=t("Close; it stays written"),
            on_send=lambda text, more, choice, op: DecisionsState.decision_begun(text, more, choice, op),
        ),
    )


def decision_list() -> rx.Component:
    """What is being weighed, what was decided, and the archive."""
    return rx.fragment(
        rx.cond(
            (DecisionsState.weighed.length() == 0) & (DecisionsState.decided.length() == 0),
            ui.empty_state(t("Nothing is being weighed. What is to be decided can be opened here, for both of you to see and write in.")),
        ),
        rx.cond(
            DecisionsState.weighed.length() > 0,
            ui.section(t("Being weighed"), _cards(DecisionsState.weighed)),
        ),
        rx.cond(
            DecisionsState.decided.length() > 0,
            ui.section(t("Decided"), _cards(DecisionsState.decided)),
        ),
        rx.cond(
            DecisionsState.archived_words != "",
            rx.el.div(
                ui.button(
                    DecisionsState.archived_words, "quiet", icon_name="archive", on_click=DecisionsState.archive_opened,
                    aria_expanded=rx.cond(DecisionsState.archive_shown, "true", "false"),
                ),
                rx.cond(DecisionsState.archive_shown, rx.el.ul(rx.foreach(DecisionsState.archive, _archived_line), class_name="stack gap-2 archive")),
            ),
        ),
        ui.undo_bar(
            shown=DecisionsState.undo_op, words=DecisionsState.undo_words,
            on_undo=lambda op: DecisionsState.undo_pressed(DecisionsState.undo_op, op),
        ),
        rx.el.p(DecisionsState.told, role="status", class_name="sr-only"),
    )  # fmt: skip


def _cards(cards: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(cards, _card), class_name="decision-cards")


def _card(card: rx.Var[DecisionCard]) -> rx.Component:
    return rx.el.li(
        ui.card(
            rx.el.h3(
                ui.client_link(card.question, to=DecisionsState.case_path + "/decisions/" + card.id, dir="auto"), class_name="said-title"
            ),
            rx.cond(card.chosen != "", rx.el.p(ui.icon("check"), rx.el.bdi(card.chosen), class_name="decision-chosen said")),
            rx.el.div(
                rx.cond(card.status == "proposed", ui.chip(card.status_words, "notice")),
                ui.chip(card.facts),
                rx.cond(card.look != "", ui.chip(card.look, rx.cond(card.due, "notice", "plain-tone"))),
                rx.el.time(card.when, title=card.exact, class_name="least"),
                class_name="row gap-2",
            ),
            class_name="decision-card",
        ),
        key=card.id,
    )


def _archived_line(card: rx.Var[DecisionCard]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            ui.client_link(card.question, to=DecisionsState.case_path + "/decisions/" + card.id, dir="auto", class_name="said-title"),
            ui.small(card.status_words, rx.cond(card.chosen != "", rx.el.span(": ", rx.el.bdi(card.chosen)))),
        ),
        rx.cond(
            DecisionsState.takes_part,
            ui.button(
                t("Bring back"), "secondary", little=True, on_click=DecisionsState.decision_restored(card.id, card.version, operation()),
                aria_label=t("Bring back: {title}", title=card.question),
            ),
        ),
        key=card.id,
        class_name="card small-card spread",
    )  # fmt: skip


# --- one decision


def decision_lead() -> rx.Component:
    """Where it stands, since when, and which goal it is about."""
    shown = DecisionState.shown
    return rx.el.div(
        ui.chip(shown.status_words, rx.cond(shown.status == "decided", "accent", rx.cond(shown.status == "proposed", "notice", "plain-tone"))),
        rx.cond(shown.archived, ui.chip(t("In the archive"))),
        rx.cond(
            DecisionState.goal_title != "",
            ui.client_link(DecisionState.goal_title, to=DecisionState.case_path + "/goals/" + shown.goal_id, dir="auto", class_name="chip"),
        ),
        rx.el.time(shown.since, title=shown.since_exact, class_name="small"),
        class_name="row gap-2",
    )


def _act(words: Any, act: str, kind: Any = "secondary", **props: Any) -> rx.Component:
    return ui.button(words, kind, on_click=DecisionState.decision_acted(act, DecisionState.shown.version, operation()), **props)


def answer() -> rx.Component:
    """What was suggested, and whose yes it waits for; or what was decided."""
    shown = DecisionState.shown
    return rx.fragment(
        rx.match(
            shown.asks,
            (
                "me",
                ui.agreed_box(
                    rx.el.p(t("{name} suggests this. It is decided when you say yes.", name=shown.asked_by)),
                    rx.el.p(shown.chosen_text, dir="auto", class_name="said-title"),
                    rx.el.div(_act(t("Yes, that is my decision"), "agree", "primary"), _act(t("Not yet"), "not_yet"), class_name="buttons"),
                ),
            ),
            (
                "other",
                ui.notice(
                    rx.el.p(t("Suggested by {name}; it waits for the client's yes.", name=shown.asked_by)),
                    rx.el.p(shown.chosen_text, dir="auto", class_name="said-title"),
                    rx.cond(shown.may_take_back, rx.el.div(_act(t("Take the suggestion back"), "take_back"), class_name="buttons")),
                    tone="plain",
                    class_name="stack gap-3",
                ),
            ),
            rx.fragment(),
        ),
        rx.cond(
            shown.status == "decided",
            ui.agreed_box(
                rx.el.h2(t("Decided")),
                rx.el.p(ui.icon("check"), rx.el.bdi(shown.chosen_text), class_name="decision-chosen said-title"),
                rx.cond(shown.outcome != "", _words_with_author(shown.outcome, shown.outcome_role, shown.outcome_by)),
                rx.cond(
                    shown.look_due & shown.takes_part,
                    rx.el.div(
                        rx.el.p(t("The day to look at this again has come.")),
                        rx.el.div(_act(t("It stays"), "looked", "primary"), _act(t("Weigh it again"), "reopen"), class_name="buttons"),
                        class_name="stack gap-3",
                    ),
                ),
            ),
        ),
    )


def _words_with_author(text: Any, role: Any, by: Any) -> rx.Component:
    return rx.el.div(ui.said(text), rx.el.p(ui.who(by, role), class_name="small"), class_name="stack gap-1")


def question() -> rx.Component:
    """What is to be decided, and which goal it is about."""
    shown = DecisionState.shown
    return rx.cond(
        shown.takes_part & ~shown.archived,
        ui.fold(
            rx.cond(shown.may_write, t("Change the question, or tie it to a goal"), t("Tie it to a goal")),
            rx.cond(
                shown.may_write,
                ui.saved_field(
                    t("What is to be decided"),
                    name="decision-question-" + shown.id,
                    value=shown.question,
                    version=shown.question_version,
                    most=QUESTION_MOST,
                    title=True,
                    other=shown.others,
                    on_save=lambda op, version, text: DecisionState.question_typed(text, version, op),
                ),
            ),
            ui.select(
                t("About which goal"),
                name="decision-goal",
                options=DecisionState.goals,
                value=shown.goal_id,
                on_change=lambda goal: DecisionState.goal_chosen(goal, operation()),
                class_name="short-field",
            ),
            class_name="no-print decision-part",
        ),
    )


def options() -> rx.Component:
    """The options side by side, each with what speaks for and against it."""
    shown = DecisionState.shown
    return ui.section(
        t("Options, for and against"),
        rx.cond(
            shown.options.length() > 0,
            rx.el.ul(rx.foreach(shown.options, option_card), class_name="option-cards"),
            ui.muted(t("Which ways are there? Leaving things as they are can be one of them.")),
        ),
        rx.cond(
            shown.may_write,
            rx.cond(
                shown.may_add_option,
                rx.el.div(
                    composer(
                        t("One more option"),
                        name="new-option-" + shown.id,
                        most=OPTION_MOST,
                        choices=[("", t("Add the option"), None)],
                        opener=t("Add an option"),
                        close_label=t("Close; it stays written"),
                        calm=True,
                        on_send=lambda text, more, choice, op: DecisionState.option_written(text, more, choice, op),
                    ),
                ),
                ui.small(t("{n} options are as many as one can weigh.", n=MOST_OPTIONS)),
            ),
        ),
    )


def option_card(option: rx.Var[OptionView], number: Any) -> rx.Component:
    """One option."""
    shown = DecisionState.shown
    return rx.el.li(
        rx.el.div(
            ui.who(t("Option {n}, from {name}", n=number + 1, name=option.by), option.role),
            rx.cond(
                shown.may_write & ~option.chosen,
                ui.icon_button("x", t("Take this option away: {option}", option=option.text), little=True, on_click=DecisionState.option_removed(option.id, operation())),
            ),
            class_name="spread small",
        ),
        rx.cond(
            shown.may_write,
            ui.saved_field(
                t("Option {n}", n=number + 1),
                name="option-" + option.id,
                label_shown=False,
                value=option.text,
                version=option.version,
                most=OPTION_MOST,
                title=True,
                plain=True,
                other=shown.others,
                on_save=lambda op, version, text: DecisionState.option_typed(option.id, text, version, op),
            ),
            rx.el.h3(option.text, dir="auto", class_name="said-title"),
        ),
        rx.cond(
            option.chosen,
            rx.el.p(rx.el.span(ui.icon("check"), shown.status_words, class_name="chip accent with-icon")),
        ),
        _points(t("For"), "plus", option.speaks_for),
        _points(t("Against"), "minus", option.speaks_against),
        rx.cond(
            shown.may_write,
            composer(
                t("What speaks for or against it?"),
                name="new-point-" + option.id,
                most=POINT_MOST,
                choices=[("for", t("For"), None), ("against", t("Against"), None)],
                opener=t("Add for or against"),
                close_label=t("Close; it stays written"),
                calm=True,
                on_send=lambda text, more, choice, op: DecisionState.point_written(option.id, text, choice, op),
            ),
        ),
        rx.cond(
            shown.may_choose & ~option.chosen,
            ui.button(
                rx.cond(shown.i_decide, t("Decide on this"), t("Suggest this")), "secondary", wide=True,
                aria_label=rx.cond(shown.i_decide, t("Decide on this: {option}", option=option.text), t("Suggest this: {option}", option=option.text)),
                on_click=DecisionState.option_chosen(option.id, shown.version, operation()), class_name="choose",
            ),
        ),
        key=option.id,
        class_name=rx.cond(option.chosen, "card option-card chosen", "card option-card"),
    )  # fmt: skip


def _points(heading: Any, icon_name: str, points: Any) -> rx.Component:
    return rx.cond(
        points.length() > 0,
        rx.el.div(
            rx.el.p(ui.icon(icon_name), heading, class_name="label points-head"),
            rx.el.ul(rx.foreach(points, point_line), class_name="points"),
        ),
    )


def point_line(point: rx.Var[PointView]) -> rx.Component:
    """What speaks for or against, with whose words they are; one's own can be changed in place."""
    shown = DecisionState.shown
    return rx.el.li(
        ui.who_mark(point.role, point.by),
        rx.cond(
            point.mine & shown.may_write,
            rx.fragment(
                ui.saved_field(
                    t("My words"),
                    name="point-" + point.id,
                    label_shown=False,
                    value=point.text,
                    version=point.version,
                    most=POINT_MOST,
                    plain=True,
                    other=shown.others,
                    on_save=lambda op, version, text: DecisionState.point_typed(point.id, text, version, op),
                ),
                ui.icon_button("x", t("Take this away: {point}", point=point.text), little=True, on_click=DecisionState.point_removed(point.id, operation())),
            ),
            ui.said(point.text),
        ),
        key=point.id,
        class_name="point",
    )


def what_matters() -> rx.Component:
    """What matters most, and the decision in words."""
    shown = DecisionState.shown
    return rx.fragment(
        ui.section(
            t("What matters most"),
            rx.cond(
                shown.may_write,
                ui.sheet(
                    shared_text(
                        t("What matters most in this"), case=DecisionState.case_id, kind="decision.matters", about=shown.id,
                        value=shown.matters, most=LONG_MOST, label_shown=False, hint=t("What should hold, whichever way it goes?"),
                    ),
                    rx.cond(shown.matters_by != "", ui.small(t("Last written by"), " ", ui.who(shown.matters_by, shown.matters_role))),
                ),
                rx.cond(
                    shown.matters != "",
                    _words_with_author(shown.matters, shown.matters_role, shown.matters_by),
                    ui.muted(t("Nothing was written here.")),
                ),
            ),
            class_name="decision-part",
        ),
        rx.cond(
            shown.may_write,
            ui.section(
                t("The decision in your words"),
                ui.sheet(
                    shared_text(
                        t("How the two of you would put it"), case=DecisionState.case_id, kind="decision.outcome", about=shown.id,
                        value=shown.outcome, most=LONG_MOST, lines=2,
                        hint=t("You can leave this open; the option that is chosen is enough."),
                    ),
                    rx.cond(shown.outcome_by != "", ui.small(t("Last written by"), " ", ui.who(shown.outcome_by, shown.outcome_role))),
                ),
                class_name=rx.cond(shown.outcome == "", "decision-part no-print", "decision-part"),
            ),
        ),
    )


def looking_again() -> rx.Component:
    """When to look again, and what else can become of it."""
    shown = DecisionState.shown
    return ui.section(
        t("Looking again"),
        rx.cond(
            shown.takes_part & ~shown.archived,
            rx.el.div(
                day(
                    t("Look again on"),
                    name="decision-look-" + shown.id,
                    value=shown.look,
                    version=shown.look_version,
                    other=shown.others,
                    on_choose=lambda when, version, op: DecisionState.look_chosen(when, version, op),
                ),
                class_name="decision-day",
            ),
            rx.cond(shown.look_words != "", rx.el.p(shown.look_words), ui.muted(t("No day is set."))),
        ),
        rx.cond(
            shown.takes_part,
            rx.el.div(
                rx.cond((shown.status == "decided") & ~shown.archived & ~shown.look_due, _act(t("Weigh it again"), "reopen")),
                rx.cond(shown.may_archive, _act(t("Put in the archive"), "archive", "quiet")),
                rx.cond(shown.archived, _act(t("Bring back"), "restore")),
                class_name="buttons",
            ),
        ),
        class_name="decision-part",
    )


def decision_history() -> rx.Component:
    """Every change, with what was there before and after."""
    shown = DecisionState.shown
    return rx.el.section(
        ui.button(
            t("History"), "quiet", icon_name="history", on_click=DecisionState.history_opened,
            aria_expanded=rx.cond(DecisionState.history_shown, "true", "false"),
        ),
        rx.cond(
            DecisionState.history_shown,
            rx.el.div(
                history_list(shown.history, on_restore=lambda change: DecisionState.earlier_taken(change, operation())),
                rx.cond(shown.older, ui.button(t("Further back"), "quiet", on_click=DecisionState.older_asked)),
                class_name="stack gap-3",
            ),
        ),
        aria_label=t("History"),
        class_name="decision-part",
    )  # fmt: skip


def decision_undo() -> rx.Component:
    """The bar that takes the last change back, and what is said of it."""
    return rx.fragment(
        ui.undo_bar(
            shown=DecisionState.undo_op, words=DecisionState.undo_words,
            on_undo=lambda op: DecisionState.undo_pressed(DecisionState.undo_op, op),
        ),
        rx.el.p(DecisionState.told, role="status", class_name="sr-only"),
    )  # fmt: skip


# --- on the page of a goal


def decisions_of_goal() -> rx.Component:
    """What is decided about a goal, and the place to open something new."""
    about = GoalDecisionsState.about_goal
    return rx.cond(
        (about.length() > 0) | GoalDecisionsState.may_begin,
        ui.section(
            t("Decisions about this goal"),
            rx.cond(about.length() > 0, rx.el.ul(rx.foreach(about, _goal_line), class_name="stack gap-1")),
            rx.cond(
                GoalDecisionsState.may_begin,
                composer(
                    t("What is to be decided?"),
                    name="new-goal-decision",
                    most=QUESTION_MOST,
                    choices=[("", t("Open it for both"), None)],
                    opener=t("Open a decision"),
                    close_label=t("Close; it stays written"),
                    calm=True,
                    on_send=lambda text, more, choice, op: GoalDecisionsState.decision_begun(text, more, choice, op),
                ),
            ),
            ui.undo_bar(
                shown=GoalDecisionsState.undo_op, words=GoalDecisionsState.undo_words,
                on_undo=lambda op: GoalDecisionsState.undo_pressed(GoalDecisionsState.undo_op, op),
            ),
            rx.el.p(GoalDecisionsState.told, role="status", class_name="sr-only"),
        ),
    )  # fmt: skip


def _goal_line(card: rx.Var[DecisionCard]) -> rx.Component:
    return rx.el.li(
        ui.client_link(card.question, to=GoalDecisionsState.case_path + "/decisions/" + card.id, dir="auto", class_name="said"),
        " ",
        ui.chip(card.status_words),
        rx.cond(card.chosen != "", rx.el.span(" ", rx.el.bdi(card.chosen), class_name="small")),
        key=card.id,
    )
