"""Where the book is, from ``GATEWAY_*``: it belongs to the gateway, not to somebody's API."""

from __future__ import annotations

from typing import Final

from gateway.settings import GatewaySettings
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile

FILE: Final = "book.sqlite"
DEMO_FILE: Final = "sandbox.sqlite"


def location(settings: GatewaySettings) -> Location:
    """The database that is set, or a file in the gateway's folder."""
    if settings.database_url is not None:
        return PostgresUrl(settings.database_url.get_secret_value())
    return SqliteFile(settings.data_dir.expanduser() / FILE)


def requests_location(settings: GatewaySettings) -> Location:
    """Where requests are: what is asked for on the sandbox never meets what is meant."""
    if settings.book == "demo":
        return SqliteFile(settings.data_dir.expanduser() / DEMO_FILE)
    return location(settings)
