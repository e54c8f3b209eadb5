"""Sharing: what nobody else may know of, what is shared with whom, and how it is taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from portal.access.gate import Caller
from portal.access.models import AccessEntry
from portal.access.permissions import Permission
from portal.feedback import domain, service
from portal.feedback.models import Reflection, Share
from portal.feedback.schemas import LONGEST, DraftCard, Surroundings, ThreadCard
from portal.kit import clock
from portal.kit.db import engine, transaction
from portal.kit.ids import new_id
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, Forbidden, NotFound, NotSignedIn
from portal.settings import settings
from tests.cast import Cast
from tests.makers import join_case, op

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> object:
    with clock.at(MONDAY):
        yield


def drafted(caller: Caller, case: str, text: str = "You went straight to what I could try.", kind: str = "concern") -> str:
    share_id = service.begin(caller, case, op=op())
    service.choose_kind(caller, case, share_id, kind, op=op())
    service.write(caller, case, share_id, text, 0, op=op())
    return share_id


def shared(caller: Caller, case: str, text: str = "You went straight to what I could try.", kind: str = "concern") -> str:
    share_id = drafted(caller, case, text, kind)
    service.share(caller, case, share_id, text, 1, op=op())
    return share_id


def draft(caller: Caller, case: str) -> DraftCard:
    return service.desk(caller, case).drafts[0]


def thread(caller: Caller, case: str, share_id: str) -> ThreadCard:
    return next(one for one in service.desk(caller, case, opened=share_id).threads if one.id == share_id)


def test_client_writes_a_draft_and_reads_it_back(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    card = draft(cast.client, cast.case)
    assert (card.id, card.kind, card.text, card.held) == (share_id, "concern", "You went straight to what I could try.", False)


def test_beginning_again_uses_the_untouched_draft(cast: Cast) -> None:
    first = service.begin(cast.client, cast.case, op=op())
    assert service.begin(cast.client, cast.case, op=op()) == first
    service.write(cast.client, cast.case, first, "something", 0, op=op())
    assert service.begin(cast.client, cast.case, op=op()) != first


@pytest.mark.parametrize("keep", ["draft", "held"])
def test_nobody_else_learns_of_a_draft_or_a_held_share(cast: Cast, keep: str) -> None:
    share_id = drafted(cast.client, cast.case)
    if keep == "held":
        service.hold(cast.client, cast.case, share_id, "You went straight to what I could try.", 1, op=op())
    view = service.desk(cast.therapist, cast.case)
    assert view.is_empty
    assert service.home_part(cast.therapist, cast.case).waiting == ()
    assert service.home_part(cast.therapist, cast.case).held == 0
    assert service.waiting(cast.therapist) == {}
    for attempt in (
        lambda: service.withdraw(cast.therapist, cast.case, share_id, op=op()),
        lambda: service.discard(cast.therapist, cast.case, share_id, op=op()),
        lambda: service.share(cast.therapist, cast.case, share_id, "x", 0, op=op()),
        lambda: service.reflect(cast.therapist, cast.case, share_id, 1, "a", "b", "c", op=op()),
        lambda: service.write(cast.therapist, cast.case, share_id, "x", 0, op=op()),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert _about(cast.case) == set()


def test_a_therapists_draft_leaves_no_trace_that_names_it(cast: Cast) -> None:
    share_id = drafted(cast.therapist, cast.case, "I noticed that you smiled.", "observation")
    service.hold(cast.therapist, cast.case, share_id, "I noticed that you smiled.", 1, op=op())
    service.discard(cast.therapist, cast.case, share_id, op=op())
    assert service.desk(cast.client, cast.case).is_empty
    assert service.home_part(cast.client, cast.case).waiting == ()
    assert _about(cast.case) == set()
    assert {entry.action for entry in _entries(cast.case)} == {Permission.KEEP_DRAFT}


def test_author_counts_what_they_hold(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    assert (service.home_part(cast.client, cast.case).drafts, service.home_part(cast.client, cast.case).held) == (1, 0)
    service.hold(cast.client, cast.case, share_id, "words", 1, op=op())
    assert (service.home_part(cast.client, cast.case).drafts, service.home_part(cast.client, cast.case).held) == (0, 1)


def test_a_held_share_can_still_be_written_and_is_shared_in_the_session(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    service.hold(cast.client, cast.case, share_id, "held words", 1, op=op())
    assert service.write(cast.client, cast.case, share_id, "better words", 2, op=op()) == 3
    service.share(cast.client, cast.case, share_id, "better words", 3, op=op())
    assert thread(cast.therapist, cast.case, share_id).text == "better words"


def test_a_held_share_becomes_a_draft_again(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    service.hold(cast.client, cast.case, share_id, "held words", 1, op=op())
    service.take_back(cast.client, cast.case, share_id, op=op())
    assert not draft(cast.client, cast.case).held


def test_sharing_takes_the_words_as_they_stand_on_the_page(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case, "half a sen")
    service.share(cast.client, cast.case, share_id, "half a sentence, and the rest of it", 1, op=op())
    late_save = service.write(cast.client, cast.case, share_id, "half a sentence, and the rest of it", 1, op=op())
    assert late_save == 2
    seen = thread(cast.therapist, cast.case, share_id)
    assert seen.text == "half a sentence, and the rest of it"
    assert (seen.head, seen.audience, seen.when) == ("Mika · a concern", "both of you see this", "just now")


def test_another_window_is_told_that_the_draft_has_other_words(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case, "from the phone")
    with pytest.raises(ChangedMeanwhile) as refused:
        service.write(cast.client, cast.case, share_id, "from the desk", 0, op=op())
    assert refused.value.params == {"theirs": "from the phone", "version": 1}
    with pytest.raises(ChangedMeanwhile):
        service.share(cast.client, cast.case, share_id, "from the desk", 0, op=op())


def test_beside_the_button_stands_who_will_read_it(cast: Cast) -> None:
    assert service.desk(cast.client, cast.case).readers == "Theo will read this."
    assert service.desk(cast.therapist, cast.case).readers == "Mika will read this."
    join_case(cast.case, cast.ids["second_therapist"], "therapist")
    assert service.desk(cast.client, cast.case).readers == "Theo, Ines will all read this."


def test_each_side_is_offered_its_own_kinds(cast: Cast) -> None:
    assert [kind.value for kind in service.desk(cast.client, cast.case).kinds] == ["appreciation", "concern", "wish", "question"]
    assert [kind.value for kind in service.desk(cast.therapist, cast.case).kinds] == ["appreciation", "observation", "question"]
    share_id = service.begin(cast.therapist, cast.case, op=op())
    with pytest.raises(domain.NoKind):
        service.choose_kind(cast.therapist, cast.case, share_id, "concern", op=op())


def test_a_share_needs_a_kind_and_words(cast: Cast) -> None:
    share_id = service.begin(cast.client, cast.case, op=op())
    with pytest.raises(domain.NoKind):
        service.share(cast.client, cast.case, share_id, "words", 0, op=op())
    service.choose_kind(cast.client, cast.case, share_id, "wish", op=op())
    for empty in ("", "   \n\t "):
        with pytest.raises(domain.NothingWritten):
            service.share(cast.client, cast.case, share_id, empty, 0, op=op())
        with pytest.raises(domain.NothingWritten):
            service.hold(cast.client, cast.case, share_id, empty, 0, op=op())
    assert not draft(cast.client, cast.case).held


def test_shared_but_not_ready_to_talk(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    service.plan_pace(cast.client, cast.case, share_id, True, op=op())
    service.share(cast.client, cast.case, share_id, "words", 1, op=op())
    assert "Mika is not ready to talk about it yet" in thread(cast.therapist, cast.case, share_id).pace
    with pytest.raises(domain.NotYourTurn):
        service.pace(cast.therapist, cast.case, share_id, False, op=op())
    service.pace(cast.client, cast.case, share_id, False, op=op())
    assert thread(cast.therapist, cast.case, share_id).pace == ""


def test_ties_are_shown_to_whoever_knows_the_thing(cast: Cast) -> None:
    goal, checkin = new_id(), new_id()
    share_id = drafted(cast.client, cast.case)
    service.tie_to_goal(cast.client, cast.case, share_id, goal, known={goal}, op=op())
    service.tie_to_checkin(cast.client, cast.case, share_id, checkin, known={checkin}, op=op())
    service.share(cast.client, cast.case, share_id, "words", 1, op=op())
    around = Surroundings(goals={goal: "Say no once a week"}, checkins={checkin: "Check-in of 20 November"})
    known = service.desk(cast.client, cast.case, around=around).open[0]
    assert (known.goal, known.goal_id, known.checkin) == ("Say no once a week", goal, "Check-in of 20 November")
    unknown = service.desk(cast.therapist, cast.case).open[0]
    assert (unknown.goal, unknown.goal_id, unknown.checkin, unknown.checkin_id) == ("", "", "", "")


def test_a_tie_is_only_to_what_its_author_may_see(cast: Cast) -> None:
    share_id, mine, foreign = drafted(cast.client, cast.case), new_id(), new_id()
    for tie in (service.tie_to_goal, service.tie_to_checkin):
        tie(cast.client, cast.case, share_id, mine, known={mine}, op=op())
        for known in ({mine}, ()):
            with pytest.raises(NotFound):
                tie(cast.client, cast.case, share_id, foreign, known=known, op=op())
    around = Surroundings(goals={mine: "Sleep", foreign: "Foreign"}, checkins={mine: "Friday", foreign: "Foreign"})
    (draft,) = service.desk(cast.client, cast.case, around=around).drafts
    assert (draft.goal_id, draft.checkin_id) == (mine, mine)
    service.tie_to_goal(cast.client, cast.case, share_id, "", op=op())
    assert service.desk(cast.client, cast.case, around=around).drafts[0].goal_id == ""


def test_withdrawn_is_gone_for_the_other_and_leaves_a_trace(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    service.keep_box(cast.therapist, cast.case, share_id, "heard", "You said: straight to what I could try", 0, op=op())
    service.withdraw(cast.client, cast.case, share_id, op=op())
    seen = thread(cast.therapist, cast.case, share_id)
    assert (seen.text, seen.head, seen.heard, seen.may_reflect) == ("", "Mika", "", False)
    assert seen.withdrawn == "Mika withdrew this: just now. Its words are gone."
    assert thread(cast.client, cast.case, share_id).withdrawn == "You withdrew this: just now. Its words are gone."
    assert service.waiting(cast.therapist) == {}
    with transaction(writes=False) as db:
        row = db.get(Share, share_id)
        assert row is not None
        assert (row.text, row.kind) == (None, None)
        assert db.exec(select(Reflection)).all() == []
    with pytest.raises(domain.Withdrawn):
        service.reflect(cast.therapist, cast.case, share_id, 1, "a", "", "", op=op())


def test_a_held_share_that_is_withdrawn_leaves_no_trace_for_anybody_else(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    service.hold(cast.client, cast.case, share_id, "words", 1, op=op())
    service.withdraw(cast.client, cast.case, share_id, op=op())
    assert service.desk(cast.therapist, cast.case, opened=share_id).is_empty
    assert service.desk(cast.client, cast.case, opened=share_id).is_empty
    assert _about(cast.case) == set()


def test_once_answered_nothing_is_withdrawn(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    service.reflect(cast.therapist, cast.case, share_id, 1, "heard", "", "", op=op())
    with pytest.raises(domain.AnsweredAlready):
        service.withdraw(cast.client, cast.case, share_id, op=op())
    assert thread(cast.therapist, cast.case, share_id).text


@pytest.mark.parametrize("size", [60, 4_000])
def test_withdrawing_and_discarding_destroy_the_sealed_bytes_in_the_file(on_sqlite: None, size: int) -> None:
    """Not a byte of the sealed text is left in the database file or its write-ahead log."""
    from tests.cast import assemble

    cast = assemble()
    sealed: list[bytes] = []
    for end in (service.withdraw, service.discard):
        text = ("A sentence that shall be gone. " * 200)[:size]
        share_id = (shared if end is service.withdraw else drafted)(cast.client, cast.case, text)
        if end is service.withdraw:
            service.keep_box(cast.therapist, cast.case, share_id, "heard", f"They said {text}"[:size], 0, op=op())
        with transaction(writes=False) as db:
            row = db.get(Share, share_id)
            assert row is not None
            assert row.text is not None
            sealed.append(row.text)
            sealed += [one.heard for one in db.exec(select(Reflection)) if one.heard]
        end(cast.client, cast.case, share_id, op=op())
    files = [path for path in Path(settings().data_folder).iterdir() if path.name.startswith("rapport.db")]
    assert files
    raw = b"".join(path.read_bytes() for path in files)
    assert len(sealed) == 3
    for one in sealed:
        # Long values are spread over pages, so every piece is looked for.
        pieces = [one[start : start + 24] for start in range(0, len(one) - 24, 24)]
        assert not [piece for piece in pieces if piece in raw]


def test_what_is_written_never_stands_in_the_database_in_the_clear(on_sqlite: None) -> None:
    from tests.cast import assemble

    cast = assemble()
    share_id = shared(cast.client, cast.case, "marker-in-a-share")
    service.keep_box(cast.therapist, cast.case, share_id, "felt", "marker-in-a-draft", 0, op=op())
    service.reflect(cast.therapist, cast.case, share_id, 1, "marker-heard", "marker-felt", "marker-sense", op=op())
    reflection = thread(cast.client, cast.case, share_id).rounds[0].id
    service.keep_missed(cast.client, cast.case, reflection, "marker-missed", 0, op=op())
    with engine().connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = b"".join(path.read_bytes() for path in Path(settings().data_folder).iterdir() if path.name.startswith("rapport.db"))
    assert b"marker-" not in raw


def test_long_quiet_threads_fold_by_month_and_open_on_demand(cast: Cast) -> None:
    asked = shared(cast.client, cast.case, "still open")
    answered = shared(cast.client, cast.case, "understood")
    service.reflect(cast.therapist, cast.case, answered, 1, "heard", "", "", op=op())
    service.confirm(cast.client, cast.case, thread(cast.client, cast.case, answered).rounds[0].id, op=op())
    assert {one.id for one in service.desk(cast.client, cast.case).open} == {asked, answered}
    with clock.at(MONDAY + timedelta(days=15)):
        for caller in (cast.client, cast.therapist):
            from tests.makers import sign_in

            later, _ = sign_in(cast.ids["client" if caller is cast.client else "therapist"])
            view = service.desk(later, cast.case)
            assert [one.id for one in view.open] == [asked]
            assert [(one.key, one.words, one.open, one.threads) for one in view.months] == [("2026-11", "November 2026 · 1", False, [])]
            unfolded = service.desk(later, cast.case, months=frozenset({"2026-11", "nonsense"}))
            assert [one.id for one in unfolded.months[0].threads] == [answered]
            assert answered in {one.id for one in service.desk(later, cast.case, opened=answered).open}


# Bad input


AWKWARD = [
    "  spaces around  ",
    "👩‍👩‍👧‍👦 emoji and ünïcödé",
    "שלום עולם ‏مرحبا",
    "<script>alert(1)</script> {name} %s ${x} {{y}}",
    "line one\nline two",
    "'; DROP TABLE share; --",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_is_stored_as_it_was_typed(cast: Cast, text: str) -> None:
    share_id = shared(cast.client, cast.case, text)
    assert thread(cast.therapist, cast.case, share_id).text == text.strip()
    service.reflect(cast.therapist, cast.case, share_id, 1, text, text, text, op=op())
    round_one = thread(cast.client, cast.case, share_id).rounds[0]
    assert (round_one.heard, round_one.felt, round_one.sense) == (text.strip(),) * 3
    service.not_quite(cast.client, cast.case, round_one.id, text, op=op())
    assert thread(cast.therapist, cast.case, share_id).rounds[0].missed == text.strip()


@pytest.mark.parametrize("text", ["a" * 10_000, "a" * (LONGEST + 1), "nul\x00byte", "bell\x07", "\ud800"])
def test_text_that_cannot_be_stored_is_refused_in_every_field_and_changes_nothing(cast: Cast, text: str) -> None:
    share_id = shared(cast.client, cast.case)
    mine = drafted(cast.client, cast.case, "mine", "wish")
    theirs = shared(cast.therapist, cast.case, "an observation", "observation")
    before = service.desk(cast.client, cast.case)
    refusals: list[Callable[[], object]] = [
        lambda: service.write(cast.client, cast.case, mine, text, 1, op=op()),
        lambda: service.hold(cast.client, cast.case, mine, text, 1, op=op()),
        lambda: service.share(cast.client, cast.case, mine, text, 1, op=op()),
        lambda: service.keep_box(cast.therapist, cast.case, share_id, "heard", text, 0, op=op()),
        lambda: service.reflect(cast.therapist, cast.case, share_id, 1, text, "", "", op=op()),
        lambda: service.reflect(cast.therapist, cast.case, share_id, 1, "heard", text, "", op=op()),
        lambda: service.reflect(cast.therapist, cast.case, share_id, 1, "heard", "", text, op=op()),
        lambda: service.respond(cast.client, cast.case, theirs, text, op=op()),
        lambda: service.keep_response(cast.client, cast.case, theirs, text, 0, op=op()),
        lambda: service.advise(cast.therapist, cast.case, share_id, text, op=op()),
    ]
    for attempt in refusals:
        with pytest.raises(BadInput):
            attempt()
    assert service.desk(cast.client, cast.case) == before
    service.reflect(cast.therapist, cast.case, share_id, 1, "heard", "", "", op=op())
    reflection = thread(cast.client, cast.case, share_id).rounds[0].id
    for attempt in (
        lambda: service.not_quite(cast.client, cast.case, reflection, text, op=op()),
        lambda: service.keep_missed(cast.client, cast.case, reflection, text, 0, op=op()),
    ):
        with pytest.raises(BadInput):
            attempt()
    assert thread(cast.client, cast.case, share_id).rounds[0].asks


@pytest.mark.parametrize("garbage", ["", "nothing", "x" * 5_000, "0" * 36, "1; DROP TABLE share", "\x00"])
def test_an_id_that_is_none_reads_like_a_missing_one(cast: Cast, garbage: str) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: service.write(cast.client, cast.case, garbage, "x", 0, op=op()),
        lambda: service.choose_kind(cast.client, cast.case, garbage, "wish", op=op()),
        lambda: service.hold(cast.client, cast.case, garbage, "x", 0, op=op()),
        lambda: service.take_back(cast.client, cast.case, garbage, op=op()),
        lambda: service.discard(cast.client, cast.case, garbage, op=op()),
        lambda: service.share(cast.client, cast.case, garbage, "x", 0, op=op()),
        lambda: service.pace(cast.client, cast.case, garbage, True, op=op()),
        lambda: service.withdraw(cast.client, cast.case, garbage, op=op()),
        lambda: service.keep_box(cast.therapist, cast.case, garbage, "heard", "x", 0, op=op()),
        lambda: service.reflect(cast.therapist, cast.case, garbage, 1, "x", "", "", op=op()),
        lambda: service.confirm(cast.client, cast.case, garbage, op=op()),
        lambda: service.not_quite(cast.client, cast.case, garbage, "x", op=op()),
        lambda: service.keep_missed(cast.client, cast.case, garbage, "x", 0, op=op()),
        lambda: service.respond(cast.client, cast.case, garbage, "x", op=op()),
        lambda: service.advise(cast.therapist, cast.case, garbage, "x", op=op()),
        lambda: service.desk(cast.client, garbage),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    if garbage:
        share_id = drafted(cast.client, cast.case)
        for tie in (service.tie_to_goal, service.tie_to_checkin):
            if garbage != "0" * 36:
                with pytest.raises(NotFound):
                    tie(cast.client, cast.case, share_id, garbage, op=op())


@pytest.mark.parametrize("kind", ["love", "CONCERN", "concern ", "x" * 1_000, "\x00"])
def test_an_unknown_kind_is_refused(cast: Cast, kind: str) -> None:
    share_id = service.begin(cast.client, cast.case, op=op())
    with pytest.raises(BadInput):
        service.choose_kind(cast.client, cast.case, share_id, kind, op=op())
    with pytest.raises(BadInput):
        service.keep_box(cast.therapist, cast.case, share_id, kind, "x", 0, op=op())


# Others


def test_the_share_of_another_case_is_not_found(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    for caller in (cast.second_client, cast.second_therapist):
        for case in (cast.case, cast.other_case):
            with pytest.raises((NotFound, Forbidden)):
                service.withdraw(caller, case, share_id, op=op())
            with pytest.raises((NotFound, Forbidden)):
                service.reflect(caller, case, share_id, 1, "x", "", "", op=op())


def test_only_the_two_of_the_case_open_the_page(cast: Cast) -> None:
    for name, caller in cast.everybody().items():
        if name in {"client", "therapist"}:
            service.desk(caller, cast.case)
            continue
        expected = {"supervisor": Forbidden, "nobody": NotSignedIn}.get(name, NotFound)
        for read in (service.desk, service.home_part):
            with pytest.raises(expected):
                read(caller, cast.case)
        with pytest.raises(expected):
            service.begin(caller, cast.case, op=op())


def test_the_same_operation_is_done_once(cast: Cast) -> None:
    share_id = drafted(cast.client, cast.case)
    once = op()
    service.share(cast.client, cast.case, share_id, "words", 1, op=once)
    with pytest.raises(AlreadyDone):
        service.share(cast.client, cast.case, share_id, "words", 1, op=once)


def test_no_verb_takes_more_than_eight_statements(cast: Cast, statements: Callable[[], list[str]]) -> None:
    share_id = shared(cast.client, cast.case)
    theirs = shared(cast.therapist, cast.case, "an observation", "observation")

    def most(run: Callable[[], object]) -> int:
        seen = statements()
        before = len(seen)
        run()
        return len(seen) - before

    counts = {
        "keep box": most(lambda: service.keep_box(cast.therapist, cast.case, share_id, "heard", "x", 0, op=op())),
        "reflect": most(lambda: service.reflect(cast.therapist, cast.case, share_id, 1, "x", "", "", op=op())),
        "desk": most(lambda: service.desk(cast.client, cast.case)),
        "home": most(lambda: service.home_part(cast.client, cast.case)),
        "caseload": most(lambda: service.waiting(cast.therapist)),
    }
    reflection = thread(cast.client, cast.case, share_id).rounds[0].id
    counts |= {
        "missed": most(lambda: service.keep_missed(cast.client, cast.case, reflection, "x", 0, op=op())),
        "confirm": most(lambda: service.confirm(cast.client, cast.case, reflection, op=op())),
        "advice": most(lambda: service.keep_advice(cast.therapist, cast.case, share_id, "x", 0, op=op())),
        "advise": most(lambda: service.advise(cast.therapist, cast.case, share_id, "x", op=op())),
        "withdraw": most(lambda: service.withdraw(cast.therapist, cast.case, theirs, op=op())),
        "begin": most(lambda: service.begin(cast.client, cast.case, op=op())),
    }
    assert max(counts.values()) <= 8, counts


@pytest.fixture
def statements() -> object:
    """The statements that the engine has run since the first call."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    listening: list[sa.Engine] = []

    def start() -> list[str]:
        if not listening:
            listening.append(engine())
            sa.event.listen(engine(), "before_cursor_execute", note)
        return seen

    yield start
    for one in listening:
        sa.event.remove(one, "before_cursor_execute", note)


def _entries(case_id: str) -> list[AccessEntry]:
    with transaction(writes=False) as db:
        return list(db.exec(select(AccessEntry).where(AccessEntry.case_id == case_id, AccessEntry.operation != None)))  # noqa: E711


def _about(case_id: str) -> set[str]:
    """The rows that the access log of the case names."""
    return {entry.about for entry in _entries(case_id) if entry.about}
