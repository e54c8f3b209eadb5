"""Real servers for tests: PostgreSQL, Redis, a mail sink and the portal itself, each on a free port, ended with the session."""

import os
import pwd
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as mail_policy
from pathlib import Path
from secrets import token_urlsafe
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 300.0


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds: "object", seconds: float, what: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Wait for a condition. Raises TimeoutError naming `what`, and RuntimeError when `process` ends before it holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what}: the process ended with {process.returncode}")
        time.sleep(0.05)
    raise TimeoutError(what)


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop(process: "subprocess.Popen[bytes]", seconds: float = 15.0) -> None:
    """End a process that a test started."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def postgres_programs() -> Path | None:
    """The folder with PostgreSQL's server programs, the newest version found."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the account to run it as, None for the present one."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server of its own; yields the URL of its first database."""
    programs = postgres_programs()
    assert programs is not None
    folder, port, user = Path(tempfile.mkdtemp(prefix="rapport-pg-")), free_port(), _unprivileged()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "rapport", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
        user=user, cwd=folder, capture_output=True, check=False,
    )
    assert made.returncode == 0, made.stderr.decode()
    options = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([programs / "postgres", "-D", data, *options], user=user, cwd=folder, stdout=log, stderr=log)
    try:
        wait_until(lambda: listens(port), 30, "PostgreSQL", process)
        time.sleep(0.3)
        yield f"postgresql+psycopg://rapport@127.0.0.1:{port}/postgres"
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def redis_program() -> str | None:
    """Where redis-server is."""
    return shutil.which("redis-server")


@dataclass
class RedisServer:
    """A running Redis with a password and without persistence."""

    url: str
    port: int
    process: "subprocess.Popen[bytes]"


@contextmanager
def redis() -> Iterator[RedisServer]:
    """A Redis of its own."""
    program = redis_program()
    assert program is not None
    port, password = free_port(), token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="rapport-redis-") as folder:
        process = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", password, "--dir", folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: listens(port), 15, "Redis", process)
            yield RedisServer(f"redis://:{password}@127.0.0.1:{port}/0", port, process)
        finally:
            stop(process)


class _SmtpTalk(socketserver.StreamRequestHandler):
    """Just enough of RFC 5321 for a client that sends one letter after another."""

    def handle(self) -> None:
        sink: MailSink = self.server.sink  # type: ignore[attr-defined]
        self._answer("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                self._answer("250 sink")
            elif verb == b"DATA":
                if sink.refusing:
                    self._answer("451 try later")
                    continue
                self._answer("354 go on")
                sink.letters.append(self._letter())
                self._answer("250 taken")
            elif verb == b"QUIT":
                self._answer("221 bye")
                return
            else:
                self._answer("250 fine")

    def _letter(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=mail_policy)  # type: ignore[return-value]

    def _answer(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@dataclass
class MailSink:
    """A mail server that keeps what it takes; `refusing` makes it ask for a later try."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one address."""
        return [letter for letter in self.letters if address in str(letter["To"])]


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A mail server of its own."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _SmtpTalk) as server:
        server.daemon_threads = True
        server.sink = MailSink(server.server_address[1])  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.sink  # type: ignore[attr-defined]
        finally:
            server.shutdown()


@dataclass
class Portal:
    """A served portal: `url` to open, `folder` with its data, `log` with what it wrote down."""

    url: str
    port: int
    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `python -m portal …` beside it, with the same settings."""
        return subprocess.run(
            [sys.executable, "-m", "portal", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def processes(self) -> list[int]:
        """The ids of all its processes, the supervisor first."""
        import psutil

        supervisor = psutil.Process(self.process.pid)
        return [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]


def environment(folder: Path, port: int, **settings: str) -> dict[str, str]:
    """An environment with the given settings and none of the machine's own RAPPORT_ ones, nor those of an `.env` beside the code."""
    plain = {name: value for name, value in os.environ.items() if not name.upper().startswith("RAPPORT_")}
    return plain | {
        "RAPPORT_ENV_FILE": "",
        "RAPPORT_PORT": str(port),
        "RAPPORT_DATA_FOLDER": str(folder),
        "RAPPORT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
        **{f"RAPPORT_{name.upper()}": value for name, value in settings.items()},
    }


@contextmanager
def portal(folder: Path, command: str = "serve", **settings: str) -> Iterator[Portal]:
    """The real thing on a free port: `python -m portal serve` (or demo), ready when this yields."""
    port = int(settings.pop("port", 0)) or free_port()
    known: Mapping[str, str] = {"mode": "demo" if command == "demo" else "production", **settings}
    variables = environment(folder, port, **known)
    log = folder.with_name(f"{folder.name}-{port}.log")
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "portal", command], cwd=ROOT, env=variables, stdout=out, stderr=out)
    running = Portal(f"http://127.0.0.1:{port}", port, folder, variables, process, log)
    try:
        wait_until(lambda: answers(running.url), START_SECONDS, "the portal", process)
        yield running
    except RuntimeError as ended:
        raise RuntimeError(f"{ended}\n{log.read_text('utf-8', 'replace')[-3000:]}") from None
    finally:
        stop(process)


def answers(url: str) -> bool:
    """Whether the portal answers."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2):
            return True
    except HTTPError as refused:
        return refused.code < 500
    except OSError:
        return False
