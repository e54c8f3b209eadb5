"""What a rating of a goal is, when one may be given, and how far a goal has come."""

from collections.abc import Iterable, Sequence
from enum import StrEnum, auto
from fractions import Fraction

from portal.goals.domain import LIVING, GoalStatus, Standing
from portal.kit.refusal import Refusal

LOWEST, HIGHEST = 0, 10
"""A rating is a whole number between these: not there at all, all the way there."""

RATEABLE = LIVING | {GoalStatus.REACHED}


class Side(StrEnum):
    """Whose numbers: the client's, or the therapist's as a series of its own."""

    CLIENT = auto()
    THERAPIST = auto()


class NotRateable(Refusal):
    """The goal is not agreed yet, was let go, or lies in the archive."""

    sentence = "A goal is rated once both of you have agreed on it, and while it is on the board."


class NothingToRate(Refusal):
    """None of the goals that a device would be handed over for takes a rating now."""

    sentence = "There is no goal to rate here now. A goal is rated once both of you have agreed on it."


class Reworded(Refusal):
    """The wording that the person read is no longer the one in force."""

    sentence = "This goal has a new wording since a moment ago. Nothing was kept; please look at the new words and rate those."


class TooLateToTakeBack(Refusal):
    """A rating can be corrected for ten seconds, by whoever gave it."""

    sentence = "The time to take this number back is over. It stays, and you can give a new one at any time."


def may_be_rated(standing: Standing) -> bool:
    """Whether a goal takes ratings where it stands."""
    return standing.status in RATEABLE and not standing.archived


def check_rateable(standing: Standing, in_force: str, read: str) -> None:
    """Raise NotRateable, or Reworded when the wording that was `read` is not the one `in_force`."""
    if not may_be_rated(standing):
        raise NotRateable
    if in_force != read:
        raise Reworded


def progress(series: Sequence[int]) -> int | None:
    """How far one side's series has come, from -10 to 10: the rating now less the first one of the same wording.

    `series` holds the ratings of one goal in one wording by one side, oldest first. None while there are fewer than two.
    Source: shared measures of this portal, "Goal rating".
    """
    return series[-1] - series[0] if len(series) > 1 else None


def mean_progress(goals: Iterable[Sequence[int]]) -> tuple[Fraction, int] | None:
    """The mean progress over those goals that were rated at both times, and how many they are; None without any."""
    steps = [step for series in goals if (step := progress(series)) is not None]
    return (Fraction(sum(steps), len(steps)), len(steps)) if steps else None
