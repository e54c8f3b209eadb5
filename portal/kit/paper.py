"""A paper: headings, words, lists and tables set as a tagged PDF, with the fonts that it needs inside it."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

_HERE = Path(__file__).resolve().parent
_TEMPLATE = _HERE / "paper.typ"
_FONTS = _HERE / "fonts"
_MOST_PAGES = 2_000

Tone = Literal["plain", "said", "small"]
"""What the portal says, what somebody wrote, and what stands beside it in small letters."""


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (the paper's only one) to 4."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Words:
    """One or more paragraphs, cut at line ends."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Item:
    """A line of a list; `done` draws a box that is ticked or empty, so `note` has to say it in words as well."""

    text: str
    note: str = ""
    done: bool | None = None


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Facts:
    """Terms and what they are, one after another on a line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table with a head that is repeated on every page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Together:
    """Parts that no page break separates, unless they are long."""

    parts: tuple["Part", ...]


Part = Heading | Words | Items | Facts | Table | Together


@dataclass(frozen=True)
class Paper:
    """A whole paper. `pages` is the footer's other half, with places {n} and {all}; `made_at` is what the file says of itself."""

    title: str
    lang: str
    dir: str
    footer: str
    pages: str
    made_at: datetime
    parts: tuple[Part, ...]


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/UA-1 (ISO 14289-1): tagged, with title and language, every font in it.

    Where a character has no glyph in any font that is there, a box stands for it and the file is tagged PDF 1.7 without the mark
    of PDF/UA, which forbids such boxes.
    """
    given = {"paper": json.dumps(_data(paper), ensure_ascii=False)}
    seconds = int(paper.made_at.timestamp())
    try:
        return _compiled(given, ["ua-1"], seconds)
    except typst.TypstError:
        return _compiled(given, ["1.7"], seconds)


def _compiled(given: dict[str, str], standards: list[Any], seconds: int) -> bytes:
    compiler = typst.Compiler(_TEMPLATE, root=_HERE, font_paths=_fonts())
    made = compiler.compile(format="pdf", sys_inputs=given, pdf_standards=standards, timestamp=seconds)
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[_FONTS])


def _data(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        # The template's language knows no regions.
        "lang": paper.lang.partition("-")[0],
        "dir": paper.dir,
        "footer": paper.footer,
        "pages": paper.pages,
        "parts": [_part(part, paper.dir) for part in paper.parts],
    }


def _part(part: Part, base: str) -> dict[str, Any]:
    match part:
        case Heading(text, level):
            return {"kind": "heading", "level": level, "words": _said(text, base)}
        case Words(text, tone):
            return {"kind": "words", "tone": tone, **_said(text, base)}
        case Items(items):
            return {"kind": "items", "items": [{"words": _said(one.text, base), "note": one.note, "done": one.done} for one in items]}
        case Facts(pairs):
            return {"kind": "facts", "pairs": [{"term": term, "words": _said(words, base)} for term, words in pairs]}
        case Table(head, rows):
            return {"kind": "table", "head": list(head), "rows": [[_said(cell, base) for cell in row] for row in rows]}
        case Together(parts):
            return {"kind": "together", "parts": [_part(one, base) for one in parts]}


def _said(text: str, base: str) -> dict[str, str]:
    return {"text": text, "dir": _direction(text, base)}


def _direction(text: str, base: str) -> str:
    """The direction of the first letter that has one (Unicode Bidirectional Algorithm, rules P2 and P3); numbers alone run as digits do."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in {"R", "AL"}:
            return "rtl"
    return "ltr" if any(map(str.isdigit, text)) else base
