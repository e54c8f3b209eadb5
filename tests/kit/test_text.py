"""What people type is stored as they meant it, or refused with words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.refusal import BadInput
from portal.kit.text import clean


@pytest.mark.parametrize(
    "text",
    [
        "einfach so",
        "😀 👩‍👩‍👧 🏳️‍🌈",
        "مرحبا بالعالم",
        "שלום \u200fabc",
        "<script>alert(1)</script>",
        "{{7*7}} ${x} {name} %s",
        "'; DROP TABLE goal; --",
        "two\nlines",
        "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung",
    ],
)
def test_ordinary_and_odd_text_is_kept_letter_by_letter(text: str) -> None:
    assert clean(text, field="title", most=400) == text


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\ud800", "bell\x07"])
def test_characters_that_no_storage_keeps_are_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean(text, field="title", most=100)
    assert refused.value.field == "title"


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u00a0"])
def test_nothing_but_white_space_is_refused_where_words_are_needed(text: str) -> None:
    assert clean(text, field="title", most=10) == ""
    with pytest.raises(BadInput):
        clean(text, field="title", most=10, least=1)


def test_too_much_text_is_refused_with_the_count() -> None:
    with pytest.raises(BadInput) as refused:
        clean("x" * 10_000, field="why", most=4_000)
    assert refused.value.params == {"count": 10_000, "most": 4_000}


def test_a_line_stays_one_line() -> None:
    assert clean("one\r\n two\tthree ", field="title", most=100, lines=False) == "one two three"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text, field="any", most=2_000)
    assert clean(once, field="any", most=2_000) == once
