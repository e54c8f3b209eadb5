"""The verbs of the session with the whole cast: who leads, who goes along, what both write, what waits for the next time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from portal.access.models import PersonSession
from portal.access.permissions import Permission
from portal.adjustments import service as adjustments
from portal.adjustments.schemas import TermsForm
from portal.cases import service as cases
from portal.cases.schemas import SessionForm
from portal.checkins import service as checkins
from portal.checkins.domain import Item, Status
from portal.decisions import service as decisions
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.db import engine, transaction
from portal.kit.refusal import BadInput, Ended, Forbidden, NotFound
from portal.promises import service as promises
from portal.promises.schemas import PromiseForm
from portal.sessions import service
from portal.sessions.domain import (
    LONGEST,
    BroughtAlready,
    EnoughBrought,
    KeptAlready,
    Kind,
    NothingWritten,
    NotRunning,
    NowhereTogether,
    Phase,
    Place,
    RunsAlready,
    Spot,
    TooLateToUndo,
)
from portal.sessions.schemas import LONGEST as MOST
from portal.sessions.schemas import LinesForm, SpotForm, ThingForm, address_of
from portal.sessions.service import NewerSession
from portal.writing import service as writing
from portal.writing.domain import Overtaken
from portal.writing.schemas import Address
from tests.cast import Cast
from tests.makers import op
from tests.queries import counted
from tests.writing.people import Hand

MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
SOME_ROW = "0198c0de-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@contextmanager
def later(**time: float) -> Iterator[None]:
    """Some time later, with everybody still signed in."""
    with clock.at(MONDAY + timedelta(**time)):
        with transaction(writes=True) as db:
            for row in db.exec(select(PersonSession)):
                row.created_at = row.last_seen_at = clock.now()
                db.add(row)
        yield


def begin(cast: Cast, *, one_screen: bool = False) -> str:
    return service.start(cast.therapist, cast.case, one_screen, op=op())


def agreed(cast: Cast, session: str) -> Hand:
    """What was agreed in a session, open to be written."""
    return Hand.at(cast.client, Address(cast.case, "session.agreed", session))


def text_of(cast: Cast) -> str:
    return service.view(cast.client, cast.case).sessions[0].text


# --- who may


def test_only_the_therapist_begins_and_ends(cast: Cast) -> None:
    for who in (cast.client, cast.supervisor):
        with pytest.raises(Forbidden):
            service.start(who, cast.case, False, op=op())
    for who in (cast.second_therapist, cast.former_member, cast.admin):
        with pytest.raises(NotFound):
            service.start(who, cast.case, False, op=op())
    begin(cast)
    with pytest.raises(Forbidden):
        service.end(cast.client, cast.case, op=op())
    service.end(cast.therapist, cast.case, op=op())
    assert service.glance(cast.client, cast.case) is None


def test_a_supervisor_does_not_know_that_there_are_sessions(cast: Cast) -> None:
    begin(cast)
    for verb in (service.glance, service.view, service.home_part):
        with pytest.raises(Forbidden):
            verb(cast.supervisor, cast.case)


def test_there_is_one_session_at_a_time(cast: Cast) -> None:
    begin(cast)
    with pytest.raises(RunsAlready):
        begin(cast)


def test_a_case_that_has_ended_begins_no_session_and_shows_none_as_running(cast: Cast) -> None:
    begin(cast)
    cases.end_pairing(cast.admin, cast.case)
    assert service.glance(cast.client, cast.case) is None
    with pytest.raises(Ended):
        service.go_to(cast.client, cast.case, SpotForm("goals"), 1, op=op())
    assert not service.view(cast.client, cast.case).sessions[0].may_write


# --- going along


def test_both_see_where_they_are_and_either_leads(cast: Cast) -> None:
    begin(cast)
    assert service.go_to(cast.therapist, cast.case, SpotForm("goals"), 1, op=op()) == 2
    seen = service.glance(cast.client, cast.case)
    assert seen is not None
    assert (seen.at, seen.number, seen.led_by, seen.i_go_along) == (Spot(Place.GOALS), 2, "Theo", True)
    service.go_to(cast.client, cast.case, SpotForm("feedback", SOME_ROW), 2, op=op())
    back = service.glance(cast.therapist, cast.case)
    assert back is not None
    assert (back.at, back.number, back.led_by, back.led_by_me) == (Spot(Place.FEEDBACK, SOME_ROW), 3, "Mika", False)


def test_whoever_looks_around_alone_leads_nobody_and_can_come_along_again(cast: Cast) -> None:
    begin(cast)
    service.go_along(cast.client, cast.case, False, op=op())
    service.go_to(cast.client, cast.case, SpotForm("course"), 1, op=op())
    seen = service.glance(cast.therapist, cast.case)
    assert seen is not None
    assert (seen.at.place, seen.apart, seen.i_go_along) == (Place.SESSION, ("Mika",), True)
    service.go_along(cast.client, cast.case, True, op=op())
    service.go_to(cast.client, cast.case, SpotForm("course"), 1, op=op())
    seen = service.glance(cast.therapist, cast.case)
    assert seen is not None
    assert (seen.at.place, seen.apart) == (Place.COURSE, ())


def test_two_steps_at_once_end_at_one_place(cast: Cast) -> None:
    begin(cast)
    service.go_to(cast.therapist, cast.case, SpotForm("goals"), 1, op=op())
    assert service.go_to(cast.client, cast.case, SpotForm("course"), 1, op=op()) == 2
    places = {seen.at.place for who in (cast.client, cast.therapist) if (seen := service.glance(who, cast.case))}
    assert places == {Place.GOALS}


@pytest.mark.parametrize("spot", [SpotForm("home"), SpotForm("//elsewhere.example"), SpotForm("goal"), SpotForm("GOALS")])
def test_nowhere_else_can_be_led_to(cast: Cast, spot: SpotForm) -> None:
    begin(cast)
    with pytest.raises(NowhereTogether):
        service.go_to(cast.therapist, cast.case, spot, 1, op=op())


@pytest.mark.parametrize("row", ["../../c/other", "https://elsewhere.example", "1", SOME_ROW + "/x"])
def test_a_row_is_an_id_and_nothing_else(cast: Cast, row: str) -> None:
    begin(cast)
    with pytest.raises(NotFound):
        service.go_to(cast.therapist, cast.case, SpotForm("goal", row), 1, op=op())


def test_without_a_session_nobody_is_led_anywhere(cast: Cast) -> None:
    for _ in ("before any", "after one"):
        with pytest.raises(NotRunning):
            service.go_to(cast.client, cast.case, SpotForm("goals"), 1, op=op())
        with pytest.raises(NotRunning):
            service.go_along(cast.client, cast.case, False, op=op())
        if service.view(cast.client, cast.case).last is None:
            begin(cast)
            service.end(cast.therapist, cast.case, op=op())


def test_in_front_of_one_screen_the_others_stay_where_they_are_unless_they_want_to_come(cast: Cast) -> None:
    begin(cast, one_screen=True)
    client, therapist = service.glance(cast.client, cast.case), service.glance(cast.therapist, cast.case)
    assert client and therapist
    assert (client.i_go_along, client.hides_private) == (False, False)
    assert (therapist.i_go_along, therapist.hides_private, therapist.apart) == (True, True, ())
    service.go_along(cast.client, cast.case, True, op=op())
    client = service.glance(cast.client, cast.case)
    assert client and client.i_go_along
    service.choose_screens(cast.therapist, cast.case, False, op=op())
    therapist = service.glance(cast.therapist, cast.case)
    assert therapist and not therapist.hides_private


def test_both_go_to_a_decision_of_their_case_and_to_no_other(cast: Cast) -> None:
    mine = decisions.begin(cast.client, cast.case, "Which evening?", op=op()).id
    foreign = decisions.begin(cast.second_client, cast.other_case, "Which evening?", op=op()).id
    begin(cast)
    assert [decisions.both_see(cast.therapist, cast.case, one) for one in (mine, foreign, SOME_ROW)] == [True, False, False]
    service.go_to(cast.client, cast.case, SpotForm("decision", mine), 1, op=op())
    seen = service.glance(cast.therapist, cast.case)
    assert seen is not None
    assert address_of(seen.at, cast.case) == f"/c/{cast.case}/decisions/{mine}"


def test_a_goal_that_is_one_persons_idea_is_not_for_both(cast: Cast) -> None:
    idea = goals.add(cast.client, cast.case, "Only mine", op=op()).id
    assert not goals.both_see(cast.client, cast.case, idea)
    assert not goals.both_see(cast.therapist, cast.case, idea)
    goals.propose(cast.client, cast.case, idea, 1, op=op())
    assert goals.both_see(cast.therapist, cast.case, idea)
    assert not goals.both_see(cast.therapist, cast.case, SOME_ROW)


# --- taking back, and time


def test_a_beginning_is_taken_back_with_all_its_traces(cast: Cast) -> None:
    cases.plan_session(cast.therapist, cast.case, SessionForm("2026-11-23T16:00"), 1, op=op())
    planned = cases.facts(cast.client, cast.case).next_session_at
    service.bring(cast.client, cast.case, ThingForm("goal", SOME_ROW), op=op())
    begin(cast)
    service.go_along(cast.client, cast.case, False, op=op())
    assert cases.facts(cast.client, cast.case).next_session_at == MONDAY
    service.call_off(cast.therapist, cast.case, op=op())
    assert service.glance(cast.client, cast.case) is None
    assert service.view(cast.client, cast.case).sessions == ()
    assert len(service.view(cast.client, cast.case).brought) == 1
    assert cases.facts(cast.client, cast.case).next_session_at == planned
    begin(cast)
    with later(minutes=1), pytest.raises(TooLateToUndo):
        service.call_off(cast.therapist, cast.case, op=op())


def test_an_end_is_taken_back_within_ten_seconds(cast: Cast) -> None:
    session = begin(cast)
    service.end(cast.therapist, cast.case, op=op())
    with later(seconds=9):
        service.reopen(cast.therapist, cast.case, session, op=op())
        assert service.glance(cast.client, cast.case) is not None
        service.end(cast.therapist, cast.case, op=op())
    with later(minutes=2), pytest.raises(TooLateToUndo):
        service.reopen(cast.therapist, cast.case, session, op=op())


def test_a_forgotten_session_is_over_and_makes_room_for_the_next(cast: Cast) -> None:
    begin(cast)
    with later(seconds=LONGEST.total_seconds()):
        assert service.glance(cast.therapist, cast.case) is None
        with pytest.raises(NotRunning):
            service.end(cast.therapist, cast.case, op=op())
    with later(days=7):
        begin(cast)
        past = service.view(cast.client, cast.case).sessions[1]
        assert (past.phase, past.lasts) == (Phase.ENDED, LONGEST)


def test_the_start_of_a_session_ends_an_open_check_in_also_early_and_unplanned(cast: Cast) -> None:
    friday = "2026-11-27T14:00"
    version = cases.plan_session(cast.therapist, cast.case, SessionForm(friday), 1, op=op())
    planned = cases.facts(cast.client, cast.case).next_session_at
    checkin = checkins.start(cast.client, cast.case, op=op())
    for item in Item:
        checkins.rate(cast.client, cast.case, checkin, item, 8, op=op())
    checkins.submit(cast.client, cast.case, checkin, op=op())
    with later(hours=1):
        begin(cast)
        assert checkins.sheet(cast.client, cast.case, checkin).standing.status is Status.CHOICE
        assert checkins.keep_time(cast.case)
        service.end(cast.therapist, cast.case, op=op())
        # The session was an extra one: what was planned for Friday still is.
        facts = cases.facts(cast.client, cast.case)
        assert facts.next_session_at == planned
        assert facts.version > version
        assert checkins.sheet(cast.client, cast.case, checkin).standing.status is Status.CHOICE
        fresh = checkins.start(cast.therapist, cast.case, op=op())
        assert checkins.sheet(cast.client, cast.case, fresh).standing.expires_at == facts.next_session_at


# --- what is brought


def test_what_the_client_picks_is_for_the_client_until_the_session_begins(cast: Cast) -> None:
    for number in range(3):
        service.bring(cast.client, cast.case, ThingForm("gap", SOME_ROW, ("pace", "bond", "way")[number]), op=op())
    with pytest.raises(EnoughBrought):
        service.bring(cast.client, cast.case, ThingForm("goal", SOME_ROW), op=op())
    assert service.view(cast.therapist, cast.case).brought == ()
    begin(cast)
    shown = [one.thing for one in service.view(cast.therapist, cast.case).brought]
    assert [(one.kind, one.item) for one in shown] == [(Kind.GAP, "pace"), (Kind.GAP, "bond"), (Kind.GAP, "way")]
    assert [one.thing for one in service.view(cast.client, cast.case).brought] == shown


def test_something_can_still_be_picked_while_the_session_runs_and_afterwards_for_the_next(cast: Cast) -> None:
    begin(cast)
    first = service.bring(cast.client, cast.case, ThingForm("share", SOME_ROW), op=op())
    with pytest.raises(BroughtAlready):
        service.bring(cast.client, cast.case, ThingForm("share", SOME_ROW), op=op())
    assert [one.id for one in service.view(cast.therapist, cast.case).brought] == [first]
    service.come_to_end(cast.therapist, cast.case, LinesForm(), op=op())
    service.bring(cast.client, cast.case, ThingForm("change", SOME_ROW), op=op())
    assert [one.id for one in service.view(cast.therapist, cast.case).brought] == [first]
    service.end(cast.therapist, cast.case, op=op())
    assert [one.thing.kind for one in service.view(cast.client, cast.case).brought] == [Kind.CHANGE]
    assert service.home_part(cast.client, cast.case).picked == 1


def test_only_the_client_picks_and_leaves_out(cast: Cast) -> None:
    mine = service.bring(cast.client, cast.case, ThingForm("goal", SOME_ROW), op=op())
    with pytest.raises(Forbidden):
        service.bring(cast.therapist, cast.case, ThingForm("goal", SOME_ROW), op=op())
    with pytest.raises(NotFound):
        service.leave_out(cast.second_client, cast.other_case, mine, op=op())
    service.leave_out(cast.client, cast.case, mine, op=op())
    with pytest.raises(NotFound):
        service.leave_out(cast.client, cast.case, mine, op=op())
    assert service.view(cast.client, cast.case).brought == ()


@pytest.mark.parametrize("thing", [ThingForm("person", SOME_ROW), ThingForm("goal", "x"), ThingForm("gap", SOME_ROW), ThingForm("goal", SOME_ROW, "pace"), ThingForm("gap", SOME_ROW, "x" * 13)])
def test_what_is_none_of_the_kinds_is_not_brought(cast: Cast, thing: ThingForm) -> None:
    with pytest.raises((BadInput, NotFound)):
        service.bring(cast.client, cast.case, thing, op=op())


# --- held until the session


def test_what_was_held_appears_in_the_session_for_its_author_alone(cast: Cast) -> None:
    share = feedback.begin(cast.client, cast.case, op=op())
    feedback.hold(cast.client, cast.case, share, "I would like to read you something.", 0, op=op())
    with later(hours=1):
        begin(cast)
        now = clock.now()
        assert [one.text for one in feedback.held_back(cast.client, cast.case, now)] == ["I would like to read you something."]
        assert feedback.held_back(cast.therapist, cast.case, now) == ()
    with later(hours=2):
        # What is held during the session waits for the next one.
        feedback.take_back(cast.client, cast.case, share, op=op())
        feedback.hold(cast.client, cast.case, share, "I would like to read you something.", 1, op=op())
        assert feedback.held_back(cast.client, cast.case, now) == ()


# --- what was agreed


def test_both_write_in_one_text_and_each_burst_stands_in_the_log_once(cast: Cast) -> None:
    session = begin(cast)
    text = agreed(cast, session)
    text.write(cast.therapist, "We begin ten minutes later.")
    text.write(cast.therapist, "We begin ten minutes later.\nMika calls")
    text.write(cast.client, "We begin ten minutes later.\nMika calls Anna.")
    assert text_of(cast) == "We begin ten minutes later.\nMika calls Anna."
    written = [look.person_id for look in cases.read_access_log(cast.client, cast.case).looks if look.action == Permission.TAKE_PART_IN_SESSION]
    assert written == [cast.ids["client"], cast.ids["therapist"]]
    with pytest.raises(Forbidden):
        writing.open_text(cast.supervisor, text.address)
    # What is collected meanwhile was changed from elsewhere: an open text joins it before it stores again.
    service.add_lines(cast.client, cast.case, session, LinesForm(("Reached: Sing again",)), op=op())
    with pytest.raises(Overtaken):
        text.write(cast.client, "Something else")
    assert text_of(cast).endswith("Reached: Sing again")


def test_what_was_changed_is_collected_beside_what_was_written(cast: Cast) -> None:
    session = begin(cast)
    agreed(cast, session).write(cast.client, "Next time on the phone.")
    lines = LinesForm(("New goal, agreed: Sleep", "Next time on the phone."))
    service.come_to_end(cast.therapist, cast.case, lines, op=op())
    assert text_of(cast) == "Next time on the phone.\nNew goal, agreed: Sleep"
    service.add_lines(cast.client, cast.case, session, lines, op=op())
    assert text_of(cast) == "Next time on the phone.\nNew goal, agreed: Sleep"


def test_a_text_is_kept_taken_up_and_kept_for_good_by_the_next_session(cast: Cast) -> None:
    session = begin(cast)
    text = agreed(cast, session)
    text.write(cast.client, "We go on.")
    service.end(cast.therapist, cast.case, op=op())
    service.keep(cast.client, cast.case, session, op=op())
    with pytest.raises(KeptAlready):
        text.write(cast.therapist, "Something else")
    assert not writing.look_again(cast.therapist, text.address).may_write
    service.write_on(cast.therapist, cast.case, session, op=op())
    agreed(cast, session).write(cast.therapist, "We go on. And rest.")
    with later(days=7):
        begin(cast)
        past = service.view(cast.client, cast.case).sessions[1]
        assert (past.text, past.kept, past.may_write) == ("We go on. And rest.", True, False)
        for verb in (service.keep, service.write_on):
            with pytest.raises(NewerSession):
                verb(cast.client, cast.case, session, op=op())
        with pytest.raises(NewerSession):
            agreed(cast, session).write(cast.client, "Something else")


def test_nothing_written_is_not_kept(cast: Cast) -> None:
    session = begin(cast)
    service.end(cast.therapist, cast.case, op=op())
    with pytest.raises(NothingWritten):
        service.keep(cast.client, cast.case, session, op=op())


def test_a_foreign_session_reads_like_a_missing_one(cast: Cast) -> None:
    foreign = service.start(cast.second_therapist, cast.other_case, False, op=op())
    begin(cast)
    for session in (foreign, SOME_ROW):
        for call in (
            lambda one: writing.open_text(cast.client, Address(cast.case, "session.agreed", one)),
            lambda one: service.keep(cast.client, cast.case, one, op=op()),
            lambda one: service.reopen(cast.therapist, cast.case, one, op=op()),
        ):
            with pytest.raises(NotFound):
                call(session)


def test_too_much_text_changes_nothing(cast: Cast) -> None:
    session = begin(cast)
    with pytest.raises(BadInput):
        agreed(cast, session).write(cast.client, "x" * (MOST + 1))
    assert text_of(cast) == ""


def test_what_was_agreed_lies_sealed_in_the_database(cast: Cast) -> None:
    session = begin(cast)
    agreed(cast, session).write(cast.client, "the heron stands in the reeds")
    with engine().connect() as connection:
        rows = [*connection.execute(sa.text("SELECT * FROM therapy_session")), *connection.execute(sa.text("SELECT * FROM document"))]
    assert rows and "heron" not in repr(rows)


# --- what the rooms tell of a session


def test_the_rooms_tell_what_was_agreed_and_nothing_that_is_private(cast: Cast) -> None:
    old = goals.add(cast.client, cast.case, "Sing again", proposes=True, op=op())
    old = goals.agree(cast.therapist, cast.case, old.id, old.version, op=op())
    with later(hours=1):
        since = clock.now()
        goals.add(cast.client, cast.case, "Only mine", op=op())
        goals.add(cast.client, cast.case, "Waits for a yes", proposes=True, op=op())
        goals.reach(cast.client, cast.case, old.id, old.version, op=op())
        fresh = goals.add(cast.therapist, cast.case, "Sleep", proposes=True, op=op())
        goals.agree(cast.client, cast.case, fresh.id, fresh.version, op=op())
        goals.add_step(cast.client, cast.case, fresh.id, "Phone in the kitchen", cast.ids["client"], op=op())
        done = goals.add_step(cast.client, cast.case, fresh.id, "Buy a clock", op=op()).id
        goals.tick_step(cast.client, cast.case, done, True, op=op())
        change = adjustments.propose(cast.client, cast.case, TermsForm("Ten minutes of listening", "both", "", ""), op=op())
        assert adjustments.changed_since(cast.client, cast.case, since) == ()
        adjustments.agree(cast.therapist, cast.case, change, 1, op=op())
        kept = promises.make(cast.therapist, cast.case, PromiseForm("Bring the book"), op=op()).id
        promises.make(cast.therapist, cast.case, PromiseForm("Look for an exercise", "2026-12-01"), op=op())
        promises.keep(cast.client, cast.case, kept, 1, op=op())
        choice = decisions.begin(cast.therapist, cast.case, "Which evening is for singing?", op=op()).id
        options = [decisions.add_option(cast.client, cast.case, choice, text, op=op()).id for text in ("Tuesday", "Thursday")]
        seen = decisions.decision(cast.client, cast.case, choice).version
        assert decisions.changed_since(cast.therapist, cast.case, since, "en") == ()
        decisions.choose(cast.client, cast.case, choice, options[1], seen, op=op())
        for who in (cast.client, cast.therapist):
            assert decisions.changed_since(who, cast.case, since, "en") == ("Decided: Which evening is for singing? – Thursday",)
            assert promises.changed_since(who, cast.case, since, "en") == (
                "Kept: Bring the book",
                "Theo promises: Look for an exercise, by 1 Dec",
            )
            assert set(goals.changed_since(who, cast.case, since, "en")) == {
                "Reached: Sing again",
                "New goal, agreed: Sleep",
                "Small step: Phone in the kitchen – Mika",
                "Done: Buy a clock",
            }
        assert adjustments.changed_since(cast.client, cast.case, since) == (
            "We change this: Ten minutes of listening – Both of us, look again on 14 December",
        )
        assert "Neues Ziel" in " ".join(goals.changed_since(cast.client, cast.case, since, "de"))
    with later(hours=2):
        assert goals.changed_since(cast.client, cast.case, clock.now(), "en") == ()
        assert promises.changed_since(cast.client, cast.case, clock.now(), "en") == ()


def test_what_was_undone_is_not_told(cast: Cast) -> None:
    goal = goals.add(cast.client, cast.case, "Sing again", proposes=True, op=op())
    goal = goals.agree(cast.therapist, cast.case, goal.id, goal.version, op=op())
    with later(hours=1):
        since, operation = clock.now(), op()
        goals.reach(cast.client, cast.case, goal.id, goal.version, op=operation)
        goals.undo(cast.client, cast.case, operation, op=op())
        assert goals.changed_since(cast.client, cast.case, since, "en") == ()


def test_differences_are_told_from_two_notches_on_and_only_after_the_reveal(cast: Cast) -> None:
    checkin = checkins.start(cast.client, cast.case, op=op())
    for who, values in ((cast.client, (8, 8, 8, 5, 8, 8)), (cast.therapist, (8, 9, 8, 8, 6, 8))):
        assert checkins.differences(who, cast.case) == ()
        for item, value in zip(Item, values, strict=True):
            checkins.rate(who, cast.case, checkin, item, value, op=op())
        checkins.submit(who, cast.case, checkin, op=op())
    for who in (cast.client, cast.therapist):
        found = checkins.differences(who, cast.case)
        assert [(one.item, one.client, one.therapist) for one in found] == [(Item.UNDERSTOOD, 5, 8), (Item.VOICE, 8, 6)]
    with later(hours=1):
        since = clock.now()
        checkins.mark_talked_about(cast.therapist, cast.case, checkin, op=op())
        assert checkins.changed_since(cast.client, cast.case, since) == ("Talked about: the check-in of 23 November 2026",)


# --- cost, and the log


def test_no_verb_needs_more_than_eight_statements(cast: Cast) -> None:
    service.bring(cast.client, cast.case, ThingForm("goal", SOME_ROW), op=op())
    old = begin(cast)
    text = agreed(cast, old)
    with counted() as statements:
        text.write(cast.client, "We go on.")
    assert len(statements) <= 8, statements
    service.end(cast.therapist, cast.case, op=op())
    with later(days=7):
        for verb, *args in (
            (service.start, cast.therapist, False),
            (service.go_to, cast.client, SpotForm("goals"), 1),
            (service.go_along, cast.client, False),
            (service.come_to_end, cast.therapist, LinesForm(("Agreed.",))),
            (service.end, cast.therapist),
        ):
            with counted() as statements:
                verb(args[0], cast.case, *args[1:], op=op())
            assert len(statements) <= 8, (verb.__name__, statements)
        for verb in (service.glance, service.view, service.home_part):
            verb(cast.therapist, cast.case)
            with counted() as statements:
                verb(cast.therapist, cast.case)
            assert len(statements) <= 3, (verb.__name__, statements)


def test_the_clients_log_tells_of_sessions_in_plain_words(cast: Cast) -> None:
    begin(cast)
    service.view(cast.therapist, cast.case)
    acts = [(look.person_id, look.action) for look in cases.read_access_log(cast.client, cast.case).looks]
    assert (cast.ids["therapist"], Permission.LEAD_SESSION) in acts
    assert (cast.ids["therapist"], Permission.READ_SESSION) in acts
    assert Permission.KNOW_SESSION not in {action for _, action in acts}
