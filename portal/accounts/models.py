"""The rows of accounts beyond the person and the session: one-time links and codes, attempts, wishes for a new password, the practice."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.accounts.domain import TicketPurpose
from portal.kit.db import moment


class Practice(SQLModel, table=True):
    """The practice itself, one row."""

    __tablename__ = "practice"
    id: str = Field(primary_key=True, max_length=36)
    name: bytes
    founded_at: datetime = Field(sa_column=moment(nullable=False))


class Ticket(SQLModel, table=True):
    """A one-time link and its typed code; only digests of both are stored."""

    __tablename__ = "ticket"
    id: str = Field(primary_key=True, max_length=36)
    purpose: TicketPurpose = Field(sa_column=sa.Column(sa.String(12), nullable=False))
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36, description="none: for set-up")
    token_digest: str = Field(unique=True, max_length=64)
    code_digest: str = Field(max_length=64, description="HMAC of the short code under a key that the database does not hold")
    address: bytes | None = Field(default=None, description="the new e-mail address that is to be confirmed")
    created_at: datetime = Field(sa_column=moment(nullable=False))
    expires_at: datetime = Field(sa_column=moment(nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=moment(), description="used, withdrawn or replaced")


class ResetWish(SQLModel, table=True):
    """Somebody asked for a new password. Whether there is such an account is looked up later, where nobody can measure it."""

    __tablename__ = "reset_wish"
    id: str = Field(primary_key=True, max_length=36)
    address: bytes
    language: str = Field(default="", max_length=12)
    at: datetime = Field(sa_column=moment(nullable=False))


class Attempts(SQLModel, table=True):
    """How often something was tried in a row. The key is an HMAC: neither address nor account can be read from it."""

    __tablename__ = "attempts"
    key_digest: str = Field(primary_key=True, max_length=64)
    number: int
    last_at: int = Field(sa_type=sa.BigInteger, description="seconds since 1970")
    next_at: int = Field(sa_type=sa.BigInteger, description="no attempt counts before; seconds since 1970")
    last_try: str = Field(max_length=36, description="id of the newest attempt that counted")
