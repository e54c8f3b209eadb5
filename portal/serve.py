"""Running: one server that answers on one port, one worker beside it, and a supervisor that brings both back."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from granian.constants import Interfaces
from granian.server import Server

from portal import frontend
from portal.kit import logs
from portal.settings import ENV_FILE, Settings, env_file, settings

STEADY = 20.0
LONGEST_PAUSE = 5.0
MOST_FAILURES = 6
STOP_TIMEOUT = 12.0


class PortTaken(Exception):
    """Something else listens where the portal should."""


@dataclass
class Child:
    """A process that must always run."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it now."""
        self.process = subprocess.Popen(self.command, cwd=frontend.ROOT, env=dict(environment), stdin=subprocess.DEVNULL)
        self.started = time.monotonic()

    def ended(self) -> bool:
        """Whether it has ended; the pause before its next start grows with each early end."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self.failures = 1 if now - self.started > STEADY else self.failures + 1
        self.due = now + min(0.2 * 2 ** (self.failures - 1), LONGEST_PAUSE)
        self.process = None
        return True


class Supervisor:
    """Keeps the server and the worker running until it is told to stop."""

    def __init__(self, children: list[Child], environment: Mapping[str, str]) -> None:
        self.children = children
        self.environment = environment
        self.stopping = threading.Event()

    def run(self, on_ready: Callable[[], None], ready: Callable[[], bool]) -> int:
        """Start everything, call `on_ready` once `ready` holds, restart what ends; the exit status of the program."""
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, self._stop)
        announced = False
        while not self.stopping.is_set():
            for child in self.children:
                self._tend(child)
                if child.failures >= MOST_FAILURES:
                    logs.log().error("gave up", child=child.name)
                    self._end()
                    return 1
            if not announced and ready():
                announced = True
                on_ready()
            self.stopping.wait(0.2)
        self._end()
        return 0

    def _tend(self, child: Child) -> None:
        if child.ended():
            logs.log().warning("ended by itself, starting it again", child=child.name, failures=child.failures)
        if child.process is None and time.monotonic() >= child.due:
            child.start(self.environment)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _end(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def serve(on_ready: Callable[[], None]) -> int:
    """Serve until told to stop. The page must be built and the database migrated. Raises PortTaken."""
    known = settings()
    _refuse_taken_port(known)
    me = [sys.executable, "-m", "portal"]
    children = [Child("server", [*me, "server"]), Child("worker", [*me, "worker"])]
    return Supervisor(children, server_environment(known)).run(on_ready, lambda: answers(known))


def develop(on_ready: Callable[[], None]) -> int:
    """Serve with reload: Reflex watches the sources and builds again, unminified. Raises PortTaken."""
    known = settings()
    _refuse_taken_port(known)
    frontend.forget()
    port = str(known.port)
    run = ["run", "--env", "preview", "--frontend-port", port, "--backend-port", port, "--backend-host", known.host]
    children = [
        Child("server", [sys.executable, "-m", "reflex", *run]),
        Child("worker", [sys.executable, "-m", "portal", "worker"]),
    ]
    return Supervisor(children, frontend.build_environment()).run(on_ready, lambda: answers(known))


def server_environment(known: Settings) -> dict[str, str]:
    """What Reflex needs to know to serve the built page and the socket from one process, without compiling anything."""
    return frontend.build_environment() | {
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "RAPPORT_MODE": known.mode.value,
        ENV_FILE: str(env_file() or ""),  # the children run elsewhere than where this was typed
        "RAPPORT_PORT": str(known.port),
        "RAPPORT_DATA_FOLDER": str(known.data_folder),
        "PYTHONUNBUFFERED": "1",
    }


def serve_requests() -> None:
    """The server process: granian with as many worker processes as the settings name. Ends with its supervisor."""
    known = settings()
    end_with_parent()
    multiprocessing.set_start_method("spawn", force=True)  # a fork would share locks with the watching thread
    Server(
        "portal.serve:application",
        factory=True,
        address=known.host,
        port=known.port,
        interface=Interfaces.ASGI,
        workers=known.workers,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=5,
        log_enabled=False,
        websockets=True,
    ).serve()


def application() -> Any:
    """The ASGI application of one worker process."""
    logs.set_up(as_json=settings().is_production)
    logs.keep_failures_quiet()
    end_with_parent()
    from portal.portal import app  # importing builds every page's states: only worker processes need them

    # A build, which imports the app too, shows what these say; a server does not, because they quote payloads.
    logs.take_over("engineio", "engineio.server", "socketio", "socketio.server", "reflex", "_granian", "granian.access")
    return app()


def answers(known: Settings) -> bool:
    """Whether the server answers on its port."""
    try:
        with build_opener(ProxyHandler({})).open(f"http://{_reachable(known.host)}:{known.port}/", timeout=2):
            return True
    except HTTPError as refused:
        return refused.code < 500
    except OSError:
        return False


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104


def _refuse_taken_port(known: Settings) -> None:
    family = socket.AF_INET6 if ":" in known.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((known.host, known.port))
        except OSError:
            raise PortTaken(f"{known.host}:{known.port}") from None


def end_with_parent() -> None:
    """End this process when its supervisor is gone, also when that was killed and could not say so."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
