"""The verbs of promises: each passes the gate once, changes one thing, and writes the history that tells it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from portal.access.gate import Caller, OpenCase, open_case
from portal.access.permissions import Permission
from portal.cases.domain import Reader
from portal.goals.domain import may_undo, same_burst
from portal.kit.i18n import N_, say_n
from portal.kit.ids import new_id
from portal.kit.refusal import ChangedMeanwhile, NotFound
from portal.promises import domain, schemas
from portal.promises.domain import ANSWERS, Action, ChangedSince, PromiseStatus, Standing, TooLateToUndo
from portal.promises.models import Promise, PromiseChange
from portal.promises.repository import Found, PromiseLine, Promises, standing_of
from portal.promises.schemas import (
    UNDO_WORDS,
    ArchivedPromise,
    OpenPromise,
    PromiseBoard,
    PromiseDetail,
    PromiseFacts,
    PromiseForm,
    Saved,
    parse_day,
    parse_reason,
    parse_text,
)

FOLD = 6
"""So many cards are shown until the rest is asked for."""
HISTORY = 20

# Promises stand on the board: whoever may read it reads them, in one look.
READ = Permission.READ_GOALS


# --- reading


def board(caller: Caller, case_id: str, *, lang: str = "", whole: bool = False, earlier: bool = False) -> PromiseBoard:
    """The promises for the board: `whole` unfolds those in view, `earlier` brings what was settled more than a week ago."""
    with open_case(caller, case_id, READ) as case:
        promises, reader = Promises(case), Reader.of(case, lang)
        lines = promises.lines()
        archived = promises.archived_count()
    now = reader.now
    seen = sorted((line for line in lines if domain.in_sight(line.standing.status, line.status_at, now)), key=_rank)
    before = [line for line in lines if not domain.in_sight(line.standing.status, line.status_at, now)]
    shown = seen if whole else seen[:FOLD]
    rest = len(seen) - len(shown)
    therapist = reader.role == "therapist"
    name = reader.called("therapist") or reader.others
    return PromiseBoard(
        cards=[schemas.card(reader, line) for line in shown],
        more=say_n(reader.lang, "Show {n} more", "Show {n} more", rest) if rest else "",
        earlier=[schemas.card(reader, line) for line in before] if earlier else [],
        earlier_words=say_n(reader.lang, "{n} settled earlier", "{n} settled earlier", len(before)) if before else "",
        archived=say_n(reader.lang, "{n} promise in the archive", "{n} promises in the archive", archived) if archived else "",
        heading=reader.say(N_("What you promised {name}"), name=reader.called("client")) if therapist else reader.say(N_("What {name} promised"), name=name),
        empty=_empty(reader, name),
        other=reader.others,
        may_promise=therapist,
        takes_part=reader.takes_part,
    )


def _rank(line: PromiseLine) -> tuple[bool, date, float]:
    """Open ones first, the nearest day before the later ones; among equals the newest first."""
    is_open = line.standing.status is PromiseStatus.OPEN
    return not is_open, (line.until_on or date.max) if is_open else date.max, -line.status_at.timestamp()


def _empty(reader: Reader, therapist: str) -> str:
    if reader.role == "therapist":
        return reader.say(N_("Nothing is open. What you promise here, only {name} can tick."), name=reader.called("client"))
    if reader.role == "client":
        return reader.say(N_("{name} has promised nothing here yet. When there is something, you alone say whether it was kept."), name=therapist)
    return reader.say(N_("No promise stands here."))


def archive_of(caller: Caller, case_id: str, *, lang: str = "") -> list[ArchivedPromise]:
    """The promises in the archive."""
    with open_case(caller, case_id, READ) as case:
        promises, reader = Promises(case), Reader.of(case, lang)
        return [schemas.archived(reader, line) for line in promises.lines(archived=True)]


def promise(caller: Caller, case_id: str, promise_id: str, *, lang: str = "", history: int = HISTORY) -> PromiseDetail:
    """One promise with its history. Raises NotFound."""
    with open_case(caller, case_id, READ, about=_short(promise_id)) as case:
        promises, reader = Promises(case), Reader.of(case, lang)
        row = promises.find(promise_id).row
        text = _text(case, row)
        mine = row.author_id == case.me.person_id and case.role.value == "therapist"
        may_change = mine and row.status == PromiseStatus.OPEN and row.archived_at is None
        changes = promises.changes(promise_id, history + 1)
        return PromiseDetail(
            id=row.id,
            text=text,
            text_version=row.text_version,
            until=row.until_on.isoformat() if row.until_on else "",
            until_version=row.until_version,
            version=row.version,
            may_change=may_change,
            other=reader.others,
            history=[schemas.entry(reader, change, *promises.parts(change), text, may_change) for change in changes[:history]],
            older=len(changes) > history,
        )


def home_part(caller: Caller, case_id: str, *, lang: str = "") -> tuple[OpenPromise, ...]:
    """The open promises, oldest first: for the home pages, and for a session's look back at what was promised."""
    with open_case(caller, case_id, READ) as case:
        reader = Reader.of(case, lang)
        return tuple(schemas.open_promise(reader, line) for line in reversed(Promises(case).lines(only_open=True)))


