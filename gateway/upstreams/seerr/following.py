"""What goes on beside the operations: Seerr is looked at, now and then and where a hint points."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.errors import ConfigError, UpstreamError
from gateway.subgraph import BackgroundContext
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.hints import Hints
from gateway.upstreams.seerr.settings import SeerrSettings
from gateway.upstreams.seerr.store import SeerrStore
from gateway.upstreams.seerr.watching import Watch

SECOND_LOOK_S: Final = 2.0
"""After a hint that showed nothing: Seerr tells of a change before it has written it."""
RETRY_S: Final = 15.0
_LOG = logging.getLogger(__name__)


async def follow(client: SeerrClient, context: BackgroundContext[SeerrSettings]) -> None:
    """Follow what happens at Seerr; return at once where no log is kept of it."""
    store = context.store
    if not isinstance(store, SeerrStore) or store.journal is None:
        return
    watch = Watch(client, store.journal, purge=store.desk.purge, nudge=context.nudge)
    interval_s = context.settings.watch_every_s

    async def turns() -> None:
        await take_turns(watch, interval_s=interval_s, sleep=context.sleep)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follow_hints(watch, store.journal.hints))
        tasks.create_task(context.leader.lead(turns))


async def take_turns(
    watch: Watch, *, interval_s: float, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Look now and then while this process leads; a failure is made good by a later turn.

    Args:
        watch: Looks.
        interval_s: Between two turns; 0: one that succeeds is enough.
        sleep: Between them.
    """
    while True:
        try:
            await watch.turn()
        except (UpstreamError, ConfigError) as exc:
            _LOG.warning("seerr not seen", extra={"upstream": "seerr", "code": exc.code})
        else:
            if not interval_s:
                return
        await sleep(interval_s or RETRY_S)


async def follow_hints(watch: Watch, hints: Hints) -> None:
    """Look wherever a hint points, for ever."""
    doubted: set[int] = set()
    while True:
        subject = await hints.next()
        try:
            if subject is None:
                await watch.whole()
                doubted.clear()
            elif await watch.one(subject) or subject in doubted:
                doubted.discard(subject)
            else:
                doubted.add(subject)
                hints.hear(subject, in_s=SECOND_LOOK_S)
        except (UpstreamError, ConfigError) as exc:
            _LOG.warning("hint not followed", extra={"upstream": "seerr", "code": exc.code})
