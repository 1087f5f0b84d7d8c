"""The first level: parsed payloads of this process, bounded by number and by bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable

from gateway.cache.entry import Entry

OVERHEAD_BYTES = 512  # of the entry itself, its key and its place in the map


class MemoryStore:
    """A map that forgets what was used longest ago.

    Args:
        max_entries: At most so many payloads.
        max_bytes: Reckoned; what is larger alone is not kept.
    """

    def __init__(self, *, max_entries: int = 10_000, max_bytes: int = 64 * 1024 * 1024) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._keys_by_tag: dict[str, set[str]] = {}
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Entry | None:
        """Whatever is held under ``key``, however old, and note that it was used."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: str, entry: Entry) -> None:
        """Hold an entry, and forget the least used ones where that is too much."""
        self.drop((key,))
        self._entries[key] = entry
        self.size_bytes += _weight(entry)
        for tag in entry.tags:
            keys = self._keys_by_tag.get(tag)
            if keys is None:
                self._keys_by_tag[tag] = {key}
            else:
                keys.add(key)
        while len(self._entries) > self._max_entries or self.size_bytes > self._max_bytes:
            self.drop((next(iter(self._entries)),))

    def drop(self, keys: Iterable[str]) -> None:
        """Forget these."""
        for key in keys:
            entry = self._entries.pop(key, None)
            if entry is None:
                continue
            self.size_bytes -= _weight(entry)
            for tag in entry.tags:
                self._untag(tag, key)

    def purge(self, tags: Collection[str]) -> None:
        """Forget whatever carries one of these tags."""
        for tag in tags:
            self.drop(tuple(self._keys_by_tag.get(tag, ())))

    def outdate(self, tags: Collection[str]) -> None:
        """Keep whatever carries one of these tags for an outage only."""
        for tag in tags:
            for key in tuple(self._keys_by_tag.get(tag, ())):
                entry = self._entries[key]
                entry.life = entry.life.outdated()
                if not entry.life.is_any:
                    self.drop((key,))

    def clear(self) -> None:
        """Forget everything."""
        self.drop(tuple(self._entries))

    def _untag(self, tag: str, key: str) -> None:
        keys = self._keys_by_tag.get(tag)
        if keys is not None:  # a tag may be named twice
            keys.discard(key)
            if not keys:
                del self._keys_by_tag[tag]


def _weight(entry: Entry) -> int:
    return OVERHEAD_BYTES + entry.size_bytes
