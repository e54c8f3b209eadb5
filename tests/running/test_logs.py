"""Logs: types, places and references; never a message, a payload or a value."""

import logging
import subprocess
import sys

import pytest

from portal.kit import logs
from tests.servers import ROOT

CANARY = "canary-in-the-words"


@pytest.fixture
def written(capfd: pytest.CaptureFixture[str]) -> "pytest.CaptureFixture[str]":
    """Logging as a server process has it."""
    before = logging.getLogger().handlers[:]
    logs.set_up(as_json=True)
    yield capfd
    logging.getLogger().handlers[:] = before


def test_failure_is_written_without_its_message(written: pytest.CaptureFixture[str]) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as inner:
            raise ValueError(CANARY) from inner
    except ValueError as broken:
        logs.failure("something failed", broken, case="0190-ref")
    line = written.readouterr().err
    assert "ValueError < KeyError" in line
    assert "test_logs.py" in line
    assert "0190-ref" in line
    assert CANARY not in line


def test_library_records_keep_place_and_level_only(written: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("reflex.somewhere")
    library.warning(f"received event {CANARY}")
    library.error("payload %s", CANARY)
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        library.exception(CANARY)
    lines = written.readouterr().err
    assert lines.count("reflex.somewhere") == 3
    assert "RuntimeError" in lines
    assert CANARY not in lines


def test_values_that_are_no_references_are_named_by_type(written: pytest.CaptureFixture[str]) -> None:
    logs.log().warning("odd", row=object(), sealed=CANARY.encode())
    line = written.readouterr().err
    assert "bytes" in line
    assert CANARY not in line


@pytest.mark.parametrize("where", ["raise ValueError(word)", "import threading; t = threading.Thread(target=int, args=(word,)); t.start(); t.join()"])
def test_a_server_process_ends_without_quoting_anything(where: str) -> None:
    script = f"from portal.kit import logs; logs.set_up(as_json=True); logs.keep_failures_quiet(); word = '{CANARY}'; {where}"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "ValueError" in done.stderr
    assert CANARY not in done.stderr + done.stdout
