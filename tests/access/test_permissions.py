"""The permission matrix of the specification: role × permission × own or other case, and every verb × everybody."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest

import portal
from portal.access import gate, log
from portal.access.gate import Caller, open_account, open_case
from portal.access.permissions import LOOKS, READS, TABLE, AccountRole, CaseRole, Permission
from portal.kit.db import transaction
from portal.kit.refusal import Forbidden, NotFound, NotSignedIn, Refusal
from portal.writing.domain import Burst
from portal.writing.schemas import Address
from tests.cast import Cast, assemble
from tests.makers import op, sign_in

P = Permission

# C client, T therapist, S supervisor: who may, inside a case of their own. Written from the specification, not from the code.
IN_A_CASE = {
    P.KNOW_MEMBERS: "C T S",
    P.READ_CASE: "C T S",
    P.PLAN_SESSION: "T",
    P.SET_CADENCE: "C T",
    P.READ_ACCESS_LOG: "C",
    P.READ_OWN_ACCESS_ENTRIES: "T S",
    P.HAND_OVER: "T",
    # Of a task on a handed-over device, and of no role: tests/handovers plays them.
    P.OPEN_HANDED_CHECKIN: "",
    P.ANSWER_HANDED_CHECKIN: "",
    P.READ_HANDED_CHECKIN: "",
    P.READ_HANDED_GOAL: "",
    P.READ_HANDED_RATINGS: "",
    P.RATE_HANDED_GOALS: "",
    P.FINISH_HANDED: "",
    P.READ_GOALS: "C T S",
    P.WRITE_GOALS: "C T",
    P.RATE_GOALS: "C T",
    P.MAKE_PROMISE: "T",
    P.ANSWER_PROMISE: "C",
    P.PUT_PROMISES_AWAY: "C T",
    P.WRITE_LADDERS: "C T",
    P.READ_DECISIONS: "C T S",
    P.WRITE_DECISIONS: "C T",
    P.READ_FEEDBACK: "C T",
    P.KEEP_DRAFT: "C T",
    P.DRAFT_REFLECTION: "T",
    P.SHARE_FEEDBACK: "C T",
    P.REFLECT_FEEDBACK: "T",
    P.CONFIRM_FEEDBACK: "C",
    P.READ_ADJUSTMENTS: "C T S",
    P.WRITE_ADJUSTMENTS: "C T",
    P.READ_CHECKINS: "C T S",
    P.READ_COMMENTS: "C T S",
    P.SEE_COMMENTS: "C T S",
    P.WRITE_COMMENTS: "C T",
    P.ANSWER_CHECKIN: "C T",
    P.DECIDE_EXPIRED_CHECKIN: "C",
    P.KNOW_SESSION: "C T",
    P.READ_SESSION: "C T",
    P.LEAD_SESSION: "T",
    P.TAKE_PART_IN_SESSION: "C T",
    P.BRING_TO_SESSION: "C",
    P.EXPORT_GOALS: "C T",
    P.READ_OWN_EXPORTS: "C T",
}
# c an account of a client, s one of staff, a one that also runs the practice.
OUTSIDE = {
    P.KNOW_ONESELF: "c s a",
    P.READ_OWN_ACCOUNT: "c s a",
    P.CHANGE_OWN_ACCOUNT: "c s a",
    P.READ_OWN_CASES: "c s a",
    P.KEEP_PIN: "s a",
    P.KNOW_HANDED_TASK: "",
    P.TAKE_DEVICE_BACK: "",
    P.READ_CASELOAD: "s a",
    P.READ_PRACTICE: "a",
    P.INVITE_PEOPLE: "a",
    P.PAIR_PEOPLE: "a",
    P.DEACTIVATE_PEOPLE: "a",
}
LETTERS = {
    "client": ("C", "c"), "therapist": ("T", "s"), "supervisor": ("S", "s"), "second_client": ("", "c"),
    "second_therapist": ("", "s"), "former_member": ("", "s"), "admin": ("", "a"), "nobody": ("", ""),
}  # fmt: skip


IN_THE_OTHER_CASE = {"second_client": "C", "second_therapist": "T"}


def expected_in_case(who: str, permission: Permission) -> type[Refusal] | None:
    return expected_of(who, LETTERS[who][0], permission)


def expected_of(who: str, letter: str, permission: Permission) -> type[Refusal] | None:
    if who == "nobody":
        return NotSignedIn
    if not letter:
        return NotFound
    return None if letter in IN_A_CASE[permission].split() else Forbidden


def expected_outside(who: str, permission: Permission) -> type[Refusal] | None:
    if who == "nobody":
        return NotSignedIn
    return None if LETTERS[who][1] in OUTSIDE[permission].split() else Forbidden


def test_every_permission_stands_in_the_matrix_once() -> None:
    assert IN_A_CASE.keys() | OUTSIDE.keys() == set(Permission)
    assert not IN_A_CASE.keys() & OUTSIDE.keys()
    assert set(TABLE) == {*CaseRole, *AccountRole}
    assert READS < LOOKS <= IN_A_CASE.keys()


def outcome(opened: AbstractContextManager[object]) -> type[Refusal] | None:
    try:
        with opened:
            return None
    except Refusal as refusal:
        return type(refusal)


@pytest.mark.parametrize("who", LETTERS)
def test_role_by_permission_in_the_own_and_in_another_case(cast: Cast, who: str) -> None:
    caller = cast.everybody()[who]
    for permission in IN_A_CASE:
        operation = None if permission in LOOKS else op()
        assert outcome(open_case(caller, cast.case, permission, op=operation)) is expected_in_case(who, permission), permission
        elsewhere = outcome(open_case(caller, cast.other_case, permission, op=operation))
        assert elsewhere is expected_of(who, IN_THE_OTHER_CASE.get(who, ""), permission), permission


@pytest.mark.parametrize("who", LETTERS)
def test_role_by_permission_outside_any_case(cast: Cast, who: str) -> None:
    caller = cast.everybody()[who]
    for permission in OUTSIDE:
        assert outcome(open_account(caller, permission)) is expected_outside(who, permission), permission


@pytest.mark.parametrize("permission", OUTSIDE)
def test_an_account_permission_opens_no_case(cast: Cast, permission: Permission) -> None:
    for who in ("client", "therapist", "supervisor"):
        assert outcome(open_case(cast.everybody()[who], cast.case, permission)) is Forbidden
    assert outcome(open_case(cast.admin, cast.case, permission)) is NotFound


@pytest.mark.parametrize("permission", IN_A_CASE)
def test_a_case_permission_opens_no_account(cast: Cast, permission: Permission) -> None:
    for who in ("client", "therapist", "admin"):
        assert outcome(open_account(cast.everybody()[who], permission)) is Forbidden


# --- every verb, by everybody

ENTRANCE, UPKEEP = "entrance", "upkeep"
"""Verbs that nobody's session opens: of those who have none yet, and of the portal's own clock."""

VERBS: dict[Permission | str, str] = {
    P.KNOW_ONESELF: "access.identity.identify",
    P.READ_OWN_ACCOUNT: "accounts.account",
    P.KEEP_PIN: "accounts.keep_pin",
    P.HAND_OVER: "handovers.hand_over",
    P.KNOW_HANDED_TASK: "handovers.task",
    P.FINISH_HANDED: "handovers.finish",
    P.TAKE_DEVICE_BACK: "accounts.take_device_back",
    P.OPEN_HANDED_CHECKIN: "checkins.handed_sheet",
    P.ANSWER_HANDED_CHECKIN: "checkins.rate_handed checkins.write_handed_line checkins.submit_handed",
    P.READ_HANDED_CHECKIN: "checkins.handed_reading",
    P.READ_HANDED_GOAL: "goals.handed_reading",
    P.READ_HANDED_RATINGS: "ratings.handed_forms",
    P.RATE_HANDED_GOALS: "ratings.rate_handed ratings.take_handed_back",
    P.READ_OWN_CASES: "access.identity.own_cases",
    P.KNOW_MEMBERS: "access.identity.members_of",
    P.CHANGE_OWN_ACCOUNT: (
        "access.identity.choose_language accounts.sign_out_everywhere accounts.end_device accounts.change_profile "
        "accounts.change_password accounts.ask_for_address accounts.confirm_address accounts.forget_new_address"
    ),
    ENTRANCE: (
        "accounts.sign_in accounts.sign_out accounts.open_link accounts.choose_password accounts.ask_for_password "
        "accounts.is_set_up accounts.set_up"
    ),
    UPKEEP: (
        "accounts.answer_reset_wishes accounts.begin_set_up accounts.add_person accounts.hand_out_password_link accounts.tidy "
        "cases.verify_logs checkins.keep_time checkins.keep_time_everywhere writing.laid_down writing.lay_down "
        "exports.make_due exports.claim exports.note_progress exports.keep exports.give_up exports.pass_time"
    ),
    P.READ_PRACTICE: "accounts.practice",
    P.INVITE_PEOPLE: "accounts.invite accounts.invite_again accounts.withdraw_invitation accounts.let_run_practice accounts.rename_practice",
    P.DEACTIVATE_PEOPLE: "accounts.deactivate accounts.reactivate",
    P.WRITE_ADJUSTMENTS: (
        "adjustments.propose adjustments.reword adjustments.agree adjustments.decline adjustments.take_back adjustments.answer "
        "adjustments.choose"
    ),
    P.READ_ADJUSTMENTS: "adjustments.desk adjustments.running adjustments.home_part adjustments.changed_since",
    P.READ_CASELOAD: (
        "adjustments.waiting cases.caseload checkins.waiting checkins.last_checkins feedback.waiting goals.waiting "
        "goals.steps_ahead comments.waiting"
    ),
    P.PAIR_PEOPLE: "cases.pair cases.end_pairing",
    P.READ_CASE: "cases.facts",
    P.PLAN_SESSION: "cases.plan_session",
    P.SET_CADENCE: "cases.set_cadence",
    P.READ_ACCESS_LOG: "cases.read_access_log",
    P.READ_OWN_ACCESS_ENTRIES: "cases.read_own_entries",
    P.READ_COMMENTS: "comments.threads comments.mentions comments.written_out",
    P.SEE_COMMENTS: "comments.see",
    P.WRITE_COMMENTS: "comments.add comments.change comments.withdraw comments.undo",
    P.READ_CHECKINS: "checkins.home_part checkins.overview checkins.sheet checkins.course checkins.open_refs checkins.both_see "
    "checkins.differences checkins.changed_since",
    P.ANSWER_CHECKIN: (
        "checkins.start checkins.rate checkins.write_line checkins.submit checkins.take_up_again checkins.retract "
        "checkins.mark_talked_about checkins.close checkins.add_note"
    ),
    P.DECIDE_EXPIRED_CHECKIN: "checkins.decide",
    P.KEEP_DRAFT: (
        "feedback.begin feedback.write feedback.choose_kind feedback.tie_to_goal feedback.tie_to_checkin feedback.plan_pace "
        "feedback.hold feedback.take_back feedback.discard feedback.keep_missed feedback.keep_response"
    ),
    P.SHARE_FEEDBACK: "feedback.share feedback.pace feedback.withdraw feedback.respond",
    P.DRAFT_REFLECTION: "feedback.keep_box feedback.keep_advice",
    P.REFLECT_FEEDBACK: "feedback.reflect feedback.advise",
    P.CONFIRM_FEEDBACK: "feedback.confirm feedback.not_quite",
    P.READ_FEEDBACK: "feedback.desk feedback.home_part feedback.shared_ids feedback.refs feedback.held_back",
    P.EXPORT_GOALS: "exports.ask exports.fetch exports.drop exports.note_print",
    P.READ_OWN_EXPORTS: "exports.mine",
    P.READ_GOALS: (
        "goals.board goals.archive_of goals.goal goals.home_part goals.titles ratings.of_goal ratings.on_board ratings.summary "
        "ratings.to_rate promises.board promises.archive_of promises.promise promises.home_part promises.every "
        "promises.changed_since goals.both_see goals.changed_since ladders.of_goal ladders.summary areas.named "
        "writing.open_text writing.look_again goals.listed goals.whole exports.sheet comments.counts_on_goals"
    ),
    P.WRITE_LADDERS: (
        "ladders.begin ladders.write ladders.bring_back ladders.start_from ladders.weigh ladders.say_now ladders.undo"
    ),
    P.RATE_GOALS: "ratings.rate ratings.take_back",
    P.MAKE_PROMISE: "promises.make promises.reword promises.bring_back promises.set_until promises.take_back",
    P.ANSWER_PROMISE: "promises.keep promises.miss promises.open_again",
    P.READ_DECISIONS: (
        "decisions.listing decisions.archive_of decisions.decision decisions.of_goal decisions.home_part decisions.every "
        "decisions.both_see decisions.changed_since"
    ),
    P.WRITE_DECISIONS: (
        "decisions.begin decisions.reword decisions.add_option decisions.reword_option decisions.remove_option decisions.add_point "
        "decisions.reword_point decisions.remove_point decisions.tie decisions.choose decisions.agree decisions.answer_not_yet "
        "decisions.take_back decisions.reopen decisions.let_it_stay decisions.archive decisions.restore decisions.set_look "
        "decisions.bring_back decisions.undo"
    ),
    P.PUT_PROMISES_AWAY: "promises.archive promises.restore promises.undo",
    P.WRITE_GOALS: (
        "goals.add goals.propose goals.take_back goals.agree goals.answer_not_now goals.start goals.pause goals.resume "
        "goals.set_back goals.reach goals.let_go goals.take_up goals.archive goals.restore goals.agree_wording "
        "goals.keep_wording goals.put_out_of_focus goals.put_in_focus goals.move goals.reword goals.bring_back goals.set_area goals.set_due "
        "goals.set_review goals.add_step goals.reword_step goals.tick_step goals.hand_step goals.date_step goals.remove_step "
        "goals.undo writing.keep areas.add areas.rename areas.put_away areas.offer areas.undo"
    ),
    P.KNOW_SESSION: "sessions.glance",
    P.READ_SESSION: "sessions.view sessions.home_part",
    P.LEAD_SESSION: (
        "sessions.start sessions.call_off sessions.choose_screens sessions.come_to_end sessions.go_on sessions.end sessions.reopen"
    ),
    P.TAKE_PART_IN_SESSION: (
        "sessions.go_to sessions.go_along sessions.add_lines sessions.keep sessions.write_on"
    ),
    P.BRING_TO_SESSION: "sessions.bring sessions.leave_out",
}
"""Which permission opens which verbs. A verb that stands nowhere fails the test below."""
PERMISSION_OF = {verb: permission for permission, some in VERBS.items() for verb in some.split()}


def rooms() -> list[str]:
    """Every module that holds verbs."""
    services = [f"portal.{room.name}.service" for room in pkgutil.iter_modules(portal.__path__) if room.ispkg]
    return ["portal.access.identity", *(name for name in services if importlib.util.find_spec(name))]


def verbs() -> dict[str, Callable[..., Any]]:
    """Every public verb by its short name. What takes an opened gate is a part of another room's verb."""
    found: dict[str, Callable[..., Any]] = {}
    for name in rooms():
        module = importlib.import_module(name)
        for verb, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == name and not verb.startswith("_") and not takes_an_opened_gate(function):
                found[f"{name.removeprefix('portal.').removesuffix('.service')}.{verb}"] = function
    return found


