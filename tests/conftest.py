"""What makes the suite short: no work twice between the workers, and little for the collector."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

# pytest's own limit is the bound; a tenth of a second is nothing where others work beside.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")

_TESTS = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Let each worker begin with other folders than its neighbours.

    Whichever reads a module first writes its bytecode, which the others then find: in a fresh
    clone all of them would compile everything, side by side.
    """
    # Half of a million objects stay for the whole run: looking at them again and again for what
    # may go was a seventh of all work.
    gc.set_threshold(50_000, 20, 20)
    if config.args == config.getini("testpaths"):
        folders = sorted(str(each) for each in _TESTS.iterdir() if any(each.glob("**/test_*.py")))
        start = len(folders) * _place() // _workers()
        config.args = folders[start:] + folders[:start]


def _place() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _workers() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into one order for all workers."""
    items.sort(key=lambda item: item.path)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: nobody need look at it for what may go."""
    gc.freeze()
