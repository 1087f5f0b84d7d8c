"""All calls that the sandbox's Seerr answers."""

from gateway.sandbox.seerr import (
    media_calls,
    movie_calls,
    request_changes,
    request_reads,
    settings_calls,
    user_calls,
)
from gateway.sandbox.seerr.operations import Operation
from gateway.sandbox.seerr.request_create import create_request
from gateway.sandbox.seerr.schema import Member, Param
from gateway.sandbox.seerr.states import Permission

_PAGE = (
    Param(name="take", type="number", nullable=True),
    Param(name="skip", type="number", nullable=True),
)
_TMDB_PAGE = (Param(name="page", type="number"), Param(name="language"))
_MOVIE_ID = (Param(name="movieId", type="number"),)
_USER_ID = (Param(name="userId", type="number"),)
_CHOICES = (
    Member(name="is4k", type="boolean"),
    Member(name="serverId", type="number"),
    Member(name="profileId", type="number"),
    Member(name="rootFolder", type="string"),
    Member(name="languageProfileId", type="number"),
    Member(name="userId", type="number", nullable=True),
)
_KIND = Member(name="mediaType", type="string", required=True, allowed=("movie", "tv"))
_REQUEST_FILTERS = "all approved available pending processing unavailable failed deleted completed"
_MEDIA_FILTERS = "all available partial allavailable processing pending deleted"
_DISCOVER_NUMBERS = (
    "studio withRuntimeGte withRuntimeLte voteAverageGte voteAverageLte voteCountGte voteCountLte"
)
_DISCOVER_TEXTS = (
    "genre keywords excludeKeywords sortBy primaryReleaseDateGte primaryReleaseDateLte "
    "watchRegion watchProviders certification certificationGte certificationLte "
    "certificationCountry certificationMode"
)


def _choice(name: str, values: str) -> Param:
    return Param(name=name, allowed=tuple(values.split()))


_SERVER = (
    Operation(method="GET", template="/status", handler=settings_calls.status, public=True),
    Operation(
        method="GET",
        template="/settings/public",
        handler=settings_calls.public_settings,
        public=True,
    ),
    Operation(
        method="GET",
        template="/settings/main",
        handler=settings_calls.main_settings,
        needs=Permission.ADMIN,
    ),
    Operation(
        method="GET",
        template="/settings/notifications/webhook",
        handler=settings_calls.webhook_settings,
        needs=Permission.ADMIN,
    ),
    Operation(
        method="POST",
        template="/settings/notifications/webhook",
        handler=settings_calls.set_webhook,
        needs=Permission.ADMIN,
        body=(Member(name="enabled", type="boolean"), Member(name="types", type="number")),
        body_required=True,
    ),
    Operation(
        method="POST",
        template="/settings/notifications/webhook/test",
        handler=settings_calls.test_webhook,
        needs=Permission.ADMIN,
        body=(Member(name="enabled", type="boolean"), Member(name="types", type="number")),
        body_required=True,
    ),
)

_PEOPLE = (
    Operation(method="GET", template="/auth/me", handler=user_calls.me),
    Operation(
        method="POST",
        template="/auth/local",
        handler=user_calls.sign_in,
        public=True,
        body=(
            Member(name="email", type="string", required=True),
            Member(name="password", type="string", required=True),
        ),
        body_required=True,
    ),
    Operation(method="POST", template="/auth/logout", handler=user_calls.sign_out),
    Operation(
        method="GET",
        template="/user",
        handler=user_calls.list_users,
        query=(
            *_PAGE,
            _choice("sort", "created updated requests displayname"),
            Param(name="q"),
            Param(name="includeIds"),
        ),
    ),
    Operation(method="GET", template="/user/{userId}", handler=user_calls.get_user, path=_USER_ID),
    Operation(
        method="GET", template="/user/{userId}/quota", handler=user_calls.get_quota, path=_USER_ID
    ),
    Operation(
        method="GET",
        template="/user/{userId}/requests",
        handler=user_calls.list_user_requests,
        path=_USER_ID,
        query=_PAGE,
    ),
)

