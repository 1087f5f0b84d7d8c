"""The books that all processes keep together, in Redis: one script, one key, one round trip.

The time is the server's, so processes need not agree on it. The keys have no expiry: there is one
per budget for ever, and a full server evicts what expires before what does not.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol, TypeAlias

from gateway.quota.days import Day
from gateway.quota.gcra import Booking

Word: TypeAlias = str | bytes | int
AWAY_S = 1.0  # between a failure and the next attempt; whoever owns the line probes it too
_MICRO = 1e6
_LOG = logging.getLogger(__name__)

# KEYS: the moment of the next free turn, in us.  ARGV: step, back, horizon, wanted, pause.
_BOOK = """
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local step, wanted, pause = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[5])
local kept = tonumber(redis.call('GET', KEYS[1]) or now) or now
local free = math.max(kept, now - tonumber(ARGV[2]))
local room = math.floor((now + tonumber(ARGV[3]) - free) / step) + 1
local turns = math.max(0, math.min(wanted, room))
local after = free + turns * step
if pause > 0 then after = math.max(after, now + pause) end
redis.call('SET', KEYS[1], string.format('%.0f', after))
return {string.format('%.0f', free), turns, string.format('%.0f', now)}"""

# KEYS: a hash: day, id, used, spent, and per process the last order and what it got.
# ARGV: process, order, needed, wanted, limit, then what the process knows: day, id, used, added,
# spent; then midnights.  An order that comes twice is answered twice and booked once.
_ORDER = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local day, ends = false, false
for i = 11, #ARGV - 1 do
  if tonumber(ARGV[i]) <= now and now < tonumber(ARGV[i + 1]) then
    day, ends = ARGV[i], ARGV[i + 1]
  end
end
local stamp = string.format('%.6f', now)
if not day then return {-1, stamp} end
local who = 'p:' .. ARGV[1]
local h = redis.call('HMGET', KEYS[1], 'day', 'id', 'used', 'spent', who)
local id, used, spent = h[2], tonumber(h[3] or 0), tonumber(h[4] or 0)
if h[1] ~= day then
  redis.call('DEL', KEYS[1])
  id, used, spent, h[5] = stamp, 0, 0, false
end
local got = h[5] and string.match(h[5], '^' .. ARGV[2] .. ':(%d+)$')
if not got then
  if ARGV[6] == day then
    if ARGV[7] ~= id then used = math.max(used, tonumber(ARGV[8])) end
    used = math.max(0, used + tonumber(ARGV[9]))
    spent = math.max(spent, tonumber(ARGV[10]))
  end
  local left = math.max(0, tonumber(ARGV[5]) - used)
  if spent > now then left = 0 end
  local fair = math.max(tonumber(ARGV[3]), math.floor(left / 50))
  got = math.min(left, fair, tonumber(ARGV[4]))
  used = used + got
end
redis.call('HSET', KEYS[1], 'day', day, 'id', id, 'used', string.format('%.0f', used),
  'spent', spent, who, ARGV[2] .. ':' .. got)
return {tonumber(got), stamp, day, ends, id, used, spent}"""


