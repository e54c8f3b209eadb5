"""The doctor: every unsafe start is refused with a line that says why."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from portal.access import keys
from portal.access.models import Person, PersonKind
from portal.doctor import Finding, examine
from portal.kit.db import transaction
from portal.settings import settings
from tests.makers import make_person
from tests.servers import RedisServer

SAFE = {
    "mode": "production",
    "public_url": "https://portal.example.org",
    "trusted_proxy_hops": "1",
    "mail_host": "mail.example.org",
    "mail_from": "portal@example.org",
    "crisis_contacts": '[{"name": "Crisis line", "number": "112", "hours": "always"}]',
}


@pytest.fixture
def safe(use: Callable[..., None], on_sqlite: None) -> Callable[..., list[Finding]]:
    """Examine a safe practice with these settings changed."""
    (settings().data_folder / "rapport.db").chmod(0o600)
    settings().encoded_master_key()

    def changed(**values: str) -> list[Finding]:
        use(**SAFE | values)
        return examine()

    return changed


def _refusals(found: list[Finding]) -> list[str]:
    return [finding.sentence for finding in found if finding.refuses]


def test_a_safe_practice_may_start(safe: Callable[..., list[Finding]]) -> None:
    assert _refusals(safe()) == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"public_url": "http://portal.example.org"}, "plain http"),
        ({"public_url": "http://192.168.1.20:8000"}, "plain http"),
        ({"mode": "demo"}, "RAPPORT_MODE"),
        ({"mode": "development"}, "RAPPORT_MODE"),
        ({"debug": "true"}, "RAPPORT_DEBUG"),
        ({"mail_host": ""}, "RAPPORT_MAIL_HOST"),
        ({"mail_from": "portal"}, "RAPPORT_MAIL_FROM"),
        ({"mail_security": "none"}, "RAPPORT_MAIL_SECURITY"),
        ({"redis_url": "redis://127.0.0.1:1/0"}, "no password"),
        ({"redis_url": "redis://:short@127.0.0.1:1/0"}, "no password"),
        ({"crisis_contacts": "[]"}, "RAPPORT_CRISIS_CONTACTS"),
        ({"master_key": "c2hvcnQ="}, "master key"),
        ({"database_url": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_unsafe_start_is_refused_and_says_why(safe: Callable[..., list[Finding]], changed: dict[str, str], word: str) -> None:
    refusals = _refusals(safe(**changed))
    assert any(word in sentence for sentence in refusals), refusals
    assert all("\n" not in sentence for sentence in refusals)


def test_listening_for_the_world_without_https_is_refused(safe: Callable[..., list[Finding]]) -> None:
    assert any("RAPPORT_HOST" in sentence for sentence in _refusals(safe(public_url="http://localhost:8000", host="0.0.0.0")))


def test_a_trial_on_this_machine_needs_neither_mail_server_nor_contacts(safe: Callable[..., list[Finding]]) -> None:
    found = safe(public_url="http://localhost:8000", trusted_proxy_hops="0", mail_host="", crisis_contacts="[]")
    assert _refusals(found) == []
    assert any("RAPPORT_MAIL_HOST" in finding.sentence for finding in found)


def test_files_that_others_can_open_are_refused(safe: Callable[..., list[Finding]]) -> None:
    folder = settings().data_folder
    for path, mode in ((folder, 0o755), (folder / "master.key", 0o640), (folder / "rapport.db", 0o604)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert any(str(path) in sentence for sentence in _refusals(safe())), path
        path.chmod(before)
    assert _refusals(safe()) == []


def test_demo_accounts_in_a_practice_are_refused(safe: Callable[..., list[Finding]]) -> None:
    safe()
    make_person("Real Person", PersonKind.STAFF)
    assert _refusals(safe()) == []
    with transaction(writes=True) as db:
        person = db.exec(select(Person)).one()
        person.is_demo = True
        db.add(person)
    assert any("demo accounts" in sentence for sentence in _refusals(safe()))


def _write_key() -> None:
    with transaction(writes=True) as db:
        keys.account_key(db)


def test_a_database_without_its_key_is_refused(database: str, use: Callable[..., None]) -> None:
    use(**SAFE)
    assert not any("master key" in sentence for sentence in _refusals(examine())), "nothing is written yet"
    _write_key()
    assert not any("master key" in sentence for sentence in _refusals(examine()))
    settings().key_file.unlink()
    assert any("no master key" in sentence for sentence in _refusals(examine()))
    assert not settings().key_file.exists()


def test_a_key_that_does_not_open_the_database_is_refused(database: str, use: Callable[..., None]) -> None:
    _write_key()
    use(**SAFE, master_key="A" * 43 + "=")
    assert any("not the one" in sentence for sentence in _refusals(examine()))


def test_a_misspelt_setting_is_noted(safe: Callable[..., list[Finding]]) -> None:
    found = safe(pubilc_url="https://portal.example.org")
    assert any("RAPPORT_PUBILC_URL" in finding.sentence and not finding.refuses for finding in found)


def test_a_redis_that_answers_with_a_password_is_fine(safe: Callable[..., list[Finding]], redis_server: RedisServer) -> None:
    assert _refusals(safe(redis_url=redis_server.url, workers="2")) == []


def test_env_file_that_others_can_read_is_refused(
    safe: Callable[..., list[Finding]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAPPORT_ENV_FILE")
    Path(".env").write_text("RAPPORT_MAIL_PASSWORD=secret\n")
    Path(".env").chmod(0o644)
    assert any(".env" in sentence for sentence in _refusals(safe()))
