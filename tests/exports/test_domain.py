"""The rules of exports alone: what becomes of one, and cells that no spreadsheet calculates."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from portal.exports import domain
from portal.exports.domain import KEPT, LEASE, MOST_ATTEMPTS, WAITS, Export, Format, NotNow, Status, Why

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AN_INSTANT = timedelta(seconds=1)
TEXTS = st.text(alphabet=st.sampled_from('=+-@\t\r\n ,;|"\'aß5\uff1d\uff0b\uff0d\uff20'), max_size=12)


class ALife(RuleBasedStateMachine):
    """Makers come, fall silent and return late, people fetch, the clock runs: what is promised of a file holds throughout."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.export = Export(NOW, NOW)
        self.makers: list[int] = []
        self.highest = 0

    def _try(self, act: object, *given: object) -> bool:
        try:
            self.export = act(self.export, *given)  # type: ignore[operator]
        except NotNow:
            return False
        return True

    @rule()
    def take_up(self) -> None:
        due = domain.is_due(self.export, self.now)
        assert self._try(domain.taken_up, self.now) == due
        if self.export.status is Status.RUNNING and due:
            self.makers.append(self.export.attempts)
            self.highest = 0

    @rule(percent=st.integers(0, 200), back=st.integers(0, 3))
    def move_on(self, percent: int, back: int) -> None:
        self._by_a_maker(back, domain.moved_on, percent)

    @rule(back=st.integers(0, 3))
    def finish(self, back: int) -> None:
        self._by_a_maker(back, domain.finished)

    @rule(back=st.integers(0, 3), why=st.sampled_from(list(Why)))
    def give_up(self, back: int, why: Why) -> None:
        self._by_a_maker(back, domain.given_up, why)

    def _by_a_maker(self, back: int, act: object, *given: object) -> None:
        if not self.makers:
            return
        maker = self.makers[max(0, len(self.makers) - 1 - back)]
        counts = self.export.status is Status.RUNNING and maker == self.makers[-1]
        assert self._try(act, maker, *given, self.now) == counts

    @rule(seconds=st.sampled_from([1, 10, 31, 301, 901]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.export = domain.at(self.export, self.now)

    @invariant()
    def a_file_is_there_exactly_while_it_is_kept(self) -> None:
        fetched = True
        try:
            domain.to_be_fetched(self.export, self.now)
        except NotNow:
            fetched = False
        assert fetched == (self.export.status is Status.READY)
        assert (self.export.kept_until is not None) == (self.export.status is Status.READY)

    @invariant()
    def progress_is_no_promise_that_goes_back(self) -> None:
        assert self.export.attempts <= MOST_ATTEMPTS
        assert self.highest <= self.export.percent <= 100
        assert (self.export.percent == 100) == (self.export.status in {Status.READY, Status.EXPIRED})
        assert (self.export.why is not None) == (self.export.status is Status.FAILED)
        self.highest = self.export.percent


TestALife = ALife.TestCase


def test_a_silent_maker_is_followed_by_another_and_after_three_it_has_failed() -> None:
    export, now = Export(NOW, NOW), NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        export = domain.taken_up(export, now)
        assert (export.status, export.attempts) == (Status.RUNNING, attempt)
        assert not domain.is_due(export, now + LEASE - AN_INSTANT)
        now += LEASE
        assert domain.is_due(export, now)
    export = domain.taken_up(export, now)
    assert (export.status, export.why) == (Status.FAILED, Why.BROKEN)


def test_a_maker_who_returns_late_changes_nothing() -> None:
    first = domain.taken_up(Export(NOW, NOW), NOW)
    second = domain.taken_up(first, NOW + LEASE)
    with pytest.raises(NotNow) as refused:
        domain.finished(second, first.attempts, NOW + LEASE)
    assert str(refused.value) == "NotNow: finish while running"


def test_the_clock_ends_a_file_and_a_wait() -> None:
    ready = domain.finished(domain.taken_up(Export(NOW, NOW), NOW), 1, NOW)
    assert domain.at(ready, NOW + KEPT - AN_INSTANT) == ready
    expired = domain.at(ready, NOW + KEPT)
    assert expired.status is Status.EXPIRED
    assert domain.forgotten(expired, NOW + KEPT + domain.REMEMBERED)
    waiting = Export(NOW, NOW)
    assert domain.at(waiting, NOW + WAITS - AN_INSTANT) == waiting
    assert domain.at(waiting, NOW + WAITS).why is Why.WAITED


def test_the_name_of_a_file_says_nothing() -> None:
    assert domain.file_name(Format.PDF, date(2026, 11, 25)) == "rapport-2026-11-25.pdf"


# --- cells

BEGINS_A_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"])
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert domain.plain_cell(cell).startswith("'") or domain.plain_cell(cell).lstrip().startswith("'")


@pytest.mark.parametrize("cell", ["", "Say no once a week", "e-mail a@b", "1 + 1 = 2", "well-being", "Öfter früher schlafen", "☐ rest"])
def test_plain_words_stay_as_they_are(cell: str) -> None:
    assert domain.plain_cell(cell) == cell


@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5), own=st.sampled_from(",;"))
def test_no_reader_meets_a_formula_whatever_it_takes_for_a_separator(rows: list[list[str]], own: str) -> None:
    text = domain.csv_text(["Goal", "Why"], rows, own)
    assert text.startswith("\ufeff")
    for separator in ",;\t|":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, quoting=quoting):
                for cell in row:
                    assert not cell.lstrip(' "\t\r\n').startswith(BEGINS_A_FORMULA), (cell, row)


@given(rows=st.lists(st.lists(st.text(alphabet="aöß\"',; \n", max_size=8).filter(lambda text: "\n" not in text), min_size=2, max_size=2), max_size=5))
def test_a_table_reads_back_as_it_was(rows: list[list[str]]) -> None:
    text = domain.csv_text(["Goal", "Why"], rows, ";").removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";")) == [["Goal", "Why"], *rows]
