"""Queries about the check-ins of one opened case, and the only place where their sealed values are opened."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from portal.access.gate import OpenCase
from portal.access.models import Case, CaseStatus, Membership
from portal.access.permissions import CaseRole
from portal.checkins.domain import OPENED_FOR_BOTH, SHOWS_CLIENT, CheckIn, Side, Signal, Status, next_due
from portal.checkins.models import AnswersRow, CheckInRow, NoteRow
from portal.checkins.schemas import Answers, dump_signal, load_signal, side_of
from portal.kit.refusal import NotFound

_ANSWERS = "checkin_answers.answers"
_SIGNAL = "checkin.signal"
_NOTE = "checkin_note.text"


@dataclass
class Found:
    """A check-in with everybody's answer rows, still sealed."""

    row: CheckInRow
    sheets: list[AnswersRow]
    checkin: CheckIn

    def of(self, person_id: str) -> AnswersRow | None:
        """The person's own row."""
        return next((sheet for sheet in self.sheets if sheet.person_id == person_id), None)

    def by(self, side: Side) -> AnswersRow | None:
        """The row that stands for a side: the first one handed in, else the first one."""
        mine = [sheet for sheet in self.sheets if sheet.side == side]
        return next((sheet for sheet in mine if sheet.done_at is not None), mine[0] if mine else None)


