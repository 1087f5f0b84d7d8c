"""One measurement: a server, a regime, an operation."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx

from tests.bench.race.load import drive
from tests.bench.race.servers import Server
from tests.bench.race.spent import tree_cpu_s, tree_rss_mb

_HEADERS: Final = {"content-type": "application/json"}
_CLIENT: Final = httpx.Client(headers=_HEADERS, timeout=60)
_STILL_S: Final = 0.3
_LONGER: Final = 6


@dataclass(frozen=True, slots=True)
class Terms:
    """How long, by how many, from where."""

    seconds: int
    connections: int
    cores: set[int]
    upstream: Server


@dataclass(frozen=True, slots=True)
class Cell:
    """What came out; what a server had begun when time was up counts half, if it ended any."""

    per_cpu_s: float
    p50_ms: float
    p99_ms: float
    calls: float
    rss_mb: float
    failed: int
    busy: float


def measured(server: Server, path: str, bodies: Sequence[bytes], terms: Terms) -> Cell:
    """Drive a server, after a second of the same to warm it up; a slow one for longer."""
    run = partial(
        drive, f"{server.url}{path}", bodies, connections=terms.connections, cores=terms.cores
    )
    is_slow = run(seconds=1).requests < terms.connections * 2
    _settle(terms.upstream)
    calls, cpu_s = calls_of(terms.upstream), tree_cpu_s(server.process)
    seen = run(seconds=terms.seconds * (_LONGER if is_slow else 1))
    spent_s = tree_cpu_s(server.process) - cpu_s
    calls = calls_of(terms.upstream) - calls
    count = seen.requests + terms.connections / 2 if seen.requests else 0.0
    return Cell(
        per_cpu_s=count / spent_s,
        p50_ms=seen.p50_ms,
        p99_ms=seen.p99_ms,
        calls=calls / count if count else math.nan,
        rss_mb=tree_rss_mb(server.process),
        failed=seen.failed,
        busy=spent_s / seen.took_s,
    )


def calls_of(upstream: Server) -> int:
    """That have reached the upstreams so far."""
    found: dict[str, int] = httpx.get(f"{upstream.url}/counts").json()
    return sum(found.values())


def _settle(upstream: Server) -> None:
    """Wait until nothing is left of what clients gave up."""
    before = -1
    while (now := calls_of(upstream)) != before:
        before = now
        time.sleep(_STILL_S)


def answer(server: Server, body: bytes) -> tuple[dict[str, object], int]:
    """One answer's data, and its size in bytes.

    Raises:
        SystemExit: It has errors: what is measured must be right.
    """
    found = _CLIENT.post(f"{server.url}/graphql", content=body)
    told = found.json()
    if "errors" in told or not told.get("data"):
        raise SystemExit(f"{body!r}: {found.text[:500]}")
    return told["data"], len(found.content)
