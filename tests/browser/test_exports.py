"""Taking a copy along: by keyboard from the menu to the file, on paper, and what is asked again at the download."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from portal import routes
from portal.accounts import service as accounts
from portal.exports import service as exports
from portal.goals import service as goals
from tests.browser.pairs import Pair
from tests.browser.people import enter
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal, wait_until

pytestmark = pytest.mark.browser

People = Callable[..., BrowserContext]
GOAL = "Say no once a week"


def a_pair(portal: Portal, *titles: str) -> Pair:
    pair = Pair(portal.url)
    for title in titles:
        goal = goals.add(pair.callers["client"], pair.case, title, "Because I may.", proposes=True, op=op()).id
        goals.agree(pair.callers["therapist"], pair.case, goal, 1, op=op())
        goals.add_step(pair.callers["client"], pair.case, goal, "Once at work", "", op=op())
    return pair


def opened(pair: Pair, context: BrowserContext, role: str, page_of: str = routes.GOALS, **params: str) -> Page:
    page = pair.enter(context, role)
    page.goto(pair.url + routes.in_case(page_of, pair.case, **params))
    return page


def ask_for(page: Page, name: str) -> None:
    page.get_by_role("button", name="Print or export").click()
    page.get_by_role("menuitem", name=name).click()


def test_by_keyboard_from_the_menu_to_the_file(practice: tuple[Portal, Cast], people: People, tmp_path: Path) -> None:
    pair = a_pair(practice[0], GOAL)
    log = opened(pair, people(), "client", routes.ACCESS_LOG)
    theo = opened(pair, people(), "therapist")
    expect(log.get_by_role("heading", level=1)).to_be_visible()
    theo.get_by_role("button", name="Print or export").focus()
    theo.keyboard.press("Enter")
    expect(theo.get_by_role("menuitem", name=re.compile("^Print$"))).to_be_focused()
    theo.keyboard.press("ArrowDown")
    theo.keyboard.press("Enter")
    link = theo.get_by_role("link", name="Download: All goals as PDF")
    expect(link).to_be_visible()
    expect(theo.get_by_role("status").filter(has_text="All goals as PDF: ready to be downloaded")).to_be_attached()
    expect(log.get_by_text("Theo Sand asked for a copy of the goals as a file")).to_be_visible()
    link.focus()
    with theo.expect_download() as download:
        theo.keyboard.press("Enter")
    assert re.fullmatch(r"rapport-\d{4}-\d\d-\d\d\.pdf", download.value.suggested_filename)
    file = tmp_path / "copy.pdf"
    download.value.save_as(file)
    assert GOAL in PdfReader(file).pages[0].extract_text()
    # The page stands as before, also after a reload; what was thrown away is gone from it.
    theo.reload()
    expect(link).to_be_visible()
    theo.get_by_role("button", name="Delete: All goals as PDF").click()
    expect(theo.get_by_role("heading", name="Your copies")).to_have_count(0)


def test_each_download_is_asked_of_the_gate_again(practice: tuple[Portal, Cast], people: People) -> None:
    pair = a_pair(practice[0], GOAL)
    context, others = people(), people()
    mika, theo = opened(pair, context, "client"), opened(pair, others, "therapist")
    ask_for(mika, "Data for other programs")
    address = pair.url + str(mika.get_by_role("link", name="Download").get_attribute("href"))
    given = context.request.get(address)
    assert given.ok and given.json()["goals"][0]["title"] == GOAL
    headers = given.headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith('attachment; filename="rapport-')
    assert headers["content-security-policy"].startswith("default-src 'none'")
    expect(theo.get_by_role("heading", level=1)).to_be_visible()
    for stranger in (others, people()):
        refused = stranger.request.get(address)
        assert (refused.status, GOAL in refused.text()) == (404 if stranger is others else 401, False)
        assert "content-disposition" not in refused.headers
    accounts.sign_out_everywhere(pair.callers["client"])
    assert context.request.get(address).status == 401


def test_what_fails_says_so_and_can_be_made_again(practice: tuple[Portal, Cast], people: People) -> None:
    pair = a_pair(practice[0], GOAL)
    goal = goals.listed(pair.callers["client"], pair.case)[0]
    mika = opened(pair, people(width=360), "client", routes.GOAL, goal=goal)
    ask_for(mika, "Table for a spreadsheet")
    expect(mika.get_by_role("link", name="Download: One goal as a table (CSV)")).to_be_visible()
    # As if the maker had fallen over: the page hears of it by itself.
    job = exports.ask(pair.callers["client"], pair.case, "pdf", op(), "en", op=op()).id
    mika.reload()
    expect(mika.locator(".exports").get_by_text("What it was to show is not there any more.")).to_be_visible()
    mika.get_by_role("button", name="Make it again").click()
    wait_until(lambda: job not in [line.id for line in exports.mine(pair.callers["client"], pair.case)], 20, "another try in its place")
    expect(mika.get_by_role("button", name="Make it again")).to_have_count(1)
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_board_on_paper(practice: tuple[Portal, Cast], people: People) -> None:
    titles = [f"Goal number {number} of many" for number in range(40)]
    pair = a_pair(practice[0], *titles)
    mika = opened(pair, people(), "client")
    mika.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    mika.reload()
    ask_for(mika, "Print")
    mika.wait_for_url("**/print")
    expect(mika.get_by_role("heading", level=2, name="Agreed (40)")).to_be_visible()
    mika.get_by_role("button", name="Print").click()
    assert mika.evaluate("window.printed") == 1
    # What somebody adds meanwhile stands on the paper, too.
    goals.add_step(pair.callers["therapist"], pair.case, goals.listed(pair.callers["client"], pair.case)[0], "Written meanwhile", "", op=op())
    mika.reload()
    expect(mika.get_by_text("Written meanwhile")).to_be_visible()
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(mika.pdf(prefer_css_page_size=True))).pages]
    assert len(sheets) > 2
    paper = "\n".join(sheets)
    assert all(title in paper for title in titles)
    assert all("Mika, Theo" in sheet for sheet in sheets)
    for off in ("Sign out", "Leave quickly", "Nobody watches", "Feedback", "Who looked"):
        assert off not in paper
    mika.go_back()
    expect(mika.get_by_role("heading", name="Goals, together")).to_be_visible()
    board = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(mika.pdf(prefer_css_page_size=True))).pages)
    assert titles[-1] in board and "Show 10 more" not in board and "Print or export" not in board


def test_who_only_reads_takes_nothing_along(practice: tuple[Portal, Cast], people: People) -> None:
    portal, cast = practice
    board = enter(portal, cast, "supervisor", people(), routes.in_case(routes.GOALS, cast.case))
    expect(board.get_by_role("heading", name="Goals, together")).to_be_visible()
    expect(board.get_by_role("button", name="Print or export")).to_have_count(0)
    board.goto(portal.url + routes.in_case(routes.PRINT_GOALS, cast.case))
    expect(board.get_by_text("Your role here does not include that.")).to_be_visible()


def test_two_workers_and_redis_make_no_difference(large_practice: tuple[Portal, Cast], people: People) -> None:
    pair = a_pair(large_practice[0], GOAL)
    context = people()
    mika = opened(pair, context, "client")
    ask_for(mika, "PDF file")
    address = pair.url + str(mika.get_by_role("link", name="Download").get_attribute("href"))
    # Whichever of the two answers has the file.
    assert all(context.request.get(address).body().startswith(b"%PDF") for _ in range(6))
