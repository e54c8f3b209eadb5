"""Promises in the records: who may do what, what the other sees, what the history keeps, and what can be taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from portal.access.gate import Caller
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, Forbidden, NotFound
from portal.promises import domain, service
from portal.promises.domain import ChangedSince, PromiseStatus, TooLateToUndo
from portal.promises.models import Promise, PromiseChange
from portal.promises.schemas import PromiseCard, PromiseDetail, PromiseForm
from tests.cast import Cast
from tests.makers import op, sign_in
from tests.queries import counted


def promised(cast: Cast, text: str = "Bring the book", until: str = "") -> str:
    """A promise of the therapist; its id."""
    return service.make(cast.therapist, cast.case, PromiseForm(text, until), op=op()).id


def cards(cast: Cast, by: Caller | None = None) -> list[PromiseCard]:
    return service.board(by or cast.client, cast.case, earlier=True).cards


def card(cast: Cast, promise: str, by: Caller | None = None) -> PromiseCard:
    return next(one for one in cards(cast, by) if one.id == promise)


def page(cast: Cast, promise: str, by: Caller | None = None) -> PromiseDetail:
    return service.promise(by or cast.client, cast.case, promise)


def test_the_therapist_promises_and_the_client_alone_can_tick(cast: Cast) -> None:
    promise = promised(cast, until="2030-01-31")
    mine, theirs = card(cast, promise), card(cast, promise, cast.therapist)
    assert (mine.text, mine.by, mine.status, mine.when) == ("Bring the book", "Theo", "open", "by 31 Jan")
    assert (mine.may_answer, mine.may_change) == (True, False)
    assert (theirs.may_answer, theirs.may_change) == (False, True)
    with pytest.raises(Forbidden):
        service.keep(cast.therapist, cast.case, promise, 9, op=op())
    with pytest.raises(Forbidden):
        service.make(cast.client, cast.case, PromiseForm("Something"), op=op())
    service.keep(cast.client, cast.case, promise, 1, op=op())
    assert card(cast, promise, cast.therapist).status_words == "Kept"
    with pytest.raises(domain.WhileAnswered):
        service.take_back(cast.therapist, cast.case, promise, "No", 9, op=op())


def test_not_kept_is_said_calmly_and_can_still_become_kept(cast: Cast) -> None:
    promise = promised(cast)
    service.miss(cast.client, cast.case, promise, 1, op=op())
    assert card(cast, promise, cast.therapist).status_words == "Not kept"
    service.open_again(cast.client, cast.case, promise, 2, op=op())
    assert card(cast, promise).status == "open"
    service.miss(cast.client, cast.case, promise, 3, op=op())
    service.keep(cast.client, cast.case, promise, 4, op=op())
    assert card(cast, promise).status == "kept"
    words = [entry.words for entry in page(cast, promise).history]
    assert words == [
        "Mika ticked it as kept", "Mika said: not kept", "Mika opened it again", "Mika said: not kept", "Theo made this promise",
    ]  # fmt: skip


def test_a_promise_is_taken_back_with_a_reason_that_the_client_reads(cast: Cast) -> None:
    promise = promised(cast)
    with pytest.raises(BadInput):
        service.take_back(cast.therapist, cast.case, promise, "  ", 1, op=op())
    with pytest.raises(Forbidden):
        service.take_back(cast.client, cast.case, promise, "I do not want it", 1, op=op())
    service.take_back(cast.therapist, cast.case, promise, "The library has closed", 1, op=op())
    seen = card(cast, promise)
    assert (seen.status, seen.reason, seen.may_answer) == ("taken_back", "The library has closed", False)
    with pytest.raises(domain.WhileTakenBack):
        service.keep(cast.client, cast.case, promise, 9, op=op())
    assert page(cast, promise).history[0].after == "Taken back: The library has closed"


def test_a_tick_is_to_the_words_that_were_read(cast: Cast) -> None:
    promise = promised(cast)
    service.reword(cast.therapist, cast.case, promise, "Think of the book", 1, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.keep(cast.client, cast.case, promise, 1, op=op())
    assert card(cast, promise).status == "open"
    service.keep(cast.client, cast.case, promise, 2, op=op())


def test_two_screens_of_the_author_keep_both_wordings(cast: Cast) -> None:
    promise = promised(cast)
    service.reword(cast.therapist, cast.case, promise, "Bring both books", 1, op=op())
    with pytest.raises(ChangedMeanwhile) as changed:
        service.reword(cast.therapist, cast.case, promise, "Bring one book", 1, op=op())
    assert changed.value.params == {"theirs": "Bring both books", "version": 2}
    service.set_until(cast.therapist, cast.case, promise, "2030-01-31", 1, op=op())
    with pytest.raises(ChangedMeanwhile) as changed:
        service.set_until(cast.therapist, cast.case, promise, "2030-02-01", 1, op=op())
    assert changed.value.params["theirs"] == "2030-01-31"


def test_the_history_shows_the_difference_and_gives_earlier_words_back(cast: Cast) -> None:
    promise = promised(cast)
    for text in ("Bring both", "Bring both books"):
        service.reword(cast.therapist, cast.case, promise, text, 9, op=op())
    entries = page(cast, promise, cast.therapist).history
    assert [entry.words for entry in entries] == ["Theo changed the words", "Theo made this promise"]
    assert [(piece.kind, piece.text) for piece in entries[0].pieces if piece.kind != "same"] == [("gone", "the book"), ("new", "both books")]
    assert entries[0].restorable
    assert not page(cast, promise).history[0].restorable
    service.bring_back(cast.therapist, cast.case, entries[0].id, op=op())
    assert card(cast, promise).text == "Bring the book"


def test_an_open_promise_stays_and_a_settled_one_is_put_away_by_either(cast: Cast) -> None:
    promise = promised(cast)
    for who in (cast.client, cast.therapist):
        with pytest.raises(domain.WhileOpen):
            service.archive(who, cast.case, promise, 9, op=op())
    service.keep(cast.client, cast.case, promise, 1, op=op())
    service.archive(cast.therapist, cast.case, promise, 2, op=op())
    assert cards(cast) == []
    assert service.board(cast.client, cast.case).archived == "1 promise in the archive"
    (line,) = service.archive_of(cast.client, cast.case)
    assert (line.text, line.words) == ("Bring the book", "Kept")
    with pytest.raises(domain.WhileArchived):
        service.open_again(cast.client, cast.case, promise, 9, op=op())
    service.restore(cast.client, cast.case, promise, line.version, op=op())
    assert card(cast, promise).status == "kept"


@pytest.mark.parametrize("undone", ["keep", "miss", "take_back", "archive", "reword", "set_until"])
def test_every_change_can_be_taken_back_for_ten_seconds(cast: Cast, undone: str) -> None:
    promise, done = promised(cast), op()
    who: Caller = cast.client if undone in {"keep", "miss", "archive"} else cast.therapist
    if undone == "archive":
        service.keep(cast.client, cast.case, promise, 1, op=op())
    verb: Callable[..., object] = getattr(service, undone)
    given = {"take_back": ("No time",), "reword": ("Other words",), "set_until": ("2030-01-01",)}.get(undone, ())
    before = card(cast, promise)
    verb(who, cast.case, promise, *given, 9, op=done)
    other = cast.therapist if who is cast.client else cast.client
    with pytest.raises(NotFound):
        service.undo(other, cast.case, done, op=op())
    service.undo(who, cast.case, done, op=op())
    after = card(cast, promise)
    assert (after.text, after.status, after.when, after.reason) == (before.text, before.status, before.when, before.reason)
    assert page(cast, promise).history[0].words == f"{'Mika' if who is cast.client else 'Theo'} undid the last change"


def test_undo_ends_with_the_time_and_with_what_rests_on_the_change(cast: Cast) -> None:
    done, ticked = op(), op()
    promise = service.make(cast.therapist, cast.case, PromiseForm("Bring the book"), op=done).id
    service.keep(cast.client, cast.case, promise, 1, op=ticked)
    with pytest.raises(ChangedSince):
        service.undo(cast.therapist, cast.case, done, op=op())
    with clock.at(clock.now() + timedelta(minutes=2)):
        later, _ = sign_in(cast.ids["client"])
        with pytest.raises(TooLateToUndo):
            service.undo(later, cast.case, ticked, op=op())
        assert card(cast, promise, later).status == "kept"


def test_a_promise_made_by_mistake_goes_to_the_archive(cast: Cast) -> None:
    done = op()
    service.make(cast.therapist, cast.case, PromiseForm("Wrong case"), op=done)
    service.undo(cast.therapist, cast.case, done, op=op())
    assert cards(cast) == []
    assert [line.words for line in service.archive_of(cast.client, cast.case)] == ["Taken back"]


def test_open_ones_come_first_by_their_day_and_settled_ones_leave_after_a_week(cast: Cast) -> None:
    day = lambda days: f"{clock.now() + timedelta(days=days):%Y-%m-%d}"  # noqa: E731
    kept = promised(cast, "Kept")
    service.keep(cast.client, cast.case, kept, 1, op=op())
    for text, until in (("Without", ""), ("Later", day(20)), ("Soon", day(2))):
        promised(cast, text, until)
    assert [one.text for one in service.board(cast.client, cast.case).cards] == ["Soon", "Later", "Without", "Kept"]
    with clock.at(clock.now() + timedelta(days=8)):
        later, _ = sign_in(cast.ids["client"])
        board = service.board(later, cast.case, earlier=True)
        assert [(one.text, one.over) for one in board.cards] == [("Soon", True), ("Later", False), ("Without", False)]
        assert (board.earlier_words, [one.text for one in board.earlier]) == ("1 settled earlier", ["Kept"])
        assert service.board(later, cast.case).earlier == []


def test_many_promises_are_folded(cast: Cast) -> None:
    for number in range(service.FOLD + 3):
        promised(cast, f"Promise {number}")
    board = service.board(cast.client, cast.case)
    assert (len(board.cards), board.more) == (service.FOLD, "Show 3 more")
    assert len(service.board(cast.client, cast.case, whole=True).cards) == service.FOLD + 3


def test_every_role_reads_words_of_its_own_where_nothing_stands(cast: Cast) -> None:
    empty = {who: service.board(caller, cast.case).empty for who, caller in cast.everybody().items() if who in {"client", "therapist", "supervisor"}}
    assert len(set(empty.values())) == 3
    assert service.board(cast.client, cast.case).heading == "What Theo promised"
    assert service.board(cast.therapist, cast.case).heading == "What you promised Mika"


def test_a_supervisor_reads_and_changes_nothing(cast: Cast) -> None:
    promise = promised(cast)
    seen = card(cast, promise, cast.supervisor)
    assert (seen.text, seen.may_answer, seen.may_change, seen.may_put_away) == ("Bring the book", False, False, False)
    for verb in (service.keep, service.archive):
        with pytest.raises(Forbidden):
            verb(cast.supervisor, cast.case, promise, 1, op=op())


def test_a_promise_of_another_case_reads_like_a_missing_one(cast: Cast) -> None:
    promise = promised(cast)
    change = page(cast, promise).history[0].id
    for wrong in (promise, op(), "nonsense" * 20, ""):
        with pytest.raises(NotFound):
            service.promise(cast.second_client, cast.other_case, wrong)
        with pytest.raises(NotFound):
            service.keep(cast.second_client, cast.other_case, wrong, 1, op=op())
        with pytest.raises(NotFound):
            service.reword(cast.second_therapist, cast.other_case, wrong, "words", 1, op=op())
    with pytest.raises(NotFound):
        service.bring_back(cast.second_therapist, cast.other_case, change, op=op())


@pytest.mark.parametrize("text", ["", "   ", "x" * 301, "a\x00b"])
def test_bad_words_change_nothing(cast: Cast, text: str) -> None:
    with pytest.raises(BadInput):
        service.make(cast.therapist, cast.case, PromiseForm(text), op=op())
    promise = promised(cast)
    with pytest.raises(BadInput):
        service.reword(cast.therapist, cast.case, promise, text, 1, op=op())
    for day in ("tomorrow", "2026-13-01", "0001-01-01"):
        with pytest.raises(BadInput):
            service.set_until(cast.therapist, cast.case, promise, day, 1, op=op())
    assert card(cast, promise).version == 1


def test_a_change_sent_twice_is_done_once(cast: Cast) -> None:
    promise, once = promised(cast), op()
    service.keep(cast.client, cast.case, promise, 1, op=once)
    with pytest.raises(AlreadyDone):
        service.keep(cast.client, cast.case, promise, 1, op=once)
    assert len(page(cast, promise).history) == 2


def test_home_and_export_read_the_same_promises(cast: Cast) -> None:
    kept, still = promised(cast, "Kept"), promised(cast, "Open", "2030-01-31")
    service.keep(cast.client, cast.case, kept, 1, op=op())
    service.archive(cast.client, cast.case, kept, 2, op=op())
    (one,) = service.home_part(cast.client, cast.case)
    assert (one.id, one.text, one.role, one.owner, one.due) == (still, "Open", "therapist", "Theo", "by 31 Jan")
    every = service.every(cast.client, cast.case)
    assert [(fact.text, fact.status, fact.archived) for fact in every] == [("Kept", PromiseStatus.KEPT, True), ("Open", PromiseStatus.OPEN, False)]


def test_nothing_that_was_written_lies_in_the_clear(cast: Cast) -> None:
    promise = promised(cast, "A very plain promise")
    service.take_back(cast.therapist, cast.case, promise, "A very plain reason", 1, op=op())
    with transaction(writes=False) as db:
        kept = b"".join(
            [row.text + (row.reason or b"") for row in db.exec(select(Promise))] + [row.before + row.after for row in db.exec(select(PromiseChange))]
        )
    assert b"plain" not in kept


def test_the_board_needs_the_same_few_statements_for_many(cast: Cast) -> None:
    promised(cast)
    service.board(cast.client, cast.case)
    with counted() as few:
        service.board(cast.client, cast.case)
    for number in range(20):
        promised(cast, f"Promise {number}")
    with counted() as many:
        service.board(cast.client, cast.case, whole=True, earlier=True)
    assert len(many) == len(few) <= 4
