"""The two gates have no way round them: every verb opens the inner one once, every handler is marked for the outer one."""

import ast

import pytest

from portal.access.policy import policy_of
from tests.architecture.modules import functions, modules

GATES = {"open_case", "open_account", "open_entrance", "open_upkeep"}
OPENED = {"OpenCase", "OpenAccount", "OpenEntrance", "OpenUpkeep"}

Verb = ast.FunctionDef | ast.AsyncFunctionDef
VERBS = [
    pytest.param(function, id=f"{module.name}.{function.name}")
    for module in modules()
    if module.room and module.kind == "service"
    for function in functions(module)
    if not function.name.startswith("_")
]


def _gates_opened(verb: Verb) -> int:
    return sum(
        isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in GATES for node in ast.walk(verb)
    )


def _is_given_an_opened_gate(verb: Verb) -> bool:
    arguments = [*verb.args.posonlyargs, *verb.args.args, *verb.args.kwonlyargs]
    return any(argument.annotation is not None and any(name in ast.unparse(argument.annotation) for name in OPENED) for argument in arguments)


@pytest.mark.parametrize("verb", VERBS)
def test_public_verb_opens_the_gate_exactly_once(verb: Verb) -> None:
    """A function for another room's verb takes what that verb has opened, and opens nothing itself."""
    assert _gates_opened(verb) == (0 if _is_given_an_opened_gate(verb) else 1)


@pytest.mark.parametrize("verb", VERBS)
def test_public_verb_is_documented(verb: Verb) -> None:
    assert ast.get_docstring(verb)


def test_gates_are_opened_by_services_only() -> None:
    """States, pages and routes go through verbs; `access` and `live` hold the few that belong to no room."""
    allowed = ("portal.access.", "portal.live.", "portal.demo")
    broken = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.kind != "service" and not module.name.startswith(allowed)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in GATES
    ]
    assert not broken


def test_every_event_handler_says_who_may_call_it() -> None:
    import reflex as rx

    import portal.portal  # noqa: F401  registers every state

    def below(state: type[rx.State]) -> list[type[rx.State]]:
        return [state, *(deeper for sub in state.get_substates() for deeper in below(sub))]

    unmarked = [
        f"{state.__module__}.{state.__name__}.{name}"
        for state in below(rx.State)
        if state.__module__.startswith("portal")
        for name, handler in state.event_handlers.items()
        if getattr(handler.fn, "__module__", "").startswith("portal") and policy_of(handler.fn) is None and not name.startswith("_")
    ]
    assert not unmarked
