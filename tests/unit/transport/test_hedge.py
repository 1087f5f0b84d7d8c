"""A late read may go out twice; the budget, the winner and the loser."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.transport.hedge import Hedger, race


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.2), st.integers(0, 300), st.randoms(use_true_random=False))
def test_second_tries_stay_within_their_share(
    share: float, reads: int, dice: random.Random
) -> None:
    hedger = Hedger(share)
    spent = 0
    for _ in range(reads):
        hedger.note(dice.random())
        spent += hedger.spend()
    assert spent <= share * reads + 1e-6


def test_the_delay_is_what_the_slowest_few_exceed() -> None:
    hedger = Hedger(0.05)
    for n in range(63):
        hedger.note(n / 1000)
        assert hedger.delay_s is None
    for _ in range(20):
        for n in range(100):
            hedger.note(n / 1000)
    assert hedger.delay_s == pytest.approx(0.096, abs=0.003)


async def after(seconds: float, result: str | Exception, log: list[str]) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        log.append("cancelled")
        raise
    if isinstance(result, Exception):
        raise result
    return result


@pytest.mark.parametrize(
    ("first", "second", "found", "took_s", "log"),
    [
        ((0.05, "a"), None, "a", 0.05, []),
        ((0.2, "a"), (0.3, "b"), "a", 0.2, ["cancelled"]),
        ((9.0, "a"), (0.1, "b"), "b", 0.2, ["cancelled"]),
        ((9.0, "a"), (0.1, KeyError("b")), "a", 9.0, []),
        ((0.3, KeyError("a")), (1.0, "b"), "b", 1.1, []),
        ((0.3, KeyError("a")), (0.1, ValueError("b")), KeyError, 0.3, []),
        ((0.05, KeyError("a")), None, KeyError, 0.05, []),
    ],
)
def test_the_first_success_wins(virtually, first, second, found, took_s, log) -> None:  # noqa: ANN001
    async def main() -> None:
        heard: list[str] = []
        started_s = asyncio.get_running_loop().time()
        running = race(lambda: after(*first, heard), lambda: after(*second, heard), 0.1)
        if isinstance(found, str):
            assert await running == found
        else:
            with pytest.raises(found):
                await running
        assert asyncio.get_running_loop().time() - started_s == pytest.approx(took_s)
        assert heard == log
        assert len(asyncio.all_tasks()) == 1

    virtually(main)


@pytest.mark.parametrize(("at_s", "runners"), [(0.01, 1), (0.09, 1), (0.11, 2), (5.0, 2)])
def test_a_cancelled_race_leaves_no_runner(virtually, at_s, runners) -> None:  # noqa: ANN001
    async def main() -> None:
        heard: list[str] = []
        running = asyncio.ensure_future(
            race(lambda: after(9.0, "a", heard), lambda: after(9.0, "b", heard), 0.1)
        )
        await asyncio.sleep(at_s)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert heard == ["cancelled"] * runners
        assert len(asyncio.all_tasks()) == 1

    virtually(main)
