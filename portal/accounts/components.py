"""What one sees at the entrance and on the account page."""

from typing import Any

import reflex as rx

from portal import routes
from portal.accounts.domain import LEAST_CHARACTERS, LEAST_DIGITS, MOST_DIGITS
from portal.accounts.schemas import MOST_ADDRESS, MOST_NAME, MOST_PRONOUNS, DeviceLine, time_zones
from portal.accounts.state import AccountState, EntranceState
from portal.design import (
    button,
    chip,
    client_link,
    confirm_button,
    fold,
    form,
    muted,
    notice,
    operation,
    password_field,
    pin_field,
    post_form,
    radio_list,
    row,
    saved_field,
    section,
    select,
    sheet,
    small,
    spread,
    stack,
    t,
    text_field,
)
from portal.design.parts import LinkKey, OpenLink
from portal.design.seen import Choice
from portal.kit.i18n import languages
from portal.live.state import Here


def told(state: Any) -> rx.Component:
    """What was done, after a form that brought one here."""
    return rx.cond(state.told != "", rx.el.p(state.told, role="status", class_name="notice-box good"))


def email_field(label: Any = None, *, name: str = "email", autocomplete: str = "username", **props: Any) -> rx.Component:
    """An e-mail address."""
    return text_field(
        t("E-mail address") if label is None else label, name=name, type="email", auto_complete=autocomplete, required=True,
        most=MOST_ADDRESS, auto_capitalize="none", spell_check=False, input_mode="email", **props,
    )  # fmt: skip


def new_password_field(label: Any = None) -> rx.Component:
    """A password to be chosen, with the one rule beforehand."""
    return password_field(
        t("Choose a password") if label is None else label,
        name="password",
        autocomplete="new-password",
        hint=t("At least {least} characters. A few words in a row are easy to remember and hard to guess.", least=LEAST_CHARACTERS),
    )


def code_field(hint: Any) -> rx.Component:
    """A one-time code."""
    return text_field(
        t("Code"), name="code", hint=hint, auto_complete="one-time-code", required=True, most=40, auto_capitalize="characters",
        spell_check=False, placeholder="ABCDE-12345", class_name="code",
    )  # fmt: skip


def sign_in_sheet() -> rx.Component:
    """The sign-in form."""
    return sheet(
        post_form(
            email_field(),
            password_field(t("Password"), name="password", autocomplete="current-password"),
            button(t("Sign in"), type="submit", wide=True),
            action=routes.SIGN_IN,
            wrong=EntranceState.wrong,
        ),
        rx.el.div(
            client_link(t("I have forgotten my password"), to=routes.FORGOTTEN),
            client_link(t("I have an invitation"), to=routes.INVITED),
            class_name="row small between",
        ),
        class_name="stack gap-5",
    )


def forgotten_sheet() -> rx.Component:
    """Asking for a new password: the same answer for every address."""
    return sheet(
        post_form(
            email_field(),
            button(t("Send me a letter"), type="submit", wide=True),
            action=routes.FORGOTTEN,
            wrong=EntranceState.wrong,
        ),
        class_name="stack gap-5",
    )


def link_or_code(action: str, on_open: Any, *, closed: Any, opened: Any, submit: Any) -> rx.Component:
    """The page behind a one-time link: a button that opens it, then code and password; or address, code and password.

    Opening the page, or pressing the button, as machines that read letters do, uses nothing up.
    """
    return rx.fragment(
        LinkKey.create(on_found=EntranceState.link_found),
        rx.cond(
            EntranceState.opened_name != "",
            _password_by_link(action, opened, submit),
            rx.cond(EntranceState.by_link, _sealed(on_open, closed), _password_by_code(action, submit)),
        ),
    )


def _sealed(on_open: Any, closed: Any) -> rx.Component:
    return sheet(
        rx.el.p(closed),
        OpenLink.create(t("Open it"), class_name="btn primary wide", on_open=on_open),
        button(t("The link does not work: I type my address"), "quiet", on_click=EntranceState.code_preferred, wide=True),
        class_name="stack gap-5",
    )


