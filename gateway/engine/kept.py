"""A bounded memory that a stream of strangers cannot flush."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST_CREDIT: Final = 15


class _Entry(Generic[V]):
    __slots__ = ("credit", "value", "weight")

    def __init__(self, value: V, weight: int) -> None:
        self.value = value
        self.credit = 0
        self.weight = weight


class Kept(Generic[K, V]):
    """The entries that are used again and again.

    Every use is a credit, up to a few. When there is no room, the oldest entry
    without credit goes; one with credit pays and moves to the back. So entries
    that nobody asks for twice push out one another, and not those in use.

    Args:
        most: What it holds, by weight.
    """

    __slots__ = ("_entries", "_most", "_weight")

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def get(self, key: K) -> V | None:
        """Use an entry; ``None`` if it is not there."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.credit < _MOST_CREDIT:
            entry.credit += 1
        return entry.value

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep an entry, or weigh it anew; one that weighs more than all may is not kept."""
        known = self._entries.get(key)
        self.drop(key)
        if weight > self._most:
            return
        while self._weight + weight > self._most:
            self._make_room()
        self._entries[key] = entry = _Entry(value, weight)
        entry.credit = 0 if known is None else known.credit
        self._weight += weight

    def drop(self, key: K) -> None:
        """Forget an entry, if it is there."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._weight -= entry.weight

    def _make_room(self) -> None:
        key, entry = self._entries.popitem(last=False)
        if entry.credit:
            entry.credit -= 1
            self._entries[key] = entry
        else:
            self._weight -= entry.weight
