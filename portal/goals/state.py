"""What the goal pages hold and hear: events in, ready views out. Every change is a verb of the service."""

from typing import Any

from portal import routes
from portal.access.identity import Identity
from portal.goals import service
from portal.goals.domain import COLUMN_OF, Action, Column, Filter, GoalStatus
from portal.goals.schemas import (
    COLUMN_WORDS,
    UNDO_WORDS,
    ArchivedGoal,
    ColumnView,
    FindView,
    GoalDetail,
    GoalReading,
    HistoryEntry,
    Owner,
    Saved,
    StepDetail,
    is_filter,
    parse_filter,
)
from portal.kit.i18n import N_
from portal.kit.refusal import BadInput, NotFound, Refusal
from portal.live.policy import signed_in
from portal.live.state import CasePage, Here

_NO_COLUMN = ColumnView([], 0, "")


def _action(name: str) -> Action | None:
    try:
        return Action(name)
    except ValueError:
        return None


class BoardState(CasePage, Here):
    """The board: one var per column, so that an edit sends one column only."""

    ideas: ColumnView = _NO_COLUMN
    agreed: ColumnView = _NO_COLUMN
    working: ColumnView = _NO_COLUMN
    reached: ColumnView = _NO_COLUMN
    let_go: ColumnView = _NO_COLUMN
    found: FindView = FindView()
    empty: bool = False
    others: str = ""
    may_write: bool = False
    archived_words: str = ""
    archive_shown: bool = False
    archive: list[ArchivedGoal] = []
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    _unfolded: list[str] = []
    _address: str = ""
    _were_shown: frozenset[str] = frozenset()

    async def _open(self, identity: Identity) -> Any:
        # What is looked for stands in the address alone: so it survives a reload, and the way to a card and back.
        self._address = self.router.url.fragment
        return await super()._open(identity)

    async def _show(self, wanted: Filter | None = None) -> None:
        board = await self._ask(
            service.board,
            self.case_id,
            lang=self.lang,
            unfolded=frozenset(self._unfolded),
            wanted=wanted,
            address=self._address,
            private=not self.hides_private,
        )
        self._address = board.found.kept
        archive = []
        if self.archive_shown:
            archive = await self._ask(service.archive_of, self.case_id, lang=self.lang, address=self._address, private=not self.hides_private)
        self._set(
            **board.columns,
            found=board.found,
            empty=board.empty,
            others=board.others,
            may_write=board.may_write,
            archived_words=board.archived,
            archive=archive,
        )

    async def _do(self, verb: Any, *args: Any, op: str, **kwargs: Any) -> Any:
        self._were_shown = self._cards()
        return await super()._do(verb, *args, op=op, **kwargs)

    def _cards(self) -> frozenset[str]:
        return frozenset(card.id for column in Column for card in getattr(self, column.value).cards)

    def _offer_undo(self, saved: Saved | None, op: str, words: str, *, new: bool = False) -> None:
        if saved is None or not saved.changed:
            return
        shown = self._cards()
        if self.found.active and (saved.id not in shown if new else self._were_shown - shown):
            words = self._say(N_("{told}. What you look for hides it now."), told=words)
        self._set(undo_op=op, undo_words=words, told="")

    def _place(self, goal: str, column: Column) -> str:
        view: ColumnView = getattr(self, column.value)
        place = next((number for number, card in enumerate(view.cards, 1) if card.id == goal), 0)
        name = self._say(COLUMN_WORDS[column])
        if not place:
            return self._say(N_("Now in: {column}"), column=name)
        return self._say(N_("Now in: {column}, place {place} of {all}"), column=name, place=place, all=view.count)

    @signed_in
    async def idea_written(self, title: str, why: str, choice: str, op: str) -> None:
        """Somebody wrote a goal down, for themselves or as a proposal."""
        proposes = choice == "propose"
        saved = await self._do(service.add, title, why, proposes=proposes, op=op)
        self._offer_undo(saved, op, self._say(UNDO_WORDS[Action.PROPOSE if proposes else Action.ADD]), new=True)

    @signed_in(longest=60)
    async def goal_moved(self, goal: str, column: str, after: str, before: str, version: int, op: str) -> None:
        """A card was dropped, or moved by keys or menu, between two others ("": the column's end)."""
        saved = await self._do(service.move, goal, column, after, version, before=before, op=op)
        if saved is not None and saved.changed:
            self._offer_undo(saved, op, self._place(goal, Column(column)))

    @signed_in(longest=60)
    async def goal_acted(self, goal: str, act: str, version: int, op: str) -> None:
        """Something of the card's menu was chosen, or a question on the card answered."""
        await _act(self, goal, act, version, op)

    @signed_in(longest=60)
    async def step_ticked(self, step: str, done: bool, op: str) -> None:
        """A small step on a card was ticked or opened again."""
        saved = await self._do(service.tick_step, step, done, op=op)
        self._offer_undo(saved, op, self._say(UNDO_WORDS[Action.TICK_STEP if done else Action.UNTICK_STEP]))

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        await _undo(self, undone, op)

    @signed_in(longest=240)
    async def filter_chosen(self, text: str, area: str, status: str, owner: str, due: str) -> None:
        """Somebody looks for goals: with every pause in typing, and with each choice."""
        try:
            await self._show(parse_filter(text, area, status, owner, due))
        except Refusal as refusal:
            self._refuse(refusal)

    @signed_in
    async def address_changed(self) -> None:
        """The part of the address that keeps what is looked for was changed by hand, or by the browser's history."""
        self._address = self.router.url.fragment
        await self._show_or_say()

    @signed_in(longest=20)
    async def column_unfolded(self, column: str) -> None:
        """Show a whole column."""
        if column in list(Column) and column not in self._unfolded:
            self._unfolded = [*self._unfolded, column]
            await self._show_or_say()

    @signed_in
    async def archive_opened(self) -> None:
        """Look into the archive, or close it."""
        self.archive_shown = not self.archive_shown
        await self._show_or_say()


