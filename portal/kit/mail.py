"""Letters: written into the outbox in the transaction that causes them, sent later by the worker."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib
from sqlmodel import Session

from portal.kit import clock, ids, logs, repository
from portal.kit.crypto import DataKey, MasterKey
from portal.kit.db import transaction
from portal.kit.keys import master_key
from portal.kit.models import OutboxLetter
from portal.settings import MailSecurity, Settings, settings

SHORTEST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
CLAIM = timedelta(minutes=2)
KEPT = timedelta(hours=72)
REMEMBERED = timedelta(days=30)
SEND_TIMEOUT = 20.0


@dataclass(frozen=True)
class Letter:
    """A mail in plain, neutral words: what it is about stays in the portal, so nothing clinical is ever in here."""

    to: str
    subject: str
    text: str


def post(db: Session, letter: Letter, *, kind: str, keep: timedelta = KEPT) -> str:
    """Put a letter into the outbox as part of the caller's transaction: sent if and only if that commits.

    `kind` is written to logs; `keep` is how long trying makes sense. Returns the letter's id.
    """
    now, key, letter_id = clock.now(), outbox_key(), ids.new_id()
    db.add(
        OutboxLetter(
            id=letter_id,
            kind=kind,
            recipient=key.seal(letter.to, f"outbox.recipient:{letter_id}"),
            subject=key.seal(letter.subject, f"outbox.subject:{letter_id}"),
            text=key.seal(letter.text, f"outbox.text:{letter_id}"),
            written_at=now,
            next_try_at=now,
            expires_at=now + keep,
        )
    )
    return letter_id


def waiting() -> list[tuple[OutboxLetter, Letter]]:
    """Letters that can still be read: not sent yet, or shown because there is no mail server. Oldest first."""
    with transaction(writes=False) as db:
        return [(row, _unsealed(row)) for row in repository.readable(db)]


def deliver_due(show: Callable[[Letter], None] | None = None, *, most: int = 20) -> int:
    """Send what is due, at most `most` letters; how many were. The worker calls this every few seconds.

    Without a mail server a letter is handed to `show` (the console) and stays readable in the outbox until it expires.
    A letter that a crash interrupted is tried again: at least once, with the same Message-ID.
    """
    sent = 0
    for letter_id in _due(most):
        claimed = _claim(letter_id)
        if claimed is None:
            continue
        try:
            if settings().mail_host:
                asyncio.run(_send(letter_id, claimed, settings()))
            elif show is not None:
                show(claimed)
        except (aiosmtplib.SMTPException, OSError, ValueError) as failed:
            _try_later(letter_id, failed)
        else:
            _finish(letter_id, "sent" if settings().mail_host else "shown")
            sent += 1
    return sent


def sweep() -> int:
    """Wipe what has expired and forget what was done thirty days ago; how many rows it touched."""
    now = clock.now()
    with transaction(writes=True) as db:
        return repository.wipe_expired(db, now) + repository.forget_done(db, now, REMEMBERED)


def outbox_key(master: MasterKey | None = None) -> DataKey:
    """The key that seals letters: the master key's own, for they belong to no case and are wiped soon."""
    return DataKey(number=0, material=(master or master_key()).derived("outbox"))


def _unsealed(row: OutboxLetter) -> Letter:
    key = outbox_key()
    return Letter(
        to=key.unseal(row.recipient or b"", f"outbox.recipient:{row.id}"),
        subject=key.unseal(row.subject or b"", f"outbox.subject:{row.id}"),
        text=key.unseal(row.text or b"", f"outbox.text:{row.id}"),
    )


def _due(most: int) -> list[str]:
    with transaction(writes=False) as db:
        return repository.due(db, clock.now(), most)


def _claim(letter_id: str) -> Letter | None:
    now = clock.now()
    with transaction(writes=True) as db:
        row = repository.claim(db, letter_id, now, now + CLAIM)
        return None if row is None else _unsealed(row)


def _finish(letter_id: str, outcome: str) -> None:
    with transaction(writes=True) as db:
        row = repository.letter(db, letter_id)
        row.done_at, row.outcome = clock.now(), outcome
        if outcome == "sent":
            row.recipient = row.subject = row.text = None
        db.add(row)
    logs.log().info("letter " + outcome, letter=letter_id, kind=row.kind)


def _try_later(letter_id: str, failed: BaseException) -> None:
    with transaction(writes=True) as db:
        row = repository.letter(db, letter_id)
        row.last_error = type(failed).__name__[:60]
        row.next_try_at = clock.now() + pause_after(row.tries)
        db.add(row)
    logs.log().warning("letter delayed", letter=letter_id, kind=row.kind, error=type(failed).__name__, tries=row.tries)


def pause_after(tries: int) -> timedelta:
    """How long to wait after the n-th failure (n ≥ 1): doubling from half a minute up to an hour."""
    return min(SHORTEST_PAUSE * int(2 ** min(tries - 1, 20)), LONGEST_PAUSE)


async def _send(letter_id: str, letter: Letter, known: Settings) -> None:
    secured = known.mail_security
    await aiosmtplib.send(
        _message(letter_id, letter, known, clock.now()),
        hostname=known.mail_host,
        port=known.mail_port,
        username=known.mail_user or None,
        password=known.mail_password.get_secret_value() or None,
        use_tls=secured is MailSecurity.TLS,
        start_tls=secured is MailSecurity.STARTTLS,
        tls_context=None if secured is MailSecurity.NONE else ssl.create_default_context(),
        timeout=SEND_TIMEOUT,
    )


def _message(letter_id: str, letter: Letter, known: Settings, now: datetime) -> EmailMessage:
    sender = Address(display_name="Rapport", addr_spec=known.mail_from)
    message = EmailMessage()
    message["From"] = str(sender)
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    return message
