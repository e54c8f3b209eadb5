"""A network that can fail: a small TCP proxy before a server, which swallows bytes or cuts every line when a test says so."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers import free_port


@dataclass
class Wire:
    """The proxy. `swallows`: lines stay open and nothing comes through; `is_cut`: no line opens, and those there were are gone."""

    port: int
    behind: int
    swallows: bool = False
    is_cut: bool = False
    _lines: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def swallow(self) -> None:
        """From now on whatever is sent vanishes, as over a line that is half open."""
        self.swallows = True

    def cut(self) -> None:
        """Close every line, and open none."""
        self.is_cut = True
        self._hang_up()

    def heal(self) -> None:
        """Let everything through again. Lines that lost bytes are of no use any more."""
        if self.swallows:
            self._hang_up()
        self.swallows = self.is_cut = False

    def _hang_up(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def serve(self, listener: socket.socket) -> None:
        """Take lines until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self.behind), timeout=5)
                except OSError:
                    near.close()
                    continue
                far.settimeout(None)
                # Whatever becomes of this line, by a cut in this moment too: the next one is taken.
                with contextlib.suppress(OSError):
                    for end in (near, far):
                        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    with self._lock:
                        self._lines |= {near, far}
                    for one, other in ((near, far), (far, near)):
                        threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                if not self.swallows:
                    other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            with self._lock:
                self._lines.discard(end)


@contextmanager
def wire_to(port: int, *, at: int = 0) -> Iterator[Wire]:
    """A proxy before the server at `port`."""
    listener = socket.create_server(("127.0.0.1", at or free_port()))
    made = Wire(listener.getsockname()[1], port)
    threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
    try:
        yield made
    finally:
        listener.close()
        made.cut()
