"""The yardstick: a bare Reflex app with one shared counter, built and served as Reflex does by itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers

_CONFIG = 'import reflex as rx\n\nconfig = rx.Config(app_name="bare", telemetry_enabled=False)\n'

_APP = '''
import reflex as rx


class Shared(rx.SharedState):
    count: int = 0

    @rx.event
    async def joined(self):
        await self._link_to("everybody")

    @rx.event
    def pressed(self):
        self.count += 1


def page():
    return rx.vstack(
        rx.heading("Counter"),
        rx.text(Shared.count, id="count"),
        rx.button("Press", on_click=Shared.pressed, id="press"),
        on_mount=Shared.joined,
    )


app = rx.App()
app.add_page(page, route="/")
'''


@contextmanager
def bare_app(folder: Path) -> Iterator[str]:
    """The counter app on a free port; yields its address. The build uses the portal's own package lock where it fits."""
    package = folder / "bare"
    package.mkdir(parents=True)
    (folder / "rxconfig.py").write_text(_CONFIG)
    (package / "__init__.py").write_text("")
    (package / "bare.py").write_text(_APP)
    (folder / "assets").mkdir()
    port = servers.free_port()
    variables = {name: value for name, value in os.environ.items() if not name.upper().startswith(("RAPPORT_", "REFLEX_"))}
    variables |= {
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "0",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_STATE_MANAGER_MODE": "memory",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "reflex", "run", "--env", "prod", "--single-port"]
    command += ["--backend-port", str(port), "--frontend-port", str(port), "--backend-host", "127.0.0.1"]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        servers.wait_until(lambda: servers.answers(url), 300, "the bare app", process)
        yield url
    except RuntimeError as ended:
        raise RuntimeError(f"{ended}\n{log.read_text('utf-8', 'replace')[-3000:]}") from None
    finally:
        servers.stop(process)
        shutil.rmtree(folder, ignore_errors=True)
