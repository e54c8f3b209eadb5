"""Queries about the ratings of an open case, and the only place where they are unsealed."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from portal.access.gate import OpenCase
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound
from portal.ratings.domain import Side
from portal.ratings.models import GoalRating

_ID = re.compile(r"[0-9a-f-]{36}")
_VALUE = "goal_rating.value"
_rating = SQLModel.metadata.tables["goal_rating"]


def _ends(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Of each series the first rating and the newest ones, oldest first."""
    series = (_rating.c.wording_id, _rating.c.side)
    numbered = (
        sa.select(
            *(_rating.c[name] for name in ("id", "goal_id", "wording_id", "side", "value", "at")),
            sa.func.row_number().over(partition_by=series, order_by=(_rating.c.at.desc(), _rating.c.id.desc())).label("back"),
            sa.func.row_number().over(partition_by=series, order_by=(_rating.c.at, _rating.c.id)).label("forth"),
        )
        .where(_rating.c.case_id == sa.bindparam("case"), _rating.c.taken_back_at.is_(None), which)
        .subquery()
    )
    return (
        sa.select(*(numbered.c[name] for name in ("id", "goal_id", "wording_id", "side", "value", "at")))
        .where(sa.or_(numbered.c.back <= sa.bindparam("most"), numbered.c.forth == 1))
        .order_by(numbered.c.at, numbered.c.id)
    )


_OF_CASE = _ends(sa.true())
_OF_GOAL = _ends(_rating.c.goal_id == sa.bindparam("goal"))


@dataclass(frozen=True)
class KnownRating:
    """A rating, unsealed: a whole number from 0 to 10."""

    id: str
    goal_id: str
    wording_id: str
    side: Side
    value: int
    at: datetime


class Ratings:
    """The ratings of one case."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case

    def add(self, goal_id: str, wording_id: str, value: int, operation: str) -> GoalRating:
        """Store what the person who opened the case says of a wording now."""
        id_, case = new_id(), self._case
        row = GoalRating(
            id=id_,
            case_id=case.id,
            goal_id=goal_id,
            wording_id=wording_id,
            side=Side(case.role.value),
            person_id=case.me.person_id,
            value=case.seal(id_, _VALUE, str(value)),
            at=case.now,
            operation=operation,
        )
        case.db.add(row)
        return row

    def of_goal(self, goal_id: str, most: int) -> list[KnownRating]:
        """The first and the `most` newest ratings of each series of a goal, oldest first. One statement."""
        return self._read(_OF_GOAL, goal=goal_id, most=most)

    def of_case(self, most: int, wording_ids: Collection[str] | None = None) -> list[KnownRating]:
        """The same over all goals; of these wordings only, if they are given. One statement."""
        return self._read(_OF_CASE, wording_ids, most=most)

    def _read(self, query: sa.Select[Any], wording_ids: Collection[str] | None = None, **values: object) -> list[KnownRating]:
        rows: Sequence[Any] = self._case.db.connection().execute(query, {"case": self._case.id, **values}).all()
        return [
            KnownRating(id_, goal, wording, Side(side), int(self._case.unseal(id_, _VALUE, value)), at)
            for id_, goal, wording, side, value, at in rows
            if wording_ids is None or wording in wording_ids
        ]

    def own(self, operation: str) -> GoalRating:
        """The rating that this person gave by an operation. Raises NotFound."""
        if not _ID.fullmatch(operation):
            raise NotFound
        row = self._case.db.exec(
            select(GoalRating).where(
                col(GoalRating.case_id) == self._case.id,
                col(GoalRating.operation) == operation,
                col(GoalRating.person_id) == self._case.me.person_id,
            )
        ).first()
        if row is None:
            raise NotFound
        return row
