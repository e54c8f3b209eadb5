"""The verbs of the check-ins: start, answer, hand in, take back, decide, talk about, close, and the views of all that."""

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from fractions import Fraction

from portal import routes
from portal.access.gate import Caller, OpenAccount, OpenCase, OpenUpkeep, log_upkeep, open_account, open_case, open_upkeep
from portal.access.models import Case, CaseStatus
from portal.access.permissions import Act, Permission, may
from portal.cases.domain import Readers, Waiting
from portal.checkins import repository
from portal.checkins.domain import (
    OPENED_FOR_BOTH,
    SHOWS_CLIENT,
    WORTH_A_WORD,
    AlreadyDone,
    CheckIn,
    Choice,
    NotDone,
    NothingAnswered,
    Side,
    Status,
    mean,
    next_due,
    own_limit,
    side_by_side,
    signal,
)
from portal.checkins.models import AnswersRow, CheckInRow, NoteRow
from portal.checkins.repository import CheckIns, Found
from portal.checkins.schemas import (
    NO_SIGNAL,
    Answers,
    Course,
    CoursePoint,
    Difference,
    HandedSheet,
    HomePart,
    LastCheckIn,
    LineForm,
    Names,
    Note,
    NoteForm,
    Overview,
    RatingForm,
    Ref,
    Sheet,
    Standing,
    dump_progress,
    parse_choice,
    side_of,
)
from portal.kit.db import forget_overwritten
from portal.kit.i18n import N_, day, say
from portal.kit.ids import new_id
from portal.kit.refusal import ChangedMeanwhile, Forbidden, NotFound, Refusal

OVERDUE_AFTER = timedelta(days=7)
_AT_HOME = 40
_SHOWN = 250
_REFS = 24
_PROGRESS = "hand_over.progress"
_DIFFERENCES_OF = 3


class CaseRests(Refusal):
    """Check-ins belong to a case that is being worked in."""

    sentence = "This case is resting or has ended, so no new check-in can begin."


class NothingToAnswer(Refusal):
    """The client has handed in, or the check-in is over."""

    sentence = "There is nothing left to answer in this check-in on the client’s side."


class NothingToRead(Refusal):
    """What is sealed is not handed round."""

    sentence = "This check-in has not been opened for both of you, so it cannot be read on a device that you share."


# --- what one sees


def home_part(caller: Caller, case_id: str) -> HomePart:
    """What the home page says: the open check-in, what waits to be talked about or decided, when the next is due."""
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        return _home_part(case, _known(case, CheckIns(case).newest(_AT_HOME)))


def overview(caller: Caller, case_id: str) -> Overview:
    """All check-ins of the case, newest first."""
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        checkins = CheckIns(case)
        found = _known(case, checkins.newest(_SHOWN))
        home = _home_part(case, found)
        now_shown = {one.id for one in (home.open, *home.to_talk_about, *home.to_decide) if one is not None}
        return Overview(
            home=home,
            past=tuple(_standing(case, checkins, one) for one in found if one.row.id not in now_shown),
            cadence_version=case.row.version,
            may_answer=side_of(case.role) is not None,
            may_start=side_of(case.role) is not None and home.open is None and case.row.status == CaseStatus.ACTIVE,
        )


def sheet(caller: Caller, case_id: str, checkin_id: str) -> Sheet:
    """One check-in: the reader's own answers, and both sides' once they may be read. Raises NotFound."""
    with open_case(caller, case_id, Permission.READ_CHECKINS, about=checkin_id) as case:
        checkins = CheckIns(case)
        found = checkins.one(checkin_id)
        if not _known(case, [found]):
            raise NotFound
        me = side_of(case.role)
        here = found.checkin.at(case.now)
        mine = found.of(case.me.person_id)
        may_read_mine = mine is not None and me is not None and here.shows(me, me, case.now)
        notes = checkins.notes(checkin_id) if here.status in SHOWS_CLIENT else []
        return Sheet(
            standing=_standing(case, checkins, found),
            mine=checkins.unseal(mine) if mine is not None and may_read_mine else Answers(),
            client=_shown(case, checkins, found, Side.CLIENT) if here.status in SHOWS_CLIENT else None,
            therapist=_shown(case, checkins, found, Side.THERAPIST) if here.status in OPENED_FOR_BOTH else None,
            notes=tuple(
                Note(one.id, Side(one.side), _name(case, one.person_id), checkins.note_text(one), one.added_at) for one in notes
            ),
            talked_by=_name(case, found.row.talked_by),
            closed_by=_name(case, found.row.closed_by),
            time_passed=here.status != found.row.status,
        )


