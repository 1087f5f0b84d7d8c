"""A bounded memory that a stream of strangers cannot flush."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST_CREDIT: Final = 15
_PATIENCE: Final = 500  # strangers that come and go before somebody who is used pays for it


class _Entry(Generic[V]):
    __slots__ = ("credit", "value", "weight")

    def __init__(self, value: V, weight: int, credit: int) -> None:
        self.value = value
        self.weight = weight
        self.credit = credit


class Kept(Generic[K, V]):
    """The entries that are used again and again.

    Who is new is a stranger until somebody asks for them. Strangers who have half of the room push
    out one another. Among the others every use is a credit, up to a few; when there is no room, the
    oldest without credit goes, and one with credit pays and moves to the back.

    Args:
        most: What it holds, by weight.
    """

    __slots__ = ("_gone", "_most", "_strange_weight", "_strangers", "_used", "_weight")

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._strange_weight = 0
        self._gone = 0
        self._strangers: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._used: OrderedDict[K, _Entry[V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._strangers) + len(self._used)

    def __contains__(self, key: K) -> bool:
        return key in self._used or key in self._strangers

    def get(self, key: K) -> V | None:
        """Use an entry; ``None`` if it is not there."""
        entry = self._used.get(key)
        if entry is None:
            entry = self._strangers.pop(key, None)
            if entry is None:
                return None
            self._strange_weight -= entry.weight
            self._used[key] = entry
        if entry.credit < _MOST_CREDIT:
            entry.credit += 1
        return entry.value

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep an entry, or weigh it anew; one that weighs more than all may is not kept."""
        is_used = key in self._used
        credit = self._used[key].credit if is_used else 0
        self.drop(key)
        if weight > self._most:
            return
        while self._weight + weight > self._most:
            self._make_room()
        (self._used if is_used else self._strangers)[key] = _Entry(value, weight, credit)
        self._weight += weight
        self._strange_weight += 0 if is_used else weight

    def drop(self, key: K) -> None:
        """Forget an entry, if it is there."""
        entry = self._strangers.pop(key, None)
        if entry is not None:
            self._strange_weight -= entry.weight
        else:
            entry = self._used.pop(key, None)
        if entry is not None:
            self._weight -= entry.weight

    def _make_room(self) -> None:
        if self._strangers and (not self._used or 2 * self._strange_weight >= self._most):
            self.drop(next(iter(self._strangers)))
            self._gone += 1
            if self._gone % _PATIENCE:
                return
        if self._used:
            self._let_pay()

    def _let_pay(self) -> None:
        key, entry = self._used.popitem(last=False)
        if entry.credit:
            entry.credit -= 1
            self._used[key] = entry
        else:
            self._weight -= entry.weight
