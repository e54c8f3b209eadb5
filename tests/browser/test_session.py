"""The session in two browsers, one of them a phone, and in front of one shared screen: begin, go along, write, end; also by keys alone."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from portal.adjustments import service as adjustments
from portal.adjustments.schemas import TermsForm
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.i18n import PSEUDO
from portal.sessions import service
from portal.sessions.schemas import LinesForm, SpotForm, ThingForm
from tests.browser.pairs import Pair
from tests.browser.test_accessibility import AXE, findings
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal, wait_until

pytestmark = pytest.mark.browser

HELD = "the heron stands in the reeds"


class Two(Pair):
    """A pair with something to talk about."""

    def open(self, browser: BrowserContext, role: str, page_name: str = "session") -> Page:
        """A page of their case in front of one of the two."""
        page = self.enter(browser, role)
        page.goto(f"{self.url}/{'home' if page_name == 'home' else f'c/{self.case}/{page_name}'}")
        expect(page.locator("h1:not(:has(.bone))")).to_have_count(1)
        return page

    def agreed_goal(self, title: str) -> str:
        """A goal that both agreed on; its id."""
        goal = goals.add(self.callers["client"], self.case, title, proposes=True, op=op())
        return goals.agree(self.callers["therapist"], self.case, goal.id, goal.version, op=op()).id

    def share(self, text: str, kind: str = "wish") -> str:
        """Something that the client shared."""
        share = feedback.begin(self.callers["client"], self.case, op=op())
        feedback.choose_kind(self.callers["client"], self.case, share, kind, op=op())
        feedback.share(self.callers["client"], self.case, share, text, 0, op=op())
        return share

    def hold(self, role: str, text: str) -> str:
        """Something that somebody holds back until the session."""
        share = feedback.begin(self.callers[role], self.case, op=op())
        feedback.choose_kind(self.callers[role], self.case, share, "question", op=op())
        feedback.hold(self.callers[role], self.case, share, text, 0, op=op())
        return share

    def start(self, *, one_screen: bool = False) -> str:
        """A session that was begun without a browser. Open pages hear of it with the next change."""
        return service.start(self.callers["therapist"], self.case, one_screen, op=op())


@pytest.fixture
def two(practice: tuple[Portal, Cast]) -> Iterator[Two]:
    yield Two(practice[0].url)


def at(page: Page, where: str) -> None:
    expect(page).to_have_url(re.compile(where + r"/?(\?.*)?$"))


def bar(page: Page) -> object:
    return page.get_by_role("region", name="Session", exact=True)


def go(page: Page, name: str) -> None:
    page.locator("nav").get_by_role("link", name=name, exact=True).locator("visible=true").first.click()


def agreed(page: Page) -> Locator:
    """The text that both write."""
    return page.get_by_role("textbox", name="What we agreed today")


def begin(theo: Page) -> None:
    theo.get_by_role("button", name="Start the session").click()
    expect(theo.get_by_role("heading", name="Session", level=1, exact=True)).to_be_visible()


def test_a_whole_session_on_a_desk_and_a_phone(two: Two, people: Callable[..., BrowserContext]) -> None:
    goal = two.agreed_goal("Say no once a week")
    goals.put_in_focus(two.callers["client"], two.case, goal, 9, op=op())
    goals.add_step(two.callers["client"], two.case, goal, "Write down every yes", two.ids["client"], op=op())
    two.share("I would like us to slow down.")
    checkin = Pair.start(two)
    for role, values in (("client", (8, 8, 8, 5, 8, 8)), ("therapist", (8, 8, 8, 8, 8, 8))):
        two.answer(role, checkin, *values)
    change = adjustments.propose(two.callers["client"], two.case, TermsForm("Ten minutes of listening", "both"), op=op())
    adjustments.agree(two.callers["therapist"], two.case, change, 1, op=op())

    mika = two.open(people(width=360, height=740), "client", "home")
    mika.get_by_role("link", name="Pick something to bring").click()
    at(mika, "/session")
    mika.get_by_role("button", name="Pick something").click()
    mika.get_by_role("button", name="Bring it: I would like us to slow down.").click()
    expect(mika.get_by_role("button", name="Picked: I would like us to slow down.")).to_be_visible()
    mika.get_by_role("button", name=re.compile("Bring it: .*Understood|Bring it: Being understood")).first.click()
    mika.get_by_role("button", name="Bring it: Ten minutes of listening").click()
    expect(mika.locator(".brought li")).to_have_count(3)
    expect(mika.get_by_role("button", name="Bring it: Say no once a week")).to_be_disabled()
    go(mika, "Home")
    at(mika, "/home")

    theo = two.open(people(), "therapist", "session")
    expect(theo.get_by_text("I would like us to slow down.")).to_have_count(0)
    begin(theo)
    at(mika, "/session")
    for page in (mika, theo):
        expect(page.locator(".brought li")).to_have_count(3)
        expect(page.locator(".brought")).to_contain_text("I would like us to slow down.")
        expect(page.locator(".brought")).to_contain_text("Mika 5 · Theo 8")
        expect(page.locator(".brought")).to_contain_text("Ten minutes of listening")
        expect(page.get_by_role("heading", name="Goals in focus")).to_be_visible()
        expect(page.locator(".promises").get_by_text("Ten minutes of listening")).to_be_visible()
        expect(page.get_by_text("Write down every yes").first).to_be_visible()
        expect(bar(page)).to_contain_text("0 min")  # type: ignore[arg-type]

    # Theo leads to the board, Mika on from there to a goal, and each is taken along; a screen reader hears where.
    go(theo, "Goals")
    at(mika, "/goals")
    expect(mika.get_by_role("heading", name="Goals, together")).to_be_focused()
    mika.get_by_role("link", name="Say no once a week").first.click()
    at(theo, f"/goals/{goal}")

    # A step that is added now is part of what is collected in the end.
    goals.add_step(two.callers["client"], two.case, goal, "Tell my sister about Sunday", two.ids["client"], op=op())
    bar(mika).get_by_role("link", name="Session").click()  # type: ignore[attr-defined]
    at(theo, "/session")
    agreed(theo).fill("Next time on the phone.")
    expect(agreed(mika)).to_have_text("Next time on the phone.")
    mika.get_by_label("Done: Write down every yes").check()
    expect(theo.get_by_text("Done: Write down every yes")).to_be_visible()

    go(theo, "Feedback")
    at(mika, "/feedback")
    bar(theo).get_by_role("link", name="Session").click()  # type: ignore[attr-defined]
    at(mika, "/session")
    theo.get_by_role("button", name="Come to the end").click()
    text = "Next time on the phone.\nSmall step: Tell my sister about Sunday – Mika\nDone: Write down every yes"
    for page in (mika, theo):
        expect(page.get_by_role("heading", name="What we take along", level=1)).to_be_visible()
        expect(agreed(page).locator("p")).to_have_count(3)
        assert sorted(agreed(page).locator("p").all_inner_texts()) == sorted(text.split("\n"))
    agreed(mika).fill("Next time on the phone. I call.")
    expect(agreed(theo)).to_have_text("Next time on the phone. I call.")

    mika.get_by_role("button", name="Open a check-in").click()
    for page in (mika, theo):
        expect(page.get_by_role("heading", name="Your check-in is open")).to_be_visible()

    theo.get_by_role("button", name="End the session").click()
    for page in (mika, theo):
        expect(bar(page)).to_have_count(0)  # type: ignore[arg-type]
    mika.get_by_role("button", name="Keep it like this").click()
    for page in (mika, theo):
        expect(page.get_by_text("Kept as it is.")).to_be_visible()
        expect(page.locator("p.paper-text").first).to_have_text("Next time on the phone. I call.")
    assert mika.evaluate("document.documentElement.scrollWidth") <= 360


def test_either_may_stop_going_along_and_take_it_up_again(two: Two, people: Callable[..., BrowserContext]) -> None:
    theo, mika = two.open(people(), "therapist"), two.open(people(width=360, height=740), "client", "home")
    begin(theo)
    at(mika, "/session")
    bar(mika).get_by_role("button", name="Look around alone").click()  # type: ignore[attr-defined]
    expect(bar(theo)).to_contain_text("Mika looks around alone.")  # type: ignore[arg-type]
    expect(bar(mika).get_by_role("button", name="Go along")).to_be_visible()  # type: ignore[attr-defined]
    go(mika, "Goals")
    expect(mika.get_by_role("heading", name="Goals, together")).to_be_visible()
    go(theo, "Feedback")
    at(theo, "/feedback")
    at(mika, "/goals")
    bar(mika).get_by_role("button", name="Go along").click()  # type: ignore[attr-defined]
    at(mika, "/feedback")
    expect(bar(theo)).not_to_contain_text("looks around alone")  # type: ignore[arg-type]

    bar(theo).get_by_role("button", name="Look around alone").click()  # type: ignore[attr-defined]
    expect(bar(mika)).to_contain_text("Theo looks around alone.")  # type: ignore[arg-type]
    expect(bar(theo).get_by_role("button", name="Go along")).to_be_visible()  # type: ignore[attr-defined]
    go(theo, "Check-ins")
    go(mika, "Goals")
    at(mika, "/goals")
    at(theo, "/check-ins")
    mika.reload()
    expect(bar(mika)).to_contain_text("Theo looks around alone.")  # type: ignore[arg-type]
    theo.reload()
    expect(bar(theo).get_by_role("button", name="Go along")).to_be_visible()  # type: ignore[attr-defined]
    at(theo, "/check-ins")
    bar(theo).get_by_role("button", name="Go along").click()  # type: ignore[attr-defined]
    at(theo, "/goals")
    # Wherever the other went meanwhile, a reload arrives there.
    seen = service.glance(two.callers["client"], two.case)
    assert seen is not None
    service.go_to(two.callers["client"], two.case, SpotForm("course"), seen.number, op=op())
    theo.reload()
    at(theo, "/course")


def test_quick_steps_of_both_end_in_one_place(two: Two, people: Callable[..., BrowserContext]) -> None:
    theo, mika = two.open(people(), "therapist"), two.open(people(), "client", "home")
    begin(theo)
    at(mika, "/session")
    for name in ("Goals", "Feedback", "Check-ins", "Course", "Goals"):
        go(theo, name)
        go(mika, name if name == "Course" else "Feedback")
    # Whatever came first, nobody is thrown back and forth: after the last step of anybody both rest at one place.
    last = two.open(people(), "client", "course")
    expect(bar(last)).to_be_visible()  # type: ignore[arg-type]
    go(theo, "Check-ins")
    for page in (theo, mika, last):
        at(page, "/check-ins")
    seen = service.glance(two.callers["client"], two.case)
    assert seen is not None
    for page in (theo, mika, last):
        at(page, "/check-ins")
    assert service.glance(two.callers["therapist"], two.case).number == seen.number  # type: ignore[union-attr]


def test_nobody_is_pulled_away_from_what_they_are_writing(two: Two, people: Callable[..., BrowserContext]) -> None:
    goal = two.agreed_goal("Say no once a week")
    theo, mika = two.open(people(), "therapist"), two.open(people(width=360, height=740), "client", "home")
    begin(theo)
    at(mika, "/session")
    agreed(mika).press_sequentially("I call my sister", delay=20)
    go(theo, "Goals")
    at(theo, "/goals")
    expect(bar(mika)).to_contain_text("You are still writing.")  # type: ignore[arg-type]
    at(mika, "/session")
    bar(mika).get_by_role("button", name="Go along now").click()  # type: ignore[attr-defined]
    at(mika, "/goals")
    assert goal
    expect(mika.get_by_role("heading", name="Goals, together")).to_be_visible()
    bar(mika).get_by_role("link", name="Session").click()  # type: ignore[attr-defined]
    expect(agreed(theo)).to_have_text("I call my sister")


def test_a_private_idea_and_ones_own_pages_lead_nobody(two: Two, people: Callable[..., BrowserContext]) -> None:
    idea = goals.add(two.callers["client"], two.case, "Only mine", op=op()).id
    theo, mika = two.open(people(), "therapist"), two.open(people(), "client", "home")
    begin(theo)
    at(mika, "/session")
    go(mika, "Goals")
    at(theo, "/goals")
    mika.get_by_role("link", name="Only mine").first.click()
    at(mika, f"/goals/{idea}")
    expect(mika.get_by_role("heading", name="Only mine", level=1)).to_be_visible()
    at(theo, "/goals")
    seen = service.glance(two.callers["therapist"], two.case)
    assert seen is not None and seen.at.row_id == ""
    # Pages that differ by person, or are one person's alone, lead nobody either.
    for name, heading in (("Who looked", "What you looked at"), ("Overview", "Mika Vane")):
        go(theo, name)
        expect(theo.get_by_role("heading", level=1)).to_contain_text(heading)
        at(mika, f"/goals/{idea}")
    go(mika, "Feedback")
    at(theo, "/feedback")


def test_held_shares_show_in_the_session_to_their_author_alone_until_they_are_shared(two: Two, people: Callable[..., BrowserContext]) -> None:
    two.hold("client", HELD)
    theo = two.open(people(), "therapist")
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: frames.append(payload if isinstance(payload, str) else payload.decode("utf-8", "replace")))

    theo.on("websocket", listen)
    theo.reload()
    expect(theo.get_by_role("button", name="Start the session")).to_be_visible()
    mika = two.open(people(width=360, height=740), "client", "home")
    begin(theo)
    at(mika, "/session")
    expect(mika.get_by_role("heading", name="You held this back until today")).to_be_visible()
    mika.get_by_text("Read it", exact=True).click()
    expect(mika.get_by_text(HELD)).to_be_visible()
    expect(theo.get_by_role("heading", name="You held this back until today")).to_have_count(0)
    theo.get_by_role("button", name="Come to the end").click()
    expect(mika.get_by_role("heading", name="What we take along")).to_be_visible()
    expect(mika.get_by_role("heading", name="You held this back until today")).to_be_visible()
    assert not any(HELD in frame for frame in frames)
    mika.get_by_role("button", name="Share it now").click()
    expect(mika.get_by_role("heading", name="You held this back until today")).to_have_count(0)
    go(theo, "Feedback")
    expect(theo.get_by_text(HELD)).to_be_visible()
    at(mika, "/feedback")


def test_in_front_of_one_screen_nothing_private_shows_and_nobody_elses_screen_moves(two: Two, people: Callable[..., BrowserContext]) -> None:
    two.hold("therapist", HELD)
    goals.add(two.callers["therapist"], two.case, "An idea of the therapist", op=op())
    two.agreed_goal("Say no once a week")
    mika = two.open(people(width=360, height=740), "client", "goals")
    theo = two.open(people(), "therapist", "goals")
    expect(theo.get_by_text("An idea of the therapist")).to_be_visible()
    go(theo, "Session")
    theo.get_by_label("We both look at this screen").check()
    begin(theo)
    expect(theo.get_by_label("We both look at this screen")).to_be_checked()
    expect(theo.get_by_role("heading", name="You held this back until today")).to_have_count(0)
    go(theo, "Feedback")
    expect(theo.get_by_text("what only you can see is hidden here")).to_be_visible()
    expect(theo.get_by_text(HELD)).to_have_count(0)
    go(theo, "Goals")
    expect(theo.get_by_role("link", name="Say no once a week").first).to_be_visible()
    expect(theo.get_by_text("An idea of the therapist")).to_have_count(0)
    assert HELD not in theo.content()

    # The client's own phone stays where it is; it may come along if they like.
    expect(bar(mika)).to_contain_text("Both of you look at one screen.")  # type: ignore[arg-type]
    at(mika, "/goals")
    bar(theo).get_by_role("link", name="Session").click()  # type: ignore[attr-defined]
    at(theo, "/session")
    at(mika, "/goals")
    bar(mika).get_by_role("button", name="Go along").click()  # type: ignore[attr-defined]
    at(mika, "/session")

    # The whole way to the end on the one screen.
    agreed(theo).fill("We go on as before.")
    theo.get_by_role("button", name="Come to the end").click()
    expect(agreed(theo)).to_have_text("We go on as before.")
    theo.get_by_role("button", name="End the session").click()
    theo.get_by_role("button", name="Keep it like this").click()
    expect(theo.get_by_text("Kept as it is.")).to_be_visible()
    go(theo, "Goals")
    expect(theo.get_by_text("An idea of the therapist")).to_be_visible()


def test_beginning_and_end_can_be_taken_back(two: Two, people: Callable[..., BrowserContext]) -> None:
    theo, mika = two.open(people(), "therapist"), two.open(people(), "client", "home")
    begin(theo)
    at(mika, "/session")
    theo.get_by_role("button", name="Undo").click()
    expect(theo.get_by_role("button", name="Start the session")).to_be_visible()
    for page in (mika, theo):
        expect(bar(page)).to_have_count(0)  # type: ignore[arg-type]
    assert service.view(two.callers["client"], two.case).sessions == ()
    begin(theo)
    theo.get_by_role("button", name="Come to the end").click()
    theo.get_by_role("button", name="End the session").click()
    expect(theo.get_by_text("The session has ended.")).to_be_visible()
    theo.get_by_role("button", name="Undo").click()
    expect(theo.get_by_role("heading", name="What we take along")).to_be_visible()
    expect(bar(mika)).to_be_visible()  # type: ignore[arg-type]
    theo.get_by_role("button", name="Go on with the session").click()
    for page in (mika, theo):
        expect(page.get_by_role("heading", name="Session", level=1, exact=True)).to_be_visible()


def test_two_who_write_at_once_lose_nothing(two: Two, people: Callable[..., BrowserContext]) -> None:
    theo, mika = two.open(people(), "therapist"), two.open(people(width=360, height=740), "client", "home")
    begin(theo)
    at(mika, "/session")
    agreed(theo).press_sequentially("Theo writes")
    expect(agreed(mika)).to_have_text("Theo writes")
    agreed(mika).press("End")
    agreed(mika).press("Enter")
    agreed(mika).press_sequentially("Mika writes", delay=30)
    agreed(theo).press("Home")
    agreed(theo).press_sequentially("Today ", delay=30)
    for page in (theo, mika):
        expect(agreed(page).locator("p")).to_have_text(["Today Theo writes", "Mika writes"])
    # Pressed while one still stands in the text: it is stored, and stays as it is.
    theo.get_by_role("button", name="Come to the end").click()
    theo.get_by_role("button", name="End the session").click()
    mika.get_by_role("button", name="Keep it like this").click()
    for page in (theo, mika):
        expect(page.locator("p.paper-text").first).to_have_text("Today Theo writes\nMika writes")


def test_a_whole_session_by_keys_alone(two: Two, people: Callable[..., BrowserContext]) -> None:
    two.agreed_goal("Say no once a week")
    mika = two.open(people(width=360, height=740), "client", "session")
    pick = mika.get_by_role("button", name="Pick something")
    tab_to(mika, pick)
    mika.keyboard.press("Enter")
    tab_to(mika, mika.get_by_role("button", name="Bring it: Say no once a week"))
    mika.keyboard.press("Space")
    expect(mika.get_by_role("button", name="Picked: Say no once a week")).to_be_visible()

    theo = two.open(people(), "therapist", "session")
    tab_to(theo, theo.get_by_role("button", name="Start the session"))
    theo.keyboard.press("Enter")
    expect(theo.get_by_role("heading", name="Session", level=1, exact=True)).to_be_visible()
    expect(theo.locator(".brought")).to_contain_text("Say no once a week")
    tab_to(theo, bar(theo).get_by_role("button", name="Look around alone"))  # type: ignore[attr-defined]
    theo.keyboard.press("Enter")
    go_along = bar(theo).get_by_role("button", name="Go along")  # type: ignore[attr-defined]
    expect(go_along).to_be_visible()
    tab_to(theo, go_along)
    theo.keyboard.press("Enter")
    tab_to(theo, agreed(theo))
    theo.keyboard.type("We go on.")
    tab_to(theo, theo.get_by_role("button", name="Come to the end"))
    theo.keyboard.press("Enter")
    expect(theo.get_by_role("heading", name="What we take along")).to_be_visible()
    expect(agreed(mika)).to_have_text("We go on.")
    tab_to(theo, theo.get_by_role("button", name="End the session"))
    theo.keyboard.press("Enter")
    tab_to(theo, theo.get_by_role("button", name="Keep it like this"))
    theo.keyboard.press("Enter")
    expect(theo.get_by_text("Kept as it is.")).to_be_visible()


def test_the_elapsed_time_is_quiet_and_a_page_in_front_of_the_two_counts_as_use(two: Two, people: Callable[..., BrowserContext]) -> None:
    # Early in its sixth minute: the page has most of a minute to come, on a busy machine too.
    with clock.at(clock.now() - timedelta(minutes=5, seconds=3)):
        two.start()
    theo = two.enter(people(), "therapist")
    sent: list[str] = []
    theo.on("websocket", lambda socket: socket.on("framesent", lambda payload: sent.append(str(payload))))
    theo.clock.install()
    theo.goto(f"{two.url}/c/{two.case}/session")
    expect(bar(theo)).to_contain_text("5 min")  # type: ignore[arg-type]
    assert bar(theo).locator("time").get_attribute("datetime") == "PT5M"  # type: ignore[attr-defined]
    assert bar(theo).locator("[aria-live], [role=timer]").count() == 0  # type: ignore[attr-defined]
    theo.clock.run_for(58_000)
    expect(bar(theo)).to_contain_text("6 min")  # type: ignore[arg-type]
    for _ in range(5):
        theo.clock.run_for(30_000)
        expect(bar(theo)).to_contain_text("min")  # type: ignore[arg-type]

    def told() -> bool:
        theo.evaluate("0")  # which lets what the browser told meanwhile arrive here
        return any("session_bar_state.stayed" in frame for frame in sent)

    # Longer than a line lives without a sign of the server: it may have broken meanwhile, and comes back in its own time.
    wait_until(told, 60, "the word that somebody is there")


def test_what_was_agreed_is_printed_on_a_sheet_of_its_own(two: Two, people: Callable[..., BrowserContext]) -> None:
    session = two.start()
    service.add_lines(two.callers["client"], two.case, session, LinesForm(("Line one", "Line two")), op=op())
    service.end(two.callers["therapist"], two.case, op=op())
    mika = two.open(people(), "client")
    mika.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    mika.get_by_role("button", name="Print it").click()
    assert mika.evaluate("window.printed") == 1
    mika.emulate_media(media="print")
    expect(mika.locator(".printed")).to_be_visible()
    expect(mika.locator(".printed")).to_contain_text("Line one")
    for hidden in (".field.together, .together.input", "nav", ".foot", "h1", ".picker", "button"):
        for one in mika.locator(hidden).all():
            expect(one).not_to_be_visible()


def test_axe_finds_nothing_in_any_phase_of_a_session_from_left_or_right(two: Two, people: Callable[..., BrowserContext]) -> None:
    goal = two.agreed_goal("Say no once a week without explaining " * 4)
    goals.add_step(two.callers["client"], two.case, goal, "Write down every yes", op=op())
    share = two.share("I would like us to slow down.")
    two.hold("client", HELD)
    for thing in (ThingForm("share", share), ThingForm("goal", goal)):
        service.bring(two.callers["client"], two.case, thing, op=op())
    mika, theo = two.open(people(locale=PSEUDO), "client"), two.open(people(), "therapist")
    found: list[str] = []

    def look(*pages: Page) -> None:
        for page in pages:
            page.evaluate(AXE)
            found.extend(findings(page))
            page.set_viewport_size({"width": 1280, "height": 800})

    mika.locator(".picker > button").click()
    expect(mika.locator("#picker")).to_be_visible()
    look(mika, theo)
    theo.locator(".session-page .btn.primary").click()
    for page in (mika, theo):
        expect(page.locator(".session-desk")).to_be_visible()
    mika.locator(".card.private summary").click()
    goals.tick_step(two.callers["client"], two.case, goals.goal(two.callers["client"], two.case, goal).steps[0].id, True, op=op())
    mika.locator(".session-bar .btn").click()
    expect(theo.locator(".session-apart")).to_be_visible()
    look(mika, theo)
    mika.locator(".session-bar .btn").click()
    theo.locator(".session-aside .btn.secondary").last.click()
    for page in (mika, theo):
        expect(page.locator(".session-desk")).to_have_count(0)
    look(mika, theo)
    theo.locator(".session-page .btn.primary").last.click()
    for page in (mika, theo):
        expect(page.locator(".session-bar")).to_have_count(0)
    look(mika, theo)
    assert found == []


def test_two_workers_lead_both_screens(large_practice: tuple[Portal, Cast], people: Callable[..., BrowserContext]) -> None:
    """On PostgreSQL and Redis, each screen perhaps at another process: the same."""
    two = Two(large_practice[0].url)
    theo, mika = two.open(people(), "therapist"), two.open(people(width=360, height=740), "client", "home")
    begin(theo)
    at(mika, "/session")
    go(theo, "Goals")
    at(mika, "/goals")
    go(mika, "Feedback")
    at(theo, "/feedback")
    bar(theo).get_by_role("link", name="Session").click()  # type: ignore[attr-defined]
    at(mika, "/session")
    agreed(mika).fill("We go on.")
    expect(agreed(theo)).to_have_text("We go on.")


def tab_to(page: Page, target: object) -> None:
    """Tab until the element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):  # type: ignore[attr-defined]
            return
    raise AssertionError("the keyboard does not get there")
