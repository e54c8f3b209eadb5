"""/invited: an invitation is taken up, by the link's button or with the code."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.access.posts import answered, received, with_session
from portal.accounts import service
from portal.accounts.components import link_or_code
from portal.accounts.domain import TicketPurpose
from portal.accounts.schemas import NewPasswordForm, Visit
from portal.accounts.state import EntranceState
from portal.design import client_link, plain_frame, small, t


def invited_page() -> rx.Component:
    """An invitation; opening the page uses nothing up."""
    return plain_frame(
        t("Your invitation"),
        link_or_code(
            routes.INVITED,
            EntranceState.invitation_opened,
            closed=t("Somebody has invited you to use this portal. Open the invitation to choose a password."),
            opened=t("Welcome, {name}. Please choose a password, and you are in.", name=EntranceState.opened_name),
            submit=t("Choose it and go on"),
        ),
        small(client_link(t("I have a password already"), to=routes.SIGN_IN)),
    )


async def invited_posted(request: Request) -> Response:
    """Take an invitation up, and go home."""
    return await password_chosen(request, TicketPurpose.INVITATION, routes.INVITED)


async def password_chosen(request: Request, purpose: TicketPurpose, back: str) -> Response:
    """Choose a password by a one-time link or code, and go home signed in."""
    post = await received(request)
    form = NewPasswordForm(post["password"], token=post["key"], email=post["email"], code=post["code"])
    visit = Visit(post.address, post.user_agent, post.known, post.session_token)
    return await answered(
        post,
        back,
        lambda: service.choose_password(purpose, form, visit),
        lambda session: with_session(post.go(routes.HOME), session.token, session.known),
        hashes=True,
    )
