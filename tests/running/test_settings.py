"""Settings: what they fill in, what they refuse, and the master key."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.settings import Settings
from tests.servers import ROOT


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("RAPPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_a_practice_is_the_default_and_listens_on_this_machine_only(tmp_path: Path) -> None:
    known = Settings()
    assert (known.mode, known.host, known.port, known.debug) == ("production", "127.0.0.1", 8000, False)
    assert known.database_url == f"sqlite:///{tmp_path}/.data/practice/rapport.db"
    assert known.public_url == known.origin == "http://localhost:8000"


def test_each_mode_has_a_data_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = set()
    for mode in ("production", "demo", "development"):
        monkeypatch.setenv("RAPPORT_MODE", mode)
        folders.add(Settings().data_folder)
    assert len(folders) == 3


def test_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("RAPPORT_PORT=8011\nRAPPORT_TIME_ZONE=Asia/Kolkata\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("RAPPORT_PORT", "8012")
    assert (Settings().port, Settings().time_zone) == (8012, "Asia/Kolkata")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "many"),
        ("PUBLIC_URL", "portal.example.org"),
        ("PUBLIC_URL", "https://portal.example.org/rapport"),
        ("PUBLIC_URL", "https://me@portal.example.org"),
        ("PUBLIC_URL", "https://me:secret@portal.example.org"),
        ("PUBLIC_URL", "https://portal.example.org#home"),
        ("PUBLIC_URL", "https://portal.example.org?"),
        ("PUBLIC_URL", "https://portal.example.org:99999"),
        ("PUBLIC_URL", "https://my portal.example.org"),
        ("PUBLIC_URL", "https://straße.example.org"),
        ("PUBLIC_URL", "https://[::1"),
        ("DATABASE_URL", "mysql://there"),
        ("REDIS_URL", "http://there"),
        ("TIME_ZONE", "Europe/Nowhere"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("WORKERS", "2"),
        ("STAFF_IDLE_MINUTES", "0"),
        ("CRISIS_CONTACTS", '[{"name": ""}]'),
        ("MODE", "party"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"RAPPORT_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://Portal.Example.org/", "https://portal.example.org"),
        ("https://portal.example.org:443", "https://portal.example.org"),
        ("http://portal.example.org:80", "http://portal.example.org"),
        ("http://portal.example.org:443", "http://portal.example.org:443"),
        ("https://portal.example.org:8443", "https://portal.example.org:8443"),
        ("https://praxis-müller.example", "https://xn--praxis-mller-klb.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_origin_is_spelt_as_browsers_spell_it(monkeypatch: pytest.MonkeyPatch, typed: str, origin: str) -> None:
    monkeypatch.setenv("RAPPORT_PUBLIC_URL", typed)
    assert Settings().origin == origin


@pytest.mark.parametrize("mode", ["demo", "development"])
def test_only_a_practice_reads_its_file(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    Path(".env").write_text("RAPPORT_DATABASE_URL=postgresql://practice@there/practice\nRAPPORT_MAIL_HOST=mail.example.org\n")
    assert Settings().mail_host == "mail.example.org"
    monkeypatch.setenv("RAPPORT_MODE", mode)
    known = Settings()
    assert (known.on_sqlite, known.mail_host) == (True, "")
    monkeypatch.setenv("RAPPORT_ENV_FILE", ".env")
    assert (Settings().on_sqlite, Settings().mail_host) == (True, "")


def test_the_file_cannot_turn_itself_into_a_demo() -> None:
    Path(".env").write_text("RAPPORT_MODE=demo\n")
    with pytest.raises(ValidationError, match="belongs into the environment"):
        Settings()


def test_the_file_can_be_another_one_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path(".env").write_text("RAPPORT_PORT=8011\n")
    Path("other").write_text("RAPPORT_PORT=8012\n")
    ports = [Settings().port]
    for named in (str(tmp_path / "other"), ""):
        monkeypatch.setenv("RAPPORT_ENV_FILE", named)
        ports.append(Settings().port)
    assert ports == [8011, 8012, 8000]


def test_refusing_a_setting_does_not_print_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_REDIS_URL", "gopher://:letmein-canary@there")
    monkeypatch.setenv("RAPPORT_MAIL_PASSWORD", "mail-canary")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "canary" not in str(refused.value)
    monkeypatch.setenv("RAPPORT_REDIS_URL", "redis://:letmein-canary@there")
    assert "canary" not in repr(Settings())


def test_postgres_urls_name_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("postgres://me@there/practice", "postgresql://me@there/practice"):
        monkeypatch.setenv("RAPPORT_DATABASE_URL", url)
        assert Settings().database_url == "postgresql+psycopg://me@there/practice"


def test_master_key_is_made_once_for_its_owner_only() -> None:
    known = Settings()
    key = known.encoded_master_key()
    assert known.encoded_master_key() == key == Settings().encoded_master_key()
    assert len(key) == 44
    assert stat.S_IMODE(known.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(known.data_folder.stat().st_mode) == 0o700


def test_two_processes_that_start_at_once_agree_on_the_master_key(tmp_path: Path) -> None:
    script = "from portal.settings import Settings; print(Settings().encoded_master_key())"
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert [path.name for path in (tmp_path / ".data" / "practice").iterdir()] == ["master.key"]


def test_a_given_master_key_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_MASTER_KEY", "A" * 43 + "=")
    assert Settings().encoded_master_key() == "A" * 43 + "="
    assert not Settings().key_file.exists()
