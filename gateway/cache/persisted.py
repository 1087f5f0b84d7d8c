"""Documents that clients registered by their hash: found in memory, shared through Redis.

Whoever can send an operation can register one, so none of this may be filled or emptied by
strangers. In memory a document that nobody asked for yet never displaces one that is in use; into
Redis goes only so much a second, for minutes first and for longer once it is asked for.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import Command, RedisLine

LONGEST: Final = 16_384
"""Bytes of a document; a longer one has to be sent whole every time."""
MOST_TRIED: Final = 256
MOST_USED: Final = 1024
TRIAL: Final = timedelta(minutes=10)
LIFE: Final = timedelta(days=1)
BURST_BYTES: Final = 2_000_000
REFILL_BYTES_PER_S: Final = 1000
IDLE_S: Final = 600.0
"""After which a document gives way to any other."""
_HASH: Final = re.compile("[0-9a-f]{64}")
_MOST_USES: Final = 255


def hash_of(text: str) -> str:
    """What clients call a document by."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class _Kept:
    text: str
    uses: int = 0
    used_s: float = 0.0


class PersistedDocuments:
    """The documents of one process, and through Redis those of all.

    Args:
        line: The wire to Redis; without one, each process knows its own.
        clock: Monotonic seconds.
    """

    def __init__(self, line: RedisLine | None, *, clock: Callable[[], float] = monotonic) -> None:
        self._line = line
        self._tried: OrderedDict[str, _Kept] = OrderedDict()
        self._used: OrderedDict[str, _Kept] = OrderedDict()
        self._clock = clock
        self._allowance = _Allowance(clock)

    def __len__(self) -> int:
        return len(self._tried) + len(self._used)

    def at_hand(self, name: str) -> str | None:
        """A document in memory, by its hash."""
        kept = self._used.get(name)
        if kept is not None:
            self._used.move_to_end(name)
            kept.uses = min(kept.uses + 1, _MOST_USES)
            kept.used_s = self._clock()
            return kept.text
        kept = self._tried.get(name)
        if kept is None:
            return None
        kept.uses += 1
        self._promote(name, kept)
        return kept.text

    async def find(self, name: str) -> str | None:
        """A document from Redis, by its hash."""
        if self._line is None or _HASH.fullmatch(name) is None:
            return None
        replies = await self._line.run([("GET", _key(name))])
        match replies:
            case [bytes(raw)]:
                text = raw.decode(errors="replace")
            case _:
                return None
        if hash_of(text) != name:
            return None  # somebody wrote to Redis who should not
        self._promote(name, _Kept(text, uses=1))
        return text

    def keep(self, name: str, text: str) -> None:
        """Remember a document that is known to be good."""
        if name in self._tried or name in self._used or len(text.encode()) > LONGEST:
            return
        self._try(name, _Kept(text))
        self._share(name, text, TRIAL)

    def _promote(self, name: str, kept: _Kept) -> None:
        """Move it among those in use, unless that would displace one that is used as much."""
        kept.used_s = self._clock()
        if len(self._used) >= MOST_USED:
            oldest, other = next(iter(self._used.items()))
            if other.uses >= kept.uses and kept.used_s - other.used_s < IDLE_S:
                self._try(name, kept)
                return
            del self._used[oldest]
        self._tried.pop(name, None)
        self._used[name] = kept
        self._share(name, kept.text, LIFE)

    def _try(self, name: str, kept: _Kept) -> None:
        self._tried[name] = kept
        self._tried.move_to_end(name)
        if len(self._tried) > MOST_TRIED:
            self._tried.popitem(last=False)

    def _share(self, name: str, text: str, life: timedelta) -> None:
        """Nobody waits for it: a process that does not find it asks for the text again."""
        if self._line is None or not self._allowance.take(len(text)):
            return
        command: Command = ("SET", _key(name), text, "PX", round(life.total_seconds() * 1000))
        self._line.send([command], _forget)


class _Allowance:
    """Bytes that may be written, so many a second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: float = BURST_BYTES
        self._at_s = clock()

    def take(self, count: int) -> bool:
        now_s = self._clock()
        self._left = min(BURST_BYTES, self._left + (now_s - self._at_s) * REFILL_BYTES_PER_S)
        self._at_s = now_s
        if count > self._left:
            return False
        self._left -= count
        return True


def _forget(_replies: object) -> None:
    """Whether Redis took it makes no difference here."""


def _key(name: str) -> str:
    return f"{PREFIX}:document:{name}"
