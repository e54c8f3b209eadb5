"""Queries of the outbox."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.kit.models import OutboxLetter


def readable(db: Session) -> list[OutboxLetter]:
    """Letters whose text is still there, oldest first."""
    return list(db.exec(select(OutboxLetter).where(col(OutboxLetter.text).is_not(None)).order_by(col(OutboxLetter.written_at))))


def due(db: Session, now: datetime, most: int) -> list[str]:
    """The ids of letters whose time to try has come, longest waiting first."""
    found = select(OutboxLetter.id).where(
        col(OutboxLetter.done_at).is_(None), col(OutboxLetter.next_try_at) <= now, col(OutboxLetter.expires_at) > now
    )
    return list(db.exec(found.order_by(col(OutboxLetter.next_try_at)).limit(most)))


def claim(db: Session, letter_id: str, now: datetime, until: datetime) -> OutboxLetter | None:
    """Take a letter so that no second worker sends it too; None if it was taken. It is free again at `until`."""
    taken = db.exec(
        sa.update(OutboxLetter)
        .where(col(OutboxLetter.id) == letter_id, col(OutboxLetter.done_at).is_(None), col(OutboxLetter.next_try_at) <= now)
        .values(next_try_at=until, tries=OutboxLetter.tries + 1)
    )
    return db.get_one(OutboxLetter, letter_id) if taken.rowcount == 1 else None


def letter(db: Session, letter_id: str) -> OutboxLetter:
    """A letter that is known to be there."""
    return db.get_one(OutboxLetter, letter_id)


def wipe_expired(db: Session, now: datetime) -> int:
    """Wipe the words of letters that have expired; how many."""
    wiped = db.exec(
        sa.update(OutboxLetter)
        .where(col(OutboxLetter.expires_at) < now, col(OutboxLetter.text).is_not(None))
        .values(
            recipient=None,
            subject=None,
            text=None,
            done_at=sa.func.coalesce(col(OutboxLetter.done_at), now),
            outcome=sa.case((col(OutboxLetter.outcome) == "", "expired"), else_=col(OutboxLetter.outcome)),
        )
    )
    return int(wiped.rowcount)


def forget_done(db: Session, now: datetime, after: timedelta) -> int:
    """Delete the empty rows of letters that were done longer ago than `after`; how many."""
    gone = db.exec(sa.delete(OutboxLetter).where(col(OutboxLetter.done_at) < now - after))
    return int(gone.rowcount)
