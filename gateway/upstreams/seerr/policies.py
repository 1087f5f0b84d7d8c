"""How long Seerr's payloads may be served. A stale queue misleads, so an outage shows as one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.cache.policy import CachePolicy

# Seconds matter to whoever just asked for a film; ours are dropped by the mutation itself.
REQUESTS: Final = CachePolicy(
    namespace="seerr.requests", version=1, ttl=timedelta(seconds=30), snapshot=True
)

# One request by its id; an unknown id may be the next one created.
REQUEST: Final = CachePolicy(
    namespace="seerr.request",
    version=1,
    ttl=timedelta(seconds=30),
    negative_ttl=timedelta(seconds=10),
)

# The library's states: read for every list of films, from one mirror of all rows.
MEDIA: Final = CachePolicy(
    namespace="seerr.media", version=1, ttl=timedelta(seconds=30), snapshot=True
)

# Whom we act as changes only when someone renames that user.
ME: Final = CachePolicy(namespace="seerr.me", version=1, ttl=timedelta(minutes=5))

# A person whom the gateway's people act as; only their name may change.
USER: Final = CachePolicy(
    namespace="seerr.user",
    version=1,
    ttl=timedelta(minutes=5),
    negative_ttl=timedelta(seconds=10),
)
