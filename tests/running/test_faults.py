"""Faults: a killed process, a database that is locked, full or gone. What was confirmed stands once; the rest did not happen."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, func, select

from portal.access.models import AccessEntry
from portal.cases import service as cases
from portal.goals import service as goals
from portal.goals.models import Goal
from portal.kit.db import engine, transaction
from portal.kit.refusal import AlreadyDone, DatabaseGone
from portal.settings import settings
from tests.cast import Cast, assemble
from tests.makers import op
from tests.servers import ROOT

_WRITER = """
import sys
from portal.access.gate import Caller
from portal.goals import service as goals
from portal.kit.ids import new_id
while True:
    op = new_id()
    print("trying", op, flush=True)
    goals.add(Caller(sys.argv[1]), sys.argv[2], "A goal written while the lights go out", op=op)
    print("confirmed", op, flush=True)
"""


def _written(operation: str) -> int:
    with transaction(writes=False) as db:
        return db.exec(select(func.count()).select_from(AccessEntry).where(AccessEntry.operation == operation)).one()


def _goals(case_id: str) -> int:
    with transaction(writes=False) as db:
        return db.exec(select(func.count()).select_from(Goal).where(Goal.case_id == case_id)).one()


def _add(cast: Cast, operation: str | None = None) -> str:
    return goals.add(cast.client, cast.case, "Walk to the river", op=operation or op()).id


def test_confirmed_changes_of_a_killed_process_are_there_exactly_once(cast: Cast) -> None:
    command = [sys.executable, "-c", _WRITER, cast.client.session_id or "", cast.case]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(9)]
    writer.kill()
    lines += writer.stdout.readlines()
    writer.wait()
    tried = [line.split()[1] for line in lines if line.startswith("trying") and line.endswith("\n")]
    confirmed = {line.split()[1] for line in lines if line.startswith("confirmed") and line.endswith("\n")}
    assert len(confirmed) >= 3
    assert all(_written(one) == 1 for one in confirmed)
    # The page sends what was not confirmed once more: afterwards it is there once too.
    for one in set(tried) - confirmed:
        try:
            _add(cast, one)
        except AlreadyDone:
            pass
    assert all(_written(one) == 1 for one in tried)
    assert _goals(cast.case) == len(tried)
    assert cases.verify_logs() == []


def test_locked_database_refuses_calmly_and_takes_the_change_later(on_sqlite: None) -> None:
    cast, operation = assemble(), op()
    file = settings().sqlite_file
    assert file is not None
    goals.board(cast.client, cast.case)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(DatabaseGone):
            _add(cast, operation)
        assert time.monotonic() - started < 8
        assert goals.board(cast.client, cast.case), "looking goes on"
        other.execute("ROLLBACK")
    _add(cast, operation)
    assert (_written(operation), _goals(cast.case)) == (1, 1)


@contextmanager
def _full() -> Iterator[None]:
    """Every connection from now on may not make the file larger."""

    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    sa.event.listen(engine(), "connect", limit)
    engine().dispose()
    yield
    sa.event.remove(engine(), "connect", limit)
    engine().dispose()


def test_full_disk_loses_nothing_that_was_confirmed(on_sqlite: None) -> None:
    cast = assemble()
    confirmed: list[str] = []
    refused = ""
    with _full():
        for _ in range(200):
            refused = op()
            try:
                _add(cast, refused)
            except DatabaseGone:
                break
            confirmed.append(refused)
        else:
            pytest.fail("the disk never became full")
        assert _goals(cast.case) == len(confirmed)
    _add(cast, refused)
    assert all(_written(one) == 1 for one in [*confirmed, refused])
    assert _goals(cast.case) == len(confirmed) + 1
    assert cases.verify_logs() == []


def test_database_server_that_went_away_is_found_again(fresh_postgres: Any, use: Callable[..., None]) -> None:
    url = fresh_postgres.make()
    use(database_url=url)
    cast, operation = assemble(), op()
    name = sa.make_url(url).database
    fresh_postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    fresh_postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with pytest.raises(DatabaseGone):
        _add(cast, operation)
    fresh_postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    _add(cast, operation)
    assert (_written(operation), _goals(cast.case)) == (1, 1)


def test_connections_cut_in_the_middle_of_a_change_leave_nothing_half_done(fresh_postgres: Any, use: Callable[..., None]) -> None:
    url = fresh_postgres.make()
    use(database_url=url)
    cast = assemble()
    name = sa.make_url(url).database

    def cut(_session: Any, _context: Any, _instances: Any) -> None:
        fresh_postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    sa.event.listen(Session, "before_flush", cut, once=True)
    operation = op()
    with pytest.raises(DatabaseGone):
        _add(cast, operation)
    assert (_written(operation), _goals(cast.case)) == (0, 0)
    _add(cast, operation)
    assert (_written(operation), _goals(cast.case)) == (1, 1)
