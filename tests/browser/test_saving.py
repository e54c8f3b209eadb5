"""Text that saves itself: "Saved" is the server's word, and what was typed outlives a server that does not answer."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from portal import routes
from portal.checkins import service
from portal.checkins.domain import Line
from portal.checkins.schemas import Answers
from tests.browser.people import enter
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]
Practice = tuple[Portal, Cast]

KEEP = "One thing to keep"


@pytest.fixture(scope="module")
def checkin(practice: Practice) -> str:
    _, cast = practice
    return service.start(cast.client, cast.case, op=op())


@pytest.fixture
def sheet(practice: Practice, people: People, checkin: str) -> Callable[[], Page]:
    """Opens the sheet of one check-in at its open lines, in a browser of its own."""
    portal, cast = practice

    def open_one() -> Page:
        page = enter(portal, cast, "client", people(), routes.in_case(routes.CHECKIN, cast.case, checkin=checkin))
        expect(page.get_by_label(KEEP)).to_be_attached()
        return page

    return open_one


def _line(page: Page) -> None:
    """Bring the open line into sight, whichever step of the sheet it is on."""
    while not page.get_by_label(KEEP).is_visible():
        page.locator(".steps-next").click()


def _processes(root: int) -> list[int]:
    """A process and all that it started."""
    found = [root]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


@contextmanager
def _frozen(portal: Portal) -> Iterator[None]:
    """The server keeps its connections and answers nothing: what a half-open line looks like from the page."""
    stopped = _processes(portal.process.pid)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def test_a_text_is_saved_while_it_is_written(sheet: Callable[[], Page]) -> None:
    page = sheet()
    _line(page)
    page.get_by_label(KEEP).fill("The quiet minute at the beginning")
    expect(page.locator(".fares[data-state=saved]")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label(KEEP)).to_have_value("The quiet minute at the beginning")


def test_without_an_answer_the_page_says_so_keeps_the_text_and_saves_it_later(practice: Practice, sheet: Callable[[], Page]) -> None:
    page = sheet()
    _line(page)
    with _frozen(practice[0]):
        page.get_by_label(KEEP).fill("Written into silence")
        expect(page.locator(".fares[data-state=late]")).to_contain_text("Not saved yet", timeout=8_000)
        expect(page.get_by_text(re.compile(r"Saved \d"))).to_have_count(0)
        expect(page.get_by_label(KEEP)).to_have_value("Written into silence")
    expect(page.locator(".fares[data-state=saved]")).to_contain_text("Saved", timeout=20_000)
    page.reload()
    expect(page.get_by_label(KEEP)).to_have_value("Written into silence")


def test_text_typed_without_a_connection_is_saved_when_it_is_back(sheet: Callable[[], Page]) -> None:
    page = sheet()
    _line(page)
    page.context.set_offline(True)
    page.get_by_label(KEEP).fill("Written in the tunnel")
    expect(page.locator(".fares[data-state=late]")).to_be_visible(timeout=8_000)
    page.context.set_offline(False)
    expect(page.locator(".fares[data-state=saved]")).to_contain_text("Saved", timeout=30_000)
    page.reload()
    expect(page.get_by_label(KEEP)).to_have_value("Written in the tunnel")


def test_of_two_texts_in_one_field_both_are_shown_and_the_person_chooses(sheet: Callable[[], Page]) -> None:
    first, second = sheet(), sheet()
    _line(first)
    _line(second)
    first.get_by_label(KEEP).fill("From the phone")
    second.get_by_label(KEEP).press_sequentially(" and from the desk", delay=1)
    expect(first.locator(".fares[data-state=saved]")).to_be_visible()
    box = second.get_by_role("group", name="Two texts")
    expect(box.get_by_text("From the phone")).to_be_visible()
    assert "from the desk" in second.get_by_label(KEEP).input_value()
    box.get_by_role("button", name="Keep my text").click()
    expect(box).to_be_hidden()
    expect(second.locator(".fares[data-state=saved]")).to_be_visible()
    mine = second.get_by_label(KEEP).input_value().strip()
    first.reload()
    expect(first.get_by_label(KEEP)).to_have_value(mine)


def test_after_a_broken_line_what_the_other_device_wrote_meanwhile_is_not_overwritten(
    practice: Practice, people: People, checkin: str
) -> None:
    """The text was stored, its confirmation was lost with the server, and a newer one came from elsewhere before the line was back."""
    portal, cast = practice
    address = routes.in_case(routes.CHECKIN, cast.case, checkin=checkin)
    context = people()
    lines: list[WebSocketRoute] = []
    deaf: list[bool] = []

    def pass_on(page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()
        page_side.on_message(server_side.send)
        server_side.on_message(lambda message: None if deaf else page_side.send(message))
        lines.append(page_side)

    context.route_web_socket("**/_event/**", pass_on)
    page = enter(portal, cast, "client", context, address)
    expect(page.get_by_label(KEEP)).to_be_attached()
    _line(page)
    page.get_by_label(KEEP).fill("The very first words")
    expect(page.locator(".fares[data-state=saved]")).to_be_visible()
    seen = _mine(cast, checkin).version(Line.KEEP)
    deaf.append(True)
    page.get_by_label(KEEP).fill("Stored, but never confirmed")
    for _ in range(200):  # the line is passed on by this very thread, while the page is waited for
        if _mine(cast, checkin).version(Line.KEEP) == seen + 1:
            break
        page.wait_for_timeout(100)
    service.write_line(cast.client, cast.case, checkin, Line.KEEP, "From the other device", seen + 1, op=op())
    page.get_by_label(KEEP).press_sequentially(", and written on", delay=1)
    deaf.clear()
    lines[-1].close()
    box = page.get_by_role("group", name="Two texts")
    expect(box.get_by_text("From the other device")).to_be_visible(timeout=30_000)
    expect(page.get_by_label(KEEP)).to_have_value("Stored, but never confirmed, and written on")
    assert _mine(cast, checkin).lines[Line.KEEP] == "From the other device", "nobody has chosen yet"
    box.get_by_role("button", name="Keep my text").click()
    expect(page.locator(".fares[data-state=saved]")).to_be_visible()
    assert _mine(cast, checkin).lines[Line.KEEP] == "Stored, but never confirmed, and written on"


def _mine(cast: Cast, checkin: str) -> Answers:
    return service.sheet(cast.client, cast.case, checkin).mine


def test_the_browser_asks_before_it_throws_unsaved_text_away(practice: Practice, sheet: Callable[[], Page]) -> None:
    page = sheet()
    _line(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with _frozen(practice[0]):
        page.get_by_label(KEEP).press_sequentially("!", delay=1)
        page.evaluate("location.href = '/help-now'")
        page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        expect(page.get_by_label(KEEP)).to_be_visible()
    expect(page.locator(".fares[data-state=saved]")).to_contain_text("Saved", timeout=30_000)


def test_nothing_that_was_typed_is_in_the_browsers_storage(sheet: Callable[[], Page]) -> None:
    page = sheet()
    _line(page)
    page.get_by_label(KEEP).fill("the heron stands in the reeds")
    expect(page.locator(".fares[data-state=saved]")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "heron" not in kept
