"""The clients that people use, from npm, against a gateway that is served."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.faults.replicas import Replica, replicas

FOLDER = Path(__file__).parents[1] / "clients" / "live"
CLIENTS = ("overWebSocket", "overSse", "urqlOverWebSocket", "urqlOverSse", "apollo")


async def key_of(replica: Replica) -> str:
    """The requester's, out of the banner."""
    async with asyncio.timeout(10):
        while True:
            found = re.search(rb"mq_\w+", replica.said)
            if found is not None:
                return found[0].decode()
            await asyncio.sleep(0.05)


async def run(folder: Path, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one", "two workers"])
async def test_they_follow_requests(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get("CI"):
            pytest.fail("needs npm")
        pytest.skip("needs npm")
    folder = tmp_path / "clients"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules"))
    await run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    data = {"GATEWAY_DATA_DIR": str(tmp_path / "data")}
    async with replicas(1, data, arguments=arguments, is_heard=True) as (replica,):
        key = await key_of(replica)
        said = await run(folder, npm, "run", "check", "--", f"{replica.url}/graphql", key)
    for name in CLIENTS:
        assert f"{name}: ok" in said
