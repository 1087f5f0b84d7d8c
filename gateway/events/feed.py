"""The log as one process follows it: read once, for all its followers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from gateway.domain.request_log import RequestEvent
from gateway.errors import UpstreamError
from gateway.events.audience import Audience
from gateway.events.entry import Entry
from gateway.events.exchange import Exchange
from gateway.events.follower import Follower, Wants
from gateway.events.history import History
from gateway.events.log import PAGE, Log
from gateway.events.relay import Purge, tags_of
from gateway.events.seen import Seen
from gateway.transport.deadline import renew

LOOK_S: Final = 1.0
"""Between two looks at the store while somebody follows and nobody announces anything."""
_READ_S: Final = 5.0
_CLOSE_S: Final = 2.0

Forget: TypeAlias = Callable[..., None]

_LOG = logging.getLogger(__name__)


class Feed:
    """What happens to requests, in order, for everybody in this process who wants to know.

    The store's log is the truth. The stream of all processes makes it quick: what it brings in
    order is taken as it is; where something lacks, or nobody has said anything for a while, the
    store is asked. So whatever becomes of Redis, or of a process that wrote and was killed, an
    event comes at most a look later, and none comes twice.

    Args:
        log: The store's.
        scope: Tells its log from every other.
        purge: Makes the caches of all processes forget tags: nobody is told of a change and then
            shown how it was.
        forget: The same for this process alone, of what the stream brings: its writer has purged.
        exchange: With the other processes; ``None``: there is no Redis.
    """

    def __init__(
        self,
        log: Log,
        *,
        scope: str,
        purge: Purge,
        forget: Forget,
        exchange: Exchange | None = None,
    ) -> None:
        self.scope = scope
        self.position = 0
        self._log = log
        self._purge = purge
        self._forget = forget
        self._exchange = exchange
        self._is_known = False  # where the log ends
        self._knowing = asyncio.Lock()
        self._history = History(log)
        self._audience = Audience()
        self._heard: list[Entry] = []
        self._is_due = False  # the store is to be asked
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    def start(self) -> None:
        """Follow the log until the feed is closed."""
        self._task = asyncio.create_task(self._run())
        if self._exchange is not None:
            self._exchange.start(self._hear, self._look_soon)

    def nudge(self) -> None:
        """Something was written: call it after each write, when the caches have forgotten."""
        if self._exchange is None:
            self._look_soon()
        else:
            self._exchange.nudge()

    async def follow(self, after: int | None = None, wants: Wants = lambda _: True) -> Follower:
        """Follow the log.

        Args:
            after: From behind this sequence number; ``None``: from now on.
            wants: Which events.

        Raises:
            UpstreamError: Nobody can tell now where the log ends.
        """
        if not self._is_over:
            await self._know()
        follower = Follower(
            self, self.position if after is None else after, wants, self._audience.leave
        )
        if self._is_over:
            follower.end()
        else:
            self._audience.join(follower)
            self._woken.set()
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
            await self._audience.wait(self._woken.set)

    async def behind(self, after: int) -> Sequence[Seen] | None:
        """The next events behind a number, oldest first; ``None``: they cannot be read now."""
        return await self._history.behind(after)

    async def knows(self, after: int) -> bool:
        """Whether the log has come as far as a number.

        Raises:
            UpstreamError: Nobody can tell now where it ends.
        """
        return after <= self.position or after <= await self._log.end()

    async def aclose(self) -> None:
        """Let everybody go."""
        self._is_over = True
        self._woken.set()
        if self._exchange is not None:
            await self._exchange.aclose()
        if self._task is not None:  # a read under way may end: cut, it would leave a connection
            await asyncio.wait({self._task}, timeout=_CLOSE_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._audience.end()
        await self._history.aclose()

    def _hear(self, entries: Sequence[Entry]) -> None:
        self._heard += entries
        self._woken.set()

    def _look_soon(self) -> None:
        self._is_due = True
        self._woken.set()

    async def _know(self) -> None:
        """Learn where the log ends; while nobody follows, nobody keeps that in mind."""
        async with self._knowing:
            if not self._is_known:
                self.position = await self._log.end()
                self._history.begin(self.position)
                self._is_known = True
                self._is_due = True  # something may have been heard meanwhile, and let go

    async def _run(self) -> None:
        while not self._is_over:
            await self._wait()
            try:
                with renew(_READ_S):
                    await self._take()
            except UpstreamError:
                continue  # it looks again soon
            except Exception:  # noqa: BLE001 - nobody waits for it, and others must be told
                _LOG.exception("the feed failed")

    async def _wait(self) -> None:
        """Wait to be woken, and not for long where somebody would miss what others write."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self._audience.is_empty else LOOK_S):
                await self._woken.wait()
        self._is_due = self._is_due or not self._woken.is_set()
        self._woken.clear()

    async def _take(self) -> None:
        """Take over what was heard, and what the store has."""
        heard, self._heard = self._heard, []
        if self._audience.is_empty:
            self._is_known = False
            self._forget(*tags_of(each.event for each in heard if each.event is not None))
            return
        await self._know()
        run: list[RequestEvent] = []
        end = self.position
        for entry in heard:
            if entry.sequence <= end:
                continue
            if entry.event is None or entry.previous != end:
                self._is_due = True  # the store has what is lacking, and all behind it
                break
            run.append(entry.event)
            end = entry.sequence
        if run:
            self._forget(*tags_of(run))
            await self._tell(run)
        while self._is_due:
            await self._look()

    async def _look(self) -> None:
        """Tell a page of what the store has behind the position."""
        found = await self._log.behind(self.position)
        self._is_due = len(found) == PAGE
        if found:
            await self._purge(*tags_of(found))
            await self._tell(found)
            if self._exchange is not None:
                self._exchange.nudge()

    async def _tell(self, events: Sequence[RequestEvent]) -> None:
        await self._audience.tell(await self._history.seen(events), self._passed)

    def _passed(self, seen: Seen) -> None:
        self._history.add(seen)
        self.position = seen.event.sequence
