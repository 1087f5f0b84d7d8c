"""What Seerr adds to the graph: requests, and how far a film got."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import strawberry

from gateway.domain import request as domain
from gateway.domain.request import Availability, MediaState, RequestStatus
from gateway.graph.cache_control import CacheControlScope, lasting
from gateway.graph.connection import After, Connection, First, Window, connect_list
from gateway.graph.context import GraphContext, Info
from gateway.graph.described import described
from gateway.graph.ids import GlobalId, parse
from gateway.graph.loaded import loads
from gateway.graph.loader import Landing
from gateway.graph.movie import Movie
from gateway.graph.request import MediaRequest
from gateway.upstreams.seerr import policies
from gateway.upstreams.seerr.loaders import EVERYTHING, MediaLoader, RequestLoader, RequestsLoader
from gateway.upstreams.seerr.mirror import MediaMirror, RequestMirror


def requests_mirror(movie: Movie, context: GraphContext) -> Landing[RequestMirror]:  # noqa: ARG001 - any film
    """What fields load that show requests."""
    return context.loader(RequestsLoader).ask(EVERYTHING)


def media_mirror(movie: Movie, context: GraphContext) -> Landing[MediaMirror]:  # noqa: ARG001 - any film
    """What fields load that show the library."""
    return context.loader(MediaLoader).ask(EVERYTHING)


Is4k = Annotated[
    bool,
    strawberry.argument(
        name="is4k", description="The 4K track instead of the HD one; they are separate."
    ),
]


class RequestOrder(Enum):
    """Orders of the list of requests."""

    CREATED_AT_DESC = "CREATED_AT_DESC"
    CREATED_AT_ASC = "CREATED_AT_ASC"


described(
    RequestOrder,
    "In which order requests are listed.",
    {"CREATED_AT_DESC": "Newest first.", "CREATED_AT_ASC": "Oldest first."},
)


@strawberry.field(
    description="Requests of everybody for films.",
    directives=[lasting(policies.REQUESTS.ttl)],
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
) -> Connection[MediaRequest] | None:
    """Filter and page the mirror."""
    user_id = None if requested_by is None else parse(requested_by, expect="User").number()
    window = Window.of(first, after, "requests", status, user_id, order_by)
    mirror = await info.context.loader(RequestsLoader).load(EVERYTHING, info)
    if mirror is None:
        return None
    found = [
        request
        for request in mirror.requests
        if (status is None or request.status in status)
        and (user_id is None or (request.requested_by and request.requested_by.user_id == user_id))
    ]
    if order_by is RequestOrder.CREATED_AT_ASC:
        found.reverse()
    return _connection(found, window)


@strawberry.field(
    name="requests",
    description="Requests for this film, newest first.",
    directives=[lasting(policies.REQUESTS.ttl)],
)
@loads(requests_mirror)
def requests_of_movie(
    mirror: RequestMirror | None,
    movie: strawberry.Parent[Movie],
    first: First = 10,
    after: After = None,
) -> Connection[MediaRequest] | None:
    """Look the film up in the mirror."""
    window = Window.of(first, after, "movie.requests", movie.tmdb_id)
    return None if mirror is None else _connection(mirror.by_tmdb_id.get(movie.tmdb_id, ()), window)


def _connection(found: Sequence[domain.MediaRequest], window: Window) -> Connection[MediaRequest]:
    return connect_list(
        found, window, identity=lambda request: request.request_id, node=MediaRequest.of
    )


@strawberry.field(
    description="How far the film got in the library, on one track.",
    directives=[lasting(policies.MEDIA.ttl)],
)
@loads(media_mirror)
def availability(
    mirror: MediaMirror | None, movie: strawberry.Parent[Movie], is_4k: Is4k = False
) -> Availability | None:
    """Look the film up in the mirror."""
    if mirror is None:
        return None
    state = mirror.by_tmdb_id.get(movie.tmdb_id, MediaState(tmdb_id=movie.tmdb_id))
    return state.availability_4k if is_4k else state.availability


@strawberry.field(
    description="The viewer's own newest request for this film on one track; null when anonymous, "
    "and where there is none.",
    directives=[lasting(policies.REQUESTS.ttl, scope=CacheControlScope.PRIVATE)],
)
async def viewer_request(
    movie: strawberry.Parent[Movie], info: Info, is_4k: Is4k = False
) -> MediaRequest | None:
    """Look the film up in the mirror."""
    viewer = info.context.viewer
    if viewer is None or viewer.user is None:
        return None
    mirror = await info.context.loader(RequestsLoader).load(EVERYTHING, info)
    for request in mirror.by_tmdb_id.get(movie.tmdb_id, ()) if mirror else ():
        if request.is_4k == is_4k and _is_by(request, viewer.user):
            return MediaRequest.of(request)
    return None


def _is_by(request: domain.MediaRequest, person: domain.User) -> bool:
    """By id: the name may have changed since Seerr was asked."""
    return request.requested_by is not None and request.requested_by.user_id == person.user_id


async def request_node(info: Info, parts: tuple[str, ...]) -> MediaRequest | None:
    """Find a request by the inside of its global id: in the mirror, else at Seerr."""
    request_id = GlobalId("Request", parts).number()
    mirror = await info.context.loader(RequestsLoader).load(EVERYTHING, info)
    found = mirror.by_id.get(request_id) if mirror else None
    if found is None:
        found = await info.context.loader(RequestLoader).load(request_id, info)
    return None if found is None else MediaRequest.of(found)
