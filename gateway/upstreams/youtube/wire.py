"""YouTube's videos, trimmed to what the graph asks for; counts are strings, any part may lack."""

from __future__ import annotations

from typing import Annotated, Final, NotRequired

from pydantic import ConfigDict, Field, with_config
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict  # pydantic reads the standard one from Python 3.12 on

from gateway.transport.lenient import Int32, Items, Lenient, OptionalItems, Table, Wire

VideoId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Digits = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class YouTubeWire(Wire):
    """Base of YouTube's payloads; keys are the names here in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


PART: Final = YouTubeWire.model_config
"""For parts that are dictionaries: fifty videos with five stills each are too many for models,
which take three objects where a dictionary is one."""


@with_config(PART)
class YouTubeThumbnail(TypedDict):
    """A still; sizes in pixels."""

    url: str
    width: NotRequired[Lenient[Int32]]
    height: NotRequired[Lenient[Int32]]


@with_config(PART)
class YouTubeSnippet(TypedDict, total=False):
    """Texts and stills."""

    title: Lenient[str]
    channel_id: Lenient[str]
    channel_title: Lenient[str]
    thumbnails: Lenient[Table[YouTubeThumbnail]]  # any size may be missing


@with_config(PART)
class YouTubeContentRating(TypedDict, total=False):
    """Ratings by scheme; only YouTube's own is read."""

    yt_rating: Lenient[str]  # "ytAgeRestricted"


@with_config(PART)
class YouTubeRegionRestriction(TypedDict, total=False):
    """``allowed`` or ``blocked``; an empty ``allowed`` means nowhere."""

    allowed: Lenient[Items[Region]]
    blocked: OptionalItems[Region]


@with_config(PART)
class YouTubeCountryRestriction(TypedDict):
    """What replaces it: allowed or not by default, and the countries where it is otherwise."""

    allowed: bool
    exception: NotRequired[OptionalItems[Region]]


@with_config(PART)
class YouTubeContentDetails(TypedDict, total=False):
    """Length and restrictions."""

    duration: Lenient[str]  # ISO 8601
    content_rating: Lenient[YouTubeContentRating]
    region_restriction: Lenient[YouTubeRegionRestriction]
    country_restriction: Lenient[YouTubeCountryRestriction]


@with_config(PART)
class YouTubeStatus(TypedDict, total=False):
    """Who may play it, and where."""

    privacy_status: Lenient[str]
    upload_status: Lenient[str]
    embeddable: Lenient[bool]


@with_config(PART)
class YouTubeStatistics(TypedDict, total=False):
    """Counts as strings; a channel may hide each of them."""

    view_count: Lenient[Digits]
    like_count: Lenient[Digits]


class YouTubeVideo(YouTubeWire):
    """An item of ``videos.list``; parts that were not asked for are absent."""

    id: VideoId
    snippet: Lenient[YouTubeSnippet] = None
    content_details: Lenient[YouTubeContentDetails] = None
    status: Lenient[YouTubeStatus] = None
    statistics: Lenient[YouTubeStatistics] = None


class YouTubeVideos(YouTubeWire):
    """``GET /videos``: ids that are unknown, private or removed are left out, in no order."""

    items: Items[YouTubeVideo]


class YouTubeReason(YouTubeWire):
    """One cause of an error."""

    reason: Lenient[str] = None


class YouTubeErrorBody(YouTubeWire):
    """What is wrong; ``message`` is not read, for it may hold HTML."""

    status: Lenient[str] = None  # "PERMISSION_DENIED"
    errors: OptionalItems[YouTubeReason] = ()
    details: OptionalItems[YouTubeReason] = ()  # "API_KEY_INVALID"


class YouTubeError(YouTubeWire):
    """``{error: {code, message, errors: [{domain, reason, message}]}}``."""

    error: YouTubeErrorBody
