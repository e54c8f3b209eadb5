"""What one sees of agreed changes: the words in force, the words on offer, the review, and the form for proposing."""

from typing import Any

import reflex as rx

from portal.adjustments.schemas import LONGEST, AdjustmentCard, TermsCard
from portal.design import (
    agreed_box,
    button,
    card,
    chip,
    fold,
    link_to,
    notice,
    operation,
    row,
    said,
    small,
    spread,
    stack,
    t,
    typed,
    who_mark,
)

Desk = Any
"""The state class of the page: a `ChangesDesk` put together with `CasePage` and `Here`."""


def propose_button(desk: Desk, place: Any, words: Any = None) -> rx.Component:
    """Open the form at a place; nothing while it stands open there."""
    return rx.cond(
        desk.may_propose & (desk.proposing != place),
        button(words if words is not None else t("Agree on a change"), "quiet", icon_name="plus", on_click=desk.proposing_opened(place)),
    )


def proposal_form(desk: Desk, place: Any, *, origin: Any = "", origin_id: Any = "", about: Any = "") -> rx.Component:
    """The form for a new change, where it stands open; `about` says what it comes out of."""
    return rx.cond(
        desk.proposing == place,
        card(
            rx.el.h3(t("What shall change?"), class_name="label"),
            *([rx.cond(about != "", small(about))] if isinstance(about, rx.Var) else []),
            _fields(desk, place, "", "", desk.today, desk.usual_review),
            _refused(desk, place),
            row(
                button(
                    t("Propose it"),
                    on_click=desk.change_proposed(place, origin, origin_id, *_typed_terms(place), operation()),
                ),
                button(t("Back"), "quiet", on_click=desk.proposing_closed()),
            ),
            small(t("It holds once the other has said yes to it.")),
            private=True,
        ),
    )


def _rewording_form(desk: Desk, one: rx.Var[AdjustmentCard], terms: rx.Var[TermsCard]) -> rx.Component:
    return rx.cond(
        desk.proposing == one.id,
        card(
            rx.el.h3(t("Other words"), class_name="label"),
            _fields(desk, one.id, terms.what, terms.doer, terms.starts_day, terms.review_day),
            row(
                button(t("Propose these words"), on_click=desk.change_reworded(one.id, one.version, *_typed_terms(one.id), operation())),
                button(t("Back"), "quiet", on_click=desk.proposing_closed()),
            ),
            small(t("What is agreed stays in force until the other has said yes.")),
            private=True,
        ),
    )


def _typed_terms(place: Any) -> tuple[rx.Var[str], ...]:
    return tuple(typed(_field(name, place)) for name in ("what", "doer", "starts", "review"))


def _field(name: str, place: Any) -> rx.Var[str]:
    return rx.Var.create(f"{name}-{place}")


def _fields(desk: Desk, place: Any, what: Any, doer: Any, starts: Any, review: Any) -> rx.Component:
    ids = {name: _field(name, place) for name in ("what", "doer", "starts", "review")}
    return stack(
        rx.el.div(
            rx.el.label(t("What, in one sentence"), html_for=ids["what"]),
            rx.el.textarea(
                id=ids["what"], default_value=what, rows="2", dir="auto", auto_focus=True, max_length=LONGEST, class_name="input people",
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.label(t("Who does it"), html_for=ids["doer"]),
                rx.el.select(
                    rx.foreach(desk.doers, lambda each: rx.el.option(each.words, value=each.value)),
                    id=ids["doer"], default_value=doer, class_name="input",
                ),
                class_name="field",
            ),
            _day(t("From"), ids["starts"], starts),
            _day(t("Look again on"), ids["review"], review),
            class_name="terms-fields",
        ),
        gap=3,
    )  # fmt: skip


def _day(label: Any, field: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=field),
        rx.el.input(id=field, type="date", default_value=value, class_name="input"),
        class_name="field",
    )


def _refused(desk: Desk, place: Any) -> rx.Component:
    return rx.el.div(rx.cond(desk.change_refused_at == place, notice(desk.change_refused_words)), role="alert")


def change_card(desk: Desk, one: rx.Var[AdjustmentCard], *, says_origin: bool = False) -> rx.Component:
    """A change: what is in force, what is on offer, what it came out of, and what this person can do with it now."""
    return rx.el.article(
        rx.cond(one.has_now, _now(desk, one)),
        rx.cond(one.has_offer, _offer(desk, one)),
        rx.cond(one.has_offer, _rewording_form(desk, one, one.offer), _rewording_form(desk, one, one.now)),
        _refused(desk, one.id),
        *([_came_from(desk, one)] if says_origin else []),
        class_name="stack gap-3",
        id=one.id,
        key=one.id,
    )


def _now(desk: Desk, one: rx.Var[AdjustmentCard]) -> rx.Component:
    return agreed_box(
        rx.el.h3(one.head, class_name="label"),
        rx.el.p(one.now.what, dir="auto", class_name="said-title"),
        _doer(one.now),
        spread(
            rx.cond(one.looks_again != "", small(one.looks_again), rx.el.span()),
            rx.cond(
                one.may_reword & ~one.has_offer & (desk.proposing != one.id),
                button(t("Change"), "secondary", on_click=desk.proposing_opened(one.id)),
            ),
        ),
        rx.cond(one.may_answer, rx.cond(one.due, _did_it_help(desk, one), _earlier_look(desk, one))),
        rx.cond(one.reviews.length() > 0, rx.el.ul(rx.foreach(one.reviews, _review_line), class_name="stack gap-1")),
        rx.cond(one.may_choose, _outcomes(desk, one)),
        rx.cond(
            one.earlier.length() > 0,
            fold(t("Earlier words"), rx.foreach(one.earlier, lambda each: rx.el.div(small(each.head), said(each.what), key=each.number.to_string()))),
        ),
    )


