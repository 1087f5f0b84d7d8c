"""The fault matrix: each fault of each upstream, cold and warm, on real sockets and a real Valkey.

Every cell tells the client's answer, its time, and the calls that reached the upstream.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import pytest

from gateway.registry import UPSTREAMS
from tests.faults.house import DEADLINE_S, Answer, House, housed
from tests.faults.page import (
    AGED_S,
    PAGE,
    SERVED_STALE,
    assert_honest,
    healthy_page,
    is_lost,
    without,
)
from tests.faults.rows import ROWS, Row
from tests.valkey import command

LATE_S: Final = 0.1  # past the deadline
AT_ONCE_S: Final = 0.4  # what needs no upstream: to wait for one would take all of the deadline

# A diagonal for every day, all pairs in CI.
COLD: Final = {
    ("refused", "tmdb"), ("half_open", "youtube"), ("reset_in_body", "seerr"),
    ("server_error", "omdb"), ("rate_limited", "youtube"),
}  # fmt: skip
WARM: Final = {("black_hole", "tmdb"), ("reset_before_answer", "youtube"), ("cut_body", "omdb")}


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """A look at all objects of a long run takes longer than what is measured here."""
    gc.disable()
    yield
    gc.enable()


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one cell."""

    healthy: Answer
    answer: Answer
    again: Answer
    calls: int
    calls_again: int


def cells(everyday: AbstractSet[tuple[str, str]]) -> list[object]:
    """Every fault with every upstream; those of no day's turn carry the marker."""
    return [
        pytest.param(
            name,
            upstream,
            marks=() if (name, upstream) in everyday else pytest.mark.slow,
        )
        for name in ROWS
        for upstream in UPSTREAMS
    ]


async def played(url: str, name: str, upstream: str, *, is_warm: bool) -> Cell:
    """Play a cell; once more if the machine was too busy to judge its time by it."""
    for _ in range(2):
        command(int(url.rpartition(":")[2].partition("/")[0]), "FLUSHALL")
        async with housed(url) as house:
            cell = await _cell(house, ROWS[name], upstream, is_warm=is_warm)
        if cell.answer.took_s <= DEADLINE_S + LATE_S:
            break
    kind = "warm" if is_warm else "cold"
    print(  # noqa: T201 - the figures are the point
        f"{name:>22} {upstream:>8} {kind}: {cell.answer.took_s * 1000:4.0f} ms, "
        f"{cell.calls} calls, {','.join(sorted(cell.answer.codes)) or '-'}"
    )
    return cell


async def _cell(house: House, row: Row, upstream: str, *, is_warm: bool) -> Cell:
    if is_warm:
        healthy = await house.ask(PAGE)
        await house.settle()
        house.clock.ahead_s += AGED_S[upstream]
    else:
        healthy = await healthy_page()
    assert not healthy.errors
    house.calls()
    await row.strike(house, upstream)
    answer = await house.ask(PAGE)
    await house.settle()
    calls = house.calls()
    again = await house.ask(PAGE)
    await house.settle()
    return Cell(healthy, answer, again, calls[upstream], house.calls()[upstream])


@pytest.mark.parametrize(("name", "upstream"), cells(COLD))
async def test_cold_the_fault_takes_its_own_fields_and_says_so(
    valkey_url: str, name: str, upstream: str
) -> None:
    row = ROWS[name]
    cell = await played(valkey_url, name, upstream, is_warm=False)
    found = cell.answer
    assert without(found.data, upstream) == without(cell.healthy.data, upstream)
    assert is_lost(found.data, upstream)
    assert found.errors
    assert found.codes <= row.told(upstream)
    assert_honest(found.errors, upstream)
    told = [error["extensions"] for error in found.errors]
    if row.retryable is not None:
        assert all(t["retryable"] is row.retryable for t in told if t["code"] in row.codes)
    if row.wait_ms is not None and row.told(upstream) == row.codes:
        low, high = row.wait_ms
        assert all(low <= t["retryAfterMs"] <= high for t in told)
    assert row.calls[0] <= cell.calls <= row.calls[1]
    assert found.took_s <= DEADLINE_S + LATE_S
    assert_honest(cell.again.errors, upstream)
    assert cell.again.took_s <= DEADLINE_S + LATE_S


@pytest.mark.parametrize(("name", "upstream"), cells(WARM))
async def test_warm_the_stale_value_is_served_and_marked(
    valkey_url: str, name: str, upstream: str
) -> None:
    row = ROWS[name]
    cell = await played(valkey_url, name, upstream, is_warm=True)
    for found in (cell.answer, cell.again):
        assert_honest(found.errors, upstream)
        assert without(found.data, upstream) == without(cell.healthy.data, upstream)
        if upstream in SERVED_STALE:
            assert found.data == cell.healthy.data
            assert not found.errors
            assert found.took_s <= AT_ONCE_S
        else:
            assert is_lost(found.data, upstream)
            assert found.took_s <= DEADLINE_S + LATE_S
    assert row.calls[0] <= cell.calls <= row.calls[1]
    if upstream in SERVED_STALE:
        assert cell.calls_again == 0  # a refresh that failed is not tried again at once
        assert_marked(cell.answer, upstream, frozenset({"REVALIDATING"}))
        assert_marked(cell.again, upstream, row.told(upstream) | {"CIRCUIT_OPEN"})


def assert_marked(found: Answer, upstream: str, reasons: AbstractSet[str]) -> None:
    marks = found.stale(upstream)
    assert marks
    for mark in marks:
        assert mark["reason"] in reasons
        assert mark["source"] in {"MEMORY", "REDIS"}
        assert 0 <= mark["ageSeconds"] - AGED_S[upstream] < 10
