"""Words and dates on the server, in each language."""

from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from portal.kit import i18n
from portal.kit.i18n import (
    PSEUDO,
    ago,
    best_language,
    clock_time,
    day,
    day_short,
    direction,
    fill,
    is_language,
    isolated,
    moment,
    plural_index,
    say,
    say_n,
)
from portal.kit.pseudo import pseudo

NOW = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def test_the_sentence_is_said_in_the_persons_language() -> None:
    assert say("en", "Not saved yet") == "Not saved yet"
    assert say("de", "Not saved yet") == "Noch nicht gespeichert"
    assert say("de", "{name} is here", name="Mika") == "Mika ist hier"


def test_a_number_takes_the_form_that_the_language_has_for_it() -> None:
    assert [say_n("en", "{n} key", "{n} keys", n) for n in (0, 1, 2)] == ["0 keys", "1 key", "2 keys"]
    assert say_n("ar-XB", "{n} key", "{n} keys", 2) == "2 ķééýš"


def test_plural_forms_of_a_catalogue_are_found() -> None:
    german = Catalog(locale="de")
    assert [plural_index(german, n) for n in (0, 1, 2)] == [1, 0, 1]


def test_a_sentence_without_translation_is_english() -> None:
    assert say("de", "A sentence that no catalogue has") == "A sentence that no catalogue has"
    assert say("xx", "Not saved yet") == "Not saved yet"


def test_what_somebody_typed_is_never_read_as_a_place() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "%s {a} $t(x)"}) == "{b} and %s {a} $t(x)"


def test_a_name_that_runs_against_the_sentence_is_fenced_off() -> None:
    assert isolated("Mika") == "Mika"
    assert isolated("מיקה") == "\u2068מיקה\u2069"
    assert isolated("Mika", "rtl") == "\u2068Mika\u2069"
    assert isolated("14:02", "rtl") == "14:02"


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr, en-GB;q=0.5", "en"), ("en;q=0.4, de;q=0.6", "de"), ("", "en"), ("*;q=nonsense", "en"), ("x" * 10_000, "en")],
)
def test_the_browsers_wish_is_met_as_far_as_the_portal_can(header: str, language: str) -> None:
    assert best_language(header) == language


def test_days_and_times_follow_language_and_zone() -> None:
    assert day("en", BERLIN, NOW) == "23 November 2026"
    assert day("de", BERLIN, NOW) == "23. November 2026"
    assert day_short("de", BERLIN, NOW) == "23. Nov."
    assert clock_time("en", BERLIN, NOW) == "14:02"
    assert clock_time("en", "America/New_York", NOW) == "08:02"
    assert moment("de", BERLIN, NOW) == "23. November 2026, 14:02"


@pytest.mark.parametrize(
    ("before", "english", "german"),
    [
        (timedelta(seconds=20), "just now", "gerade eben"),
        (timedelta(hours=2), "today at 12:02", "heute um 12:02"),
        (timedelta(days=1), "yesterday", "gestern"),
        (timedelta(hours=14, minutes=30), "yesterday", "gestern"),
        (timedelta(days=3), "3 days ago", "vor 3 Tagen"),
        (timedelta(days=40), "14 October", "14. Oktober"),
        (timedelta(days=400), "19 October 2025", "19. Oktober 2025"),
    ],
)
def test_the_past_is_told_in_everyday_words(before: timedelta, english: str, german: str) -> None:
    assert ago("en", BERLIN, NOW - before, NOW) == english
    assert ago("de", BERLIN, NOW - before, NOW) == german


def test_the_pseudo_locale_runs_right_to_left_and_is_offered_to_nobody() -> None:
    assert is_language(PSEUDO)
    assert direction(PSEUDO) == "rtl"
    assert PSEUDO not in {language.code for language in i18n.languages()}


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="{}"), max_size=60))
def test_the_pseudo_locale_is_longer_and_keeps_places(text: str) -> None:
    said = pseudo(text + " {name}")
    assert said.endswith("{name}")
    assert len(said) >= len(text) + 7


def test_the_pseudo_locale_is_a_third_longer_in_running_text() -> None:
    sentence = "Nothing that was saved is lost. Please load the page again."
    assert len(pseudo(sentence)) >= 1.25 * len(sentence)
