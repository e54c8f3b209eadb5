"""The verbs of goals: each passes the gate once, changes one thing, and writes the history that tells it."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal import routes
from portal.access.gate import Caller, OpenAccount, OpenCase, open_account, open_case
from portal.access.permissions import Permission
from portal.areas import service as areas
from portal.cases.domain import Readers, Waiting
from portal.goals import domain
from portal.goals.domain import (
    COLUMN_OF,
    DONE,
    LIVING,
    Action,
    Column,
    Filter,
    GoalStatus,
    KnownGoal,
    Standing,
    WholeChange,
    WholeGoal,
    WholeStep,
)
from portal.goals.models import Goal, GoalChange, GoalStep, GoalWording
from portal.goals.repository import Found, FoundStep, GoalLine, Goals, StepLine, known_among, open_steps_of, standing_of, waiting_for
from portal.goals.schemas import (
    NOTES,
    NOTES_MOST,
    TITLE_MOST,
    UNDO_WORDS,
    WHY_MOST,
    ArchivedGoal,
    AskingGoal,
    BoardView,
    ColumnView,
    GoalDetail,
    GoalPage,
    GoalReading,
    GoalTitle,
    HomePart,
    Owner,
    Reader,
    Saved,
    Sealed,
    StepsAhead,
    WordingForm,
    earlier_texts,
    focus_lines,
    may_be_focused,
    parse_area,
    parse_day,
    parse_step,
    parse_title,
    parse_why,
    pieces_of,
)
from portal.kit.i18n import N_, say_n
from portal.kit.ids import new_id
from portal.kit.merge import merged
from portal.kit.refusal import BadInput, ChangedMeanwhile, NotFound
from portal.writing import service as writing
from portal.writing.domain import Burst

FOLD = 30
"""A column shows this many cards until it is unfolded, so that one edit sends few of them."""
HISTORY = 20

_LOOK_AGAIN = N_("The other of you changed this a moment ago. It is shown here as it is now; please look again.")
"""Where there is a choice and no text of one's own that could stand beside the other's."""

_ID = re.compile(r"[0-9a-f-]{36}")

READ, WRITE = Permission.READ_GOALS, Permission.WRITE_GOALS


class Part(StrEnum):
    """The two texts of a wording."""

    TITLE = "title"
    WHY = "why"


_REWORDS = {Part.TITLE: Action.REWORD_TITLE, Part.WHY: Action.REWORD_WHY}


# --- reading


def board(
    caller: Caller,
    case_id: str,
    *,
    lang: str = "",
    unfolded: frozenset[str] = frozenset(),
    wanted: Filter | None = None,
    address: str = "",
    private: bool = True,
) -> BoardView:
    """The board as this person may see it. Raises NotFound, NotSignedIn and Forbidden, like every verb here.

    Without `private` also their own ideas are left out. `wanted` is what they look for; without it, what the page's `address` keeps of it (FindView.kept, with or without "#").
    """
    with open_case(caller, case_id, READ) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        if not private:
            goals.leave_out_private()
        given = Sealed(address.removeprefix("#"))
        known = given.open(case)
        wanted = known if wanted is None else wanted
        sealed = given if wanted == known and wanted.active else Sealed.of(case, wanted)
        if wanted.active:
            lines = goals.lines()
            hits, steps = _hits(goals, reader, wanted, lines)
            shown, areas, all_of_them = _folded(hits, unfolded), [line.area for line in lines], len(lines)
            archived = len(_hits(goals, reader, wanted, goals.lines(archived=True))[0])
        else:
            shown, areas = goals.columns(FOLD, unfolded)
            steps = goals.step_lines([line.id for lines, _ in shown.values() for line in lines])
            all_of_them, archived = sum(count for _, count in shown.values()), goals.archived_count()
    columns = {}
    for column, (lines, count) in shown.items():
        rest = count - len(lines)
        columns[column.value] = ColumnView(
            cards=[reader.card(line, steps.get(line.id, [])) for line in lines],
            count=count,
            more=say_n(reader.lang, "Show {n} more", "Show {n} more", rest) if rest else "",
        )
    some = sum(count for _, count in shown.values())
    return BoardView(
        columns=columns,
        found=reader.found(wanted, sealed, areas, some=some, of=all_of_them),
        empty=not all_of_them,
        archived=_archive_words(reader, archived, wanted),
        others=reader.others,
        may_write=reader.may_write,
    )


def _archive_words(reader: Reader, count: int, wanted: Filter) -> str:
    if not count:
        return ""
    if wanted.active:
        return say_n(reader.lang, "{n} of them in the archive", "{n} of them in the archive", count)
    return say_n(reader.lang, "{n} goal in the archive", "{n} goals in the archive", count)


def _folded(lines: list[GoalLine], unfolded: frozenset[str]) -> dict[Column, tuple[list[GoalLine], int]]:
    """Goals by column, as far as each is unfolded, and how many there are."""
    columns = {column: [line for line in lines if line.standing.column is column] for column in Column}
    return {column: (found if column in unfolded else found[:FOLD], len(found)) for column, found in columns.items()}


def _hits(goals: Goals, reader: Reader, wanted: Filter, lines: list[GoalLine]) -> tuple[list[GoalLine], dict[str, list[StepLine]]]:
    """What is looked for among these goals, and the small steps of all of them."""
    steps = goals.step_lines([line.id for line in lines])
    return [line for line in lines if wanted.finds(reader.findable(line, steps.get(line.id, []), goals.notes(line) if wanted.text else ""), reader.today)], steps


def archive_of(caller: Caller, case_id: str, *, lang: str = "", address: str = "", private: bool = True) -> list[ArchivedGoal]:
    """The goals in the archive, without `private` not their own ideas; of those only what is looked for, if the page's `address` keeps a filter."""
    with open_case(caller, case_id, READ) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        if not private:
            goals.leave_out_private()
        wanted = Sealed(address.removeprefix("#")).open(case)
        lines = goals.lines(archived=True)
        return [reader.archived(line) for line in (_hits(goals, reader, wanted, lines)[0] if wanted.active else lines)]


def goal(caller: Caller, case_id: str, goal_id: str, *, lang: str = "", history: int = HISTORY) -> GoalPage:
    """One goal with its steps and its history. Raises NotFound also for an idea of somebody else."""
    with open_case(caller, case_id, READ, about=_short(goal_id)) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        found = goals.find(goal_id)
        steps = goals.step_lines([goal_id]).get(goal_id, [])
        shown = _detail(case, reader, found, steps)
        changes = [(change, *goals.parts(change)) for change in goals.changes(goal_id, history + 1)] if history else []
        both = Owner("", reader.say(N_("both of you")))
        present = {step.id: step.text for step in steps}
        return GoalPage(
            goal=shown,
            steps=[reader.step_detail(step) for step in steps],
            owners=[both, *(Owner(member.person_id, reader.name(member.person_id)) for member in reader.members)],
            history=[reader.entry(change, before, after, shown, present) for change, before, after in changes[:history]],
            older=len(changes) > history,
        )


def check_can_be_read(case: OpenCase, goal_id: str) -> None:
    """For handing a device over: a goal that both know of. Raises NotFound, also for a private idea."""
    if standing_of(Goals(case).find(goal_id).goal).status is GoalStatus.IDEA:
        raise NotFound


