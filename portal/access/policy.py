"""Who may call an event handler from the browser: the markers which the outer gate reads, and nothing that enforces them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, cast, overload

LONGEST_TEXT = 20_000
"""The most characters of any one text in an argument, unless a marker says fewer."""

_MARK = "_portal_policy"

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Who(Enum):
    """The callers that the outer gate can tell apart; roles belong to the inner gate."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    HANDED = "at a device that was handed over"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a marker says about one handler."""

    who: Who
    longest: int = LONGEST_TEXT


@overload
def anyone(handler: Handler) -> Handler: ...
@overload
def anyone(*, longest: int = LONGEST_TEXT) -> Callable[[Handler], Handler]: ...
def anyone(handler: Any = None, *, longest: int = LONGEST_TEXT) -> Any:
    """Let everybody call this handler, signed in or not: `@anyone` or `@anyone(longest=200)`."""
    return _marked(handler, Policy(Who.ANYONE, longest))


@overload
def signed_in(handler: Handler) -> Handler: ...
@overload
def signed_in(*, longest: int = LONGEST_TEXT) -> Callable[[Handler], Handler]: ...
def signed_in(handler: Any = None, *, longest: int = LONGEST_TEXT) -> Any:
    """Let people with a living session call this handler: `@signed_in` or `@signed_in(longest=200)`.

    Goes above or below `@rx.event`, and into mixins. A handler without any marker cannot be called from the browser.
    """
    return _marked(handler, Policy(Who.SIGNED_IN, longest))


@overload
def handed_over(handler: Handler) -> Handler: ...
@overload
def handed_over(*, longest: int = LONGEST_TEXT) -> Callable[[Handler], Handler]: ...
def handed_over(handler: Any = None, *, longest: int = LONGEST_TEXT) -> Any:
    """Let only who sits at a device that was handed over call this handler; from there no other `signed_in` one can be called."""
    return _marked(handler, Policy(Who.HANDED, longest))


def server_only(handler: Handler) -> Handler:
    """Let only the server queue this handler. The same holds without a marker; this one says that it is meant."""
    return cast(Handler, _marked(handler, Policy(Who.SERVER)))


def policy_of(handler: Callable[..., Any]) -> Policy | None:
    """The policy that was put on a handler, or None: then the browser may not call it."""
    found = getattr(handler, _MARK, None)
    return found if isinstance(found, Policy) else None


def _marked(handler: Any, policy: Policy) -> Any:
    def mark(fn: Any) -> Any:
        # An attribute, because Reflex copies a mixin's functions together with their attributes.
        setattr(fn, _MARK, policy)
        return fn

    return mark if handler is None else mark(handler)
