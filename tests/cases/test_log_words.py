"""The access log in plain words: every kind of entry has a sentence, days and sittings are folded, zones are kept."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import portal
from portal.access.permissions import READS, CaseRole, Permission, may
from portal.cases import state
from portal.cases.domain import Look
from portal.cases.schemas import AccessLog, LogPerson

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
THEO, MIKA, CLOCK = LogPerson("t", "Theo Sand", "therapist", False), LogPerson("c", "Mika Vane", "client", True), LogPerson("", "", "portal", False)


def a_log(*looks: Look) -> AccessLog:
    return AccessLog(looks, (THEO, MIKA, CLOCK), True, "Europe/Berlin", NOON)


def a_look(minutes_ago: float, person_id: str | None = "t", action: str = Permission.READ_GOALS) -> Look:
    return Look(NOON - timedelta(minutes=minutes_ago), person_id, "therapist", action, "")


@pytest.mark.parametrize("permission", [one for one in Permission if any(may(role, one) for role in CaseRole) and one != Permission.KNOW_MEMBERS])
def test_every_kind_of_entry_has_words(permission: Permission) -> None:
    somebody, oneself = state._WORDS[permission]
    assert "{name}" in somebody
    assert oneself.startswith("You ")
    assert permission not in READS or "looked" in somebody


def test_every_other_act_that_is_logged_has_words() -> None:
    code = "\n".join(path.read_text("utf-8") for path in Path(portal.__file__).parent.rglob("service.py"))
    by_the_clock = set(re.findall(r'log_upkeep\([^)]*"(\w+)"', code))
    assert by_the_clock == state._BY_THE_CLOCK.keys()
    by_name = set(re.findall(r'_(?:REACTIVATED|PAIRING) = "(\w+)"', code))
    assert by_name <= state._WORDS.keys()


def test_a_stranger_action_is_not_hidden() -> None:
    ((_, line),) = state._lines("en", a_log(a_look(0, action="from_another_version")), "everybody")
    assert line.words == "Theo Sand did something that has no words here yet"


def test_the_same_act_again_within_ten_minutes_is_one_line_with_both_ends() -> None:
    looks = [a_look(minutes) for minutes in (0, 8, 16, 40)]
    lines = [line for _, line in state._lines("en", a_log(*looks), "everybody")]
    assert [line.time for line in lines] == ["13:00", "12:20"]
    assert lines[0].exact.startswith("3 entries, from 23 November 2026, 12:44 to 23 November 2026, 13:00")
    assert lines[0].exact.endswith("Europe/Berlin")


def test_somebody_elses_act_between_makes_two_lines() -> None:
    lines = state._lines("en", a_log(a_look(0), a_look(1, "c", Permission.WRITE_GOALS), a_look(2)), "everybody")
    assert [line.words for _, line in lines] == [
        "Theo Sand looked at the goals",
        "You changed something about the goals",
        "Theo Sand looked at the goals",
    ]


def test_one_person_alone_can_be_read() -> None:
    log = a_log(a_look(0), a_look(1, "c", Permission.WRITE_GOALS), a_look(2, None, "open_checkin"))
    assert [line.words for _, line in state._lines("en", log, "portal")] == ["The portal opened the next check-in"]
    assert len(state._lines("en", log, "t")) == 1


def test_days_turn_at_the_readers_midnight() -> None:
    lines = state._lines("en", a_log(a_look(12 * 60 + 50), a_look(13 * 60 + 10)), "everybody")
    days = state._by_day("en", "Europe/Berlin", lines)
    assert [one.words for one in days] == ["23 November 2026", "22 November 2026"]
