"""What happened to requests, in the order in which it became true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.request import RequestStatus, User


class RequestEventKind(Enum):
    """What happened."""

    CREATED = "CREATED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    RETRIED = "RETRIED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    COMPLETED = "COMPLETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent:
    """One change, written together with it.

    Attributes:
        sequence: Grows in the order in which changes became visible: whoever has read up to one
            has missed none below it. There may be gaps.
        event_id: The same in every delivery, for receivers that want each once.
        status: Of the request after the change; ``None`` when it is gone.
        actor: Who did it; ``None`` for machines, and for accounts that are gone.
        reason: What the actor wrote.
        requested_by: The user whose request it is, or was; ``None`` where that is not known.
    """

    sequence: int
    event_id: str
    kind: RequestEventKind
    request_id: int
    tmdb_id: int
    is_4k: bool
    status: RequestStatus | None
    version: int
    occurred_at: datetime
    actor: User | None = None
    reason: str | None = None
    requested_by: int | None = None
