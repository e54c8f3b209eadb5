"""The table of life areas: what the two of a case added, renamed or put away."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment


class LifeAreaRow(SQLModel, table=True):
    """A life area that differs from what every case begins with. `before` is how it was before its last change, for an undo."""

    __tablename__ = "life_area"
    __table_args__ = (sa.UniqueConstraint("case_id", "number", name="life_area_order"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    number: int = Field(description="order among the rows of the case")
    key: str = Field(default="", max_length=12, description="which of the offered ones it is; empty: an own one")
    name: bytes | None = Field(default=None, description="empty: as usual")
    away_at: datetime | None = Field(default=None, sa_column=moment())
    version: int = 1
    changed_at: datetime = Field(sa_column=moment(nullable=False))
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    operation: str = Field(max_length=36)
    before: bytes
