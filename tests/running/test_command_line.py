"""The command line: what a person reads when they type a command."""

import re
import subprocess
import sys
import time
from pathlib import Path

from sqlmodel import col, select

from portal.access.models import AccessEntry, PersonKind
from portal.accounts import service as accounts
from portal.cases import service as cases
from portal.kit import mail
from portal.kit.db import transaction
from portal.settings import settings
from tests import servers
from tests.cast import assemble
from tests.servers import ROOT, environment, free_port, wait_until


def _typed(*words: str, folder: Path, **chosen: str) -> "subprocess.CompletedProcess[str]":
    variables = environment(folder, free_port(), **chosen)
    return subprocess.run([sys.executable, "-m", "portal", *words], cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=60)


def test_wrong_settings_are_named_in_plain_lines(tmp_path: Path) -> None:
    done = _typed("doctor", folder=tmp_path / "data", time_zone="Mars/Olympus", workers="3")
    assert done.returncode == 1
    assert "RAPPORT_TIME_ZONE" in done.stderr
    assert "Traceback" not in done.stderr


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


def test_demo_prints_its_sign_ins_and_the_second_start_is_quick(tmp_path: Path) -> None:
    with servers.portal(tmp_path / "data", "demo") as first:
        wait_until(lambda: "Sign in as" in first.log.read_text("utf-8"), 20, "the sign-ins")
        said = first.log.read_text("utf-8")
        assert f"open at {first.url}" in said
        assert len(re.findall(r"^  \S+@\S+ +\S+ +\S", said, re.MULTILINE)) >= 6
    started = time.monotonic()
    with servers.portal(tmp_path / "data", "demo") as second:
        took = time.monotonic() - started
        wait_until(lambda: "Sign in as" in second.log.read_text("utf-8"), 20, "the sign-ins")
        assert "Building" not in second.log.read_text("utf-8")
    assert took <= 15, f"{took:.1f} s"
