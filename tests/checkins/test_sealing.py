"""Sealed means sealed: what the other person can get does not depend on what was answered."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from portal.access.gate import Caller
from portal.cases import service as cases
from portal.checkins import service
from portal.kit.db import engine
from tests.cast import Cast
from tests.checkins.acts import answer, fill, start
from tests.makers import op

CANARY = "the heron stands in the reeds"
LOW, HIGH = (0, 1, 2, 3, 0, 1), (10, 9, 8, 10, 9, 7)

VIEWS: dict[str, Callable[[Caller, Cast, str], Any]] = {
    "home": lambda who, cast, _: service.home_part(who, cast.case),
    "overview": lambda who, cast, _: service.overview(who, cast.case),
    "sheet": lambda who, cast, one: service.sheet(who, cast.case, one),
    "course": lambda who, cast, _: service.course(who, cast.case),
    "refs": lambda who, cast, _: service.open_refs(who, cast.case),
    "facts": lambda who, cast, _: cases.facts(who, cast.case).members,
}


def views(who: Caller, cast: Cast, checkin_id: str) -> dict[str, Any]:
    return {name: view(who, cast, checkin_id) for name, view in VIEWS.items()}


@pytest.mark.parametrize(("author", "other"), [("client", "therapist"), ("therapist", "client")])
def test_two_different_sheets_look_exactly_alike_to_the_other(
    cast: Cast, author: str, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    people = cast.everybody()
    answer(cast, people["client"], earlier := start(cast))
    answer(cast, people["therapist"], earlier)
    checkin_id = start(cast)
    not_begun = views(people[other], cast, checkin_id)
    fill(cast, people[author], checkin_id, LOW, keep=CANARY, change=CANARY)
    assert views(people[other], cast, checkin_id) == not_begun
    service.submit(people[author], cast.case, checkin_id, op=op())
    done = views(people[other], cast, checkin_id)
    waits = service.waiting(people["therapist"]), service.last_checkins(people["therapist"])
    service.take_up_again(people[author], cast.case, checkin_id, op=op())
    for item, value in zip(("goals", "way", "bond", "understood", "voice", "pace"), HIGH, strict=True):
        service.rate(people[author], cast.case, checkin_id, item, value, op=op())
    service.write_line(people[author], cast.case, checkin_id, "keep", "", 1, op=op())
    service.submit(people[author], cast.case, checkin_id, op=op())
    assert views(people[other], cast, checkin_id) == done
    assert (service.waiting(people["therapist"]), service.last_checkins(people["therapist"])) == waits
    assert CANARY not in repr(done) and CANARY not in caplog.text


def test_supervisor_sees_no_difference_either(cast: Cast) -> None:
    checkin_id = start(cast)
    before = [service.home_part(cast.supervisor, cast.case), service.overview(cast.supervisor, cast.case)]
    answer(cast, cast.client, checkin_id, LOW, keep=CANARY)
    assert [service.home_part(cast.supervisor, cast.case), service.overview(cast.supervisor, cast.case)] == before


def test_no_answer_is_readable_in_the_database_before_or_after_the_reveal(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id, LOW, keep=CANARY)
    assert_unreadable()
    answer(cast, cast.therapist, checkin_id, HIGH, change=CANARY)
    service.add_note(cast.client, cast.case, checkin_id, CANARY, op=op())
    assert_unreadable()


def assert_unreadable() -> None:
    with engine().connect() as connection:
        for table in ("checkin", "checkin_answers", "checkin_note", "access_entry"):
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                dumped = repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])
                assert CANARY not in dumped and "ratings" not in dumped and '"R1"' not in dumped and "findings" not in dumped


def test_the_size_of_a_sealed_sheet_tells_nothing_of_the_ratings(cast: Cast) -> None:
    sizes = set()
    for values in (LOW, HIGH, (10,) * 6, (-1, 5)):
        checkin_id = start(cast)
        fill(cast, cast.client, checkin_id, values)
        with engine().connect() as connection:
            sizes |= {len(row[0]) for row in connection.exec_driver_sql("SELECT answers FROM checkin_answers")}
        service.submit(cast.client, cast.case, checkin_id, op=op())
        service.retract(cast.client, cast.case, checkin_id, op=op())
    assert len(sizes) == 1
