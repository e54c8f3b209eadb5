"""Queries for decisions. They can only be made from an open case."""

import json
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from portal.access.gate import OpenCase
from portal.decisions.domain import Action, DecisionStatus, Standing
from portal.decisions.models import Decision, DecisionChange, DecisionOption, DecisionPoint
from portal.goals.domain import Actor
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound

_ID = re.compile(r"[0-9a-f-]{36}")
_last, _options, _points = aliased(DecisionChange), aliased(DecisionOption), aliased(DecisionPoint)
_OF_DECISION = (
    sa.select(sa.func.count())
    .select_from(_options)
    .where(col(_options.decision_id) == col(DecisionOption.decision_id), col(_options.removed_at).is_(None))
    .correlate(DecisionOption)
    .scalar_subquery()
)
_OF_OPTION = (
    sa.select(sa.func.count())
    .select_from(_points)
    .where(col(_points.option_id) == col(DecisionPoint.option_id), col(_points.removed_at).is_(None))
    .correlate(DecisionPoint)
    .scalar_subquery()
)


@dataclass
class Found:
    """One decision's row with its newest change, to be read or changed."""

    row: Decision
    last: DecisionChange | None


@dataclass
class FoundOption:
    """One option with its decision, the newest change of the option, and how many options the decision has."""

    option: DecisionOption
    row: Decision
    last: DecisionChange | None
    of_decision: int


@dataclass
class FoundPoint:
    """One point with its option and decision, the newest change of the point, and how many points the option has."""

    point: DecisionPoint
    option: DecisionOption
    row: Decision
    last: DecisionChange | None
    of_option: int


def standing_of(row: Decision) -> Standing:
    """Where the row stands, as the domain sees it."""
    return Standing(DecisionStatus(row.status), row.chosen_id, row.asked_by_id, row.archived_at is not None)


