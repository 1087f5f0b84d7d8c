"""``connectionParams``: header fields, for browsers' sockets cannot send any."""

from __future__ import annotations

from typing import Final

from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.strict_json import JsonObject
from gateway.edge.live.messages import Close, ClosingError

KNOWN: Final = frozenset({"authorization", "accept-language", "x-freshness", "x-deadline-ms"})
"""The others are the clients' own business."""
LONGEST: Final = 8192


def with_parameters(fields: Fields, sent: JsonObject) -> Fields:
    """The fields of the upgrade, and what the parameters say over them.

    Raises:
        ClosingError: A known one says nothing that a field could.
    """
    told: dict[bytes, bytes] = {}
    for name, value in sent.items():
        known = name.lower()
        if known not in KNOWN or value is None:
            continue
        if not isinstance(value, str) or not _is_field(value) or known.encode() in told:
            raise ClosingError(Close.BAD_MESSAGE, f"`{known}` must be one line of ASCII.")
        told[known.encode()] = value.encode("ascii")
    return {**fields, **told} if told else fields


def _is_field(value: str) -> bool:
    return len(value) <= LONGEST and value.isascii() and value.isprintable()
