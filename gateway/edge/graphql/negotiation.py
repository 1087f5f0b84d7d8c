"""Media types: which one a client accepts, and which one it sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
HTML: Final = "text/html"
EVENTS: Final = "text/event-stream"
UTF_8: Final = frozenset({"utf-8", "utf8"})


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of an ``Accept`` header, or a whole ``Content-Type``."""

    kind: str
    charset: str | None
    quality: float

    def specificity(self, media_type: str) -> int | None:
        """How narrowly this range names the type: 2 by name, 0 by ``*/*``, ``None`` not at all."""
        if self.charset is not None and self.charset not in UTF_8:
            return None
        if self.kind == media_type:
            return 2
        if self.kind == f"{media_type.partition('/')[0]}/*":
            return 1
        return 0 if self.kind == "*/*" else None


@dataclass(frozen=True, slots=True, order=True)
class Fit:
    """How well a type suits a client; the greater, the better."""

    quality: float
    specificity: int


NO_FIT: Final = Fit(0.0, -1)


def parse_media_range(text: str) -> MediaRange:
    """Read one media range; an unreadable weight counts as none at all."""
    kind, *parameters = (part.strip() for part in text.split(";"))
    charset: str | None = None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        match name.strip().lower():
            case "charset":
                charset = value.strip().strip('"').lower()
            case "q":
                quality = _quality(value.strip())
    return MediaRange(kind.lower(), charset, quality)


def _quality(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0.0 <= found <= 1.0 else 0.0


def parse_accept(header: str | None) -> tuple[MediaRange, ...]:
    """Read an ``Accept`` header; none, or an empty one, accepts everything."""
    ranges = tuple(parse_media_range(part) for part in (header or "").split(",") if part.strip())
    return ranges or (MediaRange("*/*", None, 1.0),)


def fit(accept: tuple[MediaRange, ...], media_type: str) -> Fit:
    """Weigh a type by the narrowest range that covers it (RFC 9110, 12.5.1)."""
    found = [
        (specificity, accepted.quality)
        for accepted in accept
        if (specificity := accepted.specificity(media_type)) is not None
    ]
    if not found:
        return NO_FIT
    specificity, quality = max(found)
    return Fit(quality, specificity) if quality > 0 else NO_FIT


def answer_type(accept: tuple[MediaRange, ...]) -> str | None:
    """Choose the media type of a GraphQL answer; ``None`` if the client takes neither.

    Named side by side, the newer type wins. A client that names neither gets
    ``application/json``: what says nothing about itself is most often an old client.
    """
    newer, legacy = fit(accept, GRAPHQL_JSON), fit(accept, JSON)
    if max(newer, legacy) == NO_FIT:
        return None
    if newer == legacy:
        return GRAPHQL_JSON if newer.specificity == 2 else JSON  # noqa: PLR2004 -- by name
    return max((newer, GRAPHQL_JSON), (legacy, JSON))[1]


def prefers_html(accept: tuple[MediaRange, ...]) -> bool:
    """Tell a browser's navigation from everything that merely takes ``*/*``."""
    page = fit(accept, HTML)
    return page.specificity > 0 and page > max(fit(accept, GRAPHQL_JSON), fit(accept, JSON))


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an ``Accept`` header comes to.

    Args:
        answer: Media type of a GraphQL answer; ``None`` if the client takes neither.
        page: Whether it is a browser's navigation.
        events: Whether it takes a stream of events, and names it; many do with any operation.
        only_events: Whether it takes nothing else as gladly.
    """

    answer: str | None
    page: bool
    events: bool = False
    only_events: bool = False


@lru_cache(maxsize=256)
def read_accept(header: bytes) -> Accepted:
    """Read an ``Accept`` header as it came; clients send few different ones."""
    ranges = parse_accept(header.decode("latin-1"))
    events, others = fit(ranges, EVENTS), max(fit(ranges, GRAPHQL_JSON), fit(ranges, JSON))
    is_named = events.specificity == 2  # noqa: PLR2004 -- by name
    return Accepted(
        answer=answer_type(ranges),
        page=prefers_html(ranges),
        events=is_named,
        only_events=is_named and events > others,
    )
