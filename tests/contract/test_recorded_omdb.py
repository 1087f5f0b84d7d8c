"""Every recorded OMDb answer parses and maps, and so does what becomes of it when spoilt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gateway.domain.movie import Rating
from gateway.transport.http import UpstreamHttp
from gateway.upstreams.omdb.client import OmdbClient, classify
from gateway.upstreams.omdb.mapping import to_ratings
from gateway.upstreams.omdb.wire import OmdbMovie
from tests.contract import suite
from tests.contract.mutations import hostile
from tests.contract.recordings import Exchange, Route, exchanges
from tests.contract.replay import replay

ALL = exchanges("omdb")

ROUTES: tuple[Route[Any], ...] = (
    Route(
        pattern=r"/\?(.*&)?[it]=.*",
        model=OmdbMovie,
        to_domain=to_ratings,
        identity=frozenset({"Response"}),
    ),
)

UNUSED = {r"/\?s=.*": "films are searched at TMDB"}

READ = suite.readable(ALL, ROUTES)


def test_every_exchange_is_read_or_listed() -> None:
    suite.assert_each_has_one_place(ALL, ROUTES, UNUSED)


@pytest.mark.parametrize(("route", "exchange"), suite.params(ALL, ROUTES))
def test_parses_keeps_and_maps(route: Route[Any], exchange: Exchange) -> None:
    assert route.read(exchange.body) is not None


def test_only_its_identity_makes_a_payload_unreadable() -> None:
    assert suite.spoil_everywhere(ALL, ROUTES) > 100


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile([(route, each.body) for route, each in READ]))
def test_a_spoilt_payload_is_read_or_refused(spoilt: tuple[Route[Any], bytes]) -> None:
    suite.assert_read_or_refused(*spoilt)


async def test_the_recorded_title_has_its_rating() -> None:
    http = UpstreamHttp("omdb", replay(_named("id_existing")), base_url="http://o")
    movie = await OmdbClient(http, api_key="k").by_imdb_id("tt0411008")
    assert movie is not None
    assert to_ratings(movie) == (Rating(source="IMDb", value=8.4, scale=10, votes=370_927),)


async def test_the_recorded_failure_in_a_200_is_an_absence() -> None:
    http = UpstreamHttp(
        "omdb", replay(_named("id_nonexistent")), base_url="http://o", classify=classify
    )
    assert await OmdbClient(http, api_key="k").by_imdb_id("tt1231230123") is None


def _named(word: str) -> Exchange:
    return next(each for each in ALL if word in each.source)
