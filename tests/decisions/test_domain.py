"""What becomes of a decision: in whatever order the two act, nothing is decided without the client."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.decisions import domain
from portal.decisions.domain import MOVES, Action, DecisionStatus, Illegal, Standing
from portal.goals.domain import CLIENT, THERAPIST, Actor
from portal.kit.refusal import Refusal

S = DecisionStatus
MIKA, THEO, INES = Actor("mika", CLIENT), Actor("theo", THERAPIST), Actor("ines", THERAPIST)
ACTORS = (MIKA, THEO, INES)
STANDINGS = {
    S.OPEN: Standing(),
    S.PROPOSED: Standing(S.PROPOSED, "tuesday", "theo"),
    S.DECIDED: Standing(S.DECIDED, "tuesday"),
}

# action → who may, from which states; written down apart from the code.
ALLOWED: dict[Action, tuple[set[Actor], set[DecisionStatus]]] = {
    Action.AGREE: ({MIKA}, {S.PROPOSED}),
    Action.NOT_YET: ({MIKA}, {S.PROPOSED}),
    Action.TAKE_BACK: ({THEO}, {S.PROPOSED}),
    Action.REOPEN: (set(ACTORS), {S.DECIDED}),
    Action.LOOKED: (set(ACTORS), {S.DECIDED}),
    Action.ARCHIVE: (set(ACTORS), {S.OPEN, S.DECIDED}),
}


@pytest.mark.parametrize("action", ALLOWED)
@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("actor", ACTORS)
def test_every_move_from_every_state_by_everybody(action: Action, status: DecisionStatus, actor: Actor) -> None:
    people, states = ALLOWED[action]
    if actor in people and status in states:
        MOVES[action](STANDINGS[status], actor)
    else:
        with pytest.raises(Illegal) as refused:
            MOVES[action](STANDINGS[status], actor)
        assert (refused.value.state, refused.value.action) == (status.value, action)
    with pytest.raises(domain.WhileArchived):
        MOVES[action](Standing(status, archived=True), actor)


MOVE_LISTS = st.lists(st.tuples(st.sampled_from([*sorted(MOVES), "choose"]), st.sampled_from(ACTORS), st.sampled_from(["tuesday", "never"])), max_size=30)


@given(MOVE_LISTS)
def test_in_any_order_only_the_client_decides(moves: list[tuple[str, Actor, str]]) -> None:
    standing = Standing()
    for move, actor, option in moves:
        before = standing
        try:
            standing = domain.choose(standing, actor, option, 2)[0] if move == "choose" else MOVES[Action(move)](standing, actor)
        except Refusal:
            assert standing == before
            continue
        if standing.status is S.DECIDED and before.status is not S.DECIDED:
            assert actor == MIKA
        assert bool(standing.chosen) == (standing.status is not S.OPEN)
        assert bool(standing.asked_by) == (standing.status is S.PROPOSED)
        assert not (standing.archived and standing.status is S.PROPOSED)


def test_the_therapist_can_only_suggest() -> None:
    assert domain.choose(Standing(), THEO, "tuesday", 2) == (STANDINGS[S.PROPOSED], Action.SUGGEST)
    assert domain.choose(Standing(), MIKA, "tuesday", 2) == (STANDINGS[S.DECIDED], Action.DECIDE)
    assert domain.choose(STANDINGS[S.PROPOSED], MIKA, "never", 2)[0].chosen == "never"
    with pytest.raises(domain.WhileDecided):
        domain.choose(STANDINGS[S.DECIDED], MIKA, "never", 2)


@pytest.mark.parametrize("options", [0, 1])
def test_nothing_is_decided_between_less_than_two(options: int) -> None:
    with pytest.raises(domain.TooFewOptions):
        domain.choose(Standing(), MIKA, "tuesday", options)


def test_options_and_points_have_an_end() -> None:
    domain.add_option(Standing(), MIKA, 5)
    with pytest.raises(domain.EnoughOptions):
        domain.add_option(Standing(), MIKA, 6)
    domain.add_point(Standing(), MIKA, 11)
    with pytest.raises(domain.EnoughPoints):
        domain.add_point(Standing(), MIKA, 12)


def test_words_rest_once_it_is_decided() -> None:
    for action in (Action.REWORD_QUESTION, Action.ADD_OPTION, Action.ADD_POINT):
        domain.weigh(STANDINGS[S.PROPOSED], THEO, action)
        with pytest.raises(domain.WhileDecided):
            domain.weigh(STANDINGS[S.DECIDED], THEO, action)
    with pytest.raises(domain.OptionSuggested):
        domain.remove_option(STANDINGS[S.PROPOSED], MIKA, "tuesday")
    domain.remove_option(STANDINGS[S.PROPOSED], MIKA, "never")


def test_a_point_is_its_authors() -> None:
    domain.write_own(Standing(), MIKA, "mika", Action.REWORD_POINT)
    with pytest.raises(domain.AuthorOnly):
        domain.write_own(Standing(), THEO, "mika", Action.REWORD_POINT)


def test_a_decision_is_due_on_its_day() -> None:
    today = date(2026, 11, 25)
    assert domain.is_due(S.DECIDED, today, False, today)
    assert not domain.is_due(S.DECIDED, today + timedelta(days=1), False, today)
    assert not domain.is_due(S.OPEN, today, False, today)
    assert not domain.is_due(S.DECIDED, today, True, today)
    assert not domain.is_due(S.DECIDED, None, False, today)
