"""What YouTube's errors mean: they share statuses, so the reason decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from gateway.errors import (
    QuotaExhaustedError,
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
)
from gateway.transport.gate import retry_after_s
from gateway.transport.port import HttpAnswer
from gateway.upstreams.youtube.client_quota import reset_in_s
from gateway.upstreams.youtube.wire import YouTubeError

_REFUSALS: Final = (400, 401, 403, 429)
_FORBIDDEN: Final = (401, 403)
_SPENT: Final = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_HURRIED: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_BAD_KEY: Final = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "PERMISSION_DENIED"})
_RATE_WAIT_S: Final = 1.0  # where YouTube names no wait; its window is a short one


def classify_at(now: Callable[[], datetime]) -> Callable[[HttpAnswer], UpstreamError | None]:
    """Make a judge of answers that reads the time from ``now`` (aware).

    The operation named in its errors is a placeholder: only the transport knows the real one.
    """

    def judge(answer: HttpAnswer) -> UpstreamError | None:
        if answer.status not in _REFUSALS:
            return None
        reasons = _reasons(answer.body)
        if reasons & _SPENT:
            wait_s = reset_in_s(now())
            return QuotaExhaustedError(
                "youtube", "answer", "the day's quota is spent", retry_after_s=wait_s
            )
        if reasons & _HURRIED:
            told_s = retry_after_s(answer.headers.get("retry-after"), now())
            wait_s = _RATE_WAIT_S if told_s is None else told_s
            return UpstreamRateLimitedError(
                "youtube", "answer", "too many calls", retry_after_s=wait_s
            )
        if reasons & _BAD_KEY or answer.status in _FORBIDDEN:
            return UpstreamUnauthorizedError("youtube", "answer", "the key is refused")
        if answer.status == _REFUSALS[0]:
            return UpstreamRejectedError("youtube", "answer", "the call is refused")
        return None

    return judge


def _reasons(body: bytes) -> frozenset[str]:
    try:
        error = YouTubeError.model_validate_json(body).error
    except ValueError:
        return frozenset()
    named = (cause.reason for cause in (*error.errors, *error.details))
    return frozenset(filter(None, (error.status, *named)))


classify = classify_at(lambda: datetime.now(UTC))
"""The judge by the real clock."""