def course(caller: Caller, case_id: str) -> Course:
    """The course of both sides over every check-in that both may read, oldest first."""
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        checkins = CheckIns(case)
        points, limits = [], []
        means: list[Fraction] = []
        for found in checkins.shown():
            client = _shown(case, checkins, found, Side.CLIENT)
            therapist = _shown(case, checkins, found, Side.THERAPIST)
            given = client.given if client else {}
            at = found.row.revealed_at or found.row.opened_at
            points.append(CoursePoint(found.row.id, at, given, therapist.given if therapist else {}))
            limits.append(own_limit(means))
            average = mean(given)
            if average is not None:
                means.append(average)
        return Course(tuple(points), tuple(limits), _names(case))


def open_refs(caller: Caller, case_id: str) -> tuple[Ref, ...]:
    """The newest check-ins by id and day, for whatever is to be tied to one."""
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        return tuple(Ref(checkin_id, opened_at) for checkin_id, opened_at in CheckIns(case).refs(_REFS))


def both_see(caller: Caller, case_id: str, checkin_id: str) -> bool:
    """Whether there is such a check-in in the case; that it exists both know, whatever is in it."""
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        return CheckIns(case).exists(checkin_id)


def differences(caller: Caller, case_id: str) -> tuple[Difference, ...]:
    """What the two saw differently in the newest check-ins that are open to both, newest first, each in the order of its gap view.

    Two notches apart or more: one notch is a matter of mood.
    """
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        checkins = CheckIns(case)
        found = []
        for one in checkins.newest_for_both(_DIFFERENCES_OF):
            client, therapist = (_shown(case, checkins, one, side) for side in (Side.CLIENT, Side.THERAPIST))
            found += [
                Difference(one.row.id, one.row.opened_at, row.item, row.client, row.therapist, _names(case))
                for row in side_by_side(client.given if client else {}, therapist.given if therapist else {})
                if row.client is not None and row.therapist is not None and abs(row.width) >= WORTH_A_WORD
            ]
        return tuple(found)


def changed_since(caller: Caller, case_id: str, since: datetime, lang: str = "en") -> tuple[str, ...]:
    """Which check-ins were talked about since a moment: a line each."""
    with open_case(caller, case_id, Permission.READ_CHECKINS) as case:
        return tuple(
            say(lang, N_("Talked about: the check-in of {day}"), day=day(lang, case.time_zone, opened_at))
            for opened_at in CheckIns(case).talked_since(since)
        )


def waiting(caller: Caller) -> dict[str, tuple[Waiting, ...]]:
    """What waits for a therapist in each case's check-ins: states and times. Nothing sealed is opened, so no look is entered."""
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        found: dict[str, list[Waiting]] = defaultdict(list)
        for case, row, done_at in repository.newest_of_caseload(account.db, account.me.id):
            here = _stored(row).rescheduled(case.next_session_at, account.now).at(account.now)
            if here.status is Status.OPEN and account.now - row.opened_at >= OVERDUE_AFTER:
                found[case.id].append(Waiting(N_("A check-in is overdue"), row.opened_at, routes.CHECKIN, row.id))
            elif here.status is Status.OPEN and done_at is None:
                found[case.id].append(Waiting(N_("Your side of the check-in"), row.opened_at, routes.CHECKIN, row.id))
            elif here.status is Status.REVEALED:
                found[case.id].append(Waiting(N_("A check-in to talk about"), row.revealed_at or row.opened_at, routes.CHECKIN, row.id))
            elif here.status is Status.SHARED_ALONE and row.talked_at is None:
                what = N_("Answers shared with you after the time was over, to talk about")
                found[case.id].append(Waiting(what, row.revealed_at or row.opened_at, routes.CHECKIN, row.id))
        return {case_id: tuple(items) for case_id, items in found.items()}


