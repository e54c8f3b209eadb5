"""What the browser may see of ratings, ready to be shown, and what it may send."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.access.gate import OpenCase
from portal.access.permissions import CaseRole
from portal.goals.domain import DONE, LIVING, KnownGoal
from portal.kit import plot
from portal.kit.i18n import N_, ago, day_near, day_with_year, moment, number, say, say_n
from portal.kit.refusal import BadInput
from portal.ratings.domain import HIGHEST, LOWEST, Side, may_be_rated, mean_progress, progress
from portal.ratings.repository import KnownRating

_NOTHING = "–"


@dataclass(frozen=True)
class MarkView:
    """One mark of a course: place in per cent of width and height, and its number in words."""

    side: str
    x: str
    y: str
    words: str
    together: bool = False


@dataclass(frozen=True)
class RowView:
    """One day's numbers for the table."""

    id: str
    day: str
    exact: str
    client: str
    therapist: str


@dataclass(frozen=True)
class SmallCourse:
    """The course on a card: lines and end marks over a field of 100 by 100, the newest numbers, and all of it in a sentence."""

    summary: str = ""
    client_line: str = ""
    therapist_line: str = ""
    marks: list[MarkView] = field(default_factory=list)
    client: str = ""
    therapist: str = ""


@dataclass(frozen=True)
class CourseView:
    """The course of one wording: lines and marks of both sides, and the same numbers as a table, newest first."""

    id: str = ""
    title: str = ""
    summary: str = ""
    words: list[str] = field(default_factory=list)
    client_line: str = ""
    therapist_line: str = ""
    marks: list[MarkView] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True)
class RatingForm:
    """A goal to be rated now: the wording that is read, and what the person said of it last."""

    goal_id: str = ""
    wording_id: str = ""
    title: str = ""
    last: str = ""
    may_rate: bool = False


@dataclass(frozen=True)
class GivenNow:
    """A number that was given a moment ago on the same screen."""

    goal_id: str
    title: str
    value: str


@dataclass(frozen=True)
class HandedRatings:
    """What is rated on a device that was handed over: what is still open, and what was given there."""

    forms: list[RatingForm]
    given: list[GivenNow]
    therapist: str


@dataclass(frozen=True)
class GoalRatings:
    """Everything about ratings on a goal's own page. `role` is the reader's: client, therapist or supervisor."""

    form: RatingForm = field(default_factory=RatingForm)
    role: str = ""
    client: str = ""
    therapist: str = ""
    rated: bool = False
    new_wording: bool = False
    course: CourseView = field(default_factory=CourseView)
    earlier: list[CourseView] = field(default_factory=list)
    agreed: bool = False


@dataclass(frozen=True)
class RatedLine:
    """A rated goal in a list."""

    id: str
    title: str
    words: str
    course: SmallCourse
    in_focus: bool


@dataclass(frozen=True)
class RatingsView:
    """All rated goals of a case, and how far they have come in the mean."""

    lines: list[RatedLine]
    mean: str
    mean_words: str
    client: str
    therapist: str


@dataclass(frozen=True)
class Rated:
    """What a rating answers. There is no version: ratings are added."""

    id: str
    changed: bool = True


@dataclass(frozen=True)
class SeriesPoint:
    """One rating as an export has it: whose, 0 to 10, and when (aware, UTC)."""

    goal_id: str
    wording: str
    side: str
    value: int
    at: datetime


def parse_value(value: int) -> int:
    """A rating: a whole number from 0 to 10. Raises BadInput."""
    if isinstance(value, bool) or not isinstance(value, int) or not LOWEST <= value <= HIGHEST:
        raise BadInput("Please choose a number from 0 to 10.", field="value")
    return value


