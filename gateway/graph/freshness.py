"""How old an answer's parts are: a stale one is always marked, the rest when asked for.

``Cache-Status`` is RFC 9211's word for the whole answer, ``Age`` RFC 9111's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.cache.slot import Cached, Source
from gateway.engine.batched import FieldPath

_NAME = "Marquee"


@dataclass(frozen=True, slots=True)
class Mark:
    """One path of the answer, and where its value came from."""

    path: tuple[str | int, ...]
    upstream: str
    found: Cached[Any]

    def shown(self) -> dict[str, object]:
        """As ``extensions.freshness`` lists it; the age is in whole seconds."""
        told: dict[str, object] = {
            "path": list(self.path),
            "upstream": self.upstream,
            "source": self.found.source.value,
            "state": "STALE" if self.found.stale else "FRESH",
            "ageSeconds": int(self.found.age_s),
        }
        if self.found.stale:
            told["reason"] = self.found.reason or "REVALIDATING"
        return told


@dataclass(slots=True)
class FreshnessLog:
    """What one operation was answered with.

    Args:
        everything: List every path that an upstream backs, not only stale ones.
    """

    everything: bool = False
    marks: list[Mark] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)  # of all that was asked for: what to purge it by
    ages_s: dict[str, float] = field(default_factory=dict)  # oldest part of each upstream
    fresh_s: float = math.inf  # until the first part is stale; nothing for what was just fetched
    is_stale: bool = False
    _noted: dict[int, Cached[Any]] = field(default_factory=dict)
    _fetched: bool = False
    _oldest_s: float = 0.0
    _count: int = 0

    def note(self, path: FieldPath, upstream: str, found: Cached[Any]) -> None:
        """Remember what a path was answered with."""
        if self._noted.get(id(found)) is found:
            return
        if not found.stale and not self.everything:
            self._noted[id(found)] = found  # the next path that shows it adds nothing
        self._count += 1
        self.fresh_s = min(self.fresh_s, found.fresh_s)
        if found.age_s >= self.ages_s.get(upstream, 0.0):
            self.ages_s[upstream] = found.age_s
        if found.source is Source.UPSTREAM:
            self._fetched = True
        else:
            self._oldest_s = max(self._oldest_s, found.age_s)
        self.is_stale = self.is_stale or found.stale
        if found.stale or self.everything:
            self.marks.append(Mark(tuple(path.as_list()), upstream, found))

    def shown(self) -> list[dict[str, object]]:
        """``extensions.freshness``, in the order of paths; empty where nothing is to be told."""
        return [mark.shown() for mark in sorted(self.marks, key=_place)]

    def headers(self) -> Mapping[str, str]:
        """``Cache-Status`` and, when nothing had to be fetched, ``Age``."""
        if self._count == 0:
            return {}
        if self._fetched:
            return {"Cache-Status": f"{_NAME}; fwd=miss"}
        detail = "; detail=stale" if self.is_stale else ""
        return {"Cache-Status": f"{_NAME}; hit{detail}", "Age": str(int(self._oldest_s))}


def _place(mark: Mark) -> tuple[tuple[bool, str | int], ...]:
    return tuple((isinstance(part, str), part) for part in mark.path)