def last_checkins(caller: Caller) -> dict[str, LastCheckIn]:
    """The newest check-in of each case of a therapist: states and times. Nothing sealed is opened, so no look is entered."""
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        last: dict[str, LastCheckIn] = {}
        for case, row, _ in repository.newest_of_caseload(account.db, account.me.id):
            if case.id not in last:
                here = _stored(row).rescheduled(case.next_session_at, account.now).at(account.now)
                last[case.id] = LastCheckIn(
                    status=_towards_others(here.status),
                    at=row.revealed_at or row.opened_at,
                    overdue=here.status is Status.OPEN and account.now - row.opened_at >= OVERDUE_AFTER,
                )
        return last


# --- what one does


def start(caller: Caller, case_id: str, *, op: str) -> str:
    """Open a check-in for both now; the one that is open already, if there is. Returns its id. Raises CaseRests."""
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, act=Act.START_CHECKIN) as case:
        if case.row.status != CaseStatus.ACTIVE:
            raise CaseRests
        found = CheckIns(case).open()
        if found is not None:
            here = found.checkin.at(case.now)
            if here.status is Status.OPEN:
                case.about = found.row.id
                return found.row.id
            repository.settle(case.db, found.row, found.sheets, here)
            case.db.flush()  # the old one stops being the open one before the new one begins
        row = _fresh(case.row, case.now, case.me.person_id)
        case.db.add(row)
        case.about = row.id
    if found is not None:
        forget_overwritten()
    return row.id


def rate(caller: Caller, case_id: str, checkin_id: str, item: str, value: int, *, op: str) -> None:
    """Answer one statement with 0 to 10, or skip it with −1. Raises BadInput, NotFound, AlreadyRevealed, TooLate, AlreadyDone."""
    form = RatingForm.parse(item, value)
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id) as case:
        desk = _Desk(case, checkin_id)
        desk.put(desk.answers.rated(form.item, form.value))


def write_line(caller: Caller, case_id: str, checkin_id: str, line: str, text: str, seen: int, *, op: str) -> int:
    """Write one thing to keep or to change; `seen` is the line's version on the page. Returns the new version.

    Raises as `rate`, and ChangedMeanwhile when the same line was written on another device.
    """
    form = LineForm.parse(line, text)
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id) as case:
        desk = _Desk(case, checkin_id)
        before = desk.answers
        if before.version(form.line) != seen:
            raise ChangedMeanwhile(
                field=form.line, theirs=before.lines.get(form.line, ""), version=before.version(form.line)
            )
        desk.put(before.written(form.line, form.text))
        return seen + 1


def submit(caller: Caller, case_id: str, checkin_id: str, *, op: str) -> bool:
    """Hand in one's answers; with the second side the check-in opens for both, and True is returned.

    Raises NothingAnswered, AlreadyDone, AlreadyRevealed, TooLate, NotFound.
    """
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id, act=Act.HAND_IN_CHECKIN) as case:
        desk = _Desk(case, checkin_id)
        revealed = _hand_in(case, desk, desk.answers)
        if revealed:
            case.act = Act.REVEAL_CHECKIN
        return revealed


def take_up_again(caller: Caller, case_id: str, checkin_id: str, *, op: str) -> None:
    """Change answers that were handed in: they are not done until handed in again. Raises NotDone, AlreadyRevealed, TooLate."""
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id, act=Act.TAKE_UP_CHECKIN) as case:
        sheet_row = _handed_in(case, CheckIns(case).one(checkin_id))
        sheet_row.done_at = None
        sheet_row.version += 1
        case.db.add(sheet_row)


def retract(caller: Caller, case_id: str, checkin_id: str, *, op: str) -> None:
    """Take answers that were handed in back for good: they are deleted. Raises NotDone, AlreadyRevealed, TooLate."""
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id, act=Act.RETRACT_CHECKIN) as case:
        case.db.delete(_handed_in(case, CheckIns(case).one(checkin_id)))
    forget_overwritten()


