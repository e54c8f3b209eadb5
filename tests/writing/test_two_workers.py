"""Two people whose sockets end in two processes: letters travel over Redis, and nothing readable does."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from redis import Redis

from portal.kit.crdt import SharedText
from portal.writing import service
from portal.writing.schemas import Address
from tests.cast import Cast, assemble
from tests.goals.people import working
from tests.servers import Portal, RedisServer
from tests.writing.editors import Editor, editor
from tests.writing.people import shown, text_of


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as made:
        yield made


async def process_of(one: Editor, portal: Portal) -> int:
    """Which server process a line ends in."""
    import psutil

    here = one.wire.transport.get_extra_info("sockname")[1]
    for pid in portal.processes():
        for line in psutil.Process(pid).net_connections():
            if line.raddr and line.raddr.port == here and line.laddr.port == portal.port:
                return pid
    raise AssertionError("no process has this line")


async def on_both(stack: AsyncExitStack, portal: Portal, address: Address, cast: Cast) -> tuple[Editor, Editor]:
    """A client and a therapist in different processes: lines are opened until the system gives one of the other."""
    mika = await stack.enter_async_context(editor(portal.url, address, cast.tokens["client"]))
    home = await process_of(mika, portal)
    for _ in range(60):
        theo = await stack.enter_async_context(editor(portal.url, address, cast.tokens["therapist"]))
        if await process_of(theo, portal) != home:
            return mika, theo
        await theo.wire.close()
    raise AssertionError("every line ended in the same process")


async def test_two_workers_converge_and_redis_reads_nothing(
    large_practice: tuple[Portal, Cast], redis_server: RedisServer, stack: AsyncExitStack
) -> None:
    portal, cast = large_practice[0], assemble()
    goal, chance = working(cast), random.Random(5)
    address = text_of(cast, goal, "notes")
    passed: list[bytes] = []
    with Redis.from_url(redis_server.url) as wire, wire.pubsub() as ear:
        ear.subscribe("rapport:writing")
        mika, theo = await on_both(stack, portal, address, cast)

        async def type_in(one: Editor, word: str) -> None:
            for _ in range(60):
                place = chance.randint(0, len(one.text.text))
                await one.write(one.text.text[:place] + word + one.text.text[place:])
                await asyncio.sleep(chance.random() * 0.01)

        await asyncio.gather(type_in(mika, "Quitte "), type_in(theo, "Birne "))
        for one in (mika, theo):
            await one.until(lambda one=one: one.kept == one.written)
        await mika.until(lambda: mika.text.text == theo.text.text)
        while (message := ear.get_message(timeout=0.2)) is not None:
            if message["type"] == "message":
                passed.append(message["data"])
    assert shown(cast, goal, "notes") == mika.text.text.strip()
    assert SharedText(service.laid_down(address).state).text == mika.text.text
    assert len(passed) > 50
    for message in passed:
        assert not any(word in message for word in (b"Quitte", b"Birne", goal.encode(), cast.case.encode(), b"goal."))


async def test_carets_and_a_late_comer_reach_the_other_worker(large_practice: tuple[Portal, Cast], stack: AsyncExitStack) -> None:
    portal, cast = large_practice[0], assemble()
    address = text_of(cast, working(cast))
    mika, theo = await on_both(stack, portal, address, cast)
    await mika.show_caret({"user": {}, "cursor": None}, writer=4321)
    await theo.until(lambda: theo.carets.get(4321) == {"user": {"name": "Mika", "role": "client"}})
    await mika.write("not stored yet")
    late = await stack.enter_async_context(editor(portal.url, address, cast.tokens["supervisor"]))
    await late.until(lambda: late.text.text == "not stored yet")
    await mika.wire.close()
    await theo.until(lambda: theo.carets[4321] is None)


async def test_letters_arrive_although_redis_was_away(
    large_practice: tuple[Portal, Cast], redis_server: RedisServer, stack: AsyncExitStack
) -> None:
    portal, cast = large_practice[0], assemble()
    goal = working(cast)
    address = text_of(cast, goal)
    mika, theo = await on_both(stack, portal, address, cast)
    with Redis.from_url(redis_server.url) as wire:
        wire.client_kill_filter(_type="pubsub", skipme=True)
        await mika.write_and_wait("while the wire was down")
        await theo.until(lambda: theo.text.text == "while the wire was down")
        await theo.write_and_wait("while the wire was down, and after")
        await mika.until(lambda: mika.text.text == theo.text.text)
    assert shown(cast, goal) == "while the wire was down, and after"
