"""The rows that the gates read: people, sessions, cases, memberships, keys and the access log."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.access.permissions import CaseRole
from portal.kit.db import moment


class PersonKind(StrEnum):
    """Which side of the room somebody sits on."""

    CLIENT = "client"
    STAFF = "staff"


class CaseStatus(StrEnum):
    """The life of a case (states.md)."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class PracticeKey(SQLModel, table=True):
    """A wrapped data key that belongs to no case: the one that seals account data."""

    __tablename__ = "practice_key"
    purpose: str = Field(primary_key=True, max_length=40)
    number: int
    wrapped: bytes


class Person(SQLModel, table=True):
    """Somebody with an account. Name, address and pronouns are sealed with the practice's account key."""

    __tablename__ = "person"
    id: str = Field(primary_key=True, max_length=36)
    kind: PersonKind = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    is_admin: bool = False
    name: bytes
    email: bytes
    email_index: str = Field(unique=True, max_length=64, description="HMAC of the folded address")
    pronouns: bytes | None = None
    password_hash: str | None = Field(default=None, max_length=255)
    pin_hash: bytes | None = Field(default=None, description="for taking back a device that was handed over; sealed with the key for accounts")
    language: str = Field(default="", max_length=12, description="empty: as the browser says")
    time_zone: str = Field(default="", max_length=64, description="empty: the practice's")
    theme: str = Field(default="system", max_length=6)
    is_demo: bool = False
    created_at: datetime = Field(sa_column=moment(nullable=False))
    deactivated_at: datetime | None = Field(default=None, sa_column=moment())
    version: int = 1


class PersonSession(SQLModel, table=True):
    """One signed-in browser. Only the digest of its cookie is stored."""

    __tablename__ = "person_session"
    id: str = Field(primary_key=True, max_length=36)
    token_digest: str = Field(unique=True, max_length=64)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    device: str = Field(default="", max_length=60, description="browser and system by name, no version")
    created_at: datetime = Field(sa_column=moment(nullable=False))
    last_seen_at: datetime = Field(sa_column=moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=moment())
    suspended_at: datetime | None = Field(default=None, sa_column=moment(), description="its device was handed over: dead for good")


class HandOver(SQLModel, table=True):
    """A session that a therapist's device was handed over with: a client's, for one task about one row, and nothing else."""

    __tablename__ = "hand_over"
    id: str = Field(primary_key=True, foreign_key="person_session.id", max_length=36, description="that of the session itself")
    lender_id: str = Field(foreign_key="person_session.id", unique=True, max_length=36, description="the therapist's session, suspended")
    case_id: str = Field(foreign_key="case.id", index=True, max_length=36)
    task: str = Field(max_length=16)
    about: str = Field(max_length=36, description="id of the row that the task is about")
    came_from: str = Field(default="", max_length=200, description="address of the page that it began on, for the way back")
    progress: bytes | None = Field(default=None, description="what was answered here, by name; sealed with the case's key")
    wrong_pins: int = 0
    given_at: datetime = Field(sa_column=moment(nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=moment(), description="nothing is left to do but to give it back")


class Case(SQLModel, table=True):
    """The shared space of a client and a therapist; its data key seals every text in it."""

    __tablename__ = "case"
    id: str = Field(primary_key=True, max_length=36)
    status: CaseStatus = Field(sa_column=sa.Column(sa.String(10), nullable=False))
    wrapped_key: bytes
    key_number: int = 1
    log_count: int = 0
    log_head: str = Field(default="", max_length=64, description="hash of the newest access entry")
    log_seal: str = Field(default="", max_length=64, description="HMAC of count and head: entries cannot be cut off unseen")
    cadence_days: int = Field(default=7, description="days between check-ins; 0: off")
    next_session_at: datetime | None = Field(default=None, sa_column=moment())
    created_at: datetime = Field(sa_column=moment(nullable=False))
    version: int = 1


class Membership(SQLModel, table=True):
    """Who takes part in a case, as what, since when. Ended ones stay as a record."""

    __tablename__ = "membership"
    __table_args__ = (sa.Index("membership_person", "person_id", "ended_at"), sa.Index("membership_case", "case_id"))
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    role: CaseRole = Field(sa_column=sa.Column(sa.String(12), nullable=False))
    since: datetime = Field(sa_column=moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=moment())


class AccessEntry(SQLModel, table=True):
    """One look or change in a case. Append-only and chained: each entry's hash covers the one before."""

    __tablename__ = "access_entry"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number", name="access_entry_order"),
        sa.UniqueConstraint("case_id", "operation", name="access_entry_once"),
    )
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    number: int
    at: datetime = Field(sa_column=moment(nullable=False))
    person_id: str | None = Field(default=None, max_length=36, description="none: the portal itself, by its clock")
    role: str = Field(max_length=12)
    action: str = Field(max_length=40, description="name of the permission or of the system's act")
    about: str = Field(default="", max_length=36, description="id of the row, if one")
    operation: str | None = Field(default=None, max_length=36)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)
