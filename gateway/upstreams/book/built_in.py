"""What the book adds to the graph; apart, so that the command line need not load the graph."""

from __future__ import annotations

from gateway.domain.request import User
from gateway.domain.viewer import Viewer
from gateway.graph.ports import RequestReads
from gateway.subgraph import BuiltIn
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import NAME
from gateway.upstreams.book.fields import BookReads


async def member(book: Book, viewer: Viewer) -> User:
    """Whoever the gateway knows, the book may know too."""
    return viewer.user or await book.enrol(viewer.id, viewer.display_name)


BUILT_IN = BuiltIn(name=NAME, provides={RequestReads: BookReads}, member=member)
