"""What the read-through asks of the level that processes share; Redis is the one that does it.

Nothing here raises: an answer of ``None`` (or ``False``) means that the level could not be asked,
and the cache goes on without it.

A *tag* is worth a random token for as long as nobody purges it. An entry notes what its tags were
worth before its load began, and whoever reads it compares. So a purge is one deletion, it outruns
any fill in flight, and a token that the server evicts costs a refill, never a lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Tokens = Mapping[str, bytes | None]  # what each tag is worth now; None: nothing, it was purged


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Raw entries, in the order of the keys asked, beside what the tags are worth."""

    values: Sequence[bytes | None]
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Leased:
    """A snapshot taken after an attempt at each key's lease.

    Args:
        now: The snapshot.
        won: For each key, whether the lease is ours; ``None`` where the server refused to say.
    """

    now: Snapshot
    won: Sequence[bool | None]


@dataclass(frozen=True, slots=True)
class Write:
    """One entry to store.

    Args:
        key: Its key.
        raw: Its sealed form.
        ttl_s: After which the server may forget it.
        leased: Only if the lease is still ours; else only if nobody holds it.
    """

    key: str
    raw: bytes
    ttl_s: float
    leased: bool = True


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of the writes.

    Args:
        stored: For each write: stored; ``False``: the lease was lost, so the value may be old;
            ``None``: the server refused (full, read-only), which says nothing of the value.
        tokens: What the tags were worth after the writes.
    """

    stored: Sequence[bool | None]
    tokens: Tokens


class Store(Protocol):
    """The shared level."""

    @property
    def is_up(self) -> bool:
        """Whether asking is worth it now."""
        ...

    async def read(self, keys: Sequence[str], tags: Sequence[str]) -> Snapshot | None:
        """Read entries and tags in one step."""
        ...

    async def lease(
        self, keys: Sequence[str], tags: Sequence[str], *, token: bytes, ttl_s: float
    ) -> Leased | None:
        """Try for each key's lease, give worthless tags a token, then read."""
        ...

    async def renew(self, keys: Sequence[str], *, token: bytes, ttl_s: float) -> None:
        """Hold on to the leases that are still ours."""
        ...

    async def release(self, keys: Sequence[str], *, token: bytes) -> None:
        """Give up the leases that are still ours."""
        ...

    async def commit(
        self, writes: Sequence[Write], tags: Sequence[str], *, token: bytes
    ) -> Committed | None:
        """Store entries and end their leases."""
        ...

    async def drop(self, keys: Sequence[str], tags: Sequence[str] = ()) -> bool:
        """Delete entries with their leases, and take the tags' worth; ``False``: not heard."""
        ...

    def stats(self) -> Mapping[str, int]:
        """Counters since the start."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
