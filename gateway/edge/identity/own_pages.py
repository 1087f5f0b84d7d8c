"""Whether a browser sends a request for one of our own pages; pure.

A cookie goes with whatever a browser sends here, a foreign page's doings included: only what our
own pages send, and a person's way to them, may count as somebody's.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from gateway.edge.graphql.fields import Fields

_OURS: Final = frozenset({b"same-origin", b"none"})
_PORTS: Final = {"http": 80, "https": 443}


def is_own(fields: Fields) -> bool:
    """Whether it is ours, or a person follows a link to us.

    A browser that tells of the site is believed: no script can change that. Others, and all over
    plain HTTP, tell the origin of whatever is no mere link.
    """
    site = fields.get(b"sec-fetch-site")
    if site is not None:
        return site in _OURS or _is_link(fields)
    origin = fields.get(b"origin")
    return origin is None or is_host(origin, fields.get(b"host", b""))


def _is_link(fields: Fields) -> bool:
    """A form's POST names its origin, a link does not."""
    return fields.get(b"sec-fetch-mode") == b"navigate" and b"origin" not in fields


def is_host(origin: bytes, host: bytes) -> bool:
    """Whether an origin is at the host that was asked; ``null`` is nobody."""
    try:
        found = urlsplit(origin.decode("ascii").lower())
        asked = urlsplit(f"//{host.decode('ascii').lower()}")
        usual = _PORTS.get(found.scheme)
        same_port = (found.port or usual) == (asked.port or usual)
    except ValueError:
        return False
    return usual is not None and found.hostname == asked.hostname and same_port
