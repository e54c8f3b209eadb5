"""What many people cost: memory per connected browser, CPU per edit, and how fast an edit travels in a crowd."""

import asyncio
import time
from contextlib import AsyncExitStack

from portal import routes
from tests import servers
from tests.bench.figures import Report, p95
from tests.bench.practice import Pair, cpu_of, fill_board, make_pair, memory_of
from tests.bench.sockets import QuietBrowser, browser
from tests.makers import op

_PAIRS = 100
_EDITS = 1_000
_HANDLER = "reflex___state____state.portal___live___state____here.portal___goals___state____board_state.step_ticked"


async def _open(stack: AsyncExitStack, running: servers.Portal, pair: Pair, who: str) -> QuietBrowser:
    cookie = pair.client_cookie if who == "client" else pair.therapist_cookie
    page = routes.in_case(routes.GOALS, pair.case)
    tab: QuietBrowser = await stack.enter_async_context(browser(running.url, cookie, page, routes.GOALS))
    return tab


async def _tick(tab: QuietBrowser, step: str, done: bool) -> str:
    operation = op()
    await tab.call(_HANDLER, step=step, done=done, op=operation)
    return operation


async def measure(running: servers.Portal, report: Report) -> None:
    """All figures of the crowd, in one go: connect, measure, edit, measure."""
    from portal.goals import service as goals

    pairs = [make_pair(number) for number in range(_PAIRS)]
    steps: dict[str, list[str]] = {}
    for pair in pairs:
        made = fill_board(pair, 3)
        detail = goals.goal(pair.client, pair.case, made[0])
        steps[pair.case] = [step.id for step in detail.steps]
    async with AsyncExitStack() as stack:
        base = memory_of(running)
        report.add("resident memory, nobody connected", base, "MB")
        tabs: list[tuple[Pair, QuietBrowser, QuietBrowser]] = []
        for number, pair in enumerate(pairs, 1):
            tabs.append((pair, await _open(stack, running, pair, "client"), await _open(stack, running, pair, "therapist")))
            if number == 25:
                report.add("resident memory, 50 connected", memory_of(running), "MB")
        full = memory_of(running)
        report.add("resident memory, 200 connected", full, "MB")
        report.add("memory per connected client", (full - base) / (2 * _PAIRS), "MB", 0.6)
        before, times = cpu_of(running), []
        for number in range(_EDITS):
            pair, client, therapist = tabs[number % _PAIRS]
            client.forget()
            therapist.forget()
            started = time.perf_counter()
            operation = await _tick(client, steps[pair.case][0], (number // _PAIRS) % 2 == 0)
            await client.until(lambda text, operation=operation: operation in text and '"saved"' in text.replace(" ", ""))
            await therapist.until(lambda text: "board_state" in text)
            times.append((time.perf_counter() - started) * 1000)
        report.add(f"CPU per 1,000 edits with {_PAIRS} connected pairs", (cpu_of(running) - before) / _EDITS * 1000, "s", 8, _EDITS)
        report.add(f"edit to both sockets, {_PAIRS} connected pairs, one after another, p95", p95(times), "ms", None, _EDITS)
        busy = await _all_at_once(tabs, steps)
        report.add(f"propagation with {_PAIRS} connected pairs that edit meanwhile, p95", p95(busy), "ms", 300, len(busy))


async def _all_at_once(tabs: list[tuple[Pair, QuietBrowser, QuietBrowser]], steps: dict[str, list[str]]) -> list[float]:
    """Every pair edits once in about ten seconds, spread evenly; how long each edit took to the other socket."""
    times: list[float] = []

    async def one(number: int, pair: Pair, client: QuietBrowser, therapist: QuietBrowser) -> None:
        for turn in range(3):
            await asyncio.sleep((number / len(tabs)) * 10 if turn == 0 else 10)
            therapist.forget()
            started = time.perf_counter()
            await _tick(client, steps[pair.case][1], turn % 2 == 0)
            await therapist.until(lambda text: "board_state" in text)
            times.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(one(number, *tab) for number, tab in enumerate(tabs)))
    return times

