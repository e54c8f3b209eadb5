"""The verbs of ladders: writing the five levels together, saying where things stand, and the score over all goals."""

from itertools import takewhile
from typing import Any

from portal.access.gate import Caller, OpenCase, open_case
from portal.access.permissions import Act, Permission
from portal.goals import service as goals
from portal.goals.domain import Actor, KnownGoal, may_undo, same_burst
from portal.kit.i18n import N_
from portal.kit.merge import merged
from portal.kit.refusal import ChangedMeanwhile
from portal.ladders import domain
from portal.ladders.domain import Action, Side, Standing
from portal.ladders.models import Ladder, LadderLevel
from portal.ladders.repository import Found, Ladders
from portal.ladders.schemas import (
    LEVEL_MOST,
    UNDO_WORDS,
    LadderReader,
    LadderRecord,
    LadderSaved,
    LaddersView,
    LadderView,
    parse_level,
    parse_start,
    parse_text,
    parse_weight,
)
from portal.writing import service as writing
from portal.writing.domain import Burst

HISTORY = 40

READ, WRITE = Permission.READ_GOALS, Permission.WRITE_LADDERS

_LOOK_AGAIN = N_("The other of you changed this a moment ago. It is shown here as it is now; please look again.")
_OTHER_WORDS = N_("The words of this level changed a moment ago. They are shown here as they are now; please look again.")


# --- reading


def of_goal(caller: Caller, case_id: str, goal_id: str, *, lang: str = "", history: bool = False) -> LadderView:
    """The ladder of a goal, or that it has none. Raises NotFound, NotSignedIn and Forbidden, like every verb here."""
    with open_case(caller, case_id, READ, about=goal_id[:36]) as case:
        goal, ladders, reader = goals.known_goal(case, goal_id), Ladders(case), LadderReader.of(case, lang)
        found = ladders.of_goal(goal.id)
        if found is None:
            return reader.nothing_yet(goal, open_now=_is_open(goal))
        changes = ladders.changes(found.ladder.id, HISTORY) if history else []
        standing = ladders.standing(found.ladder)
        return reader.ladder(
            found.ladder.id,
            found.ladder.version,
            goal,
            standing,
            [(one.id, one.level, ladders.text(one), one.version) for one in found.levels],
            open_now=_is_open(goal),
            reworded=_is_reworded(found, standing),
            history=[(change, *ladders.parts(change)) for change in changes],
        )


def _is_open(goal: KnownGoal) -> bool:
    try:
        domain.check_open(goal.standing)
    except domain.NoLadderNow:
        return False
    return True


def _is_reworded(found: Found, standing: Standing) -> bool:
    said_at = found.ladder.level_at
    return said_at is not None and any(one.level == standing.level and one.changed_at > said_at for one in found.levels)


def summary(caller: Caller, case_id: str, *, lang: str = "") -> LaddersView:
    """All ladders of the goals on the board whose levels have words, and the score over them."""
    with open_case(caller, case_id, READ) as case:
        return LadderReader.of(case, lang).summary(_whole(case))


def ladders_of(case: OpenCase) -> list[LadderRecord]:
    """Every ladder of an opened case, also one that is still being written or whose goal is in the archive: for an export."""
    ladders = Ladders(case)
    standings = ((found, ladders.standing(found.ladder)) for found in ladders.all())
    return [
        LadderRecord(found.ladder.goal_id, tuple(map(ladders.text, found.levels)), one.start, one.level, one.weight) for found, one in standings
    ]


def _whole(case: OpenCase) -> list[tuple[KnownGoal, Standing]]:
    ladders, known = Ladders(case), goals.known_goals(case)
    found = ladders.of_goals([goal.id for goal in known])
    return [
        (goal, ladders.standing(one.ladder))
        for goal in known
        if (one := found.get(goal.id)) is not None and ladders.is_whole(one)
    ]


# --- writing it


def begin(caller: Caller, case_id: str, goal_id: str, *, op: str) -> LadderSaved:
    """Begin a ladder for a goal. Where there is one already, nothing is changed. Raises NoLadderNow."""
    with open_case(caller, case_id, WRITE, op=op, about=goal_id[:36], act=Act.BEGIN_LADDER) as case:
        goal, ladders = goals.known_goal(case, goal_id), Ladders(case)
        domain.check_open(goal.standing)
        there = ladders.of_goal(goal.id)
        if there is not None:
            return LadderSaved(there.ladder.id, there.ladder.version, changed=False)
        found = ladders.add(goal.id)
        ladders.write(found.ladder, Action.BEGIN, {}, {}, operation=op)
        return LadderSaved(found.ladder.id, 1)


