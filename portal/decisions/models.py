"""The tables of decisions: what is weighed, the options, what speaks for and against each, and every change."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.decisions.domain import Action, DecisionStatus, PointSide
from portal.kit.db import moment


class Decision(SQLModel, table=True):
    """Something that the two of a case decide. Each text counts its own versions; those of state and day are the decision's."""

    __tablename__ = "decision"
    __table_args__ = (sa.Index("decision_case", "case_id", "archived_at"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    goal_id: str | None = Field(default=None, foreign_key="goal.id", index=True, max_length=36)
    question: bytes
    matters: bytes | None = Field(default=None, description="what matters most")
    outcome: bytes | None = Field(default=None, description="the decision in words")
    matters_by_id: str = Field(default="", max_length=36)
    outcome_by_id: str = Field(default="", max_length=36)
    status: DecisionStatus = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    status_at: datetime = Field(sa_column=moment(nullable=False))
    chosen_id: str = Field(default="", max_length=36, description="the option that is suggested or decided")
    asked_by_id: str = Field(default="", max_length=36, description="who suggested it and waits for the client's yes")
    look_on: date | None = None
    archived_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1
    status_version: int = 1
    question_version: int = 1
    matters_version: int = 1
    outcome_version: int = 1
    look_version: int = 1
    last_change_id: str = Field(default="", max_length=36)


class DecisionOption(SQLModel, table=True):
    """One option of a decision."""

    __tablename__ = "decision_option"
    __table_args__ = (sa.Index("decision_option_case", "case_id"), sa.Index("decision_option_decision", "decision_id"))
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    decision_id: str = Field(foreign_key="decision.id", max_length=36)
    text: bytes
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    role: str = Field(max_length=12)
    removed_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1
    last_change_id: str = Field(default="", max_length=36)


class DecisionPoint(SQLModel, table=True):
    """What speaks for or against one option, in its author's words."""

    __tablename__ = "decision_point"
    __table_args__ = (sa.Index("decision_point_case", "case_id"), sa.Index("decision_point_option", "option_id"))
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    option_id: str = Field(foreign_key="decision_option.id", max_length=36)
    side: PointSide = Field(sa_column=sa.Column(sa.String(7), nullable=False))
    text: bytes
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    role: str = Field(max_length=12)
    removed_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1
    last_change_id: str = Field(default="", max_length=36)


class DecisionChange(SQLModel, table=True):
    """One entry of a decision's history; `part_id` names the option or the point that it is about."""

    __tablename__ = "decision_change"
    __table_args__ = (
        sa.Index("decision_change_decision", "decision_id", "at"),
        sa.Index("decision_change_operation", "case_id", "operation"),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    decision_id: str = Field(foreign_key="decision.id", max_length=36)
    part_id: str = Field(default="", max_length=36)
    at: datetime = Field(sa_column=moment(nullable=False))
    until: datetime = Field(sa_column=moment(nullable=False))
    person_id: str = Field(max_length=36)
    role: str = Field(max_length=12)
    action: Action = Field(sa_column=sa.Column(sa.String(20), nullable=False))
    before: bytes
    after: bytes
    version: int = Field(description="of the decision, after the change")
    operation: str = Field(max_length=36)
