"""Calling the upstream: one task for each group of keys that is fetched apart."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Final

from gateway.cache.entry import Entry
from gateway.cache.envelope import MARK_BYTES
from gateway.cache.flight import Batch, Flight
from gateway.cache.serving import answer_of
from gateway.cache.slot import AnySlot, Cached, Source, Tagged
from gateway.cache.tags import MAX_TAGS
from gateway.errors import UpstreamContractError, UpstreamUnavailableError

_LEFT_OUT: Final = object()


class Loader:
    """Loads of one process.

    Args:
        now: Seconds of the epoch.
        dice: 0 to 1, for the jitter of lifetimes.
        counts: Where loads are counted.
        keeps: Whether such payloads are kept; of others no entry is made.
        landed: Told of each flight that brought something.
        failed: Told of each that did not.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        dice: Callable[[], float],
        counts: Counter[str],
        keeps: Callable[[AnySlot], bool],
        landed: Callable[[Flight], None],
        failed: Callable[[Flight, Exception], None],
    ) -> None:
        self._now = now
        self._dice = dice
        self._counts = counts
        self._keeps = keeps
        self._landed = landed
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, flights: Sequence[Flight]) -> None:
        """Fetch what these want, in tasks that outlive whoever asked."""
        self._counts["fill"] += len(flights)
        groups: dict[tuple[Batch, Hashable], list[Flight]] = {}
        for flight in flights:
            apart = flight.batch.apart
            name = None if apart is None else apart(flight.slot)
            groups.setdefault((flight.batch, name), []).append(flight)
        for (batch, _), group in groups.items():
            task = asyncio.create_task(self._fetch(batch, group), context=batch.context.copy())
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, group))

    async def aclose(self) -> None:
        """Give up all loads."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _fetch(self, batch: Batch, flights: Sequence[Flight]) -> None:
        """Whatever goes wrong is the outcome of the keys at fault."""
        found: Mapping[str, object]
        try:
            found = await batch.fetch([flight.slot for flight in flights])
        except Exception as exc:  # noqa: BLE001 - told to everybody who waits for it
            found = dict.fromkeys((flight.slot.key for flight in flights), exc)
        for flight in flights:
            value = found.get(flight.slot.key, _LEFT_OUT)
            if value is _LEFT_OUT:
                value = UpstreamContractError(
                    flight.slot.policy.upstream, "fetch", "left out a part"
                )
            if isinstance(value, Exception):
                self._counts["fill_error"] += 1
                self._failed(flight, value)
            else:
                self._bring(flight, value)
                self._landed(flight)

    def _ended(self, flights: Sequence[Flight], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            for flight in flights:
                gone = UpstreamUnavailableError(flight.slot.policy.upstream, "fetch", "given up")
                self._failed(flight, gone)

    def _bring(self, flight: Flight, found: object) -> None:
        if self._keeps(flight.slot):
            entry = flight.entry = self._entry(flight, found)
            flight.answer = answer_of(entry, Source.UPSTREAM, now=entry.life.stored_at)
        else:
            value = found.value if isinstance(found, Tagged) else found
            flight.answer = Cached(value, Source.UPSTREAM, 0.0)

    def _entry(self, flight: Flight, found: object) -> Entry:
        slot, turn, now = flight.slot, flight.turn, self._now()
        value, tags, ttl = found, slot.tags, None
        if isinstance(found, Tagged):
            value, tags, ttl = found.value, found.tags, found.ttl
        life = slot.policy.lifetime(
            is_absent=value is None, stored_at=now, dice=self._dice(), ttl=ttl
        )
        if len(tags) > MAX_TAGS:
            life = life._replace(fresh_until=now, unasked_until=now, stale_until=now)
        return Entry(
            value=value,
            life=life,
            mark=random.getrandbits(8 * MARK_BYTES).to_bytes(MARK_BYTES, "big"),
            tags=tags,
            tokens=_stamp(slot, turn.tokens),
            checked_at=turn.asked_at,
        )


def _stamp(slot: AnySlot, tokens: Mapping[str, bytes] | None) -> tuple[bytes, ...] | None:
    """What the slot's tags were worth before the load; ``None``: not known, or not yet."""
    if tokens is None or slot.policy.told_tags:
        return None
    return tuple([tokens.get(tag, b"") for tag in slot.tags])
