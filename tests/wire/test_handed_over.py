"""Raw HTTP and raw sockets against a handed-over device: its cookie does its task, the owner's old one does nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from portal import routes
from portal.access import cookies, log
from portal.access.gate import Caller, session_of_cookie
from portal.access.models import PersonSession
from portal.accounts import service as accounts
from portal.accounts.schemas import PinForm
from portal.checkins import service as checkins
from portal.checkins.domain import Item
from portal.feedback import service as feedback
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.crdt import block
from portal.kit.db import transaction
from portal.portal import app
from portal.writing import service as writing
from portal.writing.state import SYNC
from tests.browser.pairs import Pair
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal
from tests.wire.client import BOOT, Answer, Client, Socket

PIN, OTHER_PIN = "482160", "730519"
DRAFT, IDEA, GOAL, THERAPISTS, TYPED = "heron-in-the-draft", "heron-in-the-idea", "heron-in-the-goal", "heron-of-the-therapist", "heron-typed-here"
STATEMENT = "What I meant came across."
PAGES = sorted({f"/{page}".replace("/index", "/") for page in app._unevaluated_pages} - {f"/{routes.NOWHERE}"})
"""Every page that there is: a new one is among them by itself."""
HTTP = [route for part in app.api_transformer for route in getattr(part, "routes", ()) if isinstance(route, Route)]
SOCKETS = [route for part in app.api_transformer for route in getattr(part, "routes", ()) if isinstance(route, WebSocketRoute)]


class Device:
    """One therapist's device over raw HTTP, before and after it is handed over."""

    def __init__(self, portal: Portal) -> None:
        self.client, self.pair = Client(portal.port, portal.url), Pair(portal.url)
        self.owner = self.pair._tokens["therapist"]
        self.token = self.owner
        theo, mika, case = self.pair.callers["therapist"], self.pair.callers["client"], self.pair.case
        accounts.keep_pin(theo, PinForm(PIN, PIN))
        self.checkin = self.pair.start()
        checkins.write_line(mika, case, self.checkin, "keep", DRAFT, 0, op=op())
        self.idea = goals.add(mika, case, IDEA, "", proposes=False, op=op()).id
        self.goal = goals.add(mika, case, GOAL, "", proposes=True, op=op()).id
        goals.add(theo, case, THERAPISTS, "", proposes=False, op=op())
        share = feedback.begin(theo, case, op=op())
        feedback.write(theo, case, share, THERAPISTS, 0, op=op())

    def post(self, path: str, token: str = "", **fields: str) -> Answer:
        """One form, as a page sends it."""
        body = urlencode(fields).encode()
        return self.client.ask(
            "POST", path, body=body, Origin=self.client.origin, Cookie=f"{cookies.session_cookie()}={token or self.token}",
            Accept="application/json", Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip

    def hand_over(self, task: str = "checkin", about: str = "") -> None:
        """The browser's cookie is the handed-over one from now on."""
        answer = self.post("/hand-over", task=task, case=self.pair.case, about=about or self.checkin)
        assert answer.body == '{"to":"/handed"}', answer.body
        self.token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]

    def open(self, path: str, token: str = "", name: str = "") -> Socket:
        """A socket of a page at an address."""
        boot = {"name": BOOT, "payload": {}, "router_data": {"pathname": path, "asPath": self.address(path)}}
        cookie = f"{cookies.session_cookie()}={token or self.token}"
        socket = self.client.open(token=name, cookie=cookie, auth={"event": boot}, boot=False)
        socket.listen(1, until='"is_hydrated_rx_state_":true')
        return socket

    def address(self, path: str, goal: str = "") -> str:
        """A page's address with this pair's rows in it; any other row is one that does not exist."""
        return re.sub(r"\[\w+\]", op(), routes.in_case(path, self.pair.case, goal=goal or self.idea, checkin=self.checkin))

    def write(self, path: str, token: str = "") -> ClientConnection:
        """The socket of a text that is written together."""
        cookie = f"{cookies.session_cookie()}={token or self.token}"
        address = f"ws://127.0.0.1:{self.client.port}{path}"
        return connect(address, origin=self.client.origin, additional_headers={"Cookie": cookie}, proxy=None)  # type: ignore[arg-type]

    def entries(self) -> list[str]:
        """The case's log."""
        with transaction(writes=False) as db:
            found, broken = log.entries(db, self.pair.case)
        assert broken is None
        return [one.action for one in found]


