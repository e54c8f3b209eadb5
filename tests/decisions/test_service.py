"""Decisions in the records: who writes what, whose yes it takes, what the history keeps, and what can be taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal import routes
from portal.access.gate import Caller
from portal.decisions import domain, service
from portal.decisions.domain import ChangedSince, DecisionStatus, TooLateToUndo
from portal.decisions.schemas import DecisionDetail, OptionView
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.db import transaction
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, Ended, Forbidden, NotFound
from portal.tables import metadata
from portal.writing import service as writing
from portal.writing.schemas import Address
from tests.cast import Cast
from tests.makers import op, sign_in
from tests.queries import counted
from tests.writing.people import Hand


def begun(cast: Cast, *options: str) -> str:
    """A decision that the client opened, with these options; its id."""
    decision = service.begin(cast.client, cast.case, "Which evening?", op=op()).id
    for text in options:
        service.add_option(cast.client, cast.case, decision, text, op=op())
    return decision


def page(cast: Cast, decision: str, by: Caller | None = None) -> DecisionDetail:
    return service.decision(by or cast.client, cast.case, decision)


def option(cast: Cast, decision: str, text: str) -> OptionView:
    return next(one for one in page(cast, decision).options if one.text == text)


def choose(cast: Cast, decision: str, text: str, by: Caller | None = None) -> str:
    """Choose an option as it is now; the operation."""
    done = op()
    service.choose(by or cast.client, cast.case, decision, option(cast, decision, text).id, page(cast, decision).version, op=done)
    return done


def words(cast: Cast, decision: str) -> list[str]:
    return [entry.words for entry in page(cast, decision).history]


def test_both_weigh_it_and_each_word_keeps_its_author(cast: Cast) -> None:
    decision = begun(cast, "Tuesday")
    service.add_option(cast.therapist, cast.case, decision, "Not this winter", op=op())
    tuesday = option(cast, decision, "Tuesday")
    service.add_point(cast.client, cast.case, tuesday.id, "for", "It is near", op=op())
    service.add_point(cast.therapist, cast.case, tuesday.id, "against", "You are tired then", op=op())
    tuesday = option(cast, decision, "Tuesday")
    (near,), (tired,) = tuesday.speaks_for, tuesday.speaks_against
    assert (near.text, near.role, near.by, near.mine) == ("It is near", "client", "Mika", True)
    assert (tired.text, tired.role, tired.by, tired.mine) == ("You are tired then", "therapist", "Theo", False)
    assert (option(cast, decision, "Not this winter").role, option(cast, decision, "Not this winter").by) == ("therapist", "Theo")
    for verb, given in ((service.reword_point, ("Other words", 9)), (service.remove_point, ())):
        with pytest.raises(domain.AuthorOnly):
            verb(cast.therapist, cast.case, near.id, *given, op=op())  # type: ignore[operator]
    service.reword(cast.therapist, cast.case, decision, "matters", "Rest", 1, op=op())
    shown = page(cast, decision)
    assert (shown.matters, shown.matters_by, shown.matters_role) == ("Rest", "Theo", "therapist")


def test_the_client_decides_and_opens_it_again(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    choose(cast, decision, "Thursday")
    shown = page(cast, decision, cast.therapist)
    assert (shown.status, shown.chosen_text, shown.may_write) == ("decided", "Thursday", False)
    with pytest.raises(domain.WhileDecided):
        service.add_option(cast.client, cast.case, decision, "Never", op=op())
    service.reopen(cast.therapist, cast.case, decision, shown.version, op=op())
    shown = page(cast, decision)
    assert (shown.status, shown.chosen_text, shown.may_write) == ("open", "", True)
    entry = next(one for one in shown.history if one.words == "Mika decided")
    assert (entry.before, entry.after) == ("Being weighed", "Decided: Thursday")


def test_what_the_therapist_suggests_needs_the_clients_yes(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    choose(cast, decision, "Tuesday", cast.therapist)
    mine, theirs = page(cast, decision), page(cast, decision, cast.therapist)
    assert (mine.status, mine.asks, mine.asked_by, mine.i_decide) == ("proposed", "me", "Theo", True)
    assert (theirs.asks, theirs.may_take_back, theirs.i_decide) == ("other", True, False)
    assert page(cast, decision, cast.supervisor).asks == ""
    with pytest.raises(domain.ClientOnly):
        service.agree(cast.therapist, cast.case, decision, 99, op=op())
    service.answer_not_yet(cast.client, cast.case, decision, mine.version, op=op())
    assert page(cast, decision).status == "open"
    choose(cast, decision, "Tuesday", cast.therapist)
    service.agree(cast.client, cast.case, decision, page(cast, decision).version, op=op())
    assert (page(cast, decision).status, page(cast, decision).chosen_text) == ("decided", "Tuesday")


def test_a_yes_is_to_what_was_read(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    choose(cast, decision, "Tuesday", cast.therapist)
    seen = page(cast, decision).version
    service.reword_option(cast.therapist, cast.case, option(cast, decision, "Tuesday").id, "Every day", 1, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.agree(cast.client, cast.case, decision, seen, op=op())
    with pytest.raises(ChangedMeanwhile):
        service.choose(cast.client, cast.case, decision, option(cast, decision, "Thursday").id, seen, op=op())
    assert page(cast, decision).status == "proposed"


def test_two_to_six_options(cast: Cast) -> None:
    decision = begun(cast, "Tuesday")
    with pytest.raises(domain.TooFewOptions):
        choose(cast, decision, "Tuesday")
    for number in range(5):
        service.add_option(cast.therapist, cast.case, decision, f"Option {number}", op=op())
    assert not page(cast, decision).may_add_option
    with pytest.raises(domain.EnoughOptions):
        service.add_option(cast.client, cast.case, decision, "A seventh", op=op())
    service.remove_option(cast.client, cast.case, option(cast, decision, "Option 3").id, op=op())
    service.add_option(cast.client, cast.case, decision, "A seventh", op=op())
    gone = next(entry for entry in page(cast, decision).history if entry.words == "Mika took an option away")
    assert not gone.restorable
    with pytest.raises(domain.EnoughOptions):
        service.bring_back(cast.client, cast.case, gone.id, op=op())


def test_what_was_taken_away_or_reworded_comes_back_from_the_history(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    tuesday = option(cast, decision, "Tuesday")
    service.add_point(cast.client, cast.case, tuesday.id, "for", "It is near", op=op())
    point = option(cast, decision, "Tuesday").speaks_for[0]
    service.reword_point(cast.client, cast.case, point.id, "It is very near", 1, op=op())
    service.remove_point(cast.client, cast.case, point.id, op=op())
    assert not next(one for one in page(cast, decision, cast.therapist).history if "took something" in one.words).restorable
    for _ in ("the point itself", "its first words"):
        entry = next(one for one in page(cast, decision).history if one.restorable)
        service.bring_back(cast.client, cast.case, entry.id, op=op())
    assert [one.text for one in option(cast, decision, "Tuesday").speaks_for] == ["It is near"]
    service.reword(cast.client, cast.case, decision, "question", "Which day?", 1, op=op())
    service.remove_option(cast.client, cast.case, tuesday.id, op=op())
    for restored in ("Mika took an option away", "Mika changed what is to be decided"):
        entry = next(one for one in page(cast, decision).history if one.restorable and one.words == restored)
        service.bring_back(cast.client, cast.case, entry.id, op=op())
    shown = page(cast, decision)
    assert shown.question == "Which evening?"
    assert [one.text for one in shown.options] == ["Tuesday", "Thursday"]
    assert [one.text for one in shown.options[0].speaks_for] == ["It is near"]


def test_two_texts_written_at_once_are_both_kept(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    tuesday = option(cast, decision, "Tuesday")
    service.reword(cast.client, cast.case, decision, "matters", "Rest", 1, op=op())
    service.reword_option(cast.client, cast.case, tuesday.id, "Tuesday at six", 1, op=op())
    service.set_look(cast.client, cast.case, decision, "2030-01-31", 1, op=op())
    for verb, given, theirs in (
        (service.reword, (decision, "matters", "Money", 1), "Rest"),
        (service.reword_option, (tuesday.id, "Tuesday at seven", 1), "Tuesday at six"),
        (service.set_look, (decision, "2030-02-01", 1), "2030-01-31"),
    ):
        changed: Callable[..., object] = verb
        with pytest.raises(ChangedMeanwhile) as refused:
            changed(cast.therapist, cast.case, *given, op=op())
        assert refused.value.params["theirs"] == theirs


def test_a_burst_of_writing_is_one_entry(cast: Cast) -> None:
    decision = begun(cast)
    for text in ("R", "Re", "Rest"):
        service.reword(cast.client, cast.case, decision, "matters", text, 99, op=op())
    assert words(cast, decision) == ["Mika changed what matters most", "Mika opened this decision"]


def test_its_day_to_look_again_waits_for_both_and_is_answered(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    choose(cast, decision, "Tuesday")
    service.set_look(cast.therapist, cast.case, decision, f"{clock.now() + timedelta(days=3):%Y-%m-%d}", 1, op=op())
    assert service.home_part(cast.client, cast.case) == ()
    with clock.at(clock.now() + timedelta(days=4)):
        mika, theo = sign_in(cast.ids["client"])[0], sign_in(cast.ids["therapist"])[0]
        for who in (mika, theo):
            (waits,) = service.home_part(who, cast.case)
            assert (waits.what, waits.page, waits.row_id) == ("a decision to look at again", routes.DECISION, decision)
        assert page(cast, decision, mika).look_due
        service.let_it_stay(theo, cast.case, decision, page(cast, decision, mika).version, op=op())
        assert service.home_part(mika, cast.case) == ()
        assert page(cast, decision, mika).status == "decided"


def test_a_suggestion_waits_for_the_client_only(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    choose(cast, decision, "Tuesday", cast.therapist)
    assert [one.what for one in service.home_part(cast.client, cast.case)] == ["a suggestion to decide on"]
    assert service.home_part(cast.therapist, cast.case) == ()


def test_it_can_be_about_a_goal_that_both_see(cast: Cast) -> None:
    goal = goals.add(cast.client, cast.case, "Sing again", proposes=True, op=op()).id
    known = {one.id for one in goals.titles(cast.client, cast.case)}
    decision = service.begin(cast.client, cast.case, "Which choir?", goal, known=known, op=op()).id
    assert [one.question for one in service.of_goal(cast.therapist, cast.case, goal)] == ["Which choir?"]
    for wrong in (op(), goal):
        with pytest.raises(NotFound):
            service.tie(cast.client, cast.case, decision, wrong, op=op())
    service.tie(cast.client, cast.case, decision, "", op=op())
    assert service.of_goal(cast.therapist, cast.case, goal) == []


Undone = tuple[str, Callable[[Cast, str, str], object], Callable[[DecisionDetail], Any]]
UNDONE: list[Undone] = [
    ("question", lambda c, d, o: service.reword(c.client, c.case, d, "question", "Other", 9, op=o), lambda p: p.question),
    ("matters", lambda c, d, o: service.reword(c.client, c.case, d, "matters", "Other", 9, op=o), lambda p: (p.matters, p.matters_by)),
    ("add option", lambda c, d, o: service.add_option(c.client, c.case, d, "Other", op=o), lambda p: p.options),
    ("reword option", lambda c, d, o: service.reword_option(c.client, c.case, page(c, d).options[0].id, "Other", 9, op=o), lambda p: p.options[0].text),
    ("remove option", lambda c, d, o: service.remove_option(c.client, c.case, page(c, d).options[0].id, op=o), lambda p: p.options),
    ("add point", lambda c, d, o: service.add_point(c.client, c.case, page(c, d).options[0].id, "for", "Other", op=o), lambda p: p.options),
    ("remove point", lambda c, d, o: service.remove_point(c.client, c.case, page(c, d).options[0].speaks_for[0].id, op=o), lambda p: p.options),
    ("decide", lambda c, d, o: service.choose(c.client, c.case, d, page(c, d).options[0].id, 99, op=o), lambda p: (p.status, p.chosen_text)),
    ("look", lambda c, d, o: service.set_look(c.client, c.case, d, "2030-01-31", 9, op=o), lambda p: p.look),
    ("archive", lambda c, d, o: service.archive(c.client, c.case, d, 99, op=o), lambda p: p.archived),
]


@pytest.mark.parametrize(("change", "look"), [(change, look) for _, change, look in UNDONE], ids=[name for name, _, _ in UNDONE])
def test_every_change_can_be_taken_back_for_ten_seconds(
    cast: Cast, change: Callable[[Cast, str, str], object], look: Callable[[DecisionDetail], Any]
) -> None:
    decision, done = begun(cast, "Tuesday", "Thursday"), op()
    service.add_point(cast.client, cast.case, page(cast, decision).options[0].id, "for", "It is near", op=op())
    before = look(page(cast, decision))
    change(cast, decision, done)
    assert look(page(cast, decision)) != before
    with pytest.raises(NotFound):
        service.undo(cast.therapist, cast.case, done, op=op())
    service.undo(cast.client, cast.case, done, op=op())
    assert look(page(cast, decision)) == before
    assert words(cast, decision)[0] == "Mika undid the last change"


def test_undo_ends_with_the_time_and_with_what_rests_on_the_change(cast: Cast) -> None:
    decision, added, opened = begun(cast, "Tuesday", "Thursday"), op(), op()
    option_id = service.add_option(cast.client, cast.case, decision, "Never", op=added).id
    service.add_point(cast.therapist, cast.case, option_id, "for", "Rest", op=op())
    with pytest.raises(ChangedSince):
        service.undo(cast.client, cast.case, added, op=op())
    decided = choose(cast, decision, "Never")
    service.reopen(cast.therapist, cast.case, decision, 99, op=op())
    with pytest.raises(ChangedSince):
        service.undo(cast.client, cast.case, decided, op=op())
    other = service.begin(cast.client, cast.case, "By mistake", op=opened).id
    service.undo(cast.client, cast.case, opened, op=op())
    assert page(cast, other).archived
    late = op()
    service.set_look(cast.client, cast.case, decision, "2030-01-31", 9, op=late)
    with clock.at(clock.now() + timedelta(minutes=2)):
        mika, _ = sign_in(cast.ids["client"])
        with pytest.raises(TooLateToUndo):
            service.undo(mika, cast.case, late, op=op())


def test_an_undo_decides_nothing_that_reads_differently_by_now(cast: Cast) -> None:
    decision, reopened, taken_back = begun(cast, "Tuesday", "Thursday", "Never"), op(), op()
    choose(cast, decision, "Tuesday")
    service.reopen(cast.client, cast.case, decision, 99, op=reopened)
    tuesday = option(cast, decision, "Tuesday")
    service.reword_option(cast.therapist, cast.case, tuesday.id, "Every evening", 99, op=op())
    with pytest.raises(ChangedSince):
        service.undo(cast.client, cast.case, reopened, op=op())
    choose(cast, decision, "Thursday", cast.therapist)
    service.take_back(cast.therapist, cast.case, decision, 99, op=taken_back)
    service.remove_option(cast.client, cast.case, option(cast, decision, "Thursday").id, op=op())
    with pytest.raises(ChangedSince):
        service.undo(cast.therapist, cast.case, taken_back, op=op())
    assert page(cast, decision).status == DecisionStatus.OPEN


def test_archive_and_bring_back(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    choose(cast, decision, "Tuesday")
    service.archive(cast.therapist, cast.case, decision, 99, op=op())
    found = service.listing(cast.client, cast.case)
    assert (found.weighed, found.decided, found.archived) == ([], [], "1 decision in the archive")
    with pytest.raises(domain.WhileArchived):
        service.reopen(cast.client, cast.case, decision, 99, op=op())
    (card,) = service.archive_of(cast.client, cast.case)
    assert (card.question, card.chosen) == ("Which evening?", "Tuesday")
    service.restore(cast.client, cast.case, decision, card.version, op=op())
    assert [one.chosen for one in service.listing(cast.client, cast.case).decided] == ["Tuesday"]


def test_a_supervisor_reads_and_changes_nothing(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    shown = page(cast, decision, cast.supervisor)
    assert (shown.question, shown.may_write, shown.may_choose, shown.takes_part, shown.may_archive) == ("Which evening?", False, False, False, False)
    for verb, given in ((service.add_option, (decision, "Never")), (service.archive, (decision, 9))):
        changed: Callable[..., object] = verb
        with pytest.raises(Forbidden):
            changed(cast.supervisor, cast.case, *given, op=op())


def test_what_belongs_to_another_case_reads_like_a_missing_one(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    service.add_point(cast.client, cast.case, page(cast, decision).options[0].id, "for", "It is near", op=op())
    shown = page(cast, decision)
    point = shown.options[0].speaks_for[0].id
    case, who = cast.other_case, cast.second_client
    foreign: list[Callable[[str], object]] = [
        lambda one: service.decision(who, case, one),
        lambda one: service.reword(who, case, one, "question", "words", 1, op=op()),
        lambda one: service.add_option(who, case, one, "words", op=op()),
        lambda one: service.reword_option(who, case, one, "words", 1, op=op()),
        lambda one: service.add_point(who, case, one, "for", "words", op=op()),
        lambda one: service.remove_point(who, case, one, op=op()),
        lambda one: service.archive(who, case, one, 1, op=op()),
        lambda one: service.bring_back(who, case, one, op=op()),
    ]
    for ask in foreign:
        for wrong in (decision, shown.options[0].id, point, shown.history[0].id, op(), "nonsense" * 20, ""):
            with pytest.raises(NotFound):
                ask(wrong)
    own = service.begin(who, case, "Mine", op=op()).id
    service.add_option(who, case, own, "One", op=op())
    service.add_option(who, case, own, "Two", op=op())
    with pytest.raises(NotFound):
        service.choose(who, case, own, shown.options[0].id, 99, op=op())


@pytest.mark.parametrize("text", ["", "  ", "x" * 301, "a\x00b"])
def test_bad_words_change_nothing(cast: Cast, text: str) -> None:
    decision = begun(cast, "Tuesday")
    bad: list[Callable[[], object]] = [
        lambda: service.begin(cast.client, cast.case, text, op=op()),
        lambda: service.reword(cast.client, cast.case, decision, "question", text, 1, op=op()),
        lambda: service.reword(cast.client, cast.case, decision, "status", "open", 1, op=op()),
        lambda: service.add_option(cast.client, cast.case, decision, text, op=op()),
        lambda: service.add_point(cast.client, cast.case, page(cast, decision).options[0].id, "for", text, op=op()),
        lambda: service.add_point(cast.client, cast.case, page(cast, decision).options[0].id, "perhaps", "words", op=op()),
        lambda: service.set_look(cast.client, cast.case, decision, "some day", 1, op=op()),
    ]
    before = page(cast, decision)
    for ask in bad:
        with pytest.raises(BadInput):
            ask()
    assert page(cast, decision) == before


def test_a_change_sent_twice_is_done_once(cast: Cast) -> None:
    decision, once = begun(cast), op()
    service.add_option(cast.client, cast.case, decision, "Tuesday", op=once)
    with pytest.raises(AlreadyDone):
        service.add_option(cast.client, cast.case, decision, "Tuesday", op=once)
    assert len(page(cast, decision).options) == 1


def test_an_ended_case_can_be_read_only(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    with transaction(writes=True) as db:
        db.execute(sa.update(metadata.tables["case"]).values(status="ended"))
    assert page(cast, decision).question == "Which evening?"
    with pytest.raises(Ended):
        service.add_option(cast.client, cast.case, decision, "Never", op=op())


def test_the_export_reads_all_of_it(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    service.add_point(cast.therapist, cast.case, page(cast, decision).options[0].id, "against", "Late", op=op())
    choose(cast, decision, "Tuesday")
    service.archive(cast.client, cast.case, decision, 99, op=op())
    (facts,) = service.every(cast.client, cast.case)
    assert (facts.question, facts.status, facts.archived) == ("Which evening?", DecisionStatus.DECIDED, True)
    assert [(one.text, one.chosen) for one in facts.options] == [("Tuesday", True), ("Thursday", False)]
    assert [(one.text, one.by, one.role) for one in facts.options[0].speaks_against] == [("Late", "Theo", "therapist")]


def test_nothing_that_was_written_lies_in_the_clear(cast: Cast) -> None:
    decision = service.begin(cast.client, cast.case, "A plain question", op=op()).id
    option_id = service.add_option(cast.client, cast.case, decision, "A plain option", op=op()).id
    service.add_point(cast.client, cast.case, option_id, "for", "A plain reason", op=op())
    for part in ("matters", "outcome"):
        service.reword(cast.client, cast.case, decision, part, f"A plain {part}", 9, op=op())
    with transaction(writes=False) as db:
        kept = repr([list(db.execute(sa.select(table))) for name, table in metadata.tables.items() if name.startswith("decision")])
    assert "plain" not in kept


def test_pages_need_the_same_few_statements_for_many(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    page(cast, decision)
    service.listing(cast.client, cast.case)
    with counted() as few:
        page(cast, decision)
        service.listing(cast.client, cast.case)
    for number in range(4):
        begun(cast, "One", "Two", "Three")
        service.add_option(cast.client, cast.case, decision, f"Option {number}", op=op())
    for one in page(cast, decision).options:
        service.add_point(cast.therapist, cast.case, one.id, "for", "Words", op=op())
    with counted() as many:
        page(cast, decision)
        service.listing(cast.client, cast.case)
    assert len(many) == len(few) <= 10


def test_what_matters_most_is_written_at_once_and_rests_with_the_decision(cast: Cast) -> None:
    decision = begun(cast, "Tuesday", "Thursday")
    address = Address(cast.case, "decision.matters", decision)
    hand, seen = Hand.at(cast.client, address), page(cast, decision).version
    hand.write(cast.client, "To come home")
    hand.write(cast.client, "To come home lighter")
    hand.write(cast.therapist, "To come home lighter than I went")
    shown = page(cast, decision)
    assert (shown.matters, shown.matters_by, shown.matters_role) == ("To come home lighter than I went", "Theo", "therapist")
    assert words(cast, decision)[:2] == ["Theo changed what matters most", "Mika changed what matters most"]
    entry = next(one for one in shown.history if one.words == "Theo changed what matters most")
    assert [(piece.kind, piece.text) for piece in entry.pieces if piece.kind != "same"] == [("new", " than I went")]
    service.bring_back(cast.client, cast.case, entry.id, op=op())
    assert page(cast, decision).matters == "To come home lighter"
    # Both see these words grow letter by letter: they make nobody look again before an answer.
    service.choose(cast.client, cast.case, decision, option(cast, decision, "Tuesday").id, seen, op=op())
    assert not writing.open_text(cast.client, address).may_write
    for who in (cast.second_client, cast.former_member):
        with pytest.raises(NotFound):
            writing.open_text(who, address)
    assert not writing.open_text(cast.supervisor, address).may_write
    with pytest.raises(NotFound):
        writing.open_text(cast.second_client, Address(cast.other_case, "decision.matters", decision))
