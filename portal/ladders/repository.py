"""Queries about the ladders of an open case, and the only place where they are sealed and unsealed."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from portal.access.gate import OpenCase
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound
from portal.ladders.domain import LEVELS, USUAL_WEIGHT, Action, Side, Standing
from portal.ladders.models import Ladder, LadderChange, LadderLevel

_ID = re.compile(r"[0-9a-f-]{36}")
_SAYS = {Side.CLIENT: "client_says", Side.THERAPIST: "therapist_says"}
_NUMBERS = ("start", "weight", *_SAYS.values(), "level")


@dataclass
class Found:
    """A ladder with its five levels, from the top."""

    ladder: Ladder
    levels: list[LadderLevel]

    def level(self, level_id: str) -> LadderLevel:
        """The level with this id."""
        return next(one for one in self.levels if one.id == level_id)


@dataclass
class FoundLevel:
    """A level with its ladder, and the newest entry of the history about its words."""

    level: LadderLevel
    ladder: Ladder
    last: LadderChange | None


_newest = aliased(LadderChange)


class Ladders:
    """The ladders of one case; a foreign id is simply not found here."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db = case.db

    def of_goal(self, goal_id: str) -> Found | None:
        """The ladder of a goal, if it has one. One statement."""
        return next(iter(self._found(col(Ladder.goal_id) == goal_id)), None)

    def of_goals(self, goal_ids: Collection[str]) -> dict[str, Found]:
        """The ladders of these goals, by goal. One statement."""
        return {one.ladder.goal_id: one for one in self._found(col(Ladder.goal_id).in_(list(goal_ids)))}

    def all(self) -> list[Found]:
        """Every ladder of the case. One statement."""
        return self._found(sa.true())

    def one(self, ladder_id: str) -> Found:
        """A ladder by its id. Raises NotFound. One statement."""
        if not _ID.fullmatch(ladder_id):
            raise NotFound
        found = self._found(col(Ladder.id) == ladder_id)
        if not found:
            raise NotFound
        return found[0]

    def with_level(self, level_id: str) -> Found:
        """The ladder that a level belongs to. Raises NotFound. One statement."""
        if not _ID.fullmatch(level_id):
            raise NotFound
        found = self._found(col(Ladder.id) == select(LadderLevel.ladder_id).where(col(LadderLevel.id) == level_id).scalar_subquery())
        if not found:
            raise NotFound
        return found[0]

    def with_writing(self, level_id: str) -> FoundLevel:
        """One level with its ladder and the newest entry about its words. Raises NotFound. One statement."""
        if not _ID.fullmatch(level_id):
            raise NotFound
        newest = (
            select(_newest.id)
            .where(col(_newest.level_id) == col(LadderLevel.id))
            .order_by(col(_newest.at).desc(), col(_newest.id).desc())
            .limit(1)
            .correlate(LadderLevel)
            .scalar_subquery()
        )
        row = self._db.exec(
            select(LadderLevel, Ladder, LadderChange)
            .join(Ladder, col(Ladder.id) == col(LadderLevel.ladder_id))
            .outerjoin(LadderChange, col(LadderChange.id) == newest)
            .where(col(LadderLevel.case_id) == self._case.id, col(LadderLevel.id) == level_id)
        ).first()
        if row is None:
            raise NotFound
        return FoundLevel(*row)

    def _found(self, which: Any) -> list[Found]:
        rows = self._db.exec(
            select(Ladder, LadderLevel)
            .join(LadderLevel, col(LadderLevel.ladder_id) == col(Ladder.id))
            .where(col(Ladder.case_id) == self._case.id, which)
            .order_by(col(Ladder.begun_at), col(Ladder.id), col(LadderLevel.level).desc())
        ).all()
        found: dict[str, Found] = {}
        for ladder, level in rows:
            found.setdefault(ladder.id, Found(ladder, [])).levels.append(level)
        return list(found.values())

    def add(self, goal_id: str) -> Found:
        """A ladder for a goal, its five levels without words."""
        case = self._case
        ladder = Ladder(id=new_id(), case_id=case.id, goal_id=goal_id, begun_at=case.now)
        self._db.add(ladder)
        self._db.flush()
        levels = [LadderLevel(id=new_id(), case_id=case.id, ladder_id=ladder.id, level=level, changed_at=case.now) for level in LEVELS]
        self._db.add_all(levels)
        return Found(ladder, levels)

    def text(self, level: LadderLevel) -> str:
        """A level's words."""
        return self._case.unseal(level.id, "ladder_level.text", level.text)

    def put_text(self, level: LadderLevel, text: str) -> None:
        """Give a level other words."""
        level.text = self._case.seal(level.id, "ladder_level.text", text) if text else None
        level.version += 1
        level.changed_at = self._case.now
        self._db.add(level)

    def is_whole(self, found: Found) -> bool:
        """Whether all five levels have words."""
        return all(level.text for level in found.levels)

    def standing(self, ladder: Ladder) -> Standing:
        """Where a ladder stands, unsealed."""
        numbers = {name: self._number(ladder, name) for name in _NUMBERS}
        weight = numbers["weight"]
        return Standing(
            start=numbers["start"],
            weight=USUAL_WEIGHT if weight is None else weight,
            said={side: said for side, name in _SAYS.items() if (said := numbers[name]) is not None},
            level=numbers["level"],
        )

    def _number(self, ladder: Ladder, name: str) -> int | None:
        sealed = getattr(ladder, name)
        return int(self._case.unseal(ladder.id, f"ladder.{name}", sealed)) if sealed else None

    def put(self, ladder: Ladder, standing: Standing) -> None:
        """Let a ladder stand where the domain put it."""
        before = self.standing(ladder)
        weight = None if standing.weight == USUAL_WEIGHT else standing.weight
        said = {name: standing.said.get(side) for side, name in _SAYS.items()}
        for name, number in {"start": standing.start, "weight": weight, **said, "level": standing.level}.items():
            if number != self._number(ladder, name):
                setattr(ladder, name, None if number is None else self._case.seal(ladder.id, f"ladder.{name}", str(number)))
        if standing.level != before.level:
            ladder.level_at = self._case.now
        ladder.version += 1
        self._db.add(ladder)

    def write(self, ladder: Ladder, action: Action, before: dict[str, Any], after: dict[str, Any], *, operation: str, level_id: str | None = None) -> None:
        """Add an entry to a ladder's history, sealed."""
        id_, case = new_id(), self._case
        self._db.add(
            LadderChange(
                id=id_,
                case_id=case.id,
                ladder_id=ladder.id,
                level_id=level_id,
                at=case.now,
                until=case.now,
                person_id=case.me.person_id,
                role=case.role.value,
                action=action,
                before=self.seal_parts(id_, "before", before),
                after=self.seal_parts(id_, "after", after),
                operation=operation,
            )
        )

    def seal_parts(self, change_id: str, side: str, parts: dict[str, Any]) -> bytes:
        """What a change touched, sealed for one entry of the history."""
        return self._case.seal(change_id, f"ladder_change.{side}", json.dumps(parts, ensure_ascii=False))

    def parts(self, change: LadderChange) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a change touched: before and after."""
        return (
            json.loads(self._case.unseal(change.id, "ladder_change.before", change.before)),
            json.loads(self._case.unseal(change.id, "ladder_change.after", change.after)),
        )

    def changes(self, ladder_id: str, most: int) -> list[LadderChange]:
        """The newest entries of a ladder's history, newest first. One statement."""
        return list(
            self._db.exec(
                select(LadderChange)
                .where(LadderChange.case_id == self._case.id, LadderChange.ladder_id == ladder_id)
                .order_by(col(LadderChange.at).desc(), col(LadderChange.id).desc())
                .limit(most)
            )
        )

    def last_writing(self, level_id: str) -> LadderChange | None:
        """The newest entry about a level's words. One statement."""
        return self._db.exec(
            select(LadderChange)
            .where(LadderChange.case_id == self._case.id, LadderChange.level_id == level_id)
            .order_by(col(LadderChange.at).desc(), col(LadderChange.id).desc())
            .limit(1)
        ).first()

    def change(self, change_id: str) -> LadderChange:
        """One entry of the history. Raises NotFound."""
        return self._change(LadderChange.id == change_id, change_id)

    def own_change(self, operation: str) -> LadderChange:
        """What this person changed by an operation. Raises NotFound."""
        return self._change((col(LadderChange.operation) == operation) & (col(LadderChange.person_id) == self._case.me.person_id), operation)

    def _change(self, which: Any, given: str) -> LadderChange:
        row = self._db.exec(select(LadderChange).where(LadderChange.case_id == self._case.id, which)).first() if _ID.fullmatch(given) else None
        if row is None:
            raise NotFound
        return row

    def renew(self, change: LadderChange, before: dict[str, Any], after: dict[str, Any], operation: str) -> None:
        """Let an entry go on: the same person is still writing."""
        change.before, change.after = self.seal_parts(change.id, "before", before), self.seal_parts(change.id, "after", after)
        change.until, change.operation = self._case.now, operation
        self._db.add(change)

    def drop(self, change: LadderChange) -> None:
        """Take an entry away again: what was written was taken back in the same breath."""
        self._db.delete(change)
