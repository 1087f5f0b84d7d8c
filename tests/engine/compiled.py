"""The executor that is judged: its plans walked, generated, and half of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import ExecutionResult
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.plan.plan import HOT
from gateway.engine.plan.plans import Plans
from gateway.engine.prepared import Prepared
from tests.engine.runs import Execute, Ground, patient

USED: Counter[str] = Counter()
"""How many operations were compiled, and how many left to graphql-core."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Executes as the gateway does.

    Args:
        hot: Objects of one kind and place that are walked before code is generated.
    """

    hot: int = HOT

    async def __call__(
        self, prepared: Prepared, variables: dict[str, Any], world: Ground
    ) -> ExecutionResult:
        """What the gateway answers."""
        core = world.core
        values = get_variable_values(core, prepared.operation.variable_definitions or (), variables)
        assert isinstance(values, VariableValues)
        plans = prepared.remember(self, lambda: Plans(core, prepared, hot=self.hot))
        plans.of(values)  # a plan is kept from the second time on that it is wanted
        plan = plans.of(values)
        if plan is None:
            USED["left to graphql-core"] += 1
            return await patient(prepared, variables, world)
        USED["compiled"] += 1
        return await plan.run(world.context, values, world.root)


_GENERATED: Final = Compiled(hot=1)  # the first object of each place is walked, so run it twice
_WAYS: Final[Sequence[Sequence[Execute]]] = (
    (Compiled(), _GENERATED, _GENERATED),
    (_GENERATED, _GENERATED),
    (Compiled(hot=2), Compiled(hot=2)),
)


def compiled(seed: int) -> Sequence[Execute]:
    """Ways to execute the document of a seed, one after another."""
    return _WAYS[seed % len(_WAYS)]
