"""Execution of one page by its plan, against graphql-core through Strawberry.

CPU time, the best of interleaved rounds: what else runs on the machine can only add.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, Final, NamedTuple

import pytest
import uvloop
from graphql import ExecutionResult, OperationDefinitionNode, execute, parse
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.plan.code import forget_code
from gateway.engine.plan.plan import HOT
from gateway.engine.plan.plans import Plans
from gateway.engine.prepared import Prepared
from tests.bench.page import PAGES, SCHEMA, context

pytestmark = pytest.mark.bench

ROUNDS: Final = 40
GOAL: Final = 15
TIMES: Final = 5
WALKED: Final = 10**9

Execute = Callable[[], Awaitable[ExecutionResult]]


class Cost(NamedTuple):
    """Microseconds of one page."""

    reference: float
    first: float  # planned, and walked
    walked: float
    compiled: float  # what generating its code takes
    generated: float

    def __str__(self) -> str:
        times = self.reference / self.generated
        objects = 100 * self.compiled / (self.walked - self.generated)
        return (
            f"graphql-core {self.reference:.0f} us, first sight {self.first:.0f}, "
            f"walked {self.walked:.0f}, generated {self.generated:.0f}: {times:.1f} times less; "
            f"generating all takes {self.compiled:.0f}: what it saves on {objects:.0f} objects"
        )


class Page:
    """One page, ready to be executed in each way."""

    def __init__(self, text: str) -> None:
        self._document = parse(text)
        operation = self._document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        self._prepared = Prepared(self._document, operation, text)
        values = get_variable_values(SCHEMA, operation.variable_definitions or (), {})
        assert isinstance(values, VariableValues)
        self._values = values

    async def reference(self) -> ExecutionResult:
        found: Any = execute(SCHEMA, self._document, context_value=context())
        return await found if isawaitable(found) else found

    def planned(self, hot: int) -> Execute:
        plans = Plans(SCHEMA, self._prepared, hot=hot)
        plans.of(self._values)  # the first is good for one run
        plan = plans.of(self._values)
        assert plan is not None
        return lambda: plan.run(context(), self._values)

    async def generating(self) -> ExecutionResult:
        forget_code()
        return await self.planned(1)()

    async def first(self) -> ExecutionResult:
        return await self.planned(WALKED)()


async def cost_of(page: Page) -> Cost:
    walked, generated = page.planned(WALKED), page.planned(HOT)
    expected = (await page.reference()).data
    for _ in range(HOT + 2):
        assert (await generated()).data == expected
    assert (await walked()).data == expected
    ways = [page.reference, page.first, walked, page.generating, generated]
    best = [9e9] * len(ways)
    for _ in range(ROUNDS):
        gc.collect()
        for at, way in enumerate(ways):
            best[at] = min(best[at], await _one(way))
    reference, first, usual, made, fast = best
    return Cost(reference, first, usual, made - first, fast)


async def _one(way: Execute) -> float:
    await way()
    began = time.process_time()
    for _ in range(TIMES):
        await way()
    return (time.process_time() - began) / TIMES * 1e6


def test_a_page_with_its_data_in_memory() -> None:
    print()  # noqa: T201 - it is read
    for name, text in PAGES.items():
        cost = uvloop.run(cost_of(Page(text)))
        print(f"{name}: {cost} (goal with fields in two steps: {GOAL} times)")  # noqa: T201 - ditto
        assert cost.generated < cost.walked < cost.reference
