"""The rows of shares, of the answers in rounds, and of what is said to a share outside the rounds."""

from datetime import datetime
from enum import StrEnum, auto

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment


class Answer(StrEnum):
    """What the client said to an answer."""

    YES = auto()
    NOT_QUITE = auto()


class ReplyKind(StrEnum):
    """What is said to a share outside the rounds."""

    RESPONSE = auto()
    ADVICE = auto()


class Share(SQLModel, table=True):
    """Something that one of a case wants to say. Without `shared_at` it exists for its author only."""

    __tablename__ = "share"
    __table_args__ = (sa.Index("share_case", "case_id", "status"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    side: str = Field(max_length=12, description="the author's side: client or therapist")
    status: str = Field(max_length=12)
    kind: str | None = Field(default=None, max_length=14)
    text: bytes | None = Field(default=None, description="none once it is withdrawn")
    text_version: int = 0
    not_ready: bool = Field(default=False, description="shared, but not to be talked about yet")
    goal_id: str | None = Field(default=None, max_length=36)
    checkin_id: str | None = Field(default=None, max_length=36)
    rounds: int = 0
    misses: int = Field(default=0, description="how many answers were not quite it")
    created_at: datetime = Field(sa_column=moment(nullable=False))
    touched_at: datetime = Field(sa_column=moment(nullable=False))
    held_at: datetime | None = Field(default=None, sa_column=moment(), description="since when it waits for the next session")
    shared_at: datetime | None = Field(default=None, sa_column=moment())
    confirmed_at: datetime | None = Field(default=None, sa_column=moment())
    withdrawn_at: datetime | None = Field(default=None, sa_column=moment())
    version: int = 1


class Reflection(SQLModel, table=True):
    """One round: what a therapist heard, and what the client said to it. Without `sent_at` it is its author's draft."""

    __tablename__ = "reflection"
    __table_args__ = (sa.UniqueConstraint("share_id", "round", name="reflection_round"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    share_id: str = Field(foreign_key="share.id", index=True, max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    round: int | None = Field(default=None, description="from 1; none while it is a draft")
    heard: bytes | None = None
    felt: bytes | None = None
    sense: bytes | None = None
    heard_version: int = 0
    felt_version: int = 0
    sense_version: int = 0
    created_at: datetime = Field(sa_column=moment(nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=moment())
    answer: str | None = Field(default=None, max_length=10)
    missed: bytes | None = Field(default=None, description="what was missed; the client's draft until answered_at")
    missed_version: int = 0
    answered_at: datetime | None = Field(default=None, sa_column=moment())


class Reply(SQLModel, table=True):
    """A client's word to a therapist's share, or a therapist's own idea after the yes. Without `sent_at` a draft."""

    __tablename__ = "reply"
    __table_args__ = (sa.UniqueConstraint("share_id", "kind", "author_id", name="reply_once"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    share_id: str = Field(foreign_key="share.id", index=True, max_length=36)
    author_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    kind: str = Field(max_length=10)
    text: bytes | None = None
    text_version: int = 0
    created_at: datetime = Field(sa_column=moment(nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=moment())
