"""What every test of ladders does with the service."""

from portal.access.gate import Caller
from portal.ladders import service
from portal.ladders.schemas import LadderView, LevelView
from tests.cast import Cast
from tests.makers import op

TEXTS = ("every evening", "twice a week", "once a week", "once, and then I explain", "never")


def shown(cast: Cast, goal: str, *, by: Caller | None = None, history: bool = False) -> LadderView:
    """The ladder of a goal, as the client (or `by`) sees it."""
    return service.of_goal(by or cast.client, cast.case, goal, history=history)


def whole(cast: Cast, goal: str) -> LadderView:
    """A ladder whose five levels have words; client and therapist wrote them by turns."""
    service.begin(cast.client, cast.case, goal, op=op())
    for number, (level, text) in enumerate(zip(shown(cast, goal).levels, TEXTS, strict=True)):
        service.write(cast.therapist if number % 2 else cast.client, cast.case, level.id, text, level.version, op=op())
    return shown(cast, goal)


def level(cast: Cast, goal: str, value: int) -> LevelView:
    """One level of a goal's ladder."""
    return next(one for one in shown(cast, goal).levels if one.value == value)


def say(cast: Cast, goal: str, value: int, *sides: Caller) -> str:
    """These people say that things stand at a level; the operation of the last."""
    operation = ""
    for caller in sides or (cast.client, cast.therapist):
        operation, one = op(), level(cast, goal, value)
        service.say_now(caller, cast.case, one.id, one.version, op=operation)
    return operation