class HandedGoal(CasePage, mixin=True):
    """One goal to be read on a device that was handed over; goes into a page's state together with `Here`."""

    reading: GoalReading = GoalReading()

    async def _show_goal(self, case_id: str, goal_id: str) -> None:
        self._set(reading=await self._ask(service.handed_reading, case_id, goal_id, lang=self.lang))


class GoalState(CasePage, Here):
    """One goal: its wording, steps and dates; the history is read only while it is open."""

    goal_shown: GoalDetail = GoalDetail()
    board_hash: str = ""
    steps: list[StepDetail] = []
    owners: list[Owner] = []
    history: list[HistoryEntry] = []
    history_shown: bool = False
    older: bool = False
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    _entries: int = 0
    _opened: bool = False

    async def _show(self) -> None:
        try:
            page = await self._ask(
                service.goal, self.case_id, self._from_address(routes.GOAL_PARAM), lang=self.lang, history=self._entries
            )
        except NotFound:
            if not self._opened:
                raise
            # It was taken back, or put away as somebody's own idea, while this page was open.
            self._set(missing=True, goal_shown=GoalDetail(), steps=[], history=[], undo_op="")
            return
        self._opened = True
        # What was looked for on the board goes along in the address, for the way back.
        fragment = self.router.url.fragment
        self._set(board_hash=f"#{fragment}" if is_filter(fragment) else "")
        self._set(missing=False, goal_shown=page.goal, steps=page.steps, owners=page.owners, history=page.history, older=page.older)

    def _offer_undo(self, saved: Saved | None, op: str, words: str) -> None:
        if saved is not None and saved.changed:
            self._set(undo_op=op, undo_words=words, told="")

    async def _changed(self, verb: Any, *args: Any, op: str, action: Action) -> None:
        saved = await self._do(verb, *args, op=op)
        self._offer_undo(saved, op, self._say(UNDO_WORDS[action]))

    @property
    def _goal_id(self) -> str:
        return self._from_address(routes.GOAL_PARAM)

    @signed_in(longest=60)
    async def goal_acted(self, act: str, version: int, op: str) -> None:
        """The goal was moved on, or a question about it answered."""
        await _act(self, self._goal_id, act, version, op)

    @signed_in
    async def area_chosen(self, area: str, version: int, op: str) -> None:
        """A life area was chosen, written, or taken away."""
        await self._changed(service.set_area, self._goal_id, area, version, op=op, action=Action.SET_AREA)

    @signed_in(longest=60)
    async def review_chosen(self, day: str, version: int, op: str) -> None:
        """A day to look again was chosen."""
        await self._changed(service.set_review, self._goal_id, day, version, op=op, action=Action.SET_REVIEW)

    @signed_in(longest=60)
    async def due_chosen(self, day: str, version: int, op: str) -> None:
        """A day was chosen until which the goal is meant to be reached."""
        await self._changed(service.set_due, self._goal_id, day, version, op=op, action=Action.SET_DUE)

    @signed_in
    async def step_written(self, text: str, owner: str, op: str) -> None:
        """A small step was added."""
        await self._changed(service.add_step, self._goal_id, text, owner, op=op, action=Action.ADD_STEP)

    @signed_in
    async def step_typed(self, step: str, text: str, version: int, op: str) -> None:
        """A step's words were changed."""
        await self._changed(service.reword_step, step, text, version, op=op, action=Action.REWORD_STEP)

    @signed_in(longest=60)
    async def step_ticked(self, step: str, done: bool, op: str) -> None:
        """A step was ticked or opened again."""
        await self._changed(service.tick_step, step, done, op=op, action=Action.TICK_STEP if done else Action.UNTICK_STEP)

    @signed_in(longest=60)
    async def step_handed(self, step: str, owner: str, version: int, op: str) -> None:
        """It was said whose step it is."""
        await self._changed(service.hand_step, step, owner, version, op=op, action=Action.HAND_STEP)

    @signed_in(longest=60)
    async def step_dated(self, step: str, day: str, version: int, op: str) -> None:
        """A step got a day."""
        await self._changed(service.date_step, step, day, version, op=op, action=Action.DATE_STEP)

    @signed_in(longest=60)
    async def step_removed(self, step: str, op: str) -> None:
        """A step was taken away."""
        await self._changed(service.remove_step, step, op=op, action=Action.REMOVE_STEP)

    @signed_in
    async def history_opened(self) -> None:
        """Look at the history, or close it."""
        self.history_shown = not self.history_shown
        self._entries = service.HISTORY if self.history_shown else 0
        await self._show_or_say()

    @signed_in
    async def older_asked(self) -> None:
        """Look further back."""
        self._entries += service.HISTORY
        await self._show_or_say()

    @signed_in(longest=60)
    async def earlier_taken(self, change: str, op: str) -> None:
        """An earlier text was taken again."""
        await self._do(service.bring_back, change, op=op)

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        await _undo(self, undone, op)


