"""What every test of exports does: ask, let the worker make it, fetch."""

from portal.access.gate import Caller
from portal.exports import service
from portal.exports.schemas import ExportLine
from tests.cast import Cast
from tests.makers import op


def asked(cast: Cast, kind: str = "json", goal: str = "", *, by: Caller | None = None, lang: str = "en") -> str:
    """An export that the client (or `by`) asked for; its id."""
    return service.ask(by or cast.client, cast.case, kind, goal, lang, op=op()).id


def line(cast: Cast, export: str, *, by: Caller | None = None) -> ExportLine:
    """How it stands, as whoever asked for it sees it."""
    return next(one for one in service.mine(by or cast.client, cast.case) if one.id == export)


def made(cast: Cast, kind: str = "json", goal: str = "", *, by: Caller | None = None, lang: str = "en") -> bytes:
    """The finished file."""
    export = asked(cast, kind, goal, by=by, lang=lang)
    service.make_due()
    return service.fetch(by or cast.client, cast.case, export).content
