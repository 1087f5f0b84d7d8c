"""Who asks by the same bytes as somebody who waits shares the answer unread, and loses nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from gateway.cache.readthrough import ReadThrough
from gateway.edge.graphql.endpoint import FAILED
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from tests.cache.conftest import cache, clock, new_cache
from tests.edge.crowd import DEADLINE_S, Crowd, Till
from tests.edge.played import turns
from tests.valkey import valkey_server, valkey_url

__all__ = ["cache", "clock", "new_cache", "valkey_server", "valkey_url"]

pytestmark = pytest.mark.parametrize("cache", ["memory"], indirect=True)
LATE = "DEADLINE_EXCEEDED"


@pytest.fixture
async def crowd(cache: ReadThrough) -> AsyncIterator[Crowd]:
    yield Crowd(cache)
    await turns()


async def test_identical_requests_are_read_and_executed_once(crowd: Crowd) -> None:
    clients = [await crowd.ask() for _ in range(20)]
    await crowd.served(*clients)
    assert {each.number for each in clients} == {1}
    assert {each.header(b"content-type") for each in clients} == {
        b"application/json; charset=utf-8"
    }
    assert (crowd.desk.read, crowd.answers.stats()["answers_shared"]) == (1, 19)
    assert crowd.answers.stats()["answers_in_flight"] == 0
    again = await crowd.ask()
    await crowd.served(again)
    assert (again.number, crowd.desk.read) == (2, 2), "nothing was kept"


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        (b"accept", b"application/graphql-response+json", 1),
        (b"accept-language", b"de-DE", 2),
        (b"x-freshness", b"all", 2),
        (b"x-cost", b"include", 2),
        (b"x-deadline-ms", b"1000", 2),
        (b"cookie", b"a=b", 1),
        (b"authorization", b"Bearer x", 1),
        (b"expect", b"100-continue", 1),
    ],
)
async def test_who_says_more_is_read(crowd: Crowd, name: bytes, value: bytes, number: int) -> None:
    first = await crowd.ask()
    other = await crowd.ask("{ a }", (name, value))
    await crowd.served(first, other)
    assert (first.number, other.number, crowd.desk.read) == (1, number, 2)


async def test_the_newer_media_type_is_shared_too(crowd: Crowd) -> None:
    accept = (b"accept", b"application/graphql-response+json")
    clients = [await crowd.ask("{ a }", accept) for _ in range(3)]
    await crowd.served(*clients)
    kinds = {each.header(b"content-type") for each in clients}
    assert (kinds, crowd.desk.read) == ({accept[1] + b"; charset=utf-8"}, 1)


async def test_what_is_asked_otherwise_is_read(crowd: Crowd) -> None:
    bodies = [b'{"query":"{ a }"}', b'{"query": "{ a }"}', b'{"query":"{ b: a }"}']
    clients = [await crowd.send(body) for body in bodies]
    await crowd.served(*clients)
    assert [each.number for each in clients] == [1, 1, 2]
    assert crowd.desk.read == 3


@pytest.mark.parametrize("query", ["mutation { a }", "{ own }"])
async def test_what_is_nobody_elses_is_done_for_each(crowd: Crowd, query: str) -> None:
    clients = [await crowd.ask(query) for _ in range(3)]
    await crowd.served(*clients)
    assert ([each.number for each in clients], crowd.desk.read) == ([1, 2, 3], 3)


async def test_batches_are_read(crowd: Crowd) -> None:
    body = json.dumps([{"query": "{ a }"}, {"query": "{ b: a }"}]).encode()
    clients = [await crowd.send(body) for _ in range(2)]
    await turns()
    await crowd.served(*clients)
    for each in clients:
        assert [one["data"]["number"] for one in each.told] == [1, 2]


async def test_who_asks_after_a_purge_shares_nothing_from_before(crowd: Crowd) -> None:
    before = await crowd.ask()
    await crowd.cache.purge("movie:603")
    after, beside = await crowd.ask(), await crowd.ask()
    await crowd.served(before, after, beside)
    assert [each.number for each in (before, after, beside)] == [1, 2, 2]
    assert crowd.desk.read == 2


@pytest.mark.parametrize("at", [0, 1])
async def test_one_who_goes_disturbs_nobody(crowd: Crowd, at: int) -> None:
    """Be it the one whose request was read, or one who shares with them."""
    clients = [await crowd.ask() for _ in range(3)]
    leaver = clients.pop(at)
    leaver.gone.set()
    async with asyncio.timeout(0.1):
        await leaver.answered()
    assert (leaver.sent, crowd.kitchen.cancelled) == ([], 0)
    clients.append(await crowd.ask())
    await crowd.served(*clients)
    assert ({each.number for each in clients}, crowd.desk.read) == ({1}, 1)


async def test_with_the_last_one_the_work_ends(crowd: Crowd) -> None:
    clients = [await crowd.ask() for _ in range(3)]
    for each in clients:
        each.gone.set()
    async with asyncio.timeout(0.1):
        for each in clients:
            await each.answered()
        await turns(3)
    assert (crowd.kitchen.cancelled, [each.sent for each in clients]) == (1, [[]] * 3)
    late = await crowd.ask()
    await crowd.served(late)
    assert late.number == 2


async def test_who_has_time_left_is_not_given_what_was_cut(crowd: Crowd) -> None:
    crowd.kitchen.errors = [LATE]
    first = await crowd.ask()
    others = [await crowd.ask() for _ in range(3)]
    asked_s = time.monotonic()
    await crowd.served(first, *others)
    assert first.told["errors"][0]["extensions"]["code"] == LATE
    assert {each.number for each in others} == {2}
    last = crowd.kitchen.deadlines[-1]
    assert last is not None
    assert last.at_monotonic_s <= asked_s + DEADLINE_S, "their own time goes on"


async def test_a_client_that_goes_asks_for_nothing_that_was_cut(crowd: Crowd) -> None:
    crowd.kitchen.errors = [LATE]
    first, other = await crowd.ask(), await crowd.ask()
    other.gone.set()
    async with asyncio.timeout(0.1):
        await other.answered()
    await crowd.served(first)
    assert (crowd.kitchen.begun, crowd.desk.read, other.sent) == (1, 1, [])


async def test_a_refusal_is_everybodys(crowd: Crowd) -> None:
    crowd.kitchen.errors = [RefusedError(RefusalCode.OVERLOADED, "busy", Retry_After="1")]
    clients = [await crowd.ask() for _ in range(3)]
    await crowd.served(*clients)
    assert {(each.status, each.header(b"retry-after")) for each in clients} == {(503, b"1")}
    assert crowd.desk.read == 1


async def test_what_nobody_planned_is_masked_for_all(
    crowd: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    crowd.kitchen.errors = [LookupError("secret")]
    clients = [await crowd.ask() for _ in range(3)]
    await crowd.served(*clients)
    assert {each.status for each in clients} == {500}
    assert not any(b"secret" in each.sent[1]["body"] for each in clients)
    assert {each.message for each in caplog.records} == {FAILED}


async def test_in_a_drain_connections_end(crowd: Crowd) -> None:
    clients = [await crowd.ask() for _ in range(2)]
    crowd.drain.begin()
    await crowd.served(*clients)
    assert {each.header(b"connection") for each in clients} == {b"close"}


async def test_who_is_counted_is_read(cache: ReadThrough) -> None:
    till = Till()
    crowd = Crowd(cache, clients=till)
    clients = [await crowd.ask() for _ in range(3)]
    await crowd.served(*clients)
    assert sorted(each.header(b"ratelimit") or b"" for each in clients) == [b"1", b"2", b"3"]
    assert (crowd.kitchen.begun, crowd.desk.read, till.spent) == (1, 3, 1)
