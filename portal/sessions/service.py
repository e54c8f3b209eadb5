"""The verbs of the session: begin, go from place to place, bring, write what was agreed, end and keep; each opens the gate once."""

from datetime import datetime

from portal.access.gate import Caller, OpenCase, open_case
from portal.access.models import CaseStatus
from portal.access.permissions import Act, CaseRole, Permission, may
from portal.goals.domain import Actor, same_burst
from portal.kit.i18n import is_language
from portal.kit.ids import new_id
from portal.sessions import domain
from portal.sessions.domain import NotRunning, OutOfTurn, Phase, Session
from portal.sessions.models import Brought, TherapySession
from portal.sessions.repository import Sessions, put, rules_of, thing_of
from portal.sessions.schemas import (
    LONGEST,
    BroughtThing,
    Glance,
    LastAgreed,
    LinesForm,
    SessionView,
    SpotForm,
    ThingForm,
    Written,
)
from portal.writing import service as writing

SHOWN = 6
"""So many sessions stand on the page until somebody looks further back."""
_ALL = 500


class NewerSession(OutOfTurn):
    """What was agreed in an earlier session stays as it is."""

    sentence = "A newer session has begun since then, so this stays as it is."


# --- what one sees


def glance(caller: Caller, case_id: str) -> Glance | None:
    """Whether a session runs, since when, and where the two are; none without one."""
    with open_case(caller, case_id, Permission.KNOW_SESSION) as case:
        found = Sessions(case).open() if case.row.status == CaseStatus.ACTIVE else None
        if found is None:
            return None
        row, seats = found
        session = rules_of(row)
        phase = session.phase(case.now)
        if phase is Phase.ENDED:
            return None
        here = [member for member in case.members if may(member.role, Permission.TAKE_PART_IN_SESSION)]
        along = {one.person_id: seats.get(one.person_id, _goes_along_by_itself(row, one.person_id)) for one in here}
        leader = case.member(row.led_by)
        return Glance(
            id=row.id,
            phase=phase,
            started_at=row.started_at,
            lasts=session.lasts(case.now),
            at=session.at,
            number=session.number,
            led_by=_short(leader.name) if leader else "",
            led_by_me=row.led_by == case.me.person_id,
            i_go_along=along[case.me.person_id],
            apart=tuple(
                _short(one.name) for one in here if one is not case.me and one.person_id in seats and not along[one.person_id]
            ),
            i_lead=may(case.role, Permission.LEAD_SESSION),
            one_screen=row.one_screen,
            hides_private=_hides_private(case, row, phase),
        )


def view(caller: Caller, case_id: str, *, further: bool = False) -> SessionView:
    """The sessions of the case with what was agreed, and what is brought to the running one, else (for who brings) to the next."""
    with open_case(caller, case_id, Permission.READ_SESSION) as case:
        sessions = Sessions(case)
        rows = sessions.newest(_ALL if further else SHOWN + 1)
        shown = rows if further else rows[:SHOWN]
        papers = tuple(_written(case, sessions, row, rows[0]) for row in shown)
        running = shown[0] if papers and papers[0].phase is not Phase.ENDED else None
        may_bring = may(case.role, Permission.BRING_TO_SESSION)
        both = [one for one in case.members if may(one.role, Permission.READ_SESSION)]
        brought = sessions.brought(running.id if running else None) if running or may_bring else []
        return SessionView(
            sessions=papers,
            more=len(rows) > len(shown),
            brought=tuple(BroughtThing(one.id, thing_of(one)) for one in brought),
            may_lead=may(case.role, Permission.LEAD_SESSION) and case.row.status == CaseStatus.ACTIVE,
            may_bring=may_bring and case.row.status != CaseStatus.ENDED,
            hides_private=running is not None and _hides_private(case, running, papers[0].phase),
            clients=", ".join(_short(one.name) for one in case.with_role(CaseRole.CLIENT)),
            others=", ".join(_short(one.name) for one in both if one is not case.me),
            people=" · ".join(_short(one.name) for one in both),
            now=case.now,
            time_zone=case.time_zone,
        )


