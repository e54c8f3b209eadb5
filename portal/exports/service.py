"""The verbs of exports: asking, fetching and throwing away by people; making and forgetting by the portal's own clock."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from portal import routes
from portal.access.gate import Caller, open_case, open_upkeep
from portal.access.permissions import Act, CaseRole, Permission
from portal.comments import service as comments
from portal.comments.domain import Kind
from portal.decisions import service as decisions
from portal.exports import domain
from portal.exports.domain import MEDIA_TYPES, MOST_AT_ONCE, MOST_BYTES, Format, NotNow, Status, Why
from portal.exports.models import ExportFile
from portal.exports.repository import Exports, Job, due_ids, held, let_time_pass, put, stand, standing_of, take_up
from portal.exports.schemas import (
    Asked,
    ExportForm,
    ExportLine,
    Fetched,
    Ladder,
    LadderScore,
    Promised,
    Rating,
    Said,
    Sheet,
    SheetGoal,
    Writer,
    csv_of,
    json_of,
    paper_of,
    with_decisions,
)
from portal.goals import service as goals
from portal.kit import logs, paper
from portal.kit.db import forget_overwritten
from portal.kit.i18n import N_, clock_time, say
from portal.kit.ids import new_id
from portal.kit.refusal import DatabaseGone, Forbidden, NotFound, NotSignedIn
from portal.ladders import service as ladders
from portal.promises import service as promises
from portal.ratings import service as ratings

EXPORT, LOOK = Permission.EXPORT_GOALS, Permission.READ_OWN_EXPORTS

BATCH = 20
"""So many goals are read at once: between two batches the export says how far it is."""
_READ_PERCENT = 60
"""How much of the work reading is; the rest is setting the paper."""

Told = Callable[[int], None]
"""Is told how many percent of the reading are done."""


# --- by people


def ask(caller: Caller, case_id: str, file_kind: str, goal_id: str, lang: str, *, op: str) -> Asked:
    """Ask for a file of the whole board (`goal_id` "") or of one goal. Raises BadInput and EnoughUnderWay."""
    form = ExportForm.parse(file_kind, goal_id)
    with open_case(caller, case_id, EXPORT, op=op, about=form.goal_id) as case:
        if Exports(case, caller).under_way() >= MOST_AT_ONCE:
            raise domain.EnoughUnderWay
        row = ExportFile(
            id=new_id(),
            case_id=case.id,
            person_id=case.me.person_id,
            session_id=caller.session_id or "",
            goal_id=form.goal_id,
            kind=form.kind,
            language=lang or case.language or "en",
            status=Status.QUEUED,
            asked_at=case.now,
            touched_at=case.now,
        )
        case.db.add(row)
        return Asked(row.id)


def mine(caller: Caller, case_id: str, *, lang: str = "") -> list[ExportLine]:
    """What this person asked for in this session, newest first, as far as it is."""
    with open_case(caller, case_id, LOOK) as case:
        rows = Exports(case, caller).all()
        lang = lang or case.language or "en"
        return [_line(row, case.id, lang, case.time_zone, case.now) for row in rows]


def fetch(caller: Caller, case_id: str, export_id: str) -> Fetched:
    """A finished file, for whoever asked for it, in the session that asked. Raises NotFound, and NotNow when its time is over."""
    with open_case(caller, case_id, EXPORT, about=export_id[:36], act=Act.TAKE_EXPORT) as case:
        exports = Exports(case, caller)
        row = exports.find(export_id)
        domain.to_be_fetched(standing_of(row), case.now)
        today = case.now.astimezone(ZoneInfo(case.time_zone)).date()
        kind = Format(row.kind)
        return Fetched(domain.file_name(kind, today), MEDIA_TYPES[kind], exports.content(row))


def drop(caller: Caller, case_id: str, export_id: str, *, op: str) -> None:
    """Cancel an export that is being made, or throw a finished file away at once."""
    with open_case(caller, case_id, EXPORT, op=op, about=export_id[:36], act=Act.DROP_EXPORT) as case:
        case.db.delete(Exports(case, caller).find(export_id))
    forget_overwritten()


def note_print(caller: Caller, case_id: str, goal_id: str = "", *, op: str) -> None:
    """Enter in the log that somebody opens the goals to print them; what is printed, `sheet` reads."""
    with open_case(caller, case_id, EXPORT, op=op, about=goal_id[:36], act=Act.PRINT_GOALS):
        pass


def sheet(
    caller: Caller, case_id: str, goal_id: str = "", *, lang: str = "", everything: bool = False, told: Told | None = None
) -> Sheet:
    """What there is to print or to export, read through the verbs of the screens: the board by columns, or one goal.

    `everything` adds the archive and the histories. Raises NotFound when the one goal is not there for this person.
    """
    with open_case(caller, case_id, Permission.READ_GOALS) as case:
        now, zone, lang = case.now, case.time_zone, lang or case.language or "en"
        writers = tuple(Writer(member.name, member.role.value) for member in case.members if member.role is not CaseRole.SUPERVISOR)
        rated: dict[str, list[Rating]] = {}
        for one in ratings.series(case):
            rated.setdefault(one.goal_id, []).append(Rating(one.wording, one.side, one.value, one.at))
        ladder = {one.goal_id: Ladder(one.texts, one.start, one.level, one.weight) for one in ladders.ladders_of(case)}
    said: dict[str, list[Said]] = {}
    for comment in comments.written_out(caller, case_id, lang=lang):
        if comment.kind is Kind.GOAL:
            said.setdefault(comment.about_id, []).append(Said(comment.written_at, comment.author, comment.role, comment.changed, comment.text))
    courses = {id_: course.summary for id_, course in ratings.on_board(caller, case_id, lang=lang).items()}
    ids = [goal_id] if goal_id else _ids(caller, case_id, everything)
    found: list[SheetGoal] = []
    for start in range(0, len(ids), BATCH):
        found += (
            SheetGoal(goal, tuple(rated.get(goal.id, ())), courses.get(goal.id, ""), ladder.get(goal.id), tuple(said.get(goal.id, ())))
            for goal in goals.whole(caller, case_id, ids[start : start + BATCH], lang=lang, history=everything)
        )
        if told is not None:
            told(100 * min(start + BATCH, len(ids)) // len(ids))
    if goal_id and not found:
        raise NotFound
    promised = () if goal_id else tuple(
        Promised(one.id, one.text, one.by, one.made_at, one.until_on, one.status, one.status_at, one.reason, one.archived)
        for one in promises.every(caller, case_id)
        if everything or not one.archived
    )
    score = None
    if ladder and not goal_id:
        counted = ladders.summary(caller, case_id, lang=lang)
        score = LadderScore(counted.score, counted.start_score, counted.words, counted.caveat)
    return Sheet(goal_id, writers, now, lang, zone, tuple(found), promised, score)


def _ids(caller: Caller, case_id: str, everything: bool) -> list[str]:
    return goals.listed(caller, case_id) + (goals.listed(caller, case_id, archived=True) if everything else [])


_NAMES: dict[tuple[Format, bool], str] = {
    (Format.PDF, False): N_("All goals as PDF"),
    (Format.CSV, False): N_("All goals as a table (CSV)"),
    (Format.JSON, False): N_("All goals as data (JSON)"),
    (Format.PDF, True): N_("One goal as PDF"),
    (Format.CSV, True): N_("One goal as a table (CSV)"),
    (Format.JSON, True): N_("One goal as data (JSON)"),
}

_WHY: dict[Why, str] = {
    Why.LEFT: N_("You were signed out before it was ready. Please make it again."),
    Why.GONE: N_("What it was to show is not there any more. Please look at the board and choose again."),
    Why.WAITED: N_("Nobody took this up: the part of the portal that makes files may not be running. Please try again in a while, or print the page instead."),
    Why.TOO_LARGE: N_("This would be too large for one file. Please make files of single goals, or choose the table."),
    Why.BROKEN: N_("It could not be made. Nothing was changed; please try again, or choose another kind of file."),
}


def _line(row: ExportFile, case_id: str, lang: str, zone: str, now: datetime) -> ExportLine:
    standing = domain.at(standing_of(row), now)
    ready = standing.status is Status.READY and standing.kept_until is not None
    notes = {
        Status.QUEUED: say(lang, N_("Waiting to be made")),
        Status.RUNNING: say(lang, N_("Being made")),
        Status.READY: say(
            lang,
            N_("{size} · can be downloaded until {time}, then it is deleted"),
            size=_size(lang, row.size),
            time=clock_time(lang, zone, standing.kept_until or now),
        ),
        Status.EXPIRED: say(lang, N_("Its time was over, so it was deleted. You can make it again.")),
        Status.FAILED: say(lang, _WHY[standing.why or Why.BROKEN]),
    }
    return ExportLine(
        id=row.id,
        status=standing.status.value,
        kind=row.kind,
        goal_id=row.goal_id,
        words=say(lang, _NAMES[Format(row.kind), bool(row.goal_id)]),
        note=notes[standing.status],
        percent=standing.percent,
        href=routes.in_case(routes.EXPORT_FILE, case_id, export=row.id) if ready else "",
    )


def _size(lang: str, size: int) -> str:
    if size >= 1_000_000:
        return say(lang, N_("{n} MB"), n=f"{size / 1_000_000:.1f}".replace(".", "," if lang == "de" else "."))
    return say(lang, N_("{n} kB"), n=max(1, round(size / 1_000)))


# --- by the portal's own clock


def make_due() -> int:
    """Make the files that somebody waits for, oldest first; returns how many were taken up. For the worker, again and again.

    A file that is being made elsewhere is left alone; one whose maker has fallen silent is taken up again.
    """
    with open_upkeep(writes=False) as upkeep:
        waiting = due_ids(upkeep.db, upkeep.now)
    jobs = [job for export_id in waiting if (job := claim(export_id)) is not None and _make(job)]
    return len(jobs)


def claim(export_id: str) -> Job | None:
    """Take one export up; None if there is nothing to do about it any more."""
    with open_upkeep() as upkeep:
        return take_up(upkeep.db, export_id, upkeep.now)


def note_progress(job: Job, percent: int) -> None:
    """So many percent (0 to 100) of the file are made. Raises NotNow when nobody waits for this attempt any more."""
    with open_upkeep() as upkeep:
        row = held(upkeep.db, job.id)
        if row is None:
            raise NotNow(Status.EXPIRED, "move on")
        stand(row, domain.moved_on(standing_of(row), job.attempt, percent, upkeep.now))
        upkeep.db.add(row)


def keep(job: Job, content: bytes) -> None:
    """Keep the finished file, sealed. Raises NotNow."""
    with open_upkeep() as upkeep:
        row = held(upkeep.db, job.id)
        if row is None:
            raise NotNow(Status.EXPIRED, "finish")
        stand(row, domain.finished(standing_of(row), job.attempt, upkeep.now))
        put(upkeep.db, row, content)


def give_up(job: Job, why: Why) -> None:
    """The file cannot be made; whoever asked is told why. Raises NotNow."""
    with open_upkeep() as upkeep:
        row = held(upkeep.db, job.id)
        if row is None:
            raise NotNow(Status.EXPIRED, "give up")
        stand(row, domain.given_up(standing_of(row), job.attempt, why, upkeep.now))
        upkeep.db.add(row)


def pass_time() -> list[str]:
    """Delete the files whose time is over or that nobody may fetch any more, and forget what became of old exports.

    Returns no cases to ring in: only the page of whoever asked shows an export, and that page looks at the clock itself.
    """
    with open_upkeep(writes=False) as upkeep:
        due = let_time_pass(upkeep.db, upkeep.now, look_only=True)
    if due:
        _delete_passed()
    return []


def _delete_passed() -> None:
    with open_upkeep() as upkeep:
        let_time_pass(upkeep.db, upkeep.now)
    forget_overwritten()


def _make(job: Job) -> bool:
    """Make one file with the rights of the session that asked, as they are now."""
    try:
        try:
            content = _written(job)
            if len(content) > MOST_BYTES:
                give_up(job, Why.TOO_LARGE)
            else:
                keep(job, content)
        except (NotSignedIn, Forbidden):
            give_up(job, Why.LEFT)
        except NotFound:
            give_up(job, Why.GONE)
        except (NotNow, DatabaseGone):
            raise
        except Exception as broken:  # noqa: BLE001  one file that cannot be made must not hold up the others
            logs.failure("an export could not be made", broken, kind=job.kind.value)
            give_up(job, Why.BROKEN)
    except (NotNow, DatabaseGone):
        # Cancelled, or somebody else's by now; or storage is away, and after the lease it is taken up again.
        return False
    return True


def _written(job: Job) -> bytes:
    note_progress(job, 1)
    caller, everything = Caller(job.session_id), job.kind is not Format.PDF
    read = sheet(
        caller,
        job.case_id,
        job.goal_id,
        lang=job.language,
        everything=everything,
        told=lambda percent: note_progress(job, percent * _READ_PERCENT // 100),
    )
    read = with_decisions(read, decisions.every(caller, job.case_id), everything=everything)
    if job.kind is Format.PDF:
        return paper.pdf(paper_of(read))
    return csv_of(read) if job.kind is Format.CSV else json_of(read)
