"""What every test of ratings does with the service."""

from portal.access.gate import Caller
from portal.goals import service as goals
from portal.goals.domain import Action
from portal.ratings import service
from portal.ratings.schemas import GoalRatings
from tests.cast import Cast
from tests.goals.people import look, seen
from tests.makers import op


def shown(cast: Cast, goal: str, *, by: Caller | None = None) -> GoalRatings:
    """The ratings of a goal, as the client (or `by`) sees them."""
    return service.of_goal(by or cast.client, cast.case, goal)


def rate(cast: Cast, goal: str, value: int, *, by: Caller | None = None) -> str:
    """A rating of the present wording by the client (or `by`); its operation."""
    operation = op()
    service.rate(by or cast.client, cast.case, goal, shown(cast, goal).form.wording_id, value, op=operation)
    return operation


def reworded(cast: Cast, goal: str, title: str) -> None:
    """Both say yes to another wording."""
    goals.reword(cast.client, cast.case, goal, "title", title, 99, op=op())
    for caller in (cast.therapist, cast.client):
        if look(cast, goal).title_pieces:
            goals.VERBS[Action.AGREE_WORDING](caller, cast.case, goal, seen(cast, goal), op=op())


def numbers(view: GoalRatings) -> list[tuple[str, str]]:
    """The table of the present wording: client and therapist, newest first."""
    return [(row.client, row.therapist) for row in view.course.rows]
