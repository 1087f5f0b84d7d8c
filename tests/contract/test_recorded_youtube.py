"""Every recorded YouTube answer parses and maps, and so does what becomes of it when spoilt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gateway.errors import UpstreamUnauthorizedError
from gateway.transport.http import UpstreamHttp
from gateway.upstreams.youtube.client import YouTubeClient, classify
from gateway.upstreams.youtube.mapping import to_video
from gateway.upstreams.youtube.wire import YouTubeVideo, YouTubeVideos
from tests.contract import suite
from tests.contract.mutations import hostile
from tests.contract.recordings import Exchange, Route, exchanges
from tests.contract.replay import replay

ALL = exchanges("youtube", {"error_response.json": 400})

ROUTES: tuple[Route[Any], ...] = (
    Route(
        pattern=r"/youtube/v3/videos\?.*|videos_videos_.*\.json",
        model=YouTubeVideos,
        to_domain=lambda wire: tuple(map(to_video, wire.items)),
        identity=frozenset({"items"}),
    ),
    Route(
        pattern=r"modeldata_videos_video_info\.json",
        model=YouTubeVideo,
        to_domain=to_video,
        identity=frozenset({"id"}),
    ),
)

UNUSED = {
    r"/youtube/v3/search\?.*|search_.*\.json": "100 searches a day; TMDB already names the videos",
    r"/youtube/v3/playlist(s|Items)\?.*": "the graph has no playlists",
    r"channels_info\.json": "a channel's name comes with its video",
    r"/videos/\d+": "Vimeo's API: only heads, without a body",
    r"modeldata_videos_video_content_details\.json": "a part alone; whole videos have one",
    r"error_response\.json": "an error body, read below",
}

READ = suite.readable(ALL, ROUTES)
FAILED = [each for each in ALL if each.status == 400]


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


@pytest.mark.parametrize("exchange", FAILED, ids=lambda each: each.source)
async def test_both_shapes_of_a_bad_key_are_told(exchange: Exchange) -> None:
    """The old error says ``keyInvalid``, the new one ``API_KEY_INVALID`` in its details."""
    http = UpstreamHttp("youtube", replay(exchange), base_url="http://y", classify=classify)
    with pytest.raises(UpstreamUnauthorizedError):
        await YouTubeClient(http).videos(["a"])


async def test_an_id_that_no_longer_exists_is_left_out() -> None:
    missing = next(each for each in ALL if "missing_id_unavailable" in each.source)
    http = UpstreamHttp("youtube", replay(missing), base_url="http://y", classify=classify)
    assert await YouTubeClient(http).videos(["SUkXvWn1m7Q"]) == {}
