"""What the book adds to the graph; apart, so that the command line need not load the graph."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from gateway.domain.request import User
from gateway.domain.viewer import Viewer
from gateway.errors import UpstreamError
from gateway.graph.ports import RequestReads
from gateway.subgraph import BuiltIn
from gateway.upstreams.book import keeping
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import NAME
from gateway.upstreams.book.fields import BookReads

TIDY_EVERY_S: Final = 6 * 3600.0


async def member(book: Book, viewer: Viewer) -> User:
    """Whoever the gateway knows, the book may know too."""
    return viewer.user or await book.enrol(viewer.id, viewer.display_name)


async def stay_tidy(book: Book, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Forget what nobody will send again; any process may, and a failure is the next one's."""
    while True:
        with suppress(UpstreamError):
            await keeping.tidy(book)
        await sleep(TIDY_EVERY_S)


BUILT_IN = BuiltIn(
    name=NAME, provides={RequestReads: BookReads}, member=member, background=stay_tidy
)
