"""How long TMDB's payloads may be served. The terms allow six months at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.cache.policy import CachePolicy

LEGAL_MAX: Final = timedelta(days=180)

# Released titles barely change; in an outage a week-old one beats an error.
MOVIE: Final = CachePolicy(
    namespace="tmdb.movie",
    version=1,
    ttl=timedelta(hours=24),
    stale=timedelta(days=7),
    negative_ttl=timedelta(minutes=10),  # new ids appear all day
    legal_max=LEGAL_MAX,
)

# A trailer that appears today should show today.
VIDEOS: Final = CachePolicy(
    namespace="tmdb.videos",
    version=1,
    ttl=timedelta(hours=6),
    stale=timedelta(days=7),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Cast and crew are edited for years, a few lines at a time.
CREDITS: Final = CachePolicy(
    namespace="tmdb.credits",
    version=1,
    ttl=timedelta(hours=24),
    stale=timedelta(days=14),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Certifications and dates are set once; they move before a release, hence not longer.
RELEASE_DATES: Final = CachePolicy(
    namespace="tmdb.release_dates",
    version=1,
    ttl=timedelta(hours=24),
    stale=timedelta(days=14),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Ids in other catalogues hardly ever change.
EXTERNAL_IDS: Final = CachePolicy(
    namespace="tmdb.external_ids",
    version=1,
    ttl=timedelta(days=7),
    stale=timedelta(days=30),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Themes are decoration: old ones do no harm.
KEYWORDS: Final = CachePolicy(
    namespace="tmdb.keywords",
    version=1,
    ttl=timedelta(days=7),
    stale=timedelta(days=30),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Offers end at midnight somewhere; a link to a service that lost the film annoys.
WATCH_PROVIDERS: Final = CachePolicy(
    namespace="tmdb.watch_providers",
    version=1,
    ttl=timedelta(hours=6),
    stale=timedelta(hours=24),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Computed by TMDB overnight.
RECOMMENDATIONS: Final = CachePolicy(
    namespace="tmdb.recommendations",
    version=1,
    ttl=timedelta(hours=24),
    stale=timedelta(days=7),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Ditto.
SIMILAR: Final = CachePolicy(
    namespace="tmdb.similar",
    version=1,
    ttl=timedelta(hours=24),
    stale=timedelta(days=7),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Charts move during the day, and their pages should move together; yesterday's beats none.
CHART: Final = CachePolicy(
    namespace="tmdb.chart",
    version=1,
    ttl=timedelta(minutes=30),
    stale=timedelta(hours=24),
    legal_max=LEGAL_MAX,
)

# People repeat a search within minutes; what they find must not be a day old.
SEARCH: Final = CachePolicy(
    namespace="tmdb.search",
    version=1,
    ttl=timedelta(minutes=15),
    stale=timedelta(hours=6),
    legal_max=LEGAL_MAX,
)

# Like a chart, but the number of filters makes each page rarer.
DISCOVER: Final = CachePolicy(
    namespace="tmdb.discover",
    version=1,
    ttl=timedelta(minutes=30),
    stale=timedelta(hours=24),
    legal_max=LEGAL_MAX,
)

# An IMDb id that is known stays known; an unknown one may be entered any minute.
FIND: Final = CachePolicy(
    namespace="tmdb.find",
    version=1,
    ttl=timedelta(hours=24),
    stale=timedelta(days=7),
    negative_ttl=timedelta(minutes=10),
    legal_max=LEGAL_MAX,
)

# Nineteen genres, unchanged for years.
GENRES: Final = CachePolicy(
    namespace="tmdb.genres",
    version=1,
    ttl=timedelta(days=7),
    stale=timedelta(days=30),
    legal_max=LEGAL_MAX,
)

# Where pictures live: changed once in ten years.
CONFIGURATION: Final = CachePolicy(
    namespace="tmdb.configuration",
    version=1,
    ttl=timedelta(days=7),
    stale=timedelta(days=30),
    legal_max=LEGAL_MAX,
)
