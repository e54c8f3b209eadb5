"""Writing together: letters to the other screen, two who type at random, and many open texts in one process."""

import asyncio
import gc
import json
import random
import time
from contextlib import AsyncExitStack

import psutil
from playwright.sync_api import Browser
from sqlmodel import select

from portal import routes
from portal.access.models import Membership, PersonSession
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.db import transaction
from portal.writing.schemas import Address
from portal.writing.state import Desk
from tests import servers
from tests.bench.figures import Report, p95
from tests.bench.practice import Pair, cpu_of, make_pair, memory_of
from tests.bench.screens import Series, context_of, open_page, timed
from tests.makers import op
from tests.writing.editors import Editor, editor

_LETTERS = 100
_RUNS, _TYPED = 100, 200
_DOCUMENTS = 200
_WARM = 20
_SECONDS = 20
_WORDS = "We looked at what happened on Sunday and at what I would have liked to say. " * 12


def letters(browser: Browser, url: str) -> Series:
    """A letter typed in one browser, until it stands in both."""
    pair = make_pair()
    goal = goals.add(pair.client, pair.case, "Measured goal", "because", proposes=True, op=op())
    address = url + routes.in_case(routes.GOAL, pair.case, goal=goal.id)
    box = (
        "[...document.querySelectorAll('.together[contenteditable=true]')]"
        ".find((one) => document.getElementById(one.getAttribute('aria-labelledby'))?.textContent === 'Why it matters')"
    )
    mine = open_page(context_of(browser, url, pair, "client"), address, f"Boolean({box})")
    theirs = open_page(context_of(browser, url, pair, "therapist"), address, f"Boolean({box})")
    mine.evaluate(f"(() => {{ const box = {box}; box.focus(); getSelection().selectAllChildren(box); getSelection().collapseToEnd(); }})()")
    series = Series([], [])
    for number in range(_LETTERS + 5):
        letter = "abcdefghij"[number % 10]
        text = json.dumps("because" + "".join("abcdefghij"[each % 10] for each in range(number + 1)))
        there = f"{box}.textContent.startsWith({text})"
        # Nobody types faster than this; a burst would measure the queue.
        mine.wait_for_timeout(60)
        series.add(timed(mine, f"document.execCommand('insertText', false, '{letter}')", {"own": (mine, there), "other": (theirs, there)}))
    mine.context.close()
    theirs.context.close()
    return Series(series.echo[5:], series.other[5:])


def _address(pair: Pair, why: str = "", part: str = "why") -> Address:
    goal = goals.add(pair.client, pair.case, "Measured goal", why, proposes=True, op=op())
    return Address(pair.case, f"goal.{part}", goal.id)


async def _sit(stack: AsyncExitStack, url: str, pair: Pair, who: str, address: Address) -> Editor:
    token = pair.cookie_of(who)["value"]
    made: Editor = await stack.enter_async_context(editor(url, address, token))
    return made


async def _type_at_random(one: Editor, chance: random.Random, letters_: str) -> None:
    for _ in range(_TYPED):
        text = one.text.text
        place = chance.randint(0, len(text))
        await one.send_sync(2, one.text.become(text[:place] + chance.choice(letters_) + text[place:]))
        await asyncio.sleep(chance.random() * 0.004)
    one.written += 1
    await one.say(mark=one.written)


async def _converge(url: str, report: Report) -> None:
    """Two editors over the real socket, 200 letters each at random places; the database has to agree, too."""
    different = 0
    for run in range(_RUNS):
        pair, chance = make_pair(run), random.Random(run)
        address = _address(pair, part="notes")
        async with AsyncExitStack() as stack:
            first, second = await _sit(stack, url, pair, "client", address), await _sit(stack, url, pair, "therapist", address)
            await asyncio.gather(_type_at_random(first, chance, "abc \n"), _type_at_random(second, chance, "xyz \n"))
            for one in (first, second):
                await one.until(lambda one=one: one.kept == one.written)
            try:
                await first.until(lambda first=first, second=second: first.text.text == second.text.text, 5)
            except TimeoutError:
                different += 1
                continue
            stored = goals.goal(pair.client, pair.case, address.about_id).goal.notes
            same = sum(first.text.text.count(letter) for letter in "abcxyz") > _TYPED and stored == first.text.text.strip()
            different += not same
    report.add(f"two who type {_TYPED} letters each at random places: runs of {_RUNS} that did not end identical", different, "", 0, _RUNS)


