"""The answer to an operation that was sent away: small, and made without the web framework."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Final

import orjson
from starlette.types import Send

from gateway.edge.gate import ShedError

CODE: Final = "OVERLOADED"
LEAST_S: Final = 1.0
MOST_S: Final = 30.0


async def send_shed(shed: ShedError, media_type: str, send: Send) -> None:
    """Answer 503, in the only shape that a GraphQL client has to know."""
    wait_s = min(MOST_S, max(LEAST_S, shed.retry_after_s))
    extensions = {"code": CODE, "retryable": True, "retryAfterMs": round(wait_s * 1000)}
    body = orjson.dumps({"errors": [{"message": str(shed), "extensions": extensions}]})
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode("ascii")),
        (b"content-length", b"%d" % len(body)),
        (b"retry-after", b"%d" % math.ceil(wait_s)),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept"),
        (b"x-content-type-options", b"nosniff"),
    ]
    status = HTTPStatus.SERVICE_UNAVAILABLE.value
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
