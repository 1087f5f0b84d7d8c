"""Calls about media rows: list, set, delete, blocklist."""

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.effects import after_media_change
from gateway.sandbox.seerr.entities import Kind, Media
from gateway.sandbox.seerr.paging import window
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.states import MediaStatus
from gateway.sandbox.seerr.world import Exchange, World

DEFAULT_TAKE = 20

_FILTERS = {
    "available": {MediaStatus.AVAILABLE},
    "partial": {MediaStatus.PARTIALLY_AVAILABLE},
    "allavailable": {MediaStatus.AVAILABLE, MediaStatus.PARTIALLY_AVAILABLE},
    "processing": {MediaStatus.PROCESSING},
    "pending": {MediaStatus.PENDING},
}
_SETTABLE = {
    "available": MediaStatus.AVAILABLE,
    "partial": MediaStatus.PARTIALLY_AVAILABLE,
    "processing": MediaStatus.PROCESSING,
    "pending": MediaStatus.PENDING,
    "unknown": MediaStatus.UNKNOWN,
}


async def list_media(world: World, exchange: Exchange) -> Response:
    """``GET /media``: duplicates included; the filter "deleted" filters nothing."""
    page = window(exchange, DEFAULT_TAKE)
    states = _FILTERS.get(exchange.text("filter"), set(MediaStatus))
    rows = [media for media in world.store.media.values() if media.status in states]
    if exchange.text("sort", "added") == "added":
        rows.reverse()
    else:  # dates never change; ties within a second stay in the order of their ids
        rows.sort(key=lambda media: media.created_at, reverse=True)
    wire = world.wire()
    results = [wire.media(media, seasons=[]) for media in page.cut(rows)]
    return answers.answer({"pageInfo": page.info(len(rows)), "results": results})


async def set_media(world: World, exchange: Exchange) -> Response:
    """``POST /media/{id}/{status}``; "deleted" is accepted and does nothing."""
    media = _found(world, exchange, "Media does not exist.")
    is4k = exchange.body.get("is4k") is True
    wanted = exchange.text_of_path("status")
    if wanted == "partial" and media.kind == "movie":
        raise refusal(400, "Only series can be set to be partially available")
    before = media.track(is4k=is4k)
    media.set_track(_SETTABLE.get(wanted, before), is4k=is4k)
    response = answers.answer(world.wire().media(media, seasons=[]))
    await after_media_change(world, media, before, is4k=is4k)
    return response


async def delete_media(world: World, exchange: Exchange) -> Response:
    """``DELETE /media/{id}``: takes its requests along."""
    world.store.remove_media(_found(world, exchange, "Media not found"))
    return answers.empty()


def _found(world: World, exchange: Exchange, complaint: str) -> Media:
    media_id = exchange.row_id("mediaId")
    media = None if media_id is None else world.store.media.get(media_id)
    if media is None:
        raise refusal(404, complaint)
    return media


async def add_to_blocklist(world: World, exchange: Exchange) -> Response:
    """``POST /blocklist``: its media is blocklisted on both tracks; 412 the second time."""
    kind: Kind = "tv" if exchange.body.get("mediaType") == "tv" else "movie"
    tmdb_id = exchange.body.get("tmdbId")
    if not isinstance(tmdb_id, int):
        raise refusal(500, "Something went wrong.")
    if (kind, tmdb_id) in world.store.blocklist:
        raise refusal(412, "Item already blocklisted")
    world.store.blocklist.add((kind, tmdb_id))
    media = world.store.media_of_title(kind, tmdb_id)
    if media is None:
        media = world.store.add_media(kind, tmdb_id, world.now())
    media.status = media.status4k = MediaStatus.BLOCKLISTED
    return answers.created()


async def remove_from_blocklist(world: World, exchange: Exchange) -> Response:
    """``DELETE /blocklist/{tmdbId}``: the media row goes as well."""
    tmdb_id = exchange.row_id("tmdbId")
    listed = [entry for entry in world.store.blocklist if entry[1] == tmdb_id]
    if not listed:
        raise refusal(404, "Not found")
    for kind, wanted_id in listed:
        world.store.blocklist.discard((kind, wanted_id))
        media = world.store.media_of_title(kind, wanted_id)
        if media is not None:
            world.store.remove_media(media)
    return answers.empty()
