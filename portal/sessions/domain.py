"""What a session is and what becomes of it: beginning, going from place to place together, coming to an end, keeping what was agreed."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.kit.refusal import Refusal

LONGEST = timedelta(hours=4)
"""A session that nobody has ended is over after this time: it was forgotten."""

SAME_SESSION = timedelta(hours=12)
"""A session that begins so long before its planned time is still the planned one."""

UNDO_TIME = timedelta(seconds=10)
UNDO_GRACE = timedelta(seconds=5)
"""What a late message may take on its way."""

MOST_BROUGHT = 3
"""So many things can be brought to one session."""


class Phase(StrEnum):
    """Where a session stands."""

    RUNNING = "running"
    CLOSING = "closing"
    ENDED = "ended"


class Place(StrEnum):
    """The pages that both can look at together; nothing else can be led to."""

    SESSION = "session"
    GOALS = "goals"
    GOAL = "goal"
    FEEDBACK = "feedback"
    CHECKINS = "checkins"
    CHECKIN = "checkin"
    COURSE = "course"
    DECISIONS = "decisions"
    DECISION = "decision"


NEEDS_ROW = frozenset({Place.GOAL, Place.CHECKIN, Place.DECISION})
"""These are about one row each."""
MAY_NAME_ROW = NEEDS_ROW | {Place.FEEDBACK}
"""The feedback page may be opened at one share."""


class Kind(StrEnum):
    """What can be brought to a session."""

    SHARE = "share"
    GAP = "gap"
    GOAL = "goal"
    CHANGE = "change"


class OutOfTurn(Refusal):
    """What was asked does not fit the phase that the session is in: `phase` and `action` name both."""

    sentence = "That is not possible at this point of the session. The page shows how it stands now."

    def __init__(self, phase: Phase, action: str) -> None:
        super().__init__()
        self.phase = phase
        self.action = action
        self.args = (f"{action} while {phase}",)


class NotRunning(OutOfTurn):
    """The session has ended, or has not begun."""

    sentence = "No session is running at the moment, so there is nothing to do together."


class RunsAlready(OutOfTurn):
    """A second session of the same two at the same time."""

    sentence = "A session is running already. You can join it."


class KeptAlready(OutOfTurn):
    """What was agreed is kept as it is."""

    sentence = "This is kept as it is. Choose “Write on” first, if something is missing."


class NothingWritten(Refusal):
    """An empty text cannot be kept."""

    sentence = "Nothing is written here yet. Write a line first, or simply leave it."


class TooLateToUndo(Refusal):
    """The time for an undo is over, or it was somebody else's doing."""

    sentence = "The time to undo this is over."


class EnoughBrought(Refusal):
    """Three things are picked already."""

    sentence = "You have picked three things already. Leave one of them out first."


class BroughtAlready(Refusal):
    """The same thing twice."""

    sentence = "You have picked this already."


class CaseRests(Refusal):
    """Sessions belong to a case that is being worked in."""

    sentence = "This case is resting or has ended, so no session can begin."


