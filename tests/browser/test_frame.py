"""The frame of every page: language, theme, help, the way out, the connection; for who is signed in and who is not."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal import routes
from tests.browser.people import enter
from tests.cast import Cast
from tests.servers import Portal

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]
Practice = tuple[Portal, Cast]

OPEN_PAGES = (routes.SIGN_IN, routes.HELP_NOW, routes.FORGOTTEN)

# Looks at every frame of the first seconds, from before the first paint on.
WATCH = """
  window.seen = new Set();
  const look = () => {
    const h1 = document.querySelector("h1");
    if (h1 && getComputedStyle(h1).visibility === "visible") seen.add(h1.innerText);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


def _opened(page: Page) -> Page:
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_function("document.querySelector('.frame') && !document.documentElement.dataset.words")
    return page


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_every_page_has_one_heading_a_neutral_title_and_no_foreign_host(practice: Practice, people: People, address: str) -> None:
    page = people(width=360).new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(practice[0].url + address)
    _opened(page)
    expect(page.locator("h1")).to_have_count(1)
    assert page.title() == "Rapport"
    assert hosts == {urlsplit(practice[0].url).netloc}
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_address_that_leads_nowhere_says_so_calmly_and_with_its_status(practice: Practice, people: People) -> None:
    page = people().new_page()
    answer = page.goto(practice[0].url + "/no/such/page")
    assert answer
    assert answer.status == 404
    _opened(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    assert page.title() == "Rapport"


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(practice: Practice, people: People) -> None:
    page = people().new_page()
    page.goto(practice[0].url + routes.HELP_NOW)
    _opened(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_language_changes_in_place_and_is_remembered_by_this_browser(practice: Practice, people: People) -> None:
    page = people().new_page()
    page.goto(practice[0].url + routes.HELP_NOW)
    _opened(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("If you need help now")
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wenn Sie jetzt Hilfe brauchen")
    assert page.evaluate("document.documentElement.lang") == "de"
    page.add_init_script(WATCH)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wenn Sie jetzt Hilfe brauchen")
    assert page.evaluate("[...seen]") == ["Wenn Sie jetzt Hilfe brauchen"]


def test_a_german_browser_never_sees_a_flash_of_english(practice: Practice, people: People) -> None:
    page = people(locale="de-AT").new_page()
    page.add_init_script(WATCH)
    page.goto(practice[0].url + routes.HELP_NOW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wenn Sie jetzt Hilfe brauchen")
    page.wait_for_timeout(500)
    assert page.evaluate("[...seen]") == ["Wenn Sie jetzt Hilfe brauchen"]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_turns_round_for_a_language_from_right_to_left(practice: Practice, people: People, width: int) -> None:
    page = people(width=width).new_page()
    page.add_init_script("localStorage.setItem('rapport-language', 'ar-XB')")
    page.goto(practice[0].url + routes.SIGN_IN)
    _opened(page)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    mark, way_out = page.locator(".top .wordmark").bounding_box(), page.locator(".top .leave").last.bounding_box()
    assert mark
    assert way_out
    assert mark["x"] > way_out["x"]


@pytest.mark.parametrize(("dark", "paper"), [(False, "rgb(250, 246, 239)"), (True, "rgb(23, 28, 27)")])
def test_light_and_dark_follow_the_device(practice: Practice, people: People, dark: bool, paper: str) -> None:
    page = people(dark=dark).new_page()
    page.goto(practice[0].url + routes.HELP_NOW)
    _opened(page)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper


def test_help_is_one_tap_away_without_a_sign_in_and_gives_the_focus_back(practice: Practice, people: People) -> None:
    page = people(width=360).new_page()
    page.goto(practice[0].url + routes.SIGN_IN)
    _opened(page)
    opener = page.get_by_role("button", name="If you need help now")
    opener.click()
    dialog = page.get_by_role("dialog", name="If you need help now")
    expect(dialog.get_by_text("Nobody watches this portal live")).to_be_visible()
    expect(dialog.get_by_text("112")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("how", ["button", "keys"])
def test_who_leaves_quickly_leaves_a_neutral_page_and_no_way_back(practice: Practice, people: People, how: str) -> None:
    page = people().new_page()
    page.goto(practice[0].url + routes.HELP_NOW)
    _opened(page)
    page.get_by_role("link", name="To the sign-in").click()
    expect(page).to_have_url(f"{practice[0].url}{routes.SIGN_IN}")
    expect(page.get_by_label("Password")).to_be_visible()
    if how == "button":
        page.get_by_role("button", name="Leave quickly").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url("**/away.html")
    assert page.locator("body").inner_text() == ""
    assert "Rapport" not in page.title()
    page.go_back()
    page.wait_for_url("**/away.html")
    assert page.locator("body").inner_text() == ""


def test_somebody_who_comes_back_by_address_is_let_in_again(practice: Practice, people: People) -> None:
    page = people().new_page()
    page.goto(practice[0].url + routes.HELP_NOW)
    _opened(page)
    page.get_by_role("button", name="Leave quickly").click()
    page.wait_for_url("**/away.html")
    page.goto(practice[0].url + routes.HELP_NOW)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_lost_connection_is_said_calmly_and_the_words_go_when_it_is_back(practice: Practice, people: People) -> None:
    portal, cast = practice
    context = people()
    page = _opened(enter(portal, cast, "client", context, routes.ACCOUNT))
    expect(page.get_by_label("Name")).to_be_visible()
    context.set_offline(True)
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("The connection is lost.")).to_be_hidden(timeout=15_000)


def test_a_client_finds_the_way_on_a_phone_and_a_therapist_on_a_desk(practice: Practice, people: People) -> None:
    portal, cast = practice
    phone = _opened(enter(portal, cast, "client", people(width=360), routes.HOME))
    below = phone.get_by_role("navigation", name="Main")
    expect(below.get_by_role("link")).to_have_text(["Home", "Goals", "Feedback", "Check-ins"])
    expect(below.get_by_role("link", name="Home")).to_have_attribute("aria-current", "page")
    expect(phone.get_by_role("navigation", name="Portal")).to_be_hidden()
    desk = _opened(enter(portal, cast, "therapist", people(), routes.in_case(routes.CASE, cast.case)))
    aside = desk.get_by_role("navigation", name="Portal")
    expect(aside.get_by_role("link")).to_have_text(["All clients", "Overview", "Goals", "Feedback", "Check-ins", "Session", "Decisions", "Course", "Who looked"])
    expect(desk.get_by_role("navigation", name="Main")).to_be_hidden()


def test_a_step_inside_the_portal_moves_the_focus_to_the_new_heading(practice: Practice, people: People) -> None:
    portal, cast = practice
    page = _opened(enter(portal, cast, "client", people(), routes.HOME))
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Check-ins").click()
    expect(page.get_by_role("heading", level=1, name="Check-ins")).to_be_focused()


def _help_in_sight(page: Page, words: str) -> None:
    """The help stands in the bar, whole, with room for it, before and after scrolling."""
    for _ in range(2):
        opener = page.locator(".top").get_by_role("button", name=words, exact=True)
        expect(opener).to_be_in_viewport(ratio=1)
        box, mark, way_out = (
            one.bounding_box() for one in (opener, page.locator(".top .wordmark"), page.locator(".top .leave").last)
        )
        assert box
        assert mark
        assert way_out
        assert mark["x"] + mark["width"] < box["x"], page.url
        assert box["x"] + box["width"] < way_out["x"], page.url
        assert box["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.evaluate("scrollTo(0, document.body.scrollHeight)")


@pytest.mark.parametrize(("locale", "words"), [("en-GB", "Help now"), ("de-DE", "Jetzt Hilfe")])
def test_help_is_in_sight_on_every_page_of_a_phone(practice: Practice, people: People, locale: str, words: str) -> None:
    portal, cast = practice
    page = people(width=360, locale=locale).new_page()
    for address in (*OPEN_PAGES, "/no/such/page"):
        page.goto(portal.url + address)
        _help_in_sight(_opened(page), words)
    in_case = (routes.GOALS, routes.FEEDBACK, routes.CHECKINS, routes.DECISIONS, routes.COURSE, routes.ACCESS_LOG)
    for who, pages in (
        ("client", (routes.HOME, routes.ACCOUNT, *in_case)),
        ("therapist", (routes.HOME, routes.ACCOUNT, routes.CASE, *in_case)),
        ("admin", (routes.PRACTICE,)),
    ):
        page = enter(portal, cast, who, people(width=360, locale=locale), routes.HELP_NOW)
        for address in pages:
            page.goto(portal.url + routes.in_case(address, cast.case))
            settled = page.locator("h1:not(:has(.bone))")
            expect(settled.first).to_be_visible()
            _help_in_sight(page, page.locator(".top .leave").first.inner_text())
