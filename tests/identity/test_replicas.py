"""Several processes over one database: a key that is revoked ends in all of them."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from gateway.edge.identity.ring import FRESH_S
from tests.faults.replicas import Replica, clean_environ, crowd, replicas

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

OFF = {f"{name}_BASE_URL": "off" for name in ("TMDB", "YOUTUBE", "SEERR", "OMDB")}


async def keys(environ: Mapping[str, str], *words: str) -> str:
    """What `gateway keys` says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", "keys", *words),
        env=clean_environ(environ), stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said
    return said.decode()


async def status(http: aiohttp.ClientSession, replica: Replica, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    async with http.post(
        f"{replica.url}/graphql", json={"query": "{ __typename }"}, headers=headers
    ) as answer:
        return answer.status


async def refused_after_s(http: aiohttp.ClientSession, replica: Replica, key: str) -> float:
    began_s = time.monotonic()
    while await status(http, replica, key) == 200:
        assert time.monotonic() - began_s < 10
    return time.monotonic() - began_s


async def test_a_revoked_key_ends_in_every_process(tmp_path: Path) -> None:
    environ = {**OFF, "GATEWAY_DATA_DIR": str(tmp_path), "GATEWAY_REDIS_URL": "off"}
    async with replicas(3, environ) as fleet, crowd() as http:
        first = (await keys(environ, "create", "first", "--role", "requester")).split()[-1]
        second = (await keys(environ, "create", "second", "--role", "requester")).split()[-1]
        for key in (first, second):
            assert [await status(http, each, key) for each in fleet] == [200, 200, 200]
        await keys(environ, "revoke", "first")
        took_s = await asyncio.gather(*(refused_after_s(http, each, first) for each in fleet))
        print(f"\nrevoked: refused after {max(took_s):.2f} s")  # noqa: T201 - the figure is the point
        assert max(took_s) <= FRESH_S + 1
        assert [await status(http, each, second) for each in fleet] == [200, 200, 200]
    said = await keys(environ, "list")
    assert "revoked" in said
    assert said.count("never used") == 0
