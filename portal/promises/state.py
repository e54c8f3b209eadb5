"""What the board holds and hears of promises: events in, ready views out. Every change is a verb of the service."""

from typing import Any

from portal.kit.i18n import N_
from portal.kit.refusal import BadInput, NotFound
from portal.live.policy import signed_in
from portal.live.state import CasePart, Here
from portal.promises import service
from portal.promises.domain import Action
from portal.promises.schemas import UNDO_WORDS, ArchivedPromise, PromiseCard, PromiseDetail, PromiseForm, Saved


class PromisesState(CasePart, Here):
    """The promises on the board. `opened` is the card whose words, day and history stand open; the history is read only then."""

    cards: list[PromiseCard] = []
    earlier: list[PromiseCard] = []
    archive: list[ArchivedPromise] = []
    more: str = ""
    earlier_words: str = ""
    archived_words: str = ""
    heading: str = ""
    empty: str = ""
    other: str = ""
    may_promise: bool = False
    takes_part: bool = False
    earlier_shown: bool = False
    archive_shown: bool = False
    opened: str = ""
    detail: PromiseDetail = PromiseDetail()
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    _whole: bool = False
    _entries: int = service.HISTORY

    async def _show(self) -> None:
        board = await self._ask(service.board, self.case_id, lang=self.lang, whole=self._whole, earlier=self.earlier_shown)
        archive = await self._ask(service.archive_of, self.case_id, lang=self.lang) if self.archive_shown else []
        detail = PromiseDetail()
        if self.opened:
            try:
                detail = await self._ask(service.promise, self.case_id, self.opened, lang=self.lang, history=self._entries)
            except NotFound:
                self._set(opened="")
        self._set(
            cards=board.cards,
            earlier=board.earlier,
            archive=archive,
            more=board.more,
            earlier_words=board.earlier_words,
            archived_words=board.archived,
            heading=board.heading,
            empty=board.empty,
            other=board.other,
            may_promise=board.may_promise,
            takes_part=board.takes_part,
            detail=detail,
        )

    async def _changed(self, verb: Any, *args: Any, op: str, action: Action) -> Saved | None:
        saved: Saved | None = await self._do(verb, *args, op=op)
        if saved is not None and saved.changed:
            self._set(undo_op=op, undo_words=self._say(UNDO_WORDS[action]), told="")
        return saved

    @signed_in
    async def promise_made(self, text: str, until: str, choice: str, op: str) -> None:
        """The therapist wrote a promise."""
        await self._changed(service.make, PromiseForm(text, until), op=op, action=Action.MAKE)

    @signed_in(longest=60)
    async def kept_ticked(self, promise: str, kept: bool, version: int, op: str) -> None:
        """The client ticked a promise as kept, or took the tick away."""
        action = Action.KEEP if kept else Action.OPEN_AGAIN
        await self._changed(service.VERBS[action], promise, version, op=op, action=action)

    @signed_in(longest=60)
    async def promise_acted(self, promise: str, act: str, version: int, op: str) -> None:
        """Not kept, open again, in the archive, or back from there."""
        verb = service.VERBS.get(Action(act)) if act in set(Action) else None
        if verb is None:
            self._refuse(BadInput(field="act"), op)
            return
        saved = await self._changed(verb, promise, version, op=op, action=Action(act))
        if saved is not None and act == Action.ARCHIVE and self.opened == promise:
            self._set(opened="", detail=PromiseDetail())

    @signed_in
    async def words_typed(self, promise: str, text: str, version: int, op: str) -> None:
        """The words of a promise were changed."""
        await self._changed(service.reword, promise, text, version, op=op, action=Action.REWORD)

    @signed_in(longest=60)
    async def until_chosen(self, promise: str, day: str, version: int, op: str) -> None:
        """A promise got another day, or none."""
        await self._changed(service.set_until, promise, day, version, op=op, action=Action.DATE)

    @signed_in
    async def taken_back(self, promise: str, version: int, reason: str, op: str) -> None:
        """The therapist took a promise back and said why."""
        await self._changed(service.take_back, promise, reason, version, op=op, action=Action.TAKE_BACK)

    @signed_in(longest=60)
    async def earlier_words_taken(self, change: str, op: str) -> None:
        """An earlier wording was taken again."""
        await self._changed(service.bring_back, change, op=op, action=Action.REWORD)

    @signed_in(longest=60)
    async def promise_opened(self, promise: str) -> None:
        """One card was opened, or closed again."""
        self._entries = service.HISTORY
        self._set(opened="" if self.opened == promise else promise)
        await self._show_or_say()

    @signed_in
    async def older_asked(self) -> None:
        """Look further back in the history."""
        self._entries += service.HISTORY
        await self._show_or_say()

    @signed_in
    async def all_asked(self) -> None:
        """Show every promise that is in view."""
        self._whole = True
        await self._show_or_say()

    @signed_in
    async def earlier_opened(self) -> None:
        """Look at what was settled earlier, or fold it away."""
        self.earlier_shown = not self.earlier_shown
        await self._show_or_say()

    @signed_in
    async def archive_opened(self) -> None:
        """Look into the archive, or close it."""
        self.archive_shown = not self.archive_shown
        await self._show_or_say()

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        saved = await self._do(service.undo, undone, op=op)
        self._set(undo_op="", undo_words="", told=self._say(N_("Undone")) if saved is not None else "")
