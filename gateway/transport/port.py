"""What the driver needs of an HTTP client: one exchange, whole and bounded, or one error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """A whole answer.

    Attributes:
        status: The HTTP status; redirects are answers too, never followed.
        headers: Names in lower case; repeated ones are joined by ``", "``
            (``set-cookie`` by a line break).
        body: Decoded and bounded.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class ExchangeError(Exception):
    """No whole answer; the message never holds a URL."""

    sent: ClassVar[bool] = True
    """Whether the upstream may have seen the call."""


class NotConnectedError(ExchangeError):
    """Refused, unresolved, no TLS, or no connection in time: the upstream saw nothing."""

    sent = False


class MalformedCallError(ExchangeError):
    """The client does not write such a call, for a line break in a header above all."""

    sent = False


class ConnectionLostError(ExchangeError):
    """Reset or closed before an answer began."""


class AnswerCutError(ExchangeError):
    """Lost in the middle of an answer."""


class ExchangeTimeoutError(ExchangeError):
    """Not whole in time, however steadily it dripped."""


class UnsentTimeoutError(ExchangeTimeoutError):
    """Not even connected in time."""

    sent = False


class BodyTooLargeError(ExchangeError):
    """More decoded bytes than we take."""


class EncodingError(ExchangeError):
    """Bytes that are not what their headers say."""


class HttpPort(Protocol):
    """A client of one kind; implementations differ in speed only."""

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        """Exchange one call for one whole answer.

        Args:
            method: In capitals, but not HEAD; only a GET may silently go out again when a
                kept connection turns out to be closed.
            url: Whole and percent-encoded already; sent as it is.
            headers: All of them but those the client owns (Host, Content-Length).
            body: What to send, if anything.
            timeout_s: For the whole exchange, from connecting to the last byte.

        Raises:
            ExchangeError: There was no whole answer.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection; the port is of no use afterwards."""
        ...
