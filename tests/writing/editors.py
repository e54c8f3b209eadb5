"""An editor without a screen: speaks to the portal's socket as the page does, and says whatever a test wants it to."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from portal import routes
from portal.access import cookies
from portal.kit.crdt import Reader, SharedText, block, number, write_state
from portal.writing.schemas import Address
from portal.writing.state import CARETS, OWN, SYNC

PATIENCE = 15.0


class Refused(Exception):
    """The server did not open the socket."""


@dataclass
class Editor:
    """One editor at one text. `text` is its document; `said` keeps what the portal said beside it."""

    wire: ClientConnection
    text: SharedText = field(default_factory=SharedText)
    hello: dict[str, Any] = field(default_factory=dict)
    kept: int = 0
    said: list[dict[str, Any]] = field(default_factory=list)
    carets: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    code: int | None = None
    written: int = 0
    synced: bool = False
    answers: bool = True
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Hear everything until the line is closed."""
        try:
            async for data in self.wire:
                assert isinstance(data, bytes)
                await self._hear(data)
                self._changed.set()
        except ConnectionClosed:
            pass
        self.code = self.wire.close_code or 1006
        self._changed.set()

    async def _hear(self, data: bytes) -> None:
        reader = Reader(data)
        kind = reader.number()
        if kind == SYNC:
            step, content = reader.number(), reader.block()
            if step == 0:
                if self.answers:
                    state = Reader(content)
                    known = {state.number(): state.number() for _ in range(state.number())}
                    await self.send_sync(1, self.text.since(known))
            else:
                self.text.apply(content)
                self.synced = self.synced or step == 1
        elif kind == CARETS:
            inner = Reader(reader.block())
            for _ in range(inner.number()):
                writer, _count, said = inner.number(), inner.number(), inner.text()
                self.carets[writer] = json.loads(said)
        elif kind == OWN:
            said = json.loads(reader.text())
            self.said.append(said)
            self.hello = said.get("hello", self.hello)
            self.kept = said.get("kept", self.kept)

    async def until(self, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until something holds here."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Wait until the server closes the line; with which code."""
        await self.until(lambda: self.code is not None, seconds)
        assert self.code is not None
        return self.code

    async def send(self, data: bytes | str) -> None:
        """Send a raw frame; what was closed stays closed."""
        with contextlib.suppress(ConnectionClosed):
            await self.wire.send(data)

    async def send_sync(self, step: int, content: bytes) -> None:
        """Send one message of the sync protocol."""
        await self.send(bytes((SYNC, step)) + block(content))

    async def say(self, **said: Any) -> None:
        """Send a message of the portal's own."""
        await self.send(number(OWN) + block(json.dumps(said).encode()))

    async def show_caret(self, state: Any, *, writer: int, count: int = 1) -> None:
        """Say where one's caret stands."""
        entry = number(writer) + number(count) + block(json.dumps(state).encode())
        await self.send(number(CARETS) + block(number(1) + entry))

    async def write(self, text: str) -> None:
        """Turn the text into another one, and tell the server, as after a key was pressed."""
        update = self.text.become(text)
        self.written += 1
        await self.send_sync(2, update)
        await self.say(mark=self.written)

    async def write_and_wait(self, text: str) -> None:
        """Write, and wait until it is stored."""
        await self.write(text)
        await self.until(lambda: self.kept >= self.written)


def cookie_of(token: str) -> str:
    """The Cookie header of a session."""
    return f"{cookies.session_cookie()}={token}"


@asynccontextmanager
async def editor(
    url: str, address: Address, token: str, *, origin: str | None = "", text: SharedText | None = None, laid: int = 0,
    cookie: str | None = None, path: str = "", port: int = 0, ready: bool = True, query: str = "",
) -> AsyncIterator[Editor]:  # fmt: skip
    """Open a text. An empty origin means the portal's own; `text` is what the editor has from an earlier line. Raises Refused."""
    place = url.replace("http", "ws", 1)
    if port:
        place = place.rpartition(":")[0] + f":{port}"
    named = path or f"{routes.WRITING}/{address.case_id}/{address.kind}/{address.about_id}"
    given = cookie_of(token) if cookie is None else cookie
    try:
        wire = await connect(
            f"{place}{named}?lang=en&laid={laid}{query}", origin=url if origin == "" else origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": given} if given else {}, max_size=None, compression=None, proxy=None, open_timeout=15, ping_interval=None,
        )  # fmt: skip
    except (InvalidHandshake, ConnectionClosed, TimeoutError) as refused:
        raise Refused(str(refused)) from None
    made = Editor(wire)
    if text is not None:
        made.text = text
    listening = asyncio.create_task(made.listen())
    try:
        if ready:
            await made.send_sync(0, write_state(made.text.known))
            await made.until(lambda: made.synced or made.code is not None)
        yield made
    finally:
        await wire.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


