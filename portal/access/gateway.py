"""The outer gate: what reaches Reflex at all, in which form, and with which headers the portal answers.

`outer_gate` is the last entry of the app's `api_transformer`; `guard` is called once the app exists. Together they make
Reflex safe for confidential data; docs/security.md tells from what. The parts that know nothing of Reflex are
`wire` (shape, size, speed, handshake), `arguments`, `headers` and `cookies`.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import reflex as rx
from reflex.app import EventNamespace
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, OnLoadInternalState, State, StateUpdate, UpdateVarsInternalState
from reflex.utils.prerequisites import get_web_dir
from reflex_base import constants
from reflex_base.constants.event import Endpoint, SocketEvent
from reflex_base.event import Event, EventHandler
from reflex_base.registry import RegisteredEventHandler
from reflex_base.utils.form import form_data_as_dict
from reflex_base.utils.format import format_event_handler
from starlette.datastructures import Headers as Lines
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from portal import routes
from portal.access import cookies, wire
from portal.access.arguments import Arguments, BadArguments, NotCallable, TooLong, check_bounds
from portal.access.gate import Reach, is_handed_over, living_among, reach_of, session_of_cookie
from portal.access.headers import Headers
from portal.access.policy import Policy, Who, policy_of
from portal.access.wire import Message, Receive, Scope, Send
from portal.kit import logs
from portal.kit.i18n import N_, best_language, say
from portal.kit.ids import secret
from portal.kit.keys import master_key
from portal.kit.refusal import DatabaseGone
from portal.settings import LOOPBACK, settings

ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

SWEEP_SECONDS = 2.0
"""How often the sockets of ended sessions are looked for and closed."""

MOST_BODY = 64 * 1024
"""The largest body of a request, in bytes."""

BODY_SECONDS = 20.0
"""How long a body may take to arrive."""

_MOST_ADDRESS = 2_048
_ROUTER_KEYS = ("pathname", "asPath", "query")
_SPLAT = "splat"
_MOST_STORED = 2_000
_SOCKET = str(Endpoint.EVENT)
_CUT_OFF = "portal.cut_off"
_FAREWELL_SECONDS = 0.5

# Everything else that Reflex can mount beside the socket. None of it is used, so none of it is there.
_CLOSED = tuple(str(endpoint) for endpoint in Endpoint if endpoint is not Endpoint.EVENT)
_NOWHERE = "/404"
_OPERATION = re.compile(r"[0-9A-Za-z-]{1,64}")

_WHY = {
    403: N_("This was not sent from a page of this portal. Please open the portal again and try once more."),
    405: N_("The portal does not answer this kind of request."),
    413: N_("That is more than can be sent at once. Nothing was changed."),
    500: N_("Something went wrong here. Nothing was changed; please try again."),
}


def outer_gate(app: ASGIApp) -> ASGIApp:
    """The last entry of the app's `api_transformer`: everything that Reflex answers lies behind it."""
    return OuterGate(app)


