"""What the pages of this room are given: the same facts for both sides, whole in every language."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from portal.checkins.domain import Item, Kind, Rule, Side, signal
from portal.checkins.schemas import Answers, Course, CoursePoint, Names
from portal.checkins.state import Words, _changes, _charts
from portal.kit.i18n import PSEUDO

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
NAMES = Names("Mika Vane", "Theo Sand")
LANGUAGES = ["en", "de", PSEUDO]


def sheet(*values: int | None) -> Answers:
    return Answers(dict(zip(Item, values, strict=True)))


def words(lang: str = "en") -> Words:
    return Words(lang, "Europe/Berlin", NOW)


def test_gap_view_has_two_marks_and_one_question_per_statement() -> None:
    rows = words().gaps(sheet(4, 8, 7, 8, 9, None), sheet(9, 8, 8, 6, 9, 10), NAMES)
    assert [row.key for row in rows] == ["goals", "bond", "understood", "way", "voice", "pace"]
    first = rows[0]
    assert (first.client, first.therapist, first.line_begin, first.line_length) == ("40%", "90%", "40%", "50%")
    assert first.answers == "Mika 4 · Theo 9" and first.question.endswith("?")
    assert rows[3].together and rows[3].line_length == "0%"
    assert rows[5].answers == "Mika – · Theo 10" and rows[5].client == "" and rows[5].question == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_statement_is_asked_in_both_wordings(lang: str) -> None:
    client, therapist = (words(lang).statements(side, NAMES, Answers()) for side in Side)
    assert len({one.text for one in (*client, *therapist)}) == 12
    assert not [one for one in (*client, *therapist) if "{" in one.text or one.value != -1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("client", "therapist", "earlier", "rule"),
    [
        ((4, 6, 6, 6, 6, 6), (9,) * 6, [], Rule.LEVEL),
        ((8, 8, 8, 8, 8, 8), (8,) * 6, [(9,) * 6, (9, 9, 9, 9, 9, 9)], Rule.DROP),
        ((7, 9, 9, 9, 9, 9), (9,) * 6, [], Rule.GAP),
        ((8, 8, 8, 8, 9, 9), (9,) * 6, [(9,) * 6] * 5, Rule.OWN_COURSE),
    ],
)
def test_banner_tells_its_rule_and_its_numbers(
    lang: str, client: tuple[int, ...], therapist: tuple[int, ...], earlier: list[tuple[int, ...]], rule: Rule
) -> None:
    found = signal(sheet(*client).given, sheet(*therapist).given, [sheet(*one).given for one in earlier])
    assert found.rule is rule
    title, text, told, findings = words(lang).banner(found, NAMES)
    assert title and text and told and findings
    assert not [one for one in (title, text, told, *findings) if "{" in one]


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    found = signal(sheet(6, 6, 7, 7, 7, 7).given, {}, [])
    assert found.findings[0].kind is Kind.MEAN_LOW and found.findings[0].value == Fraction(20, 3)
    assert words("de").banner(found, NAMES)[3][0].count("6,67") == 1


def test_a_side_that_has_left_is_still_called_something() -> None:
    assert words().both(Names("", "")) == {"client": "The client", "therapist": "The therapist"}


def course(*means: int) -> Course:
    points = tuple(
        CoursePoint(str(n), NOW - timedelta(weeks=len(means) - n), dict.fromkeys(Item, value), {} if n == 1 else dict.fromkeys(Item, 9))
        for n, value in enumerate(means)
    )
    return Course(points, (None,) * 5 + (Fraction(8),) * (len(means) - 5) if len(means) > 5 else (None,) * len(means), NAMES)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 7])
def test_each_chart_has_the_same_numbers_as_marks_line_and_table(lang: str, count: int) -> None:
    charts = _charts(course(*range(2, 2 + count)), words(lang), "case")
    assert [chart.key for chart in charts] == ["mean", *Item]
    for chart in charts:
        assert len(chart.rows) == count and "{" not in chart.summary
        assert len([mark for mark in chart.marks if mark.side == "client"]) == count
        assert chart.client_line.count("M") == 1 and chart.client_line.count("L") == count - 1
    assert bool(charts[0].limit_line) is (count == 7)


def test_a_missing_answer_breaks_the_line_and_is_no_mark() -> None:
    mean = _charts(course(2, 3, 4), words(), "case")[0]
    assert mean.therapist_line.count("M") == 2 and "L" not in mean.therapist_line
    assert [row.therapist for row in mean.rows] == ["9.0", "–", "9.0"]


def test_agreed_changes_stand_at_their_day_and_only_within_the_course() -> None:
    days = [((NOW - timedelta(weeks=1)).date().isoformat(), "slower"), ("2020-01-01", "long ago")]
    (mark,) = _changes(course(2, 3, 4), days, words())
    assert "slower" in mark.words and mark.x.endswith("%")
    assert _changes(course(2), days, words()) == []


def test_days_and_years_of_a_course_are_those_of_the_readers_zone() -> None:
    """Two check-ins late in the evening by UTC are the next day in Berlin, and the last of them the next year."""
    moments = (datetime(2026, 12, 30, 23, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    points = tuple(CoursePoint(str(n), at, {Item.GOALS: 9}, {}) for n, at in enumerate(moments))
    late = Course(points, (None, None), NAMES)
    assert [row.day for row in _charts(late, words(), "case")[0].rows] == ["1 Jan 2027", "31 Dec 2026"]
    assert _changes(late, [("2026-12-30", "the day before")], words()) == []
    assert [mark.words for mark in _changes(late, [("2027-01-01", "a change")], words())] == ["1 January 2027: a change"]
