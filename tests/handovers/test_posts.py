"""The forms of a hand-over, raw over HTTP: which cookie the browser has when, and that the handed one posts nothing but the way back."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from portal.access import gate, keys
from portal.access.models import Person
from portal.accounts import service as accounts
from portal.accounts.schemas import PinForm
from portal.checkins import service as checkins
from portal.kit import passwords
from portal.kit.db import transaction
from portal.kit.ids import new_id
from tests.accounts.conftest import GOOD, OTHER
from tests.accounts.test_posts import browser
from tests.cast import Cast, assemble
from tests.handovers.conftest import OTHER_PIN, PIN
from tests.makers import op

JSON = {"accept": "application/json"}


@pytest.fixture
def practice(on_sqlite: None) -> Cast:
    cast = assemble()
    with transaction(writes=True) as db:
        person = db.get(Person, cast.ids["therapist"])
        assert person is not None
        person.password_hash = passwords.hashed(GOOD)
        db.add(person)
    return cast


@pytest.fixture
def checkin_id(practice: Cast) -> str:
    return checkins.start(practice.client, practice.case, op=op())


def carry(web: TestClient, token: str) -> None:
    """Let the browser have a cookie, as the portal itself would have given it."""
    web.cookies.set("rapport", token, domain="localhost.local", path="/")


@pytest.fixture
def web(practice: Cast) -> Iterator[TestClient]:
    with browser() as client:
        carry(client, practice.tokens["therapist"])
        yield client


Form = Callable[..., dict[str, str]]


@pytest.fixture
def form(practice: Cast, checkin_id: str) -> Form:
    return lambda **more: {"task": "checkin", "case": practice.case, "about": checkin_id, **more}


def address_of(cast: Cast) -> str:
    with transaction(writes=False) as db:
        person = db.get(Person, cast.ids["therapist"])
        assert person is not None
        return keys.email_of(person, keys.account_key(db))


def handed(web: TestClient, form: Form) -> str:
    """Hand over with a first PIN; the cookie that the browser has then."""
    answer = web.post("/hand-over", data=form(pin=PIN, again=PIN), headers=JSON)
    assert answer.json() == {"to": "/handed"}
    return web.cookies["rapport"]


def test_handing_over_gives_the_browser_another_cookie(web: TestClient, practice: Cast, form: Form) -> None:
    answer = web.post("/hand-over", data=form(pin=PIN, again=PIN))
    assert (answer.status_code, answer.headers["location"]) == (303, "/handed")
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("rapport=")]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Max-Age" not in cookie
    token = web.cookies["rapport"]
    assert token != practice.tokens["therapist"]
    assert gate.is_handed_over(token)
    assert gate.session_of_cookie(practice.tokens["therapist"]) is None


def test_the_first_time_a_pin_is_asked_for(web: TestClient, form: Form) -> None:
    for typed, why, field in (
        ({}, "NoPin", "pin"), ({"pin": "12"}, "BadPin", "pin"), ({"pin": "1234", "again": "1234"}, "PinTooObvious", "pin"),
        ({"pin": PIN, "again": "9999"}, "PinsDiffer", "again"),
    ):  # fmt: skip
        answer = web.post("/hand-over", data=form(**typed), headers=JSON)
        assert (answer.status_code, answer.json()["why"], answer.json()["field"]) == (422, why, field)
        assert not gate.is_handed_over(web.cookies["rapport"])
    handed(web, form)


def test_the_next_time_it_is_not(web: TestClient, practice: Cast, form: Form) -> None:
    accounts.keep_pin(practice.therapist, PinForm(PIN, PIN))
    assert web.post("/hand-over", data=form(), headers=JSON).json() == {"to": "/handed"}


def test_the_old_cookie_posts_nothing_any_more(web: TestClient, practice: Cast, form: Form) -> None:
    handed(web, form)
    with browser() as thief:
        carry(thief, practice.tokens["therapist"])
        for path, data in (
            ("/hand-over", form()), ("/account/pin", {"pin": OTHER_PIN, "again": OTHER_PIN}), ("/take-back", {"pin": PIN}),
            ("/account/password", {"present": GOOD, "password": OTHER}), ("/sign-out-everywhere", {}),
        ):  # fmt: skip
            answer = thief.post(path, data=data, headers=JSON)
            assert answer.json()["why"] == "NotSignedIn", path


EVERY_FORM = (
    "/sign-in", "/sign-out", "/sign-out-everywhere", "/invited", "/forgotten", "/new-password", "/set-up", "/account/password",
    "/account/address", "/account/pin", "/hand-over", "/no/such/form", "/handed", "/take-back/", "//take-back",
)  # fmt: skip


@pytest.mark.parametrize("path", EVERY_FORM)
def test_the_handed_cookie_posts_no_form_of_the_portal(web: TestClient, practice: Cast, form: Form, path: str) -> None:
    token = handed(web, form)
    everything = {
        "email": address_of(practice), "password": GOOD, "present": GOOD, "pin": OTHER_PIN, "again": OTHER_PIN, "new-email": "x@example.org",
        "key": "k", "code": "c", "name": "n", "practice": "p",
    }  # fmt: skip
    answer = web.post(path, data=form(**everything))
    assert (answer.status_code, answer.headers["location"]) == (303, "/handed"), path
    assert "set-cookie" not in answer.headers
    assert web.post(path, data=form(**everything), headers=JSON).json() == {"to": "/handed"}
    assert web.cookies["rapport"] == token
    assert gate.is_handed_over(token), "still handed over, still alive"
    assert gate.session_of_cookie(practice.tokens["therapist"]) is None


def test_the_right_pin_brings_back_the_page_that_it_began_on(web: TestClient, practice: Cast, form: Form, checkin_id: str) -> None:
    page = f"/c/{practice.case}/session"
    web.post("/hand-over", data=form(pin=PIN, again=PIN) | {"from": page + "/"}, headers=JSON)
    token = web.cookies["rapport"]
    assert web.post("/take-back", data={"pin": PIN}, headers=JSON).json() == {"to": page}
    fresh = web.cookies["rapport"]
    assert fresh not in {token, practice.tokens["therapist"]}
    assert gate.session_of_cookie(fresh) and not gate.is_handed_over(fresh)
    assert gate.session_of_cookie(token) is None
    assert gate.session_of_cookie(practice.tokens["therapist"]) is None


@pytest.mark.parametrize("came_from", ["", "https://evil.example", "//evil.example", "/c/x", "/home", "/c/{other}/goals", "/c/{case}/../../x", "/c/{case}/a/b/c", "javascript:alert(1)", "/c/{case}?x=//y", "/c/{case}\nx"])
def test_the_way_back_leads_nowhere_else(web: TestClient, practice: Cast, form: Form, checkin_id: str, came_from: str) -> None:
    page = came_from.replace("{case}", practice.case).replace("{other}", practice.other_case)
    web.post("/hand-over", data=form(pin=PIN, again=PIN) | {"from": page}, headers=JSON)
    told = web.post("/take-back", data={"pin": PIN}, headers=JSON).json()
    assert told == {"to": f"/c/{practice.case}/check-ins/{checkin_id}"}


def test_five_wrong_pins_lead_to_the_page_that_asks_for_the_password(web: TestClient, form: Form) -> None:
    token = handed(web, form)
    for left in ("4 more tries", "3 more tries", "2 more tries", "One more try"):
        answer = web.post("/take-back", data={"pin": OTHER_PIN}, headers=JSON)
        assert (answer.status_code, answer.json()["why"], answer.json()["field"]) == (422, "WrongPin", "pin")
        assert left in answer.json()["words"]
    for pin in (OTHER_PIN, PIN, PIN):
        assert web.post("/take-back", data={"pin": pin}, headers=JSON).json() == {"to": "/handed?why=PinUsedUp"}
    assert web.cookies["rapport"] == token
    assert web.post("/take-back", data={"password": OTHER}, headers=JSON).json()["why"] == "NotThePassword"
    assert web.post("/take-back", data={"password": GOOD}, headers=JSON).json()["why"] == "PleaseWait"


def test_the_password_brings_it_back(web: TestClient, form: Form, practice: Cast) -> None:
    handed(web, form)
    answer = web.post("/take-back", data={"password": GOOD})
    assert answer.status_code == 303
    assert gate.session_of_cookie(web.cookies["rapport"])


def test_without_script_the_address_says_only_why(web: TestClient, form: Form) -> None:
    handed(web, form)
    answer = web.post("/take-back", data={"pin": OTHER_PIN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/handed?why=WrongPin")


@pytest.mark.parametrize(
    "odd",
    [
        {"task": "", "about": "", "case": ""}, {"task": "everything"}, {"about": "../../x"}, {"case": "x" * 5_000}, {"about": new_id()},
        {"task": "read_checkin"}, {"task": "read_goal"}, {"about": "\0"},
    ],
)  # fmt: skip
def test_odd_forms_hand_nothing_over(web: TestClient, practice: Cast, form: Form, odd: dict[str, str]) -> None:
    accounts.keep_pin(practice.therapist, PinForm(PIN, PIN))
    answer = web.post("/hand-over", data=form() | odd, headers=JSON)
    assert answer.json()["why"] in {"NotFound", "NothingToRead"}
    assert gate.alive(practice.therapist.session_id or "")


@pytest.mark.parametrize("who", ["client", "supervisor", "second_therapist", "admin"])
def test_only_the_therapist_hands_over(practice: Cast, form: Form, who: str) -> None:
    with browser() as web:
        carry(web, practice.tokens[who])
        assert web.post("/hand-over", data=form(), headers=JSON).json()["why"] in {"Forbidden", "NotFound"}
        assert not gate.is_handed_over(web.cookies["rapport"])
    if who == "client":
        with browser() as web:
            carry(web, practice.tokens[who])
            assert web.post("/account/pin", data={"pin": PIN, "again": PIN}, headers=JSON).json()["why"] == "Forbidden"


def test_a_pin_is_kept_on_the_account_page(web: TestClient, practice: Cast, form: Form) -> None:
    told = web.post("/account/pin", data={"pin": PIN, "again": PIN}, headers=JSON).json()
    assert told["good"] and "Your PIN is kept" in told["words"]
    assert web.post("/account/pin", data={"pin": "1111", "again": "1111"}, headers=JSON).json()["why"] == "PinTooObvious"
    assert web.post("/account/pin", data={"pin": "2026", "again": "2026"}).headers["location"] == "/account?why=PinTooObvious"
    web.post("/hand-over", data=form(), headers=JSON)
    assert "to" in web.post("/take-back", data={"pin": PIN}, headers=JSON).json()


def test_pins_and_passwords_are_in_no_log(web: TestClient, form: Form, capfd: pytest.CaptureFixture[str]) -> None:
    handed(web, form)
    for data in ({"pin": OTHER_PIN}, {"pin": "marker-in-a-pin"}, {"password": "marker in a password"}, {"pin": PIN}):
        web.post("/take-back", data=data, headers=JSON)
    written = "".join(capfd.readouterr())
    for secret in (PIN, OTHER_PIN, "marker"):
        assert secret not in written
