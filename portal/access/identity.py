"""Who somebody is to the page: the few facts that every page of a signed-in person needs, none of them clinical."""

from dataclasses import dataclass

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from portal.access import keys
from portal.access.gate import Caller, Member, open_account, open_case
from portal.access.models import Case, CaseStatus, Membership, Person, PersonKind
from portal.access.permissions import CaseRole, Permission
from portal.settings import settings


@dataclass(frozen=True)
class Identity:
    """The signed-in person, for their own eyes. `case_id` is a client's own case, empty for anybody else; `has_cases` is for all.

    `handed`: they sit at a device that was handed over to them for one task. `has_pin`: they have a PIN to take such a device back.
    """

    person_id: str
    name: str
    kind: PersonKind
    is_admin: bool
    language: str
    time_zone: str
    theme: str
    case_id: str
    has_cases: bool
    handed: bool = False
    has_pin: bool = False


@dataclass(frozen=True)
class OwnCase:
    """A case that the person takes part in, headed by its clients' names."""

    case_id: str
    role: CaseRole
    clients: tuple[str, ...]


def identify(caller: Caller) -> Identity:
    """The person behind the session. Raises NotSignedIn."""
    with open_account(caller, Permission.KNOW_ONESELF, writes=False) as account:
        me = account.me
        own = None
        if me.kind == PersonKind.CLIENT and account.handed is None:
            own = account.db.exec(
                select(Membership.case_id)
                .join(Case, col(Case.id) == Membership.case_id)
                .where(Membership.person_id == me.id, col(Membership.ended_at).is_(None))
                # A client may have ended work to read; what one works in now comes first.
                .order_by(col(Case.status) == CaseStatus.ENDED, col(Membership.since).desc())
            ).first()
        return Identity(
            person_id=me.id,
            name=account.name,
            kind=PersonKind(me.kind),
            is_admin=me.is_admin,
            language=me.language,
            time_zone=me.time_zone or settings().time_zone,
            theme=me.theme,
            case_id=(own or "") if me.kind == PersonKind.CLIENT else "",
            has_cases=own is not None,
            handed=account.handed is not None,
            has_pin=me.pin_hash is not None,
        )


def own_cases(caller: Caller) -> tuple[OwnCase, ...]:
    """Every case that the person takes part in now, in one statement. Raises NotSignedIn."""
    with open_account(caller, Permission.READ_OWN_CASES, writes=False) as account:
        mine, theirs, who = aliased(Membership), aliased(Membership), aliased(Person)
        rows = account.db.exec(
            select(mine.case_id, mine.role, who)
            .join(theirs, (col(theirs.case_id) == mine.case_id) & col(theirs.ended_at).is_(None))
            .join(who, col(who.id) == theirs.person_id)
            .where(
                mine.person_id == account.me.id,
                col(mine.ended_at).is_(None),
                theirs.role == CaseRole.CLIENT,
            )
            .order_by(col(mine.since))
        ).all()
        clients: dict[str, list[str]] = {}
        roles: dict[str, CaseRole] = {}
        for case_id, role, person in rows:
            name = keys.name_of(person, account.key)
            roles[case_id] = CaseRole(role)
            clients.setdefault(case_id, []).append(keys.initials(name) if role == CaseRole.SUPERVISOR else name)
        return tuple(OwnCase(case_id, roles[case_id], tuple(names)) for case_id, names in clients.items())


def members_of(caller: Caller, case_id: str) -> tuple[Member, ...]:
    """The present members of the case. Raises NotSignedIn and NotFound."""
    with open_case(caller, case_id, Permission.KNOW_MEMBERS) as case:
        return case.members


def choose_language(caller: Caller, language: str) -> None:
    """Keep the language that the person chose; empty for the browser's. The caller has checked that it is one of ours."""
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as account:
        account.me.language = language
        account.db.add(account.me)
