"""``gateway quotas``: how many films people may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.tables import settings_here, worked_on
from gateway.domain.request_quota import Allowance
from gateway.domain.role import Role

if TYPE_CHECKING:
    from gateway.upstreams.book.database import Database
    from gateway.upstreams.book.quotas import Allowed

_ROLES = {role.value: role for role in Role}


@click.group()
def quotas() -> None:
    """Say how many films people may ask for, where the gateway keeps the requests itself.

    \b
    gateway quotas set requester 10 --days 7     ten films in any seven days, for each of them
    gateway quotas set 42 100 --days 30          user 42, whatever their role
    gateway quotas set 42 unlimited
    gateway quotas forget 42                     as their role again
    gateway quotas list                          what was set, and who is who

    Without any, everybody asks for as many as they like. Seerr's quotas are set in Seerr.
    Gateways that run follow at once.
    """  # noqa: D301 -- click wants a real backspace


@quotas.command(name="set")
@click.argument("whom")
@click.argument("most")
@click.option("--days", type=click.IntRange(1, 3650), default=7, help="In so many days; 7.")
def allow(whom: str, most: str, days: int) -> None:
    """Let WHOM, a role or a user's number, ask for MOST films, or `unlimited`.

    \b
    gateway quotas set requester 10 --days 7
    """  # noqa: D301 -- click wants a real backspace
    allowance = Allowance(most=_most(most), days=days)
    _write(_whom(whom), allowance)
    click.echo(f"{whom}: {_shown(allowance)}")


@quotas.command()
@click.argument("whom")
def forget(whom: str) -> None:
    """Forget what was set for WHOM: a user is as their role again, a role is without a limit.

    \b
    gateway quotas forget requester
    """  # noqa: D301 -- click wants a real backspace
    _write(_whom(whom), None)
    click.echo(f"{whom}: as if nothing had been set")


@quotas.command(name="list")
def show() -> None:
    """List what was set, for roles and then for people with their numbers.

    \b
    gateway quotas list
    """  # noqa: D301 -- click wants a real backspace

    async def read(database: Database) -> list[Allowed]:
        from gateway.upstreams.book import quotas as kept  # noqa: PLC0415 -- --help need not load it

        return list(await database.read("quotas", kept.every))

    for each in worked_on(settings_here(), read, of_requests=True):
        allowance = "as their role" if each.allowance is None else _shown(each.allowance)
        click.echo(f"{each.who:<10}  {allowance:<22}  {each.name or ''}".rstrip())


def _write(whom: int | Role, allowance: Allowance | None) -> None:
    async def write(database: Database) -> bool:
        from gateway.upstreams.book import quotas as kept  # noqa: PLC0415 -- ditto

        if isinstance(whom, int) and not await database.read(
            "user", lambda c: kept.is_somebody(c, whom)
        ):
            return False
        await database.write("allow", lambda c: kept.allow(c, whom, allowance))
        return True

    if not worked_on(settings_here(), write, of_requests=True):
        raise click.ClickException(f"there is no user {whom}; see `gateway quotas list`")


def _whom(text: str) -> int | Role:
    role = _ROLES.get(text)
    if role is not None:
        return role
    if text.isascii() and text.isdigit() and len(text) < 16:  # noqa: PLR2004 - digits
        return int(text)
    roles = ", ".join(_ROLES)
    raise click.ClickException(f"WHOM is one of the roles {roles}, or a user's number")


def _most(text: str) -> int | None:
    if text == "unlimited":
        return None
    if text.isascii() and text.isdigit() and len(text) < 8:  # noqa: PLR2004 - digits
        return int(text)
    raise click.ClickException("MOST is a number of films, or `unlimited`")


def _shown(allowance: Allowance) -> str:
    if allowance.most is None:
        return "unlimited"
    return f"{allowance.most} in {allowance.days} days"
