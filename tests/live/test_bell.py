"""The bell wakes exactly the tabs of its case, in this process and in the others."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis import Redis

from portal.live.bell import Bell, Listener
from tests.servers import RedisServer


class Tab:
    """Counts how often it was shown."""

    def __init__(self, token: str, case_id: str, person_id: str, *, present: bool = True) -> None:
        self.shown = 0
        self.listener = Listener(token, (case_id,), person_id, self._show, present)

    async def _show(self, token: str) -> None:
        assert token == self.listener.token
        self.shown += 1


async def until(holds: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition, at most five seconds."""
    async with asyncio.timeout(5):
        while True:
            found = holds()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.01)


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Play an asynchronous story to its end."""
    asyncio.run(story())  # type: ignore[arg-type]


def test_everybody_in_the_case_is_shown_again_but_the_one_who_rang(on_sqlite: None) -> None:
    async def story() -> None:
        bell = Bell()
        mine, theirs, other = Tab("a", "case", "p1"), Tab("b", "case", "p2"), Tab("c", "elsewhere", "p3")
        for tab in (mine, theirs, other):
            await bell.listen(tab.listener)
        await _settle()
        before = (mine.shown, theirs.shown, other.shown)
        await bell.ring("case", but="a")
        await _settle()
        assert (mine.shown, theirs.shown, other.shown) == (before[0], before[1] + 1, before[2])

    run(story)


def test_rings_during_a_show_are_answered_once_more_not_once_each(on_sqlite: None) -> None:
    async def story() -> None:
        bell, shown, go = Bell(), 0, asyncio.Event()

        async def slow(_token: str) -> None:
            nonlocal shown
            shown += 1
            await go.wait()

        await bell.listen(Listener("a", ("case",), "p1", slow))
        for _ in range(10):
            await bell.ring("case")
            await asyncio.sleep(0)
        go.set()
        await _settle()
        assert shown == 2

    run(story)


def test_a_page_that_fails_does_not_silence_the_others(on_sqlite: None) -> None:
    async def story() -> None:
        bell, tab = Bell(), Tab("b", "case", "p2")

        async def broken(_token: str) -> None:
            raise RuntimeError("cannot be shown")

        await bell.listen(Listener("a", ("case",), "p1", broken))
        await bell.listen(tab.listener)
        await _settle()
        before = tab.shown
        await bell.ring("case")
        await _settle()
        assert tab.shown == before + 1

    run(story)


def test_presence_follows_the_tabs(on_sqlite: None) -> None:
    async def story() -> None:
        bell = Bell()
        first, second, caseload = Tab("a", "case", "p1"), Tab("b", "case", "p1"), Tab("c", "case", "p2", present=False)
        for tab in (first, second, caseload):
            await bell.listen(tab.listener)
        assert await bell.here("case", ("p1", "p2")) == {"p1"}
        await bell.leave("a")
        assert await bell.here("case", ("p1", "p2")) == {"p1"}
        await bell.leave("b")
        assert await bell.here("case", ("p1", "p2")) == frozenset()

    run(story)


def test_who_goes_from_the_list_to_its_only_case_is_seen_to_arrive_and_to_leave(on_sqlite: None) -> None:
    async def story() -> None:
        bell, theirs = Bell(), Tab("b", "case", "p2")
        await bell.listen(Tab("a", "case", "p1", present=False).listener)
        await bell.listen(theirs.listener)
        await _settle()
        seen = []
        for present in (True, True, False):
            before = theirs.shown
            await bell.listen(Tab("a", "case", "p1", present=present).listener)
            await _settle()
            seen.append((theirs.shown - before, bool(await bell.here("case", ("p1",)))))
        assert seen == [(1, True), (0, True), (1, False)]

    run(story)


def test_what_cannot_be_shown_now_is_shown_later_once(on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.live.bell._LATER_SECONDS", 0.05)

    async def story() -> None:
        bell, tab, gone = Bell(), Tab("a", "case", "p1"), Tab("b", "case", "p2")
        for one in (tab, gone):
            await bell.listen(one.listener)
        await _settle()
        before, others = tab.shown, gone.shown
        for _ in range(5):
            bell.wake_later("a")
            bell.wake_later("b")
        await bell.leave("b")
        await _settle()
        woken_by_leaving = tab.shown
        await until(lambda: tab.shown > woken_by_leaving)
        await _settle()
        assert (tab.shown, gone.shown) == (woken_by_leaving + 1, others)
        assert woken_by_leaving == before + 1

    run(story)


def test_a_tab_that_moves_to_another_case_hears_only_that_one(on_sqlite: None) -> None:
    async def story() -> None:
        bell, tab = Bell(), Tab("a", "case", "p1")
        await bell.listen(tab.listener)
        moved = Tab("a", "other", "p1")
        await bell.listen(moved.listener)
        await _settle()
        before = moved.shown
        await bell.ring("case")
        await bell.ring("other")
        await _settle()
        assert (tab.shown, moved.shown) == (0, before + 1)

    run(story)


@pytest.mark.redis
def test_two_processes_ring_and_see_each_other_through_redis(redis_server: RedisServer, use: Callable[..., None]) -> None:
    use(redis_url=redis_server.url)

    async def story() -> None:
        one, two = Bell(), Bell()
        async with one.running(), two.running():
            mine, theirs = Tab("a", "case", "p1"), Tab("b", "case", "p2")
            await one.listen(mine.listener)
            await two.listen(theirs.listener)

            async def rung() -> bool:
                await one.ring("case", but="a")
                await asyncio.sleep(0.02)
                return theirs.shown > 0

            await until(rung)
            assert await one.here("case", ("p1", "p2")) == {"p1", "p2"}
            await two.leave("b")

            async def gone() -> bool:
                return await one.here("case", ("p1", "p2")) == {"p1"}

            await until(gone)

    run(story)


@pytest.mark.redis
def test_redis_learns_neither_case_nor_person(redis_server: RedisServer, use: Callable[..., None]) -> None:
    use(redis_url=redis_server.url)

    async def story() -> None:
        bell = Bell()
        async with bell.running():
            await bell.listen(Tab("a", "case-4711", "person-0815").listener)
            with Redis.from_url(redis_server.url) as wire:
                keys = [key.decode() for key in wire.scan_iter()]
                stored = " ".join(keys + [str(wire.hgetall(key)) for key in keys])
        assert keys
        assert "4711" not in stored
        assert "0815" not in stored

    run(story)
