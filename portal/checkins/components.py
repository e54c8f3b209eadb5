"""What one sees of check-ins: the sheet, the two marks of the gap view, the lists, the charts."""

from typing import Any

import reflex as rx

from portal.checkins.schemas import LONGEST_LINE, LONGEST_NOTE
from portal.checkins.state import (
    ChangeMark,
    ChartView,
    CheckInsState,
    CourseState,
    GapView,
    LinesView,
    NextView,
    NoteView,
    RowView,
    StatementView,
    TableRow,
    WordingView,
)
from portal.design import (
    button,
    classes,
    confirm_button,
    empty_state,
    fold,
    link_to,
    notice,
    operation,
    rating_keys,
    row,
    saved_field,
    section,
    sheet,
    small,
    stack,
    steps,
    t,
    text_area,
    who,
    who_mark,
)
from portal.design.chart import chart_field

Desk = Any
"""The state class of a check-in's page: a `CheckInDesk` put together with `CasePage` and `Here`."""


def not_a_test() -> rx.Component:
    """What this check-in is not."""
    return small(t("This is not a validated test and has no norms: only your own course counts."))


# --- the sheet


def answer_sheet(desk: Desk) -> rx.Component:
    """The six statements and the open line, to be answered."""
    return stack(
        steps(
            rx.foreach(desk.statements, lambda one: _statement(desk, one)),
            _end(desk),
            last=t("To finish"),
        ),
        not_a_test(),
        gap=5,
    )


def _statement(desk: Desk, one: rx.Var[StatementView]) -> rx.Component:
    return rx.el.div(
        rating_keys(
            one.text,
            name=one.key,
            value=rx.cond(one.value < 0, None, one.value),
            on_pick=lambda value, op: desk.rated(one.key, value, op),
            low=t("not at all"),
            high=t("completely"),
        ),
        rx.el.div(
            rx.cond(one.answered, small(t("Answered. It is not shown here; a new answer takes its place."), class_name="unshown")),
            rx.cond(
                one.skipped,
                rx.el.span(t("Skipped"), class_name="small"),
                rx.el.button(
                    t("Skip this one"),
                    rx.el.span(" ", one.name, class_name="sr-only"),
                    type="button",
                    class_name="as-link skip-one",
                    on_click=desk.rated(one.key, -1, operation()),
                    custom_attrs={"data-next": ""},
                ),
            ),
            class_name="statement-foot",
        ),
        class_name="statement",
        tab_index=-1,
        custom_attrs={"data-step": ""},
    )


def _end(desk: Desk) -> rx.Component:
    return stack(
        rx.el.div(
            saved_field(
                t("One thing to keep"),
                name="checkin-keep",
                value=desk.keep,
                version=desk.keep_version,
                on_save=lambda op, version, text: desk.line_typed("keep", text, version, op),
                most=LONGEST_LINE,
            ),
            saved_field(
                t("One thing to change"),
                name="checkin-change",
                value=desk.change,
                version=desk.change_version,
                on_save=lambda op, version, text: desk.line_typed("change", text, version, op),
                most=LONGEST_LINE,
            ),
            class_name="stack gap-4",
        ),
        small(t("Both are optional."), class_name="muted"),
        rx.el.p(
            who_mark(desk.other_side),
            " ",
            rx.cond(
                desk.other_done,
                t("{name} is done. As soon as you are done too, you both see both.", name=desk.other),
                t("{name} sees only that you are done, and nothing else until both are done.", name=desk.other),
            ),
        ),
        button(t("I am done"), wide=True, on_click=desk.handed_in(operation()), id="hand-in"),
        small(t("You can change it until both are done. It is open until {moment}.", moment=desk.ends)),
        gap=4,
        class_name="statement",
        tab_index=-1,
        custom_attrs={"data-step": ""},
    )


def handed_sheet(desk: Desk) -> rx.Component:
    """The check-in on a device that was handed over: one thing at a time, and nothing that was answered is shown again."""
    return stack(
        rx.el.p(
            who_mark("therapist"),
            " ",
            t("{name} sees only that you are done, and nothing else until both are done.", name=desk.other),
        ),
        steps(
            rx.foreach(desk.statements, lambda one: _statement(desk, one)),
            _handed_end(desk),
            last=t("To finish"),
            begin=desk.first_open,
        ),
        small(t("If you have begun this check-in on a device of your own: only what you answer here counts as handed in.")),
        not_a_test(),
        gap=5,
    )


