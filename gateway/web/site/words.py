"""Figures and moments as people read them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

_SPANS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60))
_OLD: Final = timedelta(days=30)
_SOON_S: Final = 45
_LARGE: Final = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))
_SOURCES: Final = {
    "tmdb": "TMDB",
    "omdb": "OMDb",
    "youtube": "YouTube",
    "seerr": "Seerr",
    "book": "the book",
}


def source(upstream: str) -> str:
    """An upstream's name as it writes itself."""
    return _SOURCES.get(upstream, upstream)


def span(seconds: float) -> str:
    """A length of time in its largest unit, such as ``3 hours``."""
    for unit, size_s in _SPANS:
        count = int(seconds // size_s)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long something is past, or its day if that is more than a month."""
    past = (now or datetime.now(UTC)) - moment
    if past > _OLD:
        return f"on {moment:%d %B %Y}".replace(" 0", " ")
    return "just now" if past.total_seconds() < _SOON_S else f"{span(past.total_seconds())} ago"


def until(moment: datetime, now: datetime | None = None) -> str:
    """How long something is ahead."""
    left_s = (moment - (now or datetime.now(UTC))).total_seconds()
    return f"in {span(left_s)}" if left_s > 0 else "now"


def runtime(minutes: int) -> str:
    """Minutes as ``2 h 16 min``."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" * bool(hours), f"{rest} min" * bool(rest)) if part
    )


def clock(seconds: int) -> str:
    """Seconds as a player shows them."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def count(number: int) -> str:
    """A number that is not counted to the last one, such as ``2.3M``."""
    for size, letter in _LARGE:
        if number >= size:
            shown = f"{number / size:.1f}".removesuffix(".0")
            return f"{shown}{letter}"
    return str(number)


def money(dollars: int) -> str:
    """US dollars, roughly."""
    return f"${count(dollars)}"


def score(value: float, scale: float) -> str:
    """A judgement on its own scale: ``8.2/10``, ``92%``."""
    if scale == 100:  # noqa: PLR2004 - percent
        return f"{value:.0f}%"
    return f"{value:.1f}/{scale:g}"


def initials(name: str) -> str:
    """In the place of a portrait."""
    words: Sequence[str] = name.split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def host(url: str) -> str:
    """Where an address leads."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
