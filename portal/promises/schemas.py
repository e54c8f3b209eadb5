"""What the browser may see of promises, ready to be shown, and what it may send."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.cases.domain import Reader
from portal.goals.domain import CLIENT, THERAPIST, Piece, difference
from portal.kit.i18n import N_
from portal.kit.refusal import BadInput
from portal.kit.text import clean
from portal.promises.domain import Action, PromiseStatus, is_over
from portal.promises.models import PromiseChange
from portal.promises.repository import PromiseLine

TEXT_MOST = 300
REASON_MOST = 500

STATUS_WORDS: dict[PromiseStatus, str] = {
    PromiseStatus.OPEN: N_("Open"),
    PromiseStatus.KEPT: N_("Kept"),
    PromiseStatus.NOT_KEPT: N_("Not kept"),
    PromiseStatus.TAKEN_BACK: N_("Taken back"),
}

_SINCE_WORDS: dict[PromiseStatus, str] = {
    PromiseStatus.OPEN: N_("promised {when}"),
    PromiseStatus.KEPT: N_("said {when}"),
    PromiseStatus.NOT_KEPT: N_("said {when}"),
    PromiseStatus.TAKEN_BACK: N_("taken back {when}"),
}


def parse_text(text: str) -> str:
    """What is promised: 1 to 300 characters on one line. Raises BadInput."""
    return clean(text, field="promise", most=TEXT_MOST, least=1, lines=False)


def parse_reason(text: str) -> str:
    """Why a promise is taken back: 1 to 500 characters on one line. Raises BadInput."""
    return clean(text, field="reason", most=REASON_MOST, least=1, lines=False)


def parse_day(text: str) -> date | None:
    """A day as 2026-11-23, or none for an empty text. Raises BadInput."""
    if not text:
        return None
    try:
        if len(text) != 10:
            raise ValueError
        found = date.fromisoformat(text)
        if not 2000 <= found.year <= 2200:
            raise ValueError
    except (ValueError, TypeError):
        raise BadInput("That is not a day we can read. Please choose one from the calendar.", field="until") from None
    return found


@dataclass(frozen=True)
class PromiseForm:
    """A new promise as it was written: the words, and a day or none."""

    text: str
    until: str = ""

    def parse(self) -> tuple[str, date | None]:
        """Raises BadInput at "promise" or "until"."""
        return parse_text(self.text), parse_day(self.until)


@dataclass(frozen=True)
class PromiseCard:
    """A promise on the board. `may_answer` is the client's, `may_change` its author's, `may_put_away` of both once it is not open."""

    id: str
    status: str
    status_words: str
    version: int
    text: str
    by: str
    when: str
    over: bool
    since: str
    since_exact: str
    reason: str
    may_answer: bool
    may_change: bool
    may_put_away: bool


@dataclass(frozen=True)
class ArchivedPromise:
    """A line of the archive."""

    id: str
    text: str
    words: str
    version: int


@dataclass(frozen=True)
class PromiseBoard:
    """The promises as one person sees them: those in view, and in words how many were settled earlier or lie in the archive."""

    cards: list[PromiseCard]
    more: str
    earlier: list[PromiseCard]
    earlier_words: str
    archived: str
    heading: str
    empty: str
    other: str
    may_promise: bool
    takes_part: bool


@dataclass(frozen=True)
class HistoryEntry:
    """One change in words. `pieces` is the difference of a text; `restorable` marks an earlier text that can be taken again."""

    id: str
    words: str
    role: str
    when: str
    exact: str
    pieces: list[Piece]
    before: str
    after: str
    restorable: bool


@dataclass(frozen=True)
class PromiseDetail:
    """One promise, opened: what its author can change, and its history; `older`: it goes further back than what is here."""

    id: str = ""
    text: str = ""
    text_version: int = 0
    until: str = ""
    until_version: int = 0
    version: int = 0
    may_change: bool = False
    other: str = ""
    history: list[HistoryEntry] = field(default_factory=list)
    older: bool = False


@dataclass(frozen=True)
class Saved:
    """What a change answers: the promise, its version after the change, and whether anything differed at all."""

    id: str
    version: int
    changed: bool = True


@dataclass(frozen=True)
class OpenPromise:
    """An open promise for other pages: whose it is, until when in words and as a day, and since when."""

    id: str
    text: str
    role: str
    owner: str
    due: str
    due_on: date | None
    over: bool
    made_at: datetime


@dataclass(frozen=True)
class PromiseFacts:
    """A promise as it stands in the records, for the export: plain values, nothing in words but what somebody wrote."""

    id: str
    text: str
    by: str
    made_at: datetime
    until_on: date | None
    status: PromiseStatus
    status_at: datetime
    reason: str
    archived: bool


def card(reader: Reader, line: PromiseLine) -> PromiseCard:
    """A promise for the board."""
    status, away = line.standing.status, line.standing.archived
    is_open = status is PromiseStatus.OPEN
    since = line.made_at if is_open else line.status_at
    return PromiseCard(
        id=line.id,
        status=status.value,
        status_words=reader.say(STATUS_WORDS[status]),
        version=line.version,
        text=line.text,
        by=reader.name(line.standing.author_id),
        when=until_words(reader, line.until_on),
        over=is_over(status, line.until_on, reader.today),
        since=reader.say(_SINCE_WORDS[status], when=reader.ago(since)),
        since_exact=reader.exact(since),
        reason=line.reason,
        may_answer=reader.role == CLIENT and status is not PromiseStatus.TAKEN_BACK and not away,
        may_change=reader.person_id == line.standing.author_id and reader.role == THERAPIST and is_open and not away,
        may_put_away=reader.takes_part and not is_open and not away,
    )


def archived(reader: Reader, line: PromiseLine) -> ArchivedPromise:
    """A promise for the archive."""
    return ArchivedPromise(line.id, line.text, reader.say(STATUS_WORDS[line.standing.status]), line.version)


def until_words(reader: Reader, until_on: date | None) -> str:
    """Until when, in words; empty without a day."""
    return reader.say(N_("by {day}"), day=reader.short(until_on)) if until_on else ""


def open_promise(reader: Reader, line: PromiseLine) -> OpenPromise:
    """An open promise for other pages."""
    return OpenPromise(
        id=line.id,
        text=line.text,
        role=THERAPIST,
        owner=reader.name(line.standing.author_id),
        due=until_words(reader, line.until_on),
        due_on=line.until_on,
        over=is_over(line.standing.status, line.until_on, reader.today),
        made_at=line.made_at,
    )


def facts(reader: Reader, line: PromiseLine) -> PromiseFacts:
    """A promise for the export."""
    return PromiseFacts(
        id=line.id,
        text=line.text,
        by=reader.name(line.standing.author_id),
        made_at=line.made_at,
        until_on=line.until_on,
        status=line.standing.status,
        status_at=line.status_at,
        reason=line.reason,
        archived=line.standing.archived,
    )


def entry(reader: Reader, change: PromiseChange, before: dict[str, Any], after: dict[str, Any], text: str, may_change: bool) -> HistoryEntry:
    """A change for the history; `text` and `may_change` are as they are now, and decide what can be taken again."""
    action = Action(change.action)
    told = "text" in before or "text" in after
    return HistoryEntry(
        id=change.id,
        words=reader.say(ENTRY_WORDS[action], name=reader.name(change.person_id)),
        role=change.role,
        when=reader.ago(change.until),
        exact=reader.exact(change.until),
        pieces=list(difference(str(before.get("text", "")), str(after.get("text", "")))) if told else [],
        before=_plain(reader, before),
        after=_plain(reader, after),
        restorable=may_change and action is Action.REWORD and before.get("text") not in (None, "", text),
    )


def _plain(reader: Reader, parts: dict[str, Any]) -> str:
    """The first of a change's short parts in words: the archive, a state with its reason, a day."""
    if parts.get("archived"):
        return reader.say(N_("in the archive"))
    if parts.get("reason"):
        return f"{reader.say(STATUS_WORDS[PromiseStatus.TAKEN_BACK])}: {parts['reason']}"
    if "status" in parts:
        return reader.say(STATUS_WORDS[PromiseStatus(parts["status"])])
    if "until_on" in parts:
        return reader.long(date.fromisoformat(parts["until_on"])) if parts["until_on"] else reader.say(N_("no day"))
    return ""