@dataclass(frozen=True)
class RatingReader:
    """Who reads: turns ratings into what this person is shown, in their language and zone."""

    lang: str
    zone: str
    now: datetime
    role: str
    names: dict[Side, str]

    @classmethod
    def of(cls, case: OpenCase, lang: str) -> "RatingReader":
        """The person who opened the case; `lang` is the language of their page, if they have not chosen one for good."""
        lang = lang or case.language or "en"
        names = {
            Side.CLIENT: _names(case, CaseRole.CLIENT) or say(lang, N_("the client")),
            Side.THERAPIST: _names(case, CaseRole.THERAPIST) or say(lang, N_("the therapist")),
        }
        return cls(lang, case.time_zone, case.now, case.role.value, names)

    def say(self, sentence: str, **places: object) -> str:
        """A sentence in the reader's language."""
        return say(self.lang, sentence, **places)

    @property
    def client(self) -> str:
        """The client's first name."""
        return self.names[Side.CLIENT]

    @property
    def therapist(self) -> str:
        """The therapist's first name."""
        return self.names[Side.THERAPIST]

    @property
    def side(self) -> Side | None:
        """Whose numbers the reader gives; a supervisor gives none."""
        return Side(self.role) if self.role in set(Side) else None

    def page(self, goal: KnownGoal, ratings: Sequence[KnownRating]) -> GoalRatings:
        """Everything about one goal; wordings that were rated before are told by themselves, newest first."""
        by_wording: dict[str, list[KnownRating]] = {}
        for one in ratings:
            by_wording.setdefault(one.wording_id, []).append(one)
        now = by_wording.pop(goal.wording_id, [])
        earlier = sorted(by_wording.items(), key=lambda item: item[1][-1].at, reverse=True)
        return GoalRatings(
            form=self.form(goal, now),
            role=self.role,
            client=self.client,
            therapist=self.therapist,
            rated=bool(now),
            new_wording=not now and bool(earlier),
            course=self.course(goal.wording_id, goal.title, now),
            earlier=[self.course(wording, goal.wordings.get(wording, ""), some) for wording, some in earlier],
            agreed=goal.standing.status in LIVING | DONE,
        )

    def form(self, goal: KnownGoal, ratings: Iterable[KnownRating]) -> RatingForm:
        """A goal to be rated by the reader; `ratings` are those of its present wording."""
        mine = [one for one in ratings if one.side == self.side]
        last = self.say(N_("You said {n}, {when}."), n=mine[-1].value, when=ago(self.lang, self.zone, mine[-1].at, self.now)) if mine else ""
        may_rate = self.side is not None and may_be_rated(goal.standing)
        return RatingForm(goal.id, goal.wording_id, goal.title, last, may_rate)

    def small(self, ratings: Sequence[KnownRating]) -> SmallCourse:
        """The course of one wording for a card."""
        if not ratings:
            return SmallCourse()
        client, therapist = _values(ratings, Side.CLIENT), _values(ratings, Side.THERAPIST)
        lines, marks = self._drawn(ratings)
        ends = {side: next((mark for mark in reversed(marks) if mark.side == side), None) for side in Side}
        return SmallCourse(
            summary=" ".join(filter(None, (self._in_words(Side.CLIENT, client), self._in_words(Side.THERAPIST, therapist)))),
            client_line=lines[Side.CLIENT],
            therapist_line=lines[Side.THERAPIST],
            marks=[mark for mark in ends.values() if mark is not None],
            client=str(client[-1]) if client else "",
            therapist=str(therapist[-1]) if therapist else "",
        )

    def course(self, wording_id: str, title: str, ratings: Sequence[KnownRating]) -> CourseView:
        """The course of one wording with all its numbers."""
        if not ratings:
            return CourseView(id=wording_id, title=title)
        lines, marks = self._drawn(ratings)
        said = [self._in_words(side, _values(ratings, side)) for side in Side]
        return CourseView(
            id=wording_id,
            title=title,
            summary=" ".join(filter(None, (self.say(N_("Ratings of “{goal}”:"), goal=title), *said))),
            words=[words for words in said if words],
            client_line=lines[Side.CLIENT],
            therapist_line=lines[Side.THERAPIST],
            marks=marks,
            rows=self._rows(ratings),
            first_day=day_near(self.lang, self.zone, ratings[0].at, self.now),
            last_day=day_near(self.lang, self.zone, ratings[-1].at, self.now) if len(ratings) > 1 else "",
        )

    def _drawn(self, ratings: Sequence[KnownRating]) -> tuple[dict[Side, str], list[MarkView]]:
        places = plot.across([one.at for one in ratings])
        lines, marks = {}, []
        for side in Side:
            points = [(x, one) for x, one in zip(places, ratings, strict=True) if one.side is side]
            lines[side] = plot.line([x for x, _ in points], [_up(one.value) for _, one in points])
            marks += [
                MarkView(
                    side.value,
                    plot.percent(x),
                    plot.percent(_up(one.value)),
                    f"{self.names[side]} {one.value}, {self._day(one.at)}",
                    any(other.side is not side and other.value == one.value and abs(there - x) < _BESIDE for there, other in zip(places, ratings, strict=True)),
                )
                for x, one in points
            ]
        return lines, marks

    def _rows(self, ratings: Sequence[KnownRating]) -> list[RowView]:
        """The numbers by day, newest first: both sides of a day share a row, a second one of the same side begins another."""
        rows: list[dict[Side, KnownRating]] = []
        zone = ZoneInfo(self.zone)
        for one in ratings:
            day = one.at.astimezone(zone).date()
            open_row = rows[-1] if rows and all(other.at.astimezone(zone).date() == day for other in rows[-1].values()) else None
            if open_row is None or one.side in open_row:
                rows.append({one.side: one})
            else:
                open_row[one.side] = one
        return [self._row(row) for row in reversed(rows)]

    def _row(self, row: dict[Side, KnownRating]) -> RowView:
        newest = max(row.values(), key=lambda one: one.at)
        shown = {side: str(row[side].value) if side in row else _NOTHING for side in Side}
        return RowView(newest.id, self._day(newest.at), moment(self.lang, self.zone, newest.at), shown[Side.CLIENT], shown[Side.THERAPIST])

    def _day(self, at: datetime) -> str:
        return day_with_year(self.lang, self.zone, at)

    def _in_words(self, side: Side, values: Sequence[int]) -> str:
        """One side's series in a sentence; empty without any."""
        if not values:
            return ""
        step, places = progress(values), {"name": self.names[side], "first": values[0], "now": values[-1]}
        if step is None:
            return self.say(N_("{name}: {first} so far, the first number."), **places)
        if step == 0:
            return self.say(N_("{name}: now {now}, the same as at first."), **places)
        sentence = N_("{name}: from {first} to {now}, {n} up.") if step > 0 else N_("{name}: from {first} to {now}, {n} down.")
        return self.say(sentence, n=abs(step), **places)

    def summary(self, goals: Sequence[KnownGoal], ratings: Sequence[KnownRating]) -> RatingsView:
        """All goals that have ratings of their present wording, and the mean of the client's progress."""
        by_wording: dict[str, list[KnownRating]] = {}
        for one in ratings:
            by_wording.setdefault(one.wording_id, []).append(one)
        rated = [(goal, by_wording[goal.wording_id]) for goal in goals if goal.wording_id in by_wording]
        mean = mean_progress(_values(some, Side.CLIENT) for _, some in rated)
        return RatingsView(
            lines=[
                RatedLine(goal.id, goal.title, self.small(some).summary, self.small(some), goal.standing.in_focus) for goal, some in rated
            ],
            mean="" if mean is None else _signed(self.lang, float(mean[0])),
            mean_words=""
            if mean is None
            else say_n(
                self.lang,
                "on {n} goal that {client} rated at both times: then and now.",
                "in the mean of {n} goals that {client} rated at both times: then and now.",
                mean[1],
                client=self.client,
            ),
            client=self.client,
            therapist=self.therapist,
        )


_BESIDE = 1.5


def _signed(lang: str, value: float) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "±") + number(lang, abs(value), 1)


def _up(value: int) -> float:
    return value * 100 / HIGHEST


def _values(ratings: Iterable[KnownRating], side: Side) -> list[int]:
    return [one.value for one in ratings if one.side is side]


def _names(case: OpenCase, role: CaseRole) -> str:
    return ", ".join((member.name.split() or [member.name])[0] for member in case.with_role(role))
