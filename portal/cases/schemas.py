"""What the browser may see of cases, and what it may send about them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.access.models import CaseStatus
from portal.access.permissions import CaseRole
from portal.cases.domain import Cadence, Look, UnknownCadence
from portal.kit.refusal import BadInput


@dataclass(frozen=True)
class CaseMember:
    """Somebody in the case, by name and role."""

    name: str
    role: CaseRole
    me: bool
    pronouns: str = ""


@dataclass(frozen=True)
class CaseFacts:
    """What a case is at the moment; `version` is that of the plan (next session and rhythm)."""

    case_id: str
    status: CaseStatus
    members: tuple[CaseMember, ...]
    my_role: CaseRole
    since: datetime
    next_session_at: datetime | None
    cadence: Cadence
    version: int
    time_zone: str
    now: datetime

    def first_name(self, role: CaseRole) -> str:
        """The short name of the first member of a role, empty if there is none."""
        return next((member.name.split()[0] for member in self.members if member.role is role), "")


@dataclass(frozen=True)
class CaseloadCase:
    """One case in a list of cases: no clinical content."""

    case_id: str
    role: CaseRole
    clients: tuple[str, ...]
    status: CaseStatus
    next_session_at: datetime | None


@dataclass(frozen=True)
class Caseload:
    """All cases of one person, with the zone and the moment to read their dates by."""

    cases: tuple[CaseloadCase, ...]
    time_zone: str
    now: datetime


@dataclass(frozen=True)
class LogPerson:
    """Somebody who appears in the access log. An empty id is the portal itself."""

    person_id: str
    name: str
    role: str
    me: bool


@dataclass(frozen=True)
class AccessLog:
    """The newest entries of the access log as one person may read it, newest first; `more` if some lie further back.

    `people` are all who appear in it. `whole` is False when entries were altered, added or taken away, None when not checked.
    """

    looks: tuple[Look, ...]
    people: tuple[LogPerson, ...]
    whole: bool | None
    more: bool
    time_zone: str
    now: datetime


@dataclass(frozen=True)
class SessionForm:
    """The next session as it was typed: a local day and time, or empty to take the date away."""

    text: str

    def parse(self, time_zone: str) -> datetime | None:
        """The moment in the person's zone. Raises BadInput for anything but "2026-11-26T14:00" or nothing."""
        if not self.text.strip():
            return None
        try:
            local = datetime.fromisoformat(self.text.strip())
        except ValueError:
            raise BadInput("Please give a day and a time.", field="next-session") from None
        if local.tzinfo is not None:
            raise BadInput("Please give a day and a time.", field="next-session")
        return local.replace(tzinfo=ZoneInfo(time_zone))


@dataclass(frozen=True)
class CadenceForm:
    """The rhythm of check-ins as it was chosen."""

    value: str

    def parse(self) -> Cadence:
        """The rhythm. Raises UnknownCadence."""
        try:
            return Cadence(self.value)
        except ValueError:
            raise UnknownCadence from None


# --- what the home pages and the overview show: ready-made words and where they lead


@dataclass(frozen=True)
class WaitLine:
    """Something that waits for the reader: since when, exactly when, and where."""

    words: str
    when: str
    exact: str
    href: str


@dataclass(frozen=True)
class Invitation:
    """The card of a check-in: `action` says what can be done, an empty `heading` that there is no card."""

    heading: str = ""
    words: str = ""
    action: str = ""
    href: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class HeardLine:
    """What the therapist heard, waiting for the client's yes or "not quite"."""

    reflection_id: str
    by: str
    heard: str
    when: str
    href: str


@dataclass(frozen=True)
class AskLine:
    """Something of the other's that waits for a yes, with its title."""

    words: str
    title: str
    href: str


@dataclass(frozen=True)
class FocusLine:
    """A goal in focus: how many of its small steps are done, and the next one."""

    title: str
    status: str
    done: int
    of: int
    progress: str
    next_step: str
    next_role: str
    href: str
    due: str = ""
    id: str = ""


@dataclass(frozen=True)
class PromiseLine:
    """What somebody of the two, or both, said they would do."""

    id: str
    text: str
    role: str
    owner: str
    when: str
    href: str


@dataclass(frozen=True)
class CaseloadRow:
    """One client in the therapist's list."""

    case_id: str
    href: str
    client: str
    waits: list[WaitLine]
    checkin: str
    checkin_tone: str
    steps: str
    session: str
    session_exact: str
    supervised: bool
