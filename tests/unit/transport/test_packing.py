"""Calls are shared, and nobody pays for it: neither in time, nor for another's failure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.transport import deadline
from gateway.transport.packing import Packer

WINDOW_S = 0.001


class Far:
    """An upstream that answers every key with its length, after a while."""

    def __init__(self, took_s: float = 0.05) -> None:
        self.took_s = took_s
        self.calls: list[list[str]] = []
        self.at_s: list[float] = []
        self.left_s: list[float] = []
        self.open = 0
        self.error: Exception | None = None

    async def ask(self, keys: Sequence[str]) -> Mapping[str, int]:
        loop = asyncio.get_running_loop()
        self.calls.append(list(keys))
        self.at_s.append(loop.time())
        self.left_s.append(deadline.remaining_s(loop.time))
        self.open += 1
        try:
            await asyncio.sleep(self.took_s)
        finally:
            self.open -= 1
        if self.error is not None:
            raise self.error
        return {key: len(key) for key in keys if key != "gone"}

    def packer(self, most: int = 50) -> Packer[str, int]:
        clock = asyncio.get_running_loop().time
        return Packer(self.ask, most=most, window_s=WINDOW_S, clock=clock)


def keys(count: int, prefix: str = "k") -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def test_an_idle_upstream_is_asked_at_once_and_for_all_of_one_turn(virtually) -> None:  # noqa: ANN001
    async def main() -> None:
        far, loop = Far(), asyncio.get_running_loop()
        packer, started_s = far.packer(), loop.time()
        found = await asyncio.gather(packer.get(["a", "bb"]), packer.get(["bb", "gone"]))
        assert found == [{"a": 1, "bb": 2}, {"bb": 2}]
        assert far.calls == [["a", "bb", "gone"]]
        assert far.at_s == [started_s]
        await packer.get(["c"])
        assert far.at_s[1] - started_s == pytest.approx(far.took_s)

    virtually(main)


def test_while_a_call_is_under_way_others_wait_for_each_other_a_moment(virtually) -> None:  # noqa: ANN001
    async def main() -> None:
        far = Far()
        packer = far.packer(most=10)
        calls = []
        for step in range(6):
            calls.append(asyncio.ensure_future(packer.get([f"k{step}"])))
            await asyncio.sleep(WINDOW_S / 4)
        assert [len(call) for call in far.calls] == [1, 4]
        assert far.at_s[1] - far.at_s[0] == pytest.approx(WINDOW_S + WINDOW_S / 4)
        await asyncio.gather(*calls)
        assert [len(call) for call in far.calls] == [1, 4, 1]

    virtually(main)


def test_a_full_pack_leaves_at_once_and_keys_are_split_over_packs(virtually) -> None:  # noqa: ANN001
    async def main() -> None:
        far = Far()
        packer = far.packer(most=10)
        first = asyncio.ensure_future(packer.get(keys(1)))
        await asyncio.sleep(0)
        started_s = asyncio.get_running_loop().time()
        calls = [asyncio.ensure_future(packer.get(keys(8, each))) for each in "abcde"]
        await asyncio.gather(first, *calls)
        assert [len(call) for call in far.calls] == [1, 10, 10, 10, 10]
        assert far.at_s[1:] == [started_s] * 4
        assert [set(call.result()) for call in calls] == [set(keys(8, each)) for each in "abcde"]

    virtually(main)


def test_an_error_reaches_each_caller_of_its_pack_and_nobody_else(virtually) -> None:  # noqa: ANN001
    async def main() -> None:
        far = Far()
        packer = far.packer(most=2)
        far.error = ValueError("no")
        failing = [asyncio.ensure_future(packer.get([each])) for each in "ab"]
        await asyncio.sleep(far.took_s / 2)
        late = asyncio.ensure_future(packer.get(["c"]))
        found = await asyncio.gather(*failing, return_exceptions=True)
        far.error = None
        assert found == [far_error := found[0]] * 2
        assert isinstance(far_error, ValueError)
        assert await late == {"c": 1}

    virtually(main)


def test_who_goes_harms_nobody_and_the_last_one_ends_the_call(virtually) -> None:  # noqa: ANN001
    async def main() -> None:
        far = Far()
        packer = far.packer()
        calls = [asyncio.ensure_future(packer.get([each])) for each in "abc"]
        await asyncio.sleep(0.01)
        calls[0].cancel()
        assert await asyncio.gather(*calls[1:]) == [{"b": 1}, {"c": 1}]
        lonely = asyncio.ensure_future(packer.get(["d"]))
        await asyncio.sleep(0.01)
        assert far.open == 1
        lonely.cancel()
        await asyncio.wait([lonely])
        await asyncio.sleep(0)
        assert far.open == 0
        under_way = asyncio.ensure_future(packer.get(["e"]))
        await asyncio.sleep(0.01)
        unsent = asyncio.ensure_future(packer.get(["f"]))
        await asyncio.sleep(WINDOW_S / 2)
        unsent.cancel()
        await asyncio.wait([unsent, under_way])
        await asyncio.sleep(1)
        assert far.calls == [["a", "b", "c"], ["d"], ["e"]]
        assert len(asyncio.all_tasks()) == 1

    virtually(main)


def test_a_hurried_caller_leaves_and_a_patient_one_keeps_its_time(virtually) -> None:  # noqa: ANN001
    async def main() -> None:
        far, clock = Far(took_s=1.0), asyncio.get_running_loop().time
        packer = far.packer()

        async def within(seconds: float) -> object:
            with deadline.limit(seconds, clock=clock):
                return await packer.get(["a"])

        hurried = asyncio.ensure_future(within(0.2))
        patient = asyncio.ensure_future(within(2.0))
        with pytest.raises(TimeoutError):
            await hurried
        assert await patient == {"a": 1}
        assert far.left_s == [pytest.approx(2.0)]
        assert await packer.get(["b"]) == {"b": 1}
        assert far.left_s[1] == float("inf")

    virtually(main)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.floats(0, 0.1), st.lists(st.integers(0, 40), min_size=1, max_size=12)),
        min_size=1,
        max_size=25,
    ),
    st.sets(st.integers(0, 24)),
)
def test_everybody_gets_what_was_asked_for(virtually, asked, leaving) -> None:  # noqa: ANN001
    async def main() -> None:
        far = Far(took_s=0.02)
        packer = far.packer(most=10)

        async def one(at_s: float, numbers: list[int]) -> dict[str, int]:
            await asyncio.sleep(at_s)
            return await packer.get([f"k{number}" for number in numbers])

        calls = [asyncio.ensure_future(one(*each)) for each in asked]
        await asyncio.sleep(0.05)
        for place in leaving & set(range(len(calls))):
            calls[place].cancel()
        found = await asyncio.gather(*calls, return_exceptions=True)
        for place, (answer, (_, numbers)) in enumerate(zip(found, asked, strict=True)):
            if isinstance(answer, asyncio.CancelledError):
                assert place in leaving
            else:
                assert answer == {f"k{n}": len(f"k{n}") for n in numbers}
        await asyncio.sleep(1)
        assert far.open == 0
        assert len(asyncio.all_tasks()) == 1
        assert all(len(call) == len(set(call)) <= 10 for call in far.calls)

    virtually(main)
