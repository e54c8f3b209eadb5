"""Letters: written with their cause, sent once, tried again, never lost and never readable at rest."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from portal.kit import clock, mail
from portal.kit.db import engine, transaction
from portal.kit.models import OutboxLetter
from portal.settings import settings
from tests.servers import MailSink

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LETTER = mail.Letter("mika@example.org", "Your portal has something new", "Sign in to see it.\n\nLinie mit Ümlaut und 🌿\n.dot")


def _post(letter: mail.Letter = LETTER) -> str:
    with transaction(writes=True) as db:
        return mail.post(db, letter, kind="invitation")


def _deliver() -> int:
    """As the worker does it: in a thread, where no event loop runs (the browser tests keep one in the main thread)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(mail.deliver_due).result()


def _rows() -> list[OutboxLetter]:
    with transaction(writes=False) as db:
        return list(db.exec(select(OutboxLetter)))


@pytest.fixture
def mailing(database: str, use: Callable[..., None], mail_sink: MailSink) -> MailSink:
    """A practice with a mail server."""
    use(mail_host="127.0.0.1", mail_port=mail_sink.port, mail_security="none", mail_from="portal@example.org")
    return mail_sink


def test_letter_arrives_once_and_leaves_no_words_behind(mailing: MailSink) -> None:
    letter_id = _post()
    assert _deliver() == 1
    assert _deliver() == 0
    (arrived,) = mailing.letters
    assert arrived["To"] == LETTER.to
    assert arrived["Subject"] == LETTER.subject
    assert arrived["Message-ID"] == f"<{letter_id}@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().replace("\r\n", "\n").strip() == LETTER.text
    (row,) = _rows()
    assert (row.outcome, row.recipient, row.subject, row.text) == ("sent", None, None, None)


def test_letter_is_not_sent_when_its_cause_did_not_happen(mailing: MailSink) -> None:
    with pytest.raises(RuntimeError), transaction(writes=True) as db:
        mail.post(db, LETTER, kind="invitation")
        raise RuntimeError
    assert _deliver() == 0
    assert mailing.letters == []


def test_refused_letter_is_tried_again_later_and_arrives(mailing: MailSink) -> None:
    mailing.refusing = True
    with clock.at(NOON):
        _post()
        assert _deliver() == 0
    mailing.refusing = False
    with clock.at(NOON + timedelta(seconds=10)):
        assert _deliver() == 0, "the pause is kept"
    with clock.at(NOON + timedelta(minutes=1)):
        assert _deliver() == 1
    assert len(mailing.letters) == 1
    assert _rows()[0].last_error.startswith("SMTP")


def test_mail_server_that_is_gone_loses_nothing(mailing: MailSink, use: Callable[..., None]) -> None:
    use(mail_port=1)
    with clock.at(NOON):
        _post()
        assert _deliver() == 0
    use(mail_port=mailing.port)
    with clock.at(NOON + timedelta(minutes=2)):
        assert _deliver() == 1


def test_letter_of_a_worker_that_died_is_sent_by_the_next(mailing: MailSink) -> None:
    with clock.at(NOON):
        letter_id = _post()
        assert mail._claim(letter_id) is not None
        assert _deliver() == 0, "another worker does not take it too"
    with clock.at(NOON + mail.CLAIM + timedelta(seconds=1)):
        assert _deliver() == 1


def test_without_a_mail_server_letters_are_shown_and_stay_readable(database: str) -> None:
    shown: list[mail.Letter] = []
    _post()
    assert mail.deliver_due(shown.append) == 1
    assert shown == [LETTER]
    assert [(row.outcome, letter) for row, letter in mail.waiting()] == [("shown", LETTER)]


def test_expired_letter_is_wiped_and_later_forgotten(database: str) -> None:
    with clock.at(NOON):
        _post()
    with clock.at(NOON + mail.KEPT + timedelta(seconds=1)):
        assert _deliver() == 0
        mail.sweep()
        (row,) = _rows()
        assert (row.outcome, row.text) == ("expired", None)
    with clock.at(NOON + mail.KEPT + mail.REMEMBERED + timedelta(days=1)):
        mail.sweep()
    assert _rows() == []


def test_pauses_grow_from_half_a_minute_to_an_hour() -> None:
    pauses = [mail.pause_after(tries) for tries in range(1, 40)]
    assert pauses[0] == timedelta(seconds=30)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


def test_letters_at_rest_cannot_be_read(on_sqlite: None) -> None:
    _post(mail.Letter("canary-address@example.org", "canary-subject", "canary-text"))
    engine().dispose()
    raw = b"".join(path.read_bytes() for path in Path(settings().data_folder).iterdir())
    assert b"canary" not in raw


def test_log_of_sending_names_the_kind_and_no_address(on_sqlite: None, capfd: pytest.CaptureFixture[str]) -> None:
    _post()
    mail.deliver_due(lambda letter: None)
    written = "".join(capfd.readouterr())
    assert "invitation" in written
    assert "mika" not in written
    assert LETTER.subject not in written
