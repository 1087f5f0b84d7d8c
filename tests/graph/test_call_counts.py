"""The reason to exist: exact upstream calls of the main pages, cold and warm."""

from __future__ import annotations

import asyncio
from math import ceil
from typing import Any

import pytest

from tests.graph.everything import plain_fields
from tests.graph.stage import Stage, staged

CHART_PAGE = """
query ChartPage($after: String, $chart: MovieChart = POPULAR) {
  charts(chart: $chart, first: 20, after: $after) {
    pageInfo { endCursor hasNextPage }
    nodes {
      tmdbId title releaseDate runtimeMinutes poster { url }
      trailers(first: 5) { nodes { name key viewCount durationSeconds } }
      availability
      requests(first: 1) { nodes { status } }
    }
  }
}
"""
REQUEST_PAGE = """
{ requests(first: 20) { nodes {
    status createdAt requestedBy { displayName }
    movie { tmdbId title poster { url } bestTrailer { name url viewCount } }
} } }
"""

FILM_PAGE = f"""
{{ movie(by: {{tmdbId: 603}}) {{ {plain_fields("Movie")} ...Parts
    genres {{ {plain_fields("Genre")} }} collection {{ {plain_fields("Collection")} }}
    externalIds {{ {plain_fields("ExternalIds")} }} ratings {{ {plain_fields("Rating")} }}
    poster {{ url }} backdrop {{ url }} german: certification(region: "DE")
    viewerRequest {{ id }} requests {{ nodes {{ {plain_fields("Request")} }} }} }} }}
fragment Parts on Movie {{
  credits {{ cast {{ name profile {{ url }} }} crew {{ job name }} }} keywords {{ name }}
  watchProviders {{ flatrate {{ name logo {{ url }} }} rent {{ name }} }}
  recommendations {{ nodes {{ title poster {{ url }} }} }} similar {{ nodes {{ title }} }}
  trailers(first: 20) {{ nodes {{ ...Video }} }} bestTrailer {{ ...Video }} }}
fragment Video on Trailer {{ {plain_fields("Trailer")} thumbnail {{ url }} channel {{ title }}
  playableIn(region: "US") }}
"""


def keys(page: dict[str, Any]) -> set[str]:
    """Distinct trailers on a page of films."""
    return {t["key"] for movie in page["charts"]["nodes"] for t in movie["trailers"]["nodes"]}


async def test_chart_page_fuses_facets_and_packs_videos(stage: Stage) -> None:
    """A plain server makes 43 to 60 calls of this page."""
    page = await stage.data(CHART_PAGE)
    cold = stage.calls()

    assert len(page["charts"]["nodes"]) == 20
    assert cold["tmdb"] == 1 + 20
    assert cold["youtube"] == ceil(len(keys(page)) / 50)
    assert cold["seerr"] == 2

    assert await stage.data(CHART_PAGE) == page
    assert sum(stage.calls().values()) == 0


async def test_every_page_of_the_chart_costs_the_same(stage: Stage) -> None:
    """Pages differ in films and trailers, never in the number of calls."""
    after = None
    for _ in range(4):
        page = await stage.data(CHART_PAGE, {"after": after})
        distinct = {movie["tmdbId"] for movie in page["charts"]["nodes"]}
        counts = stage.calls()
        assert counts["tmdb"] <= 1 + len(distinct)
        assert counts["youtube"] == ceil(len(keys(page)) / 50)
        assert counts["seerr"] <= 2
        after = page["charts"]["pageInfo"]["endCursor"]


async def test_request_page_joins_films_and_best_trailers(stage: Stage) -> None:
    """Seerr's items carry no title: its own page makes two calls for each row."""
    page = await stage.data(REQUEST_PAGE)
    films = {node["movie"]["tmdbId"] for node in page["requests"]["nodes"]}

    assert len(page["requests"]["nodes"]) == 20
    assert all(node["movie"]["title"] for node in page["requests"]["nodes"])
    counts = stage.calls()
    assert (counts["seerr"], counts["tmdb"], counts["youtube"]) == (1, len(films), 1)


async def test_a_page_with_every_field_of_a_film(stage: Stage) -> None:
    """Nine facets, in fragments and aliases, are one call; then nothing is asked again."""
    page = await stage.data(FILM_PAGE)
    cold = stage.calls()
    assert (cold["tmdb"], cold["youtube"], cold["omdb"]) == (1, 1, 1)
    assert cold["seerr"] <= 2
    assert {rating["source"] for rating in page["movie"]["ratings"]} > {"TMDB"}

    assert await stage.data(FILM_PAGE) == page
    assert sum(stage.calls().values()) == 0


