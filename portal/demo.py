"""The demo practice: fictional people and cases, written by the portal's own verbs under a moved clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, delete, select

from portal import migrate
from portal.access import gate, keys
from portal.access.gate import Caller
from portal.access.models import HandOver, Person, PersonKind, PersonSession
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.models import Practice
from portal.accounts.schemas import PinForm, ProofForm
from portal.adjustments import service as adjustments
from portal.adjustments.domain import OriginKind
from portal.adjustments.schemas import Origin, TermsForm
from portal.areas import service as areas
from portal.cases import service as cases
from portal.cases.schemas import CadenceForm, SessionForm
from portal.checkins import service as checkins
from portal.checkins.domain import Item
from portal.comments import service as comments
from portal.decisions import service as decisions
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.goals.schemas import Saved
from portal.handovers import service as handovers
from portal.handovers.schemas import HandOverForm
from portal.kit import clock
from portal.kit.crdt import SharedText
from portal.kit.db import transaction
from portal.kit.ids import digest, new_id, secret
from portal.kit.passwords import hashed
from portal.ladders import service as ladders
from portal.ladders.schemas import LadderView
from portal.promises import service as promises
from portal.promises.schemas import PromiseForm
from portal.ratings import service as ratings
from portal.sessions import service as sessions_held
from portal.sessions.schemas import LinesForm, SpotForm, ThingForm
from portal.settings import settings
from portal.tables import metadata
from portal.writing import service as writing
from portal.writing.domain import Burst
from portal.writing.schemas import Address, KeepForm, LayForm

PASSWORD = "paper-boats-go-far"  # noqa: S105  of fictional people only, who can sign in nowhere but in the demo
PIN = "7351"
"""With it Theo takes a device back that he has handed over."""
_WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
_REAL_PEOPLE = "There are real people in this database: the demo practice needs a data folder of its own, see RAPPORT_DATA_FOLDER."
_MINUTE = timedelta(minutes=1)


class NotADemo(RuntimeError):
    """The demo practice was to be written where real people's data may be; the message is for the console."""


@dataclass(frozen=True)
class SignIn:
    """How to look at the demo practice as one of its people."""

    email: str
    password: str
    role: str


@dataclass(frozen=True)
class _Part:
    name: str
    kind: PersonKind
    role: str
    is_admin: bool = False

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@demo.example"


_MIKA = _Part("Mika Vane", PersonKind.CLIENT, "client: eight check-ins, a rupture and its repair")
_RUI = _Part("Rui Marsh", PersonKind.CLIENT, "client: the two see something differently")
_ADA = _Part("Ada Lorn", PersonKind.CLIENT, "client: brand new")
_JUNO = _Part("Juno Fell", PersonKind.CLIENT, "client of the second therapist")
_THEO = _Part("Theo Sand", PersonKind.STAFF, f"therapist of Mika, Rui and Ada; PIN {PIN} takes a handed-over device back")
_INES = _Part("Ines Wold", PersonKind.STAFF, "second therapist")
_NORA = _Part("Nora Reed", PersonKind.STAFF, "practice office (admin)", is_admin=True)
_CAST = (_MIKA, _THEO, _RUI, _ADA, _INES, _JUNO, _NORA)


def check_place() -> None:
    """Refuse any place but a database of the demo's own, before anything touches it. Raises NotADemo."""
    known = settings()
    if not known.is_demo:
        raise NotADemo("The demo practice only runs with RAPPORT_MODE=demo, in a data folder of its own.")
    file = known.sqlite_file
    if file is None or not file.resolve().is_relative_to(known.data_folder.resolve()):
        raise NotADemo("The demo practice keeps its data in a data folder of its own: take RAPPORT_DATABASE_URL out of the environment.")
    if file.exists() and migrate.holds_real_people(known.database_url):
        raise NotADemo(_REAL_PEOPLE)


def fill() -> list[SignIn]:
    """Write the demo practice once, and say how to sign in. Raises NotADemo in any other mode or place, or beside real people."""
    check_place()
    with transaction(writes=True) as db:
        people = db.exec(select(Person)).all()
        if any(not person.is_demo for person in people):
            raise NotADemo(_REAL_PEOPLE)
        # The practice's own row is written last: people without it were left by a start that was broken off.
        finished = db.exec(select(Practice)).first() is not None
        if not finished:
            _empty(db)
    if not finished:
        _write()
    return [SignIn(part.email, PASSWORD, part.role) for part in _CAST]


def _empty(db: Session) -> None:
    for table in reversed(metadata.sorted_tables):
        db.execute(table.delete())
    keys.forget()


