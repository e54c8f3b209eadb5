"""The verbs of life areas: the two of a case add, rename and put them away; the case's goals show what they are called."""

from dataclasses import replace

from portal.access.gate import Caller, OpenCase, open_case
from portal.access.permissions import CaseRole, Permission
from portal.areas import domain
from portal.areas.domain import Area
from portal.areas.repository import LifeAreas
from portal.areas.schemas import AreasView, Saved, parse_name, shown, words_of
from portal.cases.domain import goes_on_writing, in_time_to_undo
from portal.kit.ids import new_id
from portal.kit.refusal import BadInput, ChangedMeanwhile, NotFound

READ, WRITE = Permission.READ_GOALS, Permission.WRITE_GOALS


def named(caller: Caller, case_id: str, *, lang: str = "") -> AreasView:
    """All life areas of the case. Raises NotFound, NotSignedIn and Forbidden, like every verb here."""
    with open_case(caller, case_id, READ) as case:
        areas = domain.complete(LifeAreas(case).kept())
        return AreasView(shown(areas, _lang(case, lang)), case.role is not CaseRole.SUPERVISOR)


def names(case: OpenCase, lang: str = "") -> dict[str, str]:
    """What the areas of an opened case are called, by their ids; those put away too, for goals that have them. One statement."""
    return {area.id: words_of(area, _lang(case, lang)) for area in domain.complete(LifeAreas(case).kept())}


def add(caller: Caller, case_id: str, name: str, *, op: str) -> Saved:
    """Add a life area in own words. Raises BadInput, CalledSoAlready and EnoughAreas."""
    name = parse_name(name)
    with open_case(caller, case_id, WRITE, op=op) as case:
        kept = LifeAreas(case)
        area = Area(new_id(), name)
        _check(case, domain.complete(kept.kept()), area)
        return _saved(kept.write(area, operation=op, before=None))


def rename(caller: Caller, case_id: str, area_id: str, name: str, seen: int, *, op: str) -> Saved:
    """Call a life area something else; an empty name gives an offered one its usual words again.

    `seen` is the area's version that the person started from; ChangedMeanwhile carries what it is called now.
    """
    name = parse_name(name, may_be_empty=True)
    with open_case(caller, case_id, WRITE, op=op) as case:
        kept = LifeAreas(case)
        areas = domain.complete(kept.kept())
        area = _find(areas, area_id)
        if not name and not area.usual:
            raise BadInput(field="area")
        if name == words_of(area, _lang(case)):
            return Saved(area.id, area.version, changed=False)
        if seen < area.version:
            raise ChangedMeanwhile(theirs=words_of(area, _lang(case)), version=area.version, field="area")
        called = replace(area, name=name)
        _check(case, areas, called)
        return _saved(kept.write(called, operation=op, before=_before(case, kept, area)))


def put_away(caller: Caller, case_id: str, area_id: str, *, op: str) -> Saved:
    """Offer a life area no longer; goals that have it keep it."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        return _put(case, area_id, away=True, op=op)


def offer(caller: Caller, case_id: str, area_id: str, *, op: str) -> Saved:
    """Offer a life area again that was put away. Raises EnoughAreas and CalledSoAlready."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        return _put(case, area_id, away=False, op=op)


def undo(caller: Caller, case_id: str, undone: str, *, op: str) -> Saved:
    """Take one's own change back, by its operation, within ten seconds; an area that was added is put away. Raises TooLateToUndo."""
    with open_case(caller, case_id, WRITE, op=op) as case:
        kept = LifeAreas(case)
        row = kept.own_change(undone)
        if row is None or not in_time_to_undo(row.changed_at, case.now):
            raise domain.TooLateToUndo
        areas, was = domain.complete(kept.kept()), kept.was_before(row)
        _check(case, areas, was)
        return _saved(kept.write(was, operation=op, before=_find(areas, was.id)))


def _put(case: OpenCase, area_id: str, *, away: bool, op: str) -> Saved:
    kept = LifeAreas(case)
    areas = domain.complete(kept.kept())
    area = _find(areas, area_id)
    if area.away == away:
        return Saved(area.id, area.version, changed=False)
    put = replace(area, away=away)
    _check(case, areas, put)
    return _saved(kept.write(put, operation=op, before=area))


def _check(case: OpenCase, areas: list[Area], wanted: Area) -> None:
    """An area that is offered needs room and a name of its own. Raises EnoughAreas and CalledSoAlready."""
    others = [one for one in areas if one.id != wanted.id and not one.away]
    if not wanted.away:
        domain.check_room(others)
        domain.check_name(words_of(wanted, _lang(case)), (words_of(one, _lang(case)) for one in others))


def _before(case: OpenCase, kept: LifeAreas, area: Area) -> Area:
    """How an area was before this person began to rename it: one stretch of writing is taken back as one."""
    last = kept.row(area.id)
    if last is None or last.person_id != case.me.person_id or not goes_on_writing(last.changed_at, case.now):
        return area
    was = kept.was_before(last)
    return was if was.away == area.away else area


def _find(areas: list[Area], area_id: str) -> Area:
    found = next((area for area in areas if area.id == area_id), None)
    if found is None:
        raise NotFound
    return found


def _lang(case: OpenCase, lang: str = "") -> str:
    return lang or case.language or "en"


def _saved(area: Area) -> Saved:
    return Saved(area.id, area.version)
