"""What an editor may see and send beside the text itself: who it is, where its caret stands, how its words fared."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.kit.i18n import is_language
from portal.kit.text import clean
from portal.writing.domain import Burst

_MOST_CARET = 2_000
_PLACE = frozenset({"type", "tname", "item", "assoc"})


@dataclass(frozen=True)
class Address:
    """Which text: the case, the kind ("goal.why") and what it is about. None of it is trusted; the gate decides."""

    case_id: str
    kind: str
    about_id: str

    @classmethod
    def parse(cls, case_id: str, kind: str, about_id: str) -> "Address":
        """What an address names may be anything; a real one has these lengths at most."""
        return cls(case_id[:36], kind[:40], about_id[:36])


@dataclass(frozen=True)
class Laid:
    """A stored document. `text` is what it stands for."""

    document_id: str
    state: bytes
    text: str
    laid: int
    version: int


@dataclass(frozen=True)
class OpenText:
    """A text as its room has it, and who reads it. `document` is none before the first time that it is opened."""

    document: Laid | None
    text: str
    may_write: bool
    person_id: str
    name: str
    role: str
    lang: str
    time_zone: str


@dataclass(frozen=True)
class Standing:
    """How a reader stands to a text now: its words, and whether they may write."""

    text: str
    may_write: bool


@dataclass(frozen=True)
class KeepForm:
    """What one person wrote, to be stored with the whole.

    `text` is the whole text as it is now, `state` its document; `mirrored` are the words that were stored last; `laid` and
    `version` those of the stored document that this one goes on from. `typed_at`: when the newest of it was let in.
    """

    burst: Burst
    text: str
    state: bytes
    mirrored: str
    document_id: str
    laid: int
    version: int
    typed_at: datetime


@dataclass(frozen=True)
class LayForm:
    """A document to be laid down for words that are stored already: the first one, or in place of the one with this id and version."""

    text: str
    state: bytes
    laid: int = 1
    version: int = 0
    document_id: str = ""


@dataclass(frozen=True)
class Kept:
    """What storing answers: the document's version, and the words as they were stored."""

    version: int
    text: str


def language(wanted: str, known: str) -> str:
    """The language of the editor's page if it is one of ours, else the person's."""
    return wanted if is_language(wanted) else known or "en"


def tidy(text: str, *, lines: bool) -> str:
    """A text as it would be stored, however long: for telling whether anything differs. Raises BadInput."""
    return clean(text, field="text", most=len(text) * 3 + 1, lines=lines)


def parse_caret(text: str, name: str, role: str) -> str | None:
    """Where an editor says that its caret stands, with the person's name and role as the portal knows them; none when it went away.

    Everything else that an editor may say about itself is left out. Raises ValueError for what is no caret.
    """
    if len(text) > _MOST_CARET:
        raise ValueError
    said = json.loads(text)
    if said is None:
        return None
    if not isinstance(said, dict):
        raise ValueError
    caret = said.get("cursor")
    shown: dict[str, Any] = {"user": {"name": name, "role": role}}
    if caret is not None:
        if not isinstance(caret, dict):
            raise ValueError
        shown["cursor"] = {end: _place(caret.get(end)) for end in ("anchor", "head")}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _place(said: Any) -> dict[str, Any]:
    """A place in the text, as Yjs names it: an item, or the end of a type."""
    if not isinstance(said, dict) or not said.keys() <= _PLACE:
        raise ValueError
    for key in ("type", "item"):
        name = said.get(key)
        if name is not None and not (
            isinstance(name, dict) and name.keys() == {"client", "clock"} and all(type(one) is int and one >= 0 for one in name.values())
        ):
            raise ValueError
    if not isinstance(said.get("tname"), str | None) or len(said.get("tname") or "") > 20:
        raise ValueError
    if said.get("assoc", 0) not in (-1, 0):
        raise ValueError
    return said