def changed_since(caller: Caller, case_id: str, since: datetime, lang: str = "") -> tuple[str, ...]:
    """What was promised, answered or taken back since a moment, as it stands now: a line each, oldest first."""
    with open_case(caller, case_id, READ) as case:
        reader = Reader.of(case, lang)
        return tuple(filter(None, (schemas.news(reader, line, since) for line in reversed(Promises(case).lines()))))


def every(caller: Caller, case_id: str) -> tuple[PromiseFacts, ...]:
    """All promises of the case with those in the archive, oldest first: for the export."""
    with open_case(caller, case_id, READ) as case:
        reader = Reader.of(case)
        return tuple(schemas.facts(reader, line) for line in reversed(Promises(case).lines(archived=None)))


# --- changing


def make(caller: Caller, case_id: str, form: PromiseForm, *, op: str) -> Saved:
    """The therapist promises something, with a day until when or without. Raises BadInput."""
    text, until_on = form.parse()
    with open_case(caller, case_id, Permission.MAKE_PROMISE, op=op) as case:
        promises = Promises(case)
        standing = domain.make(promises.actor)
        row = Promise(
            id=new_id(),
            case_id=case.id,
            author_id=case.me.person_id,
            text=b"",
            until_on=until_on,
            status=standing.status,
            status_at=case.now,
            created_at=case.now,
        )
        row.text = case.seal(row.id, "promise.text", text)
        case.about = row.id
        case.db.add(row)
        case.db.flush()
        after = {"text": text} | ({"until_on": until_on.isoformat()} if until_on else {})
        change = promises.write(row, Action.MAKE, {}, after, operation=op)
        row.last_change_id = change.id
        return Saved(row.id, row.version)


def reword(caller: Caller, case_id: str, promise_id: str, text: str, seen: int, *, op: str) -> Saved:
    """Its author changes an open promise's words. `seen` is the version of the words that they started from.

    Raises ChangedMeanwhile with the present words, BadInput and Illegal.
    """
    text = parse_text(text)
    with open_case(caller, case_id, Permission.MAKE_PROMISE, op=op, about=_short(promise_id)) as case:
        promises = Promises(case)
        return _reword(case, promises, promises.find(promise_id), text, seen, op)


def bring_back(caller: Caller, case_id: str, change_id: str, *, op: str) -> Saved:
    """Its author takes an earlier wording of the history again: a rewording like any other. Raises NotFound."""
    with open_case(caller, case_id, Permission.MAKE_PROMISE, op=op) as case:
        promises = Promises(case)
        change, found = promises.change(change_id)
        case.about = found.row.id
        earlier, _ = promises.parts(change)
        if change.action != Action.REWORD or "text" not in earlier:
            raise NotFound
        return _reword(case, promises, found, earlier["text"], found.row.text_version, op)


def set_until(caller: Caller, case_id: str, promise_id: str, day: str, seen: int, *, op: str) -> Saved:
    """Its author says until when (2026-11-23), or takes the day away. `seen` is the day's version that they looked at."""
    until_on = parse_day(day)
    with open_case(caller, case_id, Permission.MAKE_PROMISE, op=op, about=_short(promise_id)) as case:
        promises = Promises(case)
        row = promises.find(promise_id).row
        standing = domain.reword(standing_of(row), promises.actor, Action.DATE)
        if row.until_on == until_on:
            return Saved(row.id, row.until_version, changed=False)
        if seen < row.until_version:
            theirs = row.until_on.isoformat() if row.until_on else ""
            raise ChangedMeanwhile(theirs=theirs, version=row.until_version, field="until")
        pen = _Pen(case, promises, row, op)
        row.until_on = until_on
        return pen.take(Action.DATE, standing)


