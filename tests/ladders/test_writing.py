"""The words of a level as texts that are written together: who may, what stands on the page, what the history tells."""

from datetime import timedelta

import pytest

from portal.goals import service as goals
from portal.kit import clock
from portal.kit.ids import new_id
from portal.kit.refusal import BadInput, Forbidden, NotFound
from portal.ladders import service
from portal.ladders.domain import NoLadderNow
from portal.writing import service as writing
from portal.writing.schemas import Address
from tests.cast import Cast
from tests.goals.people import agreed, seen, working
from tests.ladders.people import level, shown, whole
from tests.makers import op
from tests.queries import counted
from tests.writing.people import Hand, opened


def words_of(cast: Cast, goal: str, value: int = 0) -> Address:
    """The words of one level."""
    return Address(cast.case, "ladder.level", level(cast, goal, value).id)


def entries(cast: Cast, goal: str, words: str) -> list[list[tuple[str, str]]]:
    """The differences of the ladder's entries with these words, newest first."""
    return [[(piece.kind, piece.text) for piece in one.pieces] for one in shown(cast, goal, history=True).history if one.words == words]


def test_both_write_one_level_and_each_burst_is_an_entry_of_its_own(cast_everywhere: Cast) -> None:
    cast = cast_everywhere
    goal = agreed(cast)
    service.begin(cast.client, cast.case, goal, op=op())
    hand, at = Hand.at(cast.client, words_of(cast, goal)), clock.now()
    for seconds, text in ((0, "once"), (1, "once a week")):
        with clock.at(at + timedelta(seconds=seconds)):
            hand.write(cast.client, text)
    with clock.at(at + timedelta(seconds=2)):
        hand.write(cast.therapist, "once a week, or twice")
    assert level(cast, goal, 0).text == "once a week, or twice"
    assert entries(cast, goal, "Mika wrote at level 0") == [[("new", "once a week")]]
    assert entries(cast, goal, "Theo wrote at level 0") == [[("same", "once a week"), ("new", ", or twice")]]
    assert shown(cast, goal).missing == "4 levels still need their words. Then you can say where things stand."


def test_what_is_written_and_taken_back_again_is_not_told(cast: Cast) -> None:
    goal = agreed(cast)
    service.begin(cast.client, cast.case, goal, op=op())
    hand = Hand.at(cast.client, words_of(cast, goal))
    hand.write(cast.client, "oh")
    hand.write(cast.client, "")
    assert (level(cast, goal, 0).text, entries(cast, goal, "Mika wrote at level 0")) == ("", [])


def test_words_taken_again_reach_the_text_that_is_open(cast: Cast) -> None:
    goal = agreed(cast)
    whole(cast, goal)
    with clock.at(clock.now() + timedelta(minutes=5)):
        Hand.at(cast.client, words_of(cast, goal)).write(cast.client, "once a month")
        service.bring_back(cast.therapist, cast.case, shown(cast, goal, history=True).history[0].id, op=op())
        assert writing.look_again(cast.client, words_of(cast, goal)).text == "once a week"


def test_who_may_write_and_for_how_long(cast: Cast) -> None:
    goal = working(cast)
    whole(cast, goal)
    address = words_of(cast, goal)
    hand = Hand.at(cast.client, address)
    assert writing.open_text(cast.client, address).may_write and not writing.open_text(cast.supervisor, address).may_write
    with pytest.raises(Forbidden):
        hand.write(cast.supervisor, "mine")
    for caller in (cast.second_client, cast.admin, cast.former_member):
        with pytest.raises(NotFound):
            opened(caller, address)
    for foreign in (address.about_id, new_id(), "…"):
        with pytest.raises(NotFound):
            opened(cast.second_client, Address(cast.other_case, "ladder.level", foreign))
    with pytest.raises(BadInput):
        Hand.at(cast.client, address).write(cast.client, "x" * 501)
    goals.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert not writing.open_text(cast.client, address).may_write
    with pytest.raises(NoLadderNow):
        Hand.at(cast.client, address).write(cast.client, "late")


def test_writing_together_costs_eight_statements_at_most(cast: Cast) -> None:
    goal = agreed(cast)
    service.begin(cast.client, cast.case, goal, op=op())
    hand = Hand.at(cast.client, words_of(cast, goal))
    for caller, text in ((cast.client, "once"), (cast.client, "once a week"), (cast.therapist, "once a week or twice")):
        with counted() as statements:
            hand.write(caller, text)
        assert len(statements) <= 8
