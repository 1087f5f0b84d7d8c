"""The video: what TMDB tells of it; its host adds the rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import strawberry

from gateway.domain import trailer as domain
from gateway.graph.cache_control import inheriting, lasting
from gateway.graph.ids import global_id
from gateway.graph.node import Node
from gateway.graph.scalars import URL

_WATCH = {
    domain.TrailerSite.YOUTUBE: "https://www.youtube.com/watch?v=",
    domain.TrailerSite.VIMEO: "https://vimeo.com/",
}
_EMBED = {
    domain.TrailerSite.YOUTUBE: "https://www.youtube-nocookie.com/embed/",
    domain.TrailerSite.VIMEO: "https://player.vimeo.com/video/",
}
NO_LANGUAGE = "xx"  # stands in ids where TMDB names none


@strawberry.type(
    description="A video about a film, such as its trailer.",
    directives=[lasting(timedelta(hours=6))],
)
class Trailer(Node):
    """A video as TMDB lists it."""

    model: strawberry.Private[domain.Trailer]

    key: str = strawberry.field(description="The site's own id of the video.")
    site: domain.TrailerSite = strawberry.field(description="Where it plays.")
    url: URL = strawberry.field(description="Page to watch it at.")
    embed_url: URL | None = strawberry.field(
        description="Address for an iframe, without cookies where the site offers that; "
        "null where the site is not known."
    )
    name: str = strawberry.field(description="Its title, as TMDB's editors wrote it.")
    kind: domain.TrailerKind = strawberry.field(description="What it is.")
    language: str | None = strawberry.field(
        description="Language spoken or subtitled, ISO 639-1; null where TMDB does not tell."
    )
    official: bool | None = strawberry.field(
        description="Whether the film's own makers published it; null where TMDB does not tell."
    )
    published_at: datetime | None = strawberry.field(
        description="When the site published it; null where TMDB does not tell."
    )
    resolution: int | None = strawberry.field(
        description="Lines of the picture, such as 1080; null where TMDB does not tell."
    )

    def global_id(self) -> str:
        """See ``Node``."""
        return trailer_id(self.model)

    @classmethod
    def of(cls, model: domain.Trailer) -> Self:
        """Show a video in the graph."""
        watch, embed = _WATCH.get(model.site), _EMBED.get(model.site)
        return cls(
            model=model,
            key=model.key,
            site=model.site,
            url=URL(watch + model.key if watch else _themoviedb(model.tmdb_id)),
            embed_url=URL(embed + model.key) if embed else None,
            name=model.name,
            kind=model.kind,
            language=model.language,
            official=model.official,
            published_at=model.published_at,
            resolution=model.resolution,
        )


def trailer_id(model: domain.Trailer) -> str:
    """Name a video: the film and language must be told, TMDB finds no video by its id alone."""
    return global_id("Trailer", model.tmdb_id, model.video_id, model.language or NO_LANGUAGE)


def _themoviedb(tmdb_id: int) -> str:
    return f"https://www.themoviedb.org/movie/{tmdb_id}/videos"


@strawberry.type(
    description="Whoever published a video at its site.",
    directives=[inheriting()],
)
class Channel:
    """A YouTube channel."""

    channel_id: str | None = strawberry.field(
        description="YouTube's id of the channel; null where YouTube does not tell.",
        name="channelKey",
    )
    title: str | None = strawberry.field(description="Its name; null where YouTube does not tell.")
