"""The verbs about cases: putting two people together, planning, and the views that gather what the rooms publish."""

from portal.access import gate, keys, log
from portal.access.gate import Caller, OpenAccount, OpenCase, open_account, open_case, open_upkeep
from portal.access.models import Case, CaseStatus, Membership, Person, PersonKind
from portal.access.permissions import CaseRole, Permission
from portal.cases import repository
from portal.cases.domain import AlreadyPaired, Look, NotAPair, cadence_of, planned
from portal.cases.schemas import (
    AccessLog,
    CadenceForm,
    CaseFacts,
    Caseload,
    CaseloadCase,
    CaseMember,
    LogPerson,
    SessionForm,
)
from portal.kit.i18n import N_
from portal.kit.ids import new_id
from portal.kit.refusal import ChangedMeanwhile, NotFound
from portal.settings import Cadence as PracticeCadence
from portal.settings import settings

_CADENCE_DAYS = {PracticeCadence.WEEKLY: 7, PracticeCadence.FORTNIGHTLY: 14, PracticeCadence.MONTHLY: 28}
_ADMIN = "admin"
NEWEST_ENTRIES = 200
"""How many entries of the access log are read at first."""
END_PAIRING = "end_pairing"
"""The log's name for the end of a pair's work."""


def pair(caller: Caller, client_id: str, therapist_id: str) -> str:
    """Put a client and a therapist together in a case of their own; the same pair again gives the same case. Returns its id.

    Raises NotAPair, AlreadyPaired, Forbidden and NotSignedIn.
    """
    with open_account(caller, Permission.PAIR_PEOPLE) as account:
        db = account.db
        client, therapist = repository.person(db, client_id), repository.person(db, therapist_id)
        if not _can_be(client, PersonKind.CLIENT) or not _can_be(therapist, PersonKind.STAFF):
            raise NotAPair
        living = repository.living_case_of(db, client_id)
        if living is not None:
            case, memberships = living
            if any(one.person_id == therapist_id and one.role == CaseRole.THERAPIST for one in memberships):
                return case.id
            raise AlreadyPaired
        case_id = new_id()
        case = Case(
            id=case_id,
            status=CaseStatus.ACTIVE,
            wrapped_key=keys.new_case_key(case_id),
            cadence_days=_CADENCE_DAYS[settings().checkin_cadence],
            created_at=account.now,
        )
        log.begin(case)
        db.add(case)
        db.flush()
        for person_id, role in ((client_id, CaseRole.CLIENT), (therapist_id, CaseRole.THERAPIST)):
            db.add(Membership(id=new_id(), case_id=case_id, person_id=person_id, role=role, since=account.now))
        log.append(db, case, at=account.now, person_id=account.me.id, role=_ADMIN, action=Permission.PAIR_PEOPLE)
        return case_id


def end_pairing(caller: Caller, case_id: str) -> None:
    """End the work of a pair: everybody but the client leaves, and the case can only be read from now on.

    Whoever calls rings the case's bell afterwards, so that open pages of those who left are cleared.
    Raises NotFound, Forbidden and NotSignedIn; ending what has ended changes nothing.
    """
    with open_account(caller, Permission.PAIR_PEOPLE) as account:
        case = repository.locked(account.db, case_id)
        if case is None:
            raise NotFound
        if case.status == CaseStatus.ENDED:
            return
        case.status = CaseStatus.ENDED
        case.next_session_at = None
        case.version += 1
        for membership in repository.present_memberships(account.db, case_id):
            if membership.role != CaseRole.CLIENT:
                membership.ended_at = account.now
                account.db.add(membership)
        log.append(account.db, case, at=account.now, person_id=account.me.id, role=_ADMIN, action=END_PAIRING)
    gate.forget_looks()


def facts(caller: Caller, case_id: str) -> CaseFacts:
    """What the case is now: who is in it, the next session and the rhythm of check-ins."""
    with open_case(caller, case_id, Permission.READ_CASE) as case:
        return _facts(case)


def plan_session(caller: Caller, case_id: str, form: SessionForm, seen: int, *, op: str) -> int:
    """Set the day and time of the next session, or take it away. Returns the plan's new version.

    Raises BadInput, SessionInThePast and ChangedMeanwhile (`seen` is not the plan's version any more).
    """
    with open_case(caller, case_id, Permission.PLAN_SESSION, op=op) as case:
        at = planned(form.parse(case.time_zone), case.now)
        _plan_seen(case, seen)
        case.row.next_session_at = at
        return _plan_changed(case)


