"""How many SQL statements each verb needs: a case is lived through once, and every verb that people call is counted."""

import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from portal.access import gate, identity
from portal.access.gate import Caller
from portal.access.models import PersonKind
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.domain import TicketPurpose
from portal.accounts.schemas import (
    ChangeAddressForm,
    ChangePasswordForm,
    InviteForm,
    NewPasswordForm,
    PinForm,
    ProfileForm,
    ProofForm,
    SetUpForm,
    SignInForm,
    Visit,
)
from portal.adjustments import service as adjustments
from portal.adjustments.schemas import TermsForm
from portal.areas import service as areas
from portal.cases import service as cases
from portal.cases.schemas import CadenceForm, SessionForm
from portal.checkins import service as checkins
from portal.checkins.domain import Item
from portal.comments import service as comments
from portal.comments.schemas import Wanted
from portal.decisions import service as decisions
from portal.exports import service as exports
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.handovers import service as handovers
from portal.handovers.schemas import HandOverForm
from portal.kit import clock
from portal.kit.mail import waiting as letters
from portal.kit.passwords import hashed
from portal.ladders import service as ladders
from portal.promises import service as promises
from portal.promises.schemas import PromiseForm
from portal.ratings import service as ratings
from portal.sessions import service as sessions
from portal.sessions.schemas import LinesForm, SpotForm, ThingForm
from portal.writing import service as writing
from portal.writing.schemas import Address
from tests.access.test_permissions import PERMISSION_OF, UPKEEP
from tests.bench.practice import Pair, make_pair
from tests.makers import make_case, make_person, op, sign_in
from tests.queries import counted
from tests.writing.people import Hand

PASSWORD, OTHER = "a paper boat goes far", "another paper boat goes"
VISIT = Visit("127.0.0.1", "Firefox")


