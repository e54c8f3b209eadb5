"""The posted forms, through the outer gate: cookies, answers with and without script, and nothing typed in any address."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from portal.access import gate
from portal.access import posts as access_posts
from portal.access.gateway import MOST_BODY, outer_gate
from portal.accounts import service
from portal.accounts.schemas import InviteForm
from portal.kit import mail
from portal.kit.i18n import say
from portal.kit.turns import Turns
from portal.pages.posts import posts
from portal.settings import settings
from tests.accounts.conftest import GOOD, OTHER
from tests.cast import Cast

NORA = "nora@example.org"
ORIGIN = "http://localhost:8000"
NewPerson = Callable[..., str]


def browser(origin: str = ORIGIN, base: str = ORIGIN) -> TestClient:
    return TestClient(outer_gate(posts()), base_url=base, headers={"origin": origin}, follow_redirects=False)


@pytest.fixture
def web(on_sqlite: None) -> Iterator[TestClient]:
    with browser() as client:
        yield client


def sign_in(web: TestClient, password: str = GOOD, email: str = NORA, **more: str) -> object:
    return web.post("/sign-in", data={"email": email, "password": password} | more)


def test_signing_in_sets_a_cookie_that_no_script_can_read_and_goes_home(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    answer = web.post("/sign-in", data={"email": NORA, "password": GOOD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("rapport=")]
    for part in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Max-Age" not in cookie, "the browser forgets it when it is closed"
    assert gate.session_of_cookie(web.cookies["rapport"])


def test_on_https_the_cookie_is_bound_to_this_host(on_sqlite: None, person: NewPerson, monkeypatch: pytest.MonkeyPatch) -> None:
    person("Nora Bell", NORA)
    monkeypatch.setenv("RAPPORT_PUBLIC_URL", "https://portal.example.org")
    settings.cache_clear()
    with browser("https://portal.example.org", "https://portal.example.org") as web:
        cookies = web.post("/sign-in", data={"email": NORA, "password": GOOD}).headers.get_list("set-cookie")
    settings.cache_clear()
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-rapport", "__Host-known"}
    assert all("Secure" in cookie and "HttpOnly" in cookie and "Domain" not in cookie for cookie in cookies)


@pytest.mark.parametrize("email", [NORA, "nobody@example.org", "<script>alert(1)</script>", "x" * 5_000, ""])
def test_a_refusal_leads_back_with_its_name_only(web: TestClient, person: NewPerson, email: str) -> None:
    person("Nora Bell", NORA)
    answer = web.post("/sign-in", data={"email": email, "password": OTHER})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?why=WrongSignIn")
    assert "rapport" not in web.cookies


def test_a_page_with_script_gets_the_sentence_in_its_language(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    wrong = web.post("/sign-in", data={"email": NORA, "password": OTHER, "lang": "en"}, headers={"accept": "application/json"})
    assert wrong.status_code == 422
    assert wrong.json() == {
        "words": "This e-mail address and password do not belong together. Please look at both and try again.", "field": "", "why": "WrongSignIn",
    }  # fmt: skip
    right = web.post("/sign-in", data={"email": NORA, "password": GOOD}, headers={"accept": "application/json"})
    assert right.json() == {"to": "/home"}
    assert gate.session_of_cookie(web.cookies["rapport"])


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-out-everywhere", "/invited", "/forgotten", "/new-password", "/set-up", "/account/password", "/account/address", "/account/pin", "/hand-over", "/take-back"])
def test_forms_of_other_sites_are_not_taken(on_sqlite: None, person: NewPerson, path: str) -> None:
    person("Nora Bell", NORA)
    for origin in ("https://evil.example", "null", "http://localhost:8001"):
        with browser(origin) as web:
            assert web.post(path, data={"email": NORA, "password": GOOD}).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/invited", "/new-password", "/set-up"])
def test_opening_an_address_never_acts(web: TestClient, path: str) -> None:
    assert web.get(path).status_code in {404, 405}


@pytest.mark.parametrize(
    ("path", "page"), [("/sign-out", "/"), ("/sign-out-everywhere", "/"), ("/account/password", "/account"), ("/account/address", "/account"),
     ("/account/pin", "/account"), ("/hand-over", "/"), ("/take-back", "/handed")]
)
def test_opening_the_address_of_a_form_leads_to_its_page_and_never_acts(web: TestClient, person: NewPerson, path: str, page: str) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    answer = web.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert gate.session_of_cookie(web.cookies["rapport"])


def test_signing_out_takes_the_cookie_back(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    token = web.cookies["rapport"]
    answer = web.post("/sign-out")
    assert answer.headers["location"] == "/sign-in?done=out"
    assert "rapport" not in web.cookies
    assert gate.session_of_cookie(token) is None
    assert web.post("/sign-out").status_code == 303


def test_signing_out_everywhere_reaches_the_other_browser(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    with browser() as other:
        sign_in(other)
        token = other.cookies["rapport"]
        web.post("/sign-out-everywhere")
        assert gate.session_of_cookie(token) is None
    assert web.post("/sign-out-everywhere").headers["location"] == "/sign-in?why=NotSignedIn"


def test_a_known_device_is_recognised_by_its_cookie(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    with browser() as elsewhere:
        for _ in range(5):
            sign_in(elsewhere, OTHER)
        assert elsewhere.post("/sign-in", data={"email": NORA, "password": GOOD}).headers["location"] == "/sign-in?why=PleaseWait"
    assert web.post("/sign-in", data={"email": NORA, "password": GOOD}).headers["location"] == "/home"


def test_an_invitation_is_taken_up_by_its_form(cast: Cast) -> None:
    handed = service.invite(cast.admin, InviteForm("Nora Bell", NORA, "client"))
    key = handed.link.partition("#")[2]
    with browser() as web:
        short = web.post("/invited", data={"key": key, "code": handed.code, "password": "short"}, headers={"accept": "application/json"})
        assert short.json()["field"] == "password"
        assert "12 characters" in short.json()["words"]
        assert web.post("/invited", data={"key": key, "code": handed.code, "password": GOOD}).headers["location"] == "/home"
        assert gate.session_of_cookie(web.cookies["rapport"])
        assert web.post("/invited", data={"key": key, "code": handed.code, "password": OTHER}).headers["location"] == "/invited?why=NotValid"


def test_asking_for_a_new_password_answers_alike(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    answers = [web.post("/forgotten", data={"email": email}) for email in (NORA, "nobody@example.org", "odd")]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/forgotten?done=asked")}
    told = [web.post("/forgotten", data={"email": email}, headers={"accept": "application/json"}).json() for email in (NORA, "nobody@example.org")]
    assert told[0] == told[1]
    assert told[0]["good"]


def test_changing_the_password_keeps_this_browser_signed_in_under_a_new_cookie(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    before = web.cookies["rapport"]
    wrong = web.post("/account/password", data={"present": OTHER, "password": OTHER}, headers={"accept": "application/json"})
    assert wrong.json()["field"] == "present"
    right = web.post("/account/password", data={"present": GOOD, "password": OTHER}, headers={"accept": "application/json"})
    assert right.json()["good"]
    assert web.cookies["rapport"] != before
    assert gate.session_of_cookie(web.cookies["rapport"])
    assert gate.session_of_cookie(before) is None


def test_nobody_changes_anything_without_a_session(web: TestClient, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    for path in ("/account/password", "/account/address"):
        answer = web.post(path, data={"present": GOOD, "password": OTHER, "new-email": "x@example.org"})
        assert answer.headers["location"] == "/account?why=NotSignedIn"
    assert mail.waiting() == []


def test_set_up_leads_to_the_practice(web: TestClient) -> None:
    code = service.begin_set_up() or ""
    form = {"code": code, "practice": "The quiet house", "name": "Ada Reed", "email": "ada@example.org", "password": GOOD}
    assert web.post("/set-up", data=form | {"code": "00000-00000"}).headers["location"] == "/set-up?why=NotValid"
    assert web.post("/set-up", data=form).headers["location"] == "/practice"
    assert web.post("/set-up", data=form).headers["location"] == "/set-up?why=AlreadySetUp"


BAD_INPUT = ("BadInput", "That could not be taken as it is. Please look at it again.")
WRONG = ("WrongSignIn", "This e-mail address and password do not belong together. Please look at both and try again.")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"content": b"\xff\xfe%00&&&===", "headers": {"content-type": "application/x-www-form-urlencoded"}}, WRONG),
        ({"content": b"{}", "headers": {"content-type": "application/json"}}, WRONG),
        ({"files": {"email": ("a.txt", b"text")}}, BAD_INPUT),
        ({"data": {f"f{n}": "x" for n in range(500)}}, BAD_INPUT),
        ({"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}}, WRONG),
        ({"content": b"nonsense", "headers": {"content-type": "multipart/form-data; boundary=x"}}, BAD_INPUT),
        ({"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data"}}, BAD_INPUT),
        ({"data": {"email": "a\0b", "password": "🙂" * 10}}, WRONG),
    ],
)
def test_odd_forms_are_refused_calmly(web: TestClient, sent: dict[str, Any], why: tuple[str, str]) -> None:
    name, words = why
    answer = web.post("/sign-in", **sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?why={name}")
    for language in ("en", "de"):
        headers = sent.get("headers", {}) | {"accept": "application/json", "accept-language": language}
        told = web.post("/sign-in", **sent | {"headers": headers})
        assert (told.status_code, told.json()["why"], told.json()["words"]) == (422, name, say(language, words))
    assert say("de", words) != words
    assert "rapport" not in web.cookies


def test_a_flood_is_turned_away_alike_for_all_and_signing_out_still_works(
    web: TestClient, person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    monkeypatch.setattr(access_posts, "_hashing", Turns("full", threads=1, most=0, most_each=1))
    told = [
        web.post(path, data={"email": email, "password": GOOD, "present": GOOD}, headers={"accept": "application/json"})
        for path in ("/sign-in", "/invited", "/new-password", "/set-up", "/account/password", "/account/address")
        for email in (NORA, "nobody@example.org")
    ]
    assert {(one.status_code, one.json()["why"]) for one in told} == {(422, "TooBusy")}
    assert web.post("/sign-in", data={"email": NORA, "password": GOOD}).headers["location"] == "/sign-in?why=TooBusy"
    assert web.post("/sign-out").headers["location"] == "/sign-in?done=out"


def test_what_the_gate_does_not_take_is_said_to_the_page_in_its_language(on_sqlite: None) -> None:
    by_script = {"accept": "application/json", "accept-language": "de"}
    with browser("https://evil.example") as web:
        foreign = web.post("/sign-in", data={"email": NORA}, headers=by_script)
    with browser() as web:
        too_much = web.post("/sign-in", data={"email": "x" * (MOST_BODY + 1)}, headers=by_script)
        plain = web.post("/sign-in", data={"email": "x" * (MOST_BODY + 1)})
    assert (foreign.status_code, too_much.status_code, plain.status_code) == (403, 413, 413)
    for answer in (foreign, too_much):
        assert answer.json()["words"] not in {"", plain.text}
    assert plain.headers["content-type"].startswith("text/plain")


def test_a_fault_of_ours_is_said_in_the_readers_language(on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(service, "sign_in", broken)
    with TestClient(
        outer_gate(posts()), base_url=ORIGIN, headers={"origin": ORIGIN, "accept-language": "de"}, raise_server_exceptions=False
    ) as web:
        plain = web.post("/sign-in", data={})
        told = web.post("/sign-in", data={}, headers={"accept": "application/json"})
    assert (plain.status_code, told.status_code) == (500, 500)
    assert plain.text == told.json()["words"] == say("de", "Something went wrong here. Nothing was changed; please try again.")


def test_the_passwords_are_in_no_log(web: TestClient, person: NewPerson, capfd: pytest.CaptureFixture[str]) -> None:
    person("Nora Bell", NORA)
    sign_in(web)
    sign_in(web, "marker password one")
    web.post("/forgotten", data={"email": "marker@example.org"})
    written = "".join(capfd.readouterr())
    for secret in (GOOD, "marker", NORA):
        assert secret not in written
