"""The seams of Reflex that the outer gate rests on: if an upgrade moves one, this fails before anybody is harmed."""

import inspect

import pytest
import reflex as rx
from reflex.app import EventNamespace
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor

from portal.access import gateway, wire
from portal.access.arguments import Arguments
from portal.access.gateway import GuardedNamespace, SessionCheck, outer_gate
from portal.access.policy import policy_of
from portal.portal import app
from portal.settings import settings


def test_the_app_stands_behind_the_gate() -> None:
    assert isinstance(app.api_transformer, list)
    assert app.api_transformer[-1] is outer_gate
    assert type(app.event_namespace) is GuardedNamespace
    assert isinstance(app._middlewares[0], SessionCheck)
    assert type(app).__name__ == "Enveloped"
    assert app.sio is not None
    assert app.sio.namespace_handlers == {app.event_namespace.namespace: app.event_namespace}
    assert app.sio.eio.cors_allowed_origins == [settings().origin]
    assert app.sio.eio.max_http_buffer_size == wire.MOST_BYTES


def test_every_word_that_the_socket_understands_is_guarded() -> None:
    words = {name for name in dir(EventNamespace) if name.startswith("on_")}
    assert words == {"on_connect", "on_disconnect", "on_event", "on_client_error", "on_ping"}
    assert {"on_connect", "on_event", "on_client_error"} <= vars(GuardedNamespace).keys()


def test_the_first_event_still_goes_through_the_filter() -> None:
    assert "self.on_event(sid, boot_event)" in inspect.getsource(EventNamespace.on_connect)
    assert list(inspect.signature(EventNamespace.on_connect).parameters) == ["self", "sid", "environ", "auth"]
    assert list(inspect.signature(EventNamespace.on_event).parameters) == ["self", "sid", "data"]


def test_the_session_check_still_comes_before_every_handler() -> None:
    source = inspect.getsource(BaseStateEventProcessor._execute_event)
    assert 0 < source.index("middleware._preprocess") < source.index("process_event(")


def test_reflexes_own_handlers_are_those_that_are_known() -> None:
    """A new one of Reflex's would be refused; this tells that somebody has to look whether the page needs it."""
    own = {
        f"{state.__name__}.{name}"
        for state in [rx.State, *rx.State.get_substates()]
        if state.__module__.startswith("reflex")
        for name in state.event_handlers
    }
    assert own == {
        "State.hydrate", "State.hydrate_and_load", "State.set_is_hydrated", "State.setvar",
        "FrontendEventExceptionState.handle_frontend_exception", "FrontendEventExceptionState.setvar",
        "OnLoadInternalState.on_load_internal", "OnLoadInternalState.set_is_hydrated", "OnLoadInternalState.setvar",
        "SharedStateBaseInternal.setvar", "UpdateVarsInternalState.setvar", "UpdateVarsInternalState.update_vars_internal",
    }  # fmt: skip
    assert len(gateway._INTERNAL) == 3


def _called_by_browsers() -> list[object]:
    return [
        pytest.param(registered.handler.fn, id=name)
        for name, registered in sorted(app._registration_context.event_handlers.items())
        if getattr(registered.handler.fn, "__module__", "").startswith("portal.") and policy_of(registered.handler.fn)
    ]


@pytest.mark.parametrize("handler", _called_by_browsers())
def test_every_marked_handler_says_what_it_takes(handler: object) -> None:
    """Otherwise the gate refuses the call, and the page would wait for nothing."""
    Arguments(handler)  # type: ignore[arg-type]


def test_guard_refuses_an_app_without_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "api_transformer", [])
    with pytest.raises(RuntimeError):
        gateway.guard(app)
