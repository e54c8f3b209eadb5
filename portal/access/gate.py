"""The inner gate: authorization exactly once, in the same transaction as what it allows."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, update

from portal.access import keys, log, tasks
from portal.access.models import AccessEntry, Case, CaseStatus, HandOver, Membership, Person, PersonKind, PersonSession
from portal.access.permissions import COPIES, LOOKS, READS, AccountRole, Act, CaseRole, Permission, may
from portal.kit import clock
from portal.kit.crypto import DataKey
from portal.kit.db import Moment, transaction
from portal.kit.ids import digest
from portal.kit.refusal import AlreadyDone, BadInput, DatabaseGone, Ended, Forbidden, NotFound, NotSignedIn
from portal.settings import settings

# Looking at the same thing again within this time, in the same browser, counts as one look.
ONE_LOOK = timedelta(minutes=10)
_OPERATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEEN_EVERY = timedelta(minutes=1)
_SEEN_LATER = timedelta(seconds=10)

MOST_LATE = timedelta(seconds=5)
"""What somebody typed may be stored for so long after their session or membership ended, if it was let in before."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Caller:
    """Who asks: the id of the session row that the outer gate found for the cookie, or none."""

    session_id: str | None


@dataclass(frozen=True)
class Member:
    """Somebody who takes part in the case."""

    person_id: str
    role: CaseRole
    name: str
    pronouns: str = ""


@dataclass
class OpenCase:
    """A case that the gate has opened for one person, one permission and one transaction."""

    db: Session
    row: Case
    me: Member
    members: tuple[Member, ...]
    language: str
    time_zone: str
    now: datetime
    about: str
    act: Act | Permission
    _key: DataKey
    handed: HandOver | None = None
    """The task, when the person sits at a device that was handed over to them."""
    goes_on: bool = False
    """A verb sets it when the change goes on with one that has its entry already: the same burst of writing of the same person."""

    @property
    def id(self) -> str:
        """The case's id."""
        return self.row.id

    @property
    def role(self) -> CaseRole:
        """What the person is in this case."""
        return self.me.role

    def with_role(self, role: CaseRole) -> tuple[Member, ...]:
        """The members of one role."""
        return tuple(member for member in self.members if member.role is role)

    def member(self, person_id: str | None) -> Member | None:
        """The member with this id, present ones only."""
        return next((member for member in self.members if member.person_id == person_id), None)

    def seal(self, row_id: str, column: str, text: str) -> bytes:
        """`text` sealed with the case's key for one row and column ("goal.title")."""
        return self._key.seal(text, f"{column}:{row_id}")

    def unseal(self, row_id: str, column: str, sealed: bytes | None) -> str:
        """The text of a sealed column; empty for none."""
        return "" if sealed is None else self._key.unseal(sealed, f"{column}:{row_id}")

    @property
    def task(self) -> HandOver:
        """The task of the device that was handed over. Raises NotFound on any other device."""
        if self.handed is None:
            raise NotFound
        return self.handed

    def finish_task(self) -> None:
        """From the end of this transaction on nothing of the task can be seen or done any more."""
        self.task.done_at = self.now
        self.db.add(self.task)

    def seal_bytes(self, row_id: str, column: str, data: bytes) -> bytes:
        """As `seal`, for what is no text."""
        return self._key.seal_bytes(data, f"{column}:{row_id}")

    def unseal_bytes(self, row_id: str, column: str, sealed: bytes) -> bytes:
        """As `unseal`, for what is no text."""
        return self._key.unseal_bytes(sealed, f"{column}:{row_id}")


@dataclass
class OpenAccount:
    """The gate's answer for verbs outside any case."""

    db: Session
    me: Person
    roles: frozenset[AccountRole]
    session_id: str
    now: datetime
    key: DataKey = field(repr=False)
    handed: HandOver | None = None
    lent: PersonSession | None = None
    lender: Person | None = None
    """Who handed the device over, when it was, and the session that rests since then."""

    @property
    def name(self) -> str:
        """The person's own name."""
        return keys.name_of(self.me, self.key)


@dataclass
class OpenEntrance:
    """The gate's answer for verbs of somebody who has no session yet: signing in, invitations, resets, set-up."""

    db: Session
    now: datetime
    key: DataKey = field(repr=False)


@dataclass
class OpenUpkeep:
    """The gate's answer for the portal's own acts by its clock or the command line."""

    db: Session
    now: datetime


_looks: OrderedDict[tuple[str, str, Permission, str], datetime] = OrderedDict()
_LOOKS_KEPT = 20_000


