"""/new-password: a forgotten password is replaced, by the link's button or with the code."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.accounts.components import link_or_code
from portal.accounts.domain import TicketPurpose
from portal.accounts.state import EntranceState
from portal.design import client_link, plain_frame, small, t
from portal.pages.invited import password_chosen


def new_password_page() -> rx.Component:
    """The way to a new password; opening the page uses nothing up."""
    return plain_frame(
        t("A new password"),
        link_or_code(
            routes.NEW_PASSWORD,
            EntranceState.reset_opened,
            closed=t("You asked for a new password. Open this to choose one."),
            opened=t("Hello {name}. Please choose a new password. Every other device is signed out then.", name=EntranceState.opened_name),
            submit=t("Choose it and go on"),
        ),
        small(client_link(t("To the sign-in"), to=routes.SIGN_IN)),
    )


async def new_password_posted(request: Request) -> Response:
    """Replace the password, and go home."""
    return await password_chosen(request, TicketPurpose.PASSWORD, routes.NEW_PASSWORD)
