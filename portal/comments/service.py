"""The verbs of comments; each opens the gate once, and asks the room of what a comment is about who may know of that."""

from collections.abc import Callable, Collection
from datetime import datetime

from portal import routes
from portal.access.gate import Caller, OpenAccount, OpenCase, open_account, open_case
from portal.access.permissions import Act, Permission
from portal.cases.domain import Readers, Waiting
from portal.checkins import service as checkins
from portal.comments import domain
from portal.comments.domain import Action, Kind, Shown
from portal.comments.models import CommentRow
from portal.comments.repository import Comments, Named, comment_of, unread_names
from portal.comments.schemas import (
    CountView,
    PlainComment,
    Saved,
    ThreadView,
    View,
    Wanted,
    count_words,
    parse_about,
    parse_kind,
    parse_text,
)
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit.i18n import N_
from portal.kit.ids import new_id
from portal.kit.refusal import ChangedMeanwhile, NotFound

_READERS: dict[Kind, Callable[[OpenCase, Collection[str]], dict[str, Readers]]] = {
    Kind.GOAL: goals.readers_of,
    Kind.SHARE: feedback.readers_of,
    Kind.CHECKIN: checkins.readers_of,
}
_STILL_KNOWN: dict[Kind, Callable[[OpenAccount, Collection[str]], frozenset[str]]] = {
    Kind.GOAL: goals.still_known,
    Kind.SHARE: feedback.still_known,
    Kind.CHECKIN: checkins.still_known,
}
_WAITS: dict[Kind, tuple[str, str]] = {
    Kind.GOAL: (N_("You are mentioned in a comment on a goal"), routes.GOAL),
    Kind.SHARE: (N_("You are mentioned in a comment on feedback"), routes.SHARE),
    Kind.CHECKIN: (N_("You are mentioned in a comment on a check-in"), routes.CHECKIN),
}


# --- reading


def threads(caller: Caller, case_id: str, wanted: Wanted, *, lang: str = "") -> list[ThreadView]:
    """The comments about these things, in their order; what the person may not know of, or nobody can comment on yet, is left out.

    Of a thing with many comments the newest are shown, unless the whole thread is wanted. Raises NotFound for another kind.
    """
    about = wanted.about_ids[0] if len(wanted.about_ids) == 1 else ""
    with open_case(caller, case_id, Permission.READ_COMMENTS, about=about[:36]) as case:
        kind, view, comments = parse_kind(wanted.kind), View(case, lang or case.language or "en"), Comments(case)
        readers = _READERS[kind](case, wanted.about_ids)
        rows, seen = comments.about(readers), comments.seen(readers)
        begun = [
            view.thread(kind, one, readers[one], rows.get(one, []), seen.get(one, {}), whole=one in wanted.whole)
            for one in wanted.about_ids
            if one in readers and (readers[one].takes_more or one in rows)
        ]
        named = comments.named([row.id for _, shown in begun for row in shown])
        for thread, shown in begun:
            here = thread.about_id
            thread.comments.extend(
                view.comment(row, comments, named.get(row.id, frozenset()), readers[here], seen.get(here, {})) for row in shown
            )
        return [thread for thread, _ in begun]


def counts_on_goals(caller: Caller, case_id: str, *, lang: str = "") -> dict[str, CountView]:
    """How many comments each goal has, by goal, for those that have any. No comment is unsealed."""
    with open_case(caller, case_id, Permission.READ_GOALS) as case:
        comments, me = Comments(case), case.me.person_id
        standing = comments.of_kind(Kind.GOAL)
        known = goals.readers_of(case, standing)
        seen = comments.seen(known)
        found: dict[str, CountView] = {}
        for goal_id in known:
            present = [one for one in standing[goal_id] if one.withdrawn_at is None]
            if present:
                fresh = sum(domain.is_new_to(one, me, seen.get(goal_id, {}).get(me)) for one in present)
                found[goal_id] = count_words(lang or case.language or "en", len(present), fresh)
        return found


def mentions(caller: Caller, case_id: str) -> tuple[Waiting, ...]:
    """Where the person is named in this case in a comment that they have not read. No comment is unsealed."""
    with open_case(caller, case_id, Permission.READ_COMMENTS) as case:
        found = unread_names(case.db, case.me.person_id, case.id)
        known = {kind: frozenset(_READERS[kind](case, ids)) for kind, ids in _by_kind(found).items()}
        return tuple(_waits(one) for one in found if one.about_id in known[one.kind])


