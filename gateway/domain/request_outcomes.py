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
    Created | Duplicate | QuotaExceeded | Blocklisted | NotPermitted | KeyReused
)
DecideOutcome: TypeAlias = Changed | Conflict | NotFound | NotPermitted | KeyReused
CancelOutcome: TypeAlias = Cancelled | Conflict | NotFound | NotPermitted | KeyReused
Outcome: TypeAlias = CreateOutcome | DecideOutcome | CancelOutcome
