"""How a test enters the served portal as one of the cast, without going through the sign-in page."""

from playwright.sync_api import BrowserContext, Page

from portal.access import cookies
from tests.cast import Cast
from tests.servers import Portal


def enter(portal: Portal, cast: Cast, name: str, context: BrowserContext, address: str) -> Page:
    """A page at an address of the portal, signed in as `name` of the cast."""
    # Handed over as from a TLS address: on this machine's own name browsers take such cookies over plain HTTP as well.
    context.add_cookies(
        [
            {
                "name": cookies.session_cookie(), "value": cast.tokens[name], "url": portal.url.replace("http://", "https://"),
                "secure": True, "httpOnly": True, "sameSite": "Strict",
            }
        ]
    )  # fmt: skip
    page = context.new_page()
    page.goto(portal.url + address)
    return page
