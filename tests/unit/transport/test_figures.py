"""RELIABILITY.md's table "Upstream calls", in virtual time; ``-s`` prints the figures."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gateway.errors import UpstreamError
from gateway.transport import deadline
from gateway.transport.breaker import BreakerLimits
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import CallLimits
from gateway.transport.port import ConnectionLostError, NotConnectedError

NO_BREAKER = BreakerLimits(consecutive=10**9, window_calls=10**9)
SEEDS = [1, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12)]]
SIZES = [(7, 2_000), *[pytest.param(seed, 20_000, marks=pytest.mark.slow) for seed in range(5)]]
OUTAGE_S = (1020.0, 1080.0)  # the virtual clock starts at 1000


@pytest.fixture
def simulate(virtually, played, film):  # noqa: ANN001, ANN201
    """Call at a steady rate; collects how each call ended, when, and how long it took."""

    def run(script: Callable, *, calls: int, rate: float, seed: int, **options: object):  # noqa: ANN202
        port, dice = played(script), random.Random(seed)

        async def one(http: UpstreamHttp, at_s: float) -> None:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(at_s)
            started_s = loop.time()
            with deadline.limit(5.0, clock=loop.time):
                try:
                    await http.get("movie", "/movie/603", film)
                except UpstreamError as exc:
                    seen.failed.append((loop.time(), exc))
                else:
                    seen.answered_at_s.append(loop.time())
                seen.took_s.append(loop.time() - started_s)

        async def main() -> None:
            clock = asyncio.get_running_loop().time
            http = UpstreamHttp(
                "tmdb", port, base_url="http://x", clock=clock, dice=dice.random, **options
            )
            await asyncio.gather(*[one(http, n / rate) for n in range(calls)])

        seen = SimpleNamespace(port=port, failed=[], answered_at_s=[], took_s=[])
        virtually(main)
        return seen

    return run


@pytest.mark.parametrize("breaker", [BreakerLimits(), NO_BREAKER], ids=["breaker", "budget alone"])
def test_a_dead_upstream_gets_few_attempts(simulate, breaker) -> None:  # noqa: ANN001
    """At most 1.10 attempts per call."""
    fault = NotConnectedError("refused")
    seen = simulate(
        lambda _now_s, _n: (0.002, fault),
        calls=1000,
        rate=50.0,
        seed=1,
        limits=CallLimits(breaker=breaker),
    )
    attempts = len(seen.port.sent_at_s) / 1000
    print(f"dead upstream: {attempts:.3f} attempts per call")  # noqa: T201 - the figure
    assert attempts <= 1.10


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "kind",
    [
        "503",
        *[pytest.param(each, marks=pytest.mark.slow) for each in ("refused", "cut", "black hole")],
    ],
)
def test_an_outage_is_left_alone_and_its_end_is_noticed(simulate, make_answer, kind, seed) -> None:  # noqa: ANN001
    """60 s at 50 calls/s: at most 75 attempts, first success at most 4 s after recovery."""
    faults = {
        "refused": (0.001, NotConnectedError("refused")),
        "cut": (0.02, ConnectionLostError("cut")),
        "503": (0.02, make_answer(503)),
        "black hole": (1e9, make_answer()),
    }
    start_s, end_s = OUTAGE_S

    def script(now_s: float, _n: int) -> tuple[float, object]:
        return faults[kind] if start_s <= now_s < end_s else (0.04, make_answer())

    seen = simulate(script, calls=5000, rate=50.0, seed=seed)
    attempts = sum(start_s <= at_s < end_s for at_s in seen.port.sent_at_s)
    back_s = min(at_s for at_s in seen.answered_at_s if at_s > end_s) - end_s
    print(f"outage ({kind}): {attempts} attempts, back after {back_s:.2f} s")  # noqa: T201
    assert attempts <= 75
    assert back_s <= 4.0
    assert max(seen.took_s) <= 5.0 + 1e-6
    late = [at_s for at_s, _ in seen.failed if at_s > end_s + 10.0]
    assert not late


@pytest.mark.parametrize(("seed", "calls"), SIZES)
def test_transient_faults_are_hidden(simulate, make_answer, seed, calls) -> None:  # noqa: ANN001
    """5 % of attempts fail: at least 99.98 % of calls are answered."""
    dice = random.Random(seed)
    faults = [ConnectionLostError("cut"), make_answer(500), make_answer(502), make_answer(503)]

    def script(_now_s: float, _n: int) -> tuple[float, object]:
        return 0.04, dice.choice(faults) if dice.random() < 0.05 else make_answer()

    seen = simulate(script, calls=calls, rate=50.0, seed=seed)
    answered = len(seen.answered_at_s) / calls
    attempts = len(seen.port.sent_at_s) / calls
    print(f"5 % faults: {answered:.4%} answered, {attempts:.3f} attempts per call")  # noqa: T201
    assert answered >= 0.9998
    assert attempts <= 1.10


@pytest.mark.parametrize(("seed", "calls"), SIZES)
def test_stragglers_are_hidden(simulate, make_answer, seed, calls) -> None:  # noqa: ANN001
    """1.5 % of attempts take 2 s: p99.9 at most 200 ms for at most 5 % extra calls."""
    dice = random.Random(seed)

    def script(_now_s: float, _n: int) -> tuple[float, object]:
        if dice.random() < 0.015:
            return 2.0, make_answer()
        return min(0.09, dice.lognormvariate(-3.2, 0.25)), make_answer()

    seen = simulate(script, calls=calls, rate=50.0, seed=seed, hedged=("movie",))
    extra = len(seen.port.sent_at_s) / calls - 1.0
    p999_s = sorted(seen.took_s)[int(calls * 0.999)]
    print(f"1.5 % stragglers: p99.9 {p999_s * 1000:.0f} ms, {extra:.2%} extra calls")  # noqa: T201
    assert p999_s <= 0.2
    assert extra <= 0.05
