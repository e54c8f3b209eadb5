"""The verbs of decisions: each passes the gate once, changes one thing, and writes the history that tells it."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time
from typing import Any

from portal import routes
from portal.access.gate import Caller, OpenCase, open_case
from portal.access.permissions import Permission
from portal.cases.domain import Reader, Waiting
from portal.decisions import domain
from portal.decisions.domain import ANSWERS, REWORDS, Action, ChangedSince, DecisionStatus, Standing, Text, TooLateToUndo, is_due
from portal.decisions.models import Decision, DecisionChange, DecisionOption, DecisionPoint
from portal.decisions.repository import Decisions, standing_of
from portal.decisions.schemas import (
    LONG_MOST,
    UNDO_WORDS,
    DecisionCard,
    DecisionDetail,
    DecisionFacts,
    DecisionList,
    Saved,
    View,
    parse_day,
    parse_option,
    parse_part,
    parse_point,
    parse_question,
    parse_side,
    parse_text,
)
from portal.goals.domain import CLIENT, may_undo, same_burst
from portal.kit.i18n import N_, say_n
from portal.kit.ids import new_id
from portal.kit.merge import merged
from portal.kit.refusal import ChangedMeanwhile, NotFound
from portal.writing import service as writing
from portal.writing.domain import Burst

HISTORY = 20

READ, WRITE = Permission.READ_DECISIONS, Permission.WRITE_DECISIONS
Part = DecisionOption | DecisionPoint


# --- reading


def listing(caller: Caller, case_id: str, *, lang: str = "") -> DecisionList:
    """The decisions of a case: those that are weighed, and those that were made."""
    with open_case(caller, case_id, READ) as case:
        rows = Decisions(case)
        view = View(rows, Reader.of(case, lang))
        every = rows.all(archived=None)
        options = rows.options([row.id for row in every if row.archived_at is None])
        away = sum(row.archived_at is not None for row in every)
        cards = [view.card(row, options[row.id]) for row in every if row.archived_at is None]
    reader = view.reader
    return DecisionList(
        weighed=[card for card in cards if card.status != DecisionStatus.DECIDED],
        decided=[card for card in cards if card.status == DecisionStatus.DECIDED],
        archived=say_n(reader.lang, "{n} decision in the archive", "{n} decisions in the archive", away) if away else "",
        others=reader.others,
        takes_part=reader.takes_part,
    )


def archive_of(caller: Caller, case_id: str, *, lang: str = "") -> list[DecisionCard]:
    """The decisions in the archive."""
    with open_case(caller, case_id, READ) as case:
        rows = Decisions(case)
        view = View(rows, Reader.of(case, lang))
        every = rows.all(archived=True)
        options = rows.options([row.id for row in every])
        return [view.card(row, options[row.id]) for row in every]


def decision(caller: Caller, case_id: str, decision_id: str, *, lang: str = "", history: int = HISTORY) -> DecisionDetail:
    """One decision with its options and its history. Raises NotFound."""
    with open_case(caller, case_id, READ, about=_short(decision_id)) as case:
        rows = Decisions(case)
        row = rows.find(decision_id).row
        options = rows.options([row.id])[row.id]
        points = rows.points([option.id for option in options])
        changes = rows.changes(row.id, history + 1) if history else []
        return View(rows, Reader.of(case, lang)).detail(row, options, points, changes[:history], len(changes) > history)


def of_goal(caller: Caller, case_id: str, goal_id: str, *, lang: str = "") -> list[DecisionCard]:
    """The decisions that are about one goal, without the archive."""
    with open_case(caller, case_id, READ) as case:
        rows = Decisions(case)
        view = View(rows, Reader.of(case, lang))
        some = [row for row in rows.all() if row.goal_id == goal_id]
        options = rows.options([row.id for row in some])
        return [view.card(row, options[row.id]) for row in some]


def home_part(caller: Caller, case_id: str) -> tuple[Waiting, ...]:
    """What waits for this person: the client's yes to a suggestion, and decisions whose day to look again has come."""
    with open_case(caller, case_id, READ) as case:
        today = Reader.of(case).today
        rows = Decisions(case).all()
        role = case.role.value
    found = []
    for row in rows:
        if row.status == DecisionStatus.PROPOSED and role == CLIENT:
            found.append(Waiting(N_("a suggestion to decide on"), row.status_at, routes.DECISION, row.id))
        elif row.look_on and is_due(DecisionStatus(row.status), row.look_on, False, today):
            since = datetime.combine(row.look_on, time(0), UTC)
            found.append(Waiting(N_("a decision to look at again"), since, routes.DECISION, row.id))
    return tuple(found)


