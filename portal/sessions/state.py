"""The edge of the session: the quiet line on every page while one runs, and what is brought and written on its own page."""

import asyncio
from datetime import datetime
from typing import Any

import reflex as rx

from portal import routes
from portal.access.gate import Caller
from portal.access.policy import signed_in
from portal.adjustments import service as adjustments
from portal.cases import service as cases
from portal.checkins import service as checkins
from portal.decisions import service as decisions
from portal.goals import service as goals
from portal.kit.i18n import N_, clock_time, day_short, say, weekday
from portal.kit.refusal import AlreadyDone, Forbidden, NotFound, Refusal
from portal.live.bell import bell
from portal.live.state import CasePage, Here, beside_every_case
from portal.promises import service as promises
from portal.sessions import service
from portal.sessions.domain import Kind, Place
from portal.sessions.schemas import (
    SHARE_PARAM,
    Around,
    Bar,
    BroughtCard,
    LinesForm,
    PaperCard,
    PickLine,
    SessionView,
    SpotForm,
    ThingForm,
    bar_of,
    brought_cards,
    paper,
    pick_lines,
    row_param_of,
    spot_of,
)


def collected(caller: Caller, case_id: str, since: datetime, lang: str) -> tuple[str, ...]:
    """What was changed in the case since a moment, a line each, as the rooms tell it."""
    lines = [line for room in (goals, promises, decisions, adjustments, checkins) for line in room.changed_since(caller, case_id, since, lang)]
    facts = cases.facts(caller, case_id)
    at, zone = facts.next_session_at, facts.time_zone
    if at is not None and at > facts.now:
        words = N_("Next session: {weekday}, {day} at {time}")
        lines.append(say(lang, words, weekday=weekday(lang, zone, at), day=day_short(lang, zone, at), time=clock_time(lang, zone, at)))
    return tuple(lines)


class SessionBarState(Here):
    """The session that runs in the case whose page is open, and how the two go from page to page in it.

    `lasts` is in seconds, as of the last time that a page was opened; `heard` is the last step of this tab that was heard of.
    """

    bar: Bar = Bar()
    lasts: int = 0
    heard: str = ""
    undo_op: str = ""
    undo_words: str = ""

    _case_id: str = ""
    _undoes: str = ""

    async def _look(self, case_id: str, *, opening: bool) -> None:
        """Show the line as it is now."""
        try:
            seen = await self._ask(service.glance, case_id)
        except (Forbidden, NotFound):
            seen = None  # a supervisor takes no part in sessions, and a device that was handed over knows of none
        before = self.bar.id
        self._case_id = case_id
        self._set(bar=bar_of(self.lang, case_id, seen), hides_private=seen is not None and seen.hides_private)
        if seen is not None and (opening or seen.id != before):
            self._set(lasts=int(seen.lasts.total_seconds()))
        if opening:
            self._set(undo_op="", undo_words="")

    async def _act(self, verb: Any, *args: Any, op: str) -> Any:
        """Carry out a change of the session, and show it on every page of the case, this one too."""
        result = None
        try:
            result = await self._ask(verb, self._case_id, *args, op=op)
        except AlreadyDone:
            pass
        except Refusal as refusal:
            self._refuse(refusal, op)
            await bell.ring(self._case_id)
            return None
        self._confirm(op)
        await bell.ring(self._case_id)
        return result

    def _offer_undo(self, what: str, op: str, words: str) -> None:
        self._undoes = what
        self._set(undo_op=op, undo_words=words)

    @signed_in(longest=40)
    async def session_started(self, one_screen: bool, op: str) -> None:
        """The therapist begins a session."""
        if await self._act(service.start, one_screen, self.lang, op=op):
            self._offer_undo("", op, self._say(N_("The session has begun.")))

    @signed_in(longest=40)
    async def screens_chosen(self, one_screen: bool, op: str) -> None:
        """Both look at this screen, or each has their own."""
        await self._act(service.choose_screens, one_screen, op=op)

    @signed_in(longest=40)
    async def end_reached(self, op: str) -> None:
        """The session comes to its end: what was changed is collected."""
        self._set(undo_op="")
        try:
            view = await self._ask(service.view, self._case_id)
            lines = await self._ask(collected, self._case_id, view.running.started_at, view.running.language) if view.running else ()
        except Refusal as refusal:
            self._refuse(refusal, op)
            return
        await self._end_open_checkin()
        await self._act(service.come_to_end, LinesForm(lines), op=op)

    @signed_in(longest=40)
    async def session_went_on(self, op: str) -> None:
        """It was not the end yet."""
        await self._act(service.go_on, op=op)

    @signed_in(longest=40)
    async def session_ended(self, op: str) -> None:
        """The therapist ends the session."""
        ended = self.bar.id
        await self._end_open_checkin()
        await self._act(service.end, op=op)
        if any(one.op == op and one.outcome == "saved" for one in self.receipts):
            self._offer_undo(ended, op, self._say(N_("The session has ended.")))

    async def _end_open_checkin(self) -> None:
        """A check-in that was open when the session began has ended with that. It is written down now, before the plan moves on."""
        if self.bar.leads and await asyncio.to_thread(checkins.keep_time, self._case_id):
            await bell.ring(self._case_id)

    @signed_in(longest=40)
    async def undo_pressed(self, op: str) -> None:
        """Take the beginning or the end back, within ten seconds."""
        undoes = self._undoes
        self._set(undo_op="", undo_words="")
        if undoes:
            await self._act(service.reopen, undoes, op=op)
        else:
            await self._act(service.call_off, op=op)

    @signed_in(longest=40)
    async def going_along_chosen(self, along: bool, op: str) -> None:
        """Go along with the other, or look around alone."""
        await self._act(service.go_along, along, op=op)

    @signed_in(longest=40)
    async def went(self, seen: int, op: str) -> None:
        """This person went to another page of the case: who goes along is led there too.

        Where to is not asked of the browser but read off the page that is open, and only if it is one of the pages for both.
        """
        try:
            spot = await self._spot_of_page()
            if spot is not None:
                await self._ask(service.go_to, self._case_id, spot, seen, op=op)
                await bell.ring(self._case_id, but=self._tab)
            await self._look(self._case_id, opening=False)
        except Refusal:
            pass  # a step that could not be told about is no matter: the line shows where both are
        self._set(heard=op)

    async def _spot_of_page(self) -> SpotForm | None:
        route = self.router.route_id
        if not self._case_id or self._from_address(routes.CASE_PARAM) != self._case_id:
            return None
        row_param = row_param_of(route)
        spot = spot_of(route, self._from_address(row_param) if row_param else "")
        if spot is None:
            return None
        if spot.place == Place.FEEDBACK:
            return SpotForm(spot.place, self.router.url.query_parameters.get(SHARE_PARAM, ""))
        room = {Place.GOAL: goals, Place.CHECKIN: checkins, Place.DECISION: decisions}.get(Place(spot.place))
        seen = room is None or await self._ask(room.both_see, self._case_id, spot.row_id)
        return spot if seen else None

    @signed_in
    async def stayed(self) -> None:
        """The page lies open in front of the two while they talk: that is use of the portal, and nothing else happens."""


