"""A world without waiting: a virtual clock, and upstreams played behind ``HttpPort``."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from types import SimpleNamespace
from typing import Protocol, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict

from gateway.errors import UpstreamError
from gateway.transport.http import UpstreamHttp
from gateway.transport.port import ExchangeError, ExchangeTimeoutError, HttpAnswer

T = TypeVar("T")


class Film(BaseModel):
    """What the played upstreams serve."""

    model_config = ConfigDict(frozen=True)

    id: int


class _LeapingSelector(selectors.DefaultSelector):
    """Where a loop would wait, time leaps."""

    now_s = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nobody will ever wake this loop")
        self.now_s += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time moves only when everybody waits."""

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s


Script = Callable[[float, int], tuple[float, HttpAnswer | ExchangeError]]


class PlayedPort:
    """An upstream: the script tells latency and answer from the time and the call's number."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.sent_at_s: list[float] = []
        self.methods: list[str] = []
        self.urls: list[str] = []
        self.open = 0

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],  # noqa: ARG002 - the port's signature
        body: bytes | None = None,  # noqa: ARG002 - ditto
        timeout_s: float,
    ) -> HttpAnswer:
        now_s = asyncio.get_running_loop().time()
        latency_s, answer = self.script(now_s, len(self.sent_at_s))
        self.sent_at_s.append(now_s)
        self.methods.append(method)
        self.urls.append(url)
        self.open += 1
        try:
            await asyncio.sleep(min(latency_s, timeout_s))
        finally:
            self.open -= 1
        if latency_s > timeout_s:
            raise ExchangeTimeoutError("no whole answer")
        if isinstance(answer, ExchangeError):
            raise answer
        return answer

    async def aclose(self) -> None:
        """Nothing to close."""


def answer(status: int = 200, body: bytes = b'{"id": 603}', **headers: str) -> HttpAnswer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpAnswer(status=status, headers=named, body=body)


class Virtually(Protocol):
    """Runs a coroutine to its end in virtual time."""

    def __call__(self, main: Callable[[], Coroutine[None, None, T]]) -> T: ...


@pytest.fixture
def virtually() -> Virtually:
    def run(main: Callable[[], Coroutine[None, None, T]]) -> T:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(main())

    return run


@pytest.fixture
def played() -> type[PlayedPort]:
    return PlayedPort


@pytest.fixture
def film() -> type[Film]:
    return Film


@pytest.fixture
def make_answer() -> Callable[..., HttpAnswer]:
    return answer


@pytest.fixture
def world(virtually, played, film, make_answer) -> SimpleNamespace:  # noqa: ANN001 - fixtures of conftest.py
    """Put an upstream that gives these answers in turn behind the driver, and ask it."""

    def run(answers: list, main: Callable, **options: object) -> SimpleNamespace:
        port = played(lambda _now_s, n: (0.05, answers[min(n, len(answers) - 1)]))

        async def whole() -> None:
            loop = asyncio.get_running_loop()
            http = UpstreamHttp(
                "tmdb", port, base_url="http://x/3", clock=loop.time, dice=lambda: 0.5, **options
            )
            seen.loop, seen.http, seen.port = loop, http, port
            seen.get = lambda name="movie": http.get(name, "/movie/603", film)
            try:
                seen.result = await main(seen)
            except UpstreamError as exc:
                seen.result = exc
            assert http.status().in_flight == http.status().queued == port.open == 0
            assert len(asyncio.all_tasks()) == 1

        seen = SimpleNamespace()
        virtually(whole)
        return seen

    return SimpleNamespace(run=run, answer=make_answer, film=film)
