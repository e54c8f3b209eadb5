"""The same attacker before the real portal, with the cast in it."""

from portal import routes
from portal.access import cookies
from portal.access.policy import Who, policy_of
from portal.frontend import STATIC
from portal.portal import app
from tests.cast import Cast
from tests.servers import Portal
from tests.wire.client import BOOT, STATE, Client, Socket

Practice = tuple[Portal, Cast]

NAMES = ("Mika", "Theo", "Rui", "Ines", "Sana", "Ada", "Fenn")


def _open(practice: Practice, who: str, path: str, token: str = "") -> Socket:
    portal, cast = practice
    cookie = f"{cookies.session_cookie()}={cast.tokens[who]}" if who else ""
    boot = {"name": BOOT, "payload": {}, "router_data": {"pathname": path, "asPath": path}}
    socket = Client(portal.port, portal.url).open(token=token, cookie=cookie, auth={"event": boot}, boot=False)
    socket.listen(1, until='"is_hydrated_rx_state_":true')
    return socket


def _names(heard: str) -> set[str]:
    return {name for name in NAMES if name in heard}


def test_a_stolen_token_shows_nothing_of_the_case(practice: Practice) -> None:
    path = routes.in_case(routes.GOALS, practice[1].case)
    victim = _open(practice, "client", path)
    assert "Theo" in _names(victim.text)
    victim.close()
    assert _names(_open(practice, "", path, victim.token).text) == set()
    assert not _names(_open(practice, "second_client", path, victim.token).text) & {"Mika", "Theo"}


def test_nobody_calls_every_handler_and_learns_nothing(practice: Practice) -> None:
    """All that the server registered: every one of Reflex's and ours, marked or not."""
    handlers = sorted(app._registration_context.event_handlers)
    assert len(handlers) > 50
    heard = ""
    for start in range(0, len(handlers), 40):
        socket = _open(practice, "", routes.in_case(routes.GOALS, practice[1].case))
        for name in handlers[start : start + 40]:
            socket.call(name, {})
            socket.call(name, {"op": "0190f3b2", "value": "x", "text": "x"})
        heard += socket.listen(2)
    assert _names(heard) == set()


def test_what_anyone_may_call_is_a_short_list() -> None:
    """Opening pages, choosing a language, reading a notice, the steps of the entrance: nothing that changes a case."""
    anyone = {
        name.removeprefix(f"{STATE}.").rpartition(".")[2]
        for name, registered in app._registration_context.event_handlers.items()
        if (policy := policy_of(registered.handler.fn)) and policy.who is Who.ANYONE
    }
    entrance = {"link_found", "code_preferred"}
    assert {name for name in anyone - entrance if not name.endswith(("opened", "entered", "chosen", "read"))} == set()


def test_the_built_page_lists_none_of_its_pages(practice: Practice) -> None:
    """Reflex's plugins write such lists into the build; what is not there cannot be asked for."""
    assert (STATIC / "index.html").is_file()
    assert [str(path) for path in STATIC.rglob("*") if path.name.lower().startswith(("sitemap", "robots", "routes."))] == []
    portal = practice[0]
    for path in ("/sitemap.xml", "/robots.txt", "/routes.json", "/.env", "/assets/"):
        assert Client(portal.port, portal.url).ask("GET", path).status == 404
