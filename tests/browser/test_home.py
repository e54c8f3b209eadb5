"""The homes in real browsers: what waits for a client, a therapist's list of clients, a case at a glance, and who looked at what."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import col, select, update

from portal.access.gate import Caller
from portal.access.models import AccessEntry, Person, PersonKind
from portal.adjustments import service as adjustments
from portal.adjustments.schemas import TermsForm
from portal.cases import service as cases
from portal.cases.domain import part_of_day
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit.db import transaction
from tests.browser.pairs import Pair
from tests.cast import Cast
from tests.makers import make_case, make_person, op, sign_in
from tests.servers import Portal

pytestmark = pytest.mark.browser

GREETINGS = {"morning": "Good morning", "afternoon": "Good afternoon", "evening": "Good evening", "night": "Hello"}


@pytest.fixture
def pair(practice: tuple[Portal, Cast]) -> Pair:
    return Pair(practice[0].url)


def share(pair: Pair, text: str) -> str:
    """Something that the client shared."""
    mika = pair.callers["client"]
    share_id = feedback.begin(mika, pair.case, op=op())
    feedback.choose_kind(mika, pair.case, share_id, "concern", op=op())
    feedback.share(mika, pair.case, share_id, text, 0, op=op())
    return share_id


def heard(pair: Pair, words: str) -> None:
    """Something that the client shared, and what the therapist heard."""
    feedback.reflect(pair.callers["therapist"], pair.case, share(pair, "We were too quick."), 1, words, "", "", op=op())


def promise(pair: Pair, what: str) -> None:
    """A change that both agreed on."""
    change = adjustments.propose(pair.callers["therapist"], pair.case, TermsForm(what, "therapist"), op=op())
    adjustments.agree(pair.callers["client"], pair.case, change, 1, op=op())


def goal_in_focus(pair: Pair, title: str, *steps: str) -> None:
    """A goal that both agreed on, in work and in focus; its first step is done."""
    mika, theo = pair.callers["client"], pair.callers["therapist"]
    goal = goals.add(mika, pair.case, title, op=op())
    for caller, verb in ((mika, goals.propose), (theo, goals.agree), (mika, goals.start), (mika, goals.put_in_focus)):
        goal = verb(caller, pair.case, goal.id, goal.version, op=op())
    added = [goals.add_step(mika, pair.case, goal.id, text, op=op()).id for text in steps]
    goals.tick_step(mika, pair.case, added[0], True, op=op())


def test_home_gathers_what_waits_and_what_was_promised(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    pair.start()
    heard(pair, "You were left alone with it.")
    goal_in_focus(pair, "Say no once a week", "Write it down", "Tell my sister")
    promise(pair, "First ten minutes: listening only")
    proposed = goals.add(pair.callers["therapist"], pair.case, "Notice one good moment", op=op())
    goals.propose(pair.callers["therapist"], pair.case, proposed.id, proposed.version, op=op())
    page = pair.enter(people(width=360, height=740), "client")
    page.goto(pair.url + "/home")
    hour = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")).hour
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{GREETINGS[part_of_day(hour)]}, Mika")
    expect(page.get_by_role("heading", name="Your check-in is open")).to_be_visible()
    expect(page.get_by_text("You were left alone with it.")).to_be_visible()
    expect(page.get_by_role("link", name="Notice one good moment")).to_be_visible()
    focus = page.get_by_role("region").or_(page.locator("section")).filter(has=page.get_by_role("heading", name="Say no once a week"))
    expect(focus.get_by_role("progressbar")).to_have_attribute("aria-label", "1 of 2 small steps done")
    expect(focus.get_by_text("Next small step: Tell my sister")).to_be_visible()
    promised = page.locator("section").filter(has=page.get_by_role("heading", name="What you both promised"))
    expect(promised.get_by_text("First ten minutes: listening only")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Start").click()
    expect(page).to_have_url(re.compile(r"/check-ins/"))


def test_yes_thats_it_is_one_tap_on_the_home(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    heard(pair, "A plan came too soon.")
    page = pair.enter(people(width=360, height=740), "client")
    page.goto(pair.url + "/home")
    page.get_by_role("button", name="Yes, that’s it").click()
    expect(page.get_by_text("A plan came too soon.")).to_have_count(0)
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    desk = feedback.desk(pair.callers["client"], pair.case)
    assert desk.threads[0].confirmed


def test_not_quite_leads_to_where_one_can_say_what_was_missed(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    heard(pair, "The plan was wrong.")
    page = pair.enter(people(), "client")
    page.goto(pair.url + "/home")
    page.get_by_role("link", name="Not quite").click()
    expect(page).to_have_url(re.compile(r"/feedback"))
    expect(page.get_by_text("The plan was wrong.")).to_be_visible()


def test_session_that_the_therapist_sets_stands_on_the_clients_home_at_once(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(width=360, height=740), "client"), pair.enter(people(), "therapist")
    mika.goto(pair.url + "/home")
    theo.goto(f"{pair.url}/c/{pair.case}")
    expect(theo.get_by_role("heading", level=1)).to_have_text("Mika Vane")
    expect(theo.get_by_text("Mika is here")).to_be_visible()
    expect(mika.get_by_text("Nothing waits for you.")).to_be_visible()
    day = (datetime.now(UTC) + timedelta(days=5)).date()
    theo.get_by_label("Day and time").fill(f"{day.isoformat()}T14:00")
    theo.get_by_role("button", name="Set the session").click()
    expect(mika.get_by_text(re.compile(r"Next session with Theo: \w+, .* at 14:00"))).to_be_visible(timeout=2_000)
    expect(theo.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()
    theo.get_by_role("button", name="Take it away").click()
    expect(mika.get_by_text("Next session with Theo")).to_have_count(0)


def test_a_session_in_the_past_is_refused_in_words(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    theo = pair.enter(people(), "therapist")
    theo.goto(f"{pair.url}/c/{pair.case}")
    theo.get_by_label("Day and time").fill("2020-01-01T10:00")
    theo.get_by_role("button", name="Set the session").click()
    expect(theo.get_by_text("The next session must lie ahead, within a year from now.").first).to_be_visible()
    assert cases.facts(pair.callers["client"], pair.case).next_session_at is None


def test_rhythm_of_check_ins_is_chosen_on_the_overview(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    theo = pair.enter(people(), "therapist")
    theo.goto(f"{pair.url}/c/{pair.case}")
    theo.get_by_label("How often").select_option("paused")
    expect(theo.get_by_text("None is planned.")).to_be_visible()
    assert cases.facts(pair.callers["client"], pair.case).cadence == "paused"


def with_more_clients(pair: Pair) -> None:
    for name in ("Ada Lorn", "Zoe Quist"):
        make_case(client=make_person(name, PersonKind.CLIENT), therapist=pair.ids["therapist"])


def names(page: Page) -> list[str]:
    return page.locator("tbody .row-link").all_inner_texts()


def test_list_of_clients_is_sorted_by_keys_alone(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    with_more_clients(pair)
    share(pair, "Something to answer.")
    theo = pair.enter(people(), "therapist")
    theo.goto(pair.url + "/home")
    expect(theo.get_by_role("heading", level=1)).to_have_text("Your clients")
    expect(theo.get_by_text("1 person waits for an answer from you.")).to_be_visible()
    expect(theo.get_by_role("columnheader", name="Waits for you")).to_have_attribute("aria-sort", "ascending")
    assert names(theo) == ["Mika Vane", "Ada Lorn", "Zoe Quist"]
    theo.get_by_role("columnheader", name="Client").get_by_role("button").focus()
    theo.keyboard.press("Enter")
    expect(theo.get_by_role("columnheader", name="Client")).to_have_attribute("aria-sort", "ascending")
    assert names(theo) == ["Ada Lorn", "Mika Vane", "Zoe Quist"]
    theo.keyboard.press("Enter")
    expect(theo.get_by_role("columnheader", name="Client")).to_have_attribute("aria-sort", "descending")
    assert names(theo) == ["Zoe Quist", "Mika Vane", "Ada Lorn"]
    expect(theo.get_by_role("columnheader", name="Waits for you")).to_have_attribute("aria-sort", "none")


def test_one_click_opens_the_case_and_one_what_waits_in_it(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    share(pair, "Something to answer.")
    theo = pair.enter(people(), "therapist")
    theo.goto(pair.url + "/home")
    # Anywhere on the row: the name's link lies over all of it.
    box = theo.get_by_role("row").filter(has_text="Mika Vane").get_by_text("none yet").bounding_box()
    assert box is not None
    theo.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(theo).to_have_url(re.compile(rf"/c/{pair.case}/?$"))
    expect(theo.get_by_role("heading", level=1)).to_have_text("Mika Vane")
    theo.go_back()
    theo.get_by_role("row").filter(has_text="Mika Vane").get_by_role("link", name="A share to answer").click()
    expect(theo).to_have_url(re.compile(r"/feedback"))


def test_what_a_client_begins_appears_in_the_list_by_itself(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    heard(pair, "Too quick.")
    mika, theo = pair.enter(people(), "client"), pair.enter(people(width=360, height=740), "therapist")
    theo.goto(pair.url + "/home")
    expect(theo.get_by_text("Nobody waits for an answer from you.")).to_be_visible()
    mika.goto(pair.url + "/home")
    mika.get_by_role("link", name="Not quite").click()
    mika.get_by_role("button", name="Not quite").first.click()
    mika.get_by_role("button", name=re.compile("Not quite|Send")).last.click()
    expect(theo.get_by_text("1 person waits for an answer from you.")).to_be_visible()
    assert theo.evaluate("document.documentElement.scrollWidth") <= 360


def test_client_reads_who_looked_while_it_happens_and_therapist_only_the_own_entries(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    goal_in_focus(pair, "Say no once a week", "Write it down")
    mika, theo = pair.enter(people(width=360, height=740), "client"), pair.enter(people(), "therapist")
    theo.goto(f"{pair.url}/c/{pair.case}/goals")
    expect(theo.get_by_text("Say no once a week").first).to_be_visible()
    mika.goto(f"{pair.url}/c/{pair.case}/access-log")
    expect(mika.get_by_role("heading", level=1)).to_have_text("Who looked at what")
    expect(mika.get_by_text("The log is whole")).to_be_visible()
    entry = mika.get_by_text("Theo Sand looked at the goals")
    expect(entry).to_be_visible()
    expect(mika.get_by_text("You changed something about the goals").first).to_be_visible()
    entry.click()
    expect(mika.get_by_text("Europe/Berlin").first).to_be_visible()
    mika.get_by_label("Show").select_option(label="Theo Sand, therapist")
    expect(mika.get_by_text("You changed something about the goals")).to_have_count(0)
    expect(mika.get_by_text("Looks at the same thing within ten minutes count once.", exact=False)).to_have_count(1)
    theo.goto(f"{pair.url}/c/{pair.case}/access-log")
    expect(theo.get_by_role("heading", level=1)).to_have_text("What you looked at")
    expect(theo.get_by_text("You looked at the goals")).to_be_visible()
    expect(theo.get_by_text("Mika", exact=False).and_(theo.locator("main *"))).to_have_count(0)


def test_client_is_told_when_the_log_does_not_fit_together(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    goal_in_focus(pair, "Say no once a week", "Write it down")
    with transaction(writes=True) as db:
        first = db.exec(select(AccessEntry.id).where(AccessEntry.case_id == pair.case, AccessEntry.number == 2)).one()
        db.exec(update(AccessEntry).where(col(AccessEntry.id) == first).values(person_id=pair.ids["client"], role="client", about="x"))
    mika = pair.enter(people(), "client")
    mika.goto(f"{pair.url}/c/{pair.case}/access-log")
    expect(mika.get_by_text("The log does not fit together.")).to_be_visible()
    expect(mika.get_by_text("The log is whole")).to_have_count(0)


def test_a_foreign_case_reads_like_a_missing_one(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    other = Pair(pair.url)
    theo = pair.enter(people(), "therapist")
    seen = []
    for case_id in (other.case, op(), "nonsense"):
        theo.goto(f"{pair.url}/c/{case_id}")
        expect(theo.get_by_role("heading", level=1)).to_have_text("There is nothing here")
        seen.append(theo.get_by_role("main").inner_text())
    assert len(set(seen)) == 1
    mika = pair.enter(people(), "client")
    mika.goto(f"{pair.url}/c/{other.case}/access-log")
    expect(mika.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_a_client_is_led_home_from_the_overview_and_waits_there_for_a_therapist(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika = pair.enter(people(), "client")
    mika.goto(f"{pair.url}/c/{pair.case}")
    expect(mika).to_have_url(re.compile(r"/home/?$"))
    alone = Pair(pair.url)
    cases.end_pairing(_admin(), alone.case)
    page = alone.enter(people(), "client")
    page.goto(pair.url + "/home")
    expect(page.get_by_text("Your work together has ended.")).to_be_visible()


def _admin() -> Caller:
    return sign_in(make_person("Ada Reed", PersonKind.STAFF, is_admin=True))[0]


def test_open_pages_of_whoever_left_are_cleared(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    mika, theo = pair.enter(people(), "client"), pair.enter(people(), "therapist")
    mika.goto(pair.url + "/home")
    theo.goto(f"{pair.url}/c/{pair.case}")
    expect(theo.get_by_role("heading", level=1)).to_have_text("Mika Vane")
    cases.end_pairing(_admin(), pair.case)
    # The bell rings in the server: somebody arriving in the case rings it.
    mika.goto(f"{pair.url}/c/{pair.case}/access-log")
    expect(mika.get_by_text("ended your work together")).to_be_visible()
    expect(theo.get_by_text("Mika Vane")).to_have_count(0)


def test_help_is_there_for_whoever_is_signed_out(practice: tuple[Portal, Cast], people: Callable[..., BrowserContext]) -> None:
    page = people(width=360, height=740).new_page()
    page.goto(practice[0].url + "/help-now")
    expect(page.get_by_role("heading", level=1)).to_have_text("If you need help now")
    expect(page.get_by_role("main").get_by_text("Nobody watches this portal live.", exact=False)).to_be_visible()
    expect(page.get_by_role("main").get_by_text("112", exact=False)).to_be_visible()
    expect(page.get_by_role("link", name="To the sign-in")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_greeting_follows_the_persons_own_zone(pair: Pair, people: Callable[..., BrowserContext]) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        with transaction(writes=True) as db:
            db.exec(update(Person).where(col(Person.id) == pair.ids["client"]).values(time_zone=zone))
        page = pair.enter(people(), "client")
        page.goto(pair.url + "/home")
        part = part_of_day(datetime.now(UTC).astimezone(ZoneInfo(zone)).hour)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{GREETINGS[part]}, Mika")
