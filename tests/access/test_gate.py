"""The inner gate: who gets in, what it writes down, and what it never says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from portal.access import gate
from portal.access.gate import Caller, open_account, open_case
from portal.access.models import AccessEntry, Person, PersonSession
from portal.access.permissions import Permission
from portal.kit import clock
from portal.kit.db import engine, make_engine, transaction
from portal.kit.ids import new_id
from portal.kit.refusal import AlreadyDone, BadInput, DatabaseGone, Forbidden, NotFound, NotSignedIn
from tests.cast import Cast
from tests.makers import op

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> object:
    with clock.at(NOON):
        yield


def entries(case_id: str) -> list[AccessEntry]:
    with transaction(writes=False) as db:
        return list(db.exec(select(AccessEntry).where(AccessEntry.case_id == case_id).order_by(AccessEntry.number)))


def look(caller: Caller, case_id: str, permission: Permission = Permission.READ_GOALS) -> None:
    with open_case(caller, case_id, permission):
        pass


@pytest.mark.parametrize("case_id", ["", "nonsense", "' OR 1=1 --", "\x00" * 3, "\ud800", "0" * 5000, "../../etc"])
def test_a_garbage_id_reads_like_a_missing_one(cast: Cast, case_id: str) -> None:
    with pytest.raises(NotFound) as garbage:
        look(cast.client, case_id)
    with pytest.raises(NotFound) as missing:
        look(cast.client, new_id())
    with pytest.raises(NotFound) as foreign:
        look(cast.client, cast.other_case)
    assert vars(garbage.value) == vars(missing.value) == vars(foreign.value)


def test_a_look_by_the_therapist_leaves_an_entry_and_one_by_the_client_none(cast: Cast) -> None:
    look(cast.client, cast.case)
    assert entries(cast.case) == []
    look(cast.therapist, cast.case)
    (entry,) = entries(cast.case)
    assert (entry.person_id, entry.role, entry.action, entry.at) == (cast.ids["therapist"], "therapist", "read_goals", NOON)


def test_looks_within_ten_minutes_count_once_and_then_again(cast: Cast) -> None:
    for minutes, expected in ((0, 1), (9, 1), (10, 2), (19, 2), (21, 3)):
        with clock.at(NOON + timedelta(minutes=minutes)):
            gate.alive(cast.therapist.session_id or "")
            look(cast.therapist, cast.case)
        assert len(entries(cast.case)) == expected


def test_another_kind_of_look_and_another_reader_count_by_themselves(cast: Cast) -> None:
    look(cast.therapist, cast.case)
    look(cast.therapist, cast.case, Permission.READ_CHECKINS)
    look(cast.supervisor, cast.case)
    assert [(entry.role, entry.action) for entry in entries(cast.case)] == [
        ("therapist", "read_goals"),
        ("therapist", "read_checkins"),
        ("supervisor", "read_goals"),
    ]


def test_a_look_that_failed_leaves_no_entry_and_the_next_one_does(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), open_case(cast.therapist, cast.case, Permission.READ_GOALS):
        raise ZeroDivisionError
    assert entries(cast.case) == []
    look(cast.therapist, cast.case)
    assert len(entries(cast.case)) == 1


def test_knowing_who_is_in_the_case_is_no_look(cast: Cast) -> None:
    look(cast.therapist, cast.case, Permission.KNOW_MEMBERS)
    assert entries(cast.case) == []


def test_a_change_by_the_client_is_an_entry_with_its_operation(cast: Cast) -> None:
    once = op()
    with open_case(cast.client, cast.case, Permission.WRITE_GOALS, op=once) as case:
        case.about = "a row"
    (entry,) = entries(cast.case)
    assert (entry.operation, entry.about, entry.action) == (once, "a row", "write_goals")
    with pytest.raises(AlreadyDone):
        look_op(cast.client, cast.case, once)
    with pytest.raises(AlreadyDone):
        look_op(cast.therapist, cast.case, once)
    assert len(entries(cast.case)) == 1


def look_op(caller: Caller, case_id: str, operation: str) -> None:
    with open_case(caller, case_id, Permission.WRITE_GOALS, op=operation):
        raise AssertionError("carried out twice")


@pytest.mark.parametrize("operation", ["", "1", "x" * 36, "A" * 36, "00000000-0000-0000-0000-00000000000g"])
def test_an_odd_operation_id_is_refused(cast: Cast, operation: str) -> None:
    with pytest.raises(BadInput):
        look_op(cast.client, cast.case, operation)


@pytest.mark.parametrize(("who", "idle", "absolute"), [("client", 30, 24 * 60), ("therapist", 15, 12 * 60)])
def test_a_session_ends_by_rest_and_by_age(cast: Cast, who: str, idle: int, absolute: int) -> None:
    caller = cast.everybody()[who]
    session_id = caller.session_id or ""
    with transaction(writes=True) as db:
        row = db.get(PersonSession, session_id)
        assert row is not None
        row.created_at = row.last_seen_at = NOON
        db.add(row)
    with clock.at(NOON + timedelta(minutes=idle, seconds=-1)):
        assert gate.alive(session_id)
    with clock.at(NOON + timedelta(minutes=2 * idle - 1, seconds=-2)):
        assert gate.alive(session_id), "being used begins the time of rest anew"
    with clock.at(NOON + timedelta(minutes=4 * idle)), pytest.raises(NotSignedIn):
        look(caller, cast.case)
    with transaction(writes=True) as db:
        row = db.get(PersonSession, session_id)
        assert row is not None
        row.last_seen_at = NOON + timedelta(minutes=absolute)
        db.add(row)
    with clock.at(NOON + timedelta(minutes=absolute)):
        assert not gate.alive(session_id)


def test_signed_out_and_deactivated_are_signed_out(cast: Cast) -> None:
    with transaction(writes=True) as db:
        row = db.get(PersonSession, cast.client.session_id)
        person = db.get(Person, cast.ids["therapist"])
        assert row is not None and person is not None
        row.ended_at = person.deactivated_at = NOON
        db.add(row)
        db.add(person)
    for caller in (cast.client, cast.therapist):
        assert not gate.alive(caller.session_id or "")
        with pytest.raises(NotSignedIn):
            look(caller, cast.case)
        with pytest.raises(NotSignedIn), open_account(caller, Permission.READ_OWN_ACCOUNT):
            pass
    assert gate.session_of_cookie(cast.tokens["client"]) is None
    assert gate.session_of_cookie(cast.tokens["second_client"]) == cast.second_client.session_id
    assert gate.living_among({str(one.session_id) for one in cast.everybody().values() if one.session_id}) == {
        one.session_id for name, one in cast.everybody().items() if name not in {"client", "therapist", "nobody"}
    }


def test_a_signed_out_stranger_learns_nothing_about_ids(cast: Cast) -> None:
    for case_id in (cast.case, new_id(), ""):
        with pytest.raises(NotSignedIn):
            look(cast.nobody, case_id)


def test_a_refused_role_leaves_no_entry(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        look(cast.supervisor, cast.case, Permission.READ_FEEDBACK)
    assert entries(cast.case) == []


def test_looking_at_another_thing_within_ten_minutes_is_another_look(cast: Cast) -> None:
    first, second = (new_id() for _ in range(2))
    for about in (first, second, first):
        with open_case(cast.therapist, cast.case, Permission.READ_CHECKINS, about=about):
            pass
    assert [entry.about for entry in entries(cast.case)] == [first, second]


@contextmanager
def _held_by_another() -> Iterator[None]:
    """Another process holds the database (SQLite) or the case's row and the session's (PostgreSQL)."""
    with sa.create_engine(engine().url).connect() as other:
        if engine().dialect.name == "sqlite":
            other.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql('SELECT 1 FROM "case" FOR UPDATE')
            other.exec_driver_sql("SELECT 1 FROM person_session FOR UPDATE")
        yield
        other.exec_driver_sql("ROLLBACK") if engine().dialect.name == "sqlite" else other.rollback()


@contextmanager
def no_writing() -> Iterator[None]:
    """Whoever would change a row in here fails."""

    def refuse(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        assert not statement.startswith("UPDATE")

    sa.event.listen(engine(), "before_cursor_execute", refuse)
    yield
    sa.event.remove(engine(), "before_cursor_execute", refuse)


def test_a_session_lives_although_nobody_can_note_that_it_was_seen(cast: Cast) -> None:
    session_id = cast.client.session_id or ""
    with clock.at(NOON + timedelta(minutes=2)):
        with _held_by_another():
            assert gate.alive(session_id)
            with no_writing():
                assert gate.alive(cast.therapist.session_id or ""), "and nobody else waits for the same lock"
        gate.forget_looks()
        assert gate.alive(session_id)
    with transaction(writes=False) as db:
        row = db.get(PersonSession, session_id)
        assert row is not None
        assert row.last_seen_at == NOON + timedelta(minutes=2)


def test_a_client_can_look_while_another_process_writes(cast: Cast) -> None:
    look(cast.client, cast.case, Permission.KNOW_MEMBERS)
    look(cast.therapist, cast.case, Permission.KNOW_MEMBERS)
    with _held_by_another():
        look(cast.client, cast.case)
        with pytest.raises(DatabaseGone):
            look(cast.therapist, cast.case)
    look(cast.therapist, cast.case)
    assert [entry.role for entry in entries(cast.case)] == ["therapist"]


def test_a_row_that_another_process_holds_is_given_up_after_seconds(cast: Cast) -> None:
    once = op()
    with _held_by_another(), pytest.raises(DatabaseGone), open_case(cast.client, cast.case, Permission.WRITE_GOALS, op=once):
        pass
    with open_case(cast.client, cast.case, Permission.WRITE_GOALS, op=once):
        pass
    assert [entry.operation for entry in entries(cast.case)] == [once]


@pytest.fixture
def on_postgresql(fresh_postgres: Any, use: Callable[..., None]) -> None:
    use(database_url=fresh_postgres.make())


def test_postgresql_waits_for_nothing_without_end_but_in_a_migration(on_postgresql: None) -> None:
    limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    other = make_engine(engine().url, migrating=True)
    with engine().connect() as ours, other.connect() as migrating:
        assert [ours.exec_driver_sql(f"SHOW {limit}").scalar() for limit in limits] == ["5s", "10s", "30s"]
        assert {migrating.exec_driver_sql(f"SHOW {limit}").scalar() for limit in limits} == {"0"}
    other.dispose()


def test_a_statement_without_end_is_given_up(on_postgresql: None) -> None:
    with pytest.raises(DatabaseGone), transaction(writes=False) as db:
        db.connection().exec_driver_sql("SET LOCAL statement_timeout = '50ms'")
        db.connection().exec_driver_sql("SELECT pg_sleep(20)")
