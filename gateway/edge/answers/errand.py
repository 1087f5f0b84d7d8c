"""One look into the cache for an answer, and the making of it where there is none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeAlias

from gateway.cache.slot import AnySlot, Cached, Tagged
from gateway.edge.answers.kept import Kept
from gateway.edge.answers.told import Told
from gateway.edge.graphql.refusal import RefusedError
from gateway.errors import UpstreamUnavailableError

Make: TypeAlias = Callable[[], Awaitable[Told]]
Found: TypeAlias = Told | Cached[Any] | Exception

NOT_KEPT: Final = Kept(body=b"", life_s=0)
"""Told to other processes and callers who hoped for this answer: they make their own."""
JITTER: Final = 1.1
"""The cache lets lives vary by a tenth; no answer may live longer than it says."""
_UPSTREAM: Final = "edge"
_LOG = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Errand:
    """What the cache is asked, and what it asks for.

    Args:
        make: Makes the answer.
        landed: The answer, as soon as there is one.
    """

    make: Make
    landed: asyncio.Future[Found] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    has_failed: bool = False  # what landed is the exception of ``make``
    _making: asyncio.Future[Told] | None = None
    _is_left: bool = False

    def tell(self, _: AnySlot, found: Cached[Any] | Exception) -> None:
        """Hear from the cache; what is made here is worth waiting for, whatever it says."""
        is_made_here = self._making is not None and not self._making.done()
        if not (is_made_here and isinstance(found, Exception)):
            self._land(found)

    async def fetch(self, slots: Sequence[AnySlot]) -> Mapping[str, object]:
        """Make the answer for the cache, now or later behind a stale one.

        Raises:
            UpstreamUnavailableError: It was not made.
        """
        try:
            told = await self._made()
        except Exception as exc:
            self._complain(exc)
            raise UpstreamUnavailableError(_UPSTREAM, "answer", "not made") from exc
        self._land(told)
        kept = told.kept
        life = timedelta(seconds=kept.life_s / JITTER if kept else 0)
        tagged = Tagged(kept or NOT_KEPT, tags=tuple(told.tags), ttl=life)
        return {slot.key: tagged for slot in slots}

    def leave(self) -> None:
        """Nobody waits for it any more: what is being made is not needed."""
        self._is_left = True
        if self._making is not None:
            self._making.cancel()

    async def _made(self) -> Told:
        if self._is_left:
            raise _LeftError
        self._making = asyncio.ensure_future(self.make())
        try:
            return await self._making
        except asyncio.CancelledError as exc:
            if not self._is_left:
                raise
            raise _LeftError from exc

    def _complain(self, exc: Exception) -> None:
        is_planned = isinstance(exc, RefusedError | _LeftError)
        if self.landed.done() and not is_planned:
            _LOG.error("an answer could not be made anew", exc_info=exc)
        self.has_failed = not self.landed.done()
        self._land(exc)

    def _land(self, found: Found) -> None:
        if not self.landed.done():
            self.landed.set_result(found)


class _LeftError(Exception):
    """All who waited have gone."""
