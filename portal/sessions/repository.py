"""Queries about the sessions of an open case, and the only place where what was agreed is sealed and opened."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from portal.access.gate import OpenCase
from portal.access.models import Person
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound
from portal.sessions.domain import Kind, Place, Session, Spot, Thing
from portal.sessions.models import Brought, SessionSeat, TherapySession

_AGREED = "therapy_session.agreed"


class Sessions:
    """The sessions of one case; a foreign id is simply not found here."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db = case.db

    def newest(self, most: int) -> list[TherapySession]:
        """The newest sessions, newest first. One statement."""
        return list(
            self._db.exec(
                select(TherapySession)
                .where(TherapySession.case_id == self._case.id)
                .order_by(col(TherapySession.started_at).desc(), col(TherapySession.id).desc())
                .limit(most)
            )
        )

    def last(self) -> TherapySession | None:
        """The newest session, whether or not it runs."""
        return next(iter(self.newest(1)), None)

    def open(self) -> tuple[TherapySession, dict[str, bool]] | None:
        """The session that nobody has ended, and who said whether they go along. One statement."""
        rows = self._db.exec(
            select(TherapySession, SessionSeat)
            .outerjoin(SessionSeat, col(SessionSeat.session_id) == col(TherapySession.id))
            .where(TherapySession.case_id == self._case.id, col(TherapySession.ended_at).is_(None))
        ).all()
        if not rows:
            return None
        return rows[0][0], {seat.person_id: seat.goes_along for _, seat in rows if seat is not None}

    def one(self, session_id: str) -> TherapySession:
        """A session of this case. Raises NotFound."""
        row = self._db.exec(
            select(TherapySession).where(TherapySession.id == session_id, TherapySession.case_id == self._case.id)
        ).first()
        if row is None:
            raise NotFound
        return row

    def one_and_whether_newest(self, session_id: str) -> tuple[TherapySession, bool]:
        """A session of this case, and whether none began after it. Raises NotFound. One statement."""
        later = aliased(TherapySession)
        newer = sa.exists().where(col(later.case_id) == self._case.id, col(later.started_at) > col(TherapySession.started_at))
        found = self._db.exec(
            select(TherapySession, newer).where(TherapySession.id == session_id, TherapySession.case_id == self._case.id)
        ).first()
        if found is None:
            raise NotFound
        return found[0], not found[1]

    def seat(self, session_id: str, goes_along: bool) -> None:
        """Let the person's screens go along, or not."""
        me = self._case.me.person_id
        row = self._db.exec(
            select(SessionSeat).where(SessionSeat.session_id == session_id, SessionSeat.person_id == me)
        ).first() or SessionSeat(id=new_id(), session_id=session_id, person_id=me, goes_along=goes_along)
        row.goes_along = goes_along
        self._db.add(row)

    def brought(self, session_id: str | None) -> list[Brought]:
        """What is brought to a session, in the order of picking; without one, what waits for the next."""
        mine = col(Brought.session_id).is_(None) if session_id is None else col(Brought.session_id) == session_id
        return list(
            self._db.exec(
                select(Brought).where(Brought.case_id == self._case.id, mine).order_by(col(Brought.brought_at), col(Brought.id))
            )
        )

    def one_brought(self, brought_id: str) -> Brought:
        """One thing that this person brings. Raises NotFound."""
        row = self._db.exec(
            select(Brought).where(
                Brought.id == brought_id, Brought.case_id == self._case.id, Brought.person_id == self._case.me.person_id
            )
        ).first()
        if row is None:
            raise NotFound
        return row

    def lay_on_table(self, session_id: str) -> None:
        """What waited for the next session is brought to this one. One statement."""
        self._move_brought(None, session_id)

    def take_from_table(self, session_id: str) -> None:
        """What was brought to a session waits for the next one again. One statement."""
        self._move_brought(session_id, None)

    def _move_brought(self, before: str | None, after: str | None) -> None:
        mine = col(Brought.session_id).is_(None) if before is None else col(Brought.session_id) == before
        self._db.connection().execute(
            sa.update(Brought).where(col(Brought.case_id) == self._case.id, mine).values(session_id=after)
        )

    def client_language(self) -> str:
        """The language that the client has chosen for good; empty for none."""
        ids = [member.person_id for member in self._case.members if member.role.value == "client"]
        found: Sequence[str] = self._db.exec(select(Person.language).where(col(Person.id).in_(ids))).all()
        return next((language for language in found if language), "")

    def text(self, row: TherapySession) -> str:
        """What was agreed, in the clear."""
        return self._case.unseal(row.id, _AGREED, row.agreed)

    def write(self, row: TherapySession, text: str) -> None:
        """Another text of what was agreed."""
        row.agreed = self._case.seal(row.id, _AGREED, text) if text else None
        row.agreed_version += 1
        self._db.add(row)

    def add(self, row: TherapySession | Brought) -> None:
        """Store a new or changed row."""
        self._db.add(row)

    def destroy(self, row: TherapySession | Brought) -> None:
        """Take a row away for good: a beginning that was taken back, a thing that is not brought after all."""
        if isinstance(row, TherapySession):
            self._db.connection().execute(sa.delete(SessionSeat).where(col(SessionSeat.session_id) == row.id))
        self._db.delete(row)


def rules_of(row: TherapySession) -> Session:
    """The row as the domain sees it."""
    return Session(
        started_at=row.started_at,
        started_by=row.started_by,
        closing_at=row.closing_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by or "",
        kept_at=row.kept_at,
        at=Spot(Place(row.place), row.place_row_id),
        number=row.place_number,
        led_by=row.led_by,
    )


def put(row: TherapySession, after: Session) -> None:
    """Let the row stand where the domain put it."""
    row.closing_at, row.ended_at, row.ended_by, row.kept_at = after.closing_at, after.ended_at, after.ended_by or None, after.kept_at
    row.place, row.place_row_id, row.place_number, row.led_by = after.at.place, after.at.row_id, after.number, after.led_by
    row.version += 1


def thing_of(row: Brought) -> Thing:
    """A brought thing as the domain sees it."""
    return Thing(Kind(row.kind), row.row_id, row.item)
