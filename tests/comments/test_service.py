"""Comments through the server: who reads and writes them about what, names, traces, what is new, undo, and what it costs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from portal.access.gate import Caller
from portal.access.models import AccessEntry, Case, CaseStatus
from portal.access.permissions import Act, Permission
from portal.checkins import service as checkins
from portal.comments import domain, service
from portal.comments.domain import Kind
from portal.comments.models import CommentRow, MentionRow
from portal.comments.schemas import LONGEST, Wanted
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.db import engine, transaction
from portal.kit.ids import new_id
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, Ended, Forbidden, NotFound, NotSignedIn
from tests.cast import Cast
from tests.checkins.acts import answer
from tests.comments.people import add, comments, read, rename, revealed, said, shared, thread, words
from tests.goals.people import agreed, idea, proposed, seen
from tests.makers import end_membership, join_case, op
from tests.queries import counted


def waits(cast: Cast, by: Caller) -> list[tuple[str, str]]:
    return [(one.what, one.row_id) for one in service.mentions(by, cast.case)]


def test_a_comment_is_there_for_both_with_author_and_time(cast: Cast) -> None:
    goal = agreed(cast)
    add(cast, goal, "  I tried it on Sunday,\nand it was fine.  ", by=cast.client, op=op())
    for by, mine in ((cast.client, True), (cast.therapist, False)):
        [one] = comments(cast, goal, by=by)
        assert (said(one), one.author, one.role, one.mine, one.when) == ("I tried it on Sunday,\nand it was fine.", "Mika", "client", mine, "just now")
        assert (one.may_change, bool(one.source), bool(one.leaves)) == (mine, mine, mine)
    shown = thread(cast, goal, by=cast.client)
    assert shown
    assert (shown.count, shown.may_write, shown.readers) == ("1 comment", True, "Theo, Sana will all read this.")


def test_supervisor_reads_goals_and_opened_checkins_but_writes_nothing(cast: Cast) -> None:
    goal, share, checkin = agreed(cast), shared(cast), revealed(cast)
    for kind, about in (("goal", goal), ("share", share), ("checkin", checkin)):
        add(cast, about, f"About the {kind}", by=cast.client, kind=kind, op=op())
    assert words(cast, goal, by=cast.supervisor) == ["About the goal"]
    assert words(cast, checkin, by=cast.supervisor, kind="checkin") == ["About the checkin"]
    assert thread(cast, share, by=cast.supervisor, kind="share") is None
    assert [one.text for one in service.written_out(cast.supervisor, cast.case)] == ["About the goal", "About the checkin"]
    shown = thread(cast, goal, by=cast.supervisor)
    assert shown
    assert (shown.may_write, shown.people, shown.comments[0].author) == (False, [], "M.")
    with pytest.raises(Forbidden):
        add(cast, goal, "Words", by=cast.supervisor, op=op())


def test_nothing_can_be_said_about_what_the_other_may_not_know_of(cast: Cast) -> None:
    mine, theirs = idea(cast), idea(cast, by=cast.therapist)
    draft = feedback.begin(cast.client, cast.case, op=op())
    checkin = checkins.start(cast.client, cast.case, op=op())
    answer(cast, cast.client, checkin)
    for kind, about in (("goal", theirs), ("checkin", checkin), ("goal", new_id()), ("share", mine), ("nothing", mine)):
        with pytest.raises(NotFound):
            add(cast, about, "Words", by=cast.client, kind=kind, op=op())
    with pytest.raises(NotFound):
        add(cast, draft, "Words", by=cast.client, kind="share", op=op())
    # An idea of one's own has no other yet.
    with pytest.raises(domain.TakesNoMore):
        add(cast, mine, "Words", by=cast.client, op=op())
    assert thread(cast, mine, by=cast.client) is None
    assert thread(cast, checkin, by=cast.client, kind="checkin") is None
    answer(cast, cast.therapist, checkin)
    add(cast, checkin, "Now both have it open", by=cast.client, kind="checkin", op=op())
    assert words(cast, checkin, by=cast.therapist, kind="checkin") == ["Now both have it open"]


def test_comments_go_out_of_sight_together_with_what_they_are_about(cast: Cast) -> None:
    goal, share = proposed(cast), shared(cast)
    about_goal = add(cast, goal, "@Mika, like this?", by=cast.therapist, op=op())
    add(cast, share, "@Theo, I meant Tuesday", by=cast.client, kind="share", op=op())
    assert waits(cast, cast.client) == [("You are mentioned in a comment on a goal", goal)]
    assert service.waiting(cast.therapist)[cast.case][0].row_id == share
    goals.take_back(cast.client, cast.case, goal, seen(cast, goal), op=op())
    feedback.withdraw(cast.client, cast.case, share, op=op())
    assert words(cast, goal, by=cast.client) == ["@Mika, like this?"]
    assert thread(cast, goal, by=cast.therapist) is None
    assert thread(cast, share, by=cast.therapist, kind="share") is thread(cast, share, by=cast.client, kind="share") is None
    assert service.waiting(cast.therapist) == {}
    assert service.written_out(cast.therapist, cast.case) == ()
    for verb in (
        lambda: service.change(cast.therapist, cast.case, about_goal, "Other", 1, op=op()),
        lambda: service.withdraw(cast.therapist, cast.case, about_goal, op=op()),
        lambda: read(cast, goal, by=cast.therapist),
        lambda: read(cast, share, by=cast.client, kind="share"),
    ):
        with pytest.raises(NotFound):
            verb()
    # A goal that is proposed again brings its comments back.
    goals.propose(cast.client, cast.case, goal, seen(cast, goal), op=op())
    assert words(cast, goal, by=cast.therapist) == ["@Mika, like this?"]


def test_what_rests_keeps_its_comments_and_takes_no_more(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "Well done", by=cast.therapist, op=op())
    goals.reach(cast.client, cast.case, goal, 99, op=op())
    goals.archive(cast.client, cast.case, goal, 99, op=op())
    shown = thread(cast, goal, by=cast.therapist)
    assert shown
    assert (shown.may_write, shown.comments[0].may_change, said(shown.comments[0])) == (False, False, "Well done")
    for verb in (
        lambda: add(cast, goal, "More", by=cast.client, op=op()),
        lambda: service.change(cast.therapist, cast.case, comment, "Other", 1, op=op()),
        lambda: service.withdraw(cast.therapist, cast.case, comment, op=op()),
    ):
        with pytest.raises(domain.TakesNoMore):
            verb()
    with transaction(writes=True) as db:
        db.execute(sa.update(Case).values(status=CaseStatus.ENDED))
    assert words(cast, goal, by=cast.client) == ["Well done"]
    with pytest.raises(Ended):
        read(cast, goal, by=cast.client)
    assert service.mentions(cast.client, cast.case) == ()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST + 1), "\x00", "a\ud800"])
def test_bad_words_are_refused_and_change_nothing(cast: Cast, text: str) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "As it is", by=cast.client, op=op())
    with pytest.raises(BadInput):
        add(cast, goal, text, by=cast.client, op=op())
    with pytest.raises(BadInput):
        service.change(cast.client, cast.case, comment, text, 1, op=op())
    assert words(cast, goal, by=cast.therapist) == ["As it is"]


def test_the_longest_comment_may_be_all_names(cast: Cast) -> None:
    goal = agreed(cast)
    text = " ".join(["@Theo"] * 166)
    add(cast, goal, text, by=cast.client, op=op())
    assert words(cast, goal, by=cast.client) == [text]


def test_a_name_is_a_reference_to_the_person(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "@theo, could you and @Sana look? Not @Ines, and not me, @Mika.", by=cast.client, op=op())
    [mine] = comments(cast, goal, by=cast.client)
    assert [(one.kind, one.text, one.role) for one in mine.pieces] == [
        ("named", "@Theo", "therapist"), ("text", ", could you and ", ""), ("named", "@Sana", "supervisor"),
        ("text", " look? Not @Ines, and not me, @Mika.", ""),
    ]  # fmt: skip
    assert comments(cast, goal, by=cast.therapist)[0].pieces[0].kind == "me"
    rename(cast.ids["therapist"], "Thea Sand")
    [mine] = comments(cast, goal, by=cast.client)
    assert said(mine).startswith("@Thea, could you")
    assert mine.source == said(mine)
    service.change(cast.client, cast.case, comment, mine.source + "!", mine.version, op=op())
    assert comments(cast, goal, by=cast.therapist)[0].pieces[0].kind == "me"
    end_membership(cast.case, cast.ids["therapist"])
    assert said(comments(cast, goal, by=cast.client)[0]).startswith("@somebody who was here before, could you")


def test_two_of_one_name_are_told_apart(cast: Cast) -> None:
    goal = agreed(cast)
    rename(cast.ids["second_therapist"], "Theo Wold")
    join_case(cast.case, cast.ids["second_therapist"], "therapist")
    shown = thread(cast, goal, by=cast.client)
    assert shown
    assert [(one.called, one.role_words) for one in shown.people if one.role == "therapist"] == [("Theo Sand", "therapist"), ("Theo Wold", "therapist")]
    add(cast, goal, "@Theo Wold, welcome. @Theo?", by=cast.client, op=op())
    assert waits(cast, cast.second_therapist) == [("You are mentioned in a comment on a goal", goal)]
    assert waits(cast, cast.therapist) == []


def test_a_foreign_id_in_a_comment_names_nobody(cast: Cast) -> None:
    goal = agreed(cast)
    text = f"@[{cast.ids['second_therapist']}] and @[{cast.ids['therapist']}]"
    add(cast, goal, text, by=cast.client, op=op())
    assert said(comments(cast, goal, by=cast.client)[0]).startswith(f"@[{cast.ids['second_therapist']}] and ")
    with transaction(writes=False) as db:
        assert set(db.exec(select(MentionRow.person_id))) <= {cast.ids["therapist"]}


def test_a_supervisor_is_not_named_where_they_cannot_read(cast: Cast) -> None:
    share, goal = shared(cast), proposed(cast)
    for kind, about in (("share", share), ("goal", goal)):
        shown = thread(cast, about, by=cast.client, kind=kind)
        assert shown
        assert [one.called for one in shown.people] == ["Theo"]
        add(cast, about, "@Sana should see this", by=cast.client, kind=kind, op=op())
    assert service.waiting(cast.supervisor) == {}
    assert waits(cast, cast.supervisor) == []


def test_whoever_is_mentioned_finds_it_until_they_have_read_it(cast: Cast) -> None:
    goal = agreed(cast)
    add(cast, goal, "Nobody in here", by=cast.client, op=op())
    assert service.waiting(cast.therapist).get(cast.case) is None
    comment = add(cast, goal, "@Theo, what do you think?", by=cast.client, op=op())
    [waiting] = service.waiting(cast.therapist)[cast.case]
    assert (waiting.what, waiting.row_id, waiting.page) == ("You are mentioned in a comment on a goal", goal, "/c/[case]/goals/[goal]#comments")
    read(cast, goal, by=cast.therapist)
    assert service.waiting(cast.therapist) == {}
    # Changed words are new once more; a withdrawn comment mentions nobody.
    with clock.at(clock.now() + timedelta(minutes=1)):
        service.change(cast.client, cast.case, comment, "@Theo, what do you really think?", 1, op=op())
        assert [one.row_id for one in service.waiting(cast.therapist)[cast.case]] == [goal]
        service.withdraw(cast.client, cast.case, comment, op=op())
        assert service.waiting(cast.therapist) == {}
    add(cast, goal, "@Mika, look", by=cast.therapist, op=op())
    assert waits(cast, cast.client) == [("You are mentioned in a comment on a goal", goal)]
    read(cast, goal, by=cast.client, upto=clock.now() - timedelta(hours=1))
    assert waits(cast, cast.client)
    read(cast, goal, by=cast.client, upto=clock.now() + timedelta(days=9))
    assert waits(cast, cast.client) == []
    with clock.at(clock.now() + timedelta(minutes=5)):
        add(cast, goal, "@Mika, and now?", by=cast.therapist, op=op())
        assert waits(cast, cast.client), "what comes later was not read beforehand"


def test_cards_count_comments_and_say_which_are_new(cast: Cast) -> None:
    goal, other = agreed(cast), proposed(cast, "Other")
    add(cast, goal, "One", by=cast.client, op=op())
    add(cast, goal, "Two", by=cast.therapist, op=op())
    gone = add(cast, goal, "Three", by=cast.therapist, op=op())
    service.withdraw(cast.therapist, cast.case, gone, op=op())
    counts = service.counts_on_goals(cast.client, cast.case)
    assert counts.keys() == {goal}
    assert (counts[goal].number, counts[goal].words, counts[goal].fresh) == ("2", "2 comments, 1 of them new", True)
    read(cast, goal, by=cast.client)
    assert service.counts_on_goals(cast.client, cast.case)[goal].words == "2 comments"
    add(cast, other, "On a proposal", by=cast.client, op=op())
    assert other not in service.counts_on_goals(cast.supervisor, cast.case)


def test_a_withdrawn_comment_leaves_a_trace_only_where_it_was_read(cast: Cast) -> None:
    goal = agreed(cast)
    unread = add(cast, goal, "Too early", by=cast.client, op=op())
    service.withdraw(cast.client, cast.case, unread, op=op())
    assert words(cast, goal, by=cast.therapist) == []
    [mine] = comments(cast, goal, by=cast.client)
    assert "nobody else had" in mine.withdrawn
    assert said(mine) == "Too early"
    known = add(cast, goal, "Too harsh", by=cast.client, op=op())
    assert "without a trace" in comments(cast, goal, by=cast.client)[-1].leaves
    read(cast, goal, by=cast.therapist)
    assert "It has been read" in comments(cast, goal, by=cast.client)[-1].leaves
    service.withdraw(cast.client, cast.case, known, op=op())
    [trace] = comments(cast, goal, by=cast.therapist)
    assert (trace.withdrawn, trace.pieces, trace.source) == ("Mika withdrew a comment: just now.", [], "")
    assert said(comments(cast, goal, by=cast.client)[-1]) == "Too harsh"
    for verb in (
        lambda: service.change(cast.client, cast.case, known, "Again", 2, op=op()),
        lambda: service.withdraw(cast.client, cast.case, known, op=op()),
    ):
        with pytest.raises(domain.IsWithdrawn):
            verb()
    with pytest.raises(NotFound):
        service.withdraw(cast.therapist, cast.case, unread, op=op())
    with transaction(writes=False) as db:
        assert len(db.exec(select(CommentRow)).all()) == 2, "nothing is deleted by one side"


def test_a_change_is_marked_once_somebody_has_read_what_was_there(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "One", by=cast.client, op=op())
    service.change(cast.client, cast.case, comment, "Two", 1, op=op())
    assert comments(cast, goal, by=cast.therapist)[0].changed == ""
    read(cast, goal, by=cast.therapist)
    with clock.at(clock.now() + timedelta(minutes=3)):
        service.change(cast.client, cast.case, comment, "Three", 2, op=op())
        [one] = comments(cast, goal, by=cast.therapist)
        assert (said(one), one.changed, one.fresh) == ("Three", "changed, just now", True)
        assert not service.change(cast.client, cast.case, comment, "Three", 1, op=op()).changed
        with pytest.raises(ChangedMeanwhile):
            service.change(cast.client, cast.case, comment, "From another tab", 2, op=op())
    with pytest.raises(domain.NotYours):
        service.change(cast.therapist, cast.case, comment, "Mine now", 3, op=op())
    with pytest.raises(domain.NotYours):
        service.withdraw(cast.therapist, cast.case, comment, op=op())


def test_what_was_read_in_other_words_leaves_a_trace_as_well(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "One", by=cast.client, op=op())
    read(cast, goal, by=cast.therapist)
    with clock.at(clock.now() + timedelta(minutes=3)):
        service.change(cast.client, cast.case, comment, "Two", 1, op=op())
        service.withdraw(cast.client, cast.case, comment, op=op())
        assert words(cast, goal, by=cast.therapist) == ["Mika withdrew a comment: just now."]


def test_each_act_can_be_undone_for_ten_seconds(cast: Cast) -> None:
    goal = agreed(cast)
    sent, changed, withdrawn = op(), op(), op()
    comment = add(cast, goal, "@Theo, one", by=cast.client, op=sent)
    service.change(cast.client, cast.case, comment, "Two", 1, op=changed)
    with pytest.raises(NotFound):
        service.undo(cast.client, cast.case, sent, op=op())  # something newer was done with it
    service.undo(cast.client, cast.case, changed, op=op())
    assert words(cast, goal, by=cast.therapist) == ["@Theo, one"]
    assert waits(cast, cast.therapist)
    read(cast, goal, by=cast.therapist)
    service.withdraw(cast.client, cast.case, comment, op=withdrawn)
    with pytest.raises(NotFound):
        service.undo(cast.therapist, cast.case, withdrawn, op=op())
    service.undo(cast.client, cast.case, withdrawn, op=op())
    [one] = comments(cast, goal, by=cast.therapist)
    assert (said(one), one.withdrawn, one.changed, one.fresh) == ("@Theo, one", "", "", False)
    again = op()
    add(cast, goal, "Sent by mistake", by=cast.client, op=again)
    service.undo(cast.client, cast.case, again, op=op())
    assert words(cast, goal, by=cast.therapist) == ["@Theo, one"]
    late = op()
    service.withdraw(cast.client, cast.case, comment, op=late)
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(domain.TooLateToUndo):
        service.undo(cast.client, cast.case, late, op=op())


def test_an_undone_change_that_was_read_meanwhile_is_marked(cast: Cast) -> None:
    goal = agreed(cast)
    changed = op()
    comment = add(cast, goal, "One", by=cast.client, op=op())
    service.change(cast.client, cast.case, comment, "Two", 1, op=changed)
    read(cast, goal, by=cast.therapist)
    with clock.at(clock.now() + timedelta(seconds=4)):
        service.undo(cast.client, cast.case, changed, op=op())
        [one] = comments(cast, goal, by=cast.therapist)
    assert (said(one), bool(one.changed), one.fresh) == ("One", True, True)


def test_a_comment_sent_twice_is_there_once(cast: Cast) -> None:
    goal, once = agreed(cast), op()
    add(cast, goal, "Once", by=cast.client, op=once)
    with pytest.raises(AlreadyDone):
        add(cast, goal, "Once", by=cast.client, op=once)
    assert words(cast, goal, by=cast.client) == ["Once"]


def test_the_newest_are_shown_until_more_are_asked_for(cast: Cast) -> None:
    goal = agreed(cast)
    for number in range(14):
        add(cast, goal, f"Number {number}", by=cast.client, op=op())
    shown = thread(cast, goal, by=cast.therapist)
    assert shown
    assert [said(one) for one in shown.comments] == [f"Number {number}" for number in range(4, 14)]
    assert (shown.earlier, shown.count, shown.fresh) == ("Show 4 earlier comments", "14 comments", 14)
    whole = thread(cast, goal, by=cast.therapist, whole=True)
    assert whole
    assert (len(whole.comments), whole.earlier) == (14, "")


def verbs(case: str, goal: str, comment: str) -> dict[str, Callable[[Caller], object]]:
    return {
        "add": lambda who: service.add(who, case, "goal", goal, "Words", op=op()),
        "change": lambda who: service.change(who, case, comment, "Words", 1, op=op()),
        "withdraw": lambda who: service.withdraw(who, case, comment, op=op()),
        "see": lambda who: service.see(who, case, "goal", goal, clock.now(), op=op()),
    }


def test_people_of_another_case_find_nothing_and_change_nothing(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "@Theo, only for us", by=cast.client, op=op())
    for who in (cast.second_client, cast.second_therapist):
        for case in (cast.case, cast.other_case):
            for name, verb in verbs(case, goal, comment).items():
                with pytest.raises(NotFound):
                    verb(who)
                assert name
        assert service.threads(who, cast.other_case, Wanted("goal", (goal,))) == []
        assert service.counts_on_goals(who, cast.other_case) == {}
        assert service.written_out(who, cast.other_case) == ()
    for who in (cast.admin, cast.former_member, cast.nobody):
        for verb in verbs(cast.case, goal, comment).values():
            with pytest.raises((NotFound, NotSignedIn)):
                verb(who)
    assert service.waiting(cast.second_therapist) == {}
    assert words(cast, goal, by=cast.client) == ["@Theo, only for us"]


def test_the_log_names_what_was_done_and_is_about_the_thing(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "One", by=cast.client, op=op())
    service.change(cast.client, cast.case, comment, "Two", 1, op=op())
    gone = op()
    service.withdraw(cast.client, cast.case, comment, op=gone)
    service.undo(cast.client, cast.case, gone, op=op())
    thread(cast, goal, by=cast.therapist)
    read(cast, goal, by=cast.therapist)
    with transaction(writes=False) as db:
        entries = db.exec(select(AccessEntry).where(AccessEntry.case_id == cast.case).order_by(AccessEntry.number)).all()  # type: ignore[arg-type]
    assert [(one.action, one.role, one.about == goal) for one in entries[-6:]] == [
        (Permission.WRITE_COMMENTS, "client", True),
        (Act.CHANGE_COMMENT, "client", True),
        (Act.WITHDRAW_COMMENT, "client", True),
        (Act.UNDO_COMMENT, "client", True),
        (Permission.READ_COMMENTS, "therapist", True),
        (Permission.SEE_COMMENTS, "therapist", True),
    ]


def test_words_are_sealed_in_the_database(cast: Cast) -> None:
    goal = agreed(cast)
    comment = add(cast, goal, "MARMALADE first", by=cast.client, op=op())
    service.change(cast.client, cast.case, comment, "MARMALADE second", 1, op=op())
    with engine().connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM comment")).all()
    assert rows
    assert b"MARMALADE" not in b"".join(bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview))
    assert "MARMALADE" not in repr(rows)


def test_a_plain_list_for_whatever_leaves_the_portal(cast: Cast) -> None:
    goal, share = agreed(cast), shared(cast)
    add(cast, goal, "@Theo, one", by=cast.client, op=op())
    add(cast, share, "Two", by=cast.therapist, kind="share", op=op())
    service.withdraw(cast.client, cast.case, add(cast, goal, "Three", by=cast.client, op=op()), op=op())
    rename(cast.ids["therapist"], "Thea Sand")
    assert [(one.kind, one.about_id, one.author, one.role, one.text) for one in service.written_out(cast.client, cast.case)] == [
        (Kind.GOAL, goal, "Mika", "client", "@Thea, one"),
        (Kind.SHARE, share, "Thea", "therapist", "Two"),
    ]


def cost(run: Callable[[], object]) -> int:
    with counted() as statements:
        run()
    return len(statements)


def test_what_it_costs(cast: Cast) -> None:
    """At most eight statements per verb, and no more of them for forty comments than for one."""
    goal, share = agreed(cast), shared(cast)
    first = add(cast, goal, "@Theo, one", by=cast.client, op=op())
    thread(cast, goal, by=cast.client)

    def views() -> dict[str, int]:
        return {
            "thread": cost(lambda: thread(cast, goal, by=cast.client, whole=True)),
            "threads": cost(lambda: service.threads(cast.client, cast.case, Wanted("share", (share,)))),
            "counts": cost(lambda: service.counts_on_goals(cast.client, cast.case)),
            "mentions": cost(lambda: service.mentions(cast.client, cast.case)),
            "waiting": cost(lambda: service.waiting(cast.therapist)),
            "written out": cost(lambda: service.written_out(cast.client, cast.case)),
        }

    few = views()
    done = op()
    acts = {
        "add": cost(lambda: add(cast, goal, "@Theo, two", by=cast.client, op=op())),
        "change": cost(lambda: service.change(cast.client, cast.case, first, "@Theo, other", 1, op=op())),
        "withdraw": cost(lambda: service.withdraw(cast.client, cast.case, first, op=done)),
        "undo": cost(lambda: service.undo(cast.client, cast.case, done, op=op())),
        "see": cost(lambda: read(cast, goal, by=cast.therapist)),
    }
    for number in range(40):
        about, kind = (goal, "goal") if number % 2 else (share, "share")
        add(cast, about, f"@Mika, number {number}", by=cast.therapist, kind=kind, op=op())
    many = views()
    assert max((few | acts).values()) <= 8, few | acts
    assert max(many.values()) <= 8, many
    assert many["thread"] == few["thread"]
    assert many["written out"] == few["written out"]