@contextmanager
def open_case(
    caller: Caller,
    case_id: str,
    permission: Permission,
    *,
    op: str | None = None,
    about: str = "",
    act: Act | None = None,
    as_of: datetime | None = None,
) -> Iterator[OpenCase]:
    """Open a case for one act and log it.

    `op` is the operation id of a change; `about` the id of the row that it concerns, `act` the entry's own name for
    what is done, where a permission covers several acts (a verb may set both later on the opened case). `as_of` is when the act was
    let in, where it is carried out a moment later: session and membership must have lived then (MOST_LATE ago at most).
    Raises NotSignedIn, NotFound (no such case, or not a member),
    Forbidden (the role lacks the permission), AlreadyDone (this operation id was carried out) and Ended
    (a change of a case that can only be read). At a device that was handed over everything but its task is NotFound.
    """
    if op is not None and not _OPERATION.fullmatch(op):
        raise BadInput(field="op")
    now = clock.now()
    look = (caller.session_id or "", case_id, permission, about)
    as_client = (caller.session_id or "", case_id, Permission.KNOW_MEMBERS, "")
    clinical = permission in READS
    seen_until = _looks.get(look)
    new_look = clinical and (seen_until is None or seen_until <= now)
    changes = permission not in LOOKS
    # A client's look is never entered, so it needs nobody's leave to write: one can read while somebody else writes.
    writes = changes or (new_look and as_client not in _looks)
    with transaction(writes=writes) as db:
        let_in = _NEVER if as_of is None else max(as_of, now - MOST_LATE)
        case, known, members, done = _find(db, caller, case_id, op, now, let_in, writes)
        opened = _opened(db, case, known, members, now, about, act or permission)
        if known.handed is not None:
            _check_task(known.handed, permission, about, done)
        elif not may(opened.role, permission):
            raise Forbidden
        if done:
            raise AlreadyDone
        if changes and permission not in COPIES and case.status == CaseStatus.ENDED:
            raise Ended
        yield opened
        seen_by_other = new_look and (opened.role is not CaseRole.CLIENT or known.handed is not None)
        to_log = (changes and not opened.goes_on) or seen_by_other
        if to_log:
            log.append(
                db,
                case,
                at=now,
                person_id=known.person.id,
                role=opened.role,
                action=opened.act,
                about=opened.about,
                operation=op,
            )
            try:
                db.flush()
            except IntegrityError as twice:
                # Only the log's own rule against a second entry says so; a room's broken rule must not read as "saved".
                if op is None or "access_entry" not in str(twice.orig):
                    raise
                raise AlreadyDone from None
    if new_look:
        _remember_look(look, now + ONE_LOOK if to_log else _NEVER)
    if opened.role is CaseRole.CLIENT:
        _remember_look(as_client, _NEVER)


def _remember_look(look: tuple[str, str, Permission, str], until: datetime) -> None:
    _looks[look] = until
    _looks.move_to_end(look)
    while len(_looks) > _LOOKS_KEPT:
        _looks.popitem(last=False)


def forget_looks() -> None:
    """Forget who looked when: after a change of membership, and between tests."""
    _looks.clear()
    _note_from[0] = datetime.min.replace(tzinfo=UTC)


class _Known(NamedTuple):
    """A session and whose it is; for a device that was handed over also the task, the lender's session and the lender."""

    session: PersonSession
    person: Person
    handed: HandOver | None
    lent: PersonSession | None
    lender: Person | None


@cache
def _finder(writes: bool) -> Any:
    # Made once: building its aliases takes longer than running it.
    mine, theirs, who, done = aliased(Membership), aliased(Membership), aliased(Person), aliased(AccessEntry)
    lent, lender = aliased(PersonSession), aliased(Person)
    let_in = sa.bindparam("let_in", type_=Moment())

    def living(one: Any) -> Any:
        return col(one.ended_at).is_(None) | (col(one.ended_at) > let_in)

    query = (
        sa.select(Case, PersonSession, HandOver, lent, lender, theirs, who, col(done.id))
        .join(mine, (col(mine.person_id) == PersonSession.person_id) & living(mine))
        .join(Case, col(Case.id) == mine.case_id)
        .join(theirs, (col(theirs.case_id) == Case.id) & living(theirs))
        .join(who, col(who.id) == theirs.person_id)
        .outerjoin(done, (col(done.case_id) == Case.id) & (col(done.operation) == sa.bindparam("operation")))
        .outerjoin(HandOver, col(HandOver.id) == PersonSession.id)
        .outerjoin(lent, col(lent.id) == HandOver.lender_id)
        .outerjoin(lender, col(lender.id) == lent.person_id)
        .where(col(PersonSession.id) == sa.bindparam("session"), col(Case.id) == sa.bindparam("case"))
        .select_from(PersonSession)
    )
    return query.with_for_update(of=Case) if writes else query


