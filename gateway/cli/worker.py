"""What each worker of ``serve`` runs."""

from __future__ import annotations

import multiprocessing
import sys
from typing import TYPE_CHECKING

import click
from uvicorn.config import STARTUP_FAILURE

from gateway.cli.hangup import ignore_hangup
from gateway.cli.lame_duck import LameDuck
from gateway.cli.tether import die_with
from gateway.errors import GatewayError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

FACTORY = f"{__name__}:spawned_app"


def make_app() -> ASGIApp:
    """Make the gateway's app from the environment that ``serve`` has completed.

    Raises:
        click.ClickException: A setting is wrong in a way that only its user finds.
    """
    from gateway.app import app_from_env  # noqa: PLC0415 -- --help need not load the graph

    try:
        return LameDuck(app_from_env())
    except GatewayError as exc:
        raise click.ClickException(str(exc)) from exc


def spawned_app() -> ASGIApp:
    """Make the app in a worker of several, after tying its life to that of ``serve``."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with(parent.pid)
    ignore_hangup()
    try:
        return make_app()
    except click.ClickException as exc:
        exc.show()
        sys.exit(STARTUP_FAILURE)  # which ends the other workers too, instead of a new attempt