def takes_an_opened_gate(function: Callable[..., Any]) -> bool:
    return any(hint in {gate.OpenCase, gate.OpenAccount, gate.OpenEntrance, gate.OpenUpkeep} for hint in get_type_hints(function).values())


WORDS = {
    "item": "goals", "line": "keep", "side": "for", "text_of": "question", "kind": "question", "helped": "yes", "outcome": "kept", "choice": "keep", "column": "working",
    "box": "heard", "thing": "goal", "part": "title", "day": "2026-12-01", "start": "-1", "area": "work", "lang": "en", "language": "en",
    "file_kind": "pdf",
}  # fmt: skip
NUMBERS = {"value": 5}
FORMS = {
    "Wanted": ("goal", ("0190f3b2-0000-7000-8000-000000000000",)),
    "TermsForm": ("We begin five minutes later", "both"), "SessionForm": ("",), "CadenceForm": ("weekly",),
    "ProfileForm": ("New Name", "", "en", "Europe/Berlin", "light"), "ChangePasswordForm": ("not the present one", "a-new-long-pass-phrase"),
    "ChangeAddressForm": ("not the present one", "new@example.org"), "PromiseForm": ("Bring the book",), "InviteForm": ("Vera Oak", "vera@example.org", "client"), "Visit": ("127.0.0.1",),
    "PinForm": ("4821", "4821"), "ProofForm": ("4821",), "HandOverForm": ("checkin", "0190f3b2-0000-7000-8000-000000000000"),
    "SpotForm": ("goals",), "ThingForm": ("goal", "0198c0de-0000-7000-8000-000000000000"), "LinesForm": (("Agreed.",),),
    "datetime": (2026, 11, 23, 12, 0, 0, 0, UTC),
    "KeepForm": (Burst("", "words"), "words", b"", "", "", 1, 1, datetime(2100, 1, 1, tzinfo=UTC)),
}  # fmt: skip


