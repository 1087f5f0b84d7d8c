"""The end of a stream in Redis, waited for on a connection of its own: such a wait blocks it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final, TypeAlias, cast

from redis.exceptions import RedisError

from gateway.cache.redis_connect import connect, disconnect
from gateway.cache.redis_link import Command, Replies, ReplyError
from gateway.cache.redis_nodes import nodes_of
from gateway.cache.redis_wires import Wires

_CONNECT_S: Final = 0.5
_GRACE_S: Final = 1.0
_MOST: Final = 100

StreamEntry: TypeAlias = tuple[bytes, Sequence[bytes]]
"""An id, then names and values in turn."""


class RedisTail:
    """Reads streams as they grow, for one reader.

    Args:
        url: As ``redis_connect`` reads it.
    """

    def __init__(self, url: str) -> None:
        self._client = connect(url, timeout_s=_CONNECT_S)
        self._nodes = nodes_of(self._client)
        self._wires = Wires(self._nodes)

    async def read(self, key: str, after: str, *, wait_s: float) -> Sequence[StreamEntry] | None:
        """Entries behind an id, as soon as there is one; none when time is up.

        ``None``: Redis is away, or has no such stream to read.
        """
        wait_ms = max(1, round(wait_s * 1000))
        command: Command = (
            *("XREAD", "COUNT", _MOST, "BLOCK", wait_ms, "STREAMS"),
            *(key, after),
        )
        try:
            name = await self._route(command)
            async with asyncio.timeout(wait_s + _GRACE_S):
                replies = await self._sent(name, command)
        except (RedisError, OSError):  # a time-out, too
            self._wires.cut()
            return None
        if replies is None:
            return None
        [reply] = replies
        if isinstance(reply, ReplyError):
            await self._learn()
            return None
        return [] if reply is None else _entries(reply)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._wires.aclose()
        await disconnect(self._client)

    async def _route(self, command: Command) -> str:
        name = self._nodes.route(command)
        if name is None:
            await self._nodes.learn()
            name = self._nodes.route(command)
        if name is None:
            raise RedisError("no map")
        return name

    async def _learn(self) -> None:
        try:
            await self._nodes.learn()
        except (RedisError, OSError):
            self._wires.cut()

    async def _sent(self, name: str, command: Command) -> Replies | None:
        future: asyncio.Future[Replies | None] = asyncio.get_running_loop().create_future()
        self._wires.send(name, [command], partial(_settle, future))
        return await future


def _settle(future: asyncio.Future[Replies | None], replies: Replies | None) -> None:
    if not future.done():
        future.set_result(replies)


def _entries(reply: object) -> Sequence[StreamEntry]:
    """One stream was asked for, so one is answered."""
    [[_, entries]] = cast("list[tuple[bytes, list[tuple[bytes, list[bytes]]]]]", reply)
    return [(name, fields) for name, fields in entries]
