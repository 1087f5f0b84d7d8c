"""What must be remembered beside Seerr, which remembers no key and no call that was cut.

With Redis all processes remember it, and after a restart as well; this process does in any case.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import RedisLine

_MOST: Final = 10_000  # in memory; the oldest are forgotten first


class Slips:
    """Short texts by name, each with a life.

    Args:
        line: The wire to Redis, if there is one.
        scope: Tells one Seerr from another.
        clock: Monotonic seconds.
    """

    def __init__(
        self, line: RedisLine | None, scope: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._line = line
        self._prefix = f"{PREFIX}:slip:{scope}:"
        self._clock = clock
        self._own: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def get(self, name: str) -> str | None:
        """Read a slip: Redis', else what this process knows."""
        if self._line is not None:
            replies = await self._line.run([("GET", self._prefix + name)])
            if replies is not None and isinstance(replies[0], bytes):
                return replies[0].decode(errors="replace")
        text, until_s = self._own.get(name, (None, 0.0))
        return text if self._clock() < until_s else None

    async def put(self, name: str, text: str, *, life_s: float) -> None:
        """Write a slip."""
        self._own[name] = (text, self._clock() + life_s)
        self._own.move_to_end(name)
        while len(self._own) > _MOST:
            self._own.popitem(last=False)
        if self._line is not None:
            await self._line.run([("SET", self._prefix + name, text, "PX", round(life_s * 1000))])

    async def drop(self, name: str) -> None:
        """Throw a slip away."""
        self._own.pop(name, None)
        if self._line is not None:
            await self._line.run([("DEL", self._prefix + name)])
