"""Fixtures of the quota's tests on a real Valkey."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from gateway.cache.redis_line import RedisLine
from gateway.quota.ledger import Ledger
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]

NewLedger = Callable[..., Ledger]


@pytest.fixture
async def new_ledger(valkey_url: str) -> AsyncIterator[NewLedger]:
    """Make ledgers, each as a process of its own would reach it, on one Valkey unless told."""
    lines: list[RedisLine] = []

    def make(url: str = valkey_url) -> Ledger:
        lines.append(RedisLine(url))
        return Ledger(lines[-1])

    yield make
    for line in lines:
        await line.aclose()
