"""A gateway with ready-made keys, and browsers before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.graph.stage import Stage, staged
from tests.site.visitor import Visitor

SECRET = "a-secret-of-these-tests-long-enough"  # noqa: S105 - a test's own


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a gateway that knows the ready-made keys, in a folder of its own."""
    folder = tmp_path_factory.mktemp("data")
    return {
        "GATEWAY_SECRET": SECRET,
        "GATEWAY_READY_MADE_KEYS": "true",
        "GATEWAY_DATA_DIR": str(folder),
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(keys: dict[str, str]) -> AsyncIterator[Stage]:
    """One for all tests of a file; requests are kept by the sandbox's Seerr."""
    async with staged(keys) as made:
        yield made


@pytest.fixture
def visitors(stage: Stage) -> Callable[[], Visitor]:
    """Opens browsers, each with cookies of its own."""
    return lambda: Visitor.of(stage.http)


@pytest.fixture
def visitor(visitors: Callable[[], Visitor]) -> Visitor:
    return visitors()
