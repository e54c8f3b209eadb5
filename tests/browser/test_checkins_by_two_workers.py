"""The sealed check-in on PostgreSQL and Redis, served by two worker processes: the same promise, and nothing readable left lying."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from redis import Redis

from tests.browser.pairs import Pair
from tests.cast import Cast
from tests.servers import Portal, RedisServer

pytestmark = pytest.mark.browser

CANARY = "the heron stands in the reeds"
AT_ONCE_MS = 2_000


@pytest.fixture
def large_pair(large_practice: tuple[Portal, Cast]) -> Pair:
    return Pair(large_practice[0].url)


def test_two_workers_open_both_screens_and_keep_nothing_readable(
    large_pair: Pair, people: Callable[..., BrowserContext], redis_server: RedisServer
) -> None:
    checkin_id = large_pair.start()
    mika, theo = large_pair.enter(people(), "client"), large_pair.enter(people(), "therapist")
    for page in (mika, theo):
        page.goto(large_pair.address(checkin_id))
        expect(page.get_by_role("button", name="I am done")).to_be_visible()
        page.get_by_role("group").first.locator(".key").nth(6).click()
    mika.get_by_label("One thing to keep").fill(CANARY)
    mika.get_by_role("button", name="I am done").click()
    expect(theo.get_by_text("Mika is done.")).to_be_visible(timeout=AT_ONCE_MS)
    kept = everything_in(redis_server)
    assert len(kept) > 4
    for readable in (CANARY, "Theo", "Mika", large_pair.ids["client"]):
        assert not [key for key, value in kept if readable.encode() in value]
    theo.get_by_role("button", name="I am done").click()
    both = "Both of you, side by side"
    for page in (theo, mika):
        expect(page.get_by_role("heading", name=both)).to_be_visible(timeout=AT_ONCE_MS)
        expect(page.get_by_text(CANARY)).to_be_visible()


def everything_in(server: RedisServer) -> list[tuple[bytes, bytes]]:
    """Keys and values as they are; a dump of Redis would compress them."""
    with Redis.from_url(server.url) as store:
        kinds = {key: store.type(key) for key in store.keys("*")}
        return [(key, store.get(key) if kind == b"string" else repr(store.hgetall(key)).encode()) for key, kind in kinds.items() if kind in (b"string", b"hash")]
