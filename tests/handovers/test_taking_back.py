"""The way back: five PINs, then the password with a growing pause; and nobody keeps the owner out of anything."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.access import gate, keys
from portal.access.gate import Caller
from portal.access.models import Person
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.domain import PER_DEVICE, PIN_TRIES, BadPin, NotThePassword, PinUsedUp, PleaseWait, WrongPin, WrongSignIn
from portal.accounts.schemas import PinForm, ProofForm, SignInForm
from portal.checkins import service as checkins
from portal.handovers import service
from portal.handovers.schemas import HandOverForm
from portal.kit import clock, passwords
from portal.kit.db import transaction
from portal.kit.refusal import Forbidden, NotSignedIn, Refusal
from tests.accounts.conftest import GOOD, OTHER, Hashes, visit
from tests.cast import Cast
from tests.handovers.conftest import OTHER_PIN, PIN, Lend
from tests.makers import op, sign_in


@pytest.fixture
def handed(cast: Cast, lend: Lend) -> Caller:
    return lend(Task.CHECKIN, checkins.start(cast.client, cast.case, op=op()))[0]


def wrong_pins(handed: Caller, count: int = PIN_TRIES) -> list[type[Refusal]]:
    found = []
    for _ in range(count):
        with pytest.raises(Refusal) as refused:
            accounts.take_device_back(handed, ProofForm(OTHER_PIN))
        found.append(type(refused.value))
    return found


def test_five_wrong_pins_and_the_right_one_is_too_late(handed: Caller) -> None:
    assert wrong_pins(handed) == [WrongPin] * 4 + [PinUsedUp]
    assert service.task(handed).pins_left == 0
    with pytest.raises(PinUsedUp):
        accounts.take_device_back(handed, ProofForm(PIN))
    assert accounts.take_device_back(handed, ProofForm(password=GOOD)).wrong_pins == 5


def test_each_wrong_pin_says_how_many_are_left(handed: Caller) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPin) as refused:
            accounts.take_device_back(handed, ProofForm(OTHER_PIN))
        assert refused.value.left == left == service.task(handed).pins_left


def test_the_fifth_try_may_be_the_right_one(handed: Caller) -> None:
    wrong_pins(handed, 4)
    assert accounts.take_device_back(handed, ProofForm(PIN)).wrong_pins == 4


@pytest.mark.parametrize("typed", ["4 8 2 1", "٤٨٢١", " 4821 "])
def test_the_pin_is_understood_as_people_type_it(handed: Caller, typed: str) -> None:
    assert accounts.take_device_back(handed, ProofForm(typed)).wrong_pins == 0


@pytest.mark.parametrize("typed", ["", "48", "482100000", "abcd", "48211"])
def test_what_is_no_pin_counts_for_nothing_but_a_longer_one_does(handed: Caller, typed: str) -> None:
    expected = WrongPin if typed == "48211" else BadPin
    with pytest.raises(expected):
        accounts.take_device_back(handed, ProofForm(typed))
    assert service.task(handed).pins_left == (4 if expected is WrongPin else 5)


def test_the_password_takes_it_back_at_any_time(handed: Caller) -> None:
    assert accounts.take_device_back(handed, ProofForm(password=GOOD)).wrong_pins == 0


def test_wrong_passwords_wait_longer_and_longer(handed: Caller) -> None:
    now, waits = clock.now(), []
    for _ in range(8):
        with clock.at(now):
            with pytest.raises(NotThePassword):
                accounts.take_device_back(handed, ProofForm(password=OTHER))
            with pytest.raises(PleaseWait) as refused:
                accounts.take_device_back(handed, ProofForm(password=GOOD))
            waits.append(refused.value.seconds)
        now += timedelta(seconds=waits[-1])
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    with clock.at(now):
        accounts.take_device_back(handed, ProofForm(password=GOOD))


def test_the_pause_ends_with_a_quarter_of_an_hour() -> None:
    assert max(PER_DEVICE.pauses()) == 15 * 60


def test_nobody_at_the_device_keeps_the_owner_out(cast: Cast, handed: Caller) -> None:
    """Neither the sign-in elsewhere, nor an open session, nor the next hand-over is slowed by what is tried here."""
    elsewhere, _ = sign_in(cast.ids["therapist"])
    wrong_pins(handed)
    for _ in range(20):
        with pytest.raises((NotThePassword, PleaseWait)):
            accounts.take_device_back(handed, ProofForm(password=OTHER))
    with transaction(writes=False) as db:
        person = db.get(Person, cast.ids["therapist"])
        assert person is not None
        email = keys.email_of(person, keys.account_key(db))
    assert accounts.sign_in(SignInForm(email, GOOD), visit()).person_id == cast.ids["therapist"]
    assert gate.alive(elsewhere.session_id or "")
    checkin_id = checkins.start(elsewhere, cast.case, op=op())
    again = service.hand_over(elsewhere, cast.case, HandOverForm(Task.CHECKIN, checkin_id), op=op())
    assert service.task(Caller(again.session_id)).pins_left == PIN_TRIES
    accounts.take_device_back(Caller(again.session_id), ProofForm(PIN))


def test_the_clients_own_password_does_not_do(cast: Cast, handed: Caller) -> None:
    with transaction(writes=True) as db:
        person = db.get(Person, cast.ids["client"])
        assert person is not None
        person.password_hash = passwords.hashed(OTHER)
        person.pin_hash = keys.account_key(db).seal(passwords.hashed(OTHER_PIN), f"person.pin_hash:{person.id}")
        db.add(person)
    with pytest.raises(NotThePassword):
        accounts.take_device_back(handed, ProofForm(password=OTHER))
    assert wrong_pins(handed, 1) == [WrongPin]


@pytest.mark.parametrize("who", ["client", "therapist", "second_therapist", "admin"])
def test_only_a_handed_over_device_is_taken_back(cast: Cast, lend: Lend, who: str) -> None:
    with pytest.raises(Forbidden):
        accounts.take_device_back(cast.everybody()[who], ProofForm(PIN))


@pytest.mark.parametrize("password", ["x" * 600, "\ud800", "a\0b"])
def test_odd_passwords_are_refused_calmly(handed: Caller, password: str) -> None:
    with pytest.raises(NotThePassword):
        accounts.take_device_back(handed, ProofForm(password=password))


def test_a_pin_is_hashed_and_useless_without_the_master_key(cast: Cast, lend: Lend) -> None:
    with transaction(writes=False) as db:
        person = db.get(Person, cast.ids["therapist"])
        assert person is not None and person.pin_hash is not None
        assert b"argon2" not in person.pin_hash, "whoever has the database alone cannot try all ten thousand"
        inside = keys.account_key(db).unseal(person.pin_hash, f"person.pin_hash:{person.id}")
    assert inside.startswith("$argon2id$") and PIN not in inside
    assert passwords.verified(PIN, inside)


def test_another_pin_takes_the_place_of_the_first(cast: Cast, lend: Lend) -> None:
    accounts.keep_pin(cast.therapist, PinForm(OTHER_PIN, OTHER_PIN))
    handed, _ = lend(Task.CHECKIN, checkins.start(cast.client, cast.case, op=op()))
    with pytest.raises(WrongPin):
        accounts.take_device_back(handed, ProofForm(PIN))
    accounts.take_device_back(handed, ProofForm(OTHER_PIN))


@pytest.mark.parametrize("who", ["client", "second_client"])
def test_clients_need_no_pin(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        accounts.keep_pin(cast.everybody()[who], PinForm(PIN, PIN))


def test_a_try_costs_one_hash_and_a_used_up_pin_none(handed: Caller, hashes: Hashes) -> None:
    hashes.take()
    wrong_pins(handed)
    assert hashes.take() == PIN_TRIES
    with pytest.raises(PinUsedUp):
        accounts.take_device_back(handed, ProofForm(PIN))
    assert hashes.take() == 0


# --- at the same moment


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """Run an act in so many threads that all begin together; what each returned or was refused with."""
    found: list[object] = []
    start = threading.Barrier(count)

    def run() -> None:
        start.wait()
        try:
            found.append(act())
        except Refusal as refusal:
            found.append(type(refusal))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_many_guesses_at_once_are_still_five(handed: Caller) -> None:
    found = at_once(12, lambda: accounts.take_device_back(handed, ProofForm(OTHER_PIN)))
    assert len(found) == 12
    assert found.count(WrongPin) == PIN_TRIES - 1
    assert found.count(PinUsedUp) == 12 - (PIN_TRIES - 1)


def test_a_device_comes_back_once(handed: Caller) -> None:
    found = at_once(4, lambda: accounts.take_device_back(handed, ProofForm(PIN)))
    assert [one for one in found if not isinstance(one, type)] != []
    assert len([one for one in found if not isinstance(one, type)]) == 1
    assert {one for one in found if isinstance(one, type)} <= {NotSignedIn}


def test_a_device_is_handed_over_once(cast: Cast, lend: Lend) -> None:
    checkin_id = checkins.start(cast.client, cast.case, op=op())
    found = at_once(4, lambda: lend_once(cast, checkin_id))
    assert len([one for one in found if not isinstance(one, type)]) == 1
    assert {one for one in found if isinstance(one, type)} <= {NotSignedIn}


def lend_once(cast: Cast, checkin_id: str) -> object:
    return service.hand_over(cast.therapist, cast.case, HandOverForm(Task.CHECKIN, checkin_id), op=op())


def test_wrong_sign_in_is_no_way_round(cast: Cast, handed: Caller) -> None:
    """The words of the sign-in are its own; the device's way back knows no address at all."""
    with pytest.raises(WrongSignIn):
        accounts.sign_in(SignInForm("theo@example.org", PIN), visit())
