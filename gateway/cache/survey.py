"""A look at what all processes have put into Redis; for operators, not for serving."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import RedisCluster
from redis.exceptions import RedisError, ResponseError

from gateway.cache.policy import PREFIX
from gateway.cache.redis_connect import Client, connect

PATIENCE_S = 30.0  # a million keys take a few seconds
_REPLY_S = 5.0
_BATCH = 1000
_SERVER = {"used_memory": int, "maxmemory": int, "evicted_keys": int}
_OWN = {"tag": "tags", "quota": "quotas", "lead": "leaders", "note": "notes"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What Redis holds of ours.

    Args:
        entries: Payloads by namespace, such as ``tmdb.movie``.
        others: Tags, leases, quotas, leaders and notes.
        server: ``used_memory``, ``maxmemory`` (bytes), ``evicted_keys``; a cluster's are summed,
            and a user who may not ask for them gets none.
    """

    entries: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    server: Mapping[str, int] = field(default_factory=dict)


def kind_of(key: str) -> tuple[str, bool] | None:
    """Tell what a key holds, and whether that is a payload; ``None``: it is not ours."""
    if key.startswith(f"{{{PREFIX}:") and key.endswith("}:lease"):
        return "leases", False
    prefix, _, rest = key.partition(":")
    kind, _, name = rest.partition(":")
    if prefix != PREFIX or not name:
        return None
    return (_OWN[kind], False) if kind in _OWN else (kind, "." in kind)


async def survey(url: str) -> Survey | None:
    """Count our keys; ``None`` when Redis does not answer, or not to this user.

    Raises:
        ConfigError: The URL is no URL of Redis, Sentinel or Cluster.
    """
    client = connect(url, timeout_s=_REPLY_S)
    try:
        async with asyncio.timeout(PATIENCE_S):
            entries, others = await _counts(client)
            return Survey(entries, others, await _server(client))
    except (RedisError, OSError):  # a TimeoutError is one
        return None
    finally:
        await client.aclose()


async def _counts(client: Client) -> tuple[Counter[str], Counter[str]]:
    entries, others = Counter[str](), Counter[str]()
    async for key in _keys(client):
        kind = kind_of(key.decode(errors="replace"))
        if kind is not None:
            (entries if kind[1] else others)[kind[0]] += 1
    return entries, others


def _keys(client: Client) -> AsyncIterator[bytes]:
    found: AsyncIterator[bytes] = client.scan_iter(match=f"*{PREFIX}:*", count=_BATCH)
    return found


async def _server(client: Client) -> Mapping[str, int]:
    try:
        if isinstance(client, RedisCluster):
            told: dict[str, Any] = await client.info(target_nodes=RedisCluster.PRIMARIES)
            nodes = list(told.values())
        else:
            nodes = [await client.info()]
    except ResponseError:  # not permitted
        return {}
    return {name: sum(read(node.get(name, 0)) for node in nodes) for name, read in _SERVER.items()}
