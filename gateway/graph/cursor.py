"""Cursors: opaque, versioned, and bound to the list that they point into."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import cast

import orjson

from gateway.errors import BadUserInputError

_VERSION = 1
_LONGEST = 1024
_MOST = 2**31
_IDS = frozenset((int, str))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list.

    Args:
        position: Of the item it stands on, from 0.
        seen: Ids that came just before and must not come again.
    """

    position: int
    seen: tuple[int | str, ...] = ()


def binding(*parts: object) -> str:
    """Tell lists apart: a cursor of one must not be used in another."""
    return hashlib.blake2b(orjson.dumps([str(p) for p in parts]), digest_size=6).hexdigest()


def encode(cursor: Cursor, bound_to: str) -> str:
    """Write a cursor for clients."""
    return pack(bound_to, cursor.position, *cursor.seen)


def decode(text: str, bound_to: str) -> Cursor:
    """Read a cursor that a client sent.

    Raises:
        BadUserInputError: Not ours, or of a list with other arguments.
    """
    match unpack(text, bound_to):
        case [int(position), *rest] if 0 <= position < _MOST:
            if _IDS.issuperset(map(type, rest)):
                return Cursor(position, cast("tuple[int | str, ...]", tuple(rest)))
    raise foreign()


def pack(bound_to: str, *fields: int | str) -> str:
    """Write what a cursor holds."""
    raw = orjson.dumps([_VERSION, bound_to, *fields])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpack(text: str, bound_to: str) -> list[object]:
    """Read what a cursor holds.

    Raises:
        BadUserInputError: Not ours, or of a list with other arguments.
    """
    if not text.isascii() or len(text) > _LONGEST:
        raise foreign()
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        fields = orjson.loads(raw)
    except (binascii.Error, ValueError) as exc:
        raise foreign() from exc
    match fields:
        case [int(version), str(bound), *rest] if version == _VERSION:
            if bound != bound_to:
                raise BadUserInputError(
                    "This cursor belongs to a list with other arguments.", argument="after"
                )
            return rest
        case _:
            raise foreign()


def foreign() -> BadUserInputError:
    """Tell that a cursor is not one of ours."""
    return BadUserInputError("This cursor is not one that the graph gave out.", argument="after")
