"""YouTube by ids, and what its errors mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import pytest
from httpx import ASGITransport, AsyncClient

from gateway.errors import (
    QuotaExhaustedError,
    UpstreamContractError,
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.sandbox import SandboxYouTube
from gateway.sandbox.videos import videos_of
from gateway.transport import deadline
from gateway.upstreams.youtube.client import YouTubeClient, classify
from gateway.upstreams.youtube.client_errors import classify_at
from gateway.upstreams.youtube.wire import YouTubeVideos
from tests.upstreams.played import Dial, given

KEY = {"X-Goog-Api-Key": "key"}
PARTS = "snippet,contentDetails,status,statistics"
NOON = datetime(2026, 7, 15, 19, 0, tzinfo=UTC)  # in California


@pytest.fixture
def client(dial: Dial, youtube: SandboxYouTube) -> YouTubeClient:
    """A client whose key is good, at noon in California."""
    return YouTubeClient(dial(youtube, classify_at(lambda: NOON), KEY))


@pytest.fixture
def keys(youtube: SandboxYouTube) -> list[str]:
    """Keys of videos that exist."""
    return [key for film in youtube.catalogue.real for key in film.trailer_keys][:60]


def _given(status: int, body: str) -> YouTubeClient:
    return YouTubeClient(given("youtube", classify, status, body))


async def test_fifty_videos_are_one_call(
    client: YouTubeClient, youtube: SandboxYouTube, keys: list[str]
) -> None:
    found = await client.videos(keys[:50])
    assert set(found) <= set(keys[:50])
    assert len(found) > 25
    (query,) = youtube.queries
    assert query.startswith("part=snippet%2CcontentDetails%2Cstatus%2Cstatistics&fields=items%28")
    assert all(video.id == key for key, video in found.items())


async def test_nothing_is_missed_of_what_comes_over_the_wire(
    client: YouTubeClient, youtube: SandboxYouTube
) -> None:
    films = islice(youtube.catalogue.indexed, 300)
    keys = [video.key for film in films for video in videos_of(film)][:500]
    packs = [keys[at : at + 50] for at in range(0, len(keys), 50)]
    found = [video for pack in packs for video in (await client.videos(pack)).values()]
    async with AsyncClient(transport=ASGITransport(youtube.app()), headers=KEY) as http:
        asked = [f"http://y/videos?part={PARTS}&id={','.join(pack)}" for pack in packs]
        bodies = [(await http.get(url)).content for url in asked]
    whole = [video for body in bodies for video in YouTubeVideos.model_validate_json(body).items]
    assert found == whole
    assert len(found) > 250


async def test_unknown_ids_are_left_out_and_doubles_asked_once(
    client: YouTubeClient, youtube: SandboxYouTube
) -> None:
    assert await client.videos(["nosuchvideo", "nosuchvideo"]) == {}
    assert youtube.queries[0].endswith("&id=nosuchvideo")


async def test_operations_side_by_side_share_calls_and_units(
    client: YouTubeClient, youtube: SandboxYouTube, keys: list[str]
) -> None:
    """Twenty operations with three videos each: sixty ids are two calls."""
    asked = [keys[at : at + 3] for at in range(0, 60, 3)]
    found = await asyncio.gather(*(client.videos(each) for each in asked))
    assert all(set(videos) <= set(each) for videos, each in zip(found, asked, strict=True))
    assert sum(map(len, found)) > 30
    assert len(youtube.calls) == 2


async def test_a_refusal_reaches_all_who_asked(
    client: YouTubeClient, youtube: SandboxYouTube, keys: list[str], fail: Callable[..., None]
) -> None:
    fail(youtube, "quota_exceeded")
    calls = [client.videos([key]) for key in keys[:5]]
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in found] == [QuotaExhaustedError] * 5
    assert len(youtube.calls) == 1


async def test_a_hurried_operation_leaves_the_shared_call_in_time(
    client: YouTubeClient, fail: Callable[..., None], youtube: SandboxYouTube, keys: list[str]
) -> None:
    fail(youtube, "latency", latency_s=0.1)

    async def hurried() -> object:
        with deadline.limit(0.02):
            return await client.videos(keys[:1])

    patient = asyncio.ensure_future(client.videos(keys[:2]))
    with pytest.raises(UpstreamTimeoutError):
        await hurried()
    assert len(await patient) > 0
    assert len(youtube.calls) == 1


@pytest.mark.parametrize("count", [0, 51])
async def test_one_to_fifty_ids(client: YouTubeClient, youtube: SandboxYouTube, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 50"):
        await client.videos([f"id{number}" for number in range(count)])
    assert youtube.calls == []


async def test_what_was_not_asked_for_is_dropped() -> None:
    body = '{"items": [{"id": "asked"}, {"id": "other"}, {"id": "<b>"}]}'
    assert set(await _given(200, body).videos(["asked", "<b>"])) == {"asked"}


async def test_a_spent_quota_comes_back_at_midnight_pacific(
    client: YouTubeClient, youtube: SandboxYouTube, fail: Callable[..., None]
) -> None:
    fail(youtube, "quota_exceeded")
    with pytest.raises(QuotaExhaustedError) as caught:
        await client.videos(["k"])
    assert caught.value.retry_after_s == 12 * 3600
    assert "<" not in str(caught.value)


async def test_a_bad_key_is_told(dial: Dial, youtube: SandboxYouTube) -> None:
    with pytest.raises(UpstreamUnauthorizedError):
        await YouTubeClient(dial(youtube, classify)).check_key()
    await YouTubeClient(dial(youtube, classify, KEY)).check_key()


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "keyInvalid", UpstreamUnauthorizedError),
        (400, "invalidPart", UpstreamRejectedError),
        (403, "quotaExceeded", QuotaExhaustedError),
        (403, "dailyLimitExceeded", QuotaExhaustedError),
        (429, "quotaExceeded", QuotaExhaustedError),
        (403, "rateLimitExceeded", UpstreamRateLimitedError),
        (429, "userRateLimitExceeded", UpstreamRateLimitedError),
        (403, "accessNotConfigured", UpstreamUnauthorizedError),
        (403, "ipRefererBlocked", UpstreamUnauthorizedError),
        (401, "authError", UpstreamUnauthorizedError),
        (404, "videoNotFound", UpstreamRejectedError),
        (500, "backendError", UpstreamUnavailableError),
        (503, "quotaExceeded", UpstreamUnavailableError),
    ],
)
async def test_reasons(status: int, reason: str, error: type[UpstreamError]) -> None:
    body = f'{{"error": {{"code": {status}, "errors": [{{"domain": "x", "reason": "{reason}"}}]}}}}'
    with pytest.raises(UpstreamError) as caught:
        await _given(status, body).videos(["k"])
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, '{"error": {"status": "PERMISSION_DENIED"}}', UpstreamUnauthorizedError),
        (400, '{"error": {"details": [{"reason": "API_KEY_INVALID"}]}}', UpstreamUnauthorizedError),
        (400, '{"error": "odd"}', UpstreamRejectedError),
        (403, "<html>", UpstreamUnauthorizedError),
        (429, "", UpstreamRateLimitedError),
        (200, '{"kind": "youtube#videoListResponse"}', UpstreamContractError),
        (200, '{"items": [{"id": 5}]}', UpstreamContractError),
    ],
)
async def test_odd_bodies(status: int, body: str, error: type[UpstreamError]) -> None:
    with pytest.raises(UpstreamError) as caught:
        await _given(status, body).videos(["k"])
    assert type(caught.value) is error
