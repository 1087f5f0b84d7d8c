"""Cursors: opaque, versioned, and bound to the list that they point into."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

import orjson

from gateway.errors import BadUserInputError

_VERSION = 1
_LONGEST = 1024


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
    raw = orjson.dumps([_VERSION, bound_to, cursor.position, *cursor.seen])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, bound_to: str) -> Cursor:
    """Read a cursor that a client sent.

    Raises:
        BadUserInputError: Not ours, or of a list with other arguments.
    """
    wrong = BadUserInputError("This cursor is not one that the graph gave out.", argument="after")
    if not text.isascii() or len(text) > _LONGEST:
        raise wrong
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        fields = orjson.loads(raw)
    except (binascii.Error, ValueError) as exc:
        raise wrong from exc
    match fields:
        case [int(version), str(bound), int(position), *seen] if version == _VERSION:
            if bound != bound_to:
                raise BadUserInputError(
                    "This cursor belongs to a list with other arguments.", argument="after"
                )
            if not 0 <= position < 2**31 or not all(isinstance(s, int | str) for s in seen):
                raise wrong
            return Cursor(position, tuple(seen))
        case _:
            raise wrong
