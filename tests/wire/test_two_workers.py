"""The same attacks on two worker processes that share Redis: nothing but the environment differs."""

from collections.abc import Callable

import pytest
from redis import Redis

from tests.servers import RedisServer
from tests.wire.client import Socket
from tests.wire.conftest import DIARY, Server

SECRET = "what stays between the two of us"
MANY = 6
"""So many sockets meet both workers, except once in 64 runs; then they met one and found nothing either."""


@pytest.fixture(autouse=True)
def _everybody_signed_in_there(request: pytest.FixtureRequest) -> None:
    if "two_workers" in request.fixturenames:
        for person in (running := request.getfixturevalue("two_workers")).people:
            running.restore(person)


@pytest.fixture
def two_without(own_server: Callable[..., Server], redis_server: RedisServer) -> Callable[..., Server]:
    """Two workers with mitigations switched off."""
    Redis.from_url(redis_server.url).flushall()
    return lambda *names: own_server(*names, workers=2, RAPPORT_REDIS_URL=redis_server.url)


def _write(server: Server) -> str:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.call(f"{DIARY}.remembered", {"text": SECRET})
    assert SECRET in socket.listen(5, until=SECRET)
    socket.close()
    return socket.token


def _heard(server: Server, token: str, cookie: str = "") -> str:
    return "".join(server.client.open(token=token, cookie=cookie).listen(0.3) for _ in range(MANY))


def _stored(redis_server: RedisServer) -> bytes:
    redis = Redis.from_url(redis_server.url)
    return b"".join(key + (redis.get(key) or b"" if redis.type(key) == b"string" else b"") for key in redis.scan_iter())


def test_stolen_token_opens_nothing_on_either_worker(two_workers: Server) -> None:
    token = _write(two_workers)
    assert SECRET not in _heard(two_workers, token)
    assert SECRET not in _heard(two_workers, token, two_workers.cookie("thief"))
    assert SECRET in two_workers.client.open(token=token, cookie=two_workers.cookie("client")).listen(2, until=SECRET)


def test_without_the_state_key_it_opens_everything(two_without: Callable[..., Server]) -> None:
    server = two_without("state key")
    assert SECRET in _heard(server, _write(server))


def test_redis_never_holds_the_cookie(two_workers: Server, redis_server: RedisServer) -> None:
    _write(two_workers)
    stored = _stored(redis_server)
    assert SECRET.encode() in stored  # so what is not found would have been
    assert two_workers.people["client"]["cookie"].encode() not in stored


def test_without_the_stripping_redis_holds_the_cookie(two_without: Callable[..., Server], redis_server: RedisServer) -> None:
    server = two_without("cookie")
    _write(server)
    assert server.people["client"]["cookie"].encode() in _stored(redis_server)


def test_sign_out_closes_the_sockets_of_both_workers(two_workers: Server) -> None:
    sockets = [two_workers.client.open(cookie=two_workers.cookie("client")) for _ in range(MANY)]
    bystander = two_workers.client.open(cookie=two_workers.cookie("therapist"))
    two_workers.revoke("client")
    assert all(socket.ended() for socket in sockets)
    assert not bystander.ended(0.3)


def test_an_ended_sessions_event_changes_nothing_on_either_worker(two_workers: Server) -> None:
    sockets = [two_workers.client.open(cookie=two_workers.cookie("client")) for _ in range(MANY)]
    two_workers.revoke("client")
    for socket in sockets:
        socket.call(f"{DIARY}.remembered", {"text": "after the end"})
    assert not any("after the end" in socket.listen(1, until="state_mismatch") for socket in sockets)


def test_without_the_check_sockets_outlive_their_session(two_without: Callable[..., Server]) -> None:
    server = two_without("session", "sweep")
    socket = server.client.open(cookie=server.cookie("client"))
    server.revoke("client")
    socket.call(f"{DIARY}.remembered", {"text": "after the end"})
    assert "after the end" in socket.listen(3, until="after the end")


def test_other_origins_unmarked_handlers_and_unknown_words_are_refused_here_too(two_workers: Server) -> None:
    socket: Socket = two_workers.client.open(cookie=two_workers.cookie("client"))
    socket.call(f"{DIARY}.promoted")
    socket.call("reflex___state____state.marker_of_an_unknown_event")
    assert '"promoted"' not in socket.listen(1)
    assert "marker_of_an_unknown_event" not in two_workers.log()
