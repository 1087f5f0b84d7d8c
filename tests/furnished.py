"""A file of the book with today's tables, walked to once in a process and then copied."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from gateway.upstreams.book import schema
from gateway.upstreams.book.location import SqliteFile

_walked: list[bytes] = []


async def furnish(where: SqliteFile) -> None:
    """Put the tables there, with nothing in them; a file that is there is left alone.

    A place that cannot be used is left to whoever comes to use it.
    """
    if where.path.exists():
        return
    if not _walked:
        with tempfile.TemporaryDirectory() as folder:
            made = SqliteFile(Path(folder) / "book.sqlite")
            await schema.walk(made)
            _walked.append(made.path.read_bytes())
    with suppress(OSError):
        where.path.parent.mkdir(parents=True, exist_ok=True)
        where.path.write_bytes(_walked[0])
