"""What may leave this room and what may come in: the facts of each view, the sheet's sealed form, and the forms of the page."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Self

from portal.access.permissions import CaseRole
from portal.checkins.domain import (
    HIGHEST,
    LOWEST,
    Choice,
    Finding,
    Item,
    Kind,
    Line,
    Ratings,
    Rule,
    Side,
    Signal,
    Status,
)
from portal.kit.i18n import N_
from portal.kit.refusal import BadInput
from portal.kit.text import clean

NO_SIGNAL = Signal()
LONGEST_LINE = 300
LONGEST_NOTE = 2_000
SKIPPED = -1
_STEP = 512


@dataclass(frozen=True, slots=True)
class Answers:
    """One person's sheet. A rating of None is a statement skipped on purpose; an absent one has not been touched."""

    ratings: Mapping[Item, int | None] = field(default_factory=dict)
    lines: Mapping[Line, str] = field(default_factory=dict)
    versions: Mapping[Line, int] = field(default_factory=dict)

    @property
    def given(self) -> Ratings:
        """The answered statements only."""
        return {item: value for item, value in self.ratings.items() if value is not None}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it to show to anybody."""
        return not self.given and not any(self.lines.values())

    def rated(self, item: Item, value: int | None) -> "Answers":
        """The same with one statement answered, or skipped (None)."""
        return replace(self, ratings={**self.ratings, item: value})

    def written(self, line: Line, text: str) -> "Answers":
        """The same with one line written anew, and its version counted on."""
        versions = {**self.versions, line: self.version(line) + 1}
        return replace(self, lines={**self.lines, line: text}, versions=versions)

    def only(self, names: Collection[str]) -> "Answers":
        """Those of the named statements and lines, and nothing of the others."""
        return replace(
            self,
            ratings={item: value for item, value in self.ratings.items() if item in names},
            lines={line: text for line, text in self.lines.items() if line in names},
        )

    def version(self, line: Line) -> int:
        """How often a line was written; 0 for never."""
        return self.versions.get(line, 0)

    def dump(self) -> str:
        """As text to be sealed, filled up to a step of 512 bytes: the size of the sealed value must not tell what was answered."""
        text = json.dumps({"ratings": self.ratings, "lines": self.lines, "versions": self.versions}, ensure_ascii=False)
        return text + " " * (-len(text.encode()) % _STEP)

    @classmethod
    def load(cls, text: str) -> Self:
        """From `dump`."""
        found = json.loads(text)
        return cls(
            {Item(item): value for item, value in found["ratings"].items()},
            {Line(line): words for line, words in found["lines"].items()},
            {Line(line): number for line, number in found["versions"].items()},
        )


def dump_signal(signal: Signal) -> str:
    """A signal as text to be sealed."""
    findings = [
        {"kind": one.kind, "value": str(one.value), "against": str(one.against), "item": one.item} for one in signal.findings
    ]
    text = json.dumps({"rule": signal.rule, "findings": findings, "ceiling": signal.ceiling})
    return text + " " * (-len(text) % _STEP)


def load_signal(text: str) -> Signal:
    """From `dump_signal`."""
    found = json.loads(text)
    findings = tuple(
        Finding(
            Kind(one["kind"]),
            Fraction(one["value"]),
            Fraction(one["against"]),
            Item(one["item"]) if one["item"] else None,
        )
        for one in found["findings"]
    )
    return Signal(Rule(found["rule"]) if found["rule"] else None, findings, found["ceiling"])


@dataclass(frozen=True, slots=True)
class Names:
    """What the two sides are called; empty when a side has left the case."""

    client: str
    therapist: str

    def of(self, side: Side) -> str:
        """The name of one side."""
        return self.client if side is Side.CLIENT else self.therapist


@dataclass(frozen=True, slots=True)
class Standing:
    """A check-in as one person may know it. Of the other side's answers: done or not yet, and nothing else.

    `ended` stands for every end without a reveal towards anybody but the client, whose choice it is.
    """

    id: str
    status: Status
    opened_at: datetime
    expires_at: datetime
    names: Names
    my_side: Side | None
    mine_done: bool = False
    mine_begun: bool = False
    other_done: bool = False
    ended: bool = False
    revealed_at: datetime | None = None
    talked_at: datetime | None = None
    closed_at: datetime | None = None
    signal: Signal = NO_SIGNAL
    version: int = 1

    @property
    def waits_for_talk(self) -> bool:
        """Whether the other may read it and they have not talked about it yet."""
        return self.status is Status.REVEALED or (self.status is Status.SHARED_ALONE and self.talked_at is None)


@dataclass(frozen=True, slots=True)
class HomePart:
    """What a home page says of the check-ins of one case."""

    open: Standing | None
    to_talk_about: tuple[Standing, ...]
    to_decide: tuple[Standing, ...]
    next_due_at: datetime | None
    cadence_days: int
    time_passed: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """The page of all check-ins of one case."""

    home: HomePart
    past: tuple[Standing, ...]
    cadence_version: int
    may_answer: bool
    may_start: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Something added after the reveal."""

    id: str
    side: Side
    name: str
    text: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """One check-in's page. `mine` are the reader's own answers; `client` and `therapist` only what both may read."""

    standing: Standing
    mine: Answers = Answers()
    client: Answers | None = None
    therapist: Answers | None = None
    notes: tuple[Note, ...] = ()
    talked_by: str = ""
    closed_by: str = ""
    time_passed: bool = False


