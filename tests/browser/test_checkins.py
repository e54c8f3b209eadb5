"""Check-ins in two browsers: sealed until both are done, then open on both screens at once; by finger, by keys, by keyboard alone."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from portal.adjustments import service as adjustments
from portal.adjustments.schemas import TermsForm
from portal.checkins import service
from portal.checkins.domain import Item
from portal.kit import clock
from tests.browser.pairs import Pair
from tests.cast import Cast
from tests.makers import op, sign_in
from tests.servers import Portal

pytestmark = pytest.mark.browser

CANARY = "the heron stands in the reeds"
AT_ONCE_MS = 2_000


@pytest.fixture
def pair(practice: tuple[Portal, Cast]) -> Pair:
    return Pair(practice[0].url)


def answer_on_a_phone(page: Page, values: tuple[int, ...]) -> None:
    for n, value in enumerate(values):
        expect(page.get_by_text(f"{n + 1} of 6", exact=True)).to_be_visible()
        page.locator("[data-now] .key").nth(value).click()
        page.get_by_role("button", name="Next").click()


def test_second_submit_opens_both_screens_at_once(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = pair.start()
    mika, theo = pair.enter(people(width=360, height=740), "client"), pair.enter(people(), "therapist")
    mika.goto(pair.address(checkin_id))
    theo.goto(pair.address(checkin_id))
    began = time.monotonic()
    answer_on_a_phone(mika, (4, 8, 7, 8, 9, 10))
    mika.get_by_label("One thing to keep").fill("the quiet start")
    mika.get_by_role("button", name="I am done").click()
    expect(mika.get_by_role("heading", name="Your side is done")).to_be_visible()
    assert time.monotonic() - began < 60, "under a minute"
    expect(theo.get_by_text("Mika is done.")).to_be_visible()
    rows = theo.get_by_role("group")
    for n, value in enumerate((9, 8, 8, 6, 9, 10)):
        rows.nth(n).locator(".key").nth(value).click()
    theo.get_by_role("button", name="I am done").click()
    both = "Both of you, side by side"
    expect(theo.get_by_role("heading", name=both)).to_be_visible()
    expect(mika.get_by_role("heading", name=both)).to_be_visible(timeout=AT_ONCE_MS)
    for page in (mika, theo):
        expect(page.get_by_role("main").get_by_text("Worth a word.")).to_be_visible()
        assert page.locator(".gap-name").all_inner_texts() == ["Goals", "Bond", "Understood", "Way of working", "Voice", "Pace and fit"]
        expect(page.get_by_text("Mika 4 · Theo 9")).to_be_visible()
        expect(page.get_by_text("the quiet start")).to_be_visible()
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_sealed_never_reaches_the_others_browser(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = pair.start()
    pair_of_pages = {"client": pair.enter(people(), "client"), "therapist": pair.enter(people(), "therapist")}
    mika, theo = pair_of_pages["client"], pair_of_pages["therapist"]
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: frames.append(payload if isinstance(payload, str) else payload.decode("utf-8", "replace")))

    theo.on("websocket", listen)
    theo.goto(pair.address(checkin_id))
    expect(theo.get_by_role("button", name="I am done")).to_be_visible()
    mika.goto(pair.address(checkin_id))
    mika.get_by_label("One thing to change").fill(CANARY)
    for group in mika.get_by_role("group").all():
        group.locator(".key").nth(3).click()
    expect(mika.get_by_text("Saved").first).to_be_visible()
    mika.wait_for_timeout(1_200)
    mika.get_by_role("button", name="I am done").click()
    expect(theo.get_by_text("Mika is done.")).to_be_visible()
    for address in (pair.address(), f"{pair.url}/c/{pair.case}", f"{pair.url}/c/{pair.case}/course", pair.address(checkin_id), f"{pair.url}/home"):
        theo.goto(address)
        theo.wait_for_timeout(700)
        assert CANARY not in theo.content()
    assert frames and not [frame for frame in frames if CANARY in frame]
    stored = theo.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert CANARY not in stored


def test_number_keys_ten_skip_and_back(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = pair.start()
    page = pair.enter(people(width=360, height=740), "client")
    page.goto(pair.address(checkin_id))
    expect(page.get_by_text("1 of 6", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Back").click()
    page.keyboard.press("7")
    expect(page.get_by_role("radio", name="7", exact=True).first).to_be_checked()
    page.keyboard.press("1")
    page.keyboard.press("0")
    expect(page.locator("[data-now] input").nth(10)).to_be_checked()
    page.locator("[data-now]").get_by_role("button", name="Skip this one").click()
    expect(page.get_by_text("2 of 6", exact=True)).to_be_visible()
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 of 6", exact=True)).to_be_visible()
    expect(page.get_by_text("Skipped", exact=True).first).to_be_visible()
    page.get_by_label("Go on by itself after each answer").check()
    page.locator("[data-now] .key").nth(8).click()
    expect(page.get_by_text("2 of 6", exact=True)).to_be_visible()


def test_the_whole_way_with_the_keyboard_alone(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = pair.start()
    pair.answer("therapist", checkin_id, 9, 9, 9, 9, 9, 9)
    page = pair.enter(people(), "client")
    page.goto(pair.address())
    expect(page.get_by_role("link", name="Start")).to_be_visible()
    tab_to(page, "Start")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="I am done")).to_be_visible()
    for n, digit in enumerate("789678"):
        tab_until(page, f"document.querySelectorAll('fieldset.rating')[{n}].contains(document.activeElement)")
        page.keyboard.press(digit)
    tab_to(page, "I am done")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Both of you, side by side")).to_be_visible()
    tab_to(page, "We talked about it")
    page.keyboard.press("Enter")
    tab_to(page, "Close this check-in")
    page.keyboard.press("Enter")
    expect(page.get_by_text("closed it")).to_be_visible()


def tab_to(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()
    tab_until(page, f"(document.activeElement.innerText || '').trim() === {words!r}")


def tab_until(page: Page, holds: str) -> None:
    for _ in range(80):
        if page.evaluate(holds):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach: {holds}")


def test_handed_in_answers_are_taken_back_on_the_others_screen_too(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = pair.start()
    pair.answer("client", checkin_id, 9, 9, 9, 9, 9, 9)
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    mika.goto(pair.address(checkin_id))
    theo.goto(pair.address(checkin_id))
    expect(theo.get_by_text("Mika is done.")).to_be_visible()
    mika.get_by_role("button", name="Change my answers").click()
    expect(theo.get_by_text("Mika is done.")).not_to_be_visible()
    mika.get_by_role("button", name="I am done").click()
    expect(theo.get_by_text("Mika is done.")).to_be_visible()
    mika.get_by_role("button", name="Take my answers back").click()
    mika.get_by_role("button", name="Yes, delete them").click()
    expect(theo.get_by_text("Mika is done.")).not_to_be_visible()
    expect(mika.get_by_role("radio", checked=True)).to_have_count(0)


def test_after_the_reveal_both_talk_note_and_close_live(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    checkin_id = pair.start()
    pair.answer("client", checkin_id, 7, 9, 9, 9, 9, 9)
    pair.answer("therapist", checkin_id, 9, 9, 9, 9, 9, 9)
    mika, theo = pair.enter(people(width=360), "client"), pair.enter(people(), "therapist")
    for page in (mika, theo):
        page.goto(pair.address(checkin_id))
        expect(page.get_by_text("You see this differently.")).to_be_visible()
        page.get_by_text("Which rule?").click()
        expect(page.get_by_text("Goals: Theo answered 9, Mika 7.")).to_be_visible()
    mika.get_by_label("Add a note").fill("It was the week, not you.")
    mika.get_by_role("button", name="Add it").click()
    expect(theo.get_by_text("It was the week, not you.")).to_be_visible(timeout=AT_ONCE_MS)
    expect(mika.get_by_label("Add a note")).to_have_value("")
    theo.get_by_role("button", name="We talked about it").click()
    mika.get_by_role("button", name="Close this check-in").click()
    expect(theo.get_by_text("Mika closed it")).to_be_visible(timeout=AT_ONCE_MS)
    theo.goto(f"{pair.url}/c/{pair.case}/course")
    expect(theo.get_by_role("img", name="Mean of the answers over 1 check-in")).to_be_visible()
    theo.get_by_text("The numbers").first.click()
    expect(theo.get_by_role("table", name="Mean of the answers")).to_contain_text("8.7")


def test_either_starts_and_the_rhythm_is_set_by_both(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(width=360), "client"), pair.enter(people(), "therapist")
    for page in (mika, theo):
        page.goto(pair.address())
    mika.get_by_label("A check-in opens").select_option("paused")
    expect(theo.get_by_text("No check-in opens by itself at the moment.")).to_be_visible(timeout=AT_ONCE_MS)
    theo.get_by_role("button", name="Start a check-in").click()
    expect(theo).to_have_url(re.compile(re.escape(pair.address()) + "/[0-9a-f-]{36}$"))
    expect(mika.get_by_role("link", name="Start")).to_be_visible(timeout=AT_ONCE_MS)


@pytest.mark.parametrize("choice", ["share", "keep", "discard"])
def test_the_client_decides_on_answers_that_stayed_alone(pair: Pair, people: Callable[..., BrowserContext], choice: str) -> None:
    checkin_id = pair.start()
    service.write_line(pair.callers["client"], pair.case, checkin_id, "keep", CANARY, 0, op=op())
    pair.answer("client", checkin_id, 9, 9, 9, 9, 9, 9)
    pair.let_time_run_out(checkin_id)
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    for page in (mika, theo):
        page.goto(pair.address(checkin_id))
    expect(theo.get_by_text("This check-in ended without both of you")).to_be_visible()
    expect(mika.get_by_text(CANARY)).to_be_attached()  # folded away below the choice
    if choice == "keep":
        mika.get_by_role("button", name="Keep them private").click()
        expect(mika.get_by_role("button", name="Keep them private")).to_have_count(0)
        expect(mika.get_by_text(CANARY)).to_be_attached()
    else:
        mika.get_by_role("button", name="Share mine anyway" if choice == "share" else "Delete them").click()
        mika.get_by_role("button", name="Yes, share them" if choice == "share" else "Yes, delete them").click()
    if choice != "share":
        if choice == "discard":
            expect(mika.get_by_text(CANARY)).to_have_count(0)
        theo.reload()
        expect(theo.get_by_text("This check-in ended without both of you")).to_be_visible()
        expect(theo.get_by_text(CANARY)).to_have_count(0)
        return
    expect(theo.get_by_text(CANARY)).to_be_visible(timeout=AT_ONCE_MS)
    theo.goto(f"{pair.url}/c/{pair.case}")
    theo.get_by_role("link", name="Answers shared with you after the time was over, to talk about").click()
    theo.get_by_role("button", name="We talked about it").click()
    expect(mika.get_by_text("Theo marked it as talked about")).to_be_visible(timeout=AT_ONCE_MS)
    expect(mika.get_by_role("button", name="We talked about it")).to_have_count(0)
    theo.goto(f"{pair.url}/c/{pair.case}")
    expect(theo.get_by_role("heading", name="Waits for you")).to_be_visible()
    expect(theo.get_by_role("link", name="Answers shared with you")).to_have_count(0)


def test_the_next_checkin_asks_about_what_both_are_trying(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    words = "We end five minutes early."
    with clock.at(clock.now() - timedelta(days=8)):
        then = {role: sign_in(person_id)[0] for role, person_id in pair.ids.items()}
        today = clock.now().date()
        terms = TermsForm(words, "both", today.isoformat(), (today + timedelta(days=7)).isoformat())
        change = adjustments.propose(then["client"], pair.case, terms, op=op())
        adjustments.agree(then["therapist"], pair.case, change, 1, op=op())
    checkin_id = pair.start()
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    for page in (mika, theo):
        page.goto(pair.address(checkin_id))
        expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_role("group", name="Did it help?")).to_be_visible()
    mika.get_by_role("button", name="It helped").click()
    expect(mika.get_by_text("You have answered.", exact=False)).to_be_visible()
    assert [one.i_answered for one in adjustments.running(pair.callers["client"], pair.case)] == [True]


def test_one_checkin_never_stands_under_the_address_of_another(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    first = pair.start()
    for role in ("client", "therapist"):
        pair.answer(role, first, 9, 9, 9, 9, 9, 9)
    service.add_note(pair.callers["client"], pair.case, first, CANARY, op=op())
    second = pair.start()
    page = pair.enter(people(), "client")
    page.add_init_script(
        """window.seen = [];
        new MutationObserver(() => {
            window.seen.push([location.pathname, document.body?.innerText.includes('heron'), !!document.querySelector('.bone')]);
        }).observe(document, {subtree: true, childList: true, characterData: true});"""
    )
    page.goto(pair.address(first))
    expect(page.get_by_text(CANARY)).to_be_visible()
    page.goto(pair.address(second))
    expect(page.get_by_role("button", name="I am done")).to_be_visible()
    seen = page.evaluate("window.seen")
    assert seen and not [one for one in seen if one[1]]
    # Coming back after a lost connection is no other address: what stands there stays.
    page.evaluate("window.seen.length = 0")
    page.context.set_offline(True)
    expect(page.get_by_text("The connection is lost.", exact=False)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is lost.", exact=False)).not_to_be_visible()
    service.rate(pair.callers["client"], pair.case, second, Item.GOALS, 4, op=op())
    assert not [one for one in page.evaluate("window.seen") if one[2]]


def test_a_foreign_checkin_reads_like_a_missing_one(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    foreign = Pair(pair.url).start()
    page = pair.enter(people(), "client")
    for checkin_id in (foreign, "nothing-here"):
        page.goto(pair.address(checkin_id))
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
