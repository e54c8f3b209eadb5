"""The edge of the check-ins: what the pages show, in ready-made words, and what was done on them."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx

from portal import routes
from portal.access.policy import handed_over, signed_in
from portal.adjustments import service as adjustments
from portal.cases import service as cases
from portal.cases.domain import cadence_of
from portal.checkins import service
from portal.checkins.domain import (
    HIGHEST,
    OPENED_FOR_BOTH,
    SAME_QUESTION,
    STATEMENTS,
    Gap,
    Item,
    Kind,
    Line,
    Ratings,
    Rule,
    Side,
    Signal,
    Status,
    mean,
    side_by_side,
)
from portal.checkins.schemas import SKIPPED, Answers, Course, HomePart, Names, Sheet, Standing
from portal.kit import clock, plot
from portal.kit.i18n import N_, ago, clock_time, day, day_with_year, moment, number, say, say_n
from portal.kit.refusal import DatabaseGone, NotFound
from portal.live.state import CasePage, Here

_UNKNOWN = {Side.CLIENT: N_("The client"), Side.THERAPIST: N_("The therapist")}
_NO_ANSWER = "–"

_BANNERS = {
    Rule.LEVEL: (N_("Worth a word."), N_("Something here may not be as it should be. It is worth a word between you.")),
    Rule.DROP: (N_("Something shifted."), N_("Since the last check-in something has shifted. What was different?")),
    Rule.GAP: (N_("You see this differently."), N_("Where the two marks stand far apart, start there.")),
    Rule.OWN_COURSE: (N_("Unusual for the two of you."), N_("This check-in stands out from the ones before. What was different?")),
}
_RULES = {
    Rule.LEVEL: N_("This shows when the mean of {client}’s answers is below 7.0, or when one answer is 4 or less."),
    Rule.DROP: N_("This shows when the mean of {client}’s answers falls by 1.0 or more since the check-in before, or one answer by 3 or more."),
    Rule.GAP: N_("This shows when {therapist}’s answer is 2 or more above {client}’s on a statement, or {client}’s 3 or more above {therapist}’s."),
    Rule.OWN_COURSE: N_("This shows from the sixth check-in on, when the mean of {client}’s answers is below the usual range of all the ones before: their mean less 2.66 times the mean step from one to the next."),
}
_FINDINGS = {
    Kind.MEAN_LOW: N_("The mean of {client}’s answers is {value}; the line is {against}."),
    Kind.ANSWER_LOW: N_("{statement}: {client} answered {value}; the line is {against}."),
    Kind.MEAN_FELL: N_("The mean of {client}’s answers went from {against} to {value}."),
    Kind.ANSWER_FELL: N_("{statement}: {client}’s answer went from {against} to {value}."),
    Kind.BELOW_LIMIT: N_("The mean of {client}’s answers is {value}; the usual range begins at {against}."),
    Kind.THERAPIST_HIGHER: N_("{statement}: {therapist} answered {value}, {client} {against}."),
    Kind.CLIENT_HIGHER: N_("{statement}: {client} answered {value}, {therapist} {against}."),
}
_LABELS = {
    Rule.LEVEL: N_("worth a word"),
    Rule.DROP: N_("something shifted"),
    Rule.GAP: N_("you see this differently"),
    Rule.OWN_COURSE: N_("unusual for the two of you"),
}
_STANDS = {
    Status.OPEN: N_("open"),
    Status.REVEALED: N_("to talk about"),
    Status.TALKED_ABOUT: N_("talked about"),
    Status.CLOSED: N_("closed"),
    Status.CHOICE: N_("yours to decide"),
    Status.SHARED_ALONE: N_("one side only"),
    Status.KEPT_PRIVATE: N_("only you can see it"),
    Status.DISCARDED: N_("deleted"),
    Status.LAPSED: N_("ended without both of you"),
}


@dataclass(frozen=True)
class StatementView:
    """One statement to answer; `value` is −1 for no answer, `skipped` whether that is on purpose.

    `answered`: there is an answer that is not shown, because the device was handed over.
    """

    key: str
    name: str
    text: str
    value: int
    skipped: bool
    answered: bool = False


@dataclass(frozen=True)
class GapView:
    """One statement with both marks: places in per cent of the scale, empty where an answer is missing."""

    key: str
    name: str
    text: str
    answers: str
    question: str
    client: str
    therapist: str
    line_begin: str
    line_length: str
    together: bool


@dataclass(frozen=True)
class LinesView:
    """What one side wrote to keep and to change."""

    side: str
    name: str
    keep: str
    change: str


@dataclass(frozen=True)
class NoteView:
    """A note after the reveal."""

    id: str
    side: str
    name: str
    text: str
    when: str
    exact: str


@dataclass(frozen=True)
class WordingView:
    """How each side was asked."""

    key: str
    name: str
    client: str
    therapist: str


@dataclass(frozen=True)
class RowView:
    """One check-in in a list."""

    id: str
    href: str
    day: str
    stands: str
    label: str


@dataclass(frozen=True)
class NextView:
    """What a page says about the check-in that is open, or about the next one."""

    id: str = ""
    href: str = ""
    title: str = ""
    words: str = ""
    action: str = ""
    ends: str = ""


@dataclass(frozen=True)
class MarkView:
    """One mark of a chart: place in per cent of width and height."""

    side: str
    x: str
    y: str
    words: str
    together: bool


@dataclass(frozen=True)
class TableRow:
    """One check-in's numbers."""

    id: str
    href: str
    day: str
    client: str
    therapist: str


