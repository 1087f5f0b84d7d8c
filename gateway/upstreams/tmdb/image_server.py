"""Addresses of TMDB's pictures."""

from __future__ import annotations

from enum import Enum
from functools import cache

from gateway.graph.context import Info
from gateway.graph.image import Image
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


def image(info: Info, path: str | None, size: Enum) -> Image | None:
    """A picture in one size; ``None`` where the film has none."""
    if path is None:
        return None
    base_url = info.context.need(Tmdb).image_base_url
    name, width, height = _measures(size)
    return Image(url=URL(f"{base_url}{name}{path}"), width=width, height=height)


@cache
def _measures(size: Enum) -> tuple[str, int | None, int | None]:
    """What TMDB calls a size, and its width or height in pixels."""
    name = str(size.value)
    pixels = int(name[1:]) if name[1:].isdigit() else None
    return (
        name,
        pixels if name.startswith("w") else None,
        pixels if name.startswith("h") else None,
    )
