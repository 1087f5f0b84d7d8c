"""Pictures, by address and size."""

from __future__ import annotations

from enum import Enum

import strawberry

from gateway.graph.cache_control import inheriting
from gateway.graph.described import described
from gateway.graph.scalars import URL


class PictureSize(Enum):
    """A size by TMDB's name for it, which tells a measure in pixels.

    Args:
        code: ``w`` or ``h`` and the pixels, or ``original``.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        pixels = int(code[1:]) if code[1:].isdigit() else None
        self.width = pixels if code.startswith("w") else None
        self.height = pixels if code.startswith("h") else None


class PosterSize(PictureSize):
    """Widths TMDB serves posters in."""

    W92 = "w92"
    W154 = "w154"
    W185 = "w185"
    W342 = "w342"
    W500 = "w500"
    W780 = "w780"
    ORIGINAL = "original"


class BackdropSize(PictureSize):
    """Widths TMDB serves backdrops in."""

    W300 = "w300"
    W780 = "w780"
    W1280 = "w1280"
    ORIGINAL = "original"


class ProfileSize(PictureSize):
    """Sizes TMDB serves portraits in."""

    W45 = "w45"
    W185 = "w185"
    H632 = "h632"
    ORIGINAL = "original"


class LogoSize(PictureSize):
    """Widths TMDB serves logos in."""

    W45 = "w45"
    W92 = "w92"
    W154 = "w154"
    W185 = "w185"
    W300 = "w300"
    W500 = "w500"
    ORIGINAL = "original"


class ThumbnailSize(Enum):
    """YouTube's names for the sizes of a still."""

    DEFAULT = "default"
    MEDIUM = "medium"
    HIGH = "high"
    STANDARD = "standard"
    MAXRES = "maxres"


def _sizes(enum: type[Enum], what: str) -> None:
    described(
        enum,
        f"Sizes of {what}; W is the width and H the height, in pixels.",
        {
            member.name: "As uploaded, of any size."
            if member.name == "ORIGINAL"
            else f"{member.name[1:]} pixels {'wide' if member.name[0] == 'W' else 'high'}."
            for member in enum
        },
    )


_sizes(PosterSize, "a poster")
_sizes(BackdropSize, "a backdrop")
_sizes(ProfileSize, "a portrait")
_sizes(LogoSize, "a logo")
described(
    ThumbnailSize,
    "Sizes of a video's still; larger ones may be missing.",
    {
        "DEFAULT": "120 x 90 pixels.",
        "MEDIUM": "320 x 180 pixels.",
        "HIGH": "480 x 360 pixels.",
        "STANDARD": "640 x 480 pixels.",
        "MAXRES": "1280 x 720 pixels.",
    },
)


@strawberry.type(
    description="A picture.",
    directives=[inheriting()],
)
class Image:
    """A picture by its address."""

    url: URL = strawberry.field(description="Where to load it from.")
    width: int | None = strawberry.field(
        description="Width in pixels; null where only the height, or nothing, is known.",
        default=None,
    )
    height: int | None = strawberry.field(
        description="Height in pixels; null where it is not known.", default=None
    )