@dataclass(frozen=True)
class ChartView:
    """One series of both sides: lines as SVG paths over a field of 100 × 100, marks, and the same numbers as a table."""

    key: str
    name: str
    summary: str
    client_line: str
    therapist_line: str
    limit_line: str
    marks: list[MarkView]
    rows: list[TableRow]


@dataclass(frozen=True)
class ChangeMark:
    """An agreed change on the time line of a chart."""

    x: str
    words: str


class Words:
    """The words of this room for one reader: language, zone and moment."""

    def __init__(self, lang: str, tz: str, now: datetime) -> None:
        self.lang, self.tz, self.now = lang, tz, now

    def say(self, sentence: str, **places: object) -> str:
        """The sentence in the reader's language."""
        return say(self.lang, sentence, **places)

    def name(self, names: Names, side: Side) -> str:
        """The first name of a side, or what they are if nobody is there now."""
        return names.of(side).split(" ")[0] or self.say(_UNKNOWN[side])

    def both(self, names: Names) -> dict[str, str]:
        """Both names as places of a sentence."""
        return {"client": self.name(names, Side.CLIENT), "therapist": self.name(names, Side.THERAPIST)}

    def statements(self, side: Side, names: Names, answers: Answers) -> list[StatementView]:
        """The six statements as this side is asked."""
        client = self.name(names, Side.CLIENT)
        return [
            StatementView(
                key=item,
                name=self.say(wording.name),
                text=self.say(wording.client) if side is Side.CLIENT else self.say(wording.therapist, name=client),
                value=_number(answers.ratings.get(item)),
                skipped=item in answers.ratings and answers.ratings[item] is None,
            )
            for item, wording in STATEMENTS.items()
        ]

    def wordings(self, names: Names) -> list[WordingView]:
        """How both sides were asked."""
        client = self.name(names, Side.CLIENT)
        return [
            WordingView(item, self.say(one.name), self.say(one.client), self.say(one.therapist, name=client))
            for item, one in STATEMENTS.items()
        ]

    def gaps(self, client: Answers, therapist: Answers, names: Names) -> list[GapView]:
        """The six statements with both answers, in the order of the gap view."""
        return [self._gap(row, names) for row in side_by_side(client.given, therapist.given)]

    def _gap(self, row: Gap, names: Names) -> GapView:
        wording = STATEMENTS[row.item]
        missing = row.client is None or row.therapist is None
        low, high = sorted((row.client or 0, row.therapist or 0))
        question = SAME_QUESTION
        if row.width:
            question = wording.therapist_higher if row.width > 0 else wording.client_higher
        return GapView(
            key=row.item,
            name=self.say(wording.name),
            text=self.say(wording.client),
            answers=self.say(
                N_("{client} {one} · {therapist} {other}"),
                **self.both(names),
                one=_shown(row.client),
                other=_shown(row.therapist),
            ),
            question="" if missing else self.say(question),
            client=_percent(row.client),
            therapist=_percent(row.therapist),
            line_begin="" if missing else f"{low * 10}%",
            line_length="" if missing else f"{(high - low) * 10}%",
            together=not missing and row.width == 0,
        )

    def banner(self, signal: Signal, names: Names) -> tuple[str, str, str, list[str]]:
        """Title, words, the rule and its numbers; the same for both sides."""
        if signal.rule is None:
            return "", "", "", []
        title, words = _BANNERS[signal.rule]
        return self.say(title), self.say(words), self.say(_RULES[signal.rule], **self.both(names)), self._findings(signal, names)

    def _findings(self, signal: Signal, names: Names) -> list[str]:
        return [
            self.say(
                _FINDINGS[one.kind],
                **self.both(names),
                statement=self.say(STATEMENTS[one.item].name) if one.item else "",
                value=self._value(one.value, whole=one.item is not None),
                against=self._value(one.against, whole=one.item is not None),
            )
            for one in signal.findings
        ]

    def _value(self, value: Fraction, *, whole: bool) -> str:
        return str(int(value)) if whole else number(self.lang, float(value), 2 if (value * 10).denominator != 1 else 1)

    def day(self, when: datetime) -> str:
        """A day in full."""
        return day(self.lang, self.tz, when)

    def ago(self, when: datetime) -> str:
        """How long ago."""
        return ago(self.lang, self.tz, when, self.now)

    def exact(self, when: datetime) -> str:
        """Day and time."""
        return moment(self.lang, self.tz, when)

    def row(self, one: Standing, case_id: str) -> RowView:
        """A check-in as a line of a list."""
        stands = N_("not opened for both") if one.ended and one.my_side is not Side.CLIENT else _STANDS[one.status]
        if one.status is Status.SHARED_ALONE and one.talked_at is not None:
            stands = _STANDS[Status.TALKED_ABOUT]
        return RowView(
            id=one.id,
            href=routes.in_case(routes.CHECKIN, case_id, checkin=one.id),
            day=self.day(one.revealed_at or one.opened_at),
            stands=self.say(stands),
            label=self.say(_LABELS[one.signal.rule]) if one.signal.rule else "",
        )

    def next(self, home: HomePart, case_id: str) -> NextView:
        """What a home page says: the check-in that is open, or when the next one comes."""
        if home.open is None:
            return NextView(title=self.say(N_("The next check-in")), words=self.due(home))
        one = home.open
        other = self.name(one.names, one.my_side.other) if one.my_side else ""
        if one.mine_done:
            title, words = N_("Your check-in is done"), N_("{name} is not done yet. Both open as soon as both are done.")
        elif one.other_done:
            title, words = N_("Your check-in is open"), N_("{name} is done. You both see both as soon as you are done too.")
        else:
            title, words = N_("Your check-in is open"), N_("{name} is not done yet either. Both open as soon as both are done.")
        action = N_("Look at yours") if one.mine_done else N_("Go on") if one.mine_begun else N_("Start")
        return NextView(
            id=one.id,
            href=routes.in_case(routes.CHECKIN, case_id, checkin=one.id),
            title=self.say(title),
            words=self.say(words, name=other),
            action=self.say(action),
            ends=self.say(N_("Open until {moment}"), moment=self.exact(one.expires_at)),
        )

    def due(self, home: HomePart) -> str:
        """When the next one opens by itself."""
        if home.next_due_at is None:
            return self.say(N_("No check-in opens by itself at the moment."))
        if home.next_due_at <= self.now:
            return self.say(N_("It is due and opens in a moment."))
        return self.say(N_("It opens by itself on {day}."), day=self.day(home.next_due_at))


