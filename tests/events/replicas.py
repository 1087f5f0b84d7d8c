"""Processes that share a log and a stream, moved by hand, and readers who move between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.cache.redis_line import RedisLine
from gateway.cache.redis_tail import RedisTail
from gateway.domain.request_log import RequestEvent
from gateway.events.entry import Entry
from gateway.events.exchange import Exchange
from gateway.events.feed import Feed
from gateway.events.follower import Follower
from gateway.events.log import Log
from gateway.events.relay import Relay
from gateway.events.seen import Missed
from gateway.events.stream import EventStream
from tests.events.table import Table

TURNS = 30


async def settle() -> None:
    """Let every task run until it waits for something."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def no_purge(*_: str) -> bool:
    """Nothing is cached here."""
    return True


class HeldStream(EventStream):
    """A stream whose writer may be held up between its look at the log and its push."""

    gate: asyncio.Event | None = None

    async def push(self, tip: int, entries: Sequence[Entry]) -> int | None:
        """Wait at the gate, if there is one."""
        if self.gate is not None and entries:
            await self.gate.wait()
        return await super().push(tip, entries)


class Replica:
    """One process: its relay, its end of the stream, its feed; nothing moves by itself."""

    def __init__(self, log: Table, line: RedisLine, tail: RedisTail, scope: str) -> None:
        self.stream = HeldStream(line, tail, scope)
        self.relay = Relay(Log(log), self.stream, no_purge)
        exchange = Exchange(self.stream, self.relay)
        self.feed = Feed(
            Log(log), scope=scope, purge=no_purge, forget=lambda *_: None, exchange=exchange
        )
        self.after = 0
        self.stuck: list[tuple[asyncio.Task[bool], asyncio.Event]] = []

    async def carry(self) -> None:
        """Its relay runs."""
        assert await self.relay.run()

    async def stick(self) -> None:
        """Another of its relays looks, and stands still before it pushes."""
        self.stream.gate = gate = asyncio.Event()
        task = asyncio.create_task(Relay(self.relay._log, self.stream, no_purge).run())
        await asyncio.sleep(0.002)
        self.stuck.append((task, gate))
        self.stream.gate = None

    async def unstick(self, *, kill: bool) -> None:
        """One that stood still goes on at last, or dies."""
        if self.stuck:
            task, gate = self.stuck.pop(0)
            if kill:
                task.cancel()
            gate.set()
            await asyncio.gather(task, return_exceptions=True)

    async def listen(self) -> None:
        """Its tail brings what is new in the stream."""
        found = await self.stream.read(self.after, wait_s=0.001)
        assert found is not None
        if found:
            self.after = found[-1].sequence
            self.feed._hear(found)

    async def take(self) -> None:
        """Its feed works."""
        await self.feed._take()
        await settle()

    async def look(self) -> None:
        """Its feed asks the store."""
        self.feed._look_soon()
        await self.take()


@dataclass
class Reader:
    """Somebody who follows, as quickly as they are let, and comes back with their cursor."""

    wants: Callable[[RequestEvent], bool]
    start: int = 0
    cursor: int | None = None
    got: list[int] = field(default_factory=list)
    missed: int = 0
    holes: list[tuple[int, int]] = field(default_factory=list)
    follower: Follower | None = None
    task: asyncio.Task[None] | None = None
    permits: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def join(self, replica: Replica) -> None:
        """Follow on a replica, from the cursor."""
        await self.leave()
        self.holes = [hole for hole in self.holes if hole[0] < len(self.got)]  # read after all
        self.follower = await replica.feed.follow(self.cursor, self.wants)
        if self.cursor is None:
            self.cursor = self.start = replica.feed.position
        self.permits = asyncio.Semaphore(0)
        self.task = asyncio.create_task(self._read(self.follower, self.permits))

    async def read(self, count: int) -> None:
        """Read so many."""
        for _ in range(count):
            self.permits.release()
        await settle()

    async def leave(self) -> None:
        """Go away in the middle."""
        if self.task is not None and self.follower is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            await self.follower.aclose()

    async def _read(self, follower: Follower, permits: asyncio.Semaphore) -> None:
        while True:
            await permits.acquire()
            item = await anext(follower)
            if isinstance(item, Missed):
                self.missed += item.count
                self.holes.append((len(self.got), item.count))
            else:
                self.got.append(item.event.sequence)
                self.cursor = item.event.sequence
