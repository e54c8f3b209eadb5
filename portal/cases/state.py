"""The edge of the cases room: what waits in words, and the access log as somebody reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import routes
from portal.access.permissions import Act, CaseRole, Permission
from portal.cases import service
from portal.cases.domain import Look, Waiting
from portal.cases.schemas import AccessLog, LogPerson, WaitLine
from portal.design.seen import Choice
from portal.kit.i18n import N_, ago, clock_time, day, day_short, moment, say, say_n, weekday
from portal.live.policy import signed_in
from portal.live.state import CasePage, Here

_PAGE = 200
_ONE_SITTING = timedelta(minutes=10)
_EVERYBODY = "everybody"
_PORTAL = "portal"

# What each kind of entry reads like, about somebody else and about oneself.
_WORDS: dict[str, tuple[str, str]] = {
    Permission.READ_CASE: (N_("{name} looked at the overview"), N_("You looked at the overview")),
    Permission.READ_GOALS: (N_("{name} looked at the goals"), N_("You looked at the goals")),
    Permission.WRITE_GOALS: (N_("{name} changed something about the goals"), N_("You changed something about the goals")),
    Permission.RATE_GOALS: (N_("{name} rated a goal"), N_("You rated a goal")),
    Act.TAKE_RATING_BACK: (N_("{name} took a number for a goal back"), N_("You took a number for a goal back")),
    Permission.MAKE_PROMISE: (N_("{name} worked on a promise to the client"), N_("You worked on a promise to the client")),
    Permission.ANSWER_PROMISE: (N_("{name} said whether a promise was kept"), N_("You said whether a promise was kept")),
    Permission.PUT_PROMISES_AWAY: (N_("{name} undid something about a promise, or put one away or back"), N_("You undid something about a promise, or put one away or back")),
    Permission.WRITE_LADDERS: (N_("{name} wrote at a goal's ladder"), N_("You wrote at a goal's ladder")),
    Act.BEGIN_LADDER: (N_("{name} began a ladder for a goal"), N_("You began a ladder for a goal")),
    Act.TAKE_LADDER_WORDS: (N_("{name} took earlier words of a ladder again"), N_("You took earlier words of a ladder again")),
    Act.SET_LADDER_START: (N_("{name} said where a goal started on its ladder"), N_("You said where a goal started on its ladder")),
    Act.WEIGH_LADDER: (N_("{name} changed how much a goal's ladder counts"), N_("You changed how much a goal's ladder counts")),
    Act.SAY_LADDER_LEVEL: (N_("{name} said where a goal stands on its ladder"), N_("You said where a goal stands on its ladder")),
    Act.UNDO_LADDER: (N_("{name} undid a change of a goal's ladder"), N_("You undid a change of a goal's ladder")),
    Permission.READ_DECISIONS: (N_("{name} looked at the decisions"), N_("You looked at the decisions")),
    Permission.WRITE_DECISIONS: (N_("{name} worked on a decision"), N_("You worked on a decision")),
    Permission.READ_COMMENTS: (N_("{name} looked at comments"), N_("You looked at comments")),
    Permission.SEE_COMMENTS: (N_("{name} read new comments"), N_("You read new comments")),
    Permission.WRITE_COMMENTS: (N_("{name} wrote a comment"), N_("You wrote a comment")),
    Act.CHANGE_COMMENT: (N_("{name} changed a comment of their own"), N_("You changed a comment of yours")),
    Act.WITHDRAW_COMMENT: (N_("{name} withdrew a comment of their own"), N_("You withdrew a comment of yours")),
    Act.UNDO_COMMENT: (N_("{name} undid the last thing they did with a comment"), N_("You undid the last thing you did with a comment")),
    Permission.READ_FEEDBACK: (N_("{name} looked at the feedback"), N_("You looked at the feedback")),
    Permission.KEEP_DRAFT: (N_("{name} wrote in a draft that only they can read"), N_("You wrote in a draft that only you can read")),
    Permission.DRAFT_REFLECTION: (N_("{name} worked on an answer"), N_("You worked on an answer")),
    Permission.SHARE_FEEDBACK: (N_("{name} shared feedback"), N_("You shared feedback")),
    Act.PACE_FEEDBACK: (N_("{name} said whether they are ready to talk about feedback they shared"), N_("You said whether you are ready to talk about feedback you shared")),
    Act.WITHDRAW_FEEDBACK: (N_("{name} withdrew feedback they had shared"), N_("You withdrew feedback you had shared")),
    Act.RESPOND_TO_FEEDBACK: (N_("{name} said something in return to feedback"), N_("You said something in return to feedback")),
    Permission.REFLECT_FEEDBACK: (N_("{name} wrote back what they heard"), N_("You wrote back what you heard")),
    Act.ADVISE_ON_FEEDBACK: (N_("{name} added an idea of their own to feedback"), N_("You added an idea of your own to feedback")),
    Permission.CONFIRM_FEEDBACK: (N_("{name} answered whether they were heard"), N_("You answered whether you were heard")),
    Permission.READ_ADJUSTMENTS: (N_("{name} looked at what you change together"), N_("You looked at what you change together")),
    Permission.WRITE_ADJUSTMENTS: (N_("{name} worked on what you change together"), N_("You worked on what you change together")),
    Permission.READ_CHECKINS: (N_("{name} looked at the check-ins"), N_("You looked at the check-ins")),
    Permission.ANSWER_CHECKIN: (N_("{name} filled in a check-in"), N_("You filled in a check-in")),
    Act.START_CHECKIN: (N_("{name} started a check-in"), N_("You started a check-in")),
    Act.HAND_IN_CHECKIN: (N_("{name} was done with a check-in"), N_("You were done with a check-in")),
    Act.REVEAL_CHECKIN: (N_("{name} was done with a check-in, and it opened for both"), N_("You were done with a check-in, and it opened for both")),
    # What became of answers that were handed in is their author's: the other knows "not done any more".
    Act.TAKE_UP_CHECKIN: (N_("{name} was not done with a check-in any more"), N_("You took up your answers to a check-in again")),
    Act.RETRACT_CHECKIN: (N_("{name} was not done with a check-in any more"), N_("You deleted your answers to a check-in")),
    Act.TALK_ABOUT_CHECKIN: (N_("{name} marked a check-in as talked about"), N_("You marked a check-in as talked about")),
    Act.CLOSE_CHECKIN: (N_("{name} closed a check-in"), N_("You closed a check-in")),
    Act.NOTE_ON_CHECKIN: (N_("{name} added a note to a check-in"), N_("You added a note to a check-in")),
    Permission.DECIDE_EXPIRED_CHECKIN: (N_("{name} decided about a check-in that had run out"), N_("You decided about a check-in that had run out")),
    Permission.PLAN_SESSION: (N_("{name} set the next session"), N_("You set the next session")),
    Permission.SET_CADENCE: (N_("{name} changed how often check-ins come"), N_("You changed how often check-ins come")),
    Permission.READ_SESSION: (N_("{name} looked at the session’s page"), N_("You looked at the session’s page")),
    Permission.LEAD_SESSION: (N_("{name} began a session"), N_("You began a session")),
    Act.CALL_OFF_SESSION: (N_("{name} took the beginning of a session back"), N_("You took the beginning of a session back")),
    Act.CHOOSE_SCREENS: (N_("{name} chose whether you both look at one screen"), N_("You chose whether you both look at one screen")),
    Act.CLOSE_SESSION: (N_("{name} came to the end of a session"), N_("You came to the end of a session")),
    Act.GO_ON_WITH_SESSION: (N_("{name} went on with a session"), N_("You went on with a session")),
    Act.END_SESSION: (N_("{name} ended a session"), N_("You ended a session")),
    Act.REOPEN_SESSION: (N_("{name} took the end of a session back"), N_("You took the end of a session back")),
    Act.GO_TO_PAGE: (N_("{name} went on to another page in a session"), N_("You went on to another page in a session")),
    Act.GO_ALONG: (N_("{name} chose whether to go along in a session"), N_("You chose whether to go along in a session")),
    Permission.TAKE_PART_IN_SESSION: (N_("{name} wrote down what you agreed in a session"), N_("You wrote down what you agreed in a session")),
    Act.COLLECT_AGREED: (N_("{name} added what was changed in a session to what you agreed"), N_("You added what was changed in a session to what you agreed")),
    Act.KEEP_AGREED: (N_("{name} kept what you agreed in a session as it is"), N_("You kept what you agreed in a session as it is")),
    Act.TAKE_UP_AGREED: (N_("{name} took up again what you agreed in a session"), N_("You took up again what you agreed in a session")),
    Permission.BRING_TO_SESSION: (N_("{name} picked something to bring to a session"), N_("You picked something to bring to a session")),
    Act.LEAVE_OUT_OF_SESSION: (N_("{name} left out something they had picked for a session"), N_("You left out something you had picked for a session")),
    Permission.READ_ACCESS_LOG: (N_("{name} looked at this page"), N_("You looked at this page")),
    Permission.READ_OWN_ACCESS_ENTRIES: (N_("{name} looked at their own entries on this page"), N_("You looked at your own entries on this page")),
    Permission.HAND_OVER: (N_("{name} handed their device over for one task"), N_("You handed your device over for one task")),
    Permission.ANSWER_HANDED_CHECKIN: (N_("{name} filled in a check-in on the therapist’s device"), N_("You filled in a check-in on your therapist’s device")),
    Act.HAND_IN_HANDED_CHECKIN: (N_("{name} was done with a check-in on the therapist’s device"), N_("You were done with a check-in on your therapist’s device")),
    Act.REVEAL_HANDED_CHECKIN: (
        N_("{name} was done with a check-in on the therapist’s device, and it opened for both"),
        N_("You were done with a check-in on your therapist’s device, and it opened for both"),
    ),
    Permission.READ_HANDED_CHECKIN: (N_("{name} looked at a check-in on the therapist’s device"), N_("You looked at a check-in on your therapist’s device")),
    Permission.READ_HANDED_RATINGS: (
        N_("{name} looked at goals to rate them on the therapist’s device"),
        N_("You looked at goals to rate them on your therapist’s device"),
    ),
    Permission.RATE_HANDED_GOALS: (N_("{name} rated a goal on the therapist’s device"), N_("You rated a goal on your therapist’s device")),
    Act.TAKE_HANDED_RATING_BACK: (
        N_("{name} took a number for a goal back on the therapist’s device"),
        N_("You took a number for a goal back on your therapist’s device"),
    ),
    Permission.READ_HANDED_GOAL: (N_("{name} looked at a goal on the therapist’s device"), N_("You looked at a goal on your therapist’s device")),
    Permission.FINISH_HANDED: (N_("{name} was done on the therapist’s device"), N_("You were done on your therapist’s device")),
    Permission.TAKE_DEVICE_BACK: (N_("{name} took their device back"), N_("You took your device back")),
    Permission.EXPORT_GOALS: (N_("{name} asked for a copy of the goals as a file"), N_("You asked for a copy of the goals as a file")),
    Act.PRINT_GOALS: (N_("{name} opened the goals to print them"), N_("You opened the goals to print them")),
    Act.TAKE_EXPORT: (N_("{name} downloaded a copy of the goals"), N_("You downloaded a copy of the goals")),
    Act.DROP_EXPORT: (N_("{name} threw a copy of the goals away"), N_("You threw a copy of the goals away")),
    Permission.PAIR_PEOPLE: (N_("{name} from the practice put the two of you together"), N_("You put the two together")),
    Permission.DEACTIVATE_PEOPLE: (N_("{name} from the practice closed the account of somebody in your work together"), N_("You closed an account")),
    "reactivate_people": (N_("{name} from the practice opened the account of somebody in your work together again"), N_("You opened an account again")),
    service.END_PAIRING: (N_("{name} from the practice ended your work together"), N_("You ended their work together")),
}
_ANYTHING = (N_("{name} did something that has no words here yet"), N_("You did something that has no words here yet"))
_BY_THE_CLOCK = {
    "open_checkin": N_("The portal opened the next check-in"),
    "end_checkin": N_("The portal ended a check-in whose time had run out"),
}
_ANYTHING_BY_THE_CLOCK = N_("The portal did something by its clock, without anybody looking")

_ROLES = {
    CaseRole.CLIENT.value: N_("{name}, client"),
    CaseRole.THERAPIST.value: N_("{name}, therapist"),
    CaseRole.SUPERVISOR.value: N_("{name}, supervisor"),
    "admin": N_("{name}, practice office"),
    _PORTAL: N_("The portal itself"),
}

# Whatever the address of what waits calls its row.
_ROW_PARAMS = (routes.GOAL_PARAM, routes.CHECKIN_PARAM, routes.SHARE_PARAM, routes.DECISION_PARAM)


def wait_lines(lang: str, zone: str, now: datetime, case_id: str, waits: Iterable[Waiting]) -> list[WaitLine]:
    """What waits in a case as its reader sees it, longest wait first."""
    return [
        WaitLine(
            words=_begun(say(lang, one.what)),
            when=ago(lang, zone, one.since, now),
            exact=moment(lang, zone, one.since),
            href=routes.in_case(one.page, case_id, **dict.fromkeys(_ROW_PARAMS, one.row_id)),
        )
        for one in sorted(waits, key=lambda one: one.since)
    ]


def session_words(lang: str, zone: str, at: datetime | None, now: datetime) -> str:
    """The next session as one says it; empty when there is none ahead."""
    if at is None or at < now:
        return ""
    return say(
        lang, N_("{weekday}, {day} at {time}"),
        weekday=weekday(lang, zone, at), day=day_short(lang, zone, at), time=clock_time(lang, zone, at),
    )  # fmt: skip


def _begun(words: str) -> str:
    """A sentence of its own, however it was written down."""
    return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class LogLine:
    """One line of the log: what was done, at what time, and when exactly."""

    id: str
    role: str
    words: str
    time: str
    exact: str


@dataclass(frozen=True)
class LogDay:
    """The lines of one day."""

    words: str
    lines: list[LogLine]


class AccessLogState(CasePage, Here):
    """Who looked at what. Whoever is not the client reads their own entries only."""

    days: list[LogDay] = []
    persons: list[Choice] = []
    person: str = _EVERYBODY
    whole: bool = True
    earlier: bool = False

    _entries: int = _PAGE
    _checked: bool = False

    async def _show(self) -> None:
        verb = service.read_access_log if self.role == CaseRole.CLIENT else service.read_own_entries
        # Checking reads every entry there is, so it is done when the page is opened, not at every ring.
        log = await self._ask(verb, self.case_id, most=self._entries, person=self._one_person, check=not self._checked)
        if log.whole is not None:
            self._checked = True
            self._set(whole=log.whole)
        persons = [Choice(_EVERYBODY, self._say(N_("Everybody")))] + [
            Choice(one.person_id or _PORTAL, self._who(one)) for one in log.people
        ]
        self._set(
            persons=persons,
            earlier=log.more,
            days=_by_day(self.lang, log.time_zone, _lines(self.lang, log)),
        )

    @property
    def _one_person(self) -> str | None:
        """Whose entries alone are wanted: an id, "" for the portal's own, None for everybody's."""
        return None if self.person == _EVERYBODY else "" if self.person == _PORTAL else self.person

    def _who(self, one: LogPerson) -> str:
        return self._say(N_("You")) if one.me else self._say(_ROLES.get(one.role, N_("{name}")), name=one.name)

    @signed_in(longest=40)
    async def person_chosen(self, person: str) -> None:
        """Only the entries about one person, or all again."""
        known = any(choice.value == person for choice in self.persons)
        self._set(person=person if known else _EVERYBODY)
        self._entries = _PAGE
        await self._show_or_say()

    @signed_in
    async def earlier_wanted(self) -> None:
        """More of what lies further back."""
        self._entries += _PAGE
        await self._show_or_say()


def _lines(lang: str, log: AccessLog) -> list[tuple[datetime, LogLine]]:
    people = {one.person_id: one for one in log.people}
    return [
        (sitting[0].at, _line(lang, log.time_zone, people[sitting[0].person_id or ""], sitting))
        for sitting in _sittings(log.looks)
    ]


def _sittings(looks: Iterable[Look]) -> list[list[Look]]:
    """The same act of the same person again within ten minutes is one line: a check-in saves after every answer."""
    found: list[list[Look]] = []
    for look in looks:
        last = found[-1][-1] if found else None
        if last and (last.person_id, last.action) == (look.person_id, look.action) and last.at - look.at <= _ONE_SITTING:
            found[-1].append(look)
        else:
            found.append([look])
    return found


def _line(lang: str, zone: str, who: LogPerson, sitting: list[Look]) -> LogLine:
    last, first = sitting[0], sitting[-1]
    if last.person_id is None:
        words = say(lang, _BY_THE_CLOCK.get(last.action, _ANYTHING_BY_THE_CLOCK))
    else:
        somebody, oneself = _WORDS.get(last.action, _ANYTHING)
        words = say(lang, oneself) if who.me else say(lang, somebody, name=who.name)
    exact = moment(lang, zone, last.at)
    if len(sitting) > 1:
        exact = say_n(
            lang, "{n} entry, from {first} to {last}", "{n} entries, from {first} to {last}", len(sitting),
            first=moment(lang, zone, first.at), last=exact,
        )  # fmt: skip
    return LogLine(
        id=f"{last.at.timestamp():.6f}{last.action}",
        role=last.role,
        words=words,
        time=clock_time(lang, zone, last.at),
        exact=f"{exact} · {zone}",
    )


def _by_day(lang: str, zone: str, lines: list[tuple[datetime, LogLine]]) -> list[LogDay]:
    days: dict[str, list[LogLine]] = {}
    for at, line in lines:
        days.setdefault(day(lang, zone, at), []).append(line)
    return [LogDay(words, found) for words, found in days.items()]
