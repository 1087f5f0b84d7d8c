"""Gates, queues, breaker and hedging as callers meet them; writes go out once."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    QuotaExhaustedError,
    UpstreamError,
    UpstreamOverloadedError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.transport import deadline
from gateway.transport.health import BreakerState
from gateway.transport.judge import may_have_acted
from gateway.transport.limits import CallLimits
from gateway.transport.port import (
    AnswerCutError,
    ConnectionLostError,
    HttpAnswer,
    NotConnectedError,
)

HTML = b"<html>Bad gateway</html>"


async def get_once(seen: SimpleNamespace) -> object:
    return await seen.get()


def test_429_closes_the_gate_for_all_and_nothing_is_sent_meanwhile(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> None:
        with pytest.raises(UpstreamRateLimitedError) as first:
            await seen.get()
        assert first.value.extensions["retryAfterMs"] == 7000
        await asyncio.sleep(3.0)
        with pytest.raises(UpstreamRateLimitedError) as second:
            await seen.get("images")
        assert second.value.retry_after_s == pytest.approx(4.0)
        assert seen.http.status().retry_after_s == pytest.approx(4.0)
        assert seen.http.status().breaker is BreakerState.CLOSED
        await asyncio.sleep(4.0)
        assert await seen.get() == world.film(id=603)

    seen = world.run([world.answer(429, retry_after="7"), world.answer()], main)
    assert len(seen.port.sent_at_s) == 2


def test_reads_wait_for_a_gate_that_opens_soon_in_order_and_writes_do_not(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> None:
        with pytest.raises(UpstreamRateLimitedError):
            await seen.http.send("create", "POST", "/request")
        closed_at_s = seen.loop.time()
        with pytest.raises(UpstreamRateLimitedError):
            await seen.http.send("create", "POST", "/request")
        paths = [f"/movie/{number}" for number in range(100)]
        await asyncio.gather(*[seen.http.get("movie", path, world.film) for path in paths])
        assert seen.port.sent_at_s[1] - closed_at_s == pytest.approx(1.0)
        assert seen.port.urls[1:] == [f"http://x/3{path}" for path in paths]

    world.run([world.answer(429), world.answer()], main)


def test_a_spent_quota_stops_its_operation_only(world) -> None:  # noqa: ANN001
    def classify(answer: HttpAnswer) -> UpstreamError | None:
        if answer.status == 403:
            return QuotaExhaustedError("youtube", "search", "spent", retry_after_s=3600.0)
        return None

    async def main(seen: SimpleNamespace) -> None:
        with pytest.raises(QuotaExhaustedError):
            await seen.get("search")
        assert await seen.get("videos") == world.film(id=603)
        await asyncio.sleep(1000.0)
        with pytest.raises(QuotaExhaustedError) as again:
            await seen.get("search")
        assert again.value.retry_after_s == pytest.approx(2600.0, abs=1.0)

    seen = world.run([world.answer(403), world.answer()], main, classify=classify)
    assert seen.result is None
    assert len(seen.port.sent_at_s) == 2


def test_classify_speaks_before_the_status_and_may_pass(world) -> None:  # noqa: ANN001
    def classify(answer: HttpAnswer) -> UpstreamError | None:
        if not answer.body.startswith(b"{"):
            raise ValueError(answer.body)
        return UpstreamUnauthorizedError("omdb", "by_id") if b"key" in answer.body else None

    run = world.run
    refused = run([world.answer(404, b'{"Error": "key"}')], get_once, classify=classify)
    assert type(refused.result) is UpstreamUnauthorizedError
    assert run([world.answer()], get_once, classify=classify).result == world.film(id=603)
    unread = run([world.answer(400, HTML)], get_once, classify=classify)
    assert type(unread.result) is UpstreamRejectedError


def test_a_full_queue_refuses_and_the_rest_is_served_in_order(world) -> None:  # noqa: ANN001
    limits = CallLimits(max_concurrency=2, queue=10)

    async def main(seen: SimpleNamespace) -> list[type]:
        found = await asyncio.gather(*[seen.get() for _ in range(20)], return_exceptions=True)
        assert seen.http.status().last_error_code is None
        return [type(result) for result in found]

    seen = world.run([world.answer()], main, limits=limits)
    assert seen.result == [world.film] * 12 + [UpstreamOverloadedError] * 8


def test_a_turn_that_never_comes_ends_with_the_deadline(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> None:
        seen.port.script = lambda _now_s, _n: (2.0, world.answer())

        async def hurried() -> None:
            with deadline.limit(1.0, clock=seen.loop.time):
                await seen.get()

        first = asyncio.ensure_future(seen.get())
        await asyncio.sleep(0)
        with pytest.raises(DeadlineExceededError):
            await hurried()
        assert await first == world.film(id=603)

    assert world.run([], main, limits=CallLimits(max_concurrency=1)).result is None


@pytest.mark.parametrize(
    ("fault", "acted"),
    [
        (ConnectionLostError("cut"), True),
        (AnswerCutError("cut"), True),
        (NotConnectedError("refused"), False),
        (500, True),
        (409, False),
        (429, False),
    ],
)
def test_a_write_goes_out_once_and_tells_whether_it_may_have_acted(world, fault, acted) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> None:
        await seen.http.send("create", "POST", "/request", json={"mediaId": 603})

    answer = world.answer(fault) if isinstance(fault, int) else fault
    seen = world.run([answer], main)
    assert isinstance(seen.result, UpstreamError)
    assert may_have_acted(seen.result) is acted
    assert seen.port.methods == ["POST"]


def test_a_write_may_accept_statuses_of_its_own(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> int:
        answer = await seen.http.send("create", "POST", "/request", accept=(409,))
        return answer.status

    assert world.run([world.answer(409)], main).result == 409


def test_an_open_breaker_refuses_at_once_and_keeps_the_first_error(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> None:
        for _ in range(2):
            with pytest.raises(UpstreamUnavailableError) as failed:
                await seen.get()
            assert type(failed.value) is UpstreamUnavailableError
        status = seen.http.status()
        assert status.breaker is BreakerState.OPEN
        assert status.last_error_code == "UPSTREAM_UNAVAILABLE"
        assert status.last_success_at is None
        with pytest.raises(CircuitOpenError) as refused:
            await seen.get()
        assert refused.value.retry_after_s == status.retry_after_s

    seen = world.run([world.answer(500)], main)
    assert len(seen.port.sent_at_s) == 5


@pytest.mark.parametrize("tight", ["nothing", "limiter", "breaker", "unmarked", "share"])
def test_late_reads_go_out_twice_only_while_all_is_well(world, tight) -> None:  # noqa: ANN001
    limits = CallLimits(start_concurrency=4, hedge_share=0.0 if tight == "share" else 0.05)

    async def main(seen: SimpleNamespace) -> int:
        seen.port.script = lambda _now_s, n: (0.05 - n * 1e-6, world.answer())
        for _ in range(100):
            await seen.get()
        crowd = 4 if tight == "limiter" else 1
        if tight == "breaker":
            seen.port.script = lambda _now_s, _n: (0.01, NotConnectedError("refused"))
            await asyncio.gather(*[seen.get() for _ in range(5)], return_exceptions=True)
            await asyncio.sleep(4.0)
        before = len(seen.port.sent_at_s)
        seen.port.script = lambda _now_s, _n: (1.0, world.answer())
        await asyncio.gather(*[seen.get() for _ in range(crowd)])
        return len(seen.port.sent_at_s) - before - crowd

    hedged = () if tight == "unmarked" else ("movie",)
    seen = world.run([], main, limits=limits, hedged=hedged)
    assert seen.result == (1 if tight == "nothing" else 0)
