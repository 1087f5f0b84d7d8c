"""``gateway doctor``: is every setting right, and does everything that it names answer?"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from contextlib import ExitStack

import click

from gateway.cli.configuration import Configuration, configure
from gateway.cli.embedded import embedded_valkey, inside_sandbox
from gateway.cli.findings import Finding, setting_lines
from gateway.cli.probe_book import probe_book
from gateway.settings import UpstreamSettings


@click.command()
def doctor() -> None:
    """List every setting with its source, and ask every upstream and the cache.

    \b
    gateway doctor                                        exit 1 when something is wrong
    TMDB_TOKEN=... gateway doctor                         is this token good?
    docker compose run --rm gateway gateway doctor        as the container sees it

    Each upstream (TMDB_*, YOUTUBE_*, SEERR_*, OMDB_*) is asked with its key; Redis
    (GATEWAY_REDIS_URL) for its version and latency; the gateway's database for its revision; the
    clock is held against an upstream's. What `gateway serve` would start beside itself is started
    here too. Keys are never shown.
    """  # noqa: D301 -- click wants a real backspace
    logging.getLogger("gateway").addHandler(logging.NullHandler())  # the table says it all
    found = configure(os.environ)
    click.echo("Settings")
    for settings in (found.gateway, *found.upstreams.values()):
        for line in setting_lines(settings, os.environ):
            click.echo(line)
    click.echo("Checks")
    with ExitStack() as stack:
        upstreams = _with_sandbox(stack, found)
        findings = asyncio.run(_ask(found, upstreams, _cache_url(stack, found)))
    for finding in findings:
        click.echo(str(finding))
    wrong = [finding.subject for finding in findings if finding.good is False]
    if wrong:
        raise click.ClickException(f"wrong: {', '.join(wrong)}")


def _with_sandbox(stack: ExitStack, found: Configuration) -> Mapping[str, UpstreamSettings]:
    if not found.sandboxed:
        return found.upstreams
    where = stack.enter_context(inside_sandbox(found.gateway.sandbox_port))
    return {
        name: each.from_environ({**os.environ, **each.in_sandbox(where)})
        if each.sandboxed
        else each
        for name, each in found.upstreams.items()
    }


def _cache_url(stack: ExitStack, found: Configuration) -> str | None:
    return found.gateway.redis_url or stack.enter_context(embedded_valkey())


async def _ask(
    found: Configuration, upstreams: Mapping[str, UpstreamSettings], cache_url: str | None
) -> list[Finding]:
    from gateway.cli import probes  # noqa: PLC0415 -- it brings the graph, which --help need not

    findings = [
        await probes.probe_cache(cache_url),
        await probe_book(found.gateway),
        *await probes.probe_upstreams(upstreams),
    ]
    return sorted(findings, key=lambda finding: finding.subject == "clock")
