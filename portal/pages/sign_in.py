"""/sign-in: e-mail address and password; and signing out, which leads here."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.access.posts import answered, received, with_session, without_session
from portal.accounts import service
from portal.accounts.components import sign_in_sheet, told
from portal.accounts.schemas import SignInForm, Visit
from portal.accounts.state import EntranceState
from portal.design import plain_frame, t


def sign_in_page() -> rx.Component:
    """The sign-in form."""
    return plain_frame(t("Good to have you here"), told(EntranceState), sign_in_sheet(), lead=t("Please sign in to go on."))


async def sign_in_posted(request: Request) -> Response:
    """Sign in, and go home."""
    post = await received(request)
    visit = Visit(post.address, post.user_agent, post.known, post.session_token)
    return await answered(
        post,
        routes.SIGN_IN,
        lambda: service.sign_in(SignInForm(post["email"], post["password"]), visit),
        lambda session: with_session(post.go(routes.HOME), session.token, session.known),
        hashes=True,
    )


async def sign_out_posted(request: Request) -> Response:
    """Sign this browser out."""
    post = await received(request)
    return await answered(
        post,
        routes.SIGN_IN,
        lambda: service.sign_out(post.session_token),
        lambda _: without_session(post.go(f"{routes.SIGN_IN}?done=out")),
    )


async def sign_out_everywhere_posted(request: Request) -> Response:
    """Sign all browsers of the person out."""
    post = await received(request)
    caller = await post.caller()
    return await answered(
        post,
        routes.SIGN_IN,
        lambda: service.sign_out_everywhere(caller),
        lambda _: without_session(post.go(f"{routes.SIGN_IN}?done=everywhere")),
    )