def arguments(verb: Callable[..., Any], case_id: str) -> dict[str, Any]:
    """Something valid for every argument but the caller, about rows that do not exist."""
    hints, made = get_type_hints(verb), {}
    for name, parameter in list(inspect.signature(verb).parameters.items())[1:]:
        wanted = hints[name]
        if name == "case_id":
            made[name] = case_id
        elif name == "op":
            made[name] = op()
        elif parameter.default is not inspect.Parameter.empty:
            continue
        elif wanted is Address:
            made[name] = Address(case_id, "goal.why", op())
        elif wanted is str:
            made[name] = WORDS.get(name, op() if name.endswith("_id") or name == "undone" else "words")
        elif wanted is int:
            made[name] = NUMBERS.get(name, 1)
        elif wanted is bool:
            made[name] = False
        elif name == "goal_ids":
            made[name] = [op()]
        else:
            made[name] = wanted(*FORMS[wanted.__name__])
    return made


def test_every_verb_stands_in_the_table_and_nothing_else() -> None:
    assert verbs().keys() == PERMISSION_OF.keys()


def test_verbs_without_a_session_take_no_caller() -> None:
    for name, verb in verbs().items():
        has_caller = Caller in get_type_hints(verb).values()
        assert has_caller == (PERMISSION_OF[name] not in {ENTRANCE, UPKEEP}), name


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Permission, bool]]:
    """What the gate was asked for, and what it answered."""
    answers: list[tuple[Permission, bool]] = []

    def ask(role: CaseRole | AccountRole, permission: Permission) -> bool:
        answers.append((permission, permission in TABLE[role]))
        return answers[-1][1]

    monkeypatch.setattr(gate, "may", ask)
    return answers


