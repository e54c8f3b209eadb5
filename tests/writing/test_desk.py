"""An open text and those who sit at it, without a server: when somebody is turned away, and how words from elsewhere come in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from portal.access.gate import Caller
from portal.goals import service as goals
from portal.kit.crdt import Reader, SharedText, block, number
from portal.live.bell import bell
from portal.writing import domain, service, state
from portal.writing.schemas import Address, LayForm
from portal.writing.state import AGAIN, ANEW, GONE, SYNC, TOO_MANY, Desk, OpenDocument, Seat
from tests.cast import Cast, assemble
from tests.goals.people import idea, look, proposed, seen, working
from tests.makers import op
from tests.writing.people import Hand, entries, shown, text_of


@dataclass
class Pipe:
    """A socket that keeps what it was told."""

    sent: list[bytes] = field(default_factory=list)
    code: int | None = None

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self, code: int) -> None:
        self.code = code


@dataclass
class Person:
    """Somebody at a text: their document, and what they say."""

    document: OpenDocument
    seat: Seat
    pipe: Pipe
    text: SharedText
    marked: int = 0

    def read(self) -> str:
        """Take in what was sent, and say what stands there now."""
        for data in self.pipe.sent:
            reader = Reader(data)
            if reader.number() == SYNC and reader.number() > 0:
                self.text.apply(reader.block())
        self.pipe.sent.clear()
        return self.text.text

    def write(self, text: str) -> None:
        """Type, and ask for its being kept."""
        self.type(text)
        self.mark()

    def type(self, text: str) -> None:
        """Type."""
        self.read()
        self.document.hear(self.seat, bytes([SYNC, 2]) + block(self.text.become(text)))
        self.marked += 1

    def mark(self) -> None:
        """Ask for what was typed to be kept; an editor does so a moment later."""
        self.document.hear(self.seat, number(state.OWN) + block(b'{"mark":%d}' % self.marked))


@pytest.fixture
def cast(on_sqlite: None) -> Cast:
    return assemble()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    async with made.running():
        yield made


async def sit(desk: Desk, caller: Caller, address: Address) -> Person:
    pipe = Pipe()
    seated = await desk.sit(caller, address, pipe)
    assert not isinstance(seated, int)
    document, seat = seated
    document.hear(seat, bytes([SYNC, 0]) + block(b"\x00"))
    person = Person(document, seat, pipe, SharedText())
    person.read()
    return person


async def until(holds: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def wired(one: Desk, other: Desk) -> AsyncIterator[list[bytes]]:
    """Two processes that hear each other, as over Redis; what went from the first to the second."""
    one._outgoing, other._outgoing = asyncio.Queue(), asyncio.Queue()
    passed: list[bytes] = []

    async def carry(outgoing: asyncio.Queue[bytes], to: Desk, keep: list[bytes]) -> None:
        while True:
            message = await outgoing.get()
            keep.append(message)
            await to._heard(message)
            outgoing.task_done()

    ways = [asyncio.create_task(carry(one._outgoing, other, passed)), asyncio.create_task(carry(other._outgoing, one, []))]
    try:
        yield passed
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def heard(*desks: Desk) -> None:
    """Everything that they said to each other arrived, and what was answered to it."""
    for one in desks * 3:
        assert one._outgoing is not None
        await one._outgoing.join()


async def kept(*people: Person) -> None:
    await until(lambda: all(one.seat.kept == one.marked for one in people))


async def test_a_proposal_that_is_taken_back_is_closed_for_the_other(cast: Cast, desk: Desk) -> None:
    goal = proposed(cast)
    mika, theo = await sit(desk, cast.client, text_of(cast, goal)), await sit(desk, cast.therapist, text_of(cast, goal))
    theo.write("from both")
    await kept(theo)
    goals.take_back(cast.client, cast.case, goal, seen(cast, goal), op=op())
    await bell.ring(cast.case)
    await until(lambda: theo.pipe.code == GONE)
    # Theo's words are no longer in Mika's idea.
    await until(lambda: mika.read() == "")
    mika.write("now private")
    await kept(mika)
    assert theo.read() == "from both"
    assert (mika.pipe.code, shown(cast, goal)) == (None, "now private")


async def test_a_goal_that_was_archived_is_read_only(cast: Cast, desk: Desk) -> None:
    goal = working(cast)
    mika = await sit(desk, cast.client, text_of(cast, goal))
    goals.reach(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    await bell.ring(cast.case)
    await until(lambda: mika.pipe.code == AGAIN)
    again = await sit(desk, cast.client, text_of(cast, goal))
    assert not again.seat.may_write
    goals.take_up(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    await bell.ring(cast.case)
    await until(lambda: again.pipe.code == AGAIN)


async def test_what_a_verb_changed_comes_into_the_open_document_with_the_bell(cast: Cast, desk: Desk) -> None:
    goal = working(cast)
    mika, theo = await sit(desk, cast.client, text_of(cast, goal)), await sit(desk, cast.therapist, text_of(cast, goal))
    mika.write("late evenings")
    await kept(mika)
    goals.keep_wording(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    await bell.ring(cast.case)
    await until(lambda: mika.read() == theo.read() == "")
    assert look(cast, goal).asks == ""
    theo.write("early")
    await kept(theo)
    assert (mika.read(), shown(cast, goal)) == ("early", "early")


async def test_words_from_elsewhere_meet_words_that_are_being_typed(cast: Cast, desk: Desk) -> None:
    goal = proposed(cast, "Say no", "one two three")
    mika = await sit(desk, cast.client, text_of(cast, goal))
    goals.reword(cast.therapist, cast.case, goal, "why", "one 2 three", 99, op=op())
    mika.write("one two three four")
    await kept(mika)
    assert mika.read() == shown(cast, goal) == "one 2 three four"


async def test_two_processes_write_in_one_text(cast: Cast, desk: Desk) -> None:
    """Without Redis between them they meet in the database: nothing of either is lost."""
    goal = working(cast)
    other = Desk()
    async with other.running():
        mika, theo = await sit(desk, cast.client, text_of(cast, goal)), await sit(other, cast.therapist, text_of(cast, goal))
        mika.write("mine ")
        theo.write("yours ")
        await kept(mika, theo)
        mika.write(mika.read() + "again")
        await kept(mika)
        theo.write(theo.read() + "!")
        await kept(theo)
        words = shown(cast, goal)
        assert all(word in words for word in ("mine", "yours", "again", "!"))
        assert theo.read().strip() == words


async def test_each_ones_letters_are_each_ones_entry_however_they_mix(cast: Cast, desk: Desk) -> None:
    goal = working(cast)
    mika, theo = await sit(desk, cast.client, text_of(cast, goal)), await sit(desk, cast.therapist, text_of(cast, goal))
    mika.write("left  right")
    await kept(mika)
    for letter in "hand":
        head, _, tail = mika.read().partition("  ")
        mika.write(f"{head.rstrip()}{letter}  {tail}")
        theo.write(f"{theo.read()}{letter}")
    await kept(mika, theo)
    assert shown(cast, goal) == "lefthand  righthand"
    assert len(entries(cast, goal, "Mika changed why it matters")) == 1
    [told] = entries(cast, goal, "Theo changed why it matters")
    assert "".join(text for kind, text in told if kind != "gone") == "lefthand  righthand"
    assert "".join(text for kind, text in told if kind != "new") == "lefthand  right"


async def test_who_asks_late_whether_it_is_kept_is_not_told_to_have_written_the_others_words(
    cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = working(cast)
    mika, theo = await sit(desk, cast.client, text_of(cast, goal)), await sit(desk, cast.therapist, text_of(cast, goal))
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.01)
    theo.type("mine")
    await until(lambda: shown(cast, goal) == "mine" and theo.document.is_settled)
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.25)
    mika.write("mine and hers")
    theo.mark()
    await kept(mika, theo)
    [told] = entries(cast, goal, "Theo changed why it matters")
    assert "".join(text for kind, text in told if kind != "gone") == "mine"


async def test_letters_of_a_process_that_died_are_stored_when_their_author_comes_back(cast: Cast, desk: Desk) -> None:
    goal, other = working(cast), Desk()
    async with other.running(), wired(other, desk):
        theo = await sit(desk, cast.therapist, text_of(cast, goal))
        mika = await sit(other, cast.client, text_of(cast, goal))
        # The other process passes it on, and stores nothing any more.
        mika.document._saver.cancel()
        mika.type("nearly gone")
        await until(lambda: theo.read() == "nearly gone")
        mika.document._bursts.clear()
    back = await sit(desk, cast.client, text_of(cast, goal))
    back.marked = mika.marked
    back.mark()
    await kept(back)
    assert shown(cast, goal) == "nearly gone"
    assert len(entries(cast, goal, "Mika changed why it matters")) == 1


async def test_what_could_not_be_stored_for_a_reason_that_nobody_knows_is_stored_later(
    cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "RETRY_SECONDS", 0.05)
    goal, store, broken = working(cast), desk.store, [True]

    async def once_broken(verb: Callable[..., object], *args: object, **kwargs: object) -> object:
        if broken.pop() if broken else False:
            raise RuntimeError
        return await store(verb, *args, **kwargs)

    mika = await sit(desk, cast.client, text_of(cast, goal))
    monkeypatch.setattr(desk, "store", once_broken)
    mika.type("not lost")
    mika.document.leave(mika.seat)
    await until(lambda: shown(cast, goal) == "not lost")
    assert len(entries(cast, goal, "Mika changed why it matters")) == 1


async def test_words_of_a_document_that_was_begun_anew_elsewhere_do_not_come_twice(cast: Cast, desk: Desk) -> None:
    goal, other = working(cast), Desk()
    address = text_of(cast, goal)
    async with other.running(), wired(desk, other):
        mika, theo = await sit(desk, cast.client, address), await sit(other, cast.therapist, address)
        mika.write("one")
        await kept(mika)
        await until(lambda: theo.read() == "one")
        # The other process is busy for as long as it writes on in the old document.
        async with theo.document._turn:
            await mika.document.begin_anew()
            again = await sit(desk, cast.client, address)
            theo.type("one two")
            await heard(desk, other)
            assert again.read() == "one"
            again.type("one three")
        await until(lambda: theo.pipe.code == ANEW)
        await heard(desk, other)
        assert (await sit(other, cast.therapist, address)).text.text == "one three"


async def test_a_message_of_one_text_is_not_read_as_anothers(cast: Cast, desk: Desk) -> None:
    """Whoever sits at Redis reads nothing, and cannot show the words of one text, or one case, to those who have another one open."""
    goal, other = working(cast), Desk()
    async with other.running(), wired(desk, other) as passed:
        mika = await sit(desk, cast.client, text_of(cast, goal, "why"))
        theo = await sit(other, cast.therapist, text_of(cast, goal, "notes"))
        mika.text.become("meant for why")
        mika.document.hear(mika.seat, bytes([SYNC, 1]) + block(mika.text.squashed()))
        mika.document.tell_another_process(b"\x00")
        await until(lambda: len(passed) >= 3)
        for message in list(passed):
            process, _, sealed = message.split(b" ", 2)
            await other._heard(b" ".join((process, state._room(theo.document.address).encode(), sealed)))
        assert theo.read() == theo.document.text.text == ""


async def test_what_waits_is_stored_when_the_process_ends(cast: Cast) -> None:
    goal, desk = working(cast), Desk()
    async with desk.running():
        mika = await sit(desk, cast.client, text_of(cast, goal))
        mika.write("just in time")
    assert shown(cast, goal) == "just in time"


async def test_a_text_that_nobody_has_open_is_put_away(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LINGER_SECONDS", 0.0)
    goal = working(cast)
    mika = await sit(desk, cast.client, text_of(cast, goal))
    mika.write("words")
    mika.document.leave(mika.seat)
    await until(lambda: not desk._open)
    assert shown(cast, goal) == "words"
    again = await sit(desk, cast.client, text_of(cast, goal))
    assert again.text.text == "words"


async def test_a_text_that_is_too_long_does_not_stay_open_for_ever(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LINGER_SECONDS", 0.0)
    mika = await sit(desk, cast.client, text_of(cast, working(cast), "title"))
    mika.write("x" * 300)
    mika.document.leave(mika.seat)
    await until(lambda: not desk._open)


async def test_a_worn_document_is_laid_down_anew(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    address = text_of(cast, working(cast))
    hand = Hand.at(cast.client, address)
    hand.write(cast.client, "words that stay")
    monkeypatch.setattr(domain, "_FEW_TRACES", 0)
    monkeypatch.setattr(domain, "_TRACES", 1)
    for number_ in range(5):
        hand.write(cast.client, f"{number_} words that stay")
    mika = await sit(desk, cast.client, address)
    stored = service.laid_down(address)
    assert (mika.text.text, stored.laid, mika.document.laid) == ("4 words that stay", hand.laid.laid + 1, hand.laid.laid + 1)
    assert len(stored.state) < len(hand.text.squashed())
    assert await desk.sit(cast.therapist, address, Pipe(), laid=hand.laid.laid) == ANEW


async def test_a_document_that_grew_too_large_is_begun_anew_under_those_who_write(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_KEPT", 200)
    address = text_of(cast, working(cast))
    mika = await sit(desk, cast.client, address)
    mika.write("many words " * 30)
    await until(lambda: mika.pipe.code == ANEW)
    again = await sit(desk, cast.client, address)
    assert again.text.text.strip() == ("many words " * 30).strip()
    assert service.laid_down(address).laid == 2


async def test_another_process_that_laid_the_document_anew_is_followed(cast: Cast, desk: Desk) -> None:
    goal = working(cast)
    address = text_of(cast, goal)
    mika = await sit(desk, cast.client, address)
    mika.write("one")
    await kept(mika)
    stored = service.laid_down(address)
    service.lay_down(address, LayForm("one", SharedText.of("one").squashed(), stored.laid + 1, stored.version, stored.document_id))
    mika.write("one two")
    await until(lambda: mika.pipe.code == ANEW)
    again = await sit(desk, cast.client, address)
    assert again.text.text == "one"


async def test_a_text_has_only_so_many_seats(cast: Cast, desk: Desk) -> None:
    address = text_of(cast, working(cast))
    for _ in range(state.MOST_SEATS):
        await sit(desk, cast.client, address)
    assert await desk.sit(cast.therapist, address, Pipe()) == TOO_MANY


async def test_one_session_and_one_process_have_only_so_many_texts_open(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = working(cast)
    title, why, notes = (text_of(cast, goal, part) for part in ("title", "why", "notes"))
    monkeypatch.setattr(state, "MOST_OF_ONE", 2)
    await sit(desk, cast.client, title)
    await sit(desk, cast.client, why)
    assert await desk.sit(cast.client, title, Pipe()) == TOO_MANY
    await sit(desk, cast.therapist, title)
    monkeypatch.setattr(state, "MOST_OPEN", 2)
    assert await desk.sit(cast.therapist, notes, Pipe()) == TOO_MANY
    await sit(desk, cast.therapist, why)


async def test_an_idea_leaves_nothing_with_the_other_when_it_was_proposed_for_a_moment(cast: Cast, desk: Desk) -> None:
    goal = idea(cast, "Mine")
    mika = await sit(desk, cast.client, text_of(cast, goal))
    mika.write("Kanarienquitte")
    await kept(mika)
    mika.write("calm")
    await kept(mika)
    goals.propose(cast.client, cast.case, goal, seen(cast, goal), op=op())
    theo = await sit(desk, cast.therapist, text_of(cast, goal))
    assert theo.text.text == "calm"
    assert b"Kanarien" not in theo.text.squashed()
