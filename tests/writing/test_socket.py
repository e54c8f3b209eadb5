"""The socket of a text, served for real: two people who write at once, and everything that somebody hostile could say."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import select

from portal.access import wire
from portal.access.models import Membership, PersonSession
from portal.access.permissions import CaseRole
from portal.goals import service as goals
from portal.kit import clock, crdt
from portal.kit.crdt import SharedText, block, number
from portal.kit.db import transaction
from portal.writing import service
from portal.writing.schemas import Address
from portal.writing.state import AGAIN, ANEW, CARETS, GONE, MALFORMED, OWN, POLICY, SIGNED_OUT, SYNC
from tests.cast import Cast, assemble
from tests.goals.people import agreed, idea, look, seen, working
from tests.makers import end_membership, op
from tests.servers import Portal
from tests.writing.editors import Editor, Refused, editor
from tests.writing.people import shown, text_of


@dataclass
class Desk:
    """A fresh cast at one text in the served practice."""

    portal: Portal
    cast: Cast
    stack: AsyncExitStack

    async def sit(self, who: str, address: Address, **how: Any) -> Editor:
        """An editor of this person, open until the test ends."""
        return await self.stack.enter_async_context(editor(self.portal.url, address, self.cast.tokens[who], **how))


@pytest.fixture
async def at(practice: tuple[Portal, Cast]) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        yield Desk(practice[0], assemble(), stack)


async def both_read(text: str, *editors: Editor) -> None:
    for one in editors:
        await one.until(lambda one=one: one.text.text == text)


async def test_what_one_types_the_other_reads_and_the_database_keeps(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    await mika.write("I")
    await mika.write("I sleep")
    await both_read("I sleep", theo)
    await theo.write_and_wait("I sleep better")
    await both_read("I sleep better", mika)
    assert shown(at.cast, goal) == "I sleep better"
    await mika.until(lambda: mika.kept == 2)
    assert (mika.hello["name"], mika.hello["role"], mika.hello["write"]) == ("Mika", "client", True)


async def test_two_who_type_at_random_places_come_to_the_same_text(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal, "notes")
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    chance = random.Random(11)

    async def type_in(one: Editor, letters: str) -> None:
        for _ in range(80):
            text = one.text.text
            place = chance.randint(0, len(text))
            if text and chance.random() < 0.2:
                await one.write(text[: place - 1] + text[place:])
            else:
                await one.write(text[:place] + chance.choice(letters) + text[place:])
            await asyncio.sleep(chance.random() * 0.004)

    await asyncio.gather(type_in(mika, "abc \n"), type_in(theo, "xyz \n"))
    await mika.until(lambda: mika.kept == mika.written)
    await theo.until(lambda: theo.kept == theo.written)
    await mika.until(lambda: mika.text.text == theo.text.text)
    assert shown(at.cast, goal, "notes") == mika.text.text.strip()
    assert SharedText(service.laid_down(address).state).text == mika.text.text


async def test_kept_is_said_after_the_commit(at: Desk) -> None:
    goal = working(at.cast)
    mika = await at.sit("client", text_of(at.cast, goal))
    for text in ("one", "one two", "one two three"):
        await mika.write_and_wait(text)
        assert shown(at.cast, goal) == text


async def test_what_was_typed_without_a_line_is_joined_on_return(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    theo = await at.sit("therapist", address)
    async with editor(at.portal.url, address, at.cast.tokens["client"]) as mika:
        await mika.write_and_wait("we meet")
        kept = mika.text
        laid = mika.hello["laid"]
    await both_read("we meet", theo)
    await theo.write_and_wait("we meet on Friday")
    kept.become("often we meet")
    kept.become("often we meet gladly")
    back = await at.sit("client", address, text=kept, laid=laid)
    await back.say(mark=7)
    await back.until(lambda: back.kept == 7)
    await both_read(back.text.text, theo)
    assert sorted(theo.text.text.split()) == sorted(["often", "we", "meet", "gladly", "on", "Friday"])
    assert shown(at.cast, goal) == theo.text.text


async def test_what_was_typed_last_is_stored_though_the_line_is_cut_at_once(at: Desk) -> None:
    goal = working(at.cast)
    async with editor(at.portal.url, text_of(at.cast, goal), at.cast.tokens["client"]) as mika:
        await mika.write("half a wor")
    await until(lambda: shown(at.cast, goal) == "half a wor")


async def test_what_was_typed_just_before_signing_out_is_stored(at: Desk) -> None:
    goal = working(at.cast)
    mika = await at.sit("client", text_of(at.cast, goal))
    theo = await at.sit("therapist", text_of(at.cast, goal))
    await mika.write("last words")
    await both_read("last words", theo)
    end_session(at.cast, "client")
    assert await mika.ended() == SIGNED_OUT
    await until(lambda: shown(at.cast, goal, by=at.cast.therapist) == "last words")


async def until(holds: Callable[[], object], seconds: float = 15) -> None:
    """Wait for something outside the sockets."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.02)


