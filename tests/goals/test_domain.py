"""The rules of goals alone: states and who may change them, order, difference of wordings."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portal.goals import domain
from portal.goals.domain import Action, Actor, Column, GoalStatus, Illegal, Standing

MIKA = Actor("mika", "client")
THEO = Actor("theo", "therapist")
SANA = Actor("sana", "supervisor")
ACTORS = st.sampled_from([MIKA, THEO])
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

ALLOWED = {
    Action.PROPOSE: {"idea"},
    Action.TAKE_BACK: {"proposed"},
    Action.AGREE: {"proposed"},
    Action.NOT_NOW: {"proposed"},
    Action.START: {"agreed"},
    Action.PAUSE: {"working"},
    Action.RESUME: {"paused"},
    Action.SET_BACK: {"working", "paused", "reached", "let_go"},
    Action.REACH: {"agreed", "working", "paused", "let_go"},
    Action.LET_GO: {"agreed", "working", "paused", "reached"},
    Action.TAKE_UP: {"reached", "let_go"},
    Action.ARCHIVE: {"idea", "reached", "let_go"},
    Action.RESTORE: {"archived"},
}
STATES = ["idea", "proposed", "agreed", "working", "paused", "reached", "let_go", "archived"]


def _in_state(state: str) -> Standing:
    standing = Standing(MIKA.person_id)
    if state == "archived":
        return replace(standing, status=GoalStatus.REACHED, archived=True)
    if state == "proposed":
        return domain.propose(standing, MIKA)
    return replace(standing, status=GoalStatus(state))


def _someone_for(action: Action) -> Actor:
    return THEO if action in {Action.AGREE, Action.NOT_NOW} else MIKA


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ALLOWED)
def test_only_the_listed_states_allow_an_action(state: str, action: Action) -> None:
    standing = _in_state(state)
    if state in ALLOWED[action]:
        assert domain.MOVES[action](standing, _someone_for(action)) != standing
    else:
        with pytest.raises(Illegal) as refused:
            domain.MOVES[action](standing, _someone_for(action))
        assert refused.value.state == state
        assert refused.value.action is action


class TwoPeopleAndAGoal(RuleBasedStateMachine):
    """Client and therapist do anything in any order; what must always hold is checked after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.goal = Standing(MIKA.person_id)
        self.wording = self.newest = 1
        self.waits: int | None = None
        self.said_yes: set[tuple[str, int]] = set()

    def _try(self, action: Action, actor: Actor) -> bool:
        before = self.goal
        try:
            self.goal = domain.MOVES[action](before, actor)
        except Illegal as refused:
            assert (refused.state, refused.action) == (before.named, action)
            assert self.goal is before
            return False
        return True

    @rule(actor=ACTORS)
    def propose(self, actor: Actor) -> None:
        if self._try(Action.PROPOSE, actor):
            self.said_yes.add((actor.role, self.wording))

    @rule(actor=ACTORS)
    def agree(self, actor: Actor) -> None:
        if self._try(Action.AGREE, actor):
            self.said_yes.add((actor.role, self.wording))

    @rule(actor=ACTORS, action=st.sampled_from([Action.TAKE_BACK, Action.NOT_NOW]))
    def back_to_an_idea(self, actor: Actor, action: Action) -> None:
        if self._try(action, actor):
            self.said_yes = {yes for yes in self.said_yes if yes[1] != self.wording}

    @rule(
        actor=ACTORS,
        action=st.sampled_from(
            [Action.START, Action.PAUSE, Action.RESUME, Action.SET_BACK, Action.REACH, Action.LET_GO, Action.TAKE_UP, Action.ARCHIVE, Action.RESTORE, Action.UNFOCUS]
        ),
    )
    def move_on(self, actor: Actor, action: Action) -> None:
        self._try(action, actor)

    @rule(actor=ACTORS, column=st.sampled_from(list(Column)))
    def drop(self, actor: Actor, column: Column) -> None:
        before = self.goal
        try:
            self.goal, action = domain.moved_to(before, column, actor)
        except Illegal:
            assert self.goal is before
            return
        assert self.goal.column is column
        assert (action is Action.ORDER) == (before.column is column)
        if action is Action.AGREE:
            self.said_yes.add((actor.role, self.wording))

    @rule(actor=ACTORS)
    def reword(self, actor: Actor) -> None:
        before = self.goal
        try:
            self.goal = domain.reword(before, actor)
        except Illegal:
            return
        number = self.newest = self.newest + 1
        if self.goal.rewording:
            self.waits = number
        else:
            self.wording = number
        if before.status is GoalStatus.PROPOSED:
            self.said_yes.add((actor.role, number))

    @precondition(lambda self: self.goal.rewording)
    @rule(actor=ACTORS)
    def agree_wording(self, actor: Actor) -> None:
        if self._try(Action.AGREE_WORDING, actor):
            assert self.waits is not None
            self.said_yes.add((actor.role, self.waits))
            if not self.goal.rewording:
                self.wording, self.waits = self.waits, None

    @precondition(lambda self: self.goal.rewording)
    @rule(actor=ACTORS)
    def keep_wording(self, actor: Actor) -> None:
        if self._try(Action.KEEP_WORDING, actor):
            self.waits = None

    @rule(actor=ACTORS, already=st.integers(0, 3))
    def focus(self, actor: Actor, already: int) -> None:
        try:
            self.goal = domain.put_in_focus(self.goal, actor, already)
        except domain.EnoughInFocus:
            assert already >= 3
        except Illegal:
            pass

    @invariant()
    def an_idea_is_its_authors_alone(self) -> None:
        assert domain.visible(self.goal, MIKA)
        assert domain.visible(self.goal, THEO) == (self.goal.status is not GoalStatus.IDEA)
        assert domain.visible(self.goal, SANA) == (self.goal.status not in {GoalStatus.IDEA, GoalStatus.PROPOSED})

    @invariant()
    def nothing_is_agreed_without_both(self) -> None:
        if self.goal.status not in {GoalStatus.IDEA, GoalStatus.PROPOSED}:
            assert {role for role, wording in self.said_yes if wording == self.wording} == {"client", "therapist"}

    @invariant()
    def a_question_has_somebody_who_asks(self) -> None:
        open_question = self.goal.status is GoalStatus.PROPOSED or self.goal.rewording
        assert bool(self.goal.asked_by) == bool(self.goal.asked_role) == open_question

    @invariant()
    def a_yes_is_to_the_words_that_stand_there(self) -> None:
        assert self.goal.yes == {role for role, wording in self.said_yes if self.goal.rewording and wording == self.waits}

    @invariant()
    def only_living_goals_are_in_focus(self) -> None:
        if self.goal.in_focus:
            assert self.goal.status in domain.LIVING
            assert not self.goal.archived