def _number(value: int | None) -> int:
    return SKIPPED if value is None else value


def _shown(value: int | None) -> str:
    return _NO_ANSWER if value is None else str(value)


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value * 10}%"


class Room(CasePage, mixin=True):
    """What the pages of this room share: their words, and keeping time before showing."""

    @property
    def _words(self) -> Words:
        return Words(self.lang, self._time_zone, clock.now())

    async def _keep_time(self) -> None:
        # What one sees is judged by the present moment anyway, so storage that cannot be written keeps nobody from looking.
        with suppress(DatabaseGone):
            await asyncio.to_thread(service.keep_time, self.case_id)


class CheckInsState(Room, Here):
    """All check-ins of a case: the open one, what waits, what was, and the rhythm."""

    next_one: NextView = NextView()
    may_start: bool = False
    may_set: bool = False
    due: str = ""
    cadence: str = ""
    cadence_version: int = 0
    to_talk_about: list[RowView] = []
    to_decide: list[RowView] = []
    past: list[RowView] = []

    async def _show(self) -> None:
        found = await self._ask(service.overview, self.case_id)
        if found.home.time_passed:
            await self._keep_time()
            found = await self._ask(service.overview, self.case_id)
        words, home = self._words, found.home
        self._set(
            next_one=words.next(home, self.case_id) if home.open else NextView(),
            may_start=found.may_start,
            may_set=found.may_answer,
            due=words.due(home) if home.open is None else "",
            cadence=cadence_of(home.cadence_days).value,
            cadence_version=found.cadence_version,
            to_talk_about=[words.row(one, self.case_id) for one in home.to_talk_about],
            to_decide=[words.row(one, self.case_id) for one in home.to_decide],
            past=[words.row(one, self.case_id) for one in found.past],
        )

    @signed_in
    async def started(self, op: str) -> Any:
        """Somebody wants a check-in now."""
        checkin_id = await self._do(service.start, op=op)
        if checkin_id is None:
            return None
        return rx.redirect(routes.in_case(routes.CHECKIN, self.case_id, checkin=checkin_id))

    @signed_in(longest=40)
    async def cadence_chosen(self, cadence: str, op: str) -> None:
        """Another rhythm."""
        await self._do(cases.set_cadence, cases.CadenceForm(cadence), self.cadence_version, op=op)