async def _crowd(running: servers.Portal, report: Report) -> None:
    """Many open texts, each with two sockets, in all of which somebody types."""
    pairs = [make_pair(number) for number in range(_WARM + _DOCUMENTS)]
    places = [_address(pair, _WORDS) for pair in pairs]
    async with AsyncExitStack() as stack:

        async def sit(who: str, begin: int, end: int) -> list[Editor]:
            return [await _sit(stack, running.url, pair, who, address) for pair, address in zip(pairs[begin:end], places[begin:end], strict=True)]

        # What a process needs once (threads, caches of statements) is no part of a document.
        await sit("client", 0, _WARM)
        await sit("therapist", 0, _WARM)
        before = memory_of(running)
        seats = list(zip(await sit("client", _WARM, _WARM + _DOCUMENTS), await sit("therapist", _WARM, _WARM + _DOCUMENTS), strict=True))
        each = (memory_of(running) - before) * 1000 / _DOCUMENTS
        report.add("memory of the server per open document with its two sockets", each, "kB", None, _DOCUMENTS)
        times: list[float] = []
        cpu = cpu_of(running)

        async def one(number: int, mine: Editor, theirs: Editor) -> None:
            await asyncio.sleep(number / _DOCUMENTS * 0.5)
            for turn in range(_SECONDS * 2):
                sent = time.perf_counter()
                text = mine.text.text + "abcdefghij"[turn % 10]
                await mine.write(text)
                await theirs.until(lambda text=text: theirs.text.text == text, 30)
                times.append((time.perf_counter() - sent) * 1000)
                await asyncio.sleep(max(0.0, 0.5 - (time.perf_counter() - sent)))

        await asyncio.gather(*(one(number, *pair) for number, pair in enumerate(seats)))
        for mine, _ in seats:
            await mine.until(lambda mine=mine: mine.kept == mine.written, 60)
        typed = len(times)
        report.times(f"letter to the other socket, {_DOCUMENTS} texts and {2 * _DOCUMENTS} sockets, two letters a second in each", times, p95_reach=200)
        report.add("CPU per 1,000 letters, stored", (cpu_of(running) - cpu) / typed * 1000, "s", None, typed)


class _NoPipe:
    """In the place of a socket."""

    def send(self, data: bytes) -> None:
        """Nobody listens."""

    def close(self, code: int) -> None:
        """There is nothing to close."""


async def _documents(report: Report) -> None:
    """What open texts take, with two people at each, without the sockets, which are the server's own; in this process."""
    pairs = [make_pair(number) for number in range(_WARM + _DOCUMENTS)]
    places = [_address(pair, _WORDS) for pair in pairs]
    desk = Desk()

    async def sit(begin: int, end: int) -> float:
        for pair, address in zip(pairs[begin:end], places[begin:end], strict=True):
            for caller in (pair.client, pair.therapist):
                await desk.sit(caller, address, _NoPipe())
        gc.collect()
        return float(psutil.Process().memory_info().rss) / 1000

    async with desk.running():
        before = await sit(0, _WARM)
        each = (await sit(_WARM, _WARM + _DOCUMENTS) - before) / _DOCUMENTS
    report.add(f"memory per open document ({len(_WORDS)} letters, two people)", each, "kB", 200, _DOCUMENTS)


async def _revoked(url: str, report: Report) -> None:
    """A session or a membership that ended, until its socket is closed."""
    times = []
    for number in range(20):
        pair = make_pair(number)
        async with AsyncExitStack() as stack:
            mine = await _sit(stack, url, pair, "therapist", _address(pair))
            began = time.perf_counter()
            with transaction(writes=True) as db:
                if number % 2:
                    rows = db.exec(select(PersonSession).where(PersonSession.id == pair.therapist.session_id)).all()
                else:
                    rows = db.exec(select(Membership).where(Membership.case_id == pair.case)).all()
                for row in rows:
                    row.ended_at = clock.now()
                    db.add(row)
            await mine.ended()
            times.append((time.perf_counter() - began) * 1000)
    report.add("session or membership ended until the socket is closed, p95", p95(times), "ms", 1_000, len(times))


async def measure(running: servers.Portal, report: Report) -> None:
    """Everything that needs no screen."""
    await _converge(running.url, report)
    await _revoked(running.url, report)
    await _documents(report)
    await _crowd(running, report)