def waiting(caller: Caller) -> dict[str, tuple[Waiting, ...]]:
    """As `mentions`, over all cases of a therapist or supervisor, by case."""
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        names = unread_names(account.db, account.me.id)
        known = {kind: _STILL_KNOWN[kind](account, ids) for kind, ids in _by_kind(names).items()}
        found: dict[str, tuple[Waiting, ...]] = {}
        for one in names:
            if one.about_id in known[one.kind]:
                found[one.case_id] = (*found.get(one.case_id, ()), _waits(one))
        return found


def written_out(caller: Caller, case_id: str, *, lang: str = "") -> tuple[PlainComment, ...]:
    """Every comment that the person may read, oldest first, without what was withdrawn: for whatever leaves the portal."""
    with open_case(caller, case_id, Permission.READ_COMMENTS) as case:
        comments, view = Comments(case), View(case, lang or case.language or "en")
        present = [row for row in comments.all() if row.withdrawn_at is None]
        known = {kind: _READERS[kind](case, {row.about_id for row in present if row.kind == kind}) for kind in Kind}
        rows = [row for row in present if row.about_id in known[row.kind]]
        named = comments.named([row.id for row in rows])
        return tuple(view.plain(row, comments.text(row), named.get(row.id, frozenset())) for row in rows)


# --- writing


def add(caller: Caller, case_id: str, thing: str, about_id: str, text: str, *, op: str) -> Saved:
    """Write a comment about a goal, a share or a check-in; "@" and what somebody is called names them.

    Raises BadInput, NotFound (also for a sealed check-in, a draft and another's idea) and TakesNoMore.
    """
    words = parse_text(text)
    with open_case(caller, case_id, Permission.WRITE_COMMENTS, op=op, about=about_id[:36]) as case:
        kind = parse_kind(thing)
        readers, comments = _open_to_more(case, kind, parse_about(about_id)), Comments(case)
        row = CommentRow(
            id=new_id(), case_id=case.id, kind=kind, about_id=about_id, author_id=case.me.person_id, role=case.role.value, text=b"",
            written_at=case.now, touched_at=case.now, action=Action.ADD, acted_at=case.now, operation=op,
        )  # fmt: skip
        comments.write(row, _stored(case, words, readers))
        case.db.add(row)
        case.db.flush()
        _name(case, comments, row, readers)
        return Saved(row.id, row.version)


def change(caller: Caller, case_id: str, comment_id: str, text: str, seen: int, *, op: str) -> Saved:
    """Write one's comment anew; what somebody has read is marked as changed and new to them. `seen` is the version that was changed.

    Raises BadInput, NotFound, NotYours, IsWithdrawn, TakesNoMore and ChangedMeanwhile.
    """
    words = parse_text(text)
    with open_case(caller, case_id, Permission.WRITE_COMMENTS, op=op, act=Act.CHANGE_COMMENT) as case:
        comments = Comments(case)
        row, readers = _known(case, comments, comment_id)
        after = domain.after_change(comment_of(row), case.me.person_id, case.now, read=_is_read(comments, row))
        _need_more(readers)
        if _stored(case, words, readers) == comments.text(row):
            return Saved(row.id, row.version, changed=False)
        if seen != row.version:
            raise ChangedMeanwhile(theirs="", version=row.version, field="comment")
        row.before_touched_at, row.before_changed = row.touched_at, row.changed
        comments.write(row, _stored(case, words, readers))
        _become(case, row, after, Action.CHANGE, op)
        _name(case, comments, row, readers)
        return Saved(row.id, row.version)


def withdraw(caller: Caller, case_id: str, comment_id: str, *, op: str) -> Saved:
    """Take one's comment back: its words are gone for the others, without a trace if none of them has read it.

    Its author can still read it. Raises NotFound, NotYours, IsWithdrawn and TakesNoMore.
    """
    with open_case(caller, case_id, Permission.WRITE_COMMENTS, op=op, act=Act.WITHDRAW_COMMENT) as case:
        comments = Comments(case)
        row, readers = _known(case, comments, comment_id)
        after = domain.after_withdrawal(comment_of(row), case.me.person_id, case.now, read=_is_read(comments, row))
        _need_more(readers)
        _become(case, row, after, Action.WITHDRAW, op)
        return Saved(row.id, row.version)


