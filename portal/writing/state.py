"""The texts that are open in this process: who sits at each, what they send, what the others hear, and when it is stored.

One document per text, one seat per socket. Everything here runs on the event loop; only verbs run in threads. The database is the
truth: a document is read from it when the first one sits down, stored a moment after every change, and joined with what came
from elsewhere. An editor is told "kept" only after the commit that holds what it had sent.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from portal.access.gate import Caller, alive, standing_among
from portal.kit import clock, logs
from portal.kit.crdt import NOTHING, Malformed, Missing, OutOfShape, Reader, SharedText, block, examine, number, read_state
from portal.kit.crypto import Unreadable
from portal.kit.i18n import clock_time, say
from portal.kit.ids import new_id
from portal.kit.keys import master_key
from portal.kit.merge import merged
from portal.kit.refusal import BadInput, DatabaseGone, NotSignedIn, Refusal
from portal.live.bell import Listener, bell
from portal.settings import settings
from portal.writing import service
from portal.writing.domain import MOST_KEPT, ROOM_TO_SHORTEN, TOGETHER, Behind, Burst, Overtaken, is_worn
from portal.writing.schemas import Address, KeepForm, Laid, LayForm, OpenText, parse_caret

Result = TypeVar("Result")

SAVE_SECONDS = 0.25
"""How long the first change waits to be stored, so that a word is one transaction and not five."""
RETRY_SECONDS = 1.0
LOOK_SECONDS = 0.4
"""How often it is asked whether those who sit here still may."""
BEAT_SECONDS = 5.0
LINGER_SECONDS = 20.0
"""How long a text stays open after the last one left: whoever reloads comes back to it."""
MOST_SEATS = 24
"""So many editors may one text have at a time."""
MOST_OF_ONE = 96
"""So many texts may one session have open at a time, over all of its tabs."""
MOST_OPEN = 4_000
"""So many texts may be open in one process."""
_MOST_WRITERS = 2_000
_MOST_ASKED = 5
_TOUCH_SECONDS = 30.0
_FAREWELL_SECONDS = 5.0
_CARET_SECONDS = 40.0

# The messages of y-websocket; the last one is the portal's own and holds JSON.
SYNC, CARETS, ASK_CARETS, OWN = 0, 1, 3, 100
_STEP_1, _STEP_2, _UPDATE = 0, 1, 2

# Why a socket is closed. From 4400 on the codes are the portal's own; the editor (shared_text_editor.jsx) knows them too.
MALFORMED, POLICY, TOO_MANY, LATER = 1007, 1008, 4429, 1013
SIGNED_OUT, GONE, AGAIN, ANEW = 4401, 4404, 4408, 4409

_CHANNEL = "rapport:writing"
_PURPOSE = "texts on their way"


class Pipe(Protocol):
    """One socket, as the desk needs it."""

    def send(self, data: bytes) -> None:
        """Send, without waiting."""

    def close(self, code: int) -> None:
        """Close, without waiting."""


@dataclass(eq=False)
class Seat:
    """One editor: a person's tab at one text."""

    pipe: Pipe = field(repr=False)
    caller: Caller
    person_id: str
    name: str = field(repr=False)
    role: str
    lang: str
    time_zone: str
    may_write: bool
    marked: int = 0
    kept: int = 0
    edition: int = 0
    """The document's edition that holds everything it has sent."""
    behind: bool = False
    asked: int = 0
    touched: float = float("-inf")
    writer: int | None = None
    caret: bytes = field(default=b"", repr=False)
    caret_count: int = 0


@dataclass
class Pending:
    """What somebody wrote and nobody stored yet."""

    caller: Caller
    burst: Burst = field(repr=False)
    typed_at: datetime


def own(**said: object) -> bytes:
    """A message of the portal's own."""
    return number(OWN) + block(json.dumps(said, ensure_ascii=False).encode())


_BEAT = own(beat=True)


def _sync(step: int, data: bytes) -> bytes:
    return bytes((SYNC, step)) + block(data)


def _carets(*entries: bytes) -> bytes:
    return number(CARETS) + block(number(len(entries)) + b"".join(entries))


