"""The bell: says "something changed in this case" to every page that has it open, and carries nothing else."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from portal.kit.keys import master_key
from portal.settings import settings

log = logging.getLogger(__name__)

_CHANNEL = "rapport:bell"
_HERE = "rapport:here"
_HERE_SECONDS = 45
_BEAT_SECONDS = 15.0
_RETRY_SECONDS = 1.0
_LATER_SECONDS = 4.0

Show = Callable[[str], Awaitable[None]]


@dataclass(eq=False)
class Listener:
    """One browser tab and the cases that its page shows. `show` rebuilds the page with the rights of its person.

    Only a page of the case itself counts as being present in it; a list of cases does not.
    """

    token: str
    case_ids: tuple[str, ...]
    person_id: str
    show: Show
    counts_as_present: bool = True
    _again: bool = False
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def presence(self) -> tuple[str, ...]:
        """The cases in which this tab makes its person present."""
        return self.case_ids if self.counts_as_present else ()

    def wake(self) -> None:
        """Show once more; rings that arrive while it is being shown are answered by one more turn."""
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.create_task(self._turns())

    async def _turns(self) -> None:
        while True:
            self._again = False
            try:
                await self.show(self.token)
            except Exception as error:  # noqa: BLE001  one page that cannot be shown must not silence the others
                log.warning("a page could not be shown again: %s", type(error).__name__)
            if not self._again:
                return


class Bell:
    """Who listens in this process, and the wire to the other processes when Redis is configured."""

    def __init__(self) -> None:
        self._by_case: dict[str, dict[str, Listener]] = {}
        self._by_token: dict[str, Listener] = {}
        self._process = uuid4().hex
        self._redis: Redis | None = None
        self._later: set[str] = set()

    async def listen(self, listener: Listener) -> None:
        """From now on the tab hears the listener's cases, and no others."""
        before = self._by_token.get(listener.token)
        if before is not None and (before.case_ids, before.presence, before.person_id) == (
            listener.case_ids,
            listener.presence,
            listener.person_id,
        ):
            self._forget(before)
            self._keep(listener)
            return
        if before is not None:
            await self.leave(listener.token)
        arriving = [one for one in listener.presence if not await self.here(one, (listener.person_id,))]
        self._keep(listener)
        await self._beat([listener])
        for case_id in arriving:
            await self.ring(case_id, but=listener.token)

    async def leave(self, token: str) -> None:
        """The tab went away, or shows something else."""
        listener = self._by_token.get(token)
        if listener is None:
            return
        self._forget(listener)
        for case_id in listener.presence:
            if self._local(case_id, listener.person_id):
                continue
            if self._redis is not None:
                with contextlib.suppress(RedisError):
                    await self._redis.hdel(self._here_key(case_id, listener.person_id), self._process)
            await self.ring(case_id)

    async def ring(self, case_id: str, *, but: str = "") -> None:
        """Show every page of the case again, in all processes, except the tab `but`."""
        self._wake(case_id, but)
        if self._redis is not None:
            try:
                await self._redis.publish(_CHANNEL, f"{self._process} {_room(case_id)}")
            except RedisError:
                log.warning("the bell did not reach the other processes")

    def wake_later(self, token: str) -> None:
        """Show one tab again after a few seconds, if it still listens then: what it needs is out of reach now."""
        if token in self._later or token not in self._by_token:
            return
        self._later.add(token)
        asyncio.get_running_loop().call_later(_LATER_SECONDS, self._wake_one, token)

    def _wake_one(self, token: str) -> None:
        self._later.discard(token)
        listener = self._by_token.get(token)
        if listener is not None:
            listener.wake()

    async def here(self, case_id: str, person_ids: tuple[str, ...]) -> frozenset[str]:
        """Which of these people have a page of the case open in any process."""
        present = {one for one in person_ids if self._local(case_id, one)}
        if self._redis is not None:
            with contextlib.suppress(RedisError):
                for one in person_ids:
                    if one not in present and await self._redis.exists(self._here_key(case_id, one)):
                        present.add(one)
        return frozenset(present)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the wire to the other processes for as long as the server runs."""
        url = settings().redis_url
        if not url:
            yield
            return
        self._redis = redis = Redis.from_url(url)
        tasks = [asyncio.create_task(self._hear(redis)), asyncio.create_task(self._beats())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await redis.aclose()
            self._redis = None

    async def _hear(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub() as wire:
                    await wire.subscribe(_CHANNEL)
                    # What was rung while the wire was down is unknown: everybody asks once.
                    for case_id in list(self._by_case):
                        self._wake(case_id, "")
                    async for message in wire.listen():
                        if message["type"] == "message":
                            process, _, room = message["data"].decode().partition(" ")
                            if process != self._process:
                                self._wake_room(room)
            except RedisError:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            await self._beat(list(self._by_token.values()))

    async def _beat(self, listeners: list[Listener]) -> None:
        if self._redis is None:
            return
        with contextlib.suppress(RedisError):
            async with self._redis.pipeline(transaction=False) as batch:
                for listener in listeners:
                    for case_id in listener.presence:
                        key = self._here_key(case_id, listener.person_id)
                        batch.hset(key, self._process, "1")
                        batch.expire(key, _HERE_SECONDS)
                await batch.execute()

    def _here_key(self, case_id: str, person_id: str) -> str:
        # A reader of Redis learns neither which case nor who.
        return f"{_HERE}:{master_key().mac('presence', case_id + person_id)}"

    def _keep(self, listener: Listener) -> None:
        self._by_token[listener.token] = listener
        for case_id in listener.case_ids:
            self._by_case.setdefault(case_id, {})[listener.token] = listener

    def _forget(self, listener: Listener) -> None:
        self._by_token.pop(listener.token, None)
        for case_id in listener.case_ids:
            tabs = self._by_case.get(case_id, {})
            tabs.pop(listener.token, None)
            if not tabs:
                self._by_case.pop(case_id, None)

    def _local(self, case_id: str, person_id: str) -> bool:
        tabs = self._by_case.get(case_id, {}).values()
        return any(one.person_id == person_id and one.counts_as_present for one in tabs)

    def _wake(self, case_id: str, but: str) -> None:
        for token, listener in list(self._by_case.get(case_id, {}).items()):
            if token != but:
                listener.wake()

    def _wake_room(self, room: str) -> None:
        for case_id in list(self._by_case):
            if _room(case_id) == room:
                self._wake(case_id, "")


def _room(case_id: str) -> str:
    return master_key().mac("bell", case_id)


bell = Bell()
