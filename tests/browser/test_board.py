"""The goal board as two people meet it, each in a browser of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from portal import routes
from portal.access import cookies
from portal.access.identity import choose_language
from portal.goals import service
from tests.cast import Cast, assemble
from tests.goals import people as goals
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]


@dataclass(frozen=True)
class Two:
    """Client and therapist of a fresh case, each with a browser."""

    portal: Portal
    cast: Cast
    people: People

    def page(self, who: str, *, width: int = 1280, goal: str = "", touch: bool = False) -> Page:
        """The board (or one goal) as this person opens it."""
        context = self.people(width=width, touch=touch)
        # Handed over as from a TLS address: on this machine's own name browsers take such cookies over plain HTTP as well.
        secure = cookies.is_protected()
        address = self.portal.url.replace("http://", "https://") if secure else self.portal.url
        context.add_cookies(
            [{"name": cookies.session_cookie(), "value": self.cast.tokens[who], "url": address, "secure": secure, "httpOnly": True}]
        )
        page = context.new_page()
        address = routes.in_case(routes.GOAL, self.cast.case, goal=goal) if goal else routes.in_case(routes.GOALS, self.cast.case)
        page.goto(self.portal.url + address)
        expect(page.locator("h1:not(:has(.bone))")).to_be_visible()
        return page


@pytest.fixture
def two(people: People, practice: tuple[Portal, Cast]) -> Two:
    """A fresh cast for each test, in the served practice."""
    return Two(practice[0], assemble(), people)


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title, exact=True))


def handle(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=f"Move to: {title}", exact=True)


def move_by_menu(page: Page, title: str, to: str) -> None:
    handle(page, title).click()
    page.get_by_role("menuitem", name=to, exact=True).click()


def titles(page: Page, name: str) -> Locator:
    return column(page, name).get_by_role("heading", level=3)


def test_an_idea_becomes_a_goal_of_both_on_both_screens(two: Two) -> None:
    mika, theo = two.page("client"), two.page("therapist")
    expect(mika.get_by_text("Theo is here")).to_be_visible()
    mika.get_by_role("button", name="Add a goal").click()
    mika.get_by_label("What would you like to be different?").fill("Sleep before midnight")
    mika.get_by_label("Why does it matter?").fill("Mornings are mine then")
    mika.get_by_role("button", name="Keep as my idea").click()
    expect(card(mika, "Sleep before midnight")).to_contain_text("Only you see this until you propose it")
    assert "Sleep before midnight" not in theo.content()
    move_by_menu(mika, "Sleep before midnight", "Propose it")
    expect(card(theo, "Sleep before midnight")).to_contain_text("Mika's idea")
    card(theo, "Sleep before midnight").get_by_role("button", name="Yes, let's").click()
    for page in (mika, theo):
        expect(titles(page, "Agreed")).to_have_text(["Sleep before midnight"])
    expect(theo.get_by_text(re.compile(r"Saved \d\d:\d\d"))).to_be_visible()


def test_a_proposal_taken_back_leaves_the_others_screen(two: Two) -> None:
    goal = goals.proposed(two.cast, "Speak up at home")
    mika, theo = two.page("client"), two.page("therapist", goal=goal)
    expect(theo.get_by_role("heading", level=1)).to_have_text("Speak up at home")
    move_by_menu(mika, "Speak up at home", "Take the proposal back")
    expect(theo.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    assert "Speak up" not in theo.content()


def test_rewording_an_agreed_goal_shows_the_difference_to_the_other(two: Two) -> None:
    goal = goals.agreed(two.cast, "Say no once a week")
    mika, theo, board = two.page("client", goal=goal), two.page("therapist", goal=goal), two.page("therapist")
    mika.get_by_label("The goal").fill("Say no twice a week")
    expect(theo.get_by_role("heading", name="A new wording")).to_be_visible()
    asked = theo.locator(".wording-question")
    expect(asked.locator("del")).to_have_text("once")
    expect(asked.locator("ins")).to_have_text("twice")
    expect(theo.get_by_role("heading", level=1)).to_have_text("Say no once a week")
    expect(card(board, "Say no once a week")).to_contain_text("New wording: your yes is asked")
    for page in (theo, mika):
        page.get_by_role("button", name="Yes, that's our wording").click()
    for page in (mika, theo):
        expect(page.get_by_role("heading", level=1)).to_have_text("Say no twice a week")
        expect(page.locator(".wording-question")).to_have_count(0)
    expect(titles(board, "Agreed")).to_have_text(["Say no twice a week"])


def test_two_edits_of_one_short_text_keep_both(two: Two) -> None:
    goal = goals.proposed(two.cast, "Call a friend")
    step = service.add_step(two.cast.client, two.cast.case, goal, "Find the number", op=op()).id
    mika, theo = two.page("client", goal=goal), two.page("therapist", goal=goal)
    # Mika's words are stored a moment before Theo's arrive: his page has not heard of them yet.
    service.reword_step(two.cast.client, two.cast.case, step, "Find her number", 99, op=op())
    theo.get_by_label("Small step", exact=True).press("End")
    theo.get_by_label("Small step", exact=True).press_sequentially(" today")
    both = theo.get_by_role("group", name="Two texts")
    expect(both).to_contain_text("Find her number")
    expect(theo.get_by_label("Small step", exact=True)).to_have_value("Find the number today")
    theo.get_by_label("Small step", exact=True).press_sequentially(" or")
    both.get_by_role("button", name="Keep my text").click()
    expect(both).to_have_count(0)
    expect(mika.get_by_label("Small step", exact=True)).to_have_value("Find the number today or")

    service.reword_step(two.cast.client, two.cast.case, step, "Write to her", 99, op=op())
    theo.get_by_label("Small step", exact=True).fill("Ask her brother")
    both.get_by_role("button", name="Take this text").click()
    expect(theo.get_by_label("Small step", exact=True)).to_have_value("Write to her")


def test_two_days_chosen_at_once_are_both_shown(two: Two) -> None:
    goal = goals.agreed(two.cast, "Call a friend")
    step = service.add_step(two.cast.client, two.cast.case, goal, "Find the number", op=op())
    theo = two.page("therapist", goal=goal)
    day = theo.get_by_label("Look again on")
    expect(day).to_be_visible()
    # Mika's day is stored a moment before Theo's arrives: his page has not heard of it yet.
    service.set_review(two.cast.client, two.cast.case, goal, "2027-03-04", 99, op=op())
    day.fill("2027-05-06")
    both = theo.get_by_role("group", name="Two days")
    expect(both).to_contain_text("4 March 2027")
    expect(day).to_have_value("2027-05-06")
    both.get_by_role("button", name="Keep my day").click()
    expect(both).to_have_count(0)
    expect(theo.locator(".refusal")).to_have_count(0)
    theo.reload()
    expect(day).to_have_value("2027-05-06")

    service.date_step(two.cast.client, two.cast.case, step.id, "2027-03-04", 9, op=op())
    until = theo.get_by_label("Until when: Find the number")
    until.fill("2027-07-08")
    both.get_by_role("button", name="Take this day").click()
    expect(until).to_have_value("2027-03-04")


def test_moving_by_menu_keys_and_hand_is_seen_by_the_other(two: Two) -> None:
    for title in ("Three", "Two", "One"):
        goals.agreed(two.cast, title)
    mika, theo = two.page("client"), two.page("therapist")
    expect(titles(mika, "Agreed")).to_have_text(["One", "Two", "Three"])

    move_by_menu(mika, "One", "Working on")
    expect(titles(theo, "Working on")).to_have_text(["One"])

    handle(theo, "Three").focus()
    theo.keyboard.press("ArrowUp")
    expect(titles(mika, "Agreed")).to_have_text(["Three", "Two"])
    expect(theo.get_by_role("status").get_by_text("Now in: Agreed, place 1 of 2")).to_be_visible()
    expect(handle(theo, "Three")).to_be_focused()
    theo.keyboard.press("ArrowRight")
    expect(titles(mika, "Working on")).to_have_text(["Three", "One"])
    expect(handle(theo, "Three")).to_be_focused()

    drag(mika, "Two", column(mika, "Reached"))
    expect(titles(theo, "Reached")).to_have_text(["Two"])
    drag(mika, "Three", card(mika, "One"), below=True)
    expect(titles(theo, "Working on")).to_have_text(["One", "Three"])
    expect(mika).to_have_url(re.compile(r"/goals$"))


def test_a_card_is_lifted_and_carried_by_keys_with_words_for_the_ear(two: Two) -> None:
    for title in ("Two", "One"):
        goals.agreed(two.cast, title)
    mika, theo = two.page("client"), two.page("therapist")
    told = mika.locator("[aria-live=assertive][id^=DndLiveRegion]")
    expect(handle(mika, "Two")).to_have_accessible_description(re.compile("Space lifts it"))
    handle(mika, "Two").focus()
    mika.keyboard.press("Space")
    expect(told).to_have_text("Lifted: Two. Agreed, place 2 of 2.")
    expect(handle(mika, "Two")).to_have_attribute("aria-pressed", "true")
    mika.keyboard.press("ArrowUp")
    expect(told).to_have_text("Agreed, place 1 of 2")
    mika.keyboard.press("ArrowRight")
    expect(told).to_have_text("Working on, place 1 of 1")
    mika.keyboard.press("Escape")
    expect(told).to_have_text("Left where it was: Two")
    expect(titles(mika, "Agreed")).to_have_text(["One", "Two"])
    expect(handle(mika, "Two")).to_be_focused()
    mika.keyboard.press("Space")
    mika.keyboard.press("ArrowRight")
    expect(told).to_have_text("Working on, place 1 of 1")
    mika.keyboard.press("Space")
    expect(told).to_have_text("Put down: Two")
    for page in (mika, theo):
        expect(titles(page, "Working on")).to_have_text(["Two"])
    expect(handle(mika, "Two")).to_be_focused()

    mika.keyboard.press("Control+Z")
    expect(titles(theo, "Agreed")).to_have_text(["One", "Two"])
    choose_language(two.cast.client, "de")
    mika.reload()
    expect(mika.get_by_role("button", name="Verschieben: Two")).to_have_accessible_description(re.compile("Die Leertaste hebt es an"))
    mika.get_by_role("button", name="Verschieben: Two").focus()
    mika.keyboard.press("Space")
    expect(told).to_have_text("Angehoben: Two. Vereinbart, Platz 2 von 2.")


def test_quick_presses_count_one_by_one_and_moves_of_two_people_both_land(two: Two) -> None:
    for title in ("Five", "Four", "Three", "Two", "One"):
        goals.agreed(two.cast, title)
    mika, theo = two.page("client"), two.page("therapist")
    expect(titles(theo, "Agreed")).to_have_count(5)
    handle(mika, "Four").focus()
    handle(theo, "One").focus()
    for press in (mika.keyboard.press, theo.keyboard.press, mika.keyboard.press, theo.keyboard.press):
        press("ArrowUp" if press == mika.keyboard.press else "ArrowRight")
    for page in (mika, theo):
        expect(titles(page, "Agreed")).to_have_text(["Four", "Two", "Three", "Five"])
        expect(titles(page, "Reached")).to_have_text(["One"])
    for _ in range(3):
        mika.keyboard.press("ArrowDown")
    expect(titles(theo, "Agreed")).to_have_text(["Two", "Three", "Five", "Four"])


def test_a_finger_that_rests_on_a_card_takes_it_and_one_that_moves_scrolls(two: Two) -> None:
    for title in ("Two", "One"):
        goals.agreed(two.cast, title)
    goals.working(two.cast, "Three")
    mika, theo = two.page("client", width=360, touch=True), two.page("therapist")
    touch = mika.context.new_cdp_session(mika)

    def finger(kind: str, x: float = 0, y: float = 0) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [] if kind == "End" else [{"x": x, "y": y}]})

    def middle(title: str) -> tuple[float, float]:
        box = card(mika, title).bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] - 8

    column(mika, "Agreed").scroll_into_view_if_needed()
    x, y = middle("One")
    finger("Start", x, y)
    expect(card(mika, "One").and_(mika.locator("[data-lifted]"))).to_have_count(1)
    end = middle("Three")[1]
    for share in range(1, 9):
        finger("Move", x, y + (end - y) * share / 8)
    expect(mika.locator(".drop-line")).to_be_visible()
    finger("End")
    for page in (mika, theo):
        expect(titles(page, "Working on")).to_have_text(["Three", "One"])

    before = mika.evaluate("scrollY")
    x, y = middle("Two")
    finger("Start", x, y)
    for way in range(1, 8):
        finger("Move", x, y - 12 * way)
    finger("End")
    assert mika.evaluate("scrollY") > before
    expect(titles(mika, "Agreed")).to_have_text(["Two"])
    assert mika.url.endswith("/goals")
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def drag(page: Page, title: str, target: Locator, *, below: bool = False) -> None:
    box = card(page, title).bounding_box()
    goal = target.bounding_box()
    assert box
    assert goal
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 40, steps=3)
    end = goal["y"] + goal["height"] - 4 if below else goal["y"] + goal["height"] / 2
    page.mouse.move(goal["x"] + goal["width"] / 2, end, steps=6)
    expect(page.locator(".drop-line")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)


def test_what_a_column_asks_for_is_said(two: Two) -> None:
    goals.idea(two.cast, "Only mine")
    mika, theo = two.page("client"), two.page("therapist")
    handle(mika, "Only mine").focus()
    mika.keyboard.press("ArrowRight")
    expect(mika.get_by_role("alert").filter(has_text="It moves on once it was proposed")).to_be_visible()
    expect(titles(mika, "Ideas")).to_have_text(["Only mine"])
    assert "Only mine" not in theo.content()


def test_undo_takes_a_move_back_on_both_screens(two: Two) -> None:
    goals.working(two.cast, "Drive over the bridge")
    mika, theo = two.page("client"), two.page("therapist")
    move_by_menu(mika, "Drive over the bridge", "Reached")
    expect(titles(theo, "Reached")).to_have_text(["Drive over the bridge"])
    mika.get_by_role("button", name="Undo").click()
    for page in (mika, theo):
        expect(titles(page, "Working on")).to_have_text(["Drive over the bridge"])
    expect(mika.get_by_role("button", name="Undo")).to_have_count(0)


def test_archive_and_bring_back(two: Two) -> None:
    goal = goals.working(two.cast, "An old goal")
    service.let_go(two.cast.client, two.cast.case, goal, 99, op=op())
    mika, theo = two.page("client"), two.page("therapist")
    move_by_menu(mika, "An old goal", "Put in the archive")
    expect(titles(theo, "Let go")).to_have_count(0)
    theo.get_by_role("button", name="1 goal in the archive").click()
    theo.get_by_role("button", name="Bring back: An old goal").click()
    expect(titles(mika, "Let go")).to_have_text(["An old goal"])


def test_steps_are_written_ticked_and_handed_over_live(two: Two) -> None:
    goal = goals.working(two.cast, "Say no once a week")
    mika, theo = two.page("client", goal=goal), two.page("therapist")
    mika.get_by_label("Add a small step").fill("tell my sister about Sunday")
    mika.get_by_role("button", name="Add the step").click()
    expect(card(theo, "Say no once a week").get_by_role("checkbox")).to_have_count(1)
    mika.get_by_label("Whose step: tell my sister about Sunday").select_option(label="Mika")
    expect(card(theo, "Say no once a week").get_by_role("img", name="Mika")).to_be_visible()
    mika.get_by_label("Until when: tell my sister about Sunday").fill("2026-01-02")
    expect(card(theo, "Say no once a week")).to_contain_text("was meant for 2 Jan")
    mika.get_by_label("Meant to be reached by").fill("2099-03-04")
    expect(card(theo, "Say no once a week")).to_contain_text("by 4 Mar 2099")
    theo.get_by_role("checkbox", name="tell my sister about Sunday").check()
    expect(mika.get_by_role("checkbox", name="Done: tell my sister about Sunday")).to_be_checked()
    expect(mika.get_by_label("Add a small step")).to_have_value("")


def test_history_tells_before_and_after_and_gives_earlier_words_back(two: Two) -> None:
    goal = goals.proposed(two.cast, "First words")
    service.reword(two.cast.therapist, two.cast.case, goal, "title", "Second words", 99, op=op())
    mika = two.page("client", goal=goal)
    mika.get_by_role("button", name="History").click()
    entry = mika.get_by_role("listitem").filter(has_text="Theo changed the wording")
    expect(entry.locator("del")).to_have_text("First")
    expect(entry.locator("ins")).to_have_text("Second")
    entry.get_by_role("button", name="Take the earlier text again").click()
    expect(mika.get_by_label("The goal")).to_have_text("First words")


def test_the_two_name_their_life_areas_and_see_each_others_names_at_once(two: Two) -> None:
    goal = goals.agreed(two.cast, "Sing again")
    mika, theo, board = two.page("client", goal=goal), two.page("therapist", goal=goal), two.page("therapist")
    mika.get_by_role("button", name="Name the life areas").click()
    mika.get_by_label("Add a life area").fill("The choir")
    mika.get_by_role("button", name="Add the life area").click()
    theo.get_by_role("button", name="The choir", exact=True).click()
    expect(card(board, "Sing again")).to_contain_text("The choir")
    expect(mika.get_by_role("button", name="The choir", exact=True)).to_have_attribute("aria-pressed", "true")
    theo.get_by_role("button", name="Name the life areas").click()
    theo.get_by_label("Name of your own life area").fill("Singing")
    theo.get_by_label("Name of your own life area").press("Enter")
    expect(mika.get_by_label("Name of your own life area")).to_have_value("Singing")
    expect(card(board, "Sing again")).to_contain_text("Singing")
    board.get_by_label("Life area").select_option(label="Singing")
    expect(board.get_by_role("status").get_by_text("1 of 1 goal")).to_be_visible()
    mika.get_by_role("button", name="Put away: Home and money").click()
    expect(theo.get_by_role("button", name="Home and money", exact=True)).to_have_count(0)
    mika.keyboard.press("Control+Z")
    expect(theo.get_by_role("button", name="Home and money", exact=True)).to_be_visible()
    expect(mika.get_by_role("button", name="Singing", exact=True)).to_have_attribute("aria-pressed", "true")


def test_too_long_a_goal_is_kept_and_said(two: Two) -> None:
    mika = two.page("client")
    mika.get_by_role("button", name="Add a goal").click()
    mika.get_by_label("What would you like to be different?").fill("x" * 10_000)
    expect(mika.get_by_text("Too long by 9800")).to_be_visible()
    mika.get_by_role("button", name="Keep as my idea").click()
    expect(mika.get_by_label("What would you like to be different?")).to_have_value("x" * 10_000)
    mika.get_by_role("button", name="Close; it stays written").click()
    mika.get_by_role("button", name="Add a goal").click()
    expect(mika.get_by_label("What would you like to be different?")).to_have_value("x" * 10_000)


def test_a_card_opens_by_one_press_and_leads_back(two: Two) -> None:
    goals.agreed(two.cast, "Eat lunch away from the desk")
    mika = two.page("client", width=360)
    card(mika, "Eat lunch away from the desk").click()
    expect(mika.get_by_role("heading", level=1)).to_have_text("Eat lunch away from the desk")
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360
    mika.get_by_role("link", name="Goals", exact=True).first.click()
    expect(mika.get_by_role("heading", level=1)).to_have_text("Goals, together")
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_board_works_by_keyboard_alone(two: Two) -> None:
    goals.agreed(two.cast, "By keys")
    mika = two.page("client")
    handle(mika, "By keys").focus()
    mika.keyboard.press("Enter")
    expect(mika.get_by_role("menuitem", name="Working on")).to_be_focused()
    mika.keyboard.press("Escape")
    expect(handle(mika, "By keys")).to_be_focused()
    mika.keyboard.press("Enter")
    mika.keyboard.press("ArrowDown")
    mika.keyboard.press("Enter")
    expect(titles(mika, "Reached")).to_have_text(["By keys"])
    expect(handle(mika, "By keys")).to_be_focused()