TestTwoPeopleAndAGoal = TwoPeopleAndAGoal.TestCase
TestTwoPeopleAndAGoal.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)


def test_the_one_who_asks_cannot_answer() -> None:
    proposed = domain.propose(Standing(MIKA.person_id), MIKA)
    with pytest.raises(domain.OthersYesNeeded):
        domain.agree(proposed, MIKA)
    turned = domain.reword(proposed, THEO)
    with pytest.raises(domain.OthersYesNeeded):
        domain.agree(turned, THEO)
    assert domain.agree(turned, MIKA).status is GoalStatus.AGREED


def test_a_second_therapist_cannot_answer_for_the_client() -> None:
    asked = domain.reword(replace(Standing(MIKA.person_id), status=GoalStatus.WORKING), THEO)
    said = domain.agree_wording(asked, THEO)
    with pytest.raises(domain.YesSaid):
        domain.agree_wording(said, Actor("ines", "therapist"))
    assert not domain.agree_wording(said, MIKA).rewording


def test_an_idea_dropped_elsewhere_is_not_shown_to_anybody() -> None:
    for column in set(Column) - {Column.IDEAS}:
        with pytest.raises(Illegal):
            domain.moved_to(Standing(MIKA.person_id), column, MIKA)


def test_an_undo_is_for_ones_own_last_seconds() -> None:
    assert domain.may_undo(NOW, "mika", MIKA, NOW + timedelta(seconds=12))
    assert not domain.may_undo(NOW, "mika", MIKA, NOW + timedelta(minutes=1))
    assert not domain.may_undo(NOW, "theo", MIKA, NOW)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=80))
def test_order_is_always_the_one_that_was_made(moves: list[tuple[int, int]]) -> None:
    order = ["a", "b", "c", "d", "e", "f"]
    positions = dict(zip(order, domain.spread(len(order)), strict=True))
    for which, where in moves:
        goal = order[which % len(order)]
        rest = [one for one in order if one != goal]
        after = ["", *rest][where % (len(rest) + 1)]
        position, others = domain.placed(sorted(positions.items(), key=lambda pair: pair[1]), goal, after)
        positions |= {**others, goal: position}
        rest.insert(rest.index(after) + 1 if after else 0, goal)
        order = rest
        assert sorted(positions, key=positions.__getitem__) == order
        assert len(set(positions.values())) == len(positions)


def test_a_place_that_became_too_narrow_is_made_wide_again() -> None:
    positions = {"a": 0.0, "b": 1.0, "c": 2.0}
    spread = 0
    for turn in range(200):
        goal, after = ("c", "a") if turn % 2 else ("b", "a")
        position, others = domain.placed(sorted(positions.items(), key=lambda pair: pair[1]), goal, after)
        spread += bool(others)
        positions |= {**others, goal: position}
        assert sorted(positions, key=positions.__getitem__)[:2] == ["a", goal]
    assert spread


WORDS = st.text(alphabet=st.sampled_from(list("ab \n,.äßع😀")), max_size=60)


@given(WORDS, WORDS)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    pieces = domain.difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind != next_.kind for one, next_ in itertools.pairwise(pieces))


def test_a_difference_is_told_in_words() -> None:
    pieces = domain.difference("Say no once a week", "Say no twice a week without explaining")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Say no "), ("gone", "once"), ("new", "twice"), ("same", " a week"), ("new", " without explaining"),
    ]  # fmt: skip


def test_a_hostile_difference_takes_no_time() -> None:
    pieces = domain.difference("a b " * 1000, "b a " * 1000)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == "a b " * 1000
