"""Words and dates in a person's language on the server; the English sentence is the key of every catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from gettext import c2py
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from portal.kit.pseudo import pseudo

FOLDER = Path(__file__).resolve().parents[2] / "locale"
SOURCE = "en"
PSEUDO = "ar-XB"
"""Not a language: English with accents, longer and right-to-left, generated for tests of layout."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that the portal speaks; `name` is what its speakers call it."""

    code: str
    name: str
    direction: str = "ltr"


_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_SPOKEN = (Language("en", "English"), Language("de", "Deutsch"))
_ALL = {language.code: language for language in (*_SPOKEN, Language(PSEUDO, "Pseudo", "rtl"))}


def N_(sentence: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate yet")
    """Mark a sentence for the catalogue; it is translated later, where the reader is known."""
    return sentence


def languages() -> tuple[Language, ...]:
    """The languages that a person may choose, in the order of the chooser."""
    return _SPOKEN


def is_language(code: str) -> bool:
    """Whether a code names a language of the catalogue, the pseudo-locale included."""
    return code in _ALL


def direction(code: str) -> str:
    """"ltr" or "rtl"."""
    return _ALL[code].direction if code in _ALL else "ltr"


def best_language(accept_language: str) -> str:
    """The language of ours that an Accept-Language header likes most; English when none fits."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((float(weight) if weight else 1.0, tag.strip().lower()))
        except ValueError:
            continue
    ours = {code.lower(): code for code in _ALL} | {language.code.lower(): language.code for language in _SPOKEN}
    for _, tag in sorted(wanted, key=lambda pair: -pair[0]):
        found = ours.get(tag) or ours.get(tag.partition("-")[0])
        if found:
            return found
    return SOURCE


def say(lang: str, sentence: str, **places: object) -> str:
    """The sentence in a language, with its {places} filled. Unknown languages and sentences read English."""
    return fill(_translated(lang, sentence), places, direction(lang))


def say_n(lang: str, one: str, many: str, n: int, **places: object) -> str:
    """As `say`, in the plural form that the language has for n; `{n}` stands for the number."""
    if lang == PSEUDO:
        text = pseudo(one if n == 1 else many)
    else:
        forms = _plural_forms(lang, one)
        index = plural_index(_catalogue(lang), n) if forms else 0
        text = forms[index] if forms and index < len(forms) and forms[index] else (one if n == 1 else many)
    return fill(text, {"n": n, **places}, direction(lang))


def plural_index(catalogue: Catalog, n: int) -> int:
    """Which of a catalogue's plural forms a number takes."""
    return c2py(catalogue.plural_expr)(n)


def fill(text: str, places: Mapping[str, object], base: str = "ltr") -> str:
    """Put values into {places}. What somebody else typed is never read as a format."""
    return _PLACE.sub(lambda found: isolated(str(places[found[1]]), base) if found[1] in places else found[0], text)


def isolated(value: str, base: str = "ltr") -> str:
    """The value, fenced off when its script runs against the sentence, so that neither reorders the other."""
    against = _runs_right_to_left(value) if base == "ltr" else not _runs_right_to_left(value) and any(map(str.isalpha, value))
    return f"\u2068{value}\u2069" if against else value


def day(lang: str, tz: str, when: datetime) -> str:
    """"23 November 2026"."""
    return _dated(lang, format_date(_local(when, tz), "long", _locale(lang)))


def day_short(lang: str, tz: str, when: datetime) -> str:
    """"23 Nov", without the year."""
    pattern = "d. MMM" if lang == "de" else "d MMM"
    return _dated(lang, format_date(_local(when, tz), pattern, _locale(lang)))


def day_with_year(lang: str, tz: str, when: datetime) -> str:
    """"23 Nov 2026", the year being that of the person's zone as well."""
    pattern = "d. MMM y" if lang == "de" else "d MMM y"
    return _dated(lang, format_date(_local(when, tz), pattern, _locale(lang)))


def clock_time(lang: str, tz: str, when: datetime) -> str:
    """"14:02", in the person's zone."""
    return format_time(_local(when, tz).timetz(), "HH:mm", tzinfo=ZoneInfo(tz), locale=_locale(lang))


def moment(lang: str, tz: str, when: datetime) -> str:
    """Day and time, exact: what a tap on "yesterday" shows."""
    return f"{day(lang, tz, when)}, {clock_time(lang, tz, when)}"


def day_near(lang: str, tz: str, when: datetime, now: datetime) -> str:
    """"23 November" within the year that it is now, else with its year."""
    if _local(when, tz).year != _local(now, tz).year:
        return day(lang, tz, when)
    return _dated(lang, format_date(_local(when, tz), "d. MMMM" if lang == "de" else "d MMMM", _locale(lang)))


def month(lang: str, tz: str, when: datetime) -> str:
    """"November 2026"."""
    return _dated(lang, format_date(_local(when, tz), "MMMM y", _locale(lang)))


def weekday(lang: str, tz: str, when: datetime) -> str:
    """"Thursday"."""
    return _dated(lang, format_datetime(_local(when, tz), "EEEE", locale=_locale(lang)))


def ago(lang: str, tz: str, when: datetime, now: datetime) -> str:
    """How long ago in everyday words: "just now", "at 14:02", "yesterday", "3 days ago", then the day itself."""
    here, there = _local(now, tz), _local(when, tz)
    days = (here.date() - there.date()).days
    if 0 <= (now - when).total_seconds() < 60:
        return say(lang, N_("just now"))
    if days == 0:
        return say(lang, N_("today at {time}"), time=clock_time(lang, tz, when))
    if days == 1:
        return say(lang, N_("yesterday"))
    if 1 < days < 14:
        return _dated(lang, format_timedelta(timedelta(days=-days), "day", threshold=14, add_direction=True, locale=_locale(lang)))
    return day_near(lang, tz, when, now)


def number(lang: str, value: float, digits: int = 1) -> str:
    """"8.4" or "8,4": with as many digits after the mark as are wanted."""
    return format_decimal(value, format="0." + "0" * digits if digits else "0", locale=_locale(lang))


def _dated(lang: str, text: str) -> str:
    return pseudo(text) if lang == PSEUDO else text


def _local(when: datetime, tz: str) -> datetime:
    return when.astimezone(ZoneInfo(tz))


@cache
def _locale(lang: str) -> Locale:
    if lang == PSEUDO or lang not in _ALL:
        return Locale("en", "GB")
    return Locale("en", "GB") if lang == "en" else Locale.parse(lang.replace("-", "_"))


def _translated(lang: str, sentence: str) -> str:
    if lang == PSEUDO:
        return pseudo(sentence)
    if lang == SOURCE or lang not in _ALL:
        return sentence
    return _sentences(lang).get(sentence) or sentence


@cache
def _catalogue(lang: str) -> Catalog:
    path = FOLDER / f"{lang}.po"
    if not path.exists():
        return Catalog(locale=_locale(lang))
    with path.open("rb") as file:
        return read_po(file, locale=lang.replace("-", "_"))


@cache
def _sentences(lang: str) -> dict[str, str]:
    return {
        message.id: message.string
        for message in _catalogue(lang)
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and not message.fuzzy
    }


@cache
def _plural_forms(lang: str, one: str) -> tuple[str, ...]:
    if lang == SOURCE or lang not in _ALL:
        return ()
    message = _catalogue(lang).get(one)
    return tuple(message.string) if message and isinstance(message.string, tuple | list) and not message.fuzzy else ()


def _runs_right_to_left(value: str) -> bool:
    return any("\u0590" <= char <= "\u08ff" or "\ufb1d" <= char <= "\ufefc" for char in value)
