"""What two people in front of two browsers wait for: their own echo, the other's screen, and the first load of a board."""

import json
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from portal import routes
from portal.checkins import service as checkins
from portal.checkins.domain import Item
from portal.feedback import service as feedback
from portal.goals import service as goals
from tests.bench.figures import Report
from tests.bench.practice import Pair, fill_board, make_pair
from tests.makers import op

TIMES = 50

# Set before the act: the moment at which a condition holds, by the same clock in both pages.
_ARM = """(() => {
  const holds = () => (%s);
  window.__at = 0;
  const look = () => { if (!window.__at && holds()) { window.__at = performance.timeOrigin + performance.now(); stop(); } };
  const watch = new MutationObserver(look);
  watch.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
  const tick = setInterval(look, 4);
  const stop = () => { watch.disconnect(); clearInterval(tick); };
})()"""

_ACT = "(() => { const at = performance.timeOrigin + performance.now(); %s; return at; })()"


def wait_until(page: Page, condition: str, seconds: float = 30, every: int = 10) -> None:
    """Ask the page from outside until a condition holds: its own rules forbid the text of a script to be run inside it."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"Boolean({condition})"):
        if time.monotonic() > end:
            raise TimeoutError(f"{seconds:g} s without: {condition}")
        page.wait_for_timeout(every)


def timed(actor: Page, act: str, holds: dict[str, tuple[Page, str]]) -> dict[str, float]:
    """Act in one page; milliseconds until each named condition holds in its page."""
    for page, condition in holds.values():
        page.evaluate(_ARM % condition)
    began = actor.evaluate(_ACT % act)
    found = {}
    for name, (page, _) in holds.items():
        wait_until(page, "window.__at > 0", 15)
        found[name] = page.evaluate("window.__at") - began
    return found


@dataclass
class Series:
    """Own echo and propagation, sample by sample."""

    echo: list[float]
    other: list[float]

    def add(self, found: dict[str, float]) -> None:
        """One more sample."""
        self.echo.append(found["own"])
        self.other.append(found["other"])


def bare(browser: Browser, url: str) -> Series:
    """The counter app: press in one browser, see it in both."""
    mine, theirs = browser.new_context().new_page(), browser.new_context().new_page()
    for page in (mine, theirs):
        page.goto(url)
        page.wait_for_selector("#press")
        page.wait_for_timeout(1_000)
    series = Series([], [])
    for _ in range(TIMES + 3):
        now = mine.inner_text("#count")
        changed = f"document.querySelector('#count').textContent !== {json.dumps(now)}"
        series.add(timed(mine, "document.querySelector('#press').click()", {"own": (mine, changed), "other": (theirs, changed)}))
    mine.context.close()
    theirs.context.close()
    return Series(series.echo[3:], series.other[3:])


def context_of(browser: Browser, url: str, pair: Pair, who: str) -> BrowserContext:
    """A browser in which this person is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.add_cookies([{**pair.cookie_of(who), "url": url}])  # type: ignore[list-item]
    return context


def open_page(context: BrowserContext, address: str, ready: str) -> Page:
    """A page that shows what is waited for."""
    page = context.new_page()
    page.goto(address)
    wait_until(page, ready)
    return page


def _heading(title: str) -> str:
    return f"[...document.querySelectorAll('h3')].find((one) => one.textContent.trim() === {json.dumps(title)})"


