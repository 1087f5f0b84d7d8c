"""A document that is asked for stays known, whatever comes between."""

from __future__ import annotations

import pytest

from tests.graph.stage import staged

KNOWN = "{ genres { id name } }"
STRANGERS = 12


@pytest.mark.parametrize("cache", ["on", "off"])
async def test_strangers_push_it_out_of_nothing(cache: str) -> None:
    """They are long enough to fill the room on their own."""
    async with staged({"GATEWAY_ANSWER_CACHE": cache}) as stage:
        for _ in range(3):
            await stage.data(KNOWN)
        for number in range(STRANGERS):
            await stage.data(f"query Q{number} {{ genres {{ id }} }} # {'long ' * 2400}")
        assert stage.gateway.executor.engine.known(KNOWN) is not None
