"""The compiled executor against graphql-core, over the gateway's schema and the sandbox's data.

Both hear the same from the upstreams, refusals included, in an order of a seed.
Besides the answer the errors beside data are compared, and which upstream is
told to stand behind which field.
"""

from __future__ import annotations

import time

import pytest

from tests.engine.compiled import compiled
from tests.engine.scene_trials import Tally, scene_failure

# graphql-core drops coroutines that it cancels before they begin; what the compiled executor
# leaves behind is looked at run by run.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PART = 750


async def test_a_few_documents() -> None:
    tally = Tally()
    assert not await scene_failure(range(8), compiled, tally)
    assert tally.documents > 4


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
async def test_three_thousand_documents(part: int) -> None:
    """No upstream is asked more often than by graphql-core."""
    tally, begun = Tally(), time.perf_counter()
    seeds = range(100 + part * PART, 100 + (part + 1) * PART)
    assert not await scene_failure(seeds, compiled, tally)
    print(f"\n{tally} in {time.perf_counter() - begun:.0f} s")  # noqa: T201 - so that CI shows it
    assert tally.documents > PART / 2
    assert tally.found <= tally.expected