def end_session(cast: Cast, who: str) -> None:
    with transaction(writes=True) as db:
        row = db.exec(select(PersonSession).where(PersonSession.id == cast.everybody()[who].session_id)).one()
        row.ended_at = clock.now()
        db.add(row)


# --- who may


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://localhost"])
async def test_no_other_page_opens_it(at: Desk, origin: str | None) -> None:
    address = text_of(at.cast, working(at.cast))
    with pytest.raises(Refused):
        await at.sit("client", address, origin=origin)


@pytest.mark.parametrize("cookie", ["", "rapport=nonsense", "__Host-rapport=nonsense", "__Host-rapport="])
async def test_nobody_opens_it_without_a_session(at: Desk, cookie: str) -> None:
    address = text_of(at.cast, working(at.cast))
    with pytest.raises(Refused):
        await at.sit("client", address, cookie=cookie)


async def test_an_ended_session_does_not_open_it(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    end_session(at.cast, "client")
    with pytest.raises(Refused):
        await at.sit("client", address)


@pytest.mark.parametrize("who", ["second_client", "second_therapist", "former_member", "admin"])
async def test_a_foreign_text_reads_like_a_missing_one(at: Desk, who: str) -> None:
    goal = working(at.cast)
    heard = []
    for address in (text_of(at.cast, goal), Address(at.cast.case, "goal.why", op()), Address(op(), "goal.why", goal)):
        stranger = await at.sit(who, address)
        heard.append((await stranger.ended(), stranger.said, stranger.carets, stranger.text.text))
    assert heard == [(GONE, [], {}, "")] * 3


@pytest.mark.parametrize("path", ["/_write/{case}/goal.why", "/_write/{case}/goal.why/{goal}/more", "/_write//{goal}", "/_write/"])
async def test_an_odd_address_is_not_there(at: Desk, path: str) -> None:
    goal = working(at.cast)
    with pytest.raises(Refused):
        async with editor(at.portal.url, text_of(at.cast, goal), at.cast.tokens["client"], path=path.format(case=at.cast.case, goal=goal)) as one:
            assert await one.ended() in {GONE, 1000}
            raise Refused


async def test_a_long_query_is_refused(at: Desk) -> None:
    with pytest.raises(Refused):
        await at.sit("client", text_of(at.cast, working(at.cast)), query="&x=" + "y" * 400)


@pytest.mark.parametrize("kind", ["goal.nothing", "", "goal", "ladder.level", "goal.why%00", "../goals"])
async def test_an_unknown_kind_is_not_there(at: Desk, kind: str) -> None:
    goal = working(at.cast)
    address = Address(at.cast.case, kind, goal)
    try:
        one = await at.sit("client", address)
    except Refused:
        return
    assert await one.ended() == GONE


async def test_an_idea_is_its_authors_alone(at: Desk) -> None:
    goal = idea(at.cast, "Mine")
    address = text_of(at.cast, goal)
    mika = await at.sit("client", address)
    await mika.write_and_wait("private words")
    for who in ("therapist", "supervisor"):
        assert await (await at.sit(who, address)).ended() == GONE
    goals.propose(at.cast.client, at.cast.case, goal, seen(at.cast, goal), op=op())
    theo = await at.sit("therapist", address)
    assert theo.text.text == "private words"
    assert await (await at.sit("supervisor", address)).ended() == GONE


async def test_who_may_only_read_hears_everything_and_changes_nothing(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika, sana = await at.sit("client", address), await at.sit("supervisor", address)
    assert sana.hello["write"] is False
    await mika.write_and_wait("for both")
    await both_read("for both", sana)
    await sana.show_caret({"cursor": None, "user": {"name": "x"}}, writer=77)
    await sana.send_sync(1, SharedText.of("quietly").squashed())
    await mika.write_and_wait("for both still")
    await both_read("for both still", sana)
    await sana.write("mine")
    assert await sana.ended() == POLICY
    assert (mika.text.text, mika.carets, shown(at.cast, goal)) == ("for both still", {}, "for both still")


# --- who may no longer


async def test_an_ended_session_closes_its_socket(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    end_session(at.cast, "client")
    assert await mika.ended() == SIGNED_OUT
    await theo.write_and_wait("still here")


async def test_an_ended_membership_closes_the_socket(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    end_membership(at.cast.case, at.cast.ids["therapist"])
    assert await theo.ended() == GONE
    await mika.write_and_wait("alone")
    assert theo.text.text == ""


async def test_another_role_closes_the_socket(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    theo = await at.sit("therapist", address)
    with transaction(writes=True) as db:
        row = db.exec(select(Membership).where(Membership.case_id == at.cast.case, Membership.person_id == at.cast.ids["therapist"])).one()
        row.role = CaseRole.SUPERVISOR
        db.add(row)
    assert await theo.ended() == AGAIN
    back = await at.sit("therapist", address)
    assert back.hello["write"] is False


# --- hostile words

NEXT = SharedText.of("elsewhere").squashed()


def _huge() -> bytes:
    return number(1) + number(1) + number(9) + number(0) + bytes([crdt._STRING | crdt._HAS_LEFT]) + number(1) + number(0) + number(2**40)


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "an unknown kind": b"\x09",
    "half a number": b"\xff\xff",
    "an endless number": b"\xff" * 30,
    "a sync without a step": bytes([SYNC]),
    "an unknown step": bytes([SYNC, 9, 0]),
    "a block longer than the message": bytes([SYNC, 2]) + number(500) + b"x",
    "an update of noise": bytes([SYNC, 2]) + block(b"\x01\x02\x03noise"),
    "a huge length": bytes([SYNC, 2]) + block(_huge()),
    "many writers": bytes([SYNC, 2]) + block(number(2**40)),
    "a state of noise": bytes([SYNC, 0]) + block(b"\xff\xff\xff\xff\xff\x0f"),
    "carets of noise": bytes([CARETS]) + block(b"\x05\x01"),
    "a caret that is no json": bytes([CARETS]) + block(number(1) + number(5) + number(1) + block(b"{")),
    "a deep caret": bytes([CARETS]) + block(number(1) + number(5) + number(1) + block(b"[" * 1_500)),
    "a caret elsewhere": bytes([CARETS]) + block(number(1) + number(5) + number(1) + block(b'{"cursor":{"anchor":{"x":1},"head":{}}}')),
    "own words of noise": bytes([OWN]) + block(b"{"),
    "a mark that is no number": bytes([OWN]) + block(b'{"mark":"1"}'),
    "own words that are none of ours": bytes([OWN]) + block(b"[1]"),
    "words that hang nowhere": bytes([SYNC, 2]) + block(SharedText.of("x").squashed()[:-4] + b"\x00"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_malformed_message_closes_that_socket_and_harms_nobody(at: Desk, name: str) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    await theo.write_and_wait("calm words")
    await both_read("calm words", mika)
    await mika.send(HOSTILE[name])
    assert await mika.ended() == MALFORMED
    await theo.write_and_wait("calm words go on")
    assert (theo.code, shown(at.cast, goal)) == (None, "calm words go on")
    again = await at.sit("client", address)
    assert again.text.text == "calm words go on"


async def test_a_text_frame_is_refused(at: Desk) -> None:
    mika = await at.sit("client", text_of(at.cast, working(at.cast)))
    await mika.send("42/_event,[]")
    assert await mika.ended() == 1003


async def test_a_message_that_is_too_large_closes_the_socket(at: Desk) -> None:
    mika = await at.sit("client", text_of(at.cast, working(at.cast)))
    await mika.send(bytes([SYNC, 2]) + block(b"x" * wire.MOST_WRITTEN_BYTES))
    assert await mika.ended() == 1009


async def test_who_is_too_fast_for_too_long_is_closed(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    for _ in range(wire.WRITING_BURST + wire.MOST_DROPPED + 400):
        await mika.say(mark=1)
    assert await mika.ended() == 1008
    await theo.write_and_wait("unhurried")


async def test_nobody_writes_under_anothers_number(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    before = mika.text.known
    await mika.write_and_wait("my words")
    await both_read("my words", theo)
    (writer,) = mika.text.known.keys() - before.keys()
    count = mika.text.known[writer]
    forged = number(1) + number(1) + number(writer) + number(count) + bytes([crdt._STRING | crdt._HAS_LEFT]) + number(writer)
    await theo.send_sync(2, forged + number(count - 1) + block(b"forged") + b"\x00")
    assert await theo.ended() == POLICY
    await mika.write_and_wait("my words stand")
    assert shown(at.cast, goal) == "my words stand"


async def test_an_update_that_builds_on_nothing_is_asked_for_and_never_kept(at: Desk) -> None:
    goal = working(at.cast)
    mika = await at.sit("client", text_of(at.cast, goal))
    mika.answers = False
    lost = SharedText(mika.text.squashed())
    lost.become("one")
    await mika.send_sync(2, lost.become("one two"))
    await mika.say(mark=1)
    await mika.send_sync(0, b"\x00")
    assert mika.kept == 0
    for _ in range(12):
        await mika.send_sync(2, lost.become(lost.text + "!"))
    assert await mika.ended() == MALFORMED
    assert shown(at.cast, goal) == ""


async def test_what_is_hidden_in_a_document_is_thrown_away(at: Desk) -> None:
    """Text beside a paragraph would be stored and never seen."""
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    (writer,) = mika.text.known  # whose first letter is the paragraph
    await theo.write_and_wait("seen")
    hidden = number(1) + number(1) + number(4711) + number(0) + bytes([crdt._STRING | crdt._HAS_LEFT]) + number(writer) + number(0)
    await mika.send_sync(2, hidden + block(b"Kanarienquitte") + b"\x00")
    assert await mika.ended() == MALFORMED
    await theo.write_and_wait("seen and said")
    assert b"Kanarienquitte" not in service.laid_down(address).state
    assert "Kanarienquitte" not in theo.text.text


# --- lengths


async def test_too_long_a_text_is_told_and_kept_where_it_was_typed(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal, "title")
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    before = shown(at.cast, goal, "title")
    await mika.write("x" * 250)
    await mika.until(lambda: any("refused" in one for one in mika.said))
    refused = next(one for one in mika.said if "refused" in one)
    assert "too long" in refused["words"]
    assert shown(at.cast, goal, "title") == before
    await both_read("x" * 250, theo)
    await mika.write_and_wait("Short again")
    assert shown(at.cast, goal, "title") == "Short again"


async def test_far_too_long_a_text_is_not_taken_until_it_is_shorter(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal, "title")
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    await mika.write("x" * 2_000)
    await mika.until(lambda: any(one.get("why") == "large" for one in mika.said))
    await theo.write_and_wait("Meanwhile")
    await mika.write("Short again")
    await mika.until(lambda: mika.kept == mika.written)
    await mika.until(lambda: "x" not in mika.text.text)
    await both_read(mika.text.text, theo)
    assert shown(at.cast, goal, "title") == mika.text.text


async def test_a_title_that_is_emptied_is_not_stored(at: Desk) -> None:
    goal = working(at.cast)
    mika = await at.sit("client", text_of(at.cast, goal, "title"))
    before = mika.text.text
    await mika.write("")
    await mika.until(lambda: any("refused" in one for one in mika.said))
    assert shown(at.cast, goal, "title") == before
    await mika.write_and_wait("Something")
    assert shown(at.cast, goal, "title") == "Something"


# --- carets


async def test_a_caret_carries_the_name_that_the_portal_knows(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    place = {"type": None, "tname": "text", "item": {"client": 1, "clock": 0}, "assoc": 0}
    claimed = {"user": {"name": "Theo <b>", "role": "therapist", "color": "url(x)"}, "cursor": {"anchor": place, "head": place}, "more": 1}
    await mika.show_caret(claimed, writer=41)
    await theo.until(lambda: 41 in theo.carets)
    assert theo.carets[41] == {"user": {"name": "Mika", "role": "client"}, "cursor": {"anchor": place, "head": place}}
    await theo.show_caret({"user": {}, "cursor": None}, writer=41)
    await theo.show_caret({"user": {}}, writer=52)
    await mika.until(lambda: 52 in mika.carets)
    assert 41 not in mika.carets
    late = await at.sit("supervisor", address)
    await late.until(lambda: late.carets.keys() >= {41, 52})
    await mika.wire.close()
    await theo.until(lambda: theo.carets[41] is None)


async def test_the_same_editor_over_a_new_line_takes_its_caret_along(at: Desk) -> None:
    address = text_of(at.cast, working(at.cast))
    theo, first = await at.sit("therapist", address), await at.sit("client", address)
    await first.show_caret({"user": {}}, writer=41, count=3)
    await theo.until(lambda: theo.carets.get(41) is not None)
    second = await at.sit("client", address)
    await second.show_caret({"user": {}}, writer=41, count=4)
    assert await first.ended() == AGAIN
    await second.show_caret({"user": {}}, writer=41, count=5)
    await theo.until(lambda: theo.carets[41] is not None)


# --- words that a verb changed


async def test_an_earlier_text_taken_again_is_in_the_open_document(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal, "notes")
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    await mika.write_and_wait("first words")
    await both_read("first words", theo)
    [entry] = [one for one in goals.goal(at.cast.client, at.cast.case, goal).history if one.restorable]
    goals.bring_back(at.cast.therapist, at.cast.case, entry.id, op=op())
    assert shown(at.cast, goal, "notes") == ""
    # Another process did that, and nothing rang here: the next letter finds it.
    await mika.write("first words!")
    await mika.until(lambda: mika.kept == mika.written)
    await both_read("!", mika, theo)
    assert shown(at.cast, goal, "notes") == "!"


async def test_a_kept_wording_is_in_the_open_document(at: Desk) -> None:
    goal = agreed(at.cast, "Say no", "evenings")
    address = text_of(at.cast, goal)
    mika, theo = await at.sit("client", address), await at.sit("therapist", address)
    await mika.write_and_wait("late evenings")
    assert look(at.cast, goal).asks == "me"
    goals.keep_wording(at.cast.therapist, at.cast.case, goal, seen(at.cast, goal), op=op())
    await theo.until(lambda: theo.text.text == "late evenings")
    await theo.write("late evenings and mornings")
    await theo.until(lambda: theo.kept == theo.written)
    await both_read("evenings and mornings", mika, theo)
    assert (look(at.cast, goal).agreed_why, look(at.cast, goal).why) == ("evenings", "evenings and mornings")


async def test_a_goal_that_is_closed_while_somebody_writes_is_read_only_afterwards(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika = await at.sit("client", address)
    await mika.write_and_wait("before")
    goals.reach(at.cast.therapist, at.cast.case, goal, seen(at.cast, goal), op=op())
    await mika.write("before and after")
    assert await mika.ended() in {ANEW, AGAIN}
    assert shown(at.cast, goal) == "before"
    again = await at.sit("client", address)
    assert (again.hello["write"], again.text.text) == (False, "before")


async def test_an_editor_of_an_older_document_has_to_begin_anew(at: Desk) -> None:
    goal = working(at.cast)
    address = text_of(at.cast, goal)
    mika = await at.sit("client", address)
    await mika.write_and_wait("words")
    old = await at.sit("client", address, laid=mika.hello["laid"] + 1)
    assert await old.ended() == ANEW
