"""The verbs of texts that are written together, and the seam by which a room lends its texts to this one.

A room that has such texts puts a `Kind` into KINDS for each sort of them ("goal.why"), and shows each with
`design.shared_text.shared_text`. Sockets, carets, joining, storing, limits and several processes are this room's work. The
other room stays the one that knows the words: `find` tells what a text says now and whether this person may write it, `write`
stores what somebody wrote, with that person as the author, in the transaction that also stores the document. Whatever else
changes such a text (an undo, an earlier version taken again) simply changes it: the bell brings the new words into the open document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.access.gate import Caller, OpenCase, open_case, open_upkeep
from portal.access.models import CaseStatus
from portal.access.permissions import Permission, may
from portal.kit.refusal import NotFound
from portal.kit.text import clean
from portal.writing import repository
from portal.writing.domain import Burst, Overtaken
from portal.writing.repository import Documents
from portal.writing.schemas import Address, KeepForm, Kept, Laid, LayForm, OpenText, Standing, language, tidy


@dataclass(frozen=True)
class Found:
    """What a room says about one of its texts: the words as they are stored, and whether their state lets this person write.

    `held` is whatever the room read to say so; `write` gets it back and need not read it again.
    """

    text: str
    may_write: bool
    held: Any = None


@dataclass(frozen=True)
class Written:
    """What somebody wrote: the whole text as it is to be stored, and their burst of writing for the history."""

    text: str
    burst: Burst


@dataclass(frozen=True)
class Kind:
    """A sort of text, lent by the room that it belongs to.

    `most` and `least` count characters; `lines`: whether it may have more than one paragraph. `find(case, about_id)` raises
    NotFound for what this person may not know of. `write(case, found, written, op)` stores and tells the history; it answers
    whether that went on with an entry of the same person (then the access log needs no new one either), and raises the
    room's own refusals where the thing does not allow it. `find` may cost one statement, `write` three.
    """

    reads: Permission
    writes: Permission
    most: int
    find: Callable[[OpenCase, str], Found]
    write: Callable[[OpenCase, Found, Written, str], bool]
    least: int = 0
    lines: bool = True


KINDS: dict[str, Kind] = {}
"""Every sort of text by its name, as "room.text"; rooms add theirs when they are imported."""


def open_text(caller: Caller, address: Address, *, lang: str = "") -> OpenText:
    """A text to be read or written. Raises NotFound, NotSignedIn and Forbidden, like every verb here."""
    kind = _kind(address)
    with open_case(caller, address.case_id, kind.reads, about=address.about_id) as case:
        found = kind.find(case, address.about_id)
        return OpenText(
            document=Documents(case).find(address.kind, address.about_id),
            text=found.text,
            may_write=_may_write(case, kind, found),
            person_id=case.me.person_id,
            name=(case.me.name.split() or [case.me.name])[0],
            role=case.role.value,
            lang=language(lang, case.language),
            time_zone=case.time_zone,
        )


def look_again(caller: Caller, address: Address) -> Standing:
    """How somebody who has the text open stands to it now."""
    kind = _kind(address)
    with open_case(caller, address.case_id, kind.reads, about=address.about_id) as case:
        found = kind.find(case, address.about_id)
        return Standing(found.text, _may_write(case, kind, found))


def keep(caller: Caller, address: Address, form: KeepForm, *, op: str) -> Kept:
    """Store what somebody wrote: the document, the words in the room that they belong to, and its history.

    Raises BadInput (too long, too short), Overtaken (the words were changed from elsewhere), Behind (the document was), Ended,
    and what the room refuses.
    """
    kind = _kind(address)
    text = clean(form.text, field=address.kind, most=kind.most, least=kind.least, lines=kind.lines)
    burst = Burst(tidy(form.burst.before, lines=kind.lines), tidy(form.burst.after, lines=kind.lines))
    with open_case(caller, address.case_id, kind.writes, op=op, about=address.about_id, as_of=form.typed_at) as case:
        found = kind.find(case, address.about_id)
        if found.text != form.mirrored:
            raise Overtaken(found.text)
        version = Documents(case).store(form, address.kind, address.about_id, text)
        # A space at the end, or what was taken back again: the document is stored, the words are the same.
        case.goes_on = True
        if text != found.text or not burst.is_nothing:
            case.goes_on = kind.write(case, found, Written(text, burst), op)
        return Kept(version, text)


def laid_down(address: Address) -> Laid:
    """The stored document, for a process that was overtaken by another. Raises NotFound."""
    with open_upkeep(writes=False) as upkeep:
        return repository.laid_down(upkeep, address.case_id, address.kind, address.about_id)


def lay_down(address: Address, form: LayForm) -> Laid:
    """Store how a text is kept, for words that are stored already: at its first opening, after a change from elsewhere, when it is worn.

    Raises Behind if another process came first.
    """
    with open_upkeep() as upkeep:
        return repository.lay_down(upkeep, address.case_id, address.kind, address.about_id, form)


def _kind(address: Address) -> Kind:
    kind = KINDS.get(address.kind)
    if kind is None:
        raise NotFound
    return kind


def _may_write(case: OpenCase, kind: Kind, found: Found) -> bool:
    return found.may_write and may(case.role, kind.writes) and case.row.status != CaseStatus.ENDED
