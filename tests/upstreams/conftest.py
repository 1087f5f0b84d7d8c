"""The clients against the played APIs, over the real transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

import httpx
import pytest

from gateway.sandbox import Fault, SandboxOmdb, SandboxSeerr, SandboxTmdb, SandboxYouTube
from gateway.sandbox.upstream import SandboxUpstream
from gateway.transport.http import UpstreamHttp
from gateway.transport.httpx_port import HttpxPort
from gateway.transport.judge import Classify
from tests.upstreams.played import QUICK, Dial

pytest.register_assert_rewrite("tests.requests.conformance")


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """Connect to a played API: ``dial(sandbox, classify, headers)``."""
    ports: list[HttpxPort] = []

    def connect(
        sandbox: SandboxUpstream, classify: Classify, headers: Mapping[str, str] | None = None
    ) -> UpstreamHttp:
        port = HttpxPort(httpx.ASGITransport(app=sandbox.app()))
        ports.append(port)
        return UpstreamHttp(
            sandbox.name,
            port,
            base_url="http://api",
            headers=headers or {},
            limits=QUICK,
            classify=classify,
        )

    yield connect
    for port in ports:
        await port.aclose()


@pytest.fixture
def tmdb() -> SandboxTmdb:
    """TMDB with its catalogue."""
    return SandboxTmdb()


@pytest.fixture
def youtube() -> SandboxYouTube:
    """YouTube without a daily limit."""
    return SandboxYouTube()


@pytest.fixture
def seerr() -> SandboxSeerr:
    """Seerr with its demo requests."""
    return SandboxSeerr()


@pytest.fixture
def omdb() -> SandboxOmdb:
    """OMDb."""
    return SandboxOmdb()


@pytest.fixture
def fail() -> Callable[..., None]:
    """Make a played API fail: ``fail(sandbox, kind, **more)``."""

    def make(sandbox: SandboxUpstream, kind: str, **more: object) -> None:
        sandbox.faults.set([Fault.of({"kind": kind, **more})])

    return make
