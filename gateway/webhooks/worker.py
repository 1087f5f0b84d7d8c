"""Tells endpoints what happens: takes events over, and lets couriers bring them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.webhook import Endpoint, WebhookStore
from gateway.errors import UpstreamError
from gateway.webhooks.courier import Courier
from gateway.webhooks.takeover import Takeover

_LOG: Final = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
IDLE_S: Final = 5.0
"""Between two looks while there is nobody to tell, or no database."""
LANES: Final = 8
"""Deliveries at once to one endpoint; one to an endpoint that fails."""
KEPT: Final = timedelta(days=30)
"""For which it can be looked up what became of a delivery."""
TIDY_EVERY: Final = timedelta(hours=1)
PATIENCE_S: Final = 2.0


class Worker:
    """Tells endpoints what happens. Several at once do no harm; one does all the work.

    Args:
        takeover: Takes events over.
        courier: Brings them.
        store: Where endpoints and deliveries are kept.
        now: Aware wall time.
        wait: Until there is news, or so many seconds have passed.
        patience_s: With what is under way at the end.
    """

    def __init__(
        self,
        takeover: Takeover,
        courier: Courier,
        store: WebhookStore,
        *,
        now: Callable[[], datetime],
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._takeover = takeover
        self._courier = courier
        self._store = store
        self._now = now
        self._wait = wait
        self._patience_s = patience_s
        self._lanes: dict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._tidied: datetime | None = None
        self._is_closing = False
        self._is_idle = False  # there is nobody to tell

    async def run(self) -> None:
        """Go on until it is cancelled."""
        try:
            while True:
                pause_s = await self._looked()
                await (asyncio.sleep if self._is_idle else self._wait)(pause_s)
        finally:
            await self.aclose()

    async def look(self) -> float:
        """Take over what is new, and begin to bring what is due.

        Returns:
            Seconds until the next look.

        Raises:
            UpstreamError: Log or store gave no usable answer.
        """
        now = self._now()
        told = [each for each in await self._store.endpoints() if each.disabled_at is None]
        self._is_idle = not told
        if self._is_idle:
            return IDLE_S
        await self._tidy(now)
        is_more = await self._takeover.look(told, now)
        await self._bring(told)
        return 0.0 if is_more else LOOK_EVERY_S

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while under_way := [task for lanes in self._lanes.values() for task in lanes]:
            await asyncio.wait(under_way)

    async def aclose(self) -> None:
        """Let what is under way end; what does not is broken off, and will be sent again."""
        self._is_closing = True
        under_way = [task for lanes in self._lanes.values() for task in lanes]
        if under_way:
            await asyncio.wait(under_way, timeout=self._patience_s)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _looked(self) -> float:
        try:
            return await self.look()
        except UpstreamError as exc:
            _LOG.warning("webhooks wait", extra={"reason": str(exc)})
            return IDLE_S

    async def _bring(self, told: Sequence[Endpoint]) -> None:
        due = await self._store.due(self._now())
        for each in told:
            if each.endpoint_id in due:
                self._open_lane(each)

    def _open_lane(self, endpoint: Endpoint) -> None:
        """One more at once, if there is room; what it finds to do may be worth another."""
        lanes = self._lanes[endpoint.endpoint_id]
        if self._is_closing or len(lanes) >= (LANES if endpoint.failing_since is None else 1):
            return
        task = asyncio.create_task(self._along(endpoint))
        lanes.add(task)
        task.add_done_callback(lanes.discard)

    async def _along(self, endpoint: Endpoint) -> None:
        try:
            known: Endpoint | None = endpoint
            while known is not None and not self._is_closing:
                known = await self._courier.next(known, lambda: self._open_lane(endpoint))
        except UpstreamError as exc:
            _LOG.warning("webhooks wait", extra={"reason": str(exc)})
        except Exception:  # noqa: BLE001 - nobody waits for it, and others must be told
            _LOG.exception("webhooks failed", extra={"endpoint": endpoint.endpoint_id})

    async def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now - self._tidied >= TIDY_EVERY:
            self._tidied = now
            await self._store.forget(now - KEPT)
