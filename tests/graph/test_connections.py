"""Every connection, walked in steps of any size: each item once, in order, to an honest end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.graph.ids import global_id
from tests.graph.stage import Stage, staged

LISTS = {
    "chart": "charts(chart: NOW_PLAYING, first: $first, after: $after)",
    "search": 'search(query: "the", first: $first, after: $after)',
    "discover": "discover(filter: {year: 1999}, first: $first, after: $after)",
    "requests": "requests(first: $first, after: $after)",
    "recommendations": "movie(by: {tmdbId: 603}) { recommendations(first: $first, after: $after)",
    "similar": "movie(by: {tmdbId: 603}) { similar(first: $first, after: $after)",
    "trailers": "movie(by: {tmdbId: 603}) { trailers(first: $first, after: $after)",
}
AT_MOST = 160


def query(name: str) -> str:
    closing = " }" if "{ " in LISTS[name].replace("{year", "") else ""
    return f"""query($first: Int!, $after: String) {{ {LISTS[name]} {{
      edges {{ cursor node {{ id }} }} nodes {{ id }} totalCount
      pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}{closing} }}"""


async def page(stage: Stage, name: str, first: int, after: str | None) -> dict[str, Any]:
    found = await stage.data(query(name), {"first": first, "after": after})
    while "edges" not in found:
        (found,) = found.values()
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    info, edges = found["pageInfo"], found["edges"]
    assert info["startCursor"] == (edges[0]["cursor"] if edges else None)
    assert info["endCursor"] == (edges[-1]["cursor"] if edges else None)
    assert info["hasPreviousPage"] is (after is not None)
    return dict(found)


async def walk(stage: Stage, name: str, sizes: list[int]) -> list[str]:
    seen: list[str] = []
    after: str | None = None
    turn = 0
    while len(seen) < AT_MOST:
        first = sizes[turn % len(sizes)]
        found = await page(stage, name, first, after)
        assert len(found["nodes"]) <= first
        seen += [node["id"] for node in found["nodes"]]
        if not found["pageInfo"]["hasNextPage"]:
            if found["totalCount"] is not None:
                assert len(seen) <= found["totalCount"]
            break
        after, turn = found["pageInfo"]["endCursor"], turn + 1
    return seen


@pytest.fixture(scope="module", params=list(LISTS))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(7, 100), min_size=1, max_size=4))
async def test_steps_of_any_size_give_the_same_list(
    stage: Stage, name: str, sizes: list[int]
) -> None:
    whole = await walk(stage, name, [100])
    assert whole
    assert len(set(whole)) == len(whole)
    seen = await walk(stage, name, sizes)
    shortest = min(len(seen), len(whole))
    assert seen[:shortest] == whole[:shortest]
    assert len(seen) == len(whole) or shortest >= AT_MOST


async def test_a_page_may_begin_behind_any_item(stage: Stage) -> None:
    whole = await page(stage, "chart", 45, None)
    for edge, following in zip(whole["edges"][:-1:5], whole["edges"][1::5], strict=False):
        found = await page(stage, "chart", 1, edge["cursor"])
        assert found["nodes"] == [following["node"]]


async def test_totals_count_what_paging_can_reach(stage: Stage) -> None:
    """TMDB serves 500 pages of 20, whatever it counts."""
    found = await page(stage, "search", 1, None)
    assert 0 < found["totalCount"] <= 10_000
    found = (await stage.data("{ discover { totalCount } }"))["discover"]
    assert found["totalCount"] <= 10_000


async def test_the_second_half_of_a_first_page_costs_nothing(stage: Stage) -> None:
    """It came with the film."""
    head = await page(stage, "recommendations", 5, None)
    stage.calls()
    await page(stage, "recommendations", 5, head["pageInfo"]["endCursor"])
    assert stage.calls()["tmdb"] == 0


async def test_nothing_found_is_an_empty_list(stage: Stage) -> None:
    found = await stage.data('{ search(query: "qqqqzzzz") { nodes { id } totalCount } }')
    assert found == {"search": {"nodes": [], "totalCount": 0}}


async def test_a_new_request_on_top_shifts_nothing() -> None:
    """The cursor knows its item: rows that arrive between two pages repeat none."""
    async with staged() as first, staged(sandbox=first.sandbox) as later:
        head = await page(first, "requests", 5, None)
        rest = await page(first, "requests", 100, head["pageInfo"]["endCursor"])
        first.calls()
        await ask_seerr_for_a_film(first)
        again = await page(later, "requests", 100, head["pageInfo"]["endCursor"])
        assert again["nodes"] == rest["nodes"]
        assert again["totalCount"] == rest["totalCount"] + 1
        newest = await page(later, "requests", 1, None)
        assert newest["nodes"] != head["nodes"][:1]


async def ask_seerr_for_a_film(stage: Stage) -> None:
    """As a person in front of Seerr's own page does."""
    import httpx  # noqa: PLC0415 - used here only

    wire = httpx.ASGITransport(app=stage.sandbox.app())
    async with httpx.AsyncClient(transport=wire, base_url="http://sandbox") as seerr:
        made = await seerr.post(
            "/seerr/api/v1/request",
            json={"mediaType": "movie", "mediaId": 900_001},
            headers={"X-Api-Key": stage.sandbox.seerr.api_key},
        )
    assert made.status_code == 201, made.text


async def test_requests_are_filtered_and_sorted(stage: Stage) -> None:
    fields = "{ nodes { id status createdAt requestedBy { id } } totalCount }"
    found = await stage.data(
        f"""{{ all: requests(first: 100) {fields}
               old: requests(first: 100, orderBy: CREATED_AT_ASC) {fields}
               some: requests(first: 100, status: [PENDING, DECLINED]) {fields}
               none: requests(first: 100, status: []) {fields} }}"""
    )
    every = found["all"]["nodes"]
    assert len(every) == found["all"]["totalCount"]
    dates = [datetime.fromisoformat(node["createdAt"]).astimezone(UTC) for node in every]
    assert dates == sorted(dates, reverse=True)
    assert found["old"]["nodes"] == every[::-1]
    assert found["none"] == {"nodes": [], "totalCount": 0}
    wanted = {"PENDING", "DECLINED"}
    assert found["some"]["nodes"] == [node for node in every if node["status"] in wanted]
    person = every[0]["requestedBy"]["id"]
    mine = await stage.data(f'{{ requests(first: 100, requestedBy: "{person}") {fields} }}')
    assert mine["requests"]["nodes"] == [n for n in every if n["requestedBy"]["id"] == person]
    nobody = global_id("User", 999)
    assert (await stage.data(f'{{ requests(requestedBy: "{nobody}") {fields} }}'))["requests"] == {
        "nodes": [],
        "totalCount": 0,
    }
