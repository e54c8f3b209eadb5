"""What the homes gather: the same number of statements for one client and for thirty, and no look left behind by a list."""

from portal.access import log
from portal.access.models import PersonKind
from portal.cases import service as cases
from portal.checkins import service as checkins
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit.db import transaction
from portal.pages import case, home
from tests.cast import Cast
from tests.makers import make_case, make_person, op, sign_in
from tests.queries import counted


def busy_case(cast: Cast, name: str) -> str:
    """A client of the therapist with something of every kind that waits."""
    person_id = make_person(name, PersonKind.CLIENT)
    case_id, client = make_case(client=person_id, therapist=cast.ids["therapist"]), sign_in(person_id)[0]
    goal = goals.add(client, case_id, "Rest more", op=op())
    goals.propose(client, case_id, goal.id, goal.version, op=op())
    share_id = feedback.begin(client, case_id, op=op())
    feedback.choose_kind(client, case_id, share_id, "wish", op=op())
    feedback.share(client, case_id, share_id, "Slower, please.", 0, op=op())
    checkins.start(client, case_id, op=op())
    return case_id


def test_the_list_of_clients_costs_the_same_for_one_and_for_twelve(cast: Cast) -> None:
    busy_case(cast, "Client One")
    home._gather_caseload(cast.therapist)
    with counted() as few:
        home._gather_caseload(cast.therapist)
    for number in range(11):
        busy_case(cast, f"Client {number}")
    with counted() as many:
        view = home._gather_caseload(cast.therapist)
    assert len(many) == len(few)
    assert len(view.caseload.cases) == 13
    assert sum(len(waits) for waits in view.waits.values()) == 36


def test_the_list_reads_no_content_and_leaves_no_entry(cast: Cast) -> None:
    case_id = busy_case(cast, "Client One")
    before = length(case_id)
    home._gather_caseload(cast.therapist)
    assert length(case_id) == before
    case._gather(cast.therapist, case_id, "en")
    assert length(case_id) > before


def length(case_id: str) -> int:
    with transaction(writes=False) as db:
        return len(log.entries(db, case_id)[0])


def test_the_list_shows_nobody_elses_clients(cast: Cast) -> None:
    busy_case(cast, "Client One")
    view = home._gather_caseload(cast.second_therapist)
    assert [one.clients for one in view.caseload.cases] == [("Rui Marsh",)]
    assert not any(view.waits.values())
    assert home._gather_caseload(cast.former_member).caseload.cases == ()


def test_rows_say_what_waits_in_the_readers_language_and_zone(cast: Cast) -> None:
    case_id = busy_case(cast, "Client One")
    view = home._gather_caseload(cast.therapist)
    row = next(home._row("en", view, one) for one in view.caseload.cases if one.case_id == case_id)
    assert {wait.words for wait in row.waits} == {"A goal to agree", "A share to answer", "Your side of the check-in"}
    assert all(wait.href.startswith(f"/c/{case_id}/") and "[" not in wait.href for wait in row.waits)
    assert row.session == "–"
    german = next(home._row("de", view, one) for one in view.caseload.cases if one.case_id == case_id)
    assert {wait.words for wait in german.waits}.isdisjoint({wait.words for wait in row.waits})


def test_ended_work_leaves_the_list(cast: Cast) -> None:
    case_id = busy_case(cast, "Client One")
    cases.end_pairing(cast.admin, case_id)
    view = home._gather_caseload(cast.therapist)
    assert case_id not in {one.case_id for one in view.caseload.cases}
    assert not view.waits.get(case_id)
