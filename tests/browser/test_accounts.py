"""What people do with their accounts in real browsers: come in by keyboard, be invited, forget a password, leave everywhere."""

import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.access.models import PersonKind
from portal.accounts import service
from portal.kit import mail
from tests.cast import Cast
from tests.servers import Portal, wait_until

GOOD = "seven quiet herons wade"
OTHER = "plum jam on old bread"
_numbers = count(1)

People = Callable[..., BrowserContext]
Practice = tuple[Portal, Cast]


@pytest.fixture
def url(practice: Practice) -> str:
    return practice[0].url


def somebody(kind: PersonKind = PersonKind.CLIENT, *, is_admin: bool = False) -> str:
    """A person with a password; the e-mail address."""
    email = f"person{next(_numbers)}@example.org"
    service.add_person("Nora Bell", email, GOOD, kind, is_admin=is_admin)
    return email


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def sign_in(page: Page, url: str, email: str, password: str = GOOD) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def arrived(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/(home|practice)/?$"))
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()


def test_signing_in_needs_only_the_keyboard(url: str, people: People) -> None:
    email = somebody()
    page = opened(people(), f"{url}/")
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    field = page.get_by_label("E-mail address")
    expect(field).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(GOOD)
    page.keyboard.press("Enter")
    arrived(page)


def test_a_wrong_password_is_told_beside_the_form_and_the_address_is_kept(url: str, people: People) -> None:
    email = somebody()
    page = opened(people(), f"{url}/sign-in")
    sign_in(page, url, email, OTHER)
    words = page.get_by_text("This e-mail address and password do not belong together.")
    expect(words).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    assert email not in page.url
    assert "?" not in page.url
    page.get_by_label("Password", exact=True).fill(GOOD)
    page.keyboard.press("Enter")
    arrived(page)


def test_without_script_the_browser_posts_the_form_itself(url: str, browser: Browser) -> None:
    email = somebody()
    context = browser.new_context(java_script_enabled=False)
    page = opened(context, f"{url}/sign-in")
    for password, address in ((OTHER, "/sign-in/?[?]why=WrongSignIn$"), (GOOD, "/home/?$")):
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile(address))
    context.close()


def test_an_address_can_only_say_what_the_portal_says(url: str, people: People) -> None:
    page = opened(people(), f"{url}/sign-in?why=WrongSignIn")
    expect(page.get_by_text("This e-mail address and password do not belong together.")).to_be_visible()
    page.goto(f"{url}/sign-in?why=<img src=x>&done=You have won")
    expect(page.get_by_label("E-mail address")).to_be_visible()
    expect(page.locator(".notice-box")).to_have_count(0)


def test_the_password_can_be_shown(url: str, people: People) -> None:
    page = opened(people(), f"{url}/sign-in")
    field = page.get_by_label("Password", exact=True)
    field.fill("something typed")
    toggle = page.get_by_role("button", name="Show the password")
    toggle.click()
    expect(field).to_have_attribute("type", "text")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    toggle.click()
    expect(field).to_have_attribute("type", "password")


def test_signing_out_everywhere_is_seen_in_the_other_browser_at_once(url: str, people: People) -> None:
    email = somebody()
    here, there = people().new_page(), people().new_page()
    for page in (here, there):
        sign_in(page, url, email)
        arrived(page)
    here.goto(f"{url}/account")
    here.get_by_role("button", name="Sign out everywhere").click()
    expect(here.get_by_text("You are signed out on every device.")).to_be_visible()
    expect(there).to_have_url(re.compile("/sign-in"), timeout=10_000)


def test_one_device_is_ended_from_the_other(url: str, people: People) -> None:
    email = somebody()
    here, there = people().new_page(), people(width=360).new_page()
    for page in (there, here):
        sign_in(page, url, email)
        arrived(page)
    here.goto(f"{url}/account")
    here.get_by_role("button", name=re.compile("^Sign this one out: Chrome")).click()
    expect(here.get_by_role("button", name=re.compile("^Sign this one out: Chrome"))).to_have_count(0)
    expect(there).to_have_url(re.compile("/sign-in"), timeout=10_000)


def invited(page: Page, url: str, name: str, email: str) -> tuple[str, str]:
    """Invite a client on the practice's page; the link and the code that it shows."""
    page.goto(f"{url}/practice")
    page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("E-mail address").fill(email)
    dialog.get_by_text("Client", exact=True).click()
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("heading", name=f"Invited: {name}")).to_be_visible()
    link, code = page.locator("[role=status] code").all_inner_texts()
    return link, code