def decide(caller: Caller, case_id: str, checkin_id: str, choice: str, *, op: str) -> None:
    """The client decides on answers that the therapist did not match in time: share, keep or discard.

    Raises BadInput, NothingToChoose, Forbidden (not the client), NotFound.
    """
    chosen = parse_choice(choice)
    with open_case(caller, case_id, Permission.DECIDE_EXPIRED_CHECKIN, op=op, about=checkin_id) as case:
        found = CheckIns(case).one(checkin_id)
        side = _my_side(case)
        after = found.checkin.after_choice(side, chosen, case.now)
        repository.settle(case.db, found.row, found.sheets, after)
        if chosen is Choice.SHARE:
            found.row.revealed_at = case.now
    forget_overwritten()


def mark_talked_about(caller: Caller, case_id: str, checkin_id: str, *, op: str) -> None:
    """Either side: we talked about it. Raises NotRevealed, AlreadyTalkedAbout, AlreadyClosed, NotFound."""
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id, act=Act.TALK_ABOUT_CHECKIN) as case:
        found = CheckIns(case).one(checkin_id)
        row = found.row
        row.status = found.checkin.after_talk(_my_side(case), case.now).status
        row.talked_at, row.talked_by = case.now, case.me.person_id
        row.version += 1
        case.db.add(row)


def close(caller: Caller, case_id: str, checkin_id: str, *, op: str) -> None:
    """Either side closes what was talked about. Raises NotRevealed, NotTalkedAbout, AlreadyClosed, NotFound."""
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id, act=Act.CLOSE_CHECKIN) as case:
        found = CheckIns(case).one(checkin_id)
        row = found.row
        row.status = found.checkin.after_close(_my_side(case), case.now).status
        row.closed_at, row.closed_by = case.now, case.me.person_id
        row.version += 1
        case.db.add(row)


def add_note(caller: Caller, case_id: str, checkin_id: str, text: str, *, op: str) -> str:
    """Add a note after the reveal, for both to read; returns its id. Raises BadInput, NoteTooEarly, NotFound."""
    form = NoteForm.parse(text)
    with open_case(caller, case_id, Permission.ANSWER_CHECKIN, op=op, about=checkin_id, act=Act.NOTE_ON_CHECKIN) as case:
        checkins = CheckIns(case)
        side = _my_side(case)
        checkins.one(checkin_id).checkin.after_note(side, case.now)
        note_id = new_id()
        case.db.add(
            NoteRow(
                id=note_id,
                checkin_id=checkin_id,
                person_id=case.me.person_id,
                side=side,
                text=checkins.seal_note(note_id, form.text),
                added_at=case.now,
            )
        )
        return note_id


# --- what is done on a device that was handed over

# The device belongs to the therapist, and nobody can tell who holds it. So nothing that the client has answered is ever
# sent to it, and handing in there hands in what was answered there: not what somebody began on a device of their own.


def check_can_be_answered(case: OpenCase, checkin_id: str) -> None:
    """For handing a device over: the check-in waits for the client. Raises NotFound and NothingToAnswer."""
    here = CheckIns(case).one(checkin_id).checkin.at(case.now)
    if here.status is not Status.OPEN or Side.CLIENT in here.done:
        raise NothingToAnswer


def check_can_be_read(case: OpenCase, checkin_id: str) -> None:
    """For handing a device over: both may read the check-in. Raises NotFound and NothingToRead."""
    if CheckIns(case).one(checkin_id).checkin.at(case.now).status not in OPENED_FOR_BOTH:
        raise NothingToRead


def handed_sheet(caller: Caller, case_id: str, checkin_id: str) -> HandedSheet:
    """The check-in to be answered on a handed-over device. Raises NotFound."""
    with open_case(caller, case_id, Permission.OPEN_HANDED_CHECKIN, about=checkin_id) as case:
        found = CheckIns(case).one(checkin_id)
        here = found.checkin.at(case.now)
        mine = found.of(case.me.person_id)
        return HandedSheet(
            names=_names(case),
            expires_at=here.expires_at,
            answerable=here.status is Status.OPEN and (mine is None or mine.done_at is None),
            other_done=Side.THERAPIST in here.done,
            answered=_answered_here(case),
        )