class Decisions:
    """The decisions of one open case."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db: Session = case.db
        self.actor = Actor(case.me.person_id, case.role.value)

    def text(self, row: Decision | DecisionOption | DecisionPoint, column: str) -> str:
        """A sealed column of a row, opened; empty for none."""
        return self._case.unseal(row.id, f"{row.__tablename__}.{column}", getattr(row, column))

    def write_text(self, row: Decision | DecisionOption | DecisionPoint, column: str, text: str) -> None:
        """Seal a text into its column; an empty one where there may be none is none."""
        sealed = self._case.seal(row.id, f"{row.__tablename__}.{column}", text)
        setattr(row, column, sealed if text or column in {"question", "text"} else None)

    def all(self, *, archived: bool | None = False) -> list[Decision]:
        """Decisions, newest first: living, in the archive, or (None) all. One statement."""
        query = select(Decision).where(Decision.case_id == self._case.id)
        if archived is not None:
            query = query.where(col(Decision.archived_at).is_not(None) if archived else col(Decision.archived_at).is_(None))
        return list(self._db.exec(query.order_by(col(Decision.created_at).desc(), col(Decision.id).desc())))

    def find(self, decision_id: str) -> Found:
        """One decision. Raises NotFound. One statement."""
        if not _ID.fullmatch(decision_id):
            raise NotFound
        row = self._db.exec(
            select(Decision, _last)
            .outerjoin(_last, col(_last.id) == col(Decision.last_change_id))
            .where(Decision.id == decision_id, Decision.case_id == self._case.id)
        ).first()
        if row is None:
            raise NotFound
        return Found(*row)

    def options(self, decision_ids: list[str]) -> dict[str, list[DecisionOption]]:
        """The present options of these decisions, by decision, in the order in which they were written. One statement."""
        found: dict[str, list[DecisionOption]] = {one: [] for one in decision_ids}
        query = (
            select(DecisionOption)
            .where(
                DecisionOption.case_id == self._case.id,
                col(DecisionOption.decision_id).in_(decision_ids),
                col(DecisionOption.removed_at).is_(None),
            )
            .order_by(col(DecisionOption.created_at), col(DecisionOption.id))
        )
        for option in self._db.exec(query):
            found[option.decision_id].append(option)
        return found

    def points(self, option_ids: list[str]) -> dict[str, list[DecisionPoint]]:
        """The present points of these options, by option, in the order in which they were written. One statement."""
        found: dict[str, list[DecisionPoint]] = {one: [] for one in option_ids}
        query = (
            select(DecisionPoint)
            .where(
                DecisionPoint.case_id == self._case.id,
                col(DecisionPoint.option_id).in_(option_ids),
                col(DecisionPoint.removed_at).is_(None),
            )
            .order_by(col(DecisionPoint.created_at), col(DecisionPoint.id))
        )
        for point in self._db.exec(query):
            found[point.option_id].append(point)
        return found

    def option(self, option_id: str, *, removed: bool = False) -> FoundOption:
        """One option with its decision; one that was removed only if that is asked for. Raises NotFound. One statement."""
        if not _ID.fullmatch(option_id):
            raise NotFound
        row = self._db.exec(
            select(DecisionOption, Decision, _last, _OF_DECISION)
            .join(Decision, col(Decision.id) == col(DecisionOption.decision_id))
            .outerjoin(_last, col(_last.id) == col(DecisionOption.last_change_id))
            .where(DecisionOption.id == option_id, DecisionOption.case_id == self._case.id)
        ).first()
        if row is None or (row[0].removed_at is not None and not removed):
            raise NotFound
        return FoundOption(*row)

    def point(self, point_id: str, *, removed: bool = False) -> FoundPoint:
        """One point of a present option; one that was removed only if that is asked for. Raises NotFound. One statement."""
        if not _ID.fullmatch(point_id):
            raise NotFound
        row = self._db.execute(
            sa.select(DecisionPoint, DecisionOption, Decision, _last, _OF_OPTION)
            .join(DecisionOption, col(DecisionOption.id) == col(DecisionPoint.option_id))
            .join(Decision, col(Decision.id) == col(DecisionOption.decision_id))
            .outerjoin(_last, col(_last.id) == col(DecisionPoint.last_change_id))
            .where(col(DecisionPoint.id) == point_id, col(DecisionPoint.case_id) == self._case.id)
        ).first()
        if row is None or ((row[0].removed_at or row[1].removed_at) is not None and not removed):
            raise NotFound
        return FoundPoint(*row)

    def changes(self, decision_id: str, most: int) -> list[DecisionChange]:
        """The newest entries of a decision's history, newest first."""
        return list(
            self._db.exec(
                select(DecisionChange)
                .where(DecisionChange.decision_id == decision_id, DecisionChange.case_id == self._case.id)
                .order_by(col(DecisionChange.at).desc(), col(DecisionChange.id).desc())
                .limit(most)
            )
        )

    def change(self, change_id: str) -> DecisionChange:
        """One entry of a history. Raises NotFound."""
        return self._change(DecisionChange.id == change_id, change_id)

    def own_change(self, operation: str) -> DecisionChange:
        """What this person changed by an operation. Raises NotFound."""
        mine = sa.and_(col(DecisionChange.operation) == operation, col(DecisionChange.person_id) == self.actor.person_id)
        return self._change(mine, operation)

    def _change(self, which: Any, id_: str) -> DecisionChange:
        if not _ID.fullmatch(id_):
            raise NotFound
        row = self._db.exec(select(DecisionChange).where(which, DecisionChange.case_id == self._case.id)).first()
        if row is None:
            raise NotFound
        return row

    def write(
        self, row: Decision, action: Action, before: dict[str, Any], after: dict[str, Any], *, operation: str, part_id: str = ""
    ) -> DecisionChange:
        """Add an entry to a decision's history, sealed."""
        id_ = new_id()
        change = DecisionChange(
            id=id_,
            case_id=self._case.id,
            decision_id=row.id,
            part_id=part_id,
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
        return self._case.seal(change_id, f"decision_change.{side}", json.dumps(parts, ensure_ascii=False))

    def parts(self, change: DecisionChange) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a change touched: before and after."""
        return (
            json.loads(self._case.unseal(change.id, "decision_change.before", change.before)),
            json.loads(self._case.unseal(change.id, "decision_change.after", change.after)),
        )
