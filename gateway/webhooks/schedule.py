"""What follows from a try that failed: when the next one is, and when there is none; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.webhook import Delivery, Endpoint, Failure

PAUSES_S: Final = (5, 30, 120, 600, 3600, 21_600, 86_400, 86_400, 86_400)
"""After each failed try of a delivery; together more than ``PATIENCE``. Then it is given up."""
JITTER: Final = 0.2
"""Each pause is longer by up to this share, so that tries which failed together part."""
PATIENCE: Final = timedelta(days=3)
"""Of failures alone, after which an endpoint is told nothing any more."""
LONGEST_WISH_S: Final = 86_400.0
"""Of those that a receiver may utter by ``Retry-After``."""
GONE: Final = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A try that failed.

    Attributes:
        problem: In a few words, without a URL.
        status: Of the answer, if there was one.
        retry_after_s: What the receiver wished for.
    """

    problem: str
    status: int | None = None
    retry_after_s: float | None = None


def is_success(status: int) -> bool:
    """Whether a status says that the delivery arrived; a redirect does not."""
    return 200 <= status < 300  # noqa: PLR2004 - HTTP's own class


def pause_s(failed_before: int, die: float) -> float | None:
    """How long to wait after one more failure; ``None`` if it was the last.

    Args:
        failed_before: Tries of the same delivery that failed before this one.
        die: In [0, 1).
    """
    if failed_before >= len(PAUSES_S):
        return None
    return PAUSES_S[failed_before] * (1 + JITTER * die)


def consequence(
    setback: Setback, delivery: Delivery, endpoint: Endpoint, *, now: datetime, die: float
) -> Failure:
    """What to write down of a failed try.

    A delivery to an endpoint that is disabled is not given up: it goes on when that is enabled.
    """
    why = _why_disable(setback, endpoint, now)
    wait_s = pause_s(delivery.attempts, die)
    if wait_s is None and why is not None:
        wait_s = 0.0
    if wait_s is not None and setback.retry_after_s is not None:
        wait_s = max(wait_s, min(setback.retry_after_s, LONGEST_WISH_S))
    return Failure(
        problem=setback.problem,
        status_code=setback.status,
        again_at=None if wait_s is None else now + timedelta(seconds=wait_s),
        disable_why=why,
    )


def _why_disable(setback: Setback, endpoint: Endpoint, now: datetime) -> str | None:
    if setback.status == GONE:
        return "it answered 410 Gone"
    since = endpoint.failing_since
    if since is not None and now - since >= PATIENCE:
        return f"every try failed for {PATIENCE.days} days"
    return None
