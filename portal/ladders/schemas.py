"""What the browser may see of ladders, ready to be shown, and what it may send."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.access.gate import OpenCase
from portal.access.permissions import CaseRole
from portal.goals.domain import KnownGoal, difference
from portal.kit.i18n import N_, ago, moment, number, say, say_n
from portal.kit.refusal import BadInput
from portal.kit.text import clean
from portal.ladders.domain import LEVELS, WEIGHTS, Action, Side, Standing, t_score
from portal.ladders.models import LadderChange

LEVEL_MOST = 500

LEVEL_WORDS: dict[int, str] = {
    2: N_("much more than expected"),
    1: N_("more than expected"),
    0: N_("what we expect"),
    -1: N_("less than expected"),
    -2: N_("much less than expected"),
}


@dataclass(frozen=True)
class PieceView:
    """A run of words of a difference: kind is "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True)
class LevelView:
    """One level: `value` is -2 to 2, `sign` how it is written. `client` and `therapist`: that side says that things stand here."""

    id: str
    value: int
    sign: str
    name: str
    text: str
    version: int
    client: bool
    therapist: bool
    mine: bool
    both: bool
    start: bool


@dataclass(frozen=True)
class EntryView:
    """One change in words; `pieces` is the difference of a level's words, `restorable` an earlier text that can be taken again."""

    id: str
    words: str
    role: str
    when: str
    exact: str
    pieces: list[PieceView]
    restorable: bool


@dataclass(frozen=True)
class LadderView:
    """The ladder of a goal as somebody sees it; without an `id` there is none yet."""

    id: str = ""
    goal_id: str = ""
    shown: bool = False
    may_write: bool = False
    whole: bool = False
    missing: str = ""
    levels: list[LevelView] = field(default_factory=list)
    start: str = ""
    weight: str = ""
    version: int = 0
    now: str = ""
    now_detail: str = ""
    others: str = ""
    client: str = ""
    therapist: str = ""
    history: list[EntryView] = field(default_factory=list)


@dataclass(frozen=True)
class LadderLine:
    """A goal's ladder in the list of all."""

    id: str
    title: str
    now: str
    start: str
    weight: str


@dataclass(frozen=True)
class LaddersView:
    """All ladders of a case: the score now and at the start ("" without), what it was made from, and what it is not."""

    lines: list[LadderLine]
    score: str
    start_score: str
    words: str
    caveat: str


@dataclass(frozen=True)
class LadderSaved:
    """What a change answers: the row's id, its version after the change, and whether anything differed at all."""

    id: str
    version: int
    changed: bool = True


@dataclass(frozen=True)
class LadderRecord:
    """A ladder as an export has it: its goal, the words of the levels from 2 down to -2, and the numbers (none: not said)."""

    goal_id: str
    texts: tuple[str, ...]
    start: int | None
    level: int | None
    weight: int


def parse_text(text: str) -> str:
    """A level's words: up to 500 characters on one line. Raises BadInput."""
    return clean(text, field="level", most=LEVEL_MOST, lines=False)


def parse_level(value: int) -> int:
    """A level: a whole number from -2 to 2. Raises BadInput."""
    if isinstance(value, bool) or value not in LEVELS:
        raise BadInput(field="level")
    return value


def parse_start(value: str) -> int | None:
    """The level that it started from, "-2" to "2", or none for an empty text. Raises BadInput."""
    if not value:
        return None
    if value not in {str(level) for level in LEVELS}:
        raise BadInput(field="start")
    return int(value)


def parse_weight(value: int) -> int:
    """How much a goal counts: 0 to 3. Raises BadInput."""
    if isinstance(value, bool) or value not in WEIGHTS:
        raise BadInput(field="weight")
    return value


def signed(level: int) -> str:
    """A level as it is written: "+2", "0", "−1"."""
    return f"+{level}" if level > 0 else f"−{-level}" if level < 0 else "0"


