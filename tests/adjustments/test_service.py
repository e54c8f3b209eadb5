"""Agreed changes with the whole cast: proposing, other words, reviewing, and what other rooms are told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.access.gate import Caller
from portal.adjustments import domain, service
from portal.adjustments.domain import Doer, OriginKind
from portal.adjustments.schemas import LONGEST, AdjustmentCard, Origin, TermsForm
from portal.kit import clock
from portal.kit.db import engine
from portal.kit.ids import new_id
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, Forbidden, NotFound, NotSignedIn, Refusal
from tests.cast import Cast
from tests.makers import op, sign_in

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
ASKS = TermsForm("Theo asks “stay or try?” before any suggestion.", "therapist", "2026-11-23", "2026-12-14")


@pytest.fixture(autouse=True)
def monday() -> object:
    with clock.at(MONDAY):
        yield


def card(caller: Caller, case: str, adjustment_id: str, lang: str = "en") -> AdjustmentCard:
    desk = service.desk(caller, case, lang)
    return next(one for one in (*desk.living, *desk.settled) if one.id == adjustment_id)


def agreed(cast: Cast, form: TermsForm = ASKS) -> str:
    adjustment_id = service.propose(cast.client, cast.case, form, op=op())
    service.agree(cast.therapist, cast.case, adjustment_id, 1, op=op())
    return adjustment_id


def test_mika_proposes_and_theo_says_yes(cast: Cast) -> None:
    origin = new_id()
    adjustment_id = service.propose(cast.client, cast.case, ASKS, Origin(OriginKind.SHARE, origin), known={origin}, op=op())
    theirs = card(cast.therapist, cast.case, adjustment_id)
    assert (theirs.head, theirs.offer.what, theirs.offer.doer_words) == ("A change is proposed", ASKS.what, "Theo")
    assert (theirs.may_agree, theirs.may_take_back, theirs.offer_waits) == (True, False, "Your yes is needed.")
    mine = card(cast.client, cast.case, adjustment_id)
    assert (mine.may_agree, mine.may_take_back, mine.offer_waits) == (False, True, "Theo has not answered yet.")
    (waits,) = service.waiting(cast.therapist)[cast.case]
    assert (waits.what, waits.row_id) == ("a proposed change", adjustment_id)
    service.agree(cast.therapist, cast.case, adjustment_id, 1, op=op())
    for caller in (cast.client, cast.therapist):
        running = card(caller, cast.case, adjustment_id)
        assert (running.head, running.status) == ("Agreed change · running since 23 November", "running")
        assert running.looks_again == "Look again together on 14 December: did it help?"
        assert service.desk(caller, cast.case).of_origin(origin) == [running]
    assert service.waiting(cast.therapist) == {}


@pytest.mark.parametrize("kind", [OriginKind.SHARE, OriginKind.CHECKIN])
def test_a_change_comes_only_out_of_what_its_proposer_may_see(cast: Cast, kind: OriginKind) -> None:
    for known in ((), {new_id()}):
        with pytest.raises(NotFound):
            service.propose(cast.client, cast.case, ASKS, Origin(kind, new_id()), known=known, op=op())
    assert service.desk(cast.client, cast.case).living == []


def test_theo_proposes_too(cast: Cast) -> None:
    adjustment_id = service.propose(cast.therapist, cast.case, TermsForm("We end five minutes early.", "both"), op=op())
    (waits,) = service.home_part(cast.client, cast.case).waiting
    assert waits.row_id == adjustment_id
    terms = card(cast.client, cast.case, adjustment_id).offer
    assert (terms.starts_day, terms.review_day, terms.doer_words) == ("2026-11-23", "2026-12-14", "Both of us")


def test_nobody_agrees_to_the_own_words(cast: Cast) -> None:
    adjustment_id = service.propose(cast.client, cast.case, ASKS, op=op())
    with pytest.raises(domain.OwnProposal):
        service.agree(cast.client, cast.case, adjustment_id, 1, op=op())
    with pytest.raises(domain.OwnProposal):
        service.decline(cast.client, cast.case, adjustment_id, 1, op=op())


def test_theo_proposes_other_words_and_they_need_mikas_yes_again(cast: Cast) -> None:
    adjustment_id = service.propose(cast.client, cast.case, ASKS, op=op())
    other = TermsForm("Theo waits ten seconds.", "therapist", "2026-11-23", "2026-12-14")
    service.reword(cast.therapist, cast.case, adjustment_id, other, 1, op=op())
    mine = card(cast.client, cast.case, adjustment_id)
    assert (mine.offer.what, mine.offer.number, mine.may_agree) == ("Theo waits ten seconds.", 2, True)
    with pytest.raises(domain.OwnProposal):
        service.agree(cast.therapist, cast.case, adjustment_id, 2, op=op())
    service.take_back(cast.therapist, cast.case, adjustment_id, op=op())
    assert card(cast.therapist, cast.case, adjustment_id).offer.what == ASKS.what
    service.agree(cast.therapist, cast.case, adjustment_id, 1, op=op())
    assert card(cast.client, cast.case, adjustment_id).status == "running"


def test_a_yes_is_to_the_words_that_were_read(cast: Cast) -> None:
    adjustment_id = service.propose(cast.client, cast.case, ASKS, op=op())
    service.reword(cast.client, cast.case, adjustment_id, TermsForm("Something else.", "both"), 1, op=op())
    with pytest.raises(ChangedMeanwhile) as refused:
        service.agree(cast.therapist, cast.case, adjustment_id, 1, op=op())
    assert refused.value.params["theirs"] == "Something else."
    with pytest.raises(ChangedMeanwhile):
        service.reword(cast.therapist, cast.case, adjustment_id, ASKS, 1, op=op())


def test_changing_what_runs_leaves_it_running_until_the_yes(cast: Cast) -> None:
    adjustment_id = agreed(cast)
    version = card(cast.therapist, cast.case, adjustment_id).version
    service.reword(cast.therapist, cast.case, adjustment_id, TermsForm("Theo asks once.", "therapist"), version, op=op())
    seen = card(cast.client, cast.case, adjustment_id)
    assert (seen.now.what, seen.offer.what, seen.status) == (ASKS.what, "Theo asks once.", "running")
    assert service.running(cast.client, cast.case)[0].what == ASKS.what
    service.decline(cast.client, cast.case, adjustment_id, 2, op=op())
    assert (card(cast.client, cast.case, adjustment_id).has_offer, card(cast.client, cast.case, adjustment_id).status) == (False, "running")
    service.reword(cast.therapist, cast.case, adjustment_id, TermsForm("Theo asks twice.", "therapist"), version + 2, op=op())
    service.agree(cast.client, cast.case, adjustment_id, 3, op=op())
    after = card(cast.client, cast.case, adjustment_id)
    assert after.now.what == "Theo asks twice."
    assert [one.what for one in after.earlier] == [ASKS.what, "Theo asks once."]


def test_a_proposal_is_taken_back_or_not_taken_up(cast: Cast) -> None:
    first = service.propose(cast.client, cast.case, ASKS, op=op())
    with pytest.raises(domain.NotYourProposal):
        service.take_back(cast.therapist, cast.case, first, op=op())
    service.take_back(cast.client, cast.case, first, op=op())
    assert card(cast.therapist, cast.case, first).head == "Taken back · just now"
    second = service.propose(cast.client, cast.case, ASKS, op=op())
    service.decline(cast.therapist, cast.case, second, 1, op=op())
    assert card(cast.client, cast.case, second).head == "Not taken up · just now"
    for attempt in (
        lambda: service.agree(cast.therapist, cast.case, second, 1, op=op()),
        lambda: service.reword(cast.client, cast.case, second, ASKS, 2, op=op()),
        lambda: service.answer(cast.client, cast.case, second, "yes", op=op()),
        lambda: service.choose(cast.client, cast.case, second, "kept", op=op()),
    ):
        with pytest.raises(domain.EndedAlready):
            attempt()


def test_what_starts_later_does_not_run_yet(cast: Cast) -> None:
    adjustment_id = agreed(cast, TermsForm("From next week.", "both", "2026-11-30", "2026-12-14"))
    assert card(cast.client, cast.case, adjustment_id).head == "Agreed change · starts on 30 November"
    assert service.running(cast.client, cast.case) == ()
    with pytest.raises(domain.NotStartedYet):
        service.answer(cast.client, cast.case, adjustment_id, "yes", op=op())
    with clock.at(MONDAY + timedelta(days=7)):
        later, _ = sign_in(cast.ids["client"])
        assert service.running(later, cast.case)[0].id == adjustment_id


def test_at_the_review_each_answers_and_sees_the_other_only_after_both_did(cast: Cast) -> None:
    adjustment_id = agreed(cast)
    with clock.at(MONDAY + timedelta(days=21)):
        client, _ = sign_in(cast.ids["client"])
        therapist, _ = sign_in(cast.ids["therapist"])
        assert service.waiting(therapist)[cast.case][0].what == "a change to look at again"
        assert card(client, cast.case, adjustment_id).due
        service.answer(client, cast.case, adjustment_id, "partly", op=op())
        assert [one.i_answered for one in service.running(client, cast.case)] == [True]
        theirs = card(therapist, cast.case, adjustment_id)
        assert "partly" not in repr(theirs)
        assert "a little" not in repr(theirs)
        assert theirs.their_answer == "Mika has answered. You see it once you have answered too."
        service.answer(client, cast.case, adjustment_id, "yes", op=op())
        service.answer(therapist, cast.case, adjustment_id, "no", op=op())
        both = card(client, cast.case, adjustment_id)
        assert [line.words for line in both.reviews] == ["Mika: it helped", "Theo: it did not help"]
        assert (both.status, both.may_choose, both.may_answer) == ("reviewed", True, False)
        with pytest.raises(domain.ReviewedAlready):
            service.answer(client, cast.case, adjustment_id, "no", op=op())


def test_both_keep_or_drop_what_they_reviewed(cast: Cast) -> None:
    adjustment_id = agreed(cast)
    for caller in (cast.client, cast.therapist):
        service.answer(caller, cast.case, adjustment_id, "yes", op=op())
    assert service.waiting(cast.therapist)[cast.case][0].what == "a change to keep or to let go"
    service.choose(cast.client, cast.case, adjustment_id, "dropped", op=op())
    assert card(cast.therapist, cast.case, adjustment_id).their_wish == "Mika would let it go."
    service.choose(cast.therapist, cast.case, adjustment_id, "kept", op=op())
    assert card(cast.therapist, cast.case, adjustment_id).status == "reviewed"
    service.choose(cast.client, cast.case, adjustment_id, "kept", op=op())
    for caller in (cast.client, cast.therapist, cast.supervisor):
        assert card(caller, cast.case, adjustment_id).head == "Kept · just now"
    assert service.running(cast.client, cast.case) == ()


def test_the_next_checkin_is_told_what_runs(cast: Cast) -> None:
    checkin = new_id()
    adjustment_id = service.propose(cast.client, cast.case, ASKS, Origin(OriginKind.CHECKIN, checkin), known={checkin}, op=op())
    assert service.running(cast.therapist, cast.case) == ()
    service.agree(cast.therapist, cast.case, adjustment_id, 1, op=op())
    (one,) = service.running(cast.therapist, cast.case)
    assert (one.what, one.doer, one.starts_on, one.review_on) == (ASKS.what, Doer.THERAPIST, date(2026, 11, 23), date(2026, 12, 14))
    assert (one.due, one.i_answered, one.origin, one.origin_id) == (False, False, OriginKind.CHECKIN, checkin)
    assert service.home_part(cast.client, cast.case).running == (one,)


def test_supervisor_reads_and_changes_nothing(cast: Cast) -> None:
    adjustment_id = agreed(cast)
    seen = card(cast.supervisor, cast.case, adjustment_id)
    assert seen.now.what == ASKS.what
    assert not (seen.may_agree or seen.may_answer or seen.may_choose or seen.may_reword or seen.may_take_back)
    for attempt in _writes(cast.supervisor, cast.case, adjustment_id):
        with pytest.raises(Forbidden):
            attempt()


def test_nobody_else_reads_or_changes(cast: Cast) -> None:
    adjustment_id = agreed(cast)
    for name, caller in cast.everybody().items():
        if name in {"client", "therapist", "supervisor"}:
            continue
        expected = NotSignedIn if name == "nobody" else NotFound
        for attempt in (
            *_writes(caller, cast.case, adjustment_id),
            lambda caller=caller: service.desk(caller, cast.case),
            lambda caller=caller: service.running(caller, cast.case),
        ):
            with pytest.raises(expected):
                attempt()
    for attempt in _writes(cast.second_client, cast.other_case, adjustment_id)[1:]:
        with pytest.raises(NotFound):
            attempt()


def _writes(caller: Caller, case: str, adjustment_id: str) -> list[Callable[[], object]]:
    return [
        lambda: service.propose(caller, case, ASKS, op=op()),
        lambda: service.reword(caller, case, adjustment_id, ASKS, 2, op=op()),
        lambda: service.agree(caller, case, adjustment_id, 1, op=op()),
        lambda: service.decline(caller, case, adjustment_id, 1, op=op()),
        lambda: service.take_back(caller, case, adjustment_id, op=op()),
        lambda: service.answer(caller, case, adjustment_id, "yes", op=op()),
        lambda: service.choose(caller, case, adjustment_id, "kept", op=op()),
    ]


# Bad input


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (TermsForm("", "both"), "what"),
        (TermsForm(" \n ", "both"), "what"),
        (TermsForm("x" * (LONGEST + 1), "both"), "what"),
        (TermsForm("x" * 10_000, "both"), "what"),
        (TermsForm("nul\x00", "both"), "what"),
        (TermsForm("\udfff", "both"), "what"),
        (TermsForm("words", ""), "doer"),
        (TermsForm("words", "admin"), "doer"),
        (TermsForm("words", "x" * 1_000), "doer"),
        (TermsForm("words", "both", "soon"), "starts_on"),
        (TermsForm("words", "both", "2026-02-30"), "starts_on"),
        (TermsForm("words", "both", "2024-01-01"), "starts_on"),
        (TermsForm("words", "both", "2029-01-01"), "starts_on"),
        (TermsForm("words", "both", "2026-11-23", "later"), "review_on"),
        (TermsForm("words", "both", "2026-11-23", "2026-11-23"), "review_on"),
        (TermsForm("words", "both", "2026-11-01", "2026-11-20"), "review_on"),
        (TermsForm("words", "both", "2026-11-23", "2028-11-23"), "review_on"),
        (TermsForm("words", "both", "9" * 5_000, "\x00"), "starts_on"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(cast: Cast, form: TermsForm, field: str) -> None:
    adjustment_id = agreed(cast)
    for attempt in (
        lambda: service.propose(cast.client, cast.case, form, op=op()),
        lambda: service.reword(cast.client, cast.case, adjustment_id, form, 2, op=op()),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.field == field
    assert len(service.desk(cast.client, cast.case).living) == 1
    assert not card(cast.client, cast.case, adjustment_id).has_offer


@pytest.mark.parametrize("what", ["👩‍👩‍👧‍👦", "שלום ‏عربي", "<script>alert(1)</script>", "{name} %s", "two\nlines"])
def test_awkward_words_are_stored_as_they_were_typed(cast: Cast, what: str) -> None:
    adjustment_id = service.propose(cast.client, cast.case, TermsForm(what, "both"), op=op())
    assert card(cast.therapist, cast.case, adjustment_id).offer.what == what


@pytest.mark.parametrize("value", ["", "YES", "maybe", "x" * 5_000, "\x00"])
def test_an_unknown_answer_is_refused(cast: Cast, value: str) -> None:
    adjustment_id = agreed(cast)
    for verb in (service.answer, service.choose):
        with pytest.raises(BadInput):
            verb(cast.client, cast.case, adjustment_id, value, op=op())


@pytest.mark.parametrize("garbage", ["", "x" * 5_000, "0" * 36, "\x00"])
def test_an_id_that_is_none_reads_like_a_missing_one(cast: Cast, garbage: str) -> None:
    for attempt in _writes(cast.client, cast.case, garbage)[1:]:
        with pytest.raises(NotFound):
            attempt()


def test_an_origin_is_what_it_says(cast: Cast) -> None:
    assert Origin.parse("", "") == Origin()
    assert Origin.parse("none", "ignored") == Origin()
    found = new_id()
    assert Origin.parse("share", found) == Origin(OriginKind.SHARE, found)
    with pytest.raises(BadInput):
        Origin.parse("rumour", found)
    with pytest.raises(NotFound):
        Origin.parse("share", "not an id")


def test_the_same_operation_is_done_once(cast: Cast) -> None:
    once = op()
    service.propose(cast.client, cast.case, ASKS, op=once)
    with pytest.raises(AlreadyDone):
        service.propose(cast.client, cast.case, ASKS, op=once)
    assert len(service.desk(cast.client, cast.case).living) == 1


def test_no_verb_takes_more_than_eight_statements_however_many_changes_there_are(cast: Cast) -> None:
    for _ in range(6):
        service.propose(cast.client, cast.case, ASKS, op=op())
    adjustment_id = agreed(cast)
    service.answer(cast.client, cast.case, adjustment_id, "yes", op=op())
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(engine(), "before_cursor_execute", note)
    try:
        counts = {}
        for name, run in {
            "desk": lambda: service.desk(cast.therapist, cast.case),
            "home": lambda: service.home_part(cast.client, cast.case),
            "running": lambda: service.running(cast.client, cast.case),
            "caseload": lambda: service.waiting(cast.therapist),
            "propose": lambda: service.propose(cast.client, cast.case, ASKS, op=op()),
            "answer": lambda: service.answer(cast.therapist, cast.case, adjustment_id, "no", op=op()),
            "choose": lambda: service.choose(cast.therapist, cast.case, adjustment_id, "kept", op=op()),
        }.items():
            before = len(seen)
            run()
            counts[name] = len(seen) - before
    finally:
        sa.event.remove(engine(), "before_cursor_execute", note)
    assert max(counts.values()) <= 8, counts


def test_german_reads_german(cast: Cast) -> None:
    adjustment_id = agreed(cast)
    assert "23. November" in card(cast.client, cast.case, adjustment_id, "de").head
