"""The shared level on Redis or Valkey. Short of patience, and never the reason for an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from secrets import token_bytes

from gateway.cache.envelope import TOKEN_BYTES
from gateway.cache.policy import MAX_KEY_CHARS, PREFIX
from gateway.cache.redis_line import Command, RedisLine, Reply
from gateway.cache.store import Committed, Leased, Snapshot, Tokens, Write

# Longer than any entry may live, so that a tag never runs out before what carries it; it is also
# what `volatile-ttl` evicts last. A tag that is gone all the same costs a refill.
TAG_TTL_MS = 400 * 24 * 3600 * 1000

_RENEW = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return 0"""
_RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0"""
# A refused write (-1: the server is full) must still end the lease.
_COMMIT = """
if redis.call('get', KEYS[2]) ~= ARGV[1] then return 0 end
local set = redis.pcall('set', KEYS[1], ARGV[2], 'px', ARGV[3])
redis.call('del', KEYS[2])
if set['err'] then return -1 end
return 1"""
_ADD = """
if redis.call('exists', KEYS[2]) == 1 then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
return 1"""


class RedisStore:
    """Entries, leases and tags under one prefix; every script touches one cluster slot only."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line

    @classmethod
    def from_url(cls, url: str) -> RedisStore:
        """Make a store; it connects when first asked.

        Raises:
            ConfigError: The URL is no URL of Redis, Sentinel or Cluster.
        """
        return cls(RedisLine(url))

    @property
    def is_up(self) -> bool:
        """Whether the last commands were answered in time."""
        return self._line.is_up

    async def read(self, keys: Sequence[str], tags: Sequence[str]) -> Snapshot | None:
        """Read entries and tags with one MGET (on a cluster, one per slot)."""
        found = await self._mget([*keys, *map(_tag_key, tags)])
        return None if found is None else _snapshot(found, len(keys), tags)

    async def lease(
        self, keys: Sequence[str], tags: Sequence[str], *, token: bytes, ttl_s: float
    ) -> Leased | None:
        """SET NX for each lease and each worthless tag, then one MGET, in one round trip."""
        commands: list[Command] = [
            ("SET", _lease_key(key), token, "NX", "PX", _ms(ttl_s)) for key in keys
        ]
        commands += [
            ("SET", _tag_key(tag), token_bytes(TOKEN_BYTES), "NX", "PX", TAG_TTL_MS) for tag in tags
        ]
        answers = await self._mget([*keys, *map(_tag_key, tags)], before=commands)
        if answers is None:
            return None
        replies, values = answers[: len(commands)], answers[len(commands) :]
        won = [None if isinstance(r, Exception) else bool(r) for r in replies[: len(keys)]]
        return Leased(_snapshot(values, len(keys), tags), won)

    async def renew(self, keys: Sequence[str], *, token: bytes, ttl_s: float) -> None:
        """Put off the end of the leases that are still ours."""
        await self._line.run([("EVAL", _RENEW, 1, _lease_key(k), token, _ms(ttl_s)) for k in keys])

    async def release(self, keys: Sequence[str], *, token: bytes) -> None:
        """Give up the leases that are still ours."""
        await self._line.run([("EVAL", _RELEASE, 1, _lease_key(k), token) for k in keys])

    async def commit(
        self, writes: Sequence[Write], tags: Sequence[str], *, token: bytes
    ) -> Committed | None:
        """Store entries whose lease is still ours, then read what their tags are worth."""
        commands: list[Command] = [
            (
                *("EVAL", _COMMIT if w.leased else _ADD, 2, w.key, _lease_key(w.key)),
                *(token, w.raw, _ms(w.ttl_s)),
            )
            for w in writes
        ]
        answers = await self._mget([*map(_tag_key, tags)], before=commands)
        if answers is None:
            return None
        stored = [None if r not in {0, 1} else r == 1 for r in map(_number, answers)]
        return Committed(stored[: len(writes)], _tokens(answers[len(writes) :], tags))

    async def _mget(
        self, keys: Sequence[str], *, before: Sequence[Command] = ()
    ) -> list[Reply] | None:
        groups: dict[int, list[int]] = {}
        for index, key in enumerate(keys):
            groups.setdefault(self._line.slot(key), []).append(index)
        reads: list[Command] = [("MGET", *(keys[i] for i in group)) for group in groups.values()]
        replies = await self._line.run([*before, *reads])
        if replies is None:
            return None
        values: list[Reply] = [None] * len(keys)
        for group, reply in zip(groups.values(), replies[len(before) :], strict=True):
            if isinstance(reply, list):
                for index, value in zip(group, reply, strict=True):
                    values[index] = value
        return [*replies[: len(before)], *values]

    async def drop(self, keys: Sequence[str], tags: Sequence[str] = ()) -> bool:
        """Delete entries, their leases and tags; each is one O(1) command."""
        gone = [*keys, *map(_lease_key, keys), *map(_tag_key, tags)]
        replies = await self._line.run([("DEL", key) for key in gone])
        return replies is not None and not any(isinstance(r, Exception) for r in replies)

    def stats(self) -> Mapping[str, int]:
        """Counters of commands, failures and times the switch opened."""
        return self._line.stats()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._line.aclose()


def _lease_key(key: str) -> str:
    return f"{{{key}}}:lease"  # the braces put it into the entry's cluster slot


def _tag_key(tag: str) -> str:
    if len(tag) > MAX_KEY_CHARS:
        tag = f"#{blake2b(tag.encode(), digest_size=20).hexdigest()}"
    return f"{PREFIX}:tag:{tag}"


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _number(reply: Reply) -> int | None:
    return reply if isinstance(reply, int) else None


def _tokens(values: Iterable[Reply], tags: Sequence[str]) -> Tokens:
    return dict(zip(tags, map(as_bytes, values), strict=True))


def _snapshot(values: Sequence[Reply], keys: int, tags: Sequence[str]) -> Snapshot:
    return Snapshot([as_bytes(v) for v in values[:keys]], _tokens(values[keys:], tags))


def as_bytes(reply: Reply) -> bytes | None:
    """Read a stored value; an error, or anything else than bytes, is none."""
    return reply if isinstance(reply, bytes) else None
