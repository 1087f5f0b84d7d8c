"""A person before a page: what they look at, wait for and press."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

T = TypeVar("T")
PATIENCE_S = 30
NOT_SENT = {"data", "blob", "chrome"}


class Reader:
    """Whoever sits before one browser, at one gateway."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self, path: str) -> None:
        self.browser.get(self.url + path)

    def see(self, selector: str, text: str = "") -> WebElement:
        """Wait for something with a text in it."""

        def found(browser: Chrome) -> WebElement | None:
            each = browser.find_elements(By.CSS_SELECTOR, selector)
            return next((it for it in each if text in it.text), None)

        return self.until(found)

    def until(self, condition: Callable[[Chrome], T | None]) -> T:
        wait: WebDriverWait[Chrome] = WebDriverWait(
            self.browser,
            PATIENCE_S,
            poll_frequency=0.05,
            ignored_exceptions=[StaleElementReferenceException],
        )
        found = wait.until(lambda browser: condition(browser) or False)
        assert found
        return found

    def press(self, selector: str, text: str = "") -> None:
        self.see(selector, text).click()

    def sign_in(self, name: str) -> None:
        self.open("/sign-in")
        self.press("main button", name)
        self.see("button", "Sign out")

    def mark(self) -> None:
        """Remember this very page, which a reload would end."""
        self.browser.execute_script("window.isTheSame = true")

    def is_same(self) -> bool:
        return bool(self.browser.execute_script("return window.isTheSame === true"))

    def listens(self) -> None:
        """Wait until the page hears of changes."""
        self.until(
            lambda it: it.execute_script("return document.documentElement.dataset.line") == "open"
        )

    def complaints(self) -> list[str]:
        """What the browser's console says: refused by the policy, not found, failed."""
        entries: list[dict[str, str]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call] # selenium's
        return [each["message"] for each in entries if each["level"] != "DEBUG"]

    def requested(self) -> set[str]:
        """Every origin that the pages asked, or tried to."""
        lines: list[dict[str, str]] = self.browser.get_log("performance")  # type: ignore[no-untyped-call] # ditto
        messages = [json.loads(each["message"])["message"] for each in lines]
        urls = [
            urlsplit(each["params"]["request"]["url"])
            for each in messages
            if each["method"] == "Network.requestWillBeSent"
        ]
        return {f"{url.scheme}://{url.netloc}" for url in urls if url.scheme not in NOT_SENT}
