"""The access log's chain: how an entry is hashed, added and checked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from portal.access.models import AccessEntry, Case
from portal.kit.crypto import MasterKey
from portal.kit.ids import new_id
from portal.kit.keys import master_key


def entry_hash(entry: AccessEntry, master: MasterKey | None = None) -> str:
    """HMAC-SHA256 over every column and the previous hash, under a key that the database does not hold (the present master's)."""
    fields = [
        entry.id,
        entry.case_id,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.person_id,
        entry.role,
        entry.action,
        entry.about,
        entry.operation,
        entry.previous,
    ]
    return (master or master_key()).mac("access log", json.dumps(fields, ensure_ascii=True))


def end_seal(case: Case, master: MasterKey | None = None) -> str:
    """HMAC-SHA256 over how many entries there are and the newest one's hash: without it the newest could be cut off unseen."""
    return (master or master_key()).mac("access log end", json.dumps([case.id, case.log_count, case.log_head]))


def begin(case: Case) -> None:
    """Begin the log of a new case, empty and sealed as such."""
    case.log_count, case.log_head = 0, ""
    case.log_seal = end_seal(case)


def append(
    db: Session,
    case: Case,
    *,
    at: datetime,
    person_id: str | None,
    role: str,
    action: str,
    about: str = "",
    operation: str | None = None,
) -> AccessEntry:
    """Add the next entry of `case`, whose row the caller's transaction holds."""
    entry = AccessEntry(
        id=new_id(),
        case_id=case.id,
        number=case.log_count + 1,
        at=at,
        person_id=person_id,
        role=role,
        action=action,
        about=about,
        operation=operation,
        previous=case.log_head,
        hash="",
    )
    entry.hash = entry_hash(entry)
    case.log_count, case.log_head = entry.number, entry.hash
    case.log_seal = end_seal(case)
    db.add(entry)
    db.add(case)
    return entry


@dataclass(frozen=True)
class Break:
    """A place where the log is not what was written: `number` is the first entry (1-based) that does not fit."""

    case_id: str
    number: int
    reason: str


def entries(db: Session, case_id: str) -> tuple[list[AccessEntry], Break | None]:
    """The case's entries, oldest first, and the first place where they are not what was written (None: the log is whole).

    One statement, so that an entry added meanwhile by somebody else is either seen with its new end or not at all.
    """
    rows = db.exec(
        select(Case, AccessEntry)
        .outerjoin(AccessEntry, col(AccessEntry.case_id) == Case.id)
        .where(Case.id == case_id)
        .order_by(col(AccessEntry.number))
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return [], Break(case_id, 1, "the case is missing")
    found = [entry for _, entry in rows if entry is not None]
    return found, _first_break(rows[0][0], found)


def verify(db: Session, case_id: str) -> Break | None:
    """None if the case's log is whole; else its first break (an altered, missing, added or cut entry)."""
    return entries(db, case_id)[1]


def _first_break(case: Case, found: list[AccessEntry]) -> Break | None:
    previous, expected = "", 1
    for entry in found:
        if entry.number != expected:
            return Break(case.id, expected, "an entry is missing")
        if entry.previous != previous or entry_hash(entry) != entry.hash:
            return Break(case.id, entry.number, "an entry was altered")
        previous, expected = entry.hash, expected + 1
    if case.log_count != expected - 1 or case.log_head != previous or case.log_seal != end_seal(case):
        return Break(case.id, expected, "the end was cut off or added to")
    return None