def board_series(browser: Browser, url: str) -> dict[str, Series]:
    """Moves and ticks on a board of thirty goals."""
    pair = make_pair()
    fill_board(pair, 29)
    saved = goals.add(pair.client, pair.case, "Measured goal", proposes=True, op=op())
    goal = goals.agree(pair.therapist, pair.case, saved.id, saved.version, op=op())
    goals.add_step(pair.client, pair.case, goal.id, "a measured step", op=op())
    address = url + routes.in_case(routes.GOALS, pair.case)
    ready = f"Boolean({_heading('Measured goal')})"
    mine = open_page(context_of(browser, url, pair, "client"), address, ready)
    theirs = open_page(context_of(browser, url, pair, "therapist"), address, ready)
    inside = f"{_heading('Measured goal')}?.closest('[role=region], section')?.getAttribute('aria-label')"
    name_of = mine.evaluate(f"({inside}) ?? ''")
    place = inside if name_of else f"{_heading('Measured goal')}?.closest('[role=region], section')?.querySelector('h2')?.textContent"
    handle = "[...document.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? '').endsWith('Measured goal'))"
    moves, ticks = Series([], []), Series([], [])
    for number in range(TIMES + 2):
        before = json.dumps(mine.evaluate(place))
        key = "ArrowRight" if number % 2 == 0 else "ArrowLeft"
        act = f"{handle}.focus(); {handle}.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true, cancelable: true}}))"
        moved = f"(({place}) ?? {before}) !== {before}"
        moves.add(timed(mine, act, {"own": (mine, moved), "other": (theirs, moved)}))
    box = "[...document.querySelectorAll('label, li')].find((one) => one.textContent.includes('a measured step') && one.querySelector('input[type=checkbox]'))?.querySelector('input[type=checkbox]')"
    for number in range(TIMES + 2):
        ticked = f"{box}?.checked === {json.dumps(number % 2 == 0)}"
        ticks.add(timed(mine, f"{box}.click()", {"own": (mine, ticked), "other": (theirs, ticked)}))
    mine.context.close()
    theirs.context.close()
    return {"move": moves, "tick": ticks}


_DRAGS = 5


def longest_task_of_a_drag(browser: Browser, url: str) -> list[float]:
    """The longest task of the page's main thread in each of five drags across a whole board of 300 goals, in milliseconds: from the press until just before it is let go."""
    pair = make_pair()
    fill_board(pair, 300)
    page = open_page(context_of(browser, url, pair, "client"), url + routes.in_case(routes.GOALS, pair.case), "document.querySelector('.goal-card')")
    page.locator(".in-agreed > .btn").click()
    wait_until(page, "document.querySelectorAll('.goal-card').length === 300")
    page.wait_for_timeout(1_000)
    found = []
    for number in range(_DRAGS):
        box = page.locator(".goal-card").nth(number).bounding_box()
        if box is None:
            raise RuntimeError("there is no card to drag")
        browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline", "__metadata"])
        x, y = box["x"] + 60, box["y"] + box["height"] - 10
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 300, y + 200, steps=40)
        page.mouse.move(x, 700, steps=40)
        page.mouse.move(x + 40, 790, steps=10)
        page.wait_for_timeout(700)  # at the edge of the window the board scrolls by itself
        page.mouse.move(x, 300, steps=20)
        found.append(_longest_task(json.loads(browser.stop_tracing())["traceEvents"]))
        page.keyboard.press("Escape")
        page.mouse.up()
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(300)
    page.context.close()
    return found


def _longest_task(events: list[dict[str, Any]]) -> float:
    mains = {(one["pid"], one["tid"]) for one in events if one.get("name") == "thread_name" and one["args"]["name"] == "CrRendererMain"}
    return max(one["dur"] for one in events if one["name"].endswith("RunTask") and "dur" in one and (one["pid"], one["tid"]) in mains) / 1000


def edit_series(browser: Browser, url: str) -> Series:
    """A small step's words changed in one browser until they stand in the other's field, from the moment that the field is left."""
    pair = make_pair()
    goal = goals.add(pair.client, pair.case, "Measured goal", "because", proposes=True, op=op())
    goals.add_step(pair.client, pair.case, goal.id, "a measured step", op=op())
    address = url + routes.in_case(routes.GOAL, pair.case, goal=goal.id)
    field = "document.querySelector('.step-words textarea')"
    ready = f"Boolean({field})"
    mine = open_page(context_of(browser, url, pair, "client"), address, ready)
    theirs = open_page(context_of(browser, url, pair, "therapist"), address, ready)
    series = Series([], [])
    for number in range(TIMES + 2):
        text = f"step number {number}"
        mine.locator(".step-words textarea").fill(text)
        there = f"{field}?.value === {json.dumps(text)}"
        saved = f"{field}?.closest('.field')?.querySelector('.fares')?.dataset.state === 'saved'"
        series.add(timed(mine, f"{field}.focus(); {field}.blur()", {"own": (mine, saved), "other": (theirs, there)}))
    mine.context.close()
    theirs.context.close()
    return series


