"""Feedback in two browsers: sharing, listening until it is understood, agreeing on a change and looking back; by mouse and by keys alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from portal.access import cookies
from portal.access.gate import Caller
from portal.adjustments import service as adjustments
from portal.adjustments.schemas import TermsForm
from portal.checkins import service as checkins
from portal.feedback import service as feedback
from portal.kit import clock
from tests.cast import Cast
from tests.makers import make_case, make_person, op, sign_in
from tests.servers import Portal

AT_ONCE_MS = 2_000
CANARY = "the heron stands in the reeds"


class Pair:
    """A fresh client and therapist with a case of their own in the served practice."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ids = {"client": make_person("Mika Vane", "client"), "therapist": make_person("Theo Sand", "staff")}  # type: ignore[arg-type]
        self.case = make_case(**self.ids)
        signed = {role: sign_in(person_id) for role, person_id in self.ids.items()}
        self.callers: dict[str, Caller] = {role: caller for role, (caller, _) in signed.items()}
        self._tokens = {role: token for role, (_, token) in signed.items()}

    @property
    def address(self) -> str:
        """The address of their feedback page."""
        return f"{self.url}/c/{self.case}/feedback"

    def enter(self, browser: BrowserContext, role: str) -> Page:
        """The feedback page in front of one of the two, signed in."""
        # Handed over as from a TLS address: on this machine's own name browsers take such cookies over plain HTTP as well.
        address = self.url.replace("http://", "https://") if cookies.is_protected() else self.url
        browser.add_cookies(
            [{"name": cookies.session_cookie(), "value": self._tokens[role], "url": address, "secure": cookies.is_protected(), "httpOnly": True}]
        )
        page = browser.new_page()
        page.goto(self.address)
        expect(page.get_by_role("button", name="Share something")).to_be_visible()
        return page

    def share(self, role: str, text: str, kind: str) -> str:
        """Something shared without a browser."""
        caller = self.callers[role]
        share_id = feedback.begin(caller, self.case, op=op())
        feedback.choose_kind(caller, self.case, share_id, kind, op=op())
        feedback.share(caller, self.case, share_id, text, 0, op=op())
        return share_id

    def reflect(self, share_id: str, turn: int, heard: str) -> str:
        """Answered without a browser; the id of the round."""
        feedback.reflect(self.callers["therapist"], self.case, share_id, turn, heard, "", "", op=op())
        return feedback.desk(self.callers["client"], self.case, opened=share_id).threads[0].rounds[-1].id


@pytest.fixture
def pair(practice: tuple[Portal, Cast]) -> Iterator[Pair]:
    yield Pair(practice[0].url)


