"""Types whose fields are everybody's, but for those that say something else.

What upstreams tell anybody of films, and what only comes as the answer to somebody who was let
through. People, their requests and the roots are not here: each field of theirs says its rule.
"""

from __future__ import annotations

from typing import Final

_FILMS: Final = frozenset(
    {
        *("Movie", "MovieConnection", "MovieEdge", "PageInfo", "Genre", "Collection", "Keyword"),
        *("Credits", "CastMember", "CrewMember", "ExternalIds", "Image", "Rating"),
        *("WatchProvider", "WatchProviders"),
        *("Trailer", "TrailerConnection", "TrailerEdge", "Channel"),
    }
)
_AROUND: Final = frozenset(
    {*("RequestConnection", "RequestEdge", "RequestQuota"), *("UpstreamStatus", "_Service")}
)
_ANSWERS: Final = frozenset(
    {
        *("UserError", "DuplicateRequest", "RequestQuotaExceeded", "MovieBlocklisted"),
        *("NotPermitted", "MovieNotFound", "RequestNotFound", "RequestConflict"),
        *("IdempotencyKeyReused", "InvalidInput", "RequestRejected", "UpstreamUnavailable"),
        *("RequestMovieSuccess", "ApproveRequestSuccess", "DeclineRequestSuccess"),
        *("RetryRequestSuccess", "CancelRequestSuccess"),
    }
)
OPEN_TYPES: Final = _FILMS | _AROUND | _ANSWERS
