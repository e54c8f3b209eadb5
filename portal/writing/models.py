"""The table of texts that are written together: how each is kept, beside the words that the room it belongs to stores."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from portal.kit.db import moment


class Document(SQLModel, table=True):
    """One text. `state` is its squashed Yjs document, `text` the words that it stands for, both sealed.

    `laid` counts how often the document was begun anew: what an editor built on an older one cannot be joined with it.
    """

    __tablename__ = "document"
    __table_args__ = (sa.UniqueConstraint("case_id", "kind", "about_id", name="document_of"),)
    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="case.id", max_length=36)
    kind: str = Field(max_length=40)
    about_id: str = Field(max_length=36, description="the thing that the text belongs to")
    state: bytes
    text: bytes
    laid: int = 1
    version: int = 1
    changed_at: datetime = Field(sa_column=moment(nullable=False))
