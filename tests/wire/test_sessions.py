"""A socket does not outlive its session."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from portal.access.gateway import SWEEP_SECONDS
from tests.wire.client import BOOT, Socket
from tests.wire.conftest import DIARY, Server

ENDS: dict[str, Callable[[Server], None]] = {
    "revoked": lambda server: server.revoke("client"),
    "idle for too long": lambda server: server.age("client", "last_seen_at", 31),
    "too old": lambda server: server.age("client", "created_at", 24 * 60 + 1),
    "deactivated": lambda server: server.sql("UPDATE person SET deactivated_at = '2026-01-01 00:00:00.000000'"),
}


@pytest.fixture(autouse=True)
def _everybody_active(server: Server) -> None:
    server.sql("UPDATE person SET deactivated_at = NULL")


def _open(server: Server) -> Socket:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.written", {"text": "while signed in"})
    socket.listen(2, until="while signed in")
    return socket


@pytest.mark.parametrize("way", ENDS)
def test_an_ended_sessions_event_changes_nothing(server: Server, way: str) -> None:
    socket = _open(server)
    ENDS[way](server)
    socket.call(f"{DIARY}.written", {"text": "after the end"})
    socket.call(f"{DIARY}.remembered", {"text": "after the end"})
    heard = socket.listen(1.5, until="state_mismatch")
    assert "after the end" not in heard
    assert '"state_mismatch"' in heard  # the page's cue to load itself again, and find itself signed out


def test_an_ended_sessions_page_is_shown_nothing_again(server: Server) -> None:
    socket = _open(server)
    server.revoke("client")
    before = len(socket.heard)
    socket.call("reflex___state____state.hydrate_and_load")
    socket.listen(1)
    assert "while signed in" not in "\n".join(socket.heard[before:])


def test_without_the_check_a_socket_outlives_its_session(without: Callable[..., Server]) -> None:
    server = without("session", "sweep")
    socket = _open(server)
    server.revoke("client")
    socket.call(f"{DIARY}.written", {"text": "after the end"})
    assert "after the end" in socket.listen(2, until="after the end")


def test_a_silent_socket_of_an_ended_session_is_closed(server: Server) -> None:
    socket, other = _open(server), server.client.open(cookie=server.cookie("therapist"))
    server.revoke("client")
    assert socket.ended()
    assert "state_mismatch" in socket.text
    assert not other.ended(0.3)


def test_without_the_sweep_a_silent_socket_stays_open(without: Callable[..., Server]) -> None:
    server = without("sweep")
    socket = _open(server)
    socket.listen(SWEEP_SECONDS + 1)  # a sweep that was under way
    server.revoke("client")
    assert not socket.ended(5)


def test_an_ended_session_opens_a_socket_of_nobody(server: Server) -> None:
    server.revoke("client")
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.written", {"text": "after the end"})
    socket.call(f"{DIARY}.peeked")
    heard = socket.listen(2, until="authorization ")
    assert "after the end" not in heard
    assert server.people["client"]["session"] not in heard


def test_watching_alone_does_not_keep_a_session_alive(server: Server) -> None:
    socket = _open(server)
    server.age("client", "last_seen_at", 29)
    assert not socket.ended(3)
    server.age("client", "last_seen_at", 31)
    assert socket.ended()


def test_acting_keeps_a_session_alive(server: Server) -> None:
    socket = _open(server)
    server.age("client", "last_seen_at", 29)
    socket.call(f"{DIARY}.counted")
    socket.listen(0.5, until='"calls_rx_state_":2')
    assert server.seen("client") < 60


def test_a_page_opens_while_another_process_holds_the_database(server: Server) -> None:
    """Noting when a session was last seen needs a lock; the first event must not be lost for it."""
    server.age("client", "last_seen_at", 2)
    with closing(sqlite3.connect(server.folder / "data" / "rapport.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        socket = server.client.open(cookie=server.cookie("client"))
        assert '"is_hydrated_rx_state_":true' in socket.listen(1, until='"is_hydrated_rx_state_":true')
        other.execute("ROLLBACK")
    assert server.seen("client") > 60
    assert not socket.ended(0.1)


def test_a_page_whose_session_cannot_be_read_is_made_to_ask_again(server: Server) -> None:
    socket = _open(server)
    server.sql("ALTER TABLE person RENAME TO out_of_reach")
    try:
        socket.call(BOOT)
        assert socket.ended()
        assert "state_mismatch" not in socket.text, "the page must not load anew: what was typed would be gone"
    finally:
        server.sql("ALTER TABLE out_of_reach RENAME TO person")
    again = server.client.open(cookie=server.cookie("client"), token=socket.token)
    assert "while signed in" in again.listen(1, until="while signed in")