@pytest.fixture
def device(practice: tuple[Portal, Cast]) -> Iterator[Device]:
    yield Device(practice[0])


def handler(state: str, name: str) -> str:
    return next(one for one in app._registration_context.event_handlers if one.endswith(f"{state}.{name}"))


HANDED = {name: handler("handed_state", name) for name in ("rated", "line_typed", "handed_in", "finished")}


def call(socket: Socket, name: str, **payload: object) -> None:
    socket.call(HANDED.get(name, name), payload)


def test_the_pages_of_the_portal_show_a_handed_device_nothing(device: Device) -> None:
    device.hand_over()
    heard = ""
    for page in PAGES:
        heard += device.open(page).text
    for secret in (DRAFT, IDEA, GOAL, THERAPISTS):
        assert secret not in heard
    assert '"/handed"' in heard, "other pages are led to the task"


def test_every_address_that_answers_by_itself_turns_a_handed_device_away(device: Device) -> None:
    """Whatever a room mounts beside the pages, by any of its methods; but for the form that takes the device back."""
    device.hand_over()
    before, asked = device.entries(), 0
    cookie = f"{cookies.session_cookie()}={device.token}"
    for route in HTTP:
        path = re.sub(r"\{case\}", device.pair.case, route.path)
        for goal in (device.idea, device.goal):
            path = re.sub(r"\{goal\}", goal, path)
            path = re.sub(r"\{\w+\}", device.checkin, path)
            if "POST" in (route.methods or ()) and path != routes.TAKE_BACK:
                assert device.post(path, pin=PIN, again=PIN, case=device.pair.case, about=device.checkin, task="checkin").body == '{"to":"/handed"}', path
                asked += 1
            if "GET" in (route.methods or ()):
                answer = device.client.ask("GET", path, Cookie=cookie)
                assert answer.status in {303, 404}, path
                assert not [secret for secret in (DRAFT, IDEA, GOAL, THERAPISTS) if secret in answer.body], path
                asked += 1
    assert asked > 15
    assert device.entries() == before
    assert session_of_cookie(device.token)


def test_no_text_is_written_on_a_handed_device(device: Device) -> None:
    """Neither a text around the task nor the one that it lets read; and what the owner had open is closed."""
    assert [route.path for route in SOCKETS] == [routes.WRITING + "/{case}/{kind}/{about}"]
    addresses = [f"{routes.WRITING}/{device.pair.case}/{kind}/{about}" for kind in writing.KINDS for about in (device.goal, device.idea, device.checkin)]
    with device.write(f"{routes.WRITING}/{device.pair.case}/goal.title/{device.goal}") as owners:
        owners.send(bytes((SYNC, 0)) + block(bytes((0,))))  # "I have nothing yet"
        assert GOAL.encode() in b"".join(heard(owners, until=GOAL.encode()))
        device.hand_over("read_goal", device.goal)
        before = device.entries()
        assert not any(GOAL.encode() in data for data in heard(owners)), "closed, and nothing said after the hand-over"
    for address in addresses:
        with device.write(address) as wire:
            assert heard(wire) == [], address
    assert len(addresses) >= 9
    assert device.entries() == before


def heard(wire: ClientConnection, until: bytes = b"") -> list[bytes]:
    """What the server says until it closes the line, or until it has said something."""
    found: list[bytes] = []
    try:
        while not until or not any(until in one for one in found):
            found.append(bytes(wire.recv(timeout=15, decode=False)))
    except ConnectionClosed:
        assert not until, "closed before it was said"
    return found


