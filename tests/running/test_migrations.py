"""Migrations: one history, forward and back on both databases, with rows in place, and equal to the tables in code."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal import migrate
from portal.kit.db import engine
from portal.settings import settings
from portal.tables import metadata
from tests.cast import assemble


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path, use: Callable[..., None]) -> None:
    """An empty practice whose tables the migrations have made."""
    folder = tmp_path / "data"
    if request.param == "sqlite":
        use(data_folder=folder, database_url=f"sqlite:///{folder / 'rapport.db'}")
    else:
        use(data_folder=folder, database_url=request.getfixturevalue("fresh_postgres").make(tables=False))
    migrate.upgrade()


def test_history_has_one_head() -> None:
    assert len(ScriptDirectory.from_config(migrate.config()).get_heads()) == 1


def test_tables_in_the_database_are_those_in_code(migrated: None) -> None:
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": lambda *_: False, "render_as_batch": True})
        assert compare_metadata(context, metadata) == []


def test_history_goes_back_to_empty_and_forward_again(migrated: None) -> None:
    assemble()
    migrate.downgrade()
    with engine().connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade()
    assert migrate.present() == migrate.newest()
    assemble()


def test_each_step_keeps_the_rows_that_are_there(migrated: None) -> None:
    """Every revision is undone and redone one by one with the cast in place, as an update of a practice would."""
    assemble()
    revisions = [one.revision for one in ScriptDirectory.from_config(migrate.config()).walk_revisions()]
    with engine().connect() as connection:
        before = connection.scalar(sa.text("SELECT count(*) FROM person"))
    for revision in revisions[1:]:
        migrate.downgrade(revision=revision)
        migrate.upgrade(revision=revision)
    migrate.upgrade()
    with engine().connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM person")) == before


def test_a_practices_database_file_is_for_its_owner_only(migrated: None) -> None:
    file = settings().sqlite_file
    assert file is None or file.stat().st_mode & 0o077 == 0


def test_a_database_that_does_not_answer_says_so(use: Callable[..., None]) -> None:
    with pytest.raises(migrate.Unreachable):
        migrate.present("postgresql+psycopg://nobody@127.0.0.1:1/none")
