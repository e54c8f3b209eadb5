"""Turns: work that keeps a processor busy is done by few threads of its own, with a short queue before them."""

import asyncio
import contextvars
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from portal.kit.refusal import TooBusy

Result = TypeVar("Result")


class Turns:
    """`threads` do the work; at most `most` calls are accepted at once in all, and `most_each` of one caller.

    The threads that everybody's reads need are not used, so that a flood of such calls keeps nobody else waiting.
    """

    def __init__(self, name: str, *, threads: int, most: int, most_each: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most, self._most_each = most, most_each
        self._accepted: Counter[str] = Counter()
        self._changing = threading.Lock()

    async def take(self, caller: str, act: Callable[[], Result]) -> Result:
        """Do `act` when its turn comes. Raises TooBusy at once, having done nothing, when the queue is full."""
        self._enter(caller)
        try:
            working = self._pool.submit(contextvars.copy_context().run, act)
        except BaseException:
            self._leave(caller)
            raise
        working.add_done_callback(lambda _: self._leave(caller))
        return await asyncio.wrap_future(working)

    def _enter(self, caller: str) -> None:
        with self._changing:
            if self._accepted[caller] >= self._most_each or self._accepted.total() >= self._most:
                raise TooBusy
            self._accepted[caller] += 1

    def _leave(self, caller: str) -> None:
        with self._changing:
            self._accepted[caller] -= 1
            if not self._accepted[caller]:
                del self._accepted[caller]