def _write() -> None:
    now = clock.now()
    with transaction(writes=True) as db:
        # One hash for all: they share the password, and hashing is slow on purpose.
        password_hash = hashed(PASSWORD)
        ids = {part: _person(db, part, password_hash, now - 12 * _WEEK) for part in _CAST}
    with _signed_in(ids) as callers:
        accounts.keep_pin(callers[_THEO], PinForm(PIN, PIN))
        story = _Story(ids, callers, _next_session(now))
        _mika_and_theo(story)
        _rui_and_theo(story)
        _ada_and_theo(story)
        _juno_and_ines(story)
    with transaction(writes=True) as db:
        row = Practice(id=new_id(), name=b"", founded_at=now - 12 * _WEEK)
        row.name = keys.account_key(db).seal("Practice at the Mill (fictional)", f"practice.name:{row.id}")
        db.add(row)
    gate.forget_looks()


def _person(db: Session, part: _Part, password_hash: str, since: datetime) -> str:
    key, person_id = keys.account_key(db), new_id()
    db.add(
        Person(
            id=person_id,
            kind=part.kind,
            is_admin=part.is_admin,
            name=key.seal(part.name, f"person.name:{person_id}"),
            email=key.seal(part.email, f"person.email:{person_id}"),
            email_index=keys.email_index(part.email),
            password_hash=password_hash,
            is_demo=True,
            created_at=since,
        )
    )
    return person_id


def _a_session_of(person_id: str) -> Caller:
    """A session of one more device, begun at this moment."""
    row = PersonSession(
        id=new_id(), token_digest=digest(secret()), person_id=person_id, created_at=clock.now(), last_seen_at=clock.now()
    )
    with transaction(writes=True) as db:
        db.add(row)
    return Caller(row.id)


@contextmanager
def _signed_in(ids: dict[_Part, str]) -> Iterator[dict[_Part, Caller]]:
    """A session for each, begun now: a session is never older than what is done in it, also weeks ago."""
    now, rows = clock.now(), {}
    with transaction(writes=True) as db:
        for part, person_id in ids.items():
            rows[part] = PersonSession(
                id=new_id(), token_digest=digest(secret()), person_id=person_id, created_at=now, last_seen_at=now
            )
            db.add(rows[part])
    try:
        yield {part: Caller(row.id) for part, row in rows.items()}
    finally:
        with transaction(writes=True) as db:
            # Together with those of devices that were handed over in the story: all are of its own making.
            for table in (HandOver, PersonSession):
                db.execute(delete(table))


def _workday(at: datetime) -> datetime:
    """The same time on that day, or on the Monday after a weekend."""
    return at + timedelta(days=max(0, 7 - at.weekday())) if at.weekday() > 4 else at


def _next_session(now: datetime) -> datetime:
    """The coming session of the first pair: two to four days from now, at 14:00 by the practice's clock."""
    local = now.astimezone(ZoneInfo(settings().time_zone))
    return _workday((local + timedelta(days=2)).replace(hour=14, minute=0, second=0, microsecond=0))


Acts = Iterator[datetime]
"""A thread of a story: it names the moment of what it does next, then does it."""


def _tell(*threads: Acts) -> None:
    """Let several threads happen in the order of their moments, so that a log reads forward."""
    ahead = [(next(thread), number, thread) for number, thread in enumerate(threads)]
    while ahead:
        at, number, thread = min(ahead, key=lambda one: one[:2])
        ahead.remove((at, number, thread))
        for coming in thread:
            ahead.append((coming, number, thread))
            break


