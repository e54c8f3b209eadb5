"""/account: one's own name, looks, password, address and devices."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from portal import routes
from portal.access.posts import answered, received, with_session
from portal.accounts import service
from portal.accounts.components import about_me, how_it_looks, my_address, my_devices, my_password, my_pin, told
from portal.accounts.schemas import ChangeAddressForm, ChangePasswordForm, PinForm, Visit
from portal.accounts.state import CHANGED, PIN_KEPT, AccountState
from portal.design import page_frame, t


def account_page() -> rx.Component:
    """The account."""
    return page_frame(
        t("Your account"),
        told(AccountState),
        about_me(),
        how_it_looks(),
        my_devices(),
        my_password(),
        my_pin(),
        my_address(),
        nav="account",
    )


async def password_posted(request: Request) -> Response:
    """Exchange the password; the session goes on under a new cookie."""
    post = await received(request)
    caller = await post.caller()
    visit = Visit(post.address, post.user_agent)
    return await answered(
        post,
        routes.ACCOUNT,
        lambda: service.change_password(caller, ChangePasswordForm(post["present"], post["password"]), visit),
        lambda session: with_session(post.tell(routes.ACCOUNT, CHANGED, "changed"), session.token, session.known),
        hashes=True,
    )


async def address_posted(request: Request) -> Response:
    """Ask for another e-mail address."""
    post = await received(request)
    caller = await post.caller()
    visit = Visit(post.address, post.user_agent)
    return await answered(
        post,
        routes.ACCOUNT,
        lambda: service.ask_for_address(caller, ChangeAddressForm(post["present"], post["new-email"]), visit),
        lambda _: post.go(f"{routes.ACCOUNT}?done=sent"),
        hashes=True,
    )


async def pin_posted(request: Request) -> Response:
    """Keep a PIN."""
    post = await received(request)
    caller = await post.caller()
    return await answered(
        post,
        routes.ACCOUNT,
        lambda: service.keep_pin(caller, PinForm(post["pin"], post["again"])),
        lambda _: post.tell(routes.ACCOUNT, PIN_KEPT, "pin"),
    )
