"""What a ladder is: five levels, where it started, where each of the two sees it now, and the score over several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto
from math import sqrt

from portal.goals.domain import DONE, LIVING
from portal.goals.domain import Standing as GoalStanding
from portal.kit.refusal import Refusal

LEVELS = (2, 1, 0, -1, -2)
"""From the top: much more than expected, more, the level expected in advance, less, much less."""

WEIGHTS = (0, 1, 2, 3)
"""How much a goal counts: not at all, as usual, twice, three times."""
USUAL_WEIGHT = 1

RHO = 0.3
"""The correlation between goals that the score assumes."""


class Side(StrEnum):
    """The two who say where things stand."""

    CLIENT = auto()
    THERAPIST = auto()


class Action(StrEnum):
    """Everything that is done with a ladder, as its history names it."""

    BEGIN = auto()
    WRITE = auto()
    START = auto()
    WEIGH = auto()
    TICK = auto()
    UNDO = auto()


class NoLadderNow(Refusal):
    """The goal is not agreed yet, or lies in the archive."""

    sentence = "A goal has a ladder once both of you have agreed on it, and while it is on the board."


class NotWhole(Refusal):
    """Some of the five levels have no words yet."""

    sentence = "Please give all five levels their words first. Then you can say where things stand."


class TooLateToUndo(Refusal):
    """The time for an undo is over."""

    sentence = "The time to undo this is over. You can choose anew at any time, and the ladder's history has both."


class ChangedSince(Refusal):
    """Something newer rests on what should be undone."""

    sentence = "The ladder was changed again since then, so this was not undone. Its history has both."


@dataclass(frozen=True)
class Standing:
    """Where a ladder stands: the level it started from, what each side says now, and the level that both said last."""

    start: int | None = None
    weight: int = USUAL_WEIGHT
    said: Mapping[Side, int] = field(default_factory=dict)
    level: int | None = None


def check_open(goal: GoalStanding) -> None:
    """Whether the goal may have a ladder, and its ladder be worked on. Raises NoLadderNow."""
    if goal.archived or goal.status not in LIVING | DONE:
        raise NoLadderNow


def start_from(ladder: Standing, level: int | None, *, whole: bool) -> Standing:
    """The two say from which level it started, or leave that open again. Raises NotWhole."""
    _need_whole(whole)
    return replace(ladder, start=level)


def say_now(ladder: Standing, side: Side, level: int, *, whole: bool) -> Standing:
    """One side says where things stand; once both say the same, that is the level. Raises NotWhole.

    Until they do, the level that both said before stays the one that counts.
    """
    _need_whole(whole)
    said = {**ladder.said, side: level}
    both = {said.get(one) for one in Side} == {level}
    return replace(ladder, said=said, level=level if both else ladder.level)


def weigh(ladder: Standing, weight: int) -> Standing:
    """How much the goal counts in the score; zero leaves it out."""
    return replace(ladder, weight=weight)


def t_score(levels: Sequence[int], weights: Sequence[float] | None = None) -> float | None:
    """The goal attainment score of several goals at one time; 50 when each is at the level expected in advance.

    `levels` are whole numbers from -2 to 2, `weights` not negative, equal ones by default; a weight of zero drops its goal.
    None when nothing is left to count. Source: Kiresuk & Sherman 1968, with ρ = 0.3:
    T = 50 + 10·Σ(wᵢxᵢ) / √((1−ρ)·Σ(wᵢ²) + ρ·(Σwᵢ)²).
    """
    given = [1.0] * len(levels) if weights is None else list(weights)
    counting = [(level, weight) for level, weight in zip(levels, given, strict=True) if weight]
    if not counting:
        return None
    total = sum(weight for _, weight in counting)
    squares = sum(weight * weight for _, weight in counting)
    return 50 + 10 * sum(level * weight for level, weight in counting) / sqrt((1 - RHO) * squares + RHO * total * total)


def _need_whole(whole: bool) -> None:
    if not whole:
        raise NotWhole
