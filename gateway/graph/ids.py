"""Global ids: opaque to clients, versioned, and never ambiguous between types."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.errors import BadUserInputError

_VERSION = "1"
_LOCAL = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_MOST = 2**31 - 1
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The type's name in the graph, and the parts that name one object of it."""

    type_name: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        """Encode; the encoding is nobody's business but ours."""
        return _encoded(self.type_name, self.parts)

    def number(self) -> int:
        """Read the only part as a positive number.

        Raises:
            BadUserInputError: It is none, so nobody was ever given this id.
        """
        if len(self.parts) != 1:
            raise malformed()
        return number_of(self.parts[0])


def global_id(type_name: str, *parts: int | str) -> str:
    """Name an object for clients."""
    return _encoded(type_name, map(str, parts))


def _encoded(type_name: str, parts: Iterable[str]) -> str:
    text = ":".join((_VERSION, type_name, *parts))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def number_of(part: str) -> int:
    """Read a part that is a positive number of 32 bits.

    Raises:
        BadUserInputError: It is none, so nobody was ever given this id.
    """
    if not _NUMBER.fullmatch(part) or int(part) > _MOST:
        raise malformed()
    return int(part)


def malformed(argument: str = "id") -> BadUserInputError:
    """Tell that an id is not one of ours."""
    return BadUserInputError("This id is not one that the graph has given out.", argument=argument)


def parse(text: str, *, expect: str | None = None) -> GlobalId:
    """Decode an id that a client sent.

    Args:
        text: What the client sent.
        expect: The only type that will do here, where there is one.

    Raises:
        BadUserInputError: Not ours, from another version, or of another type.
    """
    if len(text) > _LONGEST:
        raise malformed()
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (UnicodeError, binascii.Error, ValueError) as exc:
        raise malformed() from exc
    version, *rest = raw.split(":")
    if version != _VERSION or len(rest) < 2:  # noqa: PLR2004 - type and part
        raise malformed()
    if not all(_LOCAL.fullmatch(part) for part in rest):
        raise malformed()
    found = GlobalId(rest[0], tuple(rest[1:]))
    if str(found) != text:  # the same object must not have two ids
        raise malformed()
    if expect is not None and found.type_name != expect:
        raise BadUserInputError(
            f"This id names a {found.type_name}, a {expect} is needed.", argument="id"
        )
    return found
