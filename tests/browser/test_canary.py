"""A marker typed into every field of every page is found nowhere that a wrong person could read: not in logs, Redis, files or the browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from redis import Redis

from portal import frontend, routes
from portal.access.models import PersonKind
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.ladders import service as ladders
from tests.browser.pairs import Pair
from tests.browser.test_checkins_by_two_workers import everything_in
from tests.conftest import served_cast
from tests.makers import make_person, op, sign_in
from tests.servers import Portal, RedisServer

pytestmark = pytest.mark.browser

MARKER = "KanarienQuitte"
FIELDS = ", ".join(
    f"{kind}:visible"
    for kind in ("[contenteditable=true]", "textarea", "input[type=text]", "input[type=search]", "input[type=email]", "input[type=password]", "input:not([type])")
)
EVERY_FIELD = {
    # entrance
    "E-mail address", "Password", "Code",
    # account
    "Name", "Pronouns", "Present password", "New password", "New e-mail address",
    # practice
    "Name of the practice",
    # goals
    "What would you like to be different?", "Why does it matter?", "The goal", "Why it matters", "Notes on this goal",
    # ladders
    "+2, much more than expected", "+1, more than expected", "0, what we expect", "−1, less than expected", "−2, much less than expected",
    # comments
    "Write a comment",
    # feedback
    "In your words", "What, in one sentence", "What was missed?", "Say something in return", "An idea of your own",
    "What I heard", "What I imagine you felt", "Why it makes sense",
    # check-ins
    "One thing to keep", "One thing to change", "Add a note",
}  # fmt: skip
OPENERS = ("Share something", "Agree on a change", "Not quite", "Invite somebody")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[Portal]:
    """On SQLite, whose file can be searched, and with Redis, which then keeps the states of pages."""
    with ExitStack() as stack:
        running, _ = served_cast(stack, tmp_path_factory.mktemp("canary") / "data", redis_url=redis_server.url)
        yield running


def type_everywhere(page: Page) -> set[str]:
    """Put the marker into every field that is shown; what they are called."""
    fields = page.locator(FIELDS)
    called = set()
    for number in range(fields.count()):
        field = fields.nth(number)
        if field.is_editable():
            email = field.get_attribute("type") == "email"
            field.fill(f"{MARKER}{number}@example.org" if email else f"{MARKER} {number}")
            field.blur()
            called.add(name_of(field))
    return called


def name_of(field: Locator) -> str:
    """What a field is called on the page."""
    return str(
        field.evaluate(
            """field => (field.labels?.[0]?.innerText || field.getAttribute('aria-label') || field.name
                || document.getElementById(field.getAttribute('aria-labelledby')).innerText).trim()"""
        )
    )


def stands(page: Page) -> None:
    expect(page.locator("h1:not(:has(.bone))")).to_have_count(1)


def visit(page: Page, address: str) -> set[str]:
    """Open a page and whatever opens fields on it, and type everywhere."""
    page.goto(address)
    stands(page)
    if "/goals/" in address:
        # They are loaded after the page.
        expect(page.locator("[contenteditable=true]")).to_have_count(8)
    page.locator("main details").evaluate_all("folds => folds.forEach((fold) => { fold.open = true; })")
    called = type_everywhere(page)
    for opener in OPENERS:
        button = page.get_by_role("button", name=opener, exact=True)
        if button.count() and button.first.is_visible():
            button.first.click()
            expect(page.locator(FIELDS).first).to_be_visible()
            called |= type_everywhere(page)
            if page.locator("dialog[open]").count():
                page.keyboard.press("Escape")
    page.wait_for_load_state("networkidle")
    return called


def kept_by(page: Page) -> str:
    """All that the browser keeps for this origin beside its own cache of files."""
    return str(
        page.evaluate(
            """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href,
                (await indexedDB.databases()).map((one) => one.name), await caches.keys()])"""
        )
    )


def seed(pair: Pair) -> tuple[str, str, str]:
    """Something of each kind that has fields: shares in every stage, check-ins before and after the reveal, a goal. Their ids."""
    client, therapist = pair.callers["client"], pair.callers["therapist"]
    goal = goals.add(client, pair.case, "A goal", proposes=True, op=op())
    goals.agree(therapist, pair.case, goal.id, goal.version, op=op())
    ladders.begin(client, pair.case, goal.id, op=op())

    def share(role: str, kind: str) -> str:
        share_id = feedback.begin(pair.callers[role], pair.case, op=op())
        feedback.choose_kind(pair.callers[role], pair.case, share_id, kind, op=op())
        feedback.share(pair.callers[role], pair.case, share_id, f"{MARKER} shared", 0, op=op())
        return share_id

    def reflected() -> str:
        share_id = share("client", "concern")
        feedback.reflect(therapist, pair.case, share_id, 1, f"{MARKER} heard", "", "", op=op())
        return feedback.desk(client, pair.case, opened=share_id).threads[0].rounds[-1].id

    share("client", "concern")
    share("therapist", "observation")
    feedback.confirm(client, pair.case, reflected(), op=op())
    reflected()
    revealed = pair.start()
    for role in ("client", "therapist"):
        pair.answer(role, revealed, 9, 9, 9, 9, 9, 9)
    return goal.id, revealed, pair.start()


def found_in(server: RedisServer, marker: str) -> list[bytes]:
    """The keys in Redis that are called by the marker or hold it readably."""
    return [key for key, value in everything_in(server) if marker.encode() in key or marker.encode() in value]


def test_a_readable_marker_in_redis_would_be_found(redis_server: RedisServer) -> None:
    with Redis.from_url(redis_server.url) as wire:
        wire.set("canary:text", f"{MARKER} typed " * 40, ex=60)
        wire.hset("canary:hash", "field", MARKER)
        try:
            assert sorted(found_in(redis_server, MARKER)) == [b"canary:hash", b"canary:text"]
        finally:
            wire.delete("canary:text", "canary:hash")


def test_what_is_typed_is_found_nowhere(portal: Portal, people: Callable[..., BrowserContext], redis_server: RedisServer) -> None:
    pair = Pair(portal.url)
    goal, revealed, checkin = seed(pair)
    addresses = [
        routes.in_case(routes.GOAL, pair.case, goal=goal),
        routes.in_case(routes.CHECKIN, pair.case, checkin=checkin),
        routes.in_case(routes.CHECKIN, pair.case, checkin=revealed),
        routes.in_case(routes.FEEDBACK, pair.case),
        routes.ACCOUNT,
    ]
    typed: set[str] = set()
    kept = []
    for role in ("client", "therapist"):
        page = pair.enter(people(), role)
        for address in addresses:
            typed |= visit(page, portal.url + address)
            kept.append(kept_by(page))
        page.goto(portal.url + routes.in_case(routes.GOALS, pair.case))
        stands(page)
        page.get_by_role("button", name="Add a goal").first.click()
        expect(page.get_by_label("What would you like to be different?")).to_be_visible()
        typed |= type_everywhere(page)
        page.get_by_role("button", name="Keep as my idea").click()
        expect(page.get_by_text(f"{MARKER} 0").first).to_be_visible()
        kept.append(kept_by(page))
    admin = pair.enter(people(), "client", sign_in(make_person("Nora Bell", PersonKind.STAFF, is_admin=True))[1])
    typed |= visit(admin, portal.url + routes.PRACTICE)
    kept.append(kept_by(admin))
    stranger = people().new_page()
    for address in (routes.FORGOTTEN, routes.INVITED, routes.NEW_PASSWORD, routes.SET_UP, routes.SIGN_IN):
        typed |= visit(stranger, portal.url + address)
        kept.append(kept_by(stranger))
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_text("do not belong together", exact=False)).to_be_visible()
    kept.append(kept_by(stranger))
    assert typed >= EVERY_FIELD, EVERY_FIELD - typed
    assert MARKER in goals.goal(pair.callers["client"], pair.case, goal).goal.why

    for found in kept:
        assert MARKER not in found
    assert MARKER not in portal.log.read_text("utf-8", "replace")
    assert len(everything_in(redis_server)) > 4
    assert found_in(redis_server, MARKER) == []
    places = [*portal.folder.rglob("*"), *Path(frontend.WEB).glob("build/**/*"), *Path(frontend.ROOT / ".states").rglob("*")]
    files = [file for file in places if file.is_file()]
    assert any(file.name == "rapport.db" for file in files)
    for file in files:
        assert MARKER.encode() not in file.read_bytes(), file.name
