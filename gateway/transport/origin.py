"""Where an upstream is, and how a connection to it comes about."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import aiohappyeyeballs
from aiohappyeyeballs import AddrInfoType

from gateway.transport.pool import PoolLimits
from gateway.transport.port import NotConnectedError

P = TypeVar("P", bound=asyncio.Protocol)

_NAMES_KEPT_S = 60.0
_NEXT_ADDRESS_S = 0.25  # RFC 8305: then the next one is tried beside a silent one


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A scheme, a host and a port.

    Attributes:
        host: The name or the address alone.
        port: Always told.
        is_tls: Whether it is https.
        text: Host and port as the URL spells them.
    """

    host: str
    port: int
    is_tls: bool
    text: str


class Dialler:
    """Opens connections to one origin; its addresses are looked up once a minute."""

    def __init__(self, origin: Origin, pool: PoolLimits) -> None:
        self._origin = origin
        self._pool = pool
        self._looking = asyncio.Lock()
        self._known: Sequence[AddrInfoType] = ()
        self._known_until_s = 0.0

    async def dial(self, protocol: Callable[[], P]) -> P:
        """Connect, TLS included.

        Raises:
            NotConnectedError: Unresolved, refused, not trusted, or not in time.
        """
        try:
            addresses = await self._addresses()
            async with asyncio.timeout(self._pool.connect_timeout_s):
                return await self._connected(addresses, protocol)
        except (OSError, UnicodeError, RuntimeError) as exc:  # uvloop's are not all OSErrors
            raise NotConnectedError("no connection") from exc

    async def _addresses(self) -> Sequence[AddrInfoType]:
        loop = asyncio.get_running_loop()
        if loop.time() < self._known_until_s:
            return self._known
        async with self._looking:  # a burst asks once
            if loop.time() >= self._known_until_s:
                self._known = await loop.getaddrinfo(
                    self._origin.host,
                    self._origin.port,
                    family=self._pool.family.socket_family,
                    type=socket.SOCK_STREAM,
                    proto=socket.IPPROTO_TCP,
                )
                self._known_until_s = loop.time() + _NAMES_KEPT_S
            return self._known

    async def _connected(self, addresses: Sequence[AddrInfoType], protocol: Callable[[], P]) -> P:
        origin = self._origin
        line = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=_NEXT_ADDRESS_S
        )
        try:
            _, made = await asyncio.get_running_loop().create_connection(
                protocol,
                sock=line,
                ssl=tls_context() if origin.is_tls else None,
                server_hostname=origin.host if origin.is_tls else None,
            )
        except BaseException:
            line.close()
            raise
        return made


@cache
def tls_context() -> ssl.SSLContext:
    """Whom we trust; made at the first call, because reading the certificates takes a while."""
    return ssl.create_default_context()