class BothSides(Room, mixin=True):
    """What a check-in that both may read has to show."""

    opened: str = ""
    client: str = ""
    therapist: str = ""
    banner: str = ""
    banner_words: str = ""
    rule: str = ""
    findings: list[str] = []
    ceiling: bool = False
    gaps: list[GapView] = []
    lines: list[LinesView] = []
    wordings: list[WordingView] = []

    def _both_sides(self, found: Sheet) -> dict[str, Any]:
        words, one = self._words, found.standing
        both = found.client is not None and found.therapist is not None
        title, text, rule, findings = words.banner(one.signal, one.names)
        client, therapist = found.client or Answers(), found.therapist or Answers()
        return {
            "opened": clock_time(self.lang, self._time_zone, one.revealed_at) + ", " + words.day(one.revealed_at) if one.revealed_at else "",
            "client": words.name(one.names, Side.CLIENT),
            "therapist": words.name(one.names, Side.THERAPIST),
            "banner": title,
            "banner_words": text,
            "rule": rule,
            "findings": findings,
            "ceiling": one.signal.ceiling,
            "gaps": words.gaps(client, therapist, one.names) if found.client is not None else [],
            "lines": _lines(found, words),
            "wordings": words.wordings(one.names) if both else [],
        }


class CheckInDesk(BothSides, mixin=True):
    """One check-in: answering it, waiting, and both sides side by side. Never holds what the other side answered unseen.

    Goes into a page's state together with `Here`; the page calls `_show_checkin`.
    """

    stage: str = ""
    other: str = ""
    other_side: str = ""
    other_done: bool = False
    may_write: bool = False
    ends: str = ""
    statements: list[StatementView] = []
    keep: str = ""
    keep_version: int = 0
    change: str = ""
    change_version: int = 0
    answered: int = 0
    has_answers: bool = False

    notes: list[NoteView] = []
    talked: str = ""
    closed: str = ""

    checkin_id: str = ""

    async def _show_checkin(self) -> bool:
        """Put the check-in on the page; whether both sides are open."""
        self._set(checkin_id=self._from_address(routes.CHECKIN_PARAM))
        found = await self._ask(service.sheet, self.case_id, self.checkin_id)
        if found.time_passed:
            await self._keep_time()
            found = await self._ask(service.sheet, self.case_id, self.checkin_id)
        self._set(**self._shown(found))
        return found.standing.status in OPENED_FOR_BOTH

    def _shown(self, found: Sheet) -> dict[str, Any]:
        words, one = self._words, found.standing
        side = one.my_side or Side.CLIENT
        mine, both = found.mine, found.client is not None and found.therapist is not None
        filling = one.status is Status.OPEN
        return {
            **self._both_sides(found),
            "stage": _stage(one),
            "other": words.name(one.names, side.other),
            "other_side": side.other.value,
            "other_done": one.other_done,
            "may_write": one.my_side is not None,
            "ends": words.exact(one.expires_at) if filling else "",
            "statements": [] if found.client is not None else words.statements(side, one.names, mine),
            "keep": mine.lines.get(Line.KEEP, "") if not both else "",
            "keep_version": mine.version(Line.KEEP),
            "change": mine.lines.get(Line.CHANGE, "") if not both else "",
            "change_version": mine.version(Line.CHANGE),
            "answered": len(mine.given),
            "has_answers": not mine.is_empty,
            "notes": [
                NoteView(note.id, note.side, note.name.split(" ")[0], note.text, words.ago(note.added_at), words.exact(note.added_at))
                for note in found.notes
            ],
            "talked": _by(words, N_("{name} marked it as talked about, {when}."), found.talked_by, one.talked_at),
            "closed": _by(words, N_("{name} closed it, {when}."), found.closed_by, one.closed_at),
        }

    @signed_in(longest=40)
    async def rated(self, item: str, value: int, op: str) -> None:
        """A number was chosen, or a statement skipped (−1)."""
        await self._do(service.rate, self.checkin_id, item, value, op=op)

    @signed_in(longest=12_000)
    async def line_typed(self, line: str, text: str, version: int, op: str) -> None:
        """One half of the open line was written."""
        await self._do(service.write_line, self.checkin_id, line, text, version, op=op)

    @signed_in(longest=40)
    async def handed_in(self, op: str) -> None:
        """Somebody is done."""
        await self._do(service.submit, self.checkin_id, op=op)

    @signed_in(longest=40)
    async def taken_up_again(self, op: str) -> None:
        """Somebody wants to change what they handed in."""
        await self._do(service.take_up_again, self.checkin_id, op=op)

    @signed_in(longest=40)
    async def retracted(self, op: str) -> None:
        """Somebody took their answers back for good."""
        await self._do(service.retract, self.checkin_id, op=op)

    @signed_in(longest=40)
    async def decided(self, choice: str, op: str) -> None:
        """The client decided on answers that stayed alone."""
        await self._do(service.decide, self.checkin_id, choice, op=op)

    @signed_in(longest=40)
    async def talked_about(self, op: str) -> None:
        """They talked about it."""
        await self._do(service.mark_talked_about, self.checkin_id, op=op)

    @signed_in(longest=40)
    async def close_chosen(self, op: str) -> None:
        """This check-in is closed."""
        await self._do(service.close, self.checkin_id, op=op)

    @signed_in(longest=12_000)
    async def note_sent(self, form: dict[str, str], op: str) -> None:
        """A note was added."""
        await self._do(service.add_note, self.checkin_id, form.get("note", ""), op=op)


