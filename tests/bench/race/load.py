"""The load, by wrk: a program of its own that needs a fraction of what any server needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from tests.bench.race.servers import on_cores

_SCRIPT: Final = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Seen:
    """What wrk saw of one run."""

    requests: int
    took_s: float
    size_bytes: float
    p50_ms: float
    p99_ms: float
    failed: int


def wrk() -> str:
    """Where it is.

    Raises:
        SystemExit: Nowhere.
    """
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("wrk is missing: apt-get install wrk, brew install wrk")
    return found


def version() -> str:
    """Which wrk it is, such as ``wrk 4.1.0``."""
    told = subprocess.run([wrk(), "-v"], capture_output=True, text=True, check=False)  # noqa: S603 - wrk
    return " ".join(told.stdout.split()[:2])


def drive(
    url: str, bodies: Sequence[bytes], *, seconds: int, connections: int, cores: set[int]
) -> Seen:
    """POST the bodies in turn, as fast as they are answered."""
    with tempfile.NamedTemporaryFile(suffix=".bodies") as file, on_cores(cores):
        file.write(b"\n".join(bodies))
        file.flush()
        told = subprocess.run(  # noqa: S603 - wrk
            [
                *(wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"),
                *("--latency", "-s", str(_SCRIPT), url),
            ],
            env={**os.environ, "BODIES": file.name},
            capture_output=True,
            text=True,
            check=False,
        )
    line = next((each for each in told.stdout.splitlines() if each.startswith("JSON")), None)
    if line is None:
        raise SystemExit(told.stdout + told.stderr)
    seen = orjson.loads(line.removeprefix("JSON"))
    return Seen(
        requests=seen["requests"],
        took_s=seen["took_us"] / 1e6,
        size_bytes=seen["bytes"] / max(1, seen["requests"]),
        p50_ms=seen["p50_us"] / 1000,
        p99_ms=seen["p99_us"] / 1000,
        failed=seen["refused"] + seen["failed"],
    )
