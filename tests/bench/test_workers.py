"""Two workers on two cores: how much more than one.

The load and the upstream share the cores here, so the wall clock says little. Two workers that have
a core each and enough to do answer twice what their CPU-seconds are worth; what they do twice, and
what they take from each other, is in that. How unevenly they share the work is told beside it:
where few connections stay open for long, the busier one is full first.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from statistics import median
from typing import Final

import pytest

from tests.bench.race import servers
from tests.bench.race.load import drive
from tests.bench.race.operations import OPERATIONS, PAGES, WARM, keys_of
from tests.bench.race.servers import Server
from tests.bench.race.spent import cpu_s, tree

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROUNDS: Final = 3
SECONDS: Final = 4
CONNECTIONS: Final = 32
GOAL: Final = 1.7


def spent(server: Server) -> dict[int, float]:
    """CPU so far, by process of its tree."""
    return {each: cpu_s(each) for each in tree(server.process)}


def measured(server: Server, bodies: Sequence[bytes]) -> tuple[float, float, float]:
    """Requests for a CPU-second, the busiest process's share of it, requests a second."""
    every = set(os.sched_getaffinity(0))
    url = f"{server.url}/graphql"
    drive(url, bodies, seconds=1, connections=CONNECTIONS, cores=every)
    before = spent(server)
    seen = drive(url, bodies, seconds=SECONDS, connections=CONNECTIONS, cores=every)
    used = [now - before.get(process, 0.0) for process, now in spent(server).items()]
    good = seen.requests - seen.failed
    return good / sum(used), max(used) / sum(used), good / seen.took_s


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize("name", ["movie", "n+1"])
def test_two_workers_against_one(name: str, *, warm: bool) -> None:
    operation = next(each for each in OPERATIONS if each.name == name)
    every = set(os.sched_getaffinity(0))
    times: list[float] = []
    with servers.upstream(every) as upstream:
        for _ in range(ROUNDS):
            found = {}
            for workers in (1, 2):
                with servers.gateway(upstream.url, every, warm=warm, workers=workers) as server:
                    keys = keys_of(server.url, PAGES)
                    bodies = operation.bodies(keys.first(WARM) if warm else keys)
                    found[workers] = measured(server, bodies)
            (alone, _, rate), (both, share, rates) = found[1], found[2]
            times.append(2 * both / alone)
            print(  # noqa: T201 - it is read
                f"\n{name}, {'warm' if warm else 'cold'}: {times[-1]:.2f} times, the busier has "
                f"{share:.0%}; by the wall {rates / rate:.2f} times; load {os.getloadavg()[0]:.1f}"
            )
    print(f"{name}, {'warm' if warm else 'cold'}: median {median(times):.2f} (goal {GOAL})")  # noqa: T201 - ditto