@pytest.fixture
def admin(url: str, people: People) -> Iterator[Page]:
    page = people().new_page()
    sign_in(page, url, somebody(PersonKind.STAFF, is_admin=True))
    arrived(page)
    yield page


def test_an_invitation_by_link(url: str, people: People, admin: Page) -> None:
    link, code = invited(admin, url, "Otto Fenn", f"otto{next(_numbers)}@example.org")
    admin.get_by_role("button", name="Done").click()
    expect(admin.get_by_text(link)).to_have_count(0)
    for _ in range(2):  # a machine that reads letters opens the link first, and that uses nothing up
        page = opened(people(width=360), link)
        expect(page.get_by_role("button", name="Open it")).to_be_visible()
        assert link.partition("#")[2] not in page.url
    page.get_by_role("button", name="Open it").click()
    page.get_by_label("Code").fill(code)
    page.get_by_label("Choose a password").fill("otto fenn is here")
    page.get_by_role("button", name="Choose it and go on").click()
    expect(page.get_by_text("Please leave your own name")).to_be_focused()
    page.get_by_label("Choose a password").fill(GOOD)
    page.get_by_role("button", name="Choose it and go on").click()
    expect(page).to_have_url(re.compile("/home"))
    again = opened(people(), link)
    again.get_by_role("button", name="Open it").click()
    expect(again.get_by_text("This link or code cannot be used")).to_be_visible()


def test_an_invitation_by_code(url: str, people: People, admin: Page) -> None:
    email = f"otto{next(_numbers)}@example.org"
    _, code = invited(admin, url, "Otto Fenn", email)
    page = opened(people(), f"{url}/invited")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Code").fill(code.lower().replace("-", " "))
    page.get_by_label("Choose a password").fill(GOOD)
    page.get_by_role("button", name="Choose it and go on").click()
    expect(page).to_have_url(re.compile("/home"))


def test_a_forgotten_password(url: str, people: People) -> None:
    email = somebody()
    page = opened(people(), f"{url}/sign-in")
    page.get_by_role("link", name="I have forgotten my password").click()
    # The page before has a field of the same name, and is there until this one is.
    ask = page.get_by_role("button", name="Send me a letter")
    expect(ask).to_be_visible()
    ask.click()
    expect(page.get_by_text("Please check the e-mail address")).to_be_visible()
    page.get_by_label("E-mail address").fill(email)
    ask.click()
    expect(page.get_by_text("If there is an account with this address")).to_be_visible()
    # The worker writes that letter by and by, and the newest link is the only one that works.
    wait_until(lambda: any(letter.to == email for _, letter in mail.waiting()), 60, "the letter")
    handed = service.hand_out_password_link(email)
    page.goto(handed.link)
    page.get_by_role("button", name="Open it").click()
    page.get_by_label("Code").fill(handed.code)
    page.get_by_label("Choose a password").fill(OTHER)
    page.get_by_role("button", name="Choose it and go on").click()
    arrived(page)
    elsewhere = people().new_page()
    sign_in(elsewhere, url, email, OTHER)
    arrived(elsewhere)


def test_an_account_is_made_ones_own(url: str, people: People) -> None:
    page = people().new_page()
    sign_in(page, url, somebody())
    arrived(page)
    page.goto(f"{url}/account")
    name = page.get_by_label("Name", exact=True)
    name.fill("Nora Bellwether")
    name.press("Enter")
    expect(page.get_by_text(re.compile("Saved")).first).to_be_visible()
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.get_by_label("Language").select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    expect(page.locator("#main").get_by_role("textbox").first).to_have_value("Nora Bellwether")


def test_a_closed_account_is_out_at_once(url: str, people: People, admin: Page) -> None:
    email = f"otto{next(_numbers)}@example.org"
    link, code = invited(admin, url, "Olga Quist", email)
    client = opened(people(), link)
    client.get_by_role("button", name="Open it").click()
    client.get_by_label("Code").fill(code)
    client.get_by_label("Choose a password").fill(GOOD)
    client.get_by_role("button", name="Choose it and go on").click()
    expect(client).to_have_url(re.compile("/home"))
    admin.reload()
    card = admin.get_by_role("listitem").filter(has_text=email)
    card.get_by_role("button", name="Close the account").click()
    admin.get_by_role("dialog").get_by_role("button", name="Yes, close it").click()
    expect(admin.get_by_role("heading", name="Closed accounts")).to_be_visible()
    expect(client).to_have_url(re.compile("/sign-in"), timeout=10_000)
    sign_in(client, url, email)
    expect(client.get_by_text("do not belong together")).to_be_visible()
