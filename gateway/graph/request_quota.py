"""How many films somebody may still ask for."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Self

import strawberry

from gateway.domain import request_quota as domain
from gateway.graph.cache_control import inheriting
from gateway.graph.context import GraphContext


@strawberry.type(
    description="How many films somebody may ask for in a span of days; HD and 4K count alike.",
    directives=[inheriting()],
)
class RequestQuota:
    """What is left of an allowance."""

    limit: int | None = strawberry.field(
        description="Requests that may be made in `days`; null: as many as they like."
    )
    days: int | None = strawberry.field(
        description="Length of the span, which ends now; null where there is no limit."
    )
    used: int = strawberry.field(
        description="Requests made in the span that were not declined; 0 where there is no limit."
    )
    remaining: int | None = strawberry.field(
        description="Requests that may still be made; null: as many as they like."
    )
    resets_at: datetime | None = strawberry.field(
        description="When the next place comes free; null where nothing is used or limited."
    )

    @classmethod
    def of(cls, model: domain.Quota) -> Self:
        """Show a quota in the graph."""
        return cls(
            limit=model.most,
            days=model.days,
            used=model.used,
            remaining=model.remaining,
            resets_at=model.resets_at,
        )


class OwnQuota:
    """The viewer's, read once in an operation."""

    def __init__(self, ctx: GraphContext) -> None:
        self._ctx = ctx
        self._reading: asyncio.Task[RequestQuota | None] | None = None

    async def load(self) -> RequestQuota | None:
        """Ask whoever keeps the requests; ``None`` if the viewer is nobody there.

        Raises:
            UpstreamError: They gave no usable answer.
        """
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(self._reading)

    async def _read(self) -> RequestQuota | None:
        self._ctx.tags.add("requests")
        actor, store = await self._ctx.actor(), self._ctx.runtime.store
        return None if actor is None or store is None else RequestQuota.of(await store.quota(actor))
