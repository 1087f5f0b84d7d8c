"""Short ways to ask each sandboxed API with a good key."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from gateway.sandbox import SandboxOmdb, SandboxTmdb, SandboxYouTube
from gateway.sandbox.upstream import SandboxUpstream

Ask = Callable[..., Awaitable[httpx.Response]]


def _asker(upstream: SandboxUpstream, key: dict[str, str]) -> Ask:
    async def ask(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        transport = httpx.ASGITransport(app=upstream.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox:9000") as http:
            sent = key if headers is None else headers
            return await http.get(path, headers=sent)

    return ask


@pytest.fixture
def tmdb() -> SandboxTmdb:
    return SandboxTmdb()


@pytest.fixture
def youtube() -> SandboxYouTube:
    return SandboxYouTube()


@pytest.fixture
def omdb() -> SandboxOmdb:
    return SandboxOmdb()


@pytest.fixture
def ask_tmdb(tmdb: SandboxTmdb) -> Ask:
    return _asker(tmdb, {"authorization": "Bearer token"})


@pytest.fixture
def ask_youtube(youtube: SandboxYouTube) -> Ask:
    return _asker(youtube, {"x-goog-api-key": "key"})


@pytest.fixture
def ask_omdb(omdb: SandboxOmdb) -> Ask:
    return _asker(omdb, {})
