"""The shared level on Redis or Valkey. Short of patience, and never the reason for an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from secrets import token_bytes
from typing import Final

from gateway.cache.envelope import TOKEN_BYTES
from gateway.cache.policy import MAX_KEY_CHARS, PREFIX
from gateway.cache.redis_line import Command, RedisLine, Reply, ReplyError
from gateway.cache.redis_scripts import COMMIT, LOOK, OUTDATE, RELEASE, RENEW
from gateway.cache.store import ANY, LEASE_S, Committed, Looked, Want, Write

# Longer than any entry may live, so that a tag never runs out before what carries it; it is also
# what `volatile-ttl` evicts last. A tag that is gone all the same costs a refill.
TAG_TTL_MS: Final = 400 * 24 * 3600 * 1000
CHUNK: Final = 250  # keys or tags in one script: below a millisecond
_LEASE_MS: Final = round(LEASE_S * 1000)
_DEMOTED: Final = 2

Group = tuple[list[int], list[int]]  # places of entries, and of tags, that share a script


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

    def look(
        self, wants: Sequence[Want], tags: Sequence[str], then: Callable[[Looked | None], None]
    ) -> None:
        """See ``Store``; one script, on a cluster one for each slot, in one trip."""
        token = token_bytes(TOKEN_BYTES)
        names = [_tag_key(tag) for tag in tags]
        groups = self._groups([want.key for want in wants], names)
        commands: list[Command] = []
        for entries, marked in groups:
            mine = [wants[i] for i in entries]
            seen = (b"" if want.seen is None else b"+" + want.seen for want in mine)
            keys = (*_pairs(want.key for want in mine), *(names[i] for i in marked))
            head = (len(mine), token, _LEASE_MS, TAG_TTL_MS)
            commands.append(("EVAL", LOOK, len(keys), *keys, *head, *seen))
        self._line.send(commands, partial(self._looked, then, groups, len(wants), tags, token))

    def _looked(
        self,
        then: Callable[[Looked | None], None],
        groups: Sequence[Group],
        count: int,
        tags: Sequence[str],
        token: bytes,
        replies: Sequence[Reply] | None,
    ) -> None:
        if replies is None:
            then(None)
            return
        values: list[bytes | None] = [None] * count
        won: list[bool | None] = [None] * count
        tokens: dict[str, bytes] = {}
        for (entries, marked), found in zip(groups, map(self._list, replies), strict=True):
            if found is None:
                continue
            for at, place in enumerate(entries):
                values[place] = _bytes(found[2 * at])
                won[place] = _LEASED.get(found[2 * at + 1])
            for place, worth in zip(marked, found[2 * len(entries) :], strict=True):
                tokens[tags[place]] = _bytes(worth) or b""
        then(Looked(values, won, tokens, token))

    def commit(
        self,
        writes: Sequence[Write],
        tags: Sequence[str],
        then: Callable[[Committed | None], None],
    ) -> None:
        """See ``Store``; in one trip."""
        names = [_tag_key(tag) for tag in tags]
        groups = self._groups([write.key for write in writes], names)
        commands: list[Command] = []
        for entries, marked in groups:
            mine = [writes[i] for i in entries]
            keys = (*_pairs(write.key for write in mine), *(names[i] for i in marked))
            told = (word for w in mine for word in (w.raw, _ms(w.ttl_s), w.token))
            commands.append(("EVAL", COMMIT, len(keys), *keys, len(mine), *told))
        self._line.send(commands, partial(self._committed, then, groups, len(writes), tags))

    def _committed(
        self,
        then: Callable[[Committed | None], None],
        groups: Sequence[Group],
        count: int,
        tags: Sequence[str],
        replies: Sequence[Reply] | None,
    ) -> None:
        if replies is None:
            then(None)
            return
        stored: list[bool | None] = [None] * count
        tokens: dict[str, bytes] = {}
        for (entries, marked), found in zip(groups, map(self._list, replies), strict=True):
            if found is None:
                continue
            for at, place in enumerate(entries):
                stored[place] = _LEASED.get(found[at])
            for place, worth in zip(marked, found[len(entries) :], strict=True):
                tokens[tags[place]] = _bytes(worth) or b""
        then(Committed(stored, tokens))

    def renew(self, keys: Sequence[str], token: bytes) -> None:
        """Put off the end of the leases that are still ours."""
        self._line.send(self._each(RENEW, map(_lease_key, keys), token, _LEASE_MS), _ignore)

    def release(self, keys: Sequence[str], token: bytes) -> None:
        """Give up the leases that are still ours."""
        self._line.send(self._each(RELEASE, map(_lease_key, keys), token), _ignore)

    async def purge(self, tags: Sequence[str]) -> bool:
        """Delete tags; each is O(1), however much carries it."""
        return await self._waves(tags, lambda keys: [("DEL", *few) for few in self._chunks(keys)])

    async def outdate(self, tags: Sequence[str]) -> bool:
        """Give tags a new second half."""
        fresh = token_bytes(TOKEN_BYTES // 2)
        return await self._waves(tags, lambda keys: self._each(OUTDATE, keys, fresh, TAG_TTL_MS))

    async def held(self, tags: Sequence[str]) -> Mapping[str, bool] | None:
        """Whether anything may be cached under each tag; ``None``: no answer."""
        commands: list[Command] = [("EXISTS", _tag_key(tag)) for tag in tags]
        replies = await self._line.run(commands)
        if replies is None or any(isinstance(reply, ReplyError) for reply in replies):
            return None
        return dict(zip(tags, map(bool, replies), strict=True))

    def stats(self) -> Mapping[str, int]:
        """Counters of commands, failures and times the switch opened."""
        return self._line.stats()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._line.aclose()

    def _list(self, reply: Reply) -> list[Reply] | None:
        """What a script found; and a word to the line if it was not allowed to write."""
        if not isinstance(reply, list):
            return None
        refused, *found = reply
        if refused:
            self._line.refused(is_demoted=refused == _DEMOTED)
        return found

    def _groups(self, keys: Sequence[str], tags: Sequence[str]) -> list[Group]:
        groups: dict[int, Group] = {}
        for kind, names in enumerate((keys, tags)):
            for place, name in enumerate(names):
                group = groups.setdefault(self._line.slot(name), ([], []))
                group[kind].append(place)
        return [
            (entries[at : at + CHUNK], tags[at : at + CHUNK])
            for entries, tags in groups.values()
            for at in range(0, max(len(entries), len(tags)), CHUNK)
        ]

    def _chunks(self, keys: Iterable[str]) -> list[list[str]]:
        groups: dict[int, list[str]] = {}
        for key in keys:
            groups.setdefault(self._line.slot(key), []).append(key)
        return [
            group[at : at + CHUNK]
            for group in groups.values()
            for at in range(0, len(group), CHUNK)
        ]

    def _each(self, script: str, keys: Iterable[str], *words: bytes | int) -> list[Command]:
        return [("EVAL", script, len(few), *few, *words) for few in self._chunks(keys)]

    async def _waves(
        self, tags: Sequence[str], order: Callable[[Sequence[str]], Sequence[Command]]
    ) -> bool:
        """Tell ``ANY`` before the tags and after them; servers that are several keep no order.

        Before: who fills without knowing its tags must not take new ones for its own. After: who
        watches ``ANY`` alone must not think that it has seen all.
        """
        names, every = [_tag_key(tag) for tag in tags], _tag_key(ANY)
        is_one = len({self._line.slot(name) for name in (every, *names)}) == 1
        waves = [[every, *names, every]] if is_one else [[every], names, [every]]
        for wave in waves:
            if not await self._all_done(order(wave)):
                return False
        return True

    async def _all_done(self, commands: Sequence[Command]) -> bool:
        replies = await self._line.run(commands)
        return replies is not None and not any(isinstance(r, ReplyError) for r in replies)


_LEASED: Final[Mapping[object, bool]] = {0: False, 1: True}


def _ignore(_: Sequence[Reply] | None) -> None:
    """A lease that could not be renewed or given up ends by itself."""


def _lease_key(key: str) -> str:
    return f"{{{key}}}:lease"  # the braces put it into the entry's cluster slot


def _pairs(keys: Iterable[str]) -> Iterable[str]:
    for key in keys:
        yield key
        yield _lease_key(key)


def _tag_key(tag: str) -> str:
    if len(tag) > MAX_KEY_CHARS:
        tag = f"#{blake2b(tag.encode(), digest_size=20).hexdigest()}"
    return f"{PREFIX}:tag:{tag}"


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _bytes(reply: Reply) -> bytes | None:
    return reply if isinstance(reply, bytes) else None
