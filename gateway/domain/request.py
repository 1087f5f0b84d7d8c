"""A wish for a film, and how far it got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class RequestStatus(Enum):
    """What was decided on a request."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    FAILED = "FAILED"
    COMPLETED = "COMPLETED"
    UNKNOWN = "UNKNOWN"


class Availability(Enum):
    """Whether the film can be played at home."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    PARTIALLY_AVAILABLE = "PARTIALLY_AVAILABLE"
    AVAILABLE = "AVAILABLE"
    BLOCKLISTED = "BLOCKLISTED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person; never their e-mail address."""

    user_id: int
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRequest:
    """One person's request for one film on one track (HD or 4K).

    Attributes:
        reason: What whoever declined it wrote.
        version: Counts the changes; a decision may name the one it was made on.
    """

    request_id: int
    tmdb_id: int
    status: RequestStatus
    is_4k: bool
    created_at: datetime
    updated_at: datetime
    availability: Availability = Availability.UNKNOWN
    requested_by: User | None = None
    decided_by: User | None = None
    reason: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaState:
    """How far a film got in the library, by track."""

    tmdb_id: int
    availability: Availability = Availability.UNKNOWN
    availability_4k: Availability = Availability.UNKNOWN
