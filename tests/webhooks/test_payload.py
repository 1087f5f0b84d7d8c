"""What receivers read: stable names, the graph's ids, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import orjson

from gateway.domain.request import RequestStatus, User
from gateway.domain.request_log import RequestEvent, RequestEventKind
from gateway.graph.ids import global_id, parse
from gateway.webhooks.payload import payload_of, type_of

EVENT = RequestEvent(
    sequence=7,
    event_id="0f" * 16,
    kind=RequestEventKind.DECLINED,
    request_id=42,
    tmdb_id=603,
    is_4k=True,
    status=RequestStatus.DECLINED,
    version=2,
    occurred_at=datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC),
    actor=User(user_id=2, display_name="Mina “M” Manager"),
    reason="Too\nlong",
    requested_by=3,
)


def test_all_of_an_event_is_told() -> None:
    assert orjson.loads(payload_of(EVENT, global_id)) == {
        "type": "request.declined",
        "timestamp": "2026-11-20T12:00:00.123456Z",
        "data": {
            "requestId": global_id("Request", 42),
            "movieId": global_id("Movie", 603),
            "tmdbId": 603,
            "is4k": True,
            "status": "DECLINED",
            "version": 2,
            "requestedById": global_id("User", 3),
            "actor": {"id": global_id("User", 2), "displayName": "Mina “M” Manager"},
            "reason": "Too\nlong",
        },
    }
    found = orjson.loads(payload_of(EVENT, global_id))["data"]["requestId"]
    assert parse(found, expect="Request").number() == 42


def test_what_nobody_knows_is_null() -> None:
    bare = replace(EVENT, status=None, actor=None, reason=None, requested_by=None)
    data = orjson.loads(payload_of(bare, global_id))["data"]
    assert [data[n] for n in ("status", "actor", "reason", "requestedById")] == [None] * 4


def test_moments_are_told_in_utc() -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    moved = replace(EVENT, occurred_at=EVENT.occurred_at.astimezone(there))
    assert payload_of(moved, global_id) == payload_of(EVENT, global_id)


def test_types_are_what_receivers_filter_by() -> None:
    assert [type_of(each) for each in RequestEventKind] == [
        "request.created", "request.approved", "request.declined", "request.retried",
        "request.cancelled", "request.failed", "request.completed",
    ]  # fmt: skip