def _doer(terms: rx.Var[TermsCard]) -> rx.Component:
    marks = rx.cond(
        terms.doer == "both",
        rx.el.span(who_mark("client"), who_mark("therapist"), class_name="both-marks"),
        who_mark(terms.doer),
    )
    return rx.el.p(marks, rx.el.span(terms.doer_words), class_name="who small")


def _came_from(desk: Desk, one: rx.Var[AdjustmentCard]) -> rx.Component:
    return rx.cond(
        one.origin == "checkin",
        link_to(t("It came out of a check-in"), desk.case_path + "/check-ins/" + one.origin_id, icon_name="rings", class_name="tied"),
    )


def _offer(desk: Desk, one: rx.Var[AdjustmentCard]) -> rx.Component:
    return card(
        rx.el.header(
            rx.el.h3(who_mark(one.offer.owner), rx.el.span(one.offer.head), class_name="head"),
            rx.cond(one.has_now, chip(t("other words")), chip(t("a change"))),
            class_name="card-head",
        ),
        rx.el.p(one.offer.what, dir="auto", class_name="said-title"),
        _doer(one.offer),
        small(t("From {day}. Look again on {later}.", day=one.offer.starts_on, later=one.offer.review_on)),
        rx.cond(one.offer_waits != "", small(one.offer_waits)),
        row(
            rx.cond(
                one.may_agree,
                rx.fragment(
                    button(t("Yes, let’s do that"), on_click=desk.change_agreed(one.id, one.offer.number, operation())),
                    button(t("Other words"), "secondary", on_click=desk.proposing_opened(one.id)),
                    button(t("Not this"), "quiet", on_click=desk.change_declined(one.id, one.offer.number, operation())),
                ),
            ),
            rx.cond(
                one.may_take_back,
                rx.fragment(
                    button(t("Other words"), "secondary", on_click=desk.proposing_opened(one.id)),
                    button(t("Take it back"), "quiet", on_click=desk.change_taken_back(one.id, operation())),
                ),
            ),
        ),
        owner=one.offer.owner,
    )


def _did_it_help(desk: Desk, one: rx.Var[AdjustmentCard]) -> rx.Component:
    answers = (("yes", t("It helped")), ("partly", t("A little")), ("no", t("Not really")))
    return rx.el.div(
        rx.el.div(
            *(
                button(
                    words, "secondary", on_click=desk.helped_answered(one.id, value, operation()), class_name="choice",
                    aria_pressed=rx.cond(one.my_answer == value, "true", "false"),
                )
                for value, words in answers
            ),
            class_name="row gap-2", role="group", aria_label=t("Did it help?"),
        ),
        rx.cond(one.their_answer != "", small(one.their_answer)),
        rx.cond((one.my_answer != "") & (one.their_answer == ""), small(t("You have answered. Both answers show once the other has answered too."))),
        class_name="stack gap-2",
    )  # fmt: skip


def _earlier_look(desk: Desk, one: rx.Var[AdjustmentCard]) -> rx.Component:
    return fold(
        t("Did it help so far?"), _did_it_help(desk, one), opened=(one.my_answer != "") | (one.their_answer != ""),
    )  # fmt: skip


def _review_line(line: Any) -> rx.Component:
    return rx.el.li(who_mark(line.owner), rx.el.span(line.words), class_name="who", key=line.owner)


def _outcomes(desk: Desk, one: rx.Var[AdjustmentCard]) -> rx.Component:
    return rx.el.div(
        rx.cond(one.their_wish != "", small(one.their_wish)),
        rx.el.div(
            *(
                button(
                    words, "secondary", on_click=desk.outcome_chosen(one.id, value, operation()), class_name="choice",
                    aria_pressed=rx.cond(one.my_wish == value, "true", "false"),
                )
                for value, words in (("kept", t("Keep it")), ("dropped", t("Let it go")))
            ),
            class_name="row gap-2", role="group", aria_label=t("Keep it, or let it go?"),
        ),
        rx.cond(
            (one.my_wish != "") & (one.their_wish == ""),
            small(t("It is settled once the other says the same.")),
        ),
        rx.cond(
            (one.my_wish != "") & (one.their_wish != ""),
            small(t("You see this differently. It may be worth a word in your next session.")),
        ),
        class_name="stack gap-2",
    )  # fmt: skip


def settled_list(cards: rx.Var[list[AdjustmentCard]]) -> rx.Component:
    """Changes that are settled: what became of each."""
    return rx.el.ul(
        rx.foreach(
            cards,
            lambda one: rx.el.li(
                spread(said(one.now.what), small(one.head)),
                rx.cond(one.reviews.length() > 0, rx.el.div(rx.foreach(one.reviews, lambda line: small(line.words, key=line.owner)))),
                key=one.id, id=one.id,
            ),
        ),
        class_name="stack gap-3",
    )  # fmt: skip
