"""``/api/search`` and ``/api/discover``: films by their titles, charts and properties."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from gateway.web.rest.documented import TO_MOVIE, problems
from gateway.web.rest.models.base import Page
from gateway.web.rest.models.lists import Chart, Order
from gateway.web.rest.models.movies import MovieCard
from gateway.web.rest.models.requests import MOST
from gateway.web.rest.parameters import (
    AS_DAY,
    AS_NUMBER,
    After,
    First,
    GenreIds,
    Language,
    Region,
    Year,
)
from gateway.web.rest.problems import ProblemError, problem
from gateway.web.rest.resource import Kind, Resource
from gateway.web.rest.route import RestRoute
from gateway.web.rest.shown import page
from gateway.web.rest.visit import Visiting

router = APIRouter(prefix="/api", route_class=RestRoute, tags=["movies"])
Vote = Annotated[float | None, Query(ge=0, le=10, allow_inf_nan=False)]
Count = Annotated[int | None, Query(ge=0, le=MOST), AS_NUMBER]


@router.get("/search", response_model=Page[MovieCard], responses=problems(404) | {200: TO_MOVIE})
async def search(
    visit: Visiting,
    query: Annotated[str, Query(min_length=1, max_length=200, description="Words of the title.")],
    first: First = 20,
    after: After = None,
    year: Year = None,
    language: Language = None,
    region: Region = None,
) -> Resource:
    """Films whose titles match, best match first."""
    ran = await visit.run(
        "search",
        query=query,
        first=first,
        after=after,
        year=year,
        language=language,
        region=region,
    )
    return page(Kind.SEARCH, Page[MovieCard], visit, ran, "search")


@router.get("/discover", response_model=Page[MovieCard], responses=problems(404) | {200: TO_MOVIE})
async def discover(
    visit: Visiting,
    chart: Annotated[
        Chart | None, Query(description="One of TMDB's charts; alone, without conditions.")
    ] = None,
    order_by: Annotated[
        Order | None, Query(alias="orderBy", description="Most popular first without it.")
    ] = None,
    genres: GenreIds = None,
    any_genre: Annotated[GenreIds, Query(alias="anyGenre")] = None,
    released_from: Annotated[date | None, Query(alias="releasedFrom"), AS_DAY] = None,
    released_to: Annotated[date | None, Query(alias="releasedTo"), AS_DAY] = None,
    year: Year = None,
    min_rating: Annotated[Vote, Query(alias="minRating")] = None,
    max_rating: Annotated[Vote, Query(alias="maxRating")] = None,
    min_votes: Annotated[Count, Query(alias="minVotes")] = None,
    min_runtime: Annotated[Count, Query(alias="minRuntimeMinutes")] = None,
    max_runtime: Annotated[Count, Query(alias="maxRuntimeMinutes")] = None,
    original_language: Annotated[Language, Query(alias="originalLanguage")] = None,
    first: First = 20,
    after: After = None,
) -> Resource:
    """Films by their properties, all of which must hold, or one of TMDB's charts."""
    conditions = {
        "genres": genres,
        "anyGenre": any_genre,
        "releasedFrom": None if released_from is None else released_from.isoformat(),
        "releasedTo": None if released_to is None else released_to.isoformat(),
        "year": year,
        "minRating": min_rating,
        "maxRating": max_rating,
        "minVotes": min_votes,
        "minRuntimeMinutes": min_runtime,
        "maxRuntimeMinutes": max_runtime,
        "originalLanguage": original_language,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    if chart is None:
        order = None if order_by is None else order_by.value
        ran = await visit.run(
            "discover", filter=given or None, orderBy=order, first=first, after=after
        )
        return page(Kind.DISCOVER, Page[MovieCard], visit, ran, "discover", ids="genres")
    if given or order_by is not None:
        detail = "A chart takes neither conditions nor an order."
        raise ProblemError(problem(HTTPStatus.BAD_REQUEST, "BAD_USER_INPUT", detail))
    ran = await visit.run("charts", chart=chart.value, first=first, after=after)
    return page(Kind.DISCOVER, Page[MovieCard], visit, ran, "charts")
