"""Short ways for the tests of this room to let people answer."""

from collections.abc import Iterable

from portal.access.gate import Caller
from portal.checkins import service
from portal.checkins.domain import Item
from tests.cast import Cast
from tests.makers import op

NINES = (9, 9, 9, 9, 9, 9)


def start(cast: Cast, who: Caller | None = None) -> str:
    """A fresh check-in of the first case."""
    return service.start(who or cast.client, cast.case, op=op())


def fill(cast: Cast, who: Caller, checkin_id: str, values: Iterable[int] = NINES, *, keep: str = "", change: str = "") -> None:
    """Somebody rates the six statements and writes the lines, without handing in."""
    for item, value in zip(Item, values, strict=False):
        service.rate(who, cast.case, checkin_id, item, value, op=op())
    for line, text in (("keep", keep), ("change", change)):
        if text:
            service.write_line(who, cast.case, checkin_id, line, text, 0, op=op())


def answer(cast: Cast, who: Caller, checkin_id: str, values: Iterable[int] = NINES, *, keep: str = "", change: str = "") -> bool:
    """Somebody fills in and hands in; True if that opened it for both."""
    fill(cast, who, checkin_id, values, keep=keep, change=change)
    return service.submit(who, cast.case, checkin_id, op=op())


def both(cast: Cast, client: Iterable[int] = NINES, therapist: Iterable[int] = NINES) -> str:
    """A check-in that both have answered."""
    checkin_id = start(cast)
    answer(cast, cast.client, checkin_id, client)
    answer(cast, cast.therapist, checkin_id, therapist)
    return checkin_id
