"""The two levels as one: memory first, then Redis, with each key read once at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from gateway.cache.entry import Entry
from gateway.cache.envelope import mark_of, unseal
from gateway.cache.memory import MemoryStore
from gateway.cache.slot import AnySlot
from gateway.cache.store import Snapshot, Store, Tokens

LATE_S = 0.9  # after which Redis is asked again; with the asking, memory is 1 s late at most


class Levels:
    """Entries of one process over the entries of all.

    Without a store, or while it is away, memory alone answers for an entry's whole life.

    Args:
        memory: The first level.
        store: The second, or none.
        now: Seconds of the epoch.
        counts: Where hits and the like are counted.
    """

    def __init__(
        self,
        memory: MemoryStore,
        store: Store | None,
        *,
        now: Callable[[], float],
        counts: Counter[str],
    ) -> None:
        self._memory = memory
        self._store = store
        self._now = now
        self._counts = counts
        self._reading: dict[str, asyncio.Future[Entry | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._owed: tuple[set[str], set[str]] = (set(), set())  # keys, tags Redis did not hear of
        self.epoch = 0  # counts removals; who began before one keeps nothing of what it saw

    def recall(self, slot: AnySlot) -> Entry | None:
        """What memory may answer without asking Redis, dead entries left out."""
        entry = self._memory.get(slot.key)
        if entry is None or self._now() >= entry.life.stale_until:
            return None
        is_checked = 0 <= self._now() - entry.checked_at < LATE_S
        return entry if is_checked or self._store is None or not self._store.is_up else None

    async def read(self, slots: Sequence[AnySlot]) -> Mapping[str, Entry | None]:
        """Ask Redis, with one MGET for all that no other call is reading at this moment."""
        if self._store is None:
            return {}
        new = [slot for slot in slots if slot.key not in self._reading]
        if new:
            for slot in new:
                self._reading[slot.key] = asyncio.get_running_loop().create_future()
            ours = {slot.key: self._reading[slot.key] for slot in new}
            task = asyncio.create_task(self._read(self._store, new, ours))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        waited = {slot.key: self._reading[slot.key] for slot in slots}
        await asyncio.wait(waited.values())
        return {key: future.result() for key, future in waited.items()}

    def opened(
        self, slot: AnySlot, raw: bytes | None, tokens: Tokens, *, asked_at: float
    ) -> Entry | None:
        """Judge what Redis holds: ``None`` if nothing, purged, dead or not what we wrote.

        Raises:
            ValueError: These bytes are not what we wrote.
        """
        if raw is None:
            return None
        current = tuple(tokens.get(tag) for tag in slot.tags)
        held = self._memory.get(slot.key)
        if held is not None and held.mark == mark_of(raw):  # the very entry we have: spare the rest
            is_good = held.tokens == current and self._now() < held.life.stale_until
            return replace(held, checked_at=asked_at) if is_good else None
        sealed = unseal(slot.key, raw)
        if sealed.tokens != current or sealed.life.stale_until <= self._now():
            return None
        return Entry(
            value=None if sealed.payload is None else slot.codec.decode(sealed.payload),
            life=sealed.life,
            mark=sealed.mark,
            tokens=sealed.tokens,
            checked_at=asked_at,
            size_bytes=len(sealed.payload or b""),
        )

    def keep(self, slot: AnySlot, entry: Entry) -> None:
        """Hold an entry in memory."""
        self._memory.put(slot.key, entry, tags=slot.tags)

    async def remove(self, keys: Iterable[str], tags: Iterable[str]) -> bool:
        """Delete from both levels; ``False`` when Redis will hear of it only when it is back."""
        keys, tags = tuple(keys), tuple(tags)
        self._remove_here(keys, tags)
        if self._store is None:
            return True
        self._owed[0].update(keys)
        self._owed[1].update(tags)
        is_heard = await self._pay(self._store)
        self._remove_here(keys, tags)  # what was read from Redis before it had heard
        return is_heard

    async def aclose(self) -> None:
        """Wait for the reads in flight."""
        await asyncio.gather(*self._tasks)

    def _remove_here(self, keys: tuple[str, ...], tags: tuple[str, ...]) -> None:
        self.epoch += 1
        self._memory.drop(keys)
        self._memory.purge(tags)
        self._reading.clear()

    async def _pay(self, store: Store) -> bool:
        """Repeat to Redis what it did not hear."""
        keys, tags = map(tuple, self._owed)
        is_heard = await store.drop(keys, tags)
        if is_heard:
            self._owed[0].difference_update(keys)
            self._owed[1].difference_update(tags)
        return is_heard

    async def _read(
        self, store: Store, slots: list[AnySlot], waiting: dict[str, asyncio.Future[Entry | None]]
    ) -> None:
        found: dict[str, Entry | None] = {}
        epoch, asked_at = self.epoch, self._now()
        try:
            snapshot = None
            if not any(self._owed) or await self._pay(store):
                tags = dict.fromkeys(chain.from_iterable(slot.tags for slot in slots))
                snapshot = await store.read([slot.key for slot in slots], list(tags))
            is_current = epoch == self.epoch
            found = self._taken(slots, snapshot, asked_at=asked_at, is_current=is_current)
        finally:
            for key, future in waiting.items():
                if not future.done():
                    future.set_result(found.get(key))
                if self._reading.get(key) is future:
                    del self._reading[key]

    def _taken(
        self,
        slots: list[AnySlot],
        snapshot: Snapshot | None,
        *,
        asked_at: float,
        is_current: bool,
    ) -> dict[str, Entry | None]:
        if snapshot is None:  # Redis is away: what memory holds is the best there is
            return {slot.key: self._memory.get(slot.key) for slot in slots}
        found: dict[str, Entry | None] = {}
        for slot, raw in zip(slots, snapshot.values, strict=True):
            try:
                entry = self.opened(slot, raw, snapshot.tokens, asked_at=asked_at)
            except ValueError:
                self._counts["corrupt"] += 1
                entry = None
            found[slot.key] = entry
            if not is_current:
                continue
            if entry is None:
                self._memory.drop((slot.key,))
            else:
                self.keep(slot, entry)
        return found