def set_cadence(caller: Caller, case_id: str, form: CadenceForm, seen: int, *, op: str) -> int:
    """Choose how often the check-in comes round. Returns the plan's new version. Raises UnknownCadence and ChangedMeanwhile."""
    with open_case(caller, case_id, Permission.SET_CADENCE, op=op) as case:
        cadence = form.parse()
        _plan_seen(case, seen)
        case.row.cadence_days = cadence.days
        return _plan_changed(case)


def caseload(caller: Caller) -> Caseload:
    """The cases of a therapist or supervisor, without a word of what is in them. Raises Forbidden for a client."""
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        return Caseload(
            cases=tuple(
                CaseloadCase(
                    case_id=case.id,
                    role=role,
                    clients=tuple(_known_as(role, client, account) for client in clients),
                    status=CaseStatus(case.status),
                    next_session_at=case.next_session_at,
                )
                for case, role, clients in repository.cases_of(account.db, account.me.id)
                if case.status != CaseStatus.ENDED
            ),
            time_zone=account.me.time_zone or settings().time_zone,
            now=account.now,
        )


def read_access_log(
    caller: Caller, case_id: str, *, most: int = NEWEST_ENTRIES, person: str | None = None, check: bool = True
) -> AccessLog:
    """The log of the case for its client: the newest `most` entries, of one `person` only if given ("": of the portal).

    All entries stand in the chain, but what another person writes for themselves alone is not shown, nor what they did to
    answers that are still sealed. With `check` every entry there is is checked.
    """
    with open_case(caller, case_id, Permission.READ_ACCESS_LOG) as case:
        return _log_for(case, most, person, check, own=False)


def read_own_entries(
    caller: Caller, case_id: str, *, most: int = NEWEST_ENTRIES, person: str | None = None, check: bool = True
) -> AccessLog:
    """What the log says about the caller alone, newest first; otherwise like `read_access_log`."""
    with open_case(caller, case_id, Permission.READ_OWN_ACCESS_ENTRIES) as case:
        return _log_for(case, most, person, check, own=True)


def verify_logs() -> list[log.Break]:
    """The first break in each case's access log; empty when all are whole. For the command line."""
    with open_upkeep(writes=False) as upkeep:
        checked = (log.verify(upkeep.db, case_id) for case_id in repository.all_case_ids(upkeep.db))
        return [one for one in checked if one is not None]


def _facts(case: OpenCase) -> CaseFacts:
    return CaseFacts(
        case_id=case.id,
        status=CaseStatus(case.row.status),
        members=tuple(CaseMember(one.name, one.role, one is case.me, one.pronouns) for one in case.members),
        my_role=case.role,
        since=case.row.created_at,
        next_session_at=case.row.next_session_at,
        cadence=cadence_of(case.row.cadence_days),
        version=case.row.version,
        time_zone=case.time_zone,
        now=case.now,
    )


def _plan_seen(case: OpenCase, seen: int) -> None:
    if case.row.version != seen:
        raise ChangedMeanwhile(
            N_("The other of you changed this a moment ago. It is shown here as it is now; please look again."),
            theirs="", version=case.row.version, field="plan",
        )  # fmt: skip


def _plan_changed(case: OpenCase) -> int:
    case.row.version += 1
    case.db.add(case.row)
    return case.row.version


def _known_as(role: CaseRole, client: Person, account: OpenAccount) -> str:
    name = keys.name_of(client, account.key)
    return keys.initials(name) if role is CaseRole.SUPERVISOR else name


def _log_for(case: OpenCase, most: int, person: str | None, check: bool, *, own: bool) -> AccessLog:
    whole = log.verify(case.db, case.id) is None if check else None
    shown = repository.entries_for(case.db, case.id, case.me.person_id, most=most + 1, person=person, own=own)
    acted = repository.who_acted(case.db, case.id, case.me.person_id, own=own)
    present = {one.person_id: one.name for one in case.members}
    gone = {person_id for person_id, _ in acted if person_id} - present.keys()
    account_key = keys.known_account_key() or keys.account_key(case.db)
    names = present | {row.id: keys.name_of(row, account_key) for row in repository.people(case.db, gone) if gone}
    people: dict[str, LogPerson] = {}
    for person_id, role in acted:
        known = person_id or ""
        people.setdefault(known, LogPerson(known, names.get(known, ""), role, known == case.me.person_id))
    return AccessLog(
        looks=tuple(Look(one.at, one.person_id, one.role, one.action, one.about) for one in shown[:most]),
        people=tuple(people.values()),
        whole=whole,
        more=len(shown) > most,
        time_zone=case.time_zone,
        now=case.now,
    )


def _can_be(person: Person | None, kind: PersonKind) -> bool:
    return person is not None and person.kind == kind and person.deactivated_at is None
