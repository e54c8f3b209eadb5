"""The cast on SQLite for most tests of ladders, and in each kind of database for those that ask it something of its own."""

import pytest

from tests.cast import Cast, assemble


@pytest.fixture
def cast(on_sqlite: None) -> Cast:
    """The whole cast, where the kind of database has no part."""
    return assemble()


@pytest.fixture
def cast_everywhere(database: str) -> Cast:
    """The whole cast, in a fresh database of each kind."""
    return assemble()
