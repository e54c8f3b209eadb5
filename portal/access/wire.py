"""What may come over the socket before anybody looks at its meaning: who may open it, under which name, in which shape and how fast."""

import asyncio
import hashlib
import hmac
import ipaddress
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from portal.access import cookies
from portal.kit.ids import secret
from portal.settings import settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_BYTES = 64 * 1024
"""The largest message, in bytes."""

BURST, PER_SECOND = 80, 20
"""A socket may send so many messages at once, and so many per second from then on."""

MOST_DROPPED = 200
"""A socket that went on sending for so many messages beyond its allowance is closed."""

ANONYMOUS_BURST, ANONYMOUS_PER_SECOND = 120, 2
"""So many sockets may one address open without being signed in: each costs memory."""

MOST_WRITTEN_BYTES = 128 * 1024
"""The largest message about a text that is written together, in bytes: everything that somebody typed without a connection."""

WRITING_BURST, WRITING_PER_SECOND = 400, 120
"""The same as BURST and PER_SECOND for such a text: a key held down is thirty changes and thirty places of the caret per second."""

WRITING_DOORS_BURST, WRITING_DOORS_PER_SECOND = 120, 4
"""So many sockets of texts may one session open at once, and per second from then on."""

_MOST_WRITING_QUERY = 200

_CLOSED_UNSUPPORTED, _CLOSED_POLICY, _CLOSED_TOO_BIG = 1003, 1008, 1009

_BROWSER_TOKEN = re.compile(r"[0-9A-Za-z-]{8,64}")

# Engine.IO: 1 is "close", 3 is "pong". Socket.IO inside of 4: 0 opens our namespace (once), 1 leaves it, 2 is an event,
# of which Reflex's page sends these three. Written out, because python-socketio hands any other name to a method of that
# name: an event called "connect" would be a second handshake in the sender's own words.
_SPEECH = re.compile(r'(?:1|3|41/_event,|42/_event,\["(?:event|client_error|ping)"(?:,.*)?\])', re.DOTALL)
_OPENING = re.compile(r"40/_event,(?:\{.*\})?", re.DOTALL)
_PONG = "3"

# What Reflex and Engine.IO read of a handshake. Everything else would be kept in the stored state.
_KEPT_HEADERS = frozenset({b"host", b"origin", b"upgrade", b"connection", b"accept-language", b"sec-websocket-version"})


