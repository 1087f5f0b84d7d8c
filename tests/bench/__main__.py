"""``python -m tests.bench``: the gateway against a plain stack, over one sandbox, in one run.

    uv run poe bench                              all, some ten minutes
    uv run poe bench --rounds 1 --operations n+1 --regimes cold
    uv run poe bench --profile                    where a request's time goes, by layer

Regimes: cold keeps nothing and asks for films all over the chart; hot keeps nothing and all ask
for the same at once; warm keeps what it can and asks for ten pages. What counts is requests per
CPU-second of the server's whole process tree, which neither the load generator nor what else runs
on the machine can inflate. Needs wrk (Debian: apt-get install wrk) and Linux.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.race import layers, servers
from tests.bench.race.cells import Terms, measured
from tests.bench.race.load import wrk
from tests.bench.race.operations import OPERATIONS, PAGES, WARM, keys_of
from tests.bench.race.rounds import REGIMES, Race, chosen
from tests.bench.race.table import machine, table


def say(line: str) -> None:
    """At once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def race(given: argparse.Namespace, terms: Terms, cores: set[int]) -> None:
    """Run the rounds, then print the table."""
    run = Race(terms, given.regimes.split(","), chosen(given.operations), cores, say)
    for number in range(given.rounds):
        say(f"round {number + 1} of {given.rounds}")
        run.round(turned=bool(number % 2))
    say(f"\n{table(run.cells)}")
    say(machine(given.rounds, given.seconds, given.connections))


def profile(given: argparse.Namespace, terms: Terms, cores: set[int]) -> None:
    """Sample the gateway in each regime and operation."""
    for regime in given.regimes.split(","):
        for operation in chosen(given.operations):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "samples")
                _sampled(path, regime, operation.name, terms, cores)
                say(f"\n{regime}, {operation.shown}\n{layers.told(path)}")


def _sampled(path: Path, regime: str, name: str, terms: Terms, cores: set[int]) -> None:
    entry = ("-m", "tests.bench.race.layers", "PORT", str(path))
    origin, is_warm = terms.upstream.url, regime == "warm"
    with servers.gateway(origin, cores, warm=is_warm, entry=entry) as server:
        everything = keys_of(server.url, PAGES)
        keys = everything.first({"cold": len(everything.films), "hot": 1}.get(regime, WARM))
        (operation,) = chosen(name)
        measured(server, "/graphql", operation.bodies(keys), terms)


def arguments() -> argparse.Namespace:
    """What the user wants."""
    parser = argparse.ArgumentParser(
        "python -m tests.bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--rounds", type=int, default=3, help="how often each cell is measured")
    add("--seconds", type=int, default=4, help="how long each time")
    add("--connections", type=int, default=16, help="how many ask at once")
    add("--regimes", default=",".join(REGIMES), help="of cold, hot, warm")
    add("--operations", default=",".join(each.name for each in OPERATIONS), help="of these")
    add("--latency-ms", type=float, default=0, help="that each upstream call takes longer")
    add("--profile", action="store_true", help="time by layer instead of the race")
    given = parser.parse_args()
    if unknown := set(given.regimes.split(",")) - set(REGIMES):
        parser.error(f"no such regime: {', '.join(unknown)}")
    return given


def main() -> None:
    """Start the upstream, then the race over it."""
    given = arguments()
    wrk()
    cores, others = servers.halves()
    with servers.upstream(others, latency_ms=given.latency_ms) as upstream:
        terms = Terms(given.seconds, given.connections, others, upstream)
        (profile if given.profile else race)(given, terms, cores)


if __name__ == "__main__":
    main()
