"""Storage that is out of reach for a while: what cannot be shown says so and comes back, what was clicked has an end."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import BrowserContext, expect

from portal import routes
from portal.access import gate
from portal.goals import service as goals
from portal.settings import settings
from tests.browser.pairs import Pair
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]

TITLE = "Walk to the river on Sundays"
SORRY = "This cannot be shown just now"
NOT_SAVED = "Not saved"


@pytest.fixture
def pair(practice: tuple[Portal, object]) -> Pair:
    made = Pair(practice[0].url)
    goals.add(made.callers["client"], made.case, TITLE, proposes=True, op=op())
    return made


@contextmanager
def _locked() -> Iterator[None]:
    """Another process holds the database: reading goes on, writing does not."""
    file = settings().sqlite_file
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def test_a_page_that_cannot_be_shown_is_no_empty_page_and_comes_back_by_itself(pair: Pair, people: People) -> None:
    page = pair.enter(people(), "therapist")
    with _locked():
        # A therapist's look must be entered into the log, so it has to wait.
        page.goto(pair.url + routes.in_case(routes.GOALS, pair.case))
        expect(page.get_by_text(SORRY)).to_be_visible()
        expect(page.locator("h1[data-bare]")).to_be_attached()
        assert NOT_SAVED not in page.locator("main").inner_text(), "nothing was typed"
        expect(page.locator("main button:visible")).to_have_count(0)
    expect(page.get_by_text(TITLE).first).to_be_visible(timeout=30_000)
    expect(page.get_by_text(SORRY)).to_have_count(0)


def test_a_client_reads_on_while_another_process_writes(pair: Pair, people: People) -> None:
    page = pair.enter(people(), "client")
    with _locked():
        page.goto(pair.url + routes.in_case(routes.GOALS, pair.case))
        expect(page.get_by_text(TITLE).first).to_be_visible()
        expect(page.get_by_text(SORRY)).to_have_count(0)


def test_a_click_that_meets_an_outage_says_so_and_is_waited_for_no_more(pair: Pair, people: People) -> None:
    gate.forget_looks()
    page = pair.enter(people(), "therapist")
    page.goto(pair.url + routes.in_case(routes.GOALS, pair.case))
    agree = page.get_by_role("button", name="Yes, let's").first
    expect(agree).to_be_visible()
    with _locked():
        agree.click()
        expect(page.locator(".refusal")).to_contain_text(NOT_SAVED)
        expect(page.locator(".saved-line[data-state=late], .saved-line[data-state=saving]")).to_have_count(0)
    agree.click()
    expect(page.locator(".saved-line[data-state=saved]")).to_be_attached()
    expect(page.locator(".refusal")).to_have_count(0)