async def test_same_film_by_two_paths_is_fetched_once(stage: Stage) -> None:
    """The chart reaches the film a round trip after its own field, with other facets."""
    await stage.data("""
      { movie(by: {tmdbId: 603}) { title credits { cast { name } } }
        charts(chart: POPULAR, first: 20) { nodes { tmdbId keywords { name } } } }
    """)
    paths = [call.path for call in stage.sandbox.tmdb.calls]
    assert sorted(set(paths)) == sorted(paths)
    assert "/movie/603" in paths


async def test_a_cached_facet_is_not_fetched_again(stage: Stage) -> None:
    """Only the part that is missing is asked for, alone."""
    await stage.data("{ movie(by: {tmdbId: 603}) { title credits { cast { name } } } }")
    stage.calls()
    await stage.data(
        "{ movie(by: {tmdbId: 603}) { title credits { cast { name } } keywords { name } } }"
    )
    assert [call.path for call in stage.sandbox.tmdb.calls] == ["/movie/603/keywords"]


async def test_a_fused_answer_warms_each_facet(stage: Stage) -> None:
    """Other operations find each part on its own."""
    await stage.data(
        "{ movie(by: {tmdbId: 603}) { credits { cast { name } } trailers { totalCount } } }"
    )
    stage.calls()
    await stage.data("{ movie(by: {tmdbId: 603}) { trailers { totalCount } } }")
    await stage.data("{ movie(by: {tmdbId: 603}) { runtimeMinutes credits { crew { name } } } }")
    assert sum(stage.calls().values()) == 0


async def test_paths_of_different_lengths_share_packs_of_videos(stage: Stage) -> None:
    """Trailers of a film, of a chart and of requests arrive at three different times."""
    await stage.data("""
      { movie(by: {tmdbId: 603}) { trailers(first: 2) { nodes { viewCount } } }
        charts(chart: TOP_RATED, first: 5) { nodes { trailers(first: 2) { nodes { viewCount } } } }
        requests(first: 5) { nodes { movie { trailers(first: 1) { nodes { viewCount } } } } } }
    """)
    assert stage.calls()["youtube"] == 1


async def test_lists_without_details_cost_one_call(stage: Stage) -> None:
    """What a list item tells needs no call for each film."""
    await stage.data("""
      { charts(chart: POPULAR) { nodes { title overview releaseDate year originalTitle
          poster { url } backdrop { url } } } }
    """)
    assert stage.calls()["tmdb"] == 1


async def test_genres_of_a_list_come_from_the_list_of_genres(stage: Stage) -> None:
    """List items carry ids only; details carry names, where they are loaded anyway."""
    await stage.data("{ charts(chart: POPULAR) { nodes { genres { name } } } }")
    assert stage.calls()["tmdb"] == 2
    await stage.data("{ charts(chart: TOP_RATED) { nodes { genres { name } runtimeMinutes } } }")
    assert stage.calls()["tmdb"] <= 1 + 20


@pytest.mark.parametrize("first", [1, 5, 20, 21, 40, 100])
async def test_only_pages_that_overlap_are_fetched(stage: Stage, first: int) -> None:
    """`first` is the client's, pages of 20 are TMDB's."""
    page = await stage.data(
        "query($first: Int!) { charts(chart: POPULAR, first: $first) { nodes { tmdbId } } }",
        {"first": first},
    )
    ids = [node["tmdbId"] for node in page["charts"]["nodes"]]
    assert stage.calls()["tmdb"] == ceil(first / 20)
    assert len(ids) == len(set(ids)) <= first


@pytest.mark.slow
async def test_sixty_four_cold_pages_at_once() -> None:
    """64 clients, 64 different N+1 pages: whole answers for all, nothing collapses."""
    async with staged({"GATEWAY_DEADLINE_S": "60"}) as stage:
        walk = """query($after: String) {
          charts(chart: POPULAR, after: $after) { pageInfo { endCursor } } }"""
        after: list[str | None] = [None]
        while len(after) < 64:
            page = await stage.data(walk, {"after": after[-1]})
            after.append(page["charts"]["pageInfo"]["endCursor"])
        stage.calls()
        answers = await asyncio.gather(*(stage.data(CHART_PAGE, {"after": each}) for each in after))
        assert all(len(answer["charts"]["nodes"]) >= 18 for answer in answers)
        assert stage.calls()["seerr"] == 2
