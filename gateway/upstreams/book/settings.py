"""Where the book is, from ``GATEWAY_*``: it belongs to the gateway, not to somebody's API."""

from __future__ import annotations

from typing import Final

from gateway.settings import GatewaySettings
from gateway.upstreams.book.engines import Location, PostgresUrl, SqliteFile

FILE: Final = "book.sqlite"


def location(settings: GatewaySettings) -> Location:
    """The database that is set, or a file in the gateway's folder."""
    if settings.database_url is not None:
        return PostgresUrl(settings.database_url.get_secret_value())
    return SqliteFile(settings.data_dir.expanduser() / FILE)
