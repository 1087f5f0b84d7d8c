"""Registered documents: shared, bounded, and out of strangers' reach."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.cache.persisted import (
    BURST_BYTES,
    IDLE_S,
    LONGEST,
    MOST_TRIED,
    MOST_USED,
    REFILL_BYTES_PER_S,
    PersistedDocuments,
    hash_of,
)
from gateway.cache.redis_line import RedisLine
from tests.valkey import command, valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def text_of(number: int) -> str:
    return f"{{ a }} # {number}"


def register(documents: PersistedDocuments, text: str) -> str:
    name = hash_of(text)
    documents.keep(name, text)
    return name


def test_junk_that_nobody_asks_for_displaces_nothing_in_use() -> None:
    documents = PersistedDocuments(None)
    used = [register(documents, text_of(each)) for each in range(100)]
    assert all(documents.at_hand(name) for name in used)
    for each in range(10_000):
        register(documents, text_of(1000 + each))
    assert all(documents.at_hand(name) for name in used)
    assert len(documents) <= 100 + MOST_TRIED


def test_junk_that_is_asked_for_once_displaces_nothing_that_is_in_real_use() -> None:
    documents = PersistedDocuments(None)
    real = [register(documents, text_of(each)) for each in range(MOST_USED)]
    for each in range(MOST_USED):
        name = register(documents, text_of(each))
        assert all(documents.at_hand(name) for _ in range(8))
    for each in range(5000):
        documents.at_hand(register(documents, text_of(10_000 + each)))
        if each % 10 == 0:
            documents.at_hand(real[each // 10 % MOST_USED])
    assert sum(documents.at_hand(name) is not None for name in real) > 0.95 * MOST_USED
    assert len(documents) <= MOST_USED + MOST_TRIED


def test_what_is_no_longer_used_makes_room_in_time() -> None:
    clock = Clock()
    documents = PersistedDocuments(None, clock=clock)
    for each in range(MOST_USED):
        name = register(documents, text_of(each))
        assert all(documents.at_hand(name) for _ in range(300))
    new = register(documents, text_of(5000))
    assert all(documents.at_hand(new) for _ in range(200))
    assert new not in documents._used
    clock.now_s += IDLE_S
    assert documents.at_hand(new)
    assert new in documents._used


def test_a_long_one_is_not_kept() -> None:
    documents = PersistedDocuments(None)
    assert documents.at_hand(register(documents, "#" * (LONGEST + 1))) is None


@pytest.fixture
async def lines(valkey_url: str) -> AsyncIterator[tuple[RedisLine, RedisLine]]:
    one, other = RedisLine(valkey_url), RedisLine(valkey_url)
    yield one, other
    await one.aclose()
    await other.aclose()


async def test_what_one_process_knows_the_other_finds(lines: tuple[RedisLine, RedisLine]) -> None:
    one, other = (PersistedDocuments(line) for line in lines)
    name = register(one, text_of(1))
    await lines[0].run([("PING",)])
    assert other.at_hand(name) is None
    assert await other.find(name) == text_of(1)
    assert other.at_hand(name) == text_of(1)
    assert await other.find(hash_of("unknown")) is None


async def test_another_s_text_under_a_hash_is_not_believed(
    lines: tuple[RedisLine, RedisLine],
) -> None:
    name = hash_of("{ a }")
    await lines[0].run([("SET", f"mq:document:{name}", "{ b }")])
    assert await PersistedDocuments(lines[1]).find(name) is None


async def test_redis_takes_so_much_and_no_more(
    lines: tuple[RedisLine, RedisLine], valkey_server: object
) -> None:
    clock = Clock()
    documents = PersistedDocuments(lines[0], clock=clock)
    line = "#" * (LONGEST - 100)
    for each in range(2 * BURST_BYTES // LONGEST):
        register(documents, f"{line}{each}")
        await lines[0].run([("PING",)])  # who writes it all at once is not waited for
    port = valkey_server.port  # type: ignore[attr-defined] # a ValkeyServer
    kept = int(command(port, "DBSIZE")[1:])
    assert 0 < kept <= BURST_BYTES // (LONGEST - 100)
    clock.now_s += LONGEST / REFILL_BYTES_PER_S
    register(documents, f"{line}later")
    await lines[0].run([("PING",)])
    assert int(command(port, "DBSIZE")[1:]) == kept + 1
