"""What the client claims of itself (hydrated, route, query, stored vars) decides nothing, and most of it is not even taken."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wire.client import BOOT, STATE
from tests.wire.conftest import DIARY, ROOT, Server

INTERNAL = {
    f"{STATE}.set_is_hydrated": {"value": True},
    f"{STATE}.hydrate": {},
    f"{STATE}.setvar": {"var_name": "is_hydrated", "value": True},
    f"{STATE}.reflex___state____on_load_internal_state.set_is_hydrated": {"value": True},
    f"{STATE}.reflex___state____update_vars_internal_state.update_vars_internal": {"vars": {f"{STATE}.is_hydrated_rx_state_": True}},
    f"{DIARY}.setvar": {"var_name": "entry", "value": "planted"},
    f"{DIARY}.set_entry": {"value": "planted"},
}


@pytest.mark.parametrize("handler", INTERNAL)
def test_reflexes_own_setters_are_out_of_reach(server: Server, handler: str) -> None:
    socket = server.client.open(cookie=server.cookie("client"))
    socket.listen(0.3)
    before = len(socket.heard)
    socket.call(handler, INTERNAL[handler])
    socket.listen(0.5)
    assert "\n".join(socket.heard[before:]) == ""


def test_without_the_list_the_client_sets_what_it_likes(without: Callable[..., Server]) -> None:
    socket = without("internal").client.open()
    socket.listen(0.3)
    before = len(socket.heard)
    socket.call(f"{STATE}.set_is_hydrated", {"value": False})
    socket.listen(1)
    assert "is_hydrated" in "\n".join(socket.heard[before:])


def test_what_the_page_needs_of_reflex_still_works(server: Server) -> None:
    socket = server.client.open(cookie=server.cookie("client"), boot=False)
    socket.call(BOOT, {"hashes": ["0" * 16, "1" * 16]})
    socket.call(f"{STATE}.reflex___state____on_load_internal_state.on_load_internal", router_data={"pathname": "/c/1/goals", "asPath": "/c/1/goals"})
    assert '"is_hydrated_rx_state_":true' in socket.listen(2, until='"is_hydrated_rx_state_":true')


@pytest.mark.parametrize("payload", [{"hashes": "x"}, {"hashes": [5]}, {"hashes": ["x" * 65]}, {"vars": [1]}, {"vars": {"a": "b"}}, {"vars": {"": ""}}])
def test_odd_first_events_are_dropped(server: Server, payload: dict[str, object]) -> None:
    socket = server.client.open(cookie=server.cookie("client"), boot=False)
    socket.call(BOOT, payload)
    assert "delta" not in socket.listen(0.4)


def test_no_line_of_ours_asks_the_client_what_only_the_server_knows() -> None:
    """Storage vars, the hydrated flag and upload are not used at all; eval-based toasts and scripts neither."""
    forbidden = re.compile(r"rx\.(?:Cookie|LocalStorage|SessionStorage|toast|call_script|call_function|upload|download|script)\b|\bis_hydrated\b|run_script")
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in Path(ROOT, "portal").rglob("*.py")
        for match in forbidden.finditer(file.read_text("utf-8"))
    ]
    assert found == []
