"""What a socket may say: known words, in known shapes, not too much and not too fast."""

import json
import time
from collections.abc import Callable

from portal.access import wire
from tests.wire.client import BOOT, STATE, Refused, Socket
from tests.wire.conftest import DIARY, Server


def _calls(socket: Socket) -> int:
    """How often the counter was heard to count."""
    return max((int(part.split(",")[0].split("}")[0]) for part in socket.text.split('"calls_rx_state_":')[1:]), default=0)


def test_an_unknown_event_is_dropped_and_not_quoted(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call("reflex___state____state.marker_of_an_unknown_event", {"text": "marker-in-its-payload"})
    socket.listen(0.5)
    assert "an unknown event was dropped" in server.log()
    assert "marker_of_an_unknown_event" not in server.log()
    assert "marker-in-its-payload" not in server.log()


def test_without_the_filter_an_unknown_event_is_quoted(own_server: Callable[..., Server]) -> None:
    server = own_server("event", "logs")
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call("reflex___state____state.marker_of_an_unknown_event", {"text": "marker-in-its-payload"})
    socket.listen(1)
    assert "marker_of_an_unknown_event" in server.log() or "marker-in-its-payload" in server.log()


EXTRA = {"pathname": "/", "asPath": "/", "query": {"a": "b"}, "headers": {"authorization": "forged"}, "ip": "9.9.9.9", "planted": "for good"}


def test_only_three_router_keys_are_kept(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.peeked", router_data=EXTRA)
    heard = socket.listen(2, until="authorization ")
    assert "planted" not in heard
    assert "forged" not in heard
    assert "9.9.9.9" not in heard


def test_without_the_filter_a_planted_key_stays_in_the_state(without: Callable[..., Server]) -> None:
    socket = without("event").client.open()
    socket.call(f"{DIARY}.counted", router_data=EXTRA)
    socket.call(f"{DIARY}.peeked")
    assert "planted" in socket.listen(2, until="authorization ")


def test_a_page_at_an_address_that_leads_nowhere_is_heard_too(server: Server) -> None:
    """Reflex's page sends such an address in pieces as well; those are not kept."""
    socket = server.client.open(cookie=server.cookie("client"))
    nowhere = {"pathname": "/no/such/page", "asPath": "/no/such/page", "query": {"splat": ["no", "such", "page"]}}
    socket.call(f"{DIARY}.peeked", router_data=nowhere)
    heard = socket.listen(2, until="/no/such/page")
    assert "/no/such/page" in heard
    assert "splat" not in heard


def test_router_data_of_a_wrong_shape_drops_the_event(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    wrong = [
        {"pathname": 5}, {"pathname": "no-slash"}, {"asPath": ["/"]}, {"query": "a=b"}, {"query": {"a": {"b": "c"}}},
        {"query": {"a": "x" * 3_000}}, {"pathname": "/" + "x" * 3_000}, [], "/",
    ]  # fmt: skip
    for router_data in wrong:
        socket.emit("event", {"name": f"{DIARY}.counted", "payload": {}, "router_data": router_data or ["x"]})
    socket.listen(0.7)
    assert _calls(socket) == 0


def test_a_handshake_cannot_be_forged_as_an_event(server: Server) -> None:
    """python-socketio hands an event called "connect" to the method for handshakes, in the sender's own words."""
    socket = server.client.open()
    _forge_handshake(socket, server)
    assert socket.ended()
    assert server.people["therapist"]["session"] not in socket.text


def test_without_both_checks_a_forged_handshake_makes_anybody_the_therapist(without: Callable[..., Server]) -> None:
    server = without("speech", "forgery")
    socket = server.client.open()
    _forge_handshake(socket, server)
    socket.call(f"{DIARY}.peeked")
    assert f"authorization {server.people['therapist']['session']}" in socket.listen(2, until="authorization ")


def test_the_namespace_alone_refuses_the_forgery(without: Callable[..., Server]) -> None:
    server = without("speech")
    socket = server.client.open()
    _forge_handshake(socket, server)
    socket.call(f"{DIARY}.peeked")
    heard = socket.listen(2, until="authorization ")
    assert "authorization " in heard
    assert server.people["therapist"]["session"] not in heard


def _forge_handshake(socket: Socket, server: Server) -> None:
    """Header names are bytes, which JSON does not know; Socket.IO's binary attachments carry them."""
    blanks = [{"_placeholder": True, "num": number} for number in range(2)]
    environ = {"QUERY_STRING": "token=chosen-by-the-thief", "asgi.scope": {"headers": [blanks], "client": ["1.2.3.4", 5]}}
    socket.say(f'452-/_event,{json.dumps(["connect", environ])}')
    socket.say(b"authorization")
    socket.say(server.people["therapist"]["session"].encode())


def test_other_words_end_the_socket(server: Server) -> None:
    for frame in (
        '42/_event,["disconnect"]', '42/_event,["message","x"]', '42/_event,["ev\\u0065nt",{}]', '42["event",{}]', '42/other,["event",{}]',
        '42/_event,7["event",{}]', "43/_event,1[]", "40/other,", "40", "5", "6", "2probe", "nonsense", "", '45/_event,1-["event",{"_placeholder":true,"num":0}]',
        "[" * 60_000, "4", "42", '42/_event,["event"',
    ):  # fmt: skip
        socket = server.client.open(cookie=server.cookie("client"))
        socket.say(frame)
        assert socket.ended(), frame
        assert socket.closed_with == 1008


def test_a_second_handshake_on_the_same_wire_ends_it(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.say("40/_event,{}")
    assert socket.ended()


def test_binary_frames_end_the_socket(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.say(b"\x00\x01")
    assert socket.ended()
    assert socket.closed_with == 1003


def test_a_message_over_64_kilobytes_ends_the_socket(server: Server) -> None:
    for letter, count in (("x", 66_000), ("ä", 33_000), ("😀", 17_000)):
        socket = server.client.open(cookie=server.cookie("client"))
        socket.say(f'42/_event,["event",{json.dumps({"name": f"{DIARY}.remembered", "payload": {"text": letter * count}}, ensure_ascii=False)}]')
        assert socket.ended()
        assert socket.closed_with == 1009


def test_without_the_limit_a_large_message_arrives(without: Callable[..., Server]) -> None:
    server = without("size", "arguments")
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.remembered", {"text": "x" * 900_000})
    assert "x" * 900_000 in socket.listen(5, until="xxx")


def test_a_flood_is_held_back(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    began = time.monotonic()
    for _ in range(250):
        socket.call(f"{DIARY}.counted")
    sent = time.monotonic() - began
    socket.listen(0.5, until=f'"calls_rx_state_":{wire.BURST - 10}')
    socket.listen(0.5)
    assert wire.BURST - 10 <= _calls(socket) <= wire.BURST + wire.PER_SECOND * (sent + 1)


def test_who_goes_on_flooding_is_cut_off(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    for _ in range(800):
        socket.call(f"{DIARY}.counted")
    assert socket.ended()


def test_without_the_allowance_a_flood_goes_through(without: Callable[..., Server]) -> None:
    socket = without("rate").client.open()
    for _ in range(150):
        socket.call(f"{DIARY}.counted")
    socket.listen(3, until='"calls_rx_state_":150')
    assert _calls(socket) == 150


def test_one_address_cannot_open_sockets_without_end(own_server: Callable[..., Server]) -> None:
    """Its own server, because the allowance of this machine's address is used up afterwards."""
    server = own_server()
    refused, began = 0, time.monotonic()
    for _ in range(250):
        try:
            server.client.open(namespace=False).close()
        except Refused:
            refused += 1
    taken = time.monotonic() - began
    assert refused >= 250 - wire.ANONYMOUS_BURST - wire.ANONYMOUS_PER_SECOND * (taken + 5)
    assert "is_hydrated" in server.client.open(cookie=server.cookie("client")).text


def test_what_a_page_reports_is_not_quoted(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.emit("client_error", {"error_type": "marker-of-a-type", "message": "marker-of-a-message", "substate": "marker-of-a-state"})
    socket.emit("client_error")
    socket.emit("client_error", "marker-of-a-text")
    socket.call(f"{STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception", {"info": "marker-of-info", "component_stack": "x"})
    socket.listen(0.5)
    assert "a page reported a fault" in server.log()
    assert "marker-of" not in server.log()


def test_without_that_the_page_writes_the_log(without: Callable[..., Server]) -> None:
    server = without("page fault", "event")
    socket = server.client.open()
    socket.emit("client_error", {"error_type": "x", "message": "marker-of-a-message"})
    socket.listen(0.5)
    assert "page reported" in server.log()


def test_the_first_event_obeys_the_same_rules(server: Server) -> None:
    """It rides in the handshake."""
    auth = {"event": {"name": f"{DIARY}.promoted", "payload": {}, "router_data": {"pathname": "/", "asPath": "/"}}}
    socket = server.client.open(cookie=server.cookie("client"), auth=auth, boot=False)
    assert "promoted" not in socket.listen(0.5)
    auth["event"]["name"] = BOOT
    auth["event"]["payload"] = {"vars": {f"{DIARY}.entry_rx_state_": "planted"}}
    socket = server.client.open(cookie=server.cookie("client"), auth=auth, boot=False)
    assert "planted" not in socket.listen(0.5)
