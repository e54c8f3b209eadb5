"""A handed-over device can do its task and nothing else: every permission, every verb, other rows, other cases, other moments."""

import importlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.access import gate, log, tasks
from portal.access.gate import Caller, open_account, open_case
from portal.access.identity import identify
from portal.access.models import PersonSession
from portal.access.permissions import LOOKS, Permission
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.domain import NoPin
from portal.accounts.schemas import ChangePasswordForm, ProofForm
from portal.cases import service as cases
from portal.checkins import service as checkins
from portal.goals import service as goals
from portal.handovers import service
from portal.handovers.schemas import HandOverForm
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.refusal import AlreadyDone, Forbidden, NotFound, NotSignedIn, Refusal
from portal.pages.handed import TASKS
from tests.access import test_permissions as matrix
from tests.accounts.conftest import GOOD, OTHER, visit
from tests.cast import Cast
from tests.goals.people import agreed
from tests.handovers.conftest import PIN, Lend
from tests.makers import end_membership, join_case, make_case, op, sign_in

P = Permission


@pytest.fixture
def checkin_id(cast: Cast) -> str:
    return checkins.start(cast.client, cast.case, op=op())


@pytest.fixture
def goal_id(cast: Cast) -> str:
    return goals.add(cast.client, cast.case, "Sleep through the night", "", proposes=True, op=op()).id


@pytest.fixture
def agreed_id(cast: Cast) -> str:
    return agreed(cast)


@pytest.fixture
def revealed_id(cast: Cast, checkin_id: str) -> str:
    for caller in (cast.client, cast.therapist):
        checkins.rate(caller, cast.case, checkin_id, "goals", 7, op=op())
        checkins.submit(caller, cast.case, checkin_id, op=op())
    return checkin_id


