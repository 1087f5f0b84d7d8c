"""Two gateways on one Valkey and one book: the one that tells is killed, the other goes on."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from gateway.edge.identity.ready_made import ready_made
from tests.faults.replicas import Replica, clean_environ, crowd, replicas
from tests.valkey import running
from tests.webhooks.receiver import Receiver, receiving, verify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SECRET = "canary-secret-canary-secret-canary"  # noqa: S105 - a test's own
LEADS = b"event=leads task=webhooks"
PATIENCE_S = 75.0  # a lease, a hold, and a busy machine
ASK = """mutation($film: Int!) { requestMovie(input: {movie: {tmdbId: $film}}) { __typename } }"""


async def said_by(environ: Mapping[str, str], *words: str) -> str:
    """All that a command writes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", "webhooks", *words),
        env=clean_environ(environ), stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode()


async def ask(http: aiohttp.ClientSession, replica: Replica, film: int) -> None:
    key = ready_made(SECRET.encode())[0].key
    async with http.post(
        f"{replica.url}/graphql",
        json={"query": ASK, "variables": {"film": film}},
        headers={"Authorization": f"Bearer {key}"},
    ) as answer:
        body = await answer.json()
    assert body["data"]["requestMovie"]["__typename"] == "RequestMovieSuccess", body


async def until_told(receiver: Receiver, films: set[int]) -> float:
    """Until all of these are told; how long that took."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        while not films <= {each.data["tmdbId"] for each in receiver.told}:
            receiver.arrived.clear()
            await receiver.arrived.wait()
    return time.monotonic() - began


async def test_the_other_one_goes_on_and_nobody_tells_a_secret(tmp_path: Path) -> None:
    with running() as valkey:
        environ = {
            "GATEWAY_REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
            "GATEWAY_DATA_DIR": str(tmp_path),
            "GATEWAY_BOOK": "on",
            "GATEWAY_SECRET": SECRET,
            "GATEWAY_WEBHOOK_PRIVATE": "on",
            "GATEWAY_LOG_LEVEL": "debug",
        }
        async with receiving() as receiver:
            added = await said_by(environ, "add", f"{receiver.url}?token=canary-query")
            whose, secret = added.split()[0], added.splitlines()[-1]
            async with replicas(2, environ, is_heard=True) as two, crowd() as http:
                await ask(http, two[0], 603)
                await ask(http, two[1], 550)
                usual_s = await until_told(receiver, {603, 550})
                (leading,) = [each for each in two if LEADS in each.said]
                (other,) = [each for each in two if each is not leading]
                await ask(http, leading, 680)
                leading.process.kill()
                await ask(http, other, 13)
                after_s = await until_told(receiver, {603, 550, 680, 13})
                assert LEADS in other.said
            log = await said_by(environ, "deliveries", whose)
        assert log.count("delivered") == 4, log
        for each in receiver.told:
            verify(secret, each)
        logs = b"".join(bytes(each.said) for each in two).decode()
        assert "logger=gateway.webhooks.courier" in logs
        for canary in ("canary-query", "canary-secret", secret[6:]):
            assert canary not in logs
    print(f"\ntold after {usual_s:.2f} s, after a kill of the leader after {after_s:.1f} s")  # noqa: T201 - figures
