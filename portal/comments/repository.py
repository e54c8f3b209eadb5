"""Queries about comments. In a case they can only be made from an open one; what a comment is about decides who finds it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, delete, select

from portal.access.gate import OpenCase
from portal.access.models import Case, CaseStatus, Membership
from portal.comments.domain import Comment, Kind
from portal.comments.models import CommentRow, MentionRow, SeenRow
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound

_ID = re.compile(r"[0-9a-f-]{36}")
_comment, _mention = (SQLModel.metadata.tables[name] for name in ("comment", "comment_mention"))
_TEXT = "comment.text"
_BEFORE = "comment.before"


@dataclass(frozen=True)
class Named:
    """Somebody is named in a comment that they have not read yet: where, and since when."""

    case_id: str
    kind: Kind
    about_id: str
    since: datetime


def comment_of(row: CommentRow) -> Comment:
    """The row as the rules see it."""
    return Comment(row.author_id, row.written_at, row.touched_at, row.changed, row.withdrawn_at, row.traced)


class Comments:
    """The comments of one open case."""

    def __init__(self, case: OpenCase) -> None:
        self._case = case
        self._db: Session = case.db

    def about(self, about_ids: Collection[str]) -> dict[str, list[CommentRow]]:
        """All comments about these things, by thing, oldest first; nothing is unsealed. One statement."""
        found: dict[str, list[CommentRow]] = {}
        for row in self._db.exec(
            select(CommentRow)
            .where(CommentRow.case_id == self._case.id, col(CommentRow.about_id).in_(about_ids))
            .order_by(col(CommentRow.written_at), col(CommentRow.id))
        ):
            found.setdefault(row.about_id, []).append(row)
        return found

    def all(self) -> list[CommentRow]:
        """Every comment of the case, oldest first."""
        return list(
            self._db.exec(
                select(CommentRow).where(CommentRow.case_id == self._case.id).order_by(col(CommentRow.written_at), col(CommentRow.id))
            )
        )

    def of_kind(self, kind: Kind) -> dict[str, list[Comment]]:
        """Where all comments about one kind of thing stand, by thing. Nothing is unsealed. One statement."""
        columns = [_comment.c[name] for name in ("about_id", "author_id", "written_at", "touched_at", "withdrawn_at", "traced")]
        found: dict[str, list[Comment]] = {}
        for about_id, author, written_at, touched_at, withdrawn_at, traced in self._db.execute(
            sa.select(*columns).where(_comment.c.case_id == self._case.id, _comment.c.kind == kind)
        ):
            found.setdefault(about_id, []).append(Comment(author, written_at, touched_at, withdrawn_at=withdrawn_at, traced=traced))
        return found

    def one(self, comment_id: str) -> CommentRow:
        """One comment. Raises NotFound; whether its reader may know of it is decided by what it is about."""
        row = None
        if _ID.fullmatch(comment_id):
            row = self._db.exec(select(CommentRow).where(CommentRow.id == comment_id, CommentRow.case_id == self._case.id)).first()
        if row is None:
            raise NotFound
        return row

    def by_operation(self, operation: str) -> CommentRow:
        """The person's own comment with which this operation was the last thing that was done. Raises NotFound."""
        row = None
        if _ID.fullmatch(operation):
            row = self._db.exec(
                select(CommentRow).where(
                    CommentRow.case_id == self._case.id,
                    CommentRow.operation == operation,
                    CommentRow.author_id == self._case.me.person_id,
                )
            ).first()
        if row is None:
            raise NotFound
        return row

    def seen(self, about_ids: Collection[str] | None = None) -> dict[str, dict[str, datetime]]:
        """Up to where each person has read the comments about these things (all of the case): by thing and person. One statement."""
        query = select(SeenRow).where(SeenRow.case_id == self._case.id)
        if about_ids is not None:
            query = query.where(col(SeenRow.about_id).in_(about_ids))
        found: dict[str, dict[str, datetime]] = {}
        for row in self._db.exec(query):
            found.setdefault(row.about_id, {})[row.person_id] = row.seen_at
        return found

    def see(self, about_id: str, upto: datetime) -> bool:
        """Remember that this person has read up to there; whether that is further than before."""
        row = self._db.exec(
            select(SeenRow).where(
                SeenRow.case_id == self._case.id, SeenRow.about_id == about_id, SeenRow.person_id == self._case.me.person_id
            )
        ).first()
        if row is not None and row.seen_at >= upto:
            return False
        if row is None:
            row = SeenRow(id=new_id(), case_id=self._case.id, about_id=about_id, person_id=self._case.me.person_id, seen_at=upto)
        row.seen_at = upto
        self._db.add(row)
        return True

    def named(self, comment_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Who is named in these comments, by comment. One statement."""
        found: dict[str, frozenset[str]] = {}
        for comment_id, person_id in self._db.execute(
            sa.select(_mention.c.comment_id, _mention.c.person_id).where(_mention.c.comment_id.in_(comment_ids))
        ):
            found[comment_id] = found.get(comment_id, frozenset()) | {person_id}
        return found

    def name_people(self, row: CommentRow, person_ids: Collection[str]) -> None:
        """From now on these people are named in the comment, and nobody else; who was before stays so since then."""
        before = self.named([row.id]).get(row.id, frozenset())
        gone = before - frozenset(person_ids)
        if gone:
            self._db.exec(delete(MentionRow).where(col(MentionRow.comment_id) == row.id, col(MentionRow.person_id).in_(gone)))
        for person_id in sorted(frozenset(person_ids) - before):
            self._db.add(
                MentionRow(id=new_id(), case_id=self._case.id, comment_id=row.id, person_id=person_id, named_at=self._case.now)
            )

    def text(self, row: CommentRow) -> str:
        """A comment's words, with references to people."""
        return self._case.unseal(row.id, _TEXT, row.text)

    def before(self, row: CommentRow) -> str:
        """The words before the last change."""
        return self._case.unseal(row.id, _BEFORE, row.before)

    def write(self, row: CommentRow, text: str) -> None:
        """Seal new words into the row; the present ones are kept for an undo."""
        if row.text:
            row.before = self._case.seal(row.id, _BEFORE, self.text(row))
        row.text = self._case.seal(row.id, _TEXT, text)


def unread_names(db: Session, person_id: str, case_id: str = "") -> list[Named]:
    """Where somebody is named in a comment that they have not read, oldest first: over all their living cases, or in one. One statement."""
    query = (
        sa.select(_comment.c.case_id, _comment.c.kind, _comment.c.about_id, sa.func.min(_mention.c.named_at))
        .select_from(MentionRow)
        .join(CommentRow, col(CommentRow.id) == col(MentionRow.comment_id))
        .join(Case, col(Case.id) == col(CommentRow.case_id))
        .join(Membership, (col(Membership.case_id) == col(CommentRow.case_id)) & (col(Membership.person_id) == person_id))
        .outerjoin(
            SeenRow,
            (col(SeenRow.case_id) == col(CommentRow.case_id))
            & (col(SeenRow.about_id) == col(CommentRow.about_id))
            & (col(SeenRow.person_id) == person_id),
        )
        .where(
            col(MentionRow.person_id) == person_id,
            col(Membership.ended_at).is_(None),
            col(Case.status) != CaseStatus.ENDED,
            col(CommentRow.withdrawn_at).is_(None),
            sa.or_(col(SeenRow.seen_at).is_(None), col(SeenRow.seen_at) < col(CommentRow.touched_at)),
        )
        .group_by(col(CommentRow.case_id), col(CommentRow.kind), col(CommentRow.about_id))
        .order_by(sa.func.min(_mention.c.named_at))
    )
    if case_id:
        query = query.where(col(CommentRow.case_id) == case_id)
    return [Named(case, Kind(kind), about, since) for case, kind, about, since in db.execute(query)]
