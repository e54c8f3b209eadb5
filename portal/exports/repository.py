"""Rows of exports: of one person in one session, through an open case; and of everybody, for the portal's own clock."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from portal.access import keys
from portal.access.gate import Caller, OpenCase
from portal.access.models import Case, Membership, PersonSession
from portal.exports.domain import UNDER_WAY, Export, Format, Status, Why, at, forgotten, is_due, taken_up
from portal.exports.models import ExportFile
from portal.kit.refusal import NotFound

_ID = re.compile(r"[0-9a-f-]{36}")
_COLUMN = "export_file.content"
_WITHOUT_FILE = defer(ExportFile.content)  # type: ignore[arg-type]  # SQLModel types columns as their values


@dataclass(frozen=True)
class Job:
    """A file to be made: for whom, of what, and in which attempt."""

    id: str
    case_id: str
    session_id: str
    goal_id: str
    kind: Format
    language: str
    attempt: int


def standing_of(row: ExportFile) -> Export:
    """Where the row stands, as the domain sees it."""
    return Export(
        asked_at=row.asked_at,
        touched_at=row.touched_at,
        status=Status(row.status),
        percent=row.percent,
        attempts=row.attempts,
        kept_until=row.kept_until,
        why=Why(row.outcome) if row.outcome else None,
    )


def stand(row: ExportFile, export: Export) -> None:
    """Write down where it stands now; only a file that can be fetched is kept."""
    row.status, row.percent, row.attempts = export.status, export.percent, export.attempts
    row.touched_at, row.kept_until = export.touched_at, export.kept_until
    row.outcome = export.why.value if export.why else ""
    if export.status is not Status.READY:
        row.content, row.size = None, 0


class Exports:
    """The exports that one person asked for in the session that calls; nobody else's are found."""

    def __init__(self, case: OpenCase, caller: Caller) -> None:
        self._case = case
        self._mine = (
            col(ExportFile.case_id) == case.id,
            col(ExportFile.person_id) == case.me.person_id,
            col(ExportFile.session_id) == (caller.session_id or ""),
        )

    def all(self) -> list[ExportFile]:
        """All of them, newest first, without their files. One statement."""
        query = select(ExportFile).where(*self._mine).order_by(col(ExportFile.asked_at).desc(), col(ExportFile.id).desc())
        return list(self._case.db.exec(query.options(_WITHOUT_FILE)))

    def under_way(self) -> int:
        """How many are waited for."""
        query = sa.select(sa.func.count()).select_from(ExportFile).where(*self._mine, col(ExportFile.status).in_(UNDER_WAY))
        return int(self._case.db.execute(query).scalar_one())

    def find(self, export_id: str) -> ExportFile:
        """One of them. Raises NotFound."""
        if not _ID.fullmatch(export_id):
            raise NotFound
        row = self._case.db.exec(select(ExportFile).where(*self._mine, ExportFile.id == export_id)).first()
        if row is None:
            raise NotFound
        return row

    def content(self, row: ExportFile) -> bytes:
        """The file, unsealed."""
        return base64.b64decode(self._case.unseal(row.id, _COLUMN, row.content))


def due_ids(db: Session, now: datetime) -> list[str]:
    """The exports that somebody should take up, oldest first."""
    rows = db.exec(
        select(ExportFile)
        .where(col(ExportFile.status).in_(UNDER_WAY))
        .order_by(col(ExportFile.asked_at), col(ExportFile.id))
        .options(_WITHOUT_FILE)
    )
    return [row.id for row in rows if is_due(standing_of(row), now)]


def held(db: Session, export_id: str) -> ExportFile | None:
    """One export, held until the transaction ends; None if it is gone, or in somebody else's hands at this moment."""
    return db.exec(select(ExportFile).where(ExportFile.id == export_id).with_for_update(skip_locked=True)).first()


def take_up(db: Session, export_id: str, now: datetime) -> Job | None:
    """Begin to make a file; None if somebody else does, it is gone, or it was the last attempt."""
    row = held(db, export_id)
    if row is None or not is_due(standing_of(row), now):
        return None
    stand(row, taken_up(standing_of(row), now))
    db.add(row)
    if row.status != Status.RUNNING:
        return None
    return Job(row.id, row.case_id, row.session_id, row.goal_id, Format(row.kind), row.language, row.attempts)


def put(db: Session, row: ExportFile, content: bytes) -> None:
    """Keep a finished file, sealed with its case's key."""
    case = db.get_one(Case, row.case_id)
    text = base64.b64encode(content).decode("ascii")
    row.content, row.size = keys.case_key(case).seal(text, f"{_COLUMN}:{row.id}"), len(content)
    db.add(row)


def let_time_pass(db: Session, now: datetime, *, look_only: bool = False) -> int:
    """What the clock does to exports: files whose time is over, or that nobody may fetch any more, are deleted. Returns how many.

    `look_only` counts them and changes nothing.
    """
    changed = 0
    rows = db.exec(
        select(ExportFile, PersonSession, Membership.id)
        .outerjoin(PersonSession, col(PersonSession.id) == col(ExportFile.session_id))
        .outerjoin(
            Membership,
            (col(Membership.case_id) == col(ExportFile.case_id))
            & (col(Membership.person_id) == col(ExportFile.person_id))
            & col(Membership.ended_at).is_(None),
        )
        .options(_WITHOUT_FILE)
    ).all()
    for row, session, membership in rows:
        before = standing_of(row)
        ended = session is None or session.ended_at is not None or session.suspended_at is not None
        over = ended or membership is None or forgotten(before, now)
        after = at(before, now)
        if not over and after == before:
            continue
        changed += 1
        if look_only:
            continue
        if over:
            db.delete(row)
        else:
            stand(row, after)
            db.add(row)
    return changed