def _handed_end(desk: Desk) -> rx.Component:
    return stack(
        _handed_line(desk, "keep", t("One thing to keep")),
        _handed_line(desk, "change", t("One thing to change")),
        small(t("Both are optional."), class_name="muted"),
        rx.cond(
            desk.other_done,
            rx.el.p(who_mark("therapist"), " ", t("{name} is done. As soon as you are done too, you both see both.", name=desk.other)),
        ),
        button(t("I am done"), wide=True, on_click=desk.handed_in(operation()), id="hand-in"),
        gap=4,
        class_name="statement",
        tab_index=-1,
        custom_attrs={"data-step": ""},
    )


def _handed_line(desk: Desk, line: str, label: Any) -> rx.Component:
    return saved_field(
        label,
        name=f"handed-{line}",
        value="",
        on_save=lambda op, version, text: desk.line_typed(line, text, op),
        most=LONGEST_LINE,
        hint=rx.cond(desk.written.contains(line), t("Written. It is not shown again once this page is left; a new text takes its place."), ""),
    )


def sealed_words(desk: Desk) -> rx.Component:
    """Who sees what, above the sheet."""
    return rx.el.p(
        who_mark(desk.other_side),
        " ",
        t("{name} answers the same from the other side. Neither sees the other’s until both are done.", name=desk.other),
        class_name="small",
    )


def waiting_sheet(desk: Desk) -> rx.Component:
    """Done, and waiting for the other."""
    return stack(
        sheet(
            rx.el.h2(t("Your side is done")),
            rx.el.p(
                who_mark(desk.other_side),
                " ",
                t("{name} is not done yet. As soon as both are done, this page opens for both of you.", name=desk.other),
            ),
            small(t("It is open until {moment}.", moment=desk.ends)),
            row(
                button(t("Change my answers"), "secondary", on_click=desk.taken_up_again(operation())),
                confirm_button(
                    t("Take my answers back"),
                    t("Take your answers back?"),
                    rx.el.p(t("They are deleted, and {name} sees “not yet” again. You can start anew as long as this check-in is open.", name=desk.other)),
                    yes=t("Yes, delete them"),
                    on_yes=desk.retracted(operation()),
                ),
            ),
            class_name="stack gap-4",
        ),
        own_answers(desk, t("What you answered")),
        not_a_test(),
        gap=5,
    )


def own_answers(desk: Desk, title: Any) -> rx.Component:
    """The reader's own answers, for their eyes only."""
    return rx.cond(
        desk.has_answers,
        fold(
            title,
            rx.el.dl(
                rx.foreach(
                    desk.statements,
                    lambda one: rx.fragment(
                        rx.el.dt(one.text),
                        rx.el.dd(rx.cond(one.value < 0, t("skipped"), one.value.to_string()), class_name="number"),
                    ),
                ),
                class_name="facts",
            ),
            rx.cond(desk.keep != "", _said_line(t("To keep"), desk.keep)),
            rx.cond(desk.change != "", _said_line(t("To change"), desk.change)),
        ),
    )


def _said_line(label: Any, text: Any) -> rx.Component:
    return rx.el.p(rx.el.span(label, class_name="small"), " ", rx.el.span(text, class_name="said", dir="auto"))


# --- both sides


def legend(desk: Desk) -> rx.Component:
    """Which mark is whose."""
    return rx.el.p(
        rx.cond(desk.opened != "", t("Opened at {moment}.", moment=desk.opened), ""),
        " ",
        who(desk.client, "client"),
        " ",
        who(desk.therapist, "therapist"),
        class_name="row gap-3",
    )


def banner(desk: Desk) -> rx.Component:
    """The one signal, with its rule one tap away; the same words for both."""
    return rx.cond(
        desk.banner != "",
        notice(
            rx.el.p(rx.el.strong(desk.banner), " ", desk.banner_words),
            fold(
                t("Which rule?"),
                rx.el.p(desk.rule),
                rx.el.ul(rx.foreach(desk.findings, lambda words: rx.el.li(words)), class_name="listed"),
                small(t("Both of you read this in the same words. The rule is a rule of thumb and has not been validated.")),
            ),
            class_name="signal",
        ),
    )