def home_part(caller: Caller, case_id: str) -> LastAgreed:
    """When the two last met, whether something was written down then, and how much the reader has picked for the next time."""
    with open_case(caller, case_id, Permission.READ_SESSION) as case:
        sessions = Sessions(case)
        last = sessions.last()
        runs = last is not None and rules_of(last).phase(case.now) is not Phase.ENDED
        picked = sessions.brought(last.id if last and runs else None) if may(case.role, Permission.BRING_TO_SESSION) else []
        return LastAgreed(
            at=last.started_at if last else None, has_text=last is not None and last.agreed is not None, picked=len(picked), runs=runs
        )


# --- beginning and ending


def start(caller: Caller, case_id: str, one_screen: bool, lang: str = "en", *, op: str) -> str:
    """Begin a session now, on the session's page; `one_screen`: both look at this screen. Returns its id.

    `lang` is the language of the collected lines if the client has chosen none. The plan says from now on that the next
    session has begun: an open check-in ends with that. Raises RunsAlready and CaseRests.
    """
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op) as case:
        if case.row.status != CaseStatus.ACTIVE:
            raise domain.CaseRests
        sessions = Sessions(case)
        before = sessions.last()
        begun = domain.begun(case.me.person_id, rules_of(before) if before else None, case.now)
        if before is not None:
            _leave_behind(case, sessions, before)
        chosen = sessions.client_language() or lang
        row = TherapySession(
            id=new_id(),
            case_id=case.id,
            started_at=begun.started_at,
            started_by=begun.started_by,
            planned_at=case.row.next_session_at,
            one_screen=one_screen,
            language=chosen if is_language(chosen) else "en",
            place=begun.at.place,
            led_by=begun.led_by,
        )
        sessions.add(row)
        case.db.flush()
        sessions.lay_on_table(row.id)
        _plan(case, case.now)
        case.about = row.id
        return row.id


def call_off(caller: Caller, case_id: str, *, op: str) -> None:
    """Take a beginning back within ten seconds, as if it had not been. Raises NotRunning and TooLateToUndo."""
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op, act=Act.CALL_OFF_SESSION) as case:
        sessions, row, session = _running(case)
        session.check_calling_off(case.me.person_id, case.now)
        sessions.take_from_table(row.id)
        if case.row.next_session_at == row.started_at:
            _plan(case, row.planned_at)
        sessions.destroy(row)


def choose_screens(caller: Caller, case_id: str, one_screen: bool, *, op: str) -> None:
    """Say that both look at the one screen of whoever began, or that each has their own. Raises NotRunning."""
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op, act=Act.CHOOSE_SCREENS) as case:
        sessions, row, _ = _running(case)
        row.one_screen = one_screen
        row.version += 1
        sessions.add(row)


def come_to_end(caller: Caller, case_id: str, collected: LinesForm, *, op: str) -> None:
    """running → closing: `collected` is what was changed; it is added to what was agreed, where both go on writing."""
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op, act=Act.CLOSE_SESSION) as case:
        sessions, row, session = _running(case)
        _add_lines(sessions, row, collected)
        _become(sessions, row, session.after_coming_to_end(case.me.person_id, case.now))
        case.about = row.id


def go_on(caller: Caller, case_id: str, *, op: str) -> None:
    """closing → running."""
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op, act=Act.GO_ON_WITH_SESSION) as case:
        sessions, row, session = _running(case)
        _become(sessions, row, session.after_going_on(case.now))


def end(caller: Caller, case_id: str, *, op: str) -> None:
    """End the session. Raises NotRunning."""
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op, act=Act.END_SESSION) as case:
        sessions, row, session = _running(case)
        _become(sessions, row, session.after_ending(case.me.person_id, case.now))
        _plan(case, domain.plan_after(case.row.next_session_at, row.planned_at, row.started_at))
        case.about = row.id


def reopen(caller: Caller, case_id: str, session_id: str, *, op: str) -> None:
    """Take an end back within ten seconds. Raises NotFound, NewerSession and TooLateToUndo."""
    with open_case(caller, case_id, Permission.LEAD_SESSION, op=op, act=Act.REOPEN_SESSION) as case:
        sessions, row = _newest(case, session_id, "reopen")
        _become(sessions, row, rules_of(row).after_reopening(case.me.person_id, case.now))