def _password_by_link(action: str, opened: Any, submit: Any) -> rx.Component:
    return sheet(
        rx.el.p(opened),
        post_form(
            email_field(value=EntranceState.opened_email, read_only=True),
            _code_of_letter(),
            new_password_field(),
            button(submit, type="submit", wide=True),
            action=action,
            with_key=True,
        ),
        small(t("This works once, until {until}.", until=EntranceState.opened_until)),
        class_name="stack gap-5",
        key="by-link",
    )


def _code_of_letter() -> rx.Component:
    return code_field(t("It stands in the letter: ten letters and digits."))


def _password_by_code(action: str, submit: Any) -> rx.Component:
    return sheet(
        post_form(
            email_field(),
            _code_of_letter(),
            new_password_field(),
            button(submit, type="submit", wide=True),
            action=action,
            wrong=EntranceState.wrong,
        ),
        class_name="stack gap-5",
        key="by-code",
    )


def set_up_sheet() -> rx.Component:
    """The first person of a practice."""
    return sheet(
        post_form(
            code_field(t("It was printed when the portal was started, and works once.")),
            text_field(t("Name of the practice"), name="practice", required=True, most=120, auto_complete="organization"),
            text_field(t("Your name"), name="name", required=True, most=MOST_NAME, auto_complete="name"),
            email_field(t("Your e-mail address")),
            new_password_field(),
            button(t("Set up the practice"), type="submit", wide=True),
            action=routes.SET_UP,
            wrong=EntranceState.wrong,
        ),
        class_name="stack gap-5",
    )


# The account page


def about_me() -> rx.Component:
    """Name and pronouns: what the others in one's cases see."""
    return section(
        t("About you"),
        sheet(
            saved_field(
                t("Name"), name="account-name", value=AccountState.name, most=MOST_NAME, people=False, save_when="asked",
                on_save=lambda op, version, text: AccountState.name_typed(text, version, op),
            ),
            saved_field(
                t("Pronouns"), name="account-pronouns", value=AccountState.pronouns, most=MOST_PRONOUNS, people=False, save_when="asked",
                hint=t("If you like. They stand beside your name."),
                on_save=lambda op, version, text: AccountState.pronouns_typed(text, version, op),
            ),
            class_name="stack gap-5",
        ),
    )  # fmt: skip


def how_it_looks() -> rx.Component:
    """Language, time zone and theme."""
    return section(
        t("How the portal looks to you"),
        sheet(
            select(
                t("Language"), name="language", options=[(one.code, one.name) for one in languages()], value=Here.lang,
                on_change=Here.language_chosen,
            ),
            select(
                t("Time zone"), name="time-zone", options=rx.Var.create([Choice(zone, zone.replace("_", " ")) for zone in time_zones()]),
                value=AccountState.time_zone, on_change=lambda zone: AccountState.zone_chosen(zone, operation()),
            ),
            radio_list(
                t("Colours"), name="theme", value=Here.theme, on_change=lambda theme: AccountState.theme_chosen(theme, operation()),
                options=[("system", t("As my device")), ("light", t("Light")), ("dark", t("Dark"))],
            ),
            class_name="stack gap-5",
        ),
    )  # fmt: skip


def my_devices() -> rx.Component:
    """The browsers that are signed in."""
    return section(
        t("Where you are signed in"),
        sheet(
            rx.el.ul(rx.foreach(AccountState.devices, _device), class_name="stack gap-4 bare"),
            form(row(button(t("Sign out everywhere"), "secondary", type="submit")), action=routes.SIGN_OUT_EVERYWHERE),
            small(t("This page included. Use it when a device was lost or borrowed.")),
            class_name="stack gap-4",
        ),
    )


