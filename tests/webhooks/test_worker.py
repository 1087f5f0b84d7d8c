"""What endpoints are told: everything, in order for each request, again after a failure."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import timedelta

import pytest

from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_rules import Step
from gateway.domain.webhook import DeliveryState
from gateway.webhooks import takeover
from gateway.webhooks.worker import LANES
from tests.valkey import free_port
from tests.webhooks.receiver import Receiver, Told, receiving, status, verify
from tests.webhooks.stage import Stage, secret_of


def types(receiver: Receiver) -> list[str]:
    return [each.json["type"].removeprefix("request.") for each in receiver.told]


async def test_it_is_told_what_happens_from_now_on(stage: Stage) -> None:
    await stage.ask()
    stage.clock.advance(seconds=1)
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        await stage.look()
        assert types(receiver) == ["created", "approved"]
        for each in receiver.told:
            verify(secret_of(endpoint), each, now_s=stage.clock().timestamp())
        events = await stage.book.events(1, most=9)
        assert [each.id for each in receiver.told] == [each.event_id for each in events]
        await stage.look()
        assert len(receiver.told) == 2
        assert [each.state for each in await stage.log(endpoint)] == [DeliveryState.DELIVERED] * 2


async def test_only_the_kinds_that_it_wants(stage: Stage) -> None:
    async with receiving() as receiver:
        await stage.endpoint(receiver.url, kinds=frozenset({RequestEventKind.DECLINED}))
        await stage.decide(await stage.ask(), Step.DECLINE)
        await stage.decide(await stage.ask(), Step.APPROVE)
        await stage.look()
        assert types(receiver) == ["declined"]


async def test_each_endpoint_is_told_for_itself(stage: Stage) -> None:
    async with receiving() as well, receiving(lambda _: status(500)) as ill:
        endpoints = [await stage.endpoint(each.url) for each in (well, ill)]
        await stage.ask()
        await stage.look()
        assert [len(each.told) for each in (well, ill)] == [1, 1]
        assert well.told[0].id == ill.told[0].id
        assert well.told[0].headers["webhook-signature"] != ill.told[0].headers["webhook-signature"]
        states = [(await stage.log(each))[0].state.value for each in endpoints]
        assert states == ["DELIVERED", "WAITING"]


async def test_a_try_that_failed_is_made_again_with_the_same_id_and_body(stage: Stage) -> None:
    async with receiving(lambda _: status(500)) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        await stage.look()
        stage.clock.advance(seconds=4.9)
        await stage.look()
        assert len(receiver.told) == 1
        stage.clock.advance(seconds=0.2)
        receiver.reply = lambda _: status(204)
        await stage.look()
        first, second = receiver.told
        assert (first.id, first.body) == (second.id, second.body)
        assert (
            int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 5
        )
        verify(secret_of(endpoint), second, now_s=stage.clock().timestamp())
        (kept,) = await stage.log(endpoint)
        assert (kept.attempts, kept.status_code, kept.problem) == (2, 204, None)
        assert (await stage.as_kept(endpoint)).failing_since is None


async def test_an_event_waits_for_the_earlier_ones_of_its_request_alone(stage: Stage) -> None:
    def reply(told: Told) -> bytes:
        is_first = told.data["tmdbId"] == 1 and told.json["type"] == "request.created"
        return status(500 if is_first else 204)

    async with receiving(reply) as receiver:
        await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        await stage.look()
        stage.clock.advance(seconds=1)
        await stage.decide(await stage.ask())
        await stage.look()
        stage.clock.advance(seconds=1)  # one lane a look, while it fails
        await stage.look()
        told = [(each.data["tmdbId"], each.json["type"]) for each in receiver.told]
        assert told == [(1, "request.created"), (2, "request.created"), (2, "request.approved")]
        receiver.reply = lambda _: status(204)
        stage.clock.advance(seconds=5)
        await stage.look()
        assert [each.data["tmdbId"] for each in receiver.told][3:] == [1, 1]
        assert types(receiver)[3:] == ["created", "approved"]


async def test_requests_are_told_side_by_side(stage: Stage) -> None:
    async with receiving() as receiver:
        await stage.endpoint(receiver.url)
        for _ in range(LANES + 2):
            await stage.ask()
        receiver.open.clear()
        await stage.begin()
        await receiver.until_waits(LANES)
        await stage.begin()
        await asyncio.sleep(0.02)
        assert receiver.waits == LANES
        receiver.open.set()
        await stage.look()
        assert len({each.id for each in receiver.told}) == len(receiver.told) == LANES + 2


async def test_an_endpoint_that_fails_is_tried_one_by_one(stage: Stage) -> None:
    async with receiving(lambda _: status(503)) as receiver:
        await stage.endpoint(receiver.url)
        await stage.ask()
        await stage.look()
        for _ in range(5):
            await stage.ask()
        receiver.open.clear()
        await stage.begin()
        await receiver.until_waits(1)
        await stage.begin()
        await asyncio.sleep(0.02)
        assert receiver.waits == 1
        receiver.open.set()
        await stage.worker.settled()
        assert len(receiver.told) == 2


async def test_a_long_log_is_taken_over_bit_by_bit(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "PAGE", 2)
    monkeypatch.setattr(takeover, "MOST_WAITING", 4)
    async with receiving(lambda _: status(500)) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        for _ in range(9):
            await stage.ask()
        await stage.look()
        assert len(await stage.log(endpoint)) == 4
        receiver.reply = lambda _: status(204)
        for _ in range(6):
            stage.clock.advance(minutes=3)
            await stage.look()
        assert [each.state.value for each in await stage.log(endpoint)] == ["DELIVERED"] * 9


async def test_the_wish_to_wait_is_granted(stage: Stage) -> None:
    async with receiving(lambda _: status(429, "Retry-After: 90")) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        await stage.look()
        (kept,) = await stage.log(endpoint)
        assert kept.due_at == stage.clock() + timedelta(seconds=90)
        assert (kept.status_code, kept.problem) == (429, "answered 429")


async def test_gone_disables_and_enabling_goes_on(stage: Stage) -> None:
    async with receiving(lambda _: status(410)) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        await stage.look()
        assert (await stage.as_kept(endpoint)).disabled_why == "it answered 410 Gone"
        await stage.ask()
        stage.clock.advance(days=40)
        await stage.look()
        assert len(receiver.told) == 1
        receiver.reply = lambda _: status(204)
        assert await stage.store.enable(endpoint.endpoint_id, stage.clock())
        await stage.look()
        assert sorted(types(receiver)) == ["approved", "created", "created", "created"]
        assert receiver.told[0].id == receiver.told[1].id


@pytest.mark.slow
async def test_three_days_of_failures_disable_and_lose_nothing(stage: Stage) -> None:
    async with receiving(lambda _: status(302, "Location: /")) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        began = stage.clock()
        while (await stage.as_kept(endpoint)).disabled_at is None:
            await stage.look()
            waiting = [e.due_at for e in await stage.log(endpoint)]
            stage.clock.time = max(stage.clock.time, min(waiting))
            if len(receiver.told) == 4:
                await stage.ask()
        assert timedelta(days=3) <= stage.clock() - began < timedelta(days=4, hours=1)
        kept = await stage.log(endpoint)
        assert [each.state for each in kept] == [DeliveryState.WAITING] * 2
        assert "3 days" in str((await stage.as_kept(endpoint)).disabled_why)
        assert len(receiver.told) < 25


@pytest.mark.slow
async def test_what_nobody_takes_is_given_up_and_its_request_goes_on(stage: Stage) -> None:
    """One event that its receiver cannot read, while others arrive."""

    def reply(told: Told) -> bytes:
        is_odd = told.data["tmdbId"] == 1 and told.json["type"] == "request.created"
        return status(400 if is_odd else 204)

    async with receiving(reply) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        await stage.look()
        while (first := (await stage.log(endpoint))[0]).state is DeliveryState.WAITING:
            stage.clock.time = first.due_at
            if first.attempts in {7, 8}:
                await stage.ask()
            await stage.look()
        assert first.attempts == 10
        stage.clock.advance(seconds=1)
        await stage.look()
        _, second, *_ = await stage.log(endpoint)
        assert second.state is DeliveryState.DELIVERED
        assert Counter(each.id for each in receiver.told)[first.event_id] == 10
        assert (await stage.as_kept(endpoint)).disabled_at is None


async def test_after_an_outage_nothing_waits_for_its_turn(stage: Stage) -> None:
    async with receiving(lambda _: status(500)) as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        for _ in range(5):
            await stage.look()
            (kept,) = await stage.log(endpoint)
            assert kept.due_at > stage.clock()
            last, stage.clock.time = stage.clock.time, kept.due_at
        assert len(receiver.told) == 5
        stage.clock.time = last + timedelta(minutes=1)  # its turn is in an hour
        receiver.reply = lambda _: status(204)
        await stage.ask()
        await stage.look()
        await stage.look()
        assert {each.state for each in await stage.log(endpoint)} == {DeliveryState.DELIVERED}


async def test_a_log_of_thirty_days_is_kept(stage: Stage) -> None:
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        await stage.look()
        stage.clock.advance(days=29)
        await stage.look()
        assert len(await stage.log(endpoint)) == 1
        stage.clock.advance(days=2)
        await stage.look()
        assert await stage.log(endpoint) == []
        assert len(receiver.told) == 1


async def test_an_endpoint_that_is_removed_is_told_nothing_more(stage: Stage) -> None:
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        receiver.open.clear()
        await stage.begin()
        await receiver.until_waits(1)
        assert await stage.store.remove(endpoint.endpoint_id)
        receiver.open.set()
        await stage.look()
        assert types(receiver) == ["created"]
        assert await stage.log(endpoint) == []


async def test_neither_an_address_nor_a_key_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gateway")
    async with receiving(lambda _: status(500)) as receiver:
        endpoint = await stage.endpoint(f"{receiver.url}/canary-path?token=canary-query")
        await stage.endpoint(f"http://127.0.0.1:{free_port()}/canary-closed?token=canary")
        await stage.endpoint("http://canary-name.invalid/?token=canary")
        await stage.ask()
        await stage.look()
        assert receiver.told[0].path == "/hook/canary-path?token=canary-query"
        lines = [r for r in caplog.records if r.name == "gateway.webhooks.courier"]
        assert {vars(each)["outcome"] for each in lines} == {
            "answered 500", "no connection", "its name leads nowhere",
        }  # fmt: skip
        said = "\n".join(str(vars(each)) for each in caplog.records)
        assert "canary" not in said
        assert secret_of(endpoint)[8:] not in said
        assert "canary" not in repr(endpoint)
