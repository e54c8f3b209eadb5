"""Queries about the changes of an open case."""

from sqlmodel import Session, col, select

from portal.access.gate import OpenCase
from portal.access.models import Membership
from portal.access.permissions import CaseRole
from portal.adjustments.domain import ENDED, AdjustmentStatus, TermsStatus
from portal.adjustments.models import Adjustment, AdjustmentReview, AdjustmentTerms
from portal.kit.refusal import NotFound


class Adjustments:
    """The changes of one case."""

    def __init__(self, case: OpenCase) -> None:
        self._db = case.db
        self._case_id = case.id

    def add(self, row: Adjustment | AdjustmentTerms | AdjustmentReview) -> None:
        """Store a new or changed row."""
        self._db.add(row)

    def adjustment(self, adjustment_id: str) -> tuple[Adjustment, list[AdjustmentTerms]]:
        """The change with its wordings, oldest first, in one statement. Raises NotFound."""
        found = self._db.exec(
            select(Adjustment, AdjustmentTerms)
            .join(AdjustmentTerms, col(AdjustmentTerms.adjustment_id) == Adjustment.id)
            .where(Adjustment.id == adjustment_id, Adjustment.case_id == self._case_id)
            .order_by(col(AdjustmentTerms.number))
        ).all()
        if not found:
            raise NotFound
        return found[0][0], [terms for _, terms in found]

    def all(self, *, living: bool = False) -> list[Adjustment]:
        """Every change of the case, or those that are not settled; newest first."""
        query = select(Adjustment).where(Adjustment.case_id == self._case_id)
        if living:
            query = query.where(col(Adjustment.status).not_in(tuple(ENDED)))
        return list(self._db.exec(query.order_by(col(Adjustment.created_at).desc(), col(Adjustment.id).desc())))

    def terms(self) -> list[AdjustmentTerms]:
        """The wordings of all changes in the case, oldest first."""
        return list(
            self._db.exec(
                select(AdjustmentTerms).where(AdjustmentTerms.case_id == self._case_id).order_by(col(AdjustmentTerms.number))
            )
        )

    def reviews(self, adjustment_id: str | None = None) -> list[AdjustmentReview]:
        """Both sides' answers to "did it help?" for one change, or for all in the case."""
        query = select(AdjustmentReview).where(AdjustmentReview.case_id == self._case_id)
        if adjustment_id is not None:
            query = query.where(AdjustmentReview.adjustment_id == adjustment_id)
        return list(self._db.exec(query))


def of_therapist(
    db: Session, person_id: str
) -> tuple[list[Adjustment], list[AdjustmentTerms], list[AdjustmentReview]]:
    """The unsettled changes in all cases of a therapist, with their present wordings and reviews: three statements."""
    mine = select(Membership.case_id).where(
        Membership.person_id == person_id, Membership.role == CaseRole.THERAPIST, col(Membership.ended_at).is_(None)
    )
    rows = list(
        db.exec(
            select(Adjustment)
            .where(
                col(Adjustment.case_id).in_(mine),
                col(Adjustment.status).in_((AdjustmentStatus.PROPOSED, AdjustmentStatus.AGREED, AdjustmentStatus.REVIEWED)),
            )
            .order_by(col(Adjustment.touched_at))
        )
    )
    ids = [row.id for row in rows]
    if not ids:
        return [], [], []
    terms = db.exec(
        select(AdjustmentTerms)
        .where(col(AdjustmentTerms.adjustment_id).in_(ids), AdjustmentTerms.status != TermsStatus.PAST)
        .order_by(col(AdjustmentTerms.number))
    )
    reviews = db.exec(select(AdjustmentReview).where(col(AdjustmentReview.adjustment_id).in_(ids)))
    return rows, list(terms), list(reviews)