class HandedCheckIn(BothSides, mixin=True):
    """A check-in on a device that was handed over: to be answered without ever showing an answer again, or to be read.

    Goes into a page's state together with `Here`; the page calls one of the two.
    """

    statements: list[StatementView] = []
    written: list[str] = []
    other: str = ""
    other_done: bool = False
    first_open: int = 0

    checkin_id: str = ""

    async def _show_answering(self, case_id: str, checkin_id: str) -> None:
        """Raises NotFound also when there is nothing to answer any more."""
        found = await self._ask(service.handed_sheet, case_id, checkin_id)
        if not found.answerable:
            raise NotFound
        words = self._words
        asked = words.statements(Side.CLIENT, found.names, Answers())
        self._set(
            checkin_id=checkin_id,
            statements=[replace(one, answered=one.key in found.answered) for one in asked],
            written=[line.value for line in Line if line in found.answered],
            other=words.name(found.names, Side.THERAPIST),
            other_done=found.other_done,
            first_open=next((n for n, one in enumerate(asked) if one.key not in found.answered), len(asked)),
        )

    async def _show_reading(self, case_id: str, checkin_id: str) -> None:
        found = await self._ask(service.handed_reading, case_id, checkin_id)
        self._set(checkin_id=checkin_id, **self._both_sides(found))

    @handed_over(longest=40)
    async def rated(self, item: str, value: int, op: str) -> None:
        """A number was chosen, or a statement skipped (−1)."""
        await self._do(service.rate_handed, self.checkin_id, item, value, op=op)

    @handed_over(longest=12_000)
    async def line_typed(self, line: str, text: str, op: str) -> None:
        """One half of the open line was written."""
        await self._do(service.write_handed_line, self.checkin_id, line, text, op=op)

    @handed_over(longest=40)
    async def handed_in(self, op: str) -> None:
        """Whoever holds the device is done."""
        await self._do(service.submit_handed, self.checkin_id, op=op)


