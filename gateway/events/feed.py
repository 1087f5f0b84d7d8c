"""The log as one process follows it: read once, for all its followers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from gateway.domain.request_log import RequestEvent
from gateway.domain.request_store import RequestStore
from gateway.errors import UpstreamError
from gateway.events.follower import Follower, Wants
from gateway.events.seen import Seen

PAGE: Final = 100
KEPT: Final = 256
"""Events that are remembered, for followers who come back."""
LOOK_S: Final = 1.0
"""Between two looks at the store while somebody follows and nobody announces anything."""

_PATIENCE_S: Final = 2.0

Purge: TypeAlias = Callable[..., Awaitable[object]]

_LOG = logging.getLogger(__name__)


class Feed:
    """What happens to requests, in order, for everybody in this process who wants to know.

    Args:
        store: Keeps the log.
        scope: Tells its log from every other.
        purge: Makes the caches forget tags: nobody is told of a change and then shown how it was.
    """

    def __init__(self, store: RequestStore, *, scope: str, purge: Purge) -> None:
        self.scope = scope
        self.position = 0
        self._store = store
        self._purge = purge
        self._is_known = False  # where the log ends
        self._kept: deque[Seen] = deque(maxlen=KEPT)
        self._kept_behind = 0  # all events behind this one are kept
        self._followers: set[Follower] = set()
        self._waiting: set[asyncio.Future[None]] = set()
        self._nudged = asyncio.Event()
        self._knowing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    def start(self) -> None:
        """Follow the log until the feed is closed."""
        self._task = asyncio.create_task(self._run())

    def nudge(self) -> None:
        """Something was written."""
        self._nudged.set()

    async def follow(self, after: int | None = None, wants: Wants = lambda _: True) -> Follower:
        """Follow the log.

        Args:
            after: From behind this sequence number; ``None``: from now on.
            wants: Which events.

        Raises:
            UpstreamError: Nobody can tell now where the log ends.
        """
        await self._know()
        follower = Follower(self, self.position if after is None else after, wants, self._left)
        self._followers.add(follower)
        self._nudged.set()
        return follower

    async def news(self, after: int) -> None:
        """Wait until there is an event behind a sequence number.

        Raises:
            UpstreamError: Nobody can tell now where the log ends.
        """
        while True:
            await self._know()
            if self.position > after:
                return
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            self._nudged.set()
            try:
                await future
            finally:
                self._waiting.discard(future)

    async def behind(self, after: int) -> Sequence[Seen] | None:
        """The next events behind a number, oldest first; ``None``: they cannot be read now."""
        if after >= self._kept_behind:
            return [seen for seen in self._kept if seen.event.sequence > after]
        try:
            return await self._seen(await self._store.events(after, most=PAGE))
        except UpstreamError:
            await asyncio.sleep(LOOK_S)
            return None

    async def aclose(self) -> None:
        """Let everybody go."""
        self._is_over = True
        self._nudged.set()
        if self._task is not None:  # a read under way may end: cut, it would leave a connection
            await asyncio.wait({self._task}, timeout=_PATIENCE_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for follower in tuple(self._followers):
            follower.end()
        for future in self._waiting:
            future.cancel()

    async def _left(self, follower: Follower) -> None:
        self._followers.discard(follower)

    async def _know(self) -> None:
        """Learn where the log ends; while nobody follows, nobody keeps that in mind."""
        async with self._knowing:
            if not self._is_known:
                self.position = self._kept_behind = await self._store.last_event()
                self._kept.clear()
                self._is_known = True

    async def _run(self) -> None:
        while not self._is_over:
            await self._wait()
            if self._is_idle:
                continue
            try:
                await self._know()
                await self._look()
            except UpstreamError:
                continue  # it looks again soon
            except Exception:  # noqa: BLE001 - nobody waits for it, and others must be told
                _LOG.exception("the feed failed")

    @property
    def _is_idle(self) -> bool:
        return self._is_over or not (self._followers or self._waiting)

    async def _wait(self) -> None:
        """Wait for a nudge, and not for long where somebody would miss what others write."""
        if self._is_idle:
            self._is_known = False
            await self._nudged.wait()
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._nudged.wait()
        self._nudged.clear()

    async def _look(self) -> None:
        """Tell whatever the store has behind the position."""
        found = await self._store.events(self.position, most=PAGE)
        if found:
            await self._tell(found)
        if len(found) == PAGE:
            self._nudged.set()

    async def _tell(self, events: Sequence[RequestEvent]) -> None:
        await self._purge("requests", *{f"request:{each.request_id}" for each in events})
        for seen in await self._seen(events):
            self._keep(seen)
            for follower in tuple(self._followers):
                follower.offer(seen)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def _keep(self, seen: Seen) -> None:
        if len(self._kept) == KEPT:
            self._kept_behind = self._kept[0].event.sequence
        self._kept.append(seen)
        self.position = seen.event.sequence

    async def _seen(self, events: Sequence[RequestEvent]) -> list[Seen]:
        """Read the requests of events, each once."""
        ids = {each.request_id for each in events}
        try:
            requests = await self._store.get_many(ids)
        except UpstreamError as exc:
            return [Seen(each, exc) for each in events]
        return [Seen(each, requests.get(each.request_id)) for each in events]
