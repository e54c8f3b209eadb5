"""The rows of changes, of their wordings one after another, and of each side's review."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment


class Adjustment(SQLModel, table=True):
    """Something that the two of a case want to do differently."""

    __tablename__ = "adjustment"
    __table_args__ = (sa.Index("adjustment_case", "case_id", "status"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    status: str = Field(max_length=12)
    origin: str = Field(default="none", max_length=10)
    origin_id: str | None = Field(default=None, max_length=36)
    created_at: datetime = Field(sa_column=moment(nullable=False))
    touched_at: datetime = Field(sa_column=moment(nullable=False))
    agreed_at: datetime | None = Field(default=None, sa_column=moment())
    reviewed_at: datetime | None = Field(default=None, sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment())
    version: int = 1


class AdjustmentTerms(SQLModel, table=True):
    """One wording of a change. Wordings are added, never altered."""

    __tablename__ = "adjustment_terms"
    __table_args__ = (sa.UniqueConstraint("adjustment_id", "number", name="adjustment_terms_number"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    adjustment_id: str = Field(foreign_key="adjustment.id", max_length=36)
    number: int = Field(description="from 1")
    status: str = Field(max_length=10)
    side: str = Field(max_length=12, description="who offered it")
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    what: bytes
    doer: str = Field(max_length=12)
    starts_on: date
    review_on: date
    offered_at: datetime = Field(sa_column=moment(nullable=False))
    agreed_at: datetime | None = Field(default=None, sa_column=moment())


class AdjustmentReview(SQLModel, table=True):
    """One side's answer to "did it help?" for one wording, and afterwards whether to keep it."""

    __tablename__ = "adjustment_review"
    __table_args__ = (sa.UniqueConstraint("adjustment_id", "number", "side", name="adjustment_review_once"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    adjustment_id: str = Field(foreign_key="adjustment.id", max_length=36)
    number: int = Field(description="the wording that was in force")
    side: str = Field(max_length=12)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    helped: str = Field(max_length=10)
    wish: str | None = Field(default=None, max_length=10)
    at: datetime = Field(sa_column=moment(nullable=False))
