"""What the browser may see of comments, ready to be shown, and what it may send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.access.gate import Member, OpenCase
from portal.access.permissions import Permission, may
from portal.cases.domain import Readers
from portal.comments import domain
from portal.comments.domain import Kind, Shown
from portal.comments.models import CommentRow
from portal.comments.repository import Comments, comment_of
from portal.kit.i18n import N_, ago, moment, say, say_n
from portal.kit.refusal import NotFound
from portal.kit.text import clean

LONGEST = 1_000
"""Characters of a comment, as they were typed."""
AT_FIRST = 10
"""The newest comments about a thing that are shown until more are asked for."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def parse_kind(name: str) -> Kind:
    """What a comment is about. Raises NotFound for what none can be about."""
    if name not in set(Kind):
        raise NotFound
    return Kind(name)


def parse_about(about_id: str) -> str:
    """The id of a thing. Raises NotFound for what cannot be one."""
    if not _ID.fullmatch(about_id):
        raise NotFound
    return about_id


def parse_text(text: str) -> str:
    """A comment: 1 to 1,000 characters. Raises BadInput."""
    return clean(text, field="comment", most=LONGEST, least=1)


@dataclass(frozen=True)
class Wanted:
    """Which threads are asked for: of things of one kind, and of which of them every comment and not the newest alone."""

    kind: str
    about_ids: tuple[str, ...]
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Saved:
    """What a change answers: the comment and its version after the change, and whether anything differed at all."""

    id: str
    version: int
    changed: bool = True


@dataclass(frozen=True)
class PieceView:
    """A run of a comment: kind is "text", "named" (somebody) or "me" (its reader is named)."""

    kind: str
    text: str
    role: str = ""


@dataclass(frozen=True)
class CommentView:
    """One comment as its reader sees it. `withdrawn` is said in its place; `source` is what its author can change."""

    id: str
    author: str
    role: str
    mine: bool
    when: str
    exact: str
    changed: str
    fresh: bool
    withdrawn: str
    pieces: list[PieceView]
    source: str
    version: int
    may_change: bool
    leaves: str


@dataclass(frozen=True)
class PersonView:
    """Somebody who can be named: how, who that is, and what they are here."""

    called: str
    name: str
    role: str
    role_words: str


@dataclass(frozen=True)
class ThreadView:
    """The comments about one thing. `newest` is up to where they are here; `fresh` counts what its reader has not read."""

    kind: str
    about_id: str
    comments: list[CommentView] = field(default_factory=list)
    count: str = ""
    earlier: str = ""
    fresh: int = 0
    may_write: bool = False
    readers: str = ""
    people: list[PersonView] = field(default_factory=list)
    newest: datetime | None = None


@dataclass(frozen=True)
class CountView:
    """How many comments a thing has, for its card: the number, and in words with how many are new."""

    number: str
    words: str
    fresh: bool


@dataclass(frozen=True)
class PlainComment:
    """A comment to be written out: what it is about, who wrote it when, and its words with people's present names."""

    kind: Kind
    about_id: str
    author: str
    role: str
    written_at: datetime
    changed: bool
    text: str


_ROLE_WORDS = {"client": N_("client"), "therapist": N_("therapist"), "supervisor": N_("supervisor")}


