"""``extensions.cost``: what an operation can cost, what it has cost, what upstreams had of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.reply import Answer
from gateway.engine.cost import Costs
from gateway.engine.prepared import Prepared
from gateway.transport.tally import Tally

COST = b"x-cost"


class CostWish(Enum):
    """What ``X-Cost`` asks for."""

    INCLUDE = b"include"
    PREVIEW = b"preview"


def cost_wish(fields: Fields) -> CostWish | None:
    """Read the header; nonsense is ignored."""
    asked = fields.get(COST)
    if asked is None:
        return None
    word = asked.strip().lower()
    return next((each for each in CostWish if each.value == word), None)


class CostReport:
    """Tells costs to those who ask.

    Args:
        costs: Reckons them.
        units: What is counted of each upstream, by its name, such as ``tmdbCalls``.
    """

    def __init__(self, costs: Costs, units: Mapping[str, str]) -> None:
        self._costs = costs
        self._units = units

    def preview(self, prepared: Prepared, variables: Mapping[str, object]) -> Answer:
        """The cost alone: nothing is executed, and no limit on the cost refuses it."""
        bill = self._costs.of(prepared, variables)
        told = {"requested": bill.cost, "limit": self._costs.most}
        cost = {**told, "upstreams": self._named(bill.upstreams)}
        return Answer({"data": None, "extensions": {"cost": cost}}, executed=True)

    def told(
        self,
        prepared: Prepared,
        variables: Mapping[str, object],
        data: object,
        tally: Tally,
    ) -> Mapping[str, object]:
        """What an operation that ran could have cost, and what it has."""
        return {
            "requested": self._costs.of(prepared, variables).cost,
            "actual": self._costs.actual(prepared, data),
            "limit": self._costs.most,
            "upstreams": self._named(tally),
        }

    def _named(self, upstreams: Mapping[str, int]) -> Mapping[str, int]:
        return {unit: upstreams.get(name, 0) for name, unit in self._units.items()}
