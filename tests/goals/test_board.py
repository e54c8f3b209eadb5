"""The board: order, small steps, focus, history, undo, and what it costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.access.gate import Caller
from portal.access.models import Person, PersonSession
from portal.goals import domain, service
from portal.goals.domain import Action
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.i18n import say
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, NotFound
from tests.cast import Cast
from tests.goals.people import agreed, cards, idea, look, page, proposed, seen, titles, working
from tests.makers import op
from tests.queries import counted


def test_order_is_shared(cast: Cast) -> None:
    first, second, third = (agreed(cast, title) for title in ("One", "Two", "Three"))
    assert titles(cast, "agreed") == ["Three", "Two", "One"]
    service.move(cast.client, cast.case, third, "agreed", first, seen(cast, third), op=op())
    service.move(cast.therapist, cast.case, first, "agreed", "", seen(cast, first), op=op())
    assert titles(cast, "agreed") == titles(cast, "agreed", by=cast.therapist) == ["One", "Two", "Three"]
    service.move(cast.therapist, cast.case, second, "working", "", seen(cast, second), op=op())
    service.move(cast.therapist, cast.case, third, "working", second, seen(cast, third), op=op())
    assert titles(cast, "working") == ["Two", "Three"]
    assert cards(cast, "working")[0].kind == "working"


def test_two_moves_at_once_both_land(cast: Cast) -> None:
    first, second, third = (agreed(cast, title) for title in ("One", "Two", "Three"))
    versions = {goal: seen(cast, goal) for goal in (first, second, third)}
    service.move(cast.client, cast.case, first, "agreed", "", versions[first], op=op())
    service.move(cast.therapist, cast.case, second, "working", "", versions[second], op=op())
    assert (titles(cast, "agreed"), titles(cast, "working")) == (["One", "Three"], ["Two"])


def test_a_proposal_dropped_on_agreed_is_a_yes(cast: Cast) -> None:
    goal = proposed(cast)
    with pytest.raises(domain.OthersYesNeeded):
        service.move(cast.client, cast.case, goal, "agreed", "", seen(cast, goal), op=op())
    service.move(cast.therapist, cast.case, goal, "agreed", "", seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Say no once a week"]


def test_refused_move_changes_nothing(cast: Cast) -> None:
    goal = idea(cast)
    with pytest.raises(domain.WhileIdea):
        service.move(cast.client, cast.case, goal, "working", "", 1, op=op())
    with pytest.raises(BadInput):
        service.move(cast.client, cast.case, goal, "elsewhere", "", 1, op=op())
    assert [card.kind for card in cards(cast, "ideas")] == ["idea"]
    assert len(page(cast, goal).history) == 1


def test_place_of_anothers_idea_is_not_taken(cast: Cast) -> None:
    mine = [proposed(cast, f"Mika {n}") for n in range(2)]
    idea(cast, "Theo's own", by=cast.therapist)
    for _ in range(40):
        mine.reverse()
        service.move(cast.client, cast.case, mine[0], "ideas", "", seen(cast, mine[0]), op=op())
    assert titles(cast, "ideas") == [look(cast, goal).title for goal in mine]
    assert titles(cast, "ideas", by=cast.therapist)[-1] == "Theo's own"


def test_small_steps(cast: Cast) -> None:
    goal = working(cast)
    step = service.add_step(cast.client, cast.case, goal, "tell my sister", cast.ids["client"], op=op())
    other = service.add_step(cast.therapist, cast.case, goal, "send the example", cast.ids["therapist"], op=op())
    service.add_step(cast.therapist, cast.case, goal, "walk together", op=op())
    service.tick_step(cast.therapist, cast.case, step.id, True, op=op())
    service.date_step(cast.client, cast.case, other.id, "2026-12-12", 1, op=op())
    [card] = cards(cast, "working")
    assert [(line.text, line.done, line.role) for line in card.steps] == [
        ("tell my sister", True, "client"), ("send the example", False, "therapist"), ("walk together", False, "both"),
    ]  # fmt: skip
    service.hand_step(cast.client, cast.case, other.id, "", 2, op=op())
    service.reword_step(cast.client, cast.case, other.id, "send two examples", 1, op=op())
    with pytest.raises(ChangedMeanwhile) as refused:
        service.reword_step(cast.therapist, cast.case, other.id, "send nothing", 1, op=op())
    assert refused.value.params["theirs"] == "send two examples"
    service.remove_step(cast.therapist, cast.case, step.id, op=op())
    detail = page(cast, goal)
    assert [line.text for line in detail.steps] == ["send two examples", "walk together"]
    assert detail.steps[0].due_words == "by 12 Dec"
    with pytest.raises(NotFound):
        service.tick_step(cast.client, cast.case, step.id, False, op=op())


def test_home_shows_focus_questions_and_promises(cast: Cast) -> None:
    goal = working(cast, "In focus")
    working(cast, "Not in focus")
    service.put_in_focus(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    done = service.add_step(cast.client, cast.case, goal, "done", op=op())
    service.tick_step(cast.client, cast.case, done.id, True, op=op())
    service.add_step(cast.client, cast.case, goal, "next one", cast.ids["client"], op=op())
    waits = idea(cast, "From Theo", by=cast.therapist)
    service.propose(cast.therapist, cast.case, waits, 1, op=op())
    home = service.home_part(cast.client, cast.case)
    assert [(one.title, one.done, one.steps, one.next_step) for one in home.focus] == [("In focus", 1, 2, "next one")]
    assert [(one.title, one.words) for one in home.asking] == [("From Theo", "Theo proposes a goal")]
    assert [(one.text, one.owner) for one in home.promised] == [("next one", "Mika")]
    assert service.home_part(cast.therapist, cast.case).asking == []
    assert [one.title for one in service.titles(cast.client, cast.case)] == ["From Theo", "Not in focus", "In focus"]


def test_three_goals_in_focus_are_enough(cast: Cast) -> None:
    goals = [agreed(cast, f"Goal {n}") for n in range(4)]
    for goal in goals[:3]:
        service.put_in_focus(cast.client, cast.case, goal, seen(cast, goal), op=op())
    with pytest.raises(domain.EnoughInFocus) as enough:
        service.put_in_focus(cast.therapist, cast.case, goals[3], seen(cast, goals[3]), op=op())
    assert say("en", enough.value.sentence, **enough.value.params) == (
        "Three goals are in focus already: “Goal 2”, “Goal 1” and “Goal 0”. Take one of them out of focus first."
    )
    assert "Goal" not in str(enough.value)
    service.reach(cast.client, cast.case, goals[0], seen(cast, goals[0]), op=op())
    service.put_in_focus(cast.client, cast.case, goals[3], seen(cast, goals[3]), op=op())
    assert {one.title for one in service.home_part(cast.client, cast.case).focus} == {"Goal 1", "Goal 2", "Goal 3"}


def test_area_and_review_day(cast: Cast) -> None:
    goal = agreed(cast)
    service.set_area(cast.client, cast.case, goal, "friends", seen(cast, goal), op=op())
    service.set_review(cast.client, cast.case, goal, (clock.now() + timedelta(days=30)).date().isoformat(), seen(cast, goal), op=op())
    [card] = cards(cast, "agreed")
    assert card.area == "Friends"
    assert card.chip.startswith("look again ")
    with clock.at(clock.now() + timedelta(minutes=1)):
        service.set_area(cast.therapist, cast.case, goal, "The choir", seen(cast, goal), op=op())
        service.set_review(cast.client, cast.case, goal, clock.now().date().isoformat(), seen(cast, goal), op=op())
    [card] = cards(cast, "agreed")
    assert (card.area, card.chip, card.due) == ("The choir", "time to look again", True)
    with pytest.raises(ChangedMeanwhile) as refused:
        service.set_area(cast.client, cast.case, goal, "Family", 1, op=op())
    assert refused.value.params["theirs"] == "The choir"


def test_day_until_which_a_goal_is_meant(cast: Cast) -> None:
    goal, today = agreed(cast), clock.now().date()
    ahead, past = today + timedelta(days=400), today - timedelta(days=3)
    service.set_due(cast.client, cast.case, goal, ahead.isoformat(), seen(cast, goal), op=op())
    [card] = cards(cast, "agreed", by=cast.therapist)
    assert (card.by, card.overdue) == (f"by {ahead.day} {ahead:%b} {ahead.year}", False)
    with pytest.raises(ChangedMeanwhile) as refused:
        service.set_due(cast.therapist, cast.case, goal, past.isoformat(), 1, op=op())
    assert refused.value.params["theirs"] == ahead.isoformat()
    service.set_due(cast.therapist, cast.case, goal, past.isoformat(), seen(cast, goal), op=op())
    [card] = cards(cast, "agreed")
    assert card.by.startswith(f"was meant for {past.day} ")
    assert card.overdue
    assert (look(cast, goal).due, look(cast, goal).overdue) == (past.isoformat(), True)
    entry = page(cast, goal).history[0]
    assert (entry.words, entry.before, entry.after) == (
        "Theo changed until when it is meant", f"{ahead.day} {ahead:%B} {ahead.year}", f"{past.day} {past:%B} {past.year}",
    )  # fmt: skip
    service.put_in_focus(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert service.home_part(cast.client, cast.case).focus[0].due == card.by
    service.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert (cards(cast, "reached")[0].by, cards(cast, "reached")[0].overdue, look(cast, goal).overdue) == ("", False, False)
    with pytest.raises(NotFound):
        service.set_due(cast.client, cast.case, idea(cast, by=cast.therapist), past.isoformat(), 9, op=op())


def test_a_day_is_over_where_the_reader_is(cast: Cast) -> None:
    """Half past eleven at night in Berlin: a step of today is late in Auckland, where the next day has long begun."""
    goal = working(cast)
    service.add_step(cast.client, cast.case, goal, "call the choir", op=op())
    step = page(cast, goal).steps[0]
    with clock.at(datetime(2026, 12, 12, 22, 30, tzinfo=UTC)):
        change_zone(cast.client, "Europe/Berlin")
        change_zone(cast.therapist, "Pacific/Auckland")
        service.date_step(cast.client, cast.case, step.id, "2026-12-12", step.version, op=op())
        [mine] = cards(cast, "working")[0].steps
        [theirs] = cards(cast, "working", by=cast.therapist)[0].steps
        assert (mine.due, mine.overdue) == ("by 12 Dec", False)
        assert (theirs.due, theirs.overdue) == ("was meant for 12 Dec", True)
        service.tick_step(cast.client, cast.case, step.id, True, op=op())
        [theirs] = cards(cast, "working", by=cast.therapist)[0].steps
        assert (theirs.due, theirs.overdue) == ("", False)
        detail = page(cast, goal, by=cast.therapist).steps[0]
        assert (detail.due_words, detail.overdue) == ("by 12 Dec", False)


def change_zone(who: Caller, zone: str) -> None:
    with transaction(writes=True) as db:
        session = db.get_one(PersonSession, who.session_id)
        session.last_seen_at = session.created_at = clock.now()
        person = db.get_one(Person, session.person_id)
        person.time_zone = zone
        db.add_all([session, person])


def test_a_card_shows_the_open_steps_that_come_first(cast: Cast) -> None:
    goal = working(cast)
    days = ["", "2027-03-01", "", "2027-01-01", "2027-02-01", ""]
    for number, day in enumerate(days):
        step = service.add_step(cast.client, cast.case, goal, f"Step {number}", op=op())
        if day:
            service.date_step(cast.client, cast.case, step.id, day, step.version, op=op())
    service.tick_step(cast.client, cast.case, page(cast, goal).steps[0].id, True, op=op())
    [card] = cards(cast, "working")
    assert [line.text for line in card.steps] == ["Step 3", "Step 4", "Step 1", "Step 2"]
    assert card.more == "and 2 more steps"


def test_history_tells_before_and_after(cast: Cast) -> None:
    goal = working(cast, "Say no once")
    service.reword(cast.therapist, cast.case, goal, "title", "Say no twice", look(cast, goal).title_version, op=op())
    entry = page(cast, goal).history[0]
    assert entry.words == "Theo changed the wording"
    assert entry.role == "therapist"
    assert [(piece.kind, piece.text) for piece in entry.pieces] == [("same", "Say no "), ("gone", "once"), ("new", "twice")]
    assert [one.words for one in page(cast, goal).history[1:]] == [
        "Mika began to work on it", "Theo said yes to this goal", "Mika proposed this goal", "Mika wrote this idea down",
    ]  # fmt: skip
    assert (page(cast, goal).history[1].before, page(cast, goal).history[1].after) == ("Agreed", "Working on")


def test_a_burst_of_writing_is_one_entry(cast: Cast) -> None:
    goal = proposed(cast, "S")
    at = clock.now()
    version = look(cast, goal).title_version
    for seconds, text in enumerate(("Sa", "Say", "Say no")):
        with clock.at(at + timedelta(seconds=seconds)):
            version = service.reword(cast.client, cast.case, goal, "title", text, version, op=op()).version
    written = [entry for entry in page(cast, goal).history if entry.words == "Mika changed the wording"]
    assert [[(piece.kind, piece.text) for piece in entry.pieces] for entry in written] == [[("gone", "S"), ("new", "Say no")]]
    with clock.at(at + timedelta(minutes=10)):
        service.reword(cast.client, cast.case, goal, "title", "Say no often", version, op=op())
        assert len([entry for entry in page(cast, goal).history if "wording" in entry.words]) == 2


def test_an_earlier_text_can_be_taken_again(cast: Cast) -> None:
    goal = agreed(cast, "First words")
    service.reword(cast.client, cast.case, goal, "title", "Second words", look(cast, goal).title_version, op=op())
    for who in (cast.client, cast.therapist):
        service.agree_wording(who, cast.case, goal, seen(cast, goal), op=op())
    [entry] = [entry for entry in page(cast, goal).history if entry.restorable]
    service.bring_back(cast.therapist, cast.case, entry.id, op=op())
    assert (look(cast, goal).title, look(cast, goal).asks) == ("First words", "me")
    assert titles(cast, "agreed") == ["Second words"]
    newest = page(cast, goal).history[0]
    assert (newest.words, newest.restorable) == ("Theo took an earlier text again", True)
    service.bring_back(cast.client, cast.case, newest.id, op=op())
    assert (look(cast, goal).title, look(cast, goal).asks) == ("Second words", "")
    assert len([one for one in page(cast, goal).history if "took an earlier text" in one.words]) == 2


def restorable(cast: Cast, goal: str) -> list[str]:
    return [entry.id for entry in page(cast, goal).history if entry.restorable]


def test_a_step_that_was_taken_away_or_reworded_comes_back(cast: Cast) -> None:
    goal = working(cast)
    step = service.add_step(cast.client, cast.case, goal, "first words", op=op()).id
    service.reword_step(cast.therapist, cast.case, step, "other words", 9, op=op())
    [entry] = restorable(cast, goal)
    service.bring_back(cast.client, cast.case, entry, op=op())
    assert [line.text for line in page(cast, goal).steps] == ["first words"]
    service.remove_step(cast.therapist, cast.case, step, op=op())
    assert page(cast, goal).history[0].words == "Theo took a small step away"
    service.bring_back(cast.client, cast.case, page(cast, goal).history[0].id, op=op())
    assert [line.text for line in page(cast, goal).steps] == ["first words"]
    assert page(cast, goal).history[0].words == "Mika brought a small step back"
    service.remove_step(cast.client, cast.case, step, op=op())
    removed = page(cast, goal).history[0].id
    service.reach(cast.client, cast.case, goal, 99, op=op())
    service.archive(cast.client, cast.case, goal, 99, op=op())
    assert restorable(cast, goal) == []
    with pytest.raises(domain.WhileArchived):
        service.bring_back(cast.client, cast.case, removed, op=op())


def test_a_declined_wording_can_be_suggested_again(cast: Cast) -> None:
    goal = agreed(cast, "Agreed title", "Agreed reason")
    service.reword(cast.client, cast.case, goal, "title", "New title", 99, op=op())
    service.reword(cast.client, cast.case, goal, "why", "New reason", 99, op=op())
    service.keep_wording(cast.therapist, cast.case, goal, 99, op=op())
    declined = page(cast, goal).history[0]
    assert declined.restorable
    service.bring_back(cast.client, cast.case, declined.id, op=op())
    detail = look(cast, goal)
    assert (detail.title, detail.why, detail.asks) == ("New title", "New reason", "me")
    assert (detail.agreed_title, detail.agreed_why) == ("Agreed title", "Agreed reason")


def test_second_day_and_second_owner_of_a_step_are_told(cast: Cast) -> None:
    goal = working(cast)
    step = service.add_step(cast.client, cast.case, goal, "Step", op=op())
    service.date_step(cast.client, cast.case, step.id, "2026-12-01", step.version, op=op())
    with pytest.raises(ChangedMeanwhile) as refused:
        service.date_step(cast.therapist, cast.case, step.id, "2026-12-24", step.version, op=op())
    assert refused.value.params["theirs"] == "2026-12-01"
    assert page(cast, goal).steps[0].due == "2026-12-01"
    now = page(cast, goal).steps[0].version
    service.hand_step(cast.client, cast.case, step.id, cast.ids["client"], now, op=op())
    with pytest.raises(ChangedMeanwhile) as refused:
        service.hand_step(cast.therapist, cast.case, step.id, cast.ids["therapist"], now, op=op())
    assert "look again" in refused.value.sentence
    assert page(cast, goal).steps[0].owner_id == cast.ids["client"]


def undoable(cast: Cast) -> list[tuple[str, Callable[[str], object]]]:
    agreed_one, working_one = agreed(cast, "Agreed"), working(cast, "Working")
    reached_one, waiting_one = working(cast, "Reached"), proposed(cast, "Proposed")
    private_one, reworded = idea(cast, "Private"), agreed(cast, "Reworded")
    service.reach(cast.client, cast.case, reached_one, seen(cast, reached_one), op=op())
    service.reword(cast.therapist, cast.case, reworded, "title", "Reworded anew", look(cast, reworded).title_version, op=op())
    step = service.add_step(cast.client, cast.case, working_one, "Step", op=op()).id
    client, case = cast.client, cast.case
    return [
        ("start", lambda o: service.start(client, case, agreed_one, 99, op=o)),
        ("move", lambda o: service.move(client, case, agreed_one, "reached", "", 99, op=o)),
        ("focus", lambda o: service.put_in_focus(client, case, agreed_one, 99, op=o)),
        ("pause", lambda o: service.pause(client, case, working_one, 99, op=o)),
        ("archive", lambda o: service.archive(client, case, reached_one, 99, op=o)),
        ("take back", lambda o: service.take_back(client, case, waiting_one, 99, op=o)),
        ("propose", lambda o: service.propose(client, case, private_one, 99, op=o)),
        ("area", lambda o: service.set_area(client, case, agreed_one, "Choir", 99, op=o)),
        ("review", lambda o: service.set_review(client, case, agreed_one, "2027-02-03", 99, op=o)),
        ("due", lambda o: service.set_due(client, case, agreed_one, "2027-02-03", 99, op=o)),
        ("agree wording", lambda o: service.agree_wording(client, case, reworded, 99, op=o)),
        ("keep wording", lambda o: service.keep_wording(client, case, reworded, 99, op=o)),
        ("tick", lambda o: service.tick_step(client, case, step, True, op=o)),
        ("hand", lambda o: service.hand_step(client, case, step, cast.ids["therapist"], 99, op=o)),
        ("date", lambda o: service.date_step(client, case, step, "2027-02-03", 99, op=o)),
        ("reword step", lambda o: service.reword_step(client, case, step, "Step in other words", 99, op=o)),
        ("remove", lambda o: service.remove_step(client, case, step, op=o)),
        ("add step", lambda o: service.add_step(client, case, working_one, "Another", op=o)),
    ]


def picture(cast: Cast) -> list[object]:
    """What both see of everything, without versions."""
    found: list[object] = []
    for who in (cast.client, cast.therapist):
        for name, column in service.board(who, cast.case).columns.items():
            for card in column.cards:
                detail = look(cast, card.id, by=who)
                steps = [(s.text, s.done, s.owner_id, s.due) for s in page(cast, card.id, by=who).steps]
                found.append(
                    (name, card.kind, card.title, card.asks, card.focus, detail.title, detail.area, detail.review, detail.due, detail.since_exact, steps)
                )
    return found


def test_every_change_of_the_board_can_be_undone(cast: Cast) -> None:
    for name, change in undoable(cast):
        before = picture(cast)
        done = op()
        change(done)
        assert picture(cast) != before, name
        service.undo(cast.client, cast.case, done, op=op())
        assert picture(cast) == before, name


def test_undo_of_an_order_and_of_a_new_idea(cast: Cast) -> None:
    first, done = agreed(cast, "One"), op()
    agreed(cast, "Two")
    service.move(cast.client, cast.case, first, "agreed", "", seen(cast, first), op=done)
    assert titles(cast, "agreed") == ["One", "Two"]
    service.undo(cast.client, cast.case, done, op=op())
    assert titles(cast, "agreed") == ["Two", "One"]
    added = op()
    service.add(cast.client, cast.case, "By mistake", op=added)
    service.undo(cast.client, cast.case, added, op=op())
    assert titles(cast, "ideas") == []
    assert [line.title for line in service.archive_of(cast.client, cast.case)] == ["By mistake"]


def test_undo_is_for_ones_own_last_ten_seconds(cast: Cast) -> None:
    goal, done = agreed(cast), op()
    service.start(cast.client, cast.case, goal, seen(cast, goal), op=done)
    with pytest.raises(NotFound):
        service.undo(cast.therapist, cast.case, done, op=op())
    with clock.at(clock.now() + timedelta(minutes=2)), pytest.raises(domain.TooLateToUndo):
        service.undo(cast.client, cast.case, done, op=op())
    assert cards(cast, "working")


def test_undo_leaves_what_the_other_did_since(cast: Cast) -> None:
    goal, done = agreed(cast), op()
    service.start(cast.client, cast.case, goal, seen(cast, goal), op=done)
    service.pause(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    with pytest.raises(domain.ChangedSince):
        service.undo(cast.client, cast.case, done, op=op())
    assert cards(cast, "working")[0].kind == "paused"


def test_an_operation_sent_twice_is_done_once(cast: Cast) -> None:
    once = op()
    service.add(cast.client, cast.case, "Only one", op=once)
    with pytest.raises(AlreadyDone):
        service.add(cast.client, cast.case, "Only one", op=once)
    goal, again = working(cast), op()
    service.add_step(cast.client, cast.case, goal, "Only one", op=again)
    with pytest.raises(AlreadyDone):
        service.add_step(cast.client, cast.case, goal, "Only one", op=again)
    assert titles(cast, "ideas") == ["Only one"]
    assert len(page(cast, goal).steps) == 1


def test_no_verb_needs_more_than_eight_statements(cast: Cast) -> None:
    costs: dict[str, int] = {}
    changes = undoable(cast)
    for name, change in changes:
        done = op()
        with counted() as run:
            change(done)
        costs[name] = len(run)
        with counted() as run:
            service.undo(cast.client, cast.case, done, op=op())
        costs[f"undo {name}"] = len(run)
    goal = agreed(cast)
    version = look(cast, goal).title_version
    with counted() as run:
        service.reword(cast.client, cast.case, goal, "title", "New words", version, op=op())
    costs["reword"] = len(run)
    entry = page(cast, goal).history[0].id
    with counted() as run:
        service.bring_back(cast.therapist, cast.case, entry, op=op())
    costs["bring back"] = len(run)
    countered = proposed(cast, "Countered")
    service.reword(cast.therapist, cast.case, countered, "title", "Theo's words", 99, op=op())
    with counted() as run:
        service.take_back(cast.client, cast.case, countered, 99, op=op())
    # It writes two goals: the proposal, and the idea that keeps the other's words.
    costs["take back what the other wrote in"] = len(run)
    for name, read in (
        ("board", lambda: service.board(cast.therapist, cast.case)),
        ("goal", lambda: service.goal(cast.therapist, cast.case, goal)),
        ("home", lambda: service.home_part(cast.therapist, cast.case)),
        ("waiting", lambda: service.waiting(cast.therapist)),
        ("add", lambda: service.add(cast.client, cast.case, "One more", op=op())),
    ):
        with counted() as run:
            read()
        costs[name] = len(run)
    assert max(costs.values()) <= 8, costs


def test_statements_of_the_board_do_not_grow_with_its_goals(cast: Cast) -> None:
    def cost() -> int:
        with counted() as run:
            service.board(cast.client, cast.case)
        return len(run)

    working(cast)
    few = cost()
    for n in range(service.FOLD + 10):
        goal = idea(cast, f"Idea {n}")
    service.add_step(cast.client, cast.case, goal, "Step", op=op())
    assert cost() == few
    board = service.board(cast.client, cast.case)
    assert (len(board.columns["ideas"].cards), board.columns["ideas"].count) == (service.FOLD, service.FOLD + 10)
    assert board.columns["ideas"].more == "Show 10 more"
    whole = service.board(cast.client, cast.case, unfolded=frozenset({"ideas"}))
    assert len(whole.columns["ideas"].cards) == service.FOLD + 10


def test_a_history_entry_needs_its_undo_words_or_a_history_of_texts() -> None:
    texts = {Action.REWORD_TITLE, Action.REWORD_WHY, Action.NOTE, Action.TAKE_EARLIER}
    from portal.goals.schemas import ENTRY_WORDS, UNDO_WORDS

    assert set(ENTRY_WORDS) == set(Action)
    assert set(UNDO_WORDS) == set(Action) - texts - {Action.UNDO, Action.MOVE}
