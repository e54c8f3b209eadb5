"""Putting people together, and what is left when their work ends."""

import pytest
from sqlmodel import select

from portal.access import log
from portal.access.gate import Caller, open_case
from portal.access.identity import own_cases
from portal.access.models import AccessEntry, Case, Membership, PersonKind
from portal.access.permissions import CaseRole, Permission
from portal.cases import service
from portal.cases.domain import AlreadyPaired, NotAPair
from portal.cases.schemas import CadenceForm
from portal.kit.db import transaction
from portal.kit.ids import new_id
from portal.kit.refusal import Ended, Forbidden, NotFound, NotSignedIn
from tests.cast import Cast
from tests.makers import make_person, op, sign_in


def newcomer() -> tuple[str, Caller]:
    person_id = make_person("Juno Fell", PersonKind.CLIENT)
    return person_id, sign_in(person_id)[0]


def test_admin_pairs_a_client_and_a_therapist_who_then_see_each_other(cast: Cast) -> None:
    person_id, client = newcomer()
    case_id = service.pair(cast.admin, person_id, cast.ids["therapist"])
    facts = service.facts(client, case_id)
    assert [(member.name, member.role) for member in facts.members] == [
        ("Juno Fell", CaseRole.CLIENT),
        ("Theo Sand", CaseRole.THERAPIST),
    ]
    assert case_id in {one.case_id for one in service.caseload(cast.therapist).cases}


def test_the_same_pair_twice_is_one_case(cast: Cast) -> None:
    person_id, _ = newcomer()
    assert service.pair(cast.admin, person_id, cast.ids["therapist"]) == service.pair(cast.admin, person_id, cast.ids["therapist"])


def test_a_client_has_one_living_case(cast: Cast) -> None:
    with pytest.raises(AlreadyPaired):
        service.pair(cast.admin, cast.ids["client"], cast.ids["second_therapist"])


@pytest.mark.parametrize(
    ("client", "therapist"), [("therapist", "client"), ("client", "second_client"), ("therapist", "second_therapist"), (None, "therapist"), ("client", None)]
)
def test_only_a_client_and_a_therapist_make_a_pair(cast: Cast, client: str | None, therapist: str | None) -> None:
    with pytest.raises(NotAPair):
        service.pair(cast.admin, cast.ids.get(client or "", new_id()), cast.ids.get(therapist or "", new_id()))


@pytest.mark.parametrize("who", ["client", "therapist", "supervisor", "former_member", "second_therapist"])
def test_nobody_but_an_admin_pairs_or_ends(cast: Cast, who: str) -> None:
    caller = cast.everybody()[who]
    with pytest.raises(Forbidden):
        service.pair(caller, cast.ids["client"], cast.ids["therapist"])
    with pytest.raises(Forbidden):
        service.end_pairing(caller, cast.case)
    with pytest.raises(NotSignedIn):
        service.end_pairing(cast.nobody, cast.case)


def test_pairing_and_ending_stand_in_the_clients_log_with_the_admins_name(cast: Cast) -> None:
    person_id, client = newcomer()
    case_id = service.pair(cast.admin, person_id, cast.ids["therapist"])
    service.end_pairing(cast.admin, case_id)
    read = service.read_access_log(client, case_id)
    assert [(look.action, look.role) for look in read.looks] == [("end_pairing", "admin"), ("pair_people", "admin")]
    assert [person.name for person in read.people] == ["Ada Reed"]
    assert read.whole


def test_after_the_end_the_client_reads_and_the_therapist_finds_nothing(cast: Cast) -> None:
    service.end_pairing(cast.admin, cast.case)
    assert service.facts(cast.client, cast.case).members[0].name == "Mika Vane"
    with pytest.raises(Ended):
        service.set_cadence(cast.client, cast.case, CadenceForm("monthly"), 2, op=op())
    for gone in (cast.therapist, cast.supervisor):
        with pytest.raises(NotFound):
            service.facts(gone, cast.case)
    assert service.caseload(cast.therapist).cases == ()
    assert own_cases(cast.therapist) == ()


def test_ending_twice_changes_nothing(cast: Cast) -> None:
    service.end_pairing(cast.admin, cast.case)
    with transaction(writes=False) as db:
        before = db.get(Case, cast.case).log_count  # type: ignore[union-attr]
    service.end_pairing(cast.admin, cast.case)
    with transaction(writes=False) as db:
        assert db.get(Case, cast.case).log_count == before  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        service.end_pairing(cast.admin, new_id())


def test_after_the_end_the_client_can_begin_with_somebody_else(cast: Cast) -> None:
    service.end_pairing(cast.admin, cast.case)
    new = service.pair(cast.admin, cast.ids["client"], cast.ids["second_therapist"])
    assert new != cast.case
    assert service.facts(cast.second_therapist, new).first_name(CaseRole.CLIENT) == "Mika"
    with pytest.raises(NotFound):
        service.facts(cast.second_therapist, cast.case)


def test_each_case_has_a_key_of_its_own(cast: Cast) -> None:
    with transaction(writes=False) as db:
        wrapped = [case.wrapped_key for case in db.exec(select(Case))]
    assert len(set(wrapped)) == len(wrapped)
    with open_case(cast.client, cast.case, Permission.READ_CASE) as one:
        sealed = one.seal("row", "goal.title", "words")
    with open_case(cast.second_client, cast.other_case, Permission.READ_CASE) as other, pytest.raises(Exception, match="sealed"):
        other.unseal("row", "goal.title", sealed)


def test_memberships_stay_as_a_record(cast: Cast) -> None:
    service.end_pairing(cast.admin, cast.case)
    with transaction(writes=False) as db:
        rows = db.exec(select(Membership).where(Membership.case_id == cast.case)).all()
        assert len(rows) == 4
        assert sum(row.ended_at is None for row in rows) == 1
        assert log.verify(db, cast.case) is None
        assert db.exec(select(AccessEntry).where(AccessEntry.action == "end_pairing")).one().person_id == cast.ids["admin"]
