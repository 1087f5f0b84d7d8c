"""The whole gateway in one process over the sandbox: operation in, JSON out, calls counted."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import httpx

from gateway.app import Gateway, create_app
from gateway.registry import UPSTREAMS, load_subgraphs
from gateway.sandbox import Sandbox
from gateway.sandbox.upstream import SandboxUpstream
from gateway.settings import GatewaySettings, UpstreamSettings, resolve_upstreams
from gateway.transport.httpx_port import HttpxPort
from gateway.upstreams.book.location import SqliteFile
from gateway.upstreams.book.settings import FILE
from tests.furnished import furnish

ORIGIN = "http://sandbox"
Environ = frozenset[tuple[str, str]]
NOWHERE = Path(gettempdir()) / f"marquee-nowhere-{os.getpid()}"
"""Never made: a stage keeps nothing unless it says where, least of all in somebody's home."""


@dataclass(slots=True)
class Stage:
    """A gateway, its sandbox, and a client of it."""

    gateway: Gateway
    sandbox: Sandbox
    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, query: str, variables: Mapping[str, object] | None = None, **headers: str
    ) -> dict[str, Any]:
        """Send an operation; its whole answer, which is a 200."""
        answer = await self.http.post(
            "/graphql",
            json={"query": query, "variables": dict(variables or {})},
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def data(self, query: str, variables: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Send an operation that must succeed; its data."""
        body = await self.ask(query, variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    def calls(self) -> dict[str, int]:
        """Calls that reached each upstream since the last look."""
        counts = {name: len(self.upstream(name).calls) for name in UPSTREAMS}
        for name in UPSTREAMS:
            self.upstream(name).log.clear()
        return counts

    def upstream(self, name: str) -> SandboxUpstream:
        """The sandbox's play of one upstream."""
        found: SandboxUpstream = getattr(self.sandbox, name)
        return found


class _Line(httpx.ASGITransport):
    """A played upstream that breaks off has sent the head of an answer, and half of its body."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except ConnectionResetError:
            return httpx.Response(200, stream=_Cut(), request=request)


class _Cut(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"'
        raise httpx.RemoteProtocolError("broken off")


# Settings are frozen, and mostly the same ones: reading them was a fifth of raising a stage.
@cache
def _sandboxed() -> Mapping[str, str]:
    """What points every upstream at the sandbox."""
    found: dict[str, str] = {}
    for settings in _upstreams(frozenset()).values():
        found |= settings.in_sandbox(ORIGIN)
    return found


@lru_cache(maxsize=64)
def _upstreams(environ: Environ) -> Mapping[str, UpstreamSettings]:
    return resolve_upstreams({each.name: each.settings for each in load_subgraphs()}, dict(environ))


@lru_cache(maxsize=64)
def _settings(environ: Environ) -> GatewaySettings:
    return GatewaySettings.from_environ(dict(environ))


@asynccontextmanager
async def staged(
    environ: Mapping[str, str] | None = None,
    sandbox: Sandbox | None = None,
    now: Callable[[], float] = time.time,
    prepare: Callable[[Gateway], None] = lambda _: None,
) -> AsyncIterator[Stage]:
    """Raise the curtain; nothing outside this process is touched.

    Args:
        environ: Settings over those that point every upstream at the sandbox.
        sandbox: One that other stages share.
        now: The cache's clock.
        prepare: What to do to the gateway before it starts.
    """
    played = sandbox or Sandbox()
    base = {"GATEWAY_REDIS_URL": "off", "GATEWAY_BOOK": "off", "GATEWAY_DATA_DIR": str(NOWHERE)}
    given = {**base, **_sandboxed(), **(environ or {})}
    own = frozenset((name, value) for name, value in given.items() if name.startswith("GATEWAY_"))
    settings = _settings(own)
    transport = _Line(app=played.app())
    gateway = Gateway(
        settings,
        dict(_upstreams(frozenset(given.items()) - own)),
        port=lambda _, __: HttpxPort(transport),
        now=now,
    )
    prepare(gateway)
    if settings.book == "on" and settings.database_url is None and settings.data_dir != NOWHERE:
        await furnish(SqliteFile(settings.data_dir / FILE))
    await gateway.start()
    for name in UPSTREAMS:
        getattr(played, name).log.clear()
    app = httpx.ASGITransport(app=create_app(settings, gateway))
    async with httpx.AsyncClient(transport=app, base_url="http://gateway") as http:
        try:
            yield Stage(gateway, played, http)
        finally:
            await gateway.aclose()
