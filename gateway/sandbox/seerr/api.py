"""All calls that the sandbox's Seerr answers."""

from gateway.sandbox.seerr import (
    movie_calls,
    settings_calls,
    user_calls,
)
from gateway.sandbox.seerr.api_requests import MEDIA, PAGE, REQUESTS, choice
from gateway.sandbox.seerr.operations import Operation
from gateway.sandbox.seerr.schema import Member, Param
from gateway.sandbox.seerr.states import Permission

_TMDB_PAGE = (Param(name="page", type="number"), Param(name="language"))
_MOVIE_ID = (Param(name="movieId", type="number"),)
_USER_ID = (Param(name="userId", type="number"),)
_DISCOVER_NUMBERS = (
    "studio withRuntimeGte withRuntimeLte voteAverageGte voteAverageLte voteCountGte voteCountLte"
)
_DISCOVER_TEXTS = (
    "genre keywords excludeKeywords sortBy primaryReleaseDateGte primaryReleaseDateLte "
    "watchRegion watchProviders certification certificationGte certificationLte "
    "certificationCountry certificationMode"
)


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
            *PAGE,
            choice("sort", "created updated requests displayname"),
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
        query=PAGE,
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

OPERATIONS = (*_SERVER, *_PEOPLE, *REQUESTS, *MEDIA, *_MOVIES)
