"""One writer at a time: Seerr itself lets duplicates through when calls come together.

With Redis the turn holds among all processes. Without it, or while it does not answer, it holds
in this process alone: then two replicas that write for one film within the same moment may make
two requests of it, as two people at Seerr's own pages may.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import RedisLine
from gateway.errors import UpstreamOverloadedError

WORK_S: Final = 12.0
"""What a holder may take; no call of theirs goes out later than that."""

LEASE_S: Final = WORK_S + 8.0  # a turn outlasts what is done in it; a killed holder is waited for
_LOOK_S: Final = 0.02
_LOOK_MOST_S: Final = 0.16

_RELEASE: Final = """
if redis.pcall('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0"""


@dataclass(slots=True)
class _Queue:
    """Who waits in this process; only its first looks at Redis."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Turns:
    """Turns by name.

    Args:
        line: The wire to Redis, if there is one.
        scope: Tells one Seerr from another.
        patience_s: How long to wait for a turn.
        clock: Monotonic seconds.
        sleep: Between two looks at Redis.
    """

    def __init__(
        self,
        line: RedisLine | None,
        scope: str,
        *,
        patience_s: float = 6.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._line = line
        self._prefix = f"{PREFIX}:turn:{scope}:"
        self._patience_s = patience_s
        self._clock = clock
        self._sleep = sleep
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def hold(self, operation: str, *names: str) -> AsyncIterator[None]:
        """Hold several turns; always taken in one order, so that nobody waits in a circle.

        Raises:
            UpstreamOverloadedError: Others did not come to their end in time.
        """
        until_s = self._clock() + self._patience_s
        async with AsyncExitStack() as stack:
            for name in sorted(names):
                await stack.enter_async_context(self._one(operation, name, until_s))
            yield

    @asynccontextmanager
    async def _one(self, operation: str, name: str, until_s: float) -> AsyncIterator[None]:
        queue = self._queues.setdefault(name, _Queue())
        queue.users += 1
        try:
            await self._queue_up(queue, operation, until_s)
            try:
                token = await self._lease(operation, name, until_s)
                try:
                    yield
                finally:
                    await self._release(name, token)
            finally:
                queue.lock.release()
        finally:
            queue.users -= 1
            if not queue.users:
                del self._queues[name]

    async def _queue_up(self, queue: _Queue, operation: str, until_s: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, until_s - self._clock())):
                await queue.lock.acquire()
        except TimeoutError as exc:
            raise _busy(operation) from exc

    async def _lease(self, operation: str, name: str, until_s: float) -> str | None:
        """The token of a lease; ``None`` where Redis cannot give one."""
        token, pause_s = token_hex(8), _LOOK_S
        while self._line is not None:
            command = ("SET", self._prefix + name, token, "NX", "PX", round(LEASE_S * 1000))
            replies = await self._line.run([command])
            reply = None if replies is None else replies[0]
            if replies is None or isinstance(reply, Exception):
                break
            if reply is not None:
                return token
            if self._clock() + pause_s > until_s:
                raise _busy(operation)
            await self._sleep(pause_s)
            pause_s = min(_LOOK_MOST_S, pause_s * 2)
        return token if self._line is not None else None

    async def _release(self, name: str, token: str | None) -> None:
        """Give it up, also one that Redis may have given without our hearing of it."""
        if token is not None and self._line is not None:
            await self._line.run([("EVAL", _RELEASE, 1, self._prefix + name, token)])


def _busy(operation: str) -> UpstreamOverloadedError:
    return UpstreamOverloadedError(
        "seerr", operation, "others write the same at this moment", retry_after_s=1.0
    )
