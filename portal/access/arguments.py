"""Whether the arguments that a browser sent fit a handler's annotations: strictly, and within bounds."""

import inspect
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

MOST_DEEP, MOST_ITEMS = 6, 2_000
_LARGEST_INTEGER = 2**53


class NotCallable(Exception):
    """The handler cannot be called from a browser, because what it takes is not written down."""


class BadArguments(Exception):
    """The arguments do not fit; never says what they were."""


class TooLong(BadArguments):
    """A text is longer than the handler takes."""


class Arguments:
    """The arguments of one handler, as its annotations say."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        """Read the annotations. Raises NotCallable if one is missing, or if the handler takes any number of arguments."""
        try:
            hints = get_type_hints(handler, include_extras=True)
        except NameError as unknown:
            raise NotCallable(handler.__qualname__) from unknown
        taken = list(inspect.signature(handler).parameters.values())[1:]
        for parameter in taken:
            if parameter.name not in hints or parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
                raise NotCallable(handler.__qualname__)
        self._fit = {parameter.name: TypeAdapter(hints[parameter.name]) for parameter in taken}
        self._needed = {parameter.name for parameter in taken if parameter.default is parameter.empty}

    def check(self, given: Mapping[str, Any], *, longest: int) -> None:
        """Pass if every argument is known, present and fits without conversion. Raises BadArguments."""
        if not self._needed <= given.keys() <= self._fit.keys():
            raise BadArguments
        check_bounds(given, longest=longest)
        for name, value in given.items():
            try:
                # As JSON, because there an enum or a date is a text, while a number in place of a text still fails.
                self._fit[name].validate_json(json.dumps(value, allow_nan=False), strict=True)
            except (ValidationError, ValueError):
                raise BadArguments from None


def check_bounds(value: Any, *, longest: int) -> None:
    """Pass if a decoded JSON value is neither too long, too many, too deep nor unspeakable in UTF-8. Raises BadArguments."""
    waiting = [(value, 0)]
    seen = 0
    while waiting:
        one, depth = waiting.pop()
        seen += 1
        if seen > MOST_ITEMS or depth > MOST_DEEP:
            raise BadArguments
        if isinstance(one, str):
            _check_text(one, longest)
        elif isinstance(one, Mapping):
            waiting.extend((part, depth + 1) for pair in one.items() for part in pair)
        elif isinstance(one, list):
            waiting.extend((part, depth + 1) for part in one)
        elif isinstance(one, bool) or one is None:
            continue
        elif isinstance(one, int):
            if abs(one) > _LARGEST_INTEGER:
                raise BadArguments
        elif not (isinstance(one, float) and math.isfinite(one)):
            raise BadArguments


def _check_text(text: str, longest: int) -> None:
    if len(text) > longest:
        raise TooLong
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadArguments from None
