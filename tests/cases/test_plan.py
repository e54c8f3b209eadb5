"""The next session, the rhythm of check-ins, and the list of cases."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portal.access.models import Person, PersonKind
from portal.access.permissions import CaseRole
from portal.cases import service
from portal.cases.domain import Cadence, SessionInThePast, UnknownCadence
from portal.cases.schemas import CadenceForm, SessionForm
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, Forbidden
from tests.cast import Cast
from tests.makers import make_case, make_person, op
from tests.queries import counted

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> object:
    with clock.at(MONDAY):
        yield


def test_therapist_sets_the_next_session_in_the_own_zone_and_client_sees_the_moment(cast: Cast) -> None:
    with transaction(writes=True) as db:
        therapist = db.get(Person, cast.ids["therapist"])
        assert therapist is not None
        therapist.time_zone = "America/New_York"
        db.add(therapist)
    assert service.plan_session(cast.therapist, cast.case, SessionForm("2026-11-26T14:00"), 1, op=op()) == 2
    assert service.facts(cast.client, cast.case).next_session_at == datetime(2026, 11, 26, 19, tzinfo=UTC)
    assert service.plan_session(cast.therapist, cast.case, SessionForm(""), 2, op=op()) == 3
    assert service.facts(cast.client, cast.case).next_session_at is None


def test_client_cannot_set_the_session(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        service.plan_session(cast.client, cast.case, SessionForm("2026-11-26T14:00"), 1, op=op())


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-40T99:99", "2026-11-26T14:00+02:00", "0" * 500, "\x00"])
def test_a_day_that_is_none_is_refused_at_its_field(cast: Cast, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        service.plan_session(cast.therapist, cast.case, SessionForm(text), 1, op=op())
    assert refused.value.field == "next-session"


def test_a_session_yesterday_is_refused(cast: Cast) -> None:
    with pytest.raises(SessionInThePast):
        service.plan_session(cast.therapist, cast.case, SessionForm("2026-11-22T14:00"), 1, op=op())


def test_either_chooses_the_rhythm_and_the_later_one_is_told(cast: Cast) -> None:
    service.set_cadence(cast.client, cast.case, CadenceForm("fortnightly"), 1, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.set_cadence(cast.therapist, cast.case, CadenceForm("weekly"), 1, op=op())
    assert service.facts(cast.therapist, cast.case).cadence is Cadence.FORTNIGHTLY
    with pytest.raises(UnknownCadence):
        service.set_cadence(cast.therapist, cast.case, CadenceForm("hourly"), 2, op=op())


def test_a_change_sent_twice_is_done_once(cast: Cast) -> None:
    once = op()
    service.set_cadence(cast.client, cast.case, CadenceForm("monthly"), 1, op=once)
    with pytest.raises(AlreadyDone):
        service.set_cadence(cast.client, cast.case, CadenceForm("monthly"), 1, op=once)
    assert service.facts(cast.client, cast.case).version == 2


def test_caseload_holds_own_cases_only_and_a_supervisor_sees_initials(cast: Cast) -> None:
    assert [one.clients for one in service.caseload(cast.therapist).cases] == [("Mika Vane",)]
    assert [one.clients for one in service.caseload(cast.second_therapist).cases] == [("Rui Marsh",)]
    supervised = service.caseload(cast.supervisor).cases
    assert [(one.clients, one.role) for one in supervised] == [(("M. V.",), CaseRole.SUPERVISOR)]
    assert service.caseload(cast.admin).cases == ()
    assert service.caseload(cast.former_member).cases == ()
    with pytest.raises(Forbidden):
        service.caseload(cast.client)


def test_supervisor_knows_the_client_by_initials_inside_the_case_too(cast: Cast) -> None:
    names = {member.role: member.name for member in service.facts(cast.supervisor, cast.case).members}
    assert names[CaseRole.CLIENT] == "M. V."
    assert names[CaseRole.THERAPIST] == "Theo Sand"


def statements(act: Callable[[], object]) -> int:
    with counted() as found:
        act()
    return len(found)


def test_the_list_costs_the_same_with_one_client_and_with_thirty(cast: Cast) -> None:
    service.caseload(cast.therapist)
    few = statements(lambda: service.caseload(cast.therapist))
    for number in range(30):
        make_case(client=make_person(f"Client {number}", PersonKind.CLIENT), therapist=cast.ids["therapist"])
    assert statements(lambda: service.caseload(cast.therapist)) == few <= 3
    assert len(service.caseload(cast.therapist).cases) == 31


def test_no_verb_of_the_room_needs_more_than_eight_statements(cast: Cast) -> None:
    for act in (
        lambda: service.facts(cast.therapist, cast.case),
        lambda: service.plan_session(cast.therapist, cast.case, SessionForm("2026-11-26T14:00"), 1, op=op()),
        lambda: service.set_cadence(cast.client, cast.case, CadenceForm("monthly"), 2, op=op()),
        lambda: service.read_access_log(cast.client, cast.case),
        lambda: service.read_own_entries(cast.therapist, cast.case),
    ):
        assert statements(act) <= 8
