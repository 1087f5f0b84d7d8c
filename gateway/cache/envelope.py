"""An entry as bytes in Redis: a fixed head, the tags' tokens, told tags, then the payload. Pure.

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
TOKEN_BYTES = 16  # two halves: an entry is gone without the first, outdated without the second
COMPRESS_ABOVE_BYTES = 1024
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024  # decoded; a bomb in Redis is a miss
_ZLIB_LEVEL = 1  # level 6 saves a tenth more and takes twice the time
_ABSENT, _COMPRESSED, _TOLD = 1, 2, 4
_HEAD = struct.Struct(">4sI8s8s4dBH")  # magic, checksum, key, mark, times, flags, tags
_MAGIC = b"mqe2"
_CHECKED_FROM = 8  # magic and checksum themselves are outside the checksum
_MARK_AT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An envelope whose head was read and whose checksum holds."""

    life: Lifetime
    mark: bytes
    tokens: tuple[bytes, ...]
    told: tuple[str, ...] | None  # the tags, where the slot does not know them
    payload: bytes | None  # None: the upstream says that there is none


def seal(
    key: str,
    payload: bytes | None,
    *,
    life: Lifetime,
    mark: bytes,
    tokens: tuple[bytes, ...],
    told: tuple[str, ...] | None = None,
) -> bytes:
    """Write an entry down; payloads above 1 KB are compressed."""
    flags, body = _ABSENT if payload is None else 0, payload or b""
    if len(body) > COMPRESS_ABOVE_BYTES:
        flags, body = flags | _COMPRESSED, zlib.compress(body, _ZLIB_LEVEL)
    names = b""
    if told is not None:
        flags, names = flags | _TOLD, "\n".join(told).encode()
        names = struct.pack(">I", len(names)) + names
    head = _HEAD.pack(_MAGIC, 0, _digest(key), mark, *life, flags, len(tokens))
    rest = b"".join((head[_CHECKED_FROM:], *tokens, names, body))
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
    tokens = tuple(raw[i : i + TOKEN_BYTES] for i in range(_HEAD.size, start, TOKEN_BYTES))
    told, start = _told(raw, start) if flags & _TOLD else (None, start)
    if told is not None and len(told) != tags:
        raise ValueError("its tags are not those of its tokens")
    body = raw[start:]
    return Sealed(
        life=Lifetime(*times),
        mark=mark,
        tokens=tokens,
        told=told,
        payload=None if flags & _ABSENT else _inflated(body) if flags & _COMPRESSED else body,
    )


def _told(raw: bytes, start: int) -> tuple[tuple[str, ...], int]:
    """Read the names of tags; and where they end."""
    end = start + 4
    length = int.from_bytes(raw[start:end], "big")
    names = raw[end : end + length].decode()  # a UnicodeDecodeError is a ValueError
    return tuple(names.split("\n")) if names else (), end + length


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
