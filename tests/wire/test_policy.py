"""The browser calls what a marker allows, with arguments as the annotations say, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.client import Socket
from tests.wire.conftest import DIARY, Server

DELTA = '"event",{"delta":{"reflex___state____state.tests___wire___lab____diary"'


def _settle(socket: Socket, seconds: float = 0.5) -> str:
    """What was heard after everything before was answered."""
    before = len(socket.heard)
    socket.listen(seconds)
    return "\n".join(socket.heard[before:])


def test_a_handler_without_a_marker_is_out_of_reach(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.promoted")
    assert "promoted" not in _settle(socket)


def test_the_server_itself_may_call_it(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.chained")
    assert '"promoted"' in socket.listen(2, until='"promoted"')


def test_without_markers_every_handler_is_a_remote_call(without: Callable[..., Server]) -> None:
    socket = without("policy").client.open()
    socket.call(f"{DIARY}.promoted")
    assert '"promoted"' in socket.listen(2, until='"promoted"')


def test_who_is_not_signed_in_calls_only_what_anyone_may(server: Server) -> None:
    socket = server.client.open()
    socket.call(f"{DIARY}.written", {"text": "by nobody"})
    assert "by nobody" not in _settle(socket)
    socket.call(f"{DIARY}.remembered", {"text": "by anyone"})
    assert "by anyone" in socket.listen(2, until="by anyone")


WRONG: list[Any] = [
    {"label": "x", "points": "7"},
    {"label": "x", "points": 7.5},
    {"label": "x", "points": True},
    {"label": "x", "points": None},
    {"label": "x", "points": [7]},
    {"label": "x", "points": 10**30},
    {"label": 5, "points": 7},
    {"label": None, "points": 7},
    {"label": {"a": "b"}, "points": 7},
    {"label": ["x"], "points": 7},
    {"label": "x"},
    {"points": 7},
    {},
    {"label": "x", "points": 7, "extra": 1},
    {"label": "x" * 21, "points": 7},
    {"label": "\ud800", "points": 7},
    {"label": {"__reflex_form_data__": [["label", "x"]]}, "points": 7},
    {"label": {"__reflex_form_data__": 5}, "points": 7},
    [],
    "label",
    7,
]


def test_arguments_that_do_not_fit_are_dropped(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    for payload in WRONG:
        socket.call(f"{DIARY}.rated", payload)
        assert DELTA not in _settle(socket, 0.15), payload
    socket.call(f"{DIARY}.rated", {"label": "fits", "points": 7})
    assert "str int" in socket.listen(2, until="str int")


@pytest.mark.parametrize(("text", "too_long"), [("x" * 20_001, True), (7, False), (["x"], False), ("\ud800", False)])
def test_the_page_is_told_which_operation_was_not_taken(server: Server, text: Any, too_long: bool) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.posted", {"text": text, "op": "0190f3b2-0000"})
    expected = f"turned away 0190f3b2-0000 {too_long}"
    assert expected in socket.listen(2, until=expected)


def test_only_the_server_says_so(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.turned_away", {"op": "0190f3b2-0000", "too_long": True})
    for op in (5, None, "<b>", "x" * 65):
        socket.call(f"{DIARY}.posted", {"text": 7, "op": op})
    assert "turned away" not in _settle(socket)


def test_a_refused_argument_leaves_only_the_handlers_name_in_the_log(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.rated", {"label": "marker-in-an-argument-that-is-too-long", "points": 7})
    socket.listen(0.5)
    assert "diary.rated" in server.log()
    assert "marker-in-an-argument" not in server.log()


@pytest.mark.parametrize("payload", [{"label": ["a", "list"], "points": {"of": "things"}}, {"label": "x" * 200, "points": 1}])
def test_without_the_check_arguments_of_any_type_arrive(without: Callable[..., Server], payload: dict[str, Any]) -> None:
    server = without("arguments")
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.rated", payload)
    expected = f"{type(payload['label']).__name__} {type(payload['points']).__name__}"
    assert expected in socket.listen(2, until=expected)
