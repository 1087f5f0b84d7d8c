"""Idempotency keys: what was answered to each, kept beside what was done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request_outcomes import (
    Blocklisted,
    Cancelled,
    Changed,
    Conflict,
    Created,
    Duplicate,
    KeyReused,
    NotFound,
    NotPermitted,
    Outcome,
    QuotaExceeded,
)
from gateway.upstreams.book.dialects import insert
from gateway.upstreams.book.tables import REPLIES, micros

_KINDS: Final = {
    kind.__name__: kind
    for kind in (
        *(Created, Duplicate, QuotaExceeded, Blocklisted, NotPermitted),
        *(Changed, Cancelled, Conflict, NotFound),
    )
}
_OF_KEY: Final = sa.and_(
    REPLIES.c.user_id == sa.bindparam("whose"), REPLIES.c.key == sa.bindparam("which")
)
_FIND: Final = sa.select(REPLIES.c.payload, REPLIES.c.reply).where(_OF_KEY)
_STORE: Final = sa.update(REPLIES).where(_OF_KEY).values(reply=sa.bindparam("said"))
_FORGET: Final = sa.delete(REPLIES).where(
    REPLIES.c.created_at < sa.bindparam("before", type_=sa.BigInteger)
)


def fingerprint(*parts: object) -> str:
    """Tell payloads apart without keeping them."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that a call came with.

    Attributes:
        user_id: Whose key it is; another person's same key is another key.
        key: As the client made it.
        payload: ``fingerprint`` of what was asked.
    """

    user_id: int
    key: str
    payload: str

    async def take(self, connection: AsyncConnection, now: datetime) -> Outcome | None:
        """Claim the key, or learn what was answered to it.

        While another transaction holds the key this waits for its end.

        Returns:
            ``None`` when the key is ours and the reply is to be stored.
        """
        values = {
            "user_id": self.user_id,
            "key": self.key,
            "payload": self.payload,
            "created_at": micros(now),
        }
        statement = insert(connection, REPLIES).on_conflict_do_nothing().returning(REPLIES.c.key)
        claimed = await connection.execute(statement, values)
        if claimed.one_or_none() is not None:
            return None
        row = (await connection.execute(_FIND, self._where())).one()
        return _read(row.reply) if row.payload == self.payload else KeyReused()

    async def store(self, connection: AsyncConnection, reply: Outcome) -> None:
        """Keep the reply, in the transaction of what it tells."""
        await connection.execute(_STORE, self._where() | {"said": _write(reply)})

    def _where(self) -> dict[str, object]:
        return {"whose": self.user_id, "which": self.key}


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Drop the keys that came before a moment."""
    await connection.execute(_FORGET, {"before": micros(before)})


@cache
def _adapter(name: str) -> TypeAdapter[Outcome]:
    return TypeAdapter(_KINDS[name])


def _write(reply: Outcome) -> str:
    name = type(reply).__name__
    return f"{name} {_adapter(name).dump_json(reply).decode()}"


def _read(said: str) -> Outcome:
    name, _, text = said.partition(" ")
    return _adapter(name).validate_json(text)
