"""The outer gate as a browser meets it: pages run under their policy, and an ended session leaves nothing on the screen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from portal import routes
from portal.access import cookies
from portal.access.models import PersonSession
from portal.kit import clock
from portal.kit.db import transaction
from portal.portal import app
from tests.cast import Cast
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]
Practice = tuple[Portal, Cast]


def _signed_in(people: People, practice: Practice, name: str) -> Page:
    portal, cast = practice
    context = people()
    # Handed over as from a TLS address: on this machine's own name browsers take such cookies over plain HTTP as well.
    address = portal.url.replace("http://", "https://")
    context.add_cookies([{"name": cookies.session_cookie(), "value": cast.tokens[name], "url": address, "secure": True, "httpOnly": True, "sameSite": "Strict"}])
    return context.new_page()


def _plain_pages() -> list[str]:
    return sorted(f"/{route}" if route != "index" else "/" for route in app._unevaluated_pages if "[" not in route and route != "404")


@pytest.mark.parametrize("who", ["client", "therapist", "admin", ""])
def test_pages_run_under_their_policy_and_ask_nobody_else(people: People, practice: Practice, who: str) -> None:
    portal, cast = practice
    page = _signed_in(people, practice, who) if who else people().new_page()
    said: list[str] = []
    elsewhere: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    def watch(request: Request) -> None:
        if not request.url.startswith((portal.url, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", watch)
    page.on("websocket", lambda socket: elsewhere.append(socket.url) if portal.url.partition("://")[2] not in socket.url else None)
    addresses = [*_plain_pages(), routes.in_case(routes.CASE, cast.case)]
    for address in addresses:
        page.goto(portal.url + address)
        expect(page.locator("h1").first).to_be_visible()
    assert [line for line in said if re.search(r"Content.Security.Policy|Refused|violat|blocked|eval", line)] == []
    assert elsewhere == []


def test_an_ended_session_leaves_nothing_on_an_open_page(people: People, practice: Practice) -> None:
    portal, cast = practice
    page = _signed_in(people, practice, "second_client")
    page.goto(portal.url + routes.HOME)
    expect(page.get_by_text("Rui").first).to_be_visible()
    with transaction(writes=True) as db:
        session = db.get(PersonSession, cast.second_client.session_id)
        assert session is not None
        session.ended_at = clock.now()
        db.add(session)
    expect(page.get_by_text("Rui")).to_have_count(0, timeout=8_000)
    assert page.url != portal.url + routes.HOME


def test_without_its_socket_a_page_of_a_case_is_a_skeleton(people: People, practice: Practice) -> None:
    """What the server hands out over HTTP is the same for everybody: nothing of a case, of anyone or of what can be done."""
    portal, cast = practice
    page = _signed_in(people, practice, "client")
    page.route_web_socket("**/*", lambda socket: socket.close())
    page.goto(portal.url + routes.in_case(routes.GOALS, cast.case))
    expect(page.locator("h1[data-bare]")).to_be_attached()
    page.wait_for_timeout(1500)  # nothing may come later either
    main = page.locator("main")
    assert main.inner_text().split() == ["One", "moment"]
    assert main.locator("button, input, textarea, a, article, li").count() == 0
    everything = page.content()
    assert not [name for name in ("Mika", "Theo", cast.ids["client"], cast.ids["therapist"]) if name in everything]
