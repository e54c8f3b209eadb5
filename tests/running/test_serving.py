"""Running: one port, a supervisor that brings back what dies, nothing left behind, and a start that says what is wrong."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import psutil
import pytest

from portal import frontend
from portal.access.models import PersonKind
from tests import servers
from tests.makers import make_person
from tests.servers import ROOT, Portal, answers, environment, free_port, wait_until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A practice on this machine."""
    with servers.portal(tmp_path_factory.mktemp("served") / "data") as portal:
        yield portal


def _started_as(portal: Portal, word: str) -> list[psutil.Process]:
    """The living processes of the portal that were started as `word`."""
    found = []
    for one in psutil.Process(portal.process.pid).children():
        with suppress(psutil.Error):
            if one.cmdline()[-1:] == [word]:
                found.append(one)
    return found


def _named(portal: Portal, word: str) -> psutil.Process:
    (found,) = _started_as(portal, word)
    return found


def _request_workers(portal: Portal) -> list[psutil.Process]:
    """The server's own worker processes; Python's resource tracker beside them is none."""
    found = []
    for one in _named(portal, "server").children():
        with suppress(psutil.Error):
            if any("spawn_main" in word for word in one.cmdline()):
                found.append(one)
    return found


def _get(url: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    try:
        with build_opener(ProxyHandler({})).open(Request(url, headers=headers or {}), timeout=5) as answer:  # noqa: S310
            return answer.status, answer.read()
    except HTTPError as refused:
        return refused.code, refused.read()


def test_page_and_scripts_come_from_one_port(running: Portal) -> None:
    status, page = _get(running.url + "/")
    assert status == 200
    assert b"<html" in page
    assert b"localhost:8000" not in page


def test_built_scripts_call_the_origin_they_came_from(running: Portal) -> None:
    scripts = [path.read_text("utf-8") for path in frontend.STATIC.rglob("*.js")]
    assert any('location.origin.replace(/^http/,"ws")+"/_event"' in script for script in scripts)
    assert not any("localhost:8000" in script or "localhost:3000" in script for script in scripts)


def test_unknown_address_is_a_404(running: Portal) -> None:
    assert _get(running.url + "/no-such-page")[0] == 404


def test_only_this_machine_can_connect(running: Portal) -> None:
    listening = {
        connection.laddr.ip
        for pid in running.processes()
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize("name", ["server", "worker"])
def test_process_that_was_killed_comes_back(running: Portal, name: str) -> None:
    victim = _named(running, name)
    victim.kill()
    wait_until(lambda: any(one.pid != victim.pid for one in _started_as(running, name)), 20, name)
    wait_until(lambda: answers(running.url), 30, "the portal after the kill")
    assert running.process.poll() is None


def test_killed_worker_process_of_the_server_is_replaced(running: Portal) -> None:
    (victim,) = _request_workers(running)
    victim.kill()
    wait_until(lambda: not answers(running.url) or not victim.is_running(), 10, "the death")
    wait_until(lambda: answers(running.url), 30, "the portal after the kill")
    assert victim.pid not in {process.pid for process in _request_workers(running)}


def test_data_folder_holds_what_it_should_and_is_for_its_owner_only(running: Portal) -> None:
    names = {path.name for path in running.folder.iterdir()}
    assert {"rapport.db", "master.key"} <= names <= {"rapport.db", "rapport.db-wal", "rapport.db-shm", "master.key"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [running.folder, *running.folder.iterdir()])
    assert not (ROOT / ".states").exists()


def test_a_second_start_builds_nothing_and_a_taken_port_is_named(running: Portal, tmp_path: Path) -> None:
    wait_until(lambda: answers(running.url), 60, "the portal, of which another test has ended a process")
    taken = environment(tmp_path / "other", running.port, mode="production")
    done = subprocess.run([sys.executable, "-m", "portal", "serve"], cwd=ROOT, env=taken, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert f"127.0.0.1:{running.port}" in done.stderr
    assert f"make run PORT={running.port + 1}" in done.stderr
    assert "Building" not in done.stdout  # which is what makes a first start long; `make bench` times a second one


def test_stopping_ends_every_process(tmp_path: Path) -> None:
    with servers.portal(tmp_path / "data") as portal:
        family = [psutil.Process(pid) for pid in portal.processes()]
        assert len(family) >= 4
        portal.process.send_signal(signal.SIGTERM)
        assert portal.process.wait(20) == 0
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []


def test_killing_the_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    with servers.portal(tmp_path / "data") as portal:
        family = [psutil.Process(pid) for pid in portal.processes()]
        portal.process.kill()
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", portal.port))


def test_unsafe_production_start_is_refused_line_by_line(tmp_path: Path) -> None:
    unsafe = environment(tmp_path / "data", free_port(), mode="production", public_url="http://portal.example.org", host="0.0.0.0")
    done = subprocess.run([sys.executable, "-m", "portal", "serve"], cwd=ROOT, env=unsafe, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("refuse ")]
    assert len(lines) >= 3
    assert not (tmp_path / "data" / "rapport.db").exists()


def test_demo_does_not_run_in_a_practice(tmp_path: Path) -> None:
    practice = environment(tmp_path / "data", free_port(), mode="production")
    done = subprocess.run([sys.executable, "-m", "portal", "demo"], cwd=ROOT, env=practice, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert not (tmp_path / "data").exists()


def test_build_is_repeated_only_when_a_source_changed() -> None:
    before = frontend.sources_digest()
    assert frontend.is_current()
    added = ROOT / "assets" / "a-new-file.txt"
    try:
        added.write_text("new")
        assert frontend.sources_digest() != before
        assert not frontend.is_current()
    finally:
        added.unlink()
    assert frontend.sources_digest() == before


def test_two_worker_processes_share_the_port(
    tmp_path: Path, fresh_postgres: "object", redis_server: servers.RedisServer
) -> None:
    url = fresh_postgres.make(tables=False)  # type: ignore[attr-defined]
    with servers.portal(tmp_path / "data", database_url=url, redis_url=redis_server.url, workers="2") as portal:
        workers = _request_workers(portal)
        assert len(workers) == 2
        workers[0].kill()
        wait_until(lambda: len(_request_workers(portal)) == 2, 20, "the second worker process")
        # A request that the ended process had already taken is lost with it; the next one is answered.
        wait_until(lambda: answers(portal.url), 20, "an answer after a worker process ended")
        assert not (portal.folder / "rapport.db").exists()


def test_no_reflex_state_is_written_to_disk(running: Portal) -> None:
    assert not any(path.suffix == ".pkl" for path in ROOT.rglob("*.pkl") if ".venv" not in path.parts and "node_modules" not in path.parts)


def test_first_start_prints_a_one_time_code_and_later_ones_do_not(tmp_path: Path, use: Callable[..., None]) -> None:
    with servers.portal(tmp_path / "data") as portal:
        wait_until(lambda: "one-time code" in portal.log.read_text("utf-8"), 15, "the code")
        said = portal.log.read_text("utf-8")
        assert f"{portal.url}/set-up" in said
        assert "demo" not in said
    use(data_folder=portal.folder, database_url=f"sqlite:///{portal.folder / 'rapport.db'}")
    make_person("Ada Reed", PersonKind.STAFF, is_admin=True)
    with servers.portal(tmp_path / "data") as portal:
        wait_until(lambda: "is open at" in portal.log.read_text("utf-8"), 15, "the address")
        assert "one-time code" not in portal.log.read_text("utf-8")
