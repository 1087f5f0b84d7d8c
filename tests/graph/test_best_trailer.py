"""The one trailer to show: by score, then by what YouTube says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.trailer import Trailer, TrailerKind, TrailerSite
from gateway.graph.locale import Locale
from gateway.sandbox import Fault
from gateway.upstreams.tmdb.fields.trailers import score
from tests.graph.stage import Stage, staged

LOCALE = Locale(language="de-AT", region="AT")
FIELDS = '{ key kind site official language resolution embeddable playableIn(region: "US") }'


def video(**given: Any) -> Trailer:  # noqa: ANN401 - fields of a trailer
    plain = {
        "video_id": "a",
        "tmdb_id": 1,
        "key": "k",
        "site": TrailerSite.YOUTUBE,
        "name": "n",
        "kind": TrailerKind.TRAILER,
        "language": "de",
        "official": True,
        "resolution": 1080,
        "published_at": datetime(2020, 1, 1, tzinfo=UTC),
    }
    return Trailer(**{**plain, **given})


BETTER_FIRST = [
    video(),
    video(published_at=datetime(2019, 1, 1, tzinfo=UTC)),
    video(published_at=None),
    video(resolution=720),
    video(resolution=None),
    video(official=False, resolution=2160),
    video(official=None),
    video(language=None),
    video(language="en"),
    video(kind=TrailerKind.TEASER),
    video(kind=TrailerKind.CLIP),
]


def test_each_quality_counts_before_the_next() -> None:
    scores = [score(each, LOCALE) for each in BETTER_FIRST]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1]
    assert scores[5] == score(video(official=None, resolution=2160), LOCALE)


@given(st.permutations(BETTER_FIRST))
def test_the_order_in_the_list_does_not_matter(videos: list[Trailer]) -> None:
    assert max(videos, key=lambda each: score(each, LOCALE)) == BETTER_FIRST[0]


async def films(stage: Stage) -> list[dict[str, Any]]:
    query = f"""query($after: String) {{ charts(chart: TOP_RATED, first: 100, after: $after) {{
      nodes {{ tmdbId bestTrailer {FIELDS} trailers(first: 50) {{ nodes {FIELDS} }} }} }} }}"""
    nodes: list[dict[str, Any]] = (await stage.data(query))["charts"]["nodes"]
    return nodes


def candidates(film: dict[str, Any]) -> list[dict[str, Any]]:
    every = film["trailers"]["nodes"]
    return [t for t in every if t["kind"] in {"TRAILER", "TEASER"} and t["site"] != "OTHER"]


def rank(trailer: dict[str, Any]) -> int:
    if trailer["site"] != "YOUTUBE":
        return 2
    if trailer["embeddable"] is None:
        return 0
    return 1 if trailer["embeddable"] is False or not trailer["playableIn"] else 2


async def test_the_first_that_plays_is_shown(stage: Stage) -> None:
    """Private ones are passed over; blocked and not embeddable ones are second choice."""
    met = set()
    for film in await films(stage):
        mine = candidates(film)
        looked_at = [t for t in mine[:2] if rank(t) > 0]
        expected = max(looked_at, key=rank) if looked_at else next(iter(mine[2:]), None)
        assert film["bestTrailer"] == expected
        met |= {rank(t) for t in mine[:2]}
        met |= {"passed over"} if expected is not None and expected != mine[0] else set()
    assert met == {0, 1, 2, "passed over"}


async def test_no_film_loses_its_trailer_with_youtube() -> None:
    """Down or switched off: what TMDB knows is shown, best first."""
    async with staged() as down, staged({"YOUTUBE_BASE_URL": "off"}) as off:
        down.sandbox.youtube.faults.set([Fault(kind="quota_exceeded")])
        query = """{ charts(chart: TOP_RATED, first: 20) { nodes {
          bestTrailer { key } trailers(first: 50) { nodes { key kind site } } } } }"""
        for stage in (down, off):
            for film in (await stage.data(query))["charts"]["nodes"]:
                first = next(iter(candidates(film)), None)
                assert film["bestTrailer"] == (first and {"key": first["key"]})


async def test_the_languages_asked_for_are_the_only_ones(stage: Stage) -> None:
    found = await stage.data(
        """{ movie(by: {tmdbId: 603}) {
             german: bestTrailer(languages: ["de"]) { language }
             none: bestTrailer(languages: ["ja"]) { language } } }"""
    )
    assert found["movie"] == {"german": {"language": "de"}, "none": None}
