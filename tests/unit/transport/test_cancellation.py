"""A caller may go at any moment: no permit, probe, connection or task stays behind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from gateway.errors import UpstreamError
from gateway.transport import deadline
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import CallLimits
from gateway.transport.port import ConnectionLostError

LIMITS = CallLimits(max_concurrency=2, start_concurrency=2, min_concurrency=1, queue=50)
STEPS = range(60)


def scripts(answer: Callable) -> dict[str, list[object]]:
    """Upstreams that lead a call through every kind of await."""
    return {
        "healthy": [answer()],
        "retries": [answer(500), ConnectionLostError("cut"), answer(503), answer()],
        "gate": [answer(429), answer(), answer(429, retry_after="0"), answer()],
        "outage": [answer(500)],
    }


@pytest.mark.parametrize("kind", ["healthy", "retries", "gate", "outage"])
@pytest.mark.parametrize("pace_s", [0.0, 0.013])
def test_nothing_is_left_whenever_callers_are_cancelled(
    virtually,  # noqa: ANN001
    played,  # noqa: ANN001
    film,  # noqa: ANN001
    make_answer,  # noqa: ANN001
    kind,  # noqa: ANN001
    pace_s,  # noqa: ANN001
) -> None:
    """Ten callers share two permits; at each step another subset of them goes."""
    script = scripts(make_answer)[kind]

    async def run_to(step: int) -> None:
        port = played(lambda _now_s, n: (0.03, script[n % len(script)]))
        loop = asyncio.get_running_loop()
        http = UpstreamHttp(
            "tmdb", port, base_url="http://x", limits=LIMITS, clock=loop.time, dice=lambda: 0.3
        )
        with deadline.limit(5.0, clock=loop.time):
            calls = [asyncio.create_task(http.get("movie", "/m", film)) for _ in range(10)]
            for _ in range(step):
                await asyncio.sleep(pace_s)
            for call in calls[step % 3 :: 2]:
                call.cancel()
            found = await asyncio.gather(*calls, return_exceptions=True)
        expected = (film, UpstreamError, asyncio.CancelledError)
        assert all(isinstance(result, expected) for result in found)
        status = http.status()
        assert (status.in_flight, status.queued, port.open) == (0, 0, 0)
        assert len(asyncio.all_tasks()) == 1
        await still_serves(http, port)

    async def still_serves(http: UpstreamHttp, port: object) -> None:
        """Every permit is still there: two calls run side by side."""
        port.script = lambda _now_s, _n: (0.03, make_answer())
        await asyncio.sleep(10.0)
        await http.get("movie", "/m", film)  # the probe, if one is due
        calls = [asyncio.create_task(http.get("movie", "/m", film)) for _ in range(4)]
        await asyncio.sleep(0.01)
        assert port.open >= 1
        assert all(result.id == 603 for result in await asyncio.gather(*calls))

    for step in STEPS:
        virtually(lambda step=step: run_to(step))


def test_a_cancelled_probe_lets_another_one_go(virtually, played, film, make_answer) -> None:  # noqa: ANN001
    async def main() -> None:
        port = played(lambda _now_s, _n: (0.01, make_answer(500)))
        loop = asyncio.get_running_loop()
        http = UpstreamHttp("tmdb", port, base_url="http://x", clock=loop.time)
        while http.status().retry_after_s is None:
            with contextlib.suppress(UpstreamError):
                await http.get("movie", "/m", film)
        await asyncio.sleep(4.0)
        port.script = lambda _now_s, _n: (60.0, make_answer())
        probe = asyncio.create_task(http.get("movie", "/m", film))
        await asyncio.sleep(0.1)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        port.script = lambda _now_s, _n: (0.01, make_answer())
        assert await http.get("movie", "/m", film) is not None

    virtually(main)


def test_a_hedged_call_is_cancelled_as_a_whole(virtually, played, film, make_answer) -> None:  # noqa: ANN001
    async def main() -> None:
        port = played(lambda _now_s, n: (0.05 - n * 1e-6, make_answer()))
        loop = asyncio.get_running_loop()
        http = UpstreamHttp("tmdb", port, base_url="http://x", clock=loop.time, hedged=("movie",))
        for _ in range(100):
            await http.get("movie", "/m", film)
        port.script = lambda _now_s, _n: (4.0, make_answer())
        for wait_s, runners in ((0.0, 0), (0.01, 1), (0.04, 1), (0.1, 2), (0.3, 2)):
            call = asyncio.create_task(http.get("movie", "/m", film))
            await asyncio.sleep(wait_s)
            assert port.open == runners
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            assert (http.status().in_flight, port.open) == (0, 0)
            assert len(asyncio.all_tasks()) == 1

    virtually(main)
