"""Questions that fields ask in the same turn of the loop, put to the book together."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

from gateway.domain.request import MediaRequest
from gateway.domain.request_store import Place, RequestFilter, RequestOrder, RequestPage
from gateway.errors import UpstreamError
from gateway.graph.context import GraphContext
from gateway.graph.loader import Failed, Landing, Loaded, Settled
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import NAME

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

TAG: Final = "requests"
"""What every answer with requests in it is purged by."""

Film: TypeAlias = tuple[int, int]
"""A film, and how many of its requests are wanted."""
Person: TypeAlias = tuple[int, int]
"""A person, and a film of theirs."""
Tracks: TypeAlias = Mapping[bool, MediaRequest]
"""By track; ``True`` is 4K."""
Page: TypeAlias = tuple[RequestFilter, int, Place | None, RequestOrder]
"""A list, how many of it, behind which place, in which order."""


class Batches(Generic[K, V]):
    """Questions of one kind in one operation; each is asked once.

    Args:
        ctx: Of the operation.
        read: Keys in, values out; a key that is left out has none.
    """

    def __init__(
        self, ctx: GraphContext, read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]
    ) -> None:
        self._ctx = ctx
        self._read = read
        self._landings: dict[K, asyncio.Future[Settled[V]]] = {}
        self._waiting: list[K] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, key: K) -> Landing[V]:
        """Put a key into the batch that is being collected."""
        known = self._landings.get(key)
        if known is not None:
            return known
        loop = asyncio.get_running_loop()
        landing = self._landings[key] = loop.create_future()
        self._ctx.tags.add(TAG)
        self._ctx.pending.watch(landing)
        self._waiting.append(key)
        if len(self._waiting) == 1:
            loop.call_soon(self._begin)
        return landing

    def _begin(self) -> None:
        keys, self._waiting = self._waiting, []
        task = asyncio.create_task(self._load(keys))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _load(self, keys: Sequence[K]) -> None:
        try:
            found = await self._read(keys)
        except UpstreamError as exc:
            for key in keys:
                self._landings[key].set_result(Failed(exc))
        except Exception as exc:  # noqa: BLE001 - told to the fields that wait
            for key in keys:
                self._landings[key].set_exception(exc)
        else:
            for key in keys:
                self._landings[key].set_result(Loaded(found.get(key), NAME, None))


async def of_films(book: Book, keys: Collection[Film]) -> Mapping[Film, Sequence[MediaRequest]]:
    """The newest requests of films: one statement, if all want as many."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for tmdb_id, most in keys:
        wanted[most].append(tmdb_id)
    found: dict[Film, Sequence[MediaRequest]] = {}
    for most, tmdb_ids in wanted.items():
        by_film = await book.by_movie(tmdb_ids, most=most)
        found |= {(tmdb_id, most): by_film.get(tmdb_id, ()) for tmdb_id in tmdb_ids}
    return found


async def of_people(book: Book, keys: Collection[Person]) -> Mapping[Person, Tracks]:
    """People's own newest requests for films."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for user_id, tmdb_id in keys:
        wanted[user_id].append(tmdb_id)
    found: dict[Person, dict[bool, MediaRequest]] = {}
    for user_id, tmdb_ids in wanted.items():
        for (tmdb_id, is_4k), request in (await book.own(user_id, tmdb_ids)).items():
            found.setdefault((user_id, tmdb_id), {})[is_4k] = request
    return found


async def pages(book: Book, keys: Collection[Page]) -> Mapping[Page, RequestPage]:
    """Parts of lists, side by side."""

    async def one(key: Page) -> RequestPage:
        which, first, after, order = key
        return await book.page(which, first=first, after=after, order=order)

    return dict(zip(keys, await asyncio.gather(*map(one, keys)), strict=True))


async def counts(book: Book, keys: Collection[RequestFilter]) -> Mapping[RequestFilter, int]:
    """Lengths of lists, side by side."""
    return dict(zip(keys, await asyncio.gather(*map(book.count, keys)), strict=True))
