"""The log of changes: the history of each request, and the outbox of all, in one table."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import MediaRequest, RequestStatus
from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_rules import Step
from gateway.upstreams.book.dialects import queue_up
from gateway.upstreams.book.tables import EVENTS, micros

_INSERT = sa.insert(EVENTS)

KINDS = {
    Step.APPROVE: RequestEventKind.APPROVED,
    Step.DECLINE: RequestEventKind.DECLINED,
    Step.RETRY: RequestEventKind.RETRIED,
    Step.CANCEL: RequestEventKind.CANCELLED,
    Step.FAIL: RequestEventKind.FAILED,
    Step.COMPLETE: RequestEventKind.COMPLETED,
}


async def log(
    connection: AsyncConnection,
    kinds: Sequence[RequestEventKind],
    request: MediaRequest,
    *,
    now: datetime,
    actor_id: int | None,
    reason: str | None = None,
) -> None:
    """Write down what happened, in the transaction that makes it happen, just before its commit.

    PostgreSQL numbers rows when they are inserted but shows them when they are committed, so a
    reader could pass a number that is not there yet and never see it. Therefore writers queue up
    here: numbers are handed out in the order of the commits.
    """
    await queue_up(connection)
    gone = RequestEventKind.CANCELLED in kinds
    rows = [
        {
            "event_id": uuid.uuid4().hex,
            "kind": kind,
            "request_id": request.request_id,
            "tmdb_id": request.tmdb_id,
            "is_4k": request.is_4k,
            "status": None if gone else _status_at(kind, request),
            "version": request.version,
            "actor_id": actor_id,
            "reason": reason,
            "occurred_at": micros(now),
            "requested_by": request.requested_by.user_id if request.requested_by else None,
        }
        for kind in kinds
    ]
    for row in rows:
        await connection.execute(_INSERT, row)


def _status_at(kind: RequestEventKind, request: MediaRequest) -> RequestStatus:
    """A request that is approved at once was pending when it was created."""
    return RequestStatus.PENDING if kind is RequestEventKind.CREATED else request.status
