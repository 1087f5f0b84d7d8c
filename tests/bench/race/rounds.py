"""Rounds of the race: each server fresh, in turn, over one upstream; answers compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from tests.bench.race import servers
from tests.bench.race.cells import Cell, Terms, answer, measured
from tests.bench.race.operations import OPERATIONS, PAGES, WARM, Keys, Operation, keys_of
from tests.bench.race.servers import Server

REGIMES: Final = ("cold", "hot", "warm")
GATEWAY: Final = "gateway"
BASELINE: Final = "baseline"
HELLO: Final = "hello"
COMPARED: Final = 10
"""Answers of each operation that are compared in every round; in the first all of them."""
_LEAST_SHARED: Final = 0.7
"""Of a page's films: a cursor of the gateway's leaves out what the page before has shown."""


class Place(NamedTuple):
    """Where a cell stands."""

    regime: str
    operation: str
    server: str


@dataclass(slots=True)
class Race:
    """All that is measured, round by round."""

    terms: Terms
    regimes: Sequence[str]
    operations: Sequence[Operation]
    cores: set[int]
    tell: Callable[[str], None]
    cells: dict[Place, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=dict)
    _answers: dict[tuple[str, bytes | int], Any] = field(default_factory=dict)
    _seen: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))

    def round(self, *, turned: bool) -> None:
        """Let each server run once."""
        origin = self.terms.upstream.url
        entries = {BASELINE: servers.baseline, GATEWAY: servers.gateway}
        for name in reversed(entries) if turned else entries:
            for warm in (False, True):
                mine = [each for each in self.regimes if (each == "warm") == warm]
                if mine:
                    self._run(name, partial(entries[name], origin, self.cores, warm=warm), mine)
        with servers.hello(self.cores) as server:
            for operation in self.operations:
                bodies = operation.bodies(Keys([603], [None]))
                path = f"/hello/{self.sizes[operation.name]}"
                cell = measured(server, path, bodies, self.terms)
                self._note(Place("warm", operation.name, HELLO), cell)

    def _run(
        self, name: str, start: Callable[[], AbstractContextManager[Server]], regimes: Sequence[str]
    ) -> None:
        with start() as server:
            everything = keys_of(server.url, PAGES)
            for regime, operation in self._turns(regimes):
                keys = everything.first({"cold": len(everything.films), "hot": 1}.get(regime, WARM))
                bodies = operation.bodies(keys)
                self._check(server, name, operation, bodies)
                cell = measured(server, "/graphql", bodies, self.terms)
                self._note(Place(regime, operation.name, name), cell)

    def _turns(self, regimes: Sequence[str]) -> Iterator[tuple[str, Operation]]:
        return ((regime, each) for regime in regimes for each in self.operations)

    def _note(self, place: Place, cell: Cell) -> None:
        self.cells[place].append(cell)
        self.tell(
            f"{place.regime:>5} {place.operation:<6} {place.server:<9}{cell.per_cpu_s:10.1f} per"
            f" CPU-s  p50 {cell.p50_ms:8.2f} p99 {cell.p99_ms:8.2f} ms  calls {cell.calls:6.2f}"
            f"  RSS {cell.rss_mb:4.0f} MB  busy {cell.busy:4.0%}"
            + (f"  FAILED {cell.failed}" if cell.failed else "")
        )

    def _check(
        self, server: Server, name: str, operation: Operation, bodies: Sequence[bytes]
    ) -> None:
        """Whether both say the same; it also fills the caches, and the upstream's."""
        is_known = (operation.name, len(bodies) - 1) in self._seen[name]
        for at, body in enumerate(bodies[:COMPARED] if is_known else bodies):
            self._seen[name].add((operation.name, at))
            data, size = answer(server, body)
            if at == 0 and name == GATEWAY:
                self.sizes[operation.name] = size
            place = body if operation.is_film else at  # cursors are each server's own
            known = self._answers.setdefault((operation.name, place), data)
            if difference := _difference(known, data):
                raise SystemExit(f"{operation.name}, {body!r}: {difference}")


def _difference(one: Any, other: Any) -> str | None:  # noqa: ANN401 - JSON
    """Where two answers do not say the same; of a page, of the films that both show."""
    first, second = _films(one), _films(other)
    shared = first.keys() & second.keys()
    if len(shared) < _LEAST_SHARED * min(len(first), len(second)):
        return f"films {[*first]} are not {[*second]}"
    different = (each for each in shared if first[each] != second[each])
    return next((f"{first[each]} is not {second[each]}" for each in different), None)


def _films(data: Any) -> dict[int, Any]:  # noqa: ANN401 - JSON
    """Films by id, without requests: Seerr's page of a film misses some, and has a series'."""
    nodes = data["charts"]["nodes"] if "charts" in data else [data["movie"]]
    return {
        each["tmdbId"]: {name: value for name, value in each.items() if name != "requests"}
        for each in nodes
    }


def chosen(names: str) -> list[Operation]:
    """Operations by name; raises `SystemExit` for one that there is not."""
    known = {each.name: each for each in OPERATIONS}
    try:
        return [known[name] for name in names.split(",")]
    except KeyError as exc:
        raise SystemExit(f"{exc} is none of {', '.join(known)}") from None
