"""Many quiet browsers: signed-in socket clients that open a page, listen, and can call handlers."""

import asyncio
import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

NAMESPACE = "/_event"
BOOT = "reflex___state____state.hydrate_and_load"


@dataclass
class QuietBrowser:
    """One tab without a screen: it answers pings and keeps the last `heard` messages."""

    wire: ClientConnection
    path: str
    route: str
    heard: list[str] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def _read(self) -> None:
        try:
            async for frame in self.wire:
                text = frame if isinstance(frame, str) else frame.decode()
                if text == "2":
                    await self.wire.send("3")
                    continue
                self.heard = [*self.heard[-40:], text]
                self._changed.set()
        except ConnectionClosed:
            return

    async def until(self, holds: Callable[[str], bool], seconds: float = 20) -> None:
        """Wait until a message fits."""
        async with asyncio.timeout(seconds):
            while not any(holds(text) for text in self.heard):
                self._changed.clear()
                await self._changed.wait()

    def forget(self) -> None:
        """Drop what was heard."""
        self.heard = []

    async def call(self, handler: str, **payload: Any) -> None:
        """Call an event handler as the page does."""
        event = {"name": handler, "payload": payload, "router_data": _router(self.path, self.route)}
        await self.wire.send(f"42{NAMESPACE},{json.dumps(['event', event])}")


def _router(path: str, route: str) -> dict[str, Any]:
    names = dict(zip(route.split("/"), path.split("/"), strict=True))
    return {"pathname": f"/{route.strip('/')}", "asPath": path, "query": {key[1:-1]: value for key, value in names.items() if key.startswith("[")}}


@asynccontextmanager
async def browser(url: str, cookie: str, path: str, route: str) -> Any:
    """Open a page and keep it open."""
    address = url.replace("http", "ws", 1)
    async with connect(
        f"{address}{NAMESPACE}/?EIO=4&transport=websocket&token={uuid4()}",
        origin=url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        max_size=None,
        compression=None,
        proxy=None,
        open_timeout=30,
        ping_interval=None,
    ) as wire:
        tab = QuietBrowser(wire, path, route)
        tab._reader = asyncio.create_task(tab._read())
        boot = {"event": {"name": BOOT, "payload": {}, "router_data": _router(path, route)}}
        await wire.send(f"40{NAMESPACE},{json.dumps(boot)}")
        await tab.until(lambda text: '"authorised_rx_state_":true' in text.replace(" ", ""), 60)
        try:
            yield tab
        finally:
            tab._reader.cancel()
