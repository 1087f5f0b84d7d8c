"""Real processes over one book and one Redis, somebody who writes, and many who follow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.graph.cursor import binding, pack
from gateway.registry import UPSTREAMS
from gateway.sandbox import Sandbox
from tests.events.wires import Wire, connect
from tests.faults.house import FILMS, environ_of, serving
from tests.faults.replicas import Replica, replicas
from tests.graph.stage import Stage, staged
from tests.requests.stages import kept_in

MOST: Final = 1000


class Writer:
    """A third gateway, in this process, that writes and knows when each event was committed."""

    def __init__(self, stage: Stage) -> None:
        store, feed = stage.gateway.runtime.store, stage.gateway.feed
        assert store is not None
        assert feed is not None
        self._store, self._feed = store, feed
        self._actor: Actor | None = None
        self.committed: dict[str, float] = {}
        self.cursors: list[str] = []

    def cursor(self, sequence: int) -> str:
        """As clients are given it."""
        return pack(binding("events", self._feed.scope), sequence)

    async def write(self, tmdb_id: int, *, is_told: bool = True) -> None:
        """One more event; whoever is killed behind the commit tells nobody."""
        if self._actor is None:
            user = await self._store.enrol("writer", "Writer")
            assert user is not None
            self._actor = Actor(user_id=user.user_id, role=Role.REQUESTER)
        await self._store.create(self._actor, Wish(tmdb_id=tmdb_id))
        cursor = self.cursor(tmdb_id)  # the log's numbers are ours: nobody else writes
        self.committed[cursor] = time.time()
        self.cursors.append(cursor)
        if is_told:
            self._feed.nudge()


@asynccontextmanager
async def fleet(url: str, folder: Path, count: int) -> AsyncIterator[tuple[Writer, list[Replica]]]:
    """Replicas and a writer over one book and one Redis."""
    own = {**kept_in(folder), "GATEWAY_REDIS_URL": url}
    async with serving(Sandbox(FILMS).app()) as port:
        environ = environ_of(dict.fromkeys(UPSTREAMS, port)) | own
        environ |= {
            "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS": str(MOST),
            "GATEWAY_MAX_SUBSCRIPTIONS": str(MOST),
        }
        async with staged(own) as stage, replicas(count, environ) as running:
            yield Writer(stage), running


class Crowd:
    """The healthy ones: what each heard, and how late it was."""

    def __init__(self, writer: Writer) -> None:
        self._committed = writer.committed
        self.heard: list[list[str]] = []
        self.late_s: list[float] = []
        self.wires: list[Wire] = []

    async def join(self, port: int, after: str) -> None:
        """One more."""
        self.heard.append([])
        self.wires.append(await self._connect(port, self.heard[-1], after))

    async def rejoin(self, at: int, port: int) -> None:
        """One of them comes back, from what they heard last."""
        mine = self.heard[at]
        self.wires[at] = await self._connect(port, mine, mine[-1])

    async def _connect(self, port: int, mine: list[str], after: str) -> Wire:
        def hear(cursor: str, now_s: float) -> None:
            mine.append(cursor)
            self.late_s.append(now_s - self._committed.get(cursor, now_s))

        return await connect(port, hear, after=after)

    async def all_heard(self, cursors: list[str]) -> None:
        """Wait for the last ones."""
        async with asyncio.timeout(30):
            while any(len(each) < len(cursors) for each in self.heard):  # noqa: ASYNC110 - from
                await asyncio.sleep(0.05)  # other processes
