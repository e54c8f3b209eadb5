"""The rows of comments, of the people named in them, and of how far each person has read."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.comments.domain import Action, Kind
from portal.kit.db import moment


class CommentRow(SQLModel, table=True):
    """A comment about a goal, a share or a check-in. `action`, `acted_at`, `operation` and `before` are what an undo needs."""

    __tablename__ = "comment"
    __table_args__ = (sa.Index("comment_about", "case_id", "about_id", "written_at"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    kind: Kind = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    about_id: str = Field(max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    role: str = Field(max_length=12, description="what the author was in the case")
    text: bytes = Field(description="with references to people in place of their names")
    written_at: datetime = Field(sa_column=moment(nullable=False))
    touched_at: datetime = Field(sa_column=moment(nullable=False), description="newer than what somebody has read: new to them")
    changed: bool = Field(default=False, description="changed after somebody had read it")
    withdrawn_at: datetime | None = Field(default=None, sa_column=moment())
    traced: bool = Field(default=False, description="withdrawn after somebody had read it")
    version: int = 1
    action: Action = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    acted_at: datetime = Field(sa_column=moment(nullable=False))
    operation: str = Field(max_length=36)
    before: bytes | None = Field(default=None, description="the words before the last change")
    before_touched_at: datetime | None = Field(default=None, sa_column=moment())
    before_changed: bool = False


class MentionRow(SQLModel, table=True):
    """Somebody who is named in a comment, since when."""

    __tablename__ = "comment_mention"
    __table_args__ = (sa.UniqueConstraint("comment_id", "person_id", name="comment_mention_once"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    comment_id: str = Field(foreign_key="comment.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    named_at: datetime = Field(sa_column=moment(nullable=False))


class SeenRow(SQLModel, table=True):
    """How far somebody has read the comments about one thing."""

    __tablename__ = "comment_seen"
    __table_args__ = (sa.UniqueConstraint("case_id", "about_id", "person_id", name="comment_seen_once"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    about_id: str = Field(max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    seen_at: datetime = Field(sa_column=moment(nullable=False))
