"""The verbs of ratings: the client's number, the therapist's beside it, and how far the goals have come."""

from portal.access.gate import Caller, OpenCase, open_case
from portal.access.permissions import Act, Permission
from portal.goals import service as goals
from portal.goals.domain import Actor, KnownGoal, may_undo
from portal.kit.refusal import NotFound
from portal.ratings.domain import NothingToRate, TooLateToTakeBack, check_rateable, may_be_rated
from portal.ratings.models import GoalRating
from portal.ratings.repository import KnownRating, Ratings
from portal.ratings.schemas import (
    GivenNow,
    GoalRatings,
    HandedRatings,
    Rated,
    RatingForm,
    RatingReader,
    RatingsView,
    SeriesPoint,
    SmallCourse,
    parse_value,
)

ON_CARD = 12
"""A card shows the first rating and this many of the newest of each side."""
ON_PAGE = 200
_ALL = 1_000_000

READ = Permission.READ_GOALS


def rate(caller: Caller, case_id: str, goal_id: str, wording_id: str, value: int, *, op: str) -> Rated:
    """Say where one is with a goal now, from 0 to 10: the client for the client's series, the therapist for a series of its own.

    `wording_id` is the wording that the person read. Nothing that was said before is written over. Raises BadInput, NotRateable
    and Reworded, and like every verb here NotFound, NotSignedIn and Forbidden.
    """
    number = parse_value(value)
    with open_case(caller, case_id, Permission.RATE_GOALS, op=op, about=goal_id[:36]) as case:
        goal = goals.known_goal(case, goal_id)
        check_rateable(goal.standing, goal.wording_id, wording_id)
        return Rated(Ratings(case).add(goal.id, goal.wording_id, number, op).id)


def take_back(caller: Caller, case_id: str, undone: str, *, op: str) -> Rated:
    """Take one's own rating back, by its operation, within ten seconds. Raises TooLateToTakeBack."""
    with open_case(caller, case_id, Permission.RATE_GOALS, op=op, act=Act.TAKE_RATING_BACK) as case:
        return _take_back(case, Ratings(case).own(undone))


def _take_back(case: OpenCase, row: GoalRating) -> Rated:
    case.about = row.goal_id
    if row.taken_back_at is not None:
        return Rated(row.id, changed=False)
    if not may_undo(row.at, row.person_id, Actor(case.me.person_id, case.role.value), case.now):
        raise TooLateToTakeBack
    row.taken_back_at, row.value = case.now, None
    case.db.add(row)
    return Rated(row.id)


def of_goal(caller: Caller, case_id: str, goal_id: str, *, lang: str = "") -> GoalRatings:
    """Both series of a goal: of the wording in force, and of those before it."""
    with open_case(caller, case_id, READ, about=goal_id[:36]) as case:
        goal = goals.known_goal(case, goal_id)
        return RatingReader.of(case, lang).page(goal, Ratings(case).of_goal(goal.id, ON_PAGE))


def on_board(caller: Caller, case_id: str, *, lang: str = "") -> dict[str, SmallCourse]:
    """The small course of each goal on the board that was rated in its present wording, by the goal's id."""
    with open_case(caller, case_id, READ) as case:
        wordings = {wording: goal for goal, wording in goals.present_wordings(case).items()}
        reader = RatingReader.of(case, lang)
        found: dict[str, list[KnownRating]] = {}
        for one in Ratings(case).of_case(ON_CARD, wordings):
            found.setdefault(one.wording_id, []).append(one)
        return {wordings[wording]: reader.small(some) for wording, some in found.items()}


def summary(caller: Caller, case_id: str, *, lang: str = "") -> RatingsView:
    """All rated goals on the board, and the client's mean progress over them."""
    with open_case(caller, case_id, READ) as case:
        return RatingReader.of(case, lang).summary(goals.known_goals(case), Ratings(case).of_case(ON_CARD))


def to_rate(caller: Caller, case_id: str, *, lang: str = "") -> list[RatingForm]:
    """The goals in focus that the caller may rate now: for a session, or for a device that is handed over."""
    with open_case(caller, case_id, READ) as case:
        reader, ratings = RatingReader.of(case, lang), Ratings(case).of_case(1)
        forms = [
            reader.form(goal, [one for one in ratings if one.wording_id == goal.wording_id])
            for goal in goals.known_goals(case)
            if goal.standing.in_focus
        ]
        return [form for form in forms if form.may_rate]


# --- on a device that was handed over


def check_can_be_rated(case: OpenCase, about: str) -> None:
    """For handing a device over: a goal, or with the case's own id the goals in focus. Raises NotFound and NothingToRate."""
    if not any(may_be_rated(goal.standing) for goal in _handed(case, about)):
        raise NothingToRate


def handed_forms(caller: Caller, case_id: str, about: str, *, lang: str = "") -> HandedRatings:
    """What is to be rated on a handed-over device, and what was rated there already. Raises NotFound when nothing of it is left."""
    with open_case(caller, case_id, Permission.READ_HANDED_RATINGS, about=about) as case:
        known = [goal for goal in _handed(case, about) if may_be_rated(goal.standing)]
        if not known:
            raise NotFound
        reader = RatingReader.of(case, lang)
        ratings = Ratings(case).of_case(1, {goal.wording_id for goal in known})
        mine = {one.wording_id: one for one in ratings if one.side is reader.side}
        here = {wording: one for wording, one in mine.items() if one.at >= case.task.given_at}
        return HandedRatings(
            forms=[reader.form(goal, [one for one in ratings if one.wording_id == goal.wording_id]) for goal in known if goal.wording_id not in here],
            given=[GivenNow(goal.id, goal.title, str(here[goal.wording_id].value)) for goal in known if goal.wording_id in here],
            therapist=reader.therapist,
        )


def rate_handed(caller: Caller, case_id: str, about: str, goal_id: str, wording_id: str, value: int, *, op: str) -> Rated:
    """As `rate`, on a handed-over device, for a goal of its task."""
    number = parse_value(value)
    with open_case(caller, case_id, Permission.RATE_HANDED_GOALS, op=op, about=about) as case:
        goal = next((one for one in _handed(case, about) if one.id == goal_id), None)
        if goal is None:
            raise NotFound
        check_rateable(goal.standing, goal.wording_id, wording_id)
        case.about = goal.id
        return Rated(Ratings(case).add(goal.id, goal.wording_id, number, op).id)


def take_handed_back(caller: Caller, case_id: str, about: str, undone: str, *, op: str) -> Rated:
    """As `take_back`, for a number that was given on this device since it was handed over."""
    with open_case(caller, case_id, Permission.RATE_HANDED_GOALS, op=op, about=about, act=Act.TAKE_HANDED_RATING_BACK) as case:
        row = Ratings(case).own(undone)
        if row.at < case.task.given_at or row.goal_id not in {goal.id for goal in _handed(case, about)}:
            raise NotFound
        return _take_back(case, row)


def _handed(case: OpenCase, about: str) -> list[KnownGoal]:
    if about != case.id:
        return [goals.known_goal(case, about)]
    return [goal for goal in goals.known_goals(case) if goal.standing.in_focus]


def series(case: OpenCase) -> list[SeriesPoint]:
    """Every rating of an opened case in the order of time, with the words that it was given for: for an export."""
    every = Ratings(case).of_case(_ALL)
    titles = goals.wording_titles(case, {one.wording_id for one in every})
    return [SeriesPoint(one.goal_id, titles.get(one.wording_id, ""), one.side.value, one.value, one.at) for one in every]
