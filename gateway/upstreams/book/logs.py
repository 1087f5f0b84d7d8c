"""Where the logs of events end, and where a moment is in them: those of the book and of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.upstreams.book.database import NAME
from gateway.upstreams.book.tables import EVENTS, micros
from gateway.upstreams.book.tables_observed import OBSERVED_EVENTS
from gateway.upstreams.book.tables_webhooks import WEBHOOK_POSITIONS

_COLUMNS: Final = ("endpoint_id", "scope", "position")
_WHOSE: Final = sa.bindparam("whose", type_=sa.Text)
_SINCE: Final = sa.bindparam("since", type_=sa.BigInteger)
_OWN: Final = EVENTS.c
_OTHERS: Final = OBSERVED_EVENTS.c

_END: Final = sa.select(
    _WHOSE, sa.literal(NAME, sa.Text), sa.func.coalesce(sa.func.max(_OWN.sequence), 0)
)
_OTHER_ENDS: Final = sa.select(_WHOSE, _OTHERS.scope, sa.func.max(_OTHERS.sequence)).group_by(
    _OTHERS.scope
)
_FIRST: Final = sa.select(
    sa.literal(NAME, sa.Text).label("scope"), sa.func.min(_OWN.sequence).label("first")
).where(_OWN.occurred_at >= _SINCE)
_OTHER_FIRSTS: Final = (
    sa.select(_OTHERS.scope, sa.func.min(_OTHERS.sequence).label("first"))
    .where(_OTHERS.occurred_at >= _SINCE)
    .group_by(_OTHERS.scope)
)
_FIRSTS: Final = sa.union_all(_FIRST, _OTHER_FIRSTS)


async def at_the_end(connection: AsyncConnection, endpoint_id: str) -> None:
    """Let an endpoint begin behind all that was ever written; logs to come begin at 0."""
    for ends in (_END, _OTHER_ENDS):
        added = sa.insert(WEBHOOK_POSITIONS).from_select(_COLUMNS, ends)
        await connection.execute(added, {"whose": endpoint_id})


async def before(connection: AsyncConnection, since: datetime) -> Mapping[str, int]:
    """The last number before the first event of then or later, in each log that has one.

    Moments need not rise with the numbers: what happens elsewhere may be seen late.
    """
    found: dict[str, int] = {}
    for scope, first in await connection.execute(_FIRSTS, {"since": micros(since)}):
        if first is not None:
            found[scope] = first - 1
    return found
