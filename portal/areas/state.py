"""What the page of a goal holds and hears of life areas; a part of that page."""

from typing import Any

from portal.areas import service
from portal.areas.schemas import AreaView
from portal.kit.i18n import N_
from portal.live.policy import signed_in
from portal.live.state import CasePart, Here


class AreaState(CasePart, Here):
    """The life areas of the case, and whether they are being named."""

    areas: list[AreaView] = []
    some_away: bool = False
    may_write: bool = False
    naming: bool = False
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    async def _show(self) -> None:
        view = await self._ask(service.named, self.case_id, lang=self.lang)
        self._set(areas=view.areas, some_away=any(area.away for area in view.areas), may_write=view.may_write)

    async def _changed(self, words: str, verb: Any, *args: Any, op: str) -> None:
        saved = await self._do(verb, *args, op=op)
        if saved is not None and saved.changed:
            self._set(undo_op=op, undo_words=words, told="")

    @signed_in(longest=60)
    async def naming_opened(self) -> None:
        """The names are to be seen to, or that is done."""
        self.naming = not self.naming

    @signed_in
    async def area_written(self, name: str, op: str) -> None:
        """A life area was added."""
        await self._changed(self._say(N_("Life area added")), service.add, name, op=op)

    @signed_in
    async def area_typed(self, area: str, name: str, version: int, op: str) -> None:
        """A life area was called something else."""
        await self._changed(self._say(N_("Life area renamed")), service.rename, area, name, version, op=op)

    @signed_in(longest=60)
    async def area_put_away(self, area: str, op: str) -> None:
        """A life area is not to be offered any more."""
        await self._changed(self._say(N_("Life area put away")), service.put_away, area, op=op)

    @signed_in(longest=60)
    async def area_offered(self, area: str, op: str) -> None:
        """A life area that was put away is to be offered again."""
        await self._changed(self._say(N_("Life area offered again")), service.offer, area, op=op)

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        saved = await self._do(service.undo, undone, op=op)
        self._set(undo_op="", undo_words="", told=self._say(N_("Undone")) if saved is not None else "")
