"""Numbers for a goal as two people give them, each in a browser of their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, expect

from portal import routes
from portal.goals import service as goals
from portal.kit import clock
from tests.browser.people import enter
from tests.browser.test_accessibility import AXE, findings
from tests.cast import Cast, assemble
from tests.goals.people import agreed, seen
from tests.makers import op
from tests.ratings.people import rate
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]


def test_both_give_their_numbers_by_keyboard_and_each_sees_them_at_once(practice: tuple[Portal, Cast], people: People) -> None:
    served, cast = practice[0], assemble()
    goal = agreed(cast, "Sleep before midnight")
    address = routes.in_case(routes.GOAL, cast.case, goal=goal)
    mika = enter(served, cast, "client", people(width=360), address)
    theo = enter(served, cast, "therapist", people(), address)
    keys = mika.get_by_role("group", name="Where are you with this goal now?")
    expect(mika.get_by_text("No number yet. The first one stays", exact=False)).to_be_visible()
    # The arrows only choose: nothing is kept on the way.
    keys.get_by_role("radio").first.focus()
    mika.keyboard.press("4")
    mika.keyboard.press("ArrowRight")
    expect(keys.get_by_role("radio", name="5")).to_be_checked()
    mika.keyboard.press("Enter")
    expect(mika.get_by_text("Your number is kept: 5")).to_be_visible()
    expect(theo.get_by_text("Mika: 5 so far, the first number.")).to_be_visible()
    mika.get_by_role("button", name="Undo").click()
    expect(theo.get_by_text("No number yet.", exact=False)).to_be_visible()
    # "1" and "0" are ten; then the button.
    for number in ("3", "1", "0"):
        mika.keyboard.press("Tab")
        keys.get_by_role("radio").first.focus()
        mika.keyboard.press(number)
        if number != "1":
            keys.get_by_role("button", name="Keep this number").click()
            expect(mika.get_by_text(f"Your number is kept: {number if number == '3' else '10'}")).to_be_visible()
    view = theo.get_by_role("group", name="Where do you see Mika with this goal now?")
    view.get_by_role("radio").first.focus()
    theo.keyboard.press("1")
    theo.keyboard.press("0")
    theo.keyboard.press("Enter")
    for page in (mika, theo):
        expect(page.get_by_role("img", name="Ratings of “Sleep before midnight”: Mika: from 3 to 10, 7 up. Theo: 10 so far, the first number.")).to_be_visible()
    mika.get_by_text("The numbers", exact=True).click()
    expect(mika.get_by_role("table", name="Ratings of “Sleep before midnight”, 0 to 10").get_by_role("row")).to_have_count(3)
    mika.reload()
    expect(mika.get_by_text("Mika: from 3 to 10, 7 up.")).to_be_visible()
    mika.evaluate(AXE)
    assert findings(mika) == []


def test_the_board_shows_the_way_and_says_which_three_goals_are_in_focus(practice: tuple[Portal, Cast], people: People) -> None:
    served, cast = practice[0], assemble()
    some = [agreed(cast, f"Goal {n}") for n in range(1, 5)]
    for goal in some[:3]:
        goals.put_in_focus(cast.client, cast.case, goal, seen(cast, goal), op=op())
    with clock.at(clock.now() - timedelta(days=10)):
        rate(cast, some[1], 3)
    rate(cast, some[1], 8, by=cast.therapist)
    board = routes.in_case(routes.GOALS, cast.case)
    mika, theo = enter(served, cast, "client", people(), board), enter(served, cast, "therapist", people(), board)
    cards = theo.get_by_role("listitem").filter(has=theo.get_by_role("heading", level=3))
    expect(cards.filter(has_text="In focus")).to_have_count(3)
    theo.get_by_role("button", name="Move to: Goal 4", exact=True).click()
    theo.get_by_role("menuitem", name="Put in focus").click()
    expect(theo.get_by_text("Three goals are in focus already: “Goal 3”, “Goal 2” and “Goal 1”.", exact=False)).to_be_visible()
    theo.get_by_role("button", name="Move to: Goal 1", exact=True).click()
    theo.get_by_role("menuitem", name="Take out of focus").click()
    expect(mika.get_by_role("listitem").filter(has=mika.get_by_role("heading", level=3)).filter(has_text="In focus")).to_have_count(2)
    mika.get_by_role("link", name="Goal 2").click()
    mika.get_by_role("group", name="Where are you with this goal now?").get_by_role("radio").first.focus()
    mika.keyboard.press("8")
    mika.keyboard.press("Enter")
    expect(theo.get_by_role("img", name="Mika: from 3 to 8, 5 up. Theo: 8 so far, the first number.")).to_be_visible()
    # The same number of both: side by side, at its height.
    twins = theo.locator(".spark .mark.beside")
    expect(twins).to_have_count(2)
    for twin in twins.all():
        expect(twin).to_have_css("position", "absolute")
