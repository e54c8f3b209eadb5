"""What the hour brings: verbs of the portal's own clock, whose changes ring in the cases that they touched."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from portal.kit import logs
from portal.kit.refusal import Refusal
from portal.live.bell import Bell, bell

Verb = Callable[[], Iterable[str]]


def every(seconds: float, verb: Verb, *, through: Bell = bell) -> Callable[[], AbstractAsyncContextManager[None]]:
    """A lifespan task of a server: call `verb` now and again, `seconds` apart, and ring in each case whose id it returns.

    Here and not in the worker, because only a server knows which pages are open. Every server process does it; the verb must be safe
    to call at any time, by several at once.
    """

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        task = asyncio.create_task(_turns(seconds, verb, through))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return running


async def _turns(seconds: float, verb: Verb, through: Bell) -> None:
    last = ""
    while True:
        try:
            for case_id in await asyncio.to_thread(verb):
                await through.ring(case_id)
            last = ""
        except Exception as broken:  # noqa: BLE001  the next turn comes whatever happened to this one
            # Once per kind of failure, not at every turn while it lasts.
            if last != type(broken).__name__:
                last = type(broken).__name__
                if isinstance(broken, Refusal):
                    logs.log().warning("put off", verb=verb.__name__, error=last)
                else:
                    logs.failure("an hour's verb failed", broken, verb=verb.__name__)
        await asyncio.sleep(seconds)