class OuterGate:
    """Decides about each request and each handshake before Reflex sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._anonymous = wire.Allowances(wire.ANONYMOUS_BURST, wire.ANONYMOUS_PER_SECOND)
        self._writing_doors = wire.Allowances(wire.WRITING_DOORS_BURST, wire.WRITING_DOORS_PER_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass, change or refuse."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._handshake(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if _is_closed(path):
            scope, method = {**scope, "method": "GET", "path": _NOWHERE, "raw_path": _NOWHERE.encode(), "query_string": b""}, "GET"
        if method == "POST":
            if not wire.from_own_page(scope):
                return await _answer(403, scope, receive, send)
            body = await _whole_body(receive)
            if body is None:
                return await _answer(413, scope, receive, send)
            receive = _replay(body, receive)
            if path != routes.TAKE_BACK and await _is_handed_over(scope):
                return await _to_the_task(scope, receive, send)
        elif method not in {"GET", "HEAD"}:
            return await _answer(405, scope, receive, send, {"allow": "GET, HEAD, POST"})
        elif (elsewhere := _own_address_of(scope)) is not None:
            return await RedirectResponse(elsewhere, 307)(scope, receive, send)
        await self._app(_under_own_name(scope), receive, _marking_visitors(scope, send))
        return None

    async def _handshake(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(f"{routes.WRITING}/"):
            return await self._handshake_to_write(scope, receive, send)
        token = wire.browser_token(scope)
        if scope["path"].rstrip("/") != _SOCKET or token is None or not wire.from_own_page(scope):
            return await _refuse(scope, send)
        try:
            session_id = await _session_of(scope)
        except DatabaseGone:
            return await _refuse(scope, send)
        if session_id is None and not self._anonymous.take(wire.address_of(scope)):
            return await _refuse(scope, send)
        state = wire.state_key(_state_secret(), wire.owner_of(scope, session_id), token)
        inside = wire.admitted(scope, state=state, session_id=session_id)
        ear = wire.Ear(receive, send)
        await self._app({**inside, _CUT_OFF: ear.cut_off}, ear, send)
        return None

    async def _handshake_to_write(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The socket of a text: the same origin, cookie and session, and nobody without one."""
        if not wire.from_own_page(scope):
            return await _refuse(scope, send)
        try:
            session_id = await _session_of(scope)
        except DatabaseGone:
            return await _refuse(scope, send)
        if session_id is None or not self._writing_doors.take(session_id):
            return await _refuse(scope, send)
        inside = wire.admitted_to_write(scope, session_id)
        if inside is None:
            return await _refuse(scope, send)
        await self._app(inside, wire.WritingEar(receive, send), send)
        return None


def _state_secret() -> bytes:
    return master_key().derived("state of a tab")


async def _session_of(scope: Scope) -> str | None:
    token = cookies.read(wire.header_lines(scope, b"cookie"), cookies.session_cookie())
    return await asyncio.to_thread(session_of_cookie, token) if token else None


async def _is_handed_over(scope: Scope) -> bool:
    token = cookies.read(wire.header_lines(scope, b"cookie"), cookies.session_cookie())
    try:
        return token is not None and await asyncio.to_thread(is_handed_over, token)
    except DatabaseGone:
        return False  # whatever the form asks for meets the same outage, and says so where the person is


async def _to_the_task(scope: Scope, receive: Receive, send: Send) -> None:
    """No form of the portal is there for a device that was handed over, but the one that takes it back."""
    by_script = "application/json" in Lines(scope=scope).get("accept", "")
    answer = JSONResponse({"to": routes.HANDED}) if by_script else RedirectResponse(routes.HANDED, 303)
    await answer(scope, receive, send)


def _is_closed(path: str) -> bool:
    odd = len(path) > _MOST_ADDRESS or not path.isprintable() or "\\" in path or ".." in path
    return odd or path.startswith("/_") or any(path == closed or path.startswith(closed + "/") for closed in _CLOSED)


def _own_address_of(scope: Scope) -> str | None:
    """The portal's address, when a page is asked for under another name of this machine, where the socket would be refused."""
    asked = Lines(scope=scope)
    name, _, port = asked.get("host", "").rpartition(":")
    own = settings()
    other = f"{name}:{port}" != own.public_url.partition("://")[2]
    same_door = own.on_loopback and name.strip("[]") in LOOPBACK and own.public_url.endswith(f":{port}")
    if not (other and same_door and "text/html" in asked.get("accept", "")):
        return None
    query = scope["query_string"].decode("latin-1")
    return f"{own.public_url}{scope['path']}" + (f"?{query}" if query else "")


def _under_own_name(scope: Scope) -> Scope:
    """The request with the portal's own name as Host, so that no answer repeats a name that the caller made up."""
    host = settings().public_url.partition("://")[2].encode()
    return {**scope, "headers": [(b"host", host), *((name, value) for name, value in scope["headers"] if name.lower() != b"host")]}


def _marking_visitors(scope: Scope, send: Send) -> Send:
    """Give a browser without any cookie of ours a mark, when it loads a page, so that its tabs' states are its own."""
    lines = wire.header_lines(scope, b"cookie")
    if any(cookies.read(lines, name) for name in (cookies.session_cookie(), cookies.visitor_cookie())):
        return send

    async def marking(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            given = list(message.get("headers", ()))
            if any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in given):
                given.append((b"set-cookie", cookies.as_header(cookies.visitor_cookie(), secret())))
                message = {**message, "headers": given}
        await send(message)

    return marking


