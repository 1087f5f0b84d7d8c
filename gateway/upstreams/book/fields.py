"""How the fields of requests are answered from the book.

No cache is in front: a page takes less than a millisecond, and is never old.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from gateway.domain.request import MediaRequest, MediaState
from gateway.domain.request_store import Place, RequestFilter, RequestOrder, RequestPage
from gateway.graph.context import GraphContext
from gateway.graph.landings import chained, mapped
from gateway.graph.loader import Landing, Loaded
from gateway.graph.ports import RequestReads
from gateway.upstreams.book import loaders
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import NAME
from gateway.upstreams.book.loaders import Batches


class BookReads(RequestReads):
    """One operation's reads; what is asked in one turn is read together."""

    upstream: ClassVar[str] = NAME

    def __init__(self, ctx: GraphContext) -> None:
        book = ctx.need(Book)
        self._ctx = ctx
        self._films = Batches(ctx, partial(loaders.of_films, book))
        self._people = Batches(ctx, partial(loaders.of_people, book))
        self._pages = Batches(ctx, partial(loaders.pages, book))
        self._counts = Batches(ctx, partial(loaders.counts, book))
        self._states = Batches(ctx, book.media)
        self._ones = Batches(ctx, book.get_many)

    def page(
        self, which: RequestFilter, *, first: int, after: Place | None, order: RequestOrder
    ) -> Landing[RequestPage]:
        """List requests."""
        return self._pages.ask((which, first, after, order))

    def count(self, which: RequestFilter) -> Landing[int]:
        """Count requests."""
        return self._counts.ask(which)

    def by_movie(self, tmdb_id: int, *, most: int) -> Landing[Sequence[MediaRequest]]:
        """A film's newest requests."""
        return self._films.ask((tmdb_id, most))

    def own(self, user_id: int, tmdb_id: int, *, is_4k: bool) -> Landing[MediaRequest]:
        """A person's newest request for a film on a track."""
        return mapped(self._people.ask((user_id, tmdb_id)), lambda tracks: tracks.get(is_4k))

    def media(self, tmdb_id: int) -> Landing[MediaState]:
        """How far a film got; nobody may have asked for it."""
        unknown = MediaState(tmdb_id=tmdb_id)

        def follow(loaded: Loaded[MediaState]) -> Loaded[MediaState]:
            return Loaded(loaded.value or unknown, loaded.upstream, loaded.found)

        return chained(self._states.ask(tmdb_id), follow)

    def one(self, request_id: int) -> Landing[MediaRequest]:
        """A request by its id."""
        self._ctx.tags.add(f"request:{request_id}")
        return self._ones.ask(request_id)
