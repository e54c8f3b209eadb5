"""The access log's chain: what was written down cannot be changed, taken out, cut off or added unseen."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.access import gate, log
from portal.access.gate import open_case
from portal.access.models import AccessEntry, Case
from portal.access.permissions import READS, Act, Permission
from portal.cases import service
from portal.checkins import service as checkins
from portal.feedback import service as feedback
from portal.kit import clock
from portal.kit.db import engine, transaction
from portal.kit.ids import new_id
from tests.cast import Cast
from tests.makers import op


@pytest.fixture
def written(cast: Cast) -> Cast:
    """The cast, after five changes in the case."""
    for number in range(5):
        with clock.at(datetime(2026, 11, 23, 12, number, tzinfo=UTC)):
            change(cast, "client" if number % 2 else "therapist")
    assert broken(cast) is None
    return cast


def change(cast: Cast, who: str) -> None:
    with open_case(cast.everybody()[who], cast.case, Permission.WRITE_GOALS, op=op(), about=new_id()):
        pass


def broken(cast: Cast) -> log.Break | None:
    found = service.verify_logs()
    assert all(one.case_id == cast.case for one in found)
    return found[0] if found else None


def entry(db: Session, number: int) -> AccessEntry:
    return db.exec(select(AccessEntry).where(AccessEntry.number == number)).one()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("person_id", "somebody else"),
        ("person_id", None),
        ("role", "client"),
        ("action", "read_case"),
        ("about", ""),
        ("operation", None),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("hash", "0" * 64),
        ("previous", "0" * 64),
        ("id", "another"),
    ],
)
def test_every_altered_column_is_found_at_its_entry(written: Cast, column: str, value: object) -> None:
    with transaction(writes=True) as db:
        db.exec(sa.update(AccessEntry).where(col(AccessEntry.number) == 3).values({column: value}))  # type: ignore[call-overload]
    found = broken(written)
    assert found is not None
    assert found.number == 3


def test_a_moment_moved_by_a_microsecond_is_found(written: Cast) -> None:
    with transaction(writes=True) as db:
        one = entry(db, 2)
        one.at += timedelta(microseconds=1)
        db.add(one)
    found = broken(written)
    assert found is not None
    assert found.number == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_deleted_entry_is_missed(written: Cast, number: int) -> None:
    with transaction(writes=True) as db:
        db.delete(entry(db, number))
    assert broken(written) == log.Break(written.case, number, "an entry is missing")


def test_a_deleted_entry_is_missed_when_the_others_close_ranks(written: Cast) -> None:
    with transaction(writes=True) as db:
        db.delete(entry(db, 3))
        db.flush()
        for number in (4, 5):
            db.exec(sa.update(AccessEntry).where(col(AccessEntry.number) == number).values(number=number - 1))  # type: ignore[call-overload]
    found = broken(written)
    assert found is not None
    assert found.number == 3


def test_a_cut_off_end_is_found(written: Cast) -> None:
    with transaction(writes=True) as db:
        db.delete(entry(db, 5))
    assert broken(written) == log.Break(written.case, 5, "the end was cut off or added to")


def test_a_cut_off_end_is_found_when_the_case_was_made_to_fit(written: Cast) -> None:
    with transaction(writes=True) as db:
        db.delete(entry(db, 5))
        db.exec(sa.update(Case).where(col(Case.id) == written.case).values(log_count=4, log_head=entry(db, 4).hash))  # type: ignore[call-overload]
    assert broken(written) == log.Break(written.case, 5, "the end was cut off or added to")


def test_a_wholly_emptied_log_is_found(written: Cast) -> None:
    with transaction(writes=True) as db:
        db.exec(sa.delete(AccessEntry))  # type: ignore[call-overload]
        db.exec(sa.update(Case).where(col(Case.id) == written.case).values(log_count=0, log_head=""))  # type: ignore[call-overload]
    assert broken(written) == log.Break(written.case, 1, "the end was cut off or added to")


@pytest.mark.parametrize("number", [6, 4])
def test_an_inserted_entry_is_found(written: Cast, number: int) -> None:
    with transaction(writes=True) as db:
        if number == 4:
            for moved in (5, 4):
                db.exec(sa.update(AccessEntry).where(col(AccessEntry.number) == moved).values(number=moved + 1))  # type: ignore[call-overload]
        db.add(
            AccessEntry(
                id=new_id(), case_id=written.case, number=number, at=clock.now(), person_id=None, role="portal",
                action="read_case", previous=entry(db, number - 1).hash, hash="f" * 64,
            )
        )  # fmt: skip
        db.exec(sa.update(Case).where(col(Case.id) == written.case).values(log_count=6))  # type: ignore[call-overload]
    found = broken(written)
    assert found is not None
    assert found.number == number


def test_an_entry_of_another_case_does_not_fit(written: Cast) -> None:
    with open_case(written.second_therapist, written.other_case, Permission.WRITE_GOALS, op=op()):
        pass
    with transaction(writes=True) as db:
        foreign = db.exec(select(AccessEntry).where(AccessEntry.case_id == written.other_case)).one()
        db.delete(entry_of(db, written.case, 1))
        db.flush()
        db.exec(sa.update(AccessEntry).where(col(AccessEntry.id) == foreign.id).values(case_id=written.case))  # type: ignore[call-overload]
    found = {one.case_id: one.number for one in service.verify_logs()}
    assert found[written.case] == 1
    assert found[written.other_case] == 1


def entry_of(db: Session, case_id: str, number: int) -> AccessEntry:
    return db.exec(select(AccessEntry).where(AccessEntry.case_id == case_id, AccessEntry.number == number)).one()


def test_client_reads_that_the_log_is_not_whole(written: Cast) -> None:
    assert service.read_access_log(written.client, written.case).whole
    with transaction(writes=True) as db:
        db.delete(entry(db, 2))
    assert not service.read_access_log(written.client, written.case).whole


def test_therapist_reads_own_entries_only(written: Cast) -> None:
    own = service.read_own_entries(written.therapist, written.case)
    assert {look.person_id for look in own.looks} == {written.ids["therapist"]}
    assert [person.name for person in own.people] == ["Theo Sand"]
    everything = service.read_access_log(written.client, written.case)
    assert {look.person_id for look in everything.looks} == {written.ids["therapist"], written.ids["client"]}
    assert [look.at for look in everything.looks] == sorted((look.at for look in everything.looks), reverse=True)


def test_the_log_is_read_by_the_page_and_by_person(written: Cast) -> None:
    change(written, "therapist")
    everything = service.read_access_log(written.client, written.case)
    newest = service.read_access_log(written.client, written.case, most=2, check=False)
    assert (newest.looks, newest.more, newest.whole) == (everything.looks[:2], True, None)
    assert not everything.more and everything.whole
    assert {one.person_id for one in newest.people} == {one.person_id for one in everything.people}
    one = service.read_access_log(written.client, written.case, person=written.ids["client"])
    assert {look.person_id for look in one.looks} == {written.ids["client"]}
    assert service.read_own_entries(written.therapist, written.case, person=written.ids["client"]).looks == ()


def test_nobody_reads_what_another_keeps_to_themselves(cast: Cast) -> None:
    checkin = checkins.start(cast.client, cast.case, op=op())
    share = feedback.begin(cast.client, cast.case, op=op())
    feedback.hold(cast.client, cast.case, share, "words", 0, op=op())
    feedback.withdraw(cast.client, cast.case, share, op=op())
    told = feedback.begin(cast.client, cast.case, op=op())
    feedback.choose_kind(cast.client, cast.case, told, "wish", op=op())
    feedback.share(cast.client, cast.case, told, "words", 0, op=op())
    feedback.keep_box(cast.therapist, cast.case, told, "heard", "draft", 0, op=op())
    for item in ("goals", "bond"):
        checkins.rate(cast.therapist, cast.case, checkin, item, 5, op=op())
    checkins.write_line(cast.therapist, cast.case, checkin, "keep", "x", 0, op=op())

    def of_theo() -> list[str]:
        log = service.read_access_log(cast.client, cast.case)
        assert log.whole
        return [look.action for look in log.looks if look.person_id == cast.ids["therapist"] and look.action not in READS]

    assert of_theo() == []
    own = service.read_own_entries(cast.therapist, cast.case)
    assert [look.action for look in own.looks].count(Permission.ANSWER_CHECKIN) == 3
    mine = [look.action for look in service.read_access_log(cast.client, cast.case).looks]
    assert Permission.KEEP_DRAFT in mine and Act.WITHDRAW_FEEDBACK not in mine
    checkins.submit(cast.therapist, cast.case, checkin, op=op())
    checkins.take_up_again(cast.therapist, cast.case, checkin, op=op())
    checkins.submit(cast.therapist, cast.case, checkin, op=op())
    assert of_theo() == [Act.HAND_IN_CHECKIN, Act.TAKE_UP_CHECKIN, Act.HAND_IN_CHECKIN]
    checkins.rate(cast.client, cast.case, checkin, "goals", 5, op=op())
    checkins.submit(cast.client, cast.case, checkin, op=op())
    assert of_theo().count(Permission.ANSWER_CHECKIN) == 3
    assert Permission.DRAFT_REFLECTION not in of_theo()


def test_somebody_who_left_keeps_the_name_in_the_log(written: Cast) -> None:
    service.end_pairing(written.admin, written.case)
    names = {person.name for person in service.read_access_log(written.client, written.case).people}
    assert {"Theo Sand", "Mika Vane", "Ada Reed"} <= names


def test_many_at_once_leave_one_unbroken_chain(cast: Cast) -> None:
    together, failures = threading.Barrier(8), []
    each = 10

    def write(who: str) -> None:
        together.wait()
        try:
            for _ in range(each):
                change(cast, who)
        except Exception as failure:  # noqa: BLE001  what went wrong in a thread must reach the test
            failures.append(failure)

    threads = [threading.Thread(target=write, args=("client" if number % 2 else "therapist",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with transaction(writes=False) as db:
        assert db.get(Case, cast.case).log_count == 8 * each  # type: ignore[union-attr]
    assert broken(cast) is None


def test_the_same_operation_by_many_threads_is_done_once(cast: Cast) -> None:
    together, outcomes = threading.Barrier(6), []
    once = op()

    def write() -> None:
        together.wait()
        try:
            with open_case(cast.client, cast.case, Permission.WRITE_GOALS, op=once):
                pass
            outcomes.append("done")
        except Exception as refused:  # noqa: BLE001  the kind of refusal is what the test asks about
            outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["AlreadyDone"] * 5 + ["done"]
    assert broken(cast) is None


def test_a_reader_during_writing_never_sees_a_broken_log(cast: Cast) -> None:
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            seen.append(service.read_access_log(cast.client, cast.case).whole)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        change(cast, "therapist")
    stop.set()
    reader.join()
    assert seen and all(seen)


def test_the_database_holds_no_names_in_the_log(written: Cast) -> None:
    with engine().connect() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM access_entry")).all())
    assert "Theo" not in rows and "Mika" not in rows


def test_looks_are_forgotten_when_a_membership_ends(cast: Cast) -> None:
    with open_case(cast.therapist, cast.case, Permission.READ_GOALS):
        pass
    service.end_pairing(cast.admin, cast.case)
    assert not gate._looks
