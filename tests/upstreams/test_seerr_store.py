"""Seerr's adapter does what every store of requests must do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.requests.conformance import Requests
from tests.upstreams.seerr_stage import SeerrStage


@pytest.fixture
async def stage() -> AsyncIterator[SeerrStage]:
    found = SeerrStage.new()
    yield found
    await found.aclose()


class TestSeerr(Requests):
    """Without Redis."""
