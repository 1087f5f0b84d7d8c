"""Every recorded TMDB answer parses and maps, and so does what becomes of it when spoilt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from gateway.errors import UpstreamError
from gateway.transport.http import UpstreamHttp
from gateway.upstreams.tmdb import mapping, mapping_facets
from gateway.upstreams.tmdb.client import classify
from gateway.upstreams.tmdb.wire import TmdbListItem, TmdbMovie
from gateway.upstreams.tmdb.wire_facets import (
    TmdbCredits,
    TmdbExternalIds,
    TmdbKeywords,
    TmdbOffers,
    TmdbReleaseDates,
    TmdbVideos,
    TmdbWatchProviders,
)
from gateway.upstreams.tmdb.wire_fused import TmdbFusedMovie
from gateway.upstreams.tmdb.wire_lists import (
    TmdbChanges,
    TmdbConfiguration,
    TmdbFound,
    TmdbGenres,
    TmdbMoviePage,
)
from tests.contract import suite
from tests.contract.mutations import hostile
from tests.contract.recordings import Exchange, Route, exchanges
from tests.contract.replay import replay

ALL = exchanges("tmdb", {"error-status-401.json": 401, "error-status-response.json": 404})


class CreditMedia(BaseModel):
    """``GET /credit/{id}`` as far as it holds a film."""

    media: TmdbListItem


def _to_every_part(movie: TmdbFusedMovie) -> object:
    parts = (
        movie.videos and mapping_facets.to_trailers(movie.id, movie.videos),
        movie.credits and mapping_facets.to_credits(movie.credits),
        movie.release_dates and mapping_facets.to_release_dates(movie.release_dates),
        movie.external_ids and mapping_facets.to_external_ids(movie.external_ids),
        movie.keywords and mapping_facets.to_keywords(movie.keywords),
        movie.watch_providers and mapping_facets.to_watch_offers(movie.watch_providers),
        movie.recommendations and mapping.to_page(movie.recommendations),
        movie.similar and mapping.to_page(movie.similar),
    )
    return mapping.to_movie(movie), *parts


FILM = frozenset({"id", "title"})
LIST = frozenset({"results"})

ROUTES: tuple[Route[Any], ...] = (
    Route(
        pattern=r"/3/movie/(?!999999999)\d+(\?.*append_to_response=alternative_titles.*)?"
        r"|movies_(details|appends-[13])\.json",
        model=TmdbFusedMovie,
        to_domain=_to_every_part,
        identity=FILM,
    ),
    Route(
        pattern=r"/3/movie/\d+/videos",
        model=TmdbVideos,
        to_domain=lambda wire: mapping_facets.to_trailers(1, wire),
        identity=LIST,
    ),
    Route(
        pattern=r"/3/movie/\d+/credits",
        model=TmdbCredits,
        to_domain=mapping_facets.to_credits,
        identity=frozenset({"cast", "crew"}),
    ),
    Route(
        pattern=r"/3/movie/\d+/release_dates",
        model=TmdbReleaseDates,
        to_domain=mapping_facets.to_release_dates,
        identity=LIST,
    ),
    Route(
        pattern=r"/3/movie/\d+/external_ids|movies_external_ids\.json",
        model=TmdbExternalIds,
        to_domain=mapping_facets.to_external_ids,
    ),
    Route(
        pattern=r"/3/movie/\d+/keywords",
        model=TmdbKeywords,
        to_domain=mapping_facets.to_keywords,
        identity=frozenset({"keywords"}),
    ),
    Route(
        pattern=r"/3/movie/\d+/watch/providers",
        model=TmdbWatchProviders,
        to_domain=mapping_facets.to_watch_offers,
        identity=LIST,
    ),
    Route(
        pattern=r"/3/(movie/(popular|upcoming|\d+/(similar|recommendations))|discover/movie"
        r"|trending/movie/week|search/movie|keyword/\d+/movies)(\?.*)?"
        r"|(movies_upcoming|search_movies|misc_discover_movies)\.json",
        model=TmdbMoviePage,
        to_domain=mapping.to_page,
        identity=LIST,
    ),
    Route(
        pattern=r"/3/genre/(movie|tv)/list",
        model=TmdbGenres,
        to_domain=mapping.to_genres,
        identity=frozenset({"genres"}),
    ),
    Route(
        pattern=r"/3/find/[^?]+(\?.*)?",
        model=TmdbFound,
        to_domain=mapping.to_found,
        identity=frozenset({"movie_results"}),
    ),
    Route(
        pattern=r"/3/configuration(\?.*)?",
        model=TmdbConfiguration,
        to_domain=mapping.to_image_base_url,
        identity=frozenset({"images", "images.secure_base_url"}),
    ),
    Route(
        pattern=r"/3/movie/changes|changes_movies\.json",
        model=TmdbChanges,
        to_domain=lambda wire: [change.id for change in wire.results],
        identity=LIST | {"total_pages"},
    ),
    Route(
        pattern=r"credit-movie-blank-release-date\.json",
        model=CreditMedia,
        to_domain=lambda wire: mapping.to_summary(wire.media),
        identity=frozenset({"media", "media.id", "media.title"}),
    ),
    Route(
        pattern=r"show-watch-provider-null-link\.json",
        model=TmdbOffers,
        to_domain=lambda wire: mapping_facets.to_watch_offers(
            TmdbWatchProviders(results={"US": wire})
        ),
    ),
)

UNUSED = {
    r"/3/movie/\d+/(images|translations)(\?.*)?|movies_images\.json": "the graph has neither",
    r"/3/movie/\d+/changes": "a film that was edited is fetched anew, whatever was edited",
    r"/3/(tv|network|person|company|list)/.*": "films only",
    r"/3/search/(?!movie).*": "films only",
    r"/3/trending/person/week": "films only",
    r"/3/credit/.*": "an error about a kind we never ask for",
    r"/3/collection/.*": "a film's collection comes with the film",
    r"/3/keyword/\d+": "keywords come with the film",
    r"/3/(certification|configuration|watch)/.*": "reference lists that the graph does not show",
    r"/3/authentication/session/new": "sign-in is not ours; an error body, read below",
    r"/3/movie/999999999|error-status-.*\.json": "error bodies, read below",
}

READ = suite.readable(ALL, ROUTES)
FAILED = [each for each in ALL if each.status >= 400]


def test_every_exchange_is_read_or_listed() -> None:
    suite.assert_each_has_one_place(ALL, ROUTES, UNUSED)


@pytest.mark.parametrize(("route", "exchange"), suite.params(ALL, ROUTES))
def test_parses_keeps_and_maps(route: Route[Any], exchange: Exchange) -> None:
    assert route.read(exchange.body) is not None or route.model is TmdbFound


def test_only_its_identity_makes_a_payload_unreadable() -> None:
    assert suite.spoil_everywhere(ALL, ROUTES) > 2000


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile([(route, each.body) for route, each in READ]))
def test_a_spoilt_payload_is_read_or_refused(spoilt: tuple[Route[Any], bytes]) -> None:
    suite.assert_read_or_refused(*spoilt)


@pytest.mark.parametrize("exchange", FAILED, ids=lambda each: each.source)
async def test_error_bodies_are_an_absence_or_an_upstream_error(exchange: Exchange) -> None:
    http = UpstreamHttp("tmdb", replay(exchange), base_url="http://t", classify=classify)
    if exchange.status == 404:
        assert await http.get("movie", "/movie/1", TmdbMovie) is None
    else:
        with pytest.raises(UpstreamError, match=r"^tmdb: "):
            await http.get("movie", "/movie/1", TmdbMovie)
