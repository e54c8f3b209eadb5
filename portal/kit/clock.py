"""The one place that reads the time, so that tests can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _read()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at `moment` (aware) for the length of the block."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    global _read
    before = _read
    fixed = moment.astimezone(UTC)
    _read = lambda: fixed  # noqa: E731
    try:
        yield
    finally:
        _read = before
