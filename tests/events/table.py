"""A log of requests in memory: what feeds need of a store, and whatever happens to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from gateway.domain.request import MediaRequest, RequestStatus
from gateway.domain.request_log import RequestEvent, RequestEventKind
from gateway.errors import GatewayError

NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)


class Table:
    """The store's part that feeds read; the rest of ``RequestStore`` is not asked for."""

    def __init__(self) -> None:
        self.rows: list[RequestEvent] = []
        self.trouble: GatewayError | None = None
        self.reads = 0

    def write(self, request_id: int = 1, *, gap: int = 0) -> RequestEvent:
        """Commit an event; ``gap`` numbers before it were rolled back."""
        sequence = (self.rows[-1].sequence if self.rows else 0) + 1 + gap
        event = RequestEvent(
            sequence=sequence,
            event_id=f"event-{sequence}",
            kind=RequestEventKind.APPROVED,
            request_id=request_id,
            tmdb_id=603,
            is_4k=False,
            status=RequestStatus.APPROVED,
            version=sequence,
            occurred_at=NOW,
            reason="nobody's business",
            requested_by=7,
        )
        self.rows.append(event)
        return event

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """See ``RequestStore``."""
        self._ask()
        return [row for row in self.rows if row.sequence > after][:most]

    async def last_event(self) -> int:
        """See ``RequestStore``."""
        self._ask()
        return self.rows[-1].sequence if self.rows else 0

    async def get_many(self, request_ids: Collection[int]) -> Mapping[int, MediaRequest]:
        """See ``RequestStore``."""
        self._ask()
        return {
            row.request_id: MediaRequest(
                request_id=row.request_id,
                tmdb_id=row.tmdb_id,
                status=RequestStatus.APPROVED,
                is_4k=row.is_4k,
                created_at=NOW,
                updated_at=NOW,
                version=row.version,
            )
            for row in self.rows
            if row.request_id in request_ids
        }

    def _ask(self) -> None:
        self.reads += 1
        if self.trouble is not None:
            raise self.trouble
