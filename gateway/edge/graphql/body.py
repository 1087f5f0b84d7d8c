"""Reads a request's body, never more of it and never for longer than the limits allow."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Final

from starlette.types import Message, Receive

from gateway.edge.begun import Begun
from gateway.edge.graphql.fields import Fields, declared_bytes
from gateway.edge.graphql.negotiation import JSON, UTF_8, parse_media_range
from gateway.edge.graphql.refusal import RefusalCode, RefusedError

PATIENCE_S: Final = 10.0
"""Enough for the largest body over a bad line; who needs longer holds a connection, no more."""


async def read_json_body(
    fields: Fields, receive: Receive, max_body_bytes: int, *, patience_s: float = PATIENCE_S
) -> bytes:
    """Check the headers that describe the body, then read it.

    Args:
        fields: Of the request.
        receive: The server's; nothing was read yet.
        max_body_bytes: Most that is taken.
        patience_s: For the whole body, however steadily it drips.

    Raises:
        RefusedError: Not plain JSON, too long, too slow, or cut short.
    """
    _check_type(fields)
    return await read_body(fields, receive, max_body_bytes, patience_s=patience_s)


async def read_body(
    fields: Fields, receive: Receive, max_body_bytes: int, *, patience_s: float = PATIENCE_S
) -> bytes:
    """Read a body of whatever type.

    Raises:
        RefusedError: Compressed, too long, too slow, or cut short.
    """
    _check_encoding(fields)
    if declared_bytes(fields) > max_body_bytes:
        raise _too_large(max_body_bytes)
    first = Begun(receive())
    if first.is_done:
        message = first.result
        body: bytes = message.get("body", b"")
        if _is_last(message) and len(body) <= max_body_bytes:
            return body
    try:
        async with asyncio.timeout(patience_s):
            return await _rest(await first, receive, max_body_bytes)
    except TimeoutError as exc:
        raise RefusedError(
            RefusalCode.REQUEST_TIMEOUT,
            f"The body was not whole after {patience_s:g} s.",
            Connection="close",
        ) from exc


async def _rest(message: Message, receive: Receive, max_body_bytes: int) -> bytes:
    pieces = bytearray(message.get("body", b""))
    while not _is_last(message) and len(pieces) <= max_body_bytes:
        message = await receive()
        pieces += message.get("body", b"")
    if len(pieces) > max_body_bytes:
        raise _too_large(max_body_bytes)
    return bytes(pieces)


def _is_last(message: Message) -> bool:
    if message["type"] == "http.disconnect":
        raise RefusedError(RefusalCode.BAD_REQUEST, "The body was cut short.")
    return not message.get("more_body", False)


def _check_type(fields: Fields) -> None:
    """Refuse what a form could send from a foreign page, hence also cross-site forgery."""
    if not _is_json(fields.get(b"content-type", b"")):
        raise RefusedError(
            RefusalCode.UNSUPPORTED_MEDIA_TYPE,
            f"Send the body as {JSON} in UTF-8.",
            Accept_Post=JSON,
        )


def _check_encoding(fields: Fields) -> None:
    encoding = fields.get(b"content-encoding")
    if encoding is not None and encoding.strip().lower() != b"identity":
        raise RefusedError(
            RefusalCode.UNSUPPORTED_CONTENT_ENCODING,
            "Send the body uncompressed.",
            Accept_Encoding="identity",
        )


@lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    sent = parse_media_range(content_type.decode("latin-1"))
    return sent.kind == JSON and (sent.charset or "utf-8") in UTF_8


def _too_large(max_body_bytes: int) -> RefusedError:
    # The rest of the body is not read, so the connection cannot be used again.
    return RefusedError(
        RefusalCode.PAYLOAD_TOO_LARGE,
        f"The body is longer than {max_body_bytes} bytes.",
        Connection="close",
    )
