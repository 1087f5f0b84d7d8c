"""YouTube Data API v3: ``videos.list`` by id, and a small ``search.list``."""

import asyncio
import html
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox import youtube_errors, youtube_fields
from gateway.sandbox.answers import AnswerCache, conditional
from gateway.sandbox.catalogue import Catalogue, shared_catalogue
from gateway.sandbox.faults import Fault
from gateway.sandbox.film import base36, draw
from gateway.sandbox.routes import Endpoint
from gateway.sandbox.upstream import SandboxUpstream
from gateway.sandbox.videos import film_id_of_key, is_gone, videos_of
from gateway.sandbox.youtube_video import OTHER_PARTS, PARTS, Clip, clip_of, item, snippet

_IDS_MAX: Final = 50
_HITS_MAX: Final = 50


class SandboxYouTube(SandboxUpstream):
    """Counts units when told how many a day has; by default the day has no end."""

    name = "youtube"

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        daily_units: int | None = None,
        daily_searches: int | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        seed: int = 0,
    ) -> None:
        self.catalogue = catalogue or shared_catalogue()
        self.daily_units = daily_units
        self.daily_searches = daily_searches
        self.units_spent = 0
        self.searches_spent = 0
        self._film_of_key = {
            key: film.tmdb_id for film in self.catalogue.real for key in film.trailer_keys
        }
        self._kept = AnswerCache()
        super().__init__(sleep=sleep, seed=seed)

    def routes(self) -> Sequence[tuple[str, str, Endpoint]]:
        """The two methods."""
        return [("GET", "/videos", self._videos), ("GET", "/search", self._search)]

    def error(self, status: int) -> Response:
        """Google's envelope for an HTTP status."""
        return youtube_errors.by_status(status)

    def quota_exceeded(self, fault: Fault) -> Response:
        """403, its message with a link in HTML."""
        del fault
        return youtube_errors.refusal("quotaExceeded")

    def reset(self) -> None:
        """A new day, too."""
        super().reset()
        self.units_spent = self.searches_spent = 0

    def refuse(self, request: Request) -> Response | None:
        """The key in a header or in the query; the word ``invalid`` plays a wrong one."""
        key = request.headers.get("x-goog-api-key") or request.query_params.get("key", "")
        if not key:
            return youtube_errors.refusal("forbidden")
        return youtube_errors.refusal("keyInvalid") if key == "invalid" else None

    async def _videos(self, request: Request) -> Response:
        self.units_spent += 1  # invalid calls cost too
        if self.daily_units is not None and self.units_spent > self.daily_units:
            return youtube_errors.refusal("quotaExceeded")
        query = request.url.query
        kept = self._kept.get(f"{request.url.path} {query}")
        if kept is None:
            given = parse_qs(query, keep_blank_values=True)
            parts, ids = _listed(given.get("part")), _listed(given.get("id"))
            refusal = _refusal(parts, ids)
            if refusal is not None:
                return refusal
            body = self._video_list(parts, ids)
            return _narrowed(request, self._kept, body, youtube_fields.VIDEOS)
        return _answer(request, kept)

    def _video_list(self, parts: list[str], ids: list[str]) -> dict[str, object]:
        clips = [clip for key in dict.fromkeys(ids) if (clip := self._clip(key)) is not None]
        wanted = frozenset(parts)
        return {
            "kind": "youtube#videoListResponse",
            "etag": base36(draw("list", *ids, *parts), 12),
            "items": [item(clip, wanted) for clip in clips],
            "pageInfo": {"totalResults": len(clips), "resultsPerPage": len(clips)},
        }

    def _clip(self, key: str) -> Clip | None:
        """The public video behind a key; ``None`` when YouTube would leave it out."""
        number = self._film_of_key.get(key) or film_id_of_key(key)
        film = None if number is None or is_gone(key) else self.catalogue.get(number)
        if film is None:
            return None
        for video in videos_of(film):
            if video.key == key and video.site == "YouTube":
                return clip_of(video, film)
        return None

    async def _search(self, request: Request) -> Response:
        self.searches_spent += 1
        if self.daily_searches is not None and self.searches_spent > self.daily_searches:
            return youtube_errors.refusal("quotaExceeded")
        given = request.query_params
        if "snippet" not in _listed([given.get("part", "")]):
            return youtube_errors.refusal("required", location="part")
        text = given.get("maxResults", "5")
        if not text.isdecimal() or int(text) > _HITS_MAX:
            return youtube_errors.refusal("badRequest", location="maxResults")
        hits = self._hits(given.get("q", ""), int(text))
        body = {
            "kind": "youtube#searchListResponse",
            "etag": base36(draw("search", request.url.query), 12),
            "regionCode": "US",
            "pageInfo": {"totalResults": 1_000_000, "resultsPerPage": int(text)},
            "items": [_hit(clip) for clip in hits],
        }
        return _narrowed(request, self._kept, body, youtube_fields.SEARCH)

    def _hits(self, text: str, wanted: int) -> list[Clip]:
        words = text.removesuffix(" trailer").removesuffix(" official")
        films = self.catalogue.search(words)[:wanted]
        keys = (video.key for film in films for video in videos_of(film))
        clips = (clip for key in keys if (clip := self._clip(key)) is not None)
        return [clip for clip, _ in zip(clips, range(wanted), strict=False)]


def _listed(values: list[str] | None) -> list[str]:
    """Repeated parameters and comma lists mean the same."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


def _refusal(parts: list[str], ids: list[str]) -> Response | None:
    if not parts:
        return youtube_errors.refusal("required", location="part")
    if not set(parts) <= PARTS.keys() | OTHER_PARTS:
        return youtube_errors.refusal("unknownPart", location="part")
    if not ids:
        return youtube_errors.refusal("missingRequiredParameter")
    if len(ids) > _IDS_MAX:
        return youtube_errors.refusal("invalidFilters", location="id")
    return None


def _hit(clip: Clip) -> dict[str, object]:
    shown = snippet(clip, sizes=3)
    shown["title"] = html.escape(str(shown["title"]))
    del shown["localized"], shown["categoryId"]
    return {
        "kind": "youtube#searchResult",
        "etag": base36(draw("hit", clip.video.key), 12),
        "id": {"kind": "youtube#video", "videoId": clip.video.key},
        "snippet": shown,
    }


def _narrowed(
    request: Request, kept: AnswerCache, body: object, schema: youtube_fields.Tree
) -> Response:
    """What ``fields`` leaves of an answer, which is kept."""
    try:
        wanted = youtube_fields.parse(request.query_params.get("fields") or "*")
    except (ValueError, RecursionError):
        wanted = {"not a selection": {}}
    if not youtube_fields.fits(wanted, schema):
        return youtube_errors.refusal("invalidParameter", location="fields")
    narrow = orjson.dumps(youtube_fields.select(body, wanted))
    return _answer(request, kept.put(f"{request.url.path} {request.url.query}", narrow))


def _answer(request: Request, kept: tuple[bytes, str]) -> Response:
    asked = request.headers.get("if-none-match", "")
    return conditional(*kept, asked, {"cache-control": "private", "vary": "Origin, X-Origin"})
