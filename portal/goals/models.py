"""The tables of goals: where each stands, its wordings, small steps and every change."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.goals.domain import Action, GoalStatus
from portal.kit.db import moment


class Goal(SQLModel, table=True):
    """A goal of one case. Each `…_version` is the goal's version at the last change of that part: whoever saw an older one is told."""

    __tablename__ = "goal"
    __table_args__ = (sa.Index("goal_case", "case_id", "archived_at"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    status: GoalStatus = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    status_at: datetime = Field(sa_column=moment(nullable=False))
    asked_by_id: str = Field(default="", max_length=36, description="who waits for the other's yes, or wrote the new wording; empty: nobody")
    asked_role: str = Field(default="", max_length=12)
    yes_client_id: str = Field(default="", max_length=36, description="which client said yes to the new wording")
    yes_therapist_id: str = Field(default="", max_length=36, description="which therapist did")
    wording_id: str = Field(max_length=36, description="the wording in force")
    new_wording_id: str | None = Field(default=None, max_length=36, description="the one that waits for a yes")
    wordings: int = Field(default=1, description="how many wordings there have been")
    position: float = Field(description="order within the column, smallest first")
    in_focus: bool = False
    area: bytes | None = None
    due_on: date | None = None
    notes: bytes | None = None
    notes_other_id: str = Field(default="", max_length=36, description="who besides its author wrote in the notes of a proposal")
    review_on: date | None = None
    archived_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1
    status_version: int = 1
    title_version: int = 1
    why_version: int = 1
    area_version: int = 1
    due_version: int = 1
    review_version: int = 1
    notes_version: int = 1
    last_change_id: str = Field(default="", max_length=36)


class GoalWording(SQLModel, table=True):
    """One wording of a goal; what is rated later is rated for one of these. It rests once both have agreed on it."""

    __tablename__ = "goal_wording"
    __table_args__ = (sa.UniqueConstraint("goal_id", "number", name="goal_wording_order"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    goal_id: str = Field(foreign_key="goal.id", max_length=36)
    number: int
    title: bytes
    why: bytes
    by_id: str = Field(max_length=36)
    written_at: datetime = Field(sa_column=moment(nullable=False))


class GoalStep(SQLModel, table=True):
    """A small step towards a goal."""

    __tablename__ = "goal_step"
    __table_args__ = (sa.Index("goal_step_case", "case_id"), sa.Index("goal_step_goal", "goal_id"))
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    goal_id: str = Field(foreign_key="goal.id", max_length=36)
    text: bytes
    owner_id: str = Field(default="", max_length=36, description="empty: both")
    due_on: date | None = None
    done_at: datetime | None = Field(default=None, sa_column=moment())
    done_by_id: str = Field(default="", max_length=36)
    position: float
    removed_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1
    text_version: int = 1
    last_change_id: str = Field(default="", max_length=36)


class GoalChange(SQLModel, table=True):
    """One entry of a goal's history. `private`: made while it was an idea, so only its author ever reads it."""

    __tablename__ = "goal_change"
    __table_args__ = (
        sa.Index("goal_change_goal", "goal_id", "at"),
        sa.Index("goal_change_operation", "case_id", "operation"),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    goal_id: str = Field(foreign_key="goal.id", max_length=36)
    step_id: str | None = Field(default=None, max_length=36)
    at: datetime = Field(sa_column=moment(nullable=False))
    until: datetime = Field(sa_column=moment(nullable=False))
    person_id: str = Field(max_length=36)
    role: str = Field(max_length=12)
    action: Action = Field(sa_column=sa.Column(sa.String(20), nullable=False))
    before: bytes
    after: bytes
    version: int = Field(description="of the goal, or of the step, after the change")
    private: bool = False
    operation: str = Field(max_length=36)
