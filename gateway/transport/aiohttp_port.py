"""The hot client: aiohttp, with its retries, redirects, cookies and decoding switched off."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextvars import ContextVar

import aiohttp
import yarl
from aiohttp import AddrInfoType, ClientHandlerType

from gateway.transport import events
from gateway.transport.body import collect, decode
from gateway.transport.pool import DEFAULT_POOL, PoolLimits
from gateway.transport.port import (
    AnswerCutError,
    ConnectionLostError,
    EncodingError,
    ExchangeTimeoutError,
    HttpAnswer,
    MalformedCallError,
    NotConnectedError,
)

_RESENDS = 2  # kept connections that one GET may find closed
_REPEATABLE = frozenset({"GET", "HEAD"})
_dialled: ContextVar[list[bool] | None] = ContextVar("dialled", default=None)


class AiohttpPort:
    """``HttpPort`` over aiohttp; sessions open on first use, so build it anywhere.

    Reads share kept connections. Every write has a connection of its own, because a write
    that meets a closed one can neither be sent again nor be called unsent.
    """

    def __init__(self, pool: PoolLimits = DEFAULT_POOL) -> None:
        events.silence_clients()
        self._pool = pool
        self._reads: aiohttp.ClientSession | None = None
        self._writes: aiohttp.ClientSession | None = None
        self._closed = False

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
        target = yarl.URL(url, encoded=True)
        try:
            async with asyncio.timeout(timeout_s):
                if method in _REPEATABLE:
                    return await self._read(method, target, headers)
                return await self._exchange(self._writer(), method, target, headers, body)
        except TimeoutError as exc:
            raise ExchangeTimeoutError(f"no whole answer in {timeout_s:.3g} s") from exc

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        for session in (self._reads, self._writes):
            if session is not None:
                await session.close()

    async def _read(self, method: str, url: yarl.URL, headers: Mapping[str, str]) -> HttpAnswer:
        session = self._reads
        if session is None:
            session = self._reads = _session(self._pool, keep=True)
        for _ in range(_RESENDS):
            dialled = [False]
            token = _dialled.set(dialled)
            try:
                return await self._exchange(session, method, url, headers, None)
            except _NoAnswerError:
                if dialled[0]:
                    raise
            finally:
                _dialled.reset(token)
        return await self._exchange(session, method, url, headers, None)

    def _writer(self) -> aiohttp.ClientSession:
        if self._writes is None:
            self._writes = _session(self._pool, keep=False)
        return self._writes

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: yarl.URL,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> HttpAnswer:
        try:
            async with session.request(
                method, url, headers=headers, data=body, allow_redirects=False
            ) as answer:
                return await self._whole(answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as exc:
            raise NotConnectedError("no connection") from exc
        except ValueError:  # and its InvalidURL; no cause, for that may hold a key
            raise MalformedCallError("the call cannot be written as HTTP") from None
        except aiohttp.ClientError as exc:
            raise EncodingError("not an HTTP answer") from exc

    async def _whole(self, answer: aiohttp.ClientResponse) -> HttpAnswer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if len(headers) != len(answer.headers):
            headers = _joined(answer.headers)
        most = self._pool.max_body_bytes
        try:
            raw = await collect(answer.content.iter_any(), most)
        except (aiohttp.ClientError, ConnectionError) as exc:
            answer.close()
            raise AnswerCutError("the answer was cut short") from exc
        except BaseException:
            answer.close()
            raise
        body = decode(raw, headers.get("content-encoding", ""), most)
        return HttpAnswer(status=answer.status, headers=headers, body=body)


class _NoAnswerError(ConnectionLostError):
    """Lost before the first byte of an answer; may go out again on a new connection."""


async def _once(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hide a lost connection from aiohttp, which would send again even on a fresh one."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientConnectionError, ConnectionError) as exc:
        raise _NoAnswerError("the connection was lost before an answer") from exc


def _dial(address: AddrInfoType) -> socket.socket:
    """Make a socket, and tell the call that waits for it that its connection is new."""
    if (dialled := _dialled.get()) is not None:
        dialled[0] = True
    family, kind, protocol, _, _ = address
    return socket.socket(family, kind, protocol)


def _session(pool: PoolLimits, *, keep: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=pool.max_connections,
        family=pool.family.socket_family,
        ttl_dns_cache=60,
        socket_factory=_dial,
        force_close=not keep,
        keepalive_timeout=pool.idle_s if keep else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),  # one person's cookie must not serve another
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=pool.connect_timeout_s),
        middlewares=(_once,),
    )


def _joined(headers: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        glue = "\n" if key == "set-cookie" else ", "
        found[key] = f"{found[key]}{glue}{value}" if key in found else value
    return found
