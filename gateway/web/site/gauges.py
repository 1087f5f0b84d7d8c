"""The cache's counters as shares; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure.

    Args:
        title: What it counts.
        shown: As text.
        share: From 0 to 1; ``None``: it is no share.
        more: What it is made of.
    """

    title: str
    shown: str
    share: float | None = None
    more: str = ""


def gauges(stats: Mapping[str, int]) -> list[Gauge]:
    """What is worth a look, of one process since its start."""
    get = stats.get
    memory, redis, missed = get("hit_memory", 0), get("hit_redis", 0), get("miss", 0)
    asked = memory + redis + missed
    found = [
        _share("Cache hits", memory + redis, asked, f"{memory:,} in memory, {redis:,} in Redis"),
        _share("Stale, while it is renewed", get("stale", 0), asked, "older than they should be"),
        Gauge("Kept in memory", f"{get('memory_bytes', 0) / 1_048_576:.1f} MB",
              more=f"{get('memory_entries', 0):,} entries"),
        Gauge("Answers shared", f"{get('answers_shared', 0) + get('answers_hot', 0):,}",
              more="asked for more than once at the same time"),
    ]  # fmt: skip
    if "redis_failures" in stats:
        failed = get("redis_failures", 0)
        sent = get("redis_commands", 0)
        found.append(Gauge("Redis", f"{failed:,} failed", more=f"of {sent:,} commands"))
    return found


def _share(title: str, part: int, whole: int, more: str) -> Gauge:
    if not whole:
        return Gauge(title, "none", more="nothing has been asked yet")
    return Gauge(title, f"{part / whole:.0%}", part / whole, more)