@dataclass(frozen=True)
class _Hand:
    """One person in one case, doing one thing after another."""

    caller: Caller
    case_id: str

    def __call__(self, at: datetime, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with clock.at(at):
            return verb(self.caller, self.case_id, *args, op=new_id(), **more)

    def looks(self, at: datetime, verb: Callable[..., Any]) -> None:
        with clock.at(at):
            verb(self.caller, self.case_id)


@dataclass
class _Story:
    ids: dict[_Part, str]
    callers: dict[_Part, Caller]
    session: datetime
    """The coming session of the first pair."""

    def pair(self, client: _Part, therapist: _Part, at: datetime) -> "_Pair":
        with clock.at(at):
            case_id = cases.pair(self.callers[_NORA], self.ids[client], self.ids[therapist])
        return _Pair(
            _Hand(self.callers[client], case_id), _Hand(self.callers[therapist], case_id), self.ids[client], self.ids[therapist]
        )


@dataclass
class _Pair:
    client: _Hand
    therapist: _Hand
    client_id: str
    therapist_id: str
    planned: int = field(default=1)

    def plan(self, at: datetime, session: datetime) -> None:
        """Set the next session; the therapist types it by the practice's clock."""
        local = session.astimezone(ZoneInfo(settings().time_zone)).strftime("%Y-%m-%dT%H:%M")
        self.planned = self.therapist(at, cases.plan_session, SessionForm(local), self.planned)

    def goal(self, by: _Hand, at: datetime, title: str, why: str = "") -> "_Goal":
        return _Goal(self, by, by(at, goals.add, title, why))

    def both_answer(self, at: datetime, client: str, therapist: str, keep: str = "", change: str = "") -> str:
        """A check-in that both fill in; the answers are six digits, "a" for ten, in the order of the statements."""
        checkin_id: str = self.client(at, checkins.start)
        self.rate(self.client, at + _HOUR, checkin_id, client, keep, change)
        self.rate(self.therapist, at + 5 * _HOUR, checkin_id, therapist)
        return checkin_id

    def rate(self, by: _Hand, at: datetime, checkin_id: str, answers: str, keep: str = "", change: str = "") -> None:
        for item, digit in zip(Item, answers, strict=True):
            by(at, checkins.rate, checkin_id, item.value, int(digit, 16))
        for line, text in (("keep", keep), ("change", change)):
            if text:
                by(at, checkins.write_line, checkin_id, line, text, 0)
        by(at, checkins.submit, checkin_id)

    def answered_on_the_therapists_device(self, at: datetime, client: str, therapist: str) -> str:
        """As `both_answer`, but the client answers in the session, on the device that the therapist hands over and takes back."""
        checkin_id: str = self.client(at, checkins.start)
        with clock.at(at):
            device = _a_session_of(self.therapist_id)
            form = HandOverForm(Task.CHECKIN, checkin_id)
            lent = handovers.hand_over(device, self.client.case_id, form, op=new_id())
        borrowed = _Hand(Caller(lent.session_id), self.client.case_id)
        for item, digit in zip(Item, client, strict=True):
            borrowed(at + _MINUTE, checkins.rate_handed, checkin_id, item.value, int(digit, 16))
        borrowed(at + 2 * _MINUTE, checkins.submit_handed, checkin_id)
        with clock.at(at + 3 * _MINUTE):
            accounts.take_device_back(borrowed.caller, ProofForm(PIN))
        self.rate(self.therapist, at + 5 * _HOUR, checkin_id, therapist)
        return checkin_id

    def talk_and_close(self, at: datetime, checkin_id: str) -> None:
        self.therapist(at, checkins.mark_talked_about, checkin_id)
        self.client(at + _HOUR, checkins.close, checkin_id)

    def begin_share(self, by: _Hand, at: datetime, kind: str) -> str:
        share_id: str = by(at, feedback.begin)
        by(at, feedback.choose_kind, share_id, kind)
        return share_id

    def share(self, by: _Hand, at: datetime, kind: str, text: str) -> str:
        share_id = self.begin_share(by, at, kind)
        by(at, feedback.share, share_id, text, 0)
        return share_id

    def comment(self, by: _Hand, at: datetime, kind: str, about: str, text: str) -> None:
        """A short note around something; whoever writes has read what stands there."""
        by(at, comments.see, kind, about, at)
        by(at, comments.add, kind, about, text)

    def hold(self, by: _Hand, at: datetime, kind: str, text: str) -> None:
        share_id = self.begin_share(by, at, kind)
        by(at, feedback.hold, share_id, text, 0)

    def reflect(self, at: datetime, share_id: str, turn: int, heard: str, felt: str = "", sense: str = "") -> str:
        """The therapist's answer; returns its id, as the client sees it."""
        self.therapist(at, feedback.reflect, share_id, turn, heard, felt, sense)
        with clock.at(at):
            waiting = feedback.home_part(self.client.caller, self.client.case_id).heard
        return next(one.reflection_id for one in waiting if one.share_id == share_id)

    def agree_change(self, by: _Hand, at: datetime, what: str, doer: str, starts: date, review: date, origin: Origin | None = None) -> str:
        other = self.client if by is self.therapist else self.therapist
        change_id: str = by(at, adjustments.propose, TermsForm(what, doer, starts.isoformat(), review.isoformat()), origin, known={origin.id} if origin and origin.id else ())
        other(at + 2 * _HOUR, adjustments.agree, change_id, 1)
        return change_id


@dataclass
class _Goal:
    """A goal on its way; `now` is the goal as its last change left it."""

    pair: _Pair
    by: _Hand
    now: Saved

    @property
    def id(self) -> str:
        return self.now.id

    def move(self, by: _Hand, at: datetime, verb: Callable[..., Any]) -> "_Goal":
        self.now = by(at, verb, self.id, self.now.version)
        return self

    def agreed(self, at: datetime) -> "_Goal":
        other = self.pair.client if self.by is self.pair.therapist else self.pair.therapist
        return self.move(self.by, at, goals.propose).move(other, at + 3 * _HOUR, goals.agree)

    def step(self, at: datetime, text: str, owner_id: str = "", due: date | None = None) -> str:
        """A small step, of both unless somebody's; returns its id."""
        step_id: str = self.by(at, goals.add_step, self.id, text, owner_id).id
        if due:
            self.by(at, goals.date_step, step_id, due.isoformat(), 9)
        self.now = self.refreshed(at)
        return step_id

    def tick(self, at: datetime, step_id: str) -> None:
        """A step that is done."""
        self.by(at, goals.tick_step, step_id, True)
        self.now = self.refreshed(at)

    def rated(self, at: datetime, client: int, therapist: int | None = None) -> None:
        """Where the client is with it, and how the therapist sees that."""
        with clock.at(at):
            wording = ratings.of_goal(self.pair.client.caller, self.pair.client.case_id, self.id).form.wording_id
        self.pair.client(at, ratings.rate, self.id, wording, client)
        if therapist is not None:
            self.pair.therapist(at, ratings.rate, self.id, wording, therapist)

    def laddered(self, at: datetime, start: str, *texts: str) -> None:
        """A ladder with its five levels, the highest first, and where it started."""
        self.by(at, ladders.begin, self.id)
        for level, text in zip(self._ladder(at).levels, texts, strict=True):
            self.by(at, ladders.write, level.id, text, level.version)
        self.by(at, ladders.start_from, self._ladder(at).id, start, self._ladder(at).version)

    def stands(self, at: datetime, level: int) -> None:
        """Both say where it stands on its ladder."""
        rung = next(one for one in self._ladder(at).levels if one.value == level)
        for hand in (self.pair.client, self.pair.therapist):
            hand(at, ladders.say_now, rung.id, rung.version)

    def _ladder(self, at: datetime) -> LadderView:
        with clock.at(at):
            return ladders.of_goal(self.pair.client.caller, self.pair.client.case_id, self.id)

    def about(self, at: datetime, area: str, review: date | None = None, due: date | None = None) -> None:
        self.now = self.by(at, goals.set_area, self.id, area, self.now.version)
        if due:
            self.now = self.by(at, goals.set_due, self.id, due.isoformat(), self.now.version)
        if review:
            self.now = self.by(at, goals.set_review, self.id, review.isoformat(), self.now.version)

    def note(self, by: _Hand, at: datetime, part: str, text: str) -> None:
        """Write one of the goal's texts, as the open page does: the title, why it matters, or the notes."""
        address = Address(by.case_id, f"goal.{part}", self.id)
        with clock.at(at):
            opened = writing.open_text(by.caller, address)
            laid = opened.document or writing.lay_down(address, LayForm(opened.text, SharedText.of(opened.text).squashed()))
            document = SharedText(laid.state)
            document.become(text)
            burst = Burst(laid.text, text)
            form = KeepForm(burst, text, document.squashed(), laid.text, laid.document_id, laid.laid, laid.version, at)
            writing.keep(by.caller, address, form, op=new_id())
        self.now = self.refreshed(at)

    def refreshed(self, at: datetime) -> Saved:
        """The goal's version after a change of one of its steps."""
        with clock.at(at):
            return Saved(self.id, goals.goal(self.by.caller, self.by.case_id, self.id).goal.version)


# --- the stories


def _mika_and_theo(story: _Story) -> None:
    """A steady start, a rupture at the fourth check-in, two rounds of listening, a change that helped, and a repair."""
    first = story.session - 9 * _WEEK
    pair = story.pair(_MIKA, _THEO, first - timedelta(days=4))
    pair.plan(first - timedelta(days=3), first)
    sessions = [first + number * _WEEK for number in range(10)]
    _tell(
        _say_no(pair, sessions), _other_goals(pair, sessions), _eight_check_ins(pair, sessions), _rupture(pair, sessions),
        _repair(pair, sessions), _promises(pair, sessions), _a_decision(pair, sessions),
        _two_sessions(pair, sessions), _these_days(pair, sessions),
    )  # fmt: skip


def _say_no(pair: _Pair, sessions: list[datetime]) -> Acts:
    at = sessions[0] + 2 * _HOUR
    yield at
    goal = pair.goal(pair.client, at, "Say no once a week without explaining", "I say yes so fast that I only notice afterwards how tired I am.")
    goal.agreed(at + _HOUR)
    goal.about(at + 5 * _HOUR, "family", due=sessions[9].date() + timedelta(days=60))
    steps = [
        goal.step(at + 5 * _HOUR, "Write down every yes that I did not mean", pair.client_id),
        goal.step(at + 5 * _HOUR, "Practise the sentence \u201cI can\u2019t this time\u201d together"),
    ]
    goal.step(at + 5 * _HOUR, "Tell my sister about Sunday", pair.client_id, due=sessions[9].date())
    goal.step(at + 5 * _HOUR, "Find a short exercise for saying no, and bring it", pair.therapist_id, due=sessions[9].date())
    yield sessions[1] + _HOUR
    goal.move(pair.client, sessions[1] + _HOUR, goals.start)
    goal.move(pair.client, sessions[1] + _HOUR, goals.put_in_focus)
    goal.rated(sessions[1] + _HOUR, 2, 4)
    goal.laddered(sessions[1] + _HOUR, "-1", *_SAY_NO)
    goal.stands(sessions[1] + _HOUR, -1)
    for week, step_id in zip((2, 3), steps, strict=True):
        yield sessions[week] + _HOUR
        goal.tick(sessions[week] + _HOUR, step_id)
        goal.rated(sessions[week] + _HOUR, 3, 5)
    said = sessions[3] + timedelta(days=2)
    yield said
    pair.comment(pair.client, said, "goal", goal.id, "I said it on the phone and my voice shook. She only asked whether Saturday would do.")
    pair.comment(pair.therapist, said + 5 * _HOUR, "goal", goal.id, "@Mika, shall we look at that call together next time?")
    pair.comment(pair.client, said + 6 * _HOUR, "goal", goal.id, "Yes, please.")
    for week, client, therapist in ((4, 2, 4), (6, 4, 5), (8, 6, 6)):
        yield sessions[week] + 2 * _HOUR
        goal.rated(sessions[week] + 2 * _HOUR, client, therapist)
    goal.stands(sessions[8] + 2 * _HOUR, 1)


_SAY_NO = (
    "I say no when I mean it, and nobody has to hear a reason",
    "Two times a week, and I sleep well afterwards",
    "Once a week, without explaining",
    "I say no, and then explain for ten minutes",
    "I say yes to everything and am ill on Sunday",
)
"""The five levels of a ladder, from the top."""


def _other_goals(pair: _Pair, sessions: list[datetime]) -> Acts:
    at = sessions[1] + 2 * _HOUR
    yield at
    sleep = pair.goal(pair.client, at, "Be asleep by midnight on work days", "Everything is louder when I am tired.")
    sleep.agreed(at + _HOUR)
    sleep.about(at + 5 * _HOUR, "health")
    phone = sleep.step(at + 5 * _HOUR, "Phone stays in the kitchen", pair.client_id)
    at = sessions[2] + 2 * _HOUR
    yield at
    sleep.move(pair.client, at, goals.start)
    sleep.rated(at, 3)
    choir = pair.goal(pair.client, at, "Sing in a choir again")
    choir.agreed(at + _HOUR)
    music = pair.client(at + 5 * _HOUR, areas.add, "Music")
    choir.about(at + 5 * _HOUR, music.id)
    choir.step(at + 5 * _HOUR, "Look up three choirs nearby", pair.client_id)
    choir.note(pair.client, at + 6 * _HOUR, "notes", "Sang alto at school. Mrs Brandt said I had a warm voice.")
    at = sessions[6] + 2 * _HOUR
    yield at
    sleep.tick(at, phone)
    sleep.rated(at, 9, 8)
    sleep.move(pair.client, at, goals.reach)
    at = sessions[8] + 6 * _HOUR
    yield at
    running = pair.goal(pair.client, at, "Run every morning before work")
    running.agreed(at).move(pair.client, at + 4 * _HOUR, goals.let_go)
    at += 5 * _HOUR
    yield at
    # Written together, and one yes is still missing.
    choir.note(pair.client, at, "title", "Sing in a choir again, also on tired days")
    choir.note(pair.therapist, at, "why", "When I sing I hear myself, and nobody needs anything from me.")
    choir.note(pair.therapist, at, "notes", "Sang alto at school. Mrs Brandt said I had a warm voice.\nThe choir in Elm Street meets on Fridays at seven.")
    choir.move(pair.therapist, at, goals.agree_wording)
    pair.goal(pair.client, at, "Talk to my father about the house")
    pair.goal(pair.therapist, at, "Notice one good moment a day").move(pair.therapist, at, goals.propose)


def _promises(pair: _Pair, sessions: list[datetime]) -> Acts:
    """What Theo promised: kept and away, kept of late, and open."""
    at = sessions[4] + 4 * _HOUR
    yield at
    slower = pair.therapist(at, promises.make, PromiseForm("Ask how it was before I suggest anything"))
    at = sessions[6] + 3 * _HOUR
    yield at
    slower = pair.client(at, promises.keep, slower.id, slower.version)
    pair.client(at + timedelta(minutes=1), promises.archive, slower.id, slower.version)
    at = sessions[8] + timedelta(days=1)
    yield at
    sheet = pair.therapist(at, promises.make, PromiseForm("Send the sheet with the breathing exercise", (sessions[8] + timedelta(days=2)).date().isoformat()))
    pair.therapist(at, promises.make, PromiseForm("Read up on choirs that take beginners, and bring two names", sessions[9].date().isoformat()))
    at = clock.now() - 31 * _HOUR
    yield at
    pair.client(at, promises.keep, sheet.id, sheet.version)


def _a_decision(pair: _Pair, sessions: list[datetime]) -> Acts:
    """One that was made and is to be looked at again, and one that is being weighed."""
    at = sessions[5] + 6 * _HOUR
    yield at
    made = pair.client(at, decisions.begin, "Do I tell my sister about therapy?")
    tell = pair.client(at + timedelta(minutes=1), decisions.add_option, made.id, "Tell her on Sunday")
    wait = pair.therapist(at + timedelta(minutes=2), decisions.add_option, made.id, "Wait until you want to")
    pair.client(at + timedelta(minutes=3), decisions.add_point, tell.id, "for", "I could stop inventing appointments")
    pair.client(at + timedelta(minutes=4), decisions.add_point, tell.id, "against", "She tells our mother everything")
    pair.client(at + timedelta(minutes=5), decisions.add_point, wait.id, "for", "It is mine, for now")
    at += timedelta(minutes=10)
    pair.client(at, decisions.reword, made.id, "matters", "That I am the one who says it.", 1)
    with clock.at(at):
        seen = decisions.decision(pair.client.caller, pair.client.case_id, made.id).version
    pair.client(at + timedelta(minutes=1), decisions.choose, made.id, wait.id, seen)
    pair.client(at + timedelta(minutes=2), decisions.set_look, made.id, sessions[9].date().isoformat(), 1)
    at = sessions[8] + timedelta(days=1, hours=1)
    yield at
    open_one = pair.client(at, decisions.begin, "Which evening is for the choir?")
    options = [
        pair.client(at + timedelta(minutes=1), decisions.add_option, open_one.id, "Tuesday, with the beginners"),
        pair.client(at + timedelta(minutes=2), decisions.add_option, open_one.id, "Thursday, with the big one"),
        pair.therapist(at + timedelta(minutes=3), decisions.add_option, open_one.id, "Not this winter"),
    ]
    words = (
        (pair.client, 0, "for", "Nobody there knows me as the one who used to be good"),
        (pair.client, 0, "against", "Tuesdays are long already"),
        (pair.client, 1, "for", "They sing what I love"),
        (pair.therapist, 1, "against", "You said that auditions keep you awake"),
        (pair.client, 2, "for", "One thing less"),
    )
    for minute, (hand, option, side, text) in enumerate(words, 4):
        hand(at + timedelta(minutes=minute), decisions.add_point, options[option].id, side, text)
    pair.client(at + timedelta(minutes=20), decisions.reword, open_one.id, "matters", "That I come home lighter than I went.", 1)


_ANSWERS = (
    ("898887", "898888", "That you remember what I said last time", ""),
    ("999888", "999889", "", ""),
    ("889887", "989898", "", ""),
    ("775454", "888788", "", "More time with how it was, before we look for a way out"),
    ("888676", "888777", "You asked how it was and waited", ""),
    ("888878", "889888", "", ""),
    ("999988", "999988", "The first ten minutes", ""),
    ("9a9989", "999999", "We can say when it does not fit", ""),
)
"""Eight check-ins: the client's six answers ("a" is ten), the therapist's, what to keep, what to change."""


def _eight_check_ins(pair: _Pair, sessions: list[datetime]) -> Acts:
    for number, (client, therapist, keep, change) in enumerate(_ANSWERS):
        yield sessions[number] + _HOUR
        pair.plan(sessions[number] + _HOUR, sessions[number + 1])
        yield sessions[number] + timedelta(days=4)
        checkin_id = pair.both_answer(sessions[number] + timedelta(days=4), client, therapist, keep, change)
        yield sessions[number + 1] - _HOUR
        pair.therapist.looks(sessions[number + 1] - _HOUR, checkins.overview)
        yield sessions[number + 1]
        pair.therapist(sessions[number + 1], checkins.mark_talked_about, checkin_id)
        yield sessions[number + 1] + _HOUR
        pair.client(sessions[number + 1] + _HOUR, checkins.close, checkin_id)
    yield sessions[8] + 2 * _HOUR
    pair.plan(sessions[8] + 2 * _HOUR, sessions[9])


def _rupture(pair: _Pair, sessions: list[datetime]) -> Acts:
    at = sessions[3] + timedelta(days=5)
    yield at
    concern = pair.share(
        pair.client, at, "concern", "When I told you about my sister, we had a plan within two minutes. I went home feeling worse."
    )
    missed = pair.reflect(
        at + 4 * _HOUR, concern, 1,
        "The plan that we made did not suit you.", "Disappointed.", "It came quickly and was not yours.",
    )  # fmt: skip
    pair.client(at + 8 * _HOUR, feedback.not_quite, missed, "The plan was fine. Nobody stayed with how it felt.")
    at += timedelta(days=1)
    yield at
    heard = pair.reflect(
        at, concern, 2,
        "You told me something that hurt, and I answered with a plan. You were left alone with it.",
        "Alone, and perhaps ashamed that it still hurts.",
        "She is your sister. It would hurt most people, and a plan cannot take that away.",
    )  # fmt: skip
    pair.client(at + 5 * _HOUR, feedback.confirm, heard)
    coming = sessions[4].date()
    pair.agree_change(
        pair.therapist, at + 6 * _HOUR, "The first ten minutes are for listening only: no plan, no advice.", "therapist",
        coming, coming + 3 * _WEEK, Origin(OriginKind.SHARE, concern),
    )  # fmt: skip


def _repair(pair: _Pair, sessions: list[datetime]) -> Acts:
    """Three weeks later both say that it helped, and keep it."""
    at = sessions[7] + 5 * _HOUR
    yield at
    with clock.at(at):
        (change,) = adjustments.running(pair.client.caller, pair.client.case_id)
    for hand in (pair.client, pair.therapist):
        hand(at, adjustments.answer, change.id, "yes")
    for hand in (pair.client, pair.therapist):
        hand(at + _HOUR, adjustments.choose, change.id, "kept")
    yield sessions[8] + 3 * _HOUR
    pair.agree_change(
        pair.client, sessions[8] + 3 * _HOUR, "We stop five minutes early, and each says one thing to take along.", "both",
        sessions[8].date(), sessions[9].date() + 2 * _WEEK,
    )  # fmt: skip


def _two_sessions(pair: _Pair, sessions: list[datetime]) -> Acts:
    """The last two sessions, held in front of the portal: what was agreed in them is kept."""
    for number, minutes, agreed in (
        (7, 51, "The ten minutes of listening helped. We keep them.\nMika tells her sister about Sunday when it suits her, not before."),
        (8, 48, "We stop five minutes early, and each says one thing to take along.\nTheo looks for a short exercise for saying no."),
    ):
        at = sessions[number]
        yield at
        session_id: str = pair.therapist(at, sessions_held.start, False)
        end = at + timedelta(minutes=minutes)
        for moment, by, verb, given in (
            (at + timedelta(minutes=2), pair.client, sessions_held.go_to, (SpotForm("goals"), 1)),
            (end - timedelta(minutes=6), pair.therapist, sessions_held.come_to_end, (LinesForm(tuple(agreed.splitlines())),)),
            (end, pair.therapist, sessions_held.end, ()),
            (end + timedelta(minutes=1), pair.client, sessions_held.keep, (session_id,)),
        ):
            yield moment
            by(moment, verb, *given)


def _these_days(pair: _Pair, sessions: list[datetime]) -> Acts:
    """What waits for Mika today: an answer to read, a check-in that Theo has done, something held back."""
    now = clock.now()
    yield now - 30 * _HOUR
    concern = pair.share(
        pair.client, now - 30 * _HOUR, "concern",
        "When we spoke about work I suddenly had a list of tips, and the tired part of me was gone from the room.",
    )  # fmt: skip
    yield now - 20 * _HOUR
    pair.reflect(
        now - 20 * _HOUR, concern, 1,
        "When we jump to solutions, you are left alone with the feeling.",
        "Unseen, and a little rushed.", "You had only just begun to say how tired you are.",
    )  # fmt: skip
    pair.hold(pair.client, now - 18 * _HOUR, "wish", "I would like to read you something that I wrote.")
    with clock.at(now - 18 * _HOUR):
        goal = next(one for one in goals.titles(pair.client.caller, pair.client.case_id) if one.title.startswith("Say no"))
    pair.client(now - 17 * _HOUR, sessions_held.bring, ThingForm("share", concern))
    pair.client(now - 17 * _HOUR, sessions_held.bring, ThingForm("goal", goal.id))
    yield now - 9 * _HOUR
    pair.comment(pair.therapist, now - 9 * _HOUR, "share", concern, "@Mika, take your time with the answer. I am reading tomorrow morning.")
    yield now - 8 * _HOUR
    open_one = pair.client(now - 8 * _HOUR, checkins.start)
    pair.rate(pair.therapist, now - 4 * _HOUR, open_one, "999899")
    pair.therapist.looks(now - 3 * _HOUR, goals.board)


def _rui_and_theo(story: _Story) -> None:
    """Three check-ins; in the last the therapist sees more being understood than the client does."""
    coming = _workday(story.session + timedelta(days=1) - timedelta(hours=5))
    first = coming - 4 * _WEEK
    pair = story.pair(_RUI, _THEO, first - timedelta(days=2))
    pair.planned = pair.client(first - timedelta(days=1), cases.set_cadence, CadenceForm("fortnightly"), pair.planned)
    _tell(_friends(pair, first, coming), _three_check_ins(pair, first))
    at = coming - _WEEK + 3 * _HOUR
    pair.plan(at, coming)
    call = pair.therapist(at, promises.make, PromiseForm("Ring your doctor about the sick note"))
    pair.therapist(at + _HOUR, promises.take_back, call.id, "You said that you would rather ring there yourself.", call.version)
    pair.goal(pair.client, at + _HOUR, "Ask for help before it burns").move(pair.client, at + 2 * _HOUR, goals.propose)
    pair.share(
        pair.client, clock.now() - 26 * _HOUR, "wish",
        "I would like us to slow down when I go quiet. It does not mean that I have nothing to say.",
    )  # fmt: skip


def _friends(pair: _Pair, first: datetime, coming: datetime) -> Acts:
    at = first + 2 * _HOUR
    yield at
    goal = pair.goal(pair.client, at, "Spend one evening a week with friends", "I cancel and then I am sad that I did.")
    goal.agreed(at)
    message = goal.step(at + 5 * _HOUR, "Answer Bea\u2019s message", pair.client_id)
    goal.step(at + 5 * _HOUR, "Choose an evening and say it aloud", pair.client_id, due=coming.date())
    yield first + _WEEK + 2 * _HOUR
    goal.move(pair.client, first + _WEEK + 2 * _HOUR, goals.start).move(pair.client, first + _WEEK + 2 * _HOUR, goals.put_in_focus)
    goal.tick(first + _WEEK + 3 * _HOUR, message)


def _three_check_ins(pair: _Pair, first: datetime) -> Acts:
    for number, (client, therapist) in enumerate((("888788", "888788"), ("888788", "889888"), ("888678", "889898"))):
        session = first + number * _WEEK
        yield session + _HOUR
        pair.plan(session + _HOUR, session + _WEEK)
        yield session + (4 * _HOUR if number == 1 else timedelta(days=3))
        if number == 1:
            checkin_id = pair.answered_on_the_therapists_device(session + 4 * _HOUR, client, therapist)
        else:
            checkin_id = pair.both_answer(session + timedelta(days=3), client, therapist)
        if number < 2:
            yield session + _WEEK
            pair.talk_and_close(session + _WEEK, checkin_id)


def _ada_and_theo(story: _Story) -> None:
    """Brand new: put together yesterday, with a first session planned."""
    pair = story.pair(_ADA, _THEO, clock.now() - timedelta(days=1))
    pair.plan(clock.now() - 20 * _HOUR, _workday(story.session + timedelta(days=4)))


def _juno_and_ines(story: _Story) -> None:
    """The second therapist's client: a check-in that waits for the therapist, and a word of thanks."""
    coming = _workday(story.session + timedelta(days=2))
    first = coming - 2 * _WEEK
    pair = story.pair(_JUNO, _INES, first - timedelta(days=2))
    pair.plan(first - timedelta(days=1), first)
    pair.goal(pair.client, first + _HOUR, "Finish the drawing for my niece").agreed(first + 2 * _HOUR)
    pair.plan(first + 5 * _HOUR, coming)
    pair.share(pair.client, first + timedelta(days=1), "appreciation", "Thank you for asking twice how the journey was.")
    checkin_id = pair.client(first + timedelta(days=2), checkins.start)
    pair.rate(pair.client, first + timedelta(days=2, hours=1), checkin_id, "988978", "The quiet start")
