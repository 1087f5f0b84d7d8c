"""A YouTube video as its API describes it, drawn from its key."""

from collections.abc import Callable
from typing import Final, NamedTuple

from gateway.sandbox.film import Film, base36, draw
from gateway.sandbox.videos import Video

JsonObject = dict[str, object]


class Clip(NamedTuple):
    """A video, the film that it advertises and its own draw of chances."""

    video: Video
    film: Film
    seed: int


_SIZES: Final = (
    ("default", "default", 120, 90),
    ("medium", "mqdefault", 320, 180),
    ("high", "hqdefault", 480, 360),
    ("standard", "sddefault", 640, 480),
    ("maxres", "maxresdefault", 1280, 720),
)
_CHANNELS: Final = ("Warner Bros. Pictures", "Movieclips Trailers", "Sony Pictures", "KinoCheck")


def clip_of(video: Video, film: Film) -> Clip:
    """With its draw."""
    return Clip(video, film, draw("youtube", video.key))


def snippet(clip: Clip, *, sizes: int | None = None) -> JsonObject:
    """Title, channel and thumbnails, of which the larger ones may be missing."""
    title = f"{clip.film.title} - {clip.video.name}"
    channel = _CHANNELS[clip.seed % len(_CHANNELS)]
    text = f"{clip.film.title} ({clip.film.year or 'undated'}): {clip.video.kind.lower()}."
    return {
        "publishedAt": clip.video.published_at.replace(".000Z", "Z"),
        "channelId": f"UC{base36(draw('channel', channel), 22)}",
        "title": title,
        "description": text,
        "thumbnails": {
            name: {
                "url": f"https://i.ytimg.com/vi/{clip.video.key}/{file}.jpg",
                "width": width,
                "height": height,
            }
            for name, file, width, height in _SIZES[: sizes or _size_count(clip)]
        },
        "channelTitle": channel,
        "categoryId": "1",
        "liveBroadcastContent": "none",
        "localized": {"title": title, "description": text},
    }


def content_details(clip: Clip) -> JsonObject:
    """Duration and where it may be seen: ``allowed`` or ``blocked``, never both."""
    details: JsonObject = {
        "duration": _duration(clip.seed),
        "dimension": "2d",
        "definition": "hd" if clip.video.size >= 720 else "sd",
        "caption": "true" if clip.seed % 3 else "false",
        "licensedContent": clip.seed % 4 != 0,
        "contentRating": {"ytRating": "ytAgeRestricted"} if clip.seed % 29 == 0 else {},
        "projection": "rectangular",
    }
    if clip.seed % 23 == 0:
        details["regionRestriction"] = {"blocked": ["DE", "AT", "CH"]}
    elif clip.seed % 23 == 1:
        details["regionRestriction"] = {"allowed": ["US", "CA", "GB"]}
    elif clip.seed % 23 == 2:
        details["countryRestriction"] = {"allowed": False, "exception": ["FR", "BE"]}
    return details


def status(clip: Clip) -> JsonObject:
    """Public ones only ever come out; a few cannot be embedded."""
    return {
        "uploadStatus": "processed",
        "privacyStatus": "unlisted" if clip.seed % 37 == 0 else "public",
        "license": "youtube",
        "embeddable": clip.seed % 19 != 0,
        "publicStatsViewable": clip.seed % 8 != 0,
        "madeForKids": False,
    }


def statistics(clip: Clip) -> JsonObject:
    """Counts are strings; hidden likes and closed comments are absent."""
    views = 1_000 + (clip.seed >> 9) % (60_000_000 if not clip.film.synthetic else 90_000)
    counts: JsonObject = {"viewCount": str(views)}
    if clip.seed % 8:
        counts["likeCount"] = str(views // (20 + clip.seed % 80))
    counts["favoriteCount"] = "0"
    if clip.seed % 11:
        counts["commentCount"] = str(views // (300 + clip.seed % 900))
    return counts


def player(clip: Clip) -> JsonObject:
    """The embed code."""
    source = f"//www.youtube.com/embed/{clip.video.key}"
    frame = f'<iframe width="480" height="270" src="{source}" allowfullscreen></iframe>'
    return {"embedHtml": frame}


PARTS: Final[dict[str, Callable[[Clip], JsonObject]]] = {
    "snippet": snippet,
    "contentDetails": content_details,
    "status": status,
    "statistics": statistics,
    "player": player,
}
OTHER_PARTS: Final = frozenset(
    ["id", "localizations", "topicDetails", "recordingDetails", "liveStreamingDetails"]
)


def item(clip: Clip, parts: frozenset[str]) -> JsonObject:
    """One entry of ``items``."""
    wanted = {name: PARTS[name](clip) for name in PARTS if name in parts}
    etag = base36(draw("etag", clip.video.key, *sorted(parts)), 12)
    return {"kind": "youtube#video", "etag": etag, "id": clip.video.key, **wanted}


def _size_count(clip: Clip) -> int:
    return (5, 5, 5, 4, 3)[clip.seed % 5]


def _duration(seed: int) -> str:
    if seed % 101 == 0:
        return "P0D"
    if seed % 103 == 0:
        return "P1DT2H3S"
    minutes, seconds = seed % 4, (seed >> 4) % 60
    text = (f"{minutes}M" if minutes else "") + (f"{seconds}S" if seconds else "")
    return f"PT{text or '30S'}"
