"""A door that knows one key and one issuer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gateway.domain.api_key import ApiKey
from gateway.domain.role import Role
from gateway.edge.identity.identity import Identity
from gateway.edge.identity.keys import digest, new_key
from gateway.edge.identity.ring import KeyRing
from tests.identity.issuing import House, house

SECRET = b"a secret of the server's own, long enough"


class HeldKeys:
    """One key, and how often it was asked for."""

    def __init__(self, key: str) -> None:
        self.asked = 0
        self.held = ApiKey(
            key_id="one",
            name="kiosk",
            role=Role.REQUESTER,
            digest=digest(SECRET, key),
            created_at=datetime(2026, 11, 20, tzinfo=UTC),
            display_name="Kiosk",
        )

    async def good(self) -> tuple[ApiKey, ...]:
        self.asked += 1
        return (self.held,)

    async def note_used(self, key_ids: Collection[str], day: date) -> None:
        assert set(key_ids) == {"one"}
        assert day


@dataclass
class Doors:
    identity: Identity
    key: str
    keys: HeldKeys
    house: House


def doors(*, with_issuer: bool = True) -> Doors:
    key, found = new_key(), house()
    keys = HeldKeys(key)
    ring = KeyRing(keys, clock=lambda: found.time["now"])
    tokens = found.bearers if with_issuer else None
    return Doors(Identity(ring=ring, secret=lambda: SECRET, tokens=tokens), key, keys, found)