def begin(page: Page, kind: str, text: str) -> None:
    page.get_by_role("button", name="Share something").click()
    page.get_by_role("button", name=kind, exact=True).click()
    expect(page.get_by_role("button", name=kind, exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("In your words").fill(text)


def stored(field: Locator) -> None:
    expect(field.locator("xpath=ancestor::div[contains(@class,'field')][1]")).to_contain_text("Saved")


def test_share_not_quite_again_yes_an_idea_a_change_and_a_look_back(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(width=360, height=740), "client"), pair.enter(people(), "therapist")
    begin(mika, "Concern", "You went straight to what I could try.")
    expect(mika.get_by_text("Theo will read this.")).to_be_visible()
    mika.get_by_role("button", name="Share now").click()
    expect(theo.get_by_text("You went straight to what I could try.")).to_be_visible(timeout=AT_ONCE_MS)
    expect(theo.get_by_text("Mika · a concern")).to_be_visible()
    expect(mika.get_by_text("Theo has not answered yet.")).to_be_visible()
    expect(theo.get_by_label("An idea of your own")).to_have_count(0)

    theo.get_by_label("What I heard").fill("I was too fast.")
    theo.get_by_label("What I imagine you felt").fill("Hurried.")
    theo.get_by_label("Why it makes sense").fill("You had just begun.")
    theo.get_by_role("button", name="Send what I heard").click()
    expect(mika.get_by_text("I was too fast.")).to_be_visible(timeout=AT_ONCE_MS)
    mika.get_by_role("button", name="Not quite").click()
    mika.get_by_label("What was missed?").fill("It was less the speed.")
    mika.get_by_role("button", name="Send “not quite”").click()
    expect(theo.get_by_text("It was less the speed.")).to_be_visible(timeout=AT_ONCE_MS)
    expect(theo.get_by_text("Second round")).to_be_visible()
    expect(theo.get_by_label("What I heard")).to_have_value("")

    theo.get_by_label("What I heard").fill("You were left alone with it.")
    theo.get_by_role("button", name="Send what I heard").click()
    expect(theo.get_by_role("button", name="Yes, that’s it")).to_have_count(0)
    mika.get_by_role("button", name="Yes, that’s it").click()
    for page in (mika, theo):
        expect(page.get_by_text("after 2 rounds")).to_be_visible(timeout=AT_ONCE_MS)

    theo.get_by_label("An idea of your own").fill("We could stay a minute longer.")
    theo.get_by_role("button", name="Send the idea").click()
    expect(mika.get_by_text("We could stay a minute longer.")).to_be_visible(timeout=AT_ONCE_MS)

    mika.locator(".thread").get_by_role("button", name="Agree on a change").click()
    mika.get_by_label("What, in one sentence").fill("Theo asks “stay or try?” first.")
    mika.get_by_label("Who does it").select_option("Theo")
    mika.get_by_role("button", name="Propose it").click()
    expect(theo.get_by_text("Theo asks “stay or try?” first.")).to_be_visible(timeout=AT_ONCE_MS)
    theo.get_by_role("button", name="Yes, let’s do that").click()
    for page in (mika, theo):
        expect(page.get_by_text("Agreed change · running since")).to_be_visible(timeout=AT_ONCE_MS)
        page.get_by_text("Did it help so far?").click()
    mika.get_by_role("button", name="It helped").click()
    expect(theo.get_by_text("Mika has answered. You see it once you have answered too.")).to_be_visible(timeout=AT_ONCE_MS)
    theo.get_by_role("button", name="A little").click()
    for page in (mika, theo):
        expect(page.get_by_text("Mika: it helped")).to_be_visible(timeout=AT_ONCE_MS)
        expect(page.get_by_text("Theo: it helped a little")).to_be_visible()
        page.get_by_role("button", name="Keep it").click()
    for page in (mika, theo):
        page.get_by_text("Settled changes").click()
        expect(page.get_by_text("Kept · just now")).to_be_visible(timeout=AT_ONCE_MS)
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def test_drafts_and_held_shares_never_reach_the_others_browser(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    theo_browser = people()
    theo = pair.enter(theo_browser, "therapist")
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: frames.append(payload if isinstance(payload, str) else payload.decode("utf-8", "replace")))

    theo.on("websocket", listen)
    theo.reload()
    expect(theo.get_by_role("button", name="Share something")).to_be_visible()
    mika = pair.enter(people(), "client")
    begin(mika, "Wish", CANARY)
    stored(mika.get_by_label("In your words"))
    mika.get_by_role("button", name="Hold until the session").click()
    expect(mika.get_by_role("heading", name="Held until the session")).to_be_visible()
    for address in (pair.address, f"{pair.url}/c/{pair.case}", f"{pair.url}/home", pair.address):
        theo.goto(address)
        theo.wait_for_timeout(700)
        assert CANARY not in theo.content()
    assert frames
    assert not [frame for frame in frames if CANARY in frame]
    assert CANARY not in theo.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    mika.get_by_role("button", name="Share now").click()
    expect(theo.get_by_text(CANARY)).to_be_visible(timeout=AT_ONCE_MS)
    mika.get_by_role("button", name="Withdraw").click()
    mika.get_by_role("button", name="Yes, withdraw it").click()
    expect(theo.get_by_text("Mika withdrew this", exact=False)).to_be_visible(timeout=AT_ONCE_MS)
    for page in (mika, theo):
        expect(page.get_by_text(CANARY)).to_have_count(0)


def test_a_press_right_after_the_last_word_sends_every_word(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    begin(mika, "Question", "Half a sentence")
    stored(mika.get_by_label("In your words"))
    mika.get_by_label("In your words").press_sequentially(", and the rest of it.", delay=5)
    mika.get_by_role("button", name="Share now").click()
    expect(theo.get_by_text("Half a sentence, and the rest of it.", exact=True)).to_be_visible(timeout=AT_ONCE_MS)
    theo.get_by_label("What I heard").press_sequentially("You ask.", delay=5)
    theo.get_by_role("button", name="Send what I heard").click()
    expect(mika.get_by_text("You ask.", exact=True)).to_be_visible(timeout=AT_ONCE_MS)


def test_a_refusal_stands_where_it_happened_and_the_words_stay(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika = pair.enter(people(), "client")
    mika.get_by_role("button", name="Share something").click()
    mika.get_by_label("In your words").fill("Words without a kind.")
    mika.get_by_role("button", name="Share now").click()
    card = mika.get_by_role("article")
    expect(card.get_by_role("alert")).to_contain_text("Please choose what it is")
    expect(mika.get_by_label("In your words")).to_have_value("Words without a kind.")
    long_text = "word " * 2_000
    mika.get_by_role("button", name="Wish", exact=True).click()
    expect(mika.get_by_role("button", name="Wish", exact=True)).to_have_attribute("aria-pressed", "true")
    mika.get_by_label("In your words").fill(long_text)
    mika.get_by_role("button", name="Share now").click()
    expect(card.get_by_role("alert")).to_contain_text("too long")
    expect(mika.get_by_label("In your words")).to_have_value(long_text)
    mika.get_by_role("button", name="Agree on a change").click()
    mika.get_by_label("Look again on").fill("2020-01-01")
    mika.get_by_label("What, in one sentence").fill("Something.")
    mika.get_by_role("button", name="Propose it").click()
    expect(mika.get_by_text("The day to look again must come after the first day", exact=False)).to_be_visible()
    expect(mika.get_by_label("What, in one sentence")).to_have_value("Something.")


def test_other_words_need_the_other_yes_again_live(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    change = adjustments.propose(pair.callers["client"], pair.case, TermsForm("We end five minutes early.", "both"), op=op())
    adjustments.agree(pair.callers["therapist"], pair.case, change, 1, op=op())
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    theo.get_by_role("button", name="Change", exact=True).click()
    expect(theo.get_by_label("What, in one sentence")).to_have_value("We end five minutes early.")
    theo.get_by_label("What, in one sentence").fill("We end three minutes early.")
    theo.get_by_role("button", name="Propose these words").click()
    expect(mika.get_by_text("We end three minutes early.")).to_be_visible(timeout=AT_ONCE_MS)
    expect(mika.get_by_text("We end five minutes early.")).to_be_visible()
    mika.get_by_role("button", name="Yes, let’s do that").click()
    for page in (mika, theo):
        expect(page.locator(".agreed").get_by_text("We end three minutes early.")).to_be_visible(timeout=AT_ONCE_MS)


def test_after_three_times_not_quite_both_are_invited_to_talk(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    share_id = pair.share("client", "It is hard to say.", "concern")
    for turn in (1, 2, 3):
        round_id = pair.reflect(share_id, turn, f"answer {turn}")
        feedback.not_quite(pair.callers["client"], pair.case, round_id, "", op=op())
    for role in ("client", "therapist"):
        page = pair.enter(people(), role)
        expect(page.get_by_text("This has gone back and forth 3 times.", exact=False)).to_be_visible()


def test_theo_shares_and_mika_answers_if_they_like(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    begin(theo, "Observation", "I noticed that you smiled.")
    theo.get_by_role("button", name="Share now").click()
    expect(mika.get_by_text("I noticed that you smiled.")).to_be_visible(timeout=AT_ONCE_MS)
    expect(mika.get_by_role("button", name="Yes, that’s it")).to_have_count(0)
    mika.get_by_label("Say something in return").fill("I did.")
    mika.get_by_role("button", name="Send", exact=True).click()
    expect(theo.get_by_text("I did.", exact=True)).to_be_visible(timeout=AT_ONCE_MS)


def test_what_has_come_to_rest_is_folded_by_month_and_found_by_its_address(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    with clock.at(clock.now() - timedelta(days=60)):
        callers = {role: sign_in(person_id)[0] for role, person_id in pair.ids.items()}
        share_id = feedback.begin(callers["client"], pair.case, op=op())
        feedback.choose_kind(callers["client"], pair.case, share_id, "appreciation", op=op())
        feedback.share(callers["client"], pair.case, share_id, "It helped that you waited.", 0, op=op())
        feedback.reflect(callers["therapist"], pair.case, share_id, 1, "Waiting helped.", "", "", op=op())
        round_id = feedback.desk(callers["client"], pair.case).threads[0].rounds[0].id
        feedback.confirm(callers["client"], pair.case, round_id, op=op())
    mika = pair.enter(people(), "client")
    expect(mika.get_by_text("It helped that you waited.")).to_have_count(0)
    fold = mika.locator(".fold-button")
    fold.click()
    expect(mika.get_by_text("It helped that you waited.")).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(mika.get_by_text("It helped that you waited.")).to_have_count(0)
    mika.goto(f"{pair.address}?share={share_id}")
    expect(mika.get_by_text("It helped that you waited.")).to_be_visible()


def test_a_change_that_comes_out_of_a_checkin_says_so(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = checkins.start(pair.callers["client"], pair.case, op=op())
    mika = pair.enter(people(), "client")
    mika.goto(f"{pair.address}?checkin={checkin_id}")
    expect(mika.get_by_text("Check-in of")).to_be_visible()
    mika.get_by_label("What, in one sentence").fill("We begin with a minute of quiet.")
    mika.get_by_role("button", name="Propose it").click()
    expect(mika.get_by_role("link", name="It came out of a check-in")).to_be_visible()
    (change,) = adjustments.desk(pair.callers["therapist"], pair.case).of_origin(checkin_id)
    assert change.offer.what == "We begin with a minute of quiet."
    mika.goto(f"{pair.address}?checkin={change.id}")
    expect(mika.get_by_text("We begin with a minute of quiet.")).to_be_visible()
    expect(mika.get_by_label("What, in one sentence")).to_have_count(0)


def test_both_go_the_whole_way_by_keyboard_alone(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    press(mika, "Share something")
    expect(mika.get_by_label("In your words")).to_be_focused()
    mika.keyboard.type("It was too much at once.")
    back_to(mika, "Concern")
    expect(mika.get_by_role("button", name="Concern", exact=True)).to_have_attribute("aria-pressed", "true")
    press(mika, "Share now")
    expect(theo.get_by_text("It was too much at once.")).to_be_visible(timeout=AT_ONCE_MS)
    tab_to(theo, theo.get_by_label("What I heard"))
    theo.keyboard.type("Too much.")
    press(theo, "Send what I heard")
    expect(mika.get_by_text("Too much.", exact=True)).to_be_visible(timeout=AT_ONCE_MS)
    press(mika, "Not quite")
    expect(mika.get_by_label("What was missed?")).to_be_focused()
    mika.keyboard.type("All at once.")
    press(mika, "Send “not quite”")
    expect(theo.get_by_text("All at once.", exact=True)).to_be_visible(timeout=AT_ONCE_MS)
    tab_to(theo, theo.get_by_label("What I heard"))
    theo.keyboard.type("Everything at the same time.")
    press(theo, "Send what I heard")
    expect(mika.get_by_text("Everything at the same time.")).to_be_visible(timeout=AT_ONCE_MS)
    press(mika, "Yes, that’s it")
    expect(theo.get_by_text("after 2 rounds")).to_be_visible(timeout=AT_ONCE_MS)
    tab_to(theo, theo.locator(".thread").get_by_role("button", name="Agree on a change"))
    theo.keyboard.press("Enter")
    expect(theo.get_by_label("What, in one sentence")).to_be_focused()
    theo.keyboard.type("One thing at a time.")
    press(theo, "Propose it")
    expect(mika.get_by_text("One thing at a time.")).to_be_visible(timeout=AT_ONCE_MS)
    press(mika, "Yes, let’s do that")
    expect(theo.get_by_text("Agreed change · running since")).to_be_visible(timeout=AT_ONCE_MS)


def press(page: Page, name: str) -> None:
    """Reach a button by Tab and press it."""
    button = page.get_by_role("button", name=name, exact=True).last
    expect(button).to_be_visible()
    tab_to(page, button)
    page.keyboard.press("Enter")


def back_to(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    tab_to(page, button, key="Shift+Tab")
    page.keyboard.press("Enter")


def tab_to(page: Page, goal: Locator, *, key: str = "Tab") -> None:
    for _ in range(60):
        if goal.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not get there")