# --- going along


def go_to(caller: Caller, case_id: str, spot: SpotForm, seen: int, *, op: str) -> int:
    """Go on to another place, and let the others who go along come too. Returns the number of the place where both are now.

    `seen` is the number of the place that the person came from; see `Session.after_leading`. Who looks around alone leads
    nobody. Raises NotRunning, NowhereTogether and NotFound.
    """
    to = spot.parse()
    with open_case(caller, case_id, Permission.TAKE_PART_IN_SESSION, op=op, act=Act.GO_TO_PAGE) as case:
        found = Sessions(case).open()
        if found is None:
            raise NotRunning(Phase.ENDED, "lead")
        row, seats = found
        after = rules_of(row).after_leading(to, case.me.person_id, seen, case.now)
        if seats.get(case.me.person_id, _goes_along_by_itself(row, case.me.person_id)) and after.number != row.place_number:
            _become(Sessions(case), row, after)
        return row.place_number


def go_along(caller: Caller, case_id: str, along: bool, *, op: str) -> None:
    """Let one's screens go along with the other's, or look around alone. Raises NotRunning."""
    with open_case(caller, case_id, Permission.TAKE_PART_IN_SESSION, op=op, act=Act.GO_ALONG) as case:
        sessions, row, _ = _running(case)
        sessions.seat(row.id, along)


# --- what was agreed


def add_lines(caller: Caller, case_id: str, session_id: str, collected: LinesForm, *, op: str) -> int:
    """Add what was changed and is not written yet. Returns the text's version. Raises NotFound, KeptAlready and NewerSession."""
    with open_case(caller, case_id, Permission.TAKE_PART_IN_SESSION, op=op, about=session_id[:36], act=Act.COLLECT_AGREED) as case:
        sessions, row = _newest(case, session_id, "write")
        rules_of(row).check_writing(case.now)
        _add_lines(sessions, row, collected)
        return row.agreed_version


def keep(caller: Caller, case_id: str, session_id: str, *, op: str) -> None:
    """Let what was agreed stay as it is. Raises NotFound, NewerSession, NothingWritten and OutOfTurn."""
    with open_case(caller, case_id, Permission.TAKE_PART_IN_SESSION, op=op, about=session_id[:36], act=Act.KEEP_AGREED) as case:
        sessions, row = _newest(case, session_id, "keep")
        row.kept_by = case.me.person_id
        _become(sessions, row, rules_of(row).after_keeping(sessions.text(row), case.now))


def write_on(caller: Caller, case_id: str, session_id: str, *, op: str) -> None:
    """Take what was kept up again, until the next session begins. Raises NotFound, NewerSession and OutOfTurn."""
    with open_case(caller, case_id, Permission.TAKE_PART_IN_SESSION, op=op, about=session_id[:36], act=Act.TAKE_UP_AGREED) as case:
        sessions, row = _newest(case, session_id, "write on")
        _become(sessions, row, rules_of(row).after_writing_on(case.now))


# --- what is brought


def bring(caller: Caller, case_id: str, thing: ThingForm, *, op: str) -> str:
    """Pick something for the running session, or for the next one. Returns the pick's id.

    As with every tie, whoever may not see the row will not see the pick. Raises EnoughBrought, BroughtAlready and BadInput.
    """
    picked = thing.parse()
    with open_case(caller, case_id, Permission.BRING_TO_SESSION, op=op) as case:
        sessions = Sessions(case)
        found = sessions.open()
        running = found[0] if found and rules_of(found[0]).phase(case.now) is Phase.RUNNING else None
        session_id = running.id if running else None
        domain.after_bringing(tuple(thing_of(one) for one in sessions.brought(session_id)), picked)
        row = Brought(
            id=new_id(),
            case_id=case.id,
            session_id=session_id,
            person_id=case.me.person_id,
            kind=picked.kind,
            row_id=picked.row_id,
            item=picked.item,
            brought_at=case.now,
        )
        sessions.add(row)
        return row.id


