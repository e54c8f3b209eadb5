"""What becomes of a promise: in whatever order the two act, only the client ever says that it was kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.goals.domain import CLIENT, THERAPIST, Actor
from portal.promises import domain
from portal.promises.domain import MOVES, Action, Illegal, PromiseStatus, Standing

S = PromiseStatus
MIKA, THEO, OTHER, SANA = Actor("mika", CLIENT), Actor("theo", THERAPIST), Actor("ines", THERAPIST), Actor("sana", "supervisor")
ACTORS = (MIKA, THEO, OTHER, SANA)

# action → who may, from which states; written down apart from the code.
ALLOWED: dict[Action, tuple[set[Actor], set[PromiseStatus]]] = {
    Action.KEEP: ({MIKA}, {S.OPEN, S.NOT_KEPT}),
    Action.MISS: ({MIKA}, {S.OPEN}),
    Action.OPEN_AGAIN: ({MIKA}, {S.KEPT, S.NOT_KEPT}),
    Action.TAKE_BACK: ({THEO}, {S.OPEN}),
    # Who puts promises away, the table of permissions says.
    Action.ARCHIVE: (set(ACTORS), {S.KEPT, S.NOT_KEPT, S.TAKEN_BACK}),
}


@pytest.mark.parametrize("action", ALLOWED)
@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("actor", ACTORS)
def test_every_move_from_every_state_by_everybody(action: Action, status: PromiseStatus, actor: Actor) -> None:
    standing = Standing("theo", status)
    people, states = ALLOWED[action]
    if actor in people and status in states:
        assert MOVES[action](standing, actor) != standing
    else:
        with pytest.raises(Illegal) as refused:
            MOVES[action](standing, actor)
        assert (refused.value.state, refused.value.action) == (status.value, action)
    with pytest.raises(domain.WhileArchived):
        MOVES[action](Standing("theo", status, archived=True), actor)


@given(st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.sampled_from(ACTORS)), max_size=30))
def test_in_any_order_the_client_alone_says_kept_and_nothing_open_is_put_away(moves: list[tuple[Action, Actor]]) -> None:
    standing = domain.make(THEO)
    for action, actor in moves:
        before = standing
        try:
            standing = MOVES[Action(action)](standing, actor)
        except Illegal:
            assert standing == before
            continue
        answered = {before.status, standing.status} & {S.KEPT, S.NOT_KEPT}
        if before.status is not standing.status and answered:
            assert actor == MIKA
        if standing.status is S.TAKEN_BACK and before.status is not S.TAKEN_BACK:
            assert actor == THEO
        assert not (standing.archived and standing.status is S.OPEN)
        assert standing.author_id == "theo"


@pytest.mark.parametrize("actor", [MIKA, SANA])
def test_only_a_therapist_makes_such_a_promise(actor: Actor) -> None:
    with pytest.raises(domain.TherapistOnly):
        domain.make(actor)


@pytest.mark.parametrize("status", S)
def test_words_and_day_change_while_it_is_open_and_by_their_author(status: PromiseStatus) -> None:
    for action in (Action.REWORD, Action.DATE):
        for actor in ACTORS:
            if (status, actor) == (S.OPEN, THEO):
                assert domain.reword(Standing("theo", status), actor, action).status is S.OPEN
            else:
                with pytest.raises(Illegal):
                    domain.reword(Standing("theo", status), actor, action)


def test_what_was_answered_stays_in_sight_for_seven_days() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    for days, seen in ((0, True), (6, True), (7, False), (30, False)):
        assert domain.in_sight(S.KEPT, now - timedelta(days=days), now) is seen
        assert domain.in_sight(S.OPEN, now - timedelta(days=days), now)


def test_the_day_itself_is_not_over() -> None:
    today = date(2026, 11, 25)
    assert not domain.is_over(S.OPEN, today, today)
    assert domain.is_over(S.OPEN, today - timedelta(days=1), today)
    assert not domain.is_over(S.OPEN, None, today)
    assert not domain.is_over(S.KEPT, today - timedelta(days=1), today)
