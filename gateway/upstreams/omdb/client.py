"""OMDb's one endpoint; its key can only travel in the query, so nothing here is ever logged."""

from __future__ import annotations

from typing import Final

from gateway.errors import (
    QuotaExhaustedError,
    UpstreamContractError,
    UpstreamError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
)
from gateway.transport.http import UpstreamHttp
from gateway.transport.port import HttpAnswer
from gateway.upstreams.omdb.wire import OmdbFailure, OmdbMovie

_MAX_FAILURE_BYTES: Final = 1024
# The last one sounds like an outage, but is what OMDb says of ids that its database lacks
# (omdbapi/OMDb-API, issues 47, 57, 74 and 121); its outages come with 5xx.
_UNKNOWN_FILM: Final = ("incorrect imdb id", "movie not found", "error getting data")
_BROKEN: Final = 500  # from this status on its words do not matter
_QUOTA_WAIT_S: Final = 3600.0  # OMDb does not say when the day's calls come back
_EVERGREEN: Final = "tt0133093"


def classify(answer: HttpAnswer) -> UpstreamError | None:
    """Tell failures apart by their words: most come with HTTP 200.

    The operation named in the error is a placeholder: only the transport knows the real one.
    """
    words = None if answer.status >= _BROKEN else _complaint(answer.body)
    if words is None or words.startswith(_UNKNOWN_FILM):
        return None
    if "limit reached" in words:
        return QuotaExhaustedError(
            "omdb", "answer", "the day's calls are spent", retry_after_s=_QUOTA_WAIT_S
        )
    if "api key" in words:
        return UpstreamUnauthorizedError("omdb", "answer", "refused our key")
    return UpstreamRejectedError("omdb", "answer", "refused the call")


def _complaint(body: bytes) -> str | None:
    """What OMDb complains of, in lower case; ``None`` if it does not."""
    if len(body) > _MAX_FAILURE_BYTES:
        return None
    try:
        return (OmdbFailure.model_validate_json(body).error or "").casefold()
    except ValueError:
        return None


class OmdbClient:
    """One method per endpoint; no caching, no mapping.

    Args:
        http: The way to OMDb.
        api_key: Goes out as a query parameter, because OMDb knows no header.
    """

    def __init__(self, http: UpstreamHttp, *, api_key: str) -> None:
        self._http = http
        self._api_key = api_key

    async def by_imdb_id(self, imdb_id: str) -> OmdbMovie | None:
        """Fetch a film's ratings; ``None`` if OMDb does not know it.

        Raises:
            QuotaExhaustedError: The day's calls are spent.
            UpstreamError: OMDb gave no usable answer.
        """
        found = await self._http.get(
            "by_imdb_id", "/", OmdbMovie, absent=(), apikey=self._api_key, i=imdb_id
        )
        if found is None or found.response == "False":
            return None
        if found.imdb_id not in (None, imdb_id):
            raise UpstreamContractError("omdb", "by_imdb_id", "another film than asked for")
        return found

    async def check_key(self) -> None:
        """Ask whether the key is good, for one of the day's calls.

        Raises:
            UpstreamUnauthorizedError: It is not.
        """
        await self.by_imdb_id(_EVERGREEN)
