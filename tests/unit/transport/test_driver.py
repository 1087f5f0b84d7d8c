"""One decision per call: what goes out, how often, and what the caller is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    UpstreamContractError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.transport import deadline
from gateway.transport.health import BreakerState
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    NotConnectedError,
)

HTML = b"<html>Bad gateway</html>"


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
        (500, UpstreamUnavailableError, 3),
        (502, UpstreamUnavailableError, 3),
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
        (NotConnectedError("no"), UpstreamUnavailableError, 3),
        (ConnectionLostError("cut"), UpstreamUnavailableError, 3),
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
    faults = [world.answer(503), ConnectionLostError("cut"), world.answer()]
    seen = world.run(faults, get_once)
    assert seen.result == world.film(id=603)
    waits = [
        b - a - 0.05 for a, b in zip(seen.port.sent_at_s, seen.port.sent_at_s[1:], strict=False)
    ]
    assert waits == pytest.approx([0.05, 0.1])


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
