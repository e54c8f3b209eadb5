"""Every page of every role, in light and dark, left to right and right to left, on a phone and on a desk: nothing for axe to find."""

from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal import routes
from portal.checkins import service as checkins
from portal.demo import PASSWORD, PIN
from portal.kit.i18n import PSEUDO
from tests.browser.pairs import Pair
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
SIGNED_OUT = (routes.SIGN_IN, routes.FORGOTTEN, routes.INVITED, routes.NEW_PASSWORD, routes.SET_UP, routes.HELP_NOW, "/no/such/page")
IN_CASE = (routes.CASE, routes.GOALS, routes.PRINT_GOALS, routes.FEEDBACK, routes.CHECKINS, routes.COURSE, routes.SESSION, routes.ACCESS_LOG)
ROLES = {
    "client": ("mika@demo.example", (routes.HOME, routes.ACCOUNT, *IN_CASE, routes.DECISIONS)),
    "new client": ("ada@demo.example", (routes.HOME, *IN_CASE, routes.DECISIONS)),
    "therapist": ("theo@demo.example", (routes.HOME, routes.ACCOUNT, *IN_CASE)),
    "admin": ("nora@demo.example", (routes.HOME, routes.PRACTICE, routes.ACCOUNT)),
}
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 360)]


@pytest.fixture(scope="module", params=["en-GB", PSEUDO], ids=["english", "right-to-left"])
def spoken(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(people: Callable[..., BrowserContext], spoken: str) -> Iterator[Page]:
    yield people(locale=spoken).new_page()


def settled(page: Page) -> None:
    """The page shows what it has to show: its heading is words, not the skeleton of them."""
    expect(page.locator("h1:not(:has(.bone))")).to_have_count(1)
    expect(page.locator(".skeleton, .bone")).to_have_count(0)
    expect(page.locator("html[data-words]")).to_have_count(0)  # hidden until its language has arrived


def findings(page: Page) -> list[str]:
    """What axe objects to, in all looks of a page that is open."""
    found = []
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        for one in result["violations"]:
            nodes = "; ".join(node["html"][:160] for node in one["nodes"][:3])
            found.append(f"{page.url} {scheme} {width}: {one['id']} ({one['help']}): {nodes}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"{page.url} {scheme} {width}: {over} px wider than the screen")
    return found


def look_at(page: Page, address: str) -> list[str]:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    settled(page)
    page.evaluate(AXE)
    return findings(page)


def axe(page: Page, name: str) -> list[str]:
    """What axe objects to in the present look of a page."""
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{name}: {one['id']} ({one['help']}): {one['nodes'][0]['html'][:160]}" for one in result["violations"]]


def look_at_layers(page: Page, board: str) -> list[str]:
    """An open menu, an open dialog, goals being looked for, and life areas being named."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(board)
    settled(page)
    page.evaluate(AXE)
    page.locator(".goal-card button[aria-haspopup=menu]").first.click()
    expect(page.get_by_role("menu")).to_be_visible()
    found = axe(page, "menu")
    page.keyboard.press("Escape")
    # A copy that can be downloaded, beside one that cannot.
    for entry in (1, 3):
        page.locator(".heading button[aria-haspopup=menu]").last.click()
        page.locator("[popover]:popover-open [role=menuitem]").nth(entry).click()
    expect(page.locator(".exports a[href]")).to_have_count(2)
    page.set_viewport_size({"width": 360, "height": 800})
    page.locator(".top button[aria-haspopup=dialog]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += findings(page)
    page.keyboard.press("Escape")
    page.locator(".finder-more").click()
    page.locator(".finder input").fill("e")
    expect(page.locator(".finder-told button")).to_be_visible()
    found += axe(page, "finder")
    page.locator(".goal-card h3 a").first.click()
    page.locator(".name-areas").click()
    expect(page.locator(".area-names")).to_be_visible()
    return found + axe(page, "life areas")


def test_pages_for_everybody(visitor: Page, spoken: str, demo_portal: Portal) -> None:
    found = []
    for route in SIGNED_OUT:
        found += look_at(visitor, demo_portal.url + route)
        assert visitor.evaluate("document.documentElement.dir") == ("rtl" if spoken == PSEUDO else "ltr")
    assert found == []


def seen(page: Page) -> list[str]:
    """What axe objects to in the present state of a page, brought up with axe."""
    settled(page)
    page.evaluate(AXE)
    return findings(page)


def lend(page: Page, address: str, which: int = 0) -> list[str]:
    """Hand the device over on a page, for the first or another of its tasks; what axe objects to in the dialog that asks."""
    page.goto(address)
    settled(page)
    page.locator("main .btn[aria-haspopup=dialog]:has(.icon-svg)").nth(which).click()
    expect(page.locator("dialog[open] form")).to_be_visible()
    found = seen(page)
    page.locator("dialog[open] button[type=submit]").click()
    page.wait_for_url(lambda url: "/handed" in url)
    settled(page)
    return found


def take_back(page: Page) -> None:
    page.locator(".give-back .btn").click()
    page.locator("input[name=pin]").fill(PIN)
    page.locator("input[name=pin]").press("Enter")
    page.wait_for_url(lambda url: "/handed" not in url)
    settled(page)


def test_a_device_that_is_handed_over(visitor: Page, demo_portal: Portal) -> None:
    """The dialog that hands it over, each task, what covers it, the way back, and the end; then it is the owner's again."""
    page, found = visitor, []
    page.goto(demo_portal.url + routes.SIGN_IN)
    settled(page)
    page.locator("input[type=email]").fill("theo@demo.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/home" in url)
    settled(page)
    mika = str(page.locator('main a[href*="/c/"]', has_text="Mika").first.get_attribute("href")).split("/c/")[1].split("/")[0]
    base = f"{demo_portal.url}/c/{mika}"

    page.goto(f"{base}/check-ins")
    settled(page)
    checkins = [str(link.get_attribute("href")) for link in page.locator('main a[href*="/check-ins/"]').all()]
    page.goto(f"{base}/goals")
    settled(page)
    goal = str(page.locator('main a[href*="/goals/"]').first.get_attribute("href"))

    found += lend(page, demo_portal.url + goal)
    found += seen(page)
    page.locator(".locked .btn.primary").click()
    expect(page.locator("main [role=status].large")).to_be_visible()
    found += seen(page)
    take_back(page)

    found += lend(page, base)
    expect(page.locator(".key").first).to_be_visible()
    found += seen(page)
    page.locator(".key").nth(5).click()
    page.locator(".rating .btn.primary").click()
    expect(page.locator(".undo")).to_be_visible()
    found += seen(page)
    take_back(page)

    found += lend(page, demo_portal.url + checkins[-1], -1)
    expect(page.locator(".gap-row").first).to_be_visible()
    found += seen(page)
    take_back(page)

    found += lend(page, demo_portal.url + checkins[0], -1)
    expect(page.locator("[data-now]")).to_be_visible()
    found += seen(page)
    page.locator("[data-now] .key").nth(4).click()
    while page.locator(".steps-next").count():
        page.locator(".steps-next").click()
    found += seen(page)
    page.clock.install()
    page.reload()
    settled(page)
    page.clock.fast_forward(91_000)
    expect(page.locator(".covered")).to_be_visible()
    page.clock.resume()
    found += seen(page)
    page.locator(".give-back .btn").click()
    page.locator("input[name=pin]").fill("9999")
    page.keyboard.press("Enter")
    expect(page.locator(".locked .notice-box")).to_be_visible()
    page.locator("details summary").click()
    found += seen(page)
    page.locator("input[name=pin]").fill(PIN)
    page.locator("input[name=pin]").press("Enter")
    page.wait_for_url(lambda url: "/handed" not in url)
    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_each_role(visitor: Page, role: str, demo_portal: Portal) -> None:
    email, pages = ROLES[role]
    visitor.goto(demo_portal.url + routes.SIGN_IN)
    settled(visitor)
    visitor.locator("input[type=email]").fill(email)
    visitor.locator("input[type=password]").fill(PASSWORD)
    visitor.keyboard.press("Enter")
    visitor.wait_for_url(lambda url: "/home" in url)
    settled(visitor)
    case = ""
    links = visitor.locator('a[href*="/c/"]')
    if links.count():
        case = str(links.first.get_attribute("href")).split("/c/")[1].split("/")[0]
    found, foreign = [], []
    visitor.on("request", lambda request: None if request.url.startswith((demo_portal.url, "data:")) else foreign.append(request.url))
    for route in pages:
        found += look_at(visitor, demo_portal.url + routes.in_case(route, case))
    if role != "admin":
        assert case
        decisions = (("decisions", routes.DECISIONS),) if role == "client" else ()
        for kind, list_page in (("goals", routes.GOALS), ("check-ins", routes.CHECKINS), *decisions):
            visitor.goto(demo_portal.url + routes.in_case(list_page, case))
            settled(visitor)
            single = visitor.locator(f'main a[href*="/{kind}/"]')
            if role == "new client":
                continue
            expect(single.first).to_be_visible()
            found += look_at(visitor, demo_portal.url + str(single.first.get_attribute("href")))
        if role != "new client":
            found += look_at_layers(visitor, demo_portal.url + routes.in_case(routes.GOALS, case))
    assert found == []
    assert foreign == []


def test_every_stage_of_a_checkin(practice: tuple[Portal, Cast], people: Callable[..., BrowserContext]) -> None:
    """The sheet, waiting, both side by side, the choice (and its question), and what was shared alone."""
    pair = Pair(practice[0].url)
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    found: list[str] = []

    def stage(page: Page, checkin: str, sign: str) -> None:
        found.extend(look_at(page, pair.address(checkin)))
        expect(page.get_by_text(sign, exact=False).first).to_be_attached()  # on a phone the sheet shows it at its last step

    checkin = pair.start()
    stage(theo, checkin, "I am done")
    pair.answer("client", checkin, 4, 9, 9, 9, 9, 9)
    stage(mika, checkin, "Your side is done")
    pair.answer("therapist", checkin, 9, 9, 9, 9, 9, 6)
    checkins.add_note(pair.callers["therapist"], pair.case, checkin, "A note.", op=op())
    stage(mika, checkin, "Both of you, side by side")
    alone = pair.start()
    pair.answer("client", alone, 9, 9, 9, 9, 9, 9)
    pair.let_time_run_out(alone)
    stage(mika, alone, "Share mine anyway")
    mika.get_by_role("button", name="Share mine anyway").click()
    expect(mika.get_by_role("dialog")).to_be_visible()
    found += findings(mika)
    checkins.decide(pair.callers["client"], pair.case, alone, "share", op=op())
    stage(theo, alone, "We talked about it")
    assert found == []
