"""A spent budget as a client sees it: what is cached goes on, the rest is null until a reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.graph.stage import Stage, staged
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]

TRAILERS = """query($id: Int!) {
  movie(by: { tmdbId: $id }) { title trailers { edges { node { key viewCount } } } }
}"""
STATUS = "{ upstreams { name quotaLeft resetsAt state } }"


async def status(stage: Stage, name: str) -> dict[str, object]:
    [found] = [one for one in (await stage.data(STATUS))["upstreams"] if one["name"] == name]
    return dict(found)


async def test_a_spent_day_nulls_its_own_fields_and_says_until_when() -> None:
    async with staged({"YOUTUBE_QUOTA_PER_DAY": "1"}) as stage:
        before = await status(stage, "youtube")
        assert before["quotaLeft"] == 1
        first = await stage.data(TRAILERS, {"id": 603})
        body = await stage.ask(TRAILERS, {"id": 550})
        assert body["data"]["movie"]["title"]
        nodes = [edge["node"] for edge in body["data"]["movie"]["trailers"]["edges"]]
        assert nodes
        assert all(node["viewCount"] is None for node in nodes)
        assert {error["extensions"]["code"] for error in body["errors"]} == {"QUOTA_EXHAUSTED"}
        codes = {error["extensions"]["code"] for error in body["errors"]}
        assert codes == {"QUOTA_EXHAUSTED"}
        wait_s = body["errors"][0]["extensions"]["retryAfterMs"] / 1000
        after = await status(stage, "youtube")
        assert (after["quotaLeft"], after["state"]) == (0, "CLOSED")
        resets_at = datetime.fromisoformat(str(after["resetsAt"]))
        assert abs(resets_at - datetime.now(UTC) - timedelta(seconds=wait_s)) < timedelta(seconds=5)
        assert await stage.data(TRAILERS, {"id": 603}) == first  # cached
        assert stage.calls()["youtube"] == 1


async def test_two_replicas_share_one_day(valkey_url: str) -> None:
    environ = {"YOUTUBE_QUOTA_PER_DAY": "2", "GATEWAY_REDIS_URL": valkey_url}
    async with staged(environ) as one, staged(environ, one.sandbox) as other:
        await one.data(TRAILERS, {"id": 603})
        await other.data(TRAILERS, {"id": 550})
        body = await one.ask(TRAILERS, {"id": 27205})
        assert body["errors"][0]["extensions"]["code"] == "QUOTA_EXHAUSTED"
        assert one.calls()["youtube"] == 2
        assert (await status(one, "youtube"))["quotaLeft"] == 0


async def test_youtubes_own_refusal_stops_every_replica(valkey_url: str) -> None:
    environ = {"YOUTUBE_QUOTA_PER_DAY": "10000", "GATEWAY_REDIS_URL": valkey_url}
    async with staged(environ) as one, staged(environ, one.sandbox) as other:
        one.sandbox.youtube.daily_units = 0
        refused = await one.ask(TRAILERS, {"id": 603})
        assert refused["errors"][0]["extensions"]["code"] == "QUOTA_EXHAUSTED"
        assert one.calls()["youtube"] == 1
        again = await other.ask(TRAILERS, {"id": 550})
        assert again["errors"][0]["extensions"]["code"] == "QUOTA_EXHAUSTED"
        assert other.calls()["youtube"] == 0


async def test_an_upstream_without_a_budget_shows_none() -> None:
    async with staged() as stage:
        seerr, tmdb = await status(stage, "seerr"), await status(stage, "tmdb")
        assert seerr["quotaLeft"] is None
        assert tmdb["quotaLeft"] is None  # a rate refills all the time
