"""Only the portal's own pages open the socket and send forms; no other origin is granted anything."""

from collections.abc import Callable

import pytest

from tests.wire.client import Refused
from tests.wire.conftest import Server

FOREIGN = ["https://evil.example", "null", "", "http://localhost", "http://localhost:1", "https://localhost:{port}"]


def _foreign(server: Server) -> list[str | None]:
    near = [origin.format(port=server.port) for origin in FOREIGN if origin]
    return [None, *near, f"{server.origin}.evil.example", f"{server.origin}/", server.origin.upper()]


def test_other_origins_cannot_open_the_socket(server: Server) -> None:
    for origin in _foreign(server):
        with pytest.raises(Refused):
            server.client.open(origin=origin, cookie=server.cookie("client"))


def test_a_second_origin_header_does_not_help(server: Server) -> None:
    with pytest.raises(Refused):
        server.client.open(headers={"Origin": "https://evil.example"}, cookie=server.cookie("client"))


def test_without_the_check_an_origin_that_is_missing_opens_the_socket(without: Callable[..., Server]) -> None:
    server = without("origin")
    assert "is_hydrated" in server.client.open(origin=None, cookie=server.cookie("client")).text


def test_stock_reflex_lets_every_origin_in(stock: Server) -> None:
    """The app's own setting names one origin; even so a missing one passes."""
    assert "is_hydrated" in stock.client.open(origin=None).text


def test_no_answer_grants_anything_to_another_origin(server: Server) -> None:
    for method, path in (("GET", "/"), ("GET", "/nowhere"), ("GET", "/_event/"), ("POST", "/"), ("OPTIONS", "/"), ("OPTIONS", "/_event/")):
        for origin in ("https://evil.example", server.origin):
            answer = server.client.ask(method, path, Origin=origin, Access_Control_Request_Method="POST")
            assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_without_the_envelope_reflex_grants_credentials(without: Callable[..., Server]) -> None:
    server = without("envelope")
    answer = server.client.ask("GET", "/", Origin=server.origin)
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_a_form_of_another_site_is_refused(server: Server) -> None:
    for origin in _foreign(server):
        given = {} if origin is None else {"Origin": origin}
        assert server.client.ask("POST", "/said", body=b"text=hello", **given).status == 403
    assert server.client.ask("POST", "/said", body=b"text=hello", Origin=server.origin).body == "said text=hello"


def test_without_the_check_a_form_of_another_site_is_taken(without: Callable[..., Server]) -> None:
    assert without("origin").client.ask("POST", "/said", body=b"text=hello", Origin="https://evil.example").status == 200


def test_the_refusal_is_said_in_the_readers_language(server: Server) -> None:
    answer = server.client.ask("POST", "/said", body=b"", Accept_Language="en")
    assert answer.body == "This was not sent from a page of this portal. Please open the portal again and try once more."
