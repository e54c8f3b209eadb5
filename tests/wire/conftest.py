"""Servers for the attacks: the lab app as it is, and with single mitigations switched off."""

import atexit
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from tests import servers
from tests.wire.client import STATE, STOCK, WITHOUT, Client

ROOT = Path(__file__).resolve().parents[2]
DIARY = f"{STATE}.tests___wire___lab____diary"
_PAGE = '<!DOCTYPE html><html lang="en"><head><title>Rapport</title><script>{}</script></head><body><main></main></body></html>'


@dataclass
class Server:
    """A running lab server."""

    port: int
    folder: Path
    people: dict[str, dict[str, str]]
    process: subprocess.Popen[bytes]
    origin: str

    @property
    def client(self) -> Client:
        return Client(self.port, self.origin)

    def cookie(self, person: str) -> str:
        return f"rapport={self.people[person]['cookie']}"

    def log(self) -> str:
        """Everything that the server has written down."""
        return (self.folder / "server.log").read_text("utf-8", "replace")

    def sql(self, statement: str, *values: object) -> None:
        """Change a row behind the server's back, as another process would."""
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "rapport.db", timeout=5)) as db, db:
            db.execute(statement, values)

    def revoke(self, person: str) -> None:
        """Sign the person out from elsewhere."""
        self.sql("UPDATE person_session SET ended_at = ? WHERE id = ?", _stamp(), self.people[person]["session"])

    def restore(self, person: str) -> None:
        """Let the session live again, just seen."""
        self.sql(
            "UPDATE person_session SET ended_at = NULL, created_at = ?, last_seen_at = ? WHERE id = ?",
            _stamp(), _stamp(), self.people[person]["session"],
        )  # fmt: skip

    def age(self, person: str, column: str, minutes: int) -> None:
        """Move one of the session's moments into the past."""
        self.sql(f"UPDATE person_session SET {column} = ? WHERE id = ?", _stamp(minutes), self.people[person]["session"])

    def seen(self, person: str) -> float:
        """How many seconds ago the session was last used."""
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "rapport.db", timeout=5)) as db:
            ((moment,),) = db.execute("SELECT last_seen_at FROM person_session WHERE id = ?", (self.people[person]["session"],))
        return (datetime.now(UTC) - datetime.fromisoformat(moment).replace(tzinfo=UTC)).total_seconds()

    def stop(self) -> None:
        """End the server and its workers."""
        servers.stop(self.process)


def _stamp(minutes_ago: int = 0) -> str:
    moment = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


@cache
def _practice() -> tuple[Path, dict[str, dict[str, str]]]:
    """A data folder with people in it, made once and copied for every server."""
    folder = Path(tempfile.mkdtemp(prefix="practice"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = _environment(folder / "data")
    command = [sys.executable, "-m", "tests.wire.lab", "seed"]
    seeded = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True, timeout=60)
    return folder / "data", json.loads(seeded.stdout)["people"]


def _environment(data: Path, **extra: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("RAPPORT_", "REFLEX_", "__REFLEX_"))},
        "PYTHONPATH": str(ROOT),
        "RAPPORT_ENV_FILE": "",
        "RAPPORT_MODE": "development",
        "RAPPORT_DATA_FOLDER": str(data),
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        **extra,
    }


def start(folder: Path, *without: str, workers: int = 1, **extra: str) -> Server:
    """Start the lab app in a fresh folder and wait until it answers."""
    port = servers.free_port()
    data, people = _practice()
    shutil.copytree(data, folder / "data")
    shutil.copy(ROOT / "rxconfig.py", folder)  # Reflex reads it from the working folder only
    _build(folder / ".web" / "build" / "client")
    options = {"RAPPORT_PORT": str(port), "RAPPORT_WORKERS": str(workers), WITHOUT: ",".join(without)}
    environment = _environment(folder / "data", **options, **extra)
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "tests.wire.lab:application"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--workers", str(workers), "--workers-kill-timeout", "3"],
            cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    server = Server(port, folder, people, process, extra.get("RAPPORT_PUBLIC_URL", f"http://localhost:{port}"))
    _wait(server)
    return server


def _build(static: Path) -> None:
    """Stand-ins for a built frontend: what matters here is what is done with such files, not what is in them."""
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(_PAGE.format("window.home = 1 < 2"), "utf-8")
    (static / "404.html").write_text(_PAGE.format("window.nowhere = true"), "utf-8")
    (static / "assets" / "entry-AbCd1234.js").write_text("export {}", "utf-8")
    (static / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")


def _wait(server: Server) -> None:
    opener = build_opener(ProxyHandler({}))

    def answers() -> bool:
        with contextlib.suppress(OSError), opener.open(f"http://127.0.0.1:{server.port}/", timeout=2):
            return True
        return False

    try:
        servers.wait_until(answers, servers.START_SECONDS, "the lab server", server.process)
    except (RuntimeError, TimeoutError) as failed:
        server.stop()
        raise RuntimeError(server.log()[-4000:]) from failed


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The lab app behind the whole gate."""
    running = start(tmp_path_factory.mktemp("guarded"))
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _everybody_signed_in(request: pytest.FixtureRequest) -> None:
    if "server" in request.fixturenames:
        running = request.getfixturevalue("server")
        for person in running.people:
            running.restore(person)


@pytest.fixture(scope="session")
def weak_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose mitigations are switched off and on by tests."""
    running = start(tmp_path_factory.mktemp("weak"))
    yield running
    running.stop()


@pytest.fixture
def without(weak_server: Server) -> Iterator[Callable[..., Server]]:
    """The lab app with the named mitigations switched off: there the attack must work."""

    def switched(*names: str) -> Server:
        for person in weak_server.people:
            weak_server.restore(person)
        answer = weak_server.client.ask("POST", "/switch", body=",".join(names).encode(), Origin=weak_server.origin)
        assert answer.body == "switched"
        return weak_server

    yield switched
    switched()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a lab app of one's own: with other settings, or weak from the start."""
    running: list[Server] = []

    def starting(*without: str, workers: int = 1, **settings: str) -> Server:
        running.append(start(tmp_path / str(len(running)), *without, workers=workers, **settings))
        return running[-1]

    yield starting
    for one in running:
        one.stop()


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The lab app as Reflex alone serves it."""
    running = start(tmp_path_factory.mktemp("stock"), STOCK)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory: pytest.TempPathFactory, redis_server: servers.RedisServer) -> Iterator[Server]:
    """The lab app behind the whole gate, in two worker processes that share Redis."""
    running = start(tmp_path_factory.mktemp("two"), workers=2, RAPPORT_REDIS_URL=redis_server.url)
    yield running
    running.stop()
