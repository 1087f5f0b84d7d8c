"""What a running Seerr 3.1.0 answered parses and maps, spoilt or not, and leaks no address."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gateway.errors import UpstreamError
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import CallLimits
from gateway.upstreams.seerr.client import classify
from gateway.upstreams.seerr.hints import subjects
from gateway.upstreams.seerr.mapping import to_media_states, to_request, to_user
from gateway.upstreams.seerr.wire import (
    SeerrCounts,
    SeerrMe,
    SeerrMediaPage,
    SeerrPublicSettings,
    SeerrQuota,
    SeerrRequest,
    SeerrRequestPage,
    SeerrStatus,
)
from tests.contract import suite
from tests.contract.mutations import hostile
from tests.contract.recordings import RECORDED, Exchange, Route, exchanges, matching
from tests.contract.replay import replay

ALL = exchanges("seerr/live")
API = "/api/v1"
FOLDER = RECORDED / "seerr" / "live"

ROUTES: tuple[Route[Any], ...] = (
    Route(
        pattern=rf"GET {API}/request(\?.*)?",
        model=SeerrRequestPage,
        to_domain=lambda wire: tuple(map(to_request, wire.results)),
        identity=frozenset({"results"}),
    ),
    Route(
        pattern=rf"GET {API}/request/(\d+|abc)|POST {API}/request(/\d+/(approve|decline|retry))?"
        rf"|PUT {API}/request/\d+",
        model=SeerrRequest,
        to_domain=to_request,
        identity=frozenset({"id"}),
    ),
    Route(
        pattern=rf"GET {API}/request/count",
        model=SeerrCounts,
        to_domain=lambda wire: wire.total,
        identity=frozenset({"total"}),
    ),
    Route(
        pattern=rf"GET {API}/media(\?.*)?",
        model=SeerrMediaPage,
        to_domain=lambda wire: tuple(to_media_states(wire.results).values()),
        identity=frozenset({"results"}),
    ),
    Route(
        pattern=rf"GET {API}/auth/me",
        model=SeerrMe,
        to_domain=to_user,
        identity=frozenset({"id"}),
    ),
    Route(
        pattern=rf"GET {API}/user/\d+/quota",
        model=SeerrQuota,
        to_domain=lambda wire: wire.movie.remaining,
        identity=frozenset({"movie"}),
    ),
    Route(
        pattern=rf"GET {API}/settings/public",
        model=SeerrPublicSettings,
        to_domain=lambda wire: wire.initialized,
        identity=frozenset({"initialized"}),
    ),
    Route(
        pattern=rf"GET {API}/status",
        model=SeerrStatus,
        to_domain=lambda wire: wire.version,
        identity=frozenset({"version"}),
    ),
)

UNUSED = {
    rf"GET {API}/(search|discover/movies)(\?.*)?": "films are searched at TMDB",
    rf"GET {API}/movie/.*": "one call a film, with everybody's requests and addresses",
    rf"GET {API}/user(/\d+(/requests)?)?(\?.*)?": "people come with their requests",
    rf"GET {API}/(nope|settings/(main|notifications/.*)|request/\d+/approve)": "nothing we read",
    rf"POST {API}/(auth|blocklist|media|settings)(/.*)?": "not ours to write",
    rf"POST {API}/request/\d+/pending": "not ours to write",
    rf"(DELETE|OPTIONS) {API}/.*": "answers without a payload",
    r"POST /hook": "what Seerr sends: a hint, read below",
}

READ = [
    (route, each)
    for route, each in suite.readable(ALL, ROUTES)
    if each.status != 202  # "No seasons available": a failure in the dress of a success
]
FAILED = [
    (route, each)
    for each in ALL
    for route in ROUTES
    if each.status >= 400 and each.url.startswith("GET") and matching(each.url, [route.pattern])
]


def test_every_exchange_is_read_or_listed() -> None:
    suite.assert_each_has_one_place(ALL, ROUTES, UNUSED)


@pytest.mark.parametrize(
    ("route", "exchange"), [pytest.param(*pair, id=pair[1].source) for pair in READ]
)
def test_parses_keeps_maps_and_leaks_nothing(route: Route[Any], exchange: Exchange) -> None:
    route.read(exchange.body)
    kept = route.model.model_validate_json(exchange.body).model_dump_json(by_alias=True)
    assert "@" not in kept
    assert "http" not in kept
    assert "permissions" not in kept


def test_every_recorded_film_request_maps() -> None:
    pages = [
        SeerrRequestPage.model_validate_json(each.body)
        for route, each in READ
        if route.model is SeerrRequestPage
    ]
    requests = [request for page in pages for request in page.results]
    assert len(requests) > 40
    assert all(to_request(each) is not None for each in requests if each.type == "movie")
    assert all(to_request(each) is None for each in requests if each.type == "tv")


HINTS = {
    "media-approved.json": [1],
    "media-auto-approved.json": [2],
    "media-declined.json": [4],
    "media-pending-tv.json": [],
    "media-pending.json": [1],
    "test-notification.json": [],
}


def test_what_it_sends_is_a_hint() -> None:
    for name, expected in HINTS.items():
        sent = json.loads((FOLDER / "webhook" / name).read_text("utf-8"))["request"]["body"]
        assert list(subjects(json.dumps(sent).encode())) == expected, name


def test_only_its_identity_makes_a_payload_unreadable() -> None:
    got = [each for _, each in READ]
    assert suite.spoil_everywhere(got, ROUTES) > 1000


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile([(route, each.body) for route, each in READ]))
def test_a_spoilt_payload_is_read_or_refused(spoilt: tuple[Route[Any], bytes]) -> None:
    suite.assert_read_or_refused(*spoilt)


@pytest.mark.parametrize(
    ("route", "exchange"), [pytest.param(*pair, id=pair[1].source) for pair in FAILED]
)
async def test_a_refused_read_is_an_absence_or_an_error(
    route: Route[Any], exchange: Exchange
) -> None:
    limits = CallLimits(retries=0, unreadable_retries=0)
    http = UpstreamHttp(
        "seerr", replay(exchange), base_url="http://s", limits=limits, classify=classify
    )
    if exchange.status == 404:
        assert await http.get("read", "/request/1", route.model) is None
    else:
        with pytest.raises(UpstreamError, match=r"^seerr: "):
            await http.get("read", "/request/1", route.model)
