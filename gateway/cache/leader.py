"""One process among all that share a Redis: who does what need not be done twice.

The lease is a key with a short life. Its holder asks again long before it ends, and stops on its
own well before anybody else can begin, so a stalled or cut-off process does not lead beside its
successor. Without Redis every process leads itself.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable
from secrets import token_hex

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import RedisLine

LEASE_S = 15.0
ASK_SHARE = 0.2  # of the lease, between two askings
TRUST_SHARE = 0.6  # of the lease; two askings may fail, and two fifths are left to stop in

# A key of another type is nobody's lease, and would never go away by itself.
_HOLD = """
local holder = redis.pcall('get', KEYS[1])
if holder == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
if type(holder) == 'table' then redis.call('del', KEYS[1]) end
if redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2]) then return 1 end
return 0"""
_RESIGN = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0"""
_LOG = logging.getLogger(__name__)


class Tenure:
    """What one process may believe of its lease. Pure: the caller tells the monotonic time.

    Args:
        lease_s: After which Redis gives the lease to another.
    """

    def __init__(self, lease_s: float = LEASE_S) -> None:
        self._lease_s = lease_s
        self._trusted_until_s = -math.inf

    def heard(self, *, asked_at_s: float, is_ours: bool | None) -> None:
        """Note an answer, counted from before the asking; ``None``: Redis did not say."""
        if is_ours:
            self._trusted_until_s = asked_at_s + TRUST_SHARE * self._lease_s
        elif is_ours is False:
            self._trusted_until_s = -math.inf

    def is_ours(self, now_s: float) -> bool:
        """Whether this process leads."""
        return now_s < self._trusted_until_s

    def pause_s(self, now_s: float) -> float:
        """Until the next asking, or until the trust ends, whichever comes first."""
        usual_s = ASK_SHARE * self._lease_s
        left_s = self._trusted_until_s - now_s
        return min(usual_s, left_s) if left_s > 0 else usual_s


class Leader:
    """This process's candidacy for one task.

    Args:
        line: The wire to Redis; without one, this process leads.
        name: Of the task.
        lease_s: A killed leader is succeeded after 1.2 times this at most.
        clock: Monotonic seconds.
        sleep: Between two askings.
    """

    def __init__(
        self,
        line: RedisLine | None,
        name: str,
        *,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._line = line
        self._name = name
        self._key = f"{PREFIX}:lead:{name}"
        self._token = f"{socket.gethostname()}:{os.getpid()}:{token_hex(8)}"
        self._lease_ms = max(1, round(lease_s * 1000))
        self._tenure = Tenure(lease_s)
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    @property
    def is_leading(self) -> bool:
        """Whether nobody else does."""
        return self._line is None or self._tenure.is_ours(self._clock())

    async def lead(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work`` for as long as this process leads, anew whenever it comes to lead again.

        It is cancelled when the lease is lost. A process that stood still may go on for a moment
        before it notices, so the work must do no harm when it is done twice.

        Raises:
            Exception: Whatever ``work`` raised.
        """
        if self._line is None:
            await work()
            return
        try:
            while self._task is None or not self._task.done():
                await self._ask(self._line)
                await self._follow(work)
                await self._sleep(self._tenure.pause_s(self._clock()))
            self._task.result()
        finally:
            await self._stop()
            await self._line.run([("EVAL", _RESIGN, 1, self._key, self._token)])

    async def _ask(self, line: RedisLine) -> None:
        asked_at_s = self._clock()
        replies = await line.run([("EVAL", _HOLD, 1, self._key, self._token, self._lease_ms)])
        reply = None if replies is None else replies[0]
        is_ours = bool(reply) if isinstance(reply, int) else None
        self._tenure.heard(asked_at_s=asked_at_s, is_ours=is_ours)

    async def _follow(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let the work run if and only if we lead."""
        if self._tenure.is_ours(self._clock()):
            if self._task is None:
                _LOG.info("leads", extra={"task": self._name})
                self._task = asyncio.create_task(_as_coroutine(work))
        elif self._task is not None:
            _LOG.info("leads no more", extra={"task": self._name})
            await self._stop()

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None


async def _as_coroutine(work: Callable[[], Awaitable[None]]) -> None:
    await work()
