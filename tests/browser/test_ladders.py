"""The ladder of a goal as two people write and use it, each in a browser of their own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal import routes
from portal.kit.i18n import PSEUDO
from tests.browser.people import enter
from tests.browser.test_accessibility import AXE, findings, settled
from tests.cast import Cast, assemble
from tests.goals.people import agreed
from tests.ladders.people import TEXTS, say, shown, whole
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]


def here(page: Page, level: str) -> None:
    page.get_by_role("button", name=f"We are here: {level}", exact=False).press("Enter")


def test_a_ladder_is_written_by_two_and_counts_once_both_say_the_same(practice: tuple[Portal, Cast], people: People) -> None:
    served, cast = practice[0], assemble()
    goal = agreed(cast)
    address = routes.in_case(routes.GOAL, cast.case, goal=goal)
    mika = enter(served, cast, "client", people(width=360), address)
    theo = enter(served, cast, "therapist", people(), address)
    mika.get_by_role("button", name="Write a ladder together").press("Enter")
    expect(theo.get_by_text("5 levels still need their words.", exact=False)).to_be_visible()
    for number, (level, text) in enumerate(zip(shown(cast, goal).levels, TEXTS, strict=True)):
        writer, reader = (theo, mika) if number % 2 else (mika, theo)
        field = f"{level.sign}, {level.name}"
        writer.get_by_role("textbox", name=field, exact=True).click()
        writer.keyboard.type(text)
        expect(reader.get_by_role("textbox", name=field, exact=True)).to_have_text(text)
    expect(theo.get_by_text("Nobody has said yet where things stand.")).to_be_visible()
    theo.get_by_label("Where it started").select_option("-1")
    expect(mika.get_by_label("Where it started")).to_have_value("-1")
    here(mika, "0")
    expect(theo.get_by_text("Mika says 0. It counts once Theo says the same.")).to_be_visible()
    here(theo, "0")
    expect(mika.get_by_text("You both say: 0")).to_be_visible()
    here(theo, "+1")
    expect(mika.get_by_text("Mika says 0, Theo says +1.", exact=False)).to_be_visible()
    theo.get_by_role("button", name="Undo", exact=True).click()
    expect(mika.get_by_text("Mika says 0, Theo says +1.", exact=False)).to_have_count(0)
    theo.get_by_role("button", name="History of the ladder").press("Enter")
    expect(theo.get_by_text("Mika said where things stand: 0")).to_be_visible()
    mika.goto(served.url + routes.in_case(routes.COURSE, cast.case))
    expect(mika.get_by_text("50.0", exact=True)).to_be_visible()
    expect(mika.get_by_text("At the start it would have been 40.0.")).to_be_visible()
    expect(mika.get_by_text("The five levels are an order, not a measure", exact=False)).to_be_visible()


def test_ladder_and_score_have_nothing_for_axe_to_find(practice: tuple[Portal, Cast], people: People) -> None:
    served, cast = practice[0], assemble()
    goal = agreed(cast, "A goal with a name that is longer than one would think, so that it has to break somewhere on a phone")
    whole(cast, goal)
    say(cast, goal, 1)
    say(cast, goal, 2, cast.client)
    page = enter(served, cast, "client", people(locale=PSEUDO), routes.in_case(routes.GOAL, cast.case, goal=goal))
    found = []
    for address in (routes.in_case(routes.GOAL, cast.case, goal=goal), routes.in_case(routes.COURSE, cast.case)):
        page.goto(served.url + address)
        settled(page)
        page.evaluate(AXE)
        found += findings(page)
    assert found == []
