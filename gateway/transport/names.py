"""Where names lead, asked apart from upstreams' names: a slow one must not keep those waiting."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeAlias, cast

_LOOKS_AT_ONCE: Final = 4

SocketAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
Found: TypeAlias = tuple[int, SocketAddress]
"""A family, and an address as sockets take it."""


class Resolver(Protocol):
    """Whoever knows where a name leads."""

    async def find(self, host: str, port: int) -> Sequence[Found]:
        """Its addresses, best first.

        Raises:
            OSError: It has none.
        """
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class SystemResolver:
    """The system's, in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKS_AT_ONCE, thread_name_prefix="names")

    async def find(self, host: str, port: int) -> Sequence[Found]:
        """Ask the system."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _ask, host, port)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask(host: str, port: int) -> Sequence[Found]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [(int(family), cast("SocketAddress", address)) for family, _, _, _, address in found]
