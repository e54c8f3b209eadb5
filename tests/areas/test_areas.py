"""Life areas: the two of a case add, rename and put them away, and goals show what they are called."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal.access.gate import Caller
from portal.areas import domain, service
from portal.areas.domain import Area, LifeArea
from portal.areas.schemas import AreaView
from portal.goals import service as goals
from portal.goals.domain import Filter
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.ids import new_id
from portal.kit.refusal import BadInput, ChangedMeanwhile, Forbidden, NotFound
from portal.tables import metadata
from tests.cast import Cast
from tests.goals.people import agreed, look
from tests.makers import make_case, op
from tests.queries import counted


def areas(cast: Cast, *, by: Caller | None = None, lang: str = "") -> dict[str, AreaView]:
    """By what they are called."""
    return {area.words: area for area in service.named(by or cast.client, cast.case, lang=lang).areas}


def offered(cast: Cast) -> list[str]:
    return [words for words, area in areas(cast).items() if not area.away]


def test_every_case_begins_with_the_same_areas_in_the_readers_language(cast: Cast) -> None:
    assert list(areas(cast))[:3] == ["Family", "Partnership", "Friends"]
    assert "Familie" in [area.words for area in service.named(cast.client, cast.case, lang="de").areas]
    assert len(areas(cast)) == len(LifeArea)
    assert service.named(cast.supervisor, cast.case).may_write is False


def test_an_area_is_added_and_chosen_for_a_goal_of_both(cast: Cast) -> None:
    choir = service.add(cast.client, cast.case, "  The   choir ", op=op())
    goal = agreed(cast)
    goals.set_area(cast.therapist, cast.case, goal, choir.id, 99, op=op())
    card = goals.board(cast.client, cast.case).columns["agreed"].cards[0]
    assert (card.area, look(cast, goal).area, look(cast, goal).own_area) == ("The choir", choir.id, "")
    service.rename(cast.therapist, cast.case, choir.id, "Singing", choir.version, op=op())
    found = goals.board(cast.client, cast.case, wanted=Filter(text="singing"))
    assert [card.area for card in found.columns["agreed"].cards] == ["Singing"]
    assert [(one.value, one.words) for one in found.found.areas] == [(choir.id, "Singing")]
    assert "Singing" in [entry.after for entry in goals.goal(cast.client, cast.case, goal).history]


def test_an_offered_area_is_renamed_and_takes_its_usual_name_again(cast: Cast) -> None:
    goal = agreed(cast)
    goals.set_area(cast.client, cast.case, goal, "rest", 99, op=op())
    first = service.rename(cast.client, cast.case, "rest", "Evenings", 0, op=op())
    assert areas(cast, lang="de")["Evenings"].usual != "Evenings"
    assert goals.board(cast.therapist, cast.case).columns["agreed"].cards[0].area == "Evenings"
    service.rename(cast.therapist, cast.case, "rest", "", first.version, op=op())
    assert "Rest and free time" in areas(cast)
    assert goals.board(cast.client, cast.case, lang="de").columns["agreed"].cards[0].area not in {"", "rest", "Rest and free time"}


def test_the_second_of_two_new_names_is_told_the_first(cast: Cast) -> None:
    service.rename(cast.client, cast.case, "work", "The workshop", 0, op=op())
    with pytest.raises(ChangedMeanwhile) as told:
        service.rename(cast.therapist, cast.case, "work", "The job", 0, op=op())
    assert (told.value.params["theirs"], told.value.params["version"]) == ("The workshop", 1)
    assert "The workshop" in areas(cast)


def test_names_are_told_apart_and_an_own_area_needs_one(cast: Cast) -> None:
    choir = service.add(cast.client, cast.case, "Choir", op=op())
    for name in ("CHOIR", "family"):
        with pytest.raises(domain.CalledSoAlready):
            service.add(cast.therapist, cast.case, name, op=op())
    with pytest.raises(domain.CalledSoAlready):
        service.rename(cast.client, cast.case, "work", "choir", 0, op=op())
    for bad in ("", "  ", "x" * 61, "a\x00b"):
        with pytest.raises(BadInput):
            service.add(cast.client, cast.case, bad, op=op())
    with pytest.raises(BadInput):
        service.rename(cast.client, cast.case, choir.id, " ", choir.version, op=op())


def test_an_area_put_away_stays_with_its_goals_and_comes_back(cast: Cast) -> None:
    goal = agreed(cast)
    goals.set_area(cast.client, cast.case, goal, "home", 99, op=op())
    service.put_away(cast.therapist, cast.case, "home", op=op())
    assert "Home and money" not in offered(cast)
    assert goals.board(cast.client, cast.case).columns["agreed"].cards[0].area == "Home and money"
    service.add(cast.client, cast.case, "Home and money", op=op())
    with pytest.raises(domain.CalledSoAlready):
        service.offer(cast.client, cast.case, "home", op=op())
    assert not service.put_away(cast.client, cast.case, "home", op=op()).changed


def test_there_is_room_for_forty(cast: Cast) -> None:
    for number in range(domain.MOST - len(LifeArea)):
        service.add(cast.client, cast.case, f"Area {number}", op=op())
    with pytest.raises(domain.EnoughAreas):
        service.add(cast.client, cast.case, "One more", op=op())
    service.put_away(cast.client, cast.case, "home", op=op())
    service.add(cast.client, cast.case, "One more", op=op())
    with pytest.raises(domain.EnoughAreas):
        service.offer(cast.client, cast.case, "home", op=op())


def undoable(cast: Cast) -> list[Callable[[str], object]]:
    choir = service.add(cast.therapist, cast.case, "Choir", op=op())
    service.put_away(cast.therapist, cast.case, "home", op=op())
    return [
        lambda o: service.rename(cast.client, cast.case, choir.id, "Singing", 99, op=o),
        lambda o: service.rename(cast.client, cast.case, "rest", "Evenings", 0, op=o),
        lambda o: service.put_away(cast.client, cast.case, choir.id, op=o),
        lambda o: service.offer(cast.client, cast.case, "home", op=o),
    ]


def test_every_change_can_be_undone_by_whoever_made_it(cast: Cast) -> None:
    for change in undoable(cast):
        before, done = offered(cast), op()
        change(done)
        assert offered(cast) != before
        with pytest.raises(domain.TooLateToUndo):
            service.undo(cast.therapist, cast.case, done, op=op())
        service.undo(cast.client, cast.case, done, op=op())
        assert offered(cast) == before
    added = op()
    service.add(cast.client, cast.case, "By mistake", op=added)
    service.undo(cast.client, cast.case, added, op=op())
    assert offered(cast) == before
    assert areas(cast)["By mistake"].away


def test_undo_takes_one_stretch_of_renaming_back_and_nothing_of_the_others(cast: Cast) -> None:
    first, last = op(), op()
    service.rename(cast.client, cast.case, "rest", "Even", 0, op=first)
    service.rename(cast.client, cast.case, "rest", "Evenings", 1, op=last)
    with pytest.raises(domain.TooLateToUndo):
        service.undo(cast.client, cast.case, first, op=op())
    service.undo(cast.client, cast.case, last, op=op())
    assert "Rest and free time" in areas(cast)
    mine = op()
    service.rename(cast.client, cast.case, "rest", "Evenings", 99, op=mine)
    service.rename(cast.therapist, cast.case, "rest", "Sundays", 99, op=op())
    with pytest.raises(domain.TooLateToUndo):
        service.undo(cast.client, cast.case, mine, op=op())
    late = op()
    service.put_away(cast.client, cast.case, "home", op=late)
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(domain.TooLateToUndo):
        service.undo(cast.client, cast.case, late, op=op())
    assert "Sundays" in areas(cast)


def test_an_area_of_another_case_is_not_there(cast: Cast) -> None:
    elsewhere = make_case(client=cast.ids["second_client"], therapist=cast.ids["second_therapist"])
    theirs, goal = service.add(cast.second_client, elsewhere, "Quietsecretword", op=op()), agreed(cast)
    for area in (theirs.id, new_id(), "'; drop", "x" * 5_000):
        for change in (
            lambda area=area: service.rename(cast.client, cast.case, area, "Mine", 9, op=op()),
            lambda area=area: service.put_away(cast.client, cast.case, area, op=op()),
            lambda area=area: service.offer(cast.client, cast.case, area, op=op()),
        ):
            with pytest.raises(NotFound):
                change()
    for area in (theirs.id, new_id()):
        with pytest.raises(NotFound):
            goals.set_area(cast.client, cast.case, goal, area, 99, op=op())
    for verb in (service.put_away, service.offer):
        with pytest.raises(Forbidden):
            verb(cast.supervisor, cast.case, "home", op=op())
        with pytest.raises(NotFound):
            verb(cast.second_client, cast.case, "home", op=op())
    assert "Quietsecretword" not in areas(cast)


def test_names_are_sealed_and_cost_few_statements(cast: Cast) -> None:
    service.add(cast.client, cast.case, "Quietsecretword", op=op())
    service.rename(cast.client, cast.case, "rest", "Quietsecretword two", 0, op=op())
    with transaction(writes=False) as db:
        for row in db.execute(sa.select(metadata.tables["life_area"])).mappings():
            assert b"Quietsecretword" not in repr(dict(row)).encode()
    done = op()
    for verb in (
        lambda: service.add(cast.client, cast.case, "Another", op=op()),
        lambda: service.rename(cast.client, cast.case, "rest", "Evenings", 99, op=done),
        lambda: service.undo(cast.client, cast.case, done, op=op()),
        lambda: service.put_away(cast.client, cast.case, "rest", op=op()),
        lambda: service.named(cast.client, cast.case),
    ):
        with counted() as run:
            verb()
        assert len(run) <= 8


NAMES = st.text("abcäß ", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(st.lists(st.builds(Area, st.sampled_from([*map(str, LifeArea), "own-1", "own-2"]), NAMES, st.booleans(), st.just(1)), unique_by=lambda area: area.id))
def test_the_whole_list_begins_with_all_that_are_offered_and_loses_none(kept: list[Area]) -> None:
    whole = domain.complete(kept)
    assert [area.id for area in whole[: len(LifeArea)]] == list(LifeArea)
    assert {area.id: area for area in whole} == {key.value: Area(key.value) for key in LifeArea} | {area.id: area for area in kept}
