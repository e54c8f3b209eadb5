"""Installing: a lock is only taken for installed once pip has succeeded with it."""

import shutil
import subprocess
from pathlib import Path

from tests.servers import ROOT

# Stands for the virtual environment's interpreter: usable, and its pip does what the file `pip-does` says.
_PYTHON = """#!/bin/sh
case "$1" in
    -c) exit 0 ;;
    -m) echo "Collecting something"; exit "$(cat pip-does)" ;;
esac
"""


def test_a_later_installation_that_fails_is_not_taken_for_done(tmp_path: Path) -> None:
    shutil.copy(ROOT / "deploy" / "install.sh", tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(_PYTHON)
    python.chmod(0o755)
    lock, stamp = tmp_path / "requirements.lock", tmp_path / ".venv" / "installed-requirements.lock"

    def installing(pip_does: int) -> int:
        (tmp_path / "pip-does").write_text(str(pip_does))
        return subprocess.run(["sh", "install.sh", "requirements.lock"], cwd=tmp_path, capture_output=True, check=False).returncode

    lock.write_text("one==1\n")
    assert installing(0) == 0
    assert stamp.read_text() == "one==1\n"
    lock.write_text("one==2\n")
    for _ in range(2):
        assert installing(1) == 1
        assert stamp.read_text() == "one==1\n"
    assert installing(0) == 0
    assert stamp.read_text() == "one==2\n"
