"""The page that browsers load: when it has to be built again, how, and for which address."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / ".web"
STATIC = WEB / "build" / "client"
_STAMP = WEB / "built-from"
_LOG = WEB.with_name(".web-build.log")

# A build must know an address; ours is exchanged for the page's own origin, so that one build serves any port and name.
BUILT_FOR = "http://localhost:8000"
_ADDRESS = re.compile(r"""(["'`])(http|ws)://localhost:8000(/[a-z_-]*)\1""")
_SOURCES = ("portal/**/*.py", "portal/**/*.js", "portal/**/*.jsx", "portal/**/*.css", "assets/**/*", "locale/**/*.po", "reflex.lock/*")


class BuildFailed(Exception):
    """The frontend could not be built; the message is for the console."""


def use_own_origin(static: Path) -> None:
    """Make the built page talk to the origin that it was loaded from. Raises BuildFailed.

    Reflex bakes the backend's address into the script, and only its host name is looked up at run time:
    behind another port or a proxy such a page would call the wrong door.
    """
    exchanged = 0
    for script in static.rglob("*.js"):
        changed, count = _ADDRESS.subn(_own_address, script.read_text("utf-8"))
        if count:
            script.write_text(changed, "utf-8")
            exchanged += count
    if not exchanged:
        raise BuildFailed("the built scripts do not name the backend where they used to; see portal/frontend.py")


def _own_address(found: re.Match[str]) -> str:
    scheme, path = found.group(2), found.group(3)
    origin = "location.origin" if scheme == "http" else 'location.origin.replace(/^http/,"ws")'
    return f'({origin}+"{path}")'


def sources_digest() -> str:
    """One hash over everything that the page is built from, paths and contents."""
    digest = hashlib.sha256()
    files = {path for pattern in _SOURCES for path in ROOT.glob(pattern) if path.is_file() and not _linked(path)}
    for path in sorted(files | {ROOT / "rxconfig.py", ROOT / "requirements.lock"}):
        if path.exists():
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _linked(path: Path) -> bool:
    # Reflex links shared assets of Python packages into assets/external while it compiles.
    return "external" in path.relative_to(ROOT).parts


def is_current() -> bool:
    """Whether the page on disk was built from the sources as they are now."""
    return _STAMP.exists() and STATIC.exists() and _STAMP.read_text("utf-8") == sources_digest()


def forget() -> None:
    """Let the next start build again, because something else writes into the folder of the build."""
    _STAMP.unlink(missing_ok=True)


def build(*, force: bool = False) -> bool:
    """Build the page unless it is current; True when something was built. Raises BuildFailed.

    One build at a time per folder: a second caller waits, then finds the page current.
    """
    with _one_at_a_time():
        if not force and is_current():
            return False
        digest = sources_digest()
        _STAMP.unlink(missing_ok=True)
        with _LOG.open("w", encoding="utf-8") as log:
            done = subprocess.run(
                [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
                cwd=ROOT, env=build_environment(), stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
            )
        if done.returncode or not STATIC.exists():
            raise BuildFailed(_end_of_log())
        _STAMP.write_text(digest, "utf-8")
        return True


def _end_of_log() -> str:
    noise = ("npm silly", "npm verbose", "npm timer", "npm http")
    lines = [line for line in _LOG.read_text("utf-8", "replace").splitlines() if not line.startswith(noise)]
    return "\n".join([*lines[-60:], f"The whole log: {_LOG}"])


def build_environment() -> dict[str, str]:
    """The environment of a build: Node of our own virtual environment first, nothing reported to anyone."""
    own = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": own + os.pathsep + os.environ.get("PATH", ""),
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "0",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
        "npm_config_update_notifier": "false",
        "npm_config_omit_lockfile_registry_resolved": "true",
        "NODE_USE_SYSTEM_CA": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }


def node_found() -> bool:
    """Whether the JavaScript runtime that building needs is there."""
    return shutil.which("node", path=build_environment()["PATH"]) is not None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (ROOT / ".web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