async def _show_bar(page: CasePage, opening: bool) -> None:
    bar = await page.get_state(SessionBarState)
    await bar._look(page.case_id, opening=opening)


beside_every_case(_show_bar)


class SessionDesk(rx.State, mixin=True):
    """What is brought and what was agreed; goes into a page's state together with `CasePage` and `Here`."""

    stage: str = ""
    now: PaperCard = PaperCard()
    last: PaperCard = PaperCard()
    earlier: list[PaperCard] = []
    more: bool = False
    brought: list[BroughtCard] = []
    picking: bool = False
    share_picks: list[PickLine] = []
    gap_picks: list[PickLine] = []
    goal_picks: list[PickLine] = []
    change_picks: list[PickLine] = []
    may_lead: bool = False
    may_bring: bool = False
    one_screen: bool = False
    client: str = ""
    others: str = ""
    people: str = ""
    unwritten: list[str] = []

    _further: bool = False
    _known: list[str] = []

    def _show_view(self, view: SessionView, around: Around, unwritten: tuple[str, ...]) -> None:
        """Put a view on the page."""
        running, lang, picks = view.running, self.lang, self.picking and view.may_bring
        past = [one for one in view.sessions if one is not running]
        self._known = [f"{thing.kind}{thing.row_id}{thing.item}" for thing in around.things]
        self._set(
            stage=running.phase.value if running else "none",
            now=paper(lang, view, running) if running else PaperCard(),
            last=paper(lang, view, past[0]) if past else PaperCard(),
            earlier=[paper(lang, view, one) for one in past[1:]],
            more=view.more,
            brought=brought_cards(lang, view, around),
            share_picks=pick_lines(view, around, Kind.SHARE) if picks else [],
            gap_picks=pick_lines(view, around, Kind.GAP) if picks else [],
            goal_picks=pick_lines(view, around, Kind.GOAL) if picks else [],
            change_picks=pick_lines(view, around, Kind.CHANGE) if picks else [],
            may_lead=view.may_lead,
            may_bring=view.may_bring,
            one_screen=running is not None and running.one_screen,
            client=view.clients,
            others=view.others,
            people=view.people,
            unwritten=list(unwritten),
        )

    @signed_in
    async def picking_chosen(self, picking: bool) -> None:
        """Show what could be brought, or put it away."""
        self._set(picking=picking)
        await self._show_or_say()

    @signed_in(longest=40)
    async def brought_along(self, kind: str, row: str, item: str, op: str) -> None:
        """The client picks something to bring."""
        if f"{kind}{row}{item}" not in self._known:
            self._refuse(NotFound(), op)
            return
        await self._do(service.bring, ThingForm(kind, row, item), op=op)

    @signed_in(longest=40)
    async def left_out(self, brought: str, op: str) -> None:
        """Not this after all."""
        await self._do(service.leave_out, brought, op=op)

    @signed_in(longest=40)
    async def lines_added(self, session: str, op: str) -> None:
        """What was changed is added to what was agreed."""
        await self._do(service.add_lines, session, LinesForm(tuple(self.unwritten)), op=op)

    @signed_in(longest=40)
    async def text_kept(self, session: str, op: str) -> None:
        """It stays as it is."""
        await self._do(service.keep, session, op=op)

    @signed_in(longest=40)
    async def text_taken_up(self, session: str, op: str) -> None:
        """Something is missing after all."""
        await self._do(service.write_on, session, op=op)

    @signed_in
    async def further_back_wanted(self) -> None:
        """Show all earlier sessions."""
        self._further = True
        await self._show_or_say()
