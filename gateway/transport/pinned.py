"""Calls to addresses that others have chosen: looked up once, looked at, and no other one called.

Between the look and the call no name is asked again, so a name that changes its answer gains
nothing. Redirects are answers, an answer's body is let pass, no connection is used twice, and
proxies of the environment are not asked.
"""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Final

from gateway.transport.clock import Clock
from gateway.transport.heard import Heard, Hearer
from gateway.transport.names import Found, Resolver, SystemResolver
from gateway.transport.origin import Origin, tls_context
from gateway.transport.port import ExchangeTimeoutError, NotConnectedError, UnsentTimeoutError
from gateway.transport.targets import Target, check_address, target_of
from gateway.transport.written import write

TIMEOUT_S: Final = 10.0
MOST_ADDRESSES: Final = 3
CONNECT_S: Final = 3.0
"""For each address, TLS included."""
POLITE_S: Final = 1.0
"""For which the rest of an answer is listened to when its status is known."""


class PinnedSender:
    """Sends to addresses that others have chosen.

    Args:
        private: Whether those of this machine and its networks will do.
        resolver: Knows where a name leads; the system's if not given.
        timeout_s: For a call as a whole, the name included.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        private: bool,
        resolver: Resolver | None = None,
        timeout_s: float = TIMEOUT_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self.timeout_s = timeout_s
        self._private = private
        self._resolver = resolver or SystemResolver()
        self._clock = clock

    async def check(self, url: str) -> None:
        """See whether a URL may be called as its name is resolved now.

        Raises:
            TargetRefusedError: It may not.
            ExchangeError: Its name leads nowhere now, or nobody says where.
        """
        target = target_of(url)
        try:
            async with asyncio.timeout(self.timeout_s):
                await self._look_up(target)
        except TimeoutError as exc:
            raise UnsentTimeoutError("nobody says where its name leads") from exc

    async def post(
        self, url: str, *, headers: Mapping[str, str], body: bytes, until_s: float = math.inf
    ) -> Heard:
        """Send a body and hear with which status it is answered.

        Args:
            url: Whole and percent-encoded already.
            headers: All but Host and Content-Length.
            body: What to send.
            until_s: The clock's time after which not a byte must go out.

        Raises:
            TargetRefusedError: The address must not be called.
            ExchangeError: There was no answer; the message never holds a URL.
        """
        ends_at_s = self._clock() + self.timeout_s
        target = target_of(url)
        call = write("POST", target.path, target.origin.text, headers, body)
        try:
            async with asyncio.timeout(self.timeout_s):
                hearer = await self._connect(target.origin, await self._look_up(target))
        except TimeoutError as exc:
            raise UnsentTimeoutError("not connected in time") from exc
        try:
            if self._clock() >= min(ends_at_s, until_s):  # this process stood still
                raise UnsentTimeoutError("not connected in time")
            return await self._exchange(hearer, call, ends_at_s)
        finally:
            hearer.abort()

    def close(self) -> None:
        """Let go of what is held."""
        self._resolver.close()

    async def _look_up(self, target: Target) -> list[Found]:
        """The addresses of a name, all of them good: one that is not makes the name suspect."""
        origin = target.origin
        try:
            found = await self._resolver.find(origin.host, origin.port)
        except (OSError, UnicodeError) as exc:
            raise NotConnectedError("its name leads nowhere") from exc
        for _, address in found:
            check_address(address[0], private=self._private)
        if not found:
            raise NotConnectedError("its name leads nowhere")
        return list(dict.fromkeys(found))[:MOST_ADDRESSES]

    async def _connect(self, origin: Origin, addresses: list[Found]) -> Hearer:
        problem: NotConnectedError | None = None
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_S):
                    return await _dialled(origin, address)
            except ssl.SSLCertVerificationError as exc:
                problem = _no_connection("its certificate is not trusted", exc)
            except (OSError, RuntimeError) as exc:  # uvloop's are not all OSErrors
                problem = _no_connection("no connection", exc)
        assert problem is not None  # noqa: S101 - there is an address
        raise problem

    async def _exchange(self, hearer: Hearer, call: bytes, ends_at_s: float) -> Heard:
        hearer.say(call)
        left_s = ends_at_s - self._clock()
        await asyncio.wait({hearer.heard}, timeout=left_s)
        if not hearer.heard.done():
            raise ExchangeTimeoutError(f"no answer in {self.timeout_s:g} s")
        heard = hearer.heard.result()
        left_s = ends_at_s - self._clock()
        await asyncio.wait({hearer.ended}, timeout=max(0.0, min(POLITE_S, left_s)))
        return heard


async def _dialled(origin: Origin, found: Found) -> Hearer:
    """Connect to exactly this address; TLS is with the name that the URL has."""
    family, address = found
    loop = asyncio.get_running_loop()
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.setblocking(False)
        await loop.sock_connect(line, address)
        _, hearer = await loop.create_connection(
            Hearer,
            sock=line,
            ssl=tls_context() if origin.is_tls else None,
            server_hostname=origin.host if origin.is_tls else None,
        )
    except BaseException:
        line.close()
        raise
    return hearer


def _no_connection(text: str, cause: Exception) -> NotConnectedError:
    found = NotConnectedError(text)
    found.__cause__ = cause
    return found
