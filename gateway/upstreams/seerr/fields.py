"""How the fields of requests are answered at Seerr: from mirrors of its two lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from gateway.domain.request import MediaRequest, MediaState
from gateway.domain.request_store import Place, RequestFilter, RequestOrder, RequestPage
from gateway.graph.context import GraphContext
from gateway.graph.landings import chained, mapped
from gateway.graph.loader import Landing, Loaded
from gateway.graph.ports import RequestReads
from gateway.upstreams.seerr.loaders import EVERYTHING, MediaLoader, RequestLoader, RequestsLoader
from gateway.upstreams.seerr.mirror import RequestMirror

_NONE: Final[Sequence[MediaRequest]] = ()


class SeerrReads(RequestReads):
    """Any question is answered by what is mirrored, so that all of an operation's share it."""

    upstream: ClassVar[str] = "seerr"

    def __init__(self, ctx: GraphContext) -> None:
        self._ctx = ctx

    def page(
        self, which: RequestFilter, *, first: int, after: Place | None, order: RequestOrder
    ) -> Landing[RequestPage]:
        """Filter the mirror."""
        return mapped(self._requests(), lambda m: m.page(which, first, after, order))

    def count(self, which: RequestFilter) -> Landing[int]:
        """Filter the mirror."""
        return mapped(self._requests(), lambda m: len(m.those(which)))

    def by_movie(self, tmdb_id: int, *, most: int) -> Landing[Sequence[MediaRequest]]:
        """Look the film up in the mirror."""
        return mapped(self._requests(), lambda m: m.by_tmdb_id.get(tmdb_id, _NONE)[:most])

    def own(self, user_id: int, tmdb_id: int, *, is_4k: bool) -> Landing[MediaRequest]:
        """Look the film up in the mirror; by id, for names change."""

        def find(mirror: RequestMirror) -> MediaRequest | None:
            for each in mirror.by_tmdb_id.get(tmdb_id, _NONE):
                by = each.requested_by
                if each.is_4k == is_4k and by is not None and by.user_id == user_id:
                    return each
            return None

        return mapped(self._requests(), find)

    def media(self, tmdb_id: int) -> Landing[MediaState]:
        """Look the film up in the mirror of the library."""
        whole = self._ctx.loader(MediaLoader).ask(EVERYTHING)
        nothing = MediaState(tmdb_id=tmdb_id)
        return mapped(whole, lambda m: m.by_tmdb_id.get(tmdb_id, nothing))

    def one(self, request_id: int) -> Landing[MediaRequest]:
        """Look in the mirror, else ask Seerr: what is blocklisted is missing from its list."""

        def follow(loaded: Loaded[RequestMirror]) -> Landing[MediaRequest]:
            known = None if loaded.value is None else loaded.value.by_id.get(request_id)
            if known is None:
                return mapped(self._ctx.loader(RequestLoader).ask(request_id), lambda it: it)
            return Loaded(known, loaded.upstream, loaded.found)

        return chained(self._requests(), follow)

    def _requests(self) -> Landing[RequestMirror]:
        return self._ctx.loader(RequestsLoader).ask(EVERYTHING)