def handed_reading(caller: Caller, case_id: str, goal_id: str, *, lang: str = "") -> GoalReading:
    """One goal on a device that was handed over: what both may read of it, and nothing if it became a private idea meanwhile. Raises NotFound."""
    with open_case(caller, case_id, Permission.READ_HANDED_GOAL, about=_short(goal_id)) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        check_can_be_read(case, goal_id)
        found = goals.find(goal_id)
        steps = goals.step_lines([goal_id]).get(goal_id, [])
        shown = _detail(case, reader, found, steps)
        return GoalReading(
            title=shown.agreed_title,
            why=shown.agreed_why,
            status=shown.status,
            area=reader.area(shown.area),
            review=shown.review_words,
            steps=[reader.step_detail(step) for step in steps],
        )


def listed(caller: Caller, case_id: str, *, archived: bool = False) -> list[str]:
    """The ids of the goals that this person may know of, column by column as the board shows them; those of the archive if asked."""
    with open_case(caller, case_id, READ) as case:
        return Goals(case).ids(archived=archived)


def whole(caller: Caller, case_id: str, goal_ids: Sequence[str], *, lang: str = "", history: bool = False) -> list[WholeGoal]:
    """Goals as their own pages show them, many at once and in the order asked for; ids that lead nowhere are left out.

    Four statements however many goals, or five with their whole `history` (oldest first).
    """
    with open_case(caller, case_id, READ) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        found = goals.find_many(goal_ids)
        steps = goals.step_lines(found)
        changes = goals.changes_of(found) if history else {}
        return [
            _whole(goals, reader, _detail(case, reader, found[id_], steps.get(id_, [])), found[id_], steps.get(id_, []), changes.get(id_, []))
            for id_ in goal_ids
            if id_ in found
        ]


def _whole(
    goals: Goals, reader: Reader, shown: GoalDetail, found: Found, steps: list[StepLine], changes: list[GoalChange]
) -> WholeGoal:
    row, standing = found.goal, standing_of(found.goal)
    waits = standing.rewording
    present = {step.id: step.text for step in steps}
    entries = [(change, goals.parts(change)) for change in changes]
    return WholeGoal(
        id=row.id,
        column=standing.column,
        status=standing.status,
        status_words=shown.status,
        since=row.status_at,
        created_at=row.created_at,
        mark=shown.mark,
        title=shown.agreed_title,
        why=shown.agreed_why,
        new_title=shown.title if waits else "",
        new_why=shown.why if waits else "",
        asked_words=shown.asked_words,
        notes=shown.notes,
        area=reader.area(shown.area),
        due_on=row.due_on,
        review_on=row.review_on,
        in_focus=shown.focus,
        archived=shown.archived,
        steps=tuple(WholeStep(step.text, step.done, detail.role, detail.owner, step.due_on) for step in steps for detail in [reader.step_detail(step)]),
        history=tuple(
            WholeChange(
                change.until, reader.name(change.person_id), change.role, Action(change.action), entry.words,
                _side(before) or entry.before, _side(after) or entry.after,
            )
            for change, (before, after) in entries
            for entry in [reader.entry(change, before, after, shown, present)]
        ),
    )  # fmt: skip


def _side(parts: dict[str, Any]) -> str:
    """The texts of one side of a change, one below the other; empty where it was about something shorter."""
    return "\n".join(str(parts[name]) for name in ("title", "why", "notes", "step") if parts.get(name))


def _detail(case: OpenCase, reader: Reader, found: Found, steps: list[StepLine]) -> GoalDetail:
    row = found.goal
    agreed = _texts(case, found.wording)
    shown = _texts(case, found.new) if found.new else agreed
    standing = standing_of(row)
    line = GoalLine(
        row.id, standing, row.status_at, agreed["title"], agreed["why"], _area(case, row), row.review_on, row.version, due_on=row.due_on
    )
    may_write = reader.may_write and not standing.archived
    may_reword = may_write and (standing.status in LIVING or standing.status in {GoalStatus.IDEA, GoalStatus.PROPOSED})
    asks = reader.asks(line)
    return GoalDetail(
        id=row.id,
        kind=reader.kind(line),
        status=reader.archived(line).words,
        since=reader.ago(row.status_at),
        since_exact=reader.exact(row.status_at),
        mark=reader.mark(line),
        role=reader.role(row.asked_by_id or row.author_id),
        version=row.version,
        agreed_title=agreed["title"],
        agreed_why=agreed["why"],
        title=shown["title"],
        title_version=row.title_version,
        why=shown["why"],
        why_version=row.why_version,
        title_pieces=pieces_of(agreed["title"], shown["title"]),
        why_pieces=pieces_of(agreed["why"], shown["why"]),
        asks=asks,
        asked_words=reader.name(row.asked_by_id) if asks else "",
        yes=reader.yeses(standing) if asks else [],
        notes=_notes(case, row),
        may_note=may_write,
        others=reader.others,
        area=line.area,
        own_area="" if line.area in reader.areas else line.area,
        area_version=row.area_version,
        due=row.due_on.isoformat() if row.due_on else "",
        due_words=reader.by(row.due_on, done=standing.status in DONE),
        overdue=domain.is_late(row.due_on, reader.today, done=standing.status in DONE),
        due_version=row.due_version,
        review=row.review_on.isoformat() if row.review_on else "",
        review_words=reader.short_day(row.review_on) if row.review_on else "",
        review_due=row.review_on is not None and row.review_on <= reader.today,
        review_version=row.review_version,
        focus=row.in_focus,
        may_focus=may_write and may_be_focused(line),
        may_reword=may_reword,
        may_write=may_write,
        archived=standing.archived,
        done_steps=sum(step.done for step in steps),
        all_steps=len(steps),
    )


def home_part(caller: Caller, case_id: str, *, lang: str = "") -> HomePart:
    """What goals bring to the home page: goals in focus, what waits for my yes, what we both promised (open steps, nearest first)."""
    with open_case(caller, case_id, READ) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        lines = goals.lines()
        living = [line for line in lines if line.standing.status in LIVING]
        steps = goals.step_lines([line.id for line in living])
    promised = [step for line in living for step in steps.get(line.id, []) if not step.done and line.standing.status != GoalStatus.PAUSED]
    promised.sort(key=lambda step: step.due_on or date.max)
    return HomePart(
        focus=[reader.focus(line, steps.get(line.id, [])) for line in focus_lines(lines)],
        asking=[asking for line in lines if (asking := _asking(reader, line))],
        promised=[reader.promise(step) for step in promised],
    )


def _asking(reader: Reader, line: GoalLine) -> AskingGoal | None:
    standing, mine = line.standing, line.standing.asked_role == reader.me.role.value
    if not reader.may_write or not standing.asked_role:
        return None
    if standing.rewording:
        # Whoever writes it is not asked before the other has answered.
        if not domain.waits_for(standing, reader.me.role.value) or (mine and not standing.yes):
            return None
        if mine:
            return AskingGoal(line.id, line.title, reader.say(N_("{name} said yes to the new wording"), name=reader.others), line.status_at)
        return AskingGoal(line.id, line.title, reader.say(N_("{name} suggests a new wording"), name=reader.name(standing.asked_by)), line.status_at)
    if mine:
        return None
    return AskingGoal(line.id, line.title, reader.say(N_("{name} proposes a goal"), name=reader.name(standing.asked_by)), line.status_at)


