"""From an idea to a goal of both, and to a new wording of it."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from portal.goals import domain, service
from portal.goals.domain import Action
from portal.goals.models import Goal, GoalWording
from portal.kit.db import transaction
from portal.kit.refusal import ChangedMeanwhile, Forbidden, NotFound
from tests.cast import Cast
from tests.goals.people import agreed, cards, idea, look, page, proposed, seen, titles, working
from tests.makers import op
from tests.queries import counted
from tests.writing.people import Hand, text_of


def test_client_proposes_and_therapist_agrees(cast: Cast) -> None:
    goal = idea(cast, "Sleep before midnight", "Mornings are mine then")
    assert titles(cast, "ideas") == ["Sleep before midnight"]
    assert titles(cast, "ideas", by=cast.therapist) == []
    service.propose(cast.client, cast.case, goal, 1, op=op())
    [mine], [theirs] = cards(cast, "ideas"), cards(cast, "ideas", by=cast.therapist)
    assert (mine.kind, theirs.kind) == ("mine", "theirs")
    assert (mine.mark, theirs.mark) == ("Waits for Theo's yes", "Mika's idea")
    service.agree(cast.therapist, cast.case, goal, theirs.version, op=op())
    assert titles(cast, "agreed") == titles(cast, "agreed", by=cast.therapist) == ["Sleep before midnight"]


def test_nobody_agrees_with_themselves(cast: Cast) -> None:
    goal = proposed(cast)
    with pytest.raises(domain.OthersYesNeeded):
        service.agree(cast.client, cast.case, goal, seen(cast, goal), op=op())


def test_proposal_taken_back_is_gone_for_the_other(cast: Cast) -> None:
    goal = proposed(cast)
    service.take_back(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "ideas", by=cast.therapist) == []
    with pytest.raises(NotFound):
        look(cast, goal, by=cast.therapist)


def test_not_now_gives_the_idea_back(cast: Cast) -> None:
    goal = proposed(cast)
    service.answer_not_now(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert cards(cast, "ideas")[0].kind == "idea"
    assert titles(cast, "ideas", by=cast.therapist) == []


def test_reworded_proposal_needs_the_proposers_yes(cast: Cast) -> None:
    goal = proposed(cast)
    detail = look(cast, goal, by=cast.therapist)
    service.reword(cast.therapist, cast.case, goal, "title", "Say no once a month", detail.title_version, op=op())
    with pytest.raises(domain.OthersYesNeeded):
        service.agree(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert cards(cast, "ideas")[0].kind == "theirs"
    service.agree(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Say no once a month"]


@pytest.mark.parametrize("how", [service.take_back, service.answer_not_now])
def test_counter_words_stay_with_whom_they_are_of(cast: Cast, how: Callable[..., object]) -> None:
    goal = service.add(cast.therapist, cast.case, "Theo's idea", "Theo's reason", proposes=True, op=op()).id
    service.reword(cast.client, cast.case, goal, "why", "What it means to me", 99, op=op())
    how(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    [theirs], [mine] = cards(cast, "ideas", by=cast.therapist), cards(cast, "ideas")
    assert (theirs.id, theirs.kind, theirs.why) == (goal, "idea", "Theo's reason")
    assert (mine.kind, mine.title, mine.why) == ("idea", "Theo's idea", "What it means to me")
    assert [entry.words for entry in page(cast, mine.id).history] == ["Mika wrote this idea down"]
    with pytest.raises(NotFound):
        look(cast, mine.id, by=cast.therapist)
    # Once given back they are not given back a second time.
    service.propose(cast.therapist, cast.case, goal, 99, op=op())
    service.take_back(cast.therapist, cast.case, goal, 99, op=op())
    assert len(cards(cast, "ideas")) == 1


@pytest.mark.parametrize("how", [service.take_back, service.answer_not_now])
def test_notes_that_the_other_wrote_in_a_proposal_stay_with_them(cast: Cast, how: Callable[..., object]) -> None:
    by = cast.client if how is service.take_back else cast.therapist
    goal = proposed(cast, "Mika's idea")
    Hand.at(cast.therapist, text_of(cast, goal, "notes")).write(cast.therapist, "What Theo noted")
    now = seen(cast, goal)
    with counted() as run:
        how(by, cast.case, goal, now, op=op())
    assert len(run) <= 8
    [theirs] = cards(cast, "ideas", by=cast.therapist)
    assert (theirs.title, look(cast, theirs.id, by=cast.therapist).notes) == ("Mika's idea", "What Theo noted")
    assert look(cast, goal).notes == "What Theo noted"
    with pytest.raises(NotFound):
        look(cast, goal, by=cast.therapist)


def test_people_who_write_a_proposal_by_turns_leave_two_wordings_not_hundreds(cast: Cast) -> None:
    goal = proposed(cast, "Title", "")
    hand = Hand.at(cast.client, text_of(cast, goal))
    for number in range(12):
        hand.write((cast.client, cast.therapist)[number % 2], "x" * (number + 1))
    with transaction(writes=False) as db:
        assert len(db.exec(select(GoalWording).where(GoalWording.goal_id == goal)).all()) == 2
    service.take_back(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert look(cast, goal).why == "x" * 11
    assert [card.why for card in cards(cast, "ideas", by=cast.therapist)] == ["x" * 12]


def test_a_counter_wording_can_still_be_agreed_on_and_countered(cast: Cast) -> None:
    goal = service.add(cast.therapist, cast.case, "Theo's idea", proposes=True, op=op()).id
    for who, words in ((cast.client, "Mika's words"), (cast.therapist, "Theo's words"), (cast.client, "Mika's last words")):
        service.reword(who, cast.case, goal, "title", words, 99, op=op())
    service.agree(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Mika's last words"]


def test_undo_of_a_proposal_does_not_take_the_others_words_along(cast: Cast) -> None:
    goal, done = idea(cast), op()
    service.propose(cast.client, cast.case, goal, 1, op=done)
    service.reword(cast.therapist, cast.case, goal, "title", "Theo's words", 99, op=op())
    service.reword(cast.client, cast.case, goal, "title", "Mika's words", 99, op=op())
    with pytest.raises(domain.ChangedSince):
        service.undo(cast.client, cast.case, done, op=op())


def test_yes_is_to_what_was_read(cast: Cast) -> None:
    goal = proposed(cast)
    read = look(cast, goal, by=cast.therapist)
    service.reword(cast.client, cast.case, goal, "title", "Say no every day", read.title_version, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.agree(cast.therapist, cast.case, goal, read.version, op=op())
    assert look(cast, goal).kind == "mine"


def test_rewording_an_agreed_goal_waits_for_both_and_shows_the_difference(cast: Cast) -> None:
    goal = agreed(cast, "Say no once a week")
    service.reword(cast.client, cast.case, goal, "title", "Say no twice a week", look(cast, goal).title_version, op=op())
    for who in (cast.client, cast.therapist):
        detail = look(cast, goal, by=who)
        assert detail.agreed_title == "Say no once a week"
        assert detail.title == "Say no twice a week"
        assert (detail.asks, [one.said for one in detail.yes]) == ("me", [False, False])
        assert [(piece.kind, piece.text) for piece in detail.title_pieces] == [
            ("same", "Say no "), ("gone", "once"), ("new", "twice"), ("same", " a week"),
        ]  # fmt: skip
        assert titles(cast, "agreed", by=who) == ["Say no once a week"]
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Say no once a week"]
    assert [(one.words, one.said) for one in look(cast, goal).yes] == [("You said yes", True), ("Theo's yes is missing", False)]
    assert [(one.words, one.said) for one in look(cast, goal, by=cast.therapist).yes] == [("Your yes is missing", False), ("Mika said yes", True)]
    with pytest.raises(domain.YesSaid):
        service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    service.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Say no twice a week"]
    assert (look(cast, goal).asks, look(cast, goal).yes) == ("", [])


def test_both_say_yes_at_the_same_moment(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    service.reword(cast.client, cast.case, goal, "title", "Say no twice", look(cast, goal).title_version, op=op())
    version = seen(cast, goal)
    service.agree_wording(cast.client, cast.case, goal, version, op=op())
    service.agree_wording(cast.therapist, cast.case, goal, version, op=op())
    assert titles(cast, "agreed") == ["Say no twice"]


def test_any_later_edit_clears_the_yes_of_both(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    for writer, part, text in ((cast.client, "title", "Say no twice"), (cast.therapist, "why", "Evenings"), (cast.client, "title", "Say no often")):
        service.reword(writer, cast.case, goal, part, text, 99, op=op())
        assert [one.said for one in look(cast, goal).yes] == [False, False]
        read = look(cast, goal).version
        service.agree_wording(writer, cast.case, goal, read, op=op())
        assert [one.said for one in look(cast, goal, by=writer).yes] == [True, False]
    other = cast.therapist
    service.reword(cast.client, cast.case, goal, "title", "Say no softly", 99, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.agree_wording(other, cast.case, goal, read, op=op())
    assert titles(cast, "agreed") == ["Say no"]


def test_a_yes_can_be_undone(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    service.reword(cast.client, cast.case, goal, "title", "Say no twice", 99, op=op())
    first, second = op(), op()
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=first)
    service.undo(cast.client, cast.case, first, op=op())
    assert [one.said for one in look(cast, goal).yes] == [False, False]
    service.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=second)
    assert titles(cast, "agreed") == ["Say no twice"]
    service.undo(cast.client, cast.case, second, op=op())
    assert titles(cast, "agreed") == ["Say no"]
    assert [one.said for one in look(cast, goal).yes] == [False, True]


def test_a_new_wording_waits_where_the_missing_yes_is_seen(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    service.reword(cast.client, cast.case, goal, "title", "Say no twice", 99, op=op())
    assert [one.words for one in service.home_part(cast.therapist, cast.case).asking] == ["Mika suggests a new wording"]
    assert service.home_part(cast.client, cast.case).asking == []
    assert len(service.waiting(cast.therapist)[cast.case]) == 1
    service.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert [one.words for one in service.home_part(cast.client, cast.case).asking] == ["Theo said yes to the new wording"]
    assert service.home_part(cast.therapist, cast.case).asking == []
    assert service.waiting(cast.therapist) == {}
    service.reword(cast.therapist, cast.case, goal, "title", "Say no thrice", 99, op=op())
    assert service.waiting(cast.therapist) == {}
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert len(service.waiting(cast.therapist)[cast.case]) == 1


def test_a_new_wording_has_an_id_of_its_own_and_the_agreed_one_keeps_its(cast: Cast) -> None:
    """What is rated is rated for one of these."""
    goal = agreed(cast, "Say no")
    before = wordings(goal)
    service.reword(cast.client, cast.case, goal, "title", "Say no twice", 99, op=op())
    assert wordings(goal)[0] == before[0]
    assert wordings(goal)[1] not in ("", before[0])
    waiting = wordings(goal)[1]
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    service.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert wordings(goal) == (waiting, None)


def wordings(goal: str) -> tuple[str, str | None]:
    """The ids of the wording in force and of the one that waits."""
    with transaction(writes=False) as db:
        row = db.exec(select(Goal).where(Goal.id == goal)).one()
        return row.wording_id, row.new_wording_id


def test_agreed_wording_can_stay(cast: Cast) -> None:
    for who in (cast.client, cast.therapist):
        goal = agreed(cast, "Say no once a week")
        service.reword(cast.client, cast.case, goal, "why", "It costs me the evening", look(cast, goal).why_version, op=op())
        service.keep_wording(who, cast.case, goal, seen(cast, goal), op=op())
        assert (look(cast, goal).why, look(cast, goal).asks) == ("", "")


def test_writing_back_what_was_agreed_asks_nothing(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    first = service.reword(cast.client, cast.case, goal, "title", "Say yes", look(cast, goal).title_version, op=op())
    assert look(cast, goal).asks == "me"
    service.reword(cast.client, cast.case, goal, "title", "Say no", first.version, op=op())
    assert look(cast, goal).asks == ""
    assert look(cast, goal, by=cast.therapist).asks == ""


def test_counter_wording_turns_the_question_round(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    service.reword(cast.client, cast.case, goal, "title", "Say no often", look(cast, goal).title_version, op=op())
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    service.reword(cast.therapist, cast.case, goal, "title", "Say no when it matters", look(cast, goal).title_version, op=op())
    assert (look(cast, goal).asks, look(cast, goal).asked_words) == ("me", "Theo")
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    service.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Say no when it matters"]


def test_second_edit_of_the_same_text_is_shown_both(cast: Cast) -> None:
    goal = working(cast)
    version = look(cast, goal).title_version
    service.reword(cast.client, cast.case, goal, "title", "Mika's words", version, op=op())
    with pytest.raises(ChangedMeanwhile) as refused:
        service.reword(cast.therapist, cast.case, goal, "title", "Theo's words", version, op=op())
    assert refused.value.params["theirs"] == "Mika's words"
    service.reword(cast.therapist, cast.case, goal, "title", "Theo's words", refused.value.params["version"], op=op())
    assert look(cast, goal).title == "Theo's words"


def test_edits_of_different_texts_both_land(cast: Cast) -> None:
    goal = proposed(cast)
    before = look(cast, goal)
    service.reword(cast.client, cast.case, goal, "title", "New title", before.title_version, op=op())
    service.reword(cast.therapist, cast.case, goal, "why", "New reason", before.why_version, op=op())
    assert (look(cast, goal).title, look(cast, goal).why) == ("New title", "New reason")


def test_the_same_text_twice_is_no_conflict(cast: Cast) -> None:
    goal = proposed(cast)
    version = look(cast, goal).title_version
    service.reword(cast.client, cast.case, goal, "title", "Same words", version, op=op())
    assert not service.reword(cast.therapist, cast.case, goal, "title", "Same words", version, op=op()).changed


def test_concurrent_moves_are_decided_by_the_state_that_was_seen(cast: Cast) -> None:
    goal = working(cast)
    version = seen(cast, goal)
    service.reach(cast.client, cast.case, goal, version, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.let_go(cast.therapist, cast.case, goal, version, op=op())
    with pytest.raises(domain.WhileDone):
        service.pause(cast.therapist, cast.case, goal, version, op=op())
    assert titles(cast, "reached") == ["Say no once a week"]


def test_an_edit_does_not_stop_a_move(cast: Cast) -> None:
    goal = agreed(cast)
    version = seen(cast, goal)
    service.set_area(cast.therapist, cast.case, goal, "family", version, op=op())
    service.start(cast.client, cast.case, goal, version, op=op())
    assert cards(cast, "working")[0].area == "Family"


def test_whole_way_of_a_goal(cast: Cast) -> None:
    goal = working(cast)
    for action, column, kind in (
        (Action.PAUSE, "working", "paused"),
        (Action.RESUME, "working", "working"),
        (Action.SET_BACK, "agreed", "agreed"),
        (Action.START, "working", "working"),
        (Action.REACH, "reached", "reached"),
        (Action.TAKE_UP, "working", "working"),
        (Action.LET_GO, "let_go", "let_go"),
    ):
        service.VERBS[action](cast.therapist, cast.case, goal, seen(cast, goal), op=op())
        assert [card.kind for card in cards(cast, column)] == [kind]
    service.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "let_go") == []
    assert [line.title for line in service.archive_of(cast.therapist, cast.case)] == ["Say no once a week"]
    assert service.board(cast.client, cast.case).archived == "1 goal in the archive"
    with pytest.raises(domain.WhileArchived):
        service.take_up(cast.client, cast.case, goal, seen(cast, goal), op=op())
    service.restore(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "let_go") == ["Say no once a week"]


def test_supervisor_reads_agreed_goals_and_writes_nothing(cast: Cast) -> None:
    goal = agreed(cast, "Agreed")
    waits = proposed(cast, "Proposed")
    board = service.board(cast.supervisor, cast.case)
    assert [card.title for column in board.columns.values() for card in column.cards] == ["Agreed"]
    assert not board.may_write
    with pytest.raises(NotFound):
        look(cast, waits, by=cast.supervisor)
    with pytest.raises(Forbidden):
        service.start(cast.supervisor, cast.case, goal, seen(cast, goal), op=op())
