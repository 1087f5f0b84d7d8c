"""graphql-sse's distinct connections, and how they live beside plain answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from tests.live.stage import house_of, turns
from tests.live.talk import asked

SAID = "subscription { said { text cursor } }"
ECHO = '{ echo(text: "hi") }'
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
JSON = "application/json"


async def kind(query: str, accept: str) -> tuple[int, str, bytes]:
    house = house_of()
    async with asked(house.app, query, {"accept": accept}) as stream:
        status, headers = await stream.start()
        body = await stream.piece()
        return status, headers["content-type"].partition(";")[0], body


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        ("text/event-stream", ECHO, (200, "text/event-stream")),
        ("text/event-stream, */*", ECHO, (200, "text/event-stream")),
        ("application/json;q=0.5, text/event-stream", ECHO, (200, "text/event-stream")),
        ("application/json, text/event-stream;q=0.5", ECHO, (200, JSON)),
        (URQL, ECHO, (200, "application/graphql-response+json")),
        ("*/*", ECHO, (200, JSON)),
        ("text/event-stream;q=0", ECHO, (406, JSON)),
        ("text/event-stream", SAID, (200, "text/event-stream")),
        (URQL, SAID, (200, "text/event-stream")),
        ("application/json, text/event-stream;q=0.5", SAID, (200, "text/event-stream")),
        ("*/*", SAID, (406, JSON)),
        ("text/*", SAID, (406, JSON)),
        (JSON, SAID, (406, JSON)),
        (URQL, "{", (400, "application/graphql-response+json")),
        ("text/event-stream", "{", (200, "text/event-stream")),
    ],
)
async def test_what_is_answered_how(accept: str, query: str, expected: tuple[int, str]) -> None:
    assert (await kind(query, accept))[:2] == expected


async def test_a_query_is_one_event_and_an_end() -> None:
    _, _, body = await kind(ECHO, "text/event-stream")
    assert body == b'event: next\ndata: {"data":{"echo":"hi"}}\n\nevent: complete\ndata: \n\n'


async def test_a_refusal_is_told_in_the_stream() -> None:
    _, _, body = await kind("{ nothing }", "text/event-stream")
    head, _, rest = body.partition(b"\n")
    assert head == b"event: next"
    told = json.loads(rest.partition(b"\n")[0].removeprefix(b"data: "))
    assert told["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert body.endswith(b"\n\nevent: complete\ndata: \n\n")


@pytest.mark.parametrize("accept", [JSON, "*/*", "application/graphql-response+json"])
async def test_a_subscription_that_is_not_followed_is_refused(accept: str) -> None:
    """Executed as a query it would answer once, and wrongly."""
    status, _, body = await kind(SAID, accept)
    assert status == 406
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"


async def test_a_batch_holds_no_subscription() -> None:
    """Nor does one become a stream."""
    house = house_of(max_batch=2)
    async with asked(house.app, SAID, batch=[{"query": ECHO}, {"query": SAID}]) as stream:
        assert (await stream.start())[0] == 200
        echo, said = json.loads(await stream.piece())
        assert echo == {"data": {"echo": "hi"}}
        assert said["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"
    assert not house.radio.ears


async def test_a_look_at_the_head_follows_nothing() -> None:
    house = house_of()
    get = urlencode({"query": SAID}).encode()
    async with asked(house.app, "", get=get, method="HEAD") as stream:
        assert (await stream.start())[0] == 406
    assert not house.radio.ears


async def test_a_browser_s_own_client_asks_by_get() -> None:
    house = house_of()
    get = urlencode({"query": SAID}).encode()
    async with asked(house.app, "", get=get) as stream:
        assert (await stream.start())[0] == 200
        await turns()
        house.radio.say("hello")
        assert (await stream.next())["data"]["said"]["text"] == "hello"


async def test_a_change_is_not_made_by_get() -> None:
    house = house_of()
    get = urlencode({"query": "mutation { change }"}).encode()
    async with asked(house.app, "", get=get) as stream:
        assert (await stream.start())[0] == 405
    assert house.radio.changed == 0


async def first_of(headers: Mapping[str, str]) -> str:
    house = house_of()
    async with asked(house.app, SAID, headers) as stream:
        await stream.start()
        await turns()
        house.radio.say("new")
        found: str = (await stream.next())["data"]["said"]["text"]
        return found


async def test_a_stream_goes_on_where_it_broke() -> None:
    assert await first_of({"last-event-id": "c7"}) == "since c7"


@pytest.mark.parametrize("nonsense", ["", "x" * 201])
async def test_a_last_event_that_cannot_be_is_none(nonsense: str) -> None:
    assert await first_of({"last-event-id": nonsense}) == "new"


async def test_text_stays_in_its_line() -> None:
    house = house_of()
    async with asked(house.app, SAID) as stream:
        await stream.start()
        await turns()
        house.radio.say("a\nb\r\ndata: c\n\n\u2028💣")
        event = await stream.event()
        assert json.loads(event["data"])["data"]["said"]["text"] == "a\nb\r\ndata: c\n\n\u2028💣"


async def test_a_source_that_breaks_ends_the_stream_with_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = house_of()
    async with asked(house.app, SAID) as stream:
        await stream.start()
        await turns()
        house.radio.put(ValueError("secret"))
        error = (await stream.next())["errors"][0]
        assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert "secret" not in str(error)
        assert (await stream.event())["event"] == "complete"
    assert "unplanned error" in caplog.text


async def test_no_proxy_keeps_or_holds_back_a_stream() -> None:
    house = house_of()
    async with asked(house.app, SAID) as stream:
        _, headers = await stream.start()
        assert headers["cache-control"] == "no-store, no-transform"
        assert headers["x-accel-buffering"] == "no"
        assert await stream.piece() == b":\n\n"  # at once, so that the client knows
