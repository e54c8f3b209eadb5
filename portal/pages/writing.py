"""WRITING/case/kind/about: the socket of one text that is written together. Whoever comes here passed the outer gate."""

import asyncio
import re

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from portal import routes
from portal.access.gate import Caller
from portal.kit.refusal import DatabaseGone, NotSignedIn, Refusal
from portal.writing.schemas import Address
from portal.writing.state import GONE, LATER, SIGNED_OUT, TOO_MANY, OpenDocument, Seat, desk

MOST_WAITING = 400
"""Messages that may wait for a slow reader. Beyond it the line is closed; the editor comes back and is told what it missed."""

_NORMAL = 1000
_FAREWELL_SECONDS = 1.0
_NUMBER = re.compile(r"[0-9]{1,9}")


class _Line:
    """A socket with what waits to be sent, so that nobody waits for a slow one."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        self._code = _NORMAL
        self.ended = asyncio.Event()

    def send(self, data: bytes) -> None:
        """Send as soon as the line is free."""
        try:
            self._waiting.put_nowait(data)
        except asyncio.QueueFull:
            self.close(TOO_MANY)

    def close(self, code: int) -> None:
        """Let the line be closed, with the first code that was given."""
        if not self.ended.is_set():
            self._code = code
            self.ended.set()

    async def pour(self) -> None:
        """Send what waits, until there is nothing more to send."""
        while (data := await self._waiting.get()) is not None:
            await self._socket.send_bytes(data)
        await self._socket.close(self._code)

    def no_more(self) -> None:
        """What waits is the last."""
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)


async def _write(socket: WebSocket) -> None:
    await socket.accept()
    line = _Line(socket)
    seated = await _seated(socket, line)
    pouring = asyncio.create_task(line.pour())
    hearing = asyncio.create_task(_hear(socket, *seated) if seated is not None else line.ended.wait())
    ending = asyncio.create_task(line.ended.wait())
    try:
        await asyncio.wait({pouring, hearing, ending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if seated is not None:
            document, seat = seated
            document.leave(seat)
        # Nothing more is heard before the line is closed: the server does not send the code while somebody listens.
        for task in (hearing, ending):
            task.cancel()
        await asyncio.gather(hearing, ending, return_exceptions=True)
        line.no_more()
        # Whoever does not read is not waited for.
        await asyncio.wait({pouring}, timeout=_FAREWELL_SECONDS)
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)


async def _seated(socket: WebSocket, line: _Line) -> tuple[OpenDocument, Seat] | None:
    names, wanted = socket.path_params, socket.query_params
    laid = wanted.get("laid", "")
    try:
        seated = await desk.sit(
            Caller(socket.headers.get("authorization") or None),
            Address.parse(names["case"], names["kind"], names["about"]),
            line,
            lang=wanted.get("lang", ""),
            laid=int(laid) if _NUMBER.fullmatch(laid) else 0,
        )
    except NotSignedIn:
        line.close(SIGNED_OUT)
    except DatabaseGone:
        line.close(LATER)
    except Refusal:
        # Somebody else's text reads exactly like a missing one.
        line.close(GONE)
    else:
        if not isinstance(seated, int):
            return seated
        line.close(seated)
    return None


async def _hear(socket: WebSocket, document: OpenDocument, seat: Seat) -> None:
    while True:
        message = await socket.receive()
        if message["type"] != "websocket.receive":
            return
        document.hear(seat, message["bytes"])


def writing() -> Starlette:
    """The application that answers the sockets of texts; everything else goes through it to the pages."""
    return Starlette(routes=[WebSocketRoute(routes.WRITING + "/{case}/{kind}/{about}", _write)])
