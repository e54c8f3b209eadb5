"""Queries about people, their sessions, one-time tickets and attempts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, case, col, func, select, update

from portal.access.models import Case, CaseStatus, HandOver, Membership, Person, PersonSession
from portal.accounts.domain import AddressTaken, TicketPurpose
from portal.accounts.models import Attempts, Practice, ResetWish, Ticket
from portal.kit.db import Moment


def person(db: Session, person_id: str) -> Person | None:
    """The person with this id."""
    return db.get(Person, person_id)


def person_at(db: Session, email_index: str) -> Person | None:
    """The person with this address."""
    return db.exec(select(Person).where(Person.email_index == email_index)).first()


def anybody(db: Session) -> bool:
    """Whether the practice has a single person."""
    return db.exec(select(Person.id).limit(1)).first() is not None


def everybody(db: Session) -> list[Person]:
    """All people, in the order in which they came."""
    return list(db.exec(select(Person).order_by(col(Person.id))))


def active_admins(db: Session) -> frozenset[str]:
    """Who can run the practice: ids."""
    return frozenset(
        db.exec(
            select(Person.id).where(
                col(Person.is_admin).is_(True), col(Person.deactivated_at).is_(None), col(Person.password_hash).is_not(None)
            )
        )
    )


def practice(db: Session) -> Practice | None:
    """The practice, once it is set up."""
    return db.exec(select(Practice)).first()


def add_person(db: Session, row: Person) -> None:
    """A new person. Raises AddressTaken when somebody has the address, also when both came at the same moment."""
    if person_at(db, row.email_index) is not None:
        raise AddressTaken(field="email")
    store_person(db, row)


def store_person(db: Session, row: Person) -> None:
    """Write a person down. Raises AddressTaken."""
    db.add(row)
    try:
        db.flush()
    except sa.exc.IntegrityError:
        raise AddressTaken(field="email") from None


# Sessions


def sessions_of(db: Session, person_id: str) -> list[PersonSession]:
    """The person's sessions that nobody has ended, newest first."""
    return list(
        db.exec(
            select(PersonSession)
            .where(PersonSession.person_id == person_id, col(PersonSession.ended_at).is_(None))
            .order_by(col(PersonSession.last_seen_at).desc())
        )
    )


def end_sessions(db: Session, person_id: str, now: datetime, *, only: str = "") -> int:
    """End the person's sessions: all, or `only` one. How many."""
    ending = update(PersonSession).where(col(PersonSession.person_id) == person_id, col(PersonSession.ended_at).is_(None))
    if only:
        ending = ending.where(col(PersonSession.id) == only)
    return int(db.exec(ending.values(ended_at=now)).rowcount)


def end_session_of_cookie(db: Session, token_digest: str, now: datetime) -> None:
    """End the session of one cookie, whoever's it is."""
    db.exec(
        update(PersonSession)
        .where(col(PersonSession.token_digest) == token_digest, col(PersonSession.ended_at).is_(None))
        .values(ended_at=now)
    )


def keep_one_session(db: Session, person_id: str, now: datetime, session_id: str, token_digest: str) -> None:
    """End all of the person's sessions but one, which goes on under another cookie. One statement."""
    this = col(PersonSession.id) == session_id
    db.exec(
        update(PersonSession)
        .where(col(PersonSession.person_id) == person_id, col(PersonSession.ended_at).is_(None))
        .values(
            ended_at=case((this, None), else_=sa.literal(now, Moment())),
            token_digest=case((this, token_digest), else_=PersonSession.token_digest),
        )
    )


def session(db: Session, session_id: str) -> PersonSession | None:
    """One session's row."""
    return db.get(PersonSession, session_id)


def suspend(db: Session, session_id: str, now: datetime) -> bool:
    """Let a session rest for good, once: False if it rests or has ended already."""
    resting = update(PersonSession).where(
        col(PersonSession.id) == session_id, col(PersonSession.ended_at).is_(None), col(PersonSession.suspended_at).is_(None)
    )
    return int(db.exec(resting.values(suspended_at=now)).rowcount) == 1


