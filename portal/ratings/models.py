"""The table of ratings: one number of one side, for one wording of a goal."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment


class GoalRating(SQLModel, table=True):
    """A rating. It is added, never altered; whoever took it back in time has emptied it."""

    __tablename__ = "goal_rating"
    __table_args__ = (
        sa.Index("goal_rating_case", "case_id", "wording_id", "side", "at"),
        sa.Index("goal_rating_goal", "goal_id"),
        sa.Index("goal_rating_wording", "wording_id"),
        sa.Index("goal_rating_operation", "case_id", "operation"),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    goal_id: str = Field(foreign_key="goal.id", max_length=36)
    wording_id: str = Field(foreign_key="goal_wording.id", max_length=36)
    side: str = Field(max_length=12)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    value: bytes | None = Field(default=None, description="0 to 10, sealed; empty once it was taken back")
    at: datetime = Field(sa_column=moment(nullable=False))
    taken_back_at: datetime | None = Field(default=None, sa_column=moment())
    operation: str = Field(max_length=36)
