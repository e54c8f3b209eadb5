"""A decision as the two weigh it, each in a browser of their own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from portal.decisions import service
from portal.goals import service as goals
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


def opened(pair: Pair, browser: BrowserContext, role: str, address: str) -> Page:
    page = pair.enter(browser, role)
    page.goto(f"{pair.url}/c/{pair.case}/{address}")
    expect(page.locator("h1:not(:has(.bone))")).to_be_visible()
    return page


def option(page: Page, number: int) -> Locator:
    return page.locator(".option-card").nth(number - 1)


def test_the_two_weigh_it_and_the_client_decides(pair: Pair, people: People) -> None:
    mika, theo = opened(pair, people(), "client", "decisions"), opened(pair, people(), "therapist", "decisions")
    expect(theo.get_by_text("Nothing is being weighed")).to_be_visible()
    mika.get_by_role("button", name="Open a decision").click()
    mika.get_by_label("What is to be decided?").fill("Which evening is for the choir?")
    mika.get_by_role("button", name="Open it for both").click()
    for page in (mika, theo):
        page.get_by_role("link", name="Which evening is for the choir?").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Which evening is for the choir?")

    for text in ("Tuesday", "Thursday"):
        mika.get_by_role("button", name="Add an option").click()
        mika.get_by_label("One more option").fill(text)
        mika.get_by_role("button", name="Add the option").click()
        expect(theo.get_by_role("textbox", name=re.compile(r"Option \d")).last).to_have_value(text)
    option(mika, 1).get_by_role("button", name="Add for or against").click()
    option(mika, 1).get_by_label("What speaks for or against it?").fill("Nobody knows me there")
    option(mika, 1).get_by_role("button", name="For", exact=True).click()
    expect(option(theo, 1).locator(".point")).to_have_text("Nobody knows me there")
    expect(option(theo, 1).locator(".point").get_by_role("img", name="Mika")).to_be_visible()
    option(theo, 1).get_by_role("button", name="Add for or against").click()
    option(theo, 1).get_by_label("What speaks for or against it?").fill("Tuesdays are long")
    option(theo, 1).get_by_role("button", name="Against", exact=True).click()
    expect(option(mika, 1).locator(".point").last.get_by_role("img", name="Theo")).to_be_visible()
    expect(option(mika, 1).get_by_role("button", name="Take this away: Tuesdays are long")).to_have_count(0)
    matters = [page.get_by_role("textbox", name="What matters most in this") for page in (mika, theo)]
    matters[0].click()
    mika.keyboard.type("To come home lighter")
    expect(matters[1]).to_have_text("To come home lighter")

    option(theo, 1).get_by_role("button", name="Suggest this: Tuesday").click()
    expect(theo.get_by_text("it waits for the client's yes")).to_be_visible()
    mika.get_by_role("button", name="Not yet").click()
    expect(theo.get_by_text("it waits for the client's yes")).to_have_count(0)
    option(mika, 2).get_by_role("button", name="Decide on this: Thursday").click()
    for page in (mika, theo):
        expect(page.locator(".agreed .decision-chosen")).to_have_text("Thursday")
    mika.get_by_role("button", name="Undo").click()
    expect(theo.locator(".agreed .decision-chosen")).to_have_count(0)


def test_a_decision_by_keyboard_on_a_phone_to_its_history_and_the_archive(pair: Pair, people: People) -> None:
    me, case = pair.callers["client"], pair.case
    goal = goals.add(me, case, "Sing again", proposes=True, op=op()).id
    decision = service.begin(me, case, "Which evening?", op=op()).id
    options = [service.add_option(me, case, decision, text, op=op()).id for text in ("Tuesday", "Thursday")]
    service.add_point(me, case, options[0], "against", "A long day", op=op())
    mika, theo = opened(pair, people(width=360), "client", f"decisions/{decision}"), opened(pair, people(), "therapist", f"decisions/{decision}")
    # Theo's words are stored a moment before Mika's arrive: her page has not heard of them yet.
    words = mika.get_by_role("textbox", name="Option 1")
    expect(words).to_have_value("Tuesday")
    service.reword_option(pair.callers["therapist"], case, options[0], "Wednesday", 1, op=op())
    words.fill("Tuesday at six")
    both = mika.get_by_role("group", name="Two texts")
    expect(both).to_contain_text("Wednesday")
    both.get_by_role("button", name="Keep my text").press("Enter")
    expect(theo.get_by_role("textbox", name="Option 1")).to_have_value("Tuesday at six")
    theo.get_by_text("Change the question, or tie it to a goal").click()
    theo.get_by_label("About which goal").select_option(label="Sing again")
    expect(mika.get_by_role("link", name="Sing again")).to_be_visible()
    mika.evaluate(AXE)
    found = findings(mika)

    mika.get_by_role("button", name="Decide on this: Tuesday at six").press("Enter")
    expect(theo.locator(".agreed .decision-chosen")).to_have_text("Tuesday at six")
    mika.get_by_label("Look again on").fill("2030-01-31")
    expect(theo.get_by_label("Look again on")).to_have_value("2030-01-31")
    theo.get_by_role("button", name="History").press("Enter")
    expect(theo.get_by_role("listitem").filter(has_text="Mika decided")).to_contain_text("Decided: Tuesday at six")
    theo.evaluate(AXE)
    assert found + findings(theo) == []

    theo.get_by_role("button", name="Weigh it again").press("Enter")
    expect(mika.get_by_role("button", name="Decide on this: Tuesday at six")).to_be_visible()
    mika.get_by_role("button", name="Put in the archive").press("Enter")
    expect(theo.get_by_text("In the archive").first).to_be_visible()
    on_goal = opened(pair, people(), "therapist", f"goals/{goal}")
    on_goal.get_by_role("button", name="Open a decision").press("Enter")
    on_goal.get_by_label("What is to be decided?").fill("Which choir?")
    on_goal.get_by_role("button", name="Open it for both").press("Enter")
    on_goal.get_by_role("link", name="Which choir?").press("Enter")
    expect(on_goal.get_by_role("heading", level=1)).to_have_text("Which choir?")
