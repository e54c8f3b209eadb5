"""The verbs of a check-in, as the people of the cast may and may not use them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal import routes
from portal.access.models import Case, CaseStatus
from portal.cases.schemas import SessionForm
from portal.cases.service import facts
from portal.checkins import service
from portal.checkins.domain import (
    AlreadyClosed,
    AlreadyDone,
    AlreadyRevealed,
    AlreadyTalkedAbout,
    Item,
    NoteTooEarly,
    NothingAnswered,
    NothingToChoose,
    NotRevealed,
    Rule,
    Status,
    TooLate,
)
from portal.checkins.models import AnswersRow
from portal.kit import clock
from portal.kit.crypto import DataKey
from portal.kit.db import engine, transaction
from portal.kit.refusal import AlreadyDone as OperationDone
from portal.kit.refusal import BadInput, ChangedMeanwhile, Forbidden, NotFound, NotSignedIn
from portal.pages.case import plan_session
from portal.settings import settings
from tests.cast import Cast, assemble
from tests.checkins.acts import answer, both, fill, start
from tests.makers import op, sign_in


def plan(cast: Cast, **values: object) -> None:
    with transaction(writes=True) as db:
        case = db.get(Case, cast.case)
        for name, value in values.items():
            setattr(case, name, value)
        db.add(case)


def sheets_stored() -> int:
    with transaction(writes=False) as db:
        return db.scalar(sa.select(sa.func.count()).select_from(AnswersRow)) or 0


def later(cast: Cast, days: float) -> tuple[datetime, Cast]:
    """A moment ahead, and the same people signed in anew by then."""
    moment = clock.now() + timedelta(days=days)
    with clock.at(moment - timedelta(minutes=1)):
        fresh = {name: sign_in(person_id)[0] for name, person_id in cast.ids.items()}
    return moment, Cast(**{**vars(cast), **fresh})


def test_each_answers_and_the_second_submit_opens_both(cast: Cast) -> None:
    checkin_id = start(cast)
    assert answer(cast, cast.client, checkin_id, (4, 9, 9, 9, 9, 9), keep="your calm", change="slower") is False
    assert answer(cast, cast.therapist, checkin_id, (9, 9, 9, 9, 9, 8)) is True
    for reader in (cast.client, cast.therapist, cast.supervisor):
        page = service.sheet(reader, cast.case, checkin_id)
        assert page.standing.status is Status.REVEALED
        assert page.client is not None and page.client.given[Item.GOALS] == 4 and page.client.lines["keep"] == "your calm"
        assert page.therapist is not None and page.therapist.given[Item.PACE] == 8
        assert page.standing.signal.rule is Rule.LEVEL


def test_both_read_the_same_signal_and_it_stays_as_it_was(cast: Cast) -> None:
    first = both(cast)
    second = both(cast, (9, 9, 9, 9, 9, 6))
    at_once = service.sheet(cast.client, cast.case, second).standing.signal
    assert at_once.rule is Rule.DROP == service.sheet(cast.therapist, cast.case, second).standing.signal.rule
    assert service.sheet(cast.client, cast.case, first).standing.signal.rule is None
    both(cast)
    assert service.sheet(cast.client, cast.case, second).standing.signal == at_once


def test_while_sealed_one_knows_only_that_the_other_is_done(cast: Cast) -> None:
    checkin_id = start(cast)
    fill(cast, cast.client, checkin_id)
    before = service.sheet(cast.therapist, cast.case, checkin_id)
    assert before.standing.other_done is False and before.client is None
    service.submit(cast.client, cast.case, checkin_id, op=op())
    after = service.sheet(cast.therapist, cast.case, checkin_id)
    assert after.standing.other_done is True and after.client is None and after.mine.is_empty
    assert service.home_part(cast.therapist, cast.case).open == after.standing


def test_a_skipped_statement_is_no_answer(cast: Cast) -> None:
    checkin_id = start(cast)
    fill(cast, cast.client, checkin_id, (9, -1, 9))
    mine = service.sheet(cast.client, cast.case, checkin_id).mine
    assert mine.ratings[Item.WAY] is None and Item.BOND in mine.given and Item.VOICE not in mine.ratings
    assert set(mine.given) == {Item.GOALS, Item.BOND}


def test_an_empty_sheet_does_not_open_the_others(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    fill(cast, cast.therapist, checkin_id, (-1,) * 6)
    with pytest.raises(NothingAnswered):
        service.submit(cast.therapist, cast.case, checkin_id, op=op())
    service.write_line(cast.therapist, cast.case, checkin_id, "keep", "the quiet start", 0, op=op())
    assert service.submit(cast.therapist, cast.case, checkin_id, op=op()) is True


def test_handed_in_answers_can_be_changed_or_retracted_until_the_reveal(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    with pytest.raises(AlreadyDone):
        service.rate(cast.client, cast.case, checkin_id, "bond", 3, op=op())
    service.take_up_again(cast.client, cast.case, checkin_id, op=op())
    assert service.sheet(cast.therapist, cast.case, checkin_id).standing.other_done is False
    service.rate(cast.client, cast.case, checkin_id, "bond", 3, op=op())
    service.submit(cast.client, cast.case, checkin_id, op=op())
    service.retract(cast.client, cast.case, checkin_id, op=op())
    assert service.sheet(cast.client, cast.case, checkin_id).mine.is_empty and sheets_stored() == 0


def test_after_the_reveal_there_are_additions_only(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    with pytest.raises(NoteTooEarly):
        service.add_note(cast.client, cast.case, checkin_id, "early", op=op())
    answer(cast, cast.therapist, checkin_id)
    for act in (service.take_up_again, service.retract, service.submit):
        with pytest.raises(AlreadyRevealed):
            act(cast.client, cast.case, checkin_id, op=op())
    with pytest.raises(AlreadyRevealed):
        service.rate(cast.client, cast.case, checkin_id, "bond", 3, op=op())
    service.add_note(cast.client, cast.case, checkin_id, "I thought about it again", op=op())
    (note,) = service.sheet(cast.therapist, cast.case, checkin_id).notes
    assert (note.text, note.name, note.side) == ("I thought about it again", "Mika Vane", "client")


def test_either_says_talked_about_and_either_closes(cast: Cast) -> None:
    checkin_id = start(cast)
    with pytest.raises(NotRevealed):
        service.mark_talked_about(cast.client, cast.case, checkin_id, op=op())
    answer(cast, cast.client, checkin_id)
    answer(cast, cast.therapist, checkin_id)
    assert [one.id for one in service.home_part(cast.client, cast.case).to_talk_about] == [checkin_id]
    service.mark_talked_about(cast.therapist, cast.case, checkin_id, op=op())
    with pytest.raises(AlreadyTalkedAbout):
        service.mark_talked_about(cast.client, cast.case, checkin_id, op=op())
    service.close(cast.client, cast.case, checkin_id, op=op())
    with pytest.raises(AlreadyClosed):
        service.close(cast.therapist, cast.case, checkin_id, op=op())
    page = service.sheet(cast.client, cast.case, checkin_id)
    assert page.talked_by == "Theo Sand" and page.closed_by == "Mika Vane"


def test_two_who_start_at_once_share_one(cast: Cast) -> None:
    assert start(cast) == start(cast, cast.therapist)


def test_an_operation_sent_twice_is_done_once(cast: Cast) -> None:
    checkin_id = start(cast)
    same = op()
    assert service.write_line(cast.client, cast.case, checkin_id, "keep", "one", 0, op=same) == 1
    with pytest.raises(OperationDone):
        service.write_line(cast.client, cast.case, checkin_id, "keep", "one", 0, op=same)
    assert service.sheet(cast.client, cast.case, checkin_id).mine.versions == {"keep": 1}


def test_the_same_line_from_two_devices_shows_both(cast: Cast) -> None:
    checkin_id = start(cast)
    service.write_line(cast.client, cast.case, checkin_id, "keep", "from the phone", 0, op=op())
    with pytest.raises(ChangedMeanwhile) as refused:
        service.write_line(cast.client, cast.case, checkin_id, "keep", "from the desk", 0, op=op())
    assert refused.value.params == {"theirs": "from the phone", "version": 1}


@pytest.mark.parametrize("value", [11, -2, 10**30, True, "7", 3.0, None])
def test_only_a_whole_number_of_the_scale_is_taken(cast: Cast, value: object) -> None:
    checkin_id = start(cast)
    with pytest.raises(BadInput):
        service.rate(cast.client, cast.case, checkin_id, "bond", value, op=op())  # type: ignore[arg-type]


@pytest.mark.parametrize(("line", "text"), [("keep", "x" * 301), ("keep", "nul\0"), ("rating", "x")])
def test_only_one_line_is_taken(cast: Cast, line: str, text: str) -> None:
    checkin_id = start(cast)
    with pytest.raises(BadInput):
        service.write_line(cast.client, cast.case, checkin_id, line, text, 0, op=op())
    with pytest.raises(BadInput):
        service.rate(cast.client, cast.case, checkin_id, "everything", 3, op=op())


@pytest.mark.parametrize("text", ["😀 שלום <script>alert(1)</script> {name}", "x" * 300])
def test_a_line_is_kept_as_it_was_typed(cast: Cast, text: str) -> None:
    checkin_id = start(cast)
    service.write_line(cast.client, cast.case, checkin_id, "change", text, 0, op=op())
    assert service.sheet(cast.client, cast.case, checkin_id).mine.lines["change"] == text


# --- who may


VERBS: dict[str, Callable[..., object]] = {
    "start": lambda who, case, _: service.start(who, case, op=op()),
    "rate": lambda who, case, one: service.rate(who, case, one, "bond", 3, op=op()),
    "write_line": lambda who, case, one: service.write_line(who, case, one, "keep", "x", 0, op=op()),
    "submit": lambda who, case, one: service.submit(who, case, one, op=op()),
    "take_up_again": lambda who, case, one: service.take_up_again(who, case, one, op=op()),
    "retract": lambda who, case, one: service.retract(who, case, one, op=op()),
    "decide": lambda who, case, one: service.decide(who, case, one, "share", op=op()),
    "mark_talked_about": lambda who, case, one: service.mark_talked_about(who, case, one, op=op()),
    "close": lambda who, case, one: service.close(who, case, one, op=op()),
    "add_note": lambda who, case, one: service.add_note(who, case, one, "x", op=op()),
    "sheet": lambda who, case, one: service.sheet(who, case, one),
    "home_part": lambda who, case, _: service.home_part(who, case),
    "overview": lambda who, case, _: service.overview(who, case),
    "course": lambda who, case, _: service.course(who, case),
    "open_refs": lambda who, case, _: service.open_refs(who, case),
}
WRITES = sorted(set(VERBS) - {"sheet", "home_part", "overview", "course", "open_refs"})


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_strangers_find_nothing(cast: Cast, verb: str) -> None:
    checkin_id = start(cast)
    for name in ("second_client", "second_therapist", "admin", "former_member"):
        with pytest.raises(NotFound):
            VERBS[verb](cast.everybody()[name], cast.case, checkin_id)
    with pytest.raises(NotSignedIn):
        VERBS[verb](cast.nobody, cast.case, checkin_id)


@pytest.mark.parametrize("verb", WRITES)
def test_supervisor_changes_nothing(cast: Cast, verb: str) -> None:
    with pytest.raises(Forbidden):
        VERBS[verb](cast.supervisor, cast.case, start(cast))


@pytest.mark.parametrize("verb", [*sorted(set(WRITES) - {"start"}), "sheet"])
def test_a_foreign_or_made_up_checkin_reads_like_a_missing_one(cast: Cast, verb: str) -> None:
    foreign = service.start(cast.second_client, cast.other_case, op=op())
    start(cast)
    for checkin_id in (foreign, "0", "' or 1=1 --", ""):
        with pytest.raises(NotFound):
            VERBS[verb](cast.client, cast.case, checkin_id)


def test_therapist_does_not_decide_for_the_client(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        service.decide(cast.therapist, cast.case, start(cast), "share", op=op())


def test_supervisor_knows_nothing_of_a_sealed_checkin(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    with pytest.raises(NotFound):
        service.sheet(cast.supervisor, cast.case, checkin_id)
    seen = service.overview(cast.supervisor, cast.case)
    assert seen.home.open is None and seen.past == () and not seen.may_start


def test_no_new_checkin_in_a_case_that_rests(cast: Cast) -> None:
    plan(cast, status=CaseStatus.PAUSED)
    with pytest.raises(service.CaseRests):
        start(cast)
    assert service.overview(cast.client, cast.case).may_start is False


# --- time


def test_missing_therapist_leaves_the_client_three_ways(cast: Cast) -> None:
    for choice, seen_by_therapist in (("share", True), ("keep", False), ("discard", False)):
        checkin_id = start(cast)
        fill(cast, cast.therapist, checkin_id, (1, 2, 3))
        answer(cast, cast.client, checkin_id, (6,) * 6)
        moment, cast = later(cast, 14)
        with clock.at(moment):
            assert [one.id for one in service.home_part(cast.client, cast.case).to_decide] == [checkin_id]
            assert service.home_part(cast.therapist, cast.case).to_decide == ()
            assert service.sheet(cast.therapist, cast.case, checkin_id).client is None
            service.decide(cast.client, cast.case, checkin_id, choice, op=op())
            theirs = service.sheet(cast.therapist, cast.case, checkin_id)
            assert (theirs.client is not None) is seen_by_therapist and theirs.mine.is_empty and theirs.therapist is None
            if not seen_by_therapist:
                assert theirs.standing.status is Status.LAPSED
            mine = service.sheet(cast.client, cast.case, checkin_id)
            assert mine.mine.is_empty is (choice == "discard") and mine.therapist is None
            with pytest.raises(NothingToChoose):
                service.decide(cast.client, cast.case, checkin_id, "keep", op=op())
            assert len(service.course(cast.therapist, cast.case).points) == 1


def test_what_was_kept_private_can_be_shared_later(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    moment, cast = later(cast, 20)
    with clock.at(moment):
        service.decide(cast.client, cast.case, checkin_id, "keep", op=op())
        service.decide(cast.client, cast.case, checkin_id, "share", op=op())
        assert service.sheet(cast.therapist, cast.case, checkin_id).client is not None


def test_missing_client_means_the_therapists_answers_are_gone_for_good(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.therapist, checkin_id, (1, 2, 3, 4, 5, 6))
    with transaction(writes=False) as db:
        sealed = db.scalars(sa.select(AnswersRow.answers)).one()
    plan(cast, next_session_at=clock.now() + timedelta(days=3), cadence_days=0)
    moment, cast = later(cast, 3)
    with clock.at(moment):
        for reader in (cast.client, cast.therapist):
            page = service.sheet(reader, cast.case, checkin_id)
            assert page.client is page.therapist is None and page.mine.is_empty and page.time_passed
        with pytest.raises(TooLate):
            service.rate(cast.client, cast.case, checkin_id, "bond", 9, op=op())
        assert service.keep_time_everywhere() == [cast.case]
        assert sheets_stored() == 0
        assert service.keep_time_everywhere() == []
    if engine().dialect.name == "sqlite":
        with engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert sealed not in Path(engine().url.database or "").read_bytes()


def test_an_unfinished_sheet_stays_the_clients_own(cast: Cast) -> None:
    checkin_id = start(cast)
    fill(cast, cast.client, checkin_id, keep="half a thought")
    moment, cast = later(cast, 14)
    with clock.at(moment):
        assert service.sheet(cast.client, cast.case, checkin_id).mine.lines["keep"] == "half a thought"
        assert service.keep_time(cast.case) is True
        assert service.sheet(cast.client, cast.case, checkin_id).mine.lines["keep"] == "half a thought"
        service.decide(cast.client, cast.case, checkin_id, "discard", op=op())
        assert service.sheet(cast.client, cast.case, checkin_id).mine.is_empty and sheets_stored() == 0


def test_nobody_hands_in_after_the_end(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    fill(cast, cast.therapist, checkin_id)
    moment, cast = later(cast, 14)
    with clock.at(moment), pytest.raises(TooLate):
        service.submit(cast.therapist, cast.case, checkin_id, op=op())


def test_starting_a_new_one_settles_the_one_that_ran_out(cast: Cast) -> None:
    old = start(cast)
    answer(cast, cast.therapist, old)
    moment, cast = later(cast, 15)
    with clock.at(moment):
        assert start(cast) != old
        assert sheets_stored() == 0


def test_the_cadence_opens_the_next_one(cast: Cast) -> None:
    due = service.home_part(cast.client, cast.case).next_due_at
    assert due is not None and service.keep_time(cast.case) is False
    moment, cast = later(cast, 7.01)
    with clock.at(moment):
        assert service.home_part(cast.client, cast.case).time_passed
        assert cast.case in service.keep_time_everywhere()
        home = service.home_part(cast.therapist, cast.case)
        assert home.open is not None and not home.time_passed
        assert service.keep_time(cast.case) is False


def test_no_cadence_and_no_rest_open_nothing(cast: Cast) -> None:
    plan(cast, cadence_days=0)
    moment, fresh = later(cast, 60)
    with clock.at(moment):
        assert service.home_part(fresh.client, fresh.case).next_due_at is None
        assert service.keep_time(fresh.case) is False
        plan(cast, cadence_days=7, status=CaseStatus.PAUSED)
        assert service.keep_time(fresh.case) is False


def test_a_session_that_was_planned_and_is_over_ended_the_checkin_for_good(cast: Cast) -> None:
    """Also where the clock's own round came by neither between the planning and the session's start nor after it."""
    plan(cast, cadence_days=0)
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    seen = facts(cast.therapist, cast.case).version
    seen = plan_session(cast.therapist, cast.case, in_days(2), seen, op=op())
    moment, cast = later(cast, 3)
    with clock.at(moment):
        plan_session(cast.therapist, cast.case, in_days(7), seen, op=op())
    moment, cast = later(cast, 2.5)
    with clock.at(moment):
        assert service.sheet(cast.client, cast.case, checkin_id).standing.status is Status.CHOICE


def in_days(days: int) -> SessionForm:
    """That long after the clock's present moment, as it is typed in the cast's zone."""
    return SessionForm((clock.now() + timedelta(days=days)).astimezone(ZoneInfo(settings().time_zone)).strftime("%Y-%m-%dT%H:%M"))


def test_what_was_shared_alone_waits_until_it_was_talked_about(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id, keep="words")
    moment, cast = later(cast, 15)
    with clock.at(moment):
        service.decide(cast.client, cast.case, checkin_id, "share", op=op())
        start(cast)
        waits = {one.row_id: one for one in service.waiting(cast.therapist)[cast.case]}
        assert waits[checkin_id].what == "Answers shared with you after the time was over, to talk about"
        assert waits[checkin_id].since == moment
        for caller in (cast.client, cast.therapist):
            assert [one.id for one in service.home_part(caller, cast.case).to_talk_about] == [checkin_id]
        service.mark_talked_about(cast.therapist, cast.case, checkin_id, op=op())
        assert checkin_id not in {one.row_id for one in service.waiting(cast.therapist)[cast.case]}
        assert service.home_part(cast.client, cast.case).to_talk_about == ()
        seen = service.sheet(cast.therapist, cast.case, checkin_id)
        assert (seen.standing.status, seen.talked_by, seen.therapist) == (Status.SHARED_ALONE, "Theo Sand", None)
        with pytest.raises(AlreadyTalkedAbout):
            service.mark_talked_about(cast.client, cast.case, checkin_id, op=op())


@pytest.mark.parametrize("end", ["retract", "discard", "time"])
def test_deleted_answers_are_in_no_file_any_more(end: str, on_sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = assemble()
    emptied: list[bool] = []
    monkeypatch.setattr(service, "forget_overwritten", lambda: emptied.append(True))
    checkin_id = start(cast)
    answer(cast, cast.therapist if end == "time" else cast.client, checkin_id, keep="words")
    if end == "retract":
        service.retract(cast.client, cast.case, checkin_id, op=op())
    else:
        moment, cast = later(cast, 15)
        with clock.at(moment):
            service.keep_time(cast.case)
            if end == "discard":
                emptied.clear()
                service.decide(cast.client, cast.case, checkin_id, "discard", op=op())
    assert emptied and sheets_stored() == 0


# --- the caseload, the course, the refs


def test_caseload_says_what_waits_and_how_the_last_one_went(cast: Cast) -> None:
    assert service.waiting(cast.therapist) == {} == service.last_checkins(cast.therapist)
    checkin_id = start(cast)
    (mine,) = service.waiting(cast.therapist)[cast.case]
    assert mine.what == "Your side of the check-in" and mine.page == routes.CHECKIN and mine.row_id == checkin_id
    answer(cast, cast.therapist, checkin_id, (9, 9, 9, 9, 9, 9))
    assert service.waiting(cast.therapist) == {}
    answer(cast, cast.client, checkin_id, (7, 9, 9, 9, 9, 9))
    (talk,) = service.waiting(cast.therapist)[cast.case]
    assert talk.what == "A check-in to talk about"
    assert service.last_checkins(cast.therapist)[cast.case].status is Status.REVEALED
    assert service.waiting(cast.second_therapist) == {}
    with pytest.raises(Forbidden):
        service.waiting(cast.client)


def test_caseload_opens_nothing_that_is_sealed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is entered into the log, so nothing of it may be content: names apart, everything stays sealed."""
    checkin_id = start(cast)
    answer(cast, cast.therapist, checkin_id, (9, 9, 9, 9, 9, 9))
    answer(cast, cast.client, checkin_id, (7, 9, 9, 9, 9, 9))
    opened: list[str] = []
    unseal = DataKey.unseal
    monkeypatch.setattr(DataKey, "unseal", lambda key, sealed, where: (opened.append(where), unseal(key, sealed, where))[1])
    assert service.waiting(cast.therapist) and service.last_checkins(cast.therapist)
    assert [where for where in opened if not where.startswith("person.")] == []


