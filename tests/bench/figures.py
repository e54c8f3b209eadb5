"""Figures: how samples become medians, how a table is written, and which goal each figure has."""

import json
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

TRIED: dict[str, str] = {
    "check-in revealed: propagation, p95": (
        "each sample is the first change in two freshly opened pages, and both draw the whole gap view at once. "
        "Nothing was tried for it yet beyond what stands under the medians."
    ),
    "propagation, median": (
        "the bare app keeps one number in memory and stores nothing. Here a change is checked, committed with full sync, "
        "entered in the log, and read again for each screen through the gate. Tried: statements that are built once, lists read as plain columns, "
        "one var per column of the board, only what is unfolded unsealed. In one process without a socket a tick took 2.2 ms and "
        "the view of a board of 30 goals 1.9 ms; between two plain sockets an edit is there within the figure measured with the crowd. "
        "The rest is Reflex's state, its page, and two browsers that share the cores with the server."
    ),
    "CPU per 1,000 edits": (
        "an edit costs the verb and two views of the board, each a transaction of its own in a thread. "
        "Tried: statements that are built once, lists read as plain columns. Not tried: one view for both screens, which would have to be cut by rights."
    ),
}
"""What was tried for a figure that was missed, by a part of its name; it stands below the table."""


def p95(samples: list[float]) -> float:
    """The 95th percentile (inclusive method)."""
    return quantiles(samples, n=20, method="inclusive")[-1] if len(samples) > 1 else samples[0]


@dataclass
class Figure:
    """One measured value. `reach` is the goal, at most; None where there is none."""

    what: str
    value: float
    unit: str
    reach: float | None = None
    samples: int = 1
    note: str = ""

    @property
    def verdict(self) -> str:
        """"reached", "missed", or nothing where no goal was set."""
        if self.reach is None:
            return ""
        return "reached" if self.value <= self.reach else "missed"

    @property
    def shown(self) -> str:
        """The value to three digits, or to one behind the point."""
        return f"{round(self.value, 3 if self.value < 10 else 1):g}"


@dataclass
class Report:
    """All figures of one run."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str, reach: float | None = None, samples: int = 1, note: str = "") -> None:
        """Add one figure and say it at once."""
        figure = Figure(what, value, unit, reach, samples, note)
        if figure.verdict == "missed" and not note:
            figure.note = next((tried for part, tried in TRIED.items() if part in what), "")
        self.figures.append(figure)
        print(f"    {what}: {figure.shown} {unit}{f' (reach {figure.reach:g}: {figure.verdict})' if reach is not None else ''}", flush=True)

    def times(self, what: str, milliseconds: list[float], *, median_reach: float | None = None, p95_reach: float | None = None) -> None:
        """Add median and 95th percentile of a series of times."""
        self.add(f"{what}, median", median(milliseconds), "ms", median_reach, len(milliseconds))
        self.add(f"{what}, p95", p95(milliseconds), "ms", p95_reach, len(milliseconds))

    def write(self, folder: Path) -> None:
        """Write bench.md and bench.json."""
        folder.mkdir(parents=True, exist_ok=True)
        head = f"Measured by `make bench` on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {_cores()} cores."
        lines = ["# Measurements", "", head, "", "| figure | value | reach (at most) | | n |", "|---|---|---|---|---|"]
        for one in self.figures:
            reach = "" if one.reach is None else f"{round(one.reach, 1):g} {one.unit}"
            lines.append(f"| {one.what} | {one.shown} {one.unit} | {reach} | {one.verdict} | {one.samples} |")
        notes = [f"- {one.what}: {one.note}" for one in self.figures if one.note]
        (folder / "bench.md").write_text("\n".join([*lines, "", *notes]).rstrip() + "\n")
        (folder / "bench.json").write_text(json.dumps([asdict(one) | {"verdict": one.verdict} for one in self.figures], indent=1) + "\n")


def _cores() -> int:
    import os

    return os.cpu_count() or 1
