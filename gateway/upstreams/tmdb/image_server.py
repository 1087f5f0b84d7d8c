"""Addresses of TMDB's pictures."""

from __future__ import annotations

from gateway.graph.context import GraphContext
from gateway.graph.image import Image, PictureSize
from gateway.graph.scalars import URL
from gateway.upstreams.tmdb.client import TmdbClient
from gateway.upstreams.tmdb.mapping import to_image_base_url

# What /configuration has said for ten years; used until it has answered.
_DEFAULT = "https://image.tmdb.org/t/p/"


class Tmdb(TmdbClient):
    """The client, and where its pictures live."""

    image_base_url: str = _DEFAULT

    async def learn(self) -> None:
        """Ask once, at the start.

        Raises:
            UpstreamError: TMDB gave no usable answer; the well-known address stays.
        """
        told = to_image_base_url(await self.configuration())
        if told is not None:
            self.image_base_url = told


def image(context: GraphContext, path: str | None, size: PictureSize) -> Image | None:
    """A picture in one size; ``None`` where the film has none."""
    if path is None:
        return None
    base_url = context.need(Tmdb).image_base_url
    url = URL(f"{base_url}{size.code}{path}")
    return Image(url=url, width=size.width, height=size.height)