def both_see(caller: Caller, case_id: str, decision_id: str) -> bool:
    """Whether there is such a decision in the case; everything about one both see."""
    with open_case(caller, case_id, READ) as case:
        try:
            return bool(Decisions(case).find(decision_id))
        except NotFound:
            return False


def changed_since(caller: Caller, case_id: str, since: datetime, lang: str = "") -> tuple[str, ...]:
    """What was decided since a moment: a line each, oldest first."""
    with open_case(caller, case_id, READ) as case:
        rows = Decisions(case)
        view = View(rows, Reader.of(case, lang))
        made = [row for row in rows.all()[::-1] if row.status == DecisionStatus.DECIDED and row.status_at >= since]
        options = rows.options([row.id for row in made])
        return tuple(view.news(row, options[row.id]) for row in made)


def every(caller: Caller, case_id: str) -> tuple[DecisionFacts, ...]:
    """All decisions of the case with those in the archive, oldest first: for the export."""
    with open_case(caller, case_id, READ) as case:
        rows = Decisions(case)
        view = View(rows, Reader.of(case))
        found = rows.all(archived=None)[::-1]
        options = rows.options([row.id for row in found])
        points = rows.points([option.id for some in options.values() for option in some])
        return tuple(view.facts(row, options[row.id], points) for row in found)


# --- weighing


def begin(caller: Caller, case_id: str, question: str, goal_id: str = "", *, known: Collection[str] = (), op: str) -> Saved:
    """Open a decision for both; `goal_id` is one of the `known` goals, or empty. Raises BadInput and NotFound."""
    question = parse_question(question)
    with open_case(caller, case_id, WRITE, op=op) as case:
        if goal_id and goal_id not in known:
            raise NotFound
        rows = Decisions(case)
        row = Decision(
            id=new_id(),
            case_id=case.id,
            author_id=case.me.person_id,
            goal_id=goal_id or None,
            question=b"",
            status=DecisionStatus.OPEN,
            status_at=case.now,
            created_at=case.now,
        )
        rows.write_text(row, "question", question)
        case.about = row.id
        case.db.add(row)
        case.db.flush()
        row.last_change_id = rows.write(row, Action.BEGIN, {}, {"question": question}, operation=op).id
        return Saved(row.id, row.version)


def reword(caller: Caller, case_id: str, decision_id: str, text_of: str, text: str, seen: int, *, op: str) -> Saved:
    """Change what is to be decided, what matters most, or the decision in words.

    `seen` is the text's version that the person started from; ChangedMeanwhile carries the other text and its version.
    """
    which = parse_part(text_of)
    text = parse_text(which, text)
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        rows = Decisions(case)
        found = rows.find(decision_id)
        return _reword(case, rows, found.row, found.last, which, text, seen, op)


def add_option(caller: Caller, case_id: str, decision_id: str, text: str, *, op: str) -> Saved:
    """Write down an option. Raises EnoughOptions at the seventh."""
    text = parse_option(text)
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        rows = Decisions(case)
        row = rows.find(decision_id).row
        domain.add_option(standing_of(row), rows.actor, len(rows.options([row.id])[row.id]))
        option = DecisionOption(
            id=new_id(), case_id=case.id, decision_id=row.id, text=b"", author_id=case.me.person_id, role=case.role.value, created_at=case.now,
        )  # fmt: skip
        return _add(case, rows, row, option, Action.ADD_OPTION, text, op, {})


def reword_option(caller: Caller, case_id: str, option_id: str, text: str, seen: int, *, op: str) -> Saved:
    """Change an option's words; either may. `seen` is the version of the words that the person started from."""
    text = parse_option(text)
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        found = rows.option(option_id)
        domain.weigh(standing_of(found.row), rows.actor, Action.REWORD_OPTION)
        return _reword_part(case, rows, found.row, found.option, found.last, Action.REWORD_OPTION, text, seen, op)