def news(reader: Reader, line: PromiseLine, since: datetime) -> str:
    """What has become of a promise since a moment, as one line; empty for nothing."""
    if line.status_at < since:
        return ""
    status, name = line.standing.status, reader.name(line.standing.author_id)
    if status is not PromiseStatus.OPEN:
        return reader.say(N_("{status}: {promise}"), status=reader.say(STATUS_WORDS[status]), promise=line.text)
    if line.made_at < since:
        return ""
    words = N_("{name} promises: {promise}") if line.until_on is None else N_("{name} promises: {promise}, {until}")
    return reader.say(words, name=name, promise=line.text, until=until_words(reader, line.until_on))


ENTRY_WORDS: dict[Action, str] = {
    Action.MAKE: N_("{name} made this promise"),
    Action.REWORD: N_("{name} changed the words"),
    Action.DATE: N_("{name} changed until when"),
    Action.KEEP: N_("{name} ticked it as kept"),
    Action.MISS: N_("{name} said: not kept"),
    Action.OPEN_AGAIN: N_("{name} opened it again"),
    Action.TAKE_BACK: N_("{name} took it back"),
    Action.ARCHIVE: N_("{name} put it in the archive"),
    Action.RESTORE: N_("{name} brought it back from the archive"),
    Action.UNDO: N_("{name} undid the last change"),
}

UNDO_WORDS: dict[Action, str] = {
    Action.MAKE: N_("Promised"),
    Action.REWORD: N_("Words changed"),
    Action.DATE: N_("Day changed"),
    Action.KEEP: N_("Ticked as kept"),
    Action.MISS: N_("Marked as not kept"),
    Action.OPEN_AGAIN: N_("Open again"),
    Action.TAKE_BACK: N_("Taken back"),
    Action.ARCHIVE: N_("In the archive"),
    Action.RESTORE: N_("Back on the board"),
}
"""What the undo bar says after a change."""
