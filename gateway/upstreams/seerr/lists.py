"""Seerr's two lists as wholes; few libraries need more than one call for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.wire import (
    SeerrMedia,
    SeerrMediaPage,
    SeerrPageInfo,
    SeerrRequest,
    SeerrRequestPage,
)

TAKE: Final = 5000  # rows a call: 4 MB of requests, below what the transport takes
_MOST: Final = 20 * TAKE

P = TypeVar("P", SeerrRequestPage, SeerrMediaPage)


async def all_requests(client: SeerrClient) -> list[SeerrRequest]:
    """Every request for a film that the gateway's own Seerr user may see."""
    pages = await _pages(lambda skip: client.requests(take=TAKE, skip=skip))
    return [row for page in pages for row in page.results]


async def all_media(client: SeerrClient) -> list[SeerrMedia]:
    """Every library row of a film; series are left out before anything is kept."""
    pages = await _pages(lambda skip: client.media(take=TAKE, skip=skip))
    return [row for page in pages for row in page.results if row.media_type == "movie"]


async def _pages(read: Callable[[int], Awaitable[P]]) -> list[P]:
    found: list[P] = []
    for skip in range(0, _MOST, TAKE):
        page = await read(skip)
        found.append(page)
        if _is_last(len(page.results), skip, page.page_info):
            break
    return found


def _is_last(got: int, skip: int, info: SeerrPageInfo | None) -> bool:
    """A short page ends the list; so does the count, where Seerr tells it.

    Lenient parsing may drop rows, so that a full page looks short.
    """
    total = None if info is None else info.results
    return skip + TAKE >= total if total is not None else got < TAKE
