"""The outbox: letters that wait to be sent, sealed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment


class OutboxLetter(SQLModel, table=True):
    """One mail. Address, subject and text are sealed, and wiped once it is sent or has expired."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("outbox_due", "done_at", "next_try_at"),)
    id: str = Field(primary_key=True, max_length=36)
    kind: str = Field(max_length=30, description="which mail it is, for the log: invitation, password-reset …")
    recipient: bytes | None = None
    subject: bytes | None = None
    text: bytes | None = None
    written_at: datetime = Field(sa_column=moment(nullable=False))
    next_try_at: datetime = Field(sa_column=moment(nullable=False))
    expires_at: datetime = Field(sa_column=moment(nullable=False))
    tries: int = 0
    last_error: str = Field(default="", max_length=60, description="class of the last failure, no message")
    done_at: datetime | None = Field(default=None, sa_column=moment())
    outcome: str = Field(default="", max_length=10, description="sent, shown (no mail server) or expired")
