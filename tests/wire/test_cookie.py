"""The session's cookie stays at the gate: neither a state nor a log ever holds it."""

from collections.abc import Callable

from tests.wire.conftest import DIARY, Server

KEPT = {"asgi-scope-client", "accept-language", "authorization", "connection", "host", "origin", "sec-websocket-version", "upgrade"}


def _peek(server: Server) -> str:
    cookie = f"{server.cookie('client')}; other=thing"
    socket = server.client.open(cookie=cookie, headers={"X-Forwarded-User": "somebody", "User-Agent": "Distinct/1.0"})
    socket.call(f"{DIARY}.peeked")
    return socket.listen(3, until="authorization ")


def test_the_state_never_holds_the_cookie(server: Server) -> None:
    heard = _peek(server)
    assert f"authorization {server.people['client']['session']}" in heard
    for word in (server.people["client"]["cookie"], "other=thing", "somebody", "Distinct/1.0"):
        assert word not in heard


def test_without_the_stripping_the_state_holds_it(without: Callable[..., Server]) -> None:
    server = without("cookie")
    assert server.people["client"]["cookie"] in _peek(server)


def test_a_session_cannot_be_claimed_in_a_header(server: Server) -> None:
    claimed = server.people["therapist"]["session"]
    for cookie in ("", server.cookie("client")):
        socket = server.client.open(cookie=cookie, headers={"Authorization": claimed})
        socket.call(f"{DIARY}.peeked")
        assert claimed not in socket.listen(1, until="authorization ")


def test_two_session_cookies_are_none(server: Server) -> None:
    """A neighbour that can set cookies adds its own; then nobody knows which one the person meant."""
    socket = server.client.open(cookie=f"{server.cookie('client')}; {server.cookie('thief')}")
    socket.call(f"{DIARY}.peeked")
    heard = socket.listen(2, until="authorization ")
    assert "authorization " in heard
    assert server.people["client"]["session"] not in heard
    assert server.people["thief"]["session"] not in heard


def test_no_cookie_reaches_the_log_when_things_go_wrong(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"), auth={"event": {"name": "no.such.thing"}}, boot=False)
    socket.call(f"{DIARY}.broke", {"text": "marker-of-a-failed-handler"})
    socket.call("no.such.handler", {"text": "marker-of-an-unknown-handler"})
    socket.emit("event", "marker-of-a-wrong-shape")
    socket.listen(1)
    log = server.log()
    assert "a handler failed" in log
    assert "an unknown event was dropped" in log
    assert "marker-of" not in log
    assert server.people["client"]["cookie"] not in log


def test_stock_reflex_logs_what_people_wrote(stock: Server) -> None:
    socket = stock.client.open(cookie=stock.cookie("client"))
    socket.call(f"{DIARY}.broke", {"text": "marker-of-a-failed-handler"})
    socket.call("no.such.handler", {"text": "marker-of-an-unknown-handler"})
    socket.listen(1)
    assert "marker-of-a-failed-handler" in stock.log()
    assert stock.people["client"]["cookie"] in stock.log()
