"""Migrations: one history, forward and back on both databases, with rows in place, and equal to the tables in code."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
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


_NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{newest}", None, None

def upgrade():
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("shoe_size", sa.Integer(), nullable=False, server_default="0"))
        person.alter_column("language", type_=sa.String(24), existing_type=sa.String(12), existing_nullable=False)

def downgrade():
    with op.batch_alter_table("person") as person:
        person.alter_column("language", type_=sa.String(12), existing_type=sa.String(24), existing_nullable=False)
        person.drop_column("shoe_size")
"""


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history that is one step longer than ours: that changes a table which others point to, as an update will one day."""
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "next.py").write_text(_NEXT.format(newest=migrate.newest()))
    ours = migrate.config

    def longer(url: str = "") -> Config:
        made = ours(url)
        made.set_main_option("path_separator", "os")
        made.set_main_option("version_locations", f"{migrate.CONFIG.parent / 'versions'}{os.pathsep}{steps}")
        return made

    monkeypatch.setattr(migrate, "config", longer)


def _rows() -> dict[str, list[dict[str, object]]]:
    """Every row of every table of ours, by the columns that the code knows."""
    with engine().connect() as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(sa.select(table)).mappings()), key=repr)
            for table in metadata.sorted_tables
        }


def test_each_step_keeps_the_rows_that_are_there(migrated: None, one_more: None) -> None:
    """Every revision is undone and redone one by one with the cast in place, as an update of a practice would."""
    assemble()
    before = _rows()
    assert before["person"] and before["person_session"] and before["membership"]
    revisions = [one.revision for one in ScriptDirectory.from_config(migrate.config()).walk_revisions()]
    assert len(revisions) >= 2
    migrate.upgrade()
    for earlier in revisions[1:]:
        migrate.downgrade(revision=earlier)
        assert migrate.present() == earlier
        migrate.upgrade()
        assert (migrate.present(), _rows()) == (revisions[0], before)


def test_a_step_that_loses_rows_which_others_point_to_is_undone(migrated: None, one_more: None, tmp_path: Path) -> None:
    assemble()
    before, present = _rows(), migrate.present()
    step = tmp_path / "steps" / "next.py"
    step.write_text(step.read_text().replace("def upgrade():\n", "def upgrade():\n    op.execute('DELETE FROM person')\n"))
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
        migrate.upgrade()
    assert (migrate.present(), _rows()) == (present, before)


def test_a_practices_database_file_is_for_its_owner_only(migrated: None) -> None:
    file = settings().sqlite_file
    assert file is None or file.stat().st_mode & 0o077 == 0


def test_a_database_that_does_not_answer_says_so(use: Callable[..., None]) -> None:
    with pytest.raises(migrate.Unreachable):
        migrate.present("postgresql+psycopg://nobody@127.0.0.1:1/none")
