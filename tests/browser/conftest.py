"""A gateway on its sandbox, and a Chromium that can reach nothing but it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1000",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def gateway_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``gateway serve`` with nothing set, as the README has it."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GATEWAY_", "TMDB_", "YOUTUBE_", "SEERR_", "OMDB_"))
    }
    with subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "serve", "--port", "0"],
        env={**environment, "GATEWAY_DATA_DIR": str(tmp_path_factory.mktemp("data"))},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            said = iter(server.stdout.readline, "")
            found = (re.search(r"(http://127\.0\.0\.1:\d+)/graphql", line) for line in said)
            url = next(match[1] for match in found if match)
            httpx.get(f"{url}/health/live", timeout=60).raise_for_status()
            yield url
        finally:
            server.terminate()


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chrome]:
    """A fresh browser; its absence is a reason to skip on a developer's machine only."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        reason = "needs Debian's packages chromium and chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(executable_path=driver))
    try:
        yield browser
    finally:
        browser.quit()
