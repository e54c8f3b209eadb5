"""Signing in and out: the same words and the same work for everybody, limits that lock nobody out, sessions that end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.access import gate
from portal.access.gate import Caller
from portal.access.models import PersonKind
from portal.accounts import service
from portal.accounts.domain import PleaseWait, WrongSignIn
from portal.accounts.schemas import ChangePasswordForm, SignedIn, SignInForm
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.refusal import NotFound, NotSignedIn
from tests.accounts.conftest import GOOD, OTHER, Hashes, visit
from tests.cast import Cast
from tests.queries import counted

NORA = "nora@example.org"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NewPerson = Callable[..., str]


def tries(email: str, password: str, address: str = "192.0.2.7", known: str = "") -> SignedIn:
    return service.sign_in(SignInForm(email, password), visit(address, known=known))


def refused(email: str, password: str = OTHER, address: str = "192.0.2.7", known: str = "") -> str:
    with pytest.raises((WrongSignIn, PleaseWait)) as found:
        tries(email, password, address, known)
    return type(found.value).__name__


def test_the_right_password_begins_a_session(database: str, person: NewPerson) -> None:
    nora = person("Nora Bell", NORA)
    session = tries(" Nora@Example.org ", GOOD)
    assert session.person_id == nora
    assert gate.session_of_cookie(session.token) == session.session_id


def test_unknown_and_mistyped_get_the_same_words_after_the_same_work(database: str, person: NewPerson, hashes: Hashes) -> None:
    person("Nora Bell", NORA)
    tries(NORA, GOOD)
    work = {}
    for email in (NORA, "nobody@example.org", "no address at all", "", "x" * 5_000):
        hashes.take()
        with counted() as statements, pytest.raises(WrongSignIn) as found:
            tries(email, OTHER, address=f"192.0.2.{len(work) + 10}")
        work[email] = (hashes.take(), [text.split("VALUES")[0] for text in statements], found.value.sentence, found.value.params)
    assert len({str(done) for done in work.values()}) == 1
    assert work[NORA][0] == 1


@pytest.mark.parametrize("password", ["", "\0", "x" * 100_000, "\ud800"])
def test_odd_passwords_are_simply_wrong(database: str, person: NewPerson, password: str) -> None:
    person("Nora Bell", NORA)
    assert refused(NORA, password) == "WrongSignIn"


def test_who_left_who_never_came_and_fictional_people_cannot_sign_in(database: str, person: NewPerson, hashes: Hashes, cast: Cast) -> None:
    nora = person("Nora Bell", NORA)
    with transaction(writes=True) as db:
        row = db.get_one(gate.Person, nora)
        row.is_demo = True
        db.add(row)
    hashes.take()
    assert refused(NORA, GOOD) == "WrongSignIn"
    assert hashes.take() == 1
    with transaction(writes=True) as db:
        row = db.get_one(gate.Person, nora)
        row.is_demo, row.deactivated_at = False, clock.now()
        db.add(row)
    assert refused(NORA, GOOD) == "WrongSignIn"


def test_attempts_on_one_account_have_to_wait_longer_and_longer(on_sqlite: None, person: NewPerson, hashes: Hashes) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        assert [refused(NORA, address=f"198.51.100.{n}") for n in range(5)] == ["WrongSignIn"] * 5
        hashes.take()
        assert refused(NORA, GOOD, address="198.51.100.200") == "PleaseWait"
        assert hashes.take() == 0, "a waiting attempt is not carried out"
    waits = []
    now = START
    for _ in range(12):
        with clock.at(now), pytest.raises(PleaseWait) as found:
            tries(NORA, GOOD)
        waits.append(found.value.seconds)
        now += timedelta(seconds=found.value.seconds)
        with clock.at(now):
            assert refused(NORA) == "WrongSignIn"
    assert waits == sorted(waits)
    assert waits[0] == 2
    assert waits[-1] == 15 * 60


def test_the_owner_gets_in_after_the_pause_and_starts_afresh(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        for _ in range(5):
            refused(NORA)
        assert refused(NORA, GOOD) == "PleaseWait"
    with clock.at(START + timedelta(seconds=2)):
        assert tries(NORA, GOOD)
        assert [refused(NORA) for _ in range(5)] == ["WrongSignIn"] * 5


def test_nobody_else_can_keep_the_owner_out(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        known = tries(NORA, GOOD).known
        for n in range(40):
            refused(NORA, address=f"198.51.100.{n}")
        assert refused(NORA, GOOD) == "PleaseWait"
        assert tries(NORA, GOOD, known=known)


def test_a_known_device_waits_for_its_own_mistakes(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        known = tries(NORA, GOOD).known
        assert [refused(NORA, known=known) for _ in range(6)] == ["WrongSignIn"] * 5 + ["PleaseWait"]
        assert tries(NORA, GOOD), "other devices are not held up by it"


@pytest.mark.parametrize("change", [lambda known: known + "0", lambda known: "x" + known, lambda known: "", lambda known: ".", lambda known: "é.ü"])
def test_a_forged_device_is_not_known(on_sqlite: None, person: NewPerson, change: Callable[[str], str]) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        forged = change(tries(NORA, GOOD).known)
        for _ in range(5):
            refused(NORA)
        assert refused(NORA, GOOD, known=forged) == "PleaseWait"


def test_the_sign_of_a_device_is_of_no_use_for_somebody_else(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    person("Otto Fenn", "otto@example.org")
    with clock.at(START):
        known = tries("otto@example.org", GOOD).known
        for _ in range(5):
            refused(NORA)
        assert refused(NORA, GOOD, known=known) == "PleaseWait"


def test_one_network_address_cannot_try_all_accounts(on_sqlite: None) -> None:
    with clock.at(START):
        outcomes = [refused(f"p{n}@example.org") for n in range(32)]
        assert outcomes[:30] == ["WrongSignIn"] * 30
        assert outcomes[30:] == ["PleaseWait"] * 2
        assert refused("p99@example.org", address="192.0.2.8") == "WrongSignIn"


def test_right_passwords_do_not_use_up_a_shared_address(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        tokens = {tries(NORA, GOOD).token for _ in range(40)}
    assert len(tokens) == 40


def test_attempts_are_forgotten(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        for _ in range(5):
            refused(NORA)
    with clock.at(START + timedelta(hours=25)):
        assert [refused(NORA) for _ in range(5)] == ["WrongSignIn"] * 5
        service.tidy()
    with clock.at(START + timedelta(days=3)):
        assert service.tidy() == 2


def test_attempts_in_many_threads_are_all_counted(database: str, person: NewPerson, hashes: Hashes) -> None:
    from concurrent.futures import ThreadPoolExecutor

    person("Nora Bell", NORA)
    with clock.at(START), ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: refused(NORA), range(24)))
    assert outcomes.count("WrongSignIn") == 5


def test_neither_address_nor_account_is_stored_readably(on_sqlite: None) -> None:
    refused("somebody@example.org", address="203.0.113.77")
    with transaction(writes=False) as db:
        rows = db.connection().exec_driver_sql("select * from attempts").fetchall()
    assert rows
    assert "somebody" not in str(rows)
    assert "203.0.113" not in str(rows)


def test_signing_in_again_ends_this_browsers_session(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    first = tries(NORA, GOOD)
    second = service.sign_in(SignInForm(NORA, GOOD), visit(session_token=first.token))
    assert gate.session_of_cookie(first.token) is None
    assert gate.alive(second.session_id)


def test_signing_out_ends_this_session_only(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    here, there = tries(NORA, GOOD), tries(NORA, GOOD)
    service.sign_out(here.token)
    service.sign_out("nobody's")
    assert not gate.alive(here.session_id)
    assert gate.alive(there.session_id)


def test_signing_out_everywhere_ends_all_of_them_and_nobody_elses(cast: Cast, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    here, there = tries(NORA, GOOD), tries(NORA, GOOD)
    service.sign_out_everywhere(Caller(here.session_id))
    assert not gate.alive(here.session_id)
    assert not gate.alive(there.session_id)
    assert gate.alive(cast.client.session_id or "")
    with pytest.raises(NotSignedIn):
        service.sign_out_everywhere(Caller(here.session_id))


def test_one_of_the_devices_can_be_ended_and_only_ones_own(cast: Cast, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    here, there = tries(NORA, GOOD), tries(NORA, GOOD)
    me = Caller(here.session_id)
    assert [device.here for device in service.account(me).devices] == [True, False]
    service.end_device(me, there.session_id)
    assert not gate.alive(there.session_id)
    assert len(service.account(me).devices) == 1
    for foreign in (cast.client.session_id or "", there.session_id, "no such thing"):
        with pytest.raises(NotFound):
            service.end_device(me, foreign)
    assert gate.alive(cast.client.session_id or "")


@pytest.mark.parametrize(("kind", "idle", "oldest"), [(PersonKind.STAFF, 15, 12 * 60), (PersonKind.CLIENT, 30, 24 * 60)])
def test_sessions_end_by_themselves(on_sqlite: None, person: NewPerson, kind: PersonKind, idle: int, oldest: int) -> None:
    person("Nora Bell", NORA, kind=kind)
    with clock.at(START):
        resting, busy = tries(NORA, GOOD), tries(NORA, GOOD)
    moment = START
    while moment < START + timedelta(minutes=oldest - 5):
        moment += timedelta(minutes=5)
        with clock.at(moment):
            assert gate.alive(busy.session_id)
            assert gate.alive(resting.session_id) is False if moment >= START + timedelta(minutes=idle) else True
    with clock.at(START + timedelta(minutes=oldest)):
        assert not gate.alive(busy.session_id)


def test_a_new_password_ends_every_other_session_and_every_known_device(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    here, there = tries(NORA, GOOD), tries(NORA, GOOD)
    changed = service.change_password(Caller(here.session_id), ChangePasswordForm(GOOD, OTHER), visit())
    assert changed.session_id == here.session_id
    assert not gate.alive(there.session_id)
    assert gate.session_of_cookie(here.token) is None, "the old cookie is worth nothing"
    assert gate.session_of_cookie(changed.token) == here.session_id
    with clock.at(clock.now()):
        for _ in range(5):
            refused(NORA, GOOD)
        assert refused(NORA, OTHER, known=here.known) == "PleaseWait"
        assert tries(NORA, OTHER, known=changed.known)


def test_signing_in_takes_few_statements(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    tries(NORA, GOOD)
    with counted() as statements:
        tries(NORA, GOOD)
    assert len(statements) <= 8
