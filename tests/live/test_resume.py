"""Requests, followed as a browser does: it comes back by itself, and has missed nothing."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from tests.live.talk import Stream, asked
from tests.requests.stages import OTHER_FILM, set_up

FOLLOW = "subscription { requestChanged { requestId kind } }"
GET = urlencode({"query": FOLLOW}).encode()


async def told(stream: Stream) -> tuple[str, str]:
    """The next event's request, and its id."""
    event = await stream.event()
    assert event["event"] == "next", event
    return event["data"], event["id"]


async def test_a_stream_goes_on_behind_its_last_event(tmp_path: Path) -> None:
    async with set_up("book", tmp_path) as scene:
        app = scene.stage.http._transport.app  # type: ignore[attr-defined] # of httpx' own
        async with asked(app, "", get=GET) as stream:
            assert (await stream.start())[0] == 200
            await stream.piece()
            first = await scene.made("ann")
            data, cursor = await told(stream)
            assert first["id"] in data
        second = await scene.made("bob", OTHER_FILM)
        await scene.step("max", "decline", first["id"])
        async with asked(app, "", {"last-event-id": cursor}, get=GET) as stream:
            await stream.start()
            data, cursor = await told(stream)
            assert second["id"] in data
            assert "CREATED" in data
            data, cursor = await told(stream)
            assert first["id"] in data
            assert "DECLINED" in data
        async with asked(app, "", {"last-event-id": cursor}, get=GET) as stream:
            await stream.start()
            await stream.piece()
            await scene.step("bob", "cancel", second["id"])
            data, _ = await told(stream)
            assert "CANCELLED" in data


async def test_a_last_event_of_somebody_else_s_log_is_refused(tmp_path: Path) -> None:
    async with set_up("book", tmp_path) as scene:
        app = scene.stage.http._transport.app  # type: ignore[attr-defined] # of httpx' own
        async with asked(app, "", {"last-event-id": "nonsense"}, get=GET) as stream:
            assert (await stream.start())[0] == 200
            error = (await stream.next())["errors"][0]
            assert error["extensions"]["code"] == "BAD_USER_INPUT"
            assert (await stream.event())["event"] == "complete"
