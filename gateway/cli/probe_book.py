"""The doctor's question to the gateway's own database."""

from __future__ import annotations

import asyncio
import time

from gateway.cli.db import looked_at, shown
from gateway.cli.findings import Finding
from gateway.errors import ConfigError, UpstreamError
from gateway.settings import GatewaySettings

PATIENCE_S = 10.0


async def probe_book(settings: GatewaySettings) -> Finding:
    """Ask whether it is there, and whether its tables are this release's."""
    from gateway.upstreams.book.location import SqliteFile  # noqa: PLC0415 -- --help need not load it
    from gateway.upstreams.book.settings import location  # noqa: PLC0415 -- ditto

    try:
        where = location(settings)
        begin = time.monotonic()
        async with asyncio.timeout(PATIENCE_S):
            found = await looked_at(where)
    except TimeoutError:
        return Finding("book", False, f"silent for {PATIENCE_S:g} s: check GATEWAY_DATABASE_URL")
    except ConfigError as exc:
        return Finding("book", False, str(exc))
    except UpstreamError as exc:
        return Finding("book", False, f"{shown(where)}: {exc.detail}: check GATEWAY_DATABASE_URL")
    took = f"{(time.monotonic() - begin) * 1000:.0f} ms"
    if found.is_current:
        return Finding("book", True, f"{shown(where)}, revision {found.current}, {took}")
    if isinstance(where, SqliteFile):
        was = "not there yet" if found.current is None else f"revision {found.current}"
        then = "made ready at start" if found.known else "made by a newer release"
        return Finding("book", found.known, f"{shown(where)}: {was}, {then}")
    return Finding("book", False, f"{shown(where)}: run `gateway db upgrade`")