class CheckIns:
    """The check-ins of one case; a foreign id is simply not found here."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db = case.db
        self._expected = {
            side: frozenset(member.person_id for member in case.members if side_of(member.role) is side) for side in Side
        }

    def one(self, checkin_id: str) -> Found:
        """One check-in with its answer rows. Raises NotFound."""
        found = self._found(CheckInRow.id == checkin_id)
        if not found:
            raise NotFound
        return found[0]

    def open(self) -> Found | None:
        """The one that is stored as open, whether or not its time has run out."""
        found = self._found(CheckInRow.status == Status.OPEN)
        return found[0] if found else None

    def newest(self, most: int) -> list[Found]:
        """The newest check-ins, newest first."""
        ids = (
            select(CheckInRow.id)
            .where(CheckInRow.case_id == self._case.id)
            .order_by(col(CheckInRow.opened_at).desc())
            .limit(most)
        )
        return self._found(col(CheckInRow.id).in_(ids))

    def shown(self) -> list[Found]:
        """Those whose client's answers both may read, oldest first."""
        return self._found(col(CheckInRow.status).in_(SHOWS_CLIENT))[::-1]

    def refs(self, most: int) -> Sequence[tuple[str, datetime]]:
        """Ids and opening times, newest first."""
        return self._db.exec(
            select(CheckInRow.id, CheckInRow.opened_at)
            .where(CheckInRow.case_id == self._case.id)
            .order_by(col(CheckInRow.opened_at).desc())
            .limit(most)
        ).all()

    def exists(self, checkin_id: str) -> bool:
        """Whether the case has such a check-in."""
        return bool(
            self._db.exec(select(CheckInRow.id).where(CheckInRow.id == checkin_id, CheckInRow.case_id == self._case.id)).first()
        )

    def newest_for_both(self, most: int) -> list[Found]:
        """The newest ones that both have opened, newest first."""
        ids = (
            select(CheckInRow.id)
            .where(CheckInRow.case_id == self._case.id, col(CheckInRow.status).in_(OPENED_FOR_BOTH))
            .order_by(col(CheckInRow.opened_at).desc())
            .limit(most)
        )
        return self._found(col(CheckInRow.id).in_(ids))

    def talked_since(self, since: datetime) -> Sequence[datetime]:
        """When those were opened that were talked about since a moment, oldest first."""
        return self._db.exec(
            select(CheckInRow.opened_at)
            .where(CheckInRow.case_id == self._case.id, col(CheckInRow.talked_at) >= since)
            .order_by(col(CheckInRow.opened_at))
        ).all()

    def shown_among(self, checkin_ids: Collection[str]) -> list[str]:
        """Those of the check-ins that have opened for whoever takes part in the case."""
        return list(
            self._db.exec(
                select(CheckInRow.id).where(
                    CheckInRow.case_id == self._case.id,
                    col(CheckInRow.id).in_(checkin_ids),
                    col(CheckInRow.status).in_(SHOWS_CLIENT),
                )
            )
        )

    def notes(self, checkin_id: str) -> list[NoteRow]:
        """The notes of a check-in, oldest first."""
        return list(
            self._db.exec(
                select(NoteRow).where(NoteRow.checkin_id == checkin_id).order_by(col(NoteRow.added_at), col(NoteRow.id))
            )
        )

    def _found(self, *where: object) -> list[Found]:
        rows = self._db.exec(
            select(CheckInRow, AnswersRow)
            .outerjoin(AnswersRow, col(AnswersRow.checkin_id) == CheckInRow.id)
            .where(CheckInRow.case_id == self._case.id, *where)  # type: ignore[arg-type]
            .order_by(col(CheckInRow.opened_at).desc(), col(CheckInRow.id).desc(), col(AnswersRow.id))
        ).all()
        gathered: dict[str, tuple[CheckInRow, list[AnswersRow]]] = {}
        for row, sheet in rows:
            sheets = gathered.setdefault(row.id, (row, []))[1]
            if sheet is not None:
                sheets.append(sheet)
        return [Found(row, sheets, self._checkin(row, sheets)) for row, sheets in gathered.values()]

    def _checkin(self, row: CheckInRow, sheets: list[AnswersRow]) -> CheckIn:
        done = {sheet.person_id for sheet in sheets if sheet.done_at is not None}
        sides = frozenset(side for side, expected in self._expected.items() if expected and expected <= done)
        stored = CheckIn(Status(row.status), row.opened_at, row.expires_at, sides, row.talked_at is not None)
        return stored.rescheduled(self._case.row.next_session_at, self._case.now)

    def sides_done_with(self, found: Found, person_id: str) -> bool:
        """Whether the person's side is done once this person is (a side may be several people)."""
        done = {sheet.person_id for sheet in found.sheets if sheet.done_at is not None} | {person_id}
        side = side_of(self._case.role)
        return side is not None and self._expected[side] <= done

    def unseal(self, sheet: AnswersRow) -> Answers:
        """Open a sheet. Whether the reader may is decided before: own, or `CheckIn.shows`."""
        return Answers.load(self._case.unseal(sheet.id, _ANSWERS, sheet.answers))

    def seal(self, sheet_id: str, answers: Answers) -> bytes:
        """A sheet's sealed form."""
        return self._case.seal(sheet_id, _ANSWERS, answers.dump())

    def signal_of(self, row: CheckInRow) -> Signal:
        """What the rules said at the reveal."""
        return load_signal(self._case.unseal(row.id, _SIGNAL, row.signal)) if row.signal is not None else Signal()

    def seal_signal(self, row_id: str, signal: Signal) -> bytes:
        """A signal's sealed form."""
        return self._case.seal(row_id, _SIGNAL, dump_signal(signal))

    def note_text(self, note: NoteRow) -> str:
        """A note in the clear."""
        return self._case.unseal(note.id, _NOTE, note.text)

    def seal_note(self, note_id: str, text: str) -> bytes:
        """A note's sealed form."""
        return self._case.seal(note_id, _NOTE, text)


def shown_to_member(db: Session, person_id: str, checkin_ids: Collection[str]) -> frozenset[str]:
    """Those of the check-ins that have opened, in cases that the person takes part in. One statement."""
    return frozenset(
        db.exec(
            select(CheckInRow.id)
            .join(Membership, col(Membership.case_id) == CheckInRow.case_id)
            .where(
                col(CheckInRow.id).in_(checkin_ids),
                col(CheckInRow.status).in_(SHOWS_CLIENT),
                Membership.person_id == person_id,
                col(Membership.ended_at).is_(None),
            )
        )
    )


def settle(db: Session, row: CheckInRow, sheets: Sequence[AnswersRow], after: CheckIn) -> None:
    """Store where a check-in ended, and destroy the answers that must not exist any more."""
    row.status = after.status
    row.version += 1
    db.add(row)
    gone = [one.id for one in sheets if after.destroys(Side(one.side), row.expires_at)]
    if gone:
        db.exec(delete(AnswersRow).where(col(AnswersRow.id).in_(gone)))


