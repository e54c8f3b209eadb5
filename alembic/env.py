"""How migrations reach the database: the portal's settings, tables and engine rules, on SQLite and PostgreSQL alike."""

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import AutoString

from portal.kit.db import Moment, make_engine
from portal.settings import settings
from portal.tables import metadata


def _render(kind: str, item: object, _context: object) -> str | bool:
    """Write column types as the plain ones that they are stored as: history must not import today's code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    return False


def _type_differs(
    _context: object, _inspected: Column[object], column: Column[object], found: TypeEngine[object], wanted: TypeEngine[object]
) -> bool | None:
    return False if isinstance(wanted, Moment) and "TIME" in str(found).upper() else None


def _check_references(ctx: MigrationContext, **_step: object) -> None:
    """SQLite does not watch over references while tables are exchanged: after each step, before it is committed, all must hold."""
    connection = ctx.connection
    if connection is not None and connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("after this migration rows point to others that are not there")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite alters a table by copying it
        render_item=_render,
        compare_type=_type_differs,
        transaction_per_migration=True,
        on_version_apply=_check_references,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    settings().open_data_folder()
    engine = make_engine(context.config.attributes.get("url") or settings().database_url, migrating=True)
    with engine.connect().execution_options(writes=True) as own:
        _migrate(own)
        own.commit()
    engine.dispose()
