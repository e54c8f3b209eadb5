"""Queries for promises. They can only be made from an open case."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from portal.access.gate import OpenCase
from portal.goals.domain import Actor
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound
from portal.promises.domain import Action, PromiseStatus, Standing
from portal.promises.models import Promise, PromiseChange

_ID = re.compile(r"[0-9a-f-]{36}")
_promise = SQLModel.metadata.tables["promise"]
_OF_CASE = _promise.c.case_id == sa.bindparam("case")
# Read as plain columns by a statement that is built once: they are shown again with every change of the board.
_LINES = (
    sa.select(*(_promise.c[name] for name in ("id", "author_id", "text", "until_on", "status", "status_at", "reason", "archived_at", "created_at", "version")))
    .where(_OF_CASE)
    .order_by(_promise.c.created_at.desc(), _promise.c.id.desc())
)
_ON_BOARD = _LINES.where(_promise.c.archived_at.is_(None))
_IN_ARCHIVE = _LINES.where(_promise.c.archived_at.is_not(None))
_OPEN = _ON_BOARD.where(_promise.c.status == PromiseStatus.OPEN)
_ARCHIVED = sa.select(sa.func.count()).select_from(_promise).where(_OF_CASE, _promise.c.archived_at.is_not(None))


@dataclass(frozen=True)
class PromiseLine:
    """A promise, unsealed; `made_at` is when it was made, `status_at` since when it stands as it does."""

    id: str
    standing: Standing
    text: str
    until_on: date | None
    status_at: datetime
    reason: str
    made_at: datetime
    version: int


@dataclass
class Found:
    """One promise's row with its newest change, to be read or changed."""

    row: Promise
    last: PromiseChange | None


def standing_of(row: Promise) -> Standing:
    """Where the row stands, as the domain sees it."""
    return Standing(row.author_id, PromiseStatus(row.status), row.archived_at is not None)


class Promises:
    """The promises of one open case."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db: Session = case.db
        self.actor = Actor(case.me.person_id, case.role.value)

    def lines(self, *, archived: bool | None = False, only_open: bool = False) -> list[PromiseLine]:
        """Promises, newest first: on the board, in the archive, or (None) all of them. One statement."""
        query = _OPEN if only_open else _LINES if archived is None else _IN_ARCHIVE if archived else _ON_BOARD
        unseal = self._case.unseal
        return [
            PromiseLine(
                id=id_,
                standing=Standing(author, PromiseStatus(status), archived_at is not None),
                text=unseal(id_, "promise.text", text),
                until_on=until_on,
                status_at=status_at,
                reason=unseal(id_, "promise.reason", reason),
                made_at=made_at,
                version=version,
            )
            for id_, author, text, until_on, status, status_at, reason, archived_at, made_at, version in self._db.connection().execute(
                query, {"case": self._case.id}
            )
        ]

    def archived_count(self) -> int:
        """How many promises lie in the archive."""
        return int(self._db.connection().execute(_ARCHIVED, {"case": self._case.id}).scalar_one())

    def find(self, promise_id: str) -> Found:
        """One promise. Raises NotFound. One statement."""
        if not _ID.fullmatch(promise_id):
            raise NotFound
        row = self._db.exec(
            select(Promise, PromiseChange)
            .outerjoin(PromiseChange, col(PromiseChange.id) == col(Promise.last_change_id))
            .where(Promise.id == promise_id, Promise.case_id == self._case.id)
        ).first()
        if row is None:
            raise NotFound
        return Found(*row)

    def changes(self, promise_id: str, most: int) -> list[PromiseChange]:
        """The newest entries of a promise's history, newest first."""
        return list(
            self._db.exec(
                select(PromiseChange)
                .where(PromiseChange.promise_id == promise_id, PromiseChange.case_id == self._case.id)
                .order_by(col(PromiseChange.at).desc(), col(PromiseChange.id).desc())
                .limit(most)
            )
        )

    def change(self, change_id: str) -> tuple[PromiseChange, Found]:
        """One entry of the history with its promise. Raises NotFound."""
        if not _ID.fullmatch(change_id):
            raise NotFound
        found = self._db.exec(
            select(PromiseChange).where(PromiseChange.id == change_id, PromiseChange.case_id == self._case.id)
        ).first()
        if found is None:
            raise NotFound
        return found, self.find(found.promise_id)

    def own_change(self, operation: str) -> tuple[PromiseChange, Promise]:
        """What this person changed by an operation. Raises NotFound."""
        if not _ID.fullmatch(operation):
            raise NotFound
        row = self._db.exec(
            select(PromiseChange, Promise)
            .join(Promise, col(Promise.id) == PromiseChange.promise_id)
            .where(
                PromiseChange.case_id == self._case.id,
                PromiseChange.operation == operation,
                PromiseChange.person_id == self.actor.person_id,
            )
        ).first()
        if row is None:
            raise NotFound
        return row[0], row[1]

    def write(self, row: Promise, action: Action, before: dict[str, Any], after: dict[str, Any], *, operation: str) -> PromiseChange:
        """Add an entry to a promise's history, sealed."""
        id_ = new_id()
        change = PromiseChange(
            id=id_,
            case_id=self._case.id,
            promise_id=row.id,
            at=self._case.now,
            until=self._case.now,
            person_id=self.actor.person_id,
            role=self.actor.role,
            action=action,
            before=self.seal_parts(id_, "before", before),
            after=self.seal_parts(id_, "after", after),
            version=row.version,
            operation=operation,
        )
        self._db.add(change)
        return change

    def seal_parts(self, change_id: str, side: str, parts: dict[str, Any]) -> bytes:
        """What a change touched, by part, sealed for one entry of the history."""
        return self._case.seal(change_id, f"promise_change.{side}", json.dumps(parts, ensure_ascii=False))

    def parts(self, change: PromiseChange) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a change touched: before and after."""
        return (
            json.loads(self._case.unseal(change.id, "promise_change.before", change.before)),
            json.loads(self._case.unseal(change.id, "promise_change.after", change.after)),
        )
