"""With the log Seerr's adapter tells what happened as the book does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.upstreams.book.observed import RecordedLog
from tests.requests.conformance import Events
from tests.upstreams.seerr_stage import SeerrStage


@pytest.fixture
async def stage(log: RecordedLog) -> AsyncIterator[SeerrStage]:
    found = SeerrStage.new(log=log)
    yield found
    await found.aclose()


class TestSeerr(Events):
    """On both databases; see ``conftest``."""

    @pytest.mark.slow
    async def test_a_reader_misses_nothing(self, stage: SeerrStage) -> None:
        await super().test_a_reader_misses_nothing(stage)
