"""What the browser may see of life areas, ready to be shown, and what it may send."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.areas.domain import Area
from portal.kit.i18n import say
from portal.kit.text import clean

NAME_MOST = 60


@dataclass(frozen=True)
class AreaView:
    """A life area as the two call it. `usual` is what it is called when they don't; `away` ones are not offered any more."""

    id: str
    words: str
    usual: str
    away: bool
    version: int


@dataclass(frozen=True)
class AreasView:
    """All life areas of a case, and whether the reader may change them."""

    areas: list[AreaView]
    may_write: bool


@dataclass(frozen=True)
class Saved:
    """What a change came to: the area, and its version now."""

    id: str
    version: int
    changed: bool = True


def parse_name(name: str, *, may_be_empty: bool = False) -> str:
    """What an area is to be called: up to 60 characters on one line. Raises BadInput at "area"."""
    return clean(name, field="area", most=NAME_MOST, least=0 if may_be_empty else 1, lines=False)


def words_of(area: Area, lang: str) -> str:
    """What an area is called, in this language unless the two named it themselves."""
    return area.name or (say(lang, area.usual) if area.usual else "")


def shown(areas: Iterable[Area], lang: str) -> list[AreaView]:
    """For the page, in their order."""
    return [AreaView(area.id, words_of(area, lang), say(lang, area.usual) if area.usual else "", area.away, area.version) for area in areas]
