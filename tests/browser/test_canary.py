"""A marker typed into every field of every page is found nowhere that a wrong person could read: not in logs, Redis, files or the browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from redis import Redis

from portal import frontend, routes
from portal.feedback import service as feedback
from portal.goals import service as goals
from tests.browser.pairs import Pair
from tests.conftest import served_cast
from tests.makers import op
from tests.servers import Portal, RedisServer

pytestmark = pytest.mark.browser

MARKER = "KanarienQuitte"
FIELDS = "textarea:visible, input[type=text]:visible, input[type=search]:visible, input:not([type]):visible"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[Portal]:
    """On SQLite, whose file can be searched, and with Redis, which then keeps the states of pages."""
    with ExitStack() as stack:
        running, _ = served_cast(stack, tmp_path_factory.mktemp("canary") / "data", redis_url=redis_server.url)
        yield running


def type_everywhere(page: Page) -> int:
    """Put the marker into every field that is shown; how many there were."""
    fields = page.locator(FIELDS)
    count = fields.count()
    for number in range(count):
        field = fields.nth(number)
        if field.is_editable():
            field.fill(f"{MARKER} {number}")
            field.blur()
    return count


def stands(page: Page) -> None:
    expect(page.locator("h1:not(:has(.bone))")).to_have_count(1)


def kept_by(page: Page) -> str:
    """All that the browser keeps for this origin beside its own cache of files."""
    return str(
        page.evaluate(
            """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href,
                (await indexedDB.databases()).map((one) => one.name), await caches.keys()])"""
        )
    )


def test_what_is_typed_is_found_nowhere(portal: Portal, people: Callable[..., BrowserContext], redis_server: RedisServer) -> None:
    pair = Pair(portal.url)
    goal = goals.add(pair.callers["client"], pair.case, "A goal", proposes=True, op=op())
    share = feedback.begin(pair.callers["client"], pair.case, op=op())
    feedback.choose_kind(pair.callers["client"], pair.case, share, "concern", op=op())
    feedback.share(pair.callers["client"], pair.case, share, f"{MARKER} shared", 0, op=op())
    checkin = pair.start()
    addresses = [
        routes.in_case(routes.GOAL, pair.case, goal=goal.id),
        routes.in_case(routes.CHECKIN, pair.case, checkin=checkin),
        routes.in_case(routes.FEEDBACK, pair.case),
        routes.ACCOUNT,
    ]
    typed, kept = 0, []
    for role in ("client", "therapist"):
        page = pair.enter(people(), role)
        for address in addresses:
            page.goto(portal.url + address)
            stands(page)
            for opener in ("Share something", "Agree on a change"):
                button = page.get_by_role("button", name=opener, exact=True)
                if button.count() and button.first.is_visible():
                    button.first.click()
            typed += type_everywhere(page)
            page.wait_for_load_state("networkidle")
            kept.append(kept_by(page))
        page.goto(portal.url + routes.in_case(routes.GOALS, pair.case))
        stands(page)
        page.get_by_role("button", name="Add a goal").first.click()
        expect(page.get_by_label("What would you like to be different?")).to_be_visible()
        typed += type_everywhere(page)
        page.get_by_role("button", name="Keep as my idea").click()
        expect(page.get_by_text(f"{MARKER} 0").first).to_be_visible()
        kept.append(kept_by(page))
    assert typed >= 12
    assert MARKER in goals.goal(pair.callers["client"], pair.case, goal.id).goal.why

    for found in kept:
        assert MARKER not in found
    assert MARKER not in portal.log.read_text("utf-8", "replace")
    with Redis.from_url(redis_server.url) as wire:
        names = list(wire.scan_iter())
        assert names
        for name in names:
            assert MARKER.encode() not in name
            assert MARKER.encode() not in (wire.dump(name) or b"")
    places = [*portal.folder.rglob("*"), *Path(frontend.WEB).glob("build/**/*"), *Path(frontend.ROOT / ".states").rglob("*")]
    files = [file for file in places if file.is_file()]
    assert any(file.name == "rapport.db" for file in files)
    for file in files:
        assert MARKER.encode() not in file.read_bytes(), file.name