ALSO_ASKS = {"exports.sheet": {P.READ_COMMENTS}}
"""What a verb reads through another room's verb, which asks for its own: a sheet carries the comments that its reader may read."""


@pytest.mark.parametrize("who", LETTERS)
def test_every_verb_by_everybody(on_sqlite: None, who: str, asked: list[tuple[Permission, bool]]) -> None:
    cast = assemble()
    for name, verb in verbs().items():
        permission = PERMISSION_OF[name]
        if permission in {ENTRANCE, UPKEEP}:
            continue
        inside = permission in IN_A_CASE
        expected = expected_in_case(who, permission) if inside else expected_outside(who, permission)
        # A session of its own for each: some verbs end the one they are called with.
        caller = cast.nobody if who == "nobody" else sign_in(cast.ids[who])[0]
        asked.clear()
        refused = called(verb, caller, arguments(verb, cast.case if inside else op()))
        if expected in {NotFound, NotSignedIn}:
            assert (refused, asked) == (expected, []), name
        else:
            assert {one for one, _ in asked} == {permission} | (ALSO_ASKS.get(name, set()) if expected is None else set()), name
            assert any(answer for _, answer in asked) == (expected is None), name
            assert refused is Forbidden or expected is None, name


def called(verb: Callable[..., Any], caller: Caller, given: dict[str, Any]) -> type[Refusal] | None:
    try:
        verb(caller, **given)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("who", ["client", "therapist", "supervisor"])
def test_no_verb_opens_the_case_of_another_pair(on_sqlite: None, who: str, asked: list[tuple[Permission, bool]]) -> None:
    cast = assemble()
    for name, verb in verbs().items():
        if PERMISSION_OF[name] in IN_A_CASE:
            foreign = called(verb, cast.everybody()[who], arguments(verb, cast.other_case))
            missing = called(verb, cast.everybody()[who], arguments(verb, op()))
            assert foreign is missing is NotFound, name
    assert asked == []


def test_what_leaves_no_trace_changes_nothing(cast: Cast) -> None:
    """Every permission that is no look leaves an entry, whoever uses it; looks do unless they are the client's own."""
    for permission, letters in IN_A_CASE.items():
        for who in ("client", "therapist", "supervisor"):
            if LETTERS[who][0] not in letters.split():
                continue
            before = entries(cast.case)
            with open_case(cast.everybody()[who], cast.case, permission, op=None if permission in LOOKS else op()):
                pass
            written = permission not in LOOKS or (permission in READS and who != "client")
            assert entries(cast.case) - before == int(written), (permission, who)


def entries(case_id: str) -> int:
    with transaction(writes=False) as db:
        return len(log.entries(db, case_id)[0])
