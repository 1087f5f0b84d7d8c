"""What receivers are told of an event: the same bytes in every try; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

import orjson

from gateway.domain.request import User
from gateway.domain.request_log import RequestEvent, RequestEventKind

Naming: TypeAlias = Callable[[str, int], str]
"""The graph's id of an object, by the name of its type and its number."""


def type_of(kind: RequestEventKind) -> str:
    """The type by which receivers tell events apart."""
    return f"request.{kind.value.lower()}"


def payload_of(event: RequestEvent, name: Naming) -> str:
    """The body: what happened and to which request, with the ids of the graph."""
    by = event.requested_by
    return written(
        type_of(event.kind),
        event.occurred_at,
        {
            "requestId": name("Request", event.request_id),
            "movieId": name("Movie", event.tmdb_id),
            "tmdbId": event.tmdb_id,
            "is4k": event.is_4k,
            "status": None if event.status is None else event.status.value,
            "version": event.version,
            "requestedById": None if by is None else name("User", by),
            "actor": None if event.actor is None else _person(event.actor, name),
            "reason": event.reason,
        },
    )


def written(kind: str, at: datetime, data: dict[str, object]) -> str:
    """A body as Standard Webhooks has it."""
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": kind, "timestamp": moment, "data": data}).decode()


def _person(user: User, name: Naming) -> dict[str, object]:
    return {"id": name("User", user.user_id), "displayName": user.display_name}