def test_caseload_says_when_one_is_overdue(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.therapist, checkin_id)
    moment, cast = later(cast, 8)
    with clock.at(moment):
        assert service.waiting(cast.therapist)[cast.case][0].what == "A check-in is overdue"
        assert service.last_checkins(cast.therapist)[cast.case].overdue


def test_caseload_does_not_tell_what_the_client_chose(cast: Cast) -> None:
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id)
    moment, cast = later(cast, 15)
    with clock.at(moment):
        service.decide(cast.client, cast.case, checkin_id, "keep", op=op())
        assert service.last_checkins(cast.therapist)[cast.case].status is Status.LAPSED


def test_course_is_the_same_for_both_and_has_the_own_limit_from_the_sixth_on(cast: Cast) -> None:
    for values in ((9,) * 6, (8,) * 6, (9,) * 6, (8,) * 6, (9,) * 6, (6,) * 6):
        both(cast, values)
    start(cast)
    course = service.course(cast.client, cast.case)
    for reader in (cast.therapist, cast.supervisor):
        assert service.course(reader, cast.case).points == course.points
    assert len(course.points) == 6 and course.limits[:5] == (None,) * 5 and course.limits[5] is not None
    assert len(service.open_refs(cast.client, cast.case)) == 7


# --- cost


def test_no_verb_takes_more_than_eight_statements(cast: Cast) -> None:
    for _ in range(6):
        both(cast)
    checkin_id = start(cast)
    counted: list[str] = []
    sa.event.listen(engine(), "before_cursor_execute", lambda *given: counted.append(given[2]))

    def cost(act: Callable[[], object]) -> int:
        counted.clear()
        act()
        return len(counted)

    costs = {
        "rate": cost(lambda: service.rate(cast.client, cast.case, checkin_id, "bond", 3, op=op())),
        "write_line": cost(lambda: service.write_line(cast.therapist, cast.case, checkin_id, "keep", "x", 0, op=op())),
        "submit": cost(lambda: service.submit(cast.client, cast.case, checkin_id, op=op())),
        "reveal": cost(lambda: service.submit(cast.therapist, cast.case, checkin_id, op=op())),
        "sheet": cost(lambda: service.sheet(cast.therapist, cast.case, checkin_id)),
        "overview": cost(lambda: service.overview(cast.therapist, cast.case)),
        "home_part": cost(lambda: service.home_part(cast.therapist, cast.case)),
        "course": cost(lambda: service.course(cast.therapist, cast.case)),
        "waiting": cost(lambda: service.waiting(cast.therapist)),
        "talked": cost(lambda: service.mark_talked_about(cast.therapist, cast.case, checkin_id, op=op())),
        "note": cost(lambda: service.add_note(cast.therapist, cast.case, checkin_id, "x", op=op())),
        "start": cost(lambda: start(cast)),
    }
    assert {name: count for name, count in costs.items() if count > 8} == {}
