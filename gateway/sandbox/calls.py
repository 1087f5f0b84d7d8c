"""What came in, kept raw, so that a test can assert on the very bytes sent."""

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_NUMBERS = itertools.count(1)
_KEPT_CALLS: Final = 20_000
_SECRET_HEADERS: Final = frozenset({"authorization", "x-api-key", "x-goog-api-key", "cookie"})
_SECRET_QUERY: Final = re.compile(r"(?i)(^|&)((?:api_?key|key|token)=)[^&]*")


@dataclass(slots=True)
class Call:
    """One raw request.

    Attributes:
        method: Upper case.
        path: As sent, below the API's base path.
        query: Raw query string, still percent-encoded.
        headers: Lower-cased names; the last of a repeated header.
        route: Template such as ``/movie/{id}``, or ``(unknown)``.
        status: What was answered; 0 while nothing was.
        body: Request body as far as it was read.
        number: Rising over all upstreams of this process: the order of arrival.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    route: str
    status: int = 0
    body: bytes = b""
    number: int = field(default_factory=_NUMBERS.__next__)

    def redacted(self) -> dict[str, object]:
        """For people's eyes: no secrets, no body."""
        return {
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": _SECRET_QUERY.sub(r"\1\2REDACTED", self.query),
            "headers": {
                name: "REDACTED" if name in _SECRET_HEADERS else value
                for name, value in self.headers.items()
            },
            "route": self.route,
            "status": self.status,
        }


class CallLog:
    """Calls of one upstream: the newest in full, all of them in the counts."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.routes: Counter[str] = Counter()

    def add(self, call: Call) -> None:
        """Keep it; long loads push the oldest out, never the counts."""
        self.routes[call.route] += 1
        self.calls.append(call)
        if len(self.calls) > _KEPT_CALLS:
            del self.calls[: _KEPT_CALLS // 2]

    def clear(self) -> None:
        """Forget everything."""
        self.calls.clear()
        self.routes.clear()

    def counts(self) -> dict[str, object]:
        """Total, and by route template."""
        return {"total": self.routes.total(), "routes": dict(sorted(self.routes.items()))}