def rate_handed(caller: Caller, case_id: str, checkin_id: str, item: str, value: int, *, op: str) -> None:
    """As `rate`, on a handed-over device."""
    form = RatingForm.parse(item, value)
    with open_case(caller, case_id, Permission.ANSWER_HANDED_CHECKIN, op=op, about=checkin_id) as case:
        desk = _Desk(case, checkin_id)
        desk.put(desk.answers.rated(form.item, form.value))
        _note_answered(case, form.item)


def write_handed_line(caller: Caller, case_id: str, checkin_id: str, line: str, text: str, *, op: str) -> None:
    """Write one thing to keep or to change on a handed-over device, in place of what stood there; nothing of that is told.

    Raises as `rate`.
    """
    form = LineForm.parse(line, text)
    with open_case(caller, case_id, Permission.ANSWER_HANDED_CHECKIN, op=op, about=checkin_id) as case:
        desk = _Desk(case, checkin_id)
        desk.put(desk.answers.written(form.line, form.text))
        _note_answered(case, form.line)


def submit_handed(caller: Caller, case_id: str, checkin_id: str, *, op: str) -> bool:
    """Hand in what was answered on a handed-over device, and nothing else; its task is done then. Raises and returns as `submit`."""
    act = Act.HAND_IN_HANDED_CHECKIN
    with open_case(caller, case_id, Permission.ANSWER_HANDED_CHECKIN, op=op, about=checkin_id, act=act) as case:
        desk = _Desk(case, checkin_id)
        answers = desk.answers.only(_answered_here(case))
        revealed = _hand_in(case, desk, answers)
        if revealed:
            case.act = Act.REVEAL_HANDED_CHECKIN
        case.finish_task()
        return revealed


def handed_reading(caller: Caller, case_id: str, checkin_id: str) -> Sheet:
    """A check-in that both may read, on a handed-over device. Raises NotFound, also for one that is sealed."""
    with open_case(caller, case_id, Permission.READ_HANDED_CHECKIN, about=checkin_id) as case:
        checkins = CheckIns(case)
        found = checkins.one(checkin_id)
        if found.checkin.at(case.now).status not in OPENED_FOR_BOTH:
            raise NotFound
        return Sheet(
            standing=_standing(case, checkins, found),
            client=_shown(case, checkins, found, Side.CLIENT),
            therapist=_shown(case, checkins, found, Side.THERAPIST),
        )


def _answered_here(case: OpenCase) -> frozenset[str]:
    sealed = case.task.progress
    return frozenset(json.loads(case.unseal(case.task.id, _PROGRESS, sealed))) if sealed is not None else frozenset()


def _note_answered(case: OpenCase, name: str) -> None:
    text = dump_progress(_answered_here(case) | {name})
    case.task.progress = case.seal(case.task.id, _PROGRESS, text)
    case.db.add(case.task)


# --- for the verbs of other rooms, in what they have opened


def readers_of(case: OpenCase, checkin_ids: Collection[str]) -> dict[str, Readers]:
    """Who may read these check-ins, by check-in; what has not opened is not among them. One statement."""
    people = frozenset(one.person_id for one in case.members if may(one.role, Permission.READ_CHECKINS))
    return {checkin_id: Readers(people, takes_more=True) for checkin_id in CheckIns(case).shown_among(checkin_ids)}


def still_known(account: OpenAccount, checkin_ids: Collection[str]) -> frozenset[str]:
    """Those of the check-ins that the person may read now, over all their cases. One statement."""
    return repository.shown_to_member(account.db, account.me.id, checkin_ids)


# --- what time does


def keep_time(case_id: str) -> bool:
    """Do in one case what its time asks for: end an open check-in whose time is over, open the next one that is due.

    Safe to call at any time and again; True when something changed.
    """
    with open_upkeep() as upkeep:
        case = repository.held(upkeep.db, case_id)
        changed = case is not None and _keep_time(upkeep, case)
    if changed:
        forget_overwritten()
    return changed


