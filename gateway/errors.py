"""The whole error tree; every error a client can see has a code from a closed list."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class GatewayError(Exception):
    """Anything the gateway refuses or cannot do; its message is safe to show."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"

    @property
    def extensions(self) -> dict[str, object]:
        """What GraphQL puts beside the message; graphql-core reads this attribute."""
        return {"code": self.code}


class ConfigError(GatewayError):
    """A setting stops the start; the message names the variable."""

    code = "CONFIG"


class QueryRejectedError(GatewayError):
    """The operation was refused before it ran: depth, cost, size."""

    code = "QUERY_REJECTED"


class LimitCode(StrEnum):
    """By which limit an operation was refused; clients switch on it, so none is ever renamed."""

    DOCUMENT_TOO_LONG = "DOCUMENT_TOO_LONG"
    TOO_MANY_TOKENS = "TOO_MANY_TOKENS"
    TOO_MANY_DEFINITIONS = "TOO_MANY_DEFINITIONS"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    TOO_MANY_FIELDS = "TOO_MANY_FIELDS"
    TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
    TOO_MANY_DIRECTIVES = "TOO_MANY_DIRECTIVES"
    TOO_MANY_REPEATS = "TOO_MANY_REPEATS"
    LITERAL_TOO_LARGE = "LITERAL_TOO_LARGE"
    VARIABLES_TOO_LARGE = "VARIABLES_TOO_LARGE"
    TOO_MANY_OBJECTS = "TOO_MANY_OBJECTS"
    TOO_MANY_REPRESENTATIONS = "TOO_MANY_REPRESENTATIONS"
    QUERY_TOO_EXPENSIVE = "QUERY_TOO_EXPENSIVE"


class LimitError(QueryRejectedError):
    """The operation is larger than it may be.

    Args:
        limit: Which limit.
        message: What there is too much of, and what to change.
        most: What is allowed.
    """

    def __init__(self, limit: LimitCode, message: str, *, most: int) -> None:
        super().__init__(message)
        self.limit = limit
        self.most = most

    @property
    def extensions(self) -> dict[str, object]:
        """The limit's own code, and what it allows."""
        return {"code": self.limit.value, "limit": self.most}


class BadUserInputError(GatewayError):
    """An argument that the schema's types cannot refuse: a foreign cursor, a page of 1000."""

    code = "BAD_USER_INPUT"

    def __init__(self, message: str, *, argument: str | None = None) -> None:
        super().__init__(message)
        self.argument = argument

    @property
    def extensions(self) -> dict[str, object]:
        """Code, and the argument at fault where it is one."""
        found = super().extensions
        return found if self.argument is None else {**found, "argument": self.argument}


class EventsMissedError(GatewayError):
    """A subscriber was too slow: what waited for it was dropped, and it goes on behind that.

    Args:
        missed: Events that it did not get.
        after: Cursor behind which they are.
    """

    code = "EVENTS_MISSED"

    def __init__(self, missed: int, *, after: str) -> None:
        super().__init__(f"{missed} events were missed: they came faster than they were read.")
        self.missed = missed
        self.after = after

    @property
    def extensions(self) -> dict[str, object]:
        """How many, and where to find them."""
        return {**super().extensions, "missed": self.missed, "after": self.after}


class UpstreamError(GatewayError):
    """An upstream gave no usable answer.

    Args:
        upstream: Its name in the registry, such as ``tmdb``.
        operation: The client method at fault, such as ``movie``.
        detail: One safe clause for people; never a URL, a body or a secret.
        retry_after_s: When to try again, where that is known.
        is_inert: It has surely done nothing.
    """

    code = "UPSTREAM_UNAVAILABLE"
    retryable: ClassVar[bool] = True

    def __init__(
        self,
        upstream: str,
        operation: str,
        detail: str = "gave no usable answer",
        *,
        retry_after_s: float | None = None,
        is_inert: bool = False,
    ) -> None:
        super().__init__(f"{upstream}: {operation}: {detail}")
        self.upstream = upstream
        self.is_inert = is_inert
        self.operation = operation
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def extensions(self) -> dict[str, object]:
        """Code, upstream, retryable and, where known, the wait in milliseconds."""
        found: dict[str, object] = {
            "code": self.code,
            "upstream": self.upstream,
            "retryable": self.retryable,
        }
        if self.retry_after_s is not None:
            found["retryAfterMs"] = max(0, round(self.retry_after_s * 1000))
        return found


class UpstreamUnavailableError(UpstreamError):
    """Refused, reset, 5xx, or an outage we already know of."""


class UpstreamTimeoutError(UpstreamUnavailableError):
    """No whole answer within the time this call had."""

    code = "UPSTREAM_TIMEOUT"


class CircuitOpenError(UpstreamUnavailableError):
    """Not sent: the upstream failed too often a moment ago."""

    code = "CIRCUIT_OPEN"


class DeadlineExceededError(UpstreamUnavailableError):
    """Not sent: the operation's own time was up."""

    code = "DEADLINE_EXCEEDED"


class UpstreamOverloadedError(UpstreamUnavailableError):
    """Not sent: too many calls already wait for this upstream."""

    code = "OVERLOADED"


class UpstreamRateLimitedError(UpstreamError):
    """The upstream asked us to slow down."""

    code = "UPSTREAM_RATE_LIMITED"


class QuotaExhaustedError(UpstreamRateLimitedError):
    """A budget is spent until it resets; waiting a little does not help."""

    code = "QUOTA_EXHAUSTED"


class UpstreamRejectedError(UpstreamError):
    """The upstream refuses this very call; sending it again cannot help."""

    retryable = False


class UpstreamUnauthorizedError(UpstreamRejectedError):
    """Our key is refused: a matter for whoever runs the gateway."""


class UpstreamContractError(UpstreamError):
    """An answer we cannot read: cut, malformed, of the wrong type, too large."""

    code = "UPSTREAM_BAD_RESPONSE"
