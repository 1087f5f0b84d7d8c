"""The cache as loaders see it: slots in, answers out, and an upstream asked as rarely as can be."""

from __future__ import annotations

import asyncio
import contextvars
import math
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from gateway.cache.codec import Codec, ModelCodec
from gateway.cache.entry import Entry
from gateway.cache.fills import Fills
from gateway.cache.flight import Answer, Asking, Batch, Flight
from gateway.cache.levels import Levels
from gateway.cache.memory import MemoryStore
from gateway.cache.policy import CachePolicy
from gateway.cache.refresh import Refreshes, Troubles
from gateway.cache.serving import Serving, answer_of
from gateway.cache.slot import AnySlot, Apart, Cached, FetchMany, Slot, Source, Tell
from gateway.cache.store import Store
from gateway.errors import DeadlineExceededError, UpstreamError

__all__ = [
    "CachePolicy",
    "Cached",
    "Codec",
    "FetchMany",
    "ModelCodec",
    "ReadThrough",
    "Slot",
    "Source",
]

T = TypeVar("T")

_COUNTS = (
    *("hit_memory", "hit_redis", "miss", "stale", "stale_if_error", "corrupt", "purge"),
    *("fill", "fill_error", "fill_again", "refresh", "refresh_skipped"),
)


class ReadThrough:
    """Answers from memory, Redis or the upstream, in this order.

    Fresh entries are answered at once. Stale ones too, marked, while a refresh runs in the
    background. What is lacking is fetched: once per key in this process, and once among all
    processes of one Redis. An upstream's failure is answered with a stale entry where the policy
    has one, else it is the answer; it is never stored. Redis failing is never an error.

    Args:
        store: The level that processes share; without one, memory holds entries their whole life.
        memory: The first level.
        now: Seconds of the epoch.
        dice: 0 to 1; jitter and hot keys hang on it.
        remaining_s: What is left of the running operation's deadline; ``None`` is no deadline.
        snapshots_only: Keep nothing but the payloads of policies that say ``snapshot``, and those
            in memory. What is in flight is shared all the same, and a purge reaches the store.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        memory: MemoryStore | None = None,
        now: Callable[[], float] = time.time,
        dice: Callable[[], float] = random.random,
        remaining_s: Callable[[], float | None] = lambda: None,
        snapshots_only: bool = False,
    ) -> None:
        self._counts = Counter(dict.fromkeys(_COUNTS, 0))
        self._memory = MemoryStore() if memory is None else memory
        self._store = store
        self.epoch = 0  # counts purges: what began before one may know less than it says
        self._now = now
        self._remaining_s = remaining_s
        counts = self._counts
        self._levels = Levels(self._memory, store, now=now, counts=counts, keeps=not snapshots_only)
        troubles = Troubles(now)
        self._serving = Serving(now=now, dice=dice, counts=counts, reason=troubles.reason)
        self._refreshes = Refreshes(troubles, counts)
        self._fills = Fills(
            self._levels,
            self._serving,
            now=now,
            dice=dice,
            counts=counts,
            over=self._refreshes.over,
            aging=self._refresh,
        )

    def ask(
        self,
        slots: Sequence[AnySlot],
        fetch: FetchMany,
        landed: Tell,
        *,
        apart: Apart | None = None,
    ) -> None:
        """Answer several slots, each as soon as it lands; what memory holds, at once.

        Args:
            slots: What is wanted; the same twice costs once.
            fetch: Called with the slots to be loaded, once for each group of them. It may run
                after its asker has gone, or later for a refresh, so it must not hang on the
                operation's life.
            landed: Told each key's answer once, perhaps in another context than this one's. A
                bug of ``fetch`` is an exception in the answer's place.
            apart: What tells the groups apart; one call fetches all without it.
        """
        now = self._now()
        self._levels.look_ahead(now)
        aging: list[tuple[AnySlot, Entry]] = []
        missing: list[tuple[AnySlot, Entry | None]] = []
        for slot in slots:
            entry = self._levels.recall(slot.key, now)
            if entry is not None and self._levels.is_sure(entry, now):
                answer, is_aging = self._serving.serve(slot.key, entry, Source.MEMORY)
                if is_aging:
                    aging.append((slot, entry))
                if answer is not None:
                    self._serving.count(answer)
                    landed(slot, answer)
                    continue
            missing.append((slot, entry))
        if aging:
            self._refreshes.start(self._fills, aging, fetch, apart)
        if missing:
            batch = Batch(fetch, apart, contextvars.copy_context())
            asking = Asking(batch, partial(self._told, landed), now, self._again, math.inf)
            self._await(asking, missing)
            left_s = self._remaining_s()
            if asking.left and left_s is not None:
                loop = asyncio.get_running_loop()
                asking.until_s = loop.time() + left_s
                asking.timer = loop.call_later(max(0.0, left_s), self._give_up, asking)

    def peek(self, slot: AnySlot) -> Cached[Any] | None:
        """What memory may answer as fresh, without asking anybody."""
        now = self._now()
        self._levels.look_ahead(now)
        entry = self._levels.recall(slot.key, now)
        if entry is None or now >= entry.life.fresh_until or not self._levels.is_sure(entry, now):
            return None
        self._counts["hit_memory"] += 1
        return answer_of(entry, Source.MEMORY, now=now)

    async def get(
        self, slot: Slot[T], fetch_one: Callable[[], Awaitable[T | None]]
    ) -> Cached[T] | UpstreamError:
        """Answer one slot; ``fetch_one`` gives the value, ``None`` for absent, or raises."""

        async def fetch(_: Sequence[AnySlot]) -> Mapping[str, object]:
            return {slot.key: await fetch_one()}

        [answer] = await self.get_many([slot], fetch)
        return answer

    async def get_many(
        self, slots: Sequence[AnySlot], fetch: FetchMany
    ) -> list[Cached[Any] | UpstreamError]:
        """Answer several slots, in their order, when all have landed; see ``ask``.

        Raises:
            Exception: Whatever ``fetch`` raised, unless it is an ``UpstreamError``: those are
                answers.
        """
        answers: dict[str, Answer] = {}
        left = {slot.key for slot in slots}
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def landed(slot: AnySlot, answer: Answer) -> None:
            answers[slot.key] = answer
            left.discard(slot.key)
            if not left and not done.done():
                done.set_result(None)

        self.ask(slots, fetch, landed)
        if left:
            await done
        return [_raised(answers[slot.key]) for slot in slots]

    async def purge(self, *tags: str) -> bool:
        """Forget all that carries one of these tags, everywhere; a fill does not bring it back.

        Returns:
            ``False`` when Redis is away: it will hear of it when it is back.
        """
        return await self._removed(tags, is_soft=False)

    async def outdate(self, *tags: str) -> bool:
        """As ``purge``, but what is purged goes on serving where the upstream fails."""
        return await self._removed(tags, is_soft=True)

    def forget(self, *tags: str) -> None:
        """As ``purge``, for this process alone: another has told Redis."""
        self.epoch += 1
        self._fills.void(tags)
        self._levels.remove_here(tags, is_soft=False)

    def stats(self) -> Mapping[str, int]:
        """Counters since the start, and what memory holds."""
        shared = {} if self._store is None else self._store.stats()
        held = {"memory_entries": len(self._memory), "memory_bytes": self._memory.size_bytes}
        return {**self._counts, **shared, **held}

    async def settled(self) -> None:
        """Wait until nothing is being looked for, fetched or stored."""
        await self._fills.settled()
        await self._levels.settled()

    async def aclose(self) -> None:
        """Give up the fills and refreshes under way, and close the store."""
        await self._fills.aclose()
        if self._store is not None:
            await self._store.aclose()

    async def _removed(self, tags: Sequence[str], *, is_soft: bool) -> bool:
        self._counts["purge"] += len(tags)
        self.epoch += 1
        self._fills.void(tags)
        is_heard = await self._levels.remove(tags, is_soft=is_soft)
        self.epoch += 1
        self._fills.void(tags)  # what began before Redis had heard
        return is_heard

    def _await(self, asking: Asking, missing: Sequence[tuple[AnySlot, Entry | None]]) -> None:
        """Join the flights of these, and start those that there are none of."""
        new: list[Flight] = []
        for slot, entry in missing:
            if slot.key in asking.left:
                continue
            flight = self._fills.get(slot.key)
            if flight is None:
                flight = self._flight(slot, asking, entry)
                self._fills.add(flight)
                new.append(flight)
            asking.join(flight)
            if flight.entry is not None and flight.suits(asking.asked_at):
                answer, _ = self._serving.serve(slot.key, flight.entry, Source.MEMORY)
                if answer is not None:
                    flight.tell_early(answer)
        if new:
            self._fills.start(new)

    def _flight(self, slot: AnySlot, asking: Asking, entry: Entry | None) -> Flight:
        flight = Flight(slot, asking.batch)
        if entry is None:
            return flight
        if self._levels.is_sure(entry, asking.asked_at):
            flight.fallback, flight.seen = entry, entry.mark
        else:
            flight.held = entry
        return flight

    def _again(self, asking: Asking, slot: AnySlot) -> None:
        """Fill it ourselves: whoever did had less time than we have."""
        asking.asked_at = now = self._now()
        entry = self._levels.recall(slot.key, now)
        if entry is not None and self._levels.is_sure(entry, now):
            answer, _ = self._serving.serve(slot.key, entry, Source.MEMORY)
            if answer is not None:
                asking.tell(slot, answer)
                return
        self._await(asking, [(slot, entry)])

    def _give_up(self, asking: Asking) -> None:
        for key, flight in tuple(asking.left.items()):
            late = DeadlineExceededError(flight.slot.policy.upstream, "fetch", "no time left")
            del asking.left[key]
            asking.tell(flight.slot, self._serving.instead(flight, late))

    def _told(self, landed: Tell, slot: AnySlot, answer: Answer) -> None:
        self._serving.count(answer)
        landed(slot, answer)

    def _refresh(self, aged: Sequence[tuple[Flight, Entry]]) -> None:
        """Refresh together what was asked for together."""
        batches: dict[Batch, list[tuple[AnySlot, Entry]]] = {}
        for flight, entry in aged:
            batches.setdefault(flight.batch, []).append((flight.slot, entry))
        for batch, aging in batches.items():
            self._refreshes.start(self._fills, aging, batch.fetch, batch.apart)


def _raised(answer: Answer) -> Cached[Any] | UpstreamError:
    if isinstance(answer, Cached | UpstreamError):
        return answer
    raise answer
