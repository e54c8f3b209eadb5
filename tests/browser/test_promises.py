"""The therapist's promises on the board as the two meet them, each in a browser of their own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from portal.promises import service
from portal.promises.schemas import PromiseForm
from tests.browser.pairs import Pair
from tests.browser.test_accessibility import AXE, findings
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]


@pytest.fixture
def pair(practice: tuple[Portal, Cast]) -> Pair:
    """A fresh pair for each test, in the served practice."""
    return Pair(practice[0].url)


def board(pair: Pair, browser: BrowserContext, role: str) -> Page:
    page = pair.enter(browser, role)
    page.goto(f"{pair.url}/c/{pair.case}/goals")
    expect(page.locator("h1:not(:has(.bone))")).to_be_visible()
    return page


def card(page: Page, text: str) -> Locator:
    return page.locator(".promise-card").filter(has=page.get_by_role("heading", name=text, exact=True))


def test_a_promise_is_made_and_only_the_client_can_tick_it(pair: Pair, people: People) -> None:
    mika, theo = board(pair, people(), "client"), board(pair, people(), "therapist")
    expect(mika.get_by_role("region", name="What Theo promised")).to_contain_text("Theo has promised nothing here yet")
    expect(mika.get_by_role("button", name="Make a promise")).to_have_count(0)
    theo.get_by_role("button", name="Make a promise").click()
    theo.get_by_label("I promise …").fill("Bring the book")
    theo.get_by_label("Until when").fill("2030-01-31")
    theo.get_by_role("button", name="Promise it").click()
    expect(card(mika, "Bring the book")).to_contain_text("Promise of Theo")
    expect(card(mika, "Bring the book")).to_contain_text("by 31 Jan")
    expect(theo.get_by_role("status").get_by_text("Promised")).to_be_visible()
    expect(card(theo, "Bring the book").get_by_role("checkbox")).to_have_count(0)

    mika.get_by_role("checkbox", name="Kept: Bring the book").check()
    expect(card(theo, "Bring the book").locator(".chip.good")).to_have_text("Kept")
    mika.get_by_role("button", name="Undo").click()
    expect(mika.get_by_role("checkbox", name="Kept: Bring the book")).not_to_be_checked()
    expect(card(theo, "Bring the book").locator(".chip.good")).to_have_count(0)

    mika.get_by_role("button", name="Not kept: Bring the book").click()
    expect(card(theo, "Bring the book")).to_contain_text("Not kept")
    expect(mika.get_by_role("button", name="Undo")).to_have_count(1)
    mika.reload()
    expect(card(mika, "Bring the book")).to_contain_text("Not kept")


def test_words_and_day_change_and_it_is_taken_back_with_a_reason_by_keyboard(pair: Pair, people: People) -> None:
    promise = service.make(pair.callers["therapist"], pair.case, PromiseForm("Bring the book"), op=op())
    mika, theo = board(pair, people(width=360), "client"), board(pair, people(), "therapist")
    opener = theo.get_by_role("button", name="Change or take back: Bring the book")
    opener.focus()
    theo.keyboard.press("Enter")
    words = theo.get_by_label("What I promise")
    expect(words).to_have_value("Bring the book")
    # Another screen of Theo's was faster: this one has not heard of it yet.
    service.reword(pair.callers["therapist"], pair.case, promise.id, "Bring both books", 1, op=op())
    words.fill("Bring a book")
    both = theo.get_by_role("group", name="Two texts")
    expect(both).to_contain_text("Bring both books")
    both.get_by_role("button", name="Keep my text").click()
    expect(card(mika, "Bring a book")).to_be_visible()
    theo.locator(".promise-inside").get_by_label("Until when").fill("2030-02-01")
    expect(card(mika, "Bring a book")).to_contain_text("by 1 Feb")
    theo.evaluate(AXE)
    found = findings(theo)

    theo.get_by_label("Take it back, because …").focus()
    theo.keyboard.type("The library has closed")
    theo.keyboard.press("Tab")
    theo.keyboard.press("Enter")
    expect(card(mika, "Bring a book").locator(".quote")).to_have_text("The library has closed")
    expect(card(mika, "Bring a book")).to_contain_text("Taken back")
    expect(mika.get_by_role("checkbox", name="Kept: Bring a book")).to_have_count(0)

    mika.get_by_role("button", name="History: Bring a book").press("Enter")
    expect(mika.locator(".history").get_by_role("listitem").filter(has_text="Theo took it back")).to_be_visible()
    mika.evaluate(AXE)
    assert found + findings(mika) == []
    mika.get_by_role("button", name="Put in the archive: Bring a book").press("Enter")
    expect(card(theo, "Bring a book")).to_have_count(0)
    mika.get_by_role("button", name="1 promise in the archive").press("Enter")
    mika.get_by_role("button", name="Bring back: Bring a book").press("Enter")
    expect(card(theo, "Bring a book")).to_be_visible()
