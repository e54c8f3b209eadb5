"""A tab's state belongs to a session: whoever learns or guesses the tab's token opens nothing with it."""

from collections.abc import Callable

import pytest

from tests.wire.conftest import DIARY, Server

SECRET = "the thing I never said"


def _write(server: Server, person: str = "client", token: str = "") -> str:
    socket = server.client.open(cookie=server.cookie(person) if person else "", token=token)
    socket.call(f"{DIARY}.remembered", {"text": SECRET})
    assert SECRET in socket.listen(3, until=SECRET)
    socket.close()
    return socket.token


def test_stolen_token_opens_nothing_without_the_cookie(server: Server) -> None:
    token = _write(server)
    assert SECRET not in server.client.open(token=token).listen(0.5)


def test_stolen_token_opens_nothing_in_another_persons_session(server: Server) -> None:
    token = _write(server)
    assert SECRET not in server.client.open(token=token, cookie=server.cookie("thief")).listen(0.5)


def test_the_owner_finds_the_state_again(server: Server) -> None:
    token = _write(server)
    assert SECRET in server.client.open(token=token, cookie=server.cookie("client")).listen(1, until=SECRET)


def test_state_from_before_sign_in_is_gone_after_it(server: Server) -> None:
    cookie = "visitor=one"
    socket = server.client.open(cookie=cookie)
    socket.call(f"{DIARY}.remembered", {"text": SECRET})
    assert SECRET in socket.listen(3, until=SECRET)
    socket.close()
    signed_in = server.client.open(token=socket.token, cookie=f"{cookie}; {server.cookie('client')}")
    assert SECRET not in signed_in.listen(0.5)


def test_without_the_state_key_a_stolen_token_opens_everything(without: Callable[..., Server]) -> None:
    server = without("state key")
    token = _write(server)
    assert SECRET in server.client.open(token=token).listen(1, until=SECRET)


def test_signed_out_visitors_token_opens_nothing_in_another_browser(server: Server) -> None:
    socket = server.client.open(cookie="visitor=one")
    socket.call(f"{DIARY}.remembered", {"text": SECRET})
    socket.listen(3, until=SECRET)
    socket.close()
    for cookie in ("", "visitor=two", "visitor="):
        assert SECRET not in server.client.open(token=socket.token, cookie=cookie).listen(0.3)
    assert SECRET in server.client.open(token=socket.token, cookie="visitor=one").listen(1, until=SECRET)


def test_without_the_visitors_mark_that_token_opens_the_state(without: Callable[..., Server]) -> None:
    server = without("visitor")
    token = _write(server, person="")
    assert SECRET in server.client.open(token=token).listen(1, until=SECRET)


def test_a_page_marks_a_browser_that_has_no_cookie(server: Server) -> None:
    given = server.client.ask("GET", "/").headers["set-cookie"]
    assert given.startswith("visitor=")
    assert "HttpOnly" in given
    assert "SameSite=strict" in given
    assert "set-cookie" not in server.client.ask("GET", "/", Cookie="visitor=one").headers
    assert "set-cookie" not in server.client.ask("GET", "/favicon.svg").headers


def test_the_key_of_another_state_is_no_token(server: Server) -> None:
    """The key that Reflex keeps a state under, and the name of any linked state, is out of reach as a token."""
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.remembered", {"text": SECRET})
    socket.listen(3, until=SECRET)
    key = socket.text.partition('"client_token":"')[2].partition('"')[0]
    socket.close()
    assert len(key) == 64
    assert key != socket.token
    for cookie in ("", server.cookie("client")):
        assert SECRET not in server.client.open(token=key, cookie=cookie).listen(0.5)


@pytest.mark.parametrize("query", ["token=aaaaaaaaaa&token=bbbbbbbbbb", "token=", "token=a_b_c_d_e_f", "token=" + "x" * 65, "token=%00%00%00%00%00%00%00%00"])
def test_odd_tokens_are_refused(server: Server, query: str) -> None:
    answer = server.client.ask(
        "GET", f"/_event/?EIO=4&transport=websocket&{query}", Origin=server.origin, Connection="Upgrade",
        Upgrade="websocket", Sec_WebSocket_Version="13", Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip
    assert answer.status == 403
