"""``gateway cache``: purge what is cached, and see what is, on the Redis that replicas share."""

from __future__ import annotations

import asyncio
import json as jsonlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from gateway.cache.tags import checked
from gateway.cli.redaction import redacted
from gateway.errors import ConfigError
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from gateway.cache.survey import Survey

_CHUNK = 200
_PATIENCE_S = 2.0


@click.group()
def cache() -> None:
    """Purge what is cached, or see what is.

    \b
    gateway cache purge movie:603 requests
    gateway cache stats

    Works on the Redis or Valkey that replicas share (GATEWAY_REDIS_URL), with no gateway running.
    A gateway that has its cache to itself (memory only, or the embedded Valkey) is reached through
    its own address instead, with GATEWAY_ADMIN_TOKEN set there:

    \b
    curl localhost:8000/admin/cache/purge -H "authorization: Bearer $GATEWAY_ADMIN_TOKEN" \\
      -H 'content-type: application/json' -d '{"tags": ["movie:603"]}'
    curl localhost:8000/admin/cache/stats -H "authorization: Bearer $GATEWAY_ADMIN_TOKEN"
    """  # noqa: D301 -- click wants a real backspace


@cache.command()
@click.argument("tags", nargs=-1, required=True)
def purge(tags: tuple[str, ...]) -> None:
    """Forget everything cached under TAGS, in every replica, within a second.

    \b
    movie:<tmdb id>    all that TMDB said of a film, in every language
    requests           Seerr's requests and library

    \b
    gateway cache purge movie:603
    gateway cache purge movie:603 movie:550 requests

    A purge costs Redis one deletion per tag, however much is cached under it, and beats any fill
    in flight. Lists (charts, search, discover) carry no tag: they live half an hour at most.
    """  # noqa: D301 -- click wants a real backspace
    try:
        wanted = checked(tags)
        held = asyncio.run(_purge(_shared_url(), wanted))
    except (ValueError, ConfigError) as exc:
        raise click.ClickException(str(exc)) from exc
    for tag in wanted:
        click.echo(f"{tag}: {'purged' if held[tag] else 'nothing was cached under it'}")


@cache.command()
@click.option("--json", is_flag=True, help="For machines.")
def stats(*, json: bool) -> None:
    """Count what is cached, by kind of payload, and show the server's memory.

    \b
    gateway cache stats
    gateway cache stats --json

    Looks at every key once (SCAN), so it takes seconds on a big cache and disturbs nobody. How
    often a running gateway found its answers cached is told by GET /admin/cache/stats there.
    """  # noqa: D301 -- click wants a real backspace
    from gateway.cache.survey import survey  # noqa: PLC0415 -- --help need not load redis

    url = _shared_url()
    try:
        found = asyncio.run(survey(url))
    except ConfigError as exc:
        raise click.ClickException(str(exc)) from exc
    if found is None:
        raise _away(url)
    click.echo(_as_json(found) if json else _as_text(found))


def _shared_url() -> str:
    try:
        url = GatewaySettings.from_environ(os.environ).redis_url
    except ConfigError as exc:
        raise click.ClickException(str(exc)) from exc
    if url is None or url == "off":
        state = "not set" if url is None else "off"
        raise click.ClickException(
            f"GATEWAY_REDIS_URL: {state}, so each gateway has its cache to itself; set it to the "
            "Redis that replicas share, or ask the gateway: see `gateway cache --help`"
        )
    return url


async def _purge(url: str, tags: list[str]) -> Mapping[str, bool]:
    """Whether anything was cached under each tag.

    Raises:
        click.ClickException: Redis does not answer.
    """
    from gateway.cache.redis import RedisStore  # noqa: PLC0415 -- --help need not load redis
    from gateway.cache.redis_line import RedisLine  # noqa: PLC0415 -- ditto

    held: dict[str, bool] = {}
    store = RedisStore(RedisLine(url, timeout_s=_PATIENCE_S))
    try:
        for start in range(0, len(tags), _CHUNK):
            chunk = tags[start : start + _CHUNK]
            before = await store.held(chunk)
            if before is None or not await store.purge(chunk):
                raise _away(url)
            held |= before
    finally:
        await store.aclose()
    return held


def _away(url: str) -> click.ClickException:
    return click.ClickException(
        f"GATEWAY_REDIS_URL: {redacted(url)} does not answer, or not to this user"
    )


def _as_json(found: Survey) -> str:
    return jsonlib.dumps(
        {"entries": found.entries, "others": found.others, "server": found.server}, sort_keys=True
    )


def _as_text(found: Survey) -> str:
    parts = {"Entries": found.entries, "Beside them": found.others, "Server": found.server}
    lines: list[str] = []
    for title, counts in parts.items():
        lines.append(title)
        lines += [f"  {name:<24}{counts[name]:>14,}" for name in sorted(counts)] or ["  none"]
    return "\n".join(lines)
