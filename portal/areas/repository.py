"""The life areas of an open case, and the only place where their names are unsealed."""

import json

from sqlmodel import col, select

from portal.access.gate import OpenCase
from portal.areas.domain import Area, LifeArea
from portal.areas.models import LifeAreaRow
from portal.kit.ids import new_id


class LifeAreas:
    """What the two of one case made of the life areas. Reading them takes one statement."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        query = select(LifeAreaRow).where(LifeAreaRow.case_id == case.id).order_by(col(LifeAreaRow.number))
        self._rows = {row.key or row.id: row for row in case.db.exec(query)}

    def kept(self) -> list[Area]:
        """What differs from the beginning, in order."""
        return [self._area(row) for row in self._rows.values()]

    def _area(self, row: LifeAreaRow) -> Area:
        name = self._case.unseal(row.id, "life_area.name", row.name)
        return Area(row.key or row.id, name, row.away_at is not None, row.version)

    def write(self, area: Area, *, operation: str, before: Area | None) -> Area:
        """Store an area; `before` is what an undo brings back (none for a new one, whose undo puts it away)."""
        case, row = self._case, self._rows.get(area.id)
        if row is None:
            key = area.id if area.id in set(LifeArea) else ""
            number = 1 + max((one.number for one in self._rows.values()), default=0)
            row = LifeAreaRow(
                id=new_id() if key else area.id, case_id=case.id, number=number, key=key, version=0,
                changed_at=case.now, person_id=case.me.person_id, operation=operation, before=b"",
            )  # fmt: skip
        row.name = case.seal(row.id, "life_area.name", area.name) if area.name else None
        row.away_at = (row.away_at or case.now) if area.away else None
        row.version += 1
        row.changed_at, row.person_id, row.operation = case.now, case.me.person_id, operation
        was = {"name": before.name, "away": before.away} if before else {"name": area.name, "away": True}
        row.before = case.seal(row.id, "life_area.before", json.dumps(was, ensure_ascii=False))
        case.db.add(row)
        self._rows[row.key or row.id] = row
        return self._area(row)

    def row(self, area_id: str) -> LifeAreaRow | None:
        """The row of an area that was changed before: who did it, and when."""
        return self._rows.get(area_id)

    def own_change(self, operation: str) -> LifeAreaRow | None:
        """The area whose last change this person made by an operation, if there is one."""
        me = self._case.me.person_id
        return next((row for row in self._rows.values() if row.operation == operation and row.person_id == me), None)

    def was_before(self, row: LifeAreaRow) -> Area:
        """How an area was before its last change."""
        was = json.loads(self._case.unseal(row.id, "life_area.before", row.before))
        return Area(row.key or row.id, was["name"], was["away"], row.version)
