"""/forgotten: asking for a new password."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.access.posts import answered, received
from portal.accounts import service
from portal.accounts.components import forgotten_sheet, told
from portal.accounts.schemas import Visit
from portal.accounts.state import ASKED, EntranceState
from portal.design import client_link, plain_frame, small, t


def forgotten_page() -> rx.Component:
    """Where one asks; the answer is the same for every address."""
    return plain_frame(
        t("Forgotten your password?"),
        told(EntranceState),
        forgotten_sheet(),
        small(client_link(t("I have a code already"), to=routes.NEW_PASSWORD)),
        small(client_link(t("To the sign-in"), to=routes.SIGN_IN)),
        lead=t("Tell us your e-mail address. We send you a link to choose a new one."),
    )


async def forgotten_posted(request: Request) -> Response:
    """Note the wish."""
    post = await received(request)
    return await answered(
        post,
        routes.FORGOTTEN,
        lambda: service.ask_for_password(post["email"], post.language, Visit(post.address)),
        lambda _: post.tell(routes.FORGOTTEN, ASKED, "asked"),
    )
