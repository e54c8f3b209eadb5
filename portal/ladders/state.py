"""What the pages hold and hear of ladders; each state is a part of a page of goals or of the course."""

from typing import Any

from portal import routes
from portal.kit.i18n import N_
from portal.ladders import service
from portal.ladders.domain import Action
from portal.ladders.schemas import UNDO_WORDS, LadderSaved, LaddersView, LadderView
from portal.live.policy import signed_in
from portal.live.state import CasePart, Here


class LadderState(CasePart, Here):
    """The ladder of one goal, on its own page."""

    ladder: LadderView = LadderView()
    history_shown: bool = False
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    @property
    def _goal_id(self) -> str:
        return self._from_address(routes.GOAL_PARAM)

    async def _show(self) -> None:
        self._set(ladder=await self._ask(service.of_goal, self.case_id, self._goal_id, lang=self.lang, history=self.history_shown))

    async def _changed(self, verb: Any, *args: Any, op: str, action: Action) -> None:
        saved: LadderSaved | None = await self._do(verb, *args, op=op)
        if saved is not None and saved.changed:
            self._set(undo_op=op, undo_words=self._say(UNDO_WORDS[action]), told="")

    @signed_in(longest=60)
    async def ladder_begun(self, op: str) -> None:
        """Somebody begins a ladder for this goal."""
        await self._do(service.begin, self._goal_id, op=op)

    @signed_in(longest=60)
    async def start_chosen(self, start: str, version: int, op: str) -> None:
        """It was said where it started."""
        await self._changed(service.start_from, self.ladder.id, start, version, op=op, action=Action.START)

    @signed_in(longest=60)
    async def weight_chosen(self, weight: str, version: int, op: str) -> None:
        """It was said how much the goal counts."""
        number = int(weight) if weight.isdecimal() and weight.isascii() else -1
        await self._changed(service.weigh, self.ladder.id, number, version, op=op, action=Action.WEIGH)

    @signed_in(longest=60)
    async def level_chosen(self, level: str, version: int, op: str) -> None:
        """Somebody said: we are here."""
        await self._changed(service.say_now, level, version, op=op, action=Action.TICK)

    @signed_in(longest=60)
    async def words_taken(self, change: str, op: str) -> None:
        """Earlier words of a level were taken again."""
        await self._changed(service.bring_back, change, op=op, action=Action.WRITE)

    @signed_in
    async def history_opened(self) -> None:
        """Look at the ladder's history, or close it."""
        self.history_shown = not self.history_shown
        await self._show_or_say()

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        saved = await self._do(service.undo, undone, op=op)
        self._set(undo_op="", undo_words="", told=self._say(N_("Undone")) if saved is not None else "")


class CourseLadderState(CasePart, Here):
    """The score over all ladders, on the page of the course."""

    ladders: LaddersView = LaddersView([], "", "", "", "")

    async def _show(self) -> None:
        self._set(ladders=await self._ask(service.summary, self.case_id, lang=self.lang))
