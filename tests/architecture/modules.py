"""The portal's source as the architecture tests read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = frozenset({"pages", "live", "access", "design", "kit", "demo"})


@dataclass(frozen=True)
class Module:
    """One file below portal/."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its dotted name."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str | None:
        """The room that it lies in, if it lies in one."""
        parts = self.path.relative_to(ROOT / "portal").parts
        return parts[0] if len(parts) > 1 and parts[0] not in FLOORS else None

    @property
    def kind(self) -> str:
        """The kind of work: service, state …"""
        return self.path.stem

    def imports(self) -> Iterator[tuple[str, int]]:
        """What it imports, anywhere in the file, with the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module, node.lineno
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the portal."""
    files = sorted((ROOT / "portal").rglob("*.py"))
    return tuple(Module(path, ast.parse(path.read_text("utf-8"))) for path in files)


def rooms() -> set[str]:
    """The rooms that exist."""
    return {module.room for module in modules() if module.room}


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions at the top of a module."""
    yield from (node for node in module.tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
