"""The leases that this process holds, renewed until what they are for is done."""

from __future__ import annotations

import asyncio
from typing import Final

from gateway.cache.store import LEASE_S, Store

RENEW_S: Final = LEASE_S / 3
RENEWALS: Final = 45  # half a minute; no upstream call lasts that long


class Leases:
    """Keys by the token of their leases.

    Args:
        store: Where they are held.
    """

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._held: dict[bytes, set[str]] = {}
        self._renewals: dict[bytes, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def hold(self, token: bytes, keys: frozenset[str]) -> None:
        """Renew these from now on."""
        if keys:
            self._held[token] = set(keys)
            self._renewals[token] = 0
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(RENEW_S, self._renew)

    def done(self, token: bytes, key: str, *, is_ended: bool) -> None:
        """Let a lease go; unless the store has ended it already, give it up."""
        keys = self._held.get(token)
        if keys is None or key not in keys:
            return
        keys.discard(key)
        if not keys:
            self._forget(token)
        if not is_ended and self._store is not None:
            self._store.release((key,), token)

    def close(self) -> None:
        """Renew nothing any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _renew(self) -> None:
        for token, keys in tuple(self._held.items()):
            self._renewals[token] += 1
            if self._renewals[token] > RENEWALS:
                self._forget(token)
            elif self._store is not None:
                self._store.renew(tuple(keys), token)
        self._timer = None
        if self._held:
            self._timer = asyncio.get_running_loop().call_later(RENEW_S, self._renew)

    def _forget(self, token: bytes) -> None:
        del self._held[token]
        del self._renewals[token]
