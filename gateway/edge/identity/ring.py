"""All good API keys in memory, never much older than the database has them."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Protocol

from gateway.domain.api_key import ApiKey
from gateway.domain.viewer import Viewer
from gateway.edge.identity.refusals import unavailable
from gateway.errors import GatewayError
from gateway.transport.clock import Clock

log = logging.getLogger(__name__)

FRESH_S: Final = 1.0
"""After which the next caller makes the ring ask again, without waiting for it."""
OLD_S: Final = 4.0
"""After which callers wait for the answer: a revoked key is good for no longer."""
PATIENCE_S: Final = 1.0
OUTAGE_S: Final = 3600.0
"""For which the keys go on that were good when the database was last heard of."""
SPARE_LOOKS: Final = 10
"""Looks for unknown keys that need no pause; then there is one in each second."""


class Keys(Protocol):
    """Where keys are kept."""

    async def good(self) -> Sequence[ApiKey]:
        """Those that are not revoked.

        Raises:
            GatewayError: Nobody can tell.
        """
        ...

    async def note_used(self, key_ids: Collection[str], day: date) -> None:
        """Note the last day on which some were used.

        Raises:
            GatewayError: It cannot be noted.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    digest: bytes
    key_id: str
    viewer: Viewer


class KeyRing:
    """Finds whoever bears a key.

    Args:
        keys: Where they are kept.
        clock: Monotonic seconds.
        now: Aware wall time, for the day of the last use.
    """

    def __init__(
        self,
        keys: Keys,
        *,
        clock: Clock = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._now = now
        self._held: Mapping[bytes, _Held] = {}
        self._heard_s = float("-inf")
        self._paused_until_s = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._looks = float(SPARE_LOOKS)
        self._looked_s = clock()
        self._used: set[str] = set()
        self._noted: tuple[date | None, set[str]] = (None, set())

    def peek(self, digest: bytes) -> Viewer | None:
        """Whoever bears it, if that is known for sure; costs no wait."""
        age_s = self._clock() - self._heard_s
        if age_s > OLD_S:
            return None
        held = self._found(digest)
        if held is not None and age_s > FRESH_S:
            self._ask()
        return held

    async def find(self, digest: bytes) -> Viewer | None:
        """Whoever bears it.

        Raises:
            RefusedError: Nobody can tell right now.
        """
        sent_s = self._clock()
        known = self.peek(digest)
        if known is not None:
            return known
        if sent_s - self._heard_s > OLD_S:
            await self._hear()
            if sent_s - self._heard_s > OUTAGE_S:
                raise unavailable()
        known = self._found(digest)
        if known is None and self._heard_s < sent_s and self._may_look():
            await self._hear()
            if self._heard_s < sent_s:  # begun before the key was sent, perhaps before it was made
                await self._hear()
            known = self._found(digest)
        return known

    def forget(self) -> None:
        """Believe nothing until the database is asked: a key was revoked here."""
        self._heard_s = min(self._heard_s, self._clock() - OLD_S - FRESH_S)

    async def aclose(self) -> None:
        """End what is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _found(self, digest: bytes) -> Viewer | None:
        held = self._held.get(digest)
        if held is None or not hmac.compare_digest(held.digest, digest):
            return None
        self._used.add(held.key_id)
        return held.viewer

    def _may_look(self) -> bool:
        """Guesses must not become queries: a second of them is one query."""
        now_s = self._clock()
        self._looks = min(float(SPARE_LOOKS), self._looks + now_s - self._looked_s)
        self._looked_s = now_s
        if self._looks < 1.0:
            return False
        self._looks -= 1.0
        return True

    async def _hear(self) -> None:
        """Wait for the database, but not for long."""
        asking = self._ask()
        if asking is not None:
            await asyncio.wait({asking}, timeout=PATIENCE_S)

    def _ask(self) -> asyncio.Task[None] | None:
        """Ask once for all who want to know; ``None``: it just failed."""
        if self._asking is None and self._clock() >= self._paused_until_s:
            self._asking = asyncio.create_task(self._load())
            self._asking.add_done_callback(self._asked)
        return self._asking

    def _asked(self, _: asyncio.Task[None]) -> None:
        self._asking = None

    async def _load(self) -> None:
        began_s = self._clock()
        try:
            found = await self._keys.good()
        except GatewayError as exc:
            self._paused_until_s = self._clock() + FRESH_S
            log.warning("API keys cannot be read", extra={"reason": str(exc)})
            return
        self._held = {each.digest: _Held(each.digest, each.key_id, each.viewer) for each in found}
        self._heard_s = began_s
        await self._note()

    async def _note(self) -> None:
        """Tell which keys were used today, each once."""
        today = self._now().date()
        if self._noted[0] != today:
            self._noted = (today, set())
        fresh = self._used - self._noted[1]
        self._used.clear()
        if not fresh:
            return
        self._noted[1].update(fresh)
        try:
            await self._keys.note_used(fresh, today)
        except GatewayError:
            self._noted[1].difference_update(fresh)
