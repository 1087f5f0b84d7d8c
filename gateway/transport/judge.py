"""What an answer, or the lack of one, means: by HTTP status first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from pydantic import ValidationError

from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    UpstreamContractError,
    UpstreamError,
    UpstreamOverloadedError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.transport.gate import retry_after_s
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    EncodingError,
    ExchangeError,
    ExchangeTimeoutError,
    HttpAnswer,
    MalformedCallError,
)

Classify: TypeAlias = Callable[[HttpAnswer], UpstreamError | None]
"""An upstream's own reading of its answers; ``None`` leaves it to the status."""

_UNAUTHORIZED = 401
_RATE_LIMITED = 429
_INERT = (
    CircuitOpenError,
    DeadlineExceededError,
    UpstreamOverloadedError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
)


def judge_answer(
    answer: HttpAnswer, upstream: str, operation: str, now: Callable[[], datetime]
) -> UpstreamError | None:
    """Turn a status other than 2xx into an error; redirects are refusals."""
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own classes
        return None
    if status == _UNAUTHORIZED:
        return UpstreamUnauthorizedError(upstream, operation, "refused our key")
    wait_s = retry_after_s(answer.headers.get("retry-after"), now())
    if status == _RATE_LIMITED:
        return UpstreamRateLimitedError(
            upstream, operation, "asked us to slow down", retry_after_s=wait_s
        )
    if status >= 500:  # noqa: PLR2004 - ditto
        return UpstreamUnavailableError(
            upstream, operation, f"answered {status}", retry_after_s=wait_s
        )
    return UpstreamRejectedError(upstream, operation, f"answered {status}")


def judge_exchange(exc: ExchangeError, upstream: str, operation: str) -> UpstreamError:
    """Turn a missing answer into an error; raise it ``from`` the exchange's."""
    if isinstance(exc, ExchangeTimeoutError):
        return UpstreamTimeoutError(upstream, operation, "gave no whole answer in time")
    if isinstance(exc, AnswerCutError | BodyTooLargeError | EncodingError):
        return UpstreamContractError(upstream, operation, str(exc))
    if isinstance(exc, MalformedCallError):
        return UpstreamRejectedError(upstream, operation, str(exc))
    detail = "lost the connection" if exc.sent else "could not be reached"
    return UpstreamUnavailableError(upstream, operation, detail)


def is_outage(exc: UpstreamError) -> bool:
    """Whether this counts against the upstream's health.

    An answer that is JSON but not what we expected does not: the upstream is up, and
    one odd film must not cut off all others.
    """
    if isinstance(exc, UpstreamContractError):
        cause = exc.__cause__
        return not isinstance(cause, ValidationError) or _is_no_json(cause)
    return isinstance(exc, UpstreamUnavailableError)


def is_jammed(exc: UpstreamError) -> bool:
    """Whether fewer calls at a time might help."""
    return exc.retry_after_s is not None or isinstance(
        exc, UpstreamTimeoutError | UpstreamRateLimitedError
    )


def is_worth_retrying(exc: UpstreamError) -> bool:
    """Whether the same read might succeed a moment later."""
    if isinstance(exc, _INERT) or not exc.retryable:
        return False
    return not isinstance(exc.__cause__, BodyTooLargeError)


def may_have_acted(exc: UpstreamError) -> bool:
    """Whether the upstream may have acted on the write that failed so.

    If it may, the write is neither failed nor done: look before trying again.
    """
    return not (exc.is_inert or is_unsent(exc) or isinstance(exc, _INERT))


def is_unsent(exc: UpstreamError) -> bool:
    """Whether the call failed before the upstream saw anything of it."""
    cause = exc.__cause__
    return isinstance(cause, ExchangeError) and not cause.sent


def _is_no_json(cause: ValidationError) -> bool:
    kinds = cause.errors(include_url=False, include_context=False, include_input=False)
    return any(found["type"] == "json_invalid" for found in kinds)
