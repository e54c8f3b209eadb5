"""Queries for goals. They can only be made from an open case, and an idea of somebody else is simply not found."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from portal.access.gate import OpenCase
from portal.access.models import Membership
from portal.access.permissions import CaseRole
from portal.goals.domain import COLUMN_OF, TURNS, Action, Actor, Column, GoalStatus, Standing
from portal.goals.models import Goal, GoalChange, GoalStep, GoalWording
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound

_ID = re.compile(r"[0-9a-f-]{36}")
_goal, _wording, _step = (SQLModel.metadata.tables[name] for name in ("goal", "goal_wording", "goal_step"))

# Lists are read as plain columns by statements that are built once: a board is shown again with every change on it.
_SEEN = sa.and_(
    _goal.c.case_id == sa.bindparam("case"),
    sa.or_(_goal.c.status != GoalStatus.IDEA, _goal.c.author_id == sa.bindparam("me")),
    sa.or_(_goal.c.status != GoalStatus.PROPOSED, sa.bindparam("takes_part", type_=sa.Integer) == 1),
)
"""The same rule as domain.visible: what is not for this person never leaves the database."""
_ID_AT, _STATUS, _AREA = 0, 2, 11
_LINES = (
    sa.select(
        *(_goal.c[name] for name in ("id", "author_id", "status", "status_at", "asked_by_id", "asked_role", "new_wording_id")),
        *(_goal.c[name] for name in ("yes_client_id", "yes_therapist_id")),
        *(_goal.c[name] for name in ("in_focus", "archived_at", "area", "review_on", "version", "due_on", "notes")),
        *(_wording.c[name] for name in ("id", "title", "why")),
    )
    .join(_wording, _wording.c.id == _goal.c.wording_id)
    .where(_SEEN)
    .order_by(_goal.c.position, _goal.c.id)
)
_ON_BOARD = _LINES.where(_goal.c.archived_at.is_(None))
_IN_ARCHIVE = _LINES.where(_goal.c.archived_at.is_not(None))
_IN_FORCE = sa.select(_goal.c.id, _goal.c.wording_id, _goal.c.status).where(_SEEN, _goal.c.archived_at.is_(None))
_IDS = sa.select(_goal.c.id, _goal.c.status).where(_SEEN).order_by(_goal.c.position, _goal.c.id)
_IDS_ON_BOARD = _IDS.where(_goal.c.archived_at.is_(None))
_IDS_IN_ARCHIVE = _IDS.where(_goal.c.archived_at.is_not(None))
_ARCHIVED = sa.select(sa.func.count()).select_from(_goal).where(_SEEN, _goal.c.archived_at.is_not(None))
_STANDINGS = sa.select(
    *(_goal.c[name] for name in ("id", "author_id", "status", "asked_by_id", "asked_role", "archived_at"))
).where(_SEEN, _goal.c.id.in_(sa.bindparam("goals", expanding=True)))
_STEPS = (
    sa.select(*(_step.c[name] for name in ("id", "goal_id", "text", "owner_id", "due_on", "done_at", "version", "text_version")))
    .join(_goal, _goal.c.id == _step.c.goal_id)
    .where(_SEEN, _step.c.removed_at.is_(None), _step.c.goal_id.in_(sa.bindparam("goals", expanding=True)))
    .order_by(_step.c.position, _step.c.id)
)
_new_wording, _last = aliased(GoalWording), aliased(GoalChange)
_ONE_GOAL = (
    sa.select(Goal, GoalWording, _new_wording, _last)
    .join(GoalWording, col(GoalWording.id) == col(Goal.wording_id))
    .outerjoin(_new_wording, col(_new_wording.id) == col(Goal.new_wording_id))
    .outerjoin(_last, col(_last.id) == col(Goal.last_change_id))
    .where(_SEEN, col(Goal.id) == sa.bindparam("goal"))
)
_MANY_GOALS = (
    sa.select(Goal, GoalWording, _new_wording)
    .join(GoalWording, col(GoalWording.id) == col(Goal.wording_id))
    .outerjoin(_new_wording, col(_new_wording.id) == col(Goal.new_wording_id))
    .where(_SEEN, col(Goal.id).in_(sa.bindparam("goals", expanding=True)))
)
_WITH_WORDINGS = (
    sa.select(Goal, GoalWording, _last)
    .join(GoalWording, col(GoalWording.goal_id) == col(Goal.id))
    .outerjoin(_last, col(_last.id) == col(Goal.last_change_id))
    .where(_SEEN, col(Goal.id) == sa.bindparam("goal"))
    .order_by(col(GoalWording.number).desc())
)
_burst = aliased(GoalChange)
_newest = aliased(GoalChange)
_ONE_TEXT = (
    sa.select(Goal, GoalWording, _new_wording, _burst)
    .join(GoalWording, col(GoalWording.id) == col(Goal.wording_id))
    .outerjoin(_new_wording, col(_new_wording.id) == col(Goal.new_wording_id))
    .outerjoin(
        _burst,
        col(_burst.id)
        == sa.select(col(_newest.id))
        .where(
            col(_newest.goal_id) == col(Goal.id),
            sa.or_(
                sa.and_(col(_newest.action) == sa.bindparam("action"), col(_newest.person_id) == sa.bindparam("me")),
                col(_newest.action).in_(sorted(TURNS)),
            ),
        )
        .order_by(col(_newest.at).desc(), col(_newest.id).desc())
        .limit(1)
        .correlate(Goal)
        .scalar_subquery(),
    )
    .where(_SEEN, col(Goal.id) == sa.bindparam("goal"))
)
"""A goal with what this person may go on writing: their newest entry of an action, unless something was decided since."""
_ONE_STEP = (
    sa.select(GoalStep, Goal, _last)
    .join(Goal, col(Goal.id) == col(GoalStep.goal_id))
    .outerjoin(_last, col(_last.id) == col(GoalStep.last_change_id))
    .where(_SEEN, col(GoalStep.id) == sa.bindparam("step"))
)
_ONE_PRESENT_STEP = _ONE_STEP.where(col(GoalStep.removed_at).is_(None))


@dataclass(frozen=True)
class GoalLine:
    """A goal as lists show it, unsealed. `title` and `why` are the wording in force."""

    id: str
    standing: Standing
    status_at: datetime
    title: str
    why: str
    area: str
    review_on: date | None
    version: int
    wording_id: str = ""
    due_on: date | None = None
    sealed_notes: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class StepLine:
    """A small step, unsealed. `owner_id` is empty when it belongs to both."""

    id: str
    goal_id: str
    text: str
    owner_id: str
    due_on: date | None
    done: bool
    version: int
    text_version: int


@dataclass
class Found:
    """One goal's rows, to be read or changed."""

    goal: Goal
    wording: GoalWording
    new: GoalWording | None
    last: GoalChange | None


