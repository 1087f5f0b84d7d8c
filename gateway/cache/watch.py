"""Whether anything was purged anywhere: one tag, which every purge takes, tells it of all entries.

An entry that Redis agreed with is good for as long as that tag is worth what it was. So one look
ahead of time, in the background, spares whoever asks a look at each entry, and a Redis that freezes
is found out before anybody has to wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from gateway.cache.entry import FIRST, Entry
from gateway.cache.flight import LATE_S
from gateway.cache.store import ANY, Looked, Want

AHEAD_S: Final = LATE_S / 2  # the rest is time enough for two looks in vain, which switch Redis off

Look: TypeAlias = Callable[[Sequence[Want], Sequence[str], Callable[[Looked | None], None]], None]


class Watch:
    """Looks while the cache is used, one at a time, at most two in ``LATE_S``.

    Attributes:
        era: A number that moves on with whatever was purged. An entry notes it when Redis is asked
            for it; as long as it is the same, nothing was purged since.
        moved_at: When it moved last; seconds of the epoch. What was agreed before may be purged,
            and nobody may make anything of it that is kept under a later worth.

    Args:
        look: Asks Redis.
        now: Seconds of the epoch.
    """

    def __init__(self, look: Look, now: Callable[[], float]) -> None:
        self.era = FIRST
        self.moved_at = float("-inf")
        self._look = look
        self._now = now
        self._worth = b""
        self._asked_at = -LATE_S  # the last time with an answer; seconds of the epoch
        self._under_way: asyncio.Future[None] | None = None

    def covers(self, entry: Entry, now: float) -> bool:
        """Whether Redis has agreed with it lately, by agreeing that nothing was purged."""
        return entry.era == self.era and 0 <= now - self._asked_at < LATE_S

    def look_ahead(self, now: float) -> None:
        """Ask again where that will soon be due."""
        if self._under_way is None and not 0 <= now - self._asked_at < AHEAD_S:
            self._under_way = asyncio.get_running_loop().create_future()
            self._look((), (ANY,), partial(self._looked, now))

    async def settled(self) -> None:
        """Wait for the look under way, if there is one."""
        while self._under_way is not None:
            await asyncio.shield(self._under_way)

    def _looked(self, asked_at: float, looked: Looked | None) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.set_result(None)
        if looked is None:
            return
        self.learn(looked.tokens.get(ANY, b""))
        self._asked_at = asked_at

    def learn(self, worth: bytes) -> None:
        """Compare what the tag is worth with what it was; empty: the server has no room for it."""
        if not worth or worth != self._worth:
            if self.era > FIRST:
                self.moved_at = self._now()
            self._worth = worth
            self.era += 1
