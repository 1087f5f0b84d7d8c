"""Joins settings and database to whoever knows the callers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from gateway.app.records import Records
from gateway.domain.api_key import ApiKey
from gateway.edge.identity.identity import Identity
from gateway.edge.identity.ring import KeyRing
from gateway.edge.identity.secret import known_secret
from gateway.settings import GatewaySettings
from gateway.upstreams.book.keys import KeyStore


class RecordedKeys:
    """API keys there; where nothing was ever kept there are none."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def good(self) -> Sequence[ApiKey]:
        """Those that are not revoked."""
        if not self._records.is_there:
            return ()
        return await KeyStore(await self._records.ready()).good()

    async def note_used(self, key_ids: Collection[str], day: date) -> None:
        """Note the last day on which some were used."""
        await KeyStore(await self._records.ready()).note_used(key_ids, day)


def identity_of(settings: GatewaySettings, records: Records) -> Identity:
    """Whoever knows this gateway's callers."""
    return Identity(ring=KeyRing(RecordedKeys(records)), secret=_remembered(settings))


def _remembered(settings: GatewaySettings) -> Callable[[], bytes | None]:
    """The server's secret, which never changes once there is one."""
    known: list[bytes] = []

    def secret() -> bytes | None:
        if not known:
            found = known_secret(settings)
            if found is None:
                return None
            known.append(found)
        return known[0]

    return secret
