"""The tables of ladders: where each stands, its five levels, and every change."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment
from portal.ladders.domain import Action


class Ladder(SQLModel, table=True):
    """The ladder of one goal. Its numbers are sealed; empty: not said yet."""

    __tablename__ = "ladder"
    __table_args__ = (sa.UniqueConstraint("goal_id", name="ladder_of_goal"), sa.Index("ladder_case", "case_id"))
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    goal_id: str = Field(foreign_key="goal.id", max_length=36)
    begun_at: datetime = Field(sa_column=moment(nullable=False))
    start: bytes | None = None
    weight: bytes | None = Field(default=None, description="empty: it counts as usual")
    client_says: bytes | None = None
    therapist_says: bytes | None = None
    level: bytes | None = Field(default=None, description="what both said last")
    level_at: datetime | None = Field(default=None, sa_column=moment())
    version: int = 1


class LadderLevel(SQLModel, table=True):
    """One level of a ladder with its words."""

    __tablename__ = "ladder_level"
    __table_args__ = (sa.UniqueConstraint("ladder_id", "level", name="ladder_level_once"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    ladder_id: str = Field(foreign_key="ladder.id", max_length=36)
    level: int = Field(description="-2 to 2; 0 is the level expected in advance")
    text: bytes | None = None
    version: int = 1
    changed_at: datetime = Field(sa_column=moment(nullable=False))


class LadderChange(SQLModel, table=True):
    """One entry of a ladder's history."""

    __tablename__ = "ladder_change"
    __table_args__ = (
        sa.Index("ladder_change_ladder", "ladder_id", "at"),
        sa.Index("ladder_change_operation", "case_id", "operation"),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    ladder_id: str = Field(foreign_key="ladder.id", max_length=36)
    level_id: str | None = Field(default=None, max_length=36)
    at: datetime = Field(sa_column=moment(nullable=False))
    until: datetime = Field(sa_column=moment(nullable=False))
    person_id: str = Field(max_length=36)
    role: str = Field(max_length=12)
    action: Action = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    before: bytes
    after: bytes
    operation: str = Field(max_length=36)
