"""The compiled executor against graphql-core, over schemas and documents made by chance.

`verdict` says what has to be the same. A failure is told with its seed and a
small document; `failure([seed], compiled)` runs it again.
"""

from __future__ import annotations

import gc
import time
from itertools import islice
from random import Random

import pytest

from tests.engine.compiled import USED, Compiled, compiled
from tests.engine.runs import Case, cancelled
from tests.engine.trials import Trial, everyday, failure, runnable

# graphql-core drops coroutines that it cancels before they begin; what the compiled executor
# leaves behind is looked at run by run.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

DOCUMENTS = 20_000
PART = 1_000


async def test_a_hundred_documents() -> None:
    USED.clear()
    assert not await failure(everyday(100), compiled)
    assert USED["compiled"] > 4 * USED["left to graphql-core"]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(DOCUMENTS // PART))
async def test_twenty_thousand_documents(part: int) -> None:
    """In parts, which may run side by side."""
    USED.clear()
    begun = time.perf_counter()
    assert not await failure(range(part * PART, (part + 1) * PART), compiled)
    took_s = time.perf_counter() - begun
    print(f"\n{PART} documents in {took_s:.0f} s, executed: {dict(USED)}")  # noqa: T201 - so that CI shows it
    assert USED["compiled"] > 4 * USED["left to graphql-core"]
    gc.collect()  # what is left behind complains now


def _cases(count: int) -> list[Case]:
    found = (Trial.of(seed).cases[0] for seed in everyday(10 * count))
    return list(islice((each for each in found if runnable(each)), count))


@pytest.mark.slow
async def test_cancelled_after_any_landing() -> None:
    """Nothing is left behind, however far it had come."""
    for order, case in enumerate(_cases(300)):
        for landings in range(8):
            assert not await cancelled(case, Compiled(hot=1), order, landings)


async def test_cancelled_at_random() -> None:
    for order, case in enumerate(_cases(30)):
        assert not await cancelled(case, Compiled(hot=1), order, Random(order).randint(0, 8))
