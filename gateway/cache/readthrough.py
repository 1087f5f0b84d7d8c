"""The cache as loaders see it: slots in, answers out, and an upstream asked as rarely as can be."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from gateway.cache.codec import Codec, ModelCodec
from gateway.cache.entry import Entry
from gateway.cache.fills import Fills
from gateway.cache.flight import Landed, Landing
from gateway.cache.levels import Levels
from gateway.cache.loading import Loader
from gateway.cache.memory import MemoryStore
from gateway.cache.policy import CachePolicy
from gateway.cache.refresh import Refreshes
from gateway.cache.slot import AnySlot, Cached, FetchMany, Filled, Slot, Source, Tell
from gateway.cache.store import Store
from gateway.cache.verdict import Verdict, judged
from gateway.errors import DeadlineExceededError, UpstreamError

__all__ = [
    "CachePolicy",
    "Cached",
    "Codec",
    "FetchMany",
    "Filled",
    "ModelCodec",
    "ReadThrough",
    "Slot",
    "Source",
]

T = TypeVar("T")
Answer: TypeAlias = Cached[Any] | UpstreamError
Found: TypeAlias = Mapping[str, tuple[Entry, Source]]

_COUNTS = (
    *("hit_memory", "hit_redis", "miss", "stale", "stale_if_error", "corrupt", "purge"),
    *("fill", "fill_error", "fill_again", "refresh", "refresh_skipped"),
)
ATTEMPTS = 3  # at a key whose filler kept running out of its own, shorter, time


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
        sleep: Between two looks at another process's lease.
        remaining_s: What is left of the running operation's deadline; ``None`` is no deadline.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        memory: MemoryStore | None = None,
        now: Callable[[], float] = time.time,
        dice: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        remaining_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._counts = Counter(dict.fromkeys(_COUNTS, 0))
        self._memory = memory or MemoryStore()
        self._store = store
        self._now = now
        self._dice = dice
        self._remaining_s = remaining_s
        self._levels = Levels(self._memory, store, now=now, counts=self._counts)
        loader = Loader(self._levels, store, now=now, dice=dice, counts=self._counts)
        self._fills = Fills(self._levels, store, loader, now=now, sleep=sleep)
        self._refreshes = Refreshes(self._fills, now=now, counts=self._counts)
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(
        self, slot: Slot[T], fetch_one: Callable[[], Awaitable[T | None]]
    ) -> Cached[T] | UpstreamError:
        """Answer one slot; ``fetch_one`` gives the value, ``None`` for absent, or raises."""

        async def fetch(_: Sequence[AnySlot]) -> Mapping[str, object]:
            return {slot.key: await fetch_one()}

        [answer] = await self.get_many([slot], fetch)
        return answer

    async def get_many(self, slots: Sequence[AnySlot], fetch: FetchMany) -> list[Answer]:
        """Answer several slots, in their order, with at most one MGET.

        Args:
            slots: What is wanted; the same twice costs once.
            fetch: Called with the slots to be loaded. It may run after this call was cancelled,
                or later for a refresh, so it must not hang on the operation's life.

        Raises:
            Exception: Whatever ``fetch`` raised, unless it is an ``UpstreamError``: those are
                answers.
        """
        wanted = {slot.key: slot for slot in slots}
        found = await self._found(wanted.values())
        answers, due, aging = self._sorted(wanted, found)
        seen = {key: entry.mark for key, (entry, _) in found.items()}
        if aging:
            self._refreshes.start(aging, fetch, seen=seen)
        if due:
            self._counts["miss"] += len(due)
            answers |= await self._filled(due, found, fetch, seen)
        return [answers[slot.key] for slot in slots]

    def ask(
        self,
        slots: Sequence[AnySlot],
        fetch: FetchMany,
        landed: Tell,
        *,
        apart: Callable[[AnySlot], Hashable] | None = None,
    ) -> None:
        """Answer several slots, each as soon as it lands; what memory holds, at once.

        Args:
            slots: What is wanted.
            fetch: As for ``get_many``; called for each group of missing slots.
            landed: Told each slot's answer once; a bug of ``fetch`` is an exception in its place.
            apart: What tells the groups apart; one call fetches all without it.
        """
        wanted = {slot.key: slot for slot in slots}
        recalled = {key: self._levels.recall(slot) for key, slot in wanted.items()}
        found = {key: (entry, Source.MEMORY) for key, entry in recalled.items() if entry}
        answers, due, aging = self._sorted({key: wanted[key] for key in found}, found)
        if aging:
            marks = {key: entry.mark for key, (entry, _) in found.items()}
            self._refreshes.start(aging, fetch, seen=marks)
        for key, answer in answers.items():
            landed(wanted[key], answer)
        groups: dict[Hashable, list[AnySlot]] = {}
        for key, slot in wanted.items():
            if key in due or key not in found:
                groups.setdefault(None if apart is None else apart(slot), []).append(slot)
        for group in groups.values():
            task = asyncio.create_task(self._tell(group, fetch, landed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell(self, slots: Sequence[AnySlot], fetch: FetchMany, landed: Tell) -> None:
        try:
            answers: Sequence[Cached[Any] | Exception] = await self.get_many(slots, fetch)
        except Exception as exc:  # noqa: BLE001 - told to who asked
            answers = [exc] * len(slots)
        except asyncio.CancelledError:
            for slot in slots:  # whoever asked must not wait for ever
                landed(slot, RuntimeError("the look-up was cancelled"))
            raise
        for slot, answer in zip(slots, answers, strict=True):
            landed(slot, answer)

    async def drop(self, *keys: str) -> bool:
        """Forget these keys everywhere; a fill in flight does not bring them back.

        Returns:
            ``False`` when Redis is away: it will hear of it when it is back.
        """
        return await self._removed(keys, ())

    async def purge(self, *tags: str) -> bool:
        """Forget all that carries one of these tags; as ``drop``, in one deletion per tag."""
        self._counts["purge"] += len(tags)
        return await self._removed((), tags)

    def stats(self) -> Mapping[str, int]:
        """Counters since the start, and what memory holds."""
        shared = {} if self._store is None else self._store.stats()
        held = {"memory_entries": len(self._memory), "memory_bytes": self._memory.size_bytes}
        return {**self._counts, **shared, **held}

    async def aclose(self) -> None:
        """Give up the fills and refreshes under way, and close the store."""
        await self._fills.aclose()
        await asyncio.gather(*self._tasks)
        await self._levels.aclose()
        if self._store is not None:
            await self._store.aclose()

    async def _removed(self, keys: Sequence[str], tags: Sequence[str]) -> bool:
        self._fills.void(keys, tags)
        is_heard = await self._levels.remove(keys, tags)
        self._fills.void(keys, tags)  # what began before Redis had heard
        return is_heard

    async def _found(self, slots: Iterable[AnySlot]) -> Found:
        found: dict[str, tuple[Entry, Source]] = {}
        unsure: list[AnySlot] = []
        for slot in slots:
            entry = self._levels.recall(slot)
            if entry is None:
                unsure.append(slot)
            else:
                found[slot.key] = entry, Source.MEMORY
        if unsure:
            read = await self._levels.read(unsure)
            found |= {key: (e, Source.REDIS) for key, e in read.items() if e is not None}
        return found

    def _sorted(
        self, wanted: Mapping[str, AnySlot], found: Found
    ) -> tuple[dict[str, Answer], dict[str, AnySlot], list[AnySlot]]:
        """Split into answers, slots to fill, and slots to refresh behind their answers."""
        answers: dict[str, Answer] = {}
        due: dict[str, AnySlot] = {}
        aging: list[AnySlot] = []
        for key, slot in wanted.items():
            if key not in found:
                due[key] = slot
                continue
            entry, source = found[key]
            verdict = judged(entry.life, now=self._now(), dice=self._dice())
            if verdict in {Verdict.ASK_FIRST, Verdict.DEAD}:
                due[key] = slot
                continue
            if verdict is not Verdict.FRESH:
                aging.append(slot)
            is_stale = verdict is Verdict.STALE
            reason = self._refreshes.reason(key) if is_stale else None
            answers[key] = self._cached(entry, source, is_stale=is_stale, reason=reason)
            self._counts[f"hit_{source.value.lower()}"] += 1
        return answers, due, aging

    async def _filled(
        self,
        due: Mapping[str, AnySlot],
        found: Found,
        fetch: FetchMany,
        seen: Mapping[str, bytes],
    ) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for attempt in range(ATTEMPTS):
            left = {key: slot for key, slot in due.items() if key not in answers}
            started = self._fills.start(left.values(), fetch, seen=seen)
            self._refreshes.watch(started)
            for key, landing in (await self._landings(left)).items():
                is_others = key not in started and attempt + 1 < ATTEMPTS and self._has_time()
                if isinstance(landing, DeadlineExceededError) and is_others:
                    continue  # whoever filled it had less time than we have
                answers[key] = self._answer(left[key], landing, found)
            if len(answers) == len(due):
                break
        return answers

    async def _landings(self, slots: Mapping[str, AnySlot]) -> Mapping[str, Landing]:
        """Wait for the fills of these, as long as the operation may."""
        flights = [flight for flight in map(self._fills.flight, slots) if flight is not None]
        await asyncio.wait([f.landing for f in flights], timeout=self._remaining_s())
        return {
            f.slot.key: f.landing.result()
            if f.landing.done()
            else DeadlineExceededError(f.slot.policy.upstream, "fetch", "no time left to wait")
            for f in flights
        }

    def _has_time(self) -> bool:
        left_s = self._remaining_s()
        return left_s is None or left_s > 0

    def _answer(self, slot: AnySlot, landing: Landing, found: Found) -> Answer:
        if isinstance(landing, Landed):
            return self._cached(landing.entry, landing.source)
        if not isinstance(landing, UpstreamError):
            raise landing
        if slot.key in found:
            entry, source = found[slot.key]
            if self._now() < entry.life.stale_until:
                self._counts["stale_if_error"] += 1
                return self._cached(entry, source, is_stale=True, reason=landing.code)
        return landing

    def _cached(
        self, entry: Entry, source: Source, *, is_stale: bool = False, reason: str | None = None
    ) -> Cached[Any]:
        self._counts["stale"] += is_stale
        now, life = self._now(), entry.life
        age_s = max(0.0, now - life.stored_at)
        left_s = life.fresh_until - now, life.unasked_until - now
        return Cached(entry.value, source, age_s, is_stale, reason, *left_s)