def feedback_series(browser: Browser, url: str) -> Series:
    """A share sent in one browser until its words stand in the other."""
    series = Series([], [])
    for _ in range(5):
        pair = make_pair()
        address = url + routes.in_case(routes.FEEDBACK, pair.case)
        ready = "[...document.querySelectorAll('button')].some((one) => one.textContent.includes('Share something'))"
        theirs = open_page(context_of(browser, url, pair, "therapist"), address, ready)
        mine = open_page(context_of(browser, url, pair, "client"), address, ready)
        for number in range(TIMES // 5):
            share, text = feedback.begin(pair.client, pair.case, op=op()), f"measured words {number}"
            feedback.choose_kind(pair.client, pair.case, share, "concern", op=op())
            feedback.write(pair.client, pair.case, share, text, 0, op=op())
            mine.reload()
            send = "[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Share now')"
            wait_until(mine, send)
            there = f"document.querySelector('main').textContent.includes({json.dumps(text)})"
            gone = f"!({send})"
            series.add(timed(mine, f"{send}.click()", {"own": (mine, gone), "other": (theirs, there)}))
        mine.context.close()
        theirs.context.close()
    return series


def reveal_series(browser: Browser, url: str) -> Series:
    """The second "I am done" until both sides stand open on both screens."""
    series = Series([], [])
    pairs = [make_pair(number) for number in range(TIMES)]
    for pair in pairs:
        checkin = checkins.start(pair.client, pair.case, op=op())
        for item in Item:
            checkins.rate(pair.client, pair.case, checkin, item, 7, op=op())
            checkins.rate(pair.therapist, pair.case, checkin, item, 8, op=op())
        checkins.submit(pair.therapist, pair.case, checkin, op=op())
        address = url + routes.in_case(routes.CHECKIN, pair.case, checkin=checkin)
        done = "[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'I am done')"
        theirs = open_page(context_of(browser, url, pair, "therapist"), address, "document.querySelectorAll('h1').length === 1 && document.querySelector('main h1').textContent.length > 3")
        mine = open_page(context_of(browser, url, pair, "client"), address, f"Boolean({done})")
        opened = "document.querySelectorAll('.gap-name').length === 6"
        series.add(timed(mine, f"{done}.click()", {"own": (mine, opened), "other": (theirs, opened)}))
        mine.context.close()
        theirs.context.close()
    return series


@dataclass
class Load:
    """One load of a page: bytes over the wire (pages, files and socket), requests, and milliseconds until it is usable."""

    bytes: int
    requests: int
    milliseconds: float


def load(context: BrowserContext, address: str, ready: str) -> Load:
    """Open a page and count what it transfers until the network is quiet."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    counted = {"bytes": 0, "requests": 0}

    def finished(event: dict[str, Any]) -> None:
        counted["bytes"] += int(event["encodedDataLength"])
        counted["requests"] += 1

    def heard(event: dict[str, Any]) -> None:
        counted["bytes"] += len(event["response"]["payloadData"].encode())

    wire.on("Network.loadingFinished", finished)
    wire.on("Network.webSocketFrameReceived", heard)
    page.add_init_script(
        "(() => { const look = () => { if (window.__usable) return; if (document.body && (" + ready + ")) "
        "window.__usable = performance.now(); else setTimeout(look, 2); }; look(); })()"
    )
    page.goto(address, wait_until="commit")
    wait_until(page, "window.__usable > 0", every=200)  # the page has its time for itself
    page.wait_for_load_state("networkidle")
    took = float(page.evaluate("window.__usable"))
    page.close()
    return Load(counted["bytes"], counted["requests"], took)


def board_loads(browser: Browser, url: str, count: int, report: Report, reach: dict[str, float]) -> None:
    """First and second load of a board with `count` goals, as the median of five browsers."""
    pair = make_pair()
    fill_board(pair, count)
    address = url + routes.in_case(routes.GOALS, pair.case)
    usable = "document.querySelectorAll('h3').length >= 10 && document.querySelector('main h1') && [...document.querySelectorAll('button')].some((one) => one.textContent.includes('Add a goal'))"
    cold, warm = [], []
    for _ in range(5):
        context = context_of(browser, url, pair, "client")
        cold.append(load(context, address, usable))
        warm.append(load(context, address, usable))
        context.close()
    for name, loads in (("cold", cold), ("warm", warm)):
        middle = sorted(loads, key=lambda one: one.milliseconds)[2]
        goal = reach if name == "cold" else {}
        report.add(f"board of {count} goals, {name}: transferred", middle.bytes / 1000, "kB", goal.get("kB"), 5)
        report.add(f"board of {count} goals, {name}: requests", middle.requests, "", None, 5)
        report.add(f"board of {count} goals, {name}: usable after", middle.milliseconds, "ms", reach["ms"], 5)

