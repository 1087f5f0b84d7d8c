"""``gateway webhooks``: whom events are told over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click

from gateway.cli.moments import since as read_since
from gateway.cli.tables import settings_here, told, worked_on
from gateway.cli.webhook_lines import delivery_line, endpoint_line
from gateway.domain.request_log import RequestEventKind
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from gateway.domain.webhook import Endpoint
    from gateway.upstreams.book.database import Database
    from gateway.upstreams.book.webhooks import Webhooks

T = TypeVar("T")

_KINDS = [each.value.lower() for each in RequestEventKind]


@click.group()
def webhooks() -> None:
    """Tell other programs what happens to requests, signed as in Standard Webhooks.

    \b
    gateway webhooks add https://example.org/hook --kinds created,approved
    SECRET=$(gateway webhooks add https://example.org/hook | tail -1)
    gateway webhooks test ID                    is it reached, does it answer?
    gateway webhooks deliveries ID              what became of each event
    gateway webhooks replay ID --since 2h       tell it again

    A delivery counts when it is answered with 2xx within 10 seconds; else it is tried again after
    5 s, 30 s, 2 min, 10 min, 1 h, 6 h and daily. An endpoint that answers 410, or fails for three
    days, is disabled. The same event has the same webhook-id, whenever it is told.

    On the sandbox's requests: GATEWAY_BOOK=demo gateway webhooks ...
    """  # noqa: D301 -- click wants a real backspace


@webhooks.command()
@click.argument("url")
@click.option("--kinds", help=f"Only these, with commas between: {', '.join(_KINDS)}.")
def add(url: str, kinds: str | None) -> None:
    """Tell URL what happens from now on, and print its signing secret alone on the last line.

    \b
    gateway webhooks add https://example.org/hook
    gateway webhooks add https://example.org/hook --kinds approved,declined
    """  # noqa: D301 -- click wants a real backspace
    from gateway.domain.webhook import Endpoint  # noqa: PLC0415 -- --help need not load it
    from gateway.edge.identity.keys import new_id  # noqa: PLC0415 -- ditto

    settings, now = settings_here(), datetime.now(UTC)
    wanted = None if kinds is None else _kinds(kinds)
    _look_at(settings, url)
    secret = _made_secret(settings)
    made = Endpoint(endpoint_id=new_id(), url=url, created_at=now, kinds=wanted)
    if not _with_store(settings, lambda store: store.add(made)):
        raise click.ClickException("there are too many endpoints: remove some")
    click.echo(f"{made.endpoint_id}  is told what happens from now on; it is signed with:")
    click.echo(_shown_key(secret, made.endpoint_id))


@webhooks.command(name="list")
def show() -> None:
    """List all endpoints: id, state, what waits, kinds, address without its query."""
    settings = settings_here()
    found = _with_store(settings, lambda store: store.endpoints())
    waiting = _with_store(settings, lambda store: store.waiting()) if found else {}
    for each in found:
        click.echo(endpoint_line(each, waiting.get(each.endpoint_id, 0)))
    if not found:
        click.echo("no endpoints; `gateway webhooks add URL` makes one", err=True)


@webhooks.command()
@click.argument("endpoint")
def secret(endpoint: str) -> None:
    """Print the signing secret of ENDPOINT again; it follows from GATEWAY_SECRET and the id."""
    settings = settings_here()
    found = _chosen(settings, endpoint)
    click.echo(_shown_key(_made_secret(settings), found.endpoint_id))


@webhooks.command()
@click.argument("endpoint")
def test(endpoint: str) -> None:
    """Send a message of the type `webhook.test` to ENDPOINT now, and tell how it is answered."""
    from gateway.webhooks.trying import trial  # noqa: PLC0415 -- ditto

    settings = settings_here()
    found = _chosen(settings, endpoint)
    key = _key(_made_secret(settings), found.endpoint_id)
    went = told(lambda: asyncio.run(trial(found, key, private=settings.webhook_private)))
    click.echo(f"{found.endpoint_id}  {went.text}")
    if not went.is_well:
        raise SystemExit(1)


@webhooks.command()
@click.argument("endpoint")
@click.option(
    "--since", callback=read_since, required=True, help="Such as 2h, 3d or 2026-11-20T12:00."
)
def replay(endpoint: str, since: datetime) -> None:
    """Tell ENDPOINT again what happened since then, with the ids that it knows; enables it.

    \b
    gateway webhooks replay 1qz4xW0aRtY7 --since 2h
    """  # noqa: D301 -- click wants a real backspace
    settings, now = settings_here(), datetime.now(UTC)
    whose = _chosen(settings, endpoint).endpoint_id
    _with_store(settings, lambda store: store.rewind(whose, since, now))
    click.echo(f"{whose}  is told again what happened since {since:%Y-%m-%d %H:%M:%S} UTC")


@webhooks.command()
@click.argument("endpoint")
def enable(endpoint: str) -> None:
    """Go on with ENDPOINT where it was disabled: what happened meanwhile is told."""
    settings, now = settings_here(), datetime.now(UTC)
    whose = _chosen(settings, endpoint).endpoint_id
    _with_store(settings, lambda store: store.enable(whose, now))
    click.echo(f"{whose}  enabled")


@webhooks.command()
@click.argument("endpoint")
def remove(endpoint: str) -> None:
    """Forget ENDPOINT, its deliveries and its secret."""
    settings = settings_here()
    whose = _chosen(settings, endpoint).endpoint_id
    _with_store(settings, lambda store: store.remove(whose))
    click.echo(f"{whose}  removed")


@webhooks.command()
@click.argument("endpoint")
@click.option("--most", default=20, show_default=True, type=click.IntRange(1, 1000))
def deliveries(endpoint: str, most: int) -> None:
    """List the newest deliveries of ENDPOINT, kept for 30 days, with their last answers."""
    settings = settings_here()
    whose = _chosen(settings, endpoint).endpoint_id
    found = _with_store(settings, lambda store: store.deliveries(whose, most=most))
    for each in found:
        click.echo(delivery_line(each))
    if not found:
        click.echo("nothing was delivered yet", err=True)


def _chosen(settings: GatewaySettings, wanted: str) -> Endpoint:
    found = _with_store(settings, lambda store: store.endpoints())
    for each in found:
        if each.endpoint_id == wanted:
            return each
    raise click.ClickException("no endpoint has this id; see `gateway webhooks list`")


def _kinds(text: str) -> frozenset[RequestEventKind]:
    words = [word.strip().upper() for word in text.split(",") if word.strip()]
    unknown = [word.lower() for word in words if word.lower() not in _KINDS]
    if unknown or not words:
        raise click.ClickException(f"--kinds: should be some of {', '.join(_KINDS)}")
    return frozenset(map(RequestEventKind, words))


def _look_at(settings: GatewaySettings, url: str) -> None:
    """Refuse what could never be called; a name that leads nowhere yet may do so later."""
    from gateway.webhooks.trying import objection  # noqa: PLC0415 -- ditto

    found = asyncio.run(objection(url, private=settings.webhook_private))
    if found is not None and found.is_final:
        raise click.ClickException(f"this address is never called: {found.text}")
    if found is not None:
        click.echo(f"warning: {found.text}", err=True)


def _made_secret(settings: GatewaySettings) -> bytes:
    from gateway.edge.identity.secret import made_secret  # noqa: PLC0415 -- ditto

    found = told(lambda: made_secret(settings))
    if settings.database_url is not None and settings.secret is None:
        click.echo(
            "warning: only gateways with this GATEWAY_DATA_DIR sign with it; set GATEWAY_SECRET, "
            "the same for all replicas",
            err=True,
        )
    return found


def _key(secret: bytes, endpoint_id: str) -> bytes:
    from gateway.webhooks.signing import key_of  # noqa: PLC0415 -- ditto

    return key_of(secret, endpoint_id)


def _shown_key(secret: bytes, endpoint_id: str) -> str:
    from gateway.webhooks.signing import shown  # noqa: PLC0415 -- ditto

    return shown(_key(secret, endpoint_id))


def _with_store(settings: GatewaySettings, work: Callable[[Webhooks], Awaitable[T]]) -> T:
    def on(database: Database) -> Awaitable[T]:
        from gateway.upstreams.book.webhooks import Webhooks  # noqa: PLC0415 -- ditto

        return work(Webhooks(database))

    return worked_on(settings, on, of_requests=True)
