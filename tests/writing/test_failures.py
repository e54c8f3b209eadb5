"""What is lost when something breaks: nothing that was confirmed, and nothing that an editor still has."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack

import psutil
import pytest

from portal.kit.crdt import SharedText
from portal.writing import service
from portal.writing.schemas import Address
from tests import servers
from tests.cast import Cast, assemble
from tests.conftest import served_cast
from tests.goals.people import working
from tests.servers import Portal
from tests.wires import Wire, wire_to
from tests.writing.editors import Editor, Refused, editor
from tests.writing.people import shown, text_of


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Wire]]:
    """A practice behind a network that can fail."""
    with ExitStack() as stack:
        port, outside = servers.free_port(), servers.free_port()
        running, _ = served_cast(
            stack, tmp_path_factory.mktemp("fragile") / "data", port=str(port), public_url=f"http://127.0.0.1:{outside}"
        )
        yield running, stack.enter_context(wire_to(port, at=outside))


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as made:
        yield made


@pytest.fixture
def cast(fragile: tuple[Portal, Wire]) -> Iterator[Cast]:
    yield assemble()
    fragile[1].heal()


async def come_back(stack: AsyncExitStack, wire: Wire, address: Address, token: str, text: SharedText | None = None) -> Editor:
    """Open a line as often as it takes, as an editor does."""
    async with asyncio.timeout(60):
        while True:
            try:
                made = await stack.enter_async_context(editor(wire.url, address, token, text=text))
            except (Refused, OSError):
                await asyncio.sleep(0.1)
                continue
            if made.synced:
                return made
            await asyncio.sleep(0.1)


async def until(holds: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.05)


def server_processes(portal: Portal) -> list[psutil.Process]:
    """The processes that answer sockets, not the supervisor and not the worker for mail."""
    tree = psutil.Process(portal.process.pid).children(recursive=True)
    return [one for one in tree if "worker" not in one.cmdline()]


@pytest.mark.parametrize("seed", [3, 17])
async def test_a_killed_server_loses_nothing_that_was_confirmed(
    fragile: tuple[Portal, Wire], cast: Cast, stack: AsyncExitStack, seed: int
) -> None:
    portal, wire = fragile
    goal, chance = working(cast), random.Random(seed)
    address = text_of(cast, goal, "notes")
    mika = await come_back(stack, wire, address, cast.tokens["client"])
    theo = await come_back(stack, wire, address, cast.tokens["therapist"])
    written: dict[int, str] = {}

    async def type_on() -> None:
        for number in range(10_000):
            if mika.code is not None:
                return
            await mika.write(f"{mika.text.text} {number}".strip())
            written[mika.written] = mika.text.text
            await asyncio.sleep(0.01)

    typing = asyncio.create_task(type_on())
    await mika.until(lambda: mika.kept > 5)
    await asyncio.sleep(chance.random())
    for process in server_processes(portal):
        process.send_signal(signal.SIGKILL)
    await typing
    confirmed = written[mika.kept]
    assert shown(cast, goal, "notes").startswith(confirmed)
    back = await come_back(stack, wire, address, cast.tokens["client"], mika.text)
    again = await come_back(stack, wire, address, cast.tokens["therapist"], theo.text)
    await back.say(mark=1)
    await back.until(lambda: back.kept == 1, 30)
    await again.until(lambda: again.text.text == back.text.text)
    assert shown(cast, goal, "notes") == back.text.text
    assert list(written.values())[-1] == back.text.text


async def test_letters_that_a_dead_server_only_passed_on_are_brought_back_by_whoever_got_them(
    fragile: tuple[Portal, Wire], cast: Cast, stack: AsyncExitStack
) -> None:
    portal, wire = fragile
    goal = working(cast)
    address = text_of(cast, goal)
    mika = await come_back(stack, wire, address, cast.tokens["client"])
    theo = await come_back(stack, wire, address, cast.tokens["therapist"])
    await mika.write_and_wait("stored")
    await mika.write("stored and passed on")
    await theo.until(lambda: theo.text.text == "stored and passed on")
    for process in server_processes(portal):
        os.kill(process.pid, signal.SIGKILL)
    await theo.ended()
    # The one who wrote it never comes back.
    again = await come_back(stack, wire, address, cast.tokens["therapist"], theo.text)
    again.written = 1
    await again.write_and_wait("stored and passed on, and more")
    assert shown(cast, goal) == "stored and passed on, and more"


async def test_a_line_that_swallows_bytes_loses_nothing(fragile: tuple[Portal, Wire], cast: Cast, stack: AsyncExitStack) -> None:
    _, wire = fragile
    goal = working(cast)
    address = text_of(cast, goal)
    mika = await come_back(stack, wire, address, cast.tokens["client"])
    await mika.write_and_wait("before")
    wire.swallow()
    for text in ("before it", "before it broke", "before it broke, after"):
        await mika.write(text)
    assert mika.kept == 1
    wire.heal()
    await mika.ended()
    theo = await come_back(stack, wire, address, cast.tokens["therapist"])
    await theo.write_and_wait("Theo: " + theo.text.text)
    back = await come_back(stack, wire, address, cast.tokens["client"], mika.text)
    await back.say(mark=9)
    await back.until(lambda: back.kept == 9)
    await theo.until(lambda: theo.text.text == back.text.text)
    assert shown(cast, goal) == back.text.text == "Theo: before it broke, after"


@pytest.mark.parametrize("seed", range(4))
async def test_two_on_a_line_that_is_cut_again_and_again_come_to_the_same_text(
    fragile: tuple[Portal, Wire], cast: Cast, stack: AsyncExitStack, seed: int
) -> None:
    _, wire = fragile
    goal, chance = working(cast), random.Random(seed)
    address = text_of(cast, goal, "notes")
    texts = {"client": SharedText(), "therapist": SharedText()}

    async def type_through(who: str, letter: str) -> None:
        written = 0
        while written < 60:
            one = await come_back(stack, wire, address, cast.tokens[who], texts[who])
            while one.code is None and written < 60:
                place = chance.randint(0, len(one.text.text))
                await one.write(one.text.text[:place] + letter + one.text.text[place:])
                written += 1
                await asyncio.sleep(0.005)
        while True:
            one = await come_back(stack, wire, address, cast.tokens[who], texts[who])
            await one.say(mark=1_000)
            try:
                await one.until(lambda one=one: one.kept == 1_000 or one.code is not None)
            except TimeoutError:
                continue
            if one.kept == 1_000:
                return

    async def trouble() -> None:
        for _ in range(4):
            await asyncio.sleep(0.1 + chance.random() * 0.2)
            chance.choice([wire.cut, wire.swallow])()
            await asyncio.sleep(0.1)
            wire.heal()

    await asyncio.gather(type_through("client", "m"), type_through("therapist", "t"), trouble())
    ends = [await come_back(stack, wire, address, cast.tokens[who], texts[who]) for who in texts]
    await ends[0].until(lambda: ends[0].text.text == ends[1].text.text)
    assert (ends[0].text.text.count("m"), ends[0].text.text.count("t")) == (60, 60)
    await until(lambda: shown(cast, goal, "notes") == ends[0].text.text)
    assert SharedText(service.laid_down(address).state).text == ends[0].text.text