def undo(caller: Caller, case_id: str, undone: str, *, op: str) -> Saved:
    """Take back the last thing that one did with a comment, by its operation, within ten seconds.

    A comment that was sent is withdrawn, a changed one has its words from before, a withdrawn one is there again.
    Raises NotFound, TooLateToUndo and TakesNoMore.
    """
    with open_case(caller, case_id, Permission.WRITE_COMMENTS, op=op, act=Act.UNDO_COMMENT) as case:
        comments = Comments(case)
        row = comments.by_operation(undone)
        readers = _readers_of(case, row)
        if not domain.may_undo(Action(row.action), row.acted_at, case.now):
            raise domain.TooLateToUndo
        _need_more(readers)
        here = comment_of(row)
        if row.action == Action.ADD:
            here = domain.after_withdrawal(here, case.me.person_id, case.now, read=_is_read(comments, row))
        elif row.action == Action.CHANGE:
            # Whoever read the new words meanwhile is told that they changed.
            read = _is_read(comments, row)
            comments.write(row, comments.before(row))
            touched = case.now if read else row.before_touched_at or row.touched_at
            here = domain.Comment(row.author_id, row.written_at, touched, read or row.before_changed)
            _name(case, comments, row, readers)
        else:
            here = domain.Comment(row.author_id, row.written_at, row.touched_at, row.changed)
        _become(case, row, here, Action.UNDO, op)
        return Saved(row.id, row.version)


def see(caller: Caller, case_id: str, thing: str, about_id: str, upto: datetime, *, op: str) -> None:
    """The person has read the comments about a thing up to there (aware; a moment of the future counts as now). Raises NotFound."""
    with open_case(caller, case_id, Permission.SEE_COMMENTS, op=op, about=about_id[:36]) as case:
        kind = parse_kind(thing)
        if parse_about(about_id) not in _READERS[kind](case, [about_id]):
            raise NotFound
        Comments(case).see(about_id, min(upto, case.now))


# --- inside


def _by_kind(found: list[Named]) -> dict[Kind, list[str]]:
    ids: dict[Kind, list[str]] = {}
    for one in found:
        ids.setdefault(one.kind, []).append(one.about_id)
    return ids


def _waits(one: Named) -> Waiting:
    what, page = _WAITS[one.kind]
    return Waiting(what, one.since, page + routes.COMMENTS, one.about_id)


def _open_to_more(case: OpenCase, kind: Kind, about_id: str) -> Readers:
    readers = _READERS[kind](case, [about_id]).get(about_id)
    if readers is None:
        raise NotFound
    _need_more(readers)
    return readers


def _need_more(readers: Readers) -> None:
    if not readers.takes_more:
        raise domain.TakesNoMore


def _known(case: OpenCase, comments: Comments, comment_id: str) -> tuple[CommentRow, Readers]:
    """A comment that the person may know of, and who else may. Raises NotFound."""
    row = comments.one(comment_id)
    return row, _readers_of(case, row)


def _readers_of(case: OpenCase, row: CommentRow) -> Readers:
    readers = _READERS[Kind(row.kind)](case, [row.about_id]).get(row.about_id)
    if readers is None or domain.shown_to(comment_of(row), case.me.person_id) is Shown.NOTHING:
        raise NotFound
    case.about = row.about_id
    return readers


def _is_read(comments: Comments, row: CommentRow) -> bool:
    return domain.is_read(comment_of(row), comments.seen([row.about_id]).get(row.about_id, {}))


def _stored(case: OpenCase, words: str, readers: Readers) -> str:
    """Words as they are stored: whoever else may read them can be named in them."""
    names = View(case, "en").called(readers)
    return domain.with_references(words, {person_id: name for person_id, name in names.items() if person_id != case.me.person_id})


def _name(case: OpenCase, comments: Comments, row: CommentRow, readers: Readers) -> None:
    # Only who may read a comment is named by it; what else looks like a reference is text.
    comments.name_people(row, domain.named_in(comments.text(row)) & readers.people - {case.me.person_id})


def _become(case: OpenCase, row: CommentRow, here: domain.Comment, action: Action, op: str) -> None:
    row.touched_at, row.changed, row.withdrawn_at, row.traced = here.touched_at, here.changed, here.withdrawn_at, here.traced
    row.action, row.acted_at, row.operation = action, case.now, op
    row.version += 1
    case.db.add(row)
