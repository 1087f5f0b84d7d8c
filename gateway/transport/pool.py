"""Settings of a connection pool, whichever client keeps it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """Which addresses to connect to; broken IPv6 is a known incident of TMDB's."""

    ANY = "any"
    IPV4 = "ipv4"
    IPV6 = "ipv6"

    @property
    def socket_family(self) -> socket.AddressFamily:
        """As sockets call it."""
        return _SOCKET_FAMILIES[self]


_SOCKET_FAMILIES = {
    Family.ANY: socket.AF_UNSPEC,
    Family.IPV4: socket.AF_INET,
    Family.IPV6: socket.AF_INET6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """How a port keeps connections.

    Attributes:
        max_connections: To one upstream; not below the calls' ``max_concurrency``.
        idle_s: An idle connection is closed after this; stay below the upstream's own
            limit (Seerr's is 5 s).
        connect_timeout_s: For TCP and TLS; the name counts to the whole try.
        family: Which addresses to use.
        max_body_bytes: Of one answer, decoded as well as raw.
    """

    max_connections: int = 64
    idle_s: float = 4.0
    connect_timeout_s: float = 2.0
    family: Family = Family.ANY
    max_body_bytes: int = 8 * 1024 * 1024


DEFAULT_POOL = PoolLimits()
