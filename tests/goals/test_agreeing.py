"""From an idea to a goal of both, and to a new wording of it."""

from collections.abc import Callable

import pytest

from portal.goals import domain, service
from portal.goals.domain import Action
from portal.kit.refusal import ChangedMeanwhile, Forbidden, NotFound
from tests.cast import Cast
from tests.goals.people import agreed, cards, idea, look, page, proposed, seen, titles, working
from tests.makers import op


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


def test_rewording_an_agreed_goal_waits_for_the_other_and_shows_the_difference(cast: Cast) -> None:
    goal = agreed(cast, "Say no once a week")
    service.reword(cast.client, cast.case, goal, "title", "Say no twice a week", look(cast, goal).title_version, op=op())
    for who, asks in ((cast.client, "other"), (cast.therapist, "me")):
        detail = look(cast, goal, by=who)
        assert detail.agreed_title == "Say no once a week"
        assert detail.title == "Say no twice a week"
        assert detail.asks == asks
        assert [(piece.kind, piece.text) for piece in detail.title_pieces] == [
            ("same", "Say no "), ("gone", "once"), ("new", "twice"), ("same", " a week"),
        ]  # fmt: skip
        assert titles(cast, "agreed", by=who) == ["Say no once a week"]
    with pytest.raises(domain.OthersYesNeeded):
        service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    service.agree_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    assert titles(cast, "agreed") == ["Say no twice a week"]
    assert look(cast, goal).asks == ""


def test_agreed_wording_can_stay(cast: Cast) -> None:
    for who in (cast.client, cast.therapist):
        goal = agreed(cast, "Say no once a week")
        service.reword(cast.client, cast.case, goal, "why", "It costs me the evening", look(cast, goal).why_version, op=op())
        service.keep_wording(who, cast.case, goal, seen(cast, goal), op=op())
        assert (look(cast, goal).why, look(cast, goal).asks) == ("", "")


def test_writing_back_what_was_agreed_asks_nothing(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    first = service.reword(cast.client, cast.case, goal, "title", "Say yes", look(cast, goal).title_version, op=op())
    assert look(cast, goal).asks == "other"
    service.reword(cast.client, cast.case, goal, "title", "Say no", first.version, op=op())
    assert look(cast, goal).asks == ""
    assert look(cast, goal, by=cast.therapist).asks == ""


def test_counter_wording_turns_the_question_round(cast: Cast) -> None:
    goal = agreed(cast, "Say no")
    service.reword(cast.client, cast.case, goal, "title", "Say no often", look(cast, goal).title_version, op=op())
    service.reword(cast.therapist, cast.case, goal, "title", "Say no when it matters", look(cast, goal).title_version, op=op())
    assert look(cast, goal).asks == "me"
    service.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
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
