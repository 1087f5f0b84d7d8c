"""What came out, as a table for README."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.race import load
from tests.bench.race.cells import Cell
from tests.bench.race.operations import OPERATIONS
from tests.bench.race.rounds import BASELINE, GATEWAY, HELLO, REGIMES, Place

_HEAD: Final = (
    "| | plain stack: requests per CPU-second | gateway | times (spread) | p50 / p99 ms, plain | "
    "p50 / p99 ms, gateway | upstream calls | RSS MB |\n|---|--:|--:|--:|--:|--:|--:|--:|"
)
_PACKAGES: Final = (
    "strawberry-graphql", "graphql-core", "fastapi", "httpx", "uvicorn", "uvloop", "pydantic",
)  # fmt: skip

Cells = Mapping[Place, Sequence[Cell]]


def table(cells: Cells) -> str:
    """Medians of the rounds; ratios are taken within a round."""
    lines = [_HEAD]
    for regime in REGIMES:
        for operation in OPERATIONS:
            plain = cells.get(Place(regime, operation.name, BASELINE))
            ours = cells.get(Place(regime, operation.name, GATEWAY))
            if plain and ours:
                lines.append(_line(f"{regime}, {operation.shown}", plain, ours))
    return "\n".join([*lines, "", *_hellos(cells)])


def _line(name: str, plain: Sequence[Cell], ours: Sequence[Cell]) -> str:
    both = zip(plain, ours, strict=True)
    ratios = sorted(b.per_cpu_s / a.per_cpu_s for a, b in both if a.per_cpu_s)
    spread = (
        f"{_short(median(ratios))} ({_short(ratios[0])}-{_short(ratios[-1])})" if ratios else ""
    )
    columns = (
        name,
        _short(_median(plain, _rate)),
        _short(_median(ours, _rate)),
        spread or "the plain one ended none",
        *(f"{_short(_median(e, _p50))} / {_short(_median(e, _p99))}" for e in (plain, ours)),
        f"{_short(_median(plain, _calls))} / {_short(_median(ours, _calls))}",
        f"{_median(plain, _rss):.0f} / {_median(ours, _rss):.0f}",
    )
    return f"| {' | '.join(columns)} |"


def _hellos(cells: Cells) -> list[str]:
    found = []
    for operation in OPERATIONS:
        bare = cells.get(Place("warm", operation.name, HELLO))
        ours = cells.get(Place("warm", operation.name, GATEWAY))
        if bare and ours:
            ratio = median(a.per_cpu_s / b.per_cpu_s for a, b in zip(bare, ours, strict=True))
            rate = _short(_median(bare, _rate))
            found.append(
                f"{operation.shown} {rate}, the gateway's warm one costs {ratio:.2f} times it"
            )
    return (
        [f"A hello of the same server and size, per CPU-second: {'; '.join(found)}."]
        if found
        else []
    )


def machine(rounds: int, seconds: int, connections: int) -> str:
    """On what it was measured, and how."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{_processor()}, {cores} cores, Linux {platform.release().partition('-')[0]}, Python "
        f"{platform.python_version()}; {packages}; {load.version()}, {connections} connections; "
        f"{rounds} rounds of {seconds} s; load average {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, sys.platform)


def _median(cells: Sequence[Cell], value: Callable[[Cell], float]) -> float:
    return median(map(value, cells))


def _rate(cell: Cell) -> float:
    return cell.per_cpu_s


def _p50(cell: Cell) -> float:
    return cell.p50_ms


def _p99(cell: Cell) -> float:
    return cell.p99_ms


def _calls(cell: Cell) -> float:
    return cell.calls


def _rss(cell: Cell) -> float:
    return cell.rss_mb


def _short(value: float) -> str:
    """Two or three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