def titles(caller: Caller, case_id: str) -> list[GoalTitle]:
    """Goals that something else can be tied to, in the board's order: what both see, without the archive."""
    with open_case(caller, case_id, READ) as case:
        lines = sorted(Goals(case).lines(), key=lambda line: list(Column).index(line.standing.column))
        return [GoalTitle(line.id, line.title) for line in lines if line.standing.status is not GoalStatus.IDEA]


def waiting(caller: Caller) -> dict[str, tuple[Waiting, ...]]:
    """Over all cases of a therapist, by case: goals and wordings that wait for their yes. No text is read."""
    found: dict[str, tuple[Waiting, ...]] = {}
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        for case_id, goal_id, since, rewording in waiting_for(account.db, account.me.id):
            what = N_("a new wording to agree") if rewording else N_("a goal to agree")
            found[case_id] = (*found.get(case_id, ()), Waiting(what, since, routes.GOAL, goal_id))
    return found


def steps_ahead(caller: Caller) -> dict[str, StepsAhead]:
    """Over all cases of a therapist, by case: how many small steps are open, how many are theirs. No text is read."""
    found: dict[str, StepsAhead] = {}
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        for case_id, owner_id, due_on in open_steps_of(account.db, account.me.id):
            so_far = found.get(case_id, StepsAhead(0, 0, None))
            found[case_id] = StepsAhead(
                open=so_far.open + 1,
                mine=so_far.mine + (owner_id in ("", account.me.id)),
                next_due=min(filter(None, (so_far.next_due, due_on)), default=None),
            )
    return found


# --- for the verbs of other rooms, in a case that they have opened


def known_goal(case: OpenCase, goal_id: str) -> KnownGoal:
    """A goal with the titles of all its wordings. Raises NotFound also for an idea of somebody else. One statement."""
    found, wordings = Goals(case).find_with_wordings(goal_id)
    titles = {one.id: _texts(case, one)["title"] for one in wordings}
    return KnownGoal(found.goal.id, titles[found.goal.wording_id], found.goal.wording_id, standing_of(found.goal), titles)


def known_goals(case: OpenCase) -> list[KnownGoal]:
    """The goals on the board that both see, in its order. One statement."""
    lines = sorted(Goals(case).lines(), key=lambda line: list(Column).index(line.standing.column))
    return [
        KnownGoal(line.id, line.title, line.wording_id, line.standing) for line in lines if line.standing.status is not GoalStatus.IDEA
    ]


def wording_titles(case: OpenCase, wording_ids: Collection[str]) -> dict[str, str]:
    """The titles of wordings by their ids, of goals that both see, archived ones too. One statement."""
    return {one.id: _texts(case, one)["title"] for one in Goals(case).wordings(wording_ids)}


def present_wordings(case: OpenCase) -> dict[str, str]:
    """Which wording is in force for each goal on the board that both see, without reading any. One statement."""
    return Goals(case).present_wordings()


# --- the session


def both_see(caller: Caller, case_id: str, goal_id: str) -> bool:
    """Whether the goal is one that client and therapist may both look at: no idea of one of them alone."""
    with open_case(caller, case_id, READ) as case:
        try:
            found = Goals(case).find(goal_id)
        except NotFound:
            return False
        return GoalStatus(found.goal.status) is not GoalStatus.IDEA


def changed_since(caller: Caller, case_id: str, since: datetime, lang: str = "") -> tuple[str, ...]:
    """What was agreed, reached or planned about goals since a moment, as it stands now: a line each, nothing private."""
    with open_case(caller, case_id, READ) as case:
        goals, reader = Goals(case), Reader.of(case, lang)
        acts = goals.acts_since(since)
        touched = {goal_id for goal_id, _ in acts}
        lines = [line for line in (*goals.lines(), *goals.lines(archived=True)) if line.id in touched] if touched else []
        steps = goals.step_lines(touched) if touched else {}
    found: list[str] = []
    for line in lines:
        if line.standing.status in {GoalStatus.IDEA, GoalStatus.PROPOSED}:
            continue
        found += filter(None, [reader.news_of_goal(line, acts.get((line.id, ""), frozenset()))])
        found += filter(None, (reader.news_of_step(step, acts.get((line.id, step.id), frozenset())) for step in steps.get(line.id, [])))
    return tuple(found)


# --- for the verbs of other rooms, in what they have opened


def readers_of(case: OpenCase, goal_ids: Collection[str]) -> dict[str, Readers]:
    """Who may know of these goals, by goal; those that the caller may not know of are not among them. One statement."""
    found: dict[str, Readers] = {}
    for goal_id, standing in Goals(case).standings(goal_ids).items():
        people = (one.person_id for one in case.members if domain.visible(standing, domain.Actor(one.person_id, one.role.value)))
        found[goal_id] = Readers(frozenset(people), takes_more=standing.status is not GoalStatus.IDEA and not standing.archived)
    return found


def still_known(account: OpenAccount, goal_ids: Collection[str]) -> frozenset[str]:
    """Those of the goals that the person may know of now, over all their cases. One statement."""
    return known_among(account.db, account.me.id, goal_ids)


# --- changing a goal


def add(caller: Caller, case_id: str, title: str, why: str = "", *, proposes: bool = False, op: str) -> Saved:
    """Write an idea down, first in Ideas: only its author sees it, unless it is proposed at once. Raises BadInput."""
    form = WordingForm.parse(title, why)
    with open_case(caller, case_id, WRITE, op=op) as case:
        goals = Goals(case)
        order = goals.order(Column.IDEAS)
        idea = Standing(case.me.person_id)
        row = Goal(
            id=new_id(),
            case_id=case.id,
            author_id=case.me.person_id,
            status=idea.status,
            status_at=case.now,
            wording_id=new_id(),
            position=domain.position_between(None, order[0][1] if order else None) or 0.0,
            created_at=case.now,
        )
        pen = _Pen(case, goals, row, op)
        case.about = row.id
        if proposes:
            pen.stand(domain.propose(idea, goals.actor))
        case.db.add(row)
        case.db.flush()
        case.db.add(_wording(case, row, row.wording_id, form.title, form.why))
        texts = {"title": form.title, "why": form.why}
        before, after = pen.difference() if proposes else ({}, {})
        action = Action.PROPOSE if proposes else Action.ADD
        goals.write(row, action, before | (texts if proposes else {}), after | texts, operation=op, version=1, private=not proposes)
        return Saved(row.id, 1)


