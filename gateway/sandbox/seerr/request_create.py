"""``POST /request``: the refusals in their order, and what a new request sets going.

Every step waits for the database, and nothing locks the steps together: parallel calls for one
movie all find nothing and all insert.
"""

import asyncio

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.effects import after_request_change
from gateway.sandbox.seerr.entities import Kind, Media, MediaRequest, User
from gateway.sandbox.seerr.films import Film, Series
from gateway.sandbox.seerr.quota import movie_quota
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.row_wire import Json, Wire, iso, season
from gateway.sandbox.seerr.states import MediaStatus, Permission, RequestStatus
from gateway.sandbox.seerr.tmdb import TmdbError
from gateway.sandbox.seerr.webhook import Notice
from gateway.sandbox.seerr.world import Exchange, World

_WORDS = {"movie": "movie", "tv": "series"}
_MAY_REQUEST = {
    ("movie", False): (Permission.REQUEST, Permission.REQUEST_MOVIE),
    ("movie", True): (Permission.REQUEST_4K, Permission.REQUEST_4K_MOVIE),
    ("tv", False): (Permission.REQUEST, Permission.REQUEST_TV),
    ("tv", True): (Permission.REQUEST_4K, Permission.REQUEST_4K_TV),
}
_APPROVED_AT_ONCE = {
    ("movie", False): (Permission.AUTO_APPROVE, Permission.AUTO_APPROVE_MOVIE),
    ("movie", True): (Permission.AUTO_APPROVE_4K, Permission.AUTO_APPROVE_4K_MOVIE),
    ("tv", False): (Permission.AUTO_APPROVE, Permission.AUTO_APPROVE_TV),
    ("tv", True): (Permission.AUTO_APPROVE_4K, Permission.AUTO_APPROVE_4K_TV),
}


async def create_request(world: World, exchange: Exchange) -> Response:
    """Make a request for the caller, or for the user whom a caller who may names."""
    body, caller = exchange.body, exchange.user
    kind: Kind = "tv" if body["mediaType"] == "tv" else "movie"
    is4k = body.get("is4k") is True
    owner = _owner(world, body, caller)
    if not owner.may_any(*_MAY_REQUEST[kind, is4k]):
        word = f"{'4K ' if is4k else ''}{_WORDS[kind]}"
        raise refusal(403, f"You do not have permission to make {word} requests.")
    await _check_quota(world, owner, kind)
    subject = await _subject(world, kind, body["mediaId"])
    media = await _usable_media(world, kind, subject.tmdb_id)
    await _check_duplicate(world, kind, subject.tmdb_id, body.get("is4k"))
    numbers = _seasons(world, subject, media, body, is4k=is4k) if kind == "tv" else []
    wire = world.wire()
    wire.user(owner), wire.user(caller)  # their counts are from before the new row
    before = _existing(world, wire, media)
    await asyncio.sleep(0)
    request = _insert(world, subject, media, owner, is4k=is4k)
    _fill(world, request, body, numbers)
    return await _settle(world, wire, request, caller, before)


def _owner(world: World, body: Json, caller: User) -> User:
    user_id = body.get("userId")
    if not user_id:
        return caller
    if not caller.may(Permission.MANAGE_USERS, Permission.MANAGE_REQUESTS):
        raise refusal(403, "You do not have permission to modify the request user.")
    return named_user(world, user_id)


def named_user(world: World, user_id: object) -> User:
    """The user whom a body names; the database's complaint when there is none."""
    owner = world.store.users.get(user_id) if isinstance(user_id, int) else None
    if owner is None:
        where = f'{{\n    "where": {{\n        "id": {user_id}\n    }}\n}}'
        raise refusal(500, f'Could not find any entity of type "User" matching: {where}')
    return owner


async def _check_quota(world: World, owner: User, kind: Kind) -> None:
    await asyncio.sleep(0)
    if kind == "movie" and movie_quota(world, owner)["restricted"]:
        raise refusal(403, "Movie Quota exceeded.")


async def _subject(world: World, kind: Kind, media_id: object) -> Film | Series:
    tmdb_id = int(media_id) if isinstance(media_id, (int, float)) else -1
    try:
        if kind == "tv":
            return await world.tmdb.series(tmdb_id)
        return await world.tmdb.film(tmdb_id)
    except TmdbError as error:
        word = "TV show" if kind == "tv" else "movie"
        raise refusal(500, f"[TMDB] Failed to fetch {word} details: {error}") from error


async def _usable_media(world: World, kind: Kind, tmdb_id: int) -> Media | None:
    await asyncio.sleep(0)
    media = world.store.media_of_title(kind, tmdb_id)
    if media is not None and media.status is MediaStatus.BLOCKLISTED:
        raise refusal(403, "This media is blocklisted.")
    return media