def hand_overs(db: Session, sessions: Sequence[PersonSession]) -> dict[str, tuple[HandOver, PersonSession, Person]]:
    """By session: the hand-over that it takes part in, the other session of it, and whose that is. One statement."""
    mine, other = aliased(PersonSession), aliased(PersonSession)
    is_other = ((col(mine.id) == HandOver.id) & (col(other.id) == HandOver.lender_id)) | (
        (col(mine.id) == HandOver.lender_id) & (col(other.id) == HandOver.id)
    )
    rows = db.exec(
        select(mine.id, HandOver, other, Person)
        .select_from(HandOver)
        .join(mine, col(mine.id).in_((HandOver.id, HandOver.lender_id)))
        .join(other, is_other)
        .join(Person, col(Person.id) == other.person_id)
        .where(col(mine.id).in_([one.id for one in sessions]))
    )
    return {session_id: (handed, theirs, person) for session_id, handed, theirs, person in rows}


def count_pin(db: Session, session_id: str, most: int) -> int:
    """Count a try of the PIN on a handed-over device, before it is made. Which one it is; 0 when there were `most` already."""
    trying = update(HandOver).where(col(HandOver.id) == session_id, col(HandOver.wrong_pins) < most)
    counted = trying.values(wrong_pins=HandOver.wrong_pins + 1).returning(col(HandOver.wrong_pins))
    return int(db.connection().execute(counted).scalar() or 0)


def end_hand_over(db: Session, handed: HandOver, now: datetime) -> bool:
    """End both sessions of a hand-over, once: False if either has ended already."""
    both = col(PersonSession.id).in_((handed.id, handed.lender_id))
    return int(db.exec(update(PersonSession).where(both, col(PersonSession.ended_at).is_(None)).values(ended_at=now)).rowcount) == 2


def held_case(db: Session, case_id: str) -> Case:
    """A case, held until the transaction ends."""
    return db.exec(select(Case).where(Case.id == case_id).with_for_update()).one()


def forget_sessions(db: Session, before: datetime) -> int:
    """Delete the rows of sessions that began before a moment, long after they ended. How many."""
    old = select(PersonSession.id).where(col(PersonSession.created_at) < before)
    db.exec(sa.delete(HandOver).where(col(HandOver.id).in_(old) | col(HandOver.lender_id).in_(old)))
    return int(db.exec(sa.delete(PersonSession).where(col(PersonSession.created_at) < before)).rowcount)


# One-time tickets


def ticket_of_token(db: Session, token_digest: str) -> tuple[Ticket, Person | None] | None:
    """The ticket of a link, with its person."""
    found = db.exec(
        select(Ticket, Person)
        .outerjoin(Person, col(Person.id) == Ticket.person_id)
        .where(Ticket.token_digest == token_digest)
        .with_for_update(of=Ticket)
    ).first()
    return None if found is None else (found[0], found[1])


def open_tickets_at(db: Session, email_index: str, purpose: TicketPurpose) -> list[tuple[Ticket, Person]]:
    """The tickets of one purpose that nobody has closed, of the person with this address."""
    rows = db.exec(
        select(Ticket, Person)
        .join(Person, col(Person.id) == Ticket.person_id)
        .where(Person.email_index == email_index, Ticket.purpose == purpose, col(Ticket.closed_at).is_(None))
    )
    return [(ticket, person) for ticket, person in rows]


def open_tickets(db: Session, purpose: TicketPurpose, person_id: str | None = None) -> list[Ticket]:
    """The tickets of one purpose that nobody has closed: of one person, else of everybody."""
    wanted = select(Ticket).where(Ticket.purpose == purpose, col(Ticket.closed_at).is_(None))
    if person_id is not None:
        wanted = wanted.where(Ticket.person_id == person_id)
    return list(db.exec(wanted))


def close_tickets(db: Session, now: datetime, *, person_id: str | None, purposes: Iterable[TicketPurpose]) -> int:
    """Close a person's open tickets of these purposes (of nobody's, for set-up). How many."""
    whose = col(Ticket.person_id).is_(None) if person_id is None else col(Ticket.person_id) == person_id
    closing = update(Ticket).where(whose, col(Ticket.purpose).in_(list(purposes)), col(Ticket.closed_at).is_(None))
    return int(db.exec(closing.values(closed_at=now, address=None)).rowcount)


