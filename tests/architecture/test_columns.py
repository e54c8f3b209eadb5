"""No column holds words of a person in the clear."""

import sqlalchemy as sa

from portal.tables import metadata

# Every readable text column, by what it holds. A new one has to be argued into one of these lines.
REFERENCES = {"id", "case_id", "person_id", "about", "operation", "last_try"}
CODES = {"kind", "status", "role", "side", "action", "outcome", "purpose", "theme", "language", "time_zone", "device", "last_error"}
DIGESTS = {"email_index", "token_digest", "code_digest", "key_digest", "password_hash", "log_head", "hash", "previous"}
PER_ROOM: dict[str, set[str]] = {
    "hand_over": {"task", "came_from"},
    "goal": {"asked_role"},
    "life_area": {"key"},
    "reflection": {"answer"},
    "adjustment": {"origin"},
    "adjustment_terms": {"doer"},
    "adjustment_review": {"helped", "wish"},
    "therapy_session": {"place"},
    "brought": {"item"},
}


def test_text_columns_are_sealed_or_known_to_be_harmless() -> None:
    harmless = REFERENCES | CODES | DIGESTS
    open_columns = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.String | sa.Text | sa.JSON)
        and not column.foreign_keys
        and column.name not in harmless
        and not column.name.endswith("_id")
        and column.name not in PER_ROOM.get(table.name, set())
    ]
    assert not open_columns


def test_no_column_is_an_unbounded_text() -> None:
    assert not [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.String) and column.type.length is None
    ]


def test_moments_know_their_zone() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.DateTime)
    ]
    assert not naive, "use portal.kit.db.moment()"


def test_every_foreign_key_from_a_case_is_indexed() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            if column.foreign_keys and not column.primary_key:
                leading = {next(iter(index.columns)).name for index in table.indexes}
                leading |= {next(iter(one.columns)).name for one in table.constraints if isinstance(one, sa.UniqueConstraint) and len(one.columns)}
                assert column.name in leading or column.index or column.unique, f"{table.name}.{column.name} has no index"
