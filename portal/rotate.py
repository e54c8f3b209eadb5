"""Rotation: a new master key and new data keys, with everything that was sealed or signed under the old ones done anew."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.access import keys, log
from portal.access.models import AccessEntry, Case, Person, PracticeKey
from portal.kit import clock, mail
from portal.kit.crypto import DataKey, MasterKey, Unreadable, new_key
from portal.kit.db import forget_overwritten, transaction
from portal.kit.keys import master_key
from portal.settings import Settings, settings
from portal.tables import metadata

_WRAPPED = {"case.wrapped_key", "practice_key.wrapped"}
_OUTBOX = "outbox"


class BrokenLog(Exception):
    """A case's access log is not what was written: signing it anew would hide that. `verify-log` says where."""


@dataclass(frozen=True)
class Rotated:
    """What was done: how many cases and sealed values; `old_key` is where the old master key lies now (None: only in the settings)."""

    cases: int
    values: int
    new_key: Path
    old_key: Path | None


def rotate() -> Rotated:
    """Seal everything under fresh data keys and wrap those with a fresh master key, all in one transaction.

    The portal must not be running. The new master key is on the disk before anything is written with it, and takes the old
    one's place after the commit; interrupted anywhere, the next call finishes it. Open invitations, links and codes end, for only
    digests of them are stored. Raises BrokenLog, and Unreadable when the present master key is not the database's.
    """
    known = settings()
    fresh = MasterKey.parse(_prepared(known))
    if _is_wrapped_by(fresh):
        cases = values = 0  # committed before, and interrupted then
    else:
        cases, values = _rewrite(master_key(), fresh)
    keys.forget()
    forget_overwritten()
    return Rotated(cases, values, *_put_in_place(known))


def is_under_way(known: Settings) -> bool:
    """Whether a rotation was begun and its new key is not in place yet."""
    return _waiting(known).exists()


# --- the key's files


def _prepared(known: Settings) -> str:
    known.open_data_folder()
    waiting = _waiting(known)
    if waiting.exists() and waiting.read_text("ascii") == known.encoded_master_key():
        waiting.unlink()  # the last rotation's, which the settings have taken over since
    if not waiting.exists():
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR), "w") as out:
            out.write(MasterKey(new_key()).encoded())
            out.flush()
            os.fsync(out.fileno())
    return waiting.read_text("ascii")


def _waiting(known: Settings) -> Path:
    return known.key_file.with_name("master.key.new")


def _put_in_place(known: Settings) -> tuple[Path, Path | None]:
    waiting = _waiting(known)
    if known.master_key is not None:
        return waiting, None  # the settings name the key: whoever wrote them changes them
    kept = known.key_file.with_name(f"master.key.until-{clock.now():%Y-%m-%d-%H%M%S}")
    os.link(known.key_file, kept)
    waiting.replace(known.key_file)
    return known.key_file, kept


# --- the rows


def _is_wrapped_by(master: MasterKey) -> bool:
    with transaction(writes=False) as db:
        rows = db.exec(select(PracticeKey)).all()
    try:
        return bool(rows) and all(master.unwrap(row.wrapped, row.purpose) for row in rows)
    except Unreadable:
        return False


def _rewrite(old: MasterKey, new: MasterKey) -> tuple[int, int]:
    values = 0
    with transaction(writes=True) as db:
        case_ids = db.exec(select(Case.id).order_by(col(Case.created_at))).all()
        for case_id in case_ids:
            case = db.exec(select(Case).where(Case.id == case_id).with_for_update()).one()
            values += _rewrite_case(db, case, old, new)
            db.flush()
            db.expunge_all()
        values += _rewrite_accounts(db, old, new)
    return len(case_ids), values


def _rewrite_case(db: Session, case: Case, old: MasterKey, new: MasterKey) -> int:
    entries, broken = log.entries(db, case.id)
    if broken is not None:
        raise BrokenLog(case.id)
    before = DataKey(case.key_number, old.unwrap(case.wrapped_key, case.id))
    after = DataKey(before.number + 1, new_key())
    values = sum(_reseal(db, table, _of_case(table, case.id), before, after) for table in _sealed_tables() if _leads_to_case(table))
    case.wrapped_key, case.key_number = new.wrap(after.material, case.id), after.number
    _sign_again(db, case, entries, new)
    return values


def _sign_again(db: Session, case: Case, entries: list[AccessEntry], new: MasterKey) -> None:
    previous = ""
    for entry in entries:
        entry.previous = previous
        previous = entry.hash = log.entry_hash(entry, new)
        db.add(entry)
    case.log_head = previous
    case.log_seal = log.end_seal(case, new)
    db.add(case)


def _rewrite_accounts(db: Session, old: MasterKey, new: MasterKey) -> int:
    values = 0
    row = db.get(PracticeKey, keys.ACCOUNTS)
    if row is not None:
        before = DataKey(row.number, old.unwrap(row.wrapped, row.purpose))
        after = DataKey(before.number + 1, new_key())
        for person in db.exec(select(Person)).all():
            person.email_index = keys.email_index(keys.email_of(person, before), new)
            db.add(person)
        db.flush()
        for table in _sealed_tables():
            if not _leads_to_case(table) and table.name != _OUTBOX:
                values += _reseal(db, table, sa.true(), before, after)
        row.wrapped, row.number = new.wrap(after.material, row.purpose), after.number
        db.add(row)
    letters = metadata.tables[_OUTBOX]
    values += _reseal(db, letters, sa.true(), mail.outbox_key(old), mail.outbox_key(new))
    tickets = metadata.tables["ticket"]
    db.execute(sa.update(tickets).where(tickets.c.closed_at.is_(None)).values(closed_at=clock.now()))
    return values


def _reseal(db: Session, table: sa.Table, which: sa.ColumnElement[bool], before: DataKey, after: DataKey) -> int:
    """Every sealed value of the rows, for the same place under the other key."""
    columns = list(_sealed_columns(table))
    done = 0
    for row in db.execute(sa.select(table.c.id, *columns).where(which)).all():
        changed: dict[str, Any] = {}
        for column, sealed in zip(columns, row[1:], strict=True):
            if sealed:
                where = f"{table.name}.{column.name}:{row[0]}"
                changed[column.name] = after.seal_bytes(before.unseal_bytes(bytes(sealed), where), where)
        if changed:
            db.execute(sa.update(table).where(table.c.id == row[0]).values(changed))
            done += len(changed)
    return done


# --- where something is sealed: every binary column, for its own row and name


def _sealed_columns(table: sa.Table) -> Iterator[sa.Column[Any]]:
    for column in table.columns:
        if isinstance(column.type, sa.LargeBinary) and f"{table.name}.{column.name}" not in _WRAPPED:
            yield column


def _sealed_tables() -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if list(_sealed_columns(table))]


def _parent(table: sa.Table, wanted: Callable[[sa.Table], bool]) -> tuple[sa.Column[Any], sa.Table] | None:
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table is not table and wanted(key.column.table):
                return column, key.column.table
    return None


def _leads_to_case(table: sa.Table) -> bool:
    return table.name == "case" or _parent(table, _leads_to_case) is not None


def _of_case(table: sa.Table, case_id: str) -> sa.ColumnElement[bool]:
    """The rows of a case: those that name it, or whose parents do."""
    if "case_id" in table.c:
        return table.c.case_id == case_id
    found = _parent(table, _leads_to_case)
    if found is None:
        raise LookupError(table.name)
    column, parent = found
    return column.in_(sa.select(parent.c.id).where(_of_case(parent, case_id)))
