"""Where in a log a moment is: found with a handful of reads, though clocks differ."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.request import RequestStatus
from gateway.domain.request_log import RequestEvent, RequestEventKind
from gateway.webhooks.outbox import SLOPE, place_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Log:
    """Events by their numbers, which have gaps."""

    kept: list[RequestEvent]
    reads: list[int] = field(default_factory=list)

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        self.reads.append(after)
        start = bisect_right(self.kept, after, key=lambda each: each.sequence)
        return self.kept[start : start + most]

    async def last_event(self) -> int:
        return self.kept[-1].sequence if self.kept else 0


def event(sequence: int, at: datetime) -> RequestEvent:
    return RequestEvent(
        sequence=sequence,
        event_id=f"i{sequence}",
        kind=RequestEventKind.CREATED,
        request_id=1,
        tmdb_id=1,
        is_4k=False,
        status=RequestStatus.PENDING,
        version=1,
        occurred_at=at,
    )


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Moments rise with the numbers, but for what clocks differ by."""
    found, sequence, at = [], 0, NOW
    slope_s = SLOPE.total_seconds() / 2
    for _ in range(draw(st.integers(0, 60))):
        sequence += draw(st.integers(1, 5))
        at += timedelta(seconds=draw(st.sampled_from([0, 1, 60, 3600, 86_400])))
        found.append(event(sequence, at + timedelta(seconds=draw(st.floats(-slope_s, slope_s)))))
    return Log(found)


@settings(max_examples=40)
@given(logs(), st.integers(-2 * 86_400, 20 * 86_400))
async def test_everything_since_then_is_behind_it(log: Log, offset_s: int) -> None:
    since = NOW + timedelta(seconds=offset_s)
    place = await place_of(log, since)
    wanted = [each.sequence for each in log.kept if each.occurred_at >= since]
    assert all(each > place for each in wanted)
    behind = [each for each in log.kept if each.sequence > place]
    if behind:  # and it is no earlier than need be
        assert behind[0].occurred_at >= since


async def test_a_long_log_is_not_read_through() -> None:
    log = Log([event(n, NOW + timedelta(minutes=n)) for n in range(1, 4_001)])
    assert await place_of(log, NOW + timedelta(minutes=3_000)) == 2_999
    assert len(log.reads) < math.log2(4_000) + 5
