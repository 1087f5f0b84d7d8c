"""`gateway sandbox` as its help teaches it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from click.testing import CliRunner

from gateway.cli import main


def ask(url: str, body: str | None = None) -> object:
    request = Request(  # noqa: S310 -- our own loopback
        url, body.encode() if body else None, {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310 -- ditto
        found: object = json.load(answer)
    return found


@contextmanager
def sandbox() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "sandbox", "--port", "0"],
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[2].rstrip(":"), process
        finally:
            process.kill()


def test_it_plays_the_upstreams_and_takes_the_fault_of_its_help() -> None:
    taught = re.search(r"-d '(.+)'", CliRunner().invoke(main, ["sandbox", "--help"]).output)
    assert taught is not None
    with sandbox() as (url, process):
        calls = ask(f"{url}/_control/calls")
        faults = ask(f"{url}/_control/faults", taught[1])
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) in {0, -signal.SIGTERM}
    assert isinstance(calls, dict)
    assert set(calls) == {"tmdb", "youtube", "seerr", "omdb"}
    assert isinstance(faults, list)
    assert (faults[0]["upstream"], faults[0]["kind"]) == ("tmdb", "html_502")