def ceiling(desk: Desk) -> rx.Component:
    """The question after three perfect check-ins."""
    return rx.cond(
        desk.ceiling,
        rx.el.p(t("Three times in a row everything at 10. Is there one thing that could be one notch better?"), class_name="said"),
    )


def gap_rows(desk: Desk) -> rx.Component:
    """The six statements with two marks each."""
    return rx.el.ul(rx.foreach(desk.gaps, _gap_row), class_name="gaps")


def _gap_row(one: rx.Var[GapView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.h2(one.name, class_name="gap-name"), rx.el.p(one.text, class_name="small"), class_name="gap-what"),
        rx.el.div(
            rx.el.div(
                rx.cond(
                    one.line_length != "",
                    rx.el.span(class_name="gap-between", style={"inset_inline_start": one.line_begin, "inline_size": one.line_length}),
                ),
                rx.cond(
                    one.client != "",
                    rx.el.span(class_name=classes("mark client", rx.cond(one.together, "beside", "")), style={"inset_inline_start": one.client}),
                ),
                rx.cond(
                    one.therapist != "",
                    rx.el.span(class_name=classes("mark therapist", rx.cond(one.together, "beside", "")), style={"inset_inline_start": one.therapist}),
                ),
                class_name="gap-track",
                aria_hidden="true",
            ),
            rx.el.p(
                rx.el.span(one.answers, class_name="number"),
                rx.cond(one.question != "", rx.fragment(" – ", rx.el.em(one.question, class_name="said"))),
                class_name="small gap-words",
            ),
        ),
        class_name="gap-row",
    )


def both_lines(desk: Desk) -> rx.Component:
    """What each wrote to keep and to change."""
    return rx.cond(
        desk.lines.length() > 0,
        section(t("In your own words"), rx.foreach(desk.lines, _lines_of)),
    )


def _lines_of(one: rx.Var[LinesView]) -> rx.Component:
    return rx.el.article(
        who(one.name, one.side),
        rx.cond(one.keep != "", _said_line(t("To keep"), one.keep)),
        rx.cond(one.change != "", _said_line(t("To change"), one.change)),
        class_name=classes("card", rx.Var.create("of-") + one.side),
    )


def after_reading(desk: Desk, case_path: Any, *more: rx.Component) -> rx.Component:
    """What comes next: talk, agree a change, look at the course, close."""
    talk = rx.match(
        desk.stage,
        ("revealed", button(t("We talked about it"), on_click=desk.talked_about(operation()))),
        ("talked_about", button(t("Close this check-in"), on_click=desk.close_chosen(operation()))),
        rx.fragment(),
    )
    return stack(
        row(
            rx.cond(desk.may_write, talk),
            *more,
            link_to(t("Show the course"), case_path + "/course", "secondary"),
            class_name="buttons",
        ),
        rx.cond(desk.talked != "", small(desk.talked)),
        rx.cond(desk.closed != "", small(desk.closed)),
        gap=3,
    )


def notes(desk: Desk) -> rx.Component:
    """Additions after the reveal."""
    return section(
        t("Notes"),
        rx.foreach(desk.notes, _note),
        rx.cond(
            desk.may_write,
            rx.el.form(
                text_area(t("Add a note"), name="note", most=LONGEST_NOTE, lines=2, required=True, hint=t("{name} can read it. It stays as it is.", name=desk.other)),
                row(button(t("Add it"), "secondary", type="submit")),
                on_submit=lambda data: desk.note_sent(data, operation()),
                key=desk.notes.length().to_string(),
                class_name="stack gap-3",
            ),
        ),
    )


def _note(one: rx.Var[NoteView]) -> rx.Component:
    return rx.el.article(
        rx.el.p(who(one.name, one.side), " ", rx.el.span(one.when, title=one.exact, class_name="small")),
        rx.el.p(one.text, class_name="said", dir="auto"),
        class_name=classes("card", rx.Var.create("of-") + one.side),
    )


def wordings(desk: Desk) -> rx.Component:
    """How each side was asked."""
    return fold(
        t("How each of you was asked"),
        rx.el.dl(rx.foreach(desk.wordings, _wording), class_name="wordings"),
        not_a_test(),
    )


def _wording(one: rx.Var[WordingView]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(one.name),
        rx.el.dd(who_mark("client"), " ", one.client),
        rx.el.dd(who_mark("therapist"), " ", one.therapist),
    )