@dataclass(frozen=True)
class View:
    """The comments of an open case in the language of its reader's page."""

    case: OpenCase
    lang: str

    def thread(
        self, wanted: Kind, about_id: str, readers: Readers, rows: list[CommentRow], seen: Mapping[str, datetime], *, whole: bool
    ) -> tuple[ThreadView, list[CommentRow]]:
        """The thread without its comments, and the rows of those that it shows."""
        me, case = self.case.me.person_id, self.case
        known = [row for row in rows if domain.shown_to(comment_of(row), me) is not Shown.NOTHING]
        count = sum(row.withdrawn_at is None for row in known)
        shown = known if whole else known[-AT_FIRST:]
        may_write = readers.takes_more and may(case.role, Permission.WRITE_COMMENTS)
        hidden = len(known) - len(shown)
        others = [one for one in case.members if one.person_id in readers.people and one is not case.me]
        called = self.called(readers)
        thread = ThreadView(
            kind=wanted.value,
            about_id=about_id,
            count=say_n(self.lang, "{n} comment", "{n} comments", count) if count else "",
            earlier=say_n(self.lang, "Show {n} earlier comment", "Show {n} earlier comments", hidden) if hidden else "",
            fresh=sum(domain.is_new_to(comment_of(row), me, seen.get(me)) for row in known),
            may_write=may_write,
            readers=say_n(self.lang, "{names} will read this.", "{names} will all read this.", len(others), names=", ".join(map(_first_name, others)))
            if others
            else say(self.lang, N_("Nobody else takes part here at the moment.")),
            people=[
                PersonView(called[one.person_id], one.name, one.role.value, say(self.lang, _ROLE_WORDS[one.role.value])) for one in others
            ]
            if may_write
            else [],
            newest=max((row.touched_at for row in known), default=None),
        )
        return thread, shown

    def called(self, readers: Readers) -> dict[str, str]:
        """What the readers of a thing are called in comments, by id."""
        return domain.called({one.person_id: one.name for one in self.case.members if one.person_id in readers.people})

    def comment(
        self, row: CommentRow, comments: Comments, named: frozenset[str], readers: Readers, seen: Mapping[str, datetime]
    ) -> CommentView:
        """One comment."""
        me, comment = self.case.me.person_id, comment_of(row)
        mine, here = row.author_id == me, domain.shown_to(comment, me)
        may_read = here is Shown.WHOLE or mine
        text = comments.text(row) if may_read else ""
        may_change = mine and here is Shown.WHOLE and readers.takes_more and may(self.case.role, Permission.WRITE_COMMENTS)
        names = self.names(named)
        return CommentView(
            id=row.id,
            author=self._author(row),
            role=row.role,
            mine=mine,
            when=self._ago(row.written_at),
            exact=moment(self.lang, self.case.time_zone, row.written_at),
            changed=say(self.lang, N_("changed, {when}"), when=self._ago(row.touched_at)) if row.changed else "",
            fresh=domain.is_new_to(comment, me, seen.get(me)),
            withdrawn="" if here is Shown.WHOLE else self._withdrawn(row, mine),
            pieces=[
                PieceView("me" if one.person_id == me else "named", f"@{names[one.person_id]}", self._role(one.person_id))
                if one.person_id
                else PieceView("text", one.text)
                for one in domain.pieces(text, named)
            ],
            source=domain.with_names(text, names) if may_change else "",
            version=row.version,
            may_change=may_change,
            leaves=self._leaves(domain.is_read(comment, seen)) if may_change else "",
        )

    def names(self, person_ids: frozenset[str]) -> dict[str, str]:
        """What these people are called now; who has left is called by nobody's name."""
        present = domain.called({one.person_id: one.name for one in self.case.members})
        return {person_id: present.get(person_id) or say(self.lang, N_("somebody who was here before")) for person_id in person_ids}

    def plain(self, row: CommentRow, text: str, named: frozenset[str]) -> PlainComment:
        """One comment to be written out."""
        return PlainComment(
            Kind(row.kind), row.about_id, self._author(row), row.role, row.written_at, row.changed, domain.with_names(text, self.names(named))
        )

    def _author(self, row: CommentRow) -> str:
        member = self.case.member(row.author_id)
        return _first_name(member) if member else say(self.lang, N_("Somebody who was here before"))

    def _role(self, person_id: str) -> str:
        member = self.case.member(person_id)
        return member.role.value if member else ""

    def _ago(self, when: datetime) -> str:
        return ago(self.lang, self.case.time_zone, when, self.case.now)

    def _withdrawn(self, row: CommentRow, mine: bool) -> str:
        when = self._ago(row.withdrawn_at or row.touched_at)
        if not mine:
            return say(self.lang, N_("{name} withdrew a comment: {when}."), name=self._author(row), when=when)
        if row.traced:
            return say(self.lang, N_("You withdrew this: {when}. Only you can still read it; that there was something stays to be seen."), when=when)
        return say(self.lang, N_("You withdrew this: {when}. Only you can still read it; nobody else had."), when=when)

    def _leaves(self, read: bool) -> str:
        if read:
            return say(self.lang, N_("It has been read. Its words will be gone for the others; that you withdrew something stays to be seen."))
        return say(self.lang, N_("Nobody else has read it yet. It will be gone for the others without a trace."))


def count_words(lang: str, count: int, fresh: int) -> CountView:
    """A card's number of comments."""
    words = say_n(lang, "{n} comment", "{n} comments", count)
    if fresh:
        words = say_n(lang, "{comments}, {n} of them new", "{comments}, {n} of them new", fresh, comments=words)
    return CountView(str(count), words, fresh > 0)


def _first_name(member: Member) -> str:
    return member.name.split()[0] if member.name.split() else member.name
