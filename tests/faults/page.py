"""One page that makes one call to each upstream, and what each of them has to do with it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

from gateway.errors import GatewayError
from tests.faults.house import Answer, housed

PAGE: Final = """
{ movie(by: {tmdbId: 603}) {
    tmdbId title runtimeMinutes credits { cast { name } }
    trailers(first: 3) { nodes { key viewCount } }
    requests(first: 1) { nodes { status } }
    ratings { source value }
  }
  requests(first: 1) { nodes { status requestedBy { displayName } } } }
"""
# Past the freshness of what the upstream's part of the page is made of, within its stale window.
AGED_S: Final[Mapping[str, float]] = {
    "tmdb": 27 * 3600.0,
    "youtube": 2 * 3600.0,
    "seerr": 60.0,
    "omdb": 80 * 3600.0,
}
SERVED_STALE: Final = frozenset({"tmdb", "youtube", "omdb"})  # a stale queue of requests misleads
_INSIDES: Final = ("http", "127.0.0.1", "sandbox", "Traceback", "Error(", "0x", ".py", "apikey")


_known: dict[str, Answer] = {}


async def healthy_page() -> Answer:
    """The page while all is well; it is the same every time."""
    if PAGE not in _known:
        async with housed() as house:
            _known[PAGE] = await house.ask(PAGE)
    return _known[PAGE]


def codes() -> frozenset[str]:
    """The closed list: what the error tree knows, without the one that means a bug."""
    open_classes, found = [GatewayError], set()
    while open_classes:
        each = open_classes.pop()
        found.add(each.code)
        open_classes += each.__subclasses__()
    return frozenset(found - {GatewayError.code})


def without(data: Mapping[str, Any], upstream: str) -> dict[str, Any]:
    """The page with one upstream's own part blotted out."""
    left = copy.deepcopy(dict(data))
    movie = left["movie"]
    if upstream == "tmdb":
        del left["movie"]  # with all that hangs on the film
    elif upstream == "youtube":
        for node in movie["trailers"]["nodes"]:
            del node["viewCount"]
    elif upstream == "seerr":
        del left["requests"], movie["requests"]
    else:
        movie["ratings"] = [each for each in movie["ratings"] if each["source"] == "TMDB"]
    return left


def is_lost(data: Mapping[str, Any], upstream: str) -> bool:
    """Whether all of the upstream's own part is null, or left out of a list of several's."""
    movie = data["movie"]
    if upstream == "tmdb":
        return movie is None
    if upstream == "youtube":
        return all(node["viewCount"] is None for node in movie["trailers"]["nodes"])
    if upstream == "seerr":
        return data["requests"] is None and movie["requests"] is None
    return [each["source"] for each in movie["ratings"]] == ["TMDB"]


def assert_honest(errors: list[dict[str, Any]], upstream: str | None = None) -> None:
    """Each error has a code of the closed list, and tells nothing of our inside."""
    for error in errors:
        extensions = error["extensions"]
        assert extensions["code"] in codes(), error
        assert isinstance(extensions["retryable"], bool)
        assert upstream is None or extensions["upstream"] == upstream, error
    said = json.dumps(errors)
    assert not [word for word in _INSIDES if word in said], said
