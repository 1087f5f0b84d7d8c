"""The templates, and what they may call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.web.rest.models.base import Fault, Freshness
from gateway.web.rest.models.movies import Movie, Rating
from gateway.web.site import changes, standing, words

FOLDER: Final = Path(__file__).parent / "templates"
_MOST_CREW: Final = 3
_JOBS: Final = (("Director", "Directed by"), ("Screenplay", "Written by"), ("Writer", "Written by"))


def environment() -> Environment:
    """Templates that escape all, and fail where they name what is not there."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(_FILTERS)
    made.globals["changes"] = changes.DOCUMENT_ID
    return made


def facts(movie: Movie) -> Sequence[tuple[str, str]]:
    """What is told of a film in a table; what nobody knows is left out."""
    found = [
        *_makers(movie),
        ("Released", f"{movie.release_date:%d %B %Y}".lstrip("0") if movie.release_date else ""),
        ("Language", (movie.original_language or "").upper()),
        ("Collection", movie.collection.name if movie.collection else ""),
        ("Budget", words.money(movie.budget) if movie.budget else ""),
        ("Revenue", words.money(movie.revenue) if movie.revenue else ""),
    ]
    return [(name, value) for name, value in found if value]


def stale_parts(freshness: Sequence[Freshness]) -> Sequence[tuple[str, int]]:
    """Upstreams whose part is stale, each with the age of the oldest in seconds."""
    found: dict[str, int] = {}
    for each in freshness:
        if each.state == "STALE":
            found[each.upstream] = max(each.age_seconds, found.get(each.upstream, 0))
    return sorted(found.items())


def missing(errors: Sequence[Fault], names: Collection[str]) -> Sequence[str]:
    """Upstreams that failed to tell a part, each once."""
    found = {
        str(each.extensions.get("upstream", "the gateway"))
        for each in errors
        if each.path and each.path[0] in names
    }
    return sorted(found)


def _score(rating: Rating) -> str:
    return words.score(rating.value, rating.scale)


def _makers(movie: Movie) -> Sequence[tuple[str, str]]:
    found: dict[str, dict[str, None]] = {}
    for each in movie.credits.crew if movie.credits else ():
        for job, title in _JOBS:
            if each.job == job:
                found.setdefault(title, {})[each.name] = None
    return [(title, ", ".join([*names][:_MOST_CREW])) for title, names in found.items()]


_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "acts": standing.acts,
    "ago": words.ago,
    "clock": words.clock,
    "count": words.count,
    "facts": facts,
    "host": words.host,
    "initials": words.initials,
    "missing": missing,
    "runtime": words.runtime,
    "score": _score,
    "source": words.source,
    "span": words.span,
    "stale_parts": stale_parts,
    "standing": standing.standing,
    "until": words.until,
}
