"""API keys in the gateway's own database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.api_key import ApiKey
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.dialects import queue_up
from gateway.upstreams.book.tables import API_KEYS, micros, moment

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

MOST: Final = 1000
"""Keys that are good at the same time: every process holds all of them in memory."""

_K: Final = API_KEYS.c
_ALL: Final = sa.select(API_KEYS).order_by(_K.created_at, _K.id)
_GOOD: Final = _ALL.where(_K.revoked_at.is_(None)).limit(MOST)
_COUNT: Final = sa.select(sa.func.count()).where(_K.revoked_at.is_(None))
_REVOKE: Final = (
    sa.update(API_KEYS)
    .where(_K.id == sa.bindparam("which"), _K.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class KeyStore:
    """Keeps API keys.

    Every method raises ``UpstreamError`` when the database gives no usable answer.

    Attributes:
        database: Where.
    """

    database: Database

    async def add(self, key: ApiKey) -> bool:
        """Keep one more; ``False`` if there are too many."""
        values = {
            "id": key.key_id,
            "name": key.name,
            "display_name": key.display_name,
            "role": key.role,
            "hmac": key.digest.hex(),
            "seerr_user_id": key.seerr_user_id,
            "created_at": micros(key.created_at),
        }

        async def work(connection: AsyncConnection) -> bool:
            await queue_up(connection)
            if (await connection.execute(_COUNT)).scalar_one() >= MOST:
                return False
            await connection.execute(sa.insert(API_KEYS).values(values))
            return True

        return await self.database.write("add_key", work)

    async def good(self) -> tuple[ApiKey, ...]:
        """Those that are not revoked."""
        return await self._select("good_keys", _GOOD)

    async def every(self) -> tuple[ApiKey, ...]:
        """All that ever were, oldest first."""
        return await self._select("every_key", _ALL)

    async def revoke(self, key_id: str, now: datetime) -> bool:
        """Let one be good no more; ``False`` if it was not."""
        which = {"which": key_id, "moment": micros(now)}

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(_REVOKE, which)).rowcount > 0

        return await self.database.write("revoke_key", work)

    async def note_used(self, key_ids: Collection[str], day: date) -> None:
        """Note the last day on which some were used; never an earlier one."""
        is_older = sa.or_(_K.last_used_on.is_(None), _K.last_used_on < day)
        statement = sa.update(API_KEYS).where(_K.id.in_(key_ids), is_older).values(last_used_on=day)
        await self.database.write("note_keys", lambda c: c.execute(statement))

    async def _select(self, operation: str, statement: sa.Select[Any]) -> tuple[ApiKey, ...]:
        async def work(connection: AsyncConnection) -> tuple[ApiKey, ...]:
            return tuple(map(_to_key, await connection.execute(statement)))

        return await self.database.read(operation, work)


def _to_key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        key_id=row.id,
        name=row.name,
        role=row.role,
        digest=bytes.fromhex(row.hmac),
        created_at=moment(row.created_at),
        display_name=row.display_name,
        seerr_user_id=row.seerr_user_id,
        revoked_at=None if row.revoked_at is None else moment(row.revoked_at),
        last_used_on=row.last_used_on,
    )
