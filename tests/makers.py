"""Makers of people, sessions and cases, written straight into the tables."""

from datetime import timedelta

from sqlmodel import select

from portal.access import keys, log
from portal.access.gate import Caller
from portal.access.models import Case, CaseStatus, Membership, Person, PersonKind, PersonSession
from portal.access.permissions import CaseRole
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.ids import digest, new_id, secret


def make_person(
    name: str, kind: PersonKind, *, is_admin: bool = False, email: str = "", password_hash: str | None = None
) -> str:
    """A person; returns the id."""
    with transaction(writes=True) as db:
        key = keys.account_key(db)
        person_id = new_id()
        address = email or f"{name.split()[0].lower()}-{person_id[-6:]}@example.org"
        db.add(
            Person(
                id=person_id,
                kind=kind,
                is_admin=is_admin,
                name=key.seal(name, f"person.name:{person_id}"),
                email=key.seal(address, f"person.email:{person_id}"),
                email_index=keys.email_index(address),
                password_hash=password_hash,
                language="en",
                created_at=clock.now(),
            )
        )
    return person_id


def sign_in(person_id: str) -> tuple[Caller, str]:
    """A living session of the person, as the caller and as the cookie's token."""
    token = secret()
    with transaction(writes=True) as db:
        row = PersonSession(
            id=new_id(),
            token_digest=digest(token),
            person_id=person_id,
            device="Firefox · Linux",
            created_at=clock.now(),
            last_seen_at=clock.now(),
        )
        db.add(row)
        return Caller(row.id), token


def make_case(**people: str) -> str:
    """An active case with its members by role: make_case(client=…, therapist=…); returns the id."""
    case_id = new_id()
    with transaction(writes=True) as db:
        case = Case(id=case_id, status=CaseStatus.ACTIVE, wrapped_key=keys.new_case_key(case_id), created_at=clock.now())
        log.begin(case)
        db.add(case)
    for role, person_id in people.items():
        join_case(case_id, person_id, role)
    return case_id


def join_case(case_id: str, person_id: str, role: str) -> None:
    """The person takes part in the case from now on."""
    with transaction(writes=True) as db:
        db.add(Membership(id=new_id(), case_id=case_id, person_id=person_id, role=CaseRole(role), since=clock.now()))


def end_membership(case_id: str, person_id: str) -> None:
    """The person leaves the case."""
    with transaction(writes=True) as db:
        for row in db.exec(select(Membership).where(Membership.case_id == case_id, Membership.person_id == person_id)):
            row.ended_at = clock.now() - timedelta(seconds=1)
            db.add(row)


def op() -> str:
    """A fresh operation id."""
    return new_id()
