"""The one table of exports: where each stands, and for a while its file, sealed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.exports.domain import Format, Status
from portal.kit.db import moment


class ExportFile(SQLModel, table=True):
    """A copy that somebody asked for in one session; only there it can be fetched. `content` is the file in base64, sealed."""

    __tablename__ = "export_file"
    __table_args__ = (sa.Index("export_file_case", "case_id", "person_id"), sa.Index("export_file_status", "status", "touched_at"))
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    session_id: str = Field(max_length=36, description="the session that asked; it must live when the file is made and fetched")
    goal_id: str = Field(default="", max_length=36, description="empty: the whole board")
    kind: Format = Field(sa_column=sa.Column(sa.String(4), nullable=False))
    language: str = Field(max_length=12)
    status: Status = Field(sa_column=sa.Column(sa.String(8), nullable=False))
    percent: int = 0
    attempts: int = 0
    outcome: str = Field(default="", max_length=10, description="why it failed")
    asked_at: datetime = Field(sa_column=moment(nullable=False))
    touched_at: datetime = Field(sa_column=moment(nullable=False))
    kept_until: datetime | None = Field(default=None, sa_column=moment())
    size: int = Field(default=0, description="of the file, in bytes")
    content: bytes | None = None
