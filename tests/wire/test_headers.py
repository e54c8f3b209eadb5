"""The headers on every answer, and what the pages may load and run."""

import base64
import hashlib
from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from portal.access.headers import content_security_policy, inline_script_hashes, is_hashed
from tests.wire.conftest import Server

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("HEAD", "/"), ("GET", "/nowhere"), ("GET", "/broken"), ("GET", "/ping"), ("POST", "/"), ("OPTIONS", "/"), ("PUT", "/"),
     ("GET", "/assets/entry-AbCd1234.js"), ("GET", "/favicon.svg"), ("POST", "/said"), ("GET", "/_event/")],
)  # fmt: skip
def test_every_answer_carries_the_headers(server: Server, method: str, path: str) -> None:
    headers = server.client.ask(method, path).headers
    assert EVERYWHERE.items() <= headers.items()
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize(("path", "origin"), [("/_event/", "https://evil.example"), ("/elsewhere", "")])
def test_a_refused_handshake_carries_them_too(server: Server, path: str, origin: str) -> None:
    address = f"ws://127.0.0.1:{server.port}{path}?EIO=4&transport=websocket&token=0190f3b2-aaaa"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, origin=origin or server.origin, proxy=None, open_timeout=10)  # type: ignore[arg-type]
    answer = refused.value.response
    assert answer.status_code == 403
    assert set(EVERYWHERE) <= {name.lower() for name in answer.headers}


def test_without_the_envelope_there_are_none(without: Callable[..., Server]) -> None:
    assert "content-security-policy" not in without("envelope").client.ask("GET", "/").headers


def test_a_pages_policy_names_its_own_inline_scripts_only(server: Server) -> None:
    home, nowhere = (server.client.ask("GET", path) for path in ("/", "/nowhere"))
    assert _hash("window.home = 1 < 2") in home.headers["content-security-policy"]
    assert _hash("window.nowhere = true") in nowhere.headers["content-security-policy"]
    assert _hash("window.nowhere = true") not in home.headers["content-security-policy"]
    assert _hash("window.nowhere = true") in server.client.ask("GET", "/c/1/goals").headers["content-security-policy"]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_is_the_decided_one() -> None:
    assert content_security_policy("https://portal.example", ["'sha256-x'"]).split("; ") == [
        "default-src 'none'",
        "script-src 'self' 'sha256-x'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self' wss://portal.example",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "upgrade-insecure-requests",
    ]


def test_inline_scripts_are_found_as_a_browser_finds_them() -> None:
    page = (
        "<script>a < b && c > d; '</div>'</script><script src='/x.js'></script><script type=module>\nimport 'x'\n</script>"
        "<script type='application/json'>{}</script><SCRIPT ID=x>&amp;</SCRIPT><p>text</p>"
    )
    assert inline_script_hashes(page) == sorted(map(_hash, ("a < b && c > d; '</div>'", "\nimport 'x'\n", "&amp;")))


def test_pages_are_not_kept_and_hashed_files_are(server: Server) -> None:
    keeping = {path: server.client.ask("GET", path).headers["cache-control"] for path in ("/", "/nowhere", "/assets/entry-AbCd1234.js", "/favicon.svg")}
    assert keeping == {
        "/": "no-store",
        "/nowhere": "no-store",
        "/assets/entry-AbCd1234.js": "public, max-age=31536000, immutable",
        "/favicon.svg": "no-cache",
    }
    assert server.client.ask("GET", "/assets/gone-AbCd1234.js").headers["cache-control"] == "no-store"


def test_a_name_is_hashed_only_if_it_carries_a_hash() -> None:
    assert is_hashed("/assets/entry.client-Cuv6UKoY.js")
    assert is_hashed("/assets/manifest-a77aeda8.js")
    assert not is_hashed("/fonts/text-face.woff2")
    assert not is_hashed("/assets/portal.css")


def test_on_https_cookies_are_bound_to_the_host_and_browsers_come_back_by_tls(own_server: Callable[..., Server]) -> None:
    server = own_server(RAPPORT_PUBLIC_URL="https://portal.example")
    answer = server.client.ask("GET", "/")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["set-cookie"].startswith("__Host-visitor=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "wss://portal.example" in answer.headers["content-security-policy"]
    heard = server.client.open(cookie="__Host-" + server.cookie("client"))
    plain = server.client.open(cookie=server.cookie("client"))
    for socket in (heard, plain):
        socket.call("reflex___state____state.tests___wire___lab____diary.peeked")
        socket.listen(2, until="authorization ")
    assert server.people["client"]["session"] in heard.text
    assert server.people["client"]["session"] not in plain.text
    assert "plain address" not in server.log()


def test_on_plain_http_a_practice_keeps_the_protected_names_and_others_are_warned(own_server: Callable[..., Server], server: Server) -> None:
    assert "plain address" in server.log()
    practice = own_server(RAPPORT_MODE="production")
    assert practice.client.ask("GET", "/").headers["set-cookie"].startswith("__Host-visitor=")