# --- ended without both


def to_decide(desk: Desk) -> rx.Component:
    """The client's choice about answers that stayed alone."""
    return stack(
        sheet(
            rx.el.h2(t("{name} did not answer in time", name=desk.other)),
            rx.el.p(t("What you answered is still sealed. You decide what happens with it.")),
            _choices(desk, keep=True),
            class_name="stack gap-4",
        ),
        own_answers(desk, t("What you answered")),
        gap=5,
    )


def kept_private(desk: Desk) -> rx.Component:
    """Answers that only the client sees."""
    return stack(
        sheet(
            rx.el.h2(t("Only you can see this")),
            rx.el.p(t("You kept these answers to yourself. You can still share or delete them.")),
            _choices(desk, keep=False),
            class_name="stack gap-4",
        ),
        own_answers(desk, t("What you answered")),
        gap=5,
    )


def _choices(desk: Desk, *, keep: bool) -> rx.Component:
    share = confirm_button(
        t("Share mine anyway"),
        t("Share your answers?"),
        rx.el.p(t("{name} can read them from then on. This cannot be taken back.", name=desk.other)),
        yes=t("Yes, share them"),
        on_yes=desk.decided("share", operation()),
        kind="secondary",
    )
    discard = confirm_button(
        t("Delete them"),
        t("Delete your answers?"),
        rx.el.p(t("Nobody will ever read them.")),
        yes=t("Yes, delete them"),
        on_yes=desk.decided("discard", operation()),
    )
    own = [button(t("Keep them private"), "secondary", on_click=desk.decided("keep", operation()))] if keep else []
    return row(share, *own, discard, class_name="buttons")


def ended(desk: Desk) -> rx.Component:
    """A check-in that ended without both; no reason is asked."""
    return stack(
        sheet(
            rx.el.h2(t("This check-in ended without both of you")),
            rx.el.p(t("No reason is needed. What only one of you had answered was shown to nobody. The therapist’s answers are deleted.")),
            rx.cond(
                desk.has_answers,
                stack(
                    rx.el.p(t("What you had begun is still here, and only you can see it.")),
                    row(
                        confirm_button(
                            t("Delete it"),
                            t("Delete what you had begun?"),
                            yes=t("Yes, delete it"),
                            on_yes=desk.decided("discard", operation()),
                        )
                    ),
                    gap=2,
                ),
            ),
            class_name="stack gap-4",
        ),
        own_answers(desk, t("What you had begun")),
        gap=5,
    )


def shared_alone(desk: Desk) -> rx.Component:
    """The client's answers, shared although the therapist had none."""
    return stack(
        notice(t("{name} shared these answers after the time was over. There are none from the other side.", name=desk.client), tone="plain"),
        gap_rows(desk),
        rx.cond(desk.may_write & (desk.talked == ""), row(button(t("We talked about it"), on_click=desk.talked_about(operation())))),
        rx.cond(desk.talked != "", small(desk.talked)),
        both_lines(desk),
        notes(desk),
        gap=5,
    )


# --- lists


def next_card(one: rx.Var[NextView]) -> rx.Component:
    """The open check-in as a card: for the list and for home pages."""
    return sheet(
        rx.el.div(rx.el.h2(one.title), rx.cond(one.action != "", rx.el.span(t("1 minute"), class_name="chip")), class_name="spread"),
        rx.el.p(one.words),
        rx.cond(one.href != "", link_to(one.action, one.href, "primary")),
        rx.cond(one.ends != "", small(one.ends)),
        class_name="stack gap-3",
    )


def open_or_start() -> rx.Component:
    """The open check-in, or the way to begin one."""
    return rx.cond(
        CheckInsState.next_one.id != "",
        next_card(CheckInsState.next_one),
        rx.cond(
            CheckInsState.due != "",
            sheet(
                rx.el.h2(t("No check-in is open")),
                rx.el.p(CheckInsState.due),
                rx.cond(CheckInsState.may_start, row(button(t("Start a check-in"), on_click=CheckInsState.started(operation())))),
                class_name="stack gap-3",
            ),
        ),
    )


