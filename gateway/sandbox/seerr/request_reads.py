"""Reading requests: the list, one of them, the counts."""

from collections.abc import Callable, Iterable

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.entities import MediaRequest, User
from gateway.sandbox.seerr.paging import window
from gateway.sandbox.seerr.radarr import RADARR_TIMEOUT_S, Radarr
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.row_wire import Json
from gateway.sandbox.seerr.states import MediaStatus, Permission, RequestStatus
from gateway.sandbox.seerr.world import Exchange, World

DEFAULT_TAKE = 10

_NOT_BLOCKLISTED = frozenset(MediaStatus) - {MediaStatus.BLOCKLISTED}
_NOT_THERE_YET = frozenset(
    {
        MediaStatus.UNKNOWN,
        MediaStatus.PENDING,
        MediaStatus.PROCESSING,
        MediaStatus.PARTIALLY_AVAILABLE,
    }
)
_REQUEST_STATES = {
    "approved": frozenset({RequestStatus.APPROVED}),
    "processing": frozenset({RequestStatus.APPROVED}),
    "pending": frozenset({RequestStatus.PENDING}),
    "unavailable": frozenset({RequestStatus.PENDING, RequestStatus.APPROVED}),
    "failed": frozenset({RequestStatus.FAILED}),
    "completed": frozenset({RequestStatus.COMPLETED}),
    "available": frozenset({RequestStatus.COMPLETED}),
    "deleted": frozenset({RequestStatus.COMPLETED}),
}
_MEDIA_STATES = {
    "available": frozenset({MediaStatus.AVAILABLE}),
    "processing": _NOT_THERE_YET,
    "unavailable": _NOT_THERE_YET,
    "deleted": frozenset({MediaStatus.DELETED}),
}


async def list_requests(world: World, exchange: Exchange) -> Response:
    """``GET /request``; one silent Radarr holds every such call up."""
    page = window(exchange, DEFAULT_TAKE)
    whose = _whose(exchange)
    rows = _matching(world, exchange, whose)
    if world.radarr.waits():
        await world.sleep(RADARR_TIMEOUT_S)
    manager = exchange.user.may(Permission.MANAGE_REQUESTS)
    wire = world.wire()
    body = {
        "pageInfo": page.info(len(rows)),
        "results": [
            _with_service(wire.listed(request), request, world.radarr, manager=manager)
            for request in page.cut(rows)
        ],
        "serviceErrors": {
            "radarr": [{"id": one.id, "name": one.name} for one in world.radarr.unreachable()],
            "sonarr": [],
        },
    }
    return answers.answer(body)


def sees_all(user: User) -> bool:
    """Whether other people's requests are shown to the user."""
    return user.may_any(Permission.MANAGE_REQUESTS, Permission.REQUEST_VIEW)


def _whose(exchange: Exchange) -> int | None:
    """The user whose requests are meant; ``None`` for everybody's."""
    wanted = int(exchange.number("requestedBy", 0)) or None
    if sees_all(exchange.user):
        return wanted
    if wanted not in (None, exchange.user.id):
        raise refusal(403, "You do not have permission to view this user's requests.")
    return exchange.user.id


def _matching(world: World, exchange: Exchange, whose: int | None) -> list[MediaRequest]:
    wanted = exchange.text("filter", "all")
    states = _REQUEST_STATES.get(wanted, frozenset(RequestStatus))
    media_states = _MEDIA_STATES.get(wanted, _NOT_BLOCKLISTED)
    kind = exchange.text("mediaType", "all")
    rows = [
        request
        for request in _rows(world, whose)
        if request.status in states
        and request.media.track(is4k=request.is4k) in media_states
        and kind in ("all", request.kind)
    ]
    rows.sort(key=_order(exchange.text("sort")), reverse=exchange.text("sortDirection") != "asc")
    return rows


def _rows(world: World, whose: int | None) -> Iterable[MediaRequest]:
    if whose is None:
        return world.store.requests.values()
    user = world.store.users.get(whose)
    return [] if user is None else world.store.requests_of_user(user)


def _order(sort: str) -> Callable[[MediaRequest], tuple[float, int]]:
    """By id, or by a date that never changes: ties within a second stand oldest first."""
    if sort == "modified":
        return lambda request: (request.created_at.timestamp(), -request.id)
    return lambda request: (0, request.id)


def _with_service(wire: Json, request: MediaRequest, radarr: Radarr, *, manager: bool) -> Json:
    profile = radarr.profile_name(request)
    if profile is not None:
        wire["profileName"] = profile
    if manager:
        service = request.media.radarr4k if request.is4k else request.media.radarr
        wire["canRemove"] = service.server_id in radarr.servers
    return wire


async def get_request(world: World, exchange: Exchange) -> Response:
    """``GET /request/{id}``: also shows what blocklisting hides from the list."""
    request = found(world, exchange)
    if request.requested_by is not exchange.user and not sees_all(exchange.user):
        raise refusal(403, "You do not have permission to view this request.")
    return answers.answer(world.wire().single(request))


def found(world: World, exchange: Exchange) -> MediaRequest:
    """The request that the path names, or a 404."""
    request_id = exchange.row_id("requestId")
    request = None if request_id is None else world.store.requests.get(request_id)
    if request is None:
        raise refusal(404, "Request not found.")
    return request


async def count_requests(world: World, exchange: Exchange) -> Response:
    """``GET /request/count``: everybody's, for anyone who asks."""
    del exchange
    rows = list(world.store.requests.values())
    approved = [row for row in rows if row.status is RequestStatus.APPROVED]
    there = [row for row in approved if row.media.track(is4k=row.is4k) is MediaStatus.AVAILABLE]
    body = {
        "total": len(rows),
        "movie": sum(row.kind == "movie" for row in rows),
        "tv": sum(row.kind == "tv" for row in rows),
        "pending": _in_state(rows, RequestStatus.PENDING),
        "approved": len(approved),
        "declined": _in_state(rows, RequestStatus.DECLINED),
        "processing": len(approved) - len(there),
        "available": len(there),
        "completed": _in_state(rows, RequestStatus.COMPLETED),
    }
    return answers.answer(body)


def _in_state(rows: Iterable[MediaRequest], status: RequestStatus) -> int:
    return sum(row.status is status for row in rows)