async def _whole_body(receive: Receive) -> bytes | None:
    body = bytearray()
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                body += message.get("body", b"")
                if len(body) > MOST_BODY:
                    return None
                if not message.get("more_body", False):
                    return bytes(body)
    return None


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replaying() -> Message:
        return waiting.pop() if waiting else await receive()

    return replaying


async def _answer(status: int, scope: Scope, receive: Receive, send: Send, headers: dict[str, str] | None = None) -> None:
    """Say in the reader's language why a request was not taken."""
    await _in_words(status, Lines(scope=scope), headers)(scope, receive, send)


def _in_words(status: int, asked: Lines, headers: dict[str, str] | None = None) -> Response:
    words = say(best_language(asked.get("accept-language", "")), _WHY[status])
    if "application/json" in asked.get("accept", ""):  # a form that the page sent: it shows the words beside it
        return JSONResponse({"words": words}, status, headers)
    return PlainTextResponse(words, status, headers)


def went_wrong(request: Request, _fault: Exception) -> Response:
    """The answer to a request that met a fault of ours, for an application of the portal's own before the gate."""
    return _in_words(500, request.headers)


async def _refuse(scope: Scope, send: Send) -> None:
    if "websocket.http.response" in (scope.get("extensions") or {}):
        await send({"type": "websocket.http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
        await send({"type": "websocket.http.response.body", "body": b""})
        return
    # Closing before accepting answers the handshake with 403 as well, but without any headers of ours.
    await send({"type": "websocket.close", "code": 1008})


class Envelope:
    """The outermost layer: no answer leaves without the portal's headers, and no fault shows what it was."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = Headers(settings().origin, get_web_dir() / constants.Dirs.STATIC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""
        if scope["type"] not in {"http", "websocket"}:
            return await self._app(scope, receive, send)
        begun = False

        async def sealed(message: Message) -> None:
            nonlocal begun
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                begun = True
                given = self._headers.added_to(list(message.get("headers", ())), scope["path"], message["status"])
                message = {**message, "headers": given}
            await send(message)

        if scope["type"] == "websocket":
            return await self._app(scope, receive, sealed)
        if scope["method"] == "OPTIONS":
            # Answered here, because Reflex's own layer around the gate would grant what other origins ask for.
            return await _answer(405, scope, receive, sealed, {"allow": "GET, HEAD, POST"})
        try:
            await self._app(scope, receive, sealed)
        except Exception as broken:  # noqa: BLE001  whatever it was, the answer must not show it
            logs.failure("a request failed", broken)
            if not begun:
                await _answer(500, scope, receive, sealed)
        return None


class GuardedNamespace(EventNamespace):
    """Reflex's socket, which hears only what the policy of a handler allows."""

    _arguments: dict[str, Arguments]
    _endings: set[asyncio.Task[None]]
    _turned_away: EventHandler | None

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        """A handshake: only the server's own, with the first event held to the same rules as every other."""
        if self.app.sio is None or environ is not self.app.sio.get_environ(sid, self.namespace):
            logs.log().warning("a handshake was forged")
            return None
        event = auth.get(constants.CompileVars.CONNECT_AUTH_EVENT) if isinstance(auth, dict) else None
        schema = auth.get(constants.CompileVars.CONNECT_AUTH_STATE_SCHEMA) if isinstance(auth, dict) else None
        self._static_router_data[sid] = self._build_static_router_data(sid, environ)
        cleaned = {
            constants.CompileVars.CONNECT_AUTH_EVENT: self._permitted(sid, event),
            constants.CompileVars.CONNECT_AUTH_STATE_SCHEMA: schema if isinstance(schema, str) else None,
        }
        return await super().on_connect(sid, environ, cleaned)

    async def on_event(self, sid: str, data: Any) -> None:
        """An event of the page: passed on if its handler may be called so; what does not fit is answered, the rest dropped."""
        event = self._permitted(sid, data)
        if event is not None:
            await super().on_event(sid, event)

    async def on_client_error(self, sid: str, data: Any = None) -> None:
        """A fault in the page: that it happened is logged, what it says is not, for the page may quote anything."""
        await super().on_client_error(sid, {"error_type": "page", "message": "withheld"} if data is not None else None)

    async def end(self, sid: str) -> None:
        """Close a socket whose session has ended; the page loads itself again, and finds itself signed out."""
        sio = self.app.sio
        environ = sio.get_environ(sid, self.namespace) if sio is not None else None
        if sio is None or environ is None:
            return
        with suppress(TimeoutError, KeyError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                # The page's own answer to "you were built for another server" is to reload. It needs no script of ours.
                await self.emit(str(SocketEvent.STATE_MISMATCH), {"backend": "", "reload_cooldown_ms": 0}, to=sid)
                await sio.disconnect(sid, self.namespace)
        # Socket.IO only asks the other side to close. Once the farewell had time to leave, nobody is asked.
        await asyncio.sleep(_FAREWELL_SECONDS)
        environ["asgi.scope"][_CUT_OFF]()

    def end_soon(self, sid: str) -> None:
        """As `end`, without waiting: the caller may be an event of that very socket."""
        ending = asyncio.create_task(self.end(sid))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    def hang_up(self, sid: str) -> None:
        """Drop the line as a broken network would: the page keeps what is on it, and connects again."""
        environ = self.app.sio.get_environ(sid, self.namespace) if self.app.sio is not None else None
        if environ is not None:
            environ["asgi.scope"][_CUT_OFF]()

    async def sweep(self) -> None:
        """Close the sockets whose sessions have ended, also those that say nothing."""
        sessions = {sid: session for sid in list(self._static_router_data) if (session := self.session_of(sid))}
        living = await asyncio.to_thread(living_among, set(sessions.values()))
        for sid, session in sessions.items():
            if session not in living:
                self.end_soon(sid)

    def session_of(self, sid: str) -> str:
        """The session that a socket was opened with; empty for nobody's."""
        known = self._static_router_data.get(sid, {})
        return str(known.get(constants.RouteVar.HEADERS, {}).get("authorization", ""))

    def _permitted(self, sid: str, data: Any) -> dict[str, Any] | None:
        """The event, rebuilt from the parts that were checked; in its place an answer to the page, or none."""
        if not isinstance(data, dict) or not isinstance(name := data.get("name"), str):
            return None
        handler = self.app._registration_context.event_handlers.get(name)
        if handler is None:
            logs.log().warning("an unknown event was dropped")
            return None
        payload = data.get("payload") or {}
        try:
            router_data = _checked_router_data(data.get("router_data") or {})
            return {"name": name, "payload": self._checked(sid, name, handler, payload), "router_data": router_data}
        except NotCallable as refused:
            logs.log().warning("an event was refused", handler=name, why=type(refused).__name__)
        except BadArguments as refused:
            logs.log().warning("an event was refused", handler=name, why=type(refused).__name__)
            return self._reply(payload, isinstance(refused, TooLong))
        return None

    def _reply(self, payload: Any, too_long: bool) -> dict[str, Any] | None:
        """The event by which the app tells its page that an operation was not taken."""
        operation = payload.get("op") if isinstance(payload, dict) else None
        if self._turned_away is None or not isinstance(operation, str) or not _OPERATION.fullmatch(operation):
            return None
        return {"name": str(format_event_handler(self._turned_away)), "payload": {"op": operation, "too_long": too_long}}

    def _checked(self, sid: str, name: str, handler: RegisteredEventHandler, payload: Any) -> dict[str, Any]:
        if not isinstance(payload, dict):
            raise BadArguments
        own = _INTERNAL.get(name)
        if own is not None:
            return own(payload)
        policy = self._policy(handler)
        if policy.who is Who.SERVER or (policy.who is not Who.ANYONE and not self.session_of(sid)):
            raise NotCallable
        try:
            plain = {key: form_data_as_dict(value) for key, value in payload.items()}
        except (TypeError, ValueError):
            raise BadArguments from None
        self._arguments_of(name, handler).check(plain, longest=policy.longest)
        return plain

    def _policy(self, handler: RegisteredEventHandler) -> Policy:
        policy = policy_of(handler.handler.fn)
        if policy is None:
            raise NotCallable
        return policy

    def _arguments_of(self, name: str, handler: RegisteredEventHandler) -> Arguments:
        known = self._arguments.get(name)
        if known is None:
            known = self._arguments[name] = Arguments(handler.handler.fn)
        return known


def _checked_router_data(given: Any) -> dict[str, Any]:
    """The three things that a page says about its address. They say where it is, never who it is."""
    if not isinstance(given, dict):
        raise BadArguments
    kept = {key: given[key] for key in _ROUTER_KEYS if key in given}
    query = kept.get("query", {})
    if isinstance(query, dict) and _SPLAT in query:
        # An address that leads nowhere comes in pieces as well; the path says it already.
        query = kept["query"] = {key: value for key, value in query.items() if key != _SPLAT}
    texts = [kept.get("pathname", "/"), kept.get("asPath", "/")]
    well_formed = all(isinstance(text, str) and text.startswith("/") for text in texts) and (
        isinstance(query, dict) and all(isinstance(part, str) for pair in query.items() for part in pair)
    )
    if not well_formed:
        raise BadArguments
    check_bounds(kept, longest=_MOST_ADDRESS)
    return kept


def _boot(payload: dict[str, Any]) -> dict[str, Any]:
    """The page's first event: which defaults it was built with, and what it stored, if the app lets it store anything."""
    hashes = payload.get(constants.CompileVars.PAYLOAD_HASHES)
    if hashes is not None and not (isinstance(hashes, list) and all(isinstance(one, str) for one in hashes)):
        raise BadArguments
    stored = payload.get(constants.CompileVars.PAYLOAD_VARS)
    check_bounds(hashes or [], longest=64)
    return {
        constants.CompileVars.PAYLOAD_HASHES: hashes,
        constants.CompileVars.PAYLOAD_VARS: _stored(stored) if stored else None,
    }


def _stored(given: Any) -> dict[str, Any]:
    """What a page keeps in the browser's storage: declared vars only, texts only."""
    if not isinstance(given, dict):
        raise BadArguments
    check_bounds(given, longest=_MOST_STORED)
    for name, value in given.items():
        state, _, var = name.rpartition(".")
        try:
            declared = State.get_class_substate(state)._is_client_storage(var.removesuffix(constants.state.FIELD_MARKER))
        except ValueError:
            raise BadArguments from None
        if not declared or not isinstance(value, str | None):
            raise BadArguments
    return given


def _nothing(payload: dict[str, Any]) -> dict[str, Any]:
    if payload:
        raise BadArguments
    return {}


def _storage_changed(payload: dict[str, Any]) -> dict[str, Any]:
    if payload.keys() != {"vars"}:
        raise BadArguments
    return {"vars": _stored(payload["vars"])}


def _name(state: type[BaseState], handler: str) -> str:
    return str(format_event_handler(state.event_handlers[handler]))


# Of Reflex's own handlers, those that its page calls; every other one, also the setters, is the server's alone.
_INTERNAL: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    _name(State, constants.CompileVars.HYDRATE_AND_LOAD): _boot,
    _name(OnLoadInternalState, "on_load_internal"): _nothing,
    _name(UpdateVarsInternalState, "update_vars_internal"): _storage_changed,
}


_guarded: list[GuardedNamespace] = []


def end_sockets_of(session_id: str) -> None:
    """Close a session's sockets in this process now; those in other processes are found by their next sweep."""
    for namespace in _guarded:
        for sid in list(namespace._static_router_data):
            if namespace.session_of(sid) == session_id:
                namespace.end_soon(sid)


class SessionCheck(Middleware):
    """Reads the session row before every event: an ended session's event changes nothing and shows nothing."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """None lets the event pass; an empty update stops it."""
        headers = state.router_data.get(constants.RouteVar.HEADERS, {})
        session_id = headers.get("authorization", "")
        if not session_id:
            return None
        try:
            reach = await asyncio.to_thread(reach_of, session_id)
            if reach is not Reach.NONE:
                return None if _is_within(reach, event.name, app) else StateUpdate()
        except DatabaseGone:
            # A verb will meet the same outage and say so where the person is. What only shows would be lost, so the page
            # is made to ask again: it connects anew, with growing pauses, until it is heard.
            if event.name not in _INTERNAL:
                return None
            self._namespace(app).hang_up(_socket_of(state))
            return StateUpdate()
        self._namespace(app).end_soon(_socket_of(state))
        return StateUpdate()

    @staticmethod
    def _namespace(app: rx.App) -> GuardedNamespace:
        namespace = app.event_namespace
        if not isinstance(namespace, GuardedNamespace):
            raise TypeError("the socket is not guarded")
        return namespace


def _socket_of(state: BaseState) -> str:
    return str(state.router_data.get(constants.RouteVar.SESSION_ID, ""))


def _is_within(reach: Reach, name: str, app: rx.App) -> bool:
    """Whether a session of this reach may call a handler: what needs a sign-in is either for all of the portal or for a task."""
    handler = app._registration_context.event_handlers.get(name)
    policy = policy_of(handler.handler.fn) if handler is not None else None
    if policy is None or policy.who not in {Who.SIGNED_IN, Who.HANDED}:
        return True
    return (policy.who is Who.HANDED) == (reach is Reach.TASK)


def guard(app: rx.App, turned_away: EventHandler | None = None) -> None:
    """Put the gate's inner half into a new app: the socket's filter, the session check, the sweep and the envelope.

    `turned_away(op: str, too_long: bool)` is queued for a page whose operation the gate did not take, so that it can say so.
    Raises RuntimeError when the app's own half is missing, or when Reflex no longer has the seams that this rests on.
    """
    transformers = app.api_transformer
    if not isinstance(transformers, list) or not transformers or transformers[-1] is not outer_gate:
        raise RuntimeError("outer_gate must be the last entry of api_transformer")
    namespace = app.event_namespace
    if app.sio is None or type(namespace) is not EventNamespace:
        raise RuntimeError("the app has no socket to guard")
    # In place, because python-socketio, the event processor and the bell hold this very object.
    namespace.__class__ = GuardedNamespace
    namespace._arguments, namespace._endings, namespace._turned_away = {}, set(), turned_away
    _guarded[:] = [namespace]
    app.sio.eio.cors_allowed_origins = [settings().origin]
    app.sio.eio.max_http_buffer_size = wire.MOST_BYTES
    app.add_middleware(SessionCheck(), 0)
    app.register_lifespan_task(_sweeping(app))
    app.frontend_exception_handler = _page_fault
    app.backend_exception_handler = _handler_fault
    app.__class__ = _enveloped(type(app))
    if not cookies.is_protected():
        logs.log().warning("a plain address: cookies travel unprotected, not for real people's data", address=settings().public_url)


def _enveloped(kind: type[rx.App]) -> type[rx.App]:
    class Enveloped(kind):  # type: ignore[valid-type,misc]
        """The app, whose server side is put into the envelope: Reflex builds a layer around the last transformer."""

        def __call__(self) -> ASGIApp:
            """The ASGI app."""
            return Envelope(super().__call__())

    return Enveloped


def _sweeping(app: rx.App) -> Callable[[], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def sweeping() -> AsyncIterator[None]:
        task = asyncio.create_task(_sweep_for_ever(app))
        try:
            yield
        finally:
            task.cancel()

    return sweeping


async def _sweep_for_ever(app: rx.App) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            if isinstance(app.event_namespace, GuardedNamespace):
                await app.event_namespace.sweep()
        except Exception as broken:  # noqa: BLE001  the next round comes whatever happened to this one
            logs.failure("the sweep failed", broken)


def _page_fault(_reported: Exception) -> None:
    logs.log().warning("a page reported a fault")


def _handler_fault(exception: Exception) -> None:
    logs.failure("a handler failed", exception)