def _stage(one: Standing) -> str:
    if one.status is Status.OPEN:
        return "waiting" if one.mine_done else "filling"
    return one.status.value


def _lines(found: Sheet, words: Words) -> list[LinesView]:
    shown: Iterable[tuple[Side, Answers | None]] = ((Side.CLIENT, found.client), (Side.THERAPIST, found.therapist))
    return [
        LinesView(side, words.name(found.standing.names, side), sheet.lines.get(Line.KEEP, ""), sheet.lines.get(Line.CHANGE, ""))
        for side, sheet in shown
        if sheet is not None and any(sheet.lines.values())
    ]


def _by(words: Words, sentence: str, name: str, when: datetime | None) -> str:
    return words.say(sentence, name=name.split(" ")[0], when=words.ago(when)) if when else ""


class CourseState(Room, Here):
    """The course of all check-ins that both may read."""

    charts: list[ChartView] = []
    client: str = ""
    therapist: str = ""
    first_day: str = ""
    last_day: str = ""
    changes: list[ChangeMark] = []
    has_limit: bool = False
    count: int = 0

    async def _show(self) -> None:
        course = await self._ask(service.course, self.case_id)
        desk = await self._ask(adjustments.desk, self.case_id, self.lang)
        words = self._words
        began = [(one.now.starts_day, one.now.what) for one in (*desk.living, *desk.settled) if one.has_now and one.now.starts_day]
        self._set(
            charts=_charts(course, words, self.case_id) if course.points else [],
            client=words.name(course.names, Side.CLIENT),
            therapist=words.name(course.names, Side.THERAPIST),
            first_day=words.day(course.points[0].at) if course.points else "",
            last_day=words.day(course.points[-1].at) if len(course.points) > 1 else "",
            changes=_changes(course, began, words),
            has_limit=any(limit is not None for limit in course.limits),
            count=len(course.points),
        )


