"""The rows of the fault matrix: what goes wrong, and what the client may see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.sandbox import Fault
from tests.faults.house import House
from tests.faults.proxy import Weather

UNREADABLE: Final = frozenset({"UPSTREAM_BAD_RESPONSE"})
DOWN: Final = frozenset({"UPSTREAM_UNAVAILABLE"})
SILENT: Final = frozenset({"UPSTREAM_TIMEOUT", "DEADLINE_EXCEEDED"})
SLOWED: Final = frozenset({"UPSTREAM_RATE_LIMITED"})
SPENT: Final = frozenset({"QUOTA_EXHAUSTED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault of an upstream that makes one call of one page fail.

    Attributes:
        fault: Of the sandbox.
        weather: Of the proxy.
        codes: What the client may be told when nothing is cached.
        own_codes: Instead of them, by upstream.
        calls: The fewest and the most calls that may reach the upstream for one of ours.
        retryable: What the client is told of trying again; ``None`` is either.
        wait_ms: Bounds of ``retryAfterMs``; ``None`` where nothing is known.
    """

    fault: Fault | None = None
    weather: Weather | None = None
    codes: frozenset[str] = DOWN
    own_codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    calls: tuple[int, int] = (1, 1)
    retryable: bool | None = True
    wait_ms: tuple[int, int] | None = None

    def told(self, upstream: str) -> frozenset[str]:
        """The codes that may be told for this upstream."""
        return self.own_codes.get(upstream, self.codes)

    async def strike(self, house: House, upstream: str) -> None:
        """Let it go wrong."""
        if self.fault is not None:
            house.upstream(upstream).faults.set([self.fault])
        if self.weather is not None:
            await house.proxies[upstream].set(self.weather)


_TRIES: Final = (1, 3)  # of one read that got no answer: transport.limits.retries and its budget
_LOST: Final = (1, 4)  # and a kept connection that is closed costs none of them
_TWICE: Final = (2, 2)  # an answer that cannot be read is asked for once more

# OMDb has one word for a refused key and a spent day; the sandbox says the latter.
_OMDB_SPENT: Final = {"omdb": SPENT}

ROWS: Final[Mapping[str, Row]] = {
    "refused": Row(weather=Weather(refuse=True), calls=(0, 0)),
    "deaf": Row(weather=Weather(deaf=True), codes=SILENT, calls=(0, 0)),
    "half_open": Row(weather=Weather(half_open=True), codes=SILENT),
    "drip": Row(weather=Weather(drip_bytes=1, drip_s=0.02), codes=SILENT),
    "black_hole": Row(fault=Fault(kind="black_hole"), codes=SILENT),
    "too_late": Row(fault=Fault(kind="latency", latency_s=3), codes=SILENT),
    "reset_before_answer": Row(weather=Weather(reset_after_bytes=0), calls=_LOST),
    "closed_before_answer": Row(weather=Weather(cut_after_bytes=0), calls=_LOST),
    "reset_in_head": Row(
        weather=Weather(reset_after_bytes=40), codes=DOWN | UNREADABLE, calls=_LOST
    ),
    "reset_in_body": Row(weather=Weather(reset_after_bytes=500), codes=UNREADABLE, calls=_TWICE),
    "cut_in_body": Row(weather=Weather(cut_after_bytes=500), codes=UNREADABLE, calls=_TWICE),
    "cut_body": Row(fault=Fault(kind="cut_body"), codes=UNREADABLE, calls=_TWICE),
    "server_error": Row(fault=Fault(kind="server_error"), calls=_TRIES),
    "html_502": Row(fault=Fault(kind="html_502"), calls=_TRIES),
    "overloaded": Row(
        fault=Fault(kind="status", status=503, retry_after_s=7), wait_ms=(6000, 7000)
    ),
    "rate_limited": Row(
        fault=Fault(kind="rate_limited", retry_after_s=7),
        codes=SLOWED,
        own_codes=_OMDB_SPENT,
        wait_ms=(6000, 7000),
    ),
    "unauthorised": Row(
        fault=Fault(kind="status", status=401), own_codes=_OMDB_SPENT, retryable=False
    ),
    "forbidden": Row(fault=Fault(kind="status", status=403), retryable=False),
    "malformed": Row(fault=Fault(kind="malformed"), codes=UNREADABLE, calls=_TWICE),
    "wrong_types": Row(fault=Fault(kind="wrong_types"), codes=UNREADABLE, calls=_TWICE),
    "gzip_unlabelled": Row(fault=Fault(kind="gzip_unlabelled"), codes=UNREADABLE, calls=_TWICE),
    "gzip_bomb": Row(fault=Fault(kind="gzip_bomb", bomb_mib=12), codes=UNREADABLE),
    "quota_exceeded": Row(
        fault=Fault(kind="quota_exceeded", retry_after_s=7),
        codes=SLOWED,
        own_codes={"omdb": SPENT, "youtube": SPENT},
        wait_ms=(6000, 7000),
    ),
}
