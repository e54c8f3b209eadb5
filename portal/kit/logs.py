"""What is written down about running: names, places and references, never what people wrote."""

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

# Libraries put payloads, addresses and SQL values into their messages. Of theirs only the place and the kind are kept.
_OWN = "portal"


def set_up(*, as_json: bool) -> None:
    """Send every log record of this process to stderr, as JSON lines or as text for a person."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _references_only,
            renderer,
        ],
        logger_factory=lambda *_: _Lines(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Quiet()]
    root.setLevel(logging.WARNING)


def keep_failures_quiet() -> None:
    """Write uncaught exceptions of a server process down without their messages; at a command line they are shown."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda met: _uncaught(met.exc_type, met.exc_value, met.exc_traceback)


def log() -> Any:
    """The portal's own logger. `event` names what happened; the other words are references: ids, counts, names of code."""
    return structlog.get_logger(_OWN)


def failure(event: str, exception: BaseException, **references: object) -> None:
    """Write an unexpected exception down by its types and places; its message, which may quote input, is left out."""
    log().error(event, error=types_of(exception), at=places_of(exception), **references)


def types_of(exception: BaseException) -> str:
    """The exception's class and those of its causes: `DatabaseGone < OperationalError`."""
    names: list[str] = []
    met: BaseException | None = exception
    while met is not None and len(names) < 5:
        names.append(type(met).__name__)
        met = met.__cause__ or met.__context__
    return " < ".join(names)


def places_of(exception: BaseException, most: int = 6) -> list[str]:
    """Where it passed through, innermost last: `service.py:41 reveal`."""
    frames = traceback.extract_tb(exception.__traceback__)[-most:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


def _references_only(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A value that is no reference (bytes, rows, other objects) is named by its type."""
    for word, value in event.items():
        if not isinstance(value, str | int | float | bool | list | None):
            event[word] = type(value).__name__
    return event


class _Lines:
    """Writes finished lines to whatever stderr is at that moment."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _Quiet(logging.Handler):
    """Takes the records of libraries and keeps their place, level and exception types."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            references: dict[str, Any] = {"place": f"{record.name}:{record.lineno}", "kind": record.levelname.lower()}
            if record.exc_info and record.exc_info[1] is not None:
                references["error"] = types_of(record.exc_info[1])
                references["at"] = places_of(record.exc_info[1])
            log().warning("library", **references)
        except Exception:  # noqa: BLE001  a log that fails must not take the request with it
            self.handleError(record)


def _uncaught(kind: type[BaseException], value: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    failure("uncaught", (value or kind()).with_traceback(trace))


def take_over(*names: str) -> None:
    """Let no record of these loggers, or of those below them, leave by another way: their own handlers print whole payloads."""
    known = [name for name in logging.root.manager.loggerDict if name in names or name.startswith(tuple(f"{one}." for one in names))]
    for name in {*names, *known}:
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    if not any(isinstance(handler, _Quiet) for handler in logging.root.handlers):
        for name in names:
            logging.getLogger(name).handlers[:] = [_Quiet()]
            logging.getLogger(name).propagate = False
