"""What people may type into goals, and what is refused with words."""

from collections.abc import Callable

import pytest

from portal.goals import service
from portal.goals.schemas import AREA_MOST, STEP_MOST, TITLE_MOST, WHY_MOST
from portal.kit.refusal import BadInput
from tests.cast import Cast
from tests.goals.people import agreed, cards, look, page, proposed, seen
from tests.makers import op

KEPT = {
    "emoji": "Calm 🧘🏽‍♀️ evenings 👩‍👩‍👧",
    "right to left": "أنام قبل منتصف الليل",
    "mixed": "שלום and hello (1)",
    "script": "<script>alert('x')</script> {{7*7}} ${x} %s {name}",
    "sql": "'; DROP TABLE goal; --",
    "long word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"[:60],
    "null word": "null",
}
REFUSED = {"NUL": "a\x00b", "escape": "a\x1b[31mb", "surrogate": "a\ud800b", "ten thousand": "x" * 10_000}

Write = Callable[[Cast, str, str], object]
FIELDS: dict[str, tuple[Write, Callable[[Cast, str], str], int]] = {
    "title": (lambda cast, goal, text: service.reword(cast.client, cast.case, goal, "title", text, 99, op=op()), lambda cast, goal: look(cast, goal).title, TITLE_MOST),
    "why": (lambda cast, goal, text: service.reword(cast.client, cast.case, goal, "why", text, 99, op=op()), lambda cast, goal: look(cast, goal).why, WHY_MOST),
    "area": (lambda cast, goal, text: service.set_area(cast.client, cast.case, goal, text, 99, op=op()), lambda cast, goal: look(cast, goal).area, AREA_MOST),
    "step": (lambda cast, goal, text: service.add_step(cast.client, cast.case, goal, text, op=op()), lambda cast, goal: page(cast, goal).steps[-1].text, STEP_MOST),
    "new idea": (lambda cast, goal, text: service.add(cast.client, cast.case, text, text, op=op()), lambda cast, goal: cards(cast, "ideas")[0].title, TITLE_MOST),
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_text_is_stored_as_it_was_typed_or_refused_with_words(cast: Cast, field: str) -> None:
    write, read, most = FIELDS[field]
    goal = proposed(cast, "As it was")
    for name, text in (KEPT | {"longest": "ä" * most}).items():
        write(cast, goal, text)
        assert read(cast, goal) == text, name
    last = read(cast, goal)
    for name, text in (REFUSED | {"one too many": "ä" * (most + 1)}).items():
        with pytest.raises(BadInput) as refused:
            write(cast, goal, text)
        assert refused.value.sentence, name
        assert read(cast, goal) == last, name


@pytest.mark.parametrize("field", ["title", "step", "new idea"])
def test_what_must_have_words_is_not_taken_empty(cast: Cast, field: str) -> None:
    write, _, _ = FIELDS[field]
    goal = proposed(cast, "As it was")
    for text in ("", "   ", "\n\t \u00a0"):
        with pytest.raises(BadInput):
            write(cast, goal, text)
    assert look(cast, goal).title == "As it was"


def test_reasons_and_areas_may_be_taken_away(cast: Cast) -> None:
    goal = proposed(cast, "As it was", "Because")
    service.set_area(cast.client, cast.case, goal, "family", 99, op=op())
    service.reword(cast.client, cast.case, goal, "why", "  ", 99, op=op())
    service.set_area(cast.client, cast.case, goal, " ", 99, op=op())
    assert (look(cast, goal).why, look(cast, goal).area) == ("", "")


def test_lines_of_a_title_become_one(cast: Cast) -> None:
    goal = proposed(cast, "Two\n  lines\there")
    assert look(cast, goal).title == "Two lines here"


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "20261123", "0001-01-01", "9999-12-31", "2026-11-23T10:00", "２０２６-11-23x", "\x00"])
def test_days_that_are_none_are_refused(cast: Cast, day: str) -> None:
    goal = agreed(cast)
    step = service.add_step(cast.client, cast.case, goal, "Step", op=op()).id
    with pytest.raises(BadInput):
        service.set_review(cast.client, cast.case, goal, day, seen(cast, goal), op=op())
    with pytest.raises(BadInput):
        service.set_due(cast.client, cast.case, goal, day, seen(cast, goal), op=op())
    with pytest.raises(BadInput):
        service.date_step(cast.client, cast.case, step, day, 9, op=op())


def test_only_the_two_texts_can_be_reworded(cast: Cast) -> None:
    goal = proposed(cast)
    for part in ("status", "area", "", "title "):
        with pytest.raises(BadInput):
            service.reword(cast.client, cast.case, goal, part, "x", 99, op=op())


def test_versions_out_of_this_world_do_no_harm(cast: Cast) -> None:
    goal = agreed(cast)
    service.start(cast.client, cast.case, goal, 2**62, op=op())
    assert cards(cast, "working")
