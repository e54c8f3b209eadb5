"""Counting the SQL statements of a verb."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from portal.kit.db import engine


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block, without the frames of transactions and savepoints."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")):
            found.append(statement)

    sa.event.listen(engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine(), "before_cursor_execute", note)
