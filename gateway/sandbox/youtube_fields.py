"""Google's ``fields`` parameter: the parts of an answer that come over the wire."""

import re
from collections import deque
from typing import Final, TypeAlias

Tree: TypeAlias = dict[str, "Tree"]
"""Names, and what is taken of each; an empty tree is all of it."""

_TOKEN: Final = re.compile(r"[\w-]+|[*(),/]")
_MARKS: Final = frozenset("(),/")


def parse(text: str) -> Tree:
    """Read ``items(id,snippet/title)``; blanks between names mean nothing.

    Raises:
        ValueError: It is no selection.
    """
    tokens = deque(_TOKEN.findall(text))
    if "".join(tokens) != "".join(text.split()):
        raise ValueError("not a selection")
    found = _several(tokens)
    if tokens:
        raise ValueError("goes on behind its end")
    return found


def fits(wanted: Tree, known: Tree) -> bool:
    """Whether the schema has all of it; what an answer happens to lack is no error."""
    return all(
        any(fits(below, known[each]) for each in (known if name == "*" else {name} & known.keys()))
        for name, below in wanted.items()
    )


def select(value: object, wanted: Tree) -> object:
    """Leave out what was not asked for."""
    if isinstance(value, list):
        return [select(each, wanted) for each in value]
    if not wanted or not isinstance(value, dict):
        return value
    taken = {name: wanted.get(name, wanted.get("*")) for name in value}
    return {
        name: select(value[name], below)
        for name, below in taken.items()
        if below == {} or (below and isinstance(value[name], dict | list))
    }


def _several(tokens: deque[str]) -> Tree:
    found: Tree = {}
    _one(tokens, found)
    while tokens and tokens[0] == ",":
        tokens.popleft()
        _one(tokens, found)
    return found


def _one(tokens: deque[str], into: Tree) -> None:
    name = tokens.popleft() if tokens else ""
    if not name or name in _MARKS:
        raise ValueError("a name is missing")
    below = into.setdefault(name, {})
    if tokens and tokens[0] == "/":
        tokens.popleft()
        _one(tokens, below)
    elif tokens and tokens[0] == "(":
        tokens.popleft()
        below |= _several(tokens)
        if not tokens or tokens.popleft() != ")":
            raise ValueError("a bracket is open")


_LIST: Final = (
    "kind,etag,eventId,visitorId,nextPageToken,prevPageToken,pageInfo(totalResults,resultsPerPage)"
)
_STILL: Final = "(url,width,height)"
_STILLS: Final = (
    f"thumbnails(default{_STILL},medium{_STILL},high{_STILL},standard{_STILL},maxres{_STILL})"
)
VIDEOS: Final = parse(
    f"{_LIST},items(kind,etag,id,"
    f"snippet(publishedAt,channelId,title,description,{_STILLS},channelTitle,tags,categoryId,"
    "liveBroadcastContent,defaultLanguage,localized(title,description),defaultAudioLanguage),"
    "contentDetails(duration,dimension,definition,caption,licensedContent,hasCustomThumbnail,"
    "projection,contentRating/ytRating,regionRestriction(allowed,blocked),"
    "countryRestriction(allowed,exception)),"
    "status(uploadStatus,failureReason,rejectionReason,privacyStatus,publishAt,license,embeddable,"
    "publicStatsViewable,madeForKids,selfDeclaredMadeForKids,containsSyntheticMedia),"
    "statistics(viewCount,likeCount,dislikeCount,favoriteCount,commentCount),"
    "player(embedHtml,embedHeight,embedWidth),"
    "localizations,topicDetails,recordingDetails,liveStreamingDetails)"
)
"""All that ``videos.list`` may answer, in its own language."""
SEARCH: Final = parse(
    f"{_LIST},regionCode,items(kind,etag,id(kind,videoId,channelId,playlistId),"
    f"snippet(publishedAt,channelId,title,description,{_STILLS},channelTitle,"
    "liveBroadcastContent))"
)
"""The same of ``search.list``."""