def waiting_lists() -> rx.Component:
    """What is to be decided or talked about, and what was."""
    nothing = (CheckInsState.past.length() == 0) & (CheckInsState.to_talk_about.length() == 0) & (CheckInsState.to_decide.length() == 0)
    return rx.fragment(
        _list(t("To talk about"), CheckInsState.to_talk_about),
        _list(t("Yours to decide"), CheckInsState.to_decide),
        _list(t("Before"), CheckInsState.past),
        rx.cond(
            nothing,
            empty_state(t("Here you will see how each of you saw your work together: six statements from either side, opened for both at the same moment.")),
        ),
    )


def _list(heading: Any, rows: Any) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        section(heading, rx.el.ul(rx.foreach(rows, _row), class_name="checkin-list")),
    )


def _row(one: rx.Var[RowView]) -> rx.Component:
    return rx.el.li(
        link_to(one.day, one.href),
        rx.cond(one.label != "", rx.el.span(one.label, class_name="chip")),
        rx.el.span(one.stands, class_name="small"),
    )


def cadence_choice() -> rx.Component:
    """How often a check-in opens by itself."""
    options = [
        ("weekly", t("every week")),
        ("fortnightly", t("every two weeks")),
        ("monthly", t("every four weeks")),
        ("paused", t("not by itself")),
    ]
    return rx.cond(
        CheckInsState.may_set,
        section(
            t("How often"),
            rx.el.div(
                rx.el.label(t("A check-in opens"), html_for="cadence"),
                rx.el.select(
                    *(rx.el.option(words, value=value) for value, words in options),
                    id="cadence",
                    class_name="input",
                    value=CheckInsState.cadence,
                    on_change=lambda value: CheckInsState.cadence_chosen(value, operation()),
                ),
                class_name="field",
            ),
            small(t("Either of you can change this. No reason is needed.")),
        ),
    )


# --- the course


def course_charts() -> rx.Component:
    """The mean first, then each statement; every chart has its numbers as a table."""
    return rx.cond(
        CourseState.count > 0,
        stack(
            rx.el.p(
                who(CourseState.client, "client"),
                who(CourseState.therapist, "therapist"),
                rx.cond(CourseState.has_limit, rx.el.span(rx.el.span(class_name="limit-mark", aria_hidden="true"), t("edge of the usual range"), class_name="who small")),
                rx.cond(CourseState.changes.length() > 0, rx.el.span(rx.el.span(class_name="change-mark", aria_hidden="true"), t("a change you agreed on"), class_name="who small")),
                class_name="row gap-4",
            ),
            rx.el.div(rx.foreach(CourseState.charts, _chart), class_name="charts"),
            rx.cond(
                CourseState.changes.length() > 0,
                section(t("Changes you agreed on"), rx.el.ul(rx.foreach(CourseState.changes, lambda one: rx.el.li(one.words)), class_name="listed")),
            ),
            not_a_test(),
            gap=5,
        ),
        empty_state(t("The course begins with your first check-in that both of you have answered.")),
    )


def _chart(one: rx.Var[ChartView]) -> rx.Component:
    return rx.el.figure(
        rx.el.figcaption(rx.el.h2(one.name)),
        chart_field(
            one.summary,
            [(one.limit_line, "limit"), (one.client_line, "client"), (one.therapist_line, "therapist")],
            one.marks,
            rx.foreach(CourseState.changes, _change),
        ),
        rx.el.div(rx.el.span(CourseState.first_day), rx.el.span(CourseState.last_day), class_name="chart-days small", dir="ltr", aria_hidden="true"),
        fold(
            rx.fragment(t("The numbers"), rx.el.span(one.name, class_name="sr-only")),
            rx.el.div(
                rx.el.table(
                    rx.el.caption(one.name),
                    rx.el.thead(
                        rx.el.tr(
                            rx.el.th(t("Check-in"), scope="col"),
                            rx.el.th(CourseState.client, scope="col"),
                            rx.el.th(CourseState.therapist, scope="col"),
                        )
                    ),
                    rx.el.tbody(rx.foreach(one.rows, _numbers)),
                    class_name="table",
                ),
                class_name="table-place",
            ),
        ),
        class_name="figure",
    )


def _change(one: rx.Var[ChangeMark]) -> rx.Component:
    return rx.el.span(class_name="chart-change", style={"inset_inline_start": one.x}, title=one.words)


def _numbers(one: rx.Var[TableRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(link_to(one.day, one.href), scope="row"),
        rx.el.td(one.client, class_name="number"),
        rx.el.td(one.therapist, class_name="number"),
    )
