"""Two people in one text at once, each in a browser of their own: letters, carets, undo, and what the page says when something breaks."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from portal import routes
from portal.access.identity import choose_language
from portal.goals import service as goals
from portal.kit.i18n import PSEUDO
from tests import servers
from tests.browser.pairs import Pair
from tests.browser.test_accessibility import AXE, findings
from tests.conftest import served_cast
from tests.makers import end_membership, op
from tests.servers import Portal
from tests.wires import Wire, wire_to

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]

WHY, TITLE, NOTES = "Why it matters", "The goal", "Notes on this goal"


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Wire]]:
    """A practice behind a network that can fail."""
    with ExitStack() as stack:
        port, outside = servers.free_port(), servers.free_port()
        running, _ = served_cast(
            stack, tmp_path_factory.mktemp("writing") / "data", port=str(port), public_url=f"http://127.0.0.1:{outside}"
        )
        yield running, stack.enter_context(wire_to(port, at=outside))


@dataclass
class Two:
    """A fresh client and therapist at one goal of theirs."""

    pair: Pair
    people: People
    goal: str

    def open(self, who: str, **look: object) -> Page:
        """The goal's page in this person's own browser, ready to be written in."""
        page = self.pair.enter(self.people(**look), who)
        page.goto(self.pair.url + routes.in_case(routes.GOAL, self.pair.case, goal=self.goal))
        expect(page.locator(".together[contenteditable=true]")).to_have_count(3)
        return page

    def why(self) -> str:
        """What is stored."""
        return goals.goal(self.pair.callers["client"], self.pair.case, self.goal).goal.why

    def act(self, who: str, verb: Callable[..., object], *args: object) -> None:
        """A verb of one of the two, without a browser."""
        verb(self.pair.callers[who], self.pair.case, *args, op=op())


@pytest.fixture
def two(fragile: tuple[Portal, Wire], people: People) -> Iterator[Two]:
    wire = fragile[1]
    pair = Pair(wire.url)
    goal = goals.add(pair.callers["client"], pair.case, "Say no once a week", "", proposes=True, op=op())
    yield Two(pair, people, goal.id)
    wire.heal()


def text(page: Page, label: str) -> Locator:
    """The editor with this label: only there once it can be written in."""
    return page.get_by_role("textbox", name=label, exact=True)


def field(page: Page, label: str) -> Locator:
    return page.locator(".field").filter(has=page.get_by_role("textbox", name=label, exact=True))


def fares(page: Page, label: str) -> Locator:
    return field(page, label).locator(".fares")


def saved(page: Page, label: str = WHY) -> None:
    expect(fares(page, label)).to_have_attribute("data-state", "saved")


def end(page: Page, label: str = WHY) -> None:
    """Put the caret behind the last letter."""
    text(page, label).click()
    page.keyboard.press("ControlOrMeta+End")


def test_a_letter_stands_on_both_screens(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    end(mika)
    mika.keyboard.type("I am tired")
    expect(text(theo, WHY)).to_have_text("I am tired")
    saved(mika)
    expect(fares(mika, WHY)).to_contain_text("Saved")
    assert two.why() == "I am tired"
    end(theo)
    theo.keyboard.press("Enter")
    theo.keyboard.type("of saying yes")
    expect(text(mika, WHY).locator("p")).to_have_text(["I am tired", "of saying yes"])
    saved(theo)
    assert two.why() == "I am tired\nof saying yes"


TYPE = """([label, letters, count]) => new Promise((done) => {
    const box = [...document.querySelectorAll('[contenteditable=true]')].find((one) => document.getElementById(one.getAttribute('aria-labelledby'))?.textContent === label);
    box.focus();
    let left = count;
    const next = () => {
        const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
        const nodes = [];
        while (walker.nextNode()) nodes.push(walker.currentNode);
        const node = nodes[Math.floor(Math.random() * nodes.length)];
        if (node) getSelection().collapse(node, Math.floor(Math.random() * (node.length + 1)));
        setTimeout(() => {
            document.execCommand('insertText', false, letters[left % letters.length]);
            left -= 1;
            if (left) setTimeout(next, Math.random() * 20);
            else done(true);
        }, 4);
    };
    next();
})"""


def test_two_who_type_at_once_at_random_places_read_the_same(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    end(mika)
    mika.keyboard.type("begin here")
    expect(text(theo, WHY)).to_have_text("begin here")
    for page, letters in ((mika, "MK"), (theo, "TH")):
        page.evaluate(f"window.typing = ({TYPE})(['{WHY}', '{letters}', 120])")
    for page in (mika, theo):
        assert page.evaluate("window.typing")
        saved(page)
    mine = text(mika, WHY).evaluate(READ)
    assert text(theo, WHY).evaluate(READ) == mine
    assert sum(mine.count(letter) for letter in "MKTH") == 240
    assert two.why() == mine


READ = "(box) => [...box.querySelectorAll('p')].map((line) => line.textContent).join('\\n')"


def test_the_other_ones_caret_carries_a_name_a_colour_and_a_shape(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    end(theo)
    theo.keyboard.type("Here")
    caret = text(mika, WHY).locator(".their-caret")
    expect(caret).to_have_class(re.compile("therapist"))
    expect(caret.locator(".their-name")).to_have_attribute("data-name", "Theo")
    expect(caret.locator(".mark")).to_have_class("mark therapist")
    expect(caret).to_have_attribute("aria-hidden", "true")
    expect(text(theo, WHY).locator(".their-caret")).to_have_count(0)
    # At the end of a full line the name turns to the other side, so that no page becomes wider.
    mika.set_viewport_size({"width": 360, "height": 740})
    theo.keyboard.type("x" * 80)
    for _ in range(12):
        theo.keyboard.type("x")
        expect(text(mika, WHY).locator(".their-caret[data-named]")).to_have_count(1)
        assert mika.evaluate("document.documentElement.scrollWidth") <= 360
    for _ in range(92):
        theo.keyboard.press("Backspace")
    theo.keyboard.press("Shift+Home")
    expect(text(mika, WHY).locator(".their-selection.therapist")).to_have_text("Here")
    theo.close()
    expect(caret).to_have_count(0)


def test_a_screen_reader_hears_who_writes_once_per_pause(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    status = field(mika, WHY).get_by_role("status").nth(1)
    status.evaluate("(one) => { window.told = []; new MutationObserver(() => window.told.push(one.textContent)).observe(one, {childList: true, characterData: true, subtree: true}); }")
    end(theo)
    for letter in "a whole sentence of many letters":
        theo.keyboard.type(letter)
    expect(status).to_have_text("Theo is writing")
    expect(status).to_have_text("", timeout=20_000)
    theo.keyboard.type(" more")
    expect(status).to_have_text("Theo is writing")
    assert [one for one in mika.evaluate("window.told") if one] == ["Theo is writing"] * 2
    expect(field(mika, WHY).locator(".who-writes")).to_contain_text("Theo is writing")


def test_undo_takes_back_ones_own_writing_only(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    end(mika)
    mika.keyboard.type("mine")
    expect(text(theo, WHY)).to_have_text("mine")
    end(theo)
    theo.keyboard.type(" and yours")
    expect(text(mika, WHY)).to_have_text("mine and yours")
    end(mika)
    mika.keyboard.press("ControlOrMeta+z")
    expect(text(mika, WHY)).to_have_text("and yours")
    expect(text(theo, WHY)).to_have_text("and yours")
    field(mika, WHY).get_by_role("button", name="Write it again").click()
    expect(text(theo, WHY)).to_have_text("mine and yours")
    field(theo, WHY).get_by_role("button", name="Undo what I wrote").click()
    expect(text(mika, WHY)).to_have_text("mine")
    saved(theo)
    assert two.why() == "mine"


def test_a_reload_in_the_middle_of_a_word_keeps_the_word(two: Two) -> None:
    page = two.open("client")
    end(page)
    for word in ("half a wo", "rd, and ano", "ther"):
        page.keyboard.type(word)
        page.reload()
        expect(text(page, WHY)).to_be_visible()
        end(page)
    expect(text(page, WHY)).to_have_text("half a word, and another")


def test_typed_while_the_line_was_cut_is_kept_told_and_merged(two: Two, fragile: tuple[Portal, Wire]) -> None:
    wire = fragile[1]
    mika, theo = two.open("client"), two.open("therapist")
    end(mika)
    mika.keyboard.type("before")
    expect(text(theo, WHY)).to_have_text("before")
    saved(mika)
    wire.cut()
    mika.keyboard.type(" and in the tunnel")
    end(theo)
    theo.keyboard.press("Home")
    theo.keyboard.type("Theo: ")
    for page in (mika, theo):
        expect(fares(page, WHY)).to_contain_text("Offline, kept on this page")
    asked: list[str] = []
    mika.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    mika.evaluate("location.href = '/help-now'")
    expect(text(mika, WHY)).to_contain_text("in the tunnel")
    wire.heal()
    for page in (mika, theo):
        expect(text(page, WHY)).to_have_text("Theo: before and in the tunnel")
        saved(page)
    assert asked == ["beforeunload"]
    assert two.why() == "Theo: before and in the tunnel"


def test_a_line_that_swallows_everything_is_noticed_and_nothing_is_lost(two: Two, fragile: tuple[Portal, Wire]) -> None:
    wire = fragile[1]
    mika = two.open("client")
    end(mika)
    mika.keyboard.type("before")
    saved(mika)
    wire.swallow()
    mika.keyboard.type(" and into silence")
    expect(fares(mika, WHY)).to_contain_text("Saving")
    expect(fares(mika, WHY)).to_contain_text("Offline, kept on this page")
    wire.heal()
    saved(mika)
    assert two.why() == "before and into silence"


def test_typing_goes_on_over_another_page_while_there_is_no_line(two: Two, fragile: tuple[Portal, Wire]) -> None:
    """Whoever leaves the goal for the board inside the portal finds their words again."""
    wire = fragile[1]
    mika = two.pair.enter(two.people(), "client")
    mika.goto(two.pair.url + routes.in_case(routes.GOALS, two.pair.case))
    mika.get_by_role("link", name="Say no once a week").click()
    end(mika)
    mika.keyboard.type("before")
    saved(mika)
    wire.cut()
    mika.keyboard.type(" leaving")
    expect(fares(mika, WHY)).to_contain_text("Offline, kept on this page")
    mika.go_back()
    expect(text(mika, WHY)).to_have_count(0)
    mika.go_forward()
    wire.heal()
    expect(text(mika, WHY)).to_have_text("before leaving")
    saved(mika)
    assert two.why() == "before leaving"


def test_what_is_copied_from_elsewhere_comes_in_as_plain_words(two: Two) -> None:
    page = two.open("client")
    end(page)
    page.evaluate(PASTE, ["<h1>Big</h1><ul><li><b>bold</b> and <a href='https://x.example'>link</a></li></ul>", "Big\n\nbold and\u0000 link"])
    expect(text(page, WHY).locator("p")).to_have_text(["Big", "", "bold and link"])
    expect(text(page, WHY).locator("b, a, h1, li")).to_have_count(0)
    saved(page)
    assert two.why() == "Big\n\nbold and link"
    end(page, TITLE)
    page.evaluate(PASTE, ["", " one\ntwo\nthree"])
    expect(text(page, TITLE)).to_have_text("Say no once a week one two three")
    page.keyboard.press("Enter")
    expect(text(page, TITLE).locator("p")).to_have_count(1)
    page.evaluate(PASTE, ["", "x" * 500])
    expect(fares(page, TITLE)).to_contain_text("That is more than fits here, so it was not put in.")
    expect(text(page, TITLE)).to_have_text("Say no once a week one two three")


PASTE = """([html, plain]) => {
    const data = new DataTransfer();
    if (html) data.setData('text/html', html);
    data.setData('text/plain', plain);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_too_long_a_text_is_told_and_nothing_is_lost(two: Two) -> None:
    page = two.open("client")
    end(page, TITLE)
    page.evaluate(PASTE, ["", "x" * 190])
    expect(fares(page, TITLE)).to_contain_text("Too long by 8: nothing is lost, please shorten it")
    for _ in range(8):
        page.keyboard.press("Backspace")
    saved(page, TITLE)
    expect(fares(page, TITLE)).to_contain_text("200 of 200")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Backspace")
    expect(fares(page, TITLE)).to_contain_text("Not saved. Please write a few words here.")
    page.keyboard.type("Say no")
    saved(page, TITLE)


def test_a_new_wording_needs_one_press_of_each_live_on_both_screens(two: Two) -> None:
    two.act("therapist", goals.agree, two.goal, 99)
    mika, theo = two.open("client"), two.open("therapist")
    end(mika, TITLE)
    mika.keyboard.type(" or twice")
    for page in (mika, theo):
        question = page.locator(".wording-question")
        expect(question.get_by_role("heading", name="Agreed wording")).to_be_visible()
        expect(question.locator(".wording-one").nth(0)).to_contain_text("Say no once a week")
        expect(question.locator(".wording-one").nth(1)).to_contain_text("Say no once a week or twice")
        expect(question.locator("ins")).to_contain_text("or twice")
        expect(page.get_by_role("heading", level=1)).to_have_text("Say no once a week")
    theo.get_by_role("button", name="Yes, that's our wording").click()
    expect(theo.locator(".yeses")).to_contain_text("You said yes")
    expect(mika.locator(".yeses")).to_contain_text("Theo said yes")
    end(theo, TITLE)
    theo.keyboard.type(".")
    for page in (mika, theo):
        expect(page.locator(".yeses .said-yes")).to_have_count(0)
        expect(page.get_by_role("button", name="Yes, that's our wording")).to_be_visible()
        expect(page.locator(".wording-one").nth(1)).to_contain_text("or twice.")
    for page in (mika, theo):
        page.get_by_role("button", name="Yes, that's our wording").click()
    for page in (mika, theo):
        expect(page.get_by_role("heading", level=1)).to_have_text("Say no once a week or twice.")
        expect(page.locator(".wording-question")).to_have_count(0)


def test_the_agreed_wording_kept_is_in_both_editors(two: Two) -> None:
    two.act("therapist", goals.agree, two.goal, 99)
    mika, theo = two.open("client"), two.open("therapist")
    end(mika, TITLE)
    mika.keyboard.type(" or twice")
    expect(text(theo, TITLE)).to_have_text("Say no once a week or twice")
    theo.get_by_role("button", name="Keep the agreed wording").click()
    for page in (mika, theo):
        expect(text(page, TITLE)).to_have_text("Say no once a week")
        expect(page.locator(".wording-question")).to_have_count(0)
    theo.get_by_role("button", name="Undo", exact=True).click()
    for page in (mika, theo):
        expect(text(page, TITLE)).to_have_text("Say no once a week or twice")


def test_the_history_has_one_entry_for_each_and_an_earlier_text_comes_back(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    end(mika, NOTES)
    mika.keyboard.type("Ask the choir")
    expect(text(theo, NOTES)).to_have_text("Ask the choir")
    end(theo, NOTES)
    theo.keyboard.type(" on Friday")
    saved(theo, NOTES)
    mika.get_by_role("button", name="History").click()
    history = mika.locator(".history > li")
    expect(history.filter(has_text="Mika wrote in the notes")).to_have_count(1)
    entry = history.filter(has_text="Theo wrote in the notes")
    expect(entry).to_have_count(1)
    expect(entry.locator("ins")).to_have_text(" on Friday")
    entry.get_by_role("button", name="Take the earlier text again").click()
    for page in (mika, theo):
        expect(text(page, NOTES)).to_have_text("Ask the choir")
    expect(history.first).to_contain_text("Mika took an earlier text again")


def test_who_is_no_member_any_more_sees_nothing_and_cannot_write(two: Two) -> None:
    mika, theo = two.open("client"), two.open("therapist")
    end(mika)
    mika.keyboard.type("Kanarienquitte")
    expect(text(theo, WHY)).to_have_text("Kanarienquitte")
    end_membership(two.pair.case, two.pair.ids["therapist"])
    mika.keyboard.type(" alone")
    saved(mika)
    expect(text(theo, WHY)).to_have_count(0)
    assert "alone" not in theo.content()
    assert "Kanarienquitte" not in theo.content()


def test_nothing_is_written_where_the_goal_is_closed(two: Two) -> None:
    two.act("therapist", goals.agree, two.goal, 99)
    two.act("client", goals.reach, two.goal, 99)
    page = two.pair.enter(two.people(), "client")
    page.goto(two.pair.url + routes.in_case(routes.GOAL, two.pair.case, goal=two.goal))
    expect(page.get_by_role("group", name=TITLE)).to_have_text("Say no once a week")
    expect(text(page, NOTES)).to_be_visible()
    expect(text(page, TITLE)).to_have_count(0)


def test_the_editor_is_loaded_only_where_somebody_may_write(two: Two) -> None:
    page = two.pair.enter(two.people(), "client")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(two.pair.url + routes.in_case(routes.GOALS, two.pair.case))
    expect(page.get_by_role("heading", name="Say no once a week")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "shared_text_editor" in url or "_write" in url]
    page.get_by_role("link", name="Say no once a week").click()
    expect(text(page, WHY)).to_be_visible()
    assert [url for url in asked if "shared_text_editor" in url]


def test_a_journey_by_keyboard(two: Two) -> None:
    page = two.open("client")
    expect(text(page, TITLE)).to_be_visible()
    reach(page, TITLE)
    page.keyboard.press("End")
    page.keyboard.type(", gently")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Undo what I wrote")).to_be_focused()
    page.keyboard.press("Enter")
    expect(text(page, TITLE)).to_have_text("Say no once a week")
    reach(page, WHY)
    page.keyboard.type("Line one")
    page.keyboard.press("Enter")
    page.keyboard.type("Line two")
    expect(text(page, WHY).locator("p")).to_have_text(["Line one", "Line two"])
    reach(page, NOTES)
    page.keyboard.type("Noted")
    saved(page, NOTES)


def reach(page: Page, label: str) -> None:
    """Go there by the Tab key alone."""
    for _ in range(80):
        if text(page, label).evaluate("(box) => box === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} cannot be reached by Tab")


@pytest.mark.parametrize("language", ["en", PSEUDO], ids=["english", "right-to-left"])
def test_axe_finds_nothing_while_two_write(two: Two, language: str) -> None:
    two.act("therapist", goals.agree, two.goal, 99)
    choose_language(two.pair.callers["client"], language)
    mika, theo = two.open("client"), two.open("therapist")
    end(theo)
    theo.keyboard.type("A long word: " + "Donaudampfschifffahrtsgesellschaft" * 4)
    expect(mika.locator(".their-caret")).to_have_count(1)
    expect(mika.locator(".wording-question")).to_be_visible()
    assert mika.evaluate("document.documentElement.dir") == ("rtl" if language == PSEUDO else "ltr")
    mika.evaluate(AXE)
    assert findings(mika) == []


def test_nothing_that_was_typed_is_kept_by_the_browser(two: Two) -> None:
    page = two.open("client")
    end(page)
    page.keyboard.type("the heron stands in the reeds")
    saved(page)
    kept = page.evaluate("async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, await indexedDB.databases(), await caches.keys()])")
    assert "heron" not in kept
    assert two.goal not in kept
