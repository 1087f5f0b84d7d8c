"""Both keepers of requests, behind the same routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.requests.stages import Scene, set_up


@pytest.fixture(params=["book", pytest.param("seerr", marks=pytest.mark.slow)])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    """A gateway over each of them, with nobody's requests but the sandbox's own."""
    async with set_up(request.param, tmp_path) as made:
        yield made


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Scene]:
    """A gateway over an empty book."""
    async with set_up("book", tmp_path) as made:
        yield made