def take_back(caller: Caller, case_id: str, promise_id: str, reason: str, seen: int, *, op: str) -> Saved:
    """Its author takes an open promise back and says why; the client reads the reason. Raises BadInput without one."""
    reason = parse_reason(reason)
    with open_case(caller, case_id, Permission.MAKE_PROMISE, op=op, about=_short(promise_id)) as case:
        return _take(case, Action.TAKE_BACK, promise_id, seen, op, reason=reason)


def keep(caller: Caller, case_id: str, promise_id: str, seen: int, *, op: str) -> Saved:
    """The client ticks a promise as kept, exactly as they read it."""
    with open_case(caller, case_id, Permission.ANSWER_PROMISE, op=op, about=_short(promise_id)) as case:
        return _take(case, Action.KEEP, promise_id, seen, op)


def miss(caller: Caller, case_id: str, promise_id: str, seen: int, *, op: str) -> Saved:
    """The client says that a promise was not kept."""
    with open_case(caller, case_id, Permission.ANSWER_PROMISE, op=op, about=_short(promise_id)) as case:
        return _take(case, Action.MISS, promise_id, seen, op)


def open_again(caller: Caller, case_id: str, promise_id: str, seen: int, *, op: str) -> Saved:
    """The client takes their answer away: the promise is open as before."""
    with open_case(caller, case_id, Permission.ANSWER_PROMISE, op=op, about=_short(promise_id)) as case:
        return _take(case, Action.OPEN_AGAIN, promise_id, seen, op)


def archive(caller: Caller, case_id: str, promise_id: str, seen: int, *, op: str) -> Saved:
    """Put a promise that is no longer open in the archive."""
    with open_case(caller, case_id, Permission.PUT_PROMISES_AWAY, op=op, about=_short(promise_id)) as case:
        return _take(case, Action.ARCHIVE, promise_id, seen, op)


def restore(caller: Caller, case_id: str, promise_id: str, seen: int, *, op: str) -> Saved:
    """Bring a promise back from the archive."""
    with open_case(caller, case_id, Permission.PUT_PROMISES_AWAY, op=op, about=_short(promise_id)) as case:
        return _take(case, Action.RESTORE, promise_id, seen, op)


VERBS: dict[Action, Callable[..., Saved]] = {
    Action.KEEP: keep,
    Action.MISS: miss,
    Action.OPEN_AGAIN: open_again,
    Action.ARCHIVE: archive,
    Action.RESTORE: restore,
}
"""The verbs that need a promise and the version that was seen."""


def undo(caller: Caller, case_id: str, undone: str, *, op: str) -> Saved:
    """Take one's own change back, by its operation, within ten seconds; a promise just made goes to the archive, taken back.

    Raises NotFound, TooLateToUndo, and ChangedSince when something newer rests on the change.
    """
    with open_case(caller, case_id, Permission.PUT_PROMISES_AWAY, op=op) as case:
        promises = Promises(case)
        change, row = promises.own_change(undone)
        case.about = row.id
        if Action(change.action) not in UNDO_WORDS or not may_undo(change.until, change.person_id, promises.actor, case.now):
            raise TooLateToUndo
        before, after = promises.parts(change)
        if change.action == Action.MAKE:
            if row.version > change.version:
                raise ChangedSince
            before = {"status": PromiseStatus.TAKEN_BACK.value, "archived": case.now.isoformat()}
            after = {"status": PromiseStatus.OPEN.value, "archived": ""}
        elif row.status_version > change.version:
            raise ChangedSince
        now = _parts(case, row)
        touched = [part for part in _SETTERS if part in before]
        if any(now[part] != after.get(part, now[part]) for part in touched):
            raise ChangedSince
        pen = _Pen(case, promises, row, op)
        for part in touched:
            _SETTERS[part](case, row, before[part])
        return pen.finish(Action.UNDO)


# --- how a change is made and told


