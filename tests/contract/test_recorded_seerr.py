"""What a public client recorded of Overseerr and Seerr parses and maps, spoilt or not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gateway.domain.request import Availability, MediaRequest
from gateway.errors import UpstreamUnauthorizedError
from gateway.transport.http import UpstreamHttp
from gateway.upstreams.seerr.client import SeerrClient, classify
from gateway.upstreams.seerr.mapping import to_media_state, to_request
from gateway.upstreams.seerr.wire import SeerrCounts, SeerrRequest, SeerrRequestPage, SeerrStatus
from tests.contract import suite
from tests.contract.mutations import hostile
from tests.contract.recordings import Exchange, Route, exchanges
from tests.contract.replay import replay

ALL = exchanges("seerr/python-overseerr", {"seerr_no_access.json": 403})


def _to_request_and_state(wire: SeerrRequest) -> object:
    return to_request(wire), to_media_state(wire.media) if wire.media else None


ROUTES: tuple[Route[Any], ...] = (
    Route(
        pattern=r"(seerr|overseerr)_create_(movie|tv)_request\.json",
        model=SeerrRequest,
        to_domain=_to_request_and_state,
        identity=frozenset({"id"}),
    ),
    Route(
        pattern=r"seerr_request\.json",
        model=SeerrRequestPage,
        to_domain=lambda wire: tuple(map(_to_request_and_state, wire.results)),
        identity=frozenset({"results"}),
    ),
    Route(
        pattern=r"seerr_request_count\.json",
        model=SeerrCounts,
        to_domain=lambda wire: wire.total,
        identity=frozenset({"total"}),
    ),
    Route(
        pattern=r"seerr_status\.json",
        model=SeerrStatus,
        to_domain=lambda wire: wire.version,
        identity=frozenset({"version"}),
    ),
)

UNUSED = {
    r"(seerr|overseerr)_issue(_single|_count)?\.json": "the graph has no issues",
    r"overseerr_(movie|tv)\.json": "one call a film, with everybody's requests and addresses",
    r"(seerr|overseerr)_search_\d\.json": "films are searched at TMDB",
    r"seerr_watchlist\.json": "the graph has no watchlists",
    r"seerr_webhook_config\.json": "settings are Seerr's own matter",
    r"seerr_no_access\.json": "an error body, read below",
}

READ = suite.readable(ALL, ROUTES)


def test_every_exchange_is_read_or_listed() -> None:
    suite.assert_each_has_one_place(ALL, ROUTES, UNUSED)


@pytest.mark.parametrize(("route", "exchange"), suite.params(ALL, ROUTES))
def test_parses_keeps_and_maps(route: Route[Any], exchange: Exchange) -> None:
    assert route.read(exchange.body) is not None


def test_only_its_identity_makes_a_payload_unreadable() -> None:
    assert suite.spoil_everywhere(ALL, ROUTES) > 500


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile([(route, each.body) for route, each in READ]))
def test_a_spoilt_payload_is_read_or_refused(spoilt: tuple[Route[Any], bytes]) -> None:
    suite.assert_read_or_refused(*spoilt)


def test_no_recorded_address_or_e_mail_survives_the_wire() -> None:
    for route, each in READ:
        kept = route.model.model_validate_json(each.body).model_dump_json(by_alias=True)
        assert "@" not in kept, each.source
        assert "http" not in kept, each.source


def test_a_film_is_a_request_and_a_series_is_none() -> None:
    by_name = {each.url: each.body for each in ALL}
    film = SeerrRequest.model_validate_json(by_name["overseerr_create_movie_request.json"])
    series = SeerrRequest.model_validate_json(by_name["seerr_create_tv_request.json"])
    found = to_request(film)
    assert isinstance(found, MediaRequest)
    assert (found.tmdb_id, found.availability) == (402431, Availability.PENDING)
    assert to_request(series) is None


async def test_a_refused_key_is_told() -> None:
    refusal = next(each for each in ALL if each.status == 403)
    http = UpstreamHttp("seerr", replay(refusal), base_url="http://s", classify=classify)
    with pytest.raises(UpstreamUnauthorizedError):
        await SeerrClient(http, acting_user_id=1).me()
