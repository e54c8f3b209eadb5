"""What a page with comments holds and hears; one state is put on each page that has things to comment on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import reflex as rx

from portal.comments import service
from portal.comments.domain import Kind
from portal.comments.schemas import CountView, Saved, ThreadView, Wanted
from portal.kit.i18n import N_
from portal.kit.ids import new_id
from portal.kit.refusal import Refusal
from portal.live.bell import bell
from portal.live.policy import signed_in
from portal.live.state import CasePage, CasePart, Here


class CommentsDesk(rx.State, mixin=True):
    """The comments on what a page shows; goes into a state together with `CasePart` and `Here`."""

    threads: list[ThreadView] = []
    changing: str = ""
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    _kind: str = ""
    _about: list[str] = []
    _whole: list[str] = []
    _newest: dict[str, datetime] = {}
    # What was new when it was first shown here stays marked until the page is opened again.
    _were_new: list[str] = []

    def _shown_on(self, page: CasePage) -> tuple[Kind, Sequence[str]]:
        """What the page shows: of which kind, and which ones. The page says so."""
        raise TypeError(f"{type(self).__name__} does not say what its comments are about")

    async def _show_on(self, page: CasePage, *, opening: bool) -> None:
        if opening:
            self.reset()
        kind, about = self._shown_on(page)
        self._kind, self._about = kind.value, list(about)
        await super()._show_on(page, opening=False)

    async def _show(self) -> None:
        found: list[ThreadView] = []
        if self._about:
            wanted = Wanted(self._kind, tuple(self._about), frozenset(self._whole))
            found = await self._ask(service.threads, self.case_id, wanted, lang=self.lang)
        self._newest = {one.about_id: one.newest for one in found if one.newest is not None}
        fresh = [each.id for one in found for each in one.comments if each.fresh]
        self._were_new = [*self._were_new, *(one for one in fresh if one not in self._were_new)]
        self._set(
            threads=[
                replace(one, newest=None, comments=[replace(each, fresh=each.id in self._were_new) for each in one.comments]) for one in found
            ]
        )

    def _offer_undo(self, saved: Saved | None, op: str, words: str) -> None:
        if saved is not None and saved.changed:
            self._set(undo_op=op, undo_words=words, told="")

    @signed_in
    async def comment_sent(self, kind: str, about: str, text: str, op: str) -> None:
        """Somebody wrote a comment."""
        self._offer_undo(await self._do(service.add, kind, about, text, op=op), op, self._say(N_("Your comment is there")))

    @signed_in(longest=40)
    async def change_opened(self, comment: str) -> None:
        """Somebody wants to change a comment of theirs."""
        self._set(changing=comment)

    @signed_in(longest=40)
    async def change_closed(self) -> None:
        """It stays as it is."""
        self._set(changing="")

    @signed_in
    async def comment_changed(self, comment: str, text: str, version: int, op: str) -> None:
        """A comment was written anew."""
        saved = await self._do(service.change, comment, text, version, op=op)
        if saved is not None:
            self._set(changing="")
        self._offer_undo(saved, op, self._say(N_("Your comment was changed")))

    @signed_in(longest=40)
    async def comment_withdrawn(self, comment: str, op: str) -> None:
        """A comment was withdrawn."""
        self._offer_undo(await self._do(service.withdraw, comment, op=op), op, self._say(N_("Withdrawn")))

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        saved = await self._do(service.undo, undone, op=op)
        self._set(undo_op="", undo_words="", told=self._say(N_("Undone")) if saved is not None else "")

    @signed_in(longest=40)
    async def earlier_asked(self, about: str) -> None:
        """Show every comment about a thing."""
        if about in self._about and about not in self._whole:
            self._whole = [*self._whole, about]
            await self._show_or_say()

    @signed_in(longest=40)
    async def comments_read(self, about: str) -> None:
        """The comments about a thing stood before somebody's eyes."""
        newest = self._newest.get(about)
        if newest is None:
            return
        try:
            await self._ask(service.see, self.case_id, self._kind, about, newest, op=new_id())
        except Refusal:
            return  # a quiet mark: where it cannot be made now, it is made another time
        # Their home in another tab no longer says that something waits.
        await bell.ring(self.case_id, but=self._tab)
        await self._show_or_say()


class GoalComments(CommentsDesk, CasePart, Here):
    """The comments on a goal's own page."""

    def _shown_on(self, page: Any) -> tuple[Kind, Sequence[str]]:
        return Kind.GOAL, [page.goal_shown.id] if page.goal_shown.id else []


class CheckInComments(CommentsDesk, CasePart, Here):
    """The comments on a check-in's page."""

    def _shown_on(self, page: Any) -> tuple[Kind, Sequence[str]]:
        return Kind.CHECKIN, [page.checkin_id] if page.checkin_id else []


class ShareComments(CommentsDesk, CasePart, Here):
    """The comments under the shares of the feedback page, as far as these are unfolded."""

    def _shown_on(self, page: Any) -> tuple[Kind, Sequence[str]]:
        return Kind.SHARE, [one.id for one in (*page.open_threads, *(each for month in page.months for each in month.threads))]


class BoardComments(CasePart, Here):
    """How many comments each goal on the board has."""

    counts: dict[str, CountView] = {}

    async def _show(self) -> None:
        self._set(counts=await self._ask(service.counts_on_goals, self.case_id, lang=self.lang))
