"""The webhook of the sandbox's Seerr: set as on its settings page, sent over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.sandbox.seerr.posting import post
from gateway.sandbox.seerr.webhook_template import TEMPLATE
from tests.sandbox.seerr_house import House

EVERYTHING = 8158
SETTINGS = "/settings/notifications/webhook"


@asynccontextmanager
async def listening(status: int = 202) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A listener on a real port; its address, and what it got."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        heard.append(head + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/hook?a=1", heard


def house() -> House:
    made = House()
    made.seerr.world.webhook.post = post
    return made


async def configured(made: House, url: str, template: str = "", header: str = "s") -> None:
    options = {"webhookUrl": url, "authHeader": header, "jsonPayload": template}
    body = {"enabled": True, "types": EVERYTHING, "options": options}
    answer = await made.call("POST", SETTINGS, body)
    assert answer.status_code == 200, answer.text


async def test_a_notice_goes_over_the_wire() -> None:
    made = house()
    async with listening() as (url, heard):
        await configured(made, url, header="Bearer sesame")
        assert (await made.ask(5001)).status_code == 201
        await made.seerr.settled()
    assert len(heard) == 1
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Bearer sesame\r\n" in head
    told = json.loads(body)
    assert (told["notification_type"], told["request"]["request_id"]) == ("MEDIA_PENDING", "1")
    assert told["media"]["tmdbId"] == "5001"


async def test_templates_are_edited() -> None:
    """The one that Home Assistant sets, which calls everything by names of its own."""
    made = house()
    template = {
        "kind": "{{notification_type}}",
        "number": "no. {{request_id}}",
        "{{media}}": {"tmdb_id": "{{media_tmdbid}}", "deep": {"er": "{{media_status}}"}},
        "{{issue}}": {"issue_id": "{{issue_id}}"},
        "fixed": [1, True],
    }
    async with listening() as (url, heard):
        await configured(made, url, json.dumps(json.dumps(template)))
        shown = (await made.get(SETTINGS))["options"]
        assert isinstance(shown, dict)
        assert json.loads(shown["jsonPayload"]) == template
        await made.ask(5001)
        await made.seerr.settled()
    assert json.loads(heard[0].partition(b"\r\n\r\n")[2]) == {
        "kind": "MEDIA_PENDING",
        "number": "no. 1",
        "media": {"tmdb_id": "5001", "deep": {"er": "PENDING"}},
        "issue": None,
        "fixed": [1, True],
    }


async def test_the_test_button_tries_what_is_not_saved() -> None:
    made = house()
    async with listening() as (url, heard), listening(status=500) as (broken, _):
        for where, status in ((url, 204), (broken, 500), ("http://127.0.0.1:1/", 500)):
            options = {"webhookUrl": where, "jsonPayload": ""}
            body = {"enabled": True, "types": EVERYTHING, "options": options}
            assert (await made.call("POST", f"{SETTINGS}/test", body)).status_code == status
    assert json.loads(heard[0].partition(b"\r\n\r\n")[2])["media"] is None
    shown = await made.get(SETTINGS)
    assert shown["enabled"] is False
    assert isinstance(shown["options"], dict)
    assert shown["options"]["jsonPayload"] == TEMPLATE


async def test_a_template_that_is_no_json_is_refused() -> None:
    made = house()
    options = {"webhookUrl": "http://h/", "jsonPayload": "{"}
    body = {"enabled": True, "types": EVERYTHING, "options": options}
    assert (await made.call("POST", SETTINGS, body)).status_code == 500


@pytest.mark.parametrize("url", ["ftp://h/", "nonsense", "http://127.0.0.1:1/"])
async def test_an_address_where_nobody_is(url: str) -> None:
    with pytest.raises(OSError, match=r"address|HTTP|[Cc]onnect"):
        await post(url, {}, b"")
