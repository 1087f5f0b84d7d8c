"""The two levels as one: what memory may answer, what an entry is worth, what a purge reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from gateway.cache.entry import Entry
from gateway.cache.envelope import unseal
from gateway.cache.flight import LATE_S
from gateway.cache.lighter import lighten
from gateway.cache.memory import MemoryStore
from gateway.cache.sizes import parsed_bytes
from gateway.cache.slot import AnySlot
from gateway.cache.store import ANY, Looked, Store, Tokens, Want
from gateway.cache.watch import Watch

LONELY_S = 30.0  # for how long an entry is trusted whose tags the server has no room for


class Standing(Enum):
    """What the tags say of an entry."""

    GOOD = "nothing was purged"
    OUTDATED = "softly purged: for an outage only"
    GONE = "purged, or not to be told from it"


class Levels:
    """Entries of one process over the entries of all.

    Without a store, or while it is away, memory alone answers for an entry's whole life.

    Args:
        memory: The first level.
        store: The second, or none.
        now: Seconds of the epoch.
        counts: Where what is corrupt is counted.
        keeps: Whether anything but snapshots is kept, in memory or in the store.
    """

    def __init__(
        self,
        memory: MemoryStore,
        store: Store | None,
        *,
        now: Callable[[], float],
        counts: Counter[str],
        keeps: bool,
    ) -> None:
        self._memory = memory
        self._store = store
        self._keeps = keeps
        self._now = now
        self._counts = counts
        self._watch = Watch(self.look, now)
        self._purges = 0
        self._owed: dict[str, int] = {}  # tags whose purge Redis did not hear, by its number
        self._owed_softly: dict[str, int] = {}

    @property
    def shared(self) -> Store | None:
        """Where entries are shared, if they are."""
        return self._store if self._keeps else None

    @property
    def is_shared_now(self) -> bool:
        """Whether Redis may be asked: it is there, and has heard of every purge."""
        if not self._keeps or self._owed or self._owed_softly:
            return False
        return self._store is not None and self._store.is_up

    def recall(self, key: str, now: float) -> Entry | None:
        """What memory holds, dead entries left out."""
        entry = self._memory.get(key)
        return None if entry is None or now >= entry.life.stale_until else entry

    def is_sure(self, entry: Entry, now: float) -> bool:
        """Whether memory may answer with this without asking Redis."""
        if not entry.tags or self._watch.covers(entry, now):
            return True
        if 0 <= now - entry.checked_at < LATE_S and entry.checked_at >= self._watch.moved_at:
            return True
        return self.shared is None or not self.shared.is_up

    @property
    def era(self) -> int:
        """Moves on with whatever is purged anywhere; see ``Watch``."""
        return self._watch.era

    def learn(self, tokens: Tokens) -> int:
        """Hear of purges anywhere, from what Redis said of its tags; the era that it said so in."""
        self._watch.learn(tokens.get(ANY, b""))
        return self._watch.era

    def look_ahead(self, now: float) -> None:
        """Let memory be sure for longer, if it is used and Redis is there."""
        if self.is_shared_now:
            self._watch.look_ahead(now)

    async def settled(self) -> None:
        """Wait until nothing is looked ahead for."""
        await self._watch.settled()

    def may_keep(self, slot: AnySlot) -> bool:
        """Whether such payloads are cached at all."""
        return self._keeps or slot.policy.snapshot

    def keep(self, slot: AnySlot, entry: Entry) -> None:
        """Hold an entry in memory."""
        if entry.life.is_any and self.may_keep(slot):
            lighten(entry.value)
            self._memory.put(slot.key, entry)

    def forget(self, key: str) -> None:
        """Let go of an entry in memory."""
        self._memory.drop((key,))

    def look(
        self, wants: Sequence[Want], tags: Sequence[str], then: Callable[[Looked | None], None]
    ) -> None:
        """Ask Redis, if there is one and it has heard of every purge."""
        if self._store is None or not self.is_shared_now:
            then(None)
        else:
            self._store.look(wants, tags, then)

    async def settle_debts(self) -> bool:
        """Repeat to Redis what it did not hear; ``False``: again in vain."""
        if self._store is None:
            return True
        hard, soft = dict(self._owed), dict(self._owed_softly)
        is_heard = True
        if hard and (is_heard := await self._store.purge([*hard])):
            _strike(self._owed, hard)
        if soft and (is_heard := await self._store.outdate([*soft]) and is_heard):
            _strike(self._owed_softly, soft)
        return is_heard

    @property
    def is_in_debt(self) -> bool:
        """Whether Redis has yet to hear of a purge, and could."""
        return (
            bool(self._owed or self._owed_softly) and self._store is not None and self._store.is_up
        )

    def opened(self, slot: AnySlot, raw: bytes, asked_at: float) -> Entry | None:
        """Read what Redis holds; its tags are still to be judged. ``None``: it is not ours."""
        try:
            sealed = unseal(slot.key, raw)
            value = None if sealed.payload is None else slot.codec.decode(sealed.payload)
        except ValueError:
            self._counts["corrupt"] += 1
            return None
        tags = slot.tags if sealed.told is None else sealed.told
        return Entry(
            value=value,
            life=sealed.life,
            mark=sealed.mark,
            tags=tags,
            tokens=sealed.tokens,
            checked_at=asked_at,
            size_bytes=parsed_bytes(value, sealed.payload),
        )

    def standing(self, entry: Entry, tokens: Tokens) -> Standing:
        """Compare what its tags were worth with what they are worth now."""
        noted = entry.tokens
        if noted is None or len(noted) != len(entry.tags):
            return Standing.GONE if entry.tags else Standing.GOOD
        found = Standing.GOOD
        for tag, token in zip(entry.tags, noted, strict=True):
            worth = tokens.get(tag, b"")
            if worth == token:
                if token or self._now() - entry.life.stored_at < LONELY_S:
                    continue
                return Standing.GONE
            if not token or worth[:8] != token[:8]:
                return Standing.GONE
            found = Standing.OUTDATED
        return found

    async def remove(self, tags: Sequence[str], *, is_soft: bool) -> bool:
        """Purge both levels; ``False`` when Redis will hear of it only when it is back."""
        self.remove_here(tags, is_soft=is_soft)
        if self._store is None:
            return True
        self._purges += 1
        owed = self._owed_softly if is_soft else self._owed
        owed.update(dict.fromkeys(tags, self._purges))
        is_heard = await self.settle_debts()
        self.remove_here(tags, is_soft=is_soft)  # what was read from Redis before it had heard
        return is_heard

    def remove_here(self, tags: Sequence[str], *, is_soft: bool) -> None:
        """Purge memory."""
        if is_soft:
            self._memory.outdate(tags)
        else:
            self._memory.purge(tags)


def _strike(owed: dict[str, int], paid: Mapping[str, int]) -> None:
    """Strike out what was paid, but not what came to be owed anew meanwhile."""
    for tag, number in paid.items():
        if owed.get(tag) == number:
            del owed[tag]
