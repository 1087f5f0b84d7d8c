"""What a store of requests answers to a write: what it did, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.request import MediaRequest
from gateway.domain.request_quota import Quota


@dataclass(frozen=True, slots=True)
class Created:
    """It stands; ``created`` is ``False`` where the same person had asked before."""

    request: MediaRequest
    created: bool = True


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody else has asked for this film on this track."""

    existing: MediaRequest


@dataclass(frozen=True, slots=True)
class QuotaExceeded:
    """The person has made as many requests as they may."""

    quota: Quota


@dataclass(frozen=True, slots=True)
class Blocklisted:
    """Nobody may ask for this film."""

    tmdb_id: int


@dataclass(frozen=True, slots=True)
class MovieUnknown:
    """The store cannot find this film at TMDB."""

    tmdb_id: int


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """It was asked for, and the answer got lost: it stands, or may yet; it is not a failure.

    Asking again, with the same key or none, never makes a second one: it tells how it stands.

    Attributes:
        request: As it would be; ``UNKNOWN``, and numbered 0 because nobody knows its number.
    """

    request: MediaRequest


@dataclass(frozen=True, slots=True)
class Rejected:
    """The store refuses for a reason of its own, which nobody here knows."""

    message: str


@dataclass(frozen=True, slots=True)
class NotPermitted:
    """The person may not do this at all, whatever state the request is in."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The step was taken; this is the request after it."""

    request: MediaRequest


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The request is gone; this is what it was."""

    request: MediaRequest


@dataclass(frozen=True, slots=True)
class Conflict:
    """The request is not in a state for this step, or changed since the caller looked."""

    current: MediaRequest


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such request, or no longer."""

    request_id: int


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key came with something else before."""


CreateOutcome: TypeAlias = (
    Created
    | Unconfirmed
    | Duplicate
    | QuotaExceeded
    | Blocklisted
    | MovieUnknown
    | NotPermitted
    | Rejected
    | KeyReused
)
DecideOutcome: TypeAlias = Changed | Conflict | NotFound | NotPermitted | Rejected | KeyReused
CancelOutcome: TypeAlias = Cancelled | Conflict | NotFound | NotPermitted | Rejected | KeyReused
Outcome: TypeAlias = CreateOutcome | DecideOutcome | CancelOutcome
