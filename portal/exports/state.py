"""The edge of exports: what is being made for this page's person, asked for again while it is, and the page that is printed."""

from functools import partial
from typing import Any

import reflex as rx

from portal import routes
from portal.access.identity import Identity
from portal.decisions import service as decisions
from portal.exports import service
from portal.exports.domain import UNDER_WAY, Status
from portal.exports.schemas import ExportLine, PrintGroup, paper_of, printed, with_decisions
from portal.kit.i18n import N_
from portal.kit.ids import new_id
from portal.kit.refusal import NotFound, NotSignedIn, Refusal
from portal.live.bell import bell
from portal.live.policy import anyone, signed_in
from portal.live.state import CasePage, Here, SignedInPage

PRINT = "print"
_SOON = 700
"""Milliseconds between two looks at an export that is being made."""


class ExportState(SignedInPage, Here):
    """The copies that were asked for from the page; it looks again by itself while something is under way."""

    exports: list[ExportLine] = []
    export_told: str = ""
    look_again_in: int = 0
    looks: int = 0

    _known: dict[str, str] = {}

    @property
    def _case_id(self) -> str:
        return self._from_address(routes.CASE_PARAM)

    @property
    def _goal_id(self) -> str:
        return self._from_address(routes.GOAL_PARAM)

    async def _show(self) -> None:
        lines = await self._ask(service.mine, self._case_id, lang=self.lang)
        told = [self._told(line) for line in lines if self._known.get(line.id) != line.status]
        self._known = {line.id: line.status for line in lines}
        self._set(exports=lines, look_again_in=_SOON if any(line.status in set(UNDER_WAY) for line in lines) else 0)
        if any(told):
            self._set(export_told=" ".join(filter(None, told)))

    def _told(self, line: ExportLine) -> str:
        """What a screen reader hears when something became of an export; percentages are for who asks for them."""
        if line.status == Status.QUEUED or (line.status == Status.RUNNING and line.id in self._known):
            return ""
        if line.status == Status.READY:
            return self._say(N_("{what}: ready to be downloaded"), what=line.words) if line.id in self._known else ""
        return f"{line.words}: {line.note}"

    @anyone
    async def desk_opened(self) -> None:
        """The page was opened: what is under way is shown at once. Whether the page may be shown, the page's own state says."""
        self._known = {}
        self._set(exports=[], export_told="", look_again_in=0)
        try:
            await self._show()
        except Refusal:
            return

    @signed_in
    async def looked_again(self) -> None:
        """Some time went by while something was being made, or a file was fetched that may be there no more.

        Nothing looks again for a file's end: a page that asks by itself would keep its person signed in.
        """
        try:
            await self._show()
            self.looks += 1
        except (NotSignedIn, NotFound):
            self._set(exports=[], look_again_in=0)
        except Refusal:
            # Storage is away for a moment: what stands there stays, and is looked at once more.
            self.looks += 1

    @signed_in(longest=40)
    async def copy_chosen(self, choice: str, op: str) -> Any:
        """Something of the menu: the page to print, or a kind of file."""
        if choice == PRINT:
            self._confirm(op)
            page = routes.PRINT_GOAL if self._goal_id else routes.PRINT_GOALS
            return rx.redirect(routes.in_case(page, self._case_id, goal=self._goal_id))
        await self._ask_for(choice, self._goal_id, op)
        return None

    @signed_in(longest=60)
    async def copy_wanted_again(self, export_id: str, op: str) -> None:
        """The same once more, in place of one that failed or whose time was over."""
        before = next((line for line in self.exports if line.id == export_id), None)
        if before is None:
            self._refuse(NotFound(), op)
        elif await self._ask_for(before.kind, before.goal_id, op):
            await self._change(partial(service.drop, op=new_id()), self._case_id, export_id)

    @signed_in(longest=60)
    async def copy_dropped(self, export_id: str, op: str) -> None:
        """Cancelled while it was being made, or thrown away."""
        await self._store(op, partial(service.drop, op=op), self._case_id, export_id)
        await bell.ring(self._case_id, but=self._tab)

    async def _ask_for(self, kind: str, goal_id: str, op: str) -> bool:
        asked = await self._store(op, partial(service.ask, op=op), self._case_id, kind, goal_id, self.lang)
        if asked is not None:
            # Whoever has the log of who looked open sees it there.
            await bell.ring(self._case_id, but=self._tab)
        return asked is not None


class PrintState(CasePage, Here):
    """The goals as they stand on paper: the whole board, or one goal."""

    title: str = ""
    footer: str = ""
    groups: list[PrintGroup] = []
    goal_id: str = ""

    async def _open(self, identity: Identity) -> Any:
        case_id = await self._which_case(identity)
        self.goal_id = self._from_address(routes.GOAL_PARAM)
        # Before anything is shown: who opens this page has a copy.
        await self._ask(partial(service.note_print, op=new_id()), case_id, self.goal_id)
        await bell.ring(case_id, but=self._tab)
        return await super()._open(identity)

    async def _show(self) -> None:
        sheet = await self._ask(service.sheet, self.case_id, self.goal_id, lang=self.lang)
        sheet = with_decisions(sheet, await self._ask(decisions.every, self.case_id), everything=False)
        self._set(title=sheet.title, footer=sheet.footer, groups=printed(paper_of(sheet)))
