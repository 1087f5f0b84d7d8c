"""Parts of a film that TMDB tells beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import strawberry

from gateway.domain import movie as domain
from gateway.graph.cache_control import lasting
from gateway.graph.context import GraphContext
from gateway.graph.facets import Facet, needs
from gateway.graph.loaded import loads
from gateway.graph.loader import Landing
from gateway.graph.locale import region_code
from gateway.graph.movie import (
    ExternalIds,
    Keyword,
    Movie,
    WatchProvider,
    WatchProviders,
)
from gateway.graph.people import CastMember, Credits, CrewMember
from gateway.graph.scalars import URL
from gateway.upstreams.tmdb import policies
from gateway.upstreams.tmdb.loaders import FacetLoader

_THEATRICAL = 3

Parent = strawberry.Parent[Movie]
Region = Annotated[
    str | None,
    strawberry.argument(
        description='Region, ISO 3166-1 such as "DE"; null takes the header Accept-Language, '
        "else the gateway's setting."
    ),
]


def of_facet(facet: Facet) -> Callable[[Movie, GraphContext], Landing[object]]:
    """What a field loads that shows a part of the film."""

    def ask(movie: Movie, context: GraphContext) -> Landing[object]:
        return context.loader(FacetLoader).facet(movie.tmdb_id, movie.locale, facet)

    return ask


@strawberry.field(
    description="Who made it and who is in it.",
    metadata=needs(Facet.CREDITS),
    directives=[lasting(policies.CREDITS.ttl)],
)
@loads(of_facet(Facet.CREDITS))
def credits(found: domain.Credits | None) -> Credits | None:  # noqa: A001 - the graph's name
    """Of the film's credits."""
    if found is None:
        return None
    return Credits(
        cast=[
            CastMember(
                tmdb_id=each.tmdb_id,
                name=each.name,
                character=each.character,
                order=each.order,
                profile_path=each.profile_path,
            )
            for each in found.cast
        ],
        crew=[
            CrewMember(
                tmdb_id=each.tmdb_id,
                name=each.name,
                department=each.department,
                job=each.job,
                profile_path=each.profile_path,
            )
            for each in found.crew
        ],
    )


@strawberry.field(
    description='Who may see it in a region, such as "PG-13"; null where TMDB does not tell.',
    metadata=needs(Facet.RELEASE_DATES),
    directives=[lasting(policies.RELEASE_DATES.ttl)],
)
@loads(of_facet(Facet.RELEASE_DATES))
def certification(
    dates: domain.ReleaseDates | None, movie: Parent, region: Region = None
) -> str | None:
    """Of the theatrical release, else of any."""
    wanted = movie.locale.region if region is None else region_code(region)
    certified = [
        r for r in (dates.releases if dates else ()) if r.region == wanted and r.certification
    ]
    certified.sort(key=lambda release: release.kind != _THEATRICAL)
    return certified[0].certification if certified else None


@strawberry.field(
    description="Themes that editors attached; empty: none.",
    metadata=needs(Facet.KEYWORDS),
    directives=[lasting(policies.KEYWORDS.ttl)],
)
@loads(of_facet(Facet.KEYWORDS))
def keywords(found: tuple[domain.Keyword, ...] | None) -> list[Keyword] | None:
    """Of the film's keywords."""
    return None if found is None else [Keyword(tmdb_id=k.tmdb_id, name=k.name) for k in found]


@strawberry.field(
    description="The film in other catalogues.",
    metadata=needs(Facet.EXTERNAL_IDS),
    directives=[lasting(policies.EXTERNAL_IDS.ttl)],
)
@loads(of_facet(Facet.EXTERNAL_IDS))
def external_ids(found: domain.ExternalIds | None) -> ExternalIds | None:
    """Of the film's external ids."""
    if found is None:
        return None
    return ExternalIds(
        imdb_id=found.imdb_id,
        wikidata_id=found.wikidata_id,
        facebook_id=found.facebook_id,
        instagram_id=found.instagram_id,
        twitter_id=found.twitter_id,
    )


@strawberry.field(
    description="Where to watch it in a region; null where TMDB knows of no offer there.",
    metadata=needs(Facet.WATCH_PROVIDERS),
    directives=[lasting(policies.WATCH_PROVIDERS.ttl)],
)
@loads(of_facet(Facet.WATCH_PROVIDERS))
def watch_providers(
    found: tuple[domain.WatchOffers, ...] | None, movie: Parent, region: Region = None
) -> WatchProviders | None:
    """Of the film's offers."""
    wanted = movie.locale.region if region is None else region_code(region)
    for offers in found or ():
        if offers.region == wanted:
            return WatchProviders(
                region=offers.region,
                link=URL(offers.link) if offers.link else None,
                flatrate=_providers(offers.flatrate),
                free=_providers(offers.free),
                ads=_providers(offers.ads),
                rent=_providers(offers.rent),
                buy=_providers(offers.buy),
            )
    return None


def _providers(found: tuple[domain.WatchProvider, ...]) -> list[WatchProvider]:
    return [WatchProvider(tmdb_id=p.tmdb_id, name=p.name, logo_path=p.logo_path) for p in found]
