"""One decision per call: what goes out, how often, and what the caller is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    QuotaExhaustedError,
    UpstreamContractError,
    UpstreamError,
    UpstreamOverloadedError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.transport import deadline
from gateway.transport.health import BreakerState
from gateway.transport.http import UpstreamHttp
from gateway.transport.judge import may_have_acted
from gateway.transport.limits import CallLimits
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    HttpAnswer,
    NotConnectedError,
)

HTML = b"<html>Bad gateway</html>"


@pytest.fixture
def world(virtually, played, film, make_answer) -> SimpleNamespace:  # noqa: ANN001 - fixtures of conftest.py
    """Put an upstream that gives these answers in turn behind the driver, and ask it."""

    def run(answers: list, main: Callable, **options: object) -> SimpleNamespace:
        port = played(lambda _now_s, n: (0.05, answers[min(n, len(answers) - 1)]))

        async def whole() -> None:
            loop = asyncio.get_running_loop()
            http = UpstreamHttp(
                "tmdb", port, base_url="http://x/3", clock=loop.time, dice=lambda: 0.5, **options
            )
            seen.loop, seen.http, seen.port = loop, http, port
            seen.get = lambda name="movie": http.get(name, "/movie/603", film)
            try:
                seen.result = await main(seen)
            except UpstreamError as exc:
                seen.result = exc
            assert http.status().in_flight == http.status().queued == port.open == 0
            assert len(asyncio.all_tasks()) == 1

        seen = SimpleNamespace()
        virtually(whole)
        return seen

    return SimpleNamespace(run=run, answer=make_answer, film=film)


async def get_once(seen: SimpleNamespace) -> object:
    return await seen.get()


@pytest.mark.parametrize(
    ("status", "error", "attempts"),
    [
        (401, UpstreamUnauthorizedError, 1),
        (400, UpstreamRejectedError, 1),
        (403, UpstreamRejectedError, 1),
        (301, UpstreamRejectedError, 1),
        (304, UpstreamRejectedError, 1),
        (500, UpstreamUnavailableError, 4),
        (502, UpstreamUnavailableError, 4),
    ],
)
def test_the_status_decides(world, status, error, attempts) -> None:  # noqa: ANN001
    seen = world.run([world.answer(status, HTML, content_type="text/html")], get_once)
    assert type(seen.result) is error
    assert len(seen.port.sent_at_s) == attempts
    assert "http" not in str(seen.result)


def test_not_found_is_none_and_health_is_kept(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> list[object]:
        found = [await seen.get() for _ in range(30)]
        assert seen.http.status().breaker is BreakerState.CLOSED
        return found

    assert world.run([world.answer(404)], main).result == [None] * 30


@pytest.mark.parametrize(
    ("fault", "error", "attempts"),
    [
        (NotConnectedError("no"), UpstreamUnavailableError, 4),
        (ConnectionLostError("cut"), UpstreamUnavailableError, 4),
        (AnswerCutError("cut"), UpstreamContractError, 2),
        (EncodingError("gzip bytes without Content-Encoding"), UpstreamContractError, 2),
        (BodyTooLargeError("more than 8 bytes"), UpstreamContractError, 1),
    ],
)
def test_a_missing_answer_becomes_an_error_after_its_retries(world, fault, error, attempts) -> None:  # noqa: ANN001
    seen = world.run([fault], get_once)
    assert type(seen.result) is error
    assert seen.result.__cause__ is fault
    assert len(seen.port.sent_at_s) == attempts


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'{"id": "x"}', HTML, b"\xff\xfe"])
def test_an_unreadable_answer_is_asked_for_once_more(world, body) -> None:  # noqa: ANN001
    seen = world.run([world.answer(200, body), world.answer()], get_once)
    assert seen.result == world.film(id=603)
    seen = world.run([world.answer(200, body)], get_once)
    assert type(seen.result) is UpstreamContractError
    assert len(seen.port.sent_at_s) == 2


def test_a_web_page_is_no_answer_even_if_it_parses(world) -> None:  # noqa: ANN001
    page = world.answer(200, content_type="text/HTML; charset=utf-8")
    assert type(world.run([page], get_once).result) is UpstreamContractError


def test_wrong_types_do_not_open_the_breaker_but_broken_json_does(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> BreakerState:
        for _ in range(8):
            with pytest.raises((UpstreamContractError, CircuitOpenError)):
                await seen.get()
        return seen.http.status().breaker

    odd, broken = world.answer(200, b'{"id": null}'), world.answer(200, b'{"id":')
    assert world.run([odd], main).result is BreakerState.CLOSED
    assert world.run([broken], main).result is BreakerState.OPEN


def test_a_transient_fault_is_not_seen(world) -> None:  # noqa: ANN001
    faults = [world.answer(503), ConnectionLostError("cut"), world.answer(500), world.answer()]
    seen = world.run(faults, get_once)
    assert seen.result == world.film(id=603)
    waits = [
        b - a - 0.05 for a, b in zip(seen.port.sent_at_s, seen.port.sent_at_s[1:], strict=False)
    ]
    assert waits == pytest.approx([0.05, 0.1, 0.2])


def test_a_short_retry_after_is_obeyed_and_a_long_one_ends_it(world) -> None:  # noqa: ANN001
    soon = world.run([world.answer(503, retry_after="1"), world.answer()], get_once)
    assert soon.port.sent_at_s[1] - soon.port.sent_at_s[0] >= 1.0
    late = world.run([world.answer(503, retry_after="7")], get_once)
    assert late.result.retry_after_s == 7.0
    assert len(late.port.sent_at_s) == 1


def test_no_retry_passes_the_deadline(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> None:
        with deadline.limit(0.09, clock=seen.loop.time):
            await seen.get()

    seen = world.run([world.answer(500)], main)
    assert type(seen.result) is UpstreamUnavailableError
    assert len(seen.port.sent_at_s) == 1


def test_a_call_gets_what_is_left_and_nothing_goes_out_afterwards(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> float:
        seen.port.script = lambda _now_s, _n: (60.0, world.answer())
        started_s = seen.loop.time()
        with deadline.limit(0.5, clock=seen.loop.time):
            with pytest.raises(UpstreamTimeoutError):
                await seen.get()
            assert seen.loop.time() - started_s == pytest.approx(0.5)
            with pytest.raises(DeadlineExceededError):
                await seen.get()
        return len(seen.port.sent_at_s)

    assert world.run([], main).result == 1


def test_impatient_clients_cannot_open_the_breaker(world) -> None:  # noqa: ANN001
    async def main(seen: SimpleNamespace) -> tuple[BreakerState, BreakerState]:
        seen.port.script = lambda _now_s, _n: (60.0, world.answer())
        states = []
        for patience_s in (0.2, 1.5):
            for _ in range(6):
                with (
                    deadline.limit(patience_s, clock=seen.loop.time),
                    pytest.raises(UpstreamUnavailableError),
                ):
                    await seen.get()
            states.append(seen.http.status().breaker)
        return tuple(states)

    assert world.run([], main).result == (BreakerState.CLOSED, BreakerState.OPEN)


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
