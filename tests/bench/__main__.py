"""`make bench`: build, serve, measure, and write docs/bench.md and docs/bench.json."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from portal import frontend
from portal.goals import service as goals
from tests import equip
from tests.bench import crowd, screens, writing
from tests.bench.bare import bare_app
from tests.bench.figures import Report
from tests.bench.practice import fill_board, make_pair, served, statements_of
from tests.bench.verbs import statements_by_verb

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_STATEMENTS = 8


def statements(report: Report) -> None:
    """SQL statements of every verb, and of the board with few and many goals."""
    for verb, count in statements_by_verb().items():
        report.add(f"SQL statements, {verb}", count, "", MOST_STATEMENTS)
    pair = make_pair()
    fill_board(pair, 30)
    few = statements_of(lambda: goals.board(pair.client, pair.case))
    fill_board(pair, 270)
    many = statements_of(lambda: goals.board(pair.client, pair.case))
    report.add("SQL statements, board of 30 goals", few, "", MOST_STATEMENTS)
    report.add("SQL statements, board of 300 goals", many, "", few)


def main() -> int:
    """Everything, in the order in which a person would wait for it."""
    report = Report()
    if equip.chromium() is None:
        print("The bench needs a Chromium.")
        return 1
    print("==> Building the page", flush=True)
    frontend.build()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        in_browsers(report, Path(folder))
        began = time.perf_counter()
        with served(Path(folder) / "practice"):
            report.add("second start, until it answers", time.perf_counter() - began, "s", 15)
        # Without Playwright, which keeps an event loop of its own in this thread.
        with served(Path(folder) / "crowd") as running:
            print("==> A crowd", flush=True)
            asyncio.run(crowd.measure(running, report))
        with served(Path(folder) / "texts") as running:
            print("==> Writing together", flush=True)
            asyncio.run(writing.measure(running, report))
    report.write(ROOT / "docs")
    print("==> docs/bench.md and docs/bench.json are written")
    return 0


def in_browsers(report: Report, folder: Path) -> None:
    """What people see: beside the bare app, with two browsers, and at the first load."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**equip.launch_options())
        print("==> A bare Reflex counter app", flush=True)
        with bare_app(folder / "bare-app") as url:
            yardstick = screens.bare(browser, url)
        report.times("bare app: own echo", yardstick.echo)
        report.times("bare app: propagation", yardstick.other)
        twice = 2 * median(yardstick.other)
        with served(folder / "practice") as running:
            print("==> Statements", flush=True)
            statements(report)
            print("==> Two browsers", flush=True)
            series = {
                "edit of a text": screens.edit_series(browser, running.url),
                **screens.board_series(browser, running.url),
                "feedback shared": screens.feedback_series(browser, running.url),
                "check-in revealed": screens.reveal_series(browser, running.url),
            }
            for name, one in series.items():
                report.times(f"{name}: own echo", one.echo)
                report.times(f"{name}: propagation", one.other, median_reach=40 if name == "move" else twice, p95_reach=100)
            print("==> A board of 300 goals in the hand", flush=True)
            drags = screens.longest_task_of_a_drag(browser, running.url)
            report.add("longest task while dragging on a board of 300 goals", max(drags), "ms", 50, len(drags))
            print("==> Letters", flush=True)
            typed = writing.letters(browser, running.url)
            report.times("a letter: own echo", typed.echo)
            report.times("a letter to the other screen", typed.other, median_reach=30, p95_reach=80)
            print("==> First loads", flush=True)
            screens.board_loads(browser, running.url, 30, report, {"kB": 440, "ms": 600})
            screens.board_loads(browser, running.url, 300, report, {"ms": 800})
            browser.close()


if __name__ == "__main__":
    sys.exit(main())