def held(db: Session, case_id: str) -> Case | None:
    """The case, held until the transaction ends."""
    return db.exec(select(Case).where(Case.id == case_id).with_for_update()).first()


def last_two(db: Session, case_id: str) -> list[tuple[CheckInRow, AnswersRow | None]]:
    """The open check-in and the newest one (often the same) of a case, with their answer rows, still sealed."""
    newest = select(sa.func.max(CheckInRow.opened_at)).where(CheckInRow.case_id == case_id).scalar_subquery()
    return list(
        db.exec(
            select(CheckInRow, AnswersRow)
            .outerjoin(AnswersRow, col(AnswersRow.checkin_id) == CheckInRow.id)
            .where(CheckInRow.case_id == case_id, (col(CheckInRow.status) == Status.OPEN) | (CheckInRow.opened_at == newest))
            .order_by(col(CheckInRow.opened_at).desc())
        )
    )


def expected_of(db: Session, case_id: str) -> dict[Side, frozenset[str]]:
    """Who answers for each side now."""
    members = db.exec(select(Membership).where(Membership.case_id == case_id, col(Membership.ended_at).is_(None))).all()
    return {
        side: frozenset(member.person_id for member in members if side_of(CaseRole(member.role)) is side) for side in Side
    }


def touched_by_time(db: Session, now: datetime) -> list[str]:
    """The cases in which something may be due by time: an open check-in that ends otherwise than stored, or a next one."""
    newest = (
        select(CheckInRow.case_id, sa.func.max(CheckInRow.opened_at).label("at")).group_by(col(CheckInRow.case_id)).subquery()
    )
    rows = db.exec(
        select(Case, newest.c.at, CheckInRow)
        .outerjoin(newest, newest.c.case_id == Case.id)
        .outerjoin(CheckInRow, (col(CheckInRow.case_id) == Case.id) & (CheckInRow.status == Status.OPEN))
        .where((col(Case.status) == CaseStatus.ACTIVE) | col(CheckInRow.id).is_not(None))
    ).all()
    return [case.id for case, last, row in rows if _is_touched(case, _aware(last), row, now)]


def _is_touched(case: Case, last: datetime | None, row: CheckInRow | None, now: datetime) -> bool:
    if row is not None:
        stored = CheckIn(Status.OPEN, row.opened_at, row.expires_at)
        moved = stored.rescheduled(case.next_session_at, now)
        return moved != stored or moved.at(now) is not moved
    due = next_due(case.created_at, last, case.cadence_days)
    return case.status == CaseStatus.ACTIVE and due is not None and due <= now


def _aware(moment: datetime | str | None) -> datetime | None:
    # An aggregate loses the column's type on SQLite.
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def newest_of_caseload(db: Session, therapist_id: str) -> Sequence[tuple[Case, CheckInRow, datetime | None]]:
    """Each case of the therapist with its check-ins that are open, wait to be talked about, or are the newest; and when the
    therapist handed in. One statement, newest first; no answers are read."""
    newest = (
        select(CheckInRow.case_id, sa.func.max(CheckInRow.opened_at).label("at")).group_by(col(CheckInRow.case_id)).subquery()
    )
    return db.exec(
        select(Case, CheckInRow, AnswersRow.done_at)
        .select_from(Membership)
        .join(Case, col(Case.id) == Membership.case_id)
        .join(CheckInRow, col(CheckInRow.case_id) == Case.id)
        .join(newest, newest.c.case_id == Case.id)
        .outerjoin(AnswersRow, (col(AnswersRow.checkin_id) == CheckInRow.id) & (col(AnswersRow.person_id) == therapist_id))
        .where(
            Membership.person_id == therapist_id,
            Membership.role == CaseRole.THERAPIST,
            col(Membership.ended_at).is_(None),
            col(CheckInRow.status).in_((Status.OPEN, Status.REVEALED))
            | ((col(CheckInRow.status) == Status.SHARED_ALONE) & col(CheckInRow.talked_at).is_(None))
            | (CheckInRow.opened_at == newest.c.at),
        )
        .order_by(col(CheckInRow.opened_at).desc())
    ).all()
