"""What every test of goals does with the service: goals in a state, and two people who look at them."""

from portal.access.gate import Caller
from portal.goals import service
from portal.goals.schemas import GoalCard, GoalDetail, GoalPage
from tests.cast import Cast
from tests.makers import op


def idea(cast: Cast, title: str = "Say no once a week", why: str = "", *, by: Caller | None = None) -> str:
    """An idea of the client (or of `by`); its id."""
    return service.add(by or cast.client, cast.case, title, why, op=op()).id


def proposed(cast: Cast, title: str = "Say no once a week", why: str = "") -> str:
    """A goal that the client proposed."""
    goal = idea(cast, title, why)
    service.propose(cast.client, cast.case, goal, 1, op=op())
    return goal


def agreed(cast: Cast, title: str = "Say no once a week", why: str = "") -> str:
    """A goal that both agreed on."""
    goal = proposed(cast, title, why)
    service.agree(cast.therapist, cast.case, goal, seen(cast, goal), op=op())
    return goal


def working(cast: Cast, title: str = "Say no once a week") -> str:
    """A goal that is worked on."""
    goal = agreed(cast, title)
    service.start(cast.client, cast.case, goal, seen(cast, goal), op=op())
    return goal


def look(cast: Cast, goal: str, *, by: Caller | None = None) -> GoalDetail:
    """The goal's own page, as the client (or `by`) sees it."""
    return service.goal(by or cast.client, cast.case, goal).goal


def page(cast: Cast, goal: str, *, by: Caller | None = None) -> GoalPage:
    """The goal with its steps and its history."""
    return service.goal(by or cast.client, cast.case, goal)


def seen(cast: Cast, goal: str) -> int:
    """The goal's present version."""
    return look(cast, goal).version


def cards(cast: Cast, column: str, *, by: Caller | None = None) -> list[GoalCard]:
    """A column of the board, as the client (or `by`) sees it."""
    return service.board(by or cast.client, cast.case).columns[column].cards


def titles(cast: Cast, column: str, *, by: Caller | None = None) -> list[str]:
    """The titles of a column, in order."""
    return [card.title for card in cards(cast, column, by=by)]
