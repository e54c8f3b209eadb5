"""What one sees of a hand-over: the control that begins it, and what a handed-over device has beside its task."""

from typing import Any

import reflex as rx

from portal import routes
from portal.access.tasks import Task
from portal.accounts.domain import LEAST_DIGITS, MOST_DIGITS
from portal.design import button, closes, dialog, fold, here, password_field, pin_field, post_form, small, stack, t

_CONTROL = {
    Task.CHECKIN: lambda name: t("Let {name} answer on this device", name=name),
    Task.READ_GOAL: lambda name: t("Let {name} read it on this device", name=name),
    Task.READ_CHECKIN: lambda name: t("Let {name} read it on this device", name=name),
    Task.RATE_GOALS: lambda name: t("Let {name} rate on this device", name=name),
}
_WHAT = {
    Task.CHECKIN: lambda name: t("{name} answers this check-in here. You will not see the answers until both of you are done.", name=name),
    Task.READ_GOAL: lambda name: t("{name} can read this goal here.", name=name),
    Task.READ_CHECKIN: lambda name: t("{name} can read both sides of this check-in here.", name=name),
    Task.RATE_GOALS: lambda name: t("{name} says here how it goes, with a number from 0 to 10 for each goal. You see the numbers afterwards.", name=name),
}


def hand_over_control(task: Task, *, case_id: Any, about: Any, kind: Any = "secondary") -> rx.Component:
    """For the therapist alone: hand this device to the client for one task. Goes onto any page of the case.

    `about` is the id of the row. Whether it fits is the server's to say; a page shows this where it does.
    """
    name = here().case_name
    return rx.cond(
        here().role == "therapist",
        dialog(
            _CONTROL[task](name),
            t("Hand this device to {name}?", name=name),
            rx.el.p(_WHAT[task](name)),
            rx.el.p(t("Nothing else can be opened on it until you take it back with your PIN, in no other tab either.")),
            post_form(
                *(rx.el.input(type="hidden", name=key, value=value) for key, value in (("task", task.value), ("case", case_id), ("about", about))),
                rx.cond(here().has_pin, rx.fragment(), choose_pin()),
                rx.el.div(
                    button(rx.cond(here().has_pin, t("Hand it over"), t("Keep the PIN and hand it over")), type="submit"),
                    closes(t("Back"), "secondary"),
                    class_name="buttons",
                ),
                action=routes.HAND_OVER,
            ),
            kind=kind,
            icon_name="lock",
        ),
    )


def choose_pin() -> rx.Component:
    """A PIN to be chosen, typed twice."""
    return stack(
        pin_field(
            t("Choose a PIN"), name="pin",
            hint=t("{least} to {most} digits. With it you take the device back; it opens nothing else.", least=LEAST_DIGITS, most=MOST_DIGITS),
        ),
        pin_field(t("The same PIN again"), name="again"),
        gap=4,
    )  # fmt: skip


def owners_panel(page: Any) -> rx.Component:
    """The lender takes the device back: with the PIN, or with the password once the PIN is used up or forgotten."""
    return rx.fragment(
        rx.el.h1(t("{name}: take the device back", name=page.lender)),
        rx.cond(
            page.needs_password,
            _by_password(page, wrong=page.wrong),
            stack(
                post_form(
                    pin_field(t("Your PIN"), name="pin"),
                    button(t("Take the device back"), type="submit", wide=True),
                    action=routes.TAKE_BACK,
                    wrong=page.wrong,
                ),
                fold(t("Use the password instead"), _by_password(page)),
                gap=5,
            ),
        ),
    )


def _by_password(page: Any, **more: Any) -> rx.Component:
    return post_form(
        # As for the PIN: a password manager would open the lock for whoever holds the device.
        password_field(t("Password of {name}", name=page.lender), name="password", autocomplete="one-time-code"),
        button(t("Take the device back"), type="submit", wide=True),
        action=routes.TAKE_BACK,
        **more,
    )


def task_done(page: Any) -> rx.Component:
    """Nothing is left but to give the device back; nothing of what was done is shown."""
    return rx.fragment(
        rx.el.h1(t("Thank you")),
        rx.el.p(t("Please give the device back to {name}.", name=page.lender), class_name="large", role="status"),
    )


def task_gone(page: Any) -> rx.Component:
    """What the device was handed over for is no longer there."""
    return rx.fragment(
        rx.el.h1(t("There is nothing left to do here")),
        rx.el.p(t("It was finished or changed in the meantime. Please give the device back to {name}.", name=page.lender), class_name="large", role="status"),
    )


def whose_device(page: Any) -> rx.Component:
    """Who sits here, and whose device it is."""
    return small(t("{borrower}, this is the device of {lender}. Only this one page is open for you here.", borrower=page.borrower, lender=page.lender))
