"""Queries about shares of an open case: what the person may not know of is simply not found."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from portal.access.gate import OpenCase
from portal.access.models import Membership
from portal.access.permissions import CaseRole
from portal.feedback.domain import ShareStatus, Side
from portal.feedback.models import Reflection, Reply, ReplyKind, Share
from portal.kit.refusal import NotFound


class Shares:
    """The shares of one case as one person may know them."""

    def __init__(self, case: OpenCase) -> None:
        self._db = case.db
        self._case_id = case.id
        self._me = case.me.person_id

    def add(self, row: Share | Reflection | Reply) -> None:
        """Store a new or changed row."""
        self._db.add(row)

    def _known(self) -> sa.ColumnElement[bool]:
        return (col(Share.case_id) == self._case_id) & (
            col(Share.shared_at).is_not(None) | (col(Share.author_id) == self._me)
        )

    def share(self, share_id: str) -> Share:
        """The share. Raises NotFound for a missing one, one of another case and another's draft alike."""
        row = self._db.exec(select(Share).where(Share.id == share_id, self._known())).first()
        if row is None:
            raise NotFound
        return row

    def all(self) -> list[Share]:
        """Every share that the person may know of, oldest first; withdrawn drafts are gone."""
        return list(
            self._db.exec(
                select(Share)
                .where(self._known(), (col(Share.status) != ShareStatus.WITHDRAWN) | col(Share.shared_at).is_not(None))
                .order_by(col(Share.created_at), col(Share.id))
            )
        )

    def newest_shared(self, most: int) -> list[Share]:
        """The newest shares that were shared and not withdrawn, newest first."""
        return list(
            self._db.exec(
                select(Share)
                .where(
                    Share.case_id == self._case_id, col(Share.shared_at).is_not(None), Share.status != ShareStatus.WITHDRAWN
                )
                .order_by(col(Share.shared_at).desc(), col(Share.id))
                .limit(most)
            )
        )

    def own_held(self, before: datetime) -> list[Share]:
        """The person's shares that they hold back since before a moment, oldest first."""
        return list(
            self._db.exec(
                select(Share)
                .where(
                    Share.case_id == self._case_id,
                    Share.author_id == self._me,
                    Share.status == ShareStatus.HELD,
                    col(Share.held_at) < before,
                )
                .order_by(col(Share.held_at), col(Share.id))
            )
        )

    def own_drafts(self) -> list[Share]:
        """The person's drafts, oldest first."""
        return list(
            self._db.exec(
                select(Share)
                .where(Share.case_id == self._case_id, Share.author_id == self._me, Share.status == ShareStatus.DRAFT)
                .order_by(col(Share.created_at))
            )
        )

    def reflections(self, share_ids: Sequence[str]) -> list[Reflection]:
        """The rounds of these shares in order, and the person's own drafts of a next one."""
        if not share_ids:
            return []
        return list(
            self._db.exec(
                select(Reflection)
                .where(
                    Reflection.case_id == self._case_id,
                    col(Reflection.share_id).in_(share_ids),
                    col(Reflection.sent_at).is_not(None) | (col(Reflection.author_id) == self._me),
                )
                .order_by(col(Reflection.round))
            )
        )

    def reflection(self, reflection_id: str) -> tuple[Reflection, Share]:
        """A round that was sent, with its share. Raises NotFound."""
        row = self._db.exec(
            select(Reflection, Share)
            .join(Share, col(Share.id) == Reflection.share_id)
            .where(Reflection.id == reflection_id, col(Reflection.sent_at).is_not(None), self._known())
        ).first()
        if row is None:
            raise NotFound
        return row

    def draft_of(self, share_id: str) -> Reflection | None:
        """The person's own draft of an answer to the share."""
        return self._db.exec(
            select(Reflection).where(
                Reflection.share_id == share_id,
                Reflection.case_id == self._case_id,
                Reflection.author_id == self._me,
                col(Reflection.sent_at).is_(None),
            )
        ).first()

    def replies(self, share_ids: Sequence[str]) -> list[Reply]:
        """What was said to these shares outside the rounds, and the person's own drafts of it."""
        if not share_ids:
            return []
        return list(
            self._db.exec(
                select(Reply)
                .where(
                    Reply.case_id == self._case_id,
                    col(Reply.share_id).in_(share_ids),
                    col(Reply.sent_at).is_not(None) | (col(Reply.author_id) == self._me),
                )
                .order_by(col(Reply.created_at))
            )
        )

    def own_reply(self, share_id: str, kind: ReplyKind) -> Reply | None:
        """The person's own reply to the share, sent or not."""
        return self._db.exec(
            select(Reply).where(
                Reply.share_id == share_id,
                Reply.case_id == self._case_id,
                Reply.author_id == self._me,
                Reply.kind == kind,
            )
        ).first()

    def shared_among(self, share_ids: Sequence[str]) -> list[str]:
        """Those of the shares whose words are there for all who may read feedback."""
        return list(
            self._db.exec(
                select(Share.id).where(
                    Share.case_id == self._case_id,
                    col(Share.id).in_(share_ids),
                    col(Share.shared_at).is_not(None),
                    Share.status != ShareStatus.WITHDRAWN,
                )
            )
        )

    def destroy(self, share: Share) -> None:
        """Delete a draft for good."""
        self._db.delete(share)

    def destroy_drafts_about(self, share_id: str) -> None:
        """Delete everybody's unsent answers to the share: they may quote it."""
        for table in (Reflection, Reply):
            self._db.exec(delete(table).where(col(table.share_id) == share_id, col(table.sent_at).is_(None)))


def still_shared(db: Session, person_id: str, share_ids: Sequence[str]) -> frozenset[str]:
    """Those of the shares that a therapist may read now, over all their cases. One statement."""
    return frozenset(
        db.exec(
            select(Share.id)
            .join(Membership, col(Membership.case_id) == Share.case_id)
            .where(
                col(Share.id).in_(share_ids),
                col(Share.shared_at).is_not(None),
                Share.status != ShareStatus.WITHDRAWN,
                Membership.person_id == person_id,
                Membership.role == CaseRole.THERAPIST,
                col(Membership.ended_at).is_(None),
            )
        )
    )


def waiting_for_therapist(db: Session, person_id: str) -> list[Share]:
    """The shares that wait for an answer in all cases of a therapist, longest wait first."""
    return list(
        db.exec(
            select(Share)
            .join(Membership, col(Membership.case_id) == Share.case_id)
            .where(
                Membership.person_id == person_id,
                Membership.role == CaseRole.THERAPIST,
                col(Membership.ended_at).is_(None),
                Share.side == Side.CLIENT,
                col(Share.status).in_((ShareStatus.SHARED, ShareStatus.NOT_QUITE)),
            )
            .order_by(col(Share.touched_at))
        )
    )
