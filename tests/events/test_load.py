"""A thousand subscribers on two replicas, a tenth of them stalled."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from statistics import quantiles
from typing import Final

import pytest

from tests.events.fleet import Crowd, fleet
from tests.events.wires import Wire, connect
from tests.faults.replicas import Replica

SUBSCRIBERS: Final = 1000
STALLED: Final = 100
EVENTS: Final = 120
PAUSE_S: Final = 0.25
MEMORY_MB: Final = 64
BUFFER_BYTES: Final = 4096
_MUCH: Final = " ".join(f"r{n}: request {{ id createdAt updatedAt }}" for n in range(25))
LONG: Final = f"""subscription($after: String) {{
  requestChanged(after: $after) {{ cursor kind {_MUCH} }} }}"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def resident_mb(replica: Replica) -> float:
    """What the process holds."""
    text = Path(f"/proc/{replica.process.pid}/status").read_text(encoding="ascii")
    [line] = [each for each in text.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def busy_s(replica: Replica) -> float:
    """Processor time that it has taken."""
    words = Path(f"/proc/{replica.process.pid}/stat").read_text(encoding="ascii").split()
    return (int(words[13]) + int(words[14])) / os.sysconf("SC_CLK_TCK")


async def test_a_tenth_that_stalls_is_nobody_else_s_matter(valkey_url: str, tmp_path: Path) -> None:
    async with fleet(valkey_url, tmp_path, 2) as (writer, running):
        await writer.write(1)
        crowd, stalled = Crowd(writer), []
        before_mb = [resident_mb(each) for each in running]
        begin = writer.cursors[-1]
        for at in range(SUBSCRIBERS):
            port = running[at % 2].port
            if at < STALLED:
                wire = await connect(
                    port, lambda *_: None, query=LONG, after=begin, buffer_bytes=BUFFER_BYTES
                )
                assert wire.transport is not None
                wire.transport.pause_reading()
                stalled.append(wire)
            else:
                await crowd.join(port, begin)
        most_mb = [resident_mb(each) for each in running]
        busy_before_s = sum(map(busy_s, running))
        for number in range(EVENTS):
            await writer.write(2 + number)
            await asyncio.sleep(PAUSE_S)
            most_mb = [max(a, resident_mb(b)) for a, b in zip(most_mb, running, strict=True)]
        await crowd.all_heard(writer.cursors[1:])
        worked_us = 1e6 * (sum(map(busy_s, running)) - busy_before_s) / len(crowd.late_s)
        lost = sum(wire.lost.is_set() for wire in await ended(stalled))
        for wire in crowd.wires:
            assert not wire.errors
            wire.leave()
    late_ms = [1000 * each for each in crowd.late_s]
    p50, p99 = (quantiles(late_ms, n=100)[at] for at in (49, 98))
    grown_mb = [most - was for most, was in zip(most_mb, before_mb, strict=True)]
    print(  # noqa: T201 - the figures are the point
        f"\n{SUBSCRIBERS} subscribers, {STALLED} stalled, {EVENTS} events: commit to frame "
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {max(late_ms):.0f} ms; memory of each replica "
        f"{', '.join(f'{each:.0f} MB' for each in before_mb)}, "
        f"then {', '.join(f'+{each:.0f} MB' for each in grown_mb)}; {lost} stalled ones closed; "
        f"{worked_us:.0f} us of processor time for a frame"
    )
    assert all(each == writer.cursors[1:] for each in crowd.heard)
    assert max(grown_mb) <= MEMORY_MB
    assert lost == STALLED


async def ended(stalled: list[Wire]) -> list[Wire]:
    """Read at last: what was sent, and the end."""
    for wire in stalled:
        assert wire.transport is not None
        wire.transport.resume_reading()
    async with asyncio.timeout(40):
        await asyncio.gather(*(wire.lost.wait() for wire in stalled))
    return stalled
