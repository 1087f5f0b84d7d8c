"""The fallback and test client: httpx, by its transport where one is given."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Self, cast

import httpx

from gateway.transport import events
from gateway.transport.body import collect, decode
from gateway.transport.pool import DEFAULT_POOL, Family, PoolLimits
from gateway.transport.port import (
    AnswerCutError,
    ConnectionLostError,
    ExchangeTimeoutError,
    HttpAnswer,
    MalformedCallError,
    NotConnectedError,
)

_LOCAL_ADDRESS = {Family.ANY: None, Family.IPV4: "0.0.0.0", Family.IPV6: "::"}  # noqa: S104 - "any address of this family", not a listener
_UNWRITABLE = "the call cannot be written as HTTP"
_REPEATABLE = frozenset({"GET", "HEAD"})


class HttpxPort:
    """``HttpPort`` over an httpx client or transport, which it owns and closes.

    Args:
        client: A transport is cheaper: most of httpx's cost is its client layer.
        pool: For ``connect_timeout_s`` and ``max_body_bytes``; the rest is the client's.
    """

    def __init__(
        self,
        client: httpx.AsyncClient | httpx.AsyncBaseTransport,
        pool: PoolLimits = DEFAULT_POOL,
    ) -> None:
        events.silence_clients()
        self._client = client
        self._pool = pool
        self._closed = False

    @classmethod
    def over_network(cls, pool: PoolLimits = DEFAULT_POOL) -> Self:
        """Make a port with a connection pool of its own."""
        limits = httpx.Limits(
            max_connections=pool.max_connections,
            max_keepalive_connections=pool.max_connections,
            keepalive_expiry=pool.idle_s,
        )
        address = _LOCAL_ADDRESS[pool.family]
        return cls(httpx.AsyncHTTPTransport(limits=limits, local_address=address), pool)

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
        try:
            async with asyncio.timeout(timeout_s):
                return await self._kept(method, url, headers, body)
        except TimeoutError as exc:
            raise ExchangeTimeoutError(f"no whole answer in {timeout_s:.3g} s") from exc

    async def aclose(self) -> None:
        """Close the client or transport."""
        self._closed = True
        await self._client.aclose()

    async def _kept(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> HttpAnswer:
        """Send; once more if a kept connection turns out to be closed."""
        dialled = _Dialled()
        try:
            return await self._exchange(method, url, headers, body, dialled)
        except ConnectionLostError:
            if dialled.fresh or method not in _REPEATABLE:
                raise
        return await self._exchange(method, url, headers, body, dialled)

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        dialled: _Dialled,
    ) -> HttpAnswer:
        timeout = {"connect": self._pool.connect_timeout_s}
        extensions = {"timeout": timeout, "trace": dialled.hear}
        try:
            request = httpx.Request(
                method, url, headers=headers, content=body, extensions=extensions
            )
        except (ValueError, httpx.InvalidURL):  # no cause, for that may hold a key
            raise MalformedCallError(_UNWRITABLE) from None
        try:
            answer = await self._open(request)
            dialled.answered = True
            return await self._whole(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as exc:
            raise NotConnectedError("no connection") from exc
        except httpx.LocalProtocolError:
            raise MalformedCallError(_UNWRITABLE) from None
        except httpx.HTTPError as exc:
            if dialled.answered:
                raise AnswerCutError("the answer was cut short") from exc
            raise ConnectionLostError("the connection was lost") from exc

    async def _open(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self._client, httpx.AsyncClient):
            return await self._client.send(request, stream=True, follow_redirects=False)
        return await self._client.handle_async_request(request)

    async def _whole(self, answer: httpx.Response) -> HttpAnswer:
        most = self._pool.max_body_bytes
        stream = cast("httpx.AsyncByteStream", answer.stream)  # an async client's always is
        try:
            raw = await collect(aiter(stream), most)
        finally:
            await answer.aclose()
        headers: dict[str, str] = {}
        for name, value in answer.headers.multi_items():
            glue = "\n" if name == "set-cookie" else ", "
            headers[name] = f"{headers[name]}{glue}{value}" if name in headers else value
        body = decode(raw, headers.get("content-encoding", ""), most)
        return HttpAnswer(status=answer.status_code, headers=headers, body=body)


class _Dialled:
    """Listens whether a call opened its connection or found a kept one."""

    def __init__(self) -> None:
        self.fresh = False
        self.answered = False

    async def hear(self, event: str, _info: Mapping[str, object]) -> None:
        """Take httpcore's trace events."""
        if event.startswith("connection.connect"):
            self.fresh = True