_REQUESTS = (
    Operation(
        method="GET",
        template="/request",
        handler=request_reads.list_requests,
        query=(
            *_PAGE,
            _choice("filter", _REQUEST_FILTERS),
            _choice("sort", "added modified"),
            _choice("sortDirection", "asc desc"),
            Param(name="requestedBy", type="number", nullable=True),
            _choice("mediaType", "movie tv all"),
        ),
    ),
    Operation(
        method="POST",
        template="/request",
        handler=create_request,
        body=(
            _KIND,
            Member(name="mediaId", type="number", required=True),
            Member(name="tvdbId", type="number"),
            Member(name="seasons", type="seasons"),
            *_CHOICES,
        ),
        body_required=True,
    ),
    Operation(method="GET", template="/request/count", handler=request_reads.count_requests),
    Operation(method="GET", template="/request/{requestId}", handler=request_reads.get_request),
    Operation(
        method="PUT",
        template="/request/{requestId}",
        handler=request_changes.update,
        body=(_KIND, Member(name="seasons", type="array"), *_CHOICES),
        body_required=True,
    ),
    Operation(method="DELETE", template="/request/{requestId}", handler=request_changes.delete),
    Operation(
        method="POST",
        template="/request/{requestId}/retry",
        handler=request_changes.retry,
        needs=Permission.MANAGE_REQUESTS,
    ),
    Operation(
        method="POST",
        template="/request/{requestId}/{status}",
        handler=request_changes.decide,
        path=(_choice("status", "approve decline"),),
        needs=Permission.MANAGE_REQUESTS,
    ),
)

_MEDIA = (
    Operation(
        method="GET",
        template="/media",
        handler=media_calls.list_media,
        query=(
            *_PAGE,
            _choice("filter", _MEDIA_FILTERS),
            _choice("sort", "added modified mediaAdded"),
        ),
    ),
    Operation(
        method="DELETE",
        template="/media/{mediaId}",
        handler=media_calls.delete_media,
        needs=Permission.MANAGE_REQUESTS,
    ),
    Operation(
        method="POST",
        template="/media/{mediaId}/{status}",
        handler=media_calls.set_media,
        path=(_choice("status", "available partial processing pending unknown deleted"),),
        body=(Member(name="is4k", type="boolean"),),
        needs=Permission.MANAGE_REQUESTS,
    ),
    Operation(
        method="POST",
        template="/blocklist",
        handler=media_calls.add_to_blocklist,
        body=(Member(name="tmdbId", type="number"), Member(name="title", type="string")),
        body_required=True,
        needs=Permission.MANAGE_BLOCKLIST,
    ),
    Operation(
        method="DELETE",
        template="/blocklist/{tmdbId}",
        handler=media_calls.remove_from_blocklist,
        needs=Permission.MANAGE_BLOCKLIST,
    ),
)

_MOVIES = (
    Operation(
        method="GET",
        template="/movie/{movieId}",
        handler=movie_calls.get_movie,
        path=_MOVIE_ID,
        query=(Param(name="language"),),
    ),
    Operation(
        method="GET",
        template="/movie/{movieId}/similar",
        handler=movie_calls.similar_movies,
        path=_MOVIE_ID,
        query=_TMDB_PAGE,
    ),
    Operation(
        method="GET",
        template="/movie/{movieId}/recommendations",
        handler=movie_calls.recommended_movies,
        path=_MOVIE_ID,
        query=_TMDB_PAGE,
    ),
    Operation(
        method="GET",
        template="/search",
        handler=movie_calls.search,
        query=(Param(name="query", required=True), *_TMDB_PAGE),
    ),
    Operation(
        method="GET",
        template="/discover/movies",
        handler=movie_calls.discover_movies,
        query=(
            *_TMDB_PAGE,
            *(Param(name=name, type="number") for name in _DISCOVER_NUMBERS.split()),
            *(Param(name=name) for name in _DISCOVER_TEXTS.split()),
        ),
    ),
    Operation(
        method="GET",
        template="/discover/trending",
        handler=movie_calls.discover_trending,
        query=_TMDB_PAGE,
    ),
)

OPERATIONS = (*_SERVER, *_PEOPLE, *_REQUESTS, *_MEDIA, *_MOVIES)
