"""What a case is and what becomes of it: rules over plain values, without any storage."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.kit.refusal import Refusal


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
