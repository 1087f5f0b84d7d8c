"""Where a request's time goes: a sample of the gateway's stack every few milliseconds of CPU.

A sample counts for the layer of the innermost frame of ours; what a library does counts for
whoever called it. Run as ``python -m tests.bench.race.layers PORT FILE`` instead of ``gateway
serve``; the samples are written to the file at the end.
"""

from __future__ import annotations

import re
import signal
import socket
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

import orjson

import gateway
from gateway.cli.serving import exit_on_sigterm, run_app
from gateway.cli.worker import make_app

EVERY_S: Final = 0.002
OUTSIDE: Final = "server and event loop (uvicorn, uvloop)"
_HOME: Final = str(Path(gateway.__file__).parent) + "/"
_PLAN: Final = "<plan>"  # what the engine generates
_LAYERS: Final = tuple(
    (re.compile(pattern), layer)
    for pattern, layer in (
        (r"edge/answers/", "whole answers (edge/answers)"),
        (r"edge/|web/|app/", "edge (edge, web, app)"),
        (r"engine/", "engine"),
        (r"graph/(loader|loaded|pending|landings)|upstreams/\w+/loaders", "loaders"),
        (r"upstreams/\w+/(mapping|wire|mirror|lists)", "mapping (wire, mapping)"),
        (r"upstreams/\w+/client", "clients"),
        (r"graph/|upstreams/", "graph (types, resolvers)"),
        (r"cache/", "cache"),
        (r"transport/|quota/", "transport (and quotas)"),
        (r"cli/", OUTSIDE),
    )
)


class Samples:
    """Counts frames, by place."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def take(self, _: int, frame: FrameType | None) -> None:
        """Look at the stack once."""
        while frame is not None:
            code = frame.f_code
            if code.co_filename.startswith(_HOME):
                place = code.co_filename.removeprefix(_HOME)
                self._counts[place, code.co_qualname] += 1
                return
            if code.co_filename == _PLAN:
                self._counts["engine/plan/generated", code.co_name] += 1
                return
            frame = frame.f_back
        self._counts["", OUTSIDE] += 1

    def dump(self, path: Path) -> None:
        """Write them down."""
        path.write_bytes(orjson.dumps([[*place, count] for place, count in self._counts.items()]))


def layer_of(place: str) -> str:
    """Which layer a file belongs to."""
    return next((layer for pattern, layer in _LAYERS if pattern.match(place)), OUTSIDE)


def told(path: Path, *, most: int = 12) -> str:
    """Shares by layer, and of the dearest functions, as Markdown."""
    found = [(place, name, count) for place, name, count in orjson.loads(path.read_bytes())]
    total = sum(count for *_, count in found)
    layers: Counter[str] = Counter()
    for place, _, count in found:
        layers[layer_of(place)] += count
    dearest = sorted(found, key=lambda each: -each[2])[:most]
    lines = [f"| {name} | {count / total:.0%} |" for name, count in layers.most_common()]
    lines += [f"| `{place}` {name} | {count / total:.1%} |" for place, name, count in dearest]
    return "\n".join([f"| layer, {total} samples | share |", "|---|--:|", *lines])


def main(port: int, path: Path) -> None:
    """Serve as `gateway serve` does, and sample."""
    samples = Samples()
    exit_on_sigterm()
    signal.signal(signal.SIGPROF, samples.take)
    try:
        with socket.create_server(("127.0.0.1", port), backlog=512) as listening:
            app = make_app()
            signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
            run_app(app, listening)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        samples.dump(path)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
