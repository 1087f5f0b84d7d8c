"""How long OMDb's payloads may be served; a thousand calls a day are few."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.cache.policy import CachePolicy

# Ratings move by tenths in weeks, and the quota is tiny: keep long, serve stale longer.
RATINGS: Final = CachePolicy(
    namespace="omdb.ratings",
    version=1,
    ttl=timedelta(days=3),
    stale=timedelta(days=30),
    negative_ttl=timedelta(hours=2),  # its word for "unknown" may hide a hiccup
)
