"""`gateway serve` as a newcomer starts it: nothing set, everything inside."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

_QUERY = "{ charts(chart: POPULAR, first: 3) { nodes { title poster { url } } } }"
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class Served:
    """A running gateway, what it said, and where it is."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said += line
            if line.startswith("Open "):
                break
        self.url = self.said.split(" at ")[1].split()[0]

    def post(self, query: str) -> dict[str, object]:
        request = Request(  # noqa: S310 -- our own loopback
            f"{self.url}/graphql",
            json.dumps({"query": query}).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310 -- ditto
            found: dict[str, object] = json.load(answer)
        return found

    def descendants(self) -> list[int]:
        return list(_below(self.process.pid))


def _below(pid: int) -> Iterator[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    for child in map(int, children.split()):
        yield child
        yield from _below(child)


@contextmanager
def serving(*arguments: str, **environ: str) -> Iterator[Served]:
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, "-m", "gateway.cli", "serve", "--port", "0", *arguments],
            env={"PATH": os.environ["PATH"], "GATEWAY_DATA_DIR": folder, **environ},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield Served(process)
        finally:
            process.kill()


def all_end(pids: list[int], within_s: float) -> bool:
    """Wait until none of these processes runs."""
    ends = {os.pidfd_open(pid) for pid in pids if Path(f"/proc/{pid}").exists()}
    try:
        waiting = set(ends)
        while waiting:
            ready, _, _ = select.select(waiting, [], [], within_s)
            if not ready:
                return False
            waiting -= set(ready)
        return True
    finally:
        for end in ends:
            os.close(end)


@linux
def test_with_nothing_set_it_serves_films_and_ends_in_order() -> None:
    with serving() as served:
        assert "SANDBOX DATA" in served.said
        assert "EMBEDDED VALKEY" in served.said
        answer = served.post(_QUERY)
        assert "errors" not in answer
        nodes = answer["data"]["charts"]["nodes"]  # type: ignore[index] # JSON
        assert [bool(node["title"]) for node in nodes] == [True] * 3
        beside = served.descendants()
        assert len(beside) == 2
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(15) == 0
        assert all_end(beside, 10)


@linux
@pytest.mark.slow
def test_killed_it_takes_workers_sandbox_and_valkey_along() -> None:
    with serving("--workers", "2") as served:
        assert "errors" not in served.post(_QUERY)
        beside = served.descendants()
        assert len(beside) >= 4
        served.process.kill()
        assert all_end(beside, 20)


@linux
@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_closed_terminal_ends_all_of_it_in_order(workers: str) -> None:
    with serving("--workers", workers) as served:
        assert "errors" not in served.post(_QUERY)
        beside = served.descendants()
        os.killpg(served.process.pid, signal.SIGHUP)  # as the terminal does
        assert served.process.wait(20) == 0
        assert all_end(beside, 10)


@linux
@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_under_nohup_it_lives_on(workers: str) -> None:
    was = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # inherited, as nohup passes it on
    try:
        with serving("--workers", workers) as served:
            served.post(_QUERY)
            os.killpg(served.process.pid, signal.SIGHUP)
            assert "errors" not in served.post(_QUERY)
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(20) == 0
    finally:
        signal.signal(signal.SIGHUP, was)
