"""What the tests need from the machine: found, fetched where that is possible, else named in one loud line."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests import servers

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def candidates() -> Iterator[str]:
    """Every Chromium on this machine: the one that was named, installed ones, those that Playwright fetched."""
    if named := os.environ.get("CHROMIUM"):
        yield named
    yield from filter(None, map(shutil.which, _NAMES))
    for place in filter(None, [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), str(Path.home() / ".cache" / "ms-playwright")]):
        for path in sorted(Path(place).glob("chromium*/chrome*-linux*/*")):
            if path.name in {"chrome", "headless_shell", "chrome-headless-shell"} and os.access(path, os.X_OK):
                yield str(path)


def starts(program: str) -> bool:
    """Whether it opens a page: one that was fetched may lack libraries of the system."""
    with tempfile.TemporaryDirectory(prefix="rapport-chromium-", ignore_cleanup_errors=True) as profile:
        command = [program, "--headless", *_QUIET, f"--user-data-dir={profile}", "--dump-dom", "about:blank"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0 and b"<html" in done.stdout


@cache
def chromium() -> str | None:
    """The Chromium to use: the first that starts."""
    return next(filter(starts, candidates()), None)


def launch_options() -> dict[str, Any]:
    """How Playwright starts it."""
    return {"executable_path": chromium(), "args": _QUIET}


@cache
def missing() -> dict[str, str]:
    """By marker: why its tests cannot run on this machine."""
    found: dict[str, str] = {}
    if chromium() is None:
        found["browser"] = "no Chromium was found and none could be fetched: the browser tests are skipped"
    if servers.postgres_programs() is None:
        found["postgres"] = "no PostgreSQL server was found and none could be installed: the PostgreSQL tests are skipped"
    if servers.redis_program() is None:
        found["redis"] = "no redis-server was found and none could be installed: the tests with two worker processes are skipped"
    return found


def equip() -> None:
    """Fetch what is missing: a Chromium from Playwright, else all from Debian where this account may install."""
    if chromium() is None:
        print("==> Fetching a Chromium for the browser tests")
        _try([sys.executable, "-m", "playwright", "install", "chromium"], 300)
        chromium.cache_clear()
    packages = [
        package
        for package, found in (
            ("chromium", chromium()),
            ("postgresql", servers.postgres_programs()),
            ("redis-server", servers.redis_program()),
        )
        if found is None
    ]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"==> Installing {', '.join(packages)} from Debian")
        _try(["apt-get", "update", "-qq"], 120)
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], 600)
    chromium.cache_clear()
    missing.cache_clear()
    for reason in missing().values():
        print(f"!!! {reason}")


def _try(command: list[str], seconds: int) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        print(f"    {command[0]} {command[1]} did not succeed")


if __name__ == "__main__":
    equip()
