"""Ask for a film."""

from __future__ import annotations

from typing import Annotated, cast

import strawberry

from gateway.domain.request_outcomes import Created, CreateOutcome, Unconfirmed
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import RequestStore, Wish
from gateway.domain.role import Role
from gateway.errors import BadUserInputError, UpstreamError, UpstreamRejectedError
from gateway.graph.access import Guard, requires
from gateway.graph.context import Info
from gateway.graph.loader import landed
from gateway.graph.movie_ref import tmdb_id_of
from gateway.graph.mutations.carrying import (
    carry_out,
    no_movie,
    refusal_of,
    refuse,
    unavailable,
)
from gateway.graph.mutations.inputs import RequestMovieInput, checked_key
from gateway.graph.mutations.results import (
    InvalidInput,
    Refused,
    RequestMovieResult,
    RequestMovieSuccess,
)
from gateway.graph.ports import MovieKey, MoviesById
from gateway.graph.request import MediaRequest


@strawberry.mutation(
    description="Ask for a film. Asking twice is harmless: the first request is given back. "
    "Requests of managers are approved at once, where the library is set up so.",
    extensions=[Guard(requires(Role.REQUESTER), refuse=refuse)],
)
async def request_movie(
    info: Info,
    input: Annotated[RequestMovieInput, strawberry.argument(description="What to ask for.")],  # noqa: A002 - Relay's name
) -> RequestMovieResult:
    """Check the film, then ask whoever keeps the requests."""
    try:
        key = checked_key(input.idempotency_key)
    except BadUserInputError as exc:
        return InvalidInput.of(exc)
    film = await _film(info, input)
    if not isinstance(film, int):
        return cast("RequestMovieResult", film)
    wish = Wish(tmdb_id=film, is_4k=input.is_4k)

    async def write(store: RequestStore, actor: Actor) -> CreateOutcome:
        return await store.create(actor, wish, key=key)

    outcome = await carry_out(info, write)
    if isinstance(outcome, Created):
        shown = MediaRequest.of(outcome.request)
        return RequestMovieSuccess(request=shown, created=outcome.created)
    if isinstance(outcome, Unconfirmed):
        return RequestMovieSuccess(request=MediaRequest.of(outcome.request), created=True)
    refused = outcome if isinstance(outcome, Refused) else refusal_of(outcome)
    return cast("RequestMovieResult", refused)


async def _film(info: Info, wanted: RequestMovieInput) -> int | Refused:
    """TMDB's id of a film that exists, or why there is none."""
    try:
        tmdb_id = await tmdb_id_of(info, wanted.movie)
        if tmdb_id is None:
            return no_movie()
        context = info.context
        if not context.provided(MoviesById):
            raise UpstreamRejectedError("tmdb", "movie", "is switched off")
        key = MovieKey(tmdb_id, context.locale)
        known = await landed(context.loader(MoviesById).find(key), info)
    except BadUserInputError as exc:
        return InvalidInput.of(exc, "movie")
    except UpstreamError as exc:
        return unavailable(exc, sent=False)
    return no_movie() if known is None else tmdb_id
