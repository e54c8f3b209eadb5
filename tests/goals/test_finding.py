"""Finding goals: what fits, what only its author may find, and what the address keeps of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access.gate import Caller
from portal.goals import domain, service
from portal.goals.domain import BOTH, Due, Filter, Findable, GoalStatus, OpenStep
from portal.goals.schemas import parse_filter
from portal.kit.refusal import BadInput
from tests.cast import Cast
from tests.goals.people import agreed, idea, proposed, working
from tests.makers import make_case, op
from tests.queries import counted
from tests.writing.people import Hand, text_of

TODAY = date(2026, 11, 23)


def found(cast: Cast, *, text: str = "", by: Caller | None = None, **wanted: str) -> list[str]:
    """The titles that are found, column by column."""
    board = service.board(by or cast.client, cast.case, wanted=Filter(text=text, **wanted))
    return [card.title for column in board.columns.values() for card in column.cards]


# --- what fits


@pytest.mark.parametrize(
    ("sought", "text"),
    [("uber", "Über die Brücke"), ("STRASSE", "in unserer Straße"), ("office", "the oﬃce"), ("اهلا", "أهلًا"), ("i", "İ")],
)
def test_case_accents_and_width_do_not_hide_a_word(sought: str, text: str) -> None:
    assert domain.has_words(sought, [text])


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4), st.data())
def test_any_part_of_any_words_of_a_text_finds_it(texts: list[str], data: st.DataObject) -> None:
    words = [word for text in texts for word in domain.folded(text).split()]
    chosen = data.draw(st.lists(st.sampled_from(words), max_size=3)) if words else []
    assert domain.has_words(" ".join(chosen), texts)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert domain.folded(domain.folded(text)) == domain.folded(text)


def test_words_of_two_texts_do_not_make_a_new_one() -> None:
    assert not domain.has_words("ab", ["a", "b"])
    assert domain.has_words("a b", ["a", "b"])


DAYS = st.none() | st.dates(TODAY - timedelta(50), TODAY + timedelta(50))
STEPS = st.lists(st.builds(OpenStep, st.sampled_from(["mika", "theo", BOTH]), DAYS), max_size=4).map(tuple)
GOALS = st.builds(
    Findable, texts=st.just(("words",)), status=st.sampled_from(GoalStatus), area=st.sampled_from(["", "work"]), review_on=DAYS, due_on=DAYS, steps=STEPS
)


@given(GOALS, st.sampled_from(["", "mika", "theo", BOTH]), st.sampled_from(["", *Due]))
def test_owner_and_day_are_those_of_one_and_the_same_step(goal: Findable, owner: str, due: str) -> None:
    hit = Filter(owner=owner, due=due).finds(goal, TODAY)
    theirs = [step for step in goal.steps if owner in ("", step.owner)]
    days = [step.due_on for step in theirs] + ([] if owner else [goal.due_on, goal.review_on])
    spans = {"overdue": (-9999, -1), "week": (0, 7), "month": (0, 31)}
    if due in spans:
        first, last = spans[due]
        assert hit == any(day is not None and first <= (day - TODAY).days <= last for day in days)
    elif due:
        assert hit == (all(day is None for day in days) and bool(theirs or not owner))
    else:
        assert hit == (bool(theirs) or not owner)


@given(GOALS)
def test_who_asks_for_nothing_finds_everything(goal: Findable) -> None:
    assert Filter().finds(goal, TODAY)


# --- through the server


def test_all_words_of_a_goal_are_looked_through(cast: Cast) -> None:
    goal = agreed(cast, "Sleep before midnight", "Mornings are mine then")
    service.add_step(cast.client, cast.case, goal, "Put the telephone away", op=op())
    service.set_area(cast.client, cast.case, goal, "rest", 99, op=op())
    other = working(cast, "Call my sister")
    service.set_area(cast.client, cast.case, other, "The choir", 99, op=op())
    for text in ("midnight", "mine mornings", "TELEPHONE", "free time", "sleep telephone"):
        assert found(cast, text=text) == ["Sleep before midnight"], text
    assert found(cast, text="choir") == ["Call my sister"]
    assert found(cast, area="The choir") == ["Call my sister"]
    assert found(cast, status="agreed") == ["Sleep before midnight"]
    assert found(cast, text="sleep", status="working") == []
    view = service.board(cast.client, cast.case, wanted=Filter(text="sleep")).found
    assert view.words == "1 of 2 goals"
    assert [area.words for area in view.areas] == ["Rest and free time", "The choir"]


def test_notes_that_were_written_together_are_looked_through(cast: Cast) -> None:
    Hand.at(cast.client, text_of(cast, agreed(cast, "Sing again"), "notes")).write(cast.therapist, "The choir in Elm Street")
    agreed(cast, "Another goal")
    assert found(cast, text="elm choir") == ["Sing again"]


def test_an_idea_is_found_by_its_author_alone(cast: Cast) -> None:
    idea(cast, "Only mine")
    proposed(cast, "Mine, proposed")
    assert found(cast, text="mine", by=cast.therapist) == ["Mine, proposed"]
    assert found(cast, text="mine", by=cast.supervisor) == []
    for by in (cast.therapist, cast.supervisor):
        assert service.board(by, cast.case, wanted=Filter(text="only")).found.words == "No goal on the board fits what you look for."
    assert found(cast, text="mine") == ["Mine, proposed", "Only mine"]


def test_the_address_opens_for_its_own_person_and_case_alone(cast: Cast) -> None:
    agreed(cast, "Sleep before midnight")
    agreed(cast, "Call my sister")
    kept = service.board(cast.client, cast.case, wanted=Filter(text="sister")).found.kept
    assert "sister" not in kept
    again = service.board(cast.client, cast.case, address=kept)
    assert (again.found.text, again.found.kept, again.columns["agreed"].count) == ("sister", kept, 1)
    elsewhere = make_case(client=cast.ids["client"], therapist=cast.ids["therapist"])
    broken = kept[:-2] + ("AA" if not kept.endswith("AA") else "BB")
    for who, case, address in (
        (cast.therapist, cast.case, kept), (cast.client, elsewhere, kept), (cast.client, cast.case, broken),
        (cast.client, cast.case, "#main"), (cast.client, cast.case, "#" + "A" * 1200), (cast.client, cast.case, "x" * 50_000),
    ):  # fmt: skip
        board = service.board(who, case, address=address)
        assert (board.found.active, board.found.kept) == (False, ""), address
    with pytest.raises(BadInput):
        parse_filter("x" * 81, "", "", "", "")


def test_the_longest_filter_fits_the_address(cast: Cast) -> None:
    wanted = parse_filter("😀" * 80, "😀" * 60, "agreed", cast.ids["therapist"], "overdue")
    kept = service.board(cast.client, cast.case, wanted=wanted).found.kept
    assert len(kept) < 1_500
    assert service.board(cast.client, cast.case, address=kept).found.text == "😀" * 80


def test_unknown_choices_ask_for_nothing() -> None:
    assert parse_filter("", "", "burned", "nobody", "tomorrow") == Filter()
    assert parse_filter("  two  words ", "", "", BOTH, "week") == Filter(text="two words", owner=BOTH, due="week")


def test_the_archive_shows_what_is_looked_for(cast: Cast) -> None:
    for title in ("Sleep before midnight", "Call my sister"):
        goal = working(cast, title)
        service.let_go(cast.client, cast.case, goal, 99, op=op())
        service.archive(cast.client, cast.case, goal, 99, op=op())
    board = service.board(cast.therapist, cast.case, wanted=Filter(text="sister"))
    assert board.archived == "1 of them in the archive"
    assert [line.title for line in service.archive_of(cast.therapist, cast.case, address=board.found.kept)] == ["Call my sister"]
    assert len(service.archive_of(cast.therapist, cast.case)) == 2


def test_finding_costs_the_same_statements_with_many_goals(cast: Cast) -> None:
    def cost(act: Callable[[], object]) -> int:
        with counted() as run:
            act()
        return len(run)

    def look() -> object:
        return service.board(cast.therapist, cast.case, wanted=Filter(text="goal"))

    for number in range(3):
        goal = agreed(cast, f"Goal {number}")
    service.add_step(cast.client, cast.case, goal, "A step", op=op())
    look()  # the first look is an entry of the access log
    few = cost(look)
    for number in range(service.FOLD + 5):
        idea(cast, f"Goal {number}")
        agreed(cast, f"Goal {number}")
    assert cost(look) == few <= 8
    board = service.board(cast.client, cast.case, wanted=Filter(text="goal"))
    assert (len(board.columns["ideas"].cards), board.columns["ideas"].count) == (service.FOLD, service.FOLD + 5)
