"""The film: what every list item tells of it; upstreams add the rest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

import strawberry

from gateway.domain import movie as domain
from gateway.graph.cache_control import inheriting, lasting
from gateway.graph.ids import global_id
from gateway.graph.locale import Locale
from gateway.graph.node import Node
from gateway.graph.scalars import URL


@strawberry.type(
    description="A film, keyed by its TMDB id.",
    directives=[lasting(timedelta(hours=24))],
)
class Movie(Node):
    """A film; fields beyond a list item's are joined by the upstreams that own them."""

    model: strawberry.Private[domain.MovieSummary]
    locale: strawberry.Private[Locale]

    tmdb_id: int = strawberry.field(description="TMDB's id, as in themoviedb.org/movie/603.")

    @strawberry.field(description="Title in the language asked for, else the original.")
    def title(self) -> str:
        """Of the film, as is all below: what nobody asks for is not read."""
        return self.model.title

    @strawberry.field(description="Title in the original language; null where TMDB does not tell.")
    def original_title(self) -> str | None:
        """See ``title``."""
        return self.model.original_title

    @strawberry.field(
        description='Language it was made in, ISO 639-1 such as "en"; null where unknown.'
    )
    def original_language(self) -> str | None:
        """See ``title``."""
        return self.model.original_language

    @strawberry.field(
        description="What it is about, in the language asked for; null where nobody wrote it."
    )
    def overview(self) -> str | None:
        """See ``title``."""
        return self.model.overview

    @strawberry.field(description="Day of the first release; null where it is not known.")
    def release_date(self) -> date | None:
        """See ``title``."""
        return self.model.released_on

    @strawberry.field(description="Year of the first release; null where unknown.")
    def year(self) -> int | None:
        """See ``title``."""
        return self.model.year

    def global_id(self) -> str:
        """See ``Node``."""
        return global_id("Movie", self.tmdb_id)

    @classmethod
    def of(cls, model: domain.MovieSummary, locale: Locale) -> Self:
        """Show a film in the graph."""
        return cls(model=model, locale=locale, tmdb_id=model.tmdb_id)


@strawberry.type(
    description="A genre, with its name in the language asked for.",
    directives=[inheriting()],
)
class Genre:
    """A genre of TMDB's list."""

    id: strawberry.ID = strawberry.field(description="Opaque id, for filters.")
    tmdb_id: int = strawberry.field(description="TMDB's id of the genre.")
    name: str = strawberry.field(description="Localised name.")

    @classmethod
    def of(cls, model: domain.Genre) -> Self:
        """Show a genre in the graph."""
        return cls(
            id=strawberry.ID(global_id("Genre", model.tmdb_id)),
            tmdb_id=model.tmdb_id,
            name=model.name,
        )


@strawberry.type(
    description="A series of films that belong together.",
    directives=[inheriting()],
)
class Collection:
    """Such as a trilogy."""

    tmdb_id: int = strawberry.field(description="TMDB's id of the collection.")
    name: str = strawberry.field(description="Localised name.")
    poster_path: strawberry.Private[str | None] = None
    backdrop_path: strawberry.Private[str | None] = None


@strawberry.type(
    description="A theme that editors attached to a film.",
    directives=[inheriting()],
)
class Keyword:
    """A TMDB keyword."""

    tmdb_id: int = strawberry.field(description="TMDB's id of the keyword.")
    name: str = strawberry.field(description="The keyword, in English.")


@strawberry.type(
    description="One judgement of a film, on the scale of whoever judges.",
    directives=[inheriting()],
)
class Rating:
    """A rating of one source."""

    source: str = strawberry.field(
        description='Who judges, such as "TMDB", "Internet Movie Database", "Rotten Tomatoes".'
    )
    value: float = strawberry.field(description="The judgement, from 0 to `scale`.")
    scale: float = strawberry.field(description="The best possible value: 10 or 100.")
    votes: int | None = strawberry.field(
        description="How many people voted; null where the source does not tell."
    )


@strawberry.type(
    description="The same film in other catalogues; null where it has no entry.",
    directives=[inheriting()],
)
class ExternalIds:
    """Ids that other sites know the film by."""

    imdb_id: str | None = strawberry.field(description='IMDb, such as "tt0133093".')
    wikidata_id: str | None = strawberry.field(description='Wikidata, such as "Q83495".')
    facebook_id: str | None = strawberry.field(description="Page at Facebook.")
    instagram_id: str | None = strawberry.field(description="Account at Instagram.")
    twitter_id: str | None = strawberry.field(description="Account at X, once Twitter.")


@strawberry.type(
    description="A service that offers a film.",
    directives=[inheriting()],
)
class WatchProvider:
    """Such as a streaming service."""

    tmdb_id: int = strawberry.field(description="TMDB's id of the service.")
    name: str = strawberry.field(description="Its name.")
    logo_path: strawberry.Private[str | None] = None


@strawberry.type(
    description="Where a film can be watched in one region, by kind of offer; an empty list means "
    "that nobody offers it so. Data by JustWatch, which must be named where it is shown.",
    directives=[inheriting()],
)
class WatchProviders:
    """Offers of one region."""

    region: str = strawberry.field(description='Region, ISO 3166-1 such as "DE".')
    link: URL | None = strawberry.field(description="TMDB's page with the offers; may be null.")
    flatrate: list[WatchProvider] = strawberry.field(description="In a subscription.")
    free: list[WatchProvider] = strawberry.field(description="For free.")
    ads: list[WatchProvider] = strawberry.field(description="For free, with advertisements.")
    rent: list[WatchProvider] = strawberry.field(description="For rent.")
    buy: list[WatchProvider] = strawberry.field(description="For sale.")
