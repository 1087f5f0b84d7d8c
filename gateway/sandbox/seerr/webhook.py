"""What Seerr tells a listener of its own accord: one POST, unsigned, never repeated."""

from collections.abc import Awaitable, Callable, Mapping
from enum import IntFlag

import orjson

from gateway.sandbox.seerr.background import Background
from gateway.sandbox.seerr.entities import MediaRequest
from gateway.sandbox.seerr.films import Film, Series
from gateway.sandbox.seerr.states import MediaStatus
from gateway.sandbox.seerr.webhook_template import TEMPLATE, Told, fill_in

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Sends a body with headers to a URL and returns the status of the answer."""

_POSTER = "https://image.tmdb.org/t/p/w600_and_h900_bestv2"
_MESSAGE_CHARS = 500


class Notice(IntFlag):
    """The events that a listener may want; settings hold the sum of the bits."""

    MEDIA_PENDING = 2
    MEDIA_APPROVED = 4
    MEDIA_AVAILABLE = 8
    MEDIA_FAILED = 16
    TEST_NOTIFICATION = 32
    MEDIA_DECLINED = 64
    MEDIA_AUTO_APPROVED = 128


_EVENTS = {
    Notice.MEDIA_PENDING: "New {} Request",
    Notice.MEDIA_APPROVED: "{} Request Approved",
    Notice.MEDIA_AVAILABLE: "{} Request Now Available",
    Notice.MEDIA_FAILED: "{} Request Failed",
    Notice.MEDIA_DECLINED: "{} Request Declined",
    Notice.MEDIA_AUTO_APPROVED: "{} Request Automatically Approved",
}


class Webhook:
    """The webhook's settings and its deliveries."""

    def __init__(self, background: Background, post: Post | None = None) -> None:
        self.post = post
        self._background = background
        self.url = ""
        self.auth_header = ""
        self.types = 0
        self.template = TEMPLATE
        self.enabled = False

    def notify(self, notice: Notice, request: MediaRequest, subject: Film | Series) -> None:
        """Send a notice in the background, if anybody listens for it.

        The body is made now: ``media.status`` is the state before what the notice tells.
        """
        if self.enabled and self.types & notice:
            self._background.start(self.deliver(told(notice, request, subject)))

    async def deliver(self, what: Told) -> bool:
        """POST one notice; ``False`` when the listener refuses it or there is none."""
        if self.post is None or not self.url:
            return False
        headers = {"Content-Type": "application/json"}
        if self.auth_header:
            headers["Authorization"] = self.auth_header
        try:
            body = orjson.dumps(fill_in(self.template, what))
            status = await self.post(self.url, headers, body)
        except OSError:
            return False
        return status < 400


def told(notice: Notice, request: MediaRequest, subject: Film | Series) -> Told:
    """What a notice says; every scalar in it is a string."""
    series = isinstance(subject, Series)
    texts = {
        "notification_type": str(notice.name),
        "event": _EVENTS[notice].format("Series" if series else "Movie"),
        "subject": _subject(subject),
        "message": "" if isinstance(subject, Series) else _shorten(subject.overview),
        "image": f"{_POSTER}{_poster(subject)}",
        **_media(request),
        **_request(request),
    }
    numbers = ", ".join(str(season.number) for season in request.seasons)
    extra: list[dict[str, object]] = [{"name": "Requested Seasons", "value": numbers}]
    return Told(texts, frozenset({"media", "request"}), extra if series else [])


def told_as_test() -> Told:
    """What the settings page's test button says."""
    return Told(
        {
            "notification_type": "TEST_NOTIFICATION",
            "event": "",
            "subject": "Test Notification",
            "message": "Check check, 1, 2, 3. Are we coming in clear?",
            "image": "",
        }
    )


def _subject(subject: Film | Series) -> str:
    name = subject.name if isinstance(subject, Series) else subject.title
    dated = subject.first_air_date if isinstance(subject, Series) else subject.release_date
    return f"{name} ({dated[:4]})" if dated else name


def _poster(subject: Film | Series) -> str:
    if isinstance(subject, Series):
        return f"/tv{subject.tmdb_id}.jpg"
    return subject.poster_path or "null"


def _shorten(text: str) -> str:
    """Cut at a word's end, as the notice does."""
    if len(text) <= _MESSAGE_CHARS:
        return text
    return text[: _MESSAGE_CHARS - 1].rpartition(" ")[0] + "…"


def _media(request: MediaRequest) -> dict[str, str]:
    media = request.media
    return {
        "media_type": media.kind,
        "media_tmdbid": str(media.tmdb_id),
        "media_tvdbid": "" if media.tvdb_id is None else str(media.tvdb_id),
        "media_status": MediaStatus(media.status).name,
        "media_status4k": MediaStatus(media.status4k).name,
    }


def _request(request: MediaRequest) -> dict[str, str]:
    user = request.requested_by
    return {
        "request_id": str(request.id),
        "requestedBy_email": user.email,
        "requestedBy_username": user.display_name,
        "requestedBy_avatar": f"/avatarproxy/{user.id}",
        "requestedBy_settings_discordId": "",
        "requestedBy_settings_telegramChatId": "",
    }
