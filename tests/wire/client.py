"""A hostile client: speaks Engine.IO and Socket.IO by hand, says whatever it likes and keeps what it hears."""

import contextlib
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

NAMESPACE = "/_event"
STATE = "reflex___state____state"
BOOT = f"{STATE}.hydrate_and_load"
PATIENCE = 15.0

# How a test tells the lab app which mitigations to switch off, and the word for all of them.
WITHOUT, STOCK = "LAB_WITHOUT", "everything"


class Refused(Exception):
    """The server did not open the socket."""


@dataclass
class Socket:
    """One open socket. `heard` keeps every message of the server."""

    wire: ClientConnection
    token: str
    heard: list[str] = field(default_factory=list)
    closed_with: int | None = None

    def say(self, text: str | bytes) -> None:
        """Send a raw frame; what was closed stays closed."""
        with contextlib.suppress(ConnectionClosed):
            self.wire.send(text)

    def emit(self, *words: Any) -> None:
        """Send a Socket.IO event."""
        self.say(f"42{NAMESPACE},{json.dumps(list(words))}")

    def call(self, handler: str, payload: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Call an event handler, as Reflex's page does."""
        self.emit("event", {"name": handler, "payload": payload or {}, "router_data": {"pathname": "/", "asPath": "/"}, **more})

    def listen(self, seconds: float = 1.0, until: str = "") -> str:
        """Everything heard so far, after waiting for the time to pass, or for `until`: then longer, for a busy machine."""
        end = time.monotonic() + (max(seconds, PATIENCE) if until else seconds)
        while time.monotonic() < end and not (until and until in self.text):
            try:
                frame = self.wire.recv(timeout=max(0.01, min(0.1, end - time.monotonic())))
            except TimeoutError:
                continue
            except ConnectionClosed as end_of_wire:
                self.closed_with = end_of_wire.rcvd.code if end_of_wire.rcvd else 1006
                break
            if frame == "2":
                self.say("3")
            else:
                self.heard.append(frame if isinstance(frame, str) else frame.decode("latin-1"))
        return self.text

    def ended(self, seconds: float = PATIENCE) -> bool:
        """Whether the server closes the socket within the time."""
        end = time.monotonic() + seconds
        while self.closed_with is None and time.monotonic() < end:
            self.listen(0.1)
        return self.closed_with is not None

    @property
    def text(self) -> str:
        """All that was heard."""
        return "\n".join(self.heard)

    def close(self) -> None:
        """Go away."""
        self.wire.close()


@dataclass(frozen=True)
class Answer:
    """What an HTTP request was answered with."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Client:
    """Opens sockets to one server, and asks it over HTTP."""

    port: int
    origin: str

    def open(
        self,
        *,
        token: str = "",
        cookie: str = "",
        origin: str | None = "",
        boot: bool = True,
        auth: Any = None,
        namespace: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Socket:
        """Open a socket. An empty origin means the portal's own, None means no Origin header at all. Raises Refused."""
        token = token or str(uuid4())
        sent = {**(headers or {}), **({"Cookie": cookie} if cookie else {})}
        try:
            wire = connect(
                f"ws://127.0.0.1:{self.port}{NAMESPACE}/?EIO=4&transport=websocket&token={token}",
                origin=self.origin if origin == "" else origin,  # type: ignore[arg-type]
                additional_headers=sent,
                max_size=None,
                compression=None,
                proxy=None,
                open_timeout=10,
                legacy=True,
            )
        except (InvalidStatus, ConnectionClosed) as refused:
            raise Refused(str(refused)) from None
        socket = Socket(wire, token)
        try:
            socket.heard.append(str(wire.recv(timeout=5)))
        except ConnectionClosed as refused:
            raise Refused(str(refused)) from None
        if namespace:
            if boot and auth is None:
                auth = {"event": {"name": BOOT, "payload": {}, "router_data": {"pathname": "/", "asPath": "/"}}}
            socket.say(f"40{NAMESPACE},{json.dumps(auth) if auth is not None else ''}")
            socket.listen(5, until='40/_event,{"sid"')
            if boot:
                socket.listen(5, until="is_hydrated")
        return socket

    def ask(self, method: str, path: str, *, body: bytes | None = None, **headers: str) -> Answer:
        """One HTTP request, sent as it is; underscores in header names become dashes."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body=body, headers={"Host": self.origin.partition("://")[2], **given})
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
        finally:
            line.close()