def remove_option(caller: Caller, case_id: str, option_id: str, *, op: str) -> Saved:
    """Take an option away, with what stands under it; the history keeps it. Raises OptionSuggested."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        found = rows.option(option_id)
        domain.remove_option(standing_of(found.row), rows.actor, option_id)
        return _remove(case, rows, found.row, found.option, Action.REMOVE_OPTION, op, {})


def add_point(caller: Caller, case_id: str, option_id: str, side: str, text: str, *, op: str) -> Saved:
    """Write down what speaks for or against an option, in one's own words. Raises EnoughPoints."""
    which, text = parse_side(side), parse_point(text)
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        found = rows.option(option_id)
        domain.add_point(standing_of(found.row), rows.actor, len(rows.points([option_id])[option_id]))
        point = DecisionPoint(
            id=new_id(), case_id=case.id, option_id=option_id, side=which, text=b"", author_id=case.me.person_id, role=case.role.value,
            created_at=case.now,
        )  # fmt: skip
        return _add(case, rows, found.row, point, Action.ADD_POINT, text, op, {"of_option": option_id, "side": which.value})


def reword_point(caller: Caller, case_id: str, point_id: str, text: str, seen: int, *, op: str) -> Saved:
    """Change one's own words for or against. `seen` is the version of the words that the person started from."""
    text = parse_point(text)
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        found = rows.point(point_id)
        domain.write_own(standing_of(found.row), rows.actor, found.point.author_id, Action.REWORD_POINT)
        return _reword_part(case, rows, found.row, found.point, found.last, Action.REWORD_POINT, text, seen, op)


def remove_point(caller: Caller, case_id: str, point_id: str, *, op: str) -> Saved:
    """Take one's own point away; the history keeps it."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        found = rows.point(point_id)
        domain.write_own(standing_of(found.row), rows.actor, found.point.author_id, Action.REMOVE_POINT)
        return _remove(case, rows, found.row, found.point, Action.REMOVE_POINT, op, {"of_option": found.option.id})


def tie(caller: Caller, case_id: str, decision_id: str, goal_id: str, *, known: Collection[str] = (), op: str) -> Saved:
    """Say which goal the decision is about: one of the `known` ones, or none. Raises NotFound for any other."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        if goal_id and goal_id not in known:
            raise NotFound
        rows = Decisions(case)
        row = rows.find(decision_id).row
        standing = domain.tie(standing_of(row), rows.actor)
        pen = _Pen(case, rows, row, op)
        row.goal_id = goal_id or None
        return pen.take(Action.TIE, standing)


# --- deciding, and looking again


def choose(caller: Caller, case_id: str, decision_id: str, option_id: str, seen: int, *, op: str) -> Saved:
    """The client decides on an option, the therapist suggests one; exactly what was read. Raises TooFewOptions."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        rows = Decisions(case)
        row = rows.find(decision_id).row
        options = rows.options([row.id])[row.id]
        chosen = next((option for option in options if option.id == option_id), None)
        if chosen is None:
            raise NotFound
        standing, action = domain.choose(standing_of(row), rows.actor, option_id, len(options))
        _look(row, seen, row.version)
        return _Pen(case, rows, row, op).take(action, standing, chosen=rows.text(chosen, "text"))


def agree(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """The client says yes to what was suggested, exactly as it was read."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.AGREE, decision_id, seen, op)


