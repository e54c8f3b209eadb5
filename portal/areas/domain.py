"""Which life areas there are: those that everybody is offered, and what the two of a case make of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto

from portal.kit.i18n import N_
from portal.kit.refusal import Refusal

MOST = 40
"""So many life areas a case has at most, the offered ones among them."""


class LifeArea(StrEnum):
    """The life areas that every case begins with."""

    FAMILY = auto()
    PARTNERSHIP = auto()
    FRIENDS = auto()
    WORK = auto()
    HEALTH = auto()
    REST = auto()
    HOME = auto()
    MYSELF = auto()
    MEANING = auto()


USUAL_WORDS: dict[LifeArea, str] = {
    LifeArea.FAMILY: N_("Family"),
    LifeArea.PARTNERSHIP: N_("Partnership"),
    LifeArea.FRIENDS: N_("Friends"),
    LifeArea.WORK: N_("Work and learning"),
    LifeArea.HEALTH: N_("Body and health"),
    LifeArea.REST: N_("Rest and free time"),
    LifeArea.HOME: N_("Home and money"),
    LifeArea.MYSELF: N_("Being with myself"),
    LifeArea.MEANING: N_("Belonging and meaning"),
}
"""What they are called until the two call them something else."""


class EnoughAreas(Refusal):
    """A case has room for a limited number of life areas."""

    sentence = "There are forty life areas now. Put one of them away first."


class CalledSoAlready(Refusal):
    """Two areas of one name could not be told apart."""

    sentence = "There is a life area of that name already."


class TooLateToUndo(Refusal):
    """The time for an undo is over, or the area was changed again."""

    sentence = "This was not undone: the time for it is over, or the life area was changed again."


@dataclass(frozen=True)
class Area:
    """A life area of a case. `id` is a LifeArea's name, or that of an own row; `name` is empty while an offered one is called as usual."""

    id: str
    name: str = ""
    away: bool = False
    version: int = 0

    @property
    def usual(self) -> str:
        """The English words for it as it is offered; empty for one that the two added."""
        return USUAL_WORDS[LifeArea(self.id)] if self.id in set(LifeArea) else ""


def complete(kept: Iterable[Area]) -> list[Area]:
    """All areas of a case: the offered ones first, as the two have left them, then their own in the order they came."""
    known = {area.id: area for area in kept}
    offered = [known.pop(key.value, Area(key.value)) for key in LifeArea]
    return [*offered, *known.values()]


def check_room(areas: Iterable[Area]) -> None:
    """Raises EnoughAreas when another one would be too many; those put away take no room."""
    if sum(not area.away for area in areas) >= MOST:
        raise EnoughAreas


def check_name(name: str, others: Iterable[str]) -> None:
    """Raises CalledSoAlready when one of the others is called so, whatever its capitals."""
    if name.casefold() in {other.casefold() for other in others}:
        raise CalledSoAlready
