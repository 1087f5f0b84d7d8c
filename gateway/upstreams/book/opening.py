"""Opens the book when a process starts."""

from __future__ import annotations

from gateway.errors import ConfigError
from gateway.upstreams.book import schema
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.location import Location, SqliteFile


async def make_ready(database: Database, where: Location) -> None:
    """Bring a file up to date, and see that a server is: others use it, so an operator walks it.

    Raises:
        ConfigError: The folder cannot be used, or the server's tables are of another release.
        UpstreamError: The server does not answer; it may later.
    """
    if isinstance(where, SqliteFile):
        await schema.walk(where)
        return
    found = await schema.revision(database)
    if found.is_current:
        return
    here = found.current or "none"
    if not found.known:
        raise ConfigError(
            f"GATEWAY_DATABASE_URL: the tables there are of a newer release (revision {here}, "
            f"this one knows {found.head})"
        )
    raise ConfigError(
        f"GATEWAY_DATABASE_URL: the tables there are of revision {here}, this release needs "
        f"{found.head}: run `gateway db upgrade`"
    )
