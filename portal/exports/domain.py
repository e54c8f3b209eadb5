"""What becomes of an export, and what a file has to keep to: names, kinds, and cells that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from portal.kit.refusal import Refusal

KEPT = timedelta(minutes=15)
"""How long a finished file can be fetched."""
LEASE = timedelta(seconds=30)
"""Whoever makes a file says so more often than this; after it somebody else takes the work up."""
MOST_ATTEMPTS = 3
WAITS = timedelta(minutes=5)
"""An export that nobody took up for so long is given up, so that a page does not wait for ever."""
REMEMBERED = timedelta(hours=1)
"""How long what became of an export can still be read, when its file is gone."""
MOST_AT_ONCE = 3
MOST_BYTES = 32 * 1024 * 1024


class Format(StrEnum):
    """The kinds of files."""

    PDF = auto()
    CSV = auto()
    JSON = auto()


class Status(StrEnum):
    """The life of an export."""

    QUEUED = auto()
    RUNNING = auto()
    READY = auto()
    FAILED = auto()
    EXPIRED = auto()


class Why(StrEnum):
    """Why an export failed."""

    LEFT = auto()
    GONE = auto()
    WAITED = auto()
    TOO_LARGE = auto()
    BROKEN = auto()


UNDER_WAY = frozenset({Status.QUEUED, Status.RUNNING})


class NotNow(Refusal):
    """The export's state does not allow what was asked; both are named."""

    sentence = "This copy is not there any more. You can make a new one."

    def __init__(self, state: Status, act: str) -> None:
        super().__init__()
        self.state = state
        self.act = act

    def __str__(self) -> str:
        return f"{type(self).__name__}: {self.act} while {self.state.value}"


class EnoughUnderWay(Refusal):
    """One person waits for at most a few exports at a time."""

    sentence = "Three copies are being made already. Please wait until one of them is done, or cancel one."


@dataclass(frozen=True)
class Export:
    """Where an export stands. `touched_at` is when it last moved; `percent` (0 to 100) never goes back within one attempt."""

    asked_at: datetime
    touched_at: datetime
    status: Status = Status.QUEUED
    percent: int = 0
    attempts: int = 0
    kept_until: datetime | None = None
    why: Why | None = None


def is_due(export: Export, now: datetime) -> bool:
    """Whether somebody should take it up: nobody did, or whoever did has fallen silent."""
    return export.status is Status.QUEUED or (export.status is Status.RUNNING and now - export.touched_at >= LEASE)


def taken_up(export: Export, now: datetime) -> Export:
    """Somebody makes the file from now on; after the last attempt it has failed. Raises NotNow unless it is due."""
    if not is_due(export, now):
        raise NotNow(export.status, "take up")
    if export.attempts >= MOST_ATTEMPTS:
        return _failed(export, Why.BROKEN, now)
    return replace(export, status=Status.RUNNING, percent=0, attempts=export.attempts + 1, touched_at=now)


def moved_on(export: Export, attempt: int, percent: int, now: datetime) -> Export:
    """So much of the file is made. Raises NotNow if this attempt is not the one that counts any more."""
    _need_attempt(export, attempt, "move on")
    return replace(export, percent=max(export.percent, min(percent, 99)), touched_at=now)


def finished(export: Export, attempt: int, now: datetime) -> Export:
    """The file is there and can be fetched for a while. Raises NotNow."""
    _need_attempt(export, attempt, "finish")
    return replace(export, status=Status.READY, percent=100, touched_at=now, kept_until=now + KEPT)


def given_up(export: Export, attempt: int, why: Why, now: datetime) -> Export:
    """It cannot be made. Raises NotNow."""
    _need_attempt(export, attempt, "give up")
    return _failed(export, why, now)


def at(export: Export, now: datetime) -> Export:
    """The export as time has left it: a file whose time is over has expired, a wait without end has failed."""
    if export.status is Status.READY and export.kept_until is not None and export.kept_until <= now:
        return replace(export, status=Status.EXPIRED, touched_at=now, kept_until=None)
    if export.status is Status.QUEUED and now - export.asked_at >= WAITS:
        return _failed(export, Why.WAITED, now)
    return export


def to_be_fetched(export: Export, now: datetime) -> None:
    """Raises NotNow unless the file can be fetched now."""
    if at(export, now).status is not Status.READY:
        raise NotNow(at(export, now).status, "fetch")


def forgotten(export: Export, now: datetime) -> bool:
    """Whether nothing needs to be known of it any more."""
    return export.status in {Status.FAILED, Status.EXPIRED} and now - export.touched_at >= REMEMBERED


def _need_attempt(export: Export, attempt: int, act: str) -> None:
    if export.status is not Status.RUNNING or export.attempts != attempt:
        raise NotNow(export.status, act)


def _failed(export: Export, why: Why, now: datetime) -> Export:
    return replace(export, status=Status.FAILED, touched_at=now, why=why, kept_until=None)


# --- files

MEDIA_TYPES: dict[Format, str] = {
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json; charset=utf-8",
}


def file_name(format_: Format, day: date) -> str:
    """What the file is called: it says neither whose it is nor what is in it."""
    return f"rapport-{day.isoformat()}.{format_.value}"


# A spreadsheet reads a cell that begins so as a formula, some of them after white space, in full width too. A cell also begins
# after a mark that this file does not use but the reader's settings do, so these count wherever a cell could begin.
_FORMULA = re.compile(r"(^|[\n\r\t,;|\"])([^\S\n\r\t]*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def plain_cell(text: str) -> str:
    """A cell that a spreadsheet shows and never calculates: an apostrophe stands before what could begin a formula.

    After OWASP, "CSV Injection" (characters = + - @, tab and carriage return).
    """
    if text[:1] in {"\t", "\r"}:
        text = "'" + text
    return _FORMULA.sub(r"\1'\2", text)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> str:
    """A table as RFC 4180 wants it, every cell quoted, begun with a byte order mark, by which spreadsheets know it for UTF-8."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([plain_cell(cell) for cell in head])
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
