"""One engine per process, and transactions that are short, explicit and silent about values."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session, SQLModel

from portal.kit.refusal import DatabaseGone, NotFound
from portal.settings import settings

BUSY_MS = 5_000
_PATIENCE = " ".join(
    f"-c {name}={value}"
    for name, value in (("lock_timeout", "5s"), ("statement_timeout", "10s"), ("idle_in_transaction_session_timeout", "30s"))
)
_REACH = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 10_000}
_GAVE_UP = {"55P03", "57014", "25P03"}  # SQLSTATE lock_not_available, query_canceled, idle_in_transaction_session_timeout
_TOO_LONG = "22001"  # SQLSTATE string_data_right_truncation: a mistake of ours, not an odd id

# Every constraint has a name, so that a later migration can say which one it changes, on SQLite too.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC and read back aware on every database. Raises ValueError for a naive one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a moment without a zone; SQLite has no zones, so what it stores is UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the zone back that SQLite dropped."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(**options: Any) -> sa.Column[datetime]:
    """A column of moments: moment(nullable=False)."""
    return sa.Column(Moment(), **options)


@lru_cache(maxsize=1)
def engine() -> sa.Engine:
    """The process's engine. SQLite runs in WAL with foreign keys, full sync and explicit BEGIN IMMEDIATE for writers."""
    return make_engine(settings().database_url)


def make_engine(url: URL | str, *, migrating: bool = False) -> sa.Engine:
    """An engine for `url` with the portal's rules; `hide_parameters` keeps values out of error texts.

    A server that is out of reach, a row that somebody holds and a statement without end are given up after seconds, so that
    no thread waits for ever. `migrating`: only the first of these, for migrations may take as long as they need; and SQLite, which changes
    a table by putting a copy in its place, lets the rows that point to it wait for the copy.
    """
    url = make_url(url)
    if url.get_backend_name() != "sqlite":
        reach: dict[str, Any] = dict(_REACH)
        if not migrating:
            reach["options"] = f"{_PATIENCE} {url.query.get('options', '')}".strip()
        return sa.create_engine(
            url, hide_parameters=True, pool_size=10, max_overflow=10, pool_pre_ping=True, pool_timeout=5, connect_args=reach
        )
    made = sa.create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000})

    @sa.event.listens_for(made, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in (
            "journal_mode=WAL",
            f"foreign_keys={'OFF' if migrating else 'ON'}",
            f"busy_timeout={BUSY_MS}",
            "synchronous=FULL",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(made, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A deferred transaction that turns into a writer can fail half way; writers say so at the start.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return made


@contextmanager
def transaction(*, writes: bool) -> Iterator[Session]:
    """A session in one transaction: committed at the end, rolled back on any error.

    Raises DatabaseGone when the database is locked, full or out of reach, and NotFound when it was asked for a value
    that it cannot hold. Errors never carry values.
    """
    try:
        with engine().connect().execution_options(writes=writes) as connection, Session(
            connection, expire_on_commit=False, autoflush=False
        ) as session:
            yield session
            session.commit()
    except (sa.exc.DataError, UnicodeEncodeError, OverflowError) as impossible:
        if getattr(getattr(impossible, "orig", None), "sqlstate", None) == _TOO_LONG:
            raise
        # Texts are cleaned before they come here, so this was an id that no row can have: a NUL, half a character.
        raise NotFound from None
    except sa.exc.DBAPIError as broken:
        if isinstance(broken, sa.exc.IntegrityError) or not _is_outage(broken):
            raise
        raise DatabaseGone from None
    except sa.exc.TimeoutError:
        raise DatabaseGone from None


def _is_outage(broken: sa.exc.DBAPIError) -> bool:
    gave_up = getattr(broken.orig, "sqlstate", None) in _GAVE_UP
    return gave_up or isinstance(broken, sa.exc.OperationalError | sa.exc.InterfaceError) or broken.connection_invalidated


def forget_overwritten() -> None:
    """Empty SQLite's write-ahead log, so that what was just overwritten is in no file any more.

    Without success while another connection still reads the older state; then the next call does it. Other
    databases reclaim overwritten rows on their own (PostgreSQL: by vacuum).
    """
    if engine().dialect.name != "sqlite":
        return
    connection = engine().raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
