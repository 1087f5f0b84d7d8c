"""The same bombs over connections that last: each is refused alone, and the others go on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

import httpx
import pytest
from starlette.types import ASGIApp

from tests.graph.stage import Stage
from tests.limits.bombs import BLOBS, BOMBS, NORMAL, WRONG, Blob, Bomb
from tests.live.talk import Talk, asked, connected, upgraded

KINDS = {bomb.name.partition(":")[0]: bomb for bomb in reversed(BOMBS)}
SOME = [*KINDS.values()][::3]
CLOSED = {"PAYLOAD_TOO_LARGE": 1009, "LITERAL_TOO_LARGE": None}
"""How what is no operation closes a socket; ``None``: it does not. All others: 4400."""


def app_of(stage: Stage) -> ASGIApp:
    transport = stage.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    app: ASGIApp = transport.app  # type: ignore[assignment] # httpx has its own types for it
    return app


def complaints(bomb: Bomb, errors: list[dict[str, dict[str, str]]], data: object) -> Iterator[str]:
    found = errors[0]["extensions"]["code"]
    if found != bomb.code:
        yield f"{bomb.name}: {found} instead of {bomb.code}"
    if data is not None and (bomb.code != WRONG or any(dict(data).values())):  # type: ignore[call-overload] # a JSON object
        yield f"{bomb.name}: was answered"


async def refused(talk: Talk, bomb: Bomb) -> AsyncIterator[str]:
    talk.subscribe("1", bomb.query, variables=bomb.variables)
    told = await talk.told()
    if told["type"] == "next":
        assert await talk.told() == {"id": "1", "type": "complete"}
        errors, data = told["payload"]["errors"], told["payload"]["data"]
    else:
        assert told["type"] == "error"
        errors, data = told["payload"], None
    for each in complaints(bomb, errors, data):
        yield each


async def fine(talk: Talk) -> None:
    talk.subscribe("1", NORMAL)
    assert (await talk.told())["payload"]["data"]["movie"]["title"] == "The Matrix"
    await talk.told()


async def test_over_a_socket(stage: Stage) -> None:
    """One after the other over the same, which stays; any way in reads the same documents."""
    await over_a_socket(stage, SOME)


@pytest.mark.slow
async def test_each_over_a_socket(stage: Stage) -> None:
    await over_a_socket(stage, BOMBS)


async def over_a_socket(stage: Stage, bombs: Iterable[Bomb]) -> None:
    async with connected(app_of(stage)) as talk:
        await fine(talk)
        stage.calls()
        wrong = [each for bomb in bombs async for each in refused(talk, bomb)]
        assert wrong == []
        await fine(talk)
        assert sum(stage.calls().values()) == 0


@pytest.mark.parametrize("blob", BLOBS, ids=lambda blob: blob.name)
async def test_what_is_no_operation_over_a_socket(stage: Stage, blob: Blob) -> None:
    """A socket that says such things is closed; another is none the worse."""
    app = app_of(stage)
    code = CLOSED.get(blob.code, 4400)
    async with connected(app) as talk, connected(app) as other:
        talk.say(f'{{"id":"1","type":"subscribe","payload":{blob.body.decode()}}}')
        if code is None:
            told = await talk.told()
            assert told["payload"][0]["extensions"]["code"] == blob.code
        else:
            assert (await talk.closed())[0] == code
        await fine(other)


async def test_before_anybody_has_said_who_they_are(stage: Stage) -> None:
    async with upgraded(app_of(stage)) as talk:
        await talk.heard()
        talk.subscribe("1", BOMBS[0].query)
        assert (await talk.closed())[0] == 4401


async def over_streams(stage: Stage, bombs: Iterable[Bomb]) -> AsyncIterator[str]:
    app = app_of(stage)
    for bomb in bombs:
        async with asked(app, bomb.query, variables=bomb.variables) as stream:
            status, headers = await stream.start()
            assert status == 200
            assert headers["content-type"].startswith("text/event-stream")
            told = await stream.next()
            for each in complaints(bomb, told["errors"], told.get("data")):
                yield each
            assert (await stream.event())["event"] == "complete"


async def test_over_streams(stage: Stage) -> None:
    await stage.data(NORMAL)
    stage.calls()
    assert [each async for each in over_streams(stage, SOME)] == []
    await stage.data(NORMAL)
    assert sum(stage.calls().values()) == 0


@pytest.mark.slow
async def test_each_over_streams(stage: Stage) -> None:
    assert [each async for each in over_streams(stage, BOMBS)] == []


SUBSCRIBED = "requestChanged { requestId }"
FOLLOWED = [
    Bomb(
        "aliases", "subscription { requestChanged { " + "a: kind " * 40 + "} }", "TOO_MANY_REPEATS"
    ),
    Bomb(
        "two fields",
        f"subscription {{ {SUBSCRIBED} other: {SUBSCRIBED} }}",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    Bomb(
        "deep",
        "subscription { requestChanged { request { movie { "
        + "similar { nodes { " * 8
        + "id"
        + " } }" * 8
        + " } } } }",
        "QUERY_TOO_DEEP",
    ),
    Bomb(
        "dear",
        "subscription { requestChanged { request { movie { "
        + "similar(first: 100) { nodes { " * 3
        + "id"
        + " } }" * 3
        + " } } } }",
        "TOO_MANY_OBJECTS",
    ),
    Bomb("introspection", "subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
]


@pytest.mark.parametrize("bomb", FOLLOWED, ids=lambda bomb: bomb.name)
async def test_subscriptions_are_measured_too(stage: Stage, bomb: Bomb) -> None:
    async with connected(app_of(stage)) as talk:
        assert [each async for each in refused(talk, bomb)] == []