def forget_tickets(db: Session, before: datetime) -> int:
    """Delete tickets that ended before a moment. How many."""
    return int(db.exec(sa.delete(Ticket).where(col(Ticket.expires_at) < before)).rowcount)


def forget_person(db: Session, person_id: str) -> None:
    """Delete somebody who never came: the account and its tickets."""
    db.exec(sa.delete(Ticket).where(col(Ticket.person_id) == person_id))
    db.exec(sa.delete(Person).where(col(Person.id) == person_id))


# Wishes for a new password


def wishes(db: Session, most: int) -> list[ResetWish]:
    """The oldest wishes."""
    return list(db.exec(select(ResetWish).order_by(col(ResetWish.at)).limit(most).with_for_update(skip_locked=True)))


def forget_wishes(db: Session, wish_ids: Sequence[str]) -> None:
    """Delete wishes that were looked at."""
    db.exec(sa.delete(ResetWish).where(col(ResetWish.id).in_(wish_ids)))


# Attempts


def count_attempt(db: Session, tried: Sequence[tuple[str, tuple[int, ...], int]], *, now: int, try_id: str) -> int:
    """Count one attempt under each key, in one statement that no second process can slip between.

    Each of `tried` is (key, the pause in seconds after the 1st, 2nd … attempt, seconds after which attempts are forgotten).
    A key whose pause still runs is left as it is. Returns 0, or for how many seconds the attempt has to wait: then it must
    not be carried out.
    """
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = Attempts.__table__  # type: ignore[attr-defined]
    waits = 0
    for key, pauses, forgotten in tried:
        fresh = insert(table).values(key_digest=key, number=1, last_at=now, next_at=now + pauses[0], last_try=try_id)
        waiting = table.c.next_at > now
        number = sa.case((table.c.last_at < now - forgotten, 1), else_=table.c.number + 1)
        steps = [(number == step, now + pause) for step, pause in enumerate(pauses, 1)]
        next_at = sa.case(*steps, else_=now + pauses[-1])
        counted = fresh.on_conflict_do_update(
            index_elements=[table.c.key_digest],
            set_={
                "number": sa.case((waiting, table.c.number), else_=number),
                "last_at": sa.case((waiting, table.c.last_at), else_=now),
                "last_try": sa.case((waiting, table.c.last_try), else_=try_id),
                "next_at": sa.case((waiting, table.c.next_at), else_=next_at),
            },
        ).returning(table.c.next_at, table.c.last_try)
        until, last_try = db.connection().execute(counted).one()
        if last_try != try_id:
            waits = max(waits, int(until) - now)
    return waits


def forgive_attempts(db: Session, *, all_of: Sequence[str], one_of: Sequence[str]) -> None:
    """Forget all attempts under some keys, and the last one under others: it was right."""
    gone = col(Attempts.key_digest).in_(all_of)
    db.exec(
        update(Attempts)
        .where(gone | col(Attempts.key_digest).in_(one_of))
        .values(number=sa.case((gone, 0), (col(Attempts.number) > 0, Attempts.number - 1), else_=0), next_at=0)
    )


def forget_attempts(db: Session, before: int) -> int:
    """Delete what is too old to count. How many."""
    return int(db.exec(sa.delete(Attempts).where(col(Attempts.last_at) < before)).rowcount)


# Pairings, as an admin sees them


def pairings(db: Session) -> list[tuple[Case, Membership]]:
    """Every case with all its memberships, oldest first: who with whom, since when, and nothing else."""
    rows = db.exec(
        select(Case, Membership).join(Membership, col(Membership.case_id) == Case.id).order_by(col(Case.id), col(Membership.since))
    )
    return [(case, membership) for case, membership in rows]


def living_cases_of(db: Session, person_id: str) -> list[Case]:
    """The cases that the person takes part in now, held until the transaction ends."""
    mine = select(Membership.case_id).where(Membership.person_id == person_id, col(Membership.ended_at).is_(None))
    return list(
        db.exec(select(Case).where(col(Case.id).in_(mine), Case.status != CaseStatus.ENDED).order_by(col(Case.id)).with_for_update())
    )


def has_memberships(db: Session, person_id: str) -> bool:
    """Whether the person ever took part in a case."""
    return db.exec(select(func.count()).select_from(Membership).where(Membership.person_id == person_id)).one() > 0