def _find(
    db: Session, caller: Caller, case_id: str, op: str | None, now: datetime, let_in: datetime, writes: bool
) -> tuple[Case, _Known, list[tuple[Membership, Person]], bool]:
    """One statement: the case through the person's own living membership, all its members, and whether `op` is known."""
    asked = {"session": caller.session_id or "", "case": case_id, "operation": op or "none", "let_in": let_in}
    rows = db.exec(_finder(writes), params=asked).all()
    if not rows:
        _living(db, caller, now)
        raise NotFound
    case, session, handed, lent, lender = rows[0][:5]
    members = [(membership, person) for *_, membership, person, _ in rows]
    me = next(person for _, person in members if person.id == session.person_id)
    known = _Known(session, me, handed, lent, lender)
    if not _lives(known, now, let_in):
        raise NotSignedIn
    if handed is not None:
        if handed.case_id != case_id:
            raise NotFound
        # Who has left the case has lent nothing in it any more.
        if not any(person.id == lender.id and membership.role == CaseRole.THERAPIST for membership, person in members):
            raise NotSignedIn
    return case, known, members, rows[0][-1] is not None


def _check_task(handed: HandOver, permission: Permission, about: str, done: bool) -> None:
    """Let a handed-over session do its task about its row until it is done; anything else reads like a missing thing."""
    within = tasks.allows(handed.task, permission) and about == handed.about
    # A resent operation is told that it stands, also when it was the one that ended the task.
    if not within or (handed.done_at is not None and not done):
        raise NotFound


def _opened(
    db: Session,
    case: Case,
    known: _Known,
    members: list[tuple[Membership, Person]],
    now: datetime,
    about: str,
    act: Act | Permission,
) -> OpenCase:
    me = known.person
    names = keys.known_account_key() or keys.account_key(db)
    my_role = next(membership.role for membership, person in members if person.id == me.id)

    def known_as(membership: Membership, person: Person) -> str:
        name = keys.name_of(person, names)
        hidden = my_role == CaseRole.SUPERVISOR and membership.role == CaseRole.CLIENT
        return keys.initials(name) if hidden else name

    everybody = tuple(
        Member(person.id, CaseRole(membership.role), known_as(membership, person), keys.pronouns_of(person, names))
        for membership, person in members
    )
    return OpenCase(
        db=db,
        row=case,
        me=next(member for member in everybody if member.person_id == me.id),
        members=everybody,
        language=me.language,
        time_zone=me.time_zone or settings().time_zone,
        now=now,
        about=about,
        act=act,
        _key=keys.case_key(case),
        handed=known.handed,
    )


@contextmanager
def open_account(caller: Caller, permission: Permission, *, writes: bool = True) -> Iterator[OpenAccount]:
    """Open the practice for one act outside any case. Raises NotSignedIn, Forbidden, and NotFound at a device that was handed over."""
    now = clock.now()
    with transaction(writes=writes) as db:
        known = _living(db, caller, now)
        me = known.person
        roles = {AccountRole.CLIENT if me.kind == PersonKind.CLIENT else AccountRole.STAFF}
        if me.is_admin:
            roles.add(AccountRole.ADMIN)
        if known.handed is not None:
            if permission not in tasks.OUTSIDE:
                raise NotFound
        elif not any(may(role, permission) for role in roles):
            raise Forbidden
        key = keys.known_account_key() or keys.account_key(db)
        yield OpenAccount(
            db, me, frozenset(roles), known.session.id, now, key, handed=known.handed, lent=known.lent, lender=known.lender
        )


@contextmanager
def open_entrance(*, writes: bool = True) -> Iterator[OpenEntrance]:
    """Open the entrance: for those who have no session yet and prove who they are by what they bring."""
    with transaction(writes=writes) as db:
        yield OpenEntrance(db, clock.now(), keys.known_account_key() or keys.account_key(db))


@contextmanager
def open_upkeep(*, writes: bool = True) -> Iterator[OpenUpkeep]:
    """Open the back room: for timers and the command line, which act for nobody. Their changes of a case go through `log_upkeep`."""
    with transaction(writes=writes) as db:
        yield OpenUpkeep(db, clock.now())


def log_upkeep(upkeep: OpenUpkeep, case: Case, action: str, about: str = "") -> None:
    """Enter an act of the portal's clock in the case's log."""
    log.append(upkeep.db, case, at=upkeep.now, person_id=None, role="portal", action=action, about=about)


@cache
def _sessions() -> Any:
    lent, lender = aliased(PersonSession), aliased(Person)
    return (
        sa.select(PersonSession, Person, HandOver, lent, lender)
        .join(Person, col(Person.id) == PersonSession.person_id)
        .outerjoin(HandOver, col(HandOver.id) == PersonSession.id)
        .outerjoin(lent, col(lent.id) == HandOver.lender_id)
        .outerjoin(lender, col(lender.id) == lent.person_id)
        .select_from(PersonSession)
    )