@dataclass(frozen=True, slots=True)
class HandedSheet:
    """A check-in on a device that was handed over: what was answered there by name (statements and lines), never how."""

    names: Names
    expires_at: datetime
    answerable: bool
    other_done: bool
    answered: frozenset[str]


def dump_progress(answered: Collection[str]) -> str:
    """What was answered on a handed-over device, as text to be sealed, filled up so that its size tells nothing."""
    text = json.dumps(sorted(answered))
    return text + " " * (-len(text) % _STEP)


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """One check-in in the course, as both may read it."""

    id: str
    at: datetime
    client: Ratings
    therapist: Ratings


@dataclass(frozen=True, slots=True)
class Course:
    """The course of one case in order of time, and the limit that the client's own means give the next one."""

    points: tuple[CoursePoint, ...]
    limits: tuple[Fraction | None, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class Difference:
    """One statement of a check-in that the two answered differently, each 0 to 10."""

    checkin_id: str
    opened_at: datetime
    item: Item
    client: int
    therapist: int
    names: Names


@dataclass(frozen=True, slots=True)
class Ref:
    """A check-in that something else can be tied to."""

    id: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class LastCheckIn:
    """The newest check-in of a case for the caseload: where it stands, and nothing of what is in it."""

    status: Status
    at: datetime
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class RatingForm:
    """One statement answered or skipped."""

    item: Item
    value: int | None

    @classmethod
    def parse(cls, item: str, value: int) -> Self:
        """`value` 0 to 10, or −1 for skipped. Raises BadInput."""
        if item not in set(Item):
            raise BadInput(field="item")
        if type(value) is not int or not (LOWEST <= value <= HIGHEST or value == SKIPPED):
            raise BadInput(N_("Please choose a number from 0 to 10."), field=item)
        return cls(Item(item), None if value == SKIPPED else value)


@dataclass(frozen=True, slots=True)
class LineForm:
    """One half of the open line."""

    line: Line
    text: str

    @classmethod
    def parse(cls, line: str, text: str) -> Self:
        """One line of at most 300 characters. Raises BadInput."""
        if line not in set(Line):
            raise BadInput(field="line")
        return cls(Line(line), clean(text, field=line, most=LONGEST_LINE, lines=False))


@dataclass(frozen=True, slots=True)
class NoteForm:
    """An addition after the reveal."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """1 to 2,000 characters. Raises BadInput."""
        return cls(clean(text, field="note", most=LONGEST_NOTE, least=1))


def parse_choice(choice: str) -> Choice:
    """What the client decided. Raises BadInput."""
    if choice not in set(Choice):
        raise BadInput(field="choice")
    return Choice(choice)


def side_of(role: CaseRole) -> Side | None:
    """The side that a role answers for; none for a reader."""
    return {CaseRole.CLIENT: Side.CLIENT, CaseRole.THERAPIST: Side.THERAPIST}.get(role)
