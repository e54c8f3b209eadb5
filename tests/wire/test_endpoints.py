"""Only what is needed exists; everything else is the same proper 404."""

from collections.abc import Callable

import pytest
from reflex_base.constants.event import Endpoint

from tests.wire.conftest import Server

GONE = [str(endpoint) for endpoint in Endpoint if endpoint is not Endpoint.EVENT]


@pytest.mark.parametrize("path", [*GONE, "/_upload/file.txt", "/_event", "/_event/", "/_event/?EIO=4&transport=polling", "/_all_routes", "/_anything"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_reflexes_other_endpoints_are_not_there(server: Server, method: str, path: str) -> None:
    answer = server.client.ask(method, path, body=b"{}" if method == "POST" else None, Origin=server.origin)
    assert answer.status == 404
    assert "window.nowhere" in answer.body


def test_without_that_the_server_tells_about_itself(without: Callable[..., Server]) -> None:
    server = without("endpoints")
    assert server.client.ask("GET", "/ping").body == '"pong"'
    assert "status" in server.client.ask("GET", "/_health").body


@pytest.mark.parametrize("path", ["/nowhere", "/c", "/c/1", "/c/1/goals/2/3/4", "/404", "/index", "/assets/none.js", "/..%2f..%2fetc/passwd", "/%00", "/a%5cb", "/" + "a" * 3_000])
def test_unknown_addresses_get_our_page_and_a_404(server: Server, path: str) -> None:
    answer = server.client.ask("GET", path)
    assert answer.status == 404
    assert "window.nowhere" in answer.body


@pytest.mark.parametrize("path", ["/", "/c/1/goals", "/c/0190f3b2-0000-7000-8000-000000000000/goals"])
def test_pages_of_the_router_are_found(server: Server, path: str) -> None:
    assert server.client.ask("GET", path).status == 200


def test_no_page_lists_the_pages(server: Server) -> None:
    for path in ("/sitemap.xml", "/robots.txt", "/routes.json", "/.env", "/assets/"):
        assert server.client.ask("GET", path).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    answer = server.client.ask(method, "/", Origin=server.origin)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_a_body_over_the_limit_is_refused(server: Server) -> None:
    assert server.client.ask("POST", "/said", body=b"x" * 70_000, Origin=server.origin).status == 413
    assert server.client.ask("POST", "/said", body=b"x" * 60_000, Origin=server.origin).status == 200


def test_without_the_limit_any_body_is_read(without: Callable[..., Server]) -> None:
    server = without("body")
    assert server.client.ask("POST", "/said", body=b"x" * 1_000_000, Origin=server.origin).status == 200


def test_a_fault_shows_nothing(server: Server) -> None:
    answer = server.client.ask("GET", "/broken")
    assert answer.status == 500
    assert "marker-of-a-broken-route" not in answer.body
    assert "content-security-policy" in answer.headers
    assert "marker-of-a-broken-route" not in server.log()


def test_an_answer_never_repeats_a_made_up_host(server: Server) -> None:
    answer = server.client.ask("GET", "/assets", Host="evil.example")
    assert "evil.example" not in answer.body + str(answer.headers)


def test_another_name_of_this_machine_leads_to_the_portals_address(server: Server) -> None:
    answer = server.client.ask("GET", "/c/1/goals?a=b", Host=f"127.0.0.1:{server.port}", Accept="text/html")
    assert answer.status == 307
    assert answer.headers["location"] == f"{server.origin}/c/1/goals?a=b"
