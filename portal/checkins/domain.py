"""What a relationship check-in is: its states and how they change, who may see what when, and the rules of its signals."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Self

from portal.kit.i18n import N_
from portal.kit.refusal import Refusal

LOWEST, HIGHEST = 0, 10
LIFE = timedelta(days=14)
WORTH_A_WORD = 2
"""So many notches apart two answers are worth bringing to a session."""


class Item(StrEnum):
    """The six statements, in the order in which they are asked (Bordin's goals, tasks and bond, and three more)."""

    GOALS = "goals"
    WAY = "way"
    BOND = "bond"
    UNDERSTOOD = "understood"
    VOICE = "voice"
    PACE = "pace"


class Line(StrEnum):
    """The two halves of the open line."""

    KEEP = "keep"
    CHANGE = "change"


class Side(StrEnum):
    """The two sides that answer."""

    CLIENT = "client"
    THERAPIST = "therapist"

    @property
    def other(self) -> "Side":
        """The side across."""
        return Side.THERAPIST if self is Side.CLIENT else Side.CLIENT


class Status(StrEnum):
    """Where a check-in stands. OPEN covers "nobody yet" and "one side done": `done` tells which."""

    OPEN = "open"
    REVEALED = "revealed"
    TALKED_ABOUT = "talked_about"
    CLOSED = "closed"
    CHOICE = "choice"
    SHARED_ALONE = "shared_alone"
    KEPT_PRIVATE = "kept_private"
    DISCARDED = "discarded"
    LAPSED = "lapsed"


class Choice(StrEnum):
    """What a client may do with answers that the therapist did not match in time."""

    SHARE = "share"
    KEEP = "keep"
    DISCARD = "discard"


OPENED_FOR_BOTH = frozenset({Status.REVEALED, Status.TALKED_ABOUT, Status.CLOSED})
SHOWS_CLIENT = OPENED_FOR_BOTH | {Status.SHARED_ALONE}
"""Where the client's answers belong to both sides' course."""


class Illegal(Refusal):
    """A transition that the state does not allow. Names the action and the state; nothing was changed."""

    sentence = "That is not possible with this check-in as it stands now. Nothing was changed."

    def __init__(self, *, action: str, status: Status) -> None:
        super().__init__(action=action, status=status.value)


class AlreadyRevealed(Illegal):
    """Answers are fixed once both sides have seen them."""

    sentence = "This check-in has opened for both of you, so its answers stay as they are. You can add a note below."


class TooLate(Illegal):
    """Its time ran out before both sides were done."""

    sentence = "The time of this check-in is over, so it takes no more answers. Nothing was changed."


class AlreadyDone(Illegal):
    """Done answers must be taken up again before they change."""

    sentence = "You have handed these answers in. Choose “Change my answers” first."


class NotDone(Illegal):
    """There is nothing to take back."""

    sentence = "These answers are not handed in, so there is nothing to take back."


class NotRevealed(Illegal):
    """Both sides have to be done first."""

    sentence = "This check-in has not opened for both of you yet."


class AlreadyTalkedAbout(Illegal):
    """Somebody marked it a moment ago."""

    sentence = "This check-in is marked as talked about already."


class NotTalkedAbout(Illegal):
    """Closing comes after talking."""

    sentence = "Mark this check-in as talked about first; then it can be closed."


class AlreadyClosed(Illegal):
    """Nothing follows closing but notes."""

    sentence = "This check-in is closed already. You can still add a note."


class NothingToChoose(Illegal):
    """The choice after an expiry was made, or there is none."""

    sentence = "There is nothing to choose for this check-in any more."


class ChoiceIsTheClients(Illegal):
    """Only whose answers they are decides on them."""

    sentence = "Only the client decides what happens with these answers."


class NothingAnswered(Refusal):
    """An empty sheet would only open the other's."""

    sentence = "Please answer at least one statement, or write one line, before you hand it in."


class NoteTooEarly(Illegal):
    """Notes are additions to what both have seen."""

    sentence = "Notes can be added once the check-in is open to be read by both of you."


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One check-in as its rules see it. Every change returns a new value; an illegal one raises an `Illegal`."""

    status: Status
    opened_at: datetime
    expires_at: datetime
    done: frozenset[Side] = frozenset()
    talked: bool = False
    """Whether they talked about answers that one side shared alone: a state of its own only where both sides are open."""

    @classmethod
    def opened(cls, now: datetime, next_session_at: datetime | None) -> Self:
        """A fresh check-in."""
        return cls(Status.OPEN, now, expiry(now, next_session_at))

    def at(self, now: datetime) -> "CheckIn":
        """The check-in as time alone has made it by `now`."""
        if self.status is not Status.OPEN or now < self.expires_at:
            return self
        if Side.CLIENT in self.done:
            return replace(self, status=Status.CHOICE, done=frozenset({Side.CLIENT}))
        return replace(self, status=Status.LAPSED, done=frozenset())

    def rescheduled(self, next_session_at: datetime | None, now: datetime) -> "CheckIn":
        """The same with the expiry that the session now planned gives it; an expiry that has passed stands."""
        if self.status is not Status.OPEN or now >= self.expires_at:
            return self
        return replace(self, expires_at=expiry(self.opened_at, next_session_at))

    def after_edit(self, side: Side, now: datetime) -> "CheckIn":
        """Somebody fills in their own sheet. Raises AlreadyRevealed, TooLate, AlreadyDone."""
        self._answerable("answer", now)
        if side in self.done:
            raise AlreadyDone(action="answer", status=self.status)
        return self

    def after_submit(self, side: Side, now: datetime) -> "CheckIn":
        """One side is done; with the second the check-in opens for both. Raises as `after_edit`."""
        self._answerable("hand in", now)
        if side in self.done:
            raise AlreadyDone(action="hand in", status=self.status)
        done = self.done | {side}
        return replace(self, done=done, status=Status.REVEALED if len(done) == len(Side) else Status.OPEN)

    def after_take_back(self, side: Side, now: datetime) -> "CheckIn":
        """One side is not done any more: to change the answers, or to retract them. Raises AlreadyRevealed, TooLate, NotDone."""
        self._answerable("take back", now)
        if side not in self.done:
            raise NotDone(action="take back", status=self.status)
        return replace(self, done=self.done - {side})

    def after_talk(self, side: Side, now: datetime) -> "CheckIn":
        """Either side says that they talked about it; what was shared alone stays shared alone. Raises NotRevealed, AlreadyTalkedAbout, AlreadyClosed."""
        here = self.at(now)
        if here.status is Status.TALKED_ABOUT or (here.status is Status.SHARED_ALONE and here.talked):
            raise AlreadyTalkedAbout(action="mark as talked about", status=here.status)
        if here.status is Status.CLOSED:
            raise AlreadyClosed(action="mark as talked about", status=here.status)
        if here.status is Status.SHARED_ALONE:
            return replace(here, talked=True)
        if here.status is not Status.REVEALED:
            raise NotRevealed(action="mark as talked about", status=here.status)
        return replace(here, status=Status.TALKED_ABOUT)

    def after_close(self, side: Side, now: datetime) -> "CheckIn":
        """Either side closes what was talked about. Raises NotRevealed, NotTalkedAbout, AlreadyClosed."""
        here = self.at(now)
        if here.status is Status.CLOSED:
            raise AlreadyClosed(action="close", status=here.status)
        if here.status is Status.REVEALED:
            raise NotTalkedAbout(action="close", status=here.status)
        if here.status is not Status.TALKED_ABOUT:
            raise NotRevealed(action="close", status=here.status)
        return replace(here, status=Status.CLOSED)

    def after_choice(self, side: Side, choice: Choice, now: datetime) -> "CheckIn":
        """The client decides on answers that stayed alone. Raises ChoiceIsTheClients, NothingToChoose.

        What was kept private may be shared or discarded later, and an unfinished sheet of a lapsed check-in discarded.
        """
        here = self.at(now)
        if side is not Side.CLIENT:
            raise ChoiceIsTheClients(action=choice.value, status=here.status)
        chosen = _CHOSEN[choice]
        if chosen not in _MAY_BECOME.get(here.status, frozenset()):
            raise NothingToChoose(action=choice.value, status=here.status)
        return replace(here, status=chosen)

    def after_note(self, side: Side, now: datetime) -> "CheckIn":
        """Additions, and nothing else, once both may read. Raises NoteTooEarly."""
        here = self.at(now)
        if here.status not in SHOWS_CLIENT:
            raise NoteTooEarly(action="add a note", status=here.status)
        return here

    def shows(self, author: Side, reader: Side | None, now: datetime) -> bool:
        """Whether `reader` may read what `author` answered. A reader of neither side (a supervisor) is None.

        The whole sealing rests on this: the other side's answers only after the reveal, a therapist's never alone.
        """
        here = self.at(now)
        if here.status in OPENED_FOR_BOTH:
            return True
        if here.status is Status.SHARED_ALONE:
            return author is Side.CLIENT
        if author is not reader:
            return False
        return author is Side.CLIENT or here.status is Status.OPEN

    def destroys(self, author: Side, now: datetime) -> bool:
        """Whether what `author` answered must not exist any more."""
        here = self.at(now)
        if author is Side.THERAPIST:
            return here.status not in OPENED_FOR_BOTH | {Status.OPEN}
        return here.status is Status.DISCARDED

    def _answerable(self, action: str, now: datetime) -> None:
        here = self.at(now)
        if here.status in OPENED_FOR_BOTH:
            raise AlreadyRevealed(action=action, status=here.status)
        if here.status is not Status.OPEN:
            raise TooLate(action=action, status=here.status)


_CHOSEN = {Choice.SHARE: Status.SHARED_ALONE, Choice.KEEP: Status.KEPT_PRIVATE, Choice.DISCARD: Status.DISCARDED}
_MAY_BECOME = {
    Status.CHOICE: frozenset(_CHOSEN.values()),
    Status.KEPT_PRIVATE: frozenset({Status.SHARED_ALONE, Status.DISCARDED}),
    Status.LAPSED: frozenset({Status.DISCARDED}),
}


def expiry(opened_at: datetime, next_session_at: datetime | None) -> datetime:
    """When an open check-in ends: after 14 days or at the start of the next session, whichever is first."""
    latest = opened_at + LIFE
    if next_session_at is None or next_session_at <= opened_at:
        return latest
    return min(latest, next_session_at)


def next_due(started_at: datetime, last_opened_at: datetime | None, cadence_days: int) -> datetime | None:
    """When the next check-in is due: a cadence after the last one (or after the case's start); none while it is off."""
    if cadence_days <= 0:
        return None
    return (last_opened_at or started_at) + timedelta(days=cadence_days)


Ratings = Mapping[Item, int]
"""The answered statements of one side, each 0 to 10. A skipped one is absent, and nothing is put in its place."""


def mean(ratings: Ratings) -> Fraction | None:
    """The mean of the given answers (0 to 10), exact; none when nothing was answered."""
    return Fraction(sum(ratings.values()), len(ratings)) if ratings else None


class Rule(StrEnum):
    """The rules of which one at most becomes the banner of a check-in."""

    LEVEL = "R1"
    DROP = "R2"
    OWN_COURSE = "R3"
    GAP = "R4"


class Kind(StrEnum):
    """What exactly a rule found."""

    MEAN_LOW = "mean_low"
    ANSWER_LOW = "answer_low"
    MEAN_FELL = "mean_fell"
    ANSWER_FELL = "answer_fell"
    BELOW_LIMIT = "below_limit"
    THERAPIST_HIGHER = "therapist_higher"
    CLIENT_HIGHER = "client_higher"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of the rules (points of the 0–10 scale unless the name says otherwise). Unvalidated, and said to be so."""

    low_mean: Fraction = Fraction(7)
    low_answer: int = 4
    mean_fall: Fraction = Fraction(1)
    answer_fall: int = 3
    first_checkin: int = 6
    limit_factor: Fraction = Fraction(266, 100)
    least_range: Fraction = Fraction(2, 10)
    therapist_higher: int = 2
    client_higher: int = 3


STANDARD = Thresholds()


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason of a signal: the value found, what it was compared with, and the statement if it is about one."""

    kind: Kind
    value: Fraction
    against: Fraction
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """What the rules say of one check-in: at most one banner with its reasons, and whether the ceiling question is asked."""

    rule: Rule | None = None
    findings: tuple[Finding, ...] = ()
    ceiling: bool = False


def level(client: Ratings, rules: Thresholds = STANDARD) -> tuple[Finding, ...]:
    """R1: the mean of the client's answers is below 7.0, or a single answer is 4 or less."""
    found = []
    average = mean(client)
    if average is not None and average < rules.low_mean:
        found.append(Finding(Kind.MEAN_LOW, average, rules.low_mean))
    low = [item for item in Item if item in client and client[item] <= rules.low_answer]
    found += [Finding(Kind.ANSWER_LOW, Fraction(client[item]), Fraction(rules.low_answer), item) for item in low]
    return tuple(found)


def drop(client: Ratings, previous: Ratings | None, rules: Thresholds = STANDARD) -> tuple[Finding, ...]:
    """R2: since the previous revealed check-in the client's mean fell by 1.0 or more, or one answer by 3 or more.

    Means are compared over the statements answered both times: a skipped answer is not made up.
    """
    both = [item for item in Item if previous and item in previous and item in client]
    if previous is None or not both:
        return ()
    found = []
    before, now = (Fraction(sum(ratings[item] for item in both), len(both)) for ratings in (previous, client))
    if before - now >= rules.mean_fall:
        found.append(Finding(Kind.MEAN_FELL, now, before))
    fell = [item for item in both if previous[item] - client[item] >= rules.answer_fall]
    found += [Finding(Kind.ANSWER_FELL, Fraction(client[item]), Fraction(previous[item]), item) for item in fell]
    return tuple(found)


def own_limit(earlier: Sequence[Fraction], rules: Thresholds = STANDARD) -> Fraction | None:
    """The lower limit of the person's own course, from their earlier means in order of time; none while they are too few.

    Individuals chart (Shewhart): mean − 2.66 × mean moving range, the mean moving range being at least 0.2.
    """
    if len(earlier) < rules.first_checkin - 1:
        return None
    steps = [abs(after - before) for before, after in itertools.pairwise(earlier)]
    moving_range = max(sum(steps, Fraction(0)) / len(steps), rules.least_range)
    return sum(earlier, Fraction(0)) / len(earlier) - rules.limit_factor * moving_range


def own_course(client: Ratings, earlier: Sequence[Fraction], rules: Thresholds = STANDARD) -> tuple[Finding, ...]:
    """R3: from the sixth check-in on, the mean is below the limit of the client's own earlier course."""
    average, limit = mean(client), own_limit(earlier, rules)
    if average is None or limit is None or average >= limit:
        return ()
    return (Finding(Kind.BELOW_LIMIT, average, limit),)


def gaps(client: Ratings, therapist: Ratings, rules: Thresholds = STANDARD) -> tuple[Finding, ...]:
    """R4: on a statement the therapist's answer is 2 or more above the client's, or the client's 3 or more above; widest first."""
    found = []
    for item in Item:
        if item not in client or item not in therapist:
            continue
        ours, theirs = Fraction(client[item]), Fraction(therapist[item])
        if theirs - ours >= rules.therapist_higher:
            found.append(Finding(Kind.THERAPIST_HIGHER, theirs, ours, item))
        elif ours - theirs >= rules.client_higher:
            found.append(Finding(Kind.CLIENT_HIGHER, ours, theirs, item))
    return tuple(sorted(found, key=lambda one: (one.kind is not Kind.THERAPIST_HIGHER, one.against - one.value)))


def flat_top(sheets: Sequence[Ratings]) -> bool:
    """R5: the last three of the client's check-ins (in order of time) have all six answers at 10. Never an alert."""
    last = sheets[-3:]
    return len(last) == 3 and all(len(one) == len(Item) and min(one.values()) == HIGHEST for one in last)


def signal(
    client: Ratings, therapist: Ratings, earlier: Sequence[Ratings], rules: Thresholds = STANDARD
) -> Signal:
    """The one banner of a check-in, highest first: R1, R2, R4, R3; `earlier` are the client's answers before, in order of time."""
    given = [one for one in earlier if one]
    means = [average for one in given if (average := mean(one)) is not None]
    ceiling = flat_top([*earlier, client])
    for rule, findings in (
        (Rule.LEVEL, level(client, rules)),
        (Rule.DROP, drop(client, earlier[-1] if earlier else None, rules)),
        (Rule.GAP, gaps(client, therapist, rules)),
        (Rule.OWN_COURSE, own_course(client, means, rules)),
    ):
        if findings:
            return Signal(rule, findings, ceiling)
    return Signal(ceiling=ceiling)


@dataclass(frozen=True, slots=True)
class Gap:
    """One statement with both answers, either of which may be missing."""

    item: Item
    client: int | None
    therapist: int | None

    @property
    def width(self) -> int:
        """Therapist minus client, −10 to 10; 0 when an answer is missing."""
        return 0 if self.client is None or self.therapist is None else self.therapist - self.client


def side_by_side(client: Ratings, therapist: Ratings) -> tuple[Gap, ...]:
    """All six statements: the therapist higher first, then the client higher, each widest first; then equal, then incomplete."""
    rows = [Gap(item, client.get(item), therapist.get(item)) for item in Item]

    def place(row: Gap) -> tuple[int, int]:
        if row.client is None or row.therapist is None:
            return 3, 0
        return (0 if row.width > 0 else 1 if row.width < 0 else 2), -abs(row.width)

    return tuple(sorted(rows, key=place))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in its two wordings, which ask for the same thing from either side; {name} is the client.

    The open questions belong to the gap view: one for each direction in which the two answers may stand apart.
    """

    name: str
    client: str
    therapist: str
    therapist_higher: str
    client_higher: str


STATEMENTS = {
    Item.GOALS: Statement(
        N_("Goals"),
        N_("We are working on what matters to me."),
        N_("We are working on what matters to {name}."),
        N_("What matters most now, and how much of it do we touch?"),
        N_("What makes it feel like the right work?"),
    ),
    Item.WAY: Statement(
        N_("Way of working"),
        N_("How we work makes sense to me."),
        N_("How we work makes sense to {name}."),
        N_("Which part of how we work is hard to see the sense of?"),
        N_("What in how we work helps most?"),
    ),
    Item.BOND: Statement(
        N_("Bond"),
        N_("I could be myself here."),
        N_("There was room for {name} to be real here."),
        N_("When was it harder to be yourself here?"),
        N_("What makes it possible to be yourself here?"),
    ),
    Item.UNDERSTOOD: Statement(
        N_("Understood"),
        N_("What I meant came across."),
        N_("What {name} meant came across to me."),
        N_("What did not come across as it was meant?"),
        N_("What was it that came across well?"),
    ),
    Item.VOICE: Statement(
        N_("Voice"),
        N_("I could say it if something bothered me."),
        N_("{name} could say it if something was wrong."),
        N_("What would have made it easier to say?"),
        N_("What makes it possible to say difficult things here?"),
    ),
    Item.PACE: Statement(
        N_("Pace and fit"),
        N_("Pace and style suited me, including my background and values."),
        N_("Pace and style suited {name}, including background and values."),
        N_("What would fit better: slower, faster, or something else about you that we should know?"),
        N_("What about the pace and the style should stay as it is?"),
    ),
}
SAME_QUESTION = N_("You see this alike. What is behind it?")
