"""Endpoints and deliveries as rows, and back; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.domain.request_log import RequestEventKind
from gateway.domain.webhook import Delivery, DeliveryState, Endpoint
from gateway.upstreams.book.mapping import AnyRow
from gateway.upstreams.book.tables import micros, moment


def to_endpoint(row: AnyRow) -> Endpoint:
    """Read one; kinds of a newer release are left out."""
    return Endpoint(
        endpoint_id=row.id,
        url=row.url,
        created_at=moment(row.created_at),
        kinds=None if row.kinds is None else _kinds(row.kinds),
        failing_since=_moment(row.failing_since),
        disabled_at=_moment(row.disabled_at),
        disabled_why=row.disabled_why,
    )


def of_endpoint(endpoint: Endpoint) -> Mapping[str, object]:
    """Write a new one."""
    kinds = endpoint.kinds
    return {
        "id": endpoint.endpoint_id,
        "url": endpoint.url,
        "kinds": None if kinds is None else ",".join(sorted(each.value for each in kinds)),
        "created_at": micros(endpoint.created_at),
    }


def to_delivery(row: AnyRow) -> Delivery:
    """Read one."""
    return Delivery(
        endpoint_id=row.endpoint_id,
        scope=row.scope,
        sequence=row.sequence,
        event_id=row.event_id,
        kind=RequestEventKind(row.kind),
        request_id=row.request_id,
        payload=row.payload,
        due_at=moment(row.due_at),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        held_until=_moment(row.held_until or None),
        status_code=row.status_code,
        problem=row.problem,
        ended_at=_moment(row.ended_at),
    )


def of_delivery(delivery: Delivery) -> dict[str, Any]:
    """Write a new one."""
    return {
        "endpoint_id": delivery.endpoint_id,
        "scope": delivery.scope,
        "sequence": delivery.sequence,
        "event_id": delivery.event_id,
        "kind": delivery.kind.value,
        "request_id": delivery.request_id,
        "payload": delivery.payload,
        "state": DeliveryState.WAITING.value,
        "attempts": 0,
        "due_at": micros(delivery.due_at),
        "held_until": 0,
    }


def _kinds(text: str) -> frozenset[RequestEventKind]:
    known = {each.value: each for each in RequestEventKind}
    return frozenset(known[word] for word in text.split(",") if word in known)


def _moment(found: int | None) -> datetime | None:
    return None if found is None else moment(found)
