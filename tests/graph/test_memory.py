"""What one worker of ``gateway serve`` holds when it has nothing to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

MOST_MB = 150
QUERY = "{ charts(chart: POPULAR) { nodes { title trailers { nodes { viewCount } } } } }"


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_idle_worker_is_small(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Alone in its process, with the sandbox and Valkey in others; after a first page, too."""
    with subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "serve", "--port", "0"],
        env={"PATH": os.environ["PATH"], "GATEWAY_DATA_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            url = address(process)
            idle_mb = resident_mb(process.pid)
            ask(url)
            used_mb = resident_mb(process.pid)
        finally:
            process.terminate()
            process.communicate(timeout=20)
    with capsys.disabled():
        print(f"\none worker: {idle_mb:.0f} MB idle, {used_mb:.0f} MB after a page")  # noqa: T201 - the figure is the point
    assert idle_mb <= MOST_MB
    assert used_mb <= MOST_MB


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Open "):
            break
    return said.split(" at ")[1].split()[0]


def ask(url: str) -> None:
    request = Request(  # noqa: S310 - our own loopback
        f"{url}/graphql",
        json.dumps({"query": QUERY}).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - ditto
        assert "errors" not in json.load(answer)
