"""``gateway keys``: API keys for apps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click

from gateway.cli.tables import settings_here, told, worked_on
from gateway.domain.role import Role
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from gateway.domain.api_key import ApiKey
    from gateway.upstreams.book.database import Database
    from gateway.upstreams.book.keys import KeyStore

T = TypeVar("T")

_ROLES = [role.value for role in Role]


@click.group()
def keys() -> None:
    """Make, list and revoke the API keys by which apps are known.

    \b
    gateway keys create kiosk --role requester
    KEY=$(gateway keys create kiosk --role requester | tail -1)
    curl localhost:8000/graphql -H "Authorization: Bearer $KEY" \\
      -H 'content-type: application/json' -d '{"query": "{ viewer { displayName } }"}'
    gateway keys revoke kiosk

    They are kept in the gateway's own database (see `gateway db`), as hashes under GATEWAY_SECRET
    or, where that is not set, under a secret that is made once in GATEWAY_DATA_DIR.
    """  # noqa: D301 -- click wants a real backspace


@keys.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    required=True,
    help="What it may do: each may do what those before it may.",
)
@click.option(
    "--seerr-user",
    type=click.IntRange(min=1),
    help="Number of the Seerr user that it acts as, where Seerr keeps the requests.",
)
@click.option("--display-name", help="Shown where it asked for a film; NAME by default.")
def create(name: str, role: str, seerr_user: int | None, display_name: str | None) -> None:
    """Make a key called NAME and print it, alone on the last line. It is shown this once.

    \b
    gateway keys create kiosk --role requester
    gateway keys create ops --role manager --seerr-user 2 --display-name "The office"
    """  # noqa: D301 -- click wants a real backspace
    from gateway.domain.api_key import ApiKey  # noqa: PLC0415 -- --help need not load it
    from gateway.edge.identity import keys as made  # noqa: PLC0415 -- ditto
    from gateway.edge.identity.secret import made_secret  # noqa: PLC0415 -- ditto

    settings = settings_here()
    secret = told(lambda: made_secret(settings))
    if settings.database_url is not None and settings.secret is None:
        click.echo(
            "warning: only gateways with this GATEWAY_DATA_DIR will know the key; "
            "set GATEWAY_SECRET, the same for all replicas",
            err=True,
        )
    key = made.new_key()
    held = ApiKey(
        key_id=made.new_id(),
        name=_name(name),
        role=Role(role),
        digest=made.digest(secret, key),
        created_at=datetime.now(UTC),
        display_name=_name(display_name or name),
        seerr_user_id=seerr_user,
    )
    if not _with_store(settings, lambda store: store.add(held)):
        raise click.ClickException("there are too many keys: revoke some")
    click.echo(f"{held.key_id}  {held.name}  {held.role.value}; the key is not shown again:")
    click.echo(key)


@keys.command(name="list")
def show() -> None:
    """List all keys that ever were: id, role, state, last day of use, name.

    \b
    gateway keys list
    """  # noqa: D301 -- click wants a real backspace
    found = _with_store(settings_here(), lambda store: store.every())
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("no keys; `gateway keys create NAME --role requester` makes one", err=True)


@keys.command()
@click.argument("key")
def revoke(key: str) -> None:
    """Let KEY, given by its id or its name, be good no more; gateways follow within 5 seconds.

    \b
    gateway keys revoke kiosk
    """  # noqa: D301 -- click wants a real backspace
    settings = settings_here()
    held = _chosen(_with_store(settings, lambda store: store.good()), key)
    _with_store(settings, lambda store: store.revoke(held.key_id, datetime.now(UTC)))
    click.echo(f"{held.key_id}  {held.name}  revoked")


def _chosen(good: Sequence[ApiKey], wanted: str) -> ApiKey:
    found = [each for each in good if wanted in (each.key_id, each.name)]
    if not found:
        raise click.ClickException("no good key has this id or name; see `gateway keys list`")
    if len(found) > 1:
        ids = ", ".join(each.key_id for each in found)
        raise click.ClickException(f"several keys have this name; give an id: {ids}")
    return found[0]


def _line(key: ApiKey) -> str:
    state = "good" if key.revoked_at is None else f"revoked {key.revoked_at:%Y-%m-%d}"
    used = "never used" if key.last_used_on is None else f"used {key.last_used_on}"
    seerr = "" if key.seerr_user_id is None else f"  (Seerr user {key.seerr_user_id})"
    return (
        f"{key.key_id}  {key.role.value:<9}  {key.created_at:%Y-%m-%d}  {state:<18}  {used:<15}  "
        f"{key.name}{seerr}"
    )


def _name(text: str) -> str:
    """A name that can be shown in one line."""
    found = " ".join(text.split())
    if not found or len(found) > 100 or not found.isprintable():  # noqa: PLR2004 - letters
        raise click.ClickException("a name has 1 to 100 letters")
    return found


def _with_store(settings: GatewaySettings, work: Callable[[KeyStore], Awaitable[T]]) -> T:
    def on(database: Database) -> Awaitable[T]:
        from gateway.upstreams.book.keys import KeyStore  # noqa: PLC0415 -- ditto

        return work(KeyStore(database))

    return worked_on(settings, on)
