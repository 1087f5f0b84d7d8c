"""Films and their facets by id, all that one operation wants of a film in one call."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, cast

from gateway.cache.slot import Slot
from gateway.domain.movie import Movie
from gateway.errors import UpstreamContractError, UpstreamError
from gateway.graph.context import GraphContext
from gateway.graph.facets import Facet
from gateway.graph.loader import NOTHING, Found, Landing, Loader, codec_of, side_by_side
from gateway.graph.locale import Locale
from gateway.graph.ports import MovieKey, MoviesById
from gateway.upstreams.tmdb import mapping, mapping_facets, policies
from gateway.upstreams.tmdb.client import TmdbClient
from gateway.upstreams.tmdb.wire import TmdbMovie, TmdbWire
from gateway.upstreams.tmdb.wire_fused import FACETS

_LANGUAGE = re.compile("[a-z]{2}")
_NO_LANGUAGE = "null"  # TMDB's word for videos without one


class FacetKey(NamedTuple):
    """A facet of a film; what does not change the payload is ``None`` or empty."""

    tmdb_id: int
    facet: Facet
    language: str | None = None
    video_languages: tuple[str, ...] = ()


_LOCALISED = frozenset(
    {Facet.DETAILS, Facet.CREDITS, Facet.RECOMMENDATIONS, Facet.SIMILAR},
)
_POLICIES = {
    Facet.DETAILS: policies.MOVIE,
    Facet.CREDITS: policies.CREDITS,
    Facet.EXTERNAL_IDS: policies.EXTERNAL_IDS,
    Facet.KEYWORDS: policies.KEYWORDS,
    Facet.RECOMMENDATIONS: policies.RECOMMENDATIONS,
    Facet.RELEASE_DATES: policies.RELEASE_DATES,
    Facet.SIMILAR: policies.SIMILAR,
    Facet.VIDEOS: policies.VIDEOS,
    Facet.WATCH_PROVIDERS: policies.WATCH_PROVIDERS,
}
_TO_DOMAIN: Mapping[Facet, Callable[[int, Any], object]] = {
    Facet.DETAILS: lambda _, wire: mapping.to_movie(wire),
    Facet.CREDITS: lambda _, wire: mapping_facets.to_credits(wire),
    Facet.EXTERNAL_IDS: lambda _, wire: mapping_facets.to_external_ids(wire),
    Facet.KEYWORDS: lambda _, wire: mapping_facets.to_keywords(wire),
    Facet.RECOMMENDATIONS: lambda _, wire: mapping.to_page(wire, number=1),
    Facet.RELEASE_DATES: lambda _, wire: mapping_facets.to_release_dates(wire),
    Facet.SIMILAR: lambda _, wire: mapping.to_page(wire, number=1),
    Facet.VIDEOS: mapping_facets.to_trailers,
    Facet.WATCH_PROVIDERS: lambda _, wire: mapping_facets.to_watch_offers(wire),
}


@dataclass(slots=True)
class _Call:
    """Facets of one film that fit into one call."""

    language: str | None = None
    video_languages: tuple[str, ...] = ()
    keys: dict[Facet, FacetKey] = field(default_factory=dict)

    def takes(self, key: FacetKey) -> bool:
        """Add the key, unless another one in here contradicts it."""
        if key.facet in self.keys or (
            None not in (key.language, self.language) and key.language != self.language
        ):
            return False
        self.language = self.language or key.language
        self.video_languages = self.video_languages or key.video_languages
        self.keys[key.facet] = key
        return True


class FacetLoader(Loader[FacetKey, TmdbWire, object], MoviesById):
    """TMDB has no bulk look-up: a batch is a bounded fan-out, one call for each film."""

    upstream = "tmdb"
    things = "films"
    most = 300
    wires: ClassVar[Mapping[Facet, type[TmdbWire]]] = {
        facet: TmdbMovie if facet is Facet.DETAILS else FACETS[facet.value] for facet in Facet
    }

    def __init__(self, ctx: GraphContext) -> None:
        super().__init__(ctx)
        self._films: dict[Hashable, Mapping[Facet, Landing[object]]] = {}

    def facet(
        self, tmdb_id: int, locale: Locale, facet: Facet, *, languages: Sequence[str] = ()
    ) -> Landing[object]:
        """Load a facet, and with it whatever else the operation wants of films.

        Args:
            tmdb_id: The film's.
            locale: For titles and texts.
            facet: The part wanted here.
            languages: Of videos, beside those that the operation names.
        """
        if not self.is_on:
            return NOTHING
        film = (tmdb_id, locale.language, *languages)
        known = self._films.get(film)
        if known is None or facet not in known:
            known = self._films[film] = self._all(tmdb_id, locale, facet, languages)
        return known[facet]

    def _all(
        self, tmdb_id: int, locale: Locale, facet: Facet, languages: Sequence[str]
    ) -> Mapping[Facet, Landing[object]]:
        wants = self.ctx.wants
        videos = (locale.bare_language, "en", *wants.video_languages, *languages)
        return {
            each: self.ask(_key(tmdb_id, each, locale, videos))
            for each in {Facet.DETAILS, *wants.facets, facet}
        }

    def find(self, key: MovieKey) -> Landing[Movie]:
        """Load a film in full."""
        return cast("Landing[Movie]", self.facet(key.tmdb_id, key.locale, Facet.DETAILS))

    def asked(self, tmdb_id: int, locale: Locale) -> bool:
        """Whether this operation loads the film in full anyway."""
        return self.has(_key(tmdb_id, Facet.DETAILS, locale, ()))

    def apart(self, key: FacetKey) -> int:
        """Films are fetched by calls of their own."""
        return key.tmdb_id

    def slot(self, key: FacetKey) -> Slot[TmdbWire]:
        """Each facet has a policy of its own."""
        policy = _POLICIES[key.facet]
        parts = (key.tmdb_id, key.language, ".".join(key.video_languages) or None)
        return Slot(
            policy=policy,
            key=self.key(policy, *parts),
            codec=codec_of(self.wires[key.facet]),
            tags=(f"movie:{key.tmdb_id}",),
        )

    def to_domain(self, key: FacetKey, wire: TmdbWire) -> object:
        """Map by facet."""
        return _TO_DOMAIN[key.facet](key.tmdb_id, wire)

    async def fetch(self, keys: Sequence[FacetKey]) -> Sequence[Found[TmdbWire]]:
        """Fuse the keys of one film into as few calls as their languages allow."""
        tmdb_id = keys[0].tmdb_id  # films are fetched apart
        answers = await side_by_side([self._ask(tmdb_id, call) for call in _calls(keys)])
        found = {key: value for answer in answers for key, value in answer.items()}
        return [found[key] for key in keys]

    async def _ask(self, tmdb_id: int, call: _Call) -> Mapping[FacetKey, Found[TmdbWire]]:
        try:
            if len(call.keys) == 1 and Facet.DETAILS not in call.keys:
                return {key: await self._alone(key) for key in call.keys.values()}
            return await self._fused(tmdb_id, call)
        except UpstreamError as exc:
            return dict.fromkeys(call.keys.values(), exc)  # fails this film, not its neighbours

    async def _fused(self, tmdb_id: int, call: _Call) -> Mapping[FacetKey, Found[TmdbWire]]:
        movie = await self.ctx.need(TmdbClient).movie(
            tmdb_id,
            language=call.language,
            append=sorted(facet.value for facet in call.keys if facet is not Facet.DETAILS),
            video_languages=call.video_languages,
        )
        if movie is None:
            return dict.fromkeys(call.keys.values(), None)
        found: dict[FacetKey, Found[TmdbWire]] = {}
        for facet, key in call.keys.items():
            if facet is Facet.DETAILS:
                found[key] = movie  # its cache entry leaves the parts out
            else:
                found[key] = movie.part(facet.value)
        # TMDB drops a part that failed from a 200: unknown, not empty.
        dropped = [key for key, part in found.items() if part is None]
        if not dropped:
            return found
        parts = await side_by_side([self._settled_alone(key) for key in dropped])
        return {**found, **dict(zip(dropped, parts, strict=True))}

    async def _settled_alone(self, key: FacetKey) -> Found[TmdbWire]:
        try:
            part = await self._alone(key)
        except UpstreamError as exc:
            return exc
        # The film is there, so its part cannot be absent.
        return part or UpstreamContractError("tmdb", "movie", f"leaves out {key.facet.value}")

    async def _alone(self, key: FacetKey) -> TmdbWire | None:
        return await self.ctx.need(TmdbClient).part(
            key.tmdb_id,
            key.facet.value,
            language=key.language,
            video_languages=key.video_languages,
        )


def _key(tmdb_id: int, facet: Facet, locale: Locale, videos: tuple[str, ...]) -> FacetKey:
    if facet is Facet.VIDEOS:
        return FacetKey(tmdb_id, facet, None, _spoken(videos))
    return FacetKey(tmdb_id, facet, locale.language if facet in _LOCALISED else None)


@functools.lru_cache(maxsize=256)
def _spoken(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Languages as TMDB takes them, in one order however they were asked for."""
    bare = {tag.partition("-")[0].lower() for tag in tags}
    return (*sorted(tag for tag in bare if _LANGUAGE.fullmatch(tag)), _NO_LANGUAGE)


def _calls(keys: Sequence[FacetKey]) -> list[_Call]:
    calls: list[_Call] = []
    for key in sorted(keys, key=lambda k: k.language is None):  # which fit in anywhere
        if not any(call.takes(key) for call in calls):
            calls.append(_Call())
            calls[-1].takes(key)
    return calls
