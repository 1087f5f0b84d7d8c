"""A request's header fields, read once and without decoding them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from gateway.edge.graphql.refusal import RefusalCode, RefusedError

Fields: TypeAlias = Mapping[bytes, bytes]
"""By lower-case name; what was sent in several lines is joined as RFC 9110 (5.3) has it."""

MOST_LINES: Final = 100
_MILLISECONDS: Final = re.compile(rb"[1-9][0-9]{0,6}")
_DIGITS: Final = re.compile(rb"[0-9]{1,18}")


def read_fields(lines: Sequence[tuple[bytes, bytes]]) -> Fields:
    """Index them by name.

    Raises:
        RefusedError: More of them than any client has reason to send.
    """
    found = dict(lines)
    if len(found) == len(lines):
        if len(found) <= MOST_LINES:
            return found
    elif len(lines) <= MOST_LINES:
        return _joined(lines)
    raise RefusedError(
        RefusalCode.HEADERS_TOO_LARGE, f"Send at most {MOST_LINES} headers.", Connection="close"
    )


def _joined(sent: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    values: dict[bytes, list[bytes]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value)
    return {name: b", ".join(each) for name, each in values.items()}


def deadline_s(fields: Fields, most_s: float) -> float:
    """The gateway's deadline, or less where the client has less time; nonsense is ignored."""
    asked = fields.get(b"x-deadline-ms")
    if asked is None or _MILLISECONDS.fullmatch(asked) is None:
        return most_s
    return min(most_s, int(asked) / 1000)


def shows_everything(fields: Fields) -> bool:
    """Whether ``X-Freshness`` asks where every part of the answer comes from."""
    return fields.get(b"x-freshness", b"").strip().lower() == b"all"


def declared_bytes(fields: Fields) -> int:
    """Length of the body as its head tells; 0 if it does not."""
    declared = fields.get(b"content-length")
    return int(declared) if declared is not None and _DIGITS.fullmatch(declared) else 0
