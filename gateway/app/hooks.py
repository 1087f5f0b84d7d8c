"""Webhooks of this process: they need the store of requests, a database and the server's secret."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gateway.app.following import keeper_of
from gateway.app.records import Records
from gateway.cache.leader import Leader
from gateway.cache.redis_line import RedisLine
from gateway.edge.identity.secret import known_secret
from gateway.errors import GatewayError
from gateway.events.feed import Feed
from gateway.graph.context import Runtime
from gateway.graph.ids import global_id
from gateway.settings import GatewaySettings
from gateway.transport.pinned import PinnedSender
from gateway.webhooks.courier import Courier
from gateway.webhooks.signing import key_of
from gateway.webhooks.takeover import Outbox, Takeover
from gateway.webhooks.worker import IDLE_S, Worker

if TYPE_CHECKING:
    from gateway.upstreams.book.webhooks import Webhooks

_LOG: Final = logging.getLogger(__name__)
_RETRY_S: Final = 30.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Hooks:
    """Tells endpoints what happens, in the one process that leads.

    Attributes:
        outbox: The log of events.
        scope: Tells the log's numbers from those of others.
        records: Where endpoints are kept.
        settings: Of the gateway.
        leader: Picks the process.
        feed: Hears first of what happens.
    """

    outbox: Outbox
    scope: str
    records: Records
    settings: GatewaySettings
    leader: Leader
    feed: Feed

    async def run(self) -> None:
        """Go on until it is cancelled; serving goes on whatever happens here."""
        try:
            while True:
                pause_s = await self._led()
                await asyncio.sleep(pause_s)
        finally:
            self._sender.close()

    @cached_property
    def _sender(self) -> PinnedSender:
        return PinnedSender(private=self.settings.webhook_private)

    async def _led(self) -> float:
        """Lead, whenever it is this process's turn; else seconds until it may be tried again.

        Looking makes neither a database nor a secret: before both are there, nobody was added.
        """
        try:
            secret = known_secret(self.settings) if self.records.is_there else None
            if secret is None:
                return IDLE_S
            store = await self._kept()
            await self.leader.lead(lambda: self._work(store, secret))
        except GatewayError as exc:
            _LOG.warning("webhooks wait", extra={"reason": str(exc)})
        except Exception:  # noqa: BLE001 - nobody waits for it, and serving must go on
            _LOG.exception("webhooks failed")
        return _RETRY_S

    async def _kept(self) -> Webhooks:
        from gateway.upstreams.book.webhooks import Webhooks  # noqa: PLC0415 -- see Records

        return Webhooks(await self.records.ready())

    async def _work(self, store: Webhooks, secret: bytes) -> None:
        takeover = Takeover(outbox=self.outbox, scope=self.scope, store=store, name=global_id)
        courier = Courier(store, self._sender, lambda whose: key_of(secret, whose), now=_now)
        ear = _Ear(self.feed)
        try:
            await Worker(takeover, courier, store, now=_now, wait=ear.wait).run()
        finally:
            await ear.aclose()


def hooks_of(
    runtime: Runtime, records: Records, settings: GatewaySettings, line: RedisLine | None
) -> Hooks | None:
    """The hooks of a process; ``None``: nobody keeps requests.

    Args:
        runtime: Knows who does, and hears of what happens to them.
        records: Where endpoints are kept.
        settings: Of the gateway.
        line: The wire to Redis.
    """
    store, feed = runtime.store, runtime.feed
    if store is None or feed is None:
        return None
    return Hooks(
        outbox=store,
        scope=keeper_of(runtime),
        records=records,
        settings=settings,
        leader=Leader(line, f"webhooks:{feed.scope}"),
        feed=feed,
    )


class _Ear:
    """Waits for news since it last waited: what happens during a look is news too."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._heard = 0
        self._news: asyncio.Task[None] | None = None

    async def wait(self, seconds: float) -> None:
        """Until there is news, or so long; a wait that was in vain is not begun anew."""
        if seconds <= 0:
            return
        if self._news is None:
            self._news = asyncio.create_task(self._feed.news(self._heard))
        await asyncio.wait({self._news}, timeout=seconds)
        if not self._news.done():
            return
        news, self._news = self._news, None
        if news.cancelled() or news.exception() is not None:  # the worker finds out for itself
            await asyncio.sleep(seconds)
        self._heard = self._feed.position

    async def aclose(self) -> None:
        """Wait no longer."""
        if self._news is not None:
            self._news.cancel()
            await asyncio.gather(self._news, return_exceptions=True)