def _living(db: Session, caller: Caller, now: datetime) -> _Known:
    row = db.exec(_sessions().where(col(PersonSession.id) == (caller.session_id or ""))).first()
    if row is None or not _lives(known := _Known(*row), now):
        raise NotSignedIn
    return known


def _lives(known: _Known, now: datetime, let_in: datetime = _NEVER) -> bool:
    session, person, handed, lent, lender = known
    idle, absolute = limits_of(person.kind)
    if handed is not None:
        # It stands and falls with the lender: signed out elsewhere, deactivated, too old since they signed in.
        if lent is None or lender is None or lent.ended_at is not None or lender.deactivated_at is not None:
            return False
        lenders = limits_of(lender.kind)
        idle, absolute = min(idle, lenders[0]), min(absolute, lenders[1])
    return (
        (session.ended_at is None or session.ended_at > let_in)
        and (session.suspended_at is None or session.suspended_at > let_in)
        and (person.deactivated_at is None or person.deactivated_at > let_in)
        and now - session.last_seen_at < idle
        and now - session.created_at < absolute
    )


def limits_of(kind: str) -> tuple[timedelta, timedelta]:
    """Idle and absolute time-out of a session, by the kind of person."""
    staff = kind != PersonKind.CLIENT
    return settings().idle_time(staff=staff), settings().absolute_time(staff=staff)


def session_of_cookie(token: str) -> str | None:
    """The id of the living session behind a cookie's token, or none."""
    known = _of_cookie(token)
    return known.session.id if known is not None else None


def is_handed_over(token: str) -> bool:
    """Whether a cookie's token is that of a living session that a device was handed over with."""
    known = _of_cookie(token)
    return known is not None and known.handed is not None


def _of_cookie(token: str) -> _Known | None:
    now = clock.now()
    with transaction(writes=False) as db:
        row = db.exec(_sessions().where(col(PersonSession.token_digest) == digest(token))).first()
        return known if row is not None and _lives(known := _Known(*row), now) else None


class Reach(Enum):
    """How far a session reaches: not at all, as far as its person's roles, or to the one task of a handed-over device."""

    NONE = "none"
    WHOLE = "whole"
    TASK = "task"


def reach_of(session_id: str) -> Reach:
    """How far the session reaches now; an act of its person, so the idle clock starts anew (written once a minute at most).

    Raises DatabaseGone when it cannot be read. That it cannot be written keeps nobody from acting.
    """
    now = clock.now()
    with transaction(writes=False) as db:
        try:
            known = _living(db, Caller(session_id), now)
        except NotSignedIn:
            return Reach.NONE
        fresh = now - known.session.last_seen_at < _SEEN_EVERY
    if not fresh and now >= _note_from[0]:
        try:
            with transaction(writes=True) as db:
                db.exec(
                    update(PersonSession)
                    .where(col(PersonSession.id) == session_id, col(PersonSession.ended_at).is_(None))
                    .values(last_seen_at=now)
                )
        except DatabaseGone:
            # Nobody else's event has to wait for the same lock meanwhile.
            _note_from[0] = now + _SEEN_LATER
    return Reach.TASK if known.handed is not None else Reach.WHOLE


def alive(session_id: str) -> bool:
    """Whether the session lives; an act of its person, as for `reach_of`."""
    return reach_of(session_id) is not Reach.NONE


_note_from = [datetime.min.replace(tzinfo=UTC)]


def living_among(session_ids: set[str]) -> set[str]:
    """Those of the sessions that live, in one statement: for closing the sockets of the others."""
    if not session_ids:
        return set()
    now = clock.now()
    with transaction(writes=False) as db:
        found = db.exec(_sessions().where(col(PersonSession.id).in_(session_ids))).all()
    return {row[0].id for row in found if _lives(_Known(*row), now)}


def standing_among(session_ids: set[str]) -> dict[str, dict[str, CaseRole]]:
    """What the people of the living ones of these sessions are now, by session and case. In one statement, for closing what they must not hear any more.

    A device that was handed over has a task and no role.
    """
    if not session_ids:
        return {}
    now = clock.now()
    with transaction(writes=False) as db:
        rows = db.exec(
            _sessions()
            .add_columns(Membership)
            .outerjoin(Membership, (col(Membership.person_id) == PersonSession.person_id) & col(Membership.ended_at).is_(None))
            .where(col(PersonSession.id).in_(session_ids))
        ).all()
    found: dict[str, dict[str, CaseRole]] = {}
    for *of_session, membership in rows:
        known = _Known(*of_session)
        if _lives(known, now):
            roles = found.setdefault(known.session.id, {})
            if membership is not None and known.handed is None:
                roles[membership.case_id] = CaseRole(membership.role)
    return found
