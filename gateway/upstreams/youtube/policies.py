"""How long YouTube's payloads may be served. The terms allow 30 days, refreshed or deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.cache.policy import CachePolicy

LEGAL_MAX: Final = timedelta(days=30)

# One payload holds views (which move by the minute, and nobody minds an hour) and what may be
# played (which changes rarely). Quota is scarce, so a day-old video beats a spent quota.
VIDEO: Final = CachePolicy(
    namespace="youtube.video",
    version=1,
    ttl=timedelta(hours=1),
    stale=timedelta(days=2),
    negative_ttl=timedelta(hours=1),  # private and removed videos rarely come back
    legal_max=LEGAL_MAX,
)
