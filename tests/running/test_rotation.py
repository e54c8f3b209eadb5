"""Rotation: afterwards everything reads as before, and the old keys open nothing."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal import demo, rotate
from portal.access import keys
from portal.access.gate import Caller
from portal.access.models import AccessEntry, Case, Membership, Person, PracticeKey
from portal.access.permissions import CaseRole
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.schemas import PinForm, ProofForm
from portal.cases import service as cases
from portal.checkins import service as checkins
from portal.exports import service as exports
from portal.handovers import service as handovers
from portal.handovers.schemas import HandOverForm
from portal.kit import mail
from portal.kit.crypto import DataKey, MasterKey, OtherKey, Unreadable
from portal.kit.db import engine, transaction
from portal.kit.keys import master_key
from portal.settings import settings
from portal.tables import metadata
from tests.cast import Cast
from tests.makers import op, sign_in
from tests.servers import ROOT


def _start_again() -> None:
    """What a restart of the portal does: it reads the master key from its place."""
    settings.cache_clear()
    master_key.cache_clear()
    keys.forget()


def _plain() -> dict[str, bytes]:
    """Every sealed value of the database in the clear, by table, column and row; opened with the keys that are in place."""
    with transaction(writes=False) as db:
        accounts_key = keys.account_key(db)
        return {
            where: _key_of(db, table, row, accounts_key).unseal_bytes(bytes(row[column.name]), where)
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, sa.LargeBinary) and column.name not in {"wrapped", "wrapped_key"}
            for row in db.execute(sa.select(table)).mappings()
            if row[column.name]
            for where in [f"{table.name}.{column.name}:{row['id']}"]
        }


def _key_of(db: Session, table: sa.Table, row: Any, accounts_key: DataKey) -> DataKey:
    if table.name == "outbox":
        return mail.outbox_key()
    if table.name in {"checkin_answers", "checkin_note"}:
        checkins = metadata.tables["checkin"]
        row = db.execute(sa.select(checkins).where(checkins.c.id == row["checkin_id"])).mappings().one()
    return keys.case_key(db.get_one(Case, row["case_id"])) if "case_id" in row else accounts_key


def _somebody_of_a_case() -> tuple[Caller, str]:
    with transaction(writes=False) as db:
        member = db.exec(select(Membership).where(Membership.role == CaseRole.CLIENT)).first()
    assert member is not None
    return sign_in(member.person_id)[0], member.case_id


def _numbers() -> set[int]:
    with transaction(writes=False) as db:
        return {*db.exec(select(Case.key_number)), *db.exec(select(PracticeKey.number))}


def test_everything_reads_as_before_and_the_old_keys_open_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "check_place", lambda: None)  # it allows SQLite only; the fictional practice has every kind of row
    demo.fill()
    with transaction(writes=True) as db:
        mail.post(db, mail.Letter("mika@demo.example", "A letter", "that waits"), kind="test")
    exports.ask(*_somebody_of_a_case(), "json", "", "en", op=op())
    exports.make_due()
    before, old_master = _plain(), master_key()
    kinds = {where.partition(":")[0] for where in before}
    assert kinds >= {
        "goal_wording.title", "goal.notes", "document.state", "document.text", "goal_step.text", "goal_change.before", "promise.text", "promise.reason", "promise_change.after", "decision.question",
        "decision.matters", "decision_option.text", "decision_point.text", "decision_change.after", "share.text", "reflection.heard",
        "adjustment_terms.what", "goal_rating.value", "ladder.start", "ladder.level", "ladder_level.text", "ladder_change.after",
        "checkin_answers.answers", "checkin.signal", "comment.text", "person.name", "person.email", "person.pin_hash", "practice.name", "outbox.text", "export_file.content",
    }  # fmt: skip
    with transaction(writes=False) as db:
        (old_key,) = {keys.case_key(case) for case in db.exec(select(Case).limit(1))}
        sealed = db.exec(select(Person.name)).first()
    done = rotate.rotate()
    _start_again()
    assert done.values == len(before)
    assert _plain() == before
    assert cases.verify_logs() == []
    assert _numbers() == {2}
    assert master_key() != old_master
    assert done.old_key is not None and MasterKey.parse(done.old_key.read_text()) == old_master
    assert done.new_key.stat().st_mode & 0o077 == 0
    with transaction(writes=False) as db:
        case = db.exec(select(Case).where(col(Case.id).in_(sa.select(AccessEntry.case_id)))).first()
        assert case is not None
        with pytest.raises(Unreadable):
            old_master.unwrap(case.wrapped_key, case.id)
        assert keys.case_key(case).material != old_key.material
        assert db.exec(select(Person.name)).first() != sealed
        assert {person.email_index for person in db.exec(select(Person))} == {
            keys.email_index(keys.email_of(person, keys.account_key(db))) for person in db.exec(select(Person))
        }


def test_a_device_that_is_handed_over_meanwhile_comes_back_with_the_same_pin(cast: Cast) -> None:
    accounts.keep_pin(cast.therapist, PinForm("4821", "4821"))
    checkin = checkins.start(cast.client, cast.case, op=op())
    device = Caller(handovers.hand_over(cast.therapist, cast.case, HandOverForm(Task.CHECKIN, checkin), op=op()).session_id)
    checkins.rate_handed(device, cast.case, checkin, "goals", 7, op=op())
    before = _plain()
    assert {"hand_over.progress", "person.pin_hash"} <= {where.partition(":")[0] for where in before}
    rotate.rotate()
    _start_again()
    assert _plain() == before
    assert checkins.handed_sheet(device, cast.case, checkin).answered == {"goals"}
    checkins.submit_handed(device, cast.case, checkin, op=op())
    assert accounts.take_device_back(device, ProofForm("4821")).wrong_pins == 0


def test_a_rotation_that_is_interrupted_before_its_commit_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _plain()

    def broken(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotate, "_rewrite_accounts", broken)
        with pytest.raises(KeyboardInterrupt):
            rotate.rotate()
    _start_again()
    assert (_plain(), _numbers()) == (before, {1})
    rotate.rotate()
    _start_again()
    assert (_plain(), _numbers()) == (before, {2})


def test_a_rotation_that_is_interrupted_after_its_commit_is_finished_by_the_next_call(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _plain()

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotate, "_put_in_place", broken)
        with pytest.raises(KeyboardInterrupt):
            rotate.rotate()
    _start_again()
    with pytest.raises(Unreadable):
        _plain()
    assert rotate.is_under_way(settings())
    rotate.rotate()
    _start_again()
    assert (_plain(), _numbers()) == (before, {2})
    assert not rotate.is_under_way(settings())


def test_a_broken_log_is_not_signed_anew(cast: Cast) -> None:
    cases.facts(cast.therapist, cast.case)
    with transaction(writes=True) as db:
        db.execute(sa.update(AccessEntry).values(about="x"))
    with pytest.raises(rotate.BrokenLog):
        rotate.rotate()
    assert _numbers() == {1}


def test_a_process_that_still_holds_the_old_account_key_opens_the_new_one_next_time(cast: Cast) -> None:
    assert accounts.practice(cast.admin)
    with transaction(writes=True) as db:
        row = db.get_one(PracticeKey, keys.ACCOUNTS)
        old = DataKey(row.number, master_key().unwrap(row.wrapped, row.purpose))
        new = DataKey(2, b"n" * 32)
        for table in rotate._sealed_tables():
            if not rotate._leads_to_case(table) and table.name != "outbox":
                rotate._reseal(db, table, sa.true(), old, new)
        row.number, row.wrapped = 2, master_key().wrap(new.material, row.purpose)
        db.add(row)
    with pytest.raises(OtherKey):
        accounts.practice(cast.admin)
    assert accounts.practice(cast.admin)


def test_a_key_in_the_settings_stays_the_practices_to_change(cast: Cast, use: Callable[..., None]) -> None:
    first = master_key().encoded()
    url = engine().url.render_as_string(hide_password=False)
    use(master_key=first, database_url=url)
    before = _plain()
    done = rotate.rotate()
    assert done.old_key is None
    with pytest.raises(Unreadable):
        _plain()
    use(master_key=done.new_key.read_text(), database_url=url)
    assert _plain() == before
    rotate.rotate()  # the file of the last one still lies there
    use(master_key=done.new_key.read_text(), database_url=url)
    assert (_plain(), _numbers()) == (before, {3})


def test_the_command_says_what_it_did_and_where_the_keys_are(on_sqlite: None) -> None:
    from tests.cast import assemble

    cast = assemble()
    before = _plain()
    done = subprocess.run([sys.executable, "-m", "portal", "rotate-keys"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "2 cases" in done.stdout and "master.key.until-" in done.stdout
    _start_again()
    assert _plain() == before
    assert accounts.practice(cast.admin)
