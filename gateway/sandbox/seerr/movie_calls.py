"""Calls that pass TMDB's movies on, with what Seerr knows about each."""

from collections.abc import Iterable

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.film_page import film_page
from gateway.sandbox.seerr.film_wire import Json, hit
from gateway.sandbox.seerr.films import Collection, Film, Hit, HitPage, Person, Series
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.row_wire import Wire
from gateway.sandbox.seerr.search_words import find
from gateway.sandbox.seerr.tmdb import TmdbError
from gateway.sandbox.seerr.world import Exchange, World


async def get_movie(world: World, exchange: Exchange) -> Response:
    """``GET /movie/{id}``: an unknown id and an outage look the same, never 404."""
    tmdb_id = exchange.row_id("movieId")
    try:
        film = await world.tmdb.film(-1 if tmdb_id is None else tmdb_id)
    except TmdbError as error:
        raise refusal(500, "Unable to retrieve movie.") from error
    return answers.answer(film_page(film, _media_info(world, film.tmdb_id)))


def _media_info(world: World, tmdb_id: int) -> Json | None:
    """The first media row with the requests of all users, e-mail addresses included."""
    media = world.store.media_of_title("movie", tmdb_id)
    if media is None:
        return None
    wire = world.wire()
    requests = [wire.nested(request) for request in world.store.requests_of_media(media)]
    return wire.media(media, requests=requests, issues=[], seasons=[])


async def similar_movies(world: World, exchange: Exchange) -> Response:
    """``GET /movie/{id}/similar``."""
    return await _related(world, exchange, "Unable to retrieve similar movies.")


async def recommended_movies(world: World, exchange: Exchange) -> Response:
    """``GET /movie/{id}/recommendations``."""
    return await _related(world, exchange, "Unable to retrieve movie recommendations.")


async def _related(world: World, exchange: Exchange, complaint: str) -> Response:
    tmdb_id = exchange.row_id("movieId")
    try:
        page = await world.tmdb.similar(-1 if tmdb_id is None else tmdb_id, _page(exchange))
    except TmdbError as error:
        raise refusal(500, complaint) from error
    return answers.answer(_page_head(page) | {"results": _hits(world, page.hits)})


async def discover_movies(world: World, exchange: Exchange) -> Response:
    """``GET /discover/movies``: ``language`` filters the original language."""
    language = exchange.text("language") or None
    try:
        page = await world.tmdb.popular(_page(exchange), original_language=language)
    except TmdbError as error:
        raise refusal(500, "Unable to retrieve popular movies.") from error
    head = _page_head(page) | {"keywords": []}
    return answers.answer(head | {"results": _hits(world, page.hits)})


async def discover_trending(world: World, exchange: Exchange) -> Response:
    """``GET /discover/trending``: here, the movies of the popular chart."""
    try:
        page = await world.tmdb.popular(_page(exchange), original_language=None)
    except TmdbError as error:
        raise refusal(500, "Unable to retrieve trending items.") from error
    return answers.answer(_page_head(page) | {"results": _hits(world, page.hits)})


async def search(world: World, exchange: Exchange) -> Response:
    """``GET /search``: a failing TMDB looks like an empty one, but for ``totalPages``."""
    try:
        page = await find(world.tmdb, exchange.text("query"), _page(exchange))
    except TmdbError:
        return answers.answer({"page": 1, "totalPages": 1, "totalResults": 0, "results": []})
    return answers.answer(_page_head(page) | {"results": _hits(world, page.hits)})


def _page(exchange: Exchange) -> int:
    value = exchange.query.get("page", 1.0)
    return int(value) if isinstance(value, float) and value.is_integer() else -1


def _page_head(page: HitPage) -> Json:
    return {"page": page.page, "totalPages": page.total_pages, "totalResults": page.total}


def _hits(world: World, hits: Iterable[Hit]) -> list[Json]:
    wire = world.wire()
    return [_with_state(world, wire, found) for found in hits]


def _with_state(world: World, wire: Wire, found: Hit) -> Json:
    """A hit with its ``mediaInfo``, which knows states but no requests."""
    listed = hit(found)
    match found:
        case Film():
            media = world.store.media_of_title("movie", found.tmdb_id)
        case Series():
            media = world.store.media_of_title("tv", found.tmdb_id)
        case Person() | Collection():
            media = None
    if media is not None:
        listed["mediaInfo"] = wire.media(media, watchlists=[])
    return listed
