"""A film's videos, and which of them is the best."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

import strawberry

from gateway.domain import trailer as domain
from gateway.domain.trailer import TrailerKind, TrailerSite
from gateway.errors import BadUserInputError, UpstreamError
from gateway.graph.cache_control import lasting
from gateway.graph.connection import After, Connection, First, Window, connect_list
from gateway.graph.context import GraphContext, Info, path_of
from gateway.graph.facets import Facet, needs
from gateway.graph.ids import malformed, number_of
from gateway.graph.loaded import loads
from gateway.graph.loader import Landing, landed
from gateway.graph.locale import Locale, language_tag
from gateway.graph.movie import Movie
from gateway.graph.ports import VideosByKey
from gateway.graph.trailer import NO_LANGUAGE, Trailer
from gateway.upstreams.tmdb import policies
from gateway.upstreams.tmdb.loaders import FacetLoader

_LANGUAGE = re.compile("[a-z]{2}")
_MOST_LANGUAGES = 20
_CHECKED_IN_LISTS = 2  # candidates whose playability is looked up: twenty films share one call
_CHECKED_ALONE = 10  # of one film, for the price of one
_PLAYABLE = timedelta(hours=1)  # as long as what the video's site says of it
_DAWN = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {TrailerKind.TRAILER: 2, TrailerKind.TEASER: 1}

Videos = tuple[domain.Trailer, ...]
Languages = Annotated[
    list[str] | None,
    strawberry.argument(
        description='Only videos in these languages, such as ["de", "en"]; null takes the '
        "language asked for, English, and videos without language."
    ),
]


def videos_of(
    movie: Movie, context: GraphContext, languages: list[str] | None = None
) -> Landing[object]:
    """What a field loads that shows a film's videos."""
    return _landing(context, movie.tmdb_id, movie.locale, languages)


def _landing(
    context: GraphContext, tmdb_id: int, locale: Locale, languages: list[str] | None
) -> Landing[object]:
    spoken = [each for each in _bare(languages) or () if each]
    loader = context.loader(FacetLoader)
    return loader.facet(tmdb_id, locale, Facet.VIDEOS, languages=spoken)


def _chosen(
    found: Videos | None, locale: Locale, languages: list[str] | None
) -> list[domain.Trailer] | None:
    """Those in the languages wanted, best first."""
    if found is None:
        return None
    wanted = _bare(languages)
    if wanted is None:
        wanted = {locale.bare_language, "en", None}
    mine = [video for video in found if video.language in wanted]
    return sorted(mine, key=lambda video: score(video, locale), reverse=True)


async def _videos(
    info: Info, tmdb_id: int, locale: Locale, languages: list[str] | None
) -> list[domain.Trailer] | None:
    found = await landed(_landing(info.context, tmdb_id, locale, languages), info)
    return _chosen(cast("Videos | None", found), locale, languages)


def _bare(languages: list[str] | None) -> set[str | None] | None:
    if languages is None:
        return None
    if len(languages) > _MOST_LANGUAGES:
        raise BadUserInputError("`languages` takes at most 20 languages.", argument="languages")
    return {language_tag(each).partition("-")[0] for each in languages}


def score(video: domain.Trailer, locale: Locale) -> tuple[int, int, int, int, datetime]:
    """What makes a trailer good, most important first.

    A trailer before a teaser before the rest; in the language asked for, then
    without language, then another; published by the film's makers; sharp; new.
    """
    language = 2 if video.language == locale.bare_language else 1 if video.language is None else 0
    return (
        _KINDS.get(video.kind, 0),
        language,
        int(bool(video.official)),
        video.resolution or 0,
        video.published_at or _DAWN,
    )


@strawberry.field(
    description="Videos about the film, best first: trailers before teasers before the rest, in "
    "the language asked for, official, sharp, new. Empty: TMDB knows of none.",
    metadata=needs(Facet.VIDEOS),
    directives=[lasting(policies.VIDEOS.ttl)],
)
@loads(videos_of)
def trailers(
    videos: Videos | None,
    movie: strawberry.Parent[Movie],
    first: First = 5,
    after: After = None,
    languages: Languages = None,
    kinds: Annotated[
        list[TrailerKind] | None,
        strawberry.argument(description="Only these kinds; null takes all."),
    ] = None,
) -> Connection[Trailer] | None:
    """Filter and page the film's videos."""
    window = Window.of(
        first, after, "trailers", movie.tmdb_id, movie.locale.language, languages, kinds
    )
    found = _chosen(videos, movie.locale, languages)
    if found is None:
        return None
    mine = [video for video in found if kinds is None or video.kind in kinds]
    return connect_list(mine, window, identity=lambda video: video.video_id, node=Trailer.of)


@strawberry.field(
    description="The one trailer to show: the first of `trailers` that plays. Trailers and "
    "teasers only; a video that YouTube says is private or gone is passed over, and one that may "
    "not play in the region or on other sites is second choice. Of a film in a list only the "
    "first two are looked up, so that twenty films share one call. Null: there is none.",
    metadata=needs(Facet.VIDEOS),
    directives=[lasting(_PLAYABLE)],
)
async def best_trailer(
    movie: strawberry.Parent[Movie], info: Info, languages: Languages = None
) -> Trailer | None:
    """Rank by score, then ask YouTube about the first few."""
    found = await _videos(info, movie.tmdb_id, movie.locale, languages)
    candidates = [
        video
        for video in found or ()
        if video.kind in _KINDS and video.site is not TrailerSite.OTHER
    ]
    in_list = any(isinstance(step, int) for step in path_of(info))
    checked = _CHECKED_IN_LISTS if in_list else _CHECKED_ALONE
    ranks = await asyncio.gather(
        *(_playability(info, video, movie.locale.region) for video in candidates[:checked])
    )
    playable = [(rank, -at) for at, rank in enumerate(ranks) if rank > 0]
    if playable:
        return Trailer.of(candidates[-max(playable)[1]])
    return Trailer.of(candidates[checked]) if len(candidates) > checked else None


async def _playability(info: Info, video: domain.Trailer, region: str) -> int:
    """0: gone. 1: plays with restrictions. 2: plays, or nobody can tell."""
    if video.site is not TrailerSite.YOUTUBE or not info.context.provided(VideosByKey):
        return 2
    try:
        told = await landed(info.context.loader(VideosByKey).ask(video.key), info)
    except UpstreamError:
        return 2  # YouTube's failure is no reason to hide what TMDB knows
    if told is None or not told.playable:
        return 0
    return 1 if told.embeddable is False or not told.playable_in(region) else 2


async def trailer_node(info: Info, parts: tuple[str, ...]) -> Trailer | None:
    """Find a video by the inside of its global id."""
    if len(parts) != 3 or not _LANGUAGE.fullmatch(parts[2]):  # noqa: PLR2004 - film, video, language
        raise malformed()
    tmdb_id, video_id, language = number_of(parts[0]), parts[1], parts[2]
    languages = None if language == NO_LANGUAGE else [language]
    found = await _videos(info, tmdb_id, info.context.locale, languages)
    mine = (video for video in found or () if video.video_id == video_id)
    return next((Trailer.of(video) for video in mine), None)
