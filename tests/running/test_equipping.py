"""Equipping: a browser counts as found only if it starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import equip


@pytest.fixture(autouse=True)
def _look_again() -> Iterator[None]:
    equip.chromium.cache_clear()
    yield
    equip.chromium.cache_clear()


def _program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_chromium_that_lacks_libraries_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = _program(tmp_path / "fetched" / "chromium-1" / "chrome-linux" / "chrome", "exit 127")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "fetched"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(equip, "_NAMES", ("chromium-of-this-test",))
    assert list(equip.candidates()) == [str(fetched)]
    assert equip.chromium() is None, "so Debian's is tried"
    installed = _program(tmp_path / "bin" / "chromium-of-this-test", "echo '<html><head></head></html>'")
    equip.chromium.cache_clear()
    assert equip.chromium() == str(installed)


def test_a_named_chromium_that_does_not_exist_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nothing"))
    monkeypatch.setattr(equip, "_NAMES", ())
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert equip.chromium() is None