@dataclass
class Allowance:
    """A token bucket: `burst` at once, `per_second` from then on."""

    burst: float
    per_second: float
    _left: float = field(default=-1.0, repr=False)
    _at: float = field(default=0.0, repr=False)

    def take(self) -> bool:
        """Use one; False if none is left."""
        now = time.monotonic()
        if self._left < 0:
            self._left, self._at = self.burst, now
        self._left = min(self.burst, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Allowances:
    """An allowance per key, for the keys that were seen last."""

    def __init__(self, burst: float, per_second: float, *, kept: int = 10_000) -> None:
        self._burst, self._per_second, self._kept = burst, per_second, kept
        self._by_key: OrderedDict[str, Allowance] = OrderedDict()

    def take(self, key: str) -> bool:
        """Use one of the key's; False if none is left."""
        found = self._by_key.setdefault(key, Allowance(self._burst, self._per_second))
        self._by_key.move_to_end(key)
        while len(self._by_key) > self._kept:
            self._by_key.popitem(last=False)
        return found.take()


def header_lines(scope: Scope, name: bytes) -> list[bytes]:
    """All lines of one header."""
    return [value for key, value in scope["headers"] if key.lower() == name]


def from_own_page(scope: Scope) -> bool:
    """Whether the request names the portal's own origin, exactly once."""
    return header_lines(scope, b"origin") == [settings().origin.encode()]


def address_of(scope: Scope) -> str:
    """What a caller is counted under: the network address, behind proxies of ours the one that the outermost of them saw.

    Of an IPv6 address the first 64 bits: whoever has one has the 2^64 others of that network too (RFC 4291, section 2.5.4).
    """
    return _counted_as(_seen_address(scope))


def _counted_as(address: str) -> str:
    try:
        known = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return f"{ipaddress.IPv6Address(known.packed[:8] + bytes(8))}/64"


def _seen_address(scope: Scope) -> str:
    hops = settings().trusted_proxy_hops
    if hops:
        seen = [part.strip() for line in header_lines(scope, b"x-forwarded-for") for part in line.decode("latin-1").split(",")]
        if len(seen) >= hops:
            return seen[-hops]
    return str((scope.get("client") or ("",))[0])


def browser_token(scope: Scope) -> str | None:
    """The name that the browser's tab gave itself; none if the handshake is not one of Reflex's pages."""
    try:
        query = parse_qs(scope["query_string"].decode("ascii"), strict_parsing=True, max_num_fields=8)
    except ValueError:
        return None
    tokens = query.get("token", [])
    well_formed = query.get("transport") == ["websocket"] and query.get("EIO") == ["4"] and "sid" not in query
    return tokens[0] if well_formed and len(tokens) == 1 and _BROWSER_TOKEN.fullmatch(tokens[0]) else None


def owner_of(scope: Scope, session_id: str | None) -> str:
    """Whom the tab's state belongs to: a session, else a browser, else this one connection."""
    if session_id:
        return f"session {session_id}"
    visitor = cookies.read(header_lines(scope, b"cookie"), cookies.visitor_cookie())
    # Without a cookie nothing tells the owner from somebody who learned the token, so nothing is found again.
    return f"visitor {visitor}" if visitor else f"connection {secret()}"


def state_key(key: bytes, owner: str, token: str) -> str:
    """The key of a tab's state: it can neither be chosen nor be carried to another session."""
    return hmac.new(key, f"{owner}\0{token}".encode(), hashlib.sha256).hexdigest()


def admitted(scope: Scope, *, state: str, session_id: str | None) -> Scope:
    """The handshake as Reflex may see it: no cookie, no foreign header, and the state's key for the browser's token."""
    kept = [(name.lower(), value) for name, value in scope["headers"] if name.lower() in _KEPT_HEADERS]
    if session_id:
        kept.append((b"authorization", session_id.encode()))
    query = urlencode({"EIO": "4", "transport": "websocket", "token": state}).encode()
    return {**scope, "headers": kept, "query_string": query}


def admitted_to_write(scope: Scope, session_id: str) -> Scope | None:
    """The handshake of a text's socket as the portal may see it: no cookie, no foreign header; none if its query is none of ours."""
    if len(scope["query_string"]) > _MOST_WRITING_QUERY or not scope["path"].isprintable():
        return None
    kept = [(name.lower(), value) for name, value in scope["headers"] if name.lower() in _KEPT_HEADERS]
    return {**scope, "headers": [*kept, (b"authorization", session_id.encode())]}


class Ear:
    """Listens to one socket, and passes on only what Reflex's page could have said."""

    _speed = (BURST, PER_SECOND)

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._allowance = Allowance(*self._speed)
        self._opened = False
        self._dropped = 0
        self._cut_off = asyncio.Event()

    async def __call__(self) -> Message:
        """The next message that may be heard, or the end of the connection."""
        while True:
            message = await self._next()
            if message["type"] != "websocket.receive":
                return message
            objection = self._objection(message)
            if objection:
                return await self._hang_up(objection)
            if self._is_free(message) or self._allowance.take():
                return message
            self._dropped += 1
            if self._dropped > MOST_DROPPED:
                return await self._hang_up(_CLOSED_POLICY)

    def _is_free(self, message: Message) -> bool:
        return bool(message.get("text") == _PONG)

    def _objection(self, message: Message) -> int:
        text = message.get("text")
        if text is None:
            return _CLOSED_UNSUPPORTED
        if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
            return _CLOSED_TOO_BIG
        if not self._opened and _OPENING.fullmatch(text):
            self._opened = True
            return 0
        return 0 if _SPEECH.fullmatch(text) else _CLOSED_POLICY

    def cut_off(self) -> None:
        """End the connection from outside, whatever the other side does: nothing more is heard of it."""
        self._cut_off.set()

    async def _next(self) -> Message:
        receiving = asyncio.ensure_future(self._receive())
        leaving = asyncio.ensure_future(self._cut_off.wait())
        try:
            await asyncio.wait({receiving, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return receiving.result() if receiving.done() else {"type": "websocket.disconnect", "code": _CLOSED_POLICY}
        finally:
            receiving.cancel()
            leaving.cancel()

    async def _hang_up(self, code: int) -> Message:
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}


class WritingEar(Ear):
    """Listens to the socket of a text that is written together: bytes only; what they mean is examined where the text is."""

    _speed = (WRITING_BURST, WRITING_PER_SECOND)

    async def _next(self) -> Message:
        # Who closes such a socket stops listening itself.
        return await self._receive()

    def _is_free(self, message: Message) -> bool:
        return False

    def _objection(self, message: Message) -> int:
        data = message.get("bytes")
        if data is None:
            return _CLOSED_UNSUPPORTED
        return _CLOSED_TOO_BIG if len(data) > MOST_WRITTEN_BYTES else 0
