"""What each worker of ``serve`` runs."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

from gateway.cli.tether import die_with

if TYPE_CHECKING:
    from starlette.types import ASGIApp

FACTORY = f"{__name__}:app"


def app() -> ASGIApp:
    """Make the gateway's app; a spawned worker first ties its life to that of ``serve``."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with(parent.pid)
    from gateway.app import app_from_env  # noqa: PLC0415 -- after the tether: it takes a second

    return app_from_env()
