"""An event as it travels between processes; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from gateway.domain.request import RequestStatus
from gateway.domain.request_log import RequestEvent, RequestEventKind


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the log.

    Attributes:
        sequence: Of the event.
        event: Its public part; ``None`` where it cannot be read.
        previous: A number behind which nothing comes in the log but this.
    """

    sequence: int
    event: RequestEvent | None
    previous: int


def chain(events: Iterable[RequestEvent], tip: int) -> Iterator[Entry]:
    """Entries of events that follow each other, the first of them behind ``tip``, 0 for any."""
    for event in events:
        yield Entry(event.sequence, public(event), tip or event.sequence - 1)
        tip = event.sequence


def public(event: RequestEvent) -> RequestEvent:
    """The part of an event that is everybody's: who did it and what they wrote stays in the log."""
    return replace(event, actor=None, reason=None)


def pack(event: RequestEvent) -> bytes:
    """Write the public part of an event."""
    return orjson.dumps(
        {
            "id": event.event_id,
            "kind": event.kind,
            "request": event.request_id,
            "film": event.tmdb_id,
            "4k": event.is_4k,
            "status": event.status,
            "version": event.version,
            "at": event.occurred_at,
            "by": event.requested_by,
        }
    )


def unpack(sequence: int, raw: bytes) -> RequestEvent:
    """Read it back.

    Raises:
        ValueError: It is none of ours.
    """
    try:
        found = orjson.loads(raw)
        status = found["status"]
        return RequestEvent(
            sequence=sequence,
            event_id=str(found["id"]),
            kind=RequestEventKind(found["kind"]),
            request_id=int(found["request"]),
            tmdb_id=int(found["film"]),
            is_4k=bool(found["4k"]),
            status=None if status is None else RequestStatus(status),
            version=int(found["version"]),
            occurred_at=datetime.fromisoformat(found["at"]),
            requested_by=None if found["by"] is None else int(found["by"]),
        )
    except (KeyError, TypeError) as exc:
        raise ValueError("not an event") from exc
