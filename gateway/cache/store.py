"""What the cache asks of the level that processes share; Redis is the one that does it.

Nothing here raises: ``None`` (or ``False``) means that the level could not be asked, and the cache
goes on without it. Each ``then`` is told once, perhaps before the call returns.

A *tag* is worth two random tokens for as long as nobody purges it. An entry notes what its tags
were worth before its load began, and whoever reads it compares. A purge takes the whole worth: the
entry is gone. A soft purge takes the second half: the entry is outdated. So each is one command a
tag, it outruns any fill in flight, and a worth that the server evicts costs a refill, never a lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

Tokens = Mapping[str, bytes]  # what each tag is worth now; empty: nothing

LEASE_S: Final = 2.0  # after which a filler that was killed is given up

ANY: Final = "~"
"""A tag that every purge takes too, first and last: who does not know its tags yet, notes this one,
and who has a memory full of entries watches it instead of all of theirs."""


@dataclass(frozen=True, slots=True)
class Want:
    """A key to be read.

    Args:
        key: The entry's.
        seen: The mark of an entry that will not do. Where there is no other, the lease is tried.
    """

    key: str
    seen: bytes | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found.

    Args:
        values: Raw entries, in the order asked.
        won: For each key without one, whether the lease is ours; ``None``: not asked for, or the
            server refused to say.
        tokens: What the tags are worth; those that were worth nothing got a token.
        token: What marks our leases.
    """

    values: Sequence[bytes | None]
    won: Sequence[bool | None]
    tokens: Tokens
    token: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """One entry to store.

    Args:
        key: Its key.
        raw: Its sealed form.
        ttl_s: After which the server may forget it.
        token: Of its lease, which must still be ours; empty: nobody may hold it.
    """

    key: str
    raw: bytes
    ttl_s: float
    token: bytes


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of the writes.

    Args:
        stored: For each write: stored; ``False``: the lease was lost, so the value may be old;
            ``None``: the server refused (full, read-only), which says nothing of the value.
        tokens: What the tags are worth now.
    """

    stored: Sequence[bool | None]
    tokens: Tokens


class Store(Protocol):
    """The shared level."""

    @property
    def is_up(self) -> bool:
        """Whether asking is worth it now."""
        ...

    def look(
        self, wants: Sequence[Want], tags: Sequence[str], then: Callable[[Looked | None], None]
    ) -> None:
        """Read entries and tags, and take the leases of what is not there."""
        ...

    def commit(
        self,
        writes: Sequence[Write],
        tags: Sequence[str],
        then: Callable[[Committed | None], None],
    ) -> None:
        """Store entries, end their leases, and read what tags are worth."""
        ...

    def renew(self, keys: Sequence[str], token: bytes) -> None:
        """Hold on to the leases that are still ours."""
        ...

    def release(self, keys: Sequence[str], token: bytes) -> None:
        """Give up the leases that are still ours."""
        ...

    async def purge(self, tags: Sequence[str]) -> bool:
        """Take the tags' worth; ``False``: not heard."""
        ...

    async def outdate(self, tags: Sequence[str]) -> bool:
        """Take the second half of it; ``False``: not heard."""
        ...

    def stats(self) -> Mapping[str, int]:
        """Counters since the start."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