_LANDS: dict[Action, GoalStatus] = {
    Action.AGREE: GoalStatus.AGREED,
    Action.START: GoalStatus.WORKING,
    Action.SET_BACK: GoalStatus.AGREED,
    Action.REACH: GoalStatus.REACHED,
    Action.LET_GO: GoalStatus.LET_GO,
    Action.TAKE_UP: GoalStatus.WORKING,
}


async def _act(page: BoardState | GoalState, goal: str, act: str, version: int, op: str) -> None:
    """One of the verbs that need a goal and the version that was seen; an unknown name is refused like bad input."""
    action = _action(act)
    verb = service.put_in_focus if action is Action.FOCUS else service.VERBS.get(action) if action else None
    if verb is None or action is None:
        page._refuse(BadInput(field="act"), op)
        return
    saved = await page._do(verb, goal, version, op=op)
    words = page._say(UNDO_WORDS[action])
    if action in _LANDS and isinstance(page, BoardState):
        words = page._place(goal, COLUMN_OF[_LANDS[action]])
    page._offer_undo(saved, op, words)


async def _undo(page: BoardState | GoalState, undone: str, op: str) -> None:
    saved = await page._do(service.undo, undone, op=op)
    page._set(undo_op="", undo_words="", told=page._say(N_("Undone")) if saved is not None else "")
