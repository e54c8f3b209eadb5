"""The access log in plain words: every kind of entry has a sentence, days and sittings are folded, zones are kept."""

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

import portal
from portal.access.permissions import LOOKS, READS, Act, CaseRole, Permission, may
from portal.cases import state
from portal.cases.domain import Look
from portal.cases.schemas import AccessLog, LogPerson
from portal.writing.service import KINDS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
THEO, MIKA, CLOCK = LogPerson("t", "Theo Sand", "therapist", False), LogPerson("c", "Mika Vane", "client", True), LogPerson("", "", "portal", False)


def a_log(*looks: Look) -> AccessLog:
    return AccessLog(looks, (THEO, MIKA, CLOCK), True, False, "Europe/Berlin", NOON)


def a_look(minutes_ago: float, person_id: str | None = "t", action: str = Permission.READ_GOALS) -> Look:
    return Look(NOON - timedelta(minutes=minutes_ago), person_id, "therapist", action, "")


# Permissions whose one sentence is true of every verb that they cover.
TRUE_OF_ALL = {
    Permission.WRITE_GOALS, Permission.WRITE_ADJUSTMENTS, Permission.KEEP_DRAFT, Permission.DRAFT_REFLECTION,
    Permission.ANSWER_CHECKIN, Permission.ANSWER_HANDED_CHECKIN, Permission.CONFIRM_FEEDBACK, Permission.MAKE_PROMISE, Permission.ANSWER_PROMISE,
    Permission.PUT_PROMISES_AWAY, Permission.WRITE_DECISIONS, Permission.WRITE_LADDERS,
}  # fmt: skip
FILLING_IN = {"rate", "write_line"}


def acts() -> Iterator[tuple[str, str, list[str]]]:
    """Every verb that opens a case, with the permission and the acts that its code names."""
    for path in sorted(Path(portal.__file__).parent.rglob("service.py")):
        for verb in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(verb, ast.FunctionDef) or verb.name.startswith("_"):
                continue
            for call in ast.walk(verb):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "open_case":
                    named = [one.attr for one in ast.walk(verb) if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "Act"]
                    module = importlib.import_module(f"portal.{path.parent.name}.service")
                    for permission in sorted(asked_by(module, call.args[2])):
                        yield f"{path.parent.name}.{verb.name}", permission, [Act[name] for name in named]


def asked_by(module: ModuleType, asked: ast.expr) -> set[Permission]:
    """The permissions that an argument in a service's code stands for."""
    if not isinstance(asked, ast.Attribute):
        return {getattr(module, ast.unparse(asked))}
    if ast.unparse(asked.value) == "kind":  # a text's, which the room that lends it names
        return {getattr(kind, asked.attr) for kind in KINDS.values()}
    return {Permission[asked.attr]}


def test_every_verb_has_words_of_its_own_in_the_log() -> None:
    said: dict[tuple[str, str], str] = {}
    verbs = list(acts())
    assert len(verbs) > 60
    for verb, permission, named in verbs:
        if permission in LOOKS - READS:
            continue  # leaves no entry
        for action in named or [permission]:
            words = state._WORDS[action]
            assert "{name}" in words[0] and words[1].startswith("You "), verb
            if permission in LOOKS or (action in TRUE_OF_ALL and not named):
                continue
            assert words[1] not in {oneself for (_, oneself), other in said.items() if other != verb}, verb
            said[words] = verb
    filled_in = {verb for verb, permission, named in verbs if permission == Permission.ANSWER_CHECKIN and not named}
    assert filled_in == {f"checkins.{name}" for name in FILLING_IN}


@pytest.mark.parametrize("permission", [one for one in Permission if any(may(role, one) for role in CaseRole) and one not in LOOKS - READS])
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
    ((_, line),) = state._lines("en", a_log(a_look(0, action="from_another_version")))
    assert line.words == "Theo Sand did something that has no words here yet"


def test_the_same_act_again_within_ten_minutes_is_one_line_with_both_ends() -> None:
    looks = [a_look(minutes) for minutes in (0, 8, 16, 40)]
    lines = [line for _, line in state._lines("en", a_log(*looks))]
    assert [line.time for line in lines] == ["13:00", "12:20"]
    assert lines[0].exact.startswith("3 entries, from 23 November 2026, 12:44 to 23 November 2026, 13:00")
    assert lines[0].exact.endswith("Europe/Berlin")


def test_somebody_elses_act_between_makes_two_lines() -> None:
    lines = state._lines("en", a_log(a_look(0), a_look(1, "c", Permission.WRITE_GOALS), a_look(2)))
    assert [line.words for _, line in lines] == [
        "Theo Sand looked at the goals",
        "You changed something about the goals",
        "Theo Sand looked at the goals",
    ]


def test_the_portal_itself_is_named_by_what_it_did() -> None:
    ((_, line),) = state._lines("en", a_log(a_look(2, None, "open_checkin")))
    assert line.words == "The portal opened the next check-in"


def test_days_turn_at_the_readers_midnight() -> None:
    lines = state._lines("en", a_log(a_look(12 * 60 + 50), a_look(13 * 60 + 10)))
    days = state._by_day("en", "Europe/Berlin", lines)
    assert [one.words for one in days] == ["23 November 2026", "22 November 2026"]
