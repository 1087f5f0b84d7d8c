"""Approve, decline, retry, change and delete: none of them looks at the present state."""

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.effects import after_request_change
from gateway.sandbox.seerr.entities import MediaRequest, User
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.request_create import named_user, set_service
from gateway.sandbox.seerr.request_reads import found
from gateway.sandbox.seerr.row_wire import Json
from gateway.sandbox.seerr.states import Permission, RequestStatus
from gateway.sandbox.seerr.webhook import Notice
from gateway.sandbox.seerr.world import Exchange, World

_DECISIONS = {
    "approve": (RequestStatus.APPROVED, Notice.MEDIA_APPROVED),
    "decline": (RequestStatus.DECLINED, Notice.MEDIA_DECLINED),
}


async def decide(world: World, exchange: Exchange) -> Response:
    """``POST /request/{id}/{approve|decline}``."""
    status, notice = _DECISIONS[exchange.text_of_path("status")]
    return await _change(world, found(world, exchange), status, notice, exchange.user)


async def retry(world: World, exchange: Exchange) -> Response:
    """``POST /request/{id}/retry``: approves whatever it is given, in nobody's name."""
    request = found(world, exchange)
    approved = RequestStatus.APPROVED
    return await _change(world, request, approved, Notice.MEDIA_APPROVED, request.modified_by)


async def _change(
    world: World,
    request: MediaRequest,
    status: RequestStatus,
    notice: Notice,
    changer: User | None,
) -> Response:
    """Store the new state; the answer still carries the media's old one."""
    decided = request.status is not status
    changed = decided or request.modified_by is not changer
    request.status, request.modified_by = status, changer
    body = world.wire().single(request)
    if changed:
        await after_request_change(world, request, notice if decided else None)
    return answers.answer(body | {"status": int(request.status)})


async def update(world: World, exchange: Exchange) -> Response:
    """``PUT /request/{id}``: choices left out of the body are left out of the answer too."""
    request, body = found(world, exchange), exchange.body
    kind = body["mediaType"]
    _check_may_update(request, exchange.user, kind)
    owner = _new_owner(world, request, body, exchange.user)
    if kind == "tv":
        _check_series(request, body)
    set_service(request, body)
    if owner is not request.requested_by:
        world.store.hand_over(request, owner)
    if kind == "tv":
        _set_seasons(world, request, body)
    wire = world.wire().single(request)
    for name in ("serverId", "profileId", "rootFolder", "tags"):
        if name not in body:
            del wire[name]
    if request.status is RequestStatus.APPROVED:
        await after_request_change(world, request)
    return answers.answer(wire)


def _check_may_update(request: MediaRequest, user: User, kind: object) -> None:
    own = request.requested_by is user
    choosy = kind == "tv" or user.may(Permission.REQUEST_ADVANCED)
    if not (own and choosy) and not user.may(Permission.MANAGE_REQUESTS):
        raise refusal(403, "You do not have permission to modify this request.")


def _new_owner(world: World, request: MediaRequest, body: Json, user: User) -> User:
    user_id = body.get("userId")
    if not user_id:
        return request.requested_by
    may = user.may(Permission.MANAGE_USERS, Permission.MANAGE_REQUESTS)
    if user_id != request.requested_by.id and not may:
        raise refusal(403, "You do not have permission to modify the request user.")
    return named_user(world, user_id)


def _check_series(request: MediaRequest, body: Json) -> None:
    """A series' update needs seasons, and a series."""
    if not body.get("seasons"):
        hint = "If you want to cancel a series request, use the DELETE method."
        raise refusal(500, f"Missing seasons. {hint}")
    if request.kind != "tv":
        where = (
            f'{{\n    "where": {{\n        "tmdbId": {request.media.tmdb_id},\n'
            '        "mediaType": "tv"\n    },\n'
            '    "relations": {\n        "requests": true\n    }\n}'
        )
        raise refusal(500, f'Could not find any entity of type "Media" matching: {where}')


def _set_seasons(world: World, request: MediaRequest, body: Json) -> None:
    asked = body["seasons"]
    numbers = [one for one in asked if isinstance(one, int)] if isinstance(asked, list) else []
    request.seasons = [one for one in request.seasons if one.number in numbers]
    held = {one.number for one in request.seasons}
    for number in numbers:
        if number not in held:
            world.store.add_season(request, number, RequestStatus.PENDING)


async def delete(world: World, exchange: Exchange) -> Response:
    """``DELETE /request/{id}``: anybody may delete anybody's pending request."""
    request, user = found(world, exchange), exchange.user
    if (
        request.requested_by is not user
        and not user.may(Permission.MANAGE_REQUESTS)
        and request.status is not RequestStatus.PENDING
    ):
        raise refusal(401, "You do not have permission to delete this request.")
    world.store.remove_request(request)
    return answers.empty()
