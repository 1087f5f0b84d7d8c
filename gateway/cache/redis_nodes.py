"""Which servers there are, and which of them a key belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, SlotNotCoveredError

from gateway.cache.redis_connect import Client
from gateway.cache.redis_link import Command, Reply

_KEY_AT = {"EVAL": 3, "XREAD": 6}  # in a command; in all others it is the first word


class Nodes(Protocol):
    """The servers behind one URL, by name."""

    may_move: bool  # to another server, without a word of the one before

    def slot(self, key: str) -> int:
        """A number that keys share if one command may name them together."""
        ...

    def route(self, command: Command) -> str | None:
        """The name of the server for a command; ``None``: the map has to be learned first."""
        ...

    def names(self) -> Sequence[str]:
        """All servers that are known."""
        ...

    async def learn(self) -> None:
        """Learn the map.

        Raises:
            RedisError: Nobody tells it.
        """
        ...

    async def open(self, name: str) -> asyncio.StreamWriter:
        """Connect to a server.

        Raises:
            RedisError: It cannot be reached.
        """
        ...

    async def follow(self, command: Command) -> Reply:
        """Send a command to where the server said that its key has moved.

        Raises:
            RedisError: In vain.
        """
        ...


class OneServer:
    """A server, or the primary that sentinels name at each connection."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self.may_move = isinstance(client.connection_pool, SentinelConnectionPool)

    def slot(self, key: str) -> int:  # noqa: ARG002 - it holds all keys
        """See ``Nodes``."""
        return 0

    def route(self, command: Command) -> str | None:  # noqa: ARG002 - ditto
        """See ``Nodes``."""
        return ""

    def names(self) -> Sequence[str]:
        """See ``Nodes``."""
        return [""]

    async def learn(self) -> None:
        """See ``Nodes``."""

    async def open(self, name: str) -> asyncio.StreamWriter:  # noqa: ARG002 - there is one
        """See ``Nodes``."""
        return await _stream(self._client.connection_pool.make_connection())  # type: ignore[no-untyped-call]  # redis-py leaves it untyped

    async def follow(self, command: Command) -> Reply:
        """See ``Nodes``."""
        found: Reply = await self._client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        return found


class Cluster:
    """The primaries of a cluster."""

    may_move = False

    def __init__(self, client: RedisCluster) -> None:
        self._client = client
        self._is_mapped = False

    def slot(self, key: str) -> int:
        """See ``Nodes``."""
        return key_slot(key.encode())

    def route(self, command: Command) -> str | None:
        """See ``Nodes``."""
        if not self._is_mapped:
            return None
        at = _KEY_AT.get(str(command[0]), 1)
        key = str(command[at]) if at < len(command) else ""
        try:
            return str(self._client.nodes_manager.get_node_from_slot(self.slot(key)).name)
        except (SlotNotCoveredError, RedisClusterException):
            self._is_mapped = False
            return None

    def names(self) -> Sequence[str]:
        """See ``Nodes``."""
        return [node.name for node in self._client.get_primaries()]

    async def learn(self) -> None:
        """See ``Nodes``."""
        await self._client.aclose()  # what it knew may be what is wrong
        await self._client.initialize()
        self._is_mapped = True

    async def open(self, name: str) -> asyncio.StreamWriter:
        """See ``Nodes``."""
        node = self._client.get_node(node_name=name)
        if node is None:
            self._is_mapped = False
            raise RedisClusterException("the map has changed")
        return await _stream(node.connection_class(**node.connection_kwargs))

    async def follow(self, command: Command) -> Reply:
        """See ``Nodes``."""
        return await self._client.execute_command(*command)  # and it notes where the slot is now


def nodes_of(client: Client) -> Nodes:
    """The servers that a client reaches."""
    return Cluster(client) if isinstance(client, RedisCluster) else OneServer(client)


async def _stream(connection: AbstractConnection) -> asyncio.StreamWriter:
    """Let redis-py connect and log in, then take the stream away from it."""
    try:
        await connection.connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    except BaseException:
        await connection.disconnect(nowait=True)
        raise
    stream = connection._writer  # noqa: SLF001 - it hands its stream to nobody
    if stream is None:
        raise RedisConnectionError("lost at once")
    connection._writer = connection._reader = None  # noqa: SLF001 - ditto
    return stream
