"""Several gateways in front of one Seerr: a real Valkey keeps their turns and what they know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from gateway.cache.redis_line import RedisLine
from gateway.domain.request_outcomes import (
    Changed,
    Conflict,
    Created,
    Duplicate,
    KeyReused,
    QuotaExceeded,
    Unconfirmed,
)
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamOverloadedError
from gateway.sandbox.seerr import SandboxSeerr
from gateway.transport.httpx_port import HttpxPort
from gateway.upstreams.seerr.slips import Slips
from gateway.upstreams.seerr.store import SeerrStore
from gateway.upstreams.seerr.turns import LEASE_S, WORK_S, Turns
from tests.upstreams.lossy import Loss, LossyPort
from tests.upstreams.seerr_stage import PERMISSIONS, empty_seerr, http_to, seat, store_at
from tests.valkey import command, running, valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]

WISH = Wish(tmdb_id=603)


@dataclass
class Replicas:
    """Stores that share a Seerr and a Redis, and nothing else."""

    seerr: SandboxSeerr
    ports: list[LossyPort]
    stores: list[SeerrStore]

    def person(self, user_id: int, role: Role = Role.REQUESTER) -> Actor:
        """Somebody whom Seerr knows."""
        seat(self.seerr, user_id, f"P{user_id}", PERMISSIONS[role])
        return Actor(user_id=user_id, role=role)


async def replicas_on(urls: list[str], stack: list[RedisLine]) -> Replicas:
    """A store for each URL of Redis."""
    seerr = empty_seerr()
    ports, stores = [], []
    for url in urls:
        line = RedisLine(url, timeout_s=2.0)
        stack.append(line)
        ports.append(LossyPort(HttpxPort(httpx.ASGITransport(app=seerr.app()))))
        stores.append(store_at(http_to(ports[-1]), line=line))
        stores[-1].turns._sleep = _a_moment
    return Replicas(seerr, ports, stores)


async def _a_moment(_: float) -> None:
    await asyncio.sleep(0.001)


@pytest.fixture
async def lines() -> AsyncIterator[list[RedisLine]]:
    found: list[RedisLine] = []
    yield found
    for line in found:
        await line.aclose()


@pytest.fixture
async def two(valkey_url: str, lines: list[RedisLine]) -> AsyncIterator[Replicas]:
    found = await replicas_on([valkey_url] * 2, lines)
    yield found
    for port in found.ports:
        await port.aclose()


async def test_one_request_among_replicas(two: Replicas) -> None:
    people = [two.person(10 + n) for n in range(8)]
    outcomes = await asyncio.gather(
        *(two.stores[n % 2].create(who, WISH) for n, who in enumerate(people))
    )
    (made,) = [each.request for each in outcomes if isinstance(each, Created)]
    assert [each.existing for each in outcomes if isinstance(each, Duplicate)] == [made] * 7
    assert len(two.seerr.world.store.requests) == len(two.seerr.world.store.media) == 1


async def test_one_quota_among_replicas(two: Replicas) -> None:
    ann = two.person(10)
    user = two.seerr.world.store.users[10]
    user.movie_quota_limit, user.movie_quota_days = 3, 7
    outcomes = await asyncio.gather(
        *(two.stores[n % 2].create(ann, Wish(tmdb_id=n)) for n in range(1, 9))
    )
    assert sum(isinstance(each, Created) for each in outcomes) == 3
    assert sum(isinstance(each, QuotaExceeded) for each in outcomes) == 5


async def test_one_decision_among_replicas(two: Replicas) -> None:
    made = await two.stores[0].create(two.person(10), WISH)
    assert isinstance(made, Created)
    bosses = [two.person(20 + n, Role.MANAGER) for n in range(6)]
    request_id = made.request.request_id
    outcomes = await asyncio.gather(
        *(
            two.stores[n % 2].decide(who, request_id, Step.APPROVE if n % 3 else Step.DECLINE)
            for n, who in enumerate(bosses)
        )
    )
    (winner,) = [each.request for each in outcomes if isinstance(each, Changed)]
    assert [each.current for each in outcomes if isinstance(each, Conflict)] == [winner] * 5


async def test_one_reply_to_a_key_among_replicas(two: Replicas) -> None:
    ann = two.person(10)
    outcomes = await asyncio.gather(
        *(two.stores[n % 2].create(ann, WISH, key="k") for n in range(6))
    )
    assert isinstance(outcomes[0], Created)
    assert outcomes[0].created
    assert outcomes == [outcomes[0]] * 6
    assert sum(len(port.writes) for port in two.ports) == 1
    assert await two.stores[1].create(ann, Wish(tmdb_id=1), key="k") == KeyReused()


async def test_a_doubt_is_everybody_s(two: Replicas) -> None:
    """The process that sent the call may be gone by now."""
    ann = two.person(10)
    two.ports[0].losses = [Loss.LATE]
    assert isinstance(await two.stores[0].create(ann, WISH, key="k"), Unconfirmed)
    assert isinstance(await two.stores[1].create(ann, WISH, key="k"), Unconfirmed)
    assert not two.ports[1].writes
    await two.ports[0].arrive()
    found = await two.stores[1].create(ann, WISH, key="k")
    assert isinstance(found, Created)
    assert found.created
    assert await two.stores[0].create(ann, WISH, key="k") == found
    assert len(two.seerr.world.store.requests) == 1


async def test_without_redis_this_process_still_takes_turns(lines: list[RedisLine]) -> None:
    with running() as server:
        here = await replicas_on([f"redis://127.0.0.1:{server.port}/0"], lines)
        store, ann = here.stores[0], here.person(10)
        made = await store.create(ann, WISH, key="k")
    people = [here.person(20 + n) for n in range(4)]
    outcomes = await asyncio.gather(*(store.create(who, Wish(tmdb_id=1)) for who in people))
    assert sum(isinstance(each, Created) for each in outcomes) == 1
    assert await store.create(ann, WISH, key="k") == made
    await here.ports[0].aclose()


class TestTurns:
    """Leases, by themselves."""

    async def test_a_killed_holder_is_waited_for(
        self, valkey_url: str, lines: list[RedisLine]
    ) -> None:
        lines.append(RedisLine(valkey_url, timeout_s=2.0))
        now_s, waited_s = 0.0, []

        async def sleep(seconds: float) -> None:
            nonlocal now_s
            now_s += seconds
            waited_s.append(seconds)

        turns = Turns(lines[0], "s", patience_s=3.0, clock=lambda: now_s, sleep=sleep)
        await lines[0].run([("SET", "mq:turn:s:film:1:0", "another", "PX", 60_000)])
        with pytest.raises(UpstreamOverloadedError) as caught:
            async with turns.hold("create_request", "film:1:0"):
                pytest.fail("not ours")
        assert caught.value.retryable
        assert 2.8 < sum(waited_s) <= 3.0
        assert await lines[0].run([("GET", "mq:turn:s:film:1:0")]) == [b"another"]
        await lines[0].run([("DEL", "mq:turn:s:film:1:0")])
        async with turns.hold("create_request", "film:1:0"):
            [left_ms] = await lines[0].run([("PTTL", "mq:turn:s:film:1:0")]) or [0]
            assert isinstance(left_ms, int)
            assert WORK_S * 1000 < left_ms <= LEASE_S * 1000
        assert await lines[0].run([("EXISTS", "mq:turn:s:film:1:0")]) == [0]

    async def test_a_lost_lease_is_not_taken_from_its_new_holder(
        self, valkey_url: str, lines: list[RedisLine]
    ) -> None:
        lines.append(RedisLine(valkey_url, timeout_s=2.0))
        async with Turns(lines[0], "s").hold("create_request", "film:1:0"):
            await lines[0].run([("SET", "mq:turn:s:film:1:0", "another")])
        assert await lines[0].run([("GET", "mq:turn:s:film:1:0")]) == [b"another"]

    async def test_those_of_one_process_come_in_their_order(self) -> None:
        turns, came = Turns(None, "s"), []

        async def come(number: int) -> None:
            async with turns.hold("create_request", "a", "b" if number % 2 else "c"):
                came.append(number)
                await asyncio.sleep(0)

        await asyncio.gather(*map(come, range(9)))
        assert came == list(range(9))
        assert not turns._queues

    async def test_nobody_waits_in_a_circle(self) -> None:
        turns = Turns(None, "s")

        async def hold(*names: str) -> None:
            async with turns.hold("create_request", *names):
                await asyncio.sleep(0)

        async with asyncio.timeout(5):
            await asyncio.gather(*(hold(*"ab") for _ in range(9)), *(hold(*"ba") for _ in range(9)))

    async def test_patience_ends_in_this_process_too(self) -> None:
        turns = Turns(None, "s", patience_s=0.0)
        async with turns.hold("create_request", "a"):
            with pytest.raises(UpstreamOverloadedError):
                async with turns.hold("create_request", "a"):
                    pytest.fail("not ours")
        assert not turns._queues


class TestSlips:
    """Memory, by itself."""

    async def test_it_ends(self) -> None:
        now_s = 0.0
        slips = Slips(None, "s", clock=lambda: now_s)
        await slips.put("a", "1", life_s=5.0)
        now_s = 4.9
        assert await slips.get("a") == "1"
        now_s = 5.0
        assert await slips.get("a") is None

    async def test_it_is_bounded(self) -> None:
        slips = Slips(None, "s", clock=lambda: 0.0)
        for number in range(10_001):
            await slips.put(str(number), "x", life_s=1.0)
        assert await slips.get("0") is None
        assert await slips.get("1") == "x"

    async def test_it_outlives_a_process_and_an_outage(
        self, valkey_url: str, lines: list[RedisLine]
    ) -> None:
        lines += [RedisLine(valkey_url, timeout_s=2.0) for _ in range(2)]
        first, second = (Slips(line, "s", clock=lambda: 0.0) for line in lines)
        await first.put("a", "1", life_s=60.0)
        assert await second.get("a") == "1"
        port = int(valkey_url.rpartition(":")[2].partition("/")[0])
        assert command(port, "FLUSHALL").startswith(b"+OK")
        assert (await first.get("a"), await second.get("a")) == ("1", None)
        await first.drop("a")
        assert await first.get("a") is None