def leave_out(caller: Caller, case_id: str, brought_id: str, *, op: str) -> None:
    """Do not bring it after all. Raises NotFound."""
    with open_case(caller, case_id, Permission.BRING_TO_SESSION, op=op, act=Act.LEAVE_OUT_OF_SESSION) as case:
        sessions = Sessions(case)
        sessions.destroy(sessions.one_brought(brought_id))


# --- the text that both write


def _shared_agreed(case: OpenCase, session_id: str) -> writing.Found:
    sessions = Sessions(case)
    row, is_newest = sessions.one_and_whether_newest(session_id)
    return writing.Found(sessions.text(row), is_newest and row.kept_at is None, (row, is_newest))


def _write_agreed(case: OpenCase, found: writing.Found, written: writing.Written, op: str) -> bool:
    row, is_newest = found.held
    session, me = rules_of(row), case.me.person_id
    if not is_newest:
        raise NewerSession(session.phase(case.now), "write")
    session.check_writing(case.now)
    goes_on = same_burst(row.agreed_by or "", row.agreed_until or row.started_at, Actor(me, case.role.value), case.now)
    row.agreed_by, row.agreed_until = me, case.now
    Sessions(case).write(row, written.text)
    return goes_on


writing.KINDS["session.agreed"] = writing.Kind(
    Permission.READ_SESSION, Permission.TAKE_PART_IN_SESSION, LONGEST, _shared_agreed, _write_agreed
)


# --- inside


def _short(name: str) -> str:
    return name.split()[0] if name.strip() else name


def _goes_along_by_itself(row: TherapySession, person_id: str) -> bool:
    # In front of one screen nobody else's screen has to move; whoever wants to can still come along.
    return not row.one_screen or person_id == row.started_by


def _hides_private(case: OpenCase, row: TherapySession, phase: Phase) -> bool:
    return phase is not Phase.ENDED and row.one_screen and row.started_by == case.me.person_id


def _written(case: OpenCase, sessions: Sessions, row: TherapySession, newest: TherapySession) -> Written:
    session = rules_of(row)
    kept = row.kept_at is not None
    return Written(
        id=row.id,
        phase=session.phase(case.now),
        started_at=row.started_at,
        lasts=session.lasts(case.now),
        one_screen=row.one_screen,
        language=row.language,
        text=sessions.text(row),
        version=row.agreed_version,
        kept=kept,
        may_write=row is newest and not kept and case.row.status != CaseStatus.ENDED,
        is_newest=row is newest and case.row.status != CaseStatus.ENDED,
    )


def _running(case: OpenCase) -> tuple[Sessions, TherapySession, Session]:
    sessions = Sessions(case)
    found = sessions.open()
    session = rules_of(found[0]) if found else None
    if found is None or session is None or session.phase(case.now) is Phase.ENDED:
        raise NotRunning(Phase.ENDED, "act")
    return sessions, found[0], session


def _newest(case: OpenCase, session_id: str, action: str) -> tuple[Sessions, TherapySession]:
    sessions = Sessions(case)
    last = sessions.last()
    if last is None or last.id != session_id:
        raise NewerSession(rules_of(sessions.one(session_id)).phase(case.now), action)
    return sessions, last


def _become(sessions: Sessions, row: TherapySession, after: Session) -> None:
    put(row, after)
    sessions.add(row)


def _leave_behind(case: OpenCase, sessions: Sessions, row: TherapySession) -> None:
    """The session before: ended if it was forgotten, and what was agreed in it kept from now on."""
    if row.ended_at is None:
        _become(sessions, row, rules_of(row).after_forgetting(case.now))
        _plan(case, domain.plan_after(case.row.next_session_at, row.planned_at, row.started_at))
    if row.agreed is not None and row.kept_at is None:
        row.kept_at = case.now
    sessions.add(row)
    case.db.flush()


def _plan(case: OpenCase, at: datetime | None) -> None:
    if case.row.next_session_at == at:
        return
    case.row.next_session_at = at
    case.row.version += 1
    case.db.add(case.row)


def _add_lines(sessions: Sessions, row: TherapySession, collected: LinesForm) -> None:
    stored = sessions.text(row)
    text = domain.with_lines(stored, collected.parse(), LONGEST)
    if text != stored:
        sessions.write(row, text)