class Line(Protocol):
    """The wire to Redis; ``gateway.cache.redis_line`` has one that may be shared."""

    async def run(self, commands: Sequence[tuple[Word, ...]]) -> list[object] | None:
        """Send commands; an error reply stands in its place, ``None`` is no answer in time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a process asks of a daily budget, and what it knows; booked once, however often sent.

    Attributes:
        number: Counts the orders of a process.
        needed: Units that calls wait for.
        wanted: Units that it would take.
        day: The day that the rest speaks of.
        book_id: The ledger's own name for that day's page; another one means that it was lost.
        used: What that page said last.
        added: Units spent while the ledger was away, less those given back.
        spent_until_s: Until when the upstream said that all is gone, in seconds of the epoch.
    """

    number: int
    needed: int
    wanted: int
    day: Day
    book_id: str = ""
    used: int = 0
    added: int = 0
    spent_until_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the ledger gave, and how the page stands.

    Attributes:
        units: Ours now.
        now_s: The server's time, in seconds of the epoch.
        day: The server's day; ``None`` when it is none of those that were offered.
        book_id: See ``Order``.
        used: By all.
        spent_until_s: See ``Order``.
    """

    units: int
    now_s: float
    day: Day | None
    book_id: str = ""
    used: int = 0
    spent_until_s: int = 0


class Ledger:
    """The shared books, as one process reaches them.

    Args:
        line: The wire; ``None`` for none, then every process is on its own.
        clock: Monotonic seconds.
        process: A name that no other process has.
    """

    def __init__(
        self,
        line: Line | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        process: str | None = None,
    ) -> None:
        self._line = line
        self._clock = clock
        self._process = process or token_hex(8)
        self._back_at_s = 0.0

    @property
    def is_away(self) -> bool:
        """Whether asking now would be in vain."""
        return self._line is None or self._clock() < self._back_at_s

    async def book(
        self,
        key: str,
        wanted: int,
        *,
        step_s: float,
        back_s: float,
        horizon_s: float,
        pause_s: float = 0.0,
    ) -> tuple[Booking, float] | None:
        """Book turns of a rate; they and the server's time, or ``None`` when it is away.

        Args:
            key: The rate's.
            wanted: Turns.
            step_s: Between two turns.
            back_s: How far turns may lie back in time.
            horizon_s: How far ahead.
            pause_s: From now on, after these, none for so long.
        """
        lengths = (step_s, back_s, horizon_s)
        words: list[Word] = [
            *(f"{length * _MICRO:.0f}" for length in lengths),
            wanted,
            f"{pause_s * _MICRO:.0f}",
        ]
        match await self.ask(_BOOK, key, words):
            case [bytes(free), int(turns), bytes(now)]:
                return Booking(int(free) / _MICRO, turns), int(now) / _MICRO
            case _:
                return None

    async def order(
        self, key: str, order: Order, *, limit: int, midnights: Sequence[int]
    ) -> Grant | None:
        """Order units of a day; ``None`` when the ledger is away.

        Args:
            key: The budget's.
            order: What is asked.
            limit: Units per day.
            midnights: Starts of the days that may be the server's, one more at the end.
        """
        words: list[Word] = [
            *(self._process, order.number, order.needed, order.wanted, limit),
            *(order.day.starts_at_s, order.book_id, order.used, order.added, order.spent_until_s),
            *midnights,
        ]
        match await self.ask(_ORDER, key, words):
            case [-1, bytes(now)]:
                return Grant(units=0, now_s=float(now), day=None)
            case [
                int(units),
                bytes(now),
                bytes(day),
                bytes(ends),
                bytes(name),
                int(used),
                int(spent),
            ]:
                return Grant(
                    units=units,
                    now_s=float(now),
                    day=Day(int(day), int(ends)),
                    book_id=name.decode(),
                    used=used,
                    spent_until_s=spent,
                )
            case _:
                return None

    async def ask(self, script: str, key: str, words: Sequence[Word]) -> object:
        """What a script answers that has one key; ``None`` when the ledger is away."""
        if self._line is None or self.is_away:
            return None
        command: tuple[Word, ...] = ("EVAL", script, 1, key, *words)
        replies = await self._line.run([command])
        if replies is not None and str(replies[0]).startswith("WRONGTYPE"):
            # Somebody else's key, which would never go away by itself.
            replies = await self._line.run([("DEL", key), command])
        reply = None if replies is None else replies[-1]
        if reply is None or isinstance(reply, Exception):
            self._back_at_s = self._clock() + AWAY_S
            if reply is not None:
                _LOG.warning("the quota ledger refuses: %s", type(reply).__name__)
            return None
        return reply
