"""The parts of a film as domain values; pure and total."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from gateway.domain.movie import (
    CastMember,
    Credits,
    CrewMember,
    ExternalIds,
    Keyword,
    Release,
    ReleaseDates,
    WatchOffers,
    WatchProvider,
)
from gateway.domain.trailer import Trailer, TrailerKind, TrailerSite
from gateway.telemetry import count_unknown
from gateway.upstreams.tmdb.mapping import (
    to_image_path,
    to_imdb_id,
    to_language,
    to_text,
    to_web_url,
)
from gateway.upstreams.tmdb.wire_facets import (
    TmdbCastMember,
    TmdbCredits,
    TmdbExternalIds,
    TmdbKeywords,
    TmdbProvider,
    TmdbReleaseDates,
    TmdbVideo,
    TmdbVideos,
    TmdbWatchProviders,
)

_REGION: Final = re.compile(r"[A-Z]{2}")
_SITES: Final = MappingProxyType({"YouTube": TrailerSite.YOUTUBE, "Vimeo": TrailerSite.VIMEO})
_KINDS: Final = MappingProxyType(
    {
        "Trailer": TrailerKind.TRAILER,
        "Teaser": TrailerKind.TEASER,
        "Clip": TrailerKind.CLIP,
        "Featurette": TrailerKind.FEATURETTE,
        "Behind the Scenes": TrailerKind.BEHIND_THE_SCENES,
        "Bloopers": TrailerKind.BLOOPERS,
        "Opening Credits": TrailerKind.OTHER,  # known, but nobody asks for it
        "Recap": TrailerKind.OTHER,
    }
)


def to_trailers(tmdb_id: int, videos: TmdbVideos) -> tuple[Trailer, ...]:
    """A film's videos in TMDB's order, each once.

    Args:
        tmdb_id: The film's; an appended part does not name it.
        videos: As TMDB sent them.
    """
    once: dict[str, TmdbVideo] = {}
    for video in videos.results:
        once.setdefault(video["id"], video)
    return tuple(_to_trailer(tmdb_id, video) for video in once.values())


def _to_trailer(tmdb_id: int, video: TmdbVideo) -> Trailer:
    return Trailer(
        video_id=video["id"],
        tmdb_id=tmdb_id,
        key=video["key"],
        site=_to_site(video.get("site")),
        name=to_text(video.get("name")) or video["key"],
        kind=_to_kind(video.get("type")),
        language=to_language(video.get("iso_639_1")),
        region=_to_region(video.get("iso_3166_1")),
        official=video.get("official"),
        published_at=video.get("published_at"),
        resolution=video.get("size") or None,
    )


@lru_cache(maxsize=1024)
def _to_region(region: str | None) -> str | None:
    return region if region and _REGION.fullmatch(region) else None


def _to_site(site: str | None) -> TrailerSite:
    known = _SITES.get(site or "")
    if known is None:
        count_unknown("tmdb", "site", site)
        return TrailerSite.OTHER
    return known


def _to_kind(kind: str | None) -> TrailerKind:
    known = _KINDS.get(kind or "")
    if known is None:
        count_unknown("tmdb", "video type", kind)
        return TrailerKind.OTHER
    return known


def to_credits(found: TmdbCredits) -> Credits:
    """Cast by billing, those without one last; crew in TMDB's order."""
    return Credits(
        cast=tuple(map(_to_cast_member, sorted(found.cast, key=_billing))),
        crew=tuple(
            CrewMember(
                tmdb_id=person.id,
                name=person.name,
                department=to_text(person.department),
                job=to_text(person.job),
                profile_path=to_image_path(person.profile_path),
            )
            for person in found.crew
        ),
    )


def _billing(person: TmdbCastMember) -> tuple[bool, int]:
    return person.order is None, person.order or 0


def _to_cast_member(person: TmdbCastMember) -> CastMember:
    return CastMember(
        tmdb_id=person.id,
        name=person.name,
        character=to_text(person.character),
        order=person.order,
        profile_path=to_image_path(person.profile_path),
    )


def to_external_ids(ids: TmdbExternalIds) -> ExternalIds:
    """The film in other catalogues; blank ids are none."""
    return ExternalIds(
        imdb_id=to_imdb_id(ids.imdb_id),
        wikidata_id=to_text(ids.wikidata_id),
        facebook_id=to_text(ids.facebook_id),
        instagram_id=to_text(ids.instagram_id),
        twitter_id=to_text(ids.twitter_id),
    )


def to_release_dates(dates: TmdbReleaseDates) -> ReleaseDates:
    """Every release of every country, in TMDB's order."""
    return ReleaseDates(
        releases=tuple(
            Release(
                region=country.iso_3166_1,
                kind=release.type,
                certification=to_text(release.certification),
                released_on=release.release_date.date() if release.release_date else None,
            )
            for country in dates.results
            for release in country.release_dates
        )
    )


def to_keywords(keywords: TmdbKeywords) -> tuple[Keyword, ...]:
    """Themes in TMDB's order."""
    return tuple(Keyword(tmdb_id=word.id, name=word.name) for word in keywords.keywords)


def to_watch_offers(providers: TmdbWatchProviders) -> tuple[WatchOffers, ...]:
    """Offers by country, countries in alphabetical order."""
    return tuple(
        WatchOffers(
            region=region,
            link=to_web_url(offers.link),
            flatrate=_to_providers(offers.flatrate),
            free=_to_providers(offers.free),
            ads=_to_providers(offers.ads),
            rent=_to_providers(offers.rent),
            buy=_to_providers(offers.buy),
        )
        for region, offers in sorted(providers.results.items())
        if _REGION.fullmatch(region)
    )


def _to_providers(providers: tuple[TmdbProvider, ...]) -> tuple[WatchProvider, ...]:
    return tuple(
        WatchProvider(
            tmdb_id=one.provider_id,
            name=one.provider_name,
            logo_path=to_image_path(one.logo_path),
        )
        for one in providers
    )
