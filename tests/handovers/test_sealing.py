"""The client's answers on the therapist's device: never sent back, never opened by a forged hand-in, nowhere in the clear."""

import json
from dataclasses import asdict
from datetime import timedelta

import pytest

from portal.access.gate import Caller, session_of_cookie
from portal.access.models import HandOver, PersonSession
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.schemas import ProofForm
from portal.checkins import service as checkins
from portal.checkins.domain import AlreadyDone, Item, Line, NothingAnswered, Status
from portal.handovers import service
from portal.kit import clock
from portal.kit.db import engine, transaction
from portal.kit.refusal import BadInput, NotFound
from portal.settings import settings
from tests.cast import Cast
from tests.handovers.conftest import PIN, Lend
from tests.makers import op
from tests.queries import counted

CANARY = "the heron stands in the reeds"


@pytest.fixture
def checkin_id(cast: Cast) -> str:
    return checkins.start(cast.client, cast.case, op=op())


def answered_by_therapist(cast: Cast, checkin_id: str) -> None:
    checkins.rate(cast.therapist, cast.case, checkin_id, "goals", 9, op=op())
    checkins.submit(cast.therapist, cast.case, checkin_id, op=op())


def test_what_was_answered_is_named_and_never_told(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, _ = lend(Task.CHECKIN, checkin_id)
    checkins.rate_handed(handed, cast.case, checkin_id, "goals", 3, op=op())
    checkins.rate_handed(handed, cast.case, checkin_id, "bond", -1, op=op())
    checkins.write_handed_line(handed, cast.case, checkin_id, "keep", CANARY, op=op())
    sheet = checkins.handed_sheet(handed, cast.case, checkin_id)
    assert sheet.answered == {"goals", "bond", "keep"}
    told = json.dumps(asdict(sheet), default=str)
    assert CANARY not in told
    assert "3" not in told.replace(str(sheet.expires_at), "")
    assert checkins.sheet(cast.client, cast.case, checkin_id).mine.lines[Line.KEEP] == CANARY


def test_what_was_begun_elsewhere_is_not_even_named(cast: Cast, lend: Lend, checkin_id: str) -> None:
    checkins.rate(cast.client, cast.case, checkin_id, "goals", 3, op=op())
    checkins.write_line(cast.client, cast.case, checkin_id, "keep", CANARY, 0, op=op())
    handed, _ = lend(Task.CHECKIN, checkin_id)
    assert checkins.handed_sheet(handed, cast.case, checkin_id).answered == frozenset()
    # An old version is told "changed meanwhile" together with the other text on one's own device; here nothing is.
    checkins.write_handed_line(handed, cast.case, checkin_id, "keep", "mine again", op=op())


def test_a_forged_hand_in_opens_nothing_that_the_client_had_begun(cast: Cast, lend: Lend, checkin_id: str) -> None:
    """A therapist who hands the device to themselves learns what they typed, and nothing of the client's draft."""
    checkins.rate(cast.client, cast.case, checkin_id, "bond", 2, op=op())
    checkins.write_line(cast.client, cast.case, checkin_id, "change", CANARY, 0, op=op())
    answered_by_therapist(cast, checkin_id)
    handed, _ = lend(Task.CHECKIN, checkin_id)
    with pytest.raises(NothingAnswered):
        checkins.submit_handed(handed, cast.case, checkin_id, op=op())
    checkins.rate_handed(handed, cast.case, checkin_id, "goals", 5, op=op())
    assert checkins.submit_handed(handed, cast.case, checkin_id, op=op())
    back = accounts.take_device_back(handed, ProofForm(PIN))
    therapist = Caller(_session(back.token))
    sheet = checkins.sheet(therapist, cast.case, checkin_id)
    assert sheet.standing.status is Status.REVEALED
    assert sheet.client is not None
    assert sheet.client.given == {Item.GOALS: 5}
    assert CANARY not in json.dumps(asdict(sheet.client), default=str)


def _session(token: str) -> str:
    return session_of_cookie(token) or ""


def test_handing_in_ends_the_task_and_the_therapist_sees_done(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, _ = lend(Task.CHECKIN, checkin_id)
    for item in Item:
        checkins.rate_handed(handed, cast.case, checkin_id, item, 4, op=op())
    assert not checkins.submit_handed(handed, cast.case, checkin_id, op=op())
    assert service.task(handed).done
    for verb in (checkins.handed_sheet, checkins.handed_reading):
        with pytest.raises(NotFound):
            verb(handed, cast.case, checkin_id)
    with pytest.raises(NotFound):
        checkins.rate_handed(handed, cast.case, checkin_id, "goals", 10, op=op())
    therapist = Caller(_session(accounts.take_device_back(handed, ProofForm(PIN)).token))
    sheet = checkins.sheet(therapist, cast.case, checkin_id)
    assert sheet.standing.other_done
    assert sheet.client is None
    assert checkins.sheet(cast.client, cast.case, checkin_id).mine.given == dict.fromkeys(Item, 4)


def test_stopping_keeps_the_answers_for_the_clients_own_device(cast: Cast, lend: Lend, checkin_id: str) -> None:
    checkins.rate(cast.client, cast.case, checkin_id, "bond", 2, op=op())
    handed, _ = lend(Task.CHECKIN, checkin_id)
    checkins.rate_handed(handed, cast.case, checkin_id, "goals", 5, op=op())
    service.finish(handed, cast.case, checkin_id, op=op())
    mine = checkins.sheet(cast.client, cast.case, checkin_id)
    assert mine.mine.given == {Item.BOND: 2, Item.GOALS: 5}
    assert not mine.standing.mine_done


def test_a_second_hand_over_begins_anew(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, _ = lend(Task.CHECKIN, checkin_id)
    checkins.rate_handed(handed, cast.case, checkin_id, "goals", 5, op=op())
    therapist = Caller(_session(accounts.take_device_back(handed, ProofForm(PIN)).token))
    again, _ = lend(Task.CHECKIN, checkin_id, therapist)
    assert checkins.handed_sheet(again, cast.case, checkin_id).answered == frozenset()
    with pytest.raises(NothingAnswered):
        checkins.submit_handed(again, cast.case, checkin_id, op=op())


def test_handed_in_on_a_phone_meanwhile(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, _ = lend(Task.CHECKIN, checkin_id)
    checkins.rate(cast.client, cast.case, checkin_id, "goals", 6, op=op())
    checkins.submit(cast.client, cast.case, checkin_id, op=op())
    assert not checkins.handed_sheet(handed, cast.case, checkin_id).answerable
    with pytest.raises(AlreadyDone):
        checkins.rate_handed(handed, cast.case, checkin_id, "goals", 1, op=op())
    assert checkins.sheet(cast.client, cast.case, checkin_id).mine.given == {Item.GOALS: 6}


def test_an_expired_checkin_is_not_answerable(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, lent = lend(Task.CHECKIN, checkin_id)
    later = clock.now() + timedelta(days=15)
    with transaction(writes=True) as db:
        row = db.get(PersonSession, lent.session_id)
        assert row is not None
        row.created_at = row.last_seen_at = later
        db.add(row)
    with clock.at(later):
        assert not checkins.handed_sheet(handed, cast.case, checkin_id).answerable


@pytest.mark.parametrize(("item", "value"), [("goals", 11), ("goals", -2), ("goals", True), ("nothing", 5), ("", 0)])
def test_odd_numbers_are_refused(cast: Cast, lend: Lend, checkin_id: str, item: str, value: int) -> None:
    handed, _ = lend(Task.CHECKIN, checkin_id)
    with pytest.raises(BadInput):
        checkins.rate_handed(handed, cast.case, checkin_id, item, value, op=op())
    with pytest.raises(BadInput):
        checkins.write_handed_line(handed, cast.case, checkin_id, "keep", "x" * 301, op=op())
    assert checkins.handed_sheet(handed, cast.case, checkin_id).answered == frozenset()


def test_nothing_of_it_lies_open_in_the_database(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, lent = lend(Task.CHECKIN, checkin_id)
    sizes = set()
    for item in Item:
        checkins.rate_handed(handed, cast.case, checkin_id, item, 4, op=op())
        with transaction(writes=False) as db:
            row = db.get(HandOver, lent.session_id)
            assert row is not None and row.progress is not None
            assert b"goals" not in row.progress
            sizes.add(len(row.progress))
    assert len(sizes) == 1, "its size tells nothing"
    checkins.write_handed_line(handed, cast.case, checkin_id, "keep", CANARY, op=op())
    if engine().dialect.name == "sqlite":
        file = settings().sqlite_file
        assert file is not None
        for path in file.parent.glob(file.name + "*"):
            assert CANARY.encode() not in path.read_bytes()


def test_what_is_done_on_the_device_is_few_statements(cast: Cast, lend: Lend, checkin_id: str) -> None:
    with counted() as giving:
        handed, _ = lend(Task.CHECKIN, checkin_id)
    acts = {
        "task": lambda: service.task(handed),
        "sheet": lambda: checkins.handed_sheet(handed, cast.case, checkin_id),
        "rate": lambda: checkins.rate_handed(handed, cast.case, checkin_id, "goals", 4, op=op()),
        "line": lambda: checkins.write_handed_line(handed, cast.case, checkin_id, "keep", "x", op=op()),
        "finish": lambda: service.finish(handed, cast.case, checkin_id, op=op()),
    }
    found = {"hand over": len(giving)}
    for name, act in acts.items():
        with counted() as statements:
            act()
        found[name] = len(statements)
    with counted() as taking:
        accounts.take_device_back(handed, ProofForm(PIN))
    found["take back"] = len(taking)
    assert max(found.values()) <= 8, found
