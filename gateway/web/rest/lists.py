"""``/api/search`` and ``/api/discover``: films by their titles, charts and properties."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from gateway.web.rest.discovery import Discovery
from gateway.web.rest.documented import TO_MOVIE, problems
from gateway.web.rest.models.base import Page
from gateway.web.rest.models.movies import MovieCard
from gateway.web.rest.parameters import (
    After,
    First,
    Language,
    Region,
    Words,
    Year,
)
from gateway.web.rest.problems import ProblemError, problem
from gateway.web.rest.resource import Kind, Resource
from gateway.web.rest.route import RestRoute
from gateway.web.rest.shown import page
from gateway.web.rest.visit import Visiting

router = APIRouter(prefix="/api", route_class=RestRoute, tags=["movies"])


@router.get(
    "/search", response_model=Page[MovieCard], responses=problems(404, 412) | {200: TO_MOVIE}
)
async def search(
    visit: Visiting,
    query: Words,
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


@router.get(
    "/discover", response_model=Page[MovieCard], responses=problems(404, 412) | {200: TO_MOVIE}
)
async def discover(visit: Visiting, wanted: Annotated[Discovery, Query()]) -> Resource:
    """Films by their properties, all of which must hold, or one of TMDB's charts."""
    given = wanted.conditions()
    stretch = {"first": wanted.first, "after": wanted.after}
    if wanted.chart is None:
        order = None if wanted.order_by is None else wanted.order_by.value
        ran = await visit.run("discover", filter=given or None, orderBy=order, **stretch)
        return page(Kind.DISCOVER, Page[MovieCard], visit, ran, "discover", ids="genres")
    if given or wanted.order_by is not None:
        detail = "A chart takes neither conditions nor an order."
        raise ProblemError(problem(HTTPStatus.BAD_REQUEST, "BAD_USER_INPUT", detail))
    ran = await visit.run("charts", chart=wanted.chart.value, **stretch)
    return page(Kind.DISCOVER, Page[MovieCard], visit, ran, "charts")
