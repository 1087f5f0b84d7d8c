"""The ring: as new as the database, however often it is asked, and good through an outage."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.domain.api_key import ApiKey
from gateway.domain.role import Role
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.identity.ring import FRESH_S, OLD_S, OUTAGE_S, SPARE_LOOKS, KeyRing
from gateway.errors import UpstreamUnavailableError

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Database:
    """Keys, a clock, and what was asked; ``gate`` holds answers up."""

    def __init__(self) -> None:
        self.keys: dict[bytes, ApiKey] = {}
        self.asked = 0
        self.used: list[tuple[set[str], date]] = []
        self.away = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.time_s = 1000.0

    def add(self, name: bytes) -> None:
        self.keys[name] = ApiKey(
            key_id=name.decode(), name="n", role=Role.REQUESTER, digest=name, created_at=START,
            display_name="N",
        )  # fmt: skip

    async def good(self) -> tuple[ApiKey, ...]:
        self.asked += 1
        found = tuple(self.keys.values())
        await self.gate.wait()
        if self.away:
            raise UpstreamUnavailableError("book", "good_keys")
        return found

    async def note_used(self, key_ids: Collection[str], day: date) -> None:
        self.used.append((set(key_ids), day))

    def now(self) -> datetime:
        return START + timedelta(seconds=self.time_s - 1000)


@pytest.fixture
def database() -> Database:
    found = Database()
    found.add(b"one")
    return found


@pytest.fixture
def ring(database: Database) -> KeyRing:
    return KeyRing(database, clock=lambda: database.time_s, now=database.now)


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def test_a_key_is_found_and_then_known(ring: KeyRing, database: Database) -> None:
    assert ring.peek(b"one") is None
    found = await ring.find(b"one")
    assert found is not None
    assert (found.id, found.role) == ("key:one", Role.REQUESTER)
    for _ in range(1000):
        assert ring.peek(b"one") is found
    assert database.asked == 1


async def test_many_who_come_at_once_ask_once(ring: KeyRing, database: Database) -> None:
    found = await asyncio.gather(*(ring.find(b"one") for _ in range(100)))
    assert all(found)
    assert database.asked == 1


async def test_a_revoked_key_ends_within_a_second_where_it_is_used(
    ring: KeyRing, database: Database
) -> None:
    await ring.find(b"one")
    database.keys.clear()
    for _ in range(20):  # ten requests a second
        database.time_s += 0.1
        known = ring.peek(b"one")
        await settle()
        if known is None:
            break
    assert database.time_s <= 1000 + FRESH_S + 0.2
    assert await ring.find(b"one") is None


async def test_a_revoked_key_that_rested_is_asked_for_again(
    ring: KeyRing, database: Database
) -> None:
    await ring.find(b"one")
    database.keys.clear()
    database.time_s += OLD_S + 0.1
    assert ring.peek(b"one") is None
    assert await ring.find(b"one") is None
    assert database.asked == 2


async def test_a_key_that_is_revoked_here_ends_at_once(ring: KeyRing, database: Database) -> None:
    await ring.find(b"one")
    database.keys.clear()
    ring.forget()
    assert ring.peek(b"one") is None
    assert await ring.find(b"one") is None


async def test_a_new_key_is_good_at_once(ring: KeyRing, database: Database) -> None:
    await ring.find(b"one")
    database.time_s += 0.01
    database.add(b"two")
    assert await ring.find(b"two") is not None


async def test_a_key_made_while_another_answer_is_on_its_way(
    ring: KeyRing, database: Database
) -> None:
    await ring.find(b"one")
    database.gate.clear()
    database.time_s += FRESH_S + 0.1
    ring.peek(b"one")
    await settle()
    database.add(b"two")
    database.time_s += 0.01
    looking = asyncio.create_task(ring.find(b"two"))
    await settle()
    database.gate.set()
    assert await looking is not None


async def test_guesses_become_no_queries(ring: KeyRing, database: Database) -> None:
    await ring.find(b"one")
    for number in range(10_000):
        database.time_s += 0.001
        assert await ring.find(b"guess %d" % number) is None
    assert database.asked <= 1 + SPARE_LOOKS + 10 / FRESH_S
    assert len(ring._held) == 1
    assert await ring.find(b"one") is not None


async def test_an_outage_ends_no_key_for_an_hour(ring: KeyRing, database: Database) -> None:
    await ring.find(b"one")
    database.away = True
    for _ in range(5):
        database.time_s += OUTAGE_S / 6
        assert await ring.find(b"one") is not None
    database.time_s += OUTAGE_S / 5
    with pytest.raises(RefusedError) as caught:
        await ring.find(b"one")
    assert caught.value.code is RefusalCode.IDENTITY_UNAVAILABLE
    assert caught.value.headers == {"Retry-After": "1"}


async def test_a_database_that_is_away_is_asked_once_a_second(
    ring: KeyRing, database: Database
) -> None:
    database.away = True
    for _ in range(1000):
        database.time_s += 0.01
        with pytest.raises(RefusedError):
            await ring.find(b"one")
    assert database.asked <= 10 / FRESH_S + 1
    database.away = False
    database.time_s += FRESH_S
    assert await ring.find(b"one") is not None


async def test_a_day_of_use_is_noted_once(ring: KeyRing, database: Database) -> None:
    for _ in range(100):
        await ring.find(b"one")
        database.time_s += FRESH_S + 0.1
        await settle()
    assert database.used == [({"one"}, START.date())]
    database.time_s += 86400
    await ring.find(b"one")
    database.time_s += FRESH_S + 0.1
    await ring.find(b"one")
    await settle()
    assert database.used[1:] == [({"one"}, START.date() + timedelta(days=1))]


async def test_closing_ends_what_is_under_way(ring: KeyRing, database: Database) -> None:
    database.gate.clear()
    waiting = asyncio.create_task(ring.find(b"one"))
    await settle()
    await ring.aclose()
    with pytest.raises(RefusedError):
        await waiting
