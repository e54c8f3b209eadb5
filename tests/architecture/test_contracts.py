"""Who may import whom, and where things lie: design rules that a machine can hold."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT, Module, modules, rooms

ROOM_FILES = {"__init__", "domain", "models", "repository", "schemas", "service", "state", "components"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base", "misc", "util", "helper"}
REFLEX_ALLOWED = re.compile(r"portal\.(portal|pages(\..*)?|live(\..*)?|design(\..*)?|access\.gateway|[a-z]+\.(components|state))")


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize("room", sorted(rooms()))
def test_room_has_only_the_known_files(room: str) -> None:
    present = {path.stem if path.suffix == ".py" else path.name for path in (ROOT / "portal" / room).iterdir()} - {"__pycache__"}
    assert present <= ROOM_FILES, f"portal/{room} has {present - ROOM_FILES}"


def test_every_room_stands_in_the_contracts() -> None:
    declared = (ROOT / "pyproject.toml").read_text("utf-8")
    for room in rooms():
        assert f'"portal.{room}"' in declared or f"portal.{room})" in declared, f"{room} is missing in [tool.importlinter]"


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [module.name for module in modules() if module.kind in FORBIDDEN_NAMES]


def test_rooms_meet_at_domain_and_service_only() -> None:
    broken = [
        f"{module.name}:{line} imports {imported}"
        for module in modules()
        if module.room
        for imported, line in module.imports()
        if (met := re.match(r"portal\.([a-z]+)\.([a-z]+)", imported))
        and met.group(1) in rooms() - {module.room}
        and met.group(2) not in {"domain", "service"}
    ]
    assert not broken


def test_reflex_is_imported_at_the_edge_only() -> None:
    broken = [
        f"{module.name}:{line}"
        for module in modules()
        for imported, line in module.imports()
        if imported.split(".")[0].startswith("reflex") and not REFLEX_ALLOWED.fullmatch(module.name)
    ]
    assert not broken


@pytest.mark.parametrize("module", [module for module in modules() if module.kind == "domain"], ids=lambda module: module.name)
def test_domain_uses_the_standard_library_only(module: Module) -> None:
    allowed = {"portal.kit.refusal", "portal.kit.i18n"}
    for imported, line in module.imports():
        top = imported.split(".")[0]
        own = any(imported == name or imported.startswith(name + ".") for name in allowed)
        meets = re.fullmatch(r"portal\.[a-z]+\.domain(\..+)?", imported)
        assert top in sys.stdlib_module_names or own or meets or imported == "portal.kit", f"{module.name}:{line} imports {imported}"
        assert imported not in {"datetime.datetime.now", "time", "random", "os", "secrets"}, f"{module.name}:{line}: time and chance are passed in"


@pytest.mark.parametrize("module", [module for module in modules() if module.kind == "domain"], ids=lambda module: module.name)
def test_domain_is_told_the_time(module: Module) -> None:
    asked = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"} and isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "clock"}
    ]
    assert not asked


@pytest.mark.parametrize("module", [module for module in modules() if module.kind == "schemas"], ids=lambda module: module.name)
def test_what_the_browser_sees_is_frozen(module: Module) -> None:
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and not any("Enum" in ast.unparse(base) or "Exception" in ast.unparse(base) for base in node.bases):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            assert any("dataclass" in one and "frozen=True" in one for one in decorators), f"{module.name}.{node.name} is no frozen dataclass"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_module_begins_with_what_belongs_there(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} does not say what belongs there"


def test_only_the_clock_reads_the_time() -> None:
    """`clock.now()` is what tests can move; measuring how long something took (monotonic) is another thing."""
    broken = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name != "portal.kit.clock"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time", "datetime.datetime.now"}
    ]
    assert not broken


def test_no_unsafe_calls() -> None:
    """No stack that Reflex runs by eval in the page, no pickles, no shell."""
    banned = {"rx.call_script", "rx.call_function", "rx.toast", "rx.upload", "rx.download", "eval", "exec", "pickle.loads", "os.system", "rx.Cookie", "rx.LocalStorage"}
    broken = [
        f"{module.name}:{node.lineno} {ast.unparse(node.func)}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and (ast.unparse(node.func) in banned or ast.unparse(node.func).startswith("rx.toast."))
    ]
    assert not broken


def test_machine_paths_and_unfinished_work_are_nowhere() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    marks = [re.compile("TO" + "DO|FIX" + "ME|NotImplemented" + "Error"), re.compile(r"(^|[^A-Za-z0-9_.])/(root|farm|work)/")]
    broken = []
    for name in listed:
        path = ROOT / name
        if path.suffix in {".lock", ".json", ".woff2", ".ttf", ".png", ".ico"} or not path.exists() or name == "LICENSE":
            continue
        text = path.read_text("utf-8", errors="ignore")
        broken += [f"{name}: {found.group(0)}" for mark in marks for found in [mark.search(text)] if found]
    assert not broken
