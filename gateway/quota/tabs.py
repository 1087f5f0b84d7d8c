"""What each client has used of its allowance: in Redis for all processes, here while it is away."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from gateway.quota.allowance import MINUTE_US, SECOND_US, Allowance, Allowed
from gateway.quota.ledger import Ledger

MOST_KNOWN: Final = 10_000
_PREFIX: Final = "mq:client"

# KEYS: the moment of a whole allowance, in us.  ARGV: cost, step and minute in us.
# Kept no longer than it matters; see ``Allowance.judge``.
_TAKE: Final = """
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local cost, step, minute = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local owed = math.max(0, (tonumber(redis.call('GET', KEYS[1]) or now) or now) - now)
local after = math.max(0, owed + cost * step)
if cost < 0 or owed == 0 or after <= minute then
  if after > 0 then
    redis.call('SET', KEYS[1], string.format('%.0f', now + after),
      'PX', string.format('%.0f', math.ceil(after / 1000)))
  else
    redis.call('DEL', KEYS[1])
  end
end
return string.format('%.0f', owed)"""


class Tabs:
    """The tabs of all clients.

    Args:
        ledger: Reaches Redis.
        per_minute: Units that each client may take.
        replicas: Processes among which that is divided while Redis is away.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        per_minute: int,
        replicas: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._whole = Allowance.of(per_minute)
        self._own = Allowance.of(per_minute / replicas)
        self._whole_at_us: OrderedDict[str, int] = OrderedDict()

    async def take(self, client: str, cost: int) -> Allowed:
        """Ask for so many units; below 0 are given back."""
        words = (cost, self._whole.step_us, MINUTE_US)
        match await self._ledger.ask(_TAKE, f"{_PREFIX}:{client}", words):
            case bytes(owed):
                return self._whole.judge(int(owed), cost)
            case _:
                return self._alone(client, cost)

    def _alone(self, client: str, cost: int) -> Allowed:
        now_us = round(self._clock() * SECOND_US)
        owed_us = max(0, self._whole_at_us.pop(client, now_us) - now_us)
        found = self._own.judge(owed_us, cost)
        if found.whole_us:
            self._whole_at_us[client] = now_us + found.whole_us
        if len(self._whole_at_us) > MOST_KNOWN:
            self._whole_at_us.popitem(last=False)
        return found