def answer_not_yet(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """The client leaves open what was suggested."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.NOT_YET, decision_id, seen, op)


def take_back(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """The therapist takes their suggestion back."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.TAKE_BACK, decision_id, seen, op)


def reopen(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """Weigh again what was decided."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.REOPEN, decision_id, seen, op)


def let_it_stay(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """Both looked again and it stays: the day to look again is over."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.LOOKED, decision_id, seen, op)


def archive(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """Put a decision in the archive."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.ARCHIVE, decision_id, seen, op)


def restore(caller: Caller, case_id: str, decision_id: str, seen: int, *, op: str) -> Saved:
    """Bring a decision back from the archive."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        return _take(case, Action.RESTORE, decision_id, seen, op)


VERBS: dict[Action, Callable[..., Saved]] = {
    Action.AGREE: agree,
    Action.NOT_YET: answer_not_yet,
    Action.TAKE_BACK: take_back,
    Action.REOPEN: reopen,
    Action.LOOKED: let_it_stay,
    Action.ARCHIVE: archive,
    Action.RESTORE: restore,
}
"""The verbs that need a decision and the version that was seen."""


def set_look(caller: Caller, case_id: str, decision_id: str, day: str, seen: int, *, op: str) -> Saved:
    """Say when to look again (2026-11-23), or take the day away. `seen` is the day's version that the person looked at."""
    look_on = parse_day(day)
    with open_case(caller, case_id, WRITE, op=op, about=_short(decision_id)) as case:
        rows = Decisions(case)
        row = rows.find(decision_id).row
        standing = domain.set_look(standing_of(row), rows.actor)
        if row.look_on == look_on:
            return Saved(row.id, row.look_version, changed=False)
        if seen < row.look_version:
            theirs = row.look_on.isoformat() if row.look_on else ""
            raise ChangedMeanwhile(theirs=theirs, version=row.look_version, field="look")
        pen = _Pen(case, rows, row, op)
        row.look_on = look_on
        return pen.take(Action.SET_LOOK, standing)


# --- taking back


def bring_back(caller: Caller, case_id: str, change_id: str, *, op: str) -> Saved:
    """Take an earlier text of the history again, or bring back an option or one's own point that was taken away."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        change = rows.change(change_id)
        case.about = change.decision_id
        action, (earlier, _) = Action(change.action), rows.parts(change)
        texts = {reworded: which for which, reworded in REWORDS.items()}
        if action in texts and earlier.get(texts[action]):
            found = rows.find(change.decision_id)
            which = texts[action]
            return _reword(case, rows, found.row, found.last, which, earlier[which], getattr(found.row, f"{which.value}_version"), op)
        if action in {Action.REWORD_OPTION, Action.REWORD_POINT}:
            return _bring_words_back(case, rows, change, action, str(earlier.get("option", "") or earlier.get("point", "")), op)
        if action is Action.REMOVE_OPTION:
            option = rows.option(change.part_id, removed=True)
            domain.add_option(standing_of(option.row), rows.actor, option.of_decision)
            return _restore_part(case, rows, option.row, option.option, Action.BRING_BACK, op)
        if action is Action.REMOVE_POINT:
            point = rows.point(change.part_id, removed=True)
            domain.write_own(standing_of(point.row), rows.actor, point.point.author_id, Action.BRING_BACK)
            if point.option.removed_at is None:
                domain.add_point(standing_of(point.row), rows.actor, point.of_option)
                return _restore_part(case, rows, point.row, point.point, Action.BRING_BACK, op)
        raise NotFound


def _bring_words_back(case: OpenCase, rows: Decisions, change: DecisionChange, action: Action, text: str, op: str) -> Saved:
    if action is Action.REWORD_OPTION:
        option = rows.option(change.part_id)
        domain.weigh(standing_of(option.row), rows.actor, action)
        return _reword_part(case, rows, option.row, option.option, option.last, action, text, option.option.version, op)
    point = rows.point(change.part_id)
    domain.write_own(standing_of(point.row), rows.actor, point.point.author_id, action)
    return _reword_part(case, rows, point.row, point.point, point.last, action, text, point.point.version, op)


def undo(caller: Caller, case_id: str, undone: str, *, op: str) -> Saved:
    """Take one's own change back, by its operation, within ten seconds.

    Raises NotFound, TooLateToUndo, and ChangedSince when something newer rests on the change.
    """
    with open_case(caller, case_id, WRITE, op=op) as case:
        rows = Decisions(case)
        change = rows.own_change(undone)
        case.about = change.decision_id
        if Action(change.action) not in UNDO_WORDS or not may_undo(change.until, change.person_id, rows.actor, case.now):
            raise TooLateToUndo
        before, after = rows.parts(change)
        if change.part_id:
            return _undo_part(case, rows, change, before, after, op)
        row = rows.find(change.decision_id).row
        if row.status_version > change.version:
            raise ChangedSince
        # What would be suggested or decided again may read differently by now, or have been taken away.
        if before.get("chosen") and row.version > change.version:
            raise ChangedSince
        if change.action == Action.BEGIN:
            if row.version > change.version:
                raise ChangedSince
            before, after = {"archived": case.now.isoformat()}, {"archived": ""}
        now = _parts(rows, row)
        touched = [part for part in _SETTERS if part in before]
        if any(now[part] != after.get(part, now[part]) for part in touched):
            raise ChangedSince
        pen = _Pen(case, rows, row, op)
        for part in touched:
            _SETTERS[part](rows, row, before[part])
        return pen.finish(Action.UNDO)


def _undo_part(case: OpenCase, rows: Decisions, change: DecisionChange, before: dict[str, Any], after: dict[str, Any], op: str) -> Saved:
    row, part, kind, options = _part_of(rows, change.part_id, "option" in before or "option" in after)
    if row.status_version > change.version or row.archived_at is not None:
        raise ChangedSince
    adds = bool(before.get("removed"))
    # Under an option that was just added the other may have written by now.
    if (adds and row.version > change.version) or (part.removed_at is not None) != bool(after.get("removed", False)):
        raise ChangedSince
    if "removed" not in before and rows.text(part, "text") != after.get(kind):
        raise ChangedSince
    if kind == "option" and after.get("removed"):
        domain.add_option(standing_of(row), rows.actor, options)
    if "removed" in before:
        part.removed_at = case.now if before["removed"] else None
    else:
        rows.write_text(part, "text", before[kind])
        part.version += 1
    return _told(case, rows, row, part, Action.UNDO, after, before, op)


def _part_of(rows: Decisions, part_id: str, is_option: bool) -> tuple[Decision, Part, str, int]:
    if is_option:
        option = rows.option(part_id, removed=True)
        return option.row, option.option, "option", option.of_decision
    point = rows.point(part_id, removed=True)
    return point.row, point.point, "point", point.of_option


# --- how a change is made and told


class _Pen:
    """One change of one decision: remembers how the row was, and writes what differs into the history."""

    def __init__(self, case: OpenCase, rows: Decisions, row: Decision, op: str) -> None:
        self._case, self._rows, self._row, self._op = case, rows, row, op
        self._before = _parts(rows, row)

    def take(self, action: Action, standing: Standing, *, chosen: str = "") -> Saved:
        """Let the row stand where the domain put it; `chosen` are the words of the option, for the history."""
        row, now = self._row, self._case.now
        if row.status != standing.status:
            row.status, row.status_at = standing.status, now
        row.chosen_id, row.asked_by_id = standing.chosen, standing.asked_by
        if (row.archived_at is not None) != standing.archived:
            row.archived_at = now if standing.archived else None
        return self.finish(action, chosen=chosen)

    def finish(self, action: Action, *, chosen: str = "") -> Saved:
        """Count the versions up, and write the entry."""
        row = self._row
        now = _parts(self._rows, row)
        changed = [part for part, value in now.items() if value != self._before[part]]
        if not changed:
            return Saved(row.id, row.version, changed=False)
        row.version += 1
        if {"status", "archived", "chosen"} & set(changed):
            row.status_version = row.version
        for part in ("question", "matters", "outcome"):
            if part in changed:
                setattr(row, f"{part}_version", getattr(row, f"{part}_version") + 1)
        if "look_on" in changed:
            row.look_version = row.version
        before, after = {part: self._before[part] for part in changed}, {part: now[part] for part in changed}
        if chosen:
            after["chosen_words"] = chosen
        row.last_change_id = self._rows.write(row, action, before, after, operation=self._op).id
        self._case.db.add(row)
        return Saved(row.id, row.version)


def _take(case: OpenCase, action: Action, decision_id: str, seen: int, op: str) -> Saved:
    rows = Decisions(case)
    row = rows.find(decision_id).row
    standing = domain.MOVES[action](standing_of(row), rows.actor)
    _look(row, seen, row.version if action in ANSWERS else row.status_version)
    pen = _Pen(case, rows, row, op)
    if action is Action.LOOKED:
        row.look_on = None
    chosen = ""
    if action is Action.AGREE:
        chosen = next((rows.text(one, "text") for one in rows.options([row.id])[row.id] if one.id == row.chosen_id), "")
    return pen.take(action, standing, chosen=chosen)


def _look(row: Decision, seen: int, needed: int) -> None:
    if seen < needed:
        raise ChangedMeanwhile(
            N_("This decision changed a moment ago. It is shown here as it is now; please look again."),
            theirs="", version=row.version, field="decision",
        )  # fmt: skip


def _reword(case: OpenCase, rows: Decisions, row: Decision, last: DecisionChange | None, which: Text, text: str, seen: int, op: str) -> Saved:
    action, column = REWORDS[which], which.value
    domain.weigh(standing_of(row), rows.actor, action)
    current, version = rows.text(row, column), int(getattr(row, f"{column}_version"))
    if current == text:
        return Saved(row.id, version, changed=False)
    if seen < version:
        raise ChangedMeanwhile(theirs=current, version=version, field=column)
    before, after = _put_text(case, rows, row, which, text)
    row.last_change_id = _tell(case, rows, row, last, action, before, after, op, "").id
    case.db.add(row)
    return Saved(row.id, version + 1)


def _put_text(case: OpenCase, rows: Decisions, row: Decision, which: Text, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put new words into one of the decision's texts; what the history tells of before and after."""
    column = which.value
    before: dict[str, Any] = {column: rows.text(row, column)}
    after: dict[str, Any] = {column: text}
    rows.write_text(row, column, text)
    setattr(row, f"{column}_version", getattr(row, f"{column}_version") + 1)
    if which is Text.QUESTION:
        row.version += 1
    else:
        # Both see these grow letter by letter: they make nobody look again before an answer.
        before[f"{column}_by"], after[f"{column}_by"] = getattr(row, f"{column}_by_id"), case.me.person_id
        setattr(row, f"{column}_by_id", case.me.person_id)
    case.db.add(row)
    return before, after


def _reword_part(
    case: OpenCase, rows: Decisions, row: Decision, part: Part, last: DecisionChange | None, action: Action, text: str, seen: int, op: str
) -> Saved:
    case.about = row.id
    current = rows.text(part, "text")
    if current == text:
        return Saved(part.id, part.version, changed=False)
    if seen < part.version:
        raise ChangedMeanwhile(theirs=current, version=part.version, field=_kind(part))
    rows.write_text(part, "text", text)
    part.version += 1
    row.version += 1
    kind = _kind(part)
    part.last_change_id = _tell(case, rows, row, last, action, {kind: current}, {kind: text}, op, part.id).id
    case.db.add(row)
    case.db.add(part)
    return Saved(part.id, part.version)


def _add(case: OpenCase, rows: Decisions, row: Decision, part: Part, action: Action, text: str, op: str, more: dict[str, Any]) -> Saved:
    rows.write_text(part, "text", text)
    case.db.add(part)
    kind = _kind(part)
    return _told(case, rows, row, part, action, {"removed": True} | more, {"removed": False, kind: text} | more, op)


def _remove(case: OpenCase, rows: Decisions, row: Decision, part: Part, action: Action, op: str, more: dict[str, Any]) -> Saved:
    part.removed_at = case.now
    return _told(case, rows, row, part, action, {"removed": False, _kind(part): rows.text(part, "text")} | more, {"removed": True} | more, op)


def _restore_part(case: OpenCase, rows: Decisions, row: Decision, part: Part, action: Action, op: str) -> Saved:
    if part.removed_at is None:
        return Saved(part.id, part.version, changed=False)
    part.removed_at = None
    return _told(case, rows, row, part, action, {"removed": True}, {"removed": False, _kind(part): rows.text(part, "text")}, op)


def _told(
    case: OpenCase, rows: Decisions, row: Decision, part: Part, action: Action, before: dict[str, Any], after: dict[str, Any], op: str
) -> Saved:
    case.about = row.id
    row.version += 1
    part.last_change_id = rows.write(row, action, before, after, operation=op, part_id=part.id).id
    case.db.add(row)
    case.db.add(part)
    return Saved(part.id, part.version)


def _tell(
    case: OpenCase, rows: Decisions, row: Decision, last: DecisionChange | None, action: Action,
    before: dict[str, Any], after: dict[str, Any], op: str, part_id: str,
) -> DecisionChange:  # fmt: skip
    """Tell a written text in the history: as part of the same burst of writing, or as a new entry."""
    if last is not None and last.action == action and same_burst(last.person_id, last.until, rows.actor, case.now):
        last.after = rows.seal_parts(last.id, "after", after)
        last.until, last.version, last.operation = case.now, row.version, op
        case.db.add(last)
        return last
    return rows.write(row, action, before, after, operation=op, part_id=part_id)


def _kind(part: Part) -> str:
    return "option" if isinstance(part, DecisionOption) else "point"


def _parts(rows: Decisions, row: Decision) -> dict[str, Any]:
    """Everything about a decision's own row that a change can touch and an undo can put back."""
    return {
        "question": rows.text(row, "question"),
        "matters": rows.text(row, "matters"),
        "outcome": rows.text(row, "outcome"),
        "matters_by": row.matters_by_id,
        "outcome_by": row.outcome_by_id,
        "status": str(row.status),
        "status_at": row.status_at.isoformat(),
        "chosen": row.chosen_id,
        "asked_by": row.asked_by_id,
        "look_on": row.look_on.isoformat() if row.look_on else "",
        "goal": row.goal_id or "",
        "archived": row.archived_at.isoformat() if row.archived_at else "",
    }


_SETTERS: dict[str, Callable[[Decisions, Decision, Any], None]] = {
    "question": lambda rows, row, value: rows.write_text(row, "question", value),
    "matters": lambda rows, row, value: rows.write_text(row, "matters", value),
    "outcome": lambda rows, row, value: rows.write_text(row, "outcome", value),
    "matters_by": lambda rows, row, value: setattr(row, "matters_by_id", value),
    "outcome_by": lambda rows, row, value: setattr(row, "outcome_by_id", value),
    "status": lambda rows, row, value: setattr(row, "status", DecisionStatus(value)),
    "status_at": lambda rows, row, value: setattr(row, "status_at", datetime.fromisoformat(value)),
    "chosen": lambda rows, row, value: setattr(row, "chosen_id", value),
    "asked_by": lambda rows, row, value: setattr(row, "asked_by_id", value),
    "look_on": lambda rows, row, value: setattr(row, "look_on", date.fromisoformat(value) if value else None),
    "goal": lambda rows, row, value: setattr(row, "goal_id", value or None),
    "archived": lambda rows, row, value: setattr(row, "archived_at", datetime.fromisoformat(value) if value else None),
}


def _short(about: str) -> str:
    # What the address or the page names may be anything; a real id has 36 characters.
    return about[:36]


# --- texts that both write at once


def _shared(which: Text) -> Callable[[OpenCase, str], writing.Found]:
    def find(case: OpenCase, decision_id: str) -> writing.Found:
        rows = Decisions(case)
        found = rows.find(decision_id)
        try:
            domain.weigh(standing_of(found.row), rows.actor, REWORDS[which])
            may_write = True
        except domain.Illegal:
            may_write = False
        return writing.Found(rows.text(found.row, which.value), may_write, found)

    return find


def _write_shared(which: Text) -> Callable[[OpenCase, writing.Found, writing.Written, str], bool]:
    def write(case: OpenCase, text: writing.Found, written: writing.Written, op: str) -> bool:
        rows, row, last = Decisions(case), text.held.row, text.held.last
        domain.weigh(standing_of(row), rows.actor, REWORDS[which])
        told: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        if written.text != text.text:
            told = _put_text(case, rows, row, which, written.text)
        return _tell_burst(case, rows, row, last, which, written.burst, told, op)

    return write


def _tell_burst(
    case: OpenCase, rows: Decisions, row: Decision, last: DecisionChange | None, which: Text, burst: Burst,
    told: tuple[dict[str, Any], dict[str, Any]], op: str,
) -> bool:  # fmt: skip
    """Tell what somebody wrote in the history, one entry per burst; whether an entry of theirs went on."""
    column = which.value
    if last is None or last.action != REWORDS[which] or not same_burst(last.person_id, last.until, rows.actor, case.now):
        if not burst.is_nothing:
            before, after = told[0] | {column: burst.before}, told[1] | {column: burst.after}
            row.last_change_id = rows.write(row, REWORDS[which], before, after, operation=op).id
            case.db.add(row)
        return False
    before, after = rows.parts(last)
    whole = Burst(before[column], after[column]).goes_on(burst.before, burst.after, merged)
    if whole.is_nothing:
        # Written and taken back again: there is nothing to tell.
        case.db.delete(last)
        row.last_change_id = ""
        case.db.add(row)
        return True
    last.before = rows.seal_parts(last.id, "before", before | {column: whole.before})
    last.after = rows.seal_parts(last.id, "after", after | {column: whole.after})
    last.until, last.version, last.operation = case.now, row.version, op
    case.db.add(last)
    return True


writing.KINDS |= {
    f"decision.{which.value}": writing.Kind(READ, WRITE, LONG_MOST, _shared(which), _write_shared(which)) for which in (Text.MATTERS, Text.OUTCOME)
}
