"""What a log sums up of the payloads that an answer is made of."""

from __future__ import annotations

import math

from gateway.cache.slot import Cached, Source
from gateway.graph.freshness import FreshnessLog


class Somewhere:
    def as_list(self) -> list[str | int]:
        return ["movie"]


def test_an_answer_is_as_good_as_its_first_part_to_go_stale() -> None:
    log = FreshnessLog()
    assert (log.fresh_s, log.is_stale, log.ages_s) == (math.inf, False, {})
    log.note(Somewhere(), "tmdb", Cached("a", Source.UPSTREAM, 0.0))
    log.note(Somewhere(), "tmdb", Cached("b", Source.MEMORY, 40.0, fresh_s=20.0))
    log.note(Somewhere(), "seerr", Cached("c", Source.REDIS, 3.0, fresh_s=25.0))
    assert (log.fresh_s, log.is_stale) == (20.0, False)
    assert log.ages_s == {"tmdb": 40.0, "seerr": 3.0}
    log.note(Somewhere(), "seerr", Cached("d", Source.REDIS, 3.0, stale=True, fresh_s=-1.0))
    assert (log.fresh_s, log.is_stale) == (-1.0, True)
