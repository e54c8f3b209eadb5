"""The edge of a handed-over device: the one page that it shows, whatever address is asked for."""

from typing import Any

import reflex as rx

from portal import routes
from portal.accounts.domain import LEAST_DIGITS, MOST_DIGITS, BadPin, NotThePassword, PinUsedUp, PleaseWait, WrongPin
from portal.handovers import service
from portal.handovers.schemas import HandedTask
from portal.kit.refusal import DatabaseGone, NotFound, NotSignedIn, Refusal
from portal.live.bell import bell
from portal.live.policy import anyone, handed_over
from portal.live.state import CasePage

# What the address may say after a form that the browser posted by itself.
_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind for kind in (BadPin, DatabaseGone, NotThePassword, PinUsedUp, PleaseWait, WrongPin)
}


class HandedPage(CasePage, mixin=True):
    """What every task has around it. The page's state shows each task by `_show_task`.

    `authorised` stays off: whatever else this document can show waits for that, and only this page does not.
    """

    ready: bool = False
    task: str = ""
    about: str = ""
    lender: str = ""
    borrower: str = ""
    done: bool = False
    gone: bool = False
    needs_password: bool = False
    wrong: str = ""

    _pins_left: int = 0

    async def _show_task(self, found: HandedTask) -> None:
        """Put the task on the page. Raises NotFound when there is nothing left of it."""
        raise TypeError(f"{type(self).__name__} does not say what it shows")

    @anyone
    async def page_opened(self) -> Any:
        """The page was opened, or any other one was on this device."""
        self.reset()
        identity = await self._recognise()
        if identity is None:
            await bell.leave(self._tab)
            return rx.redirect(routes.SIGN_IN, replace=True)
        if not identity.handed:
            return rx.redirect(routes.HOME, replace=True)
        try:
            await self._show()
            await self._hear((self.case_id,), counts_as_present=False)
        except NotSignedIn:
            return rx.redirect(routes.SIGN_IN, replace=True)
        except Refusal as refusal:
            self._refuse(refusal)
        self._read_address()
        self._set(ready=True)
        return None

    async def _show(self) -> None:
        found = await self._ask(service.task)
        gone = False
        if not found.done:
            try:
                await self._show_task(found)
            except NotFound:
                gone = True
        if found.done or gone:
            self._cover()
        self._pins_left = found.pins_left
        self._set(
            case_id=found.case_id,
            task=found.task.value,
            about=found.about,
            lender=found.lender,
            borrower=found.borrower,
            done=found.done,
            gone=gone,
            needs_password=found.pins_left <= 0,
        )

    def _cover(self) -> None:
        """Nothing of a task that is over stays in this page's state."""
        keeps = {"ready": self.ready, "wrong": self.wrong, "case_id": self.case_id}
        self.reset()
        self._set(**keeps)

    def _read_address(self) -> None:
        kind = _REFUSALS.get(self.router.url.query_parameters.get("why", ""))
        if kind is not None:
            refusal = WrongPin(self._pins_left) if kind is WrongPin else kind
            self._set(wrong=self._say(refusal.sentence, n=self._pins_left, least=LEAST_DIGITS, most=MOST_DIGITS))

    async def _rung(self) -> None:
        try:
            await self._show()
        except Refusal as refusal:
            if isinstance(refusal, NotSignedIn | NotFound):
                self.reset()
                await bell.leave(self._tab)
            else:
                self._refuse(refusal)

    @handed_over(longest=40)
    async def finished(self, op: str) -> None:
        """Whoever holds the device is done with it."""
        await self._do(service.finish, self.about, op=op)
