"""What a comment is and what becomes of it: who may change or withdraw it, when that leaves a trace, and how people are named in it."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from portal.cases.domain import in_time_to_undo
from portal.kit.refusal import Refusal


class Kind(StrEnum):
    """What a comment can be about."""

    GOAL = auto()
    SHARE = auto()
    CHECKIN = auto()


class Action(StrEnum):
    """What was last done with a comment, for the undo of it."""

    ADD = auto()
    CHANGE = auto()
    WITHDRAW = auto()
    UNDO = auto()


class Shown(StrEnum):
    """How much of a comment somebody sees."""

    WHOLE = auto()
    TRACE = auto()
    NOTHING = auto()


class NotYours(Refusal):
    """Only the author of a comment changes or withdraws it."""

    sentence = "Only the one who wrote this can change or withdraw it."


class IsWithdrawn(Refusal):
    """The comment was withdrawn."""

    sentence = "This comment was withdrawn, so it stays as it is."


class TakesNoMore(Refusal):
    """What the comment is about rests: it can be read, and nothing is added to it."""

    sentence = "This rests now, so nothing can be added to it. What was written stays here."


class TooLateToUndo(Refusal):
    """The time for an undo is over, or something newer was done with the comment."""

    sentence = "The time to undo this is over. You can still change or withdraw your comment."


@dataclass(frozen=True)
class Comment:
    """Where a comment stands. `touched_at` is when it was written, or last changed in a way that a reader has to see anew."""

    author_id: str
    written_at: datetime
    touched_at: datetime
    changed: bool = False
    withdrawn_at: datetime | None = None
    traced: bool = False


def after_change(comment: Comment, person_id: str, now: datetime, *, read: bool) -> Comment:
    """The author writes it anew, and it is new to everybody else. What somebody has `read` already is marked as changed."""
    _need_author(comment, person_id)
    _need_present(comment)
    return replace(comment, touched_at=now, changed=comment.changed or read)


def after_withdrawal(comment: Comment, person_id: str, now: datetime, *, read: bool) -> Comment:
    """The author takes it back. That there was something stays to be seen by the others only if one of them has `read` it."""
    _need_author(comment, person_id)
    _need_present(comment)
    return replace(comment, withdrawn_at=now, traced=read)


def shown_to(comment: Comment, person_id: str) -> Shown:
    """How much of it the person sees: the author always sees their own words."""
    if comment.withdrawn_at is None:
        return Shown.WHOLE
    return Shown.TRACE if comment.traced or comment.author_id == person_id else Shown.NOTHING


def is_new_to(comment: Comment, person_id: str, seen_at: datetime | None) -> bool:
    """Whether somebody has not read it yet; `seen_at` is up to where they have read what stands there."""
    if comment.author_id == person_id or comment.withdrawn_at is not None:
        return False
    return seen_at is None or seen_at < comment.touched_at


def is_read(comment: Comment, seen: Mapping[str, datetime]) -> bool:
    """Whether anybody but its author has read it, in whatever words; `seen` says of each person up to where they have read."""
    return any(at >= comment.written_at for person_id, at in seen.items() if person_id != comment.author_id)


def may_undo(action: Action, at: datetime, now: datetime) -> bool:
    """Whether the last thing done with a comment can still be taken back: for ten seconds (and the time that a late message takes)."""
    return action is not Action.UNDO and in_time_to_undo(at, now)


def _need_author(comment: Comment, person_id: str) -> None:
    if comment.author_id != person_id:
        raise NotYours


def _need_present(comment: Comment) -> None:
    if comment.withdrawn_at is not None:
        raise IsWithdrawn


# --- people named in a text: stored as a reference, written and read as "@" and what the person is called

_REFERENCE = re.compile(r"@\[([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")


@dataclass(frozen=True)
class Piece:
    """A run of a comment's text; with a `person_id` it names that person."""

    text: str
    person_id: str = ""


def called(names: Mapping[str, str]) -> dict[str, str]:
    """What each person (by id) is called after an "@": the first name, the whole one where first names are equal, numbered where those are."""
    firsts = Counter(_first(name).casefold() for name in names.values())
    wholes = Counter(name.casefold() for name in names.values())
    numbers: Counter[str] = Counter()
    found: dict[str, str] = {}
    for person_id, name in names.items():
        if firsts[_first(name).casefold()] == 1:
            found[person_id] = _first(name)
        elif wholes[name.casefold()] == 1:
            found[person_id] = name
        else:
            numbers[name.casefold()] += 1
            found[person_id] = f"{name} {numbers[name.casefold()]}"
    return found


def with_references(text: str, names: Mapping[str, str]) -> str:
    """The text as it is stored: each "@" with what somebody is called (by id, in `names`) becomes a reference to the person."""
    ids = {name.casefold(): person_id for person_id, name in names.items() if name}
    if not ids:
        return text
    longest_first = sorted((name for name in names.values() if name), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)@({'|'.join(re.escape(name) for name in longest_first)})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: f"@[{ids[found[1].casefold()]}]" if found[1].casefold() in ids else found[0], text)


def named_in(stored: str) -> frozenset[str]:
    """The ids of all people that a stored text refers to."""
    return frozenset(_REFERENCE.findall(stored))


def pieces(stored: str, known: Collection[str]) -> Iterator[Piece]:
    """A stored text in runs. Only a reference to one of the `known` ids names somebody; anything else that looks like one is text."""
    plain, end = "", 0
    for found in _REFERENCE.finditer(stored):
        if found[1] not in known:
            continue
        plain = stored[end : found.start()]
        if plain:
            yield Piece(plain)
        yield Piece("", found[1])
        end = found.end()
    if stored[end:]:
        yield Piece(stored[end:])


def with_names(stored: str, names: Mapping[str, str]) -> str:
    """A stored text as its author wrote it, with what people (by id, in `names`) are called now."""
    return "".join(piece.text or f"@{names[piece.person_id]}" for piece in pieces(stored, names.keys()))


def _first(name: str) -> str:
    return name.split()[0] if name.split() else name
