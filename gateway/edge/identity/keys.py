"""What an API key looks like, and what is kept of it; pure."""

from __future__ import annotations

import hmac
import re
import secrets
import string
import zlib
from typing import Final

PREFIX: Final = "mq_"
"""By which people and secret scanners know one."""
ENTROPY_BYTES: Final = 32

_DIGITS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BODY: Final = 43  # digits of 256 bits
_SUM: Final = 6  # digits of 32 bits
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_BODY + _SUM}}}")


def new_key() -> str:
    """A key that nobody has."""
    return written(secrets.token_bytes(ENTROPY_BYTES))


def written(entropy: bytes) -> str:
    """256 bits as a key: letters and digits, so that a double click takes all of it."""
    body = PREFIX + _in_digits(int.from_bytes(entropy, "big"), _BODY)
    return body + _sum_of(body)


def is_whole(text: str) -> bool:
    """Whether it is a key that was neither cut nor mistyped; costs no look-up."""
    if _SHAPE.fullmatch(text) is None:
        return False
    return text[-_SUM:] == _sum_of(text[:-_SUM])


def digest(secret: bytes, key: str) -> bytes:
    """What is kept of a key: without the secret it is of no use to whoever steals it."""
    return hmac.digest(secret, key.encode("ascii"), "sha256")


def new_id() -> str:
    """A name for a key that tells nothing of it."""
    return "".join(secrets.choice(_DIGITS) for _ in range(12))


def _sum_of(body: str) -> str:
    return _in_digits(zlib.crc32(body.encode("ascii")), _SUM)


def _in_digits(number: int, width: int) -> str:
    found = []
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        found.append(_DIGITS[digit])
    return "".join(reversed(found))
