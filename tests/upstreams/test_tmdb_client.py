"""TMDB's endpoints as asked and as answered, its hidden failures included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from gateway.errors import (
    UpstreamContractError,
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.sandbox import SandboxTmdb
from gateway.transport.port import HttpAnswer
from gateway.upstreams.tmdb.client import TmdbChart, TmdbClient, classify
from gateway.upstreams.tmdb.wire_discover import TmdbDiscover
from gateway.upstreams.tmdb.wire_fused import FACETS
from tests.upstreams.played import Dial, given

MATRIX = 603


@pytest.fixture
def client(dial: Dial, tmdb: SandboxTmdb) -> TmdbClient:
    """A client whose token is good."""
    return TmdbClient(dial(tmdb, classify, {"Authorization": "Bearer token"}))


def _given(status: int, body: str) -> TmdbClient:
    """A client that is given one answer."""
    return TmdbClient(given("tmdb", classify, status, body))


async def test_a_film_and_all_its_parts_are_one_call(client: TmdbClient, tmdb: SandboxTmdb) -> None:
    film = await client.movie(MATRIX, append=tuple(FACETS), language="en-US")
    assert film is not None
    assert all(film.part(facet) is not None for facet in FACETS)
    (call,) = tmdb.calls
    assert call.query == (
        "append_to_response=videos%2Ccredits%2Crelease_dates%2Cexternal_ids%2Ckeywords"
        "%2Cwatch%2Fproviders%2Crecommendations%2Csimilar&language=en-US"
    )


async def test_video_languages_go_along(client: TmdbClient, tmdb: SandboxTmdb) -> None:
    await client.movie(MATRIX, append=["videos"], video_languages=["de", "null"])
    await client.part(MATRIX, "videos", video_languages=["de", "null"])
    assert tmdb.queries == [
        "append_to_response=videos&include_video_language=de%2Cnull",
        "include_video_language=de%2Cnull",
    ]


@pytest.mark.parametrize("facet", FACETS)
async def test_a_part_alone_is_what_came_fused(client: TmdbClient, facet: str) -> None:
    fused = await client.movie(MATRIX, append=[facet])
    assert fused is not None
    assert await client.part(MATRIX, facet) == fused.part(facet) is not None


async def test_a_dropped_part_is_unknown_not_empty(
    client: TmdbClient, tmdb: SandboxTmdb, fail: Callable[..., None]
) -> None:
    fail(tmdb, "drop_parts", parts=["videos"])
    film = await client.movie(MATRIX, append=["videos", "keywords"])
    assert film is not None
    assert film.part("videos") is None
    assert film.part("keywords") is not None


async def test_unknown_ids_are_absent_everywhere(client: TmdbClient) -> None:
    assert await client.movie(999_999_999) is None
    assert await client.related(999_999_999, "similar", page=1) is None
    for facet in FACETS:
        assert await client.part(999_999_999, facet) is None


@pytest.mark.parametrize("append", [["images"], ["videos"] * 21])
async def test_what_cannot_be_appended_is_our_own_mistake(
    client: TmdbClient, tmdb: SandboxTmdb, append: list[str]
) -> None:
    with pytest.raises(ValueError, match="cannot append"):
        await client.movie(MATRIX, append=append)
    assert tmdb.calls == []


@pytest.mark.parametrize("chart", ["popular", "top_rated", "upcoming", "now_playing"])
async def test_charts(client: TmdbClient, tmdb: SandboxTmdb, chart: TmdbChart) -> None:
    page = await client.chart(chart, page=2, language="de-DE", region="DE")
    assert len(page.results) > 0
    assert tmdb.calls[0].path == f"/movie/{chart}"
    assert tmdb.queries == ["page=2&language=de-DE&region=DE"]


async def test_trending(client: TmdbClient, tmdb: SandboxTmdb) -> None:
    assert len((await client.trending("week", page=1)).results) == 20
    assert tmdb.calls[0].path == "/trending/movie/week"


async def test_search_keeps_every_letter(client: TmdbClient, tmdb: SandboxTmdb) -> None:
    found = await client.search("the matrix", page=1, year=1999)
    assert MATRIX in [film["id"] for film in found.results]
    await client.search("a+b & c=d ü", page=1)
    assert tmdb.queries == [
        "query=the%20matrix&page=1&primary_release_year=1999&include_adult=false",
        "query=a%2Bb%20%26%20c%3Dd%20%C3%BC&page=1&include_adult=false",
    ]


async def test_discover_spells_its_filters(client: TmdbClient, tmdb: SandboxTmdb) -> None:
    filters = TmdbDiscover(
        sort_by="vote_average.desc",
        any_genres=(28, 12),
        released_from=date(1990, 1, 1),
        vote_average_min=7.5,
        runtime_min_max=120,
        original_language="EN-us",  # with its region TMDB would find nothing
    )
    found = await client.discover(filters, page=1, region="US")
    assert len(found.results) > 0
    (query,) = tmdb.queries
    assert query == (
        "sort_by=vote_average.desc&with_genres=28%7C12&primary_release_date.gte=1990-01-01"
        "&vote_average.gte=7.5&with_runtime.lte=120&with_original_language=en"
        "&include_adult=false&page=1&region=US"
    )


async def test_find_by_imdb_id(client: TmdbClient, tmdb: SandboxTmdb) -> None:
    found = await client.find_imdb("tt0133093")
    assert found is not None
    assert [film["id"] for film in found.movie_results] == [MATRIX]
    await client.find_imdb("../movie/1?x=")
    assert tmdb.calls[1].path.startswith("/find/")


async def test_reference_lists(client: TmdbClient) -> None:
    assert "Action" in [genre["name"] for genre in (await client.genres(language="en")).genres]
    assert "w500" in (await client.configuration()).images.poster_sizes


async def test_a_good_token_passes_and_a_missing_one_is_told(
    client: TmdbClient, dial: Dial, tmdb: SandboxTmdb
) -> None:
    await client.check_key()
    with pytest.raises(UpstreamUnauthorizedError):
        await TmdbClient(dial(tmdb, classify)).check_key()


async def test_a_page_beyond_the_last_is_refused(client: TmdbClient) -> None:
    with pytest.raises(UpstreamRejectedError):
        await client.chart("popular", page=501)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("rate_limited", UpstreamRateLimitedError),
        ("server_error", UpstreamUnavailableError),
        ("html_502", UpstreamUnavailableError),
        ("malformed", UpstreamContractError),
        ("wrong_types", UpstreamContractError),
    ],
)
async def test_failures_are_errors_never_empty_lists(
    client: TmdbClient,
    tmdb: SandboxTmdb,
    fail: Callable[..., None],
    kind: str,
    error: type[UpstreamError],
) -> None:
    fail(tmdb, kind)
    with pytest.raises(error):
        await client.chart("popular", page=1)
    with pytest.raises(UpstreamError):
        await client.movie(MATRIX)


async def test_a_failure_in_a_200_is_a_failure() -> None:
    body = '{"success": false, "status_code": 21, "status_message": "Entry not found."}'
    with pytest.raises(UpstreamRejectedError, match="code 21"):
        await _given(200, body).movie(1)


@pytest.mark.parametrize("body", ["", "<html>no such page</html>", '{"message": "no route"}'])
async def test_a_404_of_someone_else_is_no_absence(body: str) -> None:
    """A wrong base URL must not look like a catalogue without films."""
    with pytest.raises(UpstreamContractError):
        await _given(404, body).movie(1)


@pytest.mark.parametrize("code", [6, 34])
async def test_both_of_its_own_404s_are_absences(code: int) -> None:
    body = f'{{"status_code": {code}, "status_message": "not there"}}'
    assert await _given(404, body).movie(1) is None


async def test_another_film_than_asked_for_is_refused() -> None:
    with pytest.raises(UpstreamContractError, match="another film"):
        await _given(200, '{"id": 2, "title": "Other"}').movie(1)


def test_a_success_and_a_film_that_quotes_an_error_are_left_alone() -> None:
    for body in (
        b'{"success": true, "status_code": 1, "status_message": "Success."}',
        b'{"id": 1, "title": "\\"status_code\\": 7", "overview": "success: false"}',
        b'["status_code"]',
    ):
        assert classify(HttpAnswer(status=200, headers={}, body=body)) is None