@dataclass
class FoundStep:
    """One step's rows."""

    step: GoalStep
    goal: Goal
    last: GoalChange | None


def standing_of(goal: Goal) -> Standing:
    """Where the row stands, as the domain sees it."""
    return Standing(
        author_id=goal.author_id,
        status=GoalStatus(goal.status),
        asked_by=goal.asked_by_id,
        asked_role=goal.asked_role,
        rewording=goal.new_wording_id is not None,
        yes=_yes(goal.yes_client_id, goal.yes_therapist_id),
        in_focus=goal.in_focus,
        archived=goal.archived_at is not None,
    )


def _yes(client_id: str, therapist_id: str) -> frozenset[str]:
    return frozenset(role for role, by in ((CaseRole.CLIENT.value, client_id), (CaseRole.THERAPIST.value, therapist_id)) if by)


class Goals:
    """The goals of one open case, as far as the person who opened it may know of them."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db: Session = case.db
        self._me = case.me.person_id
        self.actor = Actor(case.me.person_id, case.role.value)

    def _given(self, **values: object) -> dict[str, object]:
        part = int(self._case.role in {CaseRole.CLIENT, CaseRole.THERAPIST})
        return {"case": self._case.id, "me": self._me, "takes_part": part, **values}

    def leave_out_private(self) -> None:
        """From now on also the reader's own ideas are left out: somebody else looks at the screen."""
        self._me = ""

    def _read(self, query: sa.Select[Any], **values: object) -> Sequence[Sequence[Any]]:
        return self._db.connection().execute(query, self._given(**values)).all()

    def _line(self, row: Sequence[Any]) -> GoalLine:
        (
            id_, author, status, status_at, asked_by, asked_role, new, yes_client, yes_therapist, focus, gone, area, review, version,
            due, notes, wording, title, why,
        ) = row  # fmt: skip
        unseal = self._case.unseal
        return GoalLine(
            id=id_,
            standing=Standing(
                author, GoalStatus(status), asked_by, asked_role, new is not None, _yes(yes_client, yes_therapist), focus, gone is not None
            ),
            status_at=status_at,
            title=unseal(wording, "goal_wording.title", title),
            why=unseal(wording, "goal_wording.why", why),
            area=unseal(id_, "goal.area", area),
            review_on=review,
            version=version,
            wording_id=wording,
            due_on=due,
            sealed_notes=notes,
        )

    def lines(self, *, archived: bool = False) -> list[GoalLine]:
        """All goals in the board's order, on the board or in the archive. One statement."""
        return [self._line(row) for row in self._read(_IN_ARCHIVE if archived else _ON_BOARD)]

    def columns(self, most: int, unfolded: frozenset[str]) -> tuple[dict[Column, tuple[list[GoalLine], int]], list[str]]:
        """The board by columns: the first `most` goals of each (all of an unfolded one), and how many there are; beside it the life areas of all. One statement.

        Of what is folded away nothing else is unsealed.
        """
        found: dict[Column, list[Sequence[Any]]] = {column: [] for column in Column}
        areas = []
        for row in self._read(_ON_BOARD):
            found[COLUMN_OF[GoalStatus(row[_STATUS])]].append(row)
            if row[_AREA] is not None:
                areas.append(self._case.unseal(row[_ID_AT], "goal.area", row[_AREA]))
        columns = {
            column: ([self._line(row) for row in (rows if column in unfolded else rows[:most])], len(rows))
            for column, rows in found.items()
        }
        return columns, areas

    def ids(self, *, archived: bool = False) -> list[str]:
        """The goals' ids by columns and in their order there, on the board or in the archive. One statement; nothing is unsealed."""
        rows = self._read(_IDS_IN_ARCHIVE if archived else _IDS_ON_BOARD)
        order = list(Column)
        return [id_ for id_, _ in sorted(rows, key=lambda row: order.index(COLUMN_OF[GoalStatus(row[1])]))]

    def step_lines(self, goal_ids: Collection[str]) -> dict[str, list[StepLine]]:
        """The steps of these goals, by goal, in their order. One statement."""
        found: dict[str, list[StepLine]] = {}
        for id_, goal, text, owner, due, done_at, version, text_version in self._read(_STEPS, goals=list(goal_ids)):
            line = StepLine(
                id_, goal, self._case.unseal(id_, "goal_step.text", text), owner, due, done_at is not None, version, text_version
            )
            found.setdefault(goal, []).append(line)
        return found

    def notes(self, line: GoalLine) -> str:
        """The notes on a goal. Lists show none, so only what looks for words unseals them."""
        return self._case.unseal(line.id, "goal.notes", line.sealed_notes)

    def present_wordings(self) -> dict[str, str]:
        """Which wording is in force for each goal on the board that both see. Nothing is unsealed. One statement."""
        return {goal: wording for goal, wording, status in self._read(_IN_FORCE) if status != GoalStatus.IDEA}

    def wordings(self, wording_ids: Collection[str]) -> list[GoalWording]:
        """These wordings, of goals that this person may know of. One statement."""
        query = sa.select(GoalWording).join(Goal, col(Goal.id) == col(GoalWording.goal_id)).where(_SEEN, col(GoalWording.id).in_(wording_ids))
        return list(self._db.execute(query, self._given()).scalars())

    def standings(self, goal_ids: Collection[str]) -> dict[str, Standing]:
        """Where these goals stand, as far as this person may know of them. Nothing is unsealed. One statement."""
        return {
            id_: Standing(author, GoalStatus(status), asked_by, asked_role, archived=archived_at is not None)
            for id_, author, status, asked_by, asked_role, archived_at in self._read(_STANDINGS, goals=list(goal_ids))
        }

    def archived_count(self) -> int:
        """How many goals the archive has for this person."""
        return int(self._read(_ARCHIVED)[0][0])

    def find(self, goal_id: str) -> Found:
        """One goal with its wordings and its newest change. Raises NotFound, also for another's idea. One statement."""
        if not _ID.fullmatch(goal_id):
            raise NotFound
        row = self._db.execute(_ONE_GOAL, self._given(goal=goal_id)).first()
        if row is None:
            raise NotFound
        return Found(*row)

    def find_many(self, goal_ids: Collection[str]) -> dict[str, Found]:
        """Those of the goals that this person may know of, by id, without their newest changes. One statement."""
        rows = self._db.execute(_MANY_GOALS, self._given(goals=list(goal_ids)))
        return {goal.id: Found(goal, wording, new, None) for goal, wording, new in rows}

    def find_with_wordings(self, goal_id: str) -> tuple[Found, list[GoalWording]]:
        """As `find`, with all wordings that the goal has had, newest first. Raises NotFound. One statement."""
        if not _ID.fullmatch(goal_id):
            raise NotFound
        rows = self._db.execute(_WITH_WORDINGS, self._given(goal=goal_id)).all()
        if not rows:
            raise NotFound
        goal, last = rows[0][0], rows[0][2]
        by_id: dict[str | None, GoalWording] = {wording.id: wording for _, wording, _ in rows}
        return Found(goal, by_id[goal.wording_id], by_id.get(goal.new_wording_id), last), list(by_id.values())

    def wording_by(self, goal_id: str, person_id: str) -> GoalWording | None:
        """The newest wording that one person wrote for a goal. One statement."""
        query = select(GoalWording).where(GoalWording.case_id == self._case.id, GoalWording.goal_id == goal_id, GoalWording.by_id == person_id)
        return self._db.exec(query.order_by(col(GoalWording.number).desc()).limit(1)).first()

    def find_text(self, goal_id: str, action: Action) -> Found:
        """As `find`, but `last` is the newest entry of this person's writing, or the decision that came after it. One statement."""
        if not _ID.fullmatch(goal_id):
            raise NotFound
        row = self._db.execute(_ONE_TEXT, self._given(goal=goal_id, action=action)).first()
        if row is None:
            raise NotFound
        return Found(*row)

    def find_step(self, step_id: str, *, removed: bool = False) -> FoundStep:
        """One step with its goal; one that was removed only if that is asked for. Raises NotFound. One statement."""
        if not _ID.fullmatch(step_id):
            raise NotFound
        row = self._db.execute(_ONE_STEP if removed else _ONE_PRESENT_STEP, self._given(step=step_id)).first()
        if row is None:
            raise NotFound
        return FoundStep(*row)

    def order(self, column: Column) -> list[tuple[str, float]]:
        """Ids and positions of a whole column. Those of another's ideas are among them, so that no two share a place; they never leave the server."""
        statuses = [status for status, at in COLUMN_OF.items() if at is column]
        query = (
            sa.select(_goal.c.id, _goal.c.position)
            .where(col(Goal.case_id) == self._case.id, col(Goal.status).in_(statuses), col(Goal.archived_at).is_(None))
            .order_by(col(Goal.position), col(Goal.id))
        )
        return [(id_, position) for id_, position in self._db.execute(query)]

    def put(self, positions: dict[str, float]) -> None:
        """Write fresh positions of a column that had become too narrow. One statement."""
        if positions:
            self._db.connection().execute(
                sa.update(Goal).where(col(Goal.id) == sa.bindparam("goal")).values(position=sa.bindparam("place")),
                [{"goal": id_, "place": position} for id_, position in positions.items()],
            )

    def last_step_position(self, goal_id: str) -> float:
        """Where the last step of a goal stands; 0 without any."""
        query = sa.select(sa.func.coalesce(sa.func.max(_step.c.position), 0.0)).where(_step.c.goal_id == goal_id)
        return float(self._db.execute(query).scalar_one())

    def titles_in_focus(self, goal_id: str) -> list[str]:
        """The titles of the other goals in focus, in the board's order."""
        return [line.title for line in self.lines() if line.standing.in_focus and line.id != goal_id]

    def others_in_focus(self, goal_id: str) -> int:
        """How many other goals on the board are in focus."""
        query = (
            sa.select(sa.func.count())
            .select_from(Goal)
            .where(
                col(Goal.case_id) == self._case.id,
                col(Goal.in_focus).is_(True),
                col(Goal.archived_at).is_(None),
                col(Goal.id) != goal_id,
            )
        )
        return int(self._db.execute(query).scalar_one())

    def changes(self, goal_id: str, most: int) -> list[GoalChange]:
        """The newest entries of a goal's history that this person may read, newest first."""
        return list(
            self._db.exec(
                select(GoalChange)
                .where(
                    GoalChange.goal_id == goal_id,
                    GoalChange.case_id == self._case.id,
                    GoalChange.action != Action.ORDER,
                    col(GoalChange.private).is_(False) | (col(GoalChange.person_id) == self.actor.person_id),
                )
                .order_by(col(GoalChange.at).desc(), col(GoalChange.id).desc())
                .limit(most)
            )
        )

    def acts_since(self, since: datetime) -> dict[tuple[str, str], frozenset[Action]]:
        """What kinds of changes there were since a moment that are no longer, or never were, somebody's own: by goal and step ("": the goal itself). One statement."""
        rows = self._db.execute(
            sa.select(col(GoalChange.goal_id), col(GoalChange.step_id), col(GoalChange.action)).where(
                col(GoalChange.case_id) == self._case.id, col(GoalChange.until) >= since, col(GoalChange.private).is_(False)
            )
        )
        found: dict[tuple[str, str], set[Action]] = {}
        for goal_id, step_id, action in rows:
            found.setdefault((goal_id, step_id or ""), set()).add(Action(action))
        return {key: frozenset(acts) for key, acts in found.items()}

    def changes_of(self, goal_ids: Collection[str]) -> dict[str, list[GoalChange]]:
        """The whole histories of these goals as far as this person may read them, by goal, oldest first. One statement."""
        found: dict[str, list[GoalChange]] = {}
        for change in self._db.exec(
            select(GoalChange)
            .where(
                col(GoalChange.goal_id).in_(list(goal_ids)),
                GoalChange.case_id == self._case.id,
                GoalChange.action != Action.ORDER,
                col(GoalChange.private).is_(False) | (col(GoalChange.person_id) == self.actor.person_id),
            )
            .order_by(col(GoalChange.at), col(GoalChange.id))
        ):
            found.setdefault(change.goal_id, []).append(change)
        return found

    def change(self, change_id: str) -> GoalChange:
        """One entry of the history. Raises NotFound."""
        if not _ID.fullmatch(change_id):
            raise NotFound
        row = self._db.exec(
            select(GoalChange).where(
                GoalChange.id == change_id,
                GoalChange.case_id == self._case.id,
                col(GoalChange.private).is_(False) | (col(GoalChange.person_id) == self.actor.person_id),
            )
        ).first()
        if row is None:
            raise NotFound
        return row

    def own_change(self, operation: str) -> tuple[GoalChange, Goal, GoalStep | None]:
        """What this person changed by an operation, whatever became of the goal since. Raises NotFound."""
        if not _ID.fullmatch(operation):
            raise NotFound
        row = self._db.exec(
            select(GoalChange, Goal, GoalStep)
            .join(Goal, col(Goal.id) == GoalChange.goal_id)
            .outerjoin(GoalStep, col(GoalStep.id) == GoalChange.step_id)
            .where(
                GoalChange.case_id == self._case.id,
                GoalChange.operation == operation,
                GoalChange.person_id == self.actor.person_id,
            )
        ).first()
        if row is None:
            raise NotFound
        return row[0], row[1], row[2]

    def others_wrote_since(self, change: GoalChange) -> bool:
        """Whether anybody else did anything with the goal or its steps since this change, also where this person may not read it."""
        query = sa.select(col(GoalChange.id)).where(
            col(GoalChange.goal_id) == change.goal_id,
            col(GoalChange.person_id) != change.person_id,
            # A burst of writing keeps the time it began at; its end is what counts.
            col(GoalChange.until) >= change.until,
            sa.or_(col(GoalChange.until) > change.until, col(GoalChange.id) > change.id),
        )
        return self._db.execute(query.limit(1)).first() is not None

    def write(
        self,
        goal: Goal,
        action: Action,
        before: dict[str, Any],
        after: dict[str, Any],
        *,
        operation: str,
        version: int,
        private: bool,
        step_id: str | None = None,
        by: Actor | None = None,
    ) -> GoalChange:
        """Add an entry to a goal's history, sealed; `by` when it is not this person's own doing."""
        id_, who = new_id(), by or self.actor
        change = GoalChange(
            id=id_,
            case_id=self._case.id,
            goal_id=goal.id,
            step_id=step_id,
            at=self._case.now,
            until=self._case.now,
            person_id=who.person_id,
            role=who.role,
            action=action,
            before=self.seal_parts(id_, "before", before),
            after=self.seal_parts(id_, "after", after),
            version=version,
            private=private,
            operation=operation,
        )
        self._db.add(change)
        return change

    def seal_parts(self, change_id: str, side: str, parts: dict[str, Any]) -> bytes:
        """What a change touched, by part, sealed for one entry of the history."""
        return self._case.seal(change_id, f"goal_change.{side}", json.dumps(parts, ensure_ascii=False))

    def parts(self, change: GoalChange) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a change touched: before and after."""
        return (
            json.loads(self._case.unseal(change.id, "goal_change.before", change.before)),
            json.loads(self._case.unseal(change.id, "goal_change.after", change.after)),
        )


def waiting_for(db: Session, person_id: str) -> list[tuple[str, str, datetime, bool]]:
    """Goals that wait for the yes of this therapist, over all their cases: case, goal, since when, whether it is a new wording. One statement."""
    rows = db.execute(
        sa.select(_goal.c.case_id, _goal.c.id, _goal.c.status_at, _goal.c.status, _wording.c.written_at)
        .select_from(Goal)
        .join(Membership, col(Membership.case_id) == col(Goal.case_id))
        .outerjoin(GoalWording, col(GoalWording.id) == col(Goal.new_wording_id))
        .where(
            col(Membership.person_id) == person_id,
            col(Membership.ended_at).is_(None),
            col(Membership.role) == CaseRole.THERAPIST,
            sa.or_(
                sa.and_(col(Goal.status) == GoalStatus.PROPOSED, col(Goal.asked_role) == CaseRole.CLIENT),
                sa.and_(
                    col(Goal.new_wording_id).is_not(None),
                    col(Goal.yes_therapist_id) == "",
                    # Whoever writes it is not waited for before somebody answered.
                    sa.or_(col(Goal.asked_role) == CaseRole.CLIENT, col(Goal.yes_client_id) != ""),
                ),
            ),
            col(Goal.archived_at).is_(None),
        )
        .order_by(col(Goal.status_at))
    )
    return [
        (case_id, goal_id, written_at or status_at, status != GoalStatus.PROPOSED)
        for case_id, goal_id, status_at, status, written_at in rows
    ]


def known_among(db: Session, person_id: str, goal_ids: Collection[str]) -> frozenset[str]:
    """Those of the goals that this person may know of now, over all their cases. One statement."""
    rows = db.execute(
        sa.select(_goal.c.id)
        .select_from(Goal)
        .join(Membership, col(Membership.case_id) == col(Goal.case_id))
        .where(
            _goal.c.id.in_(goal_ids),
            col(Membership.person_id) == person_id,
            col(Membership.ended_at).is_(None),
            sa.or_(_goal.c.status != GoalStatus.IDEA, _goal.c.author_id == person_id),
            sa.or_(_goal.c.status != GoalStatus.PROPOSED, col(Membership.role) != CaseRole.SUPERVISOR),
        )
    )
    return frozenset(id_ for (id_,) in rows)


def open_steps_of(db: Session, person_id: str) -> list[tuple[str, str, date | None]]:
    """Open steps of goals that are agreed or worked on, over all cases of this therapist: case, owner, day. One statement."""
    rows = db.execute(
        sa.select(_step.c.case_id, _step.c.owner_id, _step.c.due_on)
        .select_from(GoalStep)
        .join(Goal, col(Goal.id) == col(GoalStep.goal_id))
        .join(Membership, col(Membership.case_id) == col(GoalStep.case_id))
        .where(
            col(Membership.person_id) == person_id,
            col(Membership.ended_at).is_(None),
            col(Membership.role) == CaseRole.THERAPIST,
            col(Goal.status).in_((GoalStatus.AGREED, GoalStatus.WORKING)),
            col(Goal.archived_at).is_(None),
            col(GoalStep.done_at).is_(None),
            col(GoalStep.removed_at).is_(None),
        )
    )
    return [(case_id, owner_id, due_on) for case_id, owner_id, due_on in rows]
