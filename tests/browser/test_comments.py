"""Comments with two people at once: written, named by keys, read, changed, withdrawn, and kept where the line drops."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal import routes
from portal.checkins import service as checkins
from portal.comments import service
from portal.feedback import service as feedback
from portal.goals import service as goals
from tests.browser.pairs import Pair
from tests.browser.test_accessibility import AXE, findings
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser


@pytest.fixture
def pair(practice: tuple[Portal, Cast]) -> Iterator[Pair]:
    yield Pair(practice[0].url)


def a_goal(pair: Pair) -> str:
    goal = goals.add(pair.callers["client"], pair.case, "Say no once a week", proposes=True, op=op())
    goals.agree(pair.callers["therapist"], pair.case, goal.id, goal.version, op=op())
    return goal.id


def opened(pair: Pair, browser: BrowserContext, role: str, route: str, **ids: str) -> Page:
    page = pair.enter(browser, role)
    page.goto(pair.url + routes.in_case(route, pair.case, **ids))
    expect(page.locator("h1:not(:has(.bone))")).to_have_count(1)
    return page


def write(page: Page, text: str) -> None:
    page.get_by_label("Write a comment").fill(text)
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_label("Write a comment")).to_have_value("")


def test_a_comment_from_the_at_sign_to_the_one_who_is_named(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    goal = a_goal(pair)
    theos = people()
    home = pair.enter(theos, "therapist")
    home.goto(pair.url + routes.HOME)
    board = opened(pair, theos, "therapist", routes.GOALS)
    mika = opened(pair, people(width=360), "client", routes.GOAL, goal=goal)
    expect(mika.get_by_role("button", name="If you need help now").last).to_be_visible()

    # By keys alone: the list of people, its words for the ear, and the way out of it.
    box = mika.get_by_label("Write a comment")
    box.press_sequentially("Look, @th")
    expect(mika.get_by_role("option", name="Theo Sand")).to_have_attribute("aria-selected", "true")
    expect(mika.get_by_role("status").filter(has_text="1 to mention")).to_be_attached()
    assert box.get_attribute("aria-activedescendant") == mika.get_by_role("option").get_attribute("id")
    mika.evaluate(AXE)
    assert findings(mika) == []
    mika.set_viewport_size({"width": 360, "height": 800})
    box.press("Escape")
    expect(mika.get_by_role("listbox")).to_have_count(0)
    box.press("Backspace")
    box.press("Enter")
    expect(box).to_have_value("Look, @Theo ")
    box.press_sequentially("it went well")
    expect(mika.get_by_text("24 of 1000")).to_be_visible()
    box.press("Control+Enter")
    expect(mika.get_by_role("listitem").filter(has_text="Look, @Theo it went well")).to_be_visible()
    expect(box).to_have_value("")

    # It comes to Theo live, on his home and on the board's card, and waits until he has read it.
    waits = home.get_by_role("link", name="You are mentioned in a comment on a goal")
    expect(waits).to_be_visible()
    expect(board.locator(".comment-count")).to_contain_text("1 comment, 1 of them new")
    waits.click()
    theirs = home.get_by_role("listitem").filter(has_text="it went well")
    expect(theirs.locator("mark")).to_have_text("@Theo")
    expect(theirs.get_by_text("new", exact=True)).to_be_visible()
    expect(theirs).to_be_in_viewport()
    expect(board.locator(".comment-count")).not_to_contain_text("new")
    expect(theirs.get_by_text("new", exact=True)).to_be_visible()

    # Changed by its author, who is told that it was read; then withdrawn, and brought back in time.
    mine = mika.get_by_role("listitem").filter(has_text="it went well")
    mine.get_by_role("button", name="Change").click()
    change = mika.get_by_label("Your comment")
    expect(change).to_be_focused()
    change.fill("@Theo it went really well")
    mika.get_by_role("button", name="Keep the change").click()
    expect(home.get_by_text("it went really well")).to_be_visible()
    expect(home.get_by_text("changed, just now")).to_be_visible()
    mika.get_by_role("button", name="Withdraw").click()
    expect(mika.get_by_role("dialog")).to_contain_text("It has been read")
    mika.get_by_role("button", name="Yes, withdraw it").click()
    expect(home.get_by_text("Mika withdrew a comment: just now.")).to_be_visible()
    assert "really well" not in home.content()
    mika.get_by_role("button", name="Undo").click()
    expect(home.get_by_text("it went really well")).to_be_visible()
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def test_comments_under_shares_and_check_ins_come_with_them_and_not_before(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    client, therapist = pair.callers["client"], pair.callers["therapist"]
    share = feedback.begin(client, pair.case, op=op())
    feedback.choose_kind(client, pair.case, share, "question", op=op())
    mika = opened(pair, people(), "client", routes.FEEDBACK)
    expect(mika.get_by_role("button", name="Comment on this")).to_have_count(0)
    feedback.share(client, pair.case, share, "Was that too fast?", 0, op=op())
    mika.reload()
    theo = opened(pair, people(), "therapist", routes.FEEDBACK)
    theo.get_by_role("button", name="Comment on this").click()
    box = theo.get_by_label("Write a comment")
    expect(box).to_be_focused()
    # For fingers: the sign, and a press on the person.
    theo.get_by_role("button", name="@ Mention somebody").click()
    theo.get_by_role("option", name="Mika Vane").click()
    expect(box).to_have_value("@Mika ")
    box.press_sequentially("half a minute would do")
    theo.get_by_role("button", name="Close; it stays written").click()
    theo.get_by_role("button", name="Comment on this").click()
    expect(box).to_have_value("@Mika half a minute would do")
    theo.get_by_role("button", name="Send the comment").click()
    expect(mika.get_by_text("half a minute would do")).to_be_visible()
    expect(mika.locator(".thread").filter(has_text="Was that too fast?").locator("mark")).to_have_text("@Mika")

    checkin = pair.start()
    pair.answer("client", checkin, 9, 9, 9, 9, 9, 9)
    sheet = opened(pair, people(), "therapist", routes.CHECKIN, checkin=checkin)
    expect(sheet.get_by_label("Write a comment")).to_have_count(0)
    pair.answer("therapist", checkin, 9, 9, 9, 9, 9, 9)
    sheet.reload()
    write(sheet, "We agree more than I thought")
    assert [one.text for one in service.written_out(client, pair.case)][-1] == "We agree more than I thought"
    checkins.sheet(therapist, pair.case, checkin)


def test_what_is_typed_stays_while_the_line_is_down_and_is_sent_once(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    goal = a_goal(pair)
    browser = people()
    mika = opened(pair, browser, "client", routes.GOAL, goal=goal)
    box = mika.get_by_label("Write a comment")
    box.fill("x" * 1001)
    expect(mika.get_by_text("Too long by 1")).to_be_visible()
    mika.get_by_role("button", name="Send the comment").click()
    expect(box).to_have_value("x" * 1001)
    box.fill("Written on the train")
    browser.set_offline(True)
    mika.get_by_role("button", name="Send the comment").click()
    expect(mika.get_by_text("Not saved yet").first).to_be_visible(timeout=20_000)
    expect(box).to_have_value("Written on the train")
    browser.set_offline(False)
    expect(mika.get_by_role("listitem").filter(has_text="Written on the train")).to_be_visible(timeout=30_000)
    expect(box).to_have_value("")
    assert [one.text for one in service.written_out(pair.callers["client"], pair.case)] == ["Written on the train"]
