"""Texts that are written together, as verbs: who may, what is stored, what the history tells."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from portal.access import log
from portal.access.models import Case, CaseStatus, PersonSession
from portal.goals import service as goals
from portal.goals.domain import Action
from portal.kit import clock
from portal.kit.crdt import SharedText
from portal.kit.db import transaction
from portal.kit.refusal import BadInput, Ended, Forbidden, NotFound, NotSignedIn
from portal.tables import metadata
from portal.writing import service
from portal.writing.domain import Behind, Burst, Overtaken
from portal.writing.models import Document
from portal.writing.schemas import Address, KeepForm, LayForm
from tests.cast import Cast
from tests.goals.people import agreed, idea, look, proposed, seen, working
from tests.makers import end_membership, op
from tests.queries import counted
from tests.writing.people import Hand, entries, opened, shown, text_of

SECRET = "Kanarienquitte"


def test_what_is_written_stands_on_the_goal(cast: Cast) -> None:
    goal = proposed(cast, "Say no", "It costs me")
    for part, text in (("why", "It costs me the evening\nand the night"), ("title", "Say no once"), ("notes", "Ask the choir")):
        Hand.at(cast.client, text_of(cast, goal, part)).write(cast.client, text)
        assert shown(cast, goal, part, by=cast.therapist) == text
    [card] = goals.board(cast.therapist, cast.case).columns["ideas"].cards
    assert (card.title, card.why) == ("Say no once", "It costs me the evening and the night")


def test_the_document_is_stored_as_one_piece_and_sealed(cast: Cast) -> None:
    goal = proposed(cast, "Say no", "")
    hand = Hand.at(cast.client, text_of(cast, goal))
    hand.write(cast.client, f"About {SECRET}")
    hand.write(cast.client, f"About {SECRET} and the sea")
    stored = opened(cast.client, text_of(cast, goal))
    assert (SharedText(stored.state).text, stored.text) == (f"About {SECRET} and the sea",) * 2
    with transaction(writes=False) as db:
        for row in db.execute(sa.select(metadata.tables["document"])).mappings():
            assert SECRET not in repr(dict(row))
        assert len(db.exec(select(Document)).all()) == 1


def test_deleted_text_is_not_in_the_stored_document(cast: Cast) -> None:
    goal = proposed(cast, "Say no", f"Because of {SECRET}, and because of the evenings")
    hand = Hand.at(cast.client, text_of(cast, goal))
    assert SECRET.encode() in opened(cast.client, text_of(cast, goal)).state
    hand.write(cast.client, f"Because of {SECRET} and the evenings, {SECRET}")
    assert SECRET.encode() in opened(cast.client, text_of(cast, goal)).state
    hand.write(cast.therapist, "Because of the evenings")
    stored = opened(cast.client, text_of(cast, goal))
    assert SECRET.encode() not in stored.state
    assert SECRET not in stored.text


def test_one_entry_per_author_and_burst(cast: Cast) -> None:
    goal = working(cast)
    hand, at = Hand.at(cast.client, text_of(cast, goal)), clock.now()
    for seconds, text in ((0, "I"), (1, "I sleep"), (90, "I sleep badly")):
        with clock.at(at + timedelta(seconds=seconds)):
            hand.write(cast.client, text)
    with clock.at(at + timedelta(seconds=95)):
        hand.write(cast.therapist, "I sleep badly on Sundays")
    with clock.at(at + timedelta(seconds=100)):
        hand.write(cast.client, "I sleep badly on Sundays.")
    assert entries(cast, goal, "Mika changed why it matters") == [[("new", "I sleep badly"), ("same", " on Sundays"), ("new", ".")]]
    assert entries(cast, goal, "Theo changed why it matters") == [[("same", "I sleep badly"), ("new", " on Sundays")]]
    with clock.at(at + timedelta(minutes=10)):
        hand.write(cast.client, "I sleep badly on Sundays and Mondays.")
        assert len(entries(cast, goal, "Mika changed why it matters")) == 2


def test_two_who_write_at_once_have_one_entry_each_with_their_own_words(cast: Cast) -> None:
    goal = working(cast)
    hand = Hand.at(cast.client, text_of(cast, goal))
    hand.write(cast.client, "walk and sing and rest")
    with clock.at(clock.now() + timedelta(minutes=10)):
        hand.write(cast.client, "walk far and sing and rest")
        hand.write(cast.therapist, "walk far and sing and rest well")
        hand.write(cast.client, "walk far up and sing and rest well")
        hand.write(cast.therapist, "walk far up and sing and rest well now")
        assert entries(cast, goal, "Mika changed why it matters") == [
            [("same", "walk "), ("new", "far up "), ("same", "and sing and rest well")],
            [("new", "walk and sing and rest")],
        ]
        assert entries(cast, goal, "Theo changed why it matters") == [[("same", "walk far up and sing and rest"), ("new", " well now")]]


def test_what_was_taken_back_at_once_leaves_no_entry(cast: Cast) -> None:
    goal = working(cast)
    hand = Hand.at(cast.client, text_of(cast, goal))
    hand.write(cast.client, "Somet")
    hand.write(cast.client, "")
    assert entries(cast, goal, "Mika changed why it matters") == []
    hand.write(cast.client, "Something")
    assert len(entries(cast, goal, "Mika changed why it matters")) == 1


def test_one_entry_of_the_access_log_per_burst(cast: Cast) -> None:
    goal = working(cast)
    hand = Hand.at(cast.therapist, text_of(cast, goal))
    before, at = written_entries(cast), clock.now()
    for seconds, text in enumerate(("a", "ab", "abc")):
        with clock.at(at + timedelta(seconds=seconds)):
            hand.write(cast.therapist, text)
    assert written_entries(cast) - before == 1
    with clock.at(at + timedelta(minutes=5)):
        hand.write(cast.therapist, "abcd")
    assert written_entries(cast) - before == 2


def written_entries(cast: Cast) -> int:
    with transaction(writes=False) as db:
        found, broken = log.entries(db, cast.case)
        assert broken is None
        return len([entry for entry in found if entry.action == "write_goals"])


def test_taking_an_earlier_text_again_is_a_new_entry_and_reaches_the_document(cast: Cast) -> None:
    goal = working(cast)
    address = text_of(cast, goal, "notes")
    hand = Hand.at(cast.client, address)
    hand.write(cast.client, "First")
    with clock.at(clock.now() + timedelta(minutes=10)):
        hand.write(cast.client, "Second")
        [newest, _] = [one for one in goals.goal(cast.therapist, cast.case, goal).history if one.words == "Mika wrote in the notes"]
        assert newest.restorable
        goals.bring_back(cast.therapist, cast.case, newest.id, op=op())
        assert shown(cast, goal, "notes") == "First"
        assert goals.goal(cast.client, cast.case, goal).history[0].words == "Theo took an earlier text again"
        with pytest.raises(Overtaken) as overtaken:
            hand.write(cast.client, "Second and more")
        assert overtaken.value.text == "First"


def test_an_agreed_goals_words_become_a_new_wording(cast: Cast) -> None:
    goal = agreed(cast, "Say no", "evenings")
    Hand.at(cast.client, text_of(cast, goal, "title")).write(cast.client, "Say no twice")
    detail = look(cast, goal, by=cast.therapist)
    assert (detail.agreed_title, detail.title, detail.asks) == ("Say no", "Say no twice", "me")
    goals.agree_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    why = Hand.at(cast.therapist, text_of(cast, goal))
    why.write(cast.therapist, "the evenings")
    assert [one.said for one in look(cast, goal).yes] == [False, False]
    for who in (cast.client, cast.therapist):
        goals.agree_wording(who, cast.case, goal, seen(cast, goal), op=op())
    detail = look(cast, goal)
    assert (detail.agreed_title, detail.agreed_why, detail.asks) == ("Say no twice", "the evenings", "")
    why.write(cast.client, "the evenings!")
    assert look(cast, goal).asks == "me"
    goals.keep_wording(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert shown(cast, goal) == "the evenings"
    with pytest.raises(Overtaken):
        why.write(cast.client, "the evenings!!")


def test_notes_need_no_yes(cast: Cast) -> None:
    goal = agreed(cast)
    Hand.at(cast.therapist, text_of(cast, goal, "notes")).write(cast.therapist, "He sings on Fridays")
    assert (look(cast, goal).notes, look(cast, goal).asks) == ("He sings on Fridays", "")


def test_an_idea_and_its_document_are_the_authors_alone(cast: Cast) -> None:
    goal = idea(cast, "Mine")
    address = text_of(cast, goal)
    hand = Hand.at(cast.client, address)
    hand.write(cast.client, SECRET)
    for who in (cast.therapist, cast.supervisor):
        with pytest.raises(NotFound):
            service.open_text(who, address)
    with pytest.raises(NotFound):
        service.keep(cast.therapist, address, a_form(hand), op=op())
    goals.propose(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert service.open_text(cast.therapist, address).text == SECRET
    with pytest.raises(NotFound):
        service.open_text(cast.supervisor, address)
    hand.write(cast.client, "Other words")
    assert SECRET.encode() not in opened(cast.therapist, address).state
    goals.take_back(cast.client, cast.case, goal, seen(cast, goal), op=op())
    with pytest.raises(NotFound):
        service.look_again(cast.therapist, address)


def test_what_an_author_wrote_before_proposing_is_not_in_the_others_history(cast: Cast) -> None:
    goal = idea(cast, "Mine")
    hand = Hand.at(cast.client, text_of(cast, goal))
    hand.write(cast.client, SECRET)
    hand.write(cast.client, "Calm words")
    goals.propose(cast.client, cast.case, goal, seen(cast, goal), op=op())
    hand.write(cast.client, "Calm words, shared")
    assert SECRET not in repr(goals.goal(cast.therapist, cast.case, goal))
    assert entries(cast, goal, "Mika changed why it matters", by=cast.therapist) == [[("same", "Calm words"), ("new", ", shared")]]


def a_form(hand: Hand, **changed: object) -> KeepForm:
    given = {
        "burst": Burst(hand.text.text, "other"), "text": "other", "state": SharedText.of("other").squashed(), "mirrored": hand.mirrored,
        "document_id": hand.laid.document_id, "laid": hand.laid.laid, "version": hand.version, "typed_at": clock.now(),
    }  # fmt: skip
    return KeepForm(**(given | changed))  # type: ignore[arg-type]


def test_who_may_only_read_writes_nothing(cast: Cast) -> None:
    goal = agreed(cast)
    address = text_of(cast, goal)
    hand = Hand.at(cast.client, address)
    assert service.open_text(cast.supervisor, address).may_write is False
    assert service.look_again(cast.supervisor, address).may_write is False
    with pytest.raises(Forbidden):
        service.keep(cast.supervisor, address, a_form(hand), op=op())


def test_a_foreign_text_reads_like_a_missing_one(cast: Cast) -> None:
    goal = agreed(cast)
    hand = Hand.at(cast.client, text_of(cast, goal))
    for address in (text_of(cast, goal), Address(cast.case, "goal.why", op()), Address(op(), "goal.why", goal), Address(cast.case, "goal.nothing", goal)):
        for who in (cast.second_client, cast.second_therapist, cast.former_member):
            for verb in (lambda who, at: service.open_text(who, at), lambda who, at: service.keep(who, at, a_form(hand), op=op())):
                with pytest.raises(NotFound):
                    verb(who, address)
    with pytest.raises(NotSignedIn):
        service.open_text(cast.nobody, text_of(cast, goal))
    assert service.open_text(cast.client, text_of(cast, goal)).name == "Mika"


def test_a_document_cannot_be_stored_as_another_texts(cast: Cast) -> None:
    goal, other = agreed(cast), agreed(cast, "Other", "why")
    hand = Hand.at(cast.client, text_of(cast, other))
    Hand.at(cast.client, text_of(cast, goal))
    with pytest.raises(Behind):
        service.keep(cast.client, text_of(cast, goal), a_form(hand, mirrored=""), op=op())
    assert shown(cast, goal) == ""


def test_closed_things_are_read_only(cast: Cast) -> None:
    goal = working(cast)
    address = text_of(cast, goal)
    hand = Hand.at(cast.client, address)
    goals.reach(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert not service.open_text(cast.client, address).may_write
    assert service.open_text(cast.client, text_of(cast, goal, "notes")).may_write
    with pytest.raises(goals.domain.WhileDone):
        service.keep(cast.client, address, a_form(hand), op=op())
    goals.archive(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert not service.open_text(cast.client, text_of(cast, goal, "notes")).may_write
    with transaction(writes=True) as db:
        db.exec(select(Case).where(Case.id == cast.case)).one().status = CaseStatus.ENDED
    with pytest.raises(Ended):
        service.keep(cast.client, address, a_form(hand), op=op())


@pytest.mark.parametrize(("part", "text"), [("title", ""), ("title", "x" * 201), ("why", "x" * 4_001), ("notes", "x" * 8_001)])
def test_too_long_or_too_short_is_not_stored(cast: Cast, part: str, text: str) -> None:
    goal = working(cast)
    hand = Hand.at(cast.client, text_of(cast, goal, part))
    before = shown(cast, goal, part)
    with pytest.raises(BadInput):
        service.keep(cast.client, text_of(cast, goal, part), a_form(hand, text=text, state=SharedText.of(text).squashed()), op=op())
    assert (shown(cast, goal, part), opened(cast.client, text_of(cast, goal, part)).version) == (before, hand.version)


def test_of_two_processes_the_later_one_has_to_join_first(cast: Cast) -> None:
    goal = working(cast)
    first, second = Hand.at(cast.client, text_of(cast, goal)), Hand.at(cast.therapist, text_of(cast, goal))
    first.write(cast.client, "one")
    with pytest.raises((Behind, Overtaken)):
        second.write(cast.therapist, "two")
    assert shown(cast, goal) == "one"


def test_only_one_document_is_ever_laid_down(cast: Cast) -> None:
    address = text_of(cast, working(cast))
    first = service.lay_down(address, LayForm("", SharedText.of("").squashed()))
    with pytest.raises(Behind):
        service.lay_down(address, LayForm("", SharedText.of("").squashed()))
    assert service.laid_down(address).document_id == first.document_id
    again = service.lay_down(address, LayForm("", SharedText.of("").squashed(), 2, first.version, first.document_id))
    assert (again.laid, again.version) == (2, first.version + 1)
    with pytest.raises(Behind):
        service.lay_down(address, LayForm("", SharedText.of("").squashed(), 2, first.version, first.document_id))


def test_what_was_typed_before_the_session_ended_is_stored_and_nothing_after(cast: Cast) -> None:
    goal = working(cast)
    hand, address = Hand.at(cast.client, text_of(cast, goal)), text_of(cast, goal)
    at = clock.now()
    with transaction(writes=True) as db:
        db.exec(select(PersonSession).where(PersonSession.id == cast.client.session_id)).one().ended_at = at
    with clock.at(at + timedelta(seconds=1)):
        with pytest.raises(NotSignedIn):
            service.keep(cast.client, address, a_form(hand, typed_at=at + timedelta(seconds=1)), op=op())
        kept = service.keep(cast.client, address, a_form(hand, typed_at=at - timedelta(milliseconds=200)), op=op())
    with clock.at(at + timedelta(seconds=20)), pytest.raises(NotSignedIn):
        service.keep(cast.client, address, a_form(hand, mirrored="other", version=kept.version, typed_at=at - timedelta(milliseconds=200)), op=op())
    assert shown(cast, goal, by=cast.therapist) == "other"


def test_a_former_member_stores_nothing(cast: Cast) -> None:
    goal = working(cast)
    hand = Hand.at(cast.therapist, text_of(cast, goal))
    end_membership(cast.case, cast.ids["therapist"])
    with pytest.raises(NotFound):
        service.keep(cast.therapist, text_of(cast, goal), a_form(hand, typed_at=clock.now()), op=op())


def test_no_verb_needs_more_than_eight_statements(cast: Cast) -> None:
    costs = {}
    for name, goal in (("idea", idea(cast)), ("agreed", agreed(cast, "Agreed", "why"))):
        for part in ("title", "why", "notes"):
            hand = Hand.at(cast.client, text_of(cast, goal, part))
            for text in ("first", "first and second", "first and second "):
                with counted() as run:
                    hand.write(cast.client, text)
                costs[f"{name} {part} {text}"] = len(run)
        with counted() as run:
            service.open_text(cast.therapist if name == "agreed" else cast.client, text_of(cast, goal))
        costs[f"open {name}"] = len(run)
    assert max(costs.values()) <= 8, costs


def test_an_undo_of_a_kept_wording_brings_the_new_one_back(cast: Cast) -> None:
    goal = agreed(cast, "Say no", "evenings")
    Hand.at(cast.client, text_of(cast, goal)).write(cast.client, "late evenings")
    kept = op()
    goals.VERBS[Action.KEEP_WORDING](cast.client, cast.case, goal, seen(cast, goal), op=kept)
    assert shown(cast, goal) == "evenings"
    goals.undo(cast.client, cast.case, kept, op=op())
    assert (shown(cast, goal), look(cast, goal).asks) == ("late evenings", "me")
