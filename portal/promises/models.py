"""The tables of promises: what was promised and how it stands, and every change."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment
from portal.promises.domain import Action, PromiseStatus


class Promise(SQLModel, table=True):
    """A therapist's promise to the client of one case. Each `…_version` is the promise's version at the last change of that part."""

    __tablename__ = "promise"
    __table_args__ = (sa.Index("promise_case", "case_id", "archived_at"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    text: bytes
    until_on: date | None = None
    status: PromiseStatus = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    status_at: datetime = Field(sa_column=moment(nullable=False))
    reason: bytes | None = Field(default=None, description="why it was taken back")
    archived_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1
    status_version: int = 1
    text_version: int = 1
    until_version: int = 1
    last_change_id: str = Field(default="", max_length=36)


class PromiseChange(SQLModel, table=True):
    """One entry of a promise's history."""

    __tablename__ = "promise_change"
    __table_args__ = (
        sa.Index("promise_change_promise", "promise_id", "at"),
        sa.Index("promise_change_operation", "case_id", "operation"),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    promise_id: str = Field(foreign_key="promise.id", max_length=36)
    at: datetime = Field(sa_column=moment(nullable=False))
    until: datetime = Field(sa_column=moment(nullable=False))
    person_id: str = Field(max_length=36)
    role: str = Field(max_length=12)
    action: Action = Field(sa_column=sa.Column(sa.String(12), nullable=False))
    before: bytes
    after: bytes
    version: int = Field(description="of the promise, after the change")
    operation: str = Field(max_length=36)
