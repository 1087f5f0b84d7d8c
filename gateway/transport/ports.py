"""Which HTTP client carries the calls."""

from __future__ import annotations

from typing import Literal

from gateway.transport.pool import DEFAULT_POOL, PoolLimits
from gateway.transport.port import HttpPort
from gateway.transport.socket_port import SocketPort


def make_port(client: Literal["sockets", "httpx"], pool: PoolLimits = DEFAULT_POOL) -> HttpPort:
    """Make the client of one upstream; it opens nothing before its first call."""
    if client == "sockets":
        return SocketPort(pool)
    from gateway.transport.httpx_port import HttpxPort  # noqa: PLC0415 - 6 MB that few ever need

    return HttpxPort.over_network(pool)
