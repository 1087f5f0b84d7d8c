"""``gateway db``: the tables of the built-in store of requests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import TYPE_CHECKING, TypeVar

import click

from gateway.cli.redaction import redacted
from gateway.errors import GatewayError
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from gateway.upstreams.book.location import Location
    from gateway.upstreams.book.schema import Revision

T = TypeVar("T")


@click.group()
def db() -> None:
    """Look after the tables in which requests are kept where there is no Seerr.

    \b
    gateway db current             where they are, and of which revision
    gateway db upgrade             bring them to this release, data and all
    gateway db downgrade 0001      back to an older shape, before an older release is run

    They are in PostgreSQL (GATEWAY_DATABASE_URL) or else in a file in GATEWAY_DATA_DIR, which
    `gateway serve` upgrades by itself.
    """  # noqa: D301 -- click wants a real backspace


@db.command()
def current() -> None:
    """Show where the tables are and of which revision; exit 1 if it is not this release's.

    \b
    gateway db current
    GATEWAY_DATABASE_URL=postgresql://marquee@db/marquee gateway db current
    """  # noqa: D301 -- click wants a real backspace
    where = _location()
    found = _finish(looked_at(where))
    _tell(where, found)
    if not found.is_current:
        raise SystemExit(1)


@db.command()
def upgrade() -> None:
    """Bring the tables to this release's revision, keeping what is in them.

    \b
    gateway db upgrade

    Harmless when there is nothing to do. Of several at once, one works and the others wait.
    """  # noqa: D301 -- click wants a real backspace
    from gateway.upstreams.book.schema import walk  # noqa: PLC0415 -- --help need not load it

    where = _location()
    _tell(where, _finish(walk(where)))


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(revision: str, *, yes: bool) -> None:
    """Bring the tables back to REVISION, as an older release knows them; `base` drops them all.

    \b
    gateway db downgrade 0001
    gateway db downgrade base --yes

    What the older shape has no place for is lost: make a copy first.
    """  # noqa: D301 -- click wants a real backspace
    from gateway.upstreams.book.schema import walk  # noqa: PLC0415 -- ditto

    where = _location()
    if not yes:
        click.confirm(f"{shown(where)}: go back to {revision} and lose what it lacks?", abort=True)
    _tell(where, _finish(walk(where, revision)))


def _location() -> Location:
    from gateway.upstreams.book.settings import location  # noqa: PLC0415 -- ditto

    try:
        return location(GatewaySettings.from_environ(os.environ))
    except GatewayError as exc:
        raise click.ClickException(str(exc)) from exc


async def looked_at(where: Location) -> Revision:
    """The revision of the tables; looking does not make a file.

    Raises:
        UpstreamError: The server does not answer.
    """
    from gateway.upstreams.book.database import Database  # noqa: PLC0415 -- ditto
    from gateway.upstreams.book.engines import open_engines  # noqa: PLC0415 -- ditto
    from gateway.upstreams.book.location import SqliteFile  # noqa: PLC0415 -- ditto
    from gateway.upstreams.book.schema import empty, revision  # noqa: PLC0415 -- ditto

    if isinstance(where, SqliteFile) and not where.path.exists():
        return empty()  # looking must not make it
    database = Database(open_engines(where))
    try:
        return await revision(database)
    finally:
        await database.aclose()


def _finish(work: Coroutine[None, None, T]) -> T:
    try:
        return asyncio.run(work)
    except GatewayError as exc:
        raise click.ClickException(str(exc)) from exc


def _tell(where: Location, found: Revision) -> None:
    state = "the newest" if found.is_current else f"this release's is {found.head}"
    click.echo(f"{shown(where)}: revision {found.current or 'none'}, {state}")


def shown(where: Location) -> str:
    """A database without its password."""
    from gateway.upstreams.book.location import SqliteFile  # noqa: PLC0415 -- ditto

    return str(where.path) if isinstance(where, SqliteFile) else redacted(where.url)
