"""Goodput under overload, in virtual time."""

from __future__ import annotations

from itertools import chain, repeat
from math import inf

import pytest

from gateway.edge.admission import SURE
from tests.unit.edge.simulated import Loop, poisson


@pytest.mark.parametrize("times", [1.5, 4, 10])
@pytest.mark.parametrize("work_s", [0.010, 0.030, 0.100])
def test_goodput_stays_near_capacity(work_s: float, times: float) -> None:
    """Of the CPU that refusals leave."""
    loop = Loop(work_s)
    offered_per_s = times / work_s
    result = loop.run(poisson(offered_per_s), 60)
    left = 1 - (offered_per_s - result.goodput_per_s) * loop.refusal_s
    assert result.goodput_per_s * work_s >= 0.93 * left
    if SURE * work_s < 3:  # a line of slower ones may stand: some are late, or sent away late
        shed_s = sorted(result.shed_s)
        assert shed_s[int(0.95 * len(shed_s))] <= 0.030
        assert result.late <= 0.02 * result.good  # of those let in before anything was known


def test_without_admission_everybody_is_late() -> None:
    """The reason for all this; also shows that the simulation can fail."""
    result = Loop(0.030, most=None).run(poisson(4 / 0.030), 60)
    assert result.goodput_per_s * 0.030 < 0.25


@pytest.mark.parametrize(("count", "work_s"), [(64, 0.040), (256, 0.005), (270, 0.003)])
def test_a_burst_is_answered_whole(count: int, work_s: float) -> None:
    """All at the same moment, out of nothing."""
    result = Loop(work_s).run(chain(repeat(0.0, count), repeat(inf)), 10)
    assert (result.good, result.late, result.shed_s) == (count, 0, [])


def test_below_capacity_nobody_is_shed() -> None:
    result = Loop(0.030).run(poisson(0.85 / 0.030), 120)
    assert result.shed_s == []
    assert result.late == 0


def test_after_overload_it_is_as_before() -> None:
    """Ten seconds of flood, then a quiet hour's rate."""
    flood = list(zip(range(1300), poisson(130), strict=False))
    after = (15 + moment for moment in poisson(20))
    loop = Loop(0.030)
    loop.run(chain((moment for _, moment in flood), [inf]), 14)
    result = loop.run(after, 60)
    assert result.shed_s == []
    assert result.late == 0
