"""A plan that is run once is gone at once: strangers leave no work to the collector."""

from __future__ import annotations

import gc
from collections import Counter
from types import FunctionType
from typing import Any

import pytest
from graphql import parse
from graphql.execution.values import VariableValues

from gateway.engine.plan.plan import HOT, Plan
from gateway.engine.prepared import Prepared
from tests.engine.test_generated import DOCUMENTS, SCHEMA

_PACKAGE = "gateway.engine.plan"


def _alive() -> Counter[str]:
    """The objects of plans, and the functions that were generated for them."""
    found: Counter[str] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        if kind is FunctionType:
            found[kind.__qualname__] += each.__code__.co_filename == "<plan>"
        elif str(kind.__module__).startswith(_PACKAGE):
            found[kind.__qualname__] += 1
    return found


@pytest.mark.parametrize("hot", [1, HOT])
async def test_nothing_of_it_waits_for_the_collector(hot: int) -> None:
    gc.collect()
    gc.disable()
    try:
        before = _alive()
        for text in DOCUMENTS.values():
            document: Any = parse(text)
            plan = Plan(
                SCHEMA, Prepared(document, document.definitions[0], text), {}, hot=hot, once=True
            )
            assert (await plan.run({}, VariableValues({}, {}))).data
            del plan
        assert not _alive() - before
    finally:
        gc.enable()
