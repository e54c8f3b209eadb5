"""/help-now: whom to reach in a crisis; open to everybody, signed in or not."""

import reflex as rx

from portal import routes
from portal.design import help_now, link_to, plain_frame, sheet, t
from portal.live.state import Here


def help_now_page() -> rx.Component:
    """The practice's crisis contacts, and the honest line that nobody watches the portal."""
    return plain_frame(
        t("If you need help now"),
        sheet(help_now()),
        rx.el.p(
            rx.cond(
                Here.signed_in,
                link_to(t("To the start"), routes.HOME, "secondary"),
                link_to(t("To the sign-in"), routes.SIGN_IN, "secondary"),
            )
        ),
    )
