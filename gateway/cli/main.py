"""The ``gateway`` command and its subcommands."""

from __future__ import annotations

import click

from gateway.cli.cache import cache
from gateway.cli.db import db
from gateway.cli.doctor import doctor
from gateway.cli.keys import keys
from gateway.cli.quotas import quotas
from gateway.cli.sandbox import sandbox
from gateway.cli.schema import schema
from gateway.cli.serve import serve
from gateway.cli.webhooks import webhooks


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="marquee-gateway", prog_name="gateway")
def main() -> None:
    """One GraphQL graph over TMDB, YouTube, Seerr and OMDb.

    \b
    gateway serve              run it; with nothing set, on a sandbox inside
    gateway doctor             is every setting right and every upstream reached?
    gateway cache purge TAG    forget what is cached of a film; `stats` counts what is
    gateway db upgrade         bring the built-in store of requests to this release
    gateway keys create NAME   make an API key for an app; `list`, `revoke`
    gateway quotas set ROLE N  how many films people may ask for; `list`, `forget`
    gateway webhooks add URL   tell another program what happens; `list`, `test`, `replay`
    gateway schema PATH        write the GraphQL schema
    gateway sandbox            the upstreams alone, played offline

    Settings are environment variables (TMDB_TOKEN, YOUTUBE_API_KEY, SEERR_BASE_URL, ...,
    GATEWAY_*); `gateway doctor` lists each with its source and what it is for.
    """  # noqa: D301 -- click wants a real backspace


for command in (serve, sandbox, schema, doctor, cache, db, keys, quotas, webhooks):
    main.add_command(command)
