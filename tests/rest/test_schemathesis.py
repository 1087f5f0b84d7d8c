"""schemathesis against a gateway on its sandbox: all checks, all phases, nothing found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HERE = Path(__file__).parent
EXAMPLES = 60
OURS = ("GATEWAY_", "TMDB_", "YOUTUBE_", "SEERR_", "OMDB_")


@dataclass(frozen=True, slots=True)
class Served:
    """A gateway with keys for it."""

    url: str
    requester: str
    manager: str


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """``gateway serve`` with nothing set."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith(OURS)}
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve", "--port", "0"],
            env={**environment, "GATEWAY_DATA_DIR": str(tmp_path / "data")},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            said = ""
            while not said.rpartition("\n")[0].rpartition("\n")[2].startswith("Open "):
                said += server.stdout.readline()
            requester, manager = re.findall(r"Key of the .*: (\S+)", said)
            url = said.split(" at ")[1].split()[0]
            httpx.get(f"{url}/health/live", timeout=60).raise_for_status()
            yield Served(url, requester, manager)
        finally:
            server.terminate()


def test_it_finds_nothing(served: Served, tmp_path: Path) -> None:
    told = subprocess.run(  # noqa: S603 - our own arguments
        [
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{served.url}/api/openapi.json"),
            *("--checks", "all", "--max-examples", str(EXAMPLES), "--continue-on-failure"),
            *("--seed", "1"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "MANAGER_KEY": served.manager,
            "REQUESTER_KEY": served.requester,
            "PYTHONPATH": str(HERE.parent.parent),
            "SCHEMATHESIS_HOOKS": "tests.rest.rules",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr
    assert re.search(r"Operations:\s+(\d+) selected / \1 total", told.stdout)
    for phase in ("Coverage", "Fuzzing", "Stateful"):
        assert re.search(rf"✅\s+{phase}", told.stdout), told.stdout