def outcome(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> type[Refusal] | None:
    try:
        verb(*args, **kwargs)
    except Refusal as refusal:
        return type(refusal)
    return None


def tried(caller: Caller, case_id: str, permission: Permission, about: str) -> type[Refusal] | None:
    try:
        with open_case(caller, case_id, permission, op=None if permission in LOOKS else op(), about=about):
            return None
    except Refusal as refusal:
        return type(refusal)


def row_for(task: Task, request: pytest.FixtureRequest) -> str:
    name = {Task.CHECKIN: "checkin_id", Task.READ_GOAL: "goal_id", Task.READ_CHECKIN: "revealed_id", Task.RATE_GOALS: "agreed_id"}[task]
    return str(request.getfixturevalue(name))


@pytest.mark.parametrize("task", Task)
def test_each_permission_on_the_own_row_and_on_no_other(cast: Cast, lend: Lend, request: pytest.FixtureRequest, task: Task) -> None:
    about = row_for(task, request)
    handed, _ = lend(task, about)
    others = ("", op(), cast.ids["client"], about.upper(), about + " ")
    for permission in matrix.IN_A_CASE:
        own = tried(handed, cast.case, permission, about)
        assert own is (None if permission in tasks.RIGHTS[task] else NotFound), permission
        assert {tried(handed, cast.case, permission, other) for other in others} == {NotFound}, permission
        assert {tried(handed, case_id, permission, about) for case_id in (cast.other_case, op(), "")} == {NotFound}, permission
    for permission in matrix.OUTSIDE:
        with_account: type[Refusal] | None = None
        try:
            with open_account(handed, permission, writes=False):
                pass
        except Refusal as refusal:
            with_account = type(refusal)
        assert with_account is (None if permission in tasks.OUTSIDE else NotFound), permission


def test_another_case_of_the_same_client_is_not_there(cast: Cast, lend: Lend, checkin_id: str) -> None:
    second = make_case(client=cast.ids["client"], therapist=cast.ids["therapist"])
    handed, _ = lend(Task.CHECKIN, checkin_id)
    for permission in matrix.IN_A_CASE:
        assert tried(handed, second, permission, checkin_id) is NotFound


@pytest.mark.parametrize("task", Task)
def test_no_verb_but_those_of_the_task_does_anything(cast: Cast, lend: Lend, request: pytest.FixtureRequest, task: Task) -> None:
    """Everything that a service offers, on the very row of the task and on rows that do not exist."""
    about = row_for(task, request)
    handed, _ = lend(task, about)
    before = entries(cast)
    allowed = tasks.RIGHTS[task] | tasks.OUTSIDE
    for name, verb in matrix.verbs().items():
        permission = matrix.PERMISSION_OF[name]
        if permission in {matrix.ENTRANCE, matrix.UPKEEP} or permission in allowed:
            continue
        given = matrix.arguments(verb, cast.case)
        assert outcome(verb, handed, **given) is NotFound, name
        pointed = {key: about if key.endswith("_id") and key != "case_id" else value for key, value in given.items()}
        assert outcome(verb, handed, **pointed) is NotFound, name
    assert entries(cast) == before


def entries(cast: Cast) -> list[tuple[str, str]]:
    with transaction(writes=False) as db:
        found, broken = log.entries(db, cast.case)
    assert broken is None
    return [(one.action, one.role) for one in found]


@pytest.mark.parametrize("task", Task)
def test_once_done_nothing_is_left_but_the_way_back(cast: Cast, lend: Lend, request: pytest.FixtureRequest, task: Task) -> None:
    about = row_for(task, request)
    handed, _ = lend(task, about)
    operation = op()
    service.finish(handed, cast.case, about, op=operation)
    with pytest.raises(AlreadyDone):
        service.finish(handed, cast.case, about, op=operation)
    for permission in matrix.IN_A_CASE:
        assert tried(handed, cast.case, permission, about) is NotFound, permission
    assert service.task(handed).done
    assert identify(handed).handed


# --- who may hand over what


@pytest.mark.parametrize("who", ["client", "supervisor", "second_therapist", "second_client", "admin", "former_member", "nobody"])
def test_only_the_therapist_of_the_case_hands_over(cast: Cast, lend: Lend, checkin_id: str, who: str) -> None:
    expected = {"client": Forbidden, "supervisor": Forbidden, "nobody": NotSignedIn}.get(who, NotFound)
    with pytest.raises(expected):
        lend(Task.CHECKIN, checkin_id, cast.everybody()[who])


def test_a_handed_over_device_cannot_be_handed_on(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, _ = lend(Task.CHECKIN, checkin_id)
    with pytest.raises(NotFound):
        lend(Task.CHECKIN, checkin_id, handed)


def test_without_a_pin_nothing_is_handed_over(cast: Cast, checkin_id: str) -> None:
    with pytest.raises(NoPin):
        service.hand_over(cast.therapist, cast.case, HandOverForm(Task.CHECKIN, checkin_id), op=op())
    assert gate.alive(cast.therapist.session_id or "")
    assert entries(cast)[-1][0] != P.HAND_OVER


def test_foreign_rows_read_like_missing_ones(cast: Cast, lend: Lend) -> None:
    foreign_checkin = checkins.start(cast.second_client, cast.other_case, op=op())
    foreign_goal = goals.add(cast.second_client, cast.other_case, "Theirs", "", proposes=True, op=op()).id
    for task, foreign in ((Task.CHECKIN, foreign_checkin), (Task.READ_CHECKIN, foreign_checkin), (Task.READ_GOAL, foreign_goal)):
        for about in (foreign, op(), "nothing", "", foreign + "0"):
            with pytest.raises(NotFound):
                lend(task, about)
    with pytest.raises(NotFound):
        lend("everything", foreign_goal)  # type: ignore[arg-type]
    assert gate.alive(cast.therapist.session_id or "")


def test_a_private_idea_is_not_read_through_its_authors_eyes(cast: Cast, lend: Lend) -> None:
    """The handed-over session is the client's; what only the client may read must not reach the therapist's device."""
    idea = goals.add(cast.client, cast.case, "Only mine", "", proposes=False, op=op())
    with pytest.raises(NotFound):
        lend(Task.READ_GOAL, idea.id)
    shared = goals.propose(cast.client, cast.case, idea.id, idea.version, op=op())
    handed, _ = lend(Task.READ_GOAL, idea.id)
    assert goals.handed_reading(handed, cast.case, idea.id).title == "Only mine"
    goals.take_back(cast.client, cast.case, idea.id, shared.version, op=op())
    with pytest.raises(NotFound):
        goals.handed_reading(handed, cast.case, idea.id)


def test_a_sealed_checkin_is_not_read(cast: Cast, lend: Lend, checkin_id: str) -> None:
    checkins.rate(cast.client, cast.case, checkin_id, "goals", 3, op=op())
    with pytest.raises(checkins.NothingToRead):
        lend(Task.READ_CHECKIN, checkin_id)
    checkins.submit(cast.client, cast.case, checkin_id, op=op())
    with pytest.raises(checkins.NothingToRead):
        lend(Task.READ_CHECKIN, checkin_id)
    with pytest.raises(checkins.NothingToAnswer):
        lend(Task.CHECKIN, checkin_id)


# --- the two sessions


def test_the_owners_session_is_dead_for_good(cast: Cast, lend: Lend, checkin_id: str) -> None:
    before = cast.therapist.session_id or ""
    handed, lent = lend(Task.CHECKIN, checkin_id)
    for _ in range(2):
        assert not gate.alive(before)
        assert gate.session_of_cookie(cast.tokens["therapist"]) is None
        assert gate.living_among({before}) == set()
        for verb in (identify, accounts.account, cases.caseload, accounts.sign_out_everywhere):
            assert outcome(verb, cast.therapist) is NotSignedIn
        assert tried(cast.therapist, cast.case, P.READ_CASE, "") is NotSignedIn
        if gate.alive(lent.session_id):
            accounts.take_device_back(handed, ProofForm(PIN))


def test_the_returned_session_is_fresh_and_as_old_as_the_one_before(cast: Cast, lend: Lend, checkin_id: str) -> None:
    began = moments(cast.therapist.session_id or "")[0]
    with clock.at(clock.now() + timedelta(minutes=5)):
        handed, lent = lend(Task.CHECKIN, checkin_id)
        assert moments(lent.session_id)[0] == began
        back = accounts.take_device_back(handed, ProofForm(PIN))
        fresh = gate.session_of_cookie(back.token) or ""
        assert fresh not in {"", lent.session_id, cast.therapist.session_id}
        assert identify(Caller(fresh)).person_id == cast.ids["therapist"]
        assert moments(fresh)[0] == began
        assert not gate.alive(lent.session_id) and gate.session_of_cookie(lent.token) is None
        for verb in (identify, service.task):
            assert outcome(verb, handed) is NotSignedIn
        with pytest.raises(NotSignedIn):
            accounts.take_device_back(handed, ProofForm(PIN))


def moments(session_id: str) -> tuple[Any, Any]:
    with transaction(writes=False) as db:
        row = db.get(PersonSession, session_id)
        assert row is not None
        return row.created_at, row.last_seen_at


def age(session_id: str, **ago: timedelta) -> None:
    with transaction(writes=True) as db:
        row = db.get(PersonSession, session_id)
        assert row is not None
        for column, span in ago.items():
            setattr(row, column, clock.now() - span)
        db.add(row)


@pytest.mark.parametrize(
    ("ago", "lives"),
    [
        ({"last_seen_at": timedelta(minutes=14)}, True),
        ({"last_seen_at": timedelta(minutes=15)}, False),  # a client's own session would rest twice as long
        ({"created_at": timedelta(hours=11)}, True),
        ({"created_at": timedelta(hours=12)}, False),
    ],
)
def test_it_rests_no_longer_than_its_owner_may(cast: Cast, lend: Lend, checkin_id: str, ago: dict[str, timedelta], lives: bool) -> None:
    handed, lent = lend(Task.CHECKIN, checkin_id)
    age(lent.session_id, **ago)
    assert gate.alive(lent.session_id) is lives
    assert gate.is_handed_over(lent.token) is lives
    if not lives:
        with pytest.raises(NotSignedIn):
            accounts.take_device_back(handed, ProofForm(PIN))
        assert gate.session_of_cookie(cast.tokens["therapist"]) is None


def test_the_task_ends_with_what_its_owner_ends_elsewhere(cast: Cast, lend: Lend, checkin_id: str) -> None:
    elsewhere, _ = sign_in(cast.ids["therapist"])
    handed, lent = lend(Task.CHECKIN, checkin_id)
    device = next(one for one in accounts.account(elsewhere).devices if one.lent_to)
    assert (device.session_id, device.lent_to) == (cast.therapist.session_id, "Mika Vane")
    accounts.end_device(elsewhere, device.session_id)
    assert not gate.alive(lent.session_id)
    assert outcome(checkins.handed_sheet, handed, cast.case, checkin_id) is NotSignedIn
    assert not [one for one in accounts.account(elsewhere).devices if one.lent_to]


def test_the_client_sees_the_device_and_can_end_it(cast: Cast, lend: Lend, checkin_id: str) -> None:
    _, lent = lend(Task.CHECKIN, checkin_id)
    device = next(one for one in accounts.account(cast.client).devices if one.lent_by)
    assert (device.session_id, device.lent_by) == (lent.session_id, "Theo Sand")
    accounts.end_device(cast.client, lent.session_id)
    assert not gate.alive(lent.session_id)
    assert not [one for one in accounts.account(cast.client).devices if one.lent_by]


@pytest.mark.parametrize("how", ["everywhere", "password", "deactivated", "client deactivated", "pairing", "membership"])
def test_the_task_stands_and_falls_with_its_people(cast: Cast, lend: Lend, checkin_id: str, how: str) -> None:
    elsewhere, _ = sign_in(cast.ids["therapist"])
    handed, _ = lend(Task.CHECKIN, checkin_id)
    if how == "everywhere":
        accounts.sign_out_everywhere(elsewhere)
    elif how == "password":
        accounts.change_password(elsewhere, ChangePasswordForm(GOOD, OTHER), visit())
    elif how == "pairing":
        cases.end_pairing(cast.admin, cast.case)
    elif how == "membership":
        end_membership(cast.case, cast.ids["therapist"])
        join_case(cast.case, cast.ids["second_therapist"], "therapist")
    else:
        accounts.deactivate(cast.admin, cast.ids["client" if how.startswith("client") else "therapist"])
    assert outcome(checkins.handed_sheet, handed, cast.case, checkin_id) is NotSignedIn
    assert outcome(checkins.rate_handed, handed, cast.case, checkin_id, "goals", 1, op=op()) is NotSignedIn


def test_the_log_says_that_it_was_the_therapists_device(cast: Cast, lend: Lend, checkin_id: str) -> None:
    before = len(entries(cast))
    handed, _ = lend(Task.CHECKIN, checkin_id)
    checkins.handed_sheet(handed, cast.case, checkin_id)
    checkins.rate_handed(handed, cast.case, checkin_id, "goals", 8, op=op())
    service.finish(handed, cast.case, checkin_id, op=op())
    accounts.take_device_back(handed, ProofForm(PIN))
    assert entries(cast)[before:] == [
        (P.HAND_OVER, "therapist"), (P.ANSWER_HANDED_CHECKIN, "client"), (P.FINISH_HANDED, "client"), (P.TAKE_DEVICE_BACK, "therapist"),
    ]  # fmt: skip


def test_reading_is_logged_for_nobody_can_tell_who_looks(cast: Cast, lend: Lend, goal_id: str) -> None:
    handed, _ = lend(Task.READ_GOAL, goal_id)
    goals.handed_reading(handed, cast.case, goal_id)
    assert entries(cast)[-1] == (P.READ_HANDED_GOAL, "client")


def test_every_right_of_a_task_that_is_logged_has_words() -> None:
    words = importlib.import_module("portal.cases.state")._WORDS
    for permission in (frozenset().union(*tasks.RIGHTS.values()) | {P.TAKE_DEVICE_BACK, P.HAND_OVER}) - {P.OPEN_HANDED_CHECKIN}:
        somebody, oneself = words[permission]
        assert "device" in somebody and "device" in oneself


def test_each_task_is_known_in_all_three_places() -> None:
    assert set(tasks.RIGHTS) == set(service.FITS) == set(TASKS) == set(Task)


def test_old_hand_overs_are_forgotten_with_their_sessions(cast: Cast, lend: Lend, checkin_id: str) -> None:
    handed, lent = lend(Task.CHECKIN, checkin_id)
    accounts.take_device_back(handed, ProofForm(PIN))
    for session_id in (lent.session_id, lent.lender_session_id):
        age(session_id, created_at=timedelta(days=40))
    assert accounts.tidy() >= 2
    assert outcome(identify, handed) is NotSignedIn
