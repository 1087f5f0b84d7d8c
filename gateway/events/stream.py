"""The log's newest events in Redis, where all processes hear of them at once.

An entry's id is its event's sequence number, so none can be in the stream twice, and each names
the event before it, so that whoever reads knows when some are lacking and asks the store. The
stream may be cut, lost or begun anew at any time: it carries nothing that the store has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import Command, RedisLine
from gateway.cache.redis_tail import RedisTail, StreamEntry
from gateway.events.entry import Entry, pack, unpack

MOST: Final = 10_000
"""Entries that the stream keeps, give or take a few."""

# What it ends with, also where that entry is gone; of another type, it would never go by itself.
_TIP: Final = """
local function tip(key)
  local kind = redis.call('type', key).ok
  if kind ~= 'stream' then
    if kind ~= 'none' then redis.call('del', key) end
    return '0'
  end
  local info = redis.call('xinfo', 'stream', key)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return string.match(info[i + 1], '^%d+') end
  end
end
"""

# KEYS: the stream. ARGV: the sequence number that it should end with, 0 where it is empty; most
# entries; then number, number before and payload for each. Replies with its end.
_PUSH: Final = (
    _TIP
    + """
local now = tip(KEYS[1])
if now ~= ARGV[1] then return now end
for i = 3, #ARGV, 3 do
  now = ARGV[i]
  redis.call('xadd', KEYS[1], 'maxlen', '~', ARGV[2], now .. '-0',
    'previous', ARGV[i + 1], 'event', ARGV[i + 2])
end
return now"""
)

# KEYS: the stream. ARGV: the sequence number that it should end with.
_DROP: Final = (
    _TIP
    + """
if tip(KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
return 1"""
)


class EventStream:
    """The stream of one log; every method is ``None`` where Redis does not answer.

    Args:
        line: For what is pushed.
        tail: For what is waited for.
        scope: Tells the log from every other.
    """

    def __init__(self, line: RedisLine, tail: RedisTail, scope: str) -> None:
        self._line = line
        self._tail = tail
        self._key = f"{PREFIX}:events:{scope}"

    async def tip(self) -> int | None:
        """The sequence number that it ends with, 0 where it is empty."""
        return await self.push(-1, ())

    async def push(self, tip: int, entries: Sequence[Entry]) -> int | None:
        """Add entries, unless it ends otherwise than its writer knows.

        Args:
            tip: Where it should end, 0 where it should be empty.
            entries: What follows in the log, without a gap.

        Returns:
            Where it ends now.
        """
        words: list[str | bytes | int] = []
        for each in entries:
            raw = b"" if each.event is None else pack(each.event)
            words += (each.sequence, each.previous, raw)
        return _number(await self._one(("EVAL", _PUSH, 1, self._key, tip, MOST, *words)))

    async def drop(self, tip: int) -> None:
        """Begin it anew, if it still ends so: it is not of this log."""
        await self._one(("EVAL", _DROP, 1, self._key, tip))

    async def read(self, after: int, *, wait_s: float) -> Sequence[Entry] | None:
        """Entries behind a sequence number, as soon as there is one; none when time is up."""
        found = await self._tail.read(self._key, f"{after}-0", wait_s=wait_s)
        return None if found is None else [_entry(each) for each in found]

    async def aclose(self) -> None:
        """Close the connection of the tail."""
        await self._tail.aclose()

    async def _one(self, command: Command) -> object:
        replies = await self._line.run([command])
        return None if replies is None else replies[0]


def _number(reply: object) -> int | None:
    """What a script said; anything but a number is an error."""
    return int(reply) if isinstance(reply, bytes) and reply.isdigit() else None


def _entry(found: StreamEntry) -> Entry:
    """Read an entry; what a newer release wrote is at least a number."""
    name, words = found
    fields = dict(zip(words[::2], words[1::2], strict=False))
    sequence = int(name.partition(b"-")[0])
    try:
        event = unpack(sequence, fields.get(b"event", b""))
        return Entry(sequence, event, int(fields.get(b"previous", b"")))
    except ValueError:
        return Entry(sequence, None, 0)
