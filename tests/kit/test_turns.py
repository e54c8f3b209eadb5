"""Turns: a flood waits in its own queue, never in the threads of others."""

import asyncio
import threading

import pytest

from portal.kit.clock import at, now
from portal.kit.refusal import TooBusy
from portal.kit.turns import Turns


async def _entered(turns: Turns, count: int) -> None:
    while turns._accepted.total() != count:
        await asyncio.sleep(0)


async def test_a_full_queue_refuses_at_once_and_others_are_not_kept_waiting() -> None:
    turns, released, done = Turns("test", threads=1, most=3, most_each=2), threading.Event(), []
    flood = [asyncio.create_task(turns.take(caller, lambda: (released.wait(30), done.append(1)))) for caller in ("a", "a", "b")]
    await _entered(turns, 3)
    for caller in ("a", "c"):
        with pytest.raises(TooBusy):
            await turns.take(caller, lambda: done.append(2))
    assert await asyncio.to_thread(lambda: "read") == "read", "the threads of others are free"
    released.set()
    await asyncio.gather(*flood)
    await _entered(turns, 0)
    await turns.take("c", lambda: done.append(3))
    assert done == [1, 1, 1, 3]


async def test_one_caller_cannot_fill_the_queue() -> None:
    turns, released = Turns("test", threads=1, most=10, most_each=2), threading.Event()
    flood = [asyncio.create_task(turns.take("a", lambda: released.wait(30))) for _ in range(5)]
    await _entered(turns, 2)
    other = asyncio.create_task(turns.take("b", lambda: True))
    await _entered(turns, 3)
    released.set()
    assert await other
    assert [type(one) for one in await asyncio.gather(*flood, return_exceptions=True)] == [bool, bool, TooBusy, TooBusy, TooBusy]


async def test_a_turn_ends_also_when_the_act_fails_or_nobody_waits_any_more() -> None:
    turns, released = Turns("test", threads=1, most=2, most_each=2), threading.Event()
    with pytest.raises(ZeroDivisionError):
        await turns.take("a", lambda: 1 // 0)
    waiting = [asyncio.create_task(turns.take("a", lambda: released.wait(30))) for _ in range(2)]
    await _entered(turns, 2)
    for one in waiting:
        one.cancel()
    released.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    await _entered(turns, 0)


async def test_the_act_sees_the_clock_of_its_caller() -> None:
    with at(now()):
        assert await Turns("test", threads=1, most=1, most_each=1).take("a", now) == now()
