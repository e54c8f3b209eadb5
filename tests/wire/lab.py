"""A small app behind the real gate: something worth stealing, and a switch for each mitigation, so that each attack can be seen to work."""

import json
import os
import sys
from typing import Any

import pytest
import reflex as rx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.access import gateway, wire
from portal.access.arguments import Arguments
from portal.access.gateway import Envelope, GuardedNamespace, SessionCheck, guard, outer_gate
from portal.access.policy import Policy, Who
from portal.kit import logs
from portal.live.policy import anyone, server_only, signed_in
from tests.wire.client import STOCK, WITHOUT


class Diary(rx.State):
    """What a person wrote: confidential."""

    entry: str = ""
    shown: list[str] = []
    calls: int = 0

    @signed_in
    def written(self, text: str) -> None:
        self.entry = text
        self.calls += 1

    @anyone
    def remembered(self, text: str) -> None:
        self.entry = text

    @anyone
    def counted(self) -> None:
        self.calls += 1

    @signed_in(longest=20)
    def rated(self, label: str, points: int) -> None:
        self.entry = f"{type(label).__name__} {type(points).__name__}"
        self.calls += 1

    @anyone
    def peeked(self) -> None:
        """What the state knows of its caller, as an attacker with the server's memory would see it."""
        self.shown = [
            f"authorization {self.router.headers.raw_headers.get('authorization', '')}",
            f"router {json.dumps({key: value for key, value in self.router_data.items() if key != 'headers'}, sort_keys=True)}",
            f"headers {json.dumps(dict(self.router_data.get('headers', {})), sort_keys=True)}",
        ]

    @signed_in
    def posted(self, text: str, op: str) -> None:
        self.entry = text

    @server_only
    def turned_away(self, op: str, too_long: bool) -> None:
        """How the gate tells the page."""
        self.entry = f"turned away {op} {too_long}"

    @anyone
    def broke(self, text: str) -> None:
        raise ValueError(text)

    @anyone
    async def chained(self) -> Any:
        return Diary.promoted

    def promoted(self) -> None:
        """Without a marker: for the server's own use."""
        self.entry = "promoted"

    def opened(self) -> None:
        """On load."""


def _switches() -> dict[str, list[tuple[Any, str, Any]]]:
    """Each mitigation, and what stands in its place when it is switched off. Only here: the gate itself has no switch."""
    return {
        "state key": [(wire, "state_key", lambda key, owner, token: token)],
        "visitor": [(wire, "owner_of", lambda scope, session_id: f"session {session_id}")],
        "origin": [(wire, "from_own_page", lambda scope: True)],
        "cookie": [(wire, "_KEPT_HEADERS", _Everything())],
        "policy": [(GuardedNamespace, "_policy", lambda self, handler: Policy(Who.ANYONE))],
        "arguments": [(Arguments, "check", lambda self, given, longest: None)],
        "event": [(GuardedNamespace, "_permitted", lambda self, sid, data: data)],
        "speech": [(wire.Ear, "_objection", lambda self, text: 0)],
        "forgery": [(GuardedNamespace, "on_connect", rx.app.EventNamespace.on_connect)],
        "size": [(wire, "MOST_BYTES", 10_000_000), *((app.sio.eio, "max_http_buffer_size", 10_000_000) for app in _SERVED)],
        "rate": [(wire.Allowance, "take", lambda self: True)],
        "session": [(SessionCheck, "preprocess", lambda self, app, state, event: None)],
        "sweep": [(GuardedNamespace, "sweep", _nothing)],
        "endpoints": [(gateway, "_is_closed", lambda path: False)],
        "envelope": [(Envelope, "__call__", lambda self, scope, receive, send: self._app(scope, receive, send))],
        "body": [(gateway, "MOST_BODY", 50_000_000)],
        "page fault": [(GuardedNamespace, "on_client_error", rx.app.EventNamespace.on_client_error)],
        "internal": [(gateway, "_INTERNAL", _AnyInternal(gateway._INTERNAL))],
        "logs": [(logs, "take_over", lambda *names: None)],
    }


_PATCH = pytest.MonkeyPatch()
_SERVED: list[Any] = []


def _weaken(names: list[str]) -> None:
    """Switch the named mitigations off, and all others on."""
    _PATCH.undo()
    switches = _switches()
    for name in names:
        for place, attribute, replacement in switches[name]:
            _PATCH.setattr(place, attribute, replacement)


class _Everything:
    def __contains__(self, _one: object) -> bool:
        return True


class _AnyInternal(dict):  # type: ignore[type-arg]
    def get(self, name: str, default: Any = None) -> Any:
        return (lambda payload: payload) if name.startswith("reflex___state____state.") and "diary" not in name else super().get(name, default)


async def _nothing(_self: object) -> None:
    """Do nothing."""


async def _said(request: Request) -> Response:
    return PlainTextResponse(f"said {(await request.body())[:100].decode()}")


async def _switched(request: Request) -> Response:
    _weaken([name for name in (await request.body()).decode().split(",") if name])
    return PlainTextResponse("switched")


async def _broken(_request: Request) -> Response:
    raise ValueError("marker-of-a-broken-route")


def application() -> Any:
    """The ASGI app of one worker process."""
    weak = [name for name in os.environ.get(WITHOUT, "").split(",") if name]
    if STOCK not in weak:
        _weaken(weak)
    posts = [Route("/said", _said, methods=["POST"]), Route("/switch", _switched, methods=["POST"])]
    routes = Starlette(routes=[*posts, Route("/broken", _broken)])
    app = rx.App(theme=None, toaster=None, api_transformer=[routes] if STOCK in weak else [routes, outer_gate])
    app.add_page(rx.el.main, route="/", on_load=Diary.opened)
    app.add_page(rx.el.main, route="/c/[case]/goals", on_load=Diary.opened)
    if STOCK not in weak:
        guard(app, Diary.turned_away)
    _SERVED.append(app)
    return app()


def seed() -> None:
    """Make the tables and some people with sessions; prints what the tests need to know."""
    from sqlmodel import SQLModel

    import portal.tables  # noqa: F401
    from portal.access.models import PersonKind
    from portal.kit.db import engine
    from portal.settings import settings
    from tests.makers import make_person, sign_in

    settings().open_data_folder()
    SQLModel.metadata.create_all(engine())
    people = {}
    for name, kind in (("client", PersonKind.CLIENT), ("therapist", PersonKind.STAFF), ("thief", PersonKind.CLIENT)):
        caller, token = sign_in(make_person(name, kind))
        people[name] = {"session": caller.session_id, "cookie": token}
    print(json.dumps({"people": people}))


if __name__ == "__main__" and sys.argv[1:] == ["seed"]:
    seed()
