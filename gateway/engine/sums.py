"""What stands below an object of an operation, summed up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gateway.engine.price import Draw

ENOUGH: Final = 10**9
"""Beyond any limit; sums stop to grow here."""


@dataclass(slots=True)
class Sum:
    """What stands below one object.

    Attributes:
        cost: In weights.
        objects: Below it.
        representations: That a router asks for.
        drawn: By upstream and by how many one call or unit serves.
        shared: What its fields draw together.
        once: What the operation draws once.
    """

    cost: int = 0
    objects: int = 0
    representations: int = 0
    drawn: dict[tuple[str, int], int] = field(default_factory=dict)
    shared: set[Draw] = field(default_factory=set)
    once: set[Draw] = field(default_factory=set)

    def hold(self, other: Sum) -> None:
        """Count what stands side by side."""
        self.cost = min(self.cost + other.cost, ENOUGH)
        self.objects = min(self.objects + other.objects, ENOUGH)
        self.representations = min(self.representations + other.representations, ENOUGH)
        for (upstream, batch), count in other.drawn.items():
            self.draw(upstream, batch, count)
        self.shared |= other.shared
        self.once |= other.once

    def draw(self, upstream: str, batch: int, count: int) -> None:
        """Count what an upstream is asked for."""
        key = (upstream, batch)
        self.drawn[key] = min(self.drawn.get(key, 0) + count, ENOUGH)

    def settle(self, brought: frozenset[str]) -> None:
        """Draw what the object's fields share, unless it came with the object."""
        for each in self.shared:
            if each.share in brought:
                continue
            if each.once:
                self.once.add(each)
            else:
                self.draw(each.upstream, each.batch, each.count)
        self.shared = set()

    def multiply(self, times: int) -> None:
        """Count it so often."""
        self.cost = min(self.cost * times, ENOUGH)
        self.objects = min(self.objects * times, ENOUGH)
        self.drawn = {key: min(count * times, ENOUGH) for key, count in self.drawn.items()}