class NowhereTogether(Refusal):
    """A place that is not on the list, or that names no row where it needs one."""

    sentence = "The two of you cannot be led there together."


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, and the row that it is about; `row_id` is empty where none is needed."""

    place: Place = Place.SESSION
    row_id: str = ""


def spot(place: str, row_id: str) -> Spot:
    """A spot from the closed list of places. Raises NowhereTogether for any other, and for one without its row."""
    if place not in set(Place):
        raise NowhereTogether
    found = Place(place)
    if found in NEEDS_ROW and not row_id:
        raise NowhereTogether
    return Spot(found, row_id if found in MAY_NAME_ROW else "")


@dataclass(frozen=True, slots=True)
class Session:
    """One session as its rules see it. Every change returns a new value; an illegal one raises an OutOfTurn.

    `number` counts the places that the two have been at; `led_by` is who led to the present one.
    """

    started_at: datetime
    started_by: str
    closing_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    kept_at: datetime | None = None
    at: Spot = field(default_factory=Spot)
    number: int = 1
    led_by: str = ""

    def phase(self, now: datetime) -> Phase:
        """Where the session stands at `now`; one that was forgotten has ended."""
        if self.ended_at is not None or now >= self.started_at + LONGEST:
            return Phase.ENDED
        return Phase.RUNNING if self.closing_at is None else Phase.CLOSING

    def ends_at(self, now: datetime) -> datetime | None:
        """When it ended; none while it runs."""
        return (self.ended_at or self.started_at + LONGEST) if self.phase(now) is Phase.ENDED else None

    def lasts(self, now: datetime) -> timedelta:
        """How long it has lasted so far, or did in the end."""
        return max(timedelta(0), (self.ends_at(now) or now) - self.started_at)

    def after_leading(self, to: Spot, by: str, seen: int, now: datetime) -> "Session":
        """Somebody goes on to another place, and the others with them.

        `seen` is the number of the place that they came from. Who comes from an older one than the present was overtaken by
        the other, and stays with where both are now; only one's own step may be followed by a faster second one. Raises
        NotRunning.
        """
        self._need_life("lead", now)
        if to == self.at or (seen != self.number and by != self.led_by):
            return self
        return replace(self, at=to, number=self.number + 1, led_by=by)

    def after_coming_to_end(self, by: str, now: datetime) -> "Session":
        """running → closing: both look at what was agreed. Raises OutOfTurn."""
        self._need_life("come to the end", now)
        if self.closing_at is not None:
            raise OutOfTurn(Phase.CLOSING, "come to the end")
        return replace(self, closing_at=now, at=Spot(), number=self.number + 1, led_by=by)

    def after_going_on(self, now: datetime) -> "Session":
        """closing → running: it was not the end yet. Raises OutOfTurn."""
        self._need_life("go on", now)
        if self.closing_at is None:
            raise OutOfTurn(Phase.RUNNING, "go on")
        return replace(self, closing_at=None)

    def after_ending(self, by: str, now: datetime) -> "Session":
        """running or closing → ended. Raises NotRunning."""
        self._need_life("end", now)
        return replace(self, ended_at=now, ended_by=by)

    def after_forgetting(self, now: datetime) -> "Session":
        """What time alone has made of a session that nobody ended."""
        return self if self.ended_at is not None or self.phase(now) is not Phase.ENDED else replace(self, ended_at=self.ends_at(now))

    def after_reopening(self, by: str, now: datetime) -> "Session":
        """ended → as before, by whoever ended it, within ten seconds. Raises OutOfTurn and TooLateToUndo."""
        if self.ended_at is None:
            raise OutOfTurn(self.phase(now), "reopen")
        if by != self.ended_by or not _in_time(self.ended_at, now):
            raise TooLateToUndo
        return replace(self, ended_at=None, ended_by="", kept_at=None)

    def check_calling_off(self, by: str, now: datetime) -> None:
        """Whether a beginning can still be taken back: by whoever began, within ten seconds. Raises TooLateToUndo and NotRunning."""
        self._need_life("call off", now)
        if by != self.started_by or not _in_time(self.started_at, now):
            raise TooLateToUndo

    def check_writing(self, now: datetime) -> None:
        """Both may write what they agreed, until it is kept. Raises KeptAlready."""
        if self.kept_at is not None:
            raise KeptAlready(self.phase(now), "write")

    def after_keeping(self, text: str, now: datetime) -> "Session":
        """What was agreed stays as it is. Raises NothingWritten, KeptAlready, and OutOfTurn while the session still runs."""
        self.check_writing(now)
        if self.phase(now) is Phase.RUNNING:
            raise OutOfTurn(Phase.RUNNING, "keep")
        if not text:
            raise NothingWritten
        return replace(self, kept_at=now)

    def after_writing_on(self, now: datetime) -> "Session":
        """Take what was kept up again. Raises OutOfTurn if it is not kept."""
        if self.kept_at is None:
            raise OutOfTurn(self.phase(now), "write on")
        return replace(self, kept_at=None)

    def _need_life(self, action: str, now: datetime) -> None:
        if self.phase(now) is Phase.ENDED:
            raise NotRunning(Phase.ENDED, action)


def _in_time(since: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - since <= UNDO_TIME + UNDO_GRACE


def begun(by: str, living: Session | None, now: datetime) -> Session:
    """A new session. Raises RunsAlready while `living`, the one before, still runs."""
    if living is not None and (phase := living.phase(now)) is not Phase.ENDED:
        raise RunsAlready(phase, "start")
    return Session(started_at=now, started_by=by, led_by=by)


def plan_after(plan: datetime | None, planned_at: datetime | None, started_at: datetime) -> datetime | None:
    """What the plan says once a session is over. While one runs its start stands there, for that is when check-ins end.

    A plan for another day, `planned_at`, counts again; what was planned during the session stays.
    """
    was_another = planned_at is not None and planned_at > started_at + SAME_SESSION
    return planned_at if plan == started_at and was_another else plan


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to bring: a share, a goal, a change of the log, or one statement of a check-in that the two see differently (`item` names it)."""

    kind: Kind
    row_id: str
    item: str = ""


def after_bringing(already: tuple[Thing, ...], thing: Thing) -> tuple[Thing, ...]:
    """What is brought with one more. Raises EnoughBrought and BroughtAlready."""
    if thing in already:
        raise BroughtAlready
    if len(already) >= MOST_BROUGHT:
        raise EnoughBrought
    return (*already, thing)


def with_lines(text: str, lines: tuple[str, ...], most: int) -> str:
    """The text with the lines that it does not have yet, one below the other; those that would make it longer than `most` stay out."""
    known = {line.strip() for line in text.splitlines()}
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if line.strip() not in known and len(longer) <= most:
            text = longer
            known.add(line.strip())
    return text


def missing_lines(text: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the lines that do not stand in the text."""
    known = {line.strip() for line in text.splitlines()}
    return tuple(line for line in lines if line.strip() not in known)
