"""Processes that race: started on their own half of the cores, ended with the block."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from gateway.cli import tether
from gateway.registry import load_subgraphs
from gateway.settings import resolve_upstreams
from tests.faults.replicas import clean_environ
from tests.valkey import free_port

ROOT: Final = Path(__file__).parents[3]
START_S: Final = 60.0
COLD: Final = {
    "GATEWAY_CACHE": "off",
    "GATEWAY_ANSWER_CACHE": "off",
    "GATEWAY_REDIS_URL": "off",
}


@dataclass(frozen=True, slots=True)
class Server:
    """One that answers."""

    process: int
    port: int

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self.port}"


def halves() -> tuple[set[int], set[int]]:
    """Cores for what is measured, and for what is not; all of them for both if there is but one."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        return set(cores), set(cores)
    return set(cores[: len(cores) // 2]), set(cores[len(cores) // 2 :])


@contextmanager
def on_cores(cores: set[int]) -> Iterator[None]:
    """What is started within runs on these."""
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


@contextmanager
def running(
    arguments: Sequence[str],
    *,
    ready: str,
    cores: set[int],
    environ: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run ``python ARGUMENTS``, in which ``PORT`` stands for a free port."""
    port = free_port()
    words = [str(port) if each == "PORT" else each for each in arguments]
    with on_cores(cores):
        child = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-I", tether.__file__, str(os.getpid()), sys.executable, *words],
            env=clean_environ(environ or {}),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
    try:
        server = Server(child.pid, port)
        _wait(child, f"{server.url}{ready}")
        yield server
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(child: subprocess.Popen[bytes], url: str) -> None:
    until_s = time.monotonic() + START_S
    while True:
        try:
            if httpx.get(url, timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        if child.poll() is not None or time.monotonic() > until_s:
            raise SystemExit(f"{child.args} did not come up")
        time.sleep(0.1)


@contextmanager
def upstream(cores: set[int], *, latency_ms: float = 0) -> Iterator[Server]:
    """The sandbox with its answers kept."""
    arguments = ("-m", "tests.bench.race.upstream", "PORT", str(latency_ms))
    with running(arguments, ready="/counts", cores=cores) as server:
        yield server


def environ_over(origin: str) -> dict[str, str]:
    """Settings of a gateway whose upstreams are played there; without ratings of a fourth one."""
    classes = {each.name: each.settings for each in load_subgraphs()}
    given: dict[str, str] = {}
    for each in resolve_upstreams(classes, {}).values():
        given |= each.in_sandbox(origin)
    return {**given, "OMDB_BASE_URL": "off", "GATEWAY_LOG_LEVEL": "error", "GATEWAY_BOOK": "off"}


@contextmanager
def gateway(
    origin: str,
    cores: set[int],
    *,
    warm: bool,
    workers: int = 1,
    entry: Sequence[str] = (),
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """``gateway serve``; cold: no cache of any kind, so no Valkey beside; with more settings."""
    environ = {**environ_over(origin), **({} if warm else COLD), **(more or {})}
    usual = ("-m", "gateway.cli", "serve", "--port", "PORT", "--workers", str(workers))
    with running(entry or usual, ready="/health/ready", cores=cores, environ=environ) as server:
        yield server


@contextmanager
def baseline(origin: str, cores: set[int], *, warm: bool) -> Iterator[Server]:
    """The plain stack."""
    mode = "warm" if warm else "cold"
    arguments = ("-m", "tests.bench.race.baseline", "PORT", origin, mode)
    with running(arguments, ready="/health/ready", cores=cores) as server:
        yield server


@contextmanager
def hello(cores: set[int]) -> Iterator[Server]:
    """The same ASGI server with nothing in it."""
    arguments = ("-m", "tests.bench.race.hello", "PORT")
    with running(arguments, ready="/health/ready", cores=cores) as server:
        yield server
