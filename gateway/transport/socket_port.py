"""The hot client: HTTP/1.1 on the loop's own sockets, read by llhttp."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from gateway.transport.lines import Lines
from gateway.transport.pool import DEFAULT_POOL, PoolLimits
from gateway.transport.port import HttpAnswer, NotConnectedError
from gateway.transport.written import origin_of, split, write


class SocketPort:
    """``HttpPort`` that does what an upstream call needs and no more.

    No redirects, cookies, proxies or protocol upgrades; HTTP/2 does not pay here. It belongs to
    the loop of its first call; until then nothing is open.
    """

    def __init__(self, pool: PoolLimits = DEFAULT_POOL) -> None:
        self._pool = pool
        self._origins: dict[str, Lines] = {}
        self._closed = False

    @property
    def busy(self) -> int:
        """Exchanges under way."""
        return sum(lines.busy for lines in self._origins.values())

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        """See ``HttpPort.send``."""
        if self._closed:
            raise NotConnectedError("the gateway is closing")
        prefix, target = split(url)
        lines = self._origins.get(prefix) or self._meet(prefix)
        call = write(method, target, lines.origin.text, headers, body)
        ends_at_s = asyncio.get_running_loop().time() + timeout_s
        if method == "GET":
            return await lines.read(call, ends_at_s)
        return await lines.write(call, ends_at_s)

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        await asyncio.gather(*(lines.aclose() for lines in self._origins.values()))

    def _meet(self, prefix: str) -> Lines:
        lines = self._origins[prefix] = Lines(origin_of(prefix), self._pool)
        return lines