class OpenDocument:
    """One text that somebody has open."""

    def __init__(self, desk: "Desk", address: Address, laid: Laid, most: int) -> None:
        self.address, self._desk = address, desk
        self.seats: list[Seat] = []
        self.text = SharedText(laid.state)
        self.token = f"writing {uuid4().hex}"
        self._most_typed = most * ROOM_TO_SHORTEN
        self._bursts: dict[str, Pending] = {}
        self._owners: dict[int, str] = {}
        self._far: dict[int, tuple[bytes, float]] = {}
        self._turn = asyncio.Lock()
        self._stuck = False
        self._edition = self._stored = 0
        self._dirty, self._hurry = asyncio.Event(), asyncio.Event()
        self._told_at = self._looked_at = float("-inf")
        self._telling: asyncio.Task[None] | None = None
        self._stand(laid)
        self._saver = asyncio.create_task(self._saving())
        self.left_at = time.monotonic()

    def _stand(self, laid: Laid) -> None:
        self.document_id, self.laid, self.version, self.mirrored = laid.document_id, laid.laid, laid.version, laid.text

    # --- coming and going

    def sit(self, seat: Seat) -> None:
        """Somebody opens the text: they are told how it is kept, and asked what they have that is not here."""
        self.seats.append(seat)
        seat.edition = self._edition
        seat.pipe.send(own(hello={"laid": self.laid, "write": seat.may_write, "name": seat.name, "role": seat.role}))
        seat.pipe.send(_sync(_STEP_1, self._known()))
        self._send_carets(seat)

    def leave(self, seat: Seat) -> None:
        """Somebody's socket is gone. What they wrote is stored at once."""
        if seat not in self.seats:
            return
        self.seats.remove(seat)
        self.left_at = time.monotonic()
        self._show_caret(seat, None, seat.caret_count)
        if self._bursts:
            self._save_soon(hurry=True)

    def turn_away(self, seat: Seat, code: int) -> None:
        """Close a seat: nothing more is heard from it."""
        self.leave(seat)
        seat.pipe.close(code)

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits to be stored, or nothing that could be: it is too long, and nobody is here to shorten it."""
        return not self._turn.locked() and (not self._bursts or self._stuck)

    # --- what an editor says

    def hear(self, seat: Seat, data: bytes) -> None:
        """One message of an editor. What does not fit closes its socket and changes nothing."""
        if seat not in self.seats:
            return
        try:
            reader = Reader(data)
            kind = reader.number(127)
            if kind == SYNC:
                self._hear_sync(seat, reader)
            elif kind == CARETS:
                self._hear_caret(seat, Reader(reader.block()))
            elif kind == ASK_CARETS:
                self._send_carets(seat)
            elif kind == OWN:
                self._hear_mark(seat, json.loads(reader.text()))
            else:
                raise Malformed
        except (Malformed, ValueError, RecursionError):
            logs.log().warning("a message about a text was refused")
            self.turn_away(seat, MALFORMED)

    def _hear_sync(self, seat: Seat, reader: Reader) -> None:
        step, data = reader.number(_UPDATE), reader.block()
        if step == _STEP_1:
            seat.pipe.send(_sync(_STEP_2, self.text.since(read_state(data))))
        elif seat.may_write:
            self._hear_update(seat, data, whole=step == _STEP_2)
        elif step == _UPDATE:
            # Who may only read is asked for nothing, and has nothing to say.
            self.turn_away(seat, POLICY)

    def _hear_update(self, seat: Seat, data: bytes, *, whole: bool) -> None:
        known = self.text.known
        try:
            contents = examine(data)
            contents.need(known)
        except Missing:
            self._ask_for_everything(seat)
            return
        writers = contents.new_writers(known)
        if any(self._owners.get(writer, seat.person_id) != seat.person_id for writer in writers):
            self.turn_away(seat, POLICY)
            return
        before = self.text.text
        if writers and len(before) + contents.typed > self._most_typed:
            # Not taken, so that it cannot grow for ever; it stays where it was typed until it is short enough.
            seat.behind = True
            seat.pipe.send(own(refused=seat.marked + 1, why="large"))
            return
        whole_before = self.text.squashed()
        try:
            self.text.apply(data, contents)
        except OutOfShape:
            self.text = SharedText(whole_before)
            raise Malformed from None
        if whole:
            seat.behind, seat.asked = False, 0
        elif len(writers) == 1:
            self._own(next(iter(writers)), seat.person_id)
        if writers or self.text.text != before:
            self._write_down(seat, before)
            self._broadcast(_sync(_UPDATE, data), but=seat)
            self._desk.publish(self, "u", data)
            self._touch(seat)
        self._answer_mark(seat)

    def _own(self, writer: int, person_id: str) -> None:
        # Nobody writes under a number that is somebody else's: the two editors would never agree again.
        self._owners.setdefault(writer, person_id)
        while len(self._owners) > _MOST_WRITERS:
            self._owners.pop(next(iter(self._owners)))

    def _ask_for_everything(self, seat: Seat) -> None:
        seat.behind, seat.asked = True, seat.asked + 1
        if seat.asked > _MOST_ASKED:
            raise Malformed
        seat.pipe.send(_sync(_STEP_1, self._known()))

    def _hear_caret(self, seat: Seat, reader: Reader) -> None:
        for _ in range(reader.number(MOST_SEATS * 4)):
            writer, count, said = reader.number(), reader.number(), reader.text()
            # Only what somebody says about themselves counts: under the number that they write under, which is nobody else's.
            if seat.writer is None and not self._is_anothers(seat, writer):
                seat.writer = writer
            if writer == seat.writer and seat.may_write:
                self._show_caret(seat, parse_caret(said, seat.name, seat.role), count)

    def _is_anothers(self, seat: Seat, writer: int) -> bool:
        for one in list(self.seats):
            if one.writer == writer and one is not seat and one.person_id == seat.person_id:
                # The same editor over a new line: the old one is dead and does not know it yet.
                self.turn_away(one, AGAIN)
        taken = any(one.writer == writer for one in self.seats if one is not seat) or writer in self._far
        return taken or self._owners.get(writer, seat.person_id) != seat.person_id

    def _show_caret(self, seat: Seat, caret: str | None, count: int) -> None:
        if seat.writer is None or (caret is None and not seat.caret):
            return
        seat.caret_count = max(count, seat.caret_count)
        entry = number(seat.writer) + number(seat.caret_count) + block((caret or "null").encode())
        seat.caret = entry if caret is not None else b""
        self._broadcast(_carets(entry), but=seat)
        self._desk.publish(self, "c", entry)

    def _send_carets(self, seat: Seat) -> None:
        recent = time.monotonic() - _CARET_SECONDS
        self._far = {writer: (entry, at) for writer, (entry, at) in self._far.items() if at > recent}
        if carets := [*(one.caret for one in self.seats if one is not seat and one.caret), *(entry for entry, _ in self._far.values())]:
            seat.pipe.send(_carets(*carets))

    def _hear_mark(self, seat: Seat, said: Any) -> None:
        """The editor counts what it changed; it wants to know when everything up to this number is stored."""
        mark = said.get("mark") if isinstance(said, dict) else None
        if type(mark) is not int or not 0 <= mark < 2**53:
            raise Malformed
        seat.marked = max(seat.marked, mark)
        self._answer_mark(seat)

    def _answer_mark(self, seat: Seat) -> None:
        if not self._waits(seat):
            return
        if seat.edition <= self._stored:
            self._say_kept(seat, seat.marked)
        else:
            self._save_soon()

    def _waits(self, seat: Seat) -> bool:
        """Whether an editor waits to hear that something is kept."""
        return seat.marked > seat.kept and not seat.behind and seat.may_write

    def _say_kept(self, seat: Seat, mark: int) -> None:
        if mark > seat.kept:
            seat.kept = mark
            seat.pipe.send(own(kept=mark, at=clock_time(seat.lang, seat.time_zone, clock.now())))

    def _touch(self, seat: Seat) -> None:
        """Writing is being there: the idle clock of the session starts anew."""
        now = time.monotonic()
        if now - seat.touched > _TOUCH_SECONDS:
            seat.touched = now
            self._desk.in_background(self._desk.thread(alive, seat.caller.session_id or ""))

    # --- what the others hear

    def _known(self) -> bytes:
        state = self.text.known
        return number(len(state)) + b"".join(number(writer) + number(count) for writer, count in state.items())

    def _broadcast(self, message: bytes, *, but: Seat | None = None) -> None:
        for seat in self.seats:
            if seat is not but:
                seat.pipe.send(message)

    def _write_down(self, seat: Seat, before: str) -> None:
        self._edition += 1
        seat.edition = self._edition
        self._add_burst(seat, Burst(before, self.text.text))
        self._save_soon()

    def _add_burst(self, seat: Seat, burst: Burst) -> None:
        already = self._bursts.get(seat.person_id)
        if already is not None:
            burst = already.burst.goes_on(burst.before, burst.after, merged)
        self._bursts[seat.person_id] = Pending(seat.caller, burst, clock.now())

    def absorb(self, update: bytes) -> None:
        """Take what another process has, and show it here. That one stores it."""
        known, before = self.text.known, self.text.text
        try:
            contents = examine(update)
            contents.need(known)
            self.text.apply(update, contents)
        except Missing:
            self._desk.publish(self, "a", self._known())
            return
        except (Malformed, OutOfShape):
            logs.log().warning("another process sent a text that does not fit")
            return
        news = self.text.since(known)
        if contents.new_writers(known) or before != self.text.text:
            self._edition += 1
            self._broadcast(_sync(_UPDATE, news))

    def far_caret(self, entry: bytes) -> None:
        """A caret at another process."""
        reader = Reader(entry)
        writer, _ = reader.number(), reader.number()
        if reader.text() == "null":
            self._far.pop(writer, None)
        elif len(self._far) < MOST_SEATS:
            self._far[writer] = (entry, time.monotonic())
        self._broadcast(_carets(entry))

    def tell_another_process(self, known: bytes) -> None:
        """Another process opened the text, or missed something: send it what it lacks, and who sits here."""
        update = self.text.since(read_state(known))
        if update != NOTHING:
            self._desk.publish(self, "u", update)
        for seat in self.seats:
            if seat.caret:
                self._desk.publish(self, "c", seat.caret)

    # --- storing

    def _save_soon(self, *, hurry: bool = False) -> None:
        self._dirty.set()
        if hurry:
            self._hurry.set()

    async def _saving(self) -> None:
        while True:
            await self._dirty.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), SAVE_SECONDS)
            try:
                await self.save()
            except Exception as broken:  # noqa: BLE001  whatever it was, the next change must be stored
                logs.failure("a text was not stored", broken)
                await asyncio.sleep(RETRY_SECONDS)
                self._save_soon()

    async def save(self) -> None:
        """Store what waits, each person's share as theirs, and tell the editors that it is kept."""
        async with self._turn:
            await self._save()

    async def _save(self) -> None:
        self._dirty.clear()
        self._hurry.clear()
        self._stuck = False
        if not self._bursts:
            await self._take_on()
        waiting, self._bursts = self._bursts, {}
        marks = [(seat, seat.marked) for seat in self.seats if not seat.behind]
        edition, text, state = self._edition, self.text.text, self.text.squashed()
        left = dict(waiting)
        try:
            for person_id, pending in waiting.items():
                form = KeepForm(
                    pending.burst, text, state, self.mirrored, self.document_id, self.laid, self.version, pending.typed_at
                )
                kept = await self._desk.store(service.keep, pending.caller, self.address, form, op=new_id())
                self.version, self.mirrored = kept.version, kept.text
                del left[person_id]
        except Overtaken as overtaken:
            self._put_back(left)
            await self.join_words(overtaken.text)
            self._save_soon()
            return
        except Behind:
            self._put_back(left)
            await self.catch_up()
            self._save_soon()
            return
        except BadInput as refused:
            self._put_back(left)
            self._stuck = True
            for seat, mark in marks:
                if mark > seat.kept:
                    seat.pipe.send(own(refused=mark, why="text", words=say(seat.lang, refused.sentence, **refused.params)))
            return
        except DatabaseGone as gone:
            self._put_back(left)
            for seat, mark in marks:
                if mark > seat.kept:
                    seat.pipe.send(own(later=mark, words=say(seat.lang, gone.sentence)))
            await asyncio.sleep(RETRY_SECONDS)
            self._save_soon()
            return
        except Refusal:
            # What was let in must not be stored after all: the thing was closed meanwhile. Everybody begins again from what is stored.
            self._bursts = {}
            await self.begin_anew()
            return
        except Exception:
            # Whatever it was: it is tried again as long as somebody is here, and a while longer.
            self._put_back(left)
            self._stuck = True
            raise
        if waiting:
            self._stored = max(self._stored, edition)
        for seat in self.seats:
            if self._waits(seat) and seat.edition <= self._stored:
                self._say_kept(seat, seat.marked)
        if not waiting:
            return
        if len(state) > MOST_KEPT:
            await self.begin_anew()
        self._tell_pages()

    async def _take_on(self) -> None:
        """Somebody asks for what is stored nowhere, and nobody here wrote it: it came over another process that did not live to store it."""
        if not any(self._waits(seat) and seat.edition > self._stored for seat in self.seats):
            return
        await self.catch_up()
        for seat in self.seats:
            if self._waits(seat) and seat.edition > self._stored:
                self._add_burst(seat, Burst(self.mirrored, self.text.text))
                return

    def _put_back(self, left: dict[str, Pending]) -> None:
        for person_id, old in left.items():
            new = self._bursts.get(person_id)
            if new is not None:
                old = Pending(new.caller, old.burst.goes_on(new.burst.before, new.burst.after, merged), new.typed_at)
            self._bursts[person_id] = old

    async def join_words(self, theirs: str) -> None:
        """The words were changed by a verb, not by an editor: bring that into the document, beside what is being written."""
        copy = SharedText(self.text.squashed())
        update = copy.become(merged(self.mirrored, copy.text, theirs))
        form = LayForm(theirs, copy.squashed(), self.laid, self.version, self.document_id)
        try:
            # Stored before anybody sees it: an editor must not bring it back to a server that has forgotten it.
            self._stand(await self._desk.store(service.lay_down, self.address, form))
        except Behind:
            await self.catch_up()
            return
        if update != NOTHING:
            self.text.apply(update)
            self._broadcast(_sync(_UPDATE, update))
            self._desk.publish(self, "u", update)

    async def catch_up(self) -> None:
        """Another process stored the document meanwhile: take what it has."""
        laid = await self._desk.store(service.laid_down, self.address)
        if laid.laid != self.laid:
            self.restart(laid)
            return
        self.version, self.mirrored = laid.version, laid.text
        self.absorb(laid.state)

    async def begin_anew(self) -> None:
        """Lay the document down anew from its words alone; editors begin again, and bring what they have that is not stored."""
        fresh = SharedText.of(self.mirrored)
        form = LayForm(self.mirrored, fresh.squashed(), self.laid + 1, self.version, self.document_id)
        with contextlib.suppress(Behind):
            await self._desk.store(service.lay_down, self.address, form)
        self.restart(await self._desk.store(service.laid_down, self.address))

    def restart(self, laid: Laid) -> None:
        """From now on the text is another document."""
        self._stand(laid)
        self.text = SharedText(laid.state)
        self._bursts, self._owners, self._far = {}, {}, {}
        self._stored = self._edition
        for seat in list(self.seats):
            self.turn_away(seat, ANEW)
        # The others learn of it too, and tell what they have in it already.
        self._desk.publish(self, "a", self._known())

    async def meet_new(self, laid: int) -> None:
        """Another process laid the document down anew."""
        async with self._turn:
            if laid > self.laid:
                self.restart(await self._desk.store(service.laid_down, self.address))

    def _tell_pages(self) -> None:
        """Show the pages of the case again: at once, then once per second while somebody writes."""
        if self._telling is None or self._telling.done():
            wait = self._told_at + TOGETHER.total_seconds() - time.monotonic()
            self._telling = asyncio.create_task(self._tell_in(max(0.0, wait)))

    async def _tell_in(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._told_at = time.monotonic()
        await bell.ring(self.address.case_id, but=self.token)

    # --- whether they still may

    async def look_again(self, _token: str = "") -> None:
        """The bell: something changed in the case. Who may not read any more leaves; words changed by a verb come in."""
        await asyncio.sleep(max(0.0, self._looked_at + LOOK_SECONDS - time.monotonic()))
        self._looked_at = time.monotonic()
        words = None
        for caller in {seat.caller for seat in self.seats}:
            try:
                standing = await self._desk.thread(service.look_again, caller, self.address)
            except DatabaseGone:
                return
            except Refusal as refusal:
                self._turn_away_all(caller, SIGNED_OUT if isinstance(refusal, NotSignedIn) else GONE)
                continue
            words = standing.text
            self._turn_away_all(caller, AGAIN, unless=standing.may_write)
        # While somebody writes, the next storing finds it.
        if words is not None and words != self.mirrored and not self._bursts:
            async with self._turn:
                if words != self.mirrored and not self._bursts:
                    await self.join_words(words)

    def _turn_away_all(self, caller: Caller, code: int, *, unless: bool | None = None) -> None:
        for seat in [one for one in self.seats if one.caller == caller and one.may_write is not unless]:
            self.turn_away(seat, code)

    async def close(self) -> None:
        """Nobody is here any more, or the process ends."""
        self._saver.cancel()
        if self._telling is not None:
            self._telling.cancel()
        await bell.leave(self.token)


class Desk:
    """All texts that are open in this process, and the wire to the other processes when Redis is configured."""

    def __init__(self) -> None:
        self._open: dict[Address, OpenDocument] = {}
        self._opening: dict[Address, asyncio.Lock] = {}
        self._rooms: dict[str, OpenDocument] = {}
        self._process = uuid4().hex
        self._redis: Redis | None = None
        self._outgoing: asyncio.Queue[bytes] | None = None
        self._background: set[asyncio.Task[Any]] = set()
        # Of their own: storing must not wait behind pages, nor pages behind storing.
        self._storing = ThreadPoolExecutor(3, "writing")
        self._closing = False

    async def sit(self, caller: Caller, address: Address, pipe: Pipe, *, lang: str = "", laid: int = 0) -> tuple[OpenDocument, Seat] | int:
        """Open a text for one editor, which knows its document as the `laid`-th (0: not at all); or the code to close its socket with.

        Raises NotFound, NotSignedIn, Forbidden and DatabaseGone.
        """
        opened = await self.thread(service.open_text, caller, address, lang=lang)
        if address not in self._open and len(self._open) >= MOST_OPEN:
            return TOO_MANY
        document = await self._document(address, opened)
        if laid not in (0, document.laid):
            return ANEW
        if len(document.seats) >= MOST_SEATS or self._closing or self._seats_of(caller) >= MOST_OF_ONE:
            return TOO_MANY
        seat = Seat(
            pipe, caller, opened.person_id, opened.name, opened.role, opened.lang, opened.time_zone, opened.may_write
        )
        document.sit(seat)
        return document, seat

    def _seats_of(self, caller: Caller) -> int:
        return sum(seat.caller == caller for document in self._open.values() for seat in document.seats)

    async def _document(self, address: Address, opened: OpenText) -> OpenDocument:
        async with self._opening.setdefault(address, asyncio.Lock()):
            document = self._open.get(address)
            if document is None:
                laid = await self._laid_out(address, opened)
                document = OpenDocument(self, address, laid, service.KINDS[address.kind].most)
                self._open[address] = document
                self._rooms[_room(address)] = document
                await bell.listen(
                    Listener(document.token, (address.case_id,), opened.person_id, document.look_again, counts_as_present=False)
                )
                self.publish(document, "a", document._known())
            document.left_at = time.monotonic()
            return document

    async def _laid_out(self, address: Address, opened: OpenText) -> Laid:
        """The stored document, in step with the words; the first one is laid down now, before anybody could write in it."""
        laid = opened.document
        if laid is None:
            form = LayForm(opened.text, SharedText.of(opened.text).squashed())
        elif laid.text != opened.text:
            text = SharedText(laid.state)
            text.become(merged(laid.text, text.text, opened.text))
            form = LayForm(opened.text, text.squashed(), laid.laid, laid.version, laid.document_id)
        elif is_worn(len(laid.state), len(laid.text.encode())):
            form = LayForm(laid.text, SharedText.of(laid.text).squashed(), laid.laid + 1, laid.version, laid.document_id)
        else:
            return laid
        try:
            return await self.store(service.lay_down, address, form)
        except Behind:
            # Another process was first. If it read older words, the next storing finds that out.
            return await self.store(service.laid_down, address)

    # --- threads

    async def thread(self, verb: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run a verb in a thread, so that nobody who types waits for its database."""
        return await asyncio.to_thread(verb, *args, **kwargs)

    async def store(self, verb: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """The same, among the few threads that store."""
        return await asyncio.get_running_loop().run_in_executor(self._storing, lambda: verb(*args, **kwargs))

    def in_background(self, work: Awaitable[Any]) -> None:
        """Do something without waiting for it; a failure is written down."""
        task = asyncio.ensure_future(_quietly(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # --- the life of the process

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look after the open texts for as long as the server runs; at its end everything is stored."""
        self._closing = False
        tasks = [asyncio.create_task(self._watching()), asyncio.create_task(self._beating())]
        url = settings().redis_url
        if url:
            self._redis, self._outgoing = Redis.from_url(url), asyncio.Queue(10_000)
            tasks += [
                asyncio.create_task(self._listening(self._redis)),
                asyncio.create_task(self._publishing(self._redis, self._outgoing)),
            ]
        try:
            yield
        finally:
            self._closing = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    await asyncio.gather(*(document.save() for document in self._open.values()), return_exceptions=True)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for document in list(self._open.values()):
                await self._close(document)
            if self._redis is not None:
                await self._redis.aclose()
            self._redis = self._outgoing = None

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look_round()
            except DatabaseGone:
                pass
            except Exception as broken:  # noqa: BLE001  the next round comes whatever happened to this one
                logs.failure("looking after the texts failed", broken)

    async def look_round(self) -> None:
        """Close the seats of those whose session, membership or role ended, also when they say nothing; put away what nobody has open."""
        seats = [(document, seat) for document in self._open.values() for seat in document.seats]
        if seats:
            standing = await self.thread(standing_among, {seat.caller.session_id or "" for _, seat in seats})
            for document, seat in seats:
                roles = standing.get(seat.caller.session_id or "")
                if roles is None:
                    document.turn_away(seat, SIGNED_OUT)
                elif (role := roles.get(document.address.case_id)) is None:
                    document.turn_away(seat, GONE)
                elif role.value != seat.role:
                    document.turn_away(seat, AGAIN)
        for document in list(self._open.values()):
            if not document.seats and document.is_settled and time.monotonic() - document.left_at > LINGER_SECONDS:
                await self._close(document)

    async def _close(self, document: OpenDocument) -> None:
        self._open.pop(document.address, None)
        self._opening.pop(document.address, None)
        self._rooms.pop(_room(document.address), None)
        for seat in list(document.seats):
            document.turn_away(seat, LATER)
        await document.close()

    async def _beating(self) -> None:
        """A sign of life, by which an editor tells a quiet line from a dead one."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            for document in self._open.values():
                for seat in document.seats:
                    seat.pipe.send(_BEAT)

    # --- the other processes

    def publish(self, document: OpenDocument, what: str, data: bytes) -> None:
        """Send something about a text to the other processes, sealed: u(pdate), c(aret), a(sk).

        It can be read as this text's only, and says which of its documents it is about: two of them cannot be joined.
        """
        if self._outgoing is None:
            return
        room = _room(document.address)
        sealed = master_key().encrypt(what.encode() + number(document.laid) + block(data), _purpose(room))
        with contextlib.suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(f"{self._process} {room} ".encode() + sealed)

    async def _publishing(self, redis: Redis, outgoing: asyncio.Queue[bytes]) -> None:
        while True:
            message = await outgoing.get()
            try:
                await redis.publish(_CHANNEL, message)
            except RedisError:
                logs.log().warning("a change of a text did not reach the other processes")

    async def _listening(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub() as wire:
                    await wire.subscribe(_CHANNEL)
                    # What was said while the wire was down is unknown: everybody asks once.
                    for document in self._open.values():
                        self.publish(document, "a", document._known())
                    async for message in wire.listen():
                        if message["type"] == "message":
                            await self._heard(message["data"])
            except RedisError:
                await asyncio.sleep(RETRY_SECONDS)

    async def _heard(self, message: bytes) -> None:
        process, _, rest = message.partition(b" ")
        room, _, sealed = rest.partition(b" ")
        name = room.decode("ascii", "replace")
        document = self._rooms.get(name)
        if process.decode("ascii", "replace") == self._process or document is None:
            return
        try:
            said = master_key().decrypt(sealed, _purpose(name))
            what, reader = said[:1], Reader(said[1:])
            laid, data = reader.number(), reader.block()
            if laid > document.laid:
                self.in_background(document.meet_new(laid))
            elif laid < document.laid:
                # That process has not heard yet that the document was begun anew.
                self.publish(document, "a", document._known())
            elif what == b"u":
                document.absorb(data)
            elif what == b"c":
                document.far_caret(data)
            elif what == b"a":
                document.tell_another_process(data)
        except (Unreadable, Malformed, ValueError):
            logs.log().warning("a message of another process could not be read")


async def _quietly(work: Awaitable[Any]) -> None:
    try:
        await work
    except Exception as broken:  # noqa: BLE001  nobody waits for it
        logs.failure("something in the background failed", broken)


def _purpose(room: str) -> str:
    return f"{_PURPOSE} {room}"


@lru_cache(maxsize=4_096)
def _room(address: Address) -> str:
    # A reader of Redis learns neither which case nor which text.
    return master_key().mac("writing", f"{address.case_id} {address.kind} {address.about_id}")


desk = Desk()
