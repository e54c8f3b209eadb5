"""The edge of sharing and listening: what a feedback page shows, and what was done on it."""

from collections.abc import Collection
from functools import partial
from typing import Any

import reflex as rx

from portal.access.policy import signed_in
from portal.feedback import service
from portal.feedback.schemas import Desk, DraftCard, KindChoice, MonthFold, ThreadCard
from portal.kit.i18n import N_
from portal.kit.refusal import AlreadyDone, Refusal


class FeedbackDesk(rx.State, mixin=True):
    """Shares, answers and confirmations; goes into a page's state together with `CasePage` and `Here`."""

    may_share: bool = False
    readers: str = ""
    kinds: list[KindChoice] = []
    drafts: list[DraftCard] = []
    open_threads: list[ThreadCard] = []
    months: list[MonthFold] = []
    begun: str = ""
    answering: str = ""
    refused_at: str = ""
    refused_words: str = ""
    told: str = ""

    _months_open: list[str] = []

    async def _goals_known(self) -> Collection[str]:
        """The ids of the goals that the person may tie something to now. The page says so."""
        return ()

    async def _checkins_known(self) -> Collection[str]:
        """The ids of the check-ins that the person may tie something to now. The page says so."""
        return ()

    def _show_desk(self, desk: Desk | None) -> None:
        """Put a desk on the page; none for who may not read feedback."""
        self._set(
            may_share=desk is not None,
            readers=desk.readers if desk else "",
            kinds=desk.kinds if desk else [],
            drafts=desk.drafts if desk else [],
            open_threads=desk.open if desk else [],
            months=desk.months if desk else [],
        )

    async def _at(self, place: str, verb: Any, *args: Any, op: str, told: str = "") -> Any:
        """Carry out a change; a refusal is said at `place`, the card where it happened, and success in `told`."""
        self._set(refused_at="", refused_words="", told="")
        result = await self._do(verb, *args, op=op)
        receipt = next((one for one in self.receipts if one.op == op), None)
        if receipt is not None and receipt.outcome != "saved":
            self._set(refused_at=place, refused_words=receipt.words, refusal="")
        elif told:
            self._set(told=told)
        return result

    async def _keep(self, verb: Any, *args: Any, op: str) -> None:
        """Keep a private text: like `_do`, but nobody else's page is rung for what nobody else may know."""
        version = 0
        try:
            version = await self._ask(verb, self.case_id, *args, op=op)
        except AlreadyDone:
            pass
        except Refusal as refusal:
            self._refuse(refusal, op)
            await self._show_or_say()
            return
        self._confirm(op, version or 0)
        await self._show_or_say()

    # Drafts

    @signed_in(longest=40)
    async def share_begun(self, op: str) -> None:
        """Somebody wants to share something."""
        self._set(refused_at="", refused_words="", told="")
        try:
            begun = await self._ask(service.begin, self.case_id, op=op)
        except AlreadyDone:
            return
        except Refusal as refusal:
            self._refuse(refusal, op)
            return
        self._confirm(op)
        self._set(begun=begun)
        await self._show_or_say()

    @signed_in
    async def share_written(self, share: str, text: str, version: int, op: str) -> None:
        """The words of a draft."""
        await self._keep(service.write, share, text, version, op=op)

    @signed_in(longest=40)
    async def kind_chosen(self, share: str, kind: str, op: str) -> None:
        """What a draft is."""
        if self.refused_at == share:
            self._set(refused_at="", refused_words="")
        await self._keep(service.choose_kind, share, kind, op=op)

    @signed_in(longest=40)
    async def goal_tied(self, share: str, goal: str, op: str) -> None:
        """Which goal a draft is about."""
        await self._tie(service.tie_to_goal, self._goals_known, share, goal, op)

    @signed_in(longest=40)
    async def checkin_tied(self, share: str, checkin: str, op: str) -> None:
        """Which check-in a draft is about."""
        await self._tie(service.tie_to_checkin, self._checkins_known, share, checkin, op)

    async def _tie(self, verb: Any, ask: Any, share: str, chosen: str, op: str) -> None:
        try:
            known = await ask()
        except Refusal as refusal:
            self._refuse(refusal, op)
            return
        await self._quietly_at(share, partial(verb, known=known), share, chosen, op=op)

    @signed_in(longest=40)
    async def pace_planned(self, share: str, not_ready: bool, op: str) -> None:
        """Whether its author will be ready to talk about it."""
        await self._keep(service.plan_pace, share, not_ready, op=op)

    @signed_in
    async def share_held(self, share: str, text: str, version: int, op: str) -> None:
        """Hold it until the session."""
        await self._quietly_at(share, service.hold, share, text, version, op=op, told=self._say(N_("Held. Only you can see it.")))

    @signed_in(longest=40)
    async def share_taken_back(self, share: str, op: str) -> None:
        """Make it a draft again."""
        await self._quietly_at(share, service.take_back, share, op=op)

    @signed_in(longest=40)
    async def share_discarded(self, share: str, op: str) -> None:
        """Delete what nobody else has seen."""
        await self._quietly_at(share, service.discard, share, op=op, told=self._say(N_("Deleted.")))

    async def _quietly_at(self, place: str, verb: Any, *args: Any, op: str, told: str = "") -> None:
        self._set(refused_at="", refused_words="", told="")
        await self._keep(verb, *args, op=op)
        receipt = next((one for one in self.receipts if one.op == op), None)
        if receipt is not None and receipt.outcome != "saved":
            self._set(refused_at=place, refused_words=receipt.words, refusal="")
        elif told:
            self._set(told=told)

    # Shared

    @signed_in
    async def share_sent(self, share: str, text: str, version: int, op: str) -> None:
        """Share it now."""
        await self._at(share, service.share, share, text, version, op=op, told=self._say(N_("Shared.")))

    @signed_in(longest=40)
    async def pace_changed(self, share: str, not_ready: bool, op: str) -> None:
        """The author is ready to talk about it, or is not after all."""
        await self._at(share, service.pace, share, not_ready, op=op)

    @signed_in(longest=40)
    async def share_withdrawn(self, share: str, op: str) -> None:
        """Withdraw it."""
        await self._at(share, service.withdraw, share, op=op, told=self._say(N_("Withdrawn. Its words are gone.")))

    @signed_in(longest=10)
    async def month_opened(self, month: str) -> None:
        """Unfold a month, or fold it up again."""
        if month in self._months_open:
            self._months_open = [one for one in self._months_open if one != month]
        elif month in {one.key for one in self.months}:
            self._months_open = [*self._months_open, month]
        await self._show_or_say()

    # Listening

    @signed_in
    async def box_written(self, share: str, box: str, text: str, version: int, op: str) -> None:
        """One box of an answer that is not sent yet."""
        await self._keep(service.keep_box, share, box, text, version, op=op)

    @signed_in
    async def answer_sent(self, share: str, turn: int, heard: str, felt: str, sense: str, op: str) -> None:
        """The therapist sends what they heard."""
        await self._at(share, service.reflect, share, turn, heard, felt, sense, op=op, told=self._say(N_("Sent.")))

    @signed_in(longest=40)
    async def heard_right(self, share: str, reflection: str, op: str) -> None:
        """Yes, that's it."""
        self._set(answering="")
        await self._at(share, service.confirm, reflection, op=op)

    @signed_in(longest=40)
    async def not_quite_opened(self, reflection: str) -> None:
        """The client is about to say what was missed."""
        self._set(answering=reflection)

    @signed_in(longest=40)
    async def not_quite_closed(self) -> None:
        """Back to the two answers."""
        self._set(answering="")

    @signed_in
    async def missed_written(self, reflection: str, text: str, version: int, op: str) -> None:
        """What was missed, not sent yet."""
        await self._keep(service.keep_missed, reflection, text, version, op=op)

    @signed_in
    async def heard_not_quite(self, share: str, reflection: str, missed: str, op: str) -> None:
        """Not quite."""
        await self._at(share, service.not_quite, reflection, missed, op=op, told=self._say(N_("Sent.")))

    # Outside the rounds

    @signed_in
    async def reply_written(self, share: str, text: str, version: int, op: str) -> None:
        """A word in return, or an idea, not sent yet."""
        await self._keep(self._kept_reply, share, text, version, op=op)

    @signed_in
    async def reply_sent(self, share: str, text: str, op: str) -> None:
        """Send a word in return, or an idea."""
        verb = service.respond if self.role == "client" else service.advise
        await self._at(share, verb, share, text, op=op, told=self._say(N_("Sent.")))

    @property
    def _kept_reply(self) -> Any:
        return service.keep_response if self.role == "client" else service.keep_advice
