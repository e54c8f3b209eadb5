"""The rows of a check-in: where it stands, each person's sealed answers, and the notes added after the reveal."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.checkins.domain import Side, Status
from portal.kit.db import moment

_ONE_OPEN = sa.text("status = 'open'")


class CheckInRow(SQLModel, table=True):
    """One check-in of a case. `signal` is what the rules said at the reveal, sealed, the same for both from then on."""

    __tablename__ = "checkin"
    __table_args__ = (
        sa.Index("checkin_case", "case_id", "opened_at"),
        sa.Index("checkin_one_open", "case_id", unique=True, sqlite_where=_ONE_OPEN, postgresql_where=_ONE_OPEN),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    status: Status = Field(sa_column=sa.Column(sa.String(16), nullable=False))
    opened_at: datetime = Field(sa_column=moment(nullable=False))
    opened_by: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36, description="none: by the cadence")
    expires_at: datetime = Field(sa_column=moment(nullable=False))
    revealed_at: datetime | None = Field(default=None, sa_column=moment())
    signal: bytes | None = None
    talked_at: datetime | None = Field(default=None, sa_column=moment())
    talked_by: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    closed_at: datetime | None = Field(default=None, sa_column=moment())
    closed_by: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    version: int = 1


class AnswersRow(SQLModel, table=True):
    """One person's answers: ratings and lines in one sealed value of even length, so that its size tells nothing."""

    __tablename__ = "checkin_answers"
    __table_args__ = (sa.UniqueConstraint("checkin_id", "person_id", name="checkin_answers_once"),)
    id: str = Field(primary_key=True, max_length=36)
    checkin_id: str = Field(foreign_key="checkin.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    side: Side = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    answers: bytes
    done_at: datetime | None = Field(default=None, sa_column=moment())
    version: int = 1


class NoteRow(SQLModel, table=True):
    """Something added after the reveal; never changed."""

    __tablename__ = "checkin_note"
    __table_args__ = (sa.Index("checkin_note_checkin", "checkin_id", "added_at"),)
    id: str = Field(primary_key=True, max_length=36)
    checkin_id: str = Field(foreign_key="checkin.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    side: Side = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    text: bytes
    added_at: datetime = Field(sa_column=moment(nullable=False))
