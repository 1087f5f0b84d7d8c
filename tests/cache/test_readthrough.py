"""What a loader may rely on, with Valkey and without."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest

from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.cache.slot import AnySlot
from gateway.errors import (
    DeadlineExceededError,
    UpstreamContractError,
    UpstreamError,
    UpstreamUnavailableError,
)
from tests.cache.stage import BRIEF, Clock, Film, Upstream, film_slot, settle

NewCache = Callable[..., ReadThrough]
DOWN = UpstreamUnavailableError("tmdb", "movie")


async def one(cache: ReadThrough, upstream: Upstream, tmdb_id: int = 603) -> Cached[Film]:
    [found] = await cache.get_many([film_slot(tmdb_id)], upstream)
    assert isinstance(found, Cached)
    return found


async def test_one_call_fetches_all_that_is_missing(cache: ReadThrough, upstream: Upstream) -> None:
    await one(cache, upstream, 2)
    found = await cache.get_many([film_slot(i) for i in (1, 2, 3, 1)], upstream)
    assert upstream.calls == [[2], [1, 3]]
    assert [f.value.tmdb_id for f in found if isinstance(f, Cached)] == [1, 2, 3, 1]
    assert [f.source for f in found if isinstance(f, Cached)] == [
        Source.UPSTREAM, Source.MEMORY, Source.UPSTREAM, Source.UPSTREAM,
    ]  # fmt: skip


async def test_many_callers_of_cold_keys_cost_one_call_per_key(
    cache: ReadThrough, upstream: Upstream
) -> None:
    pairs = [[film_slot(i % 7), film_slot((i + 1) % 7)] for i in range(200)]
    await asyncio.gather(*(cache.get_many(pair, upstream) for pair in pairs))
    assert sorted(i for call in upstream.calls for i in call) == list(range(7))


async def test_another_process_reads_what_one_filled(
    new_cache: NewCache, upstream: Upstream
) -> None:
    first, other = new_cache(), new_cache()
    await one(first, upstream)
    await settle(first)
    assert (await one(other, upstream)).source is Source.REDIS
    assert (await one(other, upstream)).source is Source.MEMORY
    assert len(upstream.calls) == 1


async def test_two_processes_on_a_cold_key_cost_one_call(
    new_cache: NewCache, upstream: Upstream
) -> None:
    found = await asyncio.gather(*(one(new_cache(), upstream) for _ in range(4)))
    assert len(upstream.calls) == 1
    assert sorted(f.source.value for f in found) == ["REDIS", "REDIS", "REDIS", "UPSTREAM"]


async def test_absence_is_remembered_for_its_own_time(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    upstream.absent = {603}
    assert (await one(cache, upstream)).value is None
    clock.now_s += 599
    assert (await one(cache, upstream)).value is None
    assert len(upstream.calls) == 1
    clock.now_s += 2
    upstream.absent = set()
    assert (await one(cache, upstream)).value is not None


async def test_absence_without_a_negative_ttl_is_not_remembered(
    cache: ReadThrough, upstream: Upstream
) -> None:
    upstream.absent = {1}
    for _ in range(2):
        [found] = await cache.get_many([film_slot(1, BRIEF)], upstream)
        assert isinstance(found, Cached)
        assert found.value is None
    assert len(upstream.calls) == 2


async def test_an_error_is_an_answer_and_is_not_remembered(
    cache: ReadThrough, upstream: Upstream
) -> None:
    upstream.error = DOWN
    assert await cache.get_many([film_slot(1)], upstream) == [DOWN]
    upstream.error = None
    assert (await one(cache, upstream, 1)).value is not None


async def test_a_mapping_of_mixed_outcomes_fails_only_its_own_keys(cache: ReadThrough) -> None:
    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        return {slots[0].key: Film(tmdb_id=1), slots[1].key: DOWN}

    found = await cache.get_many([film_slot(i) for i in (1, 2, 3)], fetch)
    assert isinstance(found[0], Cached)
    assert found[1] is DOWN
    assert isinstance(found[2], UpstreamContractError)  # left out


async def test_a_bug_in_a_fetch_reaches_every_waiter_and_leaves_nothing(
    cache: ReadThrough, upstream: Upstream
) -> None:
    async def fetch(_: Sequence[AnySlot]) -> Mapping[str, object]:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    both = (cache.get_many([film_slot(1)], fetch) for _ in range(2))
    found = await asyncio.gather(*both, return_exceptions=True)
    assert [type(f) for f in found] == [ZeroDivisionError] * 2
    assert (await one(cache, upstream, 1)).value is not None


async def test_a_cancelled_caller_leaves_its_fill_to_the_others(
    cache: ReadThrough, upstream: Upstream
) -> None:
    upstream.gate.clear()
    first = asyncio.create_task(cache.get_many([film_slot(1)], upstream))
    await upstream.called.wait()
    second = asyncio.create_task(cache.get_many([film_slot(1)], upstream))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    upstream.gate.set()
    [found] = await second
    assert isinstance(found, Cached)
    assert len(upstream.calls) == 1


@pytest.mark.parametrize("is_stale_at_hand", [False, True])
async def test_a_caller_out_of_time_does_not_wait_for_a_fill(
    upstream: Upstream, clock: Clock, *, is_stale_at_hand: bool
) -> None:
    cache = ReadThrough(now=clock, dice=lambda: 0.5, remaining_s=lambda: 0.01)
    if is_stale_at_hand:
        await one(cache, upstream)
        clock.now_s += 2.5 * 3600
    upstream.gate.clear()
    [found] = await cache.get_many([film_slot(603)], upstream)
    if is_stale_at_hand:
        assert isinstance(found, Cached)
        assert (found.stale, found.reason) == (True, "DEADLINE_EXCEEDED")
    else:
        assert isinstance(found, DeadlineExceededError)
    await cache.aclose()


async def test_a_filler_that_ran_out_of_time_does_not_fail_who_has_more(
    cache: ReadThrough, upstream: Upstream
) -> None:
    hasty: asyncio.Future[Mapping[str, object]] = asyncio.get_running_loop().create_future()

    called = asyncio.Event()

    async def fetch(_: Sequence[AnySlot]) -> Mapping[str, object]:
        called.set()
        return await hasty

    first = asyncio.create_task(cache.get_many([film_slot(1)], fetch))
    await called.wait()
    second = asyncio.create_task(cache.get_many([film_slot(1)], upstream))
    await asyncio.sleep(0.01)
    hasty.set_exception(DeadlineExceededError("tmdb", "movie"))
    assert isinstance((await first)[0], UpstreamError)
    assert isinstance((await second)[0], Cached)


async def test_closing_gives_an_error_to_who_still_waits(
    cache: ReadThrough, upstream: Upstream
) -> None:
    upstream.gate.clear()
    waiting = asyncio.create_task(cache.get_many([film_slot(1)], upstream))
    await upstream.called.wait()
    await cache.aclose()
    assert isinstance((await waiting)[0], UpstreamUnavailableError)


async def test_get_answers_one_slot(cache: ReadThrough) -> None:
    async def fetch_one() -> Film | None:
        return Film(tmdb_id=7)

    found = await cache.get(film_slot(7), fetch_one)
    assert isinstance(found, Cached)
    assert found.value == Film(tmdb_id=7)


async def test_entries_expire_in_valkey_by_themselves(
    new_cache: NewCache, upstream: Upstream, valkey_url: str
) -> None:
    cache = new_cache()
    await one(cache, upstream)
    await settle(cache)
    [left_ms] = await cache._store._line.run([("PTTL", film_slot(603).key)])  # type: ignore[union-attr]  # a look under the lid
    assert 0 < left_ms <= timedelta(hours=3.3).total_seconds() * 1000


async def test_each_group_is_told_as_it_lands(cache: ReadThrough) -> None:
    gates = {f"{i}": asyncio.Event() for i in (2, 3)}
    told: asyncio.Queue[tuple[int, object]] = asyncio.Queue()

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        [slot] = slots
        name = slot.key.rpartition(":")[2]
        if name in gates:
            await gates[name].wait()
        if name == "3":
            raise ZeroDivisionError
        return {slot.key: Film(tmdb_id=int(name))}

    def landed(slot: AnySlot, answer: object) -> None:
        told.put_nowait((int(slot.key.rpartition(":")[2]), answer))

    slots = [film_slot(i) for i in (1, 2, 3)]
    cache.ask(slots, fetch, landed, apart=lambda slot: slot.key)
    assert (await told.get())[0] == 1
    assert told.empty()
    cache.ask(slots[:1], fetch, landed)
    tmdb_id, answer = told.get_nowait()  # memory holds it: told before `ask` is back
    assert (tmdb_id, isinstance(answer, Cached)) == (1, True)
    gates["3"].set()
    tmdb_id, answer = await told.get()
    assert (tmdb_id, type(answer)) == (3, ZeroDivisionError)
    gates["2"].set()
    tmdb_id, answer = await told.get()
    assert (tmdb_id, isinstance(answer, Cached)) == (2, True)