def keep_time_everywhere() -> list[str]:
    """`keep_time` for every case in which something is due; returns the ids of those that changed."""
    with open_upkeep(writes=False) as upkeep:
        touched = repository.touched_by_time(upkeep.db, upkeep.now)
    return [case_id for case_id in touched if keep_time(case_id)]


def _keep_time(upkeep: OpenUpkeep, case: Case) -> bool:
    db, now = upkeep.db, upkeep.now
    rows = repository.last_two(db, case.id)
    changed = False
    open_row = next((row for row, _ in rows if row.status == Status.OPEN), None)
    if open_row is not None:
        sheets = [one for row, one in rows if row.id == open_row.id and one is not None]
        done = {one.person_id for one in sheets if one.done_at is not None}
        expected = repository.expected_of(db, case.id)
        sides = frozenset(side for side, people in expected.items() if people and people <= done)
        stored = CheckIn(Status.OPEN, open_row.opened_at, open_row.expires_at, sides)
        here = stored.rescheduled(case.next_session_at, now)
        changed = here.expires_at != open_row.expires_at
        open_row.expires_at = here.expires_at
        ended = here.at(now)
        if ended.status is not Status.OPEN:
            repository.settle(db, open_row, sheets, ended)
            log_upkeep(upkeep, case, "end_checkin", open_row.id)
            changed, open_row = True, None
        elif changed:
            db.add(open_row)
    due = next_due(case.created_at, rows[0][0].opened_at if rows else None, case.cadence_days)
    if open_row is None and case.status == CaseStatus.ACTIVE and due is not None and due <= now:
        db.flush()
        row = _fresh(case, now, None)
        db.add(row)
        log_upkeep(upkeep, case, "open_checkin", row.id)
        return True
    return changed


# --- inside


class _Desk:
    """One person's own sheet of one check-in, open to be filled in."""

    def __init__(self, case: OpenCase, checkin_id: str) -> None:
        self.case = case
        self.checkins = CheckIns(case)
        self.found: Found = self.checkins.one(checkin_id)
        self.side = _my_side(case)
        self.found.checkin.after_edit(self.side, case.now)
        mine = self.found.of(case.me.person_id)
        if mine is not None and mine.done_at is not None:
            raise AlreadyDone(action="answer", status=self.found.checkin.status)
        self.answers = self.checkins.unseal(mine) if mine is not None else Answers()
        self.sheet = mine or AnswersRow(
            id=new_id(), checkin_id=checkin_id, person_id=case.me.person_id, side=self.side, answers=b"", version=0
        )

    def put(self, answers: Answers) -> None:
        """Store the sheet as it is now."""
        self.sheet.answers = self.checkins.seal(self.sheet.id, answers)
        self.sheet.version += 1
        self.case.db.add(self.sheet)


def _hand_in(case: OpenCase, desk: _Desk, answers: Answers) -> bool:
    if answers.is_empty:
        raise NothingAnswered
    if answers != desk.answers:
        desk.put(answers)
    desk.sheet.done_at = case.now
    case.db.add(desk.sheet)
    if not desk.checkins.sides_done_with(desk.found, case.me.person_id):
        return False
    after = desk.found.checkin.after_submit(desk.side, case.now)
    if after.status is not Status.REVEALED:
        return False
    _reveal(case, desk)
    return True


def _reveal(case: OpenCase, desk: _Desk) -> None:
    """Open the check-in for both, and fix what the rules say of it, so that both read the same from this moment on."""
    row = desk.found.row
    earlier = []
    for one in desk.checkins.shown():
        answers = _shown(case, desk.checkins, one, Side.CLIENT)
        if one.row.id != row.id and answers is not None:
            earlier.append(answers.given)
    both = {side: desk.found.by(side) for side in Side}
    given = {side: desk.checkins.unseal(one).given if one is not None else {} for side, one in both.items()}
    row.status = Status.REVEALED
    row.revealed_at = case.now
    row.signal = desk.checkins.seal_signal(row.id, signal(given[Side.CLIENT], given[Side.THERAPIST], earlier))
    row.version += 1
    case.db.add(row)


def _fresh(case: Case, now: datetime, by: str | None) -> CheckInRow:
    begun = CheckIn.opened(now, case.next_session_at)
    return CheckInRow(
        id=new_id(), case_id=case.id, status=begun.status, opened_at=now, opened_by=by, expires_at=begun.expires_at
    )


