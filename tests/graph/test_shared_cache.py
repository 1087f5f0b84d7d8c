"""Two gateways on one real Valkey: what one has paid for, the other has too."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.sandbox import Fault, Sandbox
from tests.graph.stage import Stage, staged
from tests.graph.test_call_counts import CHART_PAGE, FILM_PAGE, REQUEST_PAGE
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]  # fixtures

PAGES = {"chart": CHART_PAGE, "requests": REQUEST_PAGE, "film": FILM_PAGE}


@pytest.fixture
async def pair(valkey_url: str) -> AsyncIterator[tuple[Stage, Stage]]:
    """Two processes' worth of gateway over one sandbox."""
    shared = {"GATEWAY_REDIS_URL": valkey_url}
    sandbox = Sandbox()
    async with staged(shared, sandbox) as one, staged(shared, sandbox) as other:
        yield one, other


@pytest.mark.parametrize("name", PAGES)
async def test_the_second_process_calls_nobody(pair: tuple[Stage, Stage], name: str) -> None:
    one, other = pair
    page = await one.data(PAGES[name])
    assert sum(one.calls().values()) > 0
    assert await other.data(PAGES[name]) == page
    assert sum(other.calls().values()) == 0


async def test_an_outage_shows_in_neither(pair: tuple[Stage, Stage]) -> None:
    one, other = pair
    page = await one.data(FILM_PAGE)
    for name in ("tmdb", "youtube", "seerr", "omdb"):
        one.upstream(name).faults.set([Fault(kind="server_error")])
    assert await other.data(FILM_PAGE) == page


async def test_another_address_of_an_upstream_is_another_cache(
    pair: tuple[Stage, Stage], valkey_url: str
) -> None:
    """Whoever points the gateway at another Seerr must not see the first one's requests."""
    one, _ = pair
    await one.data(REQUEST_PAGE)
    moved = {
        "GATEWAY_REDIS_URL": valkey_url,
        "SEERR_BASE_URL": "http://elsewhere/seerr/api/v1",
    }
    async with staged(moved, one.sandbox) as elsewhere:
        await elsewhere.data(REQUEST_PAGE)
        assert elsewhere.calls()["seerr"] == 1