@dataclass(frozen=True)
class LadderReader:
    """Who reads: turns ladders into what this person is shown, in their language and zone."""

    lang: str
    zone: str
    now: datetime
    role: str
    names: dict[Side, str]
    people: dict[str, str]

    @classmethod
    def of(cls, case: OpenCase, lang: str) -> "LadderReader":
        """The person who opened the case; `lang` is the language of their page, if they have not chosen one for good."""
        lang = lang or case.language or "en"
        people = {member.person_id: (member.name.split() or [member.name])[0] for member in case.members}
        names = {
            side: ", ".join(people[member.person_id] for member in case.with_role(role)) or say(lang, gone)
            for side, role, gone in ((Side.CLIENT, CaseRole.CLIENT, N_("the client")), (Side.THERAPIST, CaseRole.THERAPIST, N_("the therapist")))
        }
        return cls(lang, case.time_zone, case.now, case.role.value, names, people)

    def say(self, sentence: str, **places: object) -> str:
        """A sentence in the reader's language."""
        return say(self.lang, sentence, **places)

    @property
    def side(self) -> Side | None:
        """Which side the reader speaks for; a supervisor only reads."""
        return Side(self.role) if self.role in set(Side) else None

    @property
    def others(self) -> str:
        """The name of the other side."""
        return self.names[Side.THERAPIST if self.side is Side.CLIENT else Side.CLIENT]

    def nothing_yet(self, goal: KnownGoal, *, open_now: bool) -> LadderView:
        """A goal that has no ladder."""
        return LadderView(goal_id=goal.id, shown=open_now, may_write=open_now and self.side is not None, others=self.others)

    def ladder(
        self,
        ladder_id: str,
        version: int,
        goal: KnownGoal,
        standing: Standing,
        levels: Sequence[tuple[str, int, str, int]],
        *,
        open_now: bool,
        reworded: bool,
        history: Sequence[tuple[LadderChange, dict[str, Any], dict[str, Any]]],
    ) -> LadderView:
        """A ladder; `levels` are id, level, words and version from the top; `reworded`: the level's words changed since both said it."""
        missing = sum(not text for _, _, text, _ in levels)
        texts = {level_id: text for level_id, _, text, _ in levels}
        numbers = {level_id: level for level_id, level, _, _ in levels}
        may_write = open_now and self.side is not None
        now, detail = self._stands(standing)
        if reworded:
            detail = self.say(N_("The words of this level were changed after you both said so. Do you still mean the same?"))
        return LadderView(
            id=ladder_id,
            goal_id=goal.id,
            shown=True,
            may_write=may_write,
            whole=not missing,
            missing=say_n(
                self.lang,
                "{n} level still needs its words. Then you can say where things stand.",
                "{n} levels still need their words. Then you can say where things stand.",
                missing,
            )
            if missing
            else "",
            levels=[self._level(*one, standing=standing) for one in levels],
            start="" if standing.start is None else str(standing.start),
            weight=str(standing.weight),
            version=version,
            now=now,
            now_detail=detail,
            others=self.others,
            client=self.names[Side.CLIENT],
            therapist=self.names[Side.THERAPIST],
            history=[self._entry(change, before, after, texts, numbers, may_write=may_write) for change, before, after in history],
        )

    def _level(self, level_id: str, level: int, text: str, version: int, *, standing: Standing) -> LevelView:
        return LevelView(
            id=level_id,
            value=level,
            sign=signed(level),
            name=self.say(LEVEL_WORDS[level]),
            text=text,
            version=version,
            client=standing.said.get(Side.CLIENT) == level,
            therapist=standing.said.get(Side.THERAPIST) == level,
            mine=self.side is not None and standing.said.get(self.side) == level,
            both=standing.level == level,
            start=standing.start == level,
        )

    def _stands(self, standing: Standing) -> tuple[str, str]:
        """What both said, and what one of them says otherwise."""
        now = "" if standing.level is None else self.say(N_("You both say: {level}"), level=signed(standing.level))
        if self.side is None and standing.level is not None:
            now = self.say(N_("They both say: {level}"), level=signed(standing.level))
        apart = [side for side in Side if side in standing.said and standing.said[side] != standing.level]
        if not apart:
            return now or self.say(N_("Nobody has said yet where things stand.")), ""
        if len(standing.said) == len(Side):
            detail = self.say(
                N_("{client} says {first}, {therapist} says {second}. What you both say counts; until then it stays as it was."),
                client=self.names[Side.CLIENT], first=signed(standing.said[Side.CLIENT]),
                therapist=self.names[Side.THERAPIST], second=signed(standing.said[Side.THERAPIST]),
            )  # fmt: skip
            return now, detail
        side = apart[0]
        other = Side.THERAPIST if side is Side.CLIENT else Side.CLIENT
        return now, self.say(
            N_("{name} says {level}. It counts once {other} says the same."),
            name=self.names[side], level=signed(standing.said[side]), other=self.names[other],
        )  # fmt: skip

    def _entry(
        self, change: LadderChange, before: dict[str, Any], after: dict[str, Any], texts: dict[str, str], numbers: dict[str, int], *, may_write: bool
    ) -> EntryView:
        action = Action(change.action)
        words, pieces = ENTRY_WORDS[action], []
        places: dict[str, object] = {"name": self.people.get(change.person_id) or self.say(N_("Somebody who was here before"))}
        if "text" in after:
            places["level"] = signed(numbers.get(change.level_id or "", 0))
            pieces = [PieceView(one.kind, one.text) for one in difference(str(before["text"]), str(after["text"]))]
        elif action is Action.TICK:
            places["level"] = signed(next(after[side] for side in (Side.CLIENT, Side.THERAPIST) if after.get(side) is not None))
        elif action is Action.START:
            words = words if after["start"] is not None else N_("{name} left open where it started")
            places["level"] = "" if after["start"] is None else signed(after["start"])
        elif action is Action.WEIGH:
            places["weight"] = self.say(WEIGHT_WORDS[after["weight"]])
        level_id = change.level_id or ""
        return EntryView(
            id=change.id,
            words=self.say(words, **places),
            role=change.role,
            when=ago(self.lang, self.zone, change.until, self.now),
            exact=moment(self.lang, self.zone, change.until),
            pieces=pieces,
            restorable=may_write and bool(before.get("text")) and texts.get(level_id, before.get("text")) != before.get("text"),
        )

    def summary(self, ladders: Sequence[tuple[KnownGoal, Standing]]) -> LaddersView:
        """All ladders with the score of those whose level both said; the one at the start only if all of these say where they started."""
        now = [(one.level, one.weight) for _, one in ladders if one.level is not None]
        began = [(one.start, one.weight) for _, one in ladders if one.level is not None and one.weight]
        known = [(start, weight) for start, weight in began if start is not None]
        score, start_score = _score(now), _score(known) if len(known) == len(began) else None
        counted = sum(weight > 0 for _, weight in now)
        return LaddersView(
            lines=[
                LadderLine(
                    goal.id,
                    goal.title,
                    self.say(N_("not said yet")) if one.level is None else f"{signed(one.level)}, {self.say(LEVEL_WORDS[one.level])}",
                    "" if one.start is None else self.say(N_("began at {level}"), level=signed(one.start)),
                    "" if one.weight == 1 else self.say(WEIGHT_WORDS[one.weight]),
                )
                for goal, one in ladders
            ],
            score="" if score is None else number(self.lang, score, 1),
            start_score="" if start_score is None else number(self.lang, start_score, 1),
            words=""
            if score is None
            else say_n(
                self.lang,
                "from the ladder of {n} goal. 50 means: exactly what was expected.",
                "from the ladders of {n} goals. 50 means: exactly what was expected, on the whole.",
                counted,
            ),
            caveat=self.say(
                N_(
                    "The five levels are an order, not a measure: from one to the next is not always the same distance. "
                    "This number is for {client} alone. It is never ranked or compared with anybody's, and the practice office never sees it."
                ),
                client=self.names[Side.CLIENT],
            ),
        )


WEIGHT_WORDS: dict[int, str] = {
    0: N_("does not count"),
    1: N_("counts as usual"),
    2: N_("counts twice"),
    3: N_("counts three times"),
}

ENTRY_WORDS: dict[Action, str] = {
    Action.BEGIN: N_("{name} began this ladder"),
    Action.WRITE: N_("{name} wrote at level {level}"),
    Action.START: N_("{name} said where it started: {level}"),
    Action.WEIGH: N_("{name} changed how much it counts: {weight}"),
    Action.TICK: N_("{name} said where things stand: {level}"),
    Action.UNDO: N_("{name} undid the last change"),
}

UNDO_WORDS: dict[Action, str] = {
    Action.START: N_("Where it started is changed"),
    Action.WEIGH: N_("How much it counts is changed"),
    Action.TICK: N_("Said where things stand"),
    Action.WRITE: N_("The earlier words are back"),
}
"""What the undo bar says after a change; what is typed has the history instead."""


def _score(ladders: Sequence[tuple[int, int]]) -> float | None:
    return t_score([level for level, _ in ladders], [weight for _, weight in ladders])
