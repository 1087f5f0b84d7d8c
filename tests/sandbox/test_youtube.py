"""YouTube as strict as the real one."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from gateway.sandbox import SandboxYouTube
from gateway.sandbox.videos import is_gone, videos_of

Ask = Callable[..., Awaitable[httpx.Response]]
ALL_PARTS = "part=snippet,contentDetails,status,statistics"
MATRIX = "vKQi3bBA1y8"


def _keys(youtube: SandboxYouTube, wanted: int) -> list[str]:
    videos = (video for film in youtube.catalogue.indexed for video in videos_of(film))
    return [video.key for video, _ in zip(videos, range(wanted), strict=False)]


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [({}, 403, "forbidden"), ({"x-goog-api-key": "invalid"}, 400, "keyInvalid")],
)
async def test_keys(ask_youtube: Ask, headers: dict[str, str], status: int, reason: str) -> None:
    answer = await ask_youtube(f"/videos?{ALL_PARTS}&id={MATRIX}", headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["errors"][0]["reason"]) == (
        status,
        status,
        reason,
    )
    assert (error.get("status") == "PERMISSION_DENIED") == (status == 403)


async def test_the_key_may_stand_in_the_query(ask_youtube: Ask) -> None:
    assert (await ask_youtube(f"/videos?part=id&id={MATRIX}&key=k", headers={})).is_success


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("id=a", "required"),
        ("part=snippet", "missingRequiredParameter"),
        ("part=snippet,nonsense&id=a", "unknownPart"),
        ("part=id&id=" + ",".join(f"k{n}" for n in range(51)), "invalidFilters"),
        ("part=id&id=a&fields=items/nonsense", "invalidParameter"),
        ("part=id&id=a&fields=items(id", "invalidParameter"),
        ("part=id&id=a&fields=items/id/deeper", "invalidParameter"),
        ("part=id&id=a&fields=items(id),", "invalidParameter"),
        ("part=id&id=a&fields=items id", "invalidParameter"),
        ("part=id&id=a&fields=" + "items(" * 2000, "invalidParameter"),
    ],
)
async def test_bad_calls_are_400(ask_youtube: Ask, query: str, reason: str) -> None:
    answer = await ask_youtube(f"/videos?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == reason


async def test_unknown_and_gone_ids_are_left_out_of_a_200(
    youtube: SandboxYouTube, ask_youtube: Ask
) -> None:
    gone = next(key for key in _keys(youtube, 200) if is_gone(key))
    body = (await ask_youtube(f"/videos?part=id&id={gone},{MATRIX},xxxxxxxxxxx")).json()
    assert [video["id"] for video in body["items"]] == [MATRIX]
    assert body["pageInfo"] == {"totalResults": 1, "resultsPerPage": 1}
    assert (await ask_youtube("/videos?part=id&id=xxxxxxxxxxx")).json()["items"] == []


async def test_ids_may_be_repeated_parameters_and_fifty_are_allowed(
    youtube: SandboxYouTube, ask_youtube: Ask
) -> None:
    keys = _keys(youtube, 50)
    query = "&".join(f"id={key}" for key in keys)
    body = (await ask_youtube(f"/videos?part=id&{query}")).json()
    assert 40 <= len(body["items"]) < 50


async def test_only_the_parts_asked_for(ask_youtube: Ask) -> None:
    body = (await ask_youtube(f"/videos?part=statistics&id={MATRIX}")).json()
    assert body["items"][0].keys() == {"kind", "etag", "id", "statistics"}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("items/id", {"items": [{"id": MATRIX}]}),
        ("pageInfo/totalResults", {"pageInfo": {"totalResults": 1}}),
        ("items(id,%20kind),kind", {
            "kind": "youtube#videoListResponse",
            "items": [{"kind": "youtube#video", "id": MATRIX}],
        }),
        ("items(id,statistics/dislikeCount)", {"items": [{"id": MATRIX, "statistics": {}}]}),
        ("items/status/embeddable", {"items": [{"status": {"embeddable": True}}]}),
        ("items/snippet", {"items": [{}]}),
        ("*/totalResults", {"items": [{}], "pageInfo": {"totalResults": 1}}),
        ("*/nonsense", None),
    ],
)  # fmt: skip
async def test_only_the_fields_asked_for(ask_youtube: Ask, fields: str, shown: object) -> None:
    answer = await ask_youtube(f"/videos?part=status,statistics&id={MATRIX}&fields={fields}")
    assert (answer.json() if answer.is_success else None) == shown


async def test_all_fields_are_what_comes_without(ask_youtube: Ask) -> None:
    whole = (await ask_youtube(f"/videos?{ALL_PARTS}&id={MATRIX}")).json()
    asked = f"/videos?{ALL_PARTS}&id={MATRIX}&fields="
    assert [(await ask_youtube(asked + all_)).json() for all_ in ("", "*")] == [whole, whole]


async def test_a_list_stays_that_nothing_is_left_of(ask_youtube: Ask) -> None:
    answer = await ask_youtube("/videos?part=id&id=xxxxxxxxxxx&fields=items(id)")
    assert answer.json() == {"items": []}


async def test_the_quirks_of_real_answers_occur(youtube: SandboxYouTube, ask_youtube: Ask) -> None:
    keys = _keys(youtube, 2_000)
    videos = [
        video
        for start in range(0, len(keys), 50)
        for video in (
            await ask_youtube(f"/videos?{ALL_PARTS}&id={','.join(keys[start : start + 50])}")
        ).json()["items"]
    ]
    details = [video["contentDetails"] for video in videos]
    counts = [video["statistics"] for video in videos]
    restrictions = [each.get("regionRestriction", {}) for each in details]
    assert all(isinstance(count, str) for each in counts for count in each.values())
    assert any("likeCount" not in each for each in counts)
    assert any("commentCount" not in each for each in counts)
    assert {each["caption"] for each in details} == {"true", "false"}
    assert all(each["duration"].startswith("P") for each in details)
    assert any(each["duration"] == "P0D" for each in details)
    assert {len(each) for each in restrictions} == {0, 1}
    assert {"allowed", "blocked"} == {name for each in restrictions for name in each}
    assert any("countryRestriction" in each for each in details)
    assert any(each["contentRating"] for each in details)
    assert {video["status"]["embeddable"] for video in videos} == {True, False}
    assert {len(video["snippet"]["thumbnails"]) for video in videos} == {3, 4, 5}


async def test_a_day_of_units_ends_in_403_with_html(ask_youtube: Ask) -> None:
    youtube = SandboxYouTube(daily_units=1)
    transport = httpx.ASGITransport(app=youtube.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://y") as http:
        http.headers["x-goog-api-key"] = "k"
        first = await http.get("/videos?part=id&id=a")
        second = await http.get("/videos?part=id&id=a")
        youtube.reset()
        third = await http.get("/videos?part=id&id=a")
    assert [first.status_code, second.status_code, third.status_code] == [200, 403, 200]
    error = second.json()["error"]
    assert error["errors"][0]["reason"] == "quotaExceeded"
    assert "<a href=" in error["message"]


async def test_search_titles_are_escaped(ask_youtube: Ask) -> None:
    body = (await ask_youtube("/search?part=snippet&q=pans%20labyrinth&type=video")).json()
    titles = [hit["snippet"]["title"] for hit in body["items"]]
    assert titles
    assert all(title.startswith("Pan&#x27;s Labyrinth") for title in titles)
    assert body["pageInfo"]["totalResults"] == 1_000_000
