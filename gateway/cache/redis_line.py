"""The wire to Redis: pipelines in a short time, a switch for bad times, never an exception."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from typing import TypeAlias, TypeVar

from redis import exceptions
from redis.asyncio import RedisCluster
from redis.crc import key_slot
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    MovedError,
    RedisError,
)

from gateway.cache.redis_connect import Client, connect, disconnect
from gateway.cache.trip import Trip

Command: TypeAlias = tuple[str | bytes | int, ...]
Reply: TypeAlias = object  # whatever the server says; an error reply is an exception

TIMEOUT_S = 0.06  # two of these make a caller wait, then the switch is open
GRACE_S = 0.01  # for a reply that came while the event loop was busy elsewhere
PATIENCE_S = 0.5  # of a probe, and of a command that nobody waits for any more
MAX_AT_ONCE = 48
_COUNTS = ("redis_commands", "redis_failures", "redis_refused", "redis_skipped")

# Replies that speak of the server as a whole; any other error is about one command.
_AILING = (
    BusyLoadingError, ClusterDownError, MasterDownError, MovedError, AskError,
    exceptions.ConnectionError, exceptions.TimeoutError,
)  # fmt: skip
T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class RedisLine:
    """Commands to one Redis, by URL.

    Each pipeline runs in a task of its own that no caller can cancel, so no reply is ever left on
    a connection for somebody else to find. One that is late is not waited for, but it may still
    finish: that is how a slow first connection comes about.

    Args:
        url: As ``redis_connect`` reads it.
        timeout_s: What a caller waits at most.
    """

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._client: Client = connect(url, timeout_s=PATIENCE_S, max_connections=3 * MAX_AT_ONCE)
        self._is_cluster = isinstance(self._client, RedisCluster)
        self._timeout_s = timeout_s
        self._trip = Trip()
        self._turns = asyncio.Semaphore(MAX_AT_ONCE)
        self._tasks: set[asyncio.Task[object]] = set()
        self._counts = Counter(dict.fromkeys(_COUNTS, 0))

    @property
    def is_up(self) -> bool:
        """Whether commands are sent at all."""
        return not self._trip.is_open

    async def mget(
        self, keys: Sequence[str], *, before: Sequence[Command] = ()
    ) -> list[Reply] | None:
        """Run commands, then read keys; replies of the commands first, then the values."""
        groups = self._by_slot(keys)
        reads: list[Command] = [("MGET", *(keys[i] for i in group)) for group in groups]
        replies = await self.run([*before, *reads])
        if replies is None:
            return None
        values: list[Reply] = [None] * len(keys)
        for group, reply in zip(groups, replies[len(before) :], strict=True):
            if isinstance(reply, list):
                for index, value in zip(group, reply, strict=True):
                    values[index] = value
        return [*replies[: len(before)], *values]

    async def run(self, commands: Sequence[Command]) -> list[Reply] | None:
        """Send commands in one pipeline; ``None`` when Redis did not answer in time.

        An error reply to one command is an exception in its place.
        """
        if not commands:
            return []
        async with self._turns:
            if self._trip.is_open:
                self._counts["redis_skipped"] += 1
                return None
            self._counts["redis_commands"] += len(commands)
            return await self._in_time(self._spawn(self._send(commands)))

    async def ping(self) -> None:
        """Ask for a sign of life, as long as it may take; for the probe and for the doctor.

        Raises:
            RedisError: There is none.
        """
        if isinstance(self._client, RedisCluster):
            await self._client.ping(target_nodes=RedisCluster.PRIMARIES)
        else:
            await self._client.ping()

    def stats(self) -> Mapping[str, int]:
        """Commands sent, failures, commands spared, times the switch opened."""
        return {**self._counts, "redis_tripped": self._trip.times_open}

    async def aclose(self) -> None:
        """Stop probing and close every connection."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await disconnect(self._client)

    def _by_slot(self, keys: Sequence[str]) -> list[list[int]]:
        """Group positions so that each group may share one MGET."""
        if not keys or not self._is_cluster:
            return [list(range(len(keys)))] if keys else []
        groups: dict[int, list[int]] = {}
        for index, key in enumerate(keys):
            groups.setdefault(key_slot(key.encode()), []).append(index)
        return list(groups.values())

    async def _send(self, commands: Sequence[Command]) -> list[Reply]:
        pipe = self._client.pipeline(transaction=False)
        for command in commands:
            pipe.execute_command(*command)
        replies: list[Reply] = await pipe.execute(raise_on_error=False)
        return replies

    async def _in_time(self, task: asyncio.Task[list[Reply]]) -> list[Reply] | None:
        done, _ = await asyncio.wait({task}, timeout=self._timeout_s)
        if not done:
            done, _ = await asyncio.wait({task}, timeout=GRACE_S)
        if not done or task.cancelled():
            self._failed("no answer in time")
            return None
        try:
            replies = task.result()
        except (RedisError, OSError) as exc:
            self._failed(type(exc).__name__)
            return None
        ailing = next((r for r in replies if isinstance(r, _AILING)), None)
        if ailing is not None:
            self._failed(type(ailing).__name__)
            return None
        self._counts["redis_refused"] += sum(isinstance(r, Exception) for r in replies)
        self._trip.succeeded()
        return replies

    def _failed(self, why: str) -> None:
        self._counts["redis_failures"] += 1
        if self._trip.failed():
            _LOG.warning("redis is away (%s): caching in memory until it is back", why)
            self._spawn(self._probe())

    async def _probe(self) -> None:
        while self._trip.is_open:
            await asyncio.sleep(self._trip.pause_s(random.random()))  # noqa: S311 - no secret
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self.ping()
            except (RedisError, OSError):
                if self._is_cluster:
                    await self._client.aclose()  # its map of nodes may be what is wrong
                continue
            self._trip.succeeded()
            _LOG.warning("redis is back")

    def _spawn(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen by whoever waited, if anybody still did


def as_bytes(reply: Reply) -> bytes | None:
    """Read a stored value; an error, or anything else than bytes, is none."""
    return reply if isinstance(reply, bytes) else None
