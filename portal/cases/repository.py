"""Queries about cases and who takes part in them."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from portal.access.models import AccessEntry, Case, CaseStatus, Membership, Person
from portal.access.permissions import PRIVATE_ACTS, REVEALING_ACTS, SEALED_ACTS, CaseRole


def person(db: Session, person_id: str) -> Person | None:
    """The person with this id."""
    return db.get(Person, person_id)


def people(db: Session, person_ids: Iterable[str]) -> list[Person]:
    """These people, also those who have left."""
    return list(db.exec(select(Person).where(col(Person.id).in_(list(person_ids)))))


def living_case_of(db: Session, client_id: str) -> tuple[Case, list[Membership]] | None:
    """The case in which the client works with somebody now, and who takes part in it."""
    rows = db.exec(
        select(Case, Membership)
        .join(Membership, col(Membership.case_id) == Case.id)
        .where(
            col(Case.id).in_(
                select(Membership.case_id).where(
                    Membership.person_id == client_id,
                    Membership.role == CaseRole.CLIENT,
                    col(Membership.ended_at).is_(None),
                )
            ),
            Case.status != CaseStatus.ENDED,
            col(Membership.ended_at).is_(None),
        )
    ).all()
    return (rows[0][0], [membership for _, membership in rows]) if rows else None


def locked(db: Session, case_id: str) -> Case | None:
    """The case, held until the transaction ends."""
    return db.exec(select(Case).where(Case.id == case_id).with_for_update()).first()


def present_memberships(db: Session, case_id: str) -> list[Membership]:
    """Who takes part in the case now."""
    return list(db.exec(select(Membership).where(Membership.case_id == case_id, col(Membership.ended_at).is_(None))))


def cases_of(db: Session, person_id: str) -> list[tuple[Case, CaseRole, list[Person]]]:
    """Every case that the person takes part in now, as what, and its clients: one statement, oldest first."""
    mine, theirs = aliased(Membership), aliased(Membership)
    rows = db.exec(
        select(Case, mine.role, Person)
        .join(mine, col(mine.case_id) == Case.id)
        .join(theirs, (col(theirs.case_id) == Case.id) & col(theirs.ended_at).is_(None) & (theirs.role == CaseRole.CLIENT))
        .join(Person, col(Person.id) == theirs.person_id)
        .where(mine.person_id == person_id, col(mine.ended_at).is_(None))
        .order_by(col(mine.since), col(theirs.since))
    ).all()
    found: dict[str, tuple[Case, CaseRole, list[Person]]] = {}
    for case, role, client in rows:
        found.setdefault(case.id, (case, CaseRole(role), []))[2].append(client)
    return list(found.values())


def all_case_ids(db: Session) -> list[str]:
    """Every case of the practice."""
    return list(db.exec(select(Case.id).order_by(col(Case.id))))


def entries_for(
    db: Session, case_id: str, reader_id: str, *, most: int, person: str | None, own: bool
) -> list[AccessEntry]:
    """The newest entries of the case's log that the reader may see, newest first; of one person if given ("": the portal)."""
    wanted = select(AccessEntry).where(*_readable(case_id, reader_id, own))
    if person is not None:
        wanted = wanted.where(col(AccessEntry.person_id) == person if person else col(AccessEntry.person_id).is_(None))
    return list(db.exec(wanted.order_by(col(AccessEntry.number).desc()).limit(most)))


def who_acted(db: Session, case_id: str, reader_id: str, *, own: bool) -> list[tuple[str | None, str]]:
    """Who appears in what the reader may see of the log, and as what at last; whoever acted last comes first."""
    last = (
        select(sa.func.max(AccessEntry.number))
        .where(*_readable(case_id, reader_id, own))
        .group_by(col(AccessEntry.person_id))
    )
    return list(
        db.exec(
            select(AccessEntry.person_id, AccessEntry.role)
            .where(AccessEntry.case_id == case_id, col(AccessEntry.number).in_(last))
            .order_by(col(AccessEntry.number).desc())
        )
    )


def _readable(case_id: str, reader_id: str, own: bool) -> list[sa.ColumnElement[bool]]:
    """What the reader may see: of others neither what is private to them nor work on answers that never opened for both."""
    mine = col(AccessEntry.person_id) == reader_id
    if own:
        return [col(AccessEntry.case_id) == case_id, mine]
    opening = aliased(AccessEntry)
    opened = select(opening.about).where(opening.case_id == case_id, col(opening.action).in_(REVEALING_ACTS))
    sealed = col(AccessEntry.action).in_(SEALED_ACTS) & col(AccessEntry.about).not_in(opened)
    hidden = col(AccessEntry.action).in_(PRIVATE_ACTS) | sealed
    return [col(AccessEntry.case_id) == case_id, mine | col(AccessEntry.person_id).is_(None) | ~hidden]
