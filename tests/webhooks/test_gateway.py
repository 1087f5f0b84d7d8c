"""A whole gateway: what is asked for in the graph is told, whoever keeps the requests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.webhooks import webhooks
from tests.book.conftest import empty_file
from tests.requests.stages import set_up
from tests.webhooks.receiver import Receiver, receiving, verify

SECRET = "server-secret-server-secret-1234"  # noqa: S105 - a test's own


async def until_told(receiver: Receiver, many: int) -> None:
    async with asyncio.timeout(20):
        while len(receiver.told) < many:
            receiver.arrived.clear()
            await receiver.arrived.wait()


@pytest.mark.parametrize("keeper", ["book", "seerr"])
async def test_what_happens_is_told(keeper: str, tmp_path: Path) -> None:
    await empty_file(tmp_path)
    more = {
        "GATEWAY_BOOK": "on",
        "GATEWAY_DATA_DIR": str(tmp_path),
        "GATEWAY_SECRET": SECRET,
        "GATEWAY_WEBHOOK_PRIVATE": "on",
    }
    async with receiving() as receiver:
        words = ["add", receiver.url, "--kinds", "created,approved"]
        added = await asyncio.to_thread(CliRunner().invoke, webhooks, words, env=more)
        assert added.exit_code == 0, added.output
        async with set_up(keeper, tmp_path, more) as scene:
            asked = await scene.made("ann")
            await scene.step("max", "approve", asked["id"])
            await until_told(receiver, 2)
        for told in receiver.told:
            verify(added.stdout.splitlines()[-1], told)
        assert [each.json["type"] for each in receiver.told] == [
            "request.created",
            "request.approved",
        ]
        assert {each.data["requestId"] for each in receiver.told} == {asked["id"]}
        assert {each.data["tmdbId"] for each in receiver.told} == {asked["tmdbId"]}


async def test_without_endpoints_nothing_is_made(tmp_path: Path) -> None:
    """Neither a secret nor a database, where Seerr keeps the requests and nobody is told."""
    folder = tmp_path / "data"
    async with set_up("seerr", folder, {"GATEWAY_DATA_DIR": str(folder)}) as scene:
        await scene.made("ann")
    assert not (folder / "secret").exists()
