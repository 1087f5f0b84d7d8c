"""Commands that work on the gateway's own tables: opened, brought to this release, closed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from gateway.errors import GatewayError
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from gateway.upstreams.book.database import Database

T = TypeVar("T")


def settings_here() -> GatewaySettings:
    """The operator's settings, or one line that says which is wrong."""
    return told(lambda: GatewaySettings.from_environ(os.environ))


def worked_on(
    settings: GatewaySettings,
    work: Callable[[Database], Awaitable[T]],
    *,
    of_requests: bool = False,
) -> T:
    """Work on the tables; a file's are brought to this release first.

    Args:
        settings: The operator's.
        work: Is done.
        of_requests: Whether it is on the tables of requests: those of the sandbox are apart.
    """

    async def run() -> T:
        from gateway.upstreams.book import settings as places  # noqa: PLC0415 -- ditto
        from gateway.upstreams.book.database import Database  # noqa: PLC0415 -- --help need not
        from gateway.upstreams.book.engines import open_engines  # noqa: PLC0415 -- ditto
        from gateway.upstreams.book.opening import make_ready  # noqa: PLC0415 -- ditto

        where = (places.requests_location if of_requests else places.location)(settings)
        database = Database(open_engines(where))
        try:
            await make_ready(database, where)
            return await work(database)
        finally:
            await database.aclose()

    return told(lambda: asyncio.run(run()))


def told(work: Callable[[], T]) -> T:
    """What is expected to go wrong is told in one line."""
    try:
        return work()
    except GatewayError as exc:
        raise click.ClickException(str(exc)) from exc
