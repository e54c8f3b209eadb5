"""/set-up: the first start of a practice, with the code from the console."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.access.posts import answered, received, with_session
from portal.accounts import service
from portal.accounts.components import set_up_sheet
from portal.accounts.schemas import SetUpForm, Visit
from portal.design import client_link, plain_frame, small, t


def set_up_page() -> rx.Component:
    """The practice and its first person."""
    return plain_frame(
        t("Set up your practice"),
        set_up_sheet(),
        small(client_link(t("This practice is set up already: to the sign-in"), to=routes.SIGN_IN)),
        lead=t("You become the person who invites the others."),
    )


async def set_up_posted(request: Request) -> Response:
    """Found the practice, and go to its page."""
    post = await received(request)
    form = SetUpForm(post["code"], post["practice"], post["name"], post["email"], post["password"])
    visit = Visit(post.address, post.user_agent, post.known, post.session_token)
    return await answered(
        post,
        routes.SET_UP,
        lambda: service.set_up(form, visit),
        lambda session: with_session(post.go(routes.PRACTICE), session.token, session.known),
        hashes=True,
    )
