"""Reads a request's body, never more of it and never for longer than the limits allow."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

from gateway.web.negotiation import JSON, UTF_8, parse_media_range
from gateway.web.refusal import RefusalCode, RefusedError

PATIENCE_S: Final = 10.0
"""Enough for the largest body over a bad line; who needs longer holds a connection, no more."""


async def read_json_body(
    request: Request, max_body_bytes: int, *, patience_s: float = PATIENCE_S
) -> bytes:
    """Check the headers that describe the body, then read it.

    Args:
        request: Its body is not read yet.
        max_body_bytes: Most that is taken.
        patience_s: For the whole body, however steadily it drips.

    Raises:
        RefusedError: Not plain JSON, too long, too slow, or cut short.
    """
    _check_type(request)
    if _declared_bytes(request) > max_body_bytes:
        raise _too_large(max_body_bytes)
    try:
        async with asyncio.timeout(patience_s):
            return await _read(request, max_body_bytes)
    except ClientDisconnect as exc:
        raise RefusedError(RefusalCode.BAD_REQUEST, "The body was cut short.") from exc
    except TimeoutError as exc:
        raise RefusedError(
            RefusalCode.REQUEST_TIMEOUT,
            f"The body was not whole after {patience_s:g} s.",
            Connection="close",
        ) from exc


async def _read(request: Request, max_body_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_body_bytes:
            raise _too_large(max_body_bytes)
    return bytes(body)


def _check_type(request: Request) -> None:
    """Refuse what a form could send from a foreign page, hence also cross-site forgery."""
    sent = parse_media_range(request.headers.get("content-type", ""))
    if sent.kind != JSON or (sent.charset or "utf-8") not in UTF_8:
        raise RefusedError(
            RefusalCode.UNSUPPORTED_MEDIA_TYPE,
            f"Send the body as {JSON} in UTF-8.",
            Accept_Post=JSON,
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RefusedError(
            RefusalCode.UNSUPPORTED_CONTENT_ENCODING,
            "Send the body uncompressed.",
            Accept_Encoding="identity",
        )


def _declared_bytes(request: Request) -> int:
    declared = request.headers.get("content-length", "0")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _too_large(max_body_bytes: int) -> RefusedError:
    # The rest of the body is not read, so the connection cannot be used again.
    return RefusedError(
        RefusalCode.PAYLOAD_TOO_LARGE,
        f"The body is longer than {max_body_bytes} bytes.",
        Connection="close",
    )
