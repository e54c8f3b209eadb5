"""The listening loop: heard, felt, makes sense; yes or not quite; and what opens only after the yes."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal.feedback import domain, service
from portal.feedback.schemas import ThreadCard
from portal.kit import clock
from portal.kit.refusal import ChangedMeanwhile, Forbidden, Refusal
from tests.cast import Cast, assemble
from tests.feedback.test_sharing import drafted, shared, thread
from tests.makers import join_case, op

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> object:
    with clock.at(MONDAY):
        yield


def answered(cast: Cast, share_id: str, turn: int = 1, heard: str = "You were still in the middle of it.") -> str:
    service.reflect(cast.therapist, cast.case, share_id, turn, heard, "Hurried.", "You had just said it.", op=op())
    return thread(cast.client, cast.case, share_id).rounds[-1].id


def test_theo_writes_back_and_mika_says_thats_it(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    (waits,) = service.waiting(cast.therapist)[cast.case]
    assert (waits.what, waits.row_id, waits.since) == ("a share to answer", share_id, MONDAY)
    assert service.home_part(cast.therapist, cast.case).waiting == (waits,)
    reflection = answered(cast, share_id)
    assert service.waiting(cast.therapist) == {}
    (heard,) = service.home_part(cast.client, cast.case).heard
    assert (heard.reflection_id, heard.by, heard.heard) == (reflection, "Theo", "You were still in the middle of it.")
    mine = thread(cast.client, cast.case, share_id)
    assert (mine.rounds[0].head, mine.rounds[0].asks, mine.may_withdraw) == ("Theo · first round", True, False)
    assert not thread(cast.therapist, cast.case, share_id).rounds[0].asks
    service.confirm(cast.client, cast.case, reflection, op=op())
    theirs = thread(cast.therapist, cast.case, share_id)
    assert (theirs.status, theirs.confirmed, theirs.rounds[0].answer_head) == ("confirmed", "after 1 round", "Yes, that’s it.")
    assert service.home_part(cast.client, cast.case).heard == ()


def test_not_quite_says_what_was_missed_and_asks_for_another_round(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    service.not_quite(cast.client, cast.case, answered(cast, share_id), "It was not about speed.", op=op())
    theirs = thread(cast.therapist, cast.case, share_id)
    assert (theirs.rounds[0].missed, theirs.may_reflect, theirs.round_words) == ("It was not about speed.", True, "Second round")
    assert service.waiting(cast.therapist)[cast.case][0].what == "not quite: another round"
    service.confirm(cast.client, cast.case, answered(cast, share_id, 2), op=op())
    assert thread(cast.client, cast.case, share_id).confirmed == "after 2 rounds"


def test_not_quite_may_stay_without_words(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    service.not_quite(cast.client, cast.case, answered(cast, share_id), "  ", op=op())
    assert thread(cast.therapist, cast.case, share_id).rounds[0].missed == ""


def test_after_three_times_not_quite_both_pages_suggest_to_talk(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    for turn in (1, 2, 3):
        assert thread(cast.client, cast.case, share_id).suggestion == ""
        service.not_quite(cast.client, cast.case, answered(cast, share_id, turn), "no", op=op())
    for caller in (cast.client, cast.therapist):
        assert "3 times" in thread(caller, cast.case, share_id).suggestion
    answered(cast, share_id, 4)
    assert thread(cast.client, cast.case, share_id).rounds[-1].head == "Theo · round 4"


def test_theo_cannot_close_it(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    reflection = answered(cast, share_id)
    for attempt in (
        lambda: service.confirm(cast.therapist, cast.case, reflection, op=op()),
        lambda: service.not_quite(cast.therapist, cast.case, reflection, "", op=op()),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_mika_cannot_answer_the_own_share(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    with pytest.raises(Forbidden):
        service.reflect(cast.client, cast.case, share_id, 1, "x", "", "", op=op())
    with pytest.raises(Forbidden):
        service.keep_box(cast.client, cast.case, share_id, "heard", "x", 0, op=op())


def test_an_unsent_answer_is_kept_privately(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    assert service.keep_box(cast.therapist, cast.case, share_id, "heard", "half", 0, op=op()) == 1
    assert service.keep_box(cast.therapist, cast.case, share_id, "felt", "hurried", 0, op=op()) == 1
    assert service.keep_box(cast.therapist, cast.case, share_id, "heard", "half a thought", 1, op=op()) == 2
    mine = thread(cast.therapist, cast.case, share_id)
    assert (mine.heard, mine.heard_version, mine.felt, mine.sense) == ("half a thought", 2, "hurried", "")
    join_case(cast.case, cast.ids["second_therapist"], "therapist")
    for caller in (cast.client, cast.second_therapist):
        seen = thread(caller, cast.case, share_id)
        assert (seen.rounds, seen.heard, seen.felt) == ([], "", "")
        assert "half a thought" not in repr(service.desk(caller, cast.case))
    assert thread(cast.client, cast.case, share_id).may_withdraw
    with pytest.raises(ChangedMeanwhile) as refused:
        service.keep_box(cast.therapist, cast.case, share_id, "heard", "another window", 1, op=op())
    assert refused.value.params["theirs"] == "half a thought"


def test_sending_takes_the_boxes_as_they_stand_and_a_late_save_does_no_harm(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    service.keep_box(cast.therapist, cast.case, share_id, "heard", "half", 0, op=op())
    service.reflect(cast.therapist, cast.case, share_id, 1, "half a thought, and the rest", "", "", op=op())
    assert service.keep_box(cast.therapist, cast.case, share_id, "heard", "half a thought, and the rest", 1, op=op()) == 1
    assert thread(cast.client, cast.case, share_id).rounds[0].heard == "half a thought, and the rest"
    with pytest.raises(domain.AnsweredAlready):
        service.keep_box(cast.therapist, cast.case, share_id, "heard", "something else", 1, op=op())


def test_two_therapists_answer_at_once_and_the_later_one_is_told(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    join_case(cast.case, cast.ids["second_therapist"], "therapist")
    service.reflect(cast.second_therapist, cast.case, share_id, 1, "mine first", "", "", op=op())
    with pytest.raises(domain.AnsweredAlready):
        service.reflect(cast.therapist, cast.case, share_id, 1, "mine too", "", "", op=op())
    service.not_quite(cast.client, cast.case, thread(cast.client, cast.case, share_id).rounds[0].id, "", op=op())
    with pytest.raises(ChangedMeanwhile):
        service.reflect(cast.therapist, cast.case, share_id, 1, "mine too", "", "", op=op())


def test_a_yes_is_to_the_answer_that_was_read(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    first = answered(cast, share_id)
    service.not_quite(cast.client, cast.case, first, "", op=op())
    answered(cast, share_id, 2)
    with pytest.raises(ChangedMeanwhile):
        service.confirm(cast.client, cast.case, first, op=op())


def test_what_was_missed_is_the_clients_own_until_it_is_sent(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    reflection = answered(cast, share_id)
    assert service.keep_missed(cast.client, cast.case, reflection, "it was", 0, op=op()) == 1
    assert thread(cast.client, cast.case, share_id).rounds[0].missed_draft == "it was"
    assert "it was" not in repr(service.desk(cast.therapist, cast.case))
    service.confirm(cast.client, cast.case, reflection, op=op())
    assert "it was" not in repr(service.desk(cast.therapist, cast.case))
    assert "it was" not in repr(service.desk(cast.client, cast.case))


def test_the_idea_of_the_therapist_opens_after_the_yes_only(cast: Cast) -> None:
    share_id = shared(cast.client, cast.case)
    assert not thread(cast.therapist, cast.case, share_id).may_advise
    reflection = answered(cast, share_id)
    for attempt in (
        lambda: service.advise(cast.therapist, cast.case, share_id, "Try breathing.", op=op()),
        lambda: service.keep_advice(cast.therapist, cast.case, share_id, "Try breathing.", 0, op=op()),
    ):
        with pytest.raises(domain.NotUnderstoodYet):
            attempt()
    service.confirm(cast.client, cast.case, reflection, op=op())
    assert thread(cast.therapist, cast.case, share_id).may_advise
    assert not thread(cast.client, cast.case, share_id).may_advise
    assert service.keep_advice(cast.therapist, cast.case, share_id, "Try", 0, op=op()) == 1
    assert "Try" not in repr(service.desk(cast.client, cast.case))
    service.advise(cast.therapist, cast.case, share_id, "Try staying with it.", op=op())
    (reply,) = thread(cast.client, cast.case, share_id).replies
    assert (reply.owner, reply.head, reply.text) == ("therapist", "Theo · an idea", "Try staying with it.")
    with pytest.raises(domain.AnsweredAlready):
        service.advise(cast.therapist, cast.case, share_id, "And another one.", op=op())
    with pytest.raises(Forbidden):
        service.advise(cast.client, cast.case, share_id, "x", op=op())


def test_theo_shares_and_mika_may_answer_or_not(cast: Cast) -> None:
    share_id = shared(cast.therapist, cast.case, "I noticed that you smiled.", "observation")
    (waits,) = service.home_part(cast.client, cast.case).waiting
    assert (waits.what, waits.row_id) == ("something shared with you", share_id)
    mine = thread(cast.client, cast.case, share_id)
    assert (mine.may_respond, mine.may_reflect, mine.rounds) == (True, False, [])
    assert service.keep_response(cast.client, cast.case, share_id, "I did", 0, op=op()) == 1
    assert "I did" not in repr(service.desk(cast.therapist, cast.case))
    service.respond(cast.client, cast.case, share_id, "I did, yes.", op=op())
    theirs = thread(cast.therapist, cast.case, share_id)
    assert (theirs.status, theirs.replies[0].text, theirs.replies[0].head) == ("responded", "I did, yes.", "Mika · in return")
    with pytest.raises(domain.AnsweredAlready):
        service.withdraw(cast.therapist, cast.case, share_id, op=op())
    with pytest.raises(Refusal):
        service.reflect(cast.therapist, cast.case, share_id, 1, "x", "", "", op=op())


def test_theo_withdraws_what_nobody_has_answered(cast: Cast) -> None:
    share_id = shared(cast.therapist, cast.case, "I noticed that you smiled.", "observation")
    service.keep_response(cast.client, cast.case, share_id, "I did", 0, op=op())
    service.withdraw(cast.therapist, cast.case, share_id, op=op())
    seen = thread(cast.client, cast.case, share_id)
    assert (seen.text, seen.reply_draft, seen.may_respond) == ("", "", False)


class Loop(RuleBasedStateMachine):
    """Both play any verb on one share in a real database; the two pages must never disagree nor say too much."""

    @initialize(by_client=st.booleans())
    def begin(self, by_client: bool) -> None:
        self.cast = LOOP[0]
        self.author = self.cast.client if by_client else self.cast.therapist
        self.share_id = drafted(self.author, self.cast.case, "the words", "question")

    @rule(who=st.sampled_from(["client", "therapist"]), verb=st.sampled_from(sorted(["hold", "take_back", "share", "withdraw", "reflect", "yes", "no", "respond", "advise", "box"])))
    def play(self, who: str, verb: str) -> None:
        cast, share_id = self.cast, self.share_id
        caller = getattr(cast, who)
        latest = self._latest()
        try:
            match verb:
                case "hold":
                    service.hold(caller, cast.case, share_id, "the words", 1, op=op())
                case "take_back":
                    service.take_back(caller, cast.case, share_id, op=op())
                case "share":
                    service.share(caller, cast.case, share_id, "the words", 1, op=op())
                case "withdraw":
                    service.withdraw(caller, cast.case, share_id, op=op())
                case "reflect":
                    service.reflect(caller, cast.case, share_id, self._rounds() + 1, "heard", "", "", op=op())
                case "yes":
                    service.confirm(caller, cast.case, latest, op=op())
                case "no":
                    service.not_quite(caller, cast.case, latest, "missed", op=op())
                case "respond":
                    service.respond(caller, cast.case, share_id, "in return", op=op())
                case "advise":
                    service.advise(caller, cast.case, share_id, "advice", op=op())
                case "box":
                    service.keep_box(caller, cast.case, share_id, "felt", "secret draft", 0, op=op())
        except Refusal:
            pass

    @invariant()
    def pages_agree(self) -> None:
        if not hasattr(self, "cast"):
            return
        cards = {who: self._card(who) for who in ("client", "therapist")}
        author = "client" if self.author is self.cast.client else "therapist"
        other = "therapist" if author == "client" else "client"
        if cards[other] is None:
            return
        mine, theirs = cards[author], cards[other]
        assert mine is not None
        assert (mine.status, mine.text, mine.confirmed, mine.replies) == (theirs.status, theirs.text, theirs.confirmed, theirs.replies)
        assert [one.heard for one in mine.rounds] == [one.heard for one in theirs.rounds]
        assert not any(one.asks for one in cards["therapist"].rounds)
        assert "secret draft" not in repr(cards["client"])
        if mine.status == "withdrawn":
            assert mine.text == ""
        if any(reply.text == "advice" for reply in mine.replies):
            assert mine.status == "confirmed"

    def _card(self, who: str) -> ThreadCard | None:
        desk = service.desk(getattr(self.cast, who), self.cast.case, opened=self.share_id)
        return next((one for one in desk.threads if one.id == self.share_id), None)

    def _rounds(self) -> int:
        card = self._card("client")
        return len(card.rounds) if card else 0

    def _latest(self) -> str:
        card = self._card("client")
        return card.rounds[-1].id if card and card.rounds else ""


LOOP: list[Cast] = []


def test_no_order_of_verbs_makes_the_two_pages_disagree(on_sqlite: None) -> None:
    LOOP[:] = [assemble()]
    run_state_machine_as_test(
        Loop, settings=settings(max_examples=15, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck))
    )
