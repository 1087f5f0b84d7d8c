"""A gateway on its sandbox, and a Chromium that can reach nothing but it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

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
    with serving(GATEWAY_DATA_DIR=str(tmp_path_factory.mktemp("data"))) as (url, _):
        yield url


@contextmanager
def serving(port: int = 0, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A gateway that answers; its address and its process."""
    environment = {**clean(), **settings}
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "gateway.cli", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            said = iter(server.stdout.readline, "")
            found = (re.search(r"(http://127\.0\.0\.1:\d+)/graphql", line) for line in said)
            url = next(match[1] for match in found if match)
            httpx.get(f"{url}/health/live", timeout=60).raise_for_status()
            yield url, server
        finally:
            server.terminate()


def clean() -> dict[str, str]:
    """The environment without any setting of ours."""
    ours = ("GATEWAY_", "TMDB_", "YOUTUBE_", "SEERR_", "OMDB_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture
def windows(tmp_path: Path) -> Iterator[Callable[[], Chrome]]:
    """Opens browsers, each with cookies of its own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_opened(Path(tempfile.mkdtemp(dir=tmp_path))))


@pytest.fixture
def chromium(windows: Callable[[], Chrome]) -> Chrome:
    """A fresh browser; its absence is a reason to skip on a developer's machine only."""
    return windows()


@contextmanager
def _opened(profile: Path) -> Iterator[Chrome]:
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        _lacking("needs Debian's packages chromium and chromium-driver")
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(executable_path=driver))
    try:
        yield browser
    finally:
        browser.quit()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, at the release that the lock file beside this one pins."""
    npm = shutil.which("npm")
    if npm is None:
        _lacking("needs npm")
    folder = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).with_name(name), folder)
    words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    made = subprocess.run(words, cwd=folder, check=False, capture_output=True, timeout=100)  # noqa: S603 - ditto
    if made.returncode:
        _lacking("needs npm's registry")
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


def _lacking(reason: str) -> NoReturn:
    """A reason to skip on a developer's machine only."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
