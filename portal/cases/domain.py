"""What a case is and what becomes of it: rules over plain values, without any storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from portal.kit.i18n import N_, ago, day, day_short, moment, say
from portal.kit.refusal import Refusal

UNDO_TIME = timedelta(seconds=10)
# The undo that a person pressed in time may arrive late.
UNDO_GRACE = timedelta(seconds=20)
# Saves of one text by one person within this time are one entry of the history.
WRITING_BURST = timedelta(minutes=2)


class NotAPair(Refusal):
    """The two people cannot share a case: one is missing, has left, or sits on the wrong side."""

    sentence = "These two cannot be put together. Please choose a client and a therapist who both have an account."


class AlreadyPaired(Refusal):
    """The client has a living case with somebody else."""

    sentence = "This client already works with a therapist here. End that pairing first."


class SessionInThePast(Refusal):
    """A next session was given that lies before now, or too far away to be meant."""

    sentence = "The next session must lie ahead, within a year from now."


class UnknownCadence(Refusal):
    """A cadence that nobody offers."""

    sentence = "Please choose one of the rhythms in the list."


@dataclass(frozen=True)
class Waiting:
    """Something that waits for one person in one case, without a word of its content.

    `what` is a marked English sentence of the catalogue, `since` when the wait began, `page` a
    constant of routes.py, `row_id` the row that the page should show, if it shows single rows.
    """

    what: str
    since: datetime
    page: str
    row_id: str = ""


@dataclass(frozen=True)
class Readers:
    """Who of a case may know of something, by id, and whether anything can be added to it now."""

    people: frozenset[str]
    takes_more: bool


class Cadence(StrEnum):
    """How often the check-in comes round."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    PAUSED = "paused"

    @property
    def days(self) -> int:
        """Days between two check-ins; 0 while paused."""
        return _DAYS[self]


@dataclass(frozen=True)
class Look:
    """One entry of the access log: who did what kind of thing, when. `about` is a row's id, if it concerned one."""

    at: datetime
    person_id: str | None
    role: str
    action: str
    about: str


_DAYS = {Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14, Cadence.MONTHLY: 28, Cadence.PAUSED: 0}
_FARTHEST_SESSION = timedelta(days=366)


def cadence_of(days: int) -> Cadence:
    """The rhythm that a number of days stands for; the next slower one for a number in between."""
    return next((cadence for cadence in _SLOWER if cadence.days >= days), Cadence.MONTHLY) if days > 0 else Cadence.PAUSED


_SLOWER = (Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY)


def planned(at: datetime | None, now: datetime) -> datetime | None:
    """The moment of the next session as it may be stored; None takes the date away. Raises SessionInThePast."""
    if at is not None and not now < at <= now + _FARTHEST_SESSION:
        raise SessionInThePast
    return at


PART_OF_DAY = ((5, "morning"), (12, "afternoon"), (18, "evening"), (23, "night"))


def part_of_day(hour: int) -> str:
    """What an hour of somebody's own clock (0 to 23) is greeted as: morning, afternoon, evening, or night."""
    return next((name for start, name in reversed(PART_OF_DAY) if hour >= start), "night")


def in_time_to_undo(changed_at: datetime, now: datetime) -> bool:
    """Whether a change may still be undone: for ten seconds, and the time that a late message takes."""
    return now - changed_at <= UNDO_TIME + UNDO_GRACE


def goes_on_writing(until: datetime, now: datetime) -> bool:
    """Whether a save goes on with what was being written until then."""
    return timedelta(0) <= now - until <= WRITING_BURST


class _Member(Protocol):
    @property
    def person_id(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def name(self) -> str: ...


class _Opened(Protocol):
    @property
    def members(self) -> Sequence[_Member]: ...

    @property
    def me(self) -> _Member: ...

    @property
    def language(self) -> str: ...

    @property
    def time_zone(self) -> str: ...

    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True)
class Reader:
    """Somebody who reads a page of a case: their language, zone and role, and how everybody there is called."""

    lang: str
    zone: str
    now: datetime
    person_id: str
    role: str
    people: Mapping[str, _Member]

    @classmethod
    def of(cls, case: _Opened, lang: str = "") -> "Reader":
        """The person for whom the gate opened the case; `lang` is the language of their page, if they have not chosen one for good."""
        people = {member.person_id: member for member in case.members}
        return cls(lang or case.language or "en", case.time_zone, case.now, case.me.person_id, case.me.role, people)

    @property
    def today(self) -> date:
        """The day that it is where the reader is."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def takes_part(self) -> bool:
        """Whether the reader is client or therapist here; others only read."""
        return self.role in _TAKE_PART

    @property
    def others(self) -> str:
        """The name of the other, or of the others."""
        return ", ".join(_called(one.name) for one in self.people.values() if one.role in _TAKE_PART and one.role != self.role) or self.say(
            N_("the other of you")
        )

    def called(self, role: str) -> str:
        """The names of all who have this role."""
        return ", ".join(_called(one.name) for one in self.people.values() if one.role == role)

    def say(self, sentence: str, **places: object) -> str:
        """A sentence in the reader's language."""
        return say(self.lang, sentence, **places)

    def name(self, person_id: str) -> str:
        """How somebody is called here; people who left have no name any more."""
        member = self.people.get(person_id)
        return _called(member.name) if member else self.say(N_("Somebody who was here before"))

    def ago(self, when: datetime) -> str:
        """How long ago, in everyday words."""
        return ago(self.lang, self.zone, when, self.now)

    def exact(self, when: datetime) -> str:
        """Day and time."""
        return moment(self.lang, self.zone, when)

    def short(self, when: date) -> str:
        """"12 Dec"."""
        return day_short(self.lang, "UTC", _noon(when))

    def long(self, when: date) -> str:
        """"12 December 2026"."""
        return day(self.lang, "UTC", _noon(when))


_TAKE_PART = frozenset({"client", "therapist"})


def _called(name: str) -> str:
    return name.split()[0] if name.strip() else name


def _noon(when: date) -> datetime:
    return datetime.combine(when, time(12), UTC)
