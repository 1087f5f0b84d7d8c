"""Requests in the graph, whoever keeps them: Seerr or the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import strawberry
from strawberry.types.field import StrawberryField

from gateway.domain import request as domain
from gateway.domain.request import Availability, MediaState, RequestStatus
from gateway.domain.request_store import RequestFilter, RequestOrder, RequestPage
from gateway.graph.access import ANYBODY, KNOWN
from gateway.graph.cache_control import CacheControlScope, lasting
from gateway.graph.connection import After, First
from gateway.graph.context import GraphContext, Info
from gateway.graph.ids import GlobalId, number_of, parse
from gateway.graph.landings import mapped
from gateway.graph.loaded import loads
from gateway.graph.loader import NOTHING, Landing, landed
from gateway.graph.movie import Movie
from gateway.graph.ports import RequestReads
from gateway.graph.request import MOVES, MediaRequest, unconfirmed
from gateway.graph.request_list import RequestConnection, Stretch, connect
from gateway.graph.roots import Query

NOBODY: Final = 0
"""The number of whoever is no user where requests are kept."""

Is4k = Annotated[
    bool,
    strawberry.argument(
        name="is4k", description="The 4K track instead of the HD one; they are separate."
    ),
]


def _reads(context: GraphContext) -> RequestReads | None:
    """Whoever keeps requests, if anybody does."""
    return context.loader(RequestReads) if context.provided(RequestReads) else None


@strawberry.field(
    description="Requests of everybody for films: whoever may read the graph sees who asked, by "
    "the name that they show.",
    directives=[lasting(MOVES)],
    metadata=ANYBODY.declared,
)
async def requests(
    info: Info,
    first: First = 20,
    after: After = None,
    status: Annotated[
        list[RequestStatus] | None,
        strawberry.argument(description="Only these states; null takes all."),
    ] = None,
    requested_by: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only those of this User; null takes everybody's."),
    ] = None,
    order_by: Annotated[
        RequestOrder | None, strawberry.argument(description="Null is newest first.")
    ] = None,
) -> RequestConnection | None:
    """Read a page of the list."""
    which = RequestFilter(
        statuses=None if status is None else frozenset(status),
        requested_by=None if requested_by is None else _user_id(requested_by),
    )
    order = order_by or RequestOrder.CREATED_AT_DESC
    states = sorted(each.value for each in which.statuses) if which.statuses is not None else None
    stretch = Stretch.of(first, after, "requests", states, which.requested_by, order)
    reads = _reads(info.context)
    if reads is None:
        return None
    asked = reads.page(which, first=stretch.size, after=stretch.after, order=order)
    page = await landed(asked, info)
    return None if page is None else _shown(page, stretch, which)


def _user_id(text: str) -> int:
    """The number inside a user's id.

    Raises:
        BadUserInputError: Nobody was ever given this id.
    """
    [part] = parse(text, expect="User").parts
    return NOBODY if part.startswith("x") else number_of(part)


def _shown(page: RequestPage, stretch: Stretch, which: RequestFilter) -> RequestConnection:
    return connect(page.requests, stretch, which, more=page.has_next)


def page_of_movie(
    movie: Movie, context: GraphContext, first: int = 10, after: str | None = None
) -> Landing[RequestPage]:
    """The first pages of many films are read together, further ones each by itself."""
    stretch = _stretch(movie, first, after)
    reads = _reads(context)
    if reads is None:
        return NOTHING
    if stretch.after is None:
        found = reads.by_movie(movie.tmdb_id, most=stretch.size + 1)
        return mapped(found, lambda some: _cut(some, stretch.size))
    return reads.page(
        RequestFilter(tmdb_id=movie.tmdb_id),
        first=stretch.size,
        after=stretch.after,
        order=RequestOrder.CREATED_AT_DESC,
    )


def _stretch(movie: Movie, first: int, after: str | None) -> Stretch:
    return Stretch.of(first, after, "movie.requests", movie.tmdb_id)


def _cut(found: Sequence[domain.MediaRequest], size: int) -> RequestPage:
    """One more than wanted was read, to see whether there are more."""
    return RequestPage(tuple(found[:size]), has_next=len(found) > size)


@strawberry.field(
    name="requests",
    description="Requests for this film, newest first.",
    directives=[lasting(MOVES)],
)
@loads(page_of_movie)
def requests_of_movie(
    page: RequestPage | None,
    movie: strawberry.Parent[Movie],
    first: First = 10,
    after: After = None,
) -> RequestConnection | None:
    """Show them."""
    if page is None:
        return None
    which = RequestFilter(tmdb_id=movie.tmdb_id)
    return _shown(page, _stretch(movie, first, after), which)


def state_of_movie(movie: Movie, context: GraphContext) -> Landing[MediaState]:
    """What fields load that show the library."""
    reads = _reads(context)
    return NOTHING if reads is None else reads.media(movie.tmdb_id)


@strawberry.field(
    description="How far the film got in the library, on one track.", directives=[lasting(MOVES)]
)
@loads(state_of_movie)
def availability(state: MediaState | None, is_4k: Is4k = False) -> Availability | None:
    """Tell the track's."""
    if state is None:
        return None
    return state.availability_4k if is_4k else state.availability


@strawberry.field(
    description="The viewer's own newest request for this film on one track; null when anonymous, "
    "and where there is none.",
    directives=[lasting(MOVES, scope=CacheControlScope.PRIVATE)],
    metadata=KNOWN.declared,  # without a viewer there is nothing to find
)
async def viewer_request(
    movie: strawberry.Parent[Movie], info: Info, is_4k: Is4k = False
) -> MediaRequest | None:
    """Read it, together with those for other films."""
    return await _viewers_own(info, movie.tmdb_id, is_4k=is_4k)


async def request_node(info: Info, parts: tuple[str, ...]) -> MediaRequest | None:
    """Find a request by the inside of its global id."""
    film = unconfirmed(parts)
    if film is not None:
        return await _viewers_own(info, film[0], is_4k=film[1])
    request_id, reads = GlobalId("Request", parts).number(), _reads(info.context)
    if reads is None:
        return None
    found = await landed(reads.one(request_id), info)
    return None if found is None else MediaRequest.of(found)


async def _viewers_own(info: Info, tmdb_id: int, *, is_4k: bool) -> MediaRequest | None:
    actor, reads = await info.context.actor(), _reads(info.context)
    if actor is None or reads is None:
        return None
    found = await landed(reads.own(actor.user_id, tmdb_id, is_4k=is_4k), info)
    return None if found is None else MediaRequest.of(found)


FIELDS: Final[Mapping[type, Sequence[StrawberryField]]] = {
    Query: [requests],
    Movie: [requests_of_movie, availability, viewer_request],
}
"""What joins the shared types."""
