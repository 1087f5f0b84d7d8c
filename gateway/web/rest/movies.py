"""``/api/movies``: films and their videos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.domain.trailer import TrailerKind
from gateway.web.rest.documented import problems
from gateway.web.rest.models.base import Page
from gateway.web.rest.models.movies import Movie, Trailer
from gateway.web.rest.parameters import After, First, Language, Languages, Region, TmdbId
from gateway.web.rest.resource import Kind, Resource
from gateway.web.rest.route import RestRoute
from gateway.web.rest.shown import page, part
from gateway.web.rest.visit import Visiting

NO_FILM = "There is no such film."

router = APIRouter(prefix="/api/movies", route_class=RestRoute, tags=["movies"])


@router.get("/{tmdb_id}", response_model=Movie, responses=problems(404, 412))
async def movie(
    visit: Visiting, tmdb_id: TmdbId, language: Language = None, region: Region = None
) -> Resource:
    """A film with its people, ratings, offers, best trailer and state in the library."""
    ran = await visit.run("movie", tmdbId=tmdb_id, language=language, region=region)
    model = Movie.model_validate(part(ran, "movie", absent=NO_FILM))
    return Resource(kind=Kind.MOVIE, model=model, headers=ran.headers)


@router.get("/{tmdb_id}/trailers", response_model=Page[Trailer], responses=problems(404, 412))
async def trailers(
    visit: Visiting,
    tmdb_id: TmdbId,
    first: First = 5,
    after: After = None,
    languages: Languages = None,
    kinds: Annotated[
        list[TrailerKind] | None,
        Query(max_length=20, description="Only these; repeat it for several."),
    ] = None,
) -> Resource:
    """A film's videos, best first."""
    ran = await visit.run(
        "trailers",
        tmdbId=tmdb_id,
        first=first,
        after=after,
        languages=languages,
        kinds=None if kinds is None else [each.value for each in kinds],
    )
    part(ran, "movie", absent=NO_FILM)
    return page(Kind.TRAILERS, Page[Trailer], visit, ran, "movie", "trailers")
