"""The demo practice: real data by real verbs, once, and only where nobody's own data can be."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from portal import demo
from portal.access import log
from portal.access.gate import Caller
from portal.access.models import Case, Person, PersonKind, PersonSession
from portal.access.permissions import Act, Permission
from portal.accounts import service as accounts
from portal.cases import service as cases
from portal.checkins import service as checkins
from portal.checkins.domain import Status
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit.db import transaction
from tests.makers import make_person, sign_in


@pytest.fixture
def filled(on_sqlite: None, use: Callable[..., None]) -> list[demo.SignIn]:
    """The demo practice, in a fresh database."""
    use(mode="demo")
    return demo.fill()


def caller_of(first_name: str) -> Caller:
    with transaction(writes=False) as db:
        from portal.access import keys

        key = keys.account_key(db)
        person = next(one for one in db.exec(select(Person)) if keys.name_of(one, key).startswith(first_name))
    return sign_in(person.id)[0]


@pytest.mark.parametrize("mode", ["production", "development"])
def test_no_other_practice_is_filled(on_sqlite: None, use: Callable[..., None], mode: str) -> None:
    use(mode=mode)
    with pytest.raises(demo.NotADemo):
        demo.fill()


def test_nothing_is_written_beside_real_people(on_sqlite: None, use: Callable[..., None]) -> None:
    use(mode="demo")
    make_person("Somebody Real", PersonKind.CLIENT)
    with pytest.raises(demo.NotADemo):
        demo.fill()
    with transaction(writes=False) as db:
        assert len(db.exec(select(Person)).all()) == 1


def test_filling_again_changes_nothing(filled: list[demo.SignIn]) -> None:
    def counts() -> tuple[int, int]:
        with transaction(writes=False) as db:
            return len(db.exec(select(Person)).all()), sum(case.log_count for case in db.exec(select(Case)))

    before = counts()
    assert demo.fill() == filled
    assert counts() == before


def test_a_filling_that_was_broken_off_begins_anew(filled: list[demo.SignIn]) -> None:
    with transaction(writes=True) as db:
        from portal.accounts.models import Practice

        db.delete(db.exec(select(Practice)).one())
    assert demo.fill() == filled
    with transaction(writes=False) as db:
        assert len(db.exec(select(Person)).all()) == len(filled)


def test_its_people_are_marked_and_leave_no_session_behind(filled: list[demo.SignIn]) -> None:
    with transaction(writes=False) as db:
        assert all(person.is_demo for person in db.exec(select(Person)))
        assert db.exec(select(PersonSession)).first() is None
    assert all(one.email.endswith(".example") for one in filled)


def test_its_logs_are_whole(filled: list[demo.SignIn]) -> None:
    assert cases.verify_logs() == []


def test_its_logs_read_forward(filled: list[demo.SignIn]) -> None:
    with transaction(writes=False) as db:
        for case in db.exec(select(Case)):
            moments = [entry.at for entry in log.entries(db, case.id)[0]]
            assert moments == sorted(moments)


def test_a_rupture_and_its_repair_lie_behind_eight_check_ins(filled: list[demo.SignIn]) -> None:
    mika = caller_of("Mika")
    (case,) = cases.caseload(caller_of("Theo")).cases[:1]
    course = checkins.course(mika, case.case_id)
    means = [sum(map(float, point.client.values())) / len(point.client) for point in course.points]
    assert len(means) == 8
    assert means[3] < 6 < 8 < means[7]
    assert goals.home_part(mika, case.case_id).focus
    part = feedback.home_part(mika, case.case_id)
    assert [one.by for one in part.heard] == ["Theo"]
    assert part.held == 1
    assert checkins.home_part(mika, case.case_id).open is not None


def test_one_check_in_was_answered_on_the_therapists_device(filled: list[demo.SignIn]) -> None:
    with transaction(writes=False) as db:
        acts = [[entry.action for entry in log.entries(db, case.id)[0]] for case in db.exec(select(Case))]
    handed = [one for one in acts if Permission.HAND_OVER in one]
    assert len(handed) == 1
    began, ended = handed[0].index(Permission.HAND_OVER), handed[0].index(Permission.TAKE_DEVICE_BACK)
    assert set(handed[0][began + 1 : ended]) == {Permission.ANSWER_HANDED_CHECKIN, Act.HAND_IN_HANDED_CHECKIN}


def test_theo_sees_who_waits_a_gap_and_a_beginning(filled: list[demo.SignIn]) -> None:
    theo = caller_of("Theo")
    names = {one.case_id: one.clients[0] for one in cases.caseload(theo).cases}
    assert sorted(names.values()) == ["Ada Lorn", "Mika Vane", "Rui Marsh"]
    last = {names[case_id]: found for case_id, found in checkins.last_checkins(theo).items()}
    assert last["Rui Marsh"].status is Status.REVEALED
    assert "Ada Lorn" not in last
    assert {names[case_id] for case_id in feedback.waiting(theo)} == {"Rui Marsh"}


def test_everybody_can_sign_in(filled: list[demo.SignIn]) -> None:
    from portal.accounts.schemas import SignInForm

    for one in filled:
        assert accounts.sign_in(SignInForm(one.email, one.password), accounts.Visit("127.0.0.1")).token