def _device(one: rx.Var[DeviceLine]) -> rx.Component:
    return rx.el.li(
        spread(
            stack(
                rx.el.strong(one.name),
                rx.cond(one.lent != "", rx.el.p(one.lent)),
                small(one.seen, " · ", one.since),
                gap=1,
            ),
            rx.cond(
                one.here,
                chip(t("This device"), "accent"),
                button(t("Sign this one out"), "secondary", little=True, on_click=AccountState.device_ended(one.session_id), aria_label=t("Sign this one out: {device}", device=one.name)),
            ),
        ),
        key=one.session_id,
    )


def my_password() -> rx.Component:
    """Another password."""
    return section(
        t("Password"),
        sheet(
            fold(
                t("Change the password"),
                post_form(
                    _whose(),
                    password_field(t("Present password"), name="present", autocomplete="current-password", id="field-present"),
                    new_password_field(t("New password")),
                    row(button(t("Change it"), type="submit")),
                    small(t("Every other device is signed out, and a letter tells you that it was changed.")),
                    action=routes.ACCOUNT_PASSWORD,
                    wrong=AccountState.wrong,
                ),
                open=AccountState.wrong != "",
            ),
        ),
    )


def my_pin() -> rx.Component:
    """The PIN that takes back a device which was handed over; for who can hand one over."""
    return rx.cond(
        AccountState.may_keep_pin,
        section(
            t("PIN"),
            sheet(
                rx.el.p(t("In a session you can hand your device to your client for one task. With this PIN you take it back.")),
                fold(
                    rx.cond(AccountState.has_pin, t("Choose another PIN"), t("Choose a PIN")),
                    post_form(
                        pin_field(
                            t("New PIN"), name="pin",
                            hint=t("{least} to {most} digits, and not one that is tried first, like 0000 or 1234.", least=LEAST_DIGITS, most=MOST_DIGITS),
                        ),
                        pin_field(t("The same PIN again"), name="again"),
                        row(button(t("Keep the PIN"), type="submit")),
                        action=routes.ACCOUNT_PIN,
                        wrong=AccountState.pin_wrong,
                    ),
                    open=AccountState.pin_wrong != "",
                ),
                class_name="stack gap-4",
            ),
        ),
    )  # fmt: skip


def _whose() -> rx.Component:
    """For password managers: whose password it is."""
    return rx.el.input(type="text", name="username", auto_complete="username", value=AccountState.email, read_only=True, hidden=True)


def my_address() -> rx.Component:
    """The e-mail address, and the way to another one."""
    return section(
        t("E-mail address"),
        sheet(
            rx.el.p(t("You sign in with {address}.", address=AccountState.email)),
            rx.cond(AccountState.new_email != "", _confirm_address(), _ask_for_address()),
            class_name="stack gap-4",
        ),
    )


def _ask_for_address() -> rx.Component:
    return fold(
        t("Use another address"),
        post_form(
            _whose(),
            email_field(t("New e-mail address"), name="new-email", autocomplete="email"),
            password_field(t("Password"), name="present", autocomplete="current-password", id="field-address-password"),
            row(button(t("Send a code there"), type="submit")),
            action=routes.ACCOUNT_ADDRESS,
        ),
    )


def _confirm_address() -> rx.Component:
    return notice(
        rx.el.p(t("A code was sent to {address}. Until you type it here, everything stays as it is.", address=AccountState.new_email)),
        rx.el.form(
            text_field(t("Code"), name="code", auto_complete="one-time-code", most=40, error=AccountState.code_wrong, id="field-address-code"),
            row(
                button(t("Use this address"), type="submit"),
                confirm_button(
                    t("Keep the old one"), t("Keep the old address?"), muted(t("The code in the letter will no longer work.")),
                    yes=t("Yes, keep the old one"), on_yes=AccountState.address_kept,
                ),
            ),
            on_submit=AccountState.address_confirmed,
            class_name="stack gap-4",
        ),
        tone="plain",
    )  # fmt: skip
