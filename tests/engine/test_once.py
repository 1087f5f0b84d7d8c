"""A plan that is run once is gone at once: strangers leave no work to the collector."""

from __future__ import annotations

import gc
from collections import Counter
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
        where = getattr(getattr(each, "__code__", None), "co_filename", "")
        if str(kind.__module__).startswith(_PACKAGE) or where == "<plan>":
            found[kind.__qualname__] += 1
    return found


@pytest.mark.parametrize("hot", [1, HOT])
@pytest.mark.parametrize("name", DOCUMENTS)
async def test_nothing_of_it_waits_for_the_collector(name: str, hot: int) -> None:
    text = DOCUMENTS[name]
    document: Any = parse(text)
    prepared = Prepared(document, document.definitions[0], text)
    gc.collect()
    gc.disable()
    try:
        before = _alive()
        found = await Plan(SCHEMA, prepared, {}, hot=hot, once=True).run({}, VariableValues({}, {}))
        assert found.data
        del found
        assert not _alive() - before
    finally:
        gc.enable()