def write(caller: Caller, case_id: str, level_id: str, text: str, seen: int, *, op: str) -> LadderSaved:
    """Give a level its words. `seen` is the version that the person started from; ChangedMeanwhile carries the other words."""
    text = parse_text(text)
    with open_case(caller, case_id, WRITE, op=op) as case:
        pen = _Pen(case, Ladders(case).with_level(level_id), op)
        level = pen.found.level(level_id)
        current = pen.ladders.text(level)
        if current == text:
            return LadderSaved(level.id, level.version, changed=False)
        if seen < level.version:
            raise ChangedMeanwhile(theirs=current, version=level.version, field="level")
        pen.write(level, text)
        return LadderSaved(level.id, level.version)


def bring_back(caller: Caller, case_id: str, change_id: str, *, op: str) -> LadderSaved:
    """Take earlier words of a level again, from the ladder's history."""
    with open_case(caller, case_id, WRITE, op=op, act=Act.TAKE_LADDER_WORDS) as case:
        ladders = Ladders(case)
        change = ladders.change(change_id)
        before, _ = ladders.parts(change)
        pen = _Pen(case, ladders.with_level(change.level_id or ""), op)
        level = pen.found.level(change.level_id or "")
        if not before.get("text") or before["text"] == ladders.text(level):
            return LadderSaved(level.id, level.version, changed=False)
        pen.write(level, before["text"], anew=True)
        return LadderSaved(level.id, level.version)


# --- where it stands


def start_from(caller: Caller, case_id: str, ladder_id: str, start: str, seen: int, *, op: str) -> LadderSaved:
    """Say from which level it started ("-2" to "2", "" leaves it open). Raises NotWhole, and ChangedMeanwhile on another's newer choice."""
    level = parse_start(start)
    with open_case(caller, case_id, WRITE, op=op, act=Act.SET_LADDER_START) as case:
        pen = _Pen(case, Ladders(case).one(ladder_id), op)
        after = domain.start_from(pen.standing, level, whole=pen.ladders.is_whole(pen.found))
        return pen.put(Action.START, after, seen=seen)


def weigh(caller: Caller, case_id: str, ladder_id: str, weight: int, seen: int, *, op: str) -> LadderSaved:
    """Say how much the goal counts in the score: 0 not at all, 1 as usual, 2 or 3 times."""
    weight = parse_weight(weight)
    with open_case(caller, case_id, WRITE, op=op, act=Act.WEIGH_LADDER) as case:
        pen = _Pen(case, Ladders(case).one(ladder_id), op)
        return pen.put(Action.WEIGH, domain.weigh(pen.standing, weight), seen=seen)


def say_now(caller: Caller, case_id: str, level_id: str, seen: int, *, op: str) -> LadderSaved:
    """Say, for one's own side, that things stand at this level, as its words were read. Raises NotWhole."""
    with open_case(caller, case_id, WRITE, op=op, act=Act.SAY_LADDER_LEVEL) as case:
        pen = _Pen(case, Ladders(case).with_level(level_id), op)
        level = pen.found.level(level_id)
        if seen < level.version:
            raise ChangedMeanwhile(_OTHER_WORDS, theirs="", version=level.version, field="level")
        after = domain.say_now(pen.standing, Side(case.role.value), parse_level(level.level), whole=pen.ladders.is_whole(pen.found))
        return pen.put(Action.TICK, after)


def undo(caller: Caller, case_id: str, undone: str, *, op: str) -> LadderSaved:
    """Take one's own choice back, by its operation, within ten seconds. Raises TooLateToUndo, and ChangedSince when something newer rests on it."""
    with open_case(caller, case_id, WRITE, op=op, act=Act.UNDO_LADDER) as case:
        ladders = Ladders(case)
        change = ladders.own_change(undone)
        if Action(change.action) not in UNDO_WORDS or not may_undo(change.until, change.person_id, _actor(case), case.now):
            raise domain.TooLateToUndo
        before, after = ladders.parts(change)
        pen = _Pen(case, ladders.one(change.ladder_id), op)
        if change.level_id is not None:
            level = pen.found.level(change.level_id)
            if ladders.text(level) != after["text"]:
                raise domain.ChangedSince
            pen.write(level, before["text"], anew=True, action=Action.UNDO)
            return LadderSaved(level.id, level.version)
        if any(value != after.get(part) for part, value in _parts(pen.standing).items() if part in before):
            raise domain.ChangedSince
        # The other has said the same since: what both said must not stand on a word that was taken back.
        newer = takewhile(lambda one: one.id != change.id, ladders.changes(change.ladder_id, HISTORY))
        if change.action == Action.TICK and any("level" in ladders.parts(one)[1] for one in newer):
            raise domain.ChangedSince
        return pen.put(Action.UNDO, _standing(_parts(pen.standing) | before))


