"""Who keeps nothing loads nothing for it: a quarter of what an idle worker would take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.replicas import clean_environ

PROGRAM = """
import asyncio, os, sys
from gateway.app import Gateway
from gateway.registry import load_subgraphs
from gateway.settings import GatewaySettings, resolve_upstreams

async def main():
    classes = {each.name: each.settings for each in load_subgraphs()}
    off = {f"{name.upper()}_BASE_URL": "off" for name in classes}
    gateway = Gateway(GatewaySettings.from_environ(os.environ), resolve_upstreams(classes, off))
    await gateway.start()
    await gateway.aclose()

asyncio.run(main())
print("sqlalchemy" in sys.modules)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("book", "is_there"), [("off", False), ("off", True), ("on", False)])
def test_a_database_is_loaded_only_where_there_is_one(
    tmp_path: Path, book: str, *, is_there: bool
) -> None:
    if is_there:
        (tmp_path / "book.sqlite").touch()
    settings = {
        "GATEWAY_BOOK": book,
        "GATEWAY_DATA_DIR": str(tmp_path),
        "GATEWAY_REDIS_URL": "off",
    }
    ran = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", PROGRAM],
        env=clean_environ(settings),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout.split() == [str(is_there or book == "on")]