def propose(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Show an idea to the other and ask for a yes."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.PROPOSE, goal_id, seen, op)


def take_back(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Make one's proposal a private idea again."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.TAKE_BACK, goal_id, seen, op)


def agree(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Say yes to the other's proposal, exactly as it was seen."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.AGREE, goal_id, seen, op)


def answer_not_now(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Give the other's proposal back as an idea."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.NOT_NOW, goal_id, seen, op)


def start(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Begin to work on an agreed goal."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.START, goal_id, seen, op)


def pause(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Let a goal rest."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.PAUSE, goal_id, seen, op)


def resume(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Go on with a paused goal."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.RESUME, goal_id, seen, op)


def set_back(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Put a goal back to agreed."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.SET_BACK, goal_id, seen, op)


def reach(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Mark a goal as reached."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.REACH, goal_id, seen, op)


def let_go(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Let a goal go."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.LET_GO, goal_id, seen, op)


def take_up(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Work again on a goal that was reached or let go."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.TAKE_UP, goal_id, seen, op)


def archive(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Put a goal that is done with, or one's own idea, in the archive."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.ARCHIVE, goal_id, seen, op)


def restore(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Bring a goal back from the archive."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.RESTORE, goal_id, seen, op)


def agree_wording(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Say yes to the new wording, exactly as it was seen; with the yes of both it is in force."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.AGREE_WORDING, goal_id, seen, op)


def keep_wording(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Leave the agreed wording in force: one's own new wording is taken back, or the other's is declined."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.KEEP_WORDING, goal_id, seen, op)


def put_out_of_focus(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Take a goal out of focus."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        return _take(case, Action.UNFOCUS, goal_id, seen, op)


VERBS: dict[Action, Callable[..., Saved]] = {
    Action.PROPOSE: propose,
    Action.TAKE_BACK: take_back,
    Action.AGREE: agree,
    Action.NOT_NOW: answer_not_now,
    Action.START: start,
    Action.PAUSE: pause,
    Action.RESUME: resume,
    Action.SET_BACK: set_back,
    Action.REACH: reach,
    Action.LET_GO: let_go,
    Action.TAKE_UP: take_up,
    Action.ARCHIVE: archive,
    Action.RESTORE: restore,
    Action.AGREE_WORDING: agree_wording,
    Action.KEEP_WORDING: keep_wording,
    Action.UNFOCUS: put_out_of_focus,
}
"""The verbs that need a goal and the version that was seen."""


def put_in_focus(caller: Caller, case_id: str, goal_id: str, seen: int, *, op: str) -> Saved:
    """Put a goal in focus. Raises EnoughInFocus, which names them, when three are."""
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        found = goals.find(goal_id)
        try:
            standing = domain.put_in_focus(standing_of(found.goal), goals.actor, goals.others_in_focus(goal_id))
        except domain.EnoughInFocus:
            raise domain.EnoughInFocus.beside(goals.titles_in_focus(goal_id)) from None
        return _Pen(case, goals, found.goal, op).take(Action.FOCUS, standing)


def move(caller: Caller, case_id: str, goal_id: str, column: str, after: str, seen: int, *, before: str = "", op: str) -> Saved:
    """Put a goal in a column, after another goal, or before one if that is not there; else first. Raises Illegal where the column asks for something first."""
    try:
        target = Column(column)
    except ValueError:
        raise BadInput(field="column") from None
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        found = goals.find(goal_id)
        standing, action = domain.moved_to(standing_of(found.goal), target, goals.actor)
        if action is not Action.ORDER:
            _look(found.goal, action, seen)
        pen = _Pen(case, goals, found.goal, op)
        found.goal.position, others = domain.placed(goals.order(target), goal_id, after, before)
        goals.put(others)
        return pen.take(action, standing, placed=True, texts=_agreement(case, found, action))


def reword(caller: Caller, case_id: str, goal_id: str, part: str, text: str, seen: int, *, op: str) -> Saved:
    """Change the title or why it matters. On an agreed goal this asks for the yes of both; the agreed wording stays in force until then.

    `seen` is the part's version that the person started from; ChangedMeanwhile carries the other text and its version.
    """
    which = _part(part)
    text = parse_title(text) if which is Part.TITLE else parse_why(text)
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        return _reword(case, goals, goals.find(goal_id), which, text, seen, op)


def bring_back(caller: Caller, case_id: str, change_id: str, *, op: str) -> Saved:
    """Take an earlier text of the history again, or a step that was taken away: a change like any other, with an entry of its own."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        goals = Goals(case)
        change = goals.change(change_id)
        case.about = change.goal_id
        earlier, _ = goals.parts(change)
        if change.step_id is not None:
            return _bring_step_back(case, goals, change, change.step_id, str(earlier.get("step", "")), op)
        texts = earlier_texts(Action(change.action), earlier)
        if not texts:
            raise NotFound
        return _take_earlier(case, goals, goals.find(change.goal_id), texts, op)


def _take_earlier(case: OpenCase, goals: Goals, found: Found, texts: dict[str, str], op: str) -> Saved:
    row, standing = found.goal, standing_of(found.goal)
    current = _texts(case, found.new or found.wording) | {NOTES: _notes(case, row)}
    after = {part: text for part, text in texts.items() if text != current[part]}
    if not after:
        return Saved(row.id, row.version, changed=False)
    if NOTES in after:
        domain.touch(standing, goals.actor, Action.NOTE)
        _put_notes(case, row, after[NOTES])
    else:
        _put_wording(case, goals, found, {Part(part): text for part, text in after.items()})
    entry = goals.write(
        row, Action.TAKE_EARLIER, {part: current[part] for part in after}, after,
        operation=op, version=row.version, private=standing.status is GoalStatus.IDEA,
    )  # fmt: skip
    row.last_change_id = entry.id
    return Saved(row.id, row.version)


def _bring_step_back(case: OpenCase, goals: Goals, change: GoalChange, step_id: str, text: str, op: str) -> Saved:
    if change.action == Action.REWORD_STEP and text:
        found = goals.find_step(step_id)
        return _reword_step(case, goals, found, text, found.step.text_version, op)
    if change.action != Action.REMOVE_STEP:
        raise NotFound
    pen = _StepPen(case, step_id, Action.RESTORE_STEP, op, removed=True)
    pen.step.removed_at = None
    return pen.finish()


def set_area(caller: Caller, case_id: str, goal_id: str, area: str, seen: int, *, op: str) -> Saved:
    """Choose a life area of the case by its id, or say in own words what it is for this goal alone; empty for none."""
    area = parse_area(area)
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        row = goals.find(goal_id).goal
        standing = domain.touch(standing_of(row), goals.actor, Action.SET_AREA)
        if _ID.fullmatch(area) and area not in areas.names(case):
            raise NotFound
        current = _area(case, row)
        if current == area:
            return Saved(row.id, row.area_version, changed=False)
        if seen < row.area_version:
            theirs = areas.names(case).get(current, current)
            raise ChangedMeanwhile(_LOOK_AGAIN, theirs=theirs, version=row.area_version, field="area")
        pen = _Pen(case, goals, row, op)
        row.area = case.seal(row.id, "goal.area", area) if area else None
        return pen.take(Action.SET_AREA, standing)


def set_review(caller: Caller, case_id: str, goal_id: str, day: str, seen: int, *, op: str) -> Saved:
    """Choose the day to look at the goal again (2026-11-23), or none."""
    review_on = parse_day(day, "review")
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        row = goals.find(goal_id).goal
        standing = domain.touch(standing_of(row), goals.actor, Action.SET_REVIEW)
        if row.review_on == review_on:
            return Saved(row.id, row.version, changed=False)
        if seen < row.review_version:
            theirs = row.review_on.isoformat() if row.review_on else ""
            raise ChangedMeanwhile(theirs=theirs, version=row.review_version, field="review")
        pen = _Pen(case, goals, row, op)
        row.review_on = review_on
        return pen.take(Action.SET_REVIEW, standing)


def set_due(caller: Caller, case_id: str, goal_id: str, day: str, seen: int, *, op: str) -> Saved:
    """Choose the day until which the goal is meant to be reached (2026-11-23), or none. `seen` as in `set_review`."""
    due_on = parse_day(day, "due")
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        row = goals.find(goal_id).goal
        standing = domain.touch(standing_of(row), goals.actor, Action.SET_DUE)
        if row.due_on == due_on:
            return Saved(row.id, row.version, changed=False)
        if seen < row.due_version:
            theirs = row.due_on.isoformat() if row.due_on else ""
            raise ChangedMeanwhile(theirs=theirs, version=row.due_version, field="due")
        pen = _Pen(case, goals, row, op)
        row.due_on = due_on
        return pen.take(Action.SET_DUE, standing)


# --- small steps


def add_step(caller: Caller, case_id: str, goal_id: str, text: str, owner_id: str = "", *, op: str) -> Saved:
    """Add a small step at the end; `owner_id` is a member of the case, or empty for both."""
    text = parse_step(text)
    with open_case(caller, case_id, WRITE, op=op, about=_short(goal_id)) as case:
        goals = Goals(case)
        row = goals.find(goal_id).goal
        standing = domain.touch(standing_of(row), goals.actor, Action.ADD_STEP)
        step = GoalStep(
            id=new_id(),
            case_id=case.id,
            goal_id=row.id,
            text=b"",
            owner_id=_owner(case, owner_id),
            position=goals.last_step_position(row.id) + 1,
            created_at=case.now,
        )
        step.text = case.seal(step.id, "goal_step.text", text)
        change = goals.write(
            row, Action.ADD_STEP, {"removed": True}, {"removed": False, "step": text},
            operation=op, version=1, private=standing.status is GoalStatus.IDEA, step_id=step.id,
        )  # fmt: skip
        step.last_change_id = change.id
        case.db.add(step)
        return Saved(step.id, 1)


def reword_step(caller: Caller, case_id: str, step_id: str, text: str, seen: int, *, op: str) -> Saved:
    """Change a step's words. `seen` is the version of the words that the person started from."""
    text = parse_step(text)
    with open_case(caller, case_id, WRITE, op=op) as case:
        goals = Goals(case)
        return _reword_step(case, goals, goals.find_step(step_id), text, seen, op)


def _reword_step(case: OpenCase, goals: Goals, found: FoundStep, text: str, seen: int, op: str) -> Saved:
    step = found.step
    case.about = found.goal.id
    standing = domain.touch(standing_of(found.goal), goals.actor, Action.REWORD_STEP)
    current = _step_text(case, step)
    if current == text:
        return Saved(step.id, step.text_version, changed=False)
    if seen < step.text_version:
        raise ChangedMeanwhile(theirs=current, version=step.text_version, field="step")
    step.text = case.seal(step.id, "goal_step.text", text)
    step.version = step.text_version = step.version + 1
    case.db.add(step)
    change = _tell(
        case, goals, found.goal, found.last, Action.REWORD_STEP, {"step": current}, {"step": text},
        op=op, version=step.version, private=standing.status is GoalStatus.IDEA, step_id=step.id,
    )  # fmt: skip
    step.last_change_id = change.id
    return Saved(step.id, step.version)


def tick_step(caller: Caller, case_id: str, step_id: str, done: bool, *, op: str) -> Saved:
    """Tick a step, or open it again; either of the two may."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        pen = _StepPen(case, step_id, Action.TICK_STEP if done else Action.UNTICK_STEP, op)
        if (pen.step.done_at is not None) != done:
            pen.step.done_at = case.now if done else None
            pen.step.done_by_id = case.me.person_id if done else ""
        return pen.finish()


def hand_step(caller: Caller, case_id: str, step_id: str, owner_id: str, seen: int, *, op: str) -> Saved:
    """Say whose step it is: a member of the case, or empty for both. `seen` is the step's version that the person looked at."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        pen = _StepPen(case, step_id, Action.HAND_STEP, op)
        owner = _owner(case, owner_id)
        if pen.step.owner_id != owner and seen < pen.step.version:
            raise ChangedMeanwhile(_LOOK_AGAIN, theirs=pen.step.owner_id, version=pen.step.version, field="owner")
        pen.step.owner_id = owner
        return pen.finish()


def date_step(caller: Caller, case_id: str, step_id: str, day: str, seen: int, *, op: str) -> Saved:
    """Say until when (2026-11-23), or without a day. `seen` is the step's version that the person looked at."""
    due_on = parse_day(day, "due")
    with open_case(caller, case_id, WRITE, op=op) as case:
        pen = _StepPen(case, step_id, Action.DATE_STEP, op)
        if pen.step.due_on != due_on and seen < pen.step.version:
            theirs = pen.step.due_on.isoformat() if pen.step.due_on else ""
            raise ChangedMeanwhile(theirs=theirs, version=pen.step.version, field="due")
        pen.step.due_on = due_on
        return pen.finish()


def remove_step(caller: Caller, case_id: str, step_id: str, *, op: str) -> Saved:
    """Take a step off the goal; the history keeps it."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        pen = _StepPen(case, step_id, Action.REMOVE_STEP, op)
        pen.step.removed_at = case.now
        return pen.finish()


# --- undo


def undo(caller: Caller, case_id: str, undone: str, *, op: str) -> Saved:
    """Take one's own change back, by its operation, within ten seconds.

    What comes back has to be as sound as if it had been chosen: where the goal stands now must allow it. Raises NotFound,
    TooLateToUndo, ChangedSince when something newer rests on the change, EnoughInFocus, and Illegal for a step of an archived goal.
    """
    with open_case(caller, case_id, WRITE, op=op) as case:
        goals = Goals(case)
        change, row, step = goals.own_change(undone)
        case.about = row.id
        if Action(change.action) not in UNDO_WORDS or not domain.may_undo(change.until, change.person_id, goals.actor, case.now):
            raise domain.TooLateToUndo
        before, after = goals.parts(change)
        if step is not None:
            return _undo_step(case, goals, change, row, step, before, after, op)
        # Asked or answered, moved or archived since: the change is no longer the one that can be taken back.
        if row.status_version > change.version:
            raise domain.ChangedSince
        # An idea shown or hidden again takes with it whatever the other has written there since.
        if GoalStatus.IDEA in {before.get("status"), after.get("status")} and goals.others_wrote_since(change):
            raise domain.ChangedSince
        if change.action == Action.ADD:
            before, after = {"archived": case.now.isoformat()}, {"archived": ""}
        private = change.private and standing_of(row).status is GoalStatus.IDEA
        pen = _Pen(case, goals, row, op)
        was_in_focus = row.in_focus
        _put_back(case, _parts(case, row), before, after, _SETTERS, row)
        focused = row.in_focus and not was_in_focus
        try:
            domain.sound(standing_of(row), goals.actor, goals.others_in_focus(row.id) if focused else 0)
        except domain.EnoughInFocus:
            raise domain.EnoughInFocus.beside(goals.titles_in_focus(row.id)) from None
        return pen.finish(Action.UNDO, private=private, quiet=change.action == Action.ORDER)


def _undo_step(
    case: OpenCase, goals: Goals, change: GoalChange, row: Goal, step: GoalStep, before: dict[str, Any], after: dict[str, Any], op: str
) -> Saved:
    standing = standing_of(row)
    if not domain.visible(standing, goals.actor):
        raise domain.ChangedSince
    domain.touch(standing, goals.actor, Action(change.action))
    words = change.action == Action.REWORD_STEP
    if (words and step.removed_at is not None) or (change.action == Action.ADD_STEP and step.version > change.version):
        raise domain.ChangedSince
    now = {"step": _step_text(case, step)} if words else _step_parts(case, step)
    _put_back(case, now, before, after, _STEP_WORDS if words else _STEP_SETTERS, step)
    step.version += 1
    if words:
        step.text_version = step.version
    case.db.add(step)
    entry = goals.write(
        row, Action.UNDO, after, before,
        operation=op, version=step.version, private=change.private and standing.status is GoalStatus.IDEA, step_id=step.id,
    )  # fmt: skip
    step.last_change_id = entry.id
    return Saved(row.id, row.version)


# --- how a change is made and told


class _Pen:
    """One change of one goal: remembers how the row was, and writes what differs into the history."""

    def __init__(self, case: OpenCase, goals: Goals, row: Goal, op: str) -> None:
        self._case, self._goals, self._row, self._op = case, goals, row, op
        self._before = _parts(case, row)

    def take(self, action: Action, standing: Standing, *, placed: bool = False, texts: dict[str, str] | None = None) -> Saved:
        """Let the row stand where the domain put it, first in its new column unless it was `placed`. `texts` are told in the history as what was asked or answered."""
        row, case = self._row, self._case
        was_idea = row.status == GoalStatus.IDEA
        if COLUMN_OF[GoalStatus(row.status)] is not standing.column and not placed:
            order = self._goals.order(standing.column)
            row.position = domain.position_between(None, order[0][1] if order else None) or 0.0
        self.stand(standing)
        if (row.archived_at is not None) != standing.archived:
            row.archived_at = case.now if standing.archived else None
        if row.new_wording_id and not standing.rewording:
            if action is Action.AGREE_WORDING:
                row.wording_id = row.new_wording_id
            row.new_wording_id = None
        return self.finish(action, private=was_idea and standing.status is GoalStatus.IDEA, texts=texts)

    def stand(self, standing: Standing) -> None:
        """Let the row stand where the domain put it, as far as that needs no other row."""
        _stand(self._case, self._row, standing)

    def difference(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What differs from how the row was: before and now."""
        now = _parts(self._case, self._row)
        changed = [part for part, value in now.items() if value != self._before[part]]
        return {part: self._before[part] for part in changed}, {part: now[part] for part in changed}

    def finish(self, action: Action, *, private: bool, texts: dict[str, str] | None = None, quiet: bool = False) -> Saved:
        """Count the versions up, and write the entry."""
        row = self._row
        before, after = self.difference()
        changed = set(before)
        if not changed:
            return Saved(row.id, row.version, changed=False)
        if not changed <= _UNCOUNTED:
            row.version += 1
        if changed & {"status", "archived", "asked_role"}:
            row.status_version = row.version
        if changed & {"wording_id", "new_wording_id"} and action is not Action.AGREE_WORDING:
            row.title_version = row.why_version = row.version
        if "area" in changed:
            row.area_version = row.version
        if "review_on" in changed:
            row.review_version = row.version
        if "due_on" in changed:
            row.due_version = row.version
        for name, text in (texts or {}).items():
            side, _, part = name.partition("_")
            (before if side == "before" else after)[part] = text
        told = Action.ORDER if quiet else action
        entry = self._goals.write(row, told, before, after, operation=self._op, version=row.version, private=private)
        row.last_change_id = entry.id
        self._case.db.add(row)
        return Saved(row.id, row.version)


def _stand(case: OpenCase, row: Goal, standing: Standing) -> None:
    if row.status != standing.status:
        row.status, row.status_at = standing.status, case.now
    row.asked_by_id, row.asked_role, row.in_focus = standing.asked_by, standing.asked_role, standing.in_focus
    row.yes_client_id = (row.yes_client_id or case.me.person_id) if domain.CLIENT in standing.yes else ""
    row.yes_therapist_id = (row.yes_therapist_id or case.me.person_id) if domain.THERAPIST in standing.yes else ""


def _short(about: str) -> str:
    # What the address or the page names may be anything; a real id has 36 characters.
    return about[:36]


def _take(case: OpenCase, action: Action, goal_id: str, seen: int, op: str) -> Saved:
    goals = Goals(case)
    gives_back = action in {Action.TAKE_BACK, Action.NOT_NOW}
    found, wordings = goals.find_with_wordings(goal_id) if gives_back else (goals.find(goal_id), [])
    standing = domain.MOVES[action](standing_of(found.goal), goals.actor)
    _look(found.goal, action, seen)
    pen = _Pen(case, goals, found.goal, op)
    if gives_back:
        _part_words(case, goals, found.goal, wordings)
    return pen.take(action, standing, texts=_agreement(case, found, action))


def _part_words(case: OpenCase, goals: Goals, row: Goal, wordings: list[GoalWording]) -> None:
    # A proposal becomes its author's own idea again: in the author's words. What the other wrote into it meanwhile stays theirs.
    own = next((one.id for one in wordings if one.by_id == row.author_id), row.wording_id)
    theirs = next((one for one in wordings if one.by_id != row.author_id and one.written_at >= row.status_at), None)
    other = case.member(theirs.by_id if theirs is not None else row.notes_other_id)
    noted = {NOTES: _notes(case, row)} if row.notes_other_id else {}
    if other is None:
        row.wording_id = own
        return
    texts = _texts(case, theirs or next(one for one in wordings if one.id == row.wording_id))
    # Beside the proposal; equal places are in order.
    kept = Goal(
        id=new_id(), case_id=case.id, author_id=other.person_id, status=GoalStatus.IDEA, status_at=case.now,
        wording_id=new_id(), position=row.position, created_at=case.now,
    )  # fmt: skip
    if noted:
        kept.notes = case.seal(kept.id, "goal.notes", noted[NOTES])
    case.db.add(kept)
    case.db.flush()
    row.wording_id, row.notes_other_id = own, ""
    case.db.add(_wording(case, kept, kept.wording_id, texts["title"], texts["why"], by=other.person_id))
    # Not the one who acts wrote this, and it is no part of what they may undo.
    goals.write(
        kept, Action.ADD, {}, texts | noted, operation=new_id(), version=1, private=True, by=domain.Actor(other.person_id, other.role.value)
    )


def _look(row: Goal, action: Action, seen: int) -> None:
    """A yes is to what was read; a move only needs the state that was seen. Raises ChangedMeanwhile."""
    newest = row.version if action in domain.CONSENTS else row.status_version
    if action in domain.WORDING_CONSENTS:
        newest = max(row.title_version, row.why_version)
    if seen < newest:
        raise ChangedMeanwhile(
            N_("This goal changed a moment ago. It is shown here as it is now; please look again."),
            theirs="", version=row.version, field="goal",
        )  # fmt: skip


def _agreement(case: OpenCase, found: Found, action: Action) -> dict[str, str]:
    """The words that were asked for or answered, for the history."""
    agreed = _texts(case, found.wording)
    if action in {Action.PROPOSE, Action.AGREE}:
        return {f"{side}_{part}": text for part, text in agreed.items() for side in ("before", "after")}
    if action in {Action.AGREE_WORDING, Action.KEEP_WORDING} and found.new is not None:
        new = _texts(case, found.new)
        before, after = (agreed, new) if action is Action.AGREE_WORDING else (new, agreed)
        return {f"before_{part}": text for part, text in before.items()} | {f"after_{part}": text for part, text in after.items()}
    return {}


def _reword(case: OpenCase, goals: Goals, found: Found, which: Part, text: str, seen: int, op: str) -> Saved:
    row, action = found.goal, _REWORDS[which]
    texts = _texts(case, found.new or found.wording)
    standing = domain.reword(standing_of(row), goals.actor, action)
    version_of_part = row.title_version if which is Part.TITLE else row.why_version
    if texts[which] == text:
        return Saved(row.id, version_of_part, changed=False)
    if seen < version_of_part:
        raise ChangedMeanwhile(theirs=texts[which], version=version_of_part, field=which.value)
    _put_wording(case, goals, found, {which: text})
    change = _tell(
        case, goals, row, found.last, action, {which.value: texts[which]}, {which.value: text},
        op=op, version=row.version, private=standing.status is GoalStatus.IDEA,
    )  # fmt: skip
    row.last_change_id = change.id
    return Saved(row.id, row.version)


def _put_wording(case: OpenCase, goals: Goals, found: Found, texts: dict[Part, str]) -> None:
    """Write texts into the wording that is written now; on an agreed goal that is a new one, which waits for the yes of both."""
    row, shown = found.goal, found.new or found.wording
    now = _texts(case, shown) | {part.value: text for part, text in texts.items()}
    standing = domain.reword(standing_of(row), goals.actor, _REWORDS[next(iter(texts))])
    if standing.rewording and now == _texts(case, found.wording):
        # Written back to what was agreed: nothing is asked any more.
        standing = replace(standing, rewording=False, asked_by="", asked_role="")
        row.new_wording_id = None
    elif standing.rewording and found.new is None:
        row.new_wording_id = _begin_wording(case, row, now)
    elif standing.status is GoalStatus.PROPOSED and shown.by_id != case.me.person_id:
        # The other's words are not written over: they go back to them if the proposal is not taken up.
        own = goals.wording_by(row.id, case.me.person_id)
        if own is None:
            row.wording_id = _begin_wording(case, row, now)
        else:
            row.wording_id = own.id
            _write_over(case, own, now)
    else:
        _write_over(case, shown, now)
    _stand(case, row, standing)
    row.version += 1
    if Part.TITLE in texts:
        row.title_version = row.version
    if Part.WHY in texts:
        row.why_version = row.version
    case.db.add(row)


def _begin_wording(case: OpenCase, row: Goal, texts: dict[str, str]) -> str:
    row.wordings += 1
    wording = _wording(case, row, new_id(), texts["title"], texts["why"])
    case.db.add(wording)
    return wording.id


def _write_over(case: OpenCase, wording: GoalWording, texts: dict[str, str]) -> None:
    wording.title = case.seal(wording.id, "goal_wording.title", texts["title"])
    wording.why = case.seal(wording.id, "goal_wording.why", texts["why"])
    wording.by_id, wording.written_at = case.me.person_id, case.now
    case.db.add(wording)


def _put_notes(case: OpenCase, row: Goal, text: str) -> None:
    row.notes = case.seal(row.id, "goal.notes", text) if text else None
    if case.me.person_id != row.author_id:
        row.notes_other_id = case.me.person_id
    row.version += 1
    row.notes_version = row.version
    case.db.add(row)


def _tell(
    case: OpenCase,
    goals: Goals,
    row: Goal,
    last: GoalChange | None,
    action: Action,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    op: str,
    version: int,
    private: bool,
    step_id: str | None = None,
) -> GoalChange:
    """Tell a written text in the history: as part of the same burst of writing, or as a new entry."""
    if (
        last is not None
        and last.action == action
        and last.private == private
        and domain.same_burst(last.person_id, last.until, goals.actor, case.now)
    ):
        last.after = goals.seal_parts(last.id, "after", after)
        last.until, last.version, last.operation = case.now, version, op
        case.db.add(last)
        return last
    return goals.write(row, action, before, after, operation=op, version=version, private=private, step_id=step_id)


class _StepPen:
    """One change of one small step, told in its goal's history."""

    def __init__(self, case: OpenCase, step_id: str, action: Action, op: str, *, removed: bool = False) -> None:
        self._case, self._goals, self._action, self._op = case, Goals(case), action, op
        found: FoundStep = self._goals.find_step(step_id, removed=removed)
        self.step, self._goal = found.step, found.goal
        case.about = found.goal.id
        self._standing = domain.touch(standing_of(found.goal), self._goals.actor, action)
        self._was = _step_parts(case, self.step)

    def finish(self) -> Saved:
        """Write what differs, if anything does."""
        step = self.step
        now = _step_parts(self._case, step)
        changed = {part for part in now if now[part] != self._was[part]}
        if not changed:
            return Saved(step.id, step.version, changed=False)
        step.version += 1
        text = {"step": _step_text(self._case, step)}
        gone = self._action is Action.REMOVE_STEP
        entry = self._goals.write(
            self._goal, self._action,
            {part: self._was[part] for part in changed} | text,
            {part: now[part] for part in changed} | ({} if gone else text),
            operation=self._op, version=step.version, private=self._standing.status is GoalStatus.IDEA, step_id=step.id,
        )  # fmt: skip
        step.last_change_id = entry.id
        self._case.db.add(step)
        return Saved(step.id, step.version)


# Order and focus change nothing that somebody could have agreed to.
_UNCOUNTED = frozenset({"position", "in_focus"})


def _parts(case: OpenCase, row: Goal) -> dict[str, Any]:
    """Everything about a goal that a change can touch and an undo can put back."""
    return {
        "status": str(row.status),
        "status_at": row.status_at.isoformat(),
        "asked_by": row.asked_by_id,
        "asked_role": row.asked_role,
        "yes_client": row.yes_client_id,
        "yes_therapist": row.yes_therapist_id,
        "wording_id": row.wording_id,
        "new_wording_id": row.new_wording_id or "",
        "position": row.position,
        "in_focus": row.in_focus,
        "archived": row.archived_at.isoformat() if row.archived_at else "",
        "area": _area(case, row),
        "review_on": row.review_on.isoformat() if row.review_on else "",
        "due_on": row.due_on.isoformat() if row.due_on else "",
    }


def _set_area(case: OpenCase, row: Goal, value: str) -> None:
    row.area = case.seal(row.id, "goal.area", value) if value else None


_SETTERS: dict[str, Callable[[OpenCase, Any, Any], None]] = {
    "status": lambda case, row, value: setattr(row, "status", GoalStatus(value)),
    "status_at": lambda case, row, value: setattr(row, "status_at", datetime.fromisoformat(value)),
    "asked_by": lambda case, row, value: setattr(row, "asked_by_id", value),
    "asked_role": lambda case, row, value: setattr(row, "asked_role", value),
    "yes_client": lambda case, row, value: setattr(row, "yes_client_id", value),
    "yes_therapist": lambda case, row, value: setattr(row, "yes_therapist_id", value),
    "wording_id": lambda case, row, value: setattr(row, "wording_id", value),
    "new_wording_id": lambda case, row, value: setattr(row, "new_wording_id", value or None),
    "position": lambda case, row, value: setattr(row, "position", value),
    "in_focus": lambda case, row, value: setattr(row, "in_focus", value),
    "archived": lambda case, row, value: setattr(row, "archived_at", datetime.fromisoformat(value) if value else None),
    "area": _set_area,
    "review_on": lambda case, row, value: setattr(row, "review_on", date.fromisoformat(value) if value else None),
    "due_on": lambda case, row, value: setattr(row, "due_on", date.fromisoformat(value) if value else None),
}


def _step_parts(case: OpenCase, step: GoalStep) -> dict[str, Any]:
    return {
        "done_at": step.done_at.isoformat() if step.done_at else "",
        "done_by": step.done_by_id,
        "owner_id": step.owner_id,
        "due_on": step.due_on.isoformat() if step.due_on else "",
        "removed": step.removed_at is not None,
    }


_STEP_SETTERS: dict[str, Callable[[OpenCase, Any, Any], None]] = {
    "done_at": lambda case, step, value: setattr(step, "done_at", datetime.fromisoformat(value) if value else None),
    "done_by": lambda case, step, value: setattr(step, "done_by_id", value),
    "owner_id": lambda case, step, value: setattr(step, "owner_id", value),
    "due_on": lambda case, step, value: setattr(step, "due_on", date.fromisoformat(value) if value else None),
    "removed": lambda case, step, value: setattr(step, "removed_at", case.now if value else None),
}

_STEP_WORDS: dict[str, Callable[[OpenCase, Any, Any], None]] = {
    "step": lambda case, step, value: setattr(step, "text", case.seal(step.id, "goal_step.text", value)),
}

# An undo puts the state back; where the goal stood in its column may have been taken meanwhile.
_LOOSE = frozenset({"position"})


def _put_back(
    case: OpenCase,
    now: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    setters: dict[str, Callable[[OpenCase, Any, Any], None]],
    row: Goal | GoalStep,
) -> None:
    touched = [part for part in setters if part in before]
    if any(now[part] != after.get(part, now[part]) for part in touched if part not in _LOOSE):
        raise domain.ChangedSince
    for part in touched:
        setters[part](case, row, before[part])


def _wording(case: OpenCase, row: Goal, id_: str, title: str, why: str, *, by: str = "") -> GoalWording:
    return GoalWording(
        id=id_,
        case_id=case.id,
        goal_id=row.id,
        number=row.wordings,
        title=case.seal(id_, "goal_wording.title", title),
        why=case.seal(id_, "goal_wording.why", why),
        by_id=by or case.me.person_id,
        written_at=case.now,
    )


def _texts(case: OpenCase, wording: GoalWording) -> dict[str, str]:
    return {
        "title": case.unseal(wording.id, "goal_wording.title", wording.title),
        "why": case.unseal(wording.id, "goal_wording.why", wording.why),
    }


def _notes(case: OpenCase, row: Goal) -> str:
    return case.unseal(row.id, "goal.notes", row.notes)


def _area(case: OpenCase, row: Goal) -> str:
    return case.unseal(row.id, "goal.area", row.area)


def _step_text(case: OpenCase, step: GoalStep) -> str:
    return case.unseal(step.id, "goal_step.text", step.text)


def _owner(case: OpenCase, person_id: str) -> str:
    """A member who can own a step; empty for both. Anybody else's id reads like a missing one."""
    if not person_id:
        return ""
    member = case.member(person_id)
    if member is None or member.role.value == "supervisor":
        raise NotFound
    return member.person_id


def _part(name: str) -> Part:
    try:
        return Part(name)
    except ValueError:
        raise BadInput(field="part") from None


# --- the texts that are written together


def _shared_wording(which: Part) -> Callable[[OpenCase, str], writing.Found]:
    def find(case: OpenCase, goal_id: str) -> writing.Found:
        goals = Goals(case)
        found = goals.find_text(goal_id, _REWORDS[which])
        may_write = _allowed(lambda: domain.reword(standing_of(found.goal), goals.actor, _REWORDS[which]))
        return writing.Found(_texts(case, found.new or found.wording)[which], may_write, found)

    return find


def _shared_notes(case: OpenCase, goal_id: str) -> writing.Found:
    goals = Goals(case)
    found = goals.find_text(goal_id, Action.NOTE)
    return writing.Found(_notes(case, found.goal), _allowed(lambda: domain.touch(standing_of(found.goal), goals.actor, Action.NOTE)), found)


def _allowed(transition: Callable[[], Standing]) -> bool:
    try:
        transition()
    except domain.Illegal:
        return False
    return True


def _write_wording(which: Part) -> Callable[[OpenCase, writing.Found, writing.Written, str], bool]:
    def write(case: OpenCase, text: writing.Found, written: writing.Written, op: str) -> bool:
        goals, found = Goals(case), text.held
        domain.reword(standing_of(found.goal), goals.actor, _REWORDS[which])
        if written.text != text.text:
            _put_wording(case, goals, found, {which: written.text})
        return _tell_burst(case, goals, found, _REWORDS[which], which.value, written.burst, op)

    return write


def _write_notes(case: OpenCase, text: writing.Found, written: writing.Written, op: str) -> bool:
    goals, found = Goals(case), text.held
    domain.touch(standing_of(found.goal), goals.actor, Action.NOTE)
    if written.text != text.text:
        _put_notes(case, found.goal, written.text)
    return _tell_burst(case, goals, found, Action.NOTE, NOTES, written.burst, op)


def _tell_burst(case: OpenCase, goals: Goals, found: Found, action: Action, part: str, burst: Burst, op: str) -> bool:
    """Tell what somebody wrote in the history, one entry per burst; whether an entry of theirs went on."""
    row, last = found.goal, found.last
    private = standing_of(row).status is GoalStatus.IDEA
    goes_on = (
        last is not None
        and last.action == action
        and last.private == private
        and domain.same_burst(last.person_id, last.until, goals.actor, case.now)
    )
    if last is None or not goes_on:
        if not burst.is_nothing:
            entry = goals.write(row, action, {part: burst.before}, {part: burst.after}, operation=op, version=row.version, private=private)
            row.last_change_id = entry.id
            case.db.add(row)
        return False
    before, after = goals.parts(last)
    whole = Burst(before[part], after[part]).goes_on(burst.before, burst.after, merged)
    if whole.is_nothing:
        # Written and taken back again: there is nothing to tell.
        case.db.delete(last)
        row.last_change_id = "" if row.last_change_id == last.id else row.last_change_id
        case.db.add(row)
        return True
    last.before, last.after = goals.seal_parts(last.id, "before", {part: whole.before}), goals.seal_parts(last.id, "after", {part: whole.after})
    last.until, last.version, last.operation = case.now, row.version, op
    case.db.add(last)
    return True


writing.KINDS |= {
    "goal.title": writing.Kind(
        READ, WRITE, TITLE_MOST, _shared_wording(Part.TITLE), _write_wording(Part.TITLE), least=1, lines=False
    ),
    "goal.why": writing.Kind(READ, WRITE, WHY_MOST, _shared_wording(Part.WHY), _write_wording(Part.WHY)),
    "goal.notes": writing.Kind(READ, WRITE, NOTES_MOST, _shared_notes, _write_notes),
}
