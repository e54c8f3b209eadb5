"""Finding goals on the board: instant, by words and choices, kept by the address and by nothing else."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal.goals import service
from tests.browser.test_board import Two, card, titles
from tests.cast import Cast, assemble
from tests.goals import people as goals
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser


@pytest.fixture
def two(people: Callable[..., BrowserContext], practice: tuple[Portal, Cast]) -> Two:
    """A fresh cast for each test, in the served practice."""
    return Two(practice[0], assemble(), people)


def find(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Find in the goals").fill(text)


def test_words_are_found_while_they_are_typed(two: Two) -> None:
    goals.agreed(two.cast, "Sleep before midnight", "Mornings are mine then")
    goal = goals.agreed(two.cast, "Call my sister")
    service.add_step(two.cast.client, two.cast.case, goal, "a walk on Sunday mornings", op=op())
    goals.agreed(two.cast, "Say no once a week")
    mika = two.page("client")
    find(mika, "MÓRNING")
    expect(titles(mika, "Agreed")).to_have_text(["Call my sister", "Sleep before midnight"])
    expect(mika.get_by_role("status").get_by_text("2 of 3 goals")).to_be_visible()
    find(mika, "morning sunday")
    expect(titles(mika, "Agreed")).to_have_text(["Call my sister"])
    find(mika, "xylophone")
    expect(mika.get_by_role("status").get_by_text("No goal on the board fits what you look for.")).to_be_visible()
    mika.get_by_role("button", name="Show all goals").click()
    expect(titles(mika, "Agreed")).to_have_count(3)
    expect(mika.get_by_role("searchbox", name="Find in the goals")).to_have_value("")
    expect(mika.get_by_role("searchbox", name="Find in the goals")).to_be_focused()


def test_what_is_looked_for_survives_a_card_a_reload_and_the_way_back(two: Two) -> None:
    goals.agreed(two.cast, "Sleep before midnight")
    goals.working(two.cast, "Sleep without the telephone")
    goals.agreed(two.cast, "Call my sister")
    mika = two.page("client")
    find(mika, "sleep")
    mika.get_by_label("Where it stands").select_option(label="Agreed")
    expect(titles(mika, "Agreed")).to_have_text(["Sleep before midnight"])
    expect(titles(mika, "Working on")).to_have_count(0)
    kept = re.compile(r"/goals#[A-Za-z0-9_-]{40,}$")
    expect(mika).to_have_url(kept)
    address = mika.url

    def stands() -> None:
        expect(mika.get_by_role("searchbox", name="Find in the goals")).to_have_value("sleep")
        expect(mika.get_by_label("Where it stands")).to_have_value("agreed")
        expect(titles(mika, "Agreed")).to_have_text(["Sleep before midnight"])
        expect(titles(mika, "Working on")).to_have_count(0)
        assert mika.url == address

    mika.reload()
    stands()
    card(mika, "Sleep before midnight").get_by_role("link").click()
    expect(mika.get_by_role("heading", level=1)).to_have_text("Sleep before midnight")
    mika.go_back()
    stands()
    card(mika, "Sleep before midnight").get_by_role("link").click()
    expect(mika.get_by_role("heading", level=1)).to_have_text("Sleep before midnight")
    mika.reload()
    expect(mika.get_by_role("heading", level=1)).to_have_text("Sleep before midnight")
    mika.get_by_role("link", name="Goals", exact=True).last.click()
    stands()
    mika.get_by_role("navigation", name="Portal").get_by_role("link", name="Goals").click()
    expect(titles(mika, "Agreed")).to_have_count(2)
    expect(mika.get_by_role("searchbox", name="Find in the goals")).to_have_value("")
    mika.go_back()
    stands()


def test_the_address_keeps_no_word_and_opens_for_nobody_else(two: Two) -> None:
    goals.agreed(two.cast, "Sleep before midnight")
    goals.agreed(two.cast, "Call my sister")
    mika = two.page("client")
    find(mika, "midnight")
    expect(titles(mika, "Agreed")).to_have_text(["Sleep before midnight"])
    expect(mika).to_have_url(re.compile("#"))
    assert "midnight" not in mika.url
    theo = two.page("therapist")
    theo.goto(mika.url)
    expect(titles(theo, "Agreed")).to_have_count(2)
    expect(theo.get_by_role("searchbox", name="Find in the goals")).to_have_value("")
    assert "midnight" not in two.portal.log.read_text("utf-8", "replace")


def test_steps_are_found_by_owner_and_day(two: Two) -> None:
    first, second = goals.working(two.cast, "Sleep before midnight"), goals.working(two.cast, "Call my sister")
    mine = service.add_step(two.cast.client, two.cast.case, first, "lights out", two.cast.ids["client"], op=op())
    service.date_step(two.cast.client, two.cast.case, mine.id, "2026-01-05", 99, op=op())
    service.add_step(two.cast.client, two.cast.case, second, "send the number", two.cast.ids["therapist"], op=op())
    theo = two.page("therapist")
    theo.get_by_label("Whose open steps").select_option(label="Theo")
    expect(titles(theo, "Working on")).to_have_text(["Call my sister"])
    theo.get_by_label("Whose open steps").select_option(label="Mika")
    theo.get_by_label("Due").select_option(label="Overdue")
    expect(titles(theo, "Working on")).to_have_text(["Sleep before midnight"])
    theo.get_by_role("checkbox", name="lights out").check()
    expect(titles(theo, "Working on")).to_have_count(0)
    expect(theo.get_by_role("status").get_by_text("Step ticked. What you look for hides it now.")).to_be_visible()
    theo.get_by_role("button", name="Undo").click()
    expect(titles(theo, "Working on")).to_have_text(["Sleep before midnight"])


def test_anothers_change_shows_in_what_is_looked_for(two: Two) -> None:
    goals.agreed(two.cast, "Sleep before midnight")
    mika, theo = two.page("client"), two.page("therapist")
    find(mika, "sleep")
    expect(titles(mika, "Agreed")).to_have_text(["Sleep before midnight"])
    theo.get_by_role("button", name="Add a goal").click()
    theo.get_by_label("What would you like to be different?").fill("Sleep with the window open")
    theo.get_by_role("button", name="Propose to Mika").click()
    expect(titles(mika, "Ideas")).to_have_text(["Sleep with the window open"])
    expect(mika.get_by_role("searchbox", name="Find in the goals")).to_be_focused()
    theo.get_by_role("button", name="Add a goal").click()
    theo.get_by_label("What would you like to be different?").fill("Sleepless thoughts of mine")
    theo.get_by_role("button", name="Keep as my idea").click()
    expect(titles(theo, "Ideas").first).to_have_text("Sleepless thoughts of mine")
    find(mika, "sleepless")
    expect(mika.get_by_text("No goal on the board fits what you look for.")).to_be_visible()
    assert "Sleepless" not in mika.content()


def test_what_lies_in_the_archive_is_found_there(two: Two) -> None:
    for title in ("Sleep before midnight", "Call my sister"):
        goal = goals.working(two.cast, title)
        service.let_go(two.cast.client, two.cast.case, goal, 99, op=op())
        service.archive(two.cast.client, two.cast.case, goal, 99, op=op())
    goals.agreed(two.cast, "Say no once a week")
    mika = two.page("client")
    find(mika, "sister")
    mika.get_by_role("button", name="1 of them in the archive").click()
    expect(mika.get_by_role("button", name="Bring back: Call my sister")).to_be_visible()
    expect(mika.get_by_role("button", name="Bring back: Sleep before midnight")).to_have_count(0)


def test_a_phone_has_the_choices_behind_a_button(two: Two) -> None:
    goals.agreed(two.cast, "Sleep before midnight")
    goals.working(two.cast, "Call my sister")
    mika = two.page("client", width=360)
    expect(mika.get_by_label("Where it stands")).to_be_hidden()
    mika.get_by_role("button", name="Filter").click()
    mika.get_by_label("Where it stands").select_option(label="Working on")
    expect(titles(mika, "Agreed")).to_have_count(0)
    expect(mika.get_by_role("button", name="Filter (1)")).to_be_visible()
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360
