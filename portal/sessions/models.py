"""The rows of sessions, of who goes along in one, and of what was brought."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment

_ONE_OPEN = sa.text("ended_at IS NULL")


class TherapySession(SQLModel, table=True):
    """One session of a case: where the two are while it runs, and what they agreed on."""

    __tablename__ = "therapy_session"
    __table_args__ = (
        sa.Index("therapy_session_case", "case_id", "started_at"),
        sa.Index("therapy_session_one_open", "case_id", unique=True, sqlite_where=_ONE_OPEN, postgresql_where=_ONE_OPEN),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    started_at: datetime = Field(sa_column=moment(nullable=False))
    started_by: str = Field(foreign_key="person.id", index=True, max_length=36)
    planned_at: datetime | None = Field(default=None, sa_column=moment(), description="what the plan said before it began")
    one_screen: bool = Field(default=False, description="both look at one screen, that of whoever began")
    language: str = Field(default="en", max_length=12, description="of the lines that are collected")
    closing_at: datetime | None = Field(default=None, sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment())
    ended_by: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    place: str = Field(max_length=10)
    place_row_id: str = Field(default="", max_length=36)
    place_number: int = 1
    led_by: str = Field(foreign_key="person.id", index=True, max_length=36)
    agreed: bytes | None = None
    agreed_version: int = 0
    agreed_by: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36, description="who wrote in it last")
    agreed_until: datetime | None = Field(default=None, sa_column=moment(), description="when they last did")
    kept_at: datetime | None = Field(default=None, sa_column=moment())
    kept_by: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    version: int = 1


class SessionSeat(SQLModel, table=True):
    """Whether somebody's screens go along; who has none of these does as the session began."""

    __tablename__ = "session_seat"
    __table_args__ = (sa.UniqueConstraint("session_id", "person_id", name="session_seat_once"),)
    id: str = Field(primary_key=True, max_length=36)
    session_id: str = Field(foreign_key="therapy_session.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    goes_along: bool


class Brought(SQLModel, table=True):
    """Something that the client brings. Without a session it waits for the next one, and nobody else knows of it."""

    __tablename__ = "brought"
    __table_args__ = (sa.Index("brought_case", "case_id", "session_id"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    session_id: str | None = Field(default=None, foreign_key="therapy_session.id", index=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    kind: str = Field(max_length=6)
    row_id: str = Field(max_length=36)
    item: str = Field(default="", max_length=12)
    brought_at: datetime = Field(sa_column=moment(nullable=False))
