"""An entry as bytes in Redis: a fixed head, the tags' tokens, then the payload. Pure.

The head names the key it was written under and a checksum over all the rest, so a cut value, a
foreign value or another caller's reply is found out before anyone sees it.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from hashlib import blake2b

from gateway.cache.entry import Lifetime

MARK_BYTES = 8
TOKEN_BYTES = 8
COMPRESS_ABOVE_BYTES = 1024
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024  # decoded; a bomb in Redis is a miss
_ZLIB_LEVEL = 1  # level 6 saves a tenth more and takes twice the time
_ABSENT, _COMPRESSED = 1, 2
_HEAD = struct.Struct(">4sI8s8s4dBB")  # magic, checksum, key, mark, times, flags, tags
_MAGIC = b"mqe1"
_CHECKED_FROM = 8  # magic and checksum themselves are outside the checksum
_MARK_AT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An envelope whose head was read and whose checksum holds."""

    life: Lifetime
    mark: bytes
    tokens: tuple[bytes, ...]
    payload: bytes | None  # None: the upstream says that there is none


def seal(
    key: str, payload: bytes | None, *, life: Lifetime, mark: bytes, tokens: tuple[bytes, ...]
) -> bytes:
    """Write an entry down; payloads above 1 KB are compressed."""
    flags, body = _ABSENT if payload is None else 0, payload or b""
    if len(body) > COMPRESS_ABOVE_BYTES:
        flags, body = flags | _COMPRESSED, zlib.compress(body, _ZLIB_LEVEL)
    times = (life.stored_at, life.fresh_until, life.unasked_until, life.stale_until)
    head = _HEAD.pack(_MAGIC, 0, _digest(key), mark, *times, flags, len(tokens))
    rest = b"".join((head[_CHECKED_FROM:], *tokens, body))
    return _MAGIC + struct.pack(">I", zlib.crc32(rest)) + rest


def mark_of(raw: bytes) -> bytes:
    """The mark in the head, read without looking at the rest."""
    return raw[_MARK_AT : _MARK_AT + MARK_BYTES]


def unseal(key: str, raw: bytes) -> Sealed:
    """Read an envelope.

    Raises:
        ValueError: These are not bytes that ``seal`` wrote under this key.
    """
    if len(raw) < _HEAD.size:
        raise ValueError("too short for an entry")
    magic, checksum, digest, mark, *times, flags, tags = _HEAD.unpack_from(raw)
    if magic != _MAGIC or digest != _digest(key) or zlib.crc32(raw[_CHECKED_FROM:]) != checksum:
        raise ValueError("not an entry of this key")
    start = _HEAD.size + tags * TOKEN_BYTES
    if start > len(raw):
        raise ValueError("its tags are cut")
    tokens = raw[_HEAD.size : start]
    body = raw[start:]
    return Sealed(
        life=Lifetime(
            stored_at=times[0],
            fresh_until=times[1],
            unasked_until=times[2],
            stale_until=times[3],
        ),
        mark=mark,
        tokens=tuple(tokens[i : i + TOKEN_BYTES] for i in range(0, len(tokens), TOKEN_BYTES)),
        payload=None if flags & _ABSENT else _inflated(body) if flags & _COMPRESSED else body,
    )


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=8).digest()


def _inflated(body: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        payload = inflater.decompress(body, MAX_PAYLOAD_BYTES)
    except zlib.error as exc:
        raise ValueError("does not inflate") from exc
    if not inflater.eof:
        raise ValueError("cut, or larger than any payload")
    return payload