def _charts(course: Course, words: Words, case_id: str) -> list[ChartView]:
    mean_of = {Side.CLIENT: [mean(one.client) for one in course.points], Side.THERAPIST: [mean(one.therapist) for one in course.points]}
    charts = [_chart(course, "mean", words.say(N_("Mean of the answers")), mean_of, words, case_id, course.limits)]
    for item in Item:
        of_item = {
            Side.CLIENT: [_fraction(one.client, item) for one in course.points],
            Side.THERAPIST: [_fraction(one.therapist, item) for one in course.points],
        }
        charts.append(_chart(course, item, words.say(STATEMENTS[item].name), of_item, words, case_id))
    return charts


def _fraction(ratings: Ratings, item: Item) -> Fraction | None:
    return Fraction(ratings[item]) if item in ratings else None


def _chart(
    course: Course,
    key: str,
    name: str,
    values: dict[Side, list[Fraction | None]],
    words: Words,
    case_id: str,
    limits: Sequence[Fraction | None] = (),
) -> ChartView:
    across = plot.across([one.at for one in course.points])
    digits = 1 if key == "mean" else 0

    def shown(value: Fraction | None) -> str:
        return _NO_ANSWER if value is None else number(words.lang, float(value), digits)

    marks = [
        MarkView(
            side,
            plot.percent(x),
            plot.percent(_up(value) or 0.0),
            f"{words.name(course.names, side)} {shown(value)}, {words.day(point.at)}",
            shown(value) == shown(values[side.other][at]),
        )
        for side in Side
        for at, (point, x, value) in enumerate(zip(course.points, across, values[side], strict=True))
        if value is not None
    ]
    rows = [
        TableRow(
            id=point.id,
            href=routes.in_case(routes.CHECKIN, case_id, checkin=point.id),
            day=day_with_year(words.lang, words.tz, point.at),
            client=shown(values[Side.CLIENT][at]),
            therapist=shown(values[Side.THERAPIST][at]),
        )
        for at, point in enumerate(course.points)
    ]
    return ChartView(
        key=key,
        name=name,
        summary=say_n(
            words.lang,
            "{name} over {n} check-in: {client} last {first}, {therapist} last {second}.",
            "{name} over {n} check-ins: {client} last {first}, {therapist} last {second}.",
            len(course.points),
            name=name,
            first=shown(values[Side.CLIENT][-1]),
            second=shown(values[Side.THERAPIST][-1]),
            **words.both(course.names),
        ),
        client_line=plot.line(across, [_up(one) for one in values[Side.CLIENT]]),
        therapist_line=plot.line(across, [_up(one) for one in values[Side.THERAPIST]]),
        limit_line=plot.line(across, [_up(one) for one in limits]) if limits else "",
        marks=marks,
        rows=rows[::-1],
    )


def _up(value: Fraction | None) -> float | None:
    return None if value is None else float(value) * 100 / HIGHEST


def _changes(course: Course, began: Sequence[tuple[str, str]], words: Words) -> list[ChangeMark]:
    if len(course.points) < 2:
        return []
    first, last = course.points[0].at, course.points[-1].at
    marks = []
    zone = ZoneInfo(words.tz)
    for iso, what in began:
        when = datetime.combine(date.fromisoformat(iso), time(12), zone)
        if first.astimezone(zone).date() <= when.date() <= last.astimezone(zone).date():
            share = min(1.0, max(0.0, (when - first) / (last - first)))
            marks.append(ChangeMark(plot.percent(plot.along(share)), words.say(N_("{day}: {what}"), day=words.day(when), what=what)))
    return marks
