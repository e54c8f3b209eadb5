"""The command line: what a person reads when they type a command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import col, select

from portal import migrate
from portal.access.models import AccessEntry, PersonKind
from portal.accounts import service as accounts
from portal.cases import service as cases
from portal.kit import mail
from portal.kit.db import transaction
from portal.settings import settings
from tests import servers
from tests.cast import Cast, assemble
from tests.makers import make_person
from tests.servers import ROOT, environment, free_port, wait_until


def _typed(*words: str, folder: Path, **chosen: str) -> "subprocess.CompletedProcess[str]":
    variables = environment(folder, free_port(), **chosen)
    return subprocess.run([sys.executable, "-m", "portal", *words], cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=60)


def test_wrong_settings_are_named_in_plain_lines(tmp_path: Path) -> None:
    done = _typed("doctor", folder=tmp_path / "data", time_zone="Mars/Olympus", workers="3")
    assert done.returncode == 1
    assert "RAPPORT_TIME_ZONE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_contact_that_is_no_json_is_named(tmp_path: Path) -> None:
    done = _typed("doctor", folder=tmp_path / "data", crisis_contacts="Emergency 112")
    assert (done.returncode, "RAPPORT_CRISIS_CONTACTS" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_a_file_of_settings_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "practice.env").write_bytes(b"RAPPORT_MAIL_FROM=\xff\xfe\n")
    done = _typed("doctor", folder=tmp_path / "data", env_file=str(tmp_path / "practice.env"))
    assert (done.returncode, "practice.env" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


CANARY = "RAPPORT_DATABASE_URL=sqlite:///{folder}/real.db\nRAPPORT_DATA_FOLDER={folder}\nRAPPORT_MAIL_HOST=mail.example.org\nRAPPORT_PUBLIC_URL=https://portal.example.org\n"


@pytest.fixture
def beside_a_practice(tmp_path: Path) -> Path:
    """A checkout in which a practice wrote its `.env`; its data would lie in `real`."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("portal", "alembic", "assets", "locale", "reflex.lock", "rxconfig.py", "requirements.lock", "tests"):
        (checkout / name).symlink_to(ROOT / name)
    (checkout / ".env").write_text(CANARY.format(folder=tmp_path / "real"))
    return checkout


def _shown(checkout: Path, variables: dict[str, str]) -> list[str]:
    asking = "from portal.settings import settings as s; k = s(); print(k.database_url, k.mail_host or '-', k.public_url)"
    done = subprocess.run([sys.executable, "-c", asking], cwd=checkout, env=variables, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_demo_beside_a_practice_has_nothing_of_its_settings(beside_a_practice: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    real = beside_a_practice.parent / "real"
    assert _shown(beside_a_practice, plain) == [f"sqlite:///{real}/real.db", "mail.example.org", "https://portal.example.org"]
    for mode in ("demo", "development"):
        own = f"sqlite:///{beside_a_practice}/.data/{mode}/rapport.db"
        assert _shown(beside_a_practice, plain | {"RAPPORT_MODE": mode}) == [own, "-", "http://localhost:8000"]


def test_no_test_reads_what_a_practice_wrote_beside_the_code(beside_a_practice: Path) -> None:
    folder = beside_a_practice.parent / "own"
    for variables in (environment(folder, 8123), dict(os.environ)):
        url, mail_host, _ = _shown(beside_a_practice, variables)
        assert (str(beside_a_practice.parent / "real") in url, mail_host) == (False, "-")


def test_demo_refuses_a_database_that_is_not_its_own_before_touching_it(tmp_path: Path, on_sqlite: None) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    for url in (f"sqlite:///{elsewhere}", "postgresql://nobody@127.0.0.1:1/none"):
        done = _typed("demo", folder=tmp_path / "demo", mode="demo", database_url=url)
        assert (done.returncode, "data folder of its own" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert not elsewhere.exists()
    assert not (tmp_path / "demo").exists()


def test_demo_refuses_a_folder_with_real_people_before_touching_it(on_sqlite: None) -> None:
    make_person("Somebody Real", PersonKind.CLIENT)
    done = _typed("demo", folder=settings().data_folder, mode="demo")
    assert (done.returncode, "real people" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert "up to date" not in done.stdout
    assert migrate.present() is None, "no migration ran"


@pytest.mark.parametrize("mode", ["production", "development"])
def test_a_lost_key_is_not_replaced_by_a_new_one(cast: Cast, mode: str) -> None:
    folder, url = settings().data_folder, settings().database_url
    settings().key_file.unlink()
    done = _typed("serve", folder=folder, database_url=url, mode=mode)
    assert (done.returncode, "no master key" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert not settings().key_file.exists()


def test_outbox_shows_letters_that_wait(on_sqlite: None) -> None:
    with transaction(writes=True) as db:
        mail.post(db, mail.Letter("mika@example.org", "Hello", "One line."), kind="invitation")
    shown = _typed("outbox", folder=settings().data_folder, database_url=settings().database_url)
    assert "To: mika@example.org" in shown.stdout
    assert "invitation, waiting" in shown.stdout


def test_a_lost_password_is_replaced_from_the_server(on_sqlite: None) -> None:
    accounts.add_person("Nora Bell", "nora@example.org", "seven quiet herons wade", PersonKind.STAFF, is_admin=True)
    here = {"folder": settings().data_folder, "database_url": settings().database_url}
    printed = _typed("new-password", "nora@example.org", **here).stdout
    assert "/new-password#" in printed
    unknown = _typed("new-password", "nobody@example.org", **here)
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "There is no account with this address that can be signed in to.")


def test_log_verification_names_the_altered_entry(on_sqlite: None) -> None:
    cast = assemble()
    cases.facts(cast.therapist, cast.case)
    whole = _typed("verify-log", folder=settings().data_folder, database_url=settings().database_url)
    assert (whole.returncode, whole.stdout.strip()) == (0, "Every access log is whole.")
    with transaction(writes=True) as db:
        entry = db.get_one(AccessEntry, _newest_entry(cast.case))
        entry.role = "client"
        db.add(entry)
    broken = _typed("verify-log", folder=settings().data_folder, database_url=settings().database_url)
    assert broken.returncode == 1
    assert cast.case in broken.stdout


def _newest_entry(case_id: str) -> str:
    with transaction(writes=False) as db:
        return db.exec(select(AccessEntry.id).where(AccessEntry.case_id == case_id).order_by(col(AccessEntry.number).desc())).first() or ""


def test_demo_prints_its_sign_ins_and_the_second_start_builds_nothing(tmp_path: Path) -> None:
    with servers.portal(tmp_path / "data", "demo") as first:
        wait_until(lambda: "Sign in as" in first.log.read_text("utf-8"), 20, "the sign-ins")
        said = first.log.read_text("utf-8")
        assert f"open at {first.url}" in said
        assert len(re.findall(r"^  \S+@\S+ +\S+ +\S", said, re.MULTILINE)) >= 6
    with servers.portal(tmp_path / "data", "demo") as second:
        wait_until(lambda: "Sign in as" in second.log.read_text("utf-8"), 20, "the sign-ins")
        assert "Building" not in second.log.read_text("utf-8")  # which is what makes a first start long; `make bench` times a second one
