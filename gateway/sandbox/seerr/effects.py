"""What follows from a change: Radarr, the media's state, notices."""

from gateway.sandbox.seerr.entities import Media, MediaRequest
from gateway.sandbox.seerr.films import Film, Series
from gateway.sandbox.seerr.radarr import RADARR_TIMEOUT_S
from gateway.sandbox.seerr.states import MediaStatus, RequestStatus
from gateway.sandbox.seerr.tmdb import TmdbError
from gateway.sandbox.seerr.webhook import Notice
from gateway.sandbox.seerr.world import World

_UNDER_WAY = (
    MediaStatus.AVAILABLE,
    MediaStatus.PARTIALLY_AVAILABLE,
    MediaStatus.PROCESSING,
)


async def after_request_change(
    world: World, request: MediaRequest, notice: Notice | None = None
) -> None:
    """Carry a request's new state to Radarr and to its media.

    With TMDB down and the movie not read before, nothing is sent and the media stays as it is.
    """
    try:
        subject = await subject_of(world, request)
    except TmdbError:
        if request.status is RequestStatus.APPROVED and world.radarr.servers:
            return
    else:
        if notice is not None:
            world.webhook.notify(notice, request, subject)
        if request.status is RequestStatus.APPROVED and not world.radarr.send(request):
            request.status = RequestStatus.FAILED
            world.webhook.notify(Notice.MEDIA_FAILED, request, subject)
            return
        if world.radarr.hangs_on(request):
            world.background.start(_fail_later(world, request, subject))
    _update_media(world, request)


async def _fail_later(world: World, request: MediaRequest, subject: Film | Series) -> None:
    """Radarr did not answer in time: FAILED, though it may have taken the movie."""
    await world.sleep(RADARR_TIMEOUT_S)
    if request.status is RequestStatus.APPROVED:
        request.status = RequestStatus.FAILED
        world.webhook.notify(Notice.MEDIA_FAILED, request, subject)


async def subject_of(world: World, request: MediaRequest) -> Film | Series:
    """The movie or series of a request.

    Raises:
        TmdbError: TMDB does not tell.
    """
    if request.kind == "tv":
        return await world.tmdb.series(request.media.tmdb_id)
    return await world.tmdb.film(request.media.tmdb_id)


def _update_media(world: World, request: MediaRequest) -> None:
    media, is4k = request.media, request.is4k
    state = media.track(is4k=is4k)
    if request.status is RequestStatus.APPROVED:
        if state not in _UNDER_WAY:
            media.set_track(MediaStatus.PROCESSING, is4k=is4k)
        for season in request.seasons:
            season.status = RequestStatus.APPROVED
    elif request.status is RequestStatus.DECLINED:
        for season in request.seasons:
            season.status = RequestStatus.DECLINED
        if _nobody_waits(world, request, state):
            media.set_track(MediaStatus.UNKNOWN, is4k=is4k)


def _nobody_waits(world: World, request: MediaRequest, state: MediaStatus) -> bool:
    """Whether a refusal makes the media UNKNOWN: a movie always, even an available one."""
    if request.kind == "movie":
        return state is not MediaStatus.DELETED
    return state is MediaStatus.PENDING and not _others_wait(world, request)


def _others_wait(world: World, request: MediaRequest) -> bool:
    return any(
        other is not request
        and other.is4k is request.is4k
        and other.status is RequestStatus.PENDING
        for other in world.store.requests_of_media(request.media)
    )


async def after_media_change(
    world: World, media: Media, before: MediaStatus, *, is4k: bool
) -> None:
    """Complete the requests of media that became available or was deleted.

    Requests that were still pending become APPROVED, and stay so for ever.
    """
    now = media.track(is4k=is4k)
    if now is before or now not in (MediaStatus.AVAILABLE, MediaStatus.DELETED):
        return
    for request in world.store.requests_of_media(media):
        if request.is4k is not is4k or media.kind != "movie":
            continue
        if request.status in (RequestStatus.APPROVED, RequestStatus.FAILED):
            request.status = RequestStatus.COMPLETED
            await _tell_available(world, request)
        elif request.status is RequestStatus.PENDING and before is MediaStatus.PENDING:
            request.status = RequestStatus.APPROVED


async def _tell_available(world: World, request: MediaRequest) -> None:
    if request.media.track(is4k=request.is4k) is not MediaStatus.AVAILABLE:
        return
    try:
        subject = await subject_of(world, request)
    except TmdbError:
        return
    world.webhook.notify(Notice.MEDIA_AVAILABLE, request, subject)
