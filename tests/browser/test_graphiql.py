"""GraphiQL in a real browser, under its policy and with no world around it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.browser

PATIENCE_S = 60
NOT_SENT = {"data", "blob", "chrome"}  # chrome: the empty tab that a browser starts with
# GraphiQL keeps its editors where a page's own scripts can read them.
MODEL_ENDING = """
  return globalThis.__MONACO?.editor.getModels()
    .find((model) => model.uri.path.endsWith(arguments[0]))"""
TEXT_OF = f"{MODEL_ENDING}?.getValue()"
REPLACE = f"{MODEL_ENDING.replace('return', 'const model =')}; model.setValue(arguments[1])"
SENT = """
  globalThis.sent = [];
  const original = globalThis.fetch;
  globalThis.fetch = (url, options) => {
    sent.push(new Headers(options?.headers).get("Authorization"));
    return original(url, options);
  }"""
SERIOUS_MARKERS = """
  return globalThis.__MONACO.editor.getModelMarkers({})
    .filter((marker) => marker.severity >= 8).map((marker) => marker.message)"""


def open_graphiql(browser: Chrome, url: str) -> None:
    browser.get(f"{url}/graphql")
    wait(browser).until(lambda _: "FrontPage" in text_of(browser, "operation.graphql"))


def wait(browser: Chrome) -> WebDriverWait[Chrome]:
    return WebDriverWait(browser, PATIENCE_S, poll_frequency=0.05)


def text_of(browser: Chrome, ending: str) -> str:
    return str(browser.execute_script(TEXT_OF, ending) or "")


def logged(browser: Chrome, kind: str) -> list[str]:
    entries: list[dict[str, str]] = browser.get_log(kind)  # type: ignore[no-untyped-call] # selenium's
    return [entry["message"] for entry in entries]


def settled(browser: Chrome) -> str:
    """The operation that the play button would run: GraphiQL follows its editor by 100 ms."""
    return str(browser.execute_script("return localStorage['graphiql:query']") or "")


def run(browser: Chrome, root_field: str) -> dict[str, object]:
    """Press the play button and read what the response editor shows."""
    browser.find_element(By.CSS_SELECTOR, ".graphiql-execute-button").click()
    wait(browser).until(lambda _: "}" in text_of(browser, "response.json"))
    answer = json.loads(text_of(browser, "response.json"))
    assert "errors" not in answer, answer
    found = answer["data"][root_field]
    assert isinstance(found, dict)
    return found


def requested(browser: Chrome) -> set[str]:
    """Every origin that the page asked, or tried to."""
    messages = [json.loads(message)["message"] for message in logged(browser, "performance")]
    urls = [
        urlsplit(message["params"]["request"]["url"])
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return {f"{url.scheme}://{url.netloc}" for url in urls if url.scheme not in NOT_SENT}


def test_the_front_page_shows_films_and_asks_nobody_else(
    chromium: Chrome, gateway_url: str
) -> None:
    open_graphiql(chromium, gateway_url)
    nodes = run(chromium, "charts")["nodes"]

    assert isinstance(nodes, list)
    assert len(nodes) == 20
    assert all(film["title"] for film in nodes)
    assert any(film["poster"] for film in nodes)
    assert any(film["bestTrailer"] for film in nodes)
    assert any(film["requests"]["nodes"] for film in nodes)
    assert logged(chromium, "browser") == []
    assert requested(chromium) == {gateway_url}


def test_every_tab_runs(chromium: Chrome, gateway_url: str) -> None:
    open_graphiql(chromium, gateway_url)
    tabs = chromium.find_elements(By.CSS_SELECTOR, ".graphiql-tab-button")

    assert [tab.text for tab in tabs] == [
        "FrontPage", "MoviePage", "RequestList", "SearchAsYouType",
    ]  # fmt: skip
    for tab, root_field in zip(tabs, ("charts", "movie", "requests", "search"), strict=True):
        tab.click()
        start = f"query {tab.text}("
        wait(chromium).until(lambda _, start=start: start in settled(chromium))  # type: ignore[misc] # bound now
        assert run(chromium, root_field)
    assert logged(chromium, "browser") == []


def test_a_visitor_may_ask_as_somebody(chromium: Chrome, gateway_url: str) -> None:
    """The sandbox's keys are in the page; the one that is picked goes with each operation."""
    chromium.get(f"{gateway_url}/graphql")
    chromium.execute_script(SENT)
    picker = Select(
        wait(chromium).until(lambda it: it.find_element(By.CSS_SELECTOR, ".ask-as select"))
    )
    assert [each.text for each in picker.options] == [
        "nobody", "Ruth (requester)", "Mina Manager (manager)",
    ]  # fmt: skip
    wait(chromium).until(lambda _: "FrontPage" in text_of(chromium, "operation.graphql"))
    assert run(chromium, "charts")
    picker.select_by_visible_text("Ruth (requester)")
    chromium.find_element(By.CSS_SELECTOR, ".graphiql-execute-button").click()
    wait(chromium).until(lambda it: it.execute_script("return sent.at(-1)"))
    sent = chromium.execute_script("return sent")
    assert sent[0] is None
    assert sent[-1].startswith("Bearer mq_")
    assert logged(chromium, "browser") == []
    stored = chromium.execute_script("return JSON.stringify([localStorage, sessionStorage])")
    assert "Ruth" in stored
    assert "mq_" not in stored


def test_the_editor_checks_against_the_schema(chromium: Chrome, gateway_url: str) -> None:
    """Needs a worker that its own policy lets run, and the whole introspection."""
    open_graphiql(chromium, gateway_url)
    chromium.execute_script(REPLACE, "operation.graphql", "query Typo { chart }")
    wait(chromium).until(
        lambda _: any('"chart"' in said for said in chromium.execute_script(SERIOUS_MARKERS))
    )

    assert logged(chromium, "browser") == []


FOLLOW = "subscription Followed { requestChanged { kind request { movie { title } } } }"
ASK = "mutation { requestMovie(input: {movie: {tmdbId: 11}}) { __typename } }"


def test_a_visitor_may_follow_requests(chromium: Chrome, gateway_url: str) -> None:
    """Over a socket, which the page's policy lets through; it tells who was picked."""
    open_graphiql(chromium, gateway_url)
    picker = Select(chromium.find_element(By.CSS_SELECTOR, ".ask-as select"))
    picker.select_by_visible_text("Ruth (requester)")
    keys = json.loads(chromium.find_element(By.ID, "graphiql").get_attribute("data-keys") or "[]")
    chromium.execute_script(REPLACE, "operation.graphql", FOLLOW)
    wait(chromium).until(lambda _: "Followed" in settled(chromium))
    chromium.find_element(By.CSS_SELECTOR, ".graphiql-execute-button").click()
    stop = '.graphiql-execute-button[aria-label^="Stop"]'
    wait(chromium).until(lambda it: it.find_elements(By.CSS_SELECTOR, stop))

    def told(_: Chrome) -> bool:
        httpx.post(
            f"{gateway_url}/graphql",
            json={"query": ASK},
            headers={"Authorization": f"Bearer {keys[0]['key']}"},
        ).raise_for_status()
        return "Star Wars" in text_of(chromium, "response.json")

    wait(chromium).until(told)
    answer = json.loads(text_of(chromium, "response.json"))
    assert answer["data"]["requestChanged"]["kind"] == "CREATED"
    chromium.find_element(By.CSS_SELECTOR, stop).click()
    assert logged(chromium, "browser") == []