async def _check_duplicate(world: World, kind: Kind, tmdb_id: int, is4k: object) -> None:
    """Look at the oldest request only; without ``is4k`` the database finds none at all."""
    await asyncio.sleep(0)
    if kind != "movie":
        return
    existing = [
        request for request in world.store.requests_of_title(kind, tmdb_id) if request.is4k is is4k
    ]
    settled = (RequestStatus.DECLINED, RequestStatus.COMPLETED)
    if existing and existing[0].status not in settled:
        raise refusal(409, "Request for this media already exists.")


def _seasons(
    world: World, subject: Film | Series, media: Media | None, body: Json, *, is4k: bool
) -> list[int]:
    """The asked seasons that nobody asked for yet."""
    asked = body.get("seasons")
    if asked == "all" and isinstance(subject, Series):
        asked = list(subject.season_numbers)
    if not isinstance(asked, list):
        raise refusal(500, "Cannot read properties of undefined (reading 'filter')")
    rows = [] if media is None else world.store.requests_of_media(media)
    settled = (RequestStatus.DECLINED, RequestStatus.COMPLETED)
    taken = {
        one.number
        for request in rows
        if request.is4k is is4k and request.status not in settled
        for one in request.seasons
    }
    left = [number for number in asked if number > 0 and number not in taken]
    if not left:
        raise refusal(202, "No seasons available to request")
    return left


def _existing(world: World, wire: Wire, media: Media | None) -> Json | None:
    """An old media row's answer: with the requests it had."""
    if media is None:
        return None
    requests = [wire.nested(request) for request in world.store.requests_of_media(media)]
    return {"requests": requests, "seasons": []}


def _insert(
    world: World, subject: Film | Series, media: Media | None, owner: User, *, is4k: bool
) -> MediaRequest:
    now = world.now()
    if media is None:
        if isinstance(subject, Series):
            media = world.store.add_media("tv", subject.tmdb_id, now, tvdb_id=subject.tvdb_id)
        else:
            media = world.store.add_media("movie", subject.tmdb_id, now)
    if media.track(is4k=is4k) is MediaStatus.UNKNOWN:
        media.set_track(MediaStatus.PENDING, is4k=is4k)
    return world.store.add_request(media, owner, RequestStatus.PENDING, now, is4k=is4k)


def _fill(world: World, request: MediaRequest, body: Json, numbers: list[int]) -> None:
    """What the body says beside the title; nobody checks REQUEST_ADVANCED here."""
    set_service(request, body)
    for number in numbers:
        world.store.add_season(request, number, RequestStatus.PENDING)


def set_service(request: MediaRequest, body: Json) -> None:
    """Take over the Radarr choices of a body; those left out keep their values."""
    server_id, profile_id = body.get("serverId"), body.get("profileId")
    root_folder, tags = body.get("rootFolder"), body.get("tags")
    if isinstance(server_id, int):
        request.server_id = server_id
    if isinstance(profile_id, int):
        request.profile_id = profile_id
    if isinstance(root_folder, str):
        request.root_folder = root_folder
    if isinstance(tags, list):
        request.tags = tags


async def _settle(
    world: World, wire: Wire, request: MediaRequest, caller: User, before: Json | None
) -> Response:
    """Approve if the caller may, and answer with the media as it was before that."""
    media = wire.media(request.media, **(before or {}))
    approved_by = (*_APPROVED_AT_ONCE[request.kind, request.is4k], Permission.MANAGE_REQUESTS)
    notice = Notice.MEDIA_PENDING
    if caller.may_any(*approved_by):
        request.status, request.modified_by = RequestStatus.APPROVED, caller
        notice = Notice.MEDIA_AUTO_APPROVED
    await after_request_change(world, request, notice)
    return answers.answer(_created(wire, request, media), status=201)


def _created(wire: Wire, request: MediaRequest, media: Json) -> Json:
    """A fresh request: members in the order in which they were set."""
    made = iso(request.created_at)
    body: Json = {
        "type": request.kind,
        "media": media,
        "requestedBy": wire.full_user(request.requested_by),
        "status": int(request.status),
    }
    if request.modified_by is not None:
        body["modifiedBy"] = wire.full_user(request.modified_by)
    body |= {
        "is4k": request.is4k,
        "serverId": request.server_id,
        "profileId": request.profile_id,
        "rootFolder": request.root_folder,
        "tags": request.tags,
        "isAutoRequest": False,
        "languageProfileId": None,
    }
    if request.kind == "tv":
        body["seasons"] = [season(one) for one in request.seasons]
    return body | {"id": request.id, "createdAt": made, "updatedAt": made}
