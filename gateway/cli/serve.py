"""``gateway serve``: the graph over HTTP, with whatever it needs beside it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import click

from gateway.cli.banner import banner
from gateway.cli.configuration import Configuration, configure
from gateway.cli.embedded import embedded_valkey, inside_sandbox
from gateway.cli.hangup import end_on_hangup
from gateway.cli.listening import bind, origin
from gateway.cli.open_files import allow_many
from gateway.cli.serving import exit_on_sigterm, run_app, run_workers
from gateway.cli.worker import FACTORY, make_app
from gateway.errors import ConfigError, GatewayError
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from gateway.edge.identity.ready_made import ReadyMade

_READY_MADE = "GATEWAY_READY_MADE_KEYS"
_ENVELOPE_BYTES = 2048
"""Around an operation in a WebSocket's message; what the app takes is less, and it tells so."""
_BOOK = GatewaySettings.variable("book")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port; 0 takes any free one.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that share the port; one per core is plenty.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve pages at /, the graph and GraphiQL at /graphql, REST at /api, and /health/*.

    \b
    gateway serve                            on a sandbox, no key needed
    gateway serve --port 80 --host 0.0.0.0 --workers 4
    TMDB_TOKEN=... YOUTUBE_API_KEY=... gateway serve
    SEERR_BASE_URL=http://seerr:5055/api/v1 SEERR_API_KEY=... TMDB_TOKEN=... gateway serve

    Upstreams: TMDB_TOKEN, YOUTUBE_API_KEY, SEERR_API_KEY with SEERR_BASE_URL, OMDB_API_KEY. Each
    has a *_BASE_URL too: a URL, `sandbox` or `off`. With none of them set a sandbox inside plays
    all but Seerr; with some set the others are off: their fields are null, the schema stays.

    Requests: kept at Seerr, else in the gateway's own book, a file in GATEWAY_DATA_DIR or a
    PostgreSQL at GATEWAY_DATABASE_URL; on the sandbox in a file apart, with some to begin with.

    Cache: GATEWAY_REDIS_URL, such as redis://localhost:6379/0, or `off` for memory only. Not set:
    an embedded Valkey beside, which is empty again after a restart.

    `gateway doctor` lists every setting and asks every upstream.
    """  # noqa: D301 -- click wants a real backspace
    exit_on_sigterm()
    end_on_hangup()
    allow_many()
    found = configure(os.environ)
    with ExitStack() as stack:
        sock = stack.enter_context(bind(host, port))
        sandbox_origin = _with_sandbox(stack, found)
        cache = _with_cache(stack, found)
        _with_book(found)
        shown = _with_keys(found)
        os.environ.setdefault("GATEWAY_REPLICAS", str(workers))  # shares while Redis is away
        most = found.gateway.max_body_bytes + _ENVELOPE_BYTES
        run = partial(run_workers, FACTORY, sock, workers=workers, max_message_bytes=most)
        if workers == 1:
            run = partial(run_app, make_app(), sock, max_message_bytes=most)
        where = origin(sock, host)
        click.echo(banner(found, where, sandbox_origin, cache, workers=workers, keys=shown))
        run()


def _with_sandbox(stack: ExitStack, found: Configuration) -> str | None:
    """Start it where an upstream needs it, and point the workers at it."""
    if not found.sandboxed:
        return None
    where = stack.enter_context(inside_sandbox(found.gateway.sandbox_port))
    for settings in found.sandboxed.values():
        os.environ.update(settings.in_sandbox(where))
    return where


def _with_keys(found: Configuration) -> Sequence[ReadyMade]:
    """Make keys to try things out with, where all of it is the sandbox's."""
    from gateway.edge.identity.ready_made import ready_made  # noqa: PLC0415 -- not for --help
    from gateway.edge.identity.secret import made_secret  # noqa: PLC0415 -- ditto

    if not found.is_all_sandbox or os.environ.get(_READY_MADE, "true").lower() == "false":
        return ()
    try:
        secret = made_secret(found.gateway)
    except ConfigError as exc:
        click.echo(f"warning: no keys to try things out with: {exc}", err=True)
        return ()
    os.environ[_READY_MADE] = "true"
    return ready_made(secret)


def _with_book(found: Configuration) -> None:
    """Let requests that somebody only tries out be kept apart, beside some that are there."""
    seerr_is_on = any(each.enabled for each in found.upstreams.values() if not each.played_unasked)
    is_chosen = os.environ.get(_BOOK, "").strip() or found.gateway.database_url is not None
    if not found.is_all_sandbox or seerr_is_on or is_chosen:
        return
    from gateway.cli.demo import fill_demo  # noqa: PLC0415 -- not for --help

    os.environ[_BOOK] = "demo"
    try:
        asyncio.run(fill_demo(GatewaySettings.from_environ(os.environ)))
    except GatewayError as exc:
        os.environ[_BOOK] = "off"
        click.echo(f"warning: nobody can ask for films: {exc}", err=True)


def _with_cache(stack: ExitStack, found: Configuration) -> str | None:
    """Start the embedded Valkey unless the cache is chosen; ``None`` if it is but cannot be."""
    if found.gateway.redis_url is not None:
        return found.gateway.redis_url
    url = stack.enter_context(embedded_valkey())
    os.environ["GATEWAY_REDIS_URL"] = url or "off"
    return url