class _Pen:
    """One change of one ladder, told in its history."""

    def __init__(self, case: OpenCase, found: Found, op: str) -> None:
        self._case, self._op = case, op
        self.found, self.ladders = found, Ladders(case)
        goal = goals.known_goal(case, found.ladder.goal_id)
        case.about = goal.id
        domain.check_open(goal.standing)
        self.standing = self.ladders.standing(found.ladder)

    @property
    def ladder(self) -> Ladder:
        """The ladder's row."""
        return self.found.ladder

    def put(self, action: Action, after: Standing, *, seen: int | None = None) -> LadderSaved:
        """Let the ladder stand where the domain put it, and write what differs. Raises ChangedMeanwhile if it is newer than `seen`."""
        was, now = _parts(self.standing), _parts(after)
        changed = [part for part in now if now[part] != was[part]]
        if not changed:
            return LadderSaved(self.ladder.id, self.ladder.version, changed=False)
        if seen is not None and seen < self.ladder.version:
            raise ChangedMeanwhile(_LOOK_AGAIN, theirs="", version=self.ladder.version, field="ladder")
        self.ladders.put(self.ladder, after)
        self.ladders.write(
            self.ladder, action, {part: was[part] for part in changed}, {part: now[part] for part in changed}, operation=self._op
        )
        return LadderSaved(self.ladder.id, self.ladder.version)

    def write(self, level: LadderLevel, text: str, *, anew: bool = False, action: Action = Action.WRITE) -> None:
        """Give a level other words: told as one entry with what the same person wrote just before, unless it is to be told `anew`."""
        current = self.ladders.text(level)
        last = None if anew else self.ladders.last_writing(level.id)
        self.ladders.put_text(level, text)
        goes_on = last is not None and last.action == Action.WRITE and same_burst(last.person_id, last.until, _actor(self._case), self._case.now)
        if last is not None and goes_on:
            before, _ = self.ladders.parts(last)
            self.ladders.renew(last, before, {"text": text}, self._op)
            return
        self.ladders.write(self.ladder, action, {"text": current}, {"text": text}, operation=self._op, level_id=level.id)


def _actor(case: OpenCase) -> Actor:
    return Actor(case.me.person_id, case.role.value)


def _parts(standing: Standing) -> dict[str, Any]:
    """Everything about a ladder that a choice can touch and an undo can put back."""
    said = {side.value: standing.said.get(side) for side in Side}
    return {"start": standing.start, "weight": standing.weight, **said, "level": standing.level}


def _standing(parts: dict[str, Any]) -> Standing:
    said = {side: parts[side.value] for side in Side if parts[side.value] is not None}
    return Standing(parts["start"], parts["weight"], said, parts["level"])


# --- the words of a level are written together


def _find_level(case: OpenCase, level_id: str) -> writing.Found:
    ladders = Ladders(case)
    found = ladders.with_writing(level_id)
    goal = goals.known_goal(case, found.ladder.goal_id)
    case.about = goal.id
    return writing.Found(ladders.text(found.level), _is_open(goal), (found, goal))


def _write_level(case: OpenCase, text: writing.Found, written: writing.Written, op: str) -> bool:
    """Store the words with who wrote them, one entry per burst; whether an entry of theirs went on."""
    ladders = Ladders(case)
    found, goal = text.held
    domain.check_open(goal.standing)
    if written.text != text.text:
        ladders.put_text(found.level, written.text)
    last, burst = found.last, written.burst
    if last is None or last.action != Action.WRITE or not same_burst(last.person_id, last.until, _actor(case), case.now):
        if not burst.is_nothing:
            ladders.write(found.ladder, Action.WRITE, {"text": burst.before}, {"text": burst.after}, operation=op, level_id=found.level.id)
        return False
    before, after = ladders.parts(last)
    whole = Burst(before["text"], after["text"]).goes_on(burst.before, burst.after, merged)
    if whole.is_nothing:
        ladders.drop(last)
    else:
        ladders.renew(last, {"text": whole.before}, {"text": whole.after}, op)
    return True


writing.KINDS["ladder.level"] = writing.Kind(READ, WRITE, LEVEL_MOST, _find_level, _write_level, lines=False)
