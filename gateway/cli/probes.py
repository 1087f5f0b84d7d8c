"""The doctor's questions to upstreams, cache and clock; each answer is a finding."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from gateway.cache.redis_line import RedisLine
from gateway.cli.findings import Finding
from gateway.cli.redaction import redacted
from gateway.errors import ConfigError, UpstreamError, UpstreamUnauthorizedError
from gateway.registry import load_subgraphs
from gateway.settings import UpstreamSettings
from gateway.subgraph import Subgraph
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import CallLimits
from gateway.transport.port import HttpAnswer, HttpPort
from gateway.transport.socket_port import SocketPort

PATIENCE_S = 10.0
_SKEW_S = 30.0
_PING_S = 2.0


class WatchingPort:
    """An HTTP client that keeps the latest ``Date`` header and how long its answer took."""

    def __init__(self, port: HttpPort) -> None:
        self._port = port
        self.date: str | None = None
        self.took_s = 0.0

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
        start = time.monotonic()
        answer = await self._port.send(method, url, headers=headers, body=body, timeout_s=timeout_s)
        self.took_s = time.monotonic() - start
        self.date = answer.headers.get("date")
        return answer

    async def aclose(self) -> None:
        """Close every connection."""
        await self._port.aclose()


async def probe_upstreams(upstreams: Mapping[str, UpstreamSettings]) -> list[Finding]:
    """Ask all of them at the same time, then hold our clock against the first that has one."""
    subgraphs = load_subgraphs()
    ports = [WatchingPort(SocketPort()) for _ in subgraphs]
    try:
        asked = (
            probe_upstream(subgraph, upstreams[subgraph.name], port)
            for subgraph, port in zip(subgraphs, ports, strict=True)
        )
        findings = list(await asyncio.gather(*asked))
    finally:
        for port in ports:
            await port.aclose()
    clocks = (
        judge_clock(subgraph.name, port.date)
        for subgraph, port in zip(subgraphs, ports, strict=True)
    )
    return [*findings, *[clock for clock in clocks if clock is not None][:1]]


async def probe_upstream(
    subgraph: Subgraph[Any, Any], settings: UpstreamSettings, port: WatchingPort
) -> Finding:
    """Ask an upstream whether it is there and takes our key."""
    name = subgraph.name
    if not settings.enabled:
        return Finding(name, None, "off: its fields are null")
    if subgraph.check is None:
        return Finding(name, None, "has no check of its own")
    http = UpstreamHttp(
        name,
        port,
        base_url=settings.base_url,
        headers=settings.headers(),
        limits=CallLimits(retries=0, timeout_s=settings.timeout_s),
        classify=subgraph.classify,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            await subgraph.check(subgraph.client(http, settings))
    except TimeoutError:
        return Finding(name, False, f"{settings.base_url}: silent for {PATIENCE_S:g} s")
    except UpstreamError as exc:
        return Finding(name, False, f"{settings.base_url}: {_cause(exc, settings)}")
    return Finding(name, True, f"{settings.base_url}, key valid, {port.took_s * 1000:.0f} ms")


def _cause(exc: UpstreamError, settings: UpstreamSettings) -> str:
    if isinstance(exc, UpstreamUnauthorizedError):
        keys = ", ".join(settings.variable(field) for field in settings.required)
        return f"reached, but the key is refused: check {keys}"
    return f"{exc.detail}: check {settings.variable('base_url')}"


def judge_clock(
    name: str, date: str | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Finding | None:
    """Compare our clock with an upstream's ``Date`` header, which counts whole seconds."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    if theirs.tzinfo is None:  # "-0000": UTC, of a server that does not say where it is
        theirs = theirs.replace(tzinfo=UTC)
    skew_s = (now() - theirs).total_seconds()
    side = "ahead of" if skew_s > 0 else "behind"
    text = f"{abs(skew_s):.0f} s {side} {name}"
    return Finding("clock", abs(skew_s) <= _SKEW_S, text)


async def probe_cache(url: str | None) -> Finding:
    """Ask the cache for its version and for the time it takes."""
    if url is None:
        return Finding("cache", None, "memory only: no embedded Valkey for this machine")
    if url == "off":
        return Finding("cache", None, "memory only: GATEWAY_REDIS_URL=off")
    try:
        line = RedisLine(url, timeout_s=_PING_S)
    except ConfigError as exc:
        return Finding("cache", False, str(exc))
    try:
        replies = await line.run([("INFO", "server")])
        start = time.monotonic()
        await line.run([("PING",)])
        took_ms = (time.monotonic() - start) * 1000
    finally:
        await line.aclose()
    where = redacted(url)
    if replies is None:
        return Finding("cache", False, f"{where}: no answer: check GATEWAY_REDIS_URL")
    if isinstance(replies[0], Exception):
        return Finding("cache", False, f"{where}: {replies[0]}: check GATEWAY_REDIS_URL")
    return Finding("cache", True, f"{where}, {_version(replies[0])}, {took_ms:.1f} ms")


def _version(info: object) -> str:
    told = info.decode(errors="replace") if isinstance(info, bytes) else ""
    for server in ("valkey", "redis"):
        if found := re.search(rf"^{server}_version:(\S+)", told, re.MULTILINE):
            return f"{server.capitalize()} {found[1]}"
    return "version unknown"
