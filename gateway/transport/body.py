"""Bodies become plain bytes here, never more than the bound: a gzip bomb stops at it."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from gateway.transport.port import BodyTooLargeError, EncodingError

if TYPE_CHECKING:
    from zlib import _Decompress

ACCEPT_ENCODING = "gzip, deflate"
"""All that ``decode`` understands."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WBITS = 31
_ZLIB_WBITS = 15
_RAW_DEFLATE_WBITS = -15
_MAX_MEMBERS = 8
_ZLIB_METHOD = 8  # the low four bits of a zlib stream's first byte


async def collect(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    """Join chunks as they come; stop at the first byte too many."""
    found: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise BodyTooLargeError(f"more than {max_bytes} bytes")
        found.append(chunk)
    return found[0] if len(found) == 1 else b"".join(found)


def decode(raw: bytes, encoding: str, max_bytes: int) -> bytes:
    """Undo the content encoding.

    Raises:
        BodyTooLargeError: More than ``max_bytes`` would come out; they never exist.
        EncodingError: Cut, malformed, an encoding nobody asked for, or gzip that does not
            say so (an incident of TMDB's).
    """
    encoding = encoding.strip().lower()
    if not encoding or encoding == "identity":
        if raw.startswith(_GZIP_MAGIC):
            raise EncodingError("gzip bytes without Content-Encoding")
        return raw
    if not raw:
        return raw
    if encoding in ("gzip", "x-gzip"):
        return _inflate(raw, _GZIP_WBITS, max_bytes)
    if encoding == "deflate":
        wrapped = raw[0] & 0x0F == _ZLIB_METHOD
        return _inflate(raw, _ZLIB_WBITS if wrapped else _RAW_DEFLATE_WBITS, max_bytes)
    raise EncodingError("a content encoding that was not asked for")


def _inflate(raw: bytes, wbits: int, max_bytes: int) -> bytes:
    """Inflate every member; gzip may be concatenated, but not endlessly: that is a bomb too."""
    found = b""
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(wbits)
        found += _member(member, raw, max_bytes - len(found))
        raw = member.unused_data
        if not raw:
            return found
    raise EncodingError("too many compressed members")


def _member(member: _Decompress, raw: bytes, max_bytes: int) -> bytes:
    try:
        found = member.decompress(raw, max_bytes + 1)
    except zlib.error as exc:
        raise EncodingError("malformed compression") from exc
    if len(found) > max_bytes:
        raise BodyTooLargeError("too large when decoded")
    if not member.eof:
        raise EncodingError("compression cut short")
    return found
