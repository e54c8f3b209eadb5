"""Bringing the database to the present tables, forward and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.kit.db import make_engine
from portal.settings import settings

CONFIG = Path(__file__).resolve().parent.parent / "alembic" / "alembic.ini"


class Unreachable(Exception):
    """The database does not answer, or not to this name and password."""


def config(url: str = "") -> Config:
    """Alembic's configuration for the practice's database, or for `url`."""
    made = Config(str(CONFIG))
    made.attributes["url"] = url or settings().database_url
    return made


def upgrade(url: str = "", revision: str = "head") -> None:
    """Bring the database to `revision`. Each migration is one transaction."""
    command.upgrade(config(url), revision)
    file = settings().sqlite_file
    if not url and file is not None:
        file.chmod(0o600)


def downgrade(url: str = "", revision: str = "base") -> None:
    """Take the database back to `revision`."""
    command.downgrade(config(url), revision)


def present(url: str = "") -> str | None:
    """The revision that the database is at; None for an empty one. Raises Unreachable."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def holds_demo_people(url: str = "") -> bool:
    """Whether there is any account of the fictional practice. Raises Unreachable."""
    with _connected(url) as connection:
        if not sa.inspect(connection).has_table("person"):
            return False
        return bool(connection.scalar(sa.text("SELECT count(*) FROM person WHERE is_demo")))


def holds_real_people(url: str = "") -> bool:
    """Whether there is any account that is not of the fictional practice. Raises Unreachable."""
    with _connected(url) as connection:
        if not sa.inspect(connection).has_table("person"):
            return False
        return bool(connection.scalar(sa.text("SELECT count(*) FROM person WHERE NOT is_demo")))


def wrapped_keys(url: str = "") -> dict[str, bytes]:
    """The practice's own data keys by purpose, as the master key wrapped them; none in an empty database. Raises Unreachable."""
    with _connected(url) as connection:
        if not sa.inspect(connection).has_table("practice_key"):
            return {}
        return {purpose: bytes(wrapped) for purpose, wrapped in connection.execute(sa.text("SELECT purpose, wrapped FROM practice_key"))}


def newest() -> str | None:
    """The revision that this version of the portal needs."""
    return ScriptDirectory.from_config(config()).get_current_head()


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    engine = make_engine(url or settings().database_url)
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.OperationalError:
        raise Unreachable from None
    finally:
        engine.dispose()
