"""Fixtures of the limits' tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.graph.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A gateway with a cold memory cache over a fresh sandbox."""
    async with staged() as made:
        yield made
