"""The pages in a real browser: what they load, how they move, who can use them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/?chart=POPULAR",
    "/search",
    "/search?q=star",
    "/search?q=zzzzzz",
    "/movies/603",
    "/movies/603/trailers",
    "/movies/603/wish",
    "/requests",
    "/requests?status=FAILED",
    "/operations",
    "/sign-in",
    "/nowhere",
)
MOST_BYTES = 60_000
ASK_AXE = """
  const done = arguments[arguments.length - 1];
  axe.run(document, { resultTypes: ["violations"] }).then(
    ({ violations }) => done(JSON.stringify(violations.map(({ id, impact, nodes }) =>
      ({ id, impact, html: nodes.map((node) => node.html.slice(0, 200)) })))),
    (error) => done(String(error)))"""
SIZES = """
  return performance.getEntriesByType("resource")
    .filter((entry) => !["img", "iframe"].includes(entry.initiatorType))
    .concat(performance.getEntriesByType("navigation"))
    .map((entry) => [entry.name, entry.transferSize])"""


def dressed(browser: Chrome, *, width: int, scheme: str) -> None:
    """A phone's or a desk's screen, in somebody's taste."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    command: Callable[[str, Mapping[str, Any]], object] = browser.execute_cdp_cmd  # type: ignore[assignment] # selenium's
    command("Emulation.setEmulatedMedia", {"features": [feature]})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    command("Emulation.setDeviceMetricsOverride", size)


def serious(browser: Chrome, axe: str) -> list[dict[str, Any]]:
    """What axe finds on the page that keeps somebody from using it."""
    browser.execute_script(axe)
    found = json.loads(browser.execute_async_script(ASK_AXE))
    return [each for each in found if each["impact"] in {"serious", "critical"}]


def beyond(browser: Chrome) -> int:
    """Pixels that stand out of the screen's side."""
    found: int = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


@pytest.mark.parametrize(
    ("width", "scheme", "name"),
    [
        (390, "dark", "Mina Manager"),
        (1280, "light", "Ruth"),
        (1280, "dark", ""),
        (390, "light", ""),
    ],
)
def test_nobody_is_kept_out(
    chromium: Chrome, gateway_url: str, axe: str, width: int, scheme: str, name: str
) -> None:
    reader = Reader(chromium, gateway_url)
    chromium.set_script_timeout(60)
    dressed(chromium, width=width, scheme=scheme)
    if name:
        reader.sign_in(name)
    for path in PATHS:
        reader.open(path)
        assert serious(chromium, axe) == [], path
        assert beyond(chromium) <= 0, f"{path} is wider than the screen"
    if name == "Mina Manager":
        reader.open("/requests?status=PENDING")
        reader.press(".wish summary", "Decline")
        assert serious(chromium, axe) == []
        assert beyond(chromium) <= 0
    assert [each for each in reader.complaints() if "404" not in each] == []


def test_a_page_is_small_and_asks_nobody_else(chromium: Chrome, gateway_url: str) -> None:
    reader = Reader(chromium, gateway_url)
    for path in ("/", "/movies/603", "/requests", "/search?q=star"):
        chromium.execute_cdp_cmd("Network.clearBrowserCache", {})
        reader.open(path)
        sizes = {
            name: size for name, size in chromium.execute_script(SIZES) if "/graphql" not in name
        }
        assert len(sizes) >= 4, sizes
        assert 0 < sum(sizes.values()) <= MOST_BYTES, sizes
    reader.open("/movies/603")
    pictures = chromium.execute_script(
        "return new URL(document.querySelector('.poster img').src).origin"
    )
    assert reader.requested() == {gateway_url, pictures}


def test_films_go_on_without_end(chromium: Chrome, gateway_url: str) -> None:
    reader = Reader(chromium, gateway_url)
    reader.open("/?chart=POPULAR")
    reader.see(".film")
    seen = 0
    for _ in range(3):
        count = len(chromium.find_elements(By.CSS_SELECTOR, ".film"))
        assert count > seen
        seen = count
        chromium.execute_script("window.scrollTo(0, document.body.scrollHeight)")
        reader.until(
            lambda it, seen=seen: len(it.find_elements(By.CSS_SELECTOR, ".film")) > seen  # type: ignore[misc] # bound now
        )
    titles = [each.text for each in chromium.find_elements(By.CSS_SELECTOR, ".film .name")]
    assert len(set(titles)) > 40


def test_a_search_is_one_step_back(chromium: Chrome, gateway_url: str) -> None:
    """As one types the address follows; the way back leads to where one began."""
    reader = Reader(chromium, gateway_url)
    reader.open("/requests")
    box = reader.see("#q")
    box.send_keys("matr")
    reader.see(".film", "The Matrix")
    box.send_keys("ix")
    reader.until(lambda it: it.current_url.endswith("/search?q=matrix"))
    reader.until(lambda it: "matrix" in it.title)
    assert chromium.switch_to.active_element == box
    chromium.back()
    reader.see("h1", "Requests")
    assert chromium.current_url.endswith("/requests")


def test_a_keyboard_is_enough(chromium: Chrome, gateway_url: str) -> None:
    reader = Reader(chromium, gateway_url)
    reader.open("/movies/603")
    body = chromium.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert chromium.switch_to.active_element.text == "Skip to the content"
    chromium.switch_to.active_element.send_keys(Keys.ENTER)
    assert chromium.switch_to.active_element.get_attribute("id") == "main"
    for _ in range(20):
        chromium.switch_to.active_element.send_keys(Keys.TAB)
        if "screen" in str(chromium.switch_to.active_element.get_attribute("class")):
            break
    chromium.switch_to.active_element.send_keys(Keys.ENTER)
    reader.see("iframe.screen")


def test_the_operations_page_lives(chromium: Chrome, gateway_url: str) -> None:
    reader = Reader(chromium, gateway_url)
    reader.sign_in("Mina Manager")
    reader.open("/operations")
    reader.see(".gauge", "Cache hits")
    reader.mark()
    before = reader.see("#engines").text
    other = Reader(chromium, gateway_url)
    chromium.switch_to.new_window("tab")
    other.open("/?chart=TOP_RATED")
    other.open("/movies/155")
    chromium.switch_to.window(chromium.window_handles[0])
    reader.until(lambda it: it.find_element(By.ID, "engines").text != before)
    assert reader.is_same()