def test_every_handler_from_a_handed_device_learns_and_changes_nothing(device: Device) -> None:
    """All that the server registered, with the task's own row and with rows around it; but for the task's own handlers."""
    device.hand_over()
    before, heard = device.entries(), ""
    handlers = sorted(set(app._registration_context.event_handlers) - set(HANDED.values()))
    guesses = {
        "op": op(), "value": 5, "text": "x", "goal": device.idea, "goal_id": device.idea, "checkin": device.checkin, "item": "goals", "line": "keep",
        "version": 1, "seen": 0, "act": "propose", "column": "working", "after": "", "choice": "share", "form": {}, "title": "x", "why": "",
    }  # fmt: skip
    for start in range(0, len(handlers), 25):
        socket = device.open((routes.GOALS, routes.CHECKIN, routes.FEEDBACK, routes.HOME)[start // 25 % 4])
        for name in handlers[start : start + 25]:
            socket.call(name, {})
            registered = app._registration_context.event_handlers[name].handler.fn
            wanted = registered.__code__.co_varnames[1 : registered.__code__.co_argcount]
            socket.call(name, {one: guesses.get(one, "x") for one in wanted})
        heard += socket.listen(2)
    for secret in (DRAFT, IDEA, GOAL, THERAPISTS):
        assert secret not in heard
    assert device.entries() == before
    assert session_of_cookie(device.token), "and the device is still handed over"


def test_what_is_answered_is_taken_and_never_told_again(device: Device) -> None:
    device.hand_over()
    socket = device.open(routes.HANDED)
    receipts = [op() for _ in range(4)]
    call(socket, "rated", item="goals", value=3, op=receipts[0])
    call(socket, "line_typed", line="change", text=TYPED, op=receipts[1])
    for receipt in receipts[:2]:
        socket.listen(2, until=receipt)
    reopened = device.open(routes.HANDED, name=socket.token)
    heard = socket.listen(1) + reopened.listen(1)
    for secret in (TYPED, DRAFT):
        assert secret not in heard
    assert '"answered":true' in reopened.text
    assert '"value":3' not in heard
    mine = checkins.sheet(device.pair.callers["client"], device.pair.case, device.checkin).mine
    assert (mine.given, sorted(mine.lines.values())) == ({Item.GOALS: 3}, [DRAFT, TYPED])
    call(reopened, "handed_in", op=receipts[2])
    reopened.listen(3, until='"done_rx_state_":true')
    call(reopened, "rated", item="bond", value=9, op=receipts[3])
    late = device.open(routes.HANDED)
    assert STATEMENT in reopened.text and STATEMENT not in late.text
    sheet = checkins.sheet(device.pair.callers["client"], device.pair.case, device.checkin)
    assert sheet.standing.mine_done and sheet.mine.given == {Item.GOALS: 3}


def test_arguments_of_the_task_are_held_to_their_types(device: Device) -> None:
    device.hand_over()
    socket = device.open(routes.HANDED)
    before = device.entries()
    for payload in (
        {"item": "goals", "value": "3", "op": op()}, {"item": ["goals"], "value": 3, "op": op()}, {"item": "goals", "value": 3},
        {"item": "goals", "value": 3, "op": op(), "checkin_id": "x"}, {"item": "g" * 50, "value": 3, "op": op()}, {"item": "goals", "value": 99, "op": op()},
    ):  # fmt: skip
        socket.call(HANDED["rated"], payload)
    call(socket, "line_typed", line="keep", text="x" * 12_001, op=op())
    call(socket, "line_typed", line="keep", text="x" * 301, op=op())
    socket.listen(1)
    assert device.entries() == before


def test_the_owners_sockets_end_and_say_nothing_more(device: Device) -> None:
    tabs = [device.open(routes.GOALS), device.open(routes.CHECKINS)]
    assert all(GOAL in tab.text for tab in tabs[:1])
    device.hand_over()
    before, heard = device.entries(), [len(tab.heard) for tab in tabs]
    for tab in tabs:
        tab.call(handler("board_state", "idea_written"), {"title": "after the end", "why": "", "choice": "", "op": op()})
    goals.add(device.pair.callers["client"], device.pair.case, "rung after the end", "", proposes=True, op=op())
    for tab, number in zip(tabs, heard, strict=True):
        assert tab.ended()
        after = "\n".join(tab.heard[number:])
        assert "state_mismatch" in after
        assert "after the end" not in after
    assert device.entries() == [*before, "write_goals"], "the client's own, rung from here"


def test_the_owners_cookie_is_that_of_nobody(device: Device) -> None:
    device.hand_over()
    for page in PAGES:
        heard = device.open(page, device.owner).text
        for secret in (DRAFT, IDEA, GOAL, THERAPISTS, "Theo Sand", "Mika Vane"):
            assert secret not in heard, page
    for path in ("/take-back", "/hand-over", "/account/pin", "/sign-out-everywhere"):
        assert "NotSignedIn" in device.post(path, device.owner, pin=PIN, again=PIN, case=device.pair.case, about=device.checkin, task="checkin").body
    assert session_of_cookie(device.token)


def test_the_owners_state_is_not_found_under_the_tabs_name(device: Device) -> None:
    """The state of a tab belongs to a session: what the owner had on the screen is in none that the handed cookie can name."""
    tab = device.open(routes.GOALS)
    assert THERAPISTS in tab.text
    device.hand_over()
    again = device.open(routes.GOALS, name=tab.token)
    again.call("reflex___state____state.hydrate_and_load")
    assert THERAPISTS not in again.listen(1)


def test_a_whole_session_cannot_call_the_handlers_of_a_task(device: Device) -> None:
    socket = device.open(routes.HANDED)
    for name, payload in (("rated", {"item": "goals", "value": 3}), ("line_typed", {"line": "keep", "text": "x"}), ("handed_in", {}), ("finished", {})):
        call(socket, name, **payload, op=op())
    socket.listen(1)
    assert set(device.entries()) & {"answer_handed_checkin", "finish_handed"} == set()
    sheet = checkins.sheet(device.pair.callers["therapist"], device.pair.case, device.checkin)
    assert not sheet.mine.given


def test_the_way_back_ends_the_handed_sockets(device: Device) -> None:
    device.hand_over()
    handed, socket = device.token, device.open(routes.HANDED)
    answer = device.post("/take-back", pin=PIN)
    assert answer.status == 200, answer.body
    device.token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert socket.ended()
    assert GOAL in device.open(routes.GOALS).text, "the owner is back"
    assert GOAL not in device.open(routes.GOALS, handed).text
    assert "NotSignedIn" in device.post("/take-back", handed, pin=PIN).body


def test_rest_ends_in_nobodys_session_on_both_sides(device: Device) -> None:
    device.hand_over()
    socket = device.open(routes.HANDED)
    with transaction(writes=True) as db:
        row = db.get(PersonSession, session_of_cookie(device.token))
        assert row is not None
        row.last_seen_at = clock.now() - timedelta(minutes=15)
        db.add(row)
    assert socket.ended()
    late = device.open(routes.HANDED)
    assert '"/sign-in"' in late.text and "Mika" not in late.text
    for token in (device.token, device.owner):
        assert "NotSignedIn" in device.post("/take-back", token, pin=PIN).body


def test_the_thing_to_read_is_the_one_and_no_other(device: Device) -> None:
    device.hand_over("read_goal", device.goal)
    heard = device.open(routes.HANDED).text
    assert GOAL in heard
    for secret in (DRAFT, IDEA, THERAPISTS):
        assert secret not in heard


def test_a_private_idea_cannot_be_handed_over(device: Device) -> None:
    answer = device.post("/hand-over", task="read_goal", case=device.pair.case, about=device.idea)
    missing = device.post("/hand-over", task="read_goal", case=device.pair.case, about=op())
    assert (answer.status, answer.body) == (missing.status, missing.body)
    assert session_of_cookie(device.owner)


def test_no_pin_stands_in_the_servers_log(device: Device, practice: tuple[Portal, Cast]) -> None:
    device.hand_over()
    for pin in (OTHER_PIN, "marker-of-a-pin", OTHER_PIN):
        device.post("/take-back", pin=pin)
    device.post("/take-back", password="marker-of-a-password")
    device.post("/take-back", pin=PIN)
    written = practice[0].log.read_text("utf-8", "replace")
    for secret in (PIN, OTHER_PIN, "marker-of-a"):
        assert secret not in written


def test_the_caller_of_a_cookie_is_one_session(device: Device) -> None:
    """Two different cookies of the portal in one request are none: nobody mixes the owner's with the handed one."""
    device.hand_over()
    name = cookies.session_cookie()
    both = f"{name}={device.owner}; {name}={device.token}"
    answer = device.client.ask("POST", "/take-back", body=b"pin=482160", Origin=device.client.origin, Cookie=both, Accept="application/json", Content_Type="application/x-www-form-urlencoded")
    assert "NotSignedIn" in answer.body
    assert Caller(session_of_cookie(device.token)).session_id