@contextmanager
def tallied() -> Iterator[dict[str, int]]:
    """By verb ("goals.move"): the most statements that one call of it took inside the block.

    What a verb has other verbs do is counted there.
    """
    most: dict[str, int] = {}
    inside: list[int] = [0]
    undo: list[tuple[Any, str, Any]] = []

    def counting(name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(verb)
        def run(*given: Any, **named: Any) -> Any:
            with counted() as statements:
                inside.append(0)
                try:
                    return verb(*given, **named)
                finally:
                    most[name] = max(most.get(name, 0), len(statements) - inside.pop())
                    inside[-1] += len(statements)

        return run

    for name in PERMISSION_OF:
        path, _, verb = name.rpartition(".")
        module = importlib.import_module(f"portal.{path}" if path.startswith("access") else f"portal.{path}.service")
        undo.append((module, verb, getattr(module, verb)))
        setattr(module, verb, counting(name, getattr(module, verb)))
    try:
        yield most
    finally:
        for module, verb, before in undo:
            setattr(module, verb, before)


def statements_by_verb() -> dict[str, int]:
    """Every verb that somebody calls, with its statements, in a practice that nobody has set up yet.

    Raises LookupError naming the verbs that the story below leaves out.
    """
    with tallied() as most:
        _set_up()
        began = dict(most)
        _warm(make_pair())
        most.clear()
        most.update(began)
        pair = make_pair()
        _cases(pair)
        _goals(pair)
        _promises(pair)
        _decisions(pair)
        _comments(pair)
        _feedback(pair)
        _adjustments(pair)
        _checkins(pair)
        _sessions(pair)
        _exports(pair)
        _handovers(make_pair())
        _accounts()
    left_out = sorted(name for name, permission in PERMISSION_OF.items() if permission != UPKEEP and name not in most)
    if left_out:
        raise LookupError(f"nobody in the story calls {', '.join(left_out)}")
    return {name: count for name, count in sorted(most.items()) if PERMISSION_OF[name] != UPKEEP}


def _set_up() -> None:
    code = accounts.begin_set_up()
    assert code is not None, "the story begins in a practice in which nobody has an account"
    accounts.set_up(SetUpForm(code, "Practice at the Mill", "Nora Reed", "nora.reed@example.org", PASSWORD), VISIT)


def _warm(pair: Pair) -> None:
    """What is read once per process and kept is no part of a verb."""
    goals.add(pair.client, pair.case, "First of all", op=op())
    goals.board(pair.therapist, pair.case)


def _cases(pair: Pair) -> None:
    at = clock.now() + timedelta(days=3)
    seen = cases.plan_session(pair.therapist, pair.case, SessionForm(f"{at:%Y-%m-%dT%H:%M}"), 1, op=op())
    cases.set_cadence(pair.client, pair.case, CadenceForm("weekly"), seen, op=op())
    cases.facts(pair.therapist, pair.case)
    cases.caseload(pair.therapist)
    cases.read_access_log(pair.client, pair.case)
    cases.read_own_entries(pair.therapist, pair.case)
    identity.members_of(pair.client, pair.case)
    identity.own_cases(pair.client)


def _goals(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case
    goal = goals.add(me, case, "Say no once a week", "because evenings are mine", op=op())

    def go(verb: Callable[..., Any], by: Caller = me) -> None:
        nonlocal goal
        goal = verb(by, case, goal.id, goal.version, op=op())

    go(goals.propose)
    go(goals.take_back)
    go(goals.propose)
    go(goals.answer_not_now, them)
    go(goals.propose)
    go(goals.agree, them)
    go(goals.start)
    go(goals.pause)
    go(goals.resume)
    go(goals.put_in_focus)
    go(goals.put_out_of_focus)
    goal = goals.set_area(me, case, goal.id, "work", goal.version, op=op())
    goal = goals.set_review(me, case, goal.id, f"{clock.now() + timedelta(days=9):%Y-%m-%d}", goal.version, op=op())
    goal = goals.set_due(me, case, goal.id, f"{clock.now() + timedelta(days=40):%Y-%m-%d}", goal.version, op=op())
    goal = goals.reword(me, case, goal.id, "why", "because the evenings are mine", goal.version, op=op())
    go(goals.agree_wording, them)
    go(goals.agree_wording)
    goal = goals.reword(them, case, goal.id, "title", "Say no twice a week", goal.version, op=op())
    go(goals.keep_wording, them)
    _steps(pair, goal.id)
    _areas(pair)
    _ratings(pair, goal.id)
    _ladder(pair, goal.id)
    _writing(pair, goal.id)
    moved = op()
    goal = goals.move(me, case, goal.id, "reached", "", goals.goal(me, case, goal.id).goal.version, op=moved)
    goals.undo(me, case, moved, op=op())
    page = goals.goal(me, case, goal.id)
    goals.bring_back(me, case, [entry.id for entry in page.history if entry.restorable][-1], op=op())
    goal = goals.Saved(goal.id, goals.goal(me, case, goal.id).goal.version)
    go(goals.keep_wording)
    go(goals.reach)
    go(goals.take_up)
    go(goals.set_back)
    go(goals.let_go)
    go(goals.archive)
    go(goals.restore)
    goals.board(me, case)
    goals.archive_of(me, case)
    goals.home_part(me, case)
    goals.titles(me, case)
    goals.waiting(them)
    goals.steps_ahead(them)


def _writing(pair: Pair, goal_id: str) -> None:
    for part in ("notes", "why", "title"):
        address = Address(pair.case, f"goal.{part}", goal_id)
        hand = Hand.at(pair.client, address)
        for caller, text in ((pair.client, "What the client wrote"), (pair.therapist, "What both wrote"), (pair.client, "What both wrote together")):
            hand.write(caller, text)
            writing.look_again(caller, address)


def _steps(pair: Pair, goal_id: str) -> None:
    me, case = pair.client, pair.case
    step = goals.add_step(me, case, goal_id, "write it down", op=op())

    def seen() -> int:
        return next(one.version for one in goals.goal(me, case, goal_id).steps if one.id == step.id)

    goals.reword_step(me, case, step.id, "write it down tonight", seen(), op=op())
    goals.tick_step(me, case, step.id, True, op=op())
    goals.hand_step(me, case, step.id, "", seen(), op=op())
    goals.date_step(me, case, step.id, f"{clock.now() + timedelta(days=2):%Y-%m-%d}", seen(), op=op())
    goals.remove_step(me, case, step.id, op=op())


def _areas(pair: Pair) -> None:
    me, them, case, done = pair.client, pair.therapist, pair.case, op()
    choir = areas.add(me, case, "The choir", op=op())
    areas.rename(them, case, choir.id, "Choir and music", choir.version, op=op())
    areas.put_away(me, case, "home", op=op())
    areas.offer(me, case, "home", op=done)
    areas.undo(me, case, done, op=op())
    areas.named(them, case)


def _ratings(pair: Pair, goal_id: str) -> None:
    me, case, rated = pair.client, pair.case, op()
    wording = ratings.of_goal(me, case, goal_id).form.wording_id
    ratings.rate(me, case, goal_id, wording, 4, op=op())
    ratings.rate(pair.therapist, case, goal_id, wording, 6, op=rated)
    ratings.take_back(pair.therapist, case, rated, op=op())
    ratings.on_board(me, case)
    ratings.summary(me, case)
    ratings.to_rate(me, case)


def _promises(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case
    one = promises.make(them, case, PromiseForm("Bring the book"), op=op())
    worded = promises.reword(them, case, one.id, "Bring both books", one.version, op=op())
    dated = promises.set_until(them, case, one.id, f"{clock.now() + timedelta(days=2):%Y-%m-%d}", 1, op=op())
    page = promises.promise(them, case, one.id)
    promises.bring_back(them, case, next(entry.id for entry in page.history if entry.restorable), op=op())
    seen = max(worded.version, dated.version) + 1
    promises.home_part(me, case)
    promises.miss(me, case, one.id, seen, op=op())
    promises.open_again(me, case, one.id, seen + 1, op=op())
    ticked = op()
    promises.keep(me, case, one.id, seen + 2, op=ticked)
    promises.undo(me, case, ticked, op=op())
    promises.keep(me, case, one.id, seen + 4, op=op())
    promises.archive(me, case, one.id, seen + 5, op=op())
    promises.archive_of(me, case)
    promises.restore(me, case, one.id, seen + 6, op=op())
    other = promises.make(them, case, PromiseForm("Ring the clinic"), op=op())
    promises.take_back(them, case, other.id, "They are closed", other.version, op=op())
    promises.board(me, case)
    promises.every(me, case)


def _ladder(pair: Pair, goal_id: str) -> None:
    me, case, said = pair.client, pair.case, op()
    ladders.begin(me, case, goal_id, op=op())
    for level in ladders.of_goal(me, case, goal_id).levels:
        ladders.write(me, case, level.id, f"how it looks at {level.sign}", level.version, op=op())
    level = ladders.of_goal(me, case, goal_id).levels[0]
    ladders.write(pair.therapist, case, level.id, "how it looks on top", level.version, op=op())
    ladders.bring_back(me, case, next(one.id for one in ladders.of_goal(me, case, goal_id, history=True).history if one.restorable), op=op())
    there = ladders.of_goal(me, case, goal_id)
    there_now = ladders.start_from(me, case, there.id, "-1", there.version, op=op())
    ladders.weigh(me, case, there.id, 2, there_now.version, op=op())
    for who in (me, pair.therapist):
        ladders.say_now(who, case, there.levels[2].id, there.levels[2].version, op=op())
    ladders.say_now(me, case, there.levels[1].id, there.levels[1].version, op=said)
    ladders.undo(me, case, said, op=op())
    ladders.summary(me, case)


def _decisions(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case
    one = decisions.begin(me, case, "Which evening?", op=op()).id

    def seen() -> int:
        return decisions.decision(me, case, one).version

    decisions.reword(them, case, one, "matters", "rest", 1, op=op())
    first = decisions.add_option(me, case, one, "Tuesday", op=op()).id
    second = decisions.add_option(them, case, one, "Thursday", op=op()).id
    decisions.reword_option(me, case, second, "Friday", 1, op=op())
    point = decisions.add_point(me, case, first, "for", "near", op=op()).id
    decisions.reword_point(me, case, point, "very near", 1, op=op())
    decisions.remove_point(me, case, point, op=op())
    third = decisions.add_option(me, case, one, "Never", op=op()).id
    gone = op()
    decisions.remove_option(me, case, third, op=gone)
    decisions.undo(me, case, gone, op=op())
    history = decisions.decision(me, case, one).history
    decisions.bring_back(me, case, next(entry.id for entry in history if entry.restorable), op=op())
    decisions.tie(me, case, one, "", op=op())
    for answer in (decisions.answer_not_yet, decisions.agree):
        decisions.choose(them, case, one, first, seen(), op=op())
        answer(me, case, one, seen(), op=op())
    decisions.set_look(me, case, one, f"{clock.now() + timedelta(days=9):%Y-%m-%d}", 1, op=op())
    decisions.let_it_stay(me, case, one, seen(), op=op())
    decisions.reopen(them, case, one, seen(), op=op())
    decisions.choose(them, case, one, first, seen(), op=op())
    decisions.take_back(them, case, one, seen(), op=op())
    decisions.archive(me, case, one, seen(), op=op())
    decisions.archive_of(me, case)
    decisions.restore(me, case, one, seen(), op=op())
    decisions.listing(me, case)
    decisions.of_goal(me, case, one)
    decisions.home_part(me, case)
    decisions.every(me, case)


def _comments(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case
    goal = goals.add(me, case, "Talked about", proposes=True, op=op()).id
    name = next(one.name for one in identity.members_of(me, case) if one.role == "therapist").split()[0]
    one = comments.add(me, case, "goal", goal, f"@{name}, look", op=op())
    comments.waiting(them)
    comments.mentions(them, case)
    comments.threads(them, case, Wanted("goal", (goal,)))
    comments.counts_on_goals(them, case)
    comments.see(them, case, "goal", goal, clock.now(), op=op())
    changed = op()
    one = comments.change(me, case, one.id, f"@{name}, look here", one.version, op=changed)
    comments.undo(me, case, changed, op=op())
    comments.withdraw(me, case, one.id, op=op())
    comments.written_out(me, case)


def _feedback(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case

    def begun(by: Caller, kind: str) -> str:
        share = feedback.begin(by, case, op=op())
        feedback.choose_kind(by, case, share, kind, op=op())
        return share

    feedback.discard(me, case, begun(me, "wish"), op=op())
    share = begun(me, "concern")
    seen = feedback.write(me, case, share, "something", 0, op=op())
    feedback.tie_to_goal(me, case, share, "", op=op())
    feedback.tie_to_checkin(me, case, share, "", op=op())
    feedback.plan_pace(me, case, share, True, op=op())
    feedback.hold(me, case, share, "something", seen, op=op())
    feedback.take_back(me, case, share, op=op())
    feedback.share(me, case, share, "something", seen, op=op())
    feedback.pace(me, case, share, False, op=op())
    feedback.waiting(them)
    feedback.keep_box(them, case, share, "heard", "you said", 0, op=op())
    feedback.reflect(them, case, share, 1, "you said", "it hurt", "of course", op=op())
    feedback.keep_missed(me, case, _heard(pair), "not", 0, op=op())
    feedback.not_quite(me, case, _heard(pair), "not all", op=op())
    feedback.reflect(them, case, share, 2, "you said more", "it hurt", "of course", op=op())
    feedback.confirm(me, case, _heard(pair), op=op())
    feedback.keep_advice(them, case, share, "perhaps", 0, op=op())
    feedback.advise(them, case, share, "perhaps", op=op())
    feedback.desk(them, case)
    feedback.shared_ids(me, case)
    feedback.home_part(me, case)
    theirs = begun(them, "appreciation")
    feedback.share(them, case, theirs, "thank you", 0, op=op())
    feedback.keep_response(me, case, theirs, "and", 0, op=op())
    feedback.respond(me, case, theirs, "and you", op=op())
    gone = begun(me, "wish")
    feedback.share(me, case, gone, "no", 0, op=op())
    feedback.withdraw(me, case, gone, op=op())


def _heard(pair: Pair) -> str:
    return feedback.home_part(pair.client, pair.case).heard[0].reflection_id


def _adjustments(pair: Pair) -> None:
    case = pair.case
    today, later = f"{clock.now():%Y-%m-%d}", clock.now() + timedelta(days=8)
    form = TermsForm("We begin five minutes later", "both", today, f"{later:%Y-%m-%d}")
    me, them = pair.client, pair.therapist
    adjustments.take_back(me, case, adjustments.propose(me, case, form, op=op()), op=op())
    adjustments.decline(them, case, adjustments.propose(me, case, form, op=op()), 1, op=op())
    change = adjustments.propose(me, case, form, op=op())
    adjustments.waiting(them)
    adjustments.reword(them, case, change, TermsForm("We begin ten minutes later", "both", today, f"{later:%Y-%m-%d}"), 1, op=op())
    adjustments.agree(me, case, change, 2, op=op())
    adjustments.running(me, case)
    people = [identity.identify(one).person_id for one in (me, them)]
    with clock.at(later + timedelta(days=1)):
        (me, _), (them, _) = map(sign_in, people)
        adjustments.answer(me, case, change, "yes", op=op())
        adjustments.answer(them, case, change, "partly", op=op())
        adjustments.choose(me, case, change, "kept", op=op())
        adjustments.desk(them, case)
        adjustments.home_part(me, case)


def _checkins(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case

    def rated(by: Caller, checkin: str) -> None:
        for item in Item:
            checkins.rate(by, case, checkin, item, 7, op=op())
        checkins.write_line(by, case, checkin, "keep", "the quiet", 0, op=op())

    checkin = checkins.start(me, case, op=op())
    rated(me, checkin)
    checkins.submit(me, case, checkin, op=op())
    checkins.retract(me, case, checkin, op=op())
    rated(me, checkin)
    checkins.submit(me, case, checkin, op=op())
    checkins.take_up_again(me, case, checkin, op=op())
    checkins.submit(me, case, checkin, op=op())
    checkins.waiting(them)
    checkins.sheet(them, case, checkin)
    rated(them, checkin)
    checkins.submit(them, case, checkin, op=op())
    checkins.add_note(me, case, checkin, "yes", op=op())
    checkins.mark_talked_about(them, case, checkin, op=op())
    checkins.close(me, case, checkin, op=op())
    checkins.sheet(me, case, checkin)
    checkins.course(them, case)
    checkins.overview(me, case)
    checkins.home_part(me, case)
    checkins.last_checkins(them)
    late = checkins.start(me, case, op=op())
    rated(me, late)
    checkins.submit(me, case, late, op=op())
    checkins.open_refs(me, case)
    person = identity.identify(me).person_id
    with clock.at(clock.now() + timedelta(days=15)):
        session, _ = sign_in(person)
        checkins.keep_time(case)
        checkins.decide(session, case, late, "share", op=op())


def _handovers(pair: Pair) -> None:
    me, them, case, pin = pair.client, pair.therapist, pair.case, "4821"
    accounts.keep_pin(them, PinForm(pin, pin))

    def lent(task: Task, about: str) -> Caller:
        device = Caller(handovers.hand_over(them, case, HandOverForm(task, about), op=op()).session_id)
        handovers.task(device)
        return device

    def back(device: Caller) -> Caller:
        return Caller(gate.session_of_cookie(accounts.take_device_back(device, ProofForm(pin)).token))

    checkin = checkins.start(them, case, op=op())
    for item in Item:
        checkins.rate(them, case, checkin, item, 7, op=op())
    checkins.submit(them, case, checkin, op=op())
    device = lent(Task.CHECKIN, checkin)
    checkins.handed_sheet(device, case, checkin)
    for item in Item:
        checkins.rate_handed(device, case, checkin, item, 7, op=op())
    checkins.write_handed_line(device, case, checkin, "keep", "the quiet", op=op())
    checkins.submit_handed(device, case, checkin, op=op())
    them = back(device)
    device = lent(Task.READ_CHECKIN, checkin)
    checkins.handed_reading(device, case, checkin)
    handovers.finish(device, case, checkin, op=op())
    them = back(device)
    goal = goals.add(me, case, "Say no once a week", "because evenings are mine", op=op())
    goals.propose(me, case, goal.id, goal.version, op=op())
    device = lent(Task.READ_GOAL, goal.id)
    goals.handed_reading(device, case, goal.id)
    them = back(device)
    goal = goals.agree(them, case, goal.id, goals.goal(them, case, goal.id).goal.version, op=op())
    goals.put_in_focus(them, case, goal.id, goal.version, op=op())
    device, rated = lent(Task.RATE_GOALS, case), op()
    wording = ratings.handed_forms(device, case, case).forms[0].wording_id
    ratings.rate_handed(device, case, case, goal.id, wording, 4, op=rated)
    ratings.take_handed_back(device, case, case, rated, op=op())


def _sessions(pair: Pair) -> None:
    me, them, case = pair.client, pair.therapist, pair.case
    sessions.leave_out(me, case, sessions.bring(me, case, ThingForm("goal", goals.titles(me, case)[0].id), op=op()), op=op())
    sessions.bring(me, case, ThingForm("share", feedback.refs(me, case)[0].id), op=op())
    checkins.differences(me, case)
    sessions.home_part(me, case)
    sessions.start(them, case, False, op=op())
    sessions.call_off(them, case, op=op())
    session = sessions.start(them, case, False, op=op())
    goal = goals.titles(me, case)[0].id
    assert goals.both_see(me, case, goal)
    number = sessions.go_to(me, case, SpotForm("goal", goal), 1, op=op())
    checkin = checkins.open_refs(me, case)[0].id
    assert checkins.both_see(me, case, checkin)
    assert decisions.both_see(me, case, decisions.every(me, case)[0].id)
    sessions.go_to(me, case, SpotForm("checkin", checkin), number, op=op())
    sessions.go_along(me, case, False, op=op())
    sessions.choose_screens(them, case, True, op=op())
    sessions.glance(me, case)
    since = clock.now() - timedelta(days=1)
    lines = tuple(line for room in (goals, promises, decisions, adjustments, checkins) for line in room.changed_since(me, case, since))
    feedback.held_back(me, case, clock.now())
    sessions.come_to_end(them, case, LinesForm(lines[:2]), op=op())
    sessions.go_on(them, case, op=op())
    sessions.come_to_end(them, case, LinesForm(), op=op())
    sessions.add_lines(me, case, session, LinesForm(lines), op=op())
    sessions.keep(me, case, session, op=op())
    sessions.write_on(me, case, session, op=op())
    sessions.end(them, case, op=op())
    sessions.reopen(them, case, session, op=op())
    sessions.view(me, case)


def _exports(pair: Pair) -> None:
    me, case = pair.client, pair.case
    ready, waiting = (exports.ask(me, case, "csv", "", "en", op=op()).id for _ in range(2))
    exports.drop(me, case, waiting, op=op())
    exports.make_due()
    exports.mine(me, case)
    exports.fetch(me, case, ready)
    exports.note_print(me, case, op=op())
    exports.sheet(me, case)


def _accounts() -> None:
    admin, _ = sign_in(make_person("Nora Reed", PersonKind.STAFF, is_admin=True))
    accounts.rename_practice(admin, "Practice at the Mill")
    accounts.is_set_up()
    invited = accounts.invite(admin, InviteForm("Vera Oak", "vera@example.org", "client"))
    accounts.practice(admin)
    vera = next(one.person_id for one in accounts.practice(admin).people if one.name == "Vera Oak")
    invited = accounts.invite_again(admin, vera)
    token = invited.link.partition("#")[2]
    accounts.open_link(TicketPurpose.INVITATION, token)
    accounts.choose_password(TicketPurpose.INVITATION, NewPasswordForm(PASSWORD, token=token, code=invited.code), VISIT)
    accounts.invite(admin, InviteForm("Ole Fir", "ole@example.org", "client"))
    accounts.withdraw_invitation(admin, next(one.person_id for one in accounts.practice(admin).people if one.name == "Ole Fir"))
    therapist = make_person("Theo Sand", PersonKind.STAFF)
    case = cases.pair(admin, vera, therapist)
    cases.end_pairing(admin, case)
    accounts.let_run_practice(admin, therapist, True)
    accounts.deactivate(admin, therapist)
    accounts.reactivate(admin, therapist)
    _own_account()


def _own_account() -> None:
    person = make_person("Otto Fenn", PersonKind.CLIENT, email="otto.fenn@example.org", password_hash=hashed(PASSWORD))
    make_case(client=person)
    entered = accounts.sign_in(SignInForm("otto.fenn@example.org", PASSWORD), VISIT)
    accounts.sign_out(entered.token)
    me, _ = sign_in(person)
    _, other = sign_in(person), sign_in(person)[0]
    identity.identify(me)
    identity.choose_language(me, "de")
    accounts.account(me)
    accounts.end_device(me, str(other.session_id))
    accounts.change_profile(me, ProfileForm(name="Otto Fenn-Moor"))
    accounts.ask_for_address(me, ChangeAddressForm(PASSWORD, "otto@example.org"), VISIT)
    accounts.forget_new_address(me)
    accounts.ask_for_address(me, ChangeAddressForm(PASSWORD, "otto.moor@example.org"), VISIT)
    code = next(letter.text for _, letter in reversed(letters()) if letter.to == "otto.moor@example.org")
    accounts.confirm_address(me, next(word for word in code.split() if len(word) == 11 and word[5] == "-"))
    accounts.ask_for_password("otto.moor@example.org", "en", VISIT)
    accounts.change_password(me, ChangePasswordForm(PASSWORD, OTHER), VISIT)
    again, _ = sign_in(person)
    accounts.sign_out_everywhere(again)
