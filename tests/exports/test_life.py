"""An export from the wish to the end: who gets it, what ends it, and what becomes of the work when its maker dies."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select, update

from portal.access.gate import Caller
from portal.access.models import AccessEntry, Case, CaseStatus, PersonSession
from portal.access.permissions import Act, Permission
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.schemas import PinForm
from portal.cases import service as cases
from portal.exports import service
from portal.exports.domain import KEPT, LEASE, MOST_AT_ONCE, MOST_ATTEMPTS, WAITS, EnoughUnderWay, NotNow, Status, Why
from portal.exports.models import ExportFile
from portal.handovers import service as handovers
from portal.handovers.schemas import HandOverForm
from portal.kit import clock, paper
from portal.kit.db import engine, transaction
from portal.kit.refusal import AlreadyDone, BadInput, Forbidden, NotFound, NotSignedIn, Refusal
from tests.cast import Cast
from tests.exports.files import asked, line, made
from tests.goals.people import agreed, idea
from tests.makers import end_membership, op, sign_in

CANARY = "the heron stands in the reeds"


def test_from_the_wish_to_the_file(cast: Cast) -> None:
    agreed(cast, CANARY)
    export = asked(cast, "csv")
    assert (line(cast, export).status, line(cast, export).href) == (Status.QUEUED, "")
    assert service.make_due() == 1
    ready = line(cast, export)
    assert (ready.status, ready.percent) == (Status.READY, 100)
    assert ready.href == f"/c/{cast.case}/exports/{export}"
    file = service.fetch(cast.client, cast.case, export)
    assert CANARY in file.content.decode()
    assert file.media_type == "text/csv; charset=utf-8"
    assert file.name.startswith("rapport-")
    assert service.make_due() == 0


def test_nobody_else_finds_it(cast: Cast) -> None:
    export = asked(cast)
    service.make_due()
    others = [(who, caller) for who, caller in cast.everybody().items() if who != "client"]
    for who, caller in others:
        with pytest.raises((NotFound, NotSignedIn, Forbidden)):
            service.fetch(caller, cast.case, export)
        with pytest.raises((NotFound, NotSignedIn, Forbidden)):
            service.drop(caller, cast.case, export, op=op())
        assert _lines(caller, cast.case) == [], who
    for odd in ("", "x", export[:-1], export.upper(), "\x00" * 36):
        with pytest.raises(NotFound):
            service.fetch(cast.client, cast.case, odd)
    with pytest.raises(NotFound):
        service.fetch(cast.second_client, cast.other_case, export)
    assert line(cast, export).status == Status.READY


def _lines(caller: Caller, case_id: str) -> list[object]:
    try:
        return list(service.mine(caller, case_id))
    except Refusal:
        return []


def test_another_browser_of_the_same_person_does_not_find_it(cast: Cast) -> None:
    export = asked(cast)
    service.make_due()
    elsewhere, _ = sign_in(cast.ids["client"])
    assert service.mine(elsewhere, cast.case) == []
    with pytest.raises(NotFound):
        service.fetch(elsewhere, cast.case, export)


def _sign_out(cast: Cast) -> None:
    accounts.sign_out_everywhere(cast.client)


def _leave(cast: Cast) -> None:
    end_membership(cast.case, cast.ids["client"])


@pytest.mark.parametrize(("what", "told"), [(_sign_out, NotSignedIn), (_leave, NotFound)])
def test_who_may_not_read_any_more_gets_no_file(cast: Cast, what: Callable[[Cast], None], told: type[Refusal]) -> None:
    """Whether the right ended before the file was made or after it."""
    before, after = asked(cast), ""
    service.make_due()
    after = asked(cast)
    what(cast)
    service.make_due()
    with transaction(writes=False) as db:
        late = db.get_one(ExportFile, after)
        assert (late.status, late.content) == (Status.FAILED, None)
    with pytest.raises(told):
        service.fetch(cast.client, cast.case, before)
    service.pass_time()
    with transaction(writes=False) as db:
        assert db.exec(select(ExportFile)).all() == []


def test_the_end_of_a_pairing_takes_the_therapists_copies(cast: Cast) -> None:
    export = asked(cast, by=cast.therapist)
    service.make_due()
    cases.end_pairing(cast.admin, cast.case)
    with pytest.raises(NotFound):
        service.fetch(cast.therapist, cast.case, export)
    service.pass_time()
    with transaction(writes=False) as db:
        assert db.get(ExportFile, export) is None
    assert made(cast), "the client may take theirs along when it has ended"


def test_a_device_that_was_handed_over_takes_nothing_along(cast: Cast) -> None:
    goal = agreed(cast, CANARY)
    before, waiting = asked(cast, by=cast.therapist), ""
    service.make_due()
    waiting = asked(cast, by=cast.therapist)
    accounts.keep_pin(cast.therapist, PinForm("4821", "4821"))
    lent = handovers.hand_over(cast.therapist, cast.case, HandOverForm(Task.READ_GOAL, goal), op=op())
    device = Caller(lent.session_id)
    for act in (
        lambda: asked(cast, goal=goal, by=device),
        lambda: service.mine(device, cast.case),
        lambda: service.sheet(device, cast.case, goal),
        lambda: service.note_print(device, cast.case, goal, op=op()),
        lambda: service.fetch(device, cast.case, before),
        lambda: service.drop(device, cast.case, before, op=op()),
    ):
        with pytest.raises(NotFound):
            act()
    # What the lender had asked for ends with the session that rests now.
    service.make_due()
    with transaction(writes=False) as db:
        assert db.get_one(ExportFile, waiting).content is None
    service.pass_time()
    with transaction(writes=False) as db:
        assert db.exec(select(ExportFile)).all() == []


def test_a_file_is_deleted_when_its_time_is_over(cast: Cast) -> None:
    agreed(cast, CANARY)
    export = asked(cast)
    service.make_due()
    with clock.at(clock.now() + KEPT):
        # Nothing waits for the tidying: from that moment on it is over.
        assert line(cast, export).status == Status.EXPIRED
        with pytest.raises(NotNow):
            service.fetch(cast.client, cast.case, export)
        assert service.pass_time() == []
        with transaction(writes=False) as db:
            row = db.get_one(ExportFile, export)
            assert (row.status, row.content, row.size) == (Status.EXPIRED, None, 0)
    with clock.at(clock.now() + KEPT + timedelta(hours=2)):
        service.pass_time()
        with transaction(writes=False) as db:
            assert db.get(ExportFile, export) is None


def test_thrown_away_is_gone_and_cancelled_is_not_made(cast: Cast) -> None:
    ready = asked(cast)
    service.make_due()
    waiting = asked(cast)
    for export in (ready, waiting):
        service.drop(cast.client, cast.case, export, op=op())
        with pytest.raises(NotFound):
            service.fetch(cast.client, cast.case, export)
    assert service.make_due() == 0
    assert service.mine(cast.client, cast.case) == []


def test_cancelled_in_the_middle_stops_the_work(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export = asked(cast, "pdf")
    setting: list[int] = []

    def set_slowly(of: paper.Paper) -> bytes:
        setting.append(line(cast, export).percent)
        service.drop(cast.client, cast.case, export, op=op())
        return b"%PDF"

    monkeypatch.setattr(paper, "pdf", set_slowly)
    agreed(cast)
    assert service.make_due() == 0
    assert setting == [60]
    assert service.mine(cast.client, cast.case) == []


class _Killed(BaseException):
    """The process dies: nothing of it runs any more, not even what catches exceptions."""


def test_a_killed_maker_is_followed_by_another(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed(cast, CANARY)
    export = asked(cast)

    def die(*_: object) -> bytes:
        raise _Killed

    with monkeypatch.context() as dying:
        dying.setattr(service, "json_of", die)
        with pytest.raises(_Killed):
            service.make_due()
    half = line(cast, export)
    assert (half.status, half.percent) == (Status.RUNNING, 60)
    assert service.make_due() == 0, "whoever makes it may only be slow"
    with clock.at(clock.now() + LEASE):
        assert service.make_due() == 1
        assert CANARY.encode() in service.fetch(cast.client, cast.case, export).content


def test_what_kills_every_maker_fails_calmly(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export, now = asked(cast), clock.now()

    def die(*_: object) -> bytes:
        raise _Killed

    monkeypatch.setattr(service, "json_of", die)
    for attempt in range(MOST_ATTEMPTS):
        with clock.at(now + attempt * LEASE), pytest.raises(_Killed):
            service.make_due()
    with clock.at(now + MOST_ATTEMPTS * LEASE):
        assert service.make_due() == 0
        failed = line(cast, export)
        assert failed.status == Status.FAILED
        assert "please try again" in failed.note
        assert service.make_due() == 0


def test_a_late_maker_does_not_overwrite_the_one_who_took_over(cast: Cast) -> None:
    export = asked(cast)
    first = service.claim(export)
    assert first is not None
    assert service.claim(export) is None
    with clock.at(clock.now() + LEASE):
        second = service.claim(export)
        assert second is not None
        with pytest.raises(NotNow):
            service.keep(first, b"old")
        with pytest.raises(NotNow):
            service.give_up(first, Why.BROKEN)
        service.keep(second, b"new")
        assert service.fetch(cast.client, cast.case, export).content == b"new"


def test_a_fault_of_ours_is_told_without_what_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    agreed(cast, CANARY)

    def fall_over(of: paper.Paper) -> bytes:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr(paper, "pdf", fall_over)
    export, other = asked(cast, "pdf"), asked(cast, "json")
    assert service.make_due() == 2
    assert line(cast, export).status == Status.FAILED
    assert line(cast, other).status == Status.READY, "one that cannot be made holds up no other"
    assert CANARY not in line(cast, export).note + "".join(capsys.readouterr())


def test_without_a_worker_the_page_does_not_wait_for_ever(cast: Cast) -> None:
    export = asked(cast)
    with clock.at(clock.now() + WAITS):
        told = line(cast, export)
        assert told.status == Status.FAILED
        assert "print the page instead" in told.note


def test_a_goal_that_is_not_theirs_reads_like_one_that_is_missing(cast: Cast) -> None:
    secret, missing = idea(cast, CANARY), op()
    exports = [asked(cast, "json", goal, by=cast.therapist) for goal in (secret, missing)]
    service.make_due()
    told = [line(cast, export, by=cast.therapist) for export in exports]
    assert {one.status for one in told} == {Status.FAILED}
    assert len({one.note for one in told}) == 1


def test_three_at_a_time(cast: Cast) -> None:
    for _ in range(MOST_AT_ONCE):
        asked(cast)
    with pytest.raises(EnoughUnderWay):
        asked(cast)
    assert asked(cast, by=cast.therapist), "the other's do not count"
    service.make_due()
    assert asked(cast)


def test_what_cannot_be_asked_for(cast: Cast) -> None:
    for kind, goal in (("exe", ""), ("", ""), ("pdf", "x"), ("PDF", ""), ("pdf", "x" * 37)):
        with pytest.raises(BadInput):
            asked(cast, kind, goal)
    with pytest.raises(Forbidden):
        asked(cast, by=cast.supervisor)
    once = op()
    service.ask(cast.client, cast.case, "pdf", "", "en", op=once)
    with pytest.raises(AlreadyDone):
        service.ask(cast.client, cast.case, "pdf", "", "en", op=once)
    assert len(service.mine(cast.client, cast.case)) == 1


def test_every_copy_stands_in_the_clients_log(cast: Cast) -> None:
    export = asked(cast, by=cast.therapist)
    service.make_due()
    service.fetch(cast.therapist, cast.case, export)
    service.fetch(cast.therapist, cast.case, export)
    service.drop(cast.therapist, cast.case, export, op=op())
    service.note_print(cast.client, cast.case, op=op())
    looks = [(look.action, look.person_id == cast.ids["client"]) for look in cases.read_access_log(cast.client, cast.case).looks]
    reading = {Permission.READ_GOALS, Permission.READ_COMMENTS, Permission.READ_DECISIONS}
    assert [look for look in looks if look[0] not in reading] == [
        (Act.PRINT_GOALS, True), (Act.DROP_EXPORT, False), (Act.TAKE_EXPORT, False), (Act.TAKE_EXPORT, False), (Permission.EXPORT_GOALS, False),
    ]  # fmt: skip
    assert reading == {what for what, by_client in looks if not by_client} & reading, "making it was reading, too"
    assert cases.verify_logs() == []


def test_an_ended_case_can_still_be_taken_along(cast: Cast) -> None:
    agreed(cast, CANARY)
    with transaction(writes=True) as db:
        db.exec(update(Case).where(col(Case.id) == cast.case).values(status=CaseStatus.ENDED))
    assert CANARY.encode() in made(cast)
    service.note_print(cast.client, cast.case, op=op())


def test_nothing_of_a_file_lies_readable_in_the_database(cast: Cast) -> None:
    agreed(cast, CANARY)
    for kind in ("csv", "json", "pdf"):
        asked(cast, kind)
    service.make_due()
    with engine().connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                kept = b" ".join(bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row)
                assert CANARY.encode() not in kept, table
                assert base64.b64encode(b"%PDF-1")[:8] not in kept, table


def test_a_worker_that_dies_for_good_leaves_nothing_that_nobody_deletes(cast: Cast) -> None:
    export = asked(cast)
    service.make_due()
    with transaction(writes=True) as db:
        db.exec(update(PersonSession).where(col(PersonSession.id) == cast.client.session_id).values(ended_at=clock.now()))
    service.pass_time()
    with transaction(writes=False) as db:
        assert db.get(ExportFile, export) is None
        assert db.exec(select(AccessEntry).where(AccessEntry.action == Permission.EXPORT_GOALS)).first() is not None