def _handed_in(case: OpenCase, found: Found) -> AnswersRow:
    mine = found.of(case.me.person_id)
    side = _my_side(case)
    here = found.checkin
    if mine is not None and mine.done_at is not None and side not in here.done:
        return mine  # one of several people of this side: the side itself was not done yet
    here.after_take_back(side, case.now)
    if mine is None:
        raise NotDone(action="take back", status=here.status)
    return mine


def _my_side(case: OpenCase) -> Side:
    side = side_of(case.role)
    if side is None:
        raise Forbidden
    return side


def _shown(case: OpenCase, checkins: CheckIns, found: Found, author: Side) -> Answers | None:
    """What one side answered, if the reader may know it: the one place where another's answers are opened."""
    row = found.by(author)
    if row is None or not found.checkin.shows(author, _reader(case, row), case.now):
        return None
    return checkins.unseal(row)


def _reader(case: OpenCase, row: AnswersRow) -> Side | None:
    return side_of(case.role) if row.person_id == case.me.person_id else None


def _known(case: OpenCase, found: list[Found]) -> list[Found]:
    """Those that the reader may know of at all: whoever answers for neither side knows what was opened, nothing sealed."""
    if side_of(case.role) is not None:
        return found
    return [one for one in found if one.row.status in SHOWS_CLIENT]


def _home_part(case: OpenCase, found: list[Found]) -> HomePart:
    checkins = CheckIns(case)
    standings = [(one.row, _standing(case, checkins, one)) for one in found]
    open_one = next((one for _, one in standings if one.status is Status.OPEN and not one.ended), None)
    due = next_due(case.row.created_at, found[0].row.opened_at if found else None, case.row.cadence_days)
    if case.row.status != CaseStatus.ACTIVE or side_of(case.role) is None:
        due = None
    ran_out = any(row.status == Status.OPEN and (one.ended or one.status is not Status.OPEN) for row, one in standings)
    return HomePart(
        open=open_one,
        to_talk_about=tuple(one for _, one in standings if one.waits_for_talk),
        to_decide=tuple(one for _, one in standings if one.status is Status.CHOICE and one.my_side is Side.CLIENT),
        next_due_at=due,
        cadence_days=case.row.cadence_days,
        time_passed=ran_out or (open_one is None and due is not None and due <= case.now),
    )


def _standing(case: OpenCase, checkins: CheckIns, found: Found) -> Standing:
    row = found.row
    here = found.checkin.at(case.now)
    me = side_of(case.role)
    mine = found.of(case.me.person_id)
    ended = here.status not in SHOWS_CLIENT | {Status.OPEN}
    return Standing(
        id=row.id,
        status=here.status if me is Side.CLIENT else _towards_others(here.status),
        opened_at=row.opened_at,
        expires_at=here.expires_at,
        names=_names(case),
        my_side=me,
        mine_done=mine is not None and mine.done_at is not None,
        mine_begun=mine is not None,
        other_done=me is not None and here.status is Status.OPEN and me.other in here.done,
        ended=ended,
        revealed_at=row.revealed_at,
        talked_at=row.talked_at,
        closed_at=row.closed_at,
        signal=checkins.signal_of(row) if here.status in OPENED_FOR_BOTH else NO_SIGNAL,
        version=row.version,
    )


def _towards_others(status: Status) -> Status:
    """What the client chose after an expiry is the client's: everybody else reads only that it ended."""
    return Status.LAPSED if status in {Status.CHOICE, Status.KEPT_PRIVATE, Status.DISCARDED} else status


def _names(case: OpenCase) -> Names:
    def first(side: Side) -> str:
        return next((member.name for member in case.members if side_of(member.role) is side), "")

    return Names(first(Side.CLIENT), first(Side.THERAPIST))


def _name(case: OpenCase, person_id: str | None) -> str:
    member = case.member(person_id)
    return member.name if member else ""


def _stored(row: CheckInRow) -> CheckIn:
    return CheckIn(Status(row.status), row.opened_at, row.expires_at)