class _Pen:
    """One change of one promise: remembers how the row was, and writes what differs into the history."""

    def __init__(self, case: OpenCase, promises: Promises, row: Promise, op: str) -> None:
        self._case, self._promises, self._row, self._op = case, promises, row, op
        self._before = _parts(case, row)

    def take(self, action: Action, standing: Standing) -> Saved:
        """Let the row stand where the domain put it."""
        row, now = self._row, self._case.now
        if row.status != standing.status:
            row.status, row.status_at = standing.status, now
        if (row.archived_at is not None) != standing.archived:
            row.archived_at = now if standing.archived else None
        return self.finish(action)

    def finish(self, action: Action) -> Saved:
        """Count the versions up, and write the entry."""
        row = self._row
        now = _parts(self._case, row)
        changed = [part for part, value in now.items() if value != self._before[part]]
        if not changed:
            return Saved(row.id, row.version, changed=False)
        row.version += 1
        if {"status", "archived"} & set(changed):
            row.status_version = row.version
        if "text" in changed:
            row.text_version = row.version
        if "until_on" in changed:
            row.until_version = row.version
        before, after = {part: self._before[part] for part in changed}, {part: now[part] for part in changed}
        entry = self._promises.write(row, action, before, after, operation=self._op)
        row.last_change_id = entry.id
        self._case.db.add(row)
        return Saved(row.id, row.version)


def _take(case: OpenCase, action: Action, promise_id: str, seen: int, op: str, *, reason: str = "") -> Saved:
    promises = Promises(case)
    row = promises.find(promise_id).row
    standing = domain.MOVES[action](standing_of(row), promises.actor)
    if seen < (row.version if action in ANSWERS else row.status_version):
        raise ChangedMeanwhile(
            N_("This promise changed a moment ago. It is shown here as it is now; please look again."),
            theirs="", version=row.version, field="promise",
        )  # fmt: skip
    pen = _Pen(case, promises, row, op)
    if reason:
        row.reason = case.seal(row.id, "promise.reason", reason)
    return pen.take(action, standing)


def _reword(case: OpenCase, promises: Promises, found: Found, text: str, seen: int, op: str) -> Saved:
    row, last = found.row, found.last
    domain.reword(standing_of(row), promises.actor)
    current = _text(case, row)
    if current == text:
        return Saved(row.id, row.text_version, changed=False)
    if seen < row.text_version:
        raise ChangedMeanwhile(theirs=current, version=row.text_version, field="promise")
    row.text = case.seal(row.id, "promise.text", text)
    row.version = row.text_version = row.version + 1
    if last is not None and last.action == Action.REWORD and same_burst(last.person_id, last.until, promises.actor, case.now):
        last.after = promises.seal_parts(last.id, "after", {"text": text})
        last.until, last.version, last.operation = case.now, row.version, op
        case.db.add(last)
    else:
        change: PromiseChange = promises.write(row, Action.REWORD, {"text": current}, {"text": text}, operation=op)
        row.last_change_id = change.id
    case.db.add(row)
    return Saved(row.id, row.version)


def _parts(case: OpenCase, row: Promise) -> dict[str, Any]:
    """Everything about a promise that a change can touch and an undo can put back."""
    return {
        "text": _text(case, row),
        "status": str(row.status),
        "status_at": row.status_at.isoformat(),
        "reason": case.unseal(row.id, "promise.reason", row.reason),
        "until_on": row.until_on.isoformat() if row.until_on else "",
        "archived": row.archived_at.isoformat() if row.archived_at else "",
    }


def _set_text(case: OpenCase, row: Promise, value: str) -> None:
    row.text = case.seal(row.id, "promise.text", value)


def _set_reason(case: OpenCase, row: Promise, value: str) -> None:
    row.reason = case.seal(row.id, "promise.reason", value) if value else None


_SETTERS: dict[str, Callable[[OpenCase, Promise, Any], None]] = {
    "text": _set_text,
    "status": lambda case, row, value: setattr(row, "status", PromiseStatus(value)),
    "status_at": lambda case, row, value: setattr(row, "status_at", datetime.fromisoformat(value)),
    "reason": _set_reason,
    "until_on": lambda case, row, value: setattr(row, "until_on", date.fromisoformat(value) if value else None),
    "archived": lambda case, row, value: setattr(row, "archived_at", datetime.fromisoformat(value) if value else None),
}


def _text(case: OpenCase, row: Promise) -> str:
    return case.unseal(row.id, "promise.text", row.text)


def _short(about: str) -> str:
    # What the page names may be anything; a real id has 36 characters.
    return about[:36]
