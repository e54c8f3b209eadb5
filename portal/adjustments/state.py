"""The edge of agreed changes: what a page shows of them, and what was done on it."""

from collections.abc import Collection
from functools import partial
from typing import Any

import reflex as rx

from portal.access.policy import signed_in
from portal.adjustments import service
from portal.adjustments.schemas import AdjustmentCard, AdjustmentDesk, DoerChoice, Origin, TermsForm
from portal.kit.i18n import N_
from portal.kit.refusal import Refusal

NEW = "new"
"""The place of a proposal that comes out of nothing in particular."""


class ChangesDesk(rx.State, mixin=True):
    """Agreed changes; goes into a page's state together with `CasePage` and `Here`.

    `changes` are those that stand by themselves, `thread_changes` those shown with what they came out of. `proposing` is
    where the form stands open: "new", the id of a share, or the id of a change that shall get other words; `comes_from` is the
    check-in that a new one comes out of.
    """

    changes: list[AdjustmentCard] = []
    thread_changes: list[AdjustmentCard] = []
    settled: list[AdjustmentCard] = []
    doers: list[DoerChoice] = []
    today: str = ""
    usual_review: str = ""
    may_propose: bool = False
    proposing: str = ""
    comes_from: str = ""
    comes_from_words: str = ""
    change_refused_at: str = ""
    change_refused_words: str = ""

    async def _origins(self) -> Collection[str]:
        """The ids of what a change may come out of, as the person may see it now. The page says so."""
        return ()

    def _show_changes(self, desk: AdjustmentDesk, with_threads: frozenset[str]) -> None:
        """Put the changes on the page, those of `with_threads` with their shares."""
        self._set(
            changes=[card for card in desk.living if card.origin_id not in with_threads],
            thread_changes=[card for card in desk.living if card.origin_id in with_threads],
            settled=desk.settled,
            doers=desk.doers,
            today=desk.today,
            usual_review=desk.usual_review,
            may_propose=desk.may_propose,
        )

    async def _change_at(self, place: str, verb: Any, *args: Any, op: str, told: str = "") -> bool:
        """Carry out a change of a change; a refusal is said at `place`. Whether it stands."""
        self._set(change_refused_at="", change_refused_words="", told="")
        await self._do(verb, *args, op=op)
        receipt = next((one for one in self.receipts if one.op == op), None)
        if receipt is not None and receipt.outcome != "saved":
            self._set(change_refused_at=place, change_refused_words=receipt.words, refusal="")
            return False
        if told:
            self._set(told=told)
        return True

    @signed_in(longest=40)
    async def proposing_opened(self, place: str) -> None:
        """Somebody is about to propose a change, or other words for one."""
        self._set(proposing=place, change_refused_at="", change_refused_words="")

    @signed_in(longest=40)
    async def proposing_closed(self) -> None:
        """No proposal after all."""
        self._set(proposing="", comes_from="", comes_from_words="", change_refused_at="", change_refused_words="")

    @signed_in
    async def change_proposed(
        self, place: str, origin: str, origin_id: str, what: str, doer: str, starts: str, review: str, op: str
    ) -> None:
        """Propose a change, out of a share or a check-in or alone."""
        try:
            come_from = Origin.parse(origin, origin_id)
            propose = partial(service.propose, known=await self._origins())
        except Refusal as refusal:
            self._refuse(refusal, op)
            self._set(change_refused_at=place, change_refused_words=self._say(refusal.sentence), refusal="")
            return
        form = TermsForm(what, doer, starts, review)
        if await self._change_at(place, propose, form, come_from, op=op, told=self._say(N_("Proposed."))):
            self._set(proposing="", comes_from="", comes_from_words="")

    @signed_in
    async def change_reworded(self, change: str, version: int, what: str, doer: str, starts: str, review: str, op: str) -> None:
        """Offer other words."""
        form = TermsForm(what, doer, starts, review)
        if await self._change_at(change, service.reword, change, form, version, op=op, told=self._say(N_("Proposed."))):
            self._set(proposing="")

    @signed_in(longest=40)
    async def change_agreed(self, change: str, number: int, op: str) -> None:
        """Yes to the words that were read."""
        await self._change_at(change, service.agree, change, number, op=op, told=self._say(N_("Agreed.")))

    @signed_in(longest=40)
    async def change_declined(self, change: str, number: int, op: str) -> None:
        """No to the words that were read."""
        await self._change_at(change, service.decline, change, number, op=op)

    @signed_in(longest=40)
    async def change_taken_back(self, change: str, op: str) -> None:
        """Take the own words back."""
        await self._change_at(change, service.take_back, change, op=op)

    @signed_in(longest=40)
    async def helped_answered(self, change: str, helped: str, op: str) -> None:
        """Did it help?"""
        await self._change_at(change, service.answer, change, helped, op=op)

    @signed_in(longest=40)
    async def outcome_chosen(self, change: str, outcome: str, op: str) -> None:
        """Keep it, or let it go."""
        await self._change_at(change, service.choose, change, outcome, op=op)
