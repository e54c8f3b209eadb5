"""One device for both: the therapist hands it over, the client does one thing on it, and nothing but the PIN leads out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select, update

from portal import routes
from portal.access.gate import Caller
from portal.access.models import HandOver, Person, PersonSession
from portal.accounts import service as accounts
from portal.accounts.models import Attempts
from portal.accounts.schemas import PinForm
from portal.checkins import service as checkins
from portal.goals import service as goals
from portal.kit import clock, passwords
from portal.kit.db import transaction
from portal.ratings import service as ratings
from tests.browser.pairs import Pair
from tests.browser.test_checkins import tab_to, tab_until
from tests.cast import Cast
from tests.makers import op, sign_in
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]
PIN, OTHER_PIN, PASSWORD = "4821", "7305", "seven quiet herons wade"
HANDED = re.compile(r"/handed/?$")
CANARY = "the heron stands in the reeds"


@pytest.fixture
def pair(practice: tuple[Portal, Cast]) -> Pair:
    pair = Pair(practice[0].url)
    accounts.keep_pin(pair.callers["therapist"], PinForm(PIN, PIN))
    return pair


def handed(page: Page) -> None:
    """The page is the locked one, and ready."""
    expect(page).to_have_url(HANDED)
    expect(page.locator(".locked h1:not([data-bare])")).to_be_visible()


def hand_over(page: Page, name: str = "Let Mika answer on this device") -> None:
    page.get_by_role("button", name=name).click()
    page.get_by_role("button", name="Hand it over").click()
    handed(page)


def take_back(page: Page, pin: str = PIN) -> None:
    page.get_by_role("button", name="For Theo: take the device back").click()
    page.get_by_label("Your PIN").fill(pin)
    page.get_by_role("button", name="Take the device back", exact=True).click()


@pytest.mark.parametrize("width", [360, 820])
def test_the_client_answers_and_the_therapist_sees_only_that_it_is_done(pair: Pair, people: People, width: int) -> None:
    checkin_id = pair.start()
    page = pair.enter(people(width=width, height=780), "therapist")
    page.goto(pair.address(checkin_id))
    hand_over(page)
    expect(page.get_by_text("Mika, this is the device of Theo.")).to_be_visible()
    keys = page.locator("[data-now] .key")
    for n in range(6):
        expect(page.get_by_text(f"{n + 1} of 6", exact=True)).to_be_visible()
        box = keys.nth(3 + n % 2).bounding_box()
        assert box and box["height"] >= 48 and box["width"] >= 38, box
        keys.nth(3 + n % 2).click()
        page.get_by_role("button", name="Next").click()
    page.get_by_label("One thing to change").fill(CANARY)
    expect(page.get_by_text(re.compile("^Saved ")).first).to_be_visible()
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    nothing_is_left(page)
    page.reload()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    nothing_is_left(page)
    take_back(page)
    expect(page).to_have_url(re.compile(re.escape(pair.address(checkin_id)) + "/?$"))
    expect(page.get_by_text("Mika is done.")).to_be_attached()
    expect(page.get_by_role("button", name="Let Mika answer on this device")).to_have_count(0)
    nothing_is_left(page)
    page.go_back()
    page.wait_for_load_state()
    nothing_is_left(page)
    mine = checkins.sheet(pair.callers["client"], pair.case, checkin_id)
    assert sorted(mine.mine.given.values()) == [3, 3, 3, 4, 4, 4]
    assert CANARY in mine.mine.lines.values()


def nothing_is_left(page: Page) -> None:
    assert CANARY not in page.content()
    assert CANARY not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def test_back_reload_another_tab_and_deep_links_do_not_get_out(pair: Pair, people: People) -> None:
    checkin_id = pair.start()
    context = people()
    page = pair.enter(context, "therapist")
    page.goto(pair.url + routes.HOME)
    page.goto(f"{pair.url}/c/{pair.case}")
    expect(page.get_by_role("heading", name="Mika Vane")).to_be_visible()
    page.goto(pair.address(checkin_id))
    hand_over(page)
    for _ in range(3):
        page.go_back()
        handed(page)
    page.go_forward()
    handed(page)
    page.reload()
    handed(page)
    case = f"/c/{pair.case}"
    away = (
        "/", routes.HOME, routes.ACCOUNT, routes.PRACTICE, routes.SIGN_IN, routes.HELP_NOW, routes.INVITED, routes.FORGOTTEN, routes.SET_UP, case,
        f"{case}/goals", f"{case}/feedback", f"{case}/check-ins", f"{case}/course", f"{case}/access-log", "/no/such/page", "/handed?why=WrongPin",
    )  # fmt: skip
    tab = context.new_page()
    for address in away:
        tab.goto(pair.url + address)
        expect(tab.locator(".locked h1:not([data-bare])"), address).to_be_visible()
        assert "Sign out" not in tab.content()
    for address in (routes.HOME, f"{case}/goals"):
        page.evaluate("(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate', {state: {}})); }", address)
        handed(page)
    assert page.locator("a[href]:not(.skip)").count() == 0, "nothing on it leads anywhere"


def test_signing_out_and_signing_in_do_not_get_out(pair: Pair, people: People) -> None:
    page = pair.enter(people(), "therapist")
    page.goto(pair.address(pair.start()))
    hand_over(page)
    for path in ("/sign-out", "/sign-out-everywhere", "/sign-in"):
        told = page.evaluate("(path) => fetch(path, {method: 'POST', body: new URLSearchParams({email: 'a', password: 'b'})}).then((answer) => answer.url)", path)
        assert HANDED.search(told), path
    page.goto(pair.url + routes.HOME)
    handed(page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<form method=post action=/sign-out id=out></form>')")
    page.evaluate("document.getElementById('out').submit()")
    handed(page)


def test_the_therapists_other_tabs_are_gone_at_once(pair: Pair, people: People) -> None:
    """Also one that would ask whether to leave, because something in it is not saved yet."""
    checkin_id = pair.start()
    context = people()
    page, board = pair.enter(context, "therapist"), context.new_page()
    goals.add(pair.callers["client"], pair.case, CANARY, "", proposes=True, op=op())
    board.on("dialog", lambda dialog: dialog.dismiss())
    board.goto(f"{pair.url}/c/{pair.case}/goals")
    expect(board.get_by_text(CANARY)).to_be_visible()
    board.evaluate("window.addEventListener('beforeunload', (event) => { if (document.documentElement.dataset.away === undefined) event.preventDefault(); })")
    page.goto(pair.address(checkin_id))
    hand_over(page)
    handed(board)
    expect(board.get_by_text(CANARY)).to_have_count(0)


def test_five_wrong_pins_then_the_password(pair: Pair, people: People) -> None:
    with transaction(writes=True) as db:
        person = db.get(Person, pair.ids["therapist"])
        assert person is not None
        person.password_hash = passwords.hashed(PASSWORD)
        db.add(person)
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.address(pair.start()))
    hand_over(page)
    take_back(page, OTHER_PIN)
    for left in ("4 more tries", "3 more tries", "2 more tries", "One more try"):
        expect(page.get_by_role("alert").get_by_text(left)).to_be_visible()
        expect(page.get_by_label("Your PIN")).to_have_value("")
        page.get_by_label("Your PIN").fill(OTHER_PIN)
        page.get_by_role("button", name="Take the device back", exact=True).click()
    expect(page.get_by_text("The PIN was wrong five times.")).to_be_visible()
    expect(page.get_by_label("Your PIN")).to_have_count(0)
    field = page.get_by_label("Password of Theo")
    assert field.get_attribute("autocomplete") == "one-time-code", "no password manager opens the lock"
    field.fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is not the password.")).to_be_visible()
    page.get_by_label("Password of Theo").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("please wait"))).to_be_visible()
    with transaction(writes=True) as db:
        db.exec(update(Attempts).values(next_at=0))
    page.get_by_label("Password of Theo").press("Enter")
    expect(page.get_by_role("heading", name="Check-in")).to_be_visible()
    expect(page.get_by_role("button", name="Let Mika answer on this device")).to_be_visible()


def test_the_first_hand_over_asks_for_a_pin(practice: tuple[Portal, Cast], people: People) -> None:
    pair = Pair(practice[0].url)
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.address(pair.start()))
    page.get_by_role("button", name="Let Mika answer on this device").click()
    page.get_by_label("Choose a PIN").fill("1234")
    page.get_by_label("The same PIN again").fill("1234")
    page.get_by_role("button", name="Keep the PIN and hand it over").click()
    expect(page.get_by_text("This PIN is among those that are tried first")).to_be_visible()
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_role("button", name="Keep the PIN and hand it over").click()
    expect(page.get_by_text("The two PINs are not the same.")).to_be_visible()
    page.get_by_label("The same PIN again").fill(PIN)
    page.get_by_role("button", name="Keep the PIN and hand it over").click()
    handed(page)
    take_back(page)
    page.get_by_role("button", name="Let Mika answer on this device").click()
    expect(page.get_by_role("button", name="Hand it over")).to_be_visible()
    expect(page.get_by_label("Choose a PIN")).to_have_count(0)


def test_what_nobody_touches_is_covered(pair: Pair, people: People) -> None:
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.address(pair.start()))
    hand_over(page)
    page.clock.install()
    page.reload()
    handed(page)
    page.locator("[data-now] .key").nth(7).click()
    expect(page.get_by_text(re.compile("^Saved ")).first).to_be_visible()
    page.clock.fast_forward(89_000)
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("heading", name="Are you still here?")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 6", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_text("Answered. It is not shown here")).to_be_visible()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def test_the_owner_types_the_pin_over_a_covered_page(pair: Pair, people: People) -> None:
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.address(pair.start()))
    hand_over(page)
    page.locator("[data-now] .key").nth(7).click()
    expect(page.get_by_text(re.compile("^Saved ")).first).to_be_visible()
    page.get_by_role("button", name="For Theo: take the device back").click()
    expect(page.get_by_role("radio")).to_have_count(0)
    page.get_by_role("button", name="Not yet: go on here").click()
    expect(page.get_by_text("2 of 6", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def test_reading_a_goal_and_both_sides_of_a_checkin(pair: Pair, people: People) -> None:
    added = goals.add(pair.callers["client"], pair.case, "Sleep through the night", "Everything is louder when I am tired.", proposes=True, op=op())
    checkin_id = pair.start()
    pair.answer("client", checkin_id, 4, 8, 7, 8, 9, 10)
    pair.answer("therapist", checkin_id, 9, 8, 8, 6, 9, 10)
    page = pair.enter(people(width=360), "therapist")
    page.goto(f"{pair.url}/c/{pair.case}/goals/{added.id}")
    hand_over(page, "Let Mika read it on this device")
    expect(page.get_by_role("heading", name="Sleep through the night")).to_be_visible()
    expect(page.get_by_text("Everything is louder when I am tired.")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_text("Everything is louder")).to_have_count(0)
    take_back(page)
    expect(page).to_have_url(re.compile(f"/goals/{added.id}/?$"))
    page.goto(pair.address(checkin_id))
    hand_over(page, "Let Mika read it on this device")
    expect(page.get_by_role("heading", name="Both of you, side by side")).to_be_visible()
    expect(page.get_by_text("Mika 4 · Theo 9")).to_be_visible()
    expect(page.get_by_role("button", name="We talked about it")).to_have_count(0)


def test_the_goals_in_focus_are_rated_one_after_the_other(pair: Pair, people: People) -> None:
    mika, theo, titles = pair.callers["client"], pair.callers["therapist"], ["Sleep through the night", "Say no once a week"]
    for title in titles:
        goal = goals.add(mika, pair.case, title, "", proposes=True, op=op())
        goal = goals.agree(theo, pair.case, goal.id, goal.version, op=op())
        goals.put_in_focus(theo, pair.case, goal.id, goal.version, op=op())
    page = pair.enter(people(width=360, height=780), "therapist")
    page.goto(f"{pair.url}/c/{pair.case}")
    hand_over(page, "Let Mika rate on this device")
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    key = page.locator(".key").nth(4)
    box = key.bounding_box()
    assert box and box["height"] >= 48 and box["width"] >= 38, box
    key.click()
    page.get_by_role("button", name="Keep this number").click()
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    expect(page.get_by_text("Your number is kept: 4")).to_be_visible()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    page.locator(".key").nth(6).click()
    page.get_by_role("button", name="Keep this number").click()
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    page.locator(".rating").press("9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your numbers")).to_be_visible()
    assert sorted(page.locator(".given-now dd").all_inner_texts()) == ["6", "9"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    take_back(page)
    expect(page).to_have_url(re.compile(f"/c/{pair.case}/?$"))
    assert sorted(card.client for card in ratings.on_board(theo_again(pair), pair.case).values()) == ["6", "9"]


def theo_again(pair: Pair) -> Caller:
    """Theo on another device: the session that he came with ended when he lent this one."""
    return sign_in(pair.ids["therapist"])[0]


def test_stopping_early_gives_it_back_unfinished(pair: Pair, people: People) -> None:
    checkin_id = pair.start()
    page, phone = pair.enter(people(width=360), "therapist"), pair.enter(people(width=360), "client")
    page.goto(f"{pair.url}/c/{pair.case}")
    hand_over(page)
    page.locator("[data-now] .key").nth(7).click()
    expect(page.get_by_text(re.compile("^Saved ")).first).to_be_visible()
    page.get_by_role("button", name="Stop here").click()
    page.get_by_role("button", name="Yes, stop here").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    phone.goto(pair.address(checkin_id))
    expect(phone.locator("[data-now] input").nth(7)).to_be_checked()
    phone.goto(f"{pair.url}/c/{pair.case}/access-log")
    expect(phone.get_by_text("You filled in a check-in on your therapist’s device")).to_be_visible()
    expect(phone.get_by_text("Theo Sand handed their device over for one task")).to_be_visible()
    phone.goto(pair.url + routes.ACCOUNT)
    expect(phone.get_by_text("The device of Theo Sand, handed over to you")).to_be_visible()


def test_handed_in_elsewhere_ends_the_task_on_the_screen(pair: Pair, people: People) -> None:
    checkin_id = pair.start()
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.address(checkin_id))
    hand_over(page)
    phone = pair.enter(people(width=360), "client")
    phone.goto(pair.address(checkin_id))
    phone.locator("[data-now] .key").nth(7).click()
    for _ in range(6):
        phone.get_by_role("button", name="Next").click()
    phone.get_by_role("button", name="I am done").click()
    expect(phone.get_by_role("heading", name="Your side is done")).to_be_visible()
    expect(page.get_by_role("heading", name="There is nothing left to do here")).to_be_visible()


def test_rest_ends_in_the_sign_in_page(pair: Pair, people: People) -> None:
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.address(pair.start()))
    hand_over(page)
    with transaction(writes=True) as db:
        handed_over = db.exec(select(HandOver).where(HandOver.case_id == pair.case)).one()
        row = db.get(PersonSession, handed_over.id)
        assert row is not None
        row.last_seen_at = clock.now() - timedelta(minutes=15)
        db.add(row)
    expect(page).to_have_url(re.compile("/sign-in/?$"))
    page.goto(pair.address())
    expect(page).to_have_url(re.compile("/sign-in/?$"))


def test_the_whole_way_with_the_keyboard_alone(pair: Pair, people: People) -> None:
    checkin_id = pair.start()
    page = pair.enter(people(), "therapist")
    page.goto(pair.address(checkin_id))
    tab_to(page, "Let Mika answer on this device")
    page.keyboard.press("Enter")
    tab_to(page, "Hand it over")
    page.keyboard.press("Enter")
    handed(page)
    for n, digit in enumerate("789678"):
        expect(page.get_by_text(f"{n + 1} of 6", exact=True)).to_be_visible()
        tab_until(page, "document.querySelector('[data-now] fieldset.rating').contains(document.activeElement)")
        page.keyboard.press(digit)
        tab_to(page, "Next")
        page.keyboard.press("Enter")
    tab_to(page, "I am done")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    tab_to(page, "For Theo: take the device back")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your PIN")).to_be_focused()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mika is done.")).to_be_visible()


def test_a_pin_is_kept_on_the_account_page(practice: tuple[Portal, Cast], people: People) -> None:
    pair = Pair(practice[0].url)
    page = pair.enter(people(width=360), "therapist")
    page.goto(pair.url + routes.ACCOUNT)
    page.get_by_text("Choose a PIN").click()
    page.get_by_label("New PIN").fill(PIN)
    page.get_by_label("The same PIN again").fill(PIN)
    page.get_by_role("button", name="Keep the PIN").click()
    expect(page.get_by_text("Your PIN is kept.")).to_be_visible()
    mika = pair.enter(people(width=360), "client")
    mika.goto(pair.url + routes.ACCOUNT)
    expect(mika.get_by_role("heading", name="Password")).to_be_visible()
    expect(mika.get_by_text("Choose a PIN")).to_have_count(0)
