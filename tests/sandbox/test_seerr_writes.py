"""What people can do to the sandbox's Seerr, races and weak checks included."""

import asyncio
from collections import Counter

import pytest

from gateway.sandbox.seerr.radarr import RadarrServer
from tests.sandbox.seerr_house import House


@pytest.fixture
def house() -> House:
    return House()


def radarr(house: House, **how: object) -> RadarrServer:
    server = RadarrServer(id=0, name="Radarr", url="http://radarr.test", **how)  # type: ignore[arg-type]
    house.seerr.world.radarr.servers[0] = server
    return server


async def test_twenty_at_once_make_twenty_requests_and_twenty_media_rows(house: House) -> None:
    answers = await asyncio.gather(*(house.ask(5001, user=7) for _ in range(20)))

    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert len(await house.ids("/request?take=-1")) == 20
    assert len(await house.ids("/media?take=-1")) == 20
    page = await house.get("/movie/5001")
    assert isinstance(page["mediaInfo"], dict)
    assert page["mediaInfo"]["id"] == 1
    assert len(page["mediaInfo"]["requests"]) == 1

    assert (await house.ask(5001, user=9)).status_code == 409


async def test_a_quota_is_overrun_by_calls_at_once(house: House) -> None:
    answers = await asyncio.gather(*(house.ask(5001 + n, user=2) for n in range(6)))

    assert Counter(answer.status_code for answer in answers) == {201: 6}
    assert (await house.ask(5020, user=2)).status_code == 403


async def test_one_after_the_other_the_second_is_refused(house: House) -> None:
    assert (await house.ask(5001, user=7)).status_code == 201
    assert (await house.ask(5001, user=9)).status_code == 409
    assert (await house.ask(5001, user=6, is4k=True)).status_code == 201


async def test_refusals_come_in_their_order(house: House) -> None:
    """Permission, quota, TMDB, blocklist, duplicate."""
    await house.call("POST", "/blocklist", {"tmdbId": 5001, "mediaType": "movie", "title": "x"})
    await house.ask(5002, user=2)
    await house.ask(5003, user=2)
    house.seerr.world.tmdb.outage = "socket hang up"

    assert (await house.ask(5009, user=4)).status_code == 403
    assert (await house.ask(5009, user=2)).json() == {"message": "Movie Quota exceeded."}
    assert (await house.ask(5001, user=7)).status_code == 500

    house.seerr.world.tmdb.outage = None
    assert (await house.ask(5001, user=7)).status_code == 403
    assert (await house.ask(5002, user=7)).status_code == 409


async def test_the_message_tells_an_unknown_movie_from_an_outage(house: House) -> None:
    for outage in ("socket hang up", "Request failed with status code 503"):
        house.seerr.world.tmdb.outage = outage
        answer = await house.ask(5001)
        assert answer.json() == {"message": f"[TMDB] Failed to fetch movie details: {outage}"}
    house.seerr.world.tmdb.outage = None
    assert (await house.ask(1)).json()["message"].endswith("status code 404")
    assert (await house.ask(5500)).json()["message"].endswith("status code 500")


async def test_a_post_without_json_is_415(house: House) -> None:
    assert (await house.call("POST", "/request")).status_code == 415


@pytest.mark.parametrize("is4k", [None, "false", 0])
async def test_is4k_must_be_a_boolean(house: House, is4k: object) -> None:
    assert (await house.ask(5001, is4k=is4k)).status_code == 400


async def test_a_client_that_gives_up_does_not_stop_its_request(house: House) -> None:
    tmdb_answers = asyncio.Event()
    asked = asyncio.Event()

    async def slow(seconds: float) -> None:
        house.slept_s.append(seconds)
        asked.set()
        await tmdb_answers.wait()

    house.seerr.world.tmdb.sleep = slow
    call = asyncio.create_task(house.ask(5700, user=9))
    await asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await house.ids("/request") == []

    tmdb_answers.set()
    await house.seerr.settled()
    assert house.slept_s == [6.0]
    assert await house.ids("/request") == [1]


async def test_decisions_are_not_checked_for_the_present_state(house: House) -> None:
    await house.ask(5001)
    for verb, status in (("decline", 3), ("approve", 2), ("decline", 3), ("retry", 2)):
        answer = await house.call("POST", f"/request/1/{verb}", user=5)
        assert (answer.status_code, answer.json()["status"]) == (200, status)


async def test_answers_to_writes_carry_the_old_media_status(house: House) -> None:
    made = await house.ask(5001)
    approved = await house.call("POST", "/request/1/approve", user=5)

    assert made.json()["media"]["status"] == 2
    assert approved.json()["media"]["status"] == 2
    assert (await house.media_of(1))["status"] == 3


async def test_dates_of_a_request_never_change(house: House) -> None:
    await house.ask(5001)
    before = await house.get("/request/1")
    house.later(hours=1)
    await house.call("POST", "/request/1/approve", user=5)
    await house.call("POST", "/media/1/available", {}, user=5)
    after = await house.get("/request/1")

    assert (before["status"], after["status"]) == (1, 5)
    assert before["updatedAt"] == after["updatedAt"] == before["createdAt"]


async def test_declining_a_second_request_makes_available_media_unknown(house: House) -> None:
    await house.ask(5001)
    await house.call("POST", "/request/1/approve", user=5)
    await house.call("POST", "/media/1/available", {}, user=5)
    await house.ask(5001, user=9)

    await house.call("POST", "/request/2/decline", user=5)

    assert (await house.media_of(1))["status"] == 1


async def test_media_made_available_leaves_a_pending_request_approved(house: House) -> None:
    await house.ask(5001)
    await house.call("POST", "/media/1/available", {}, user=5)
    await house.call("POST", "/media/1/available", {}, user=5)

    assert (await house.get("/request/1"))["status"] == 2
    assert (await house.get("/request/count"))["available"] == 1


async def test_anybody_deletes_anybodys_pending_request(house: House) -> None:
    await house.ask(5001, user=7)
    await house.ask(5002, user=7)
    await house.call("POST", "/request/2/approve", user=5)

    assert (await house.call("DELETE", "/request/1", user=4)).status_code == 204
    assert (await house.call("DELETE", "/request/2", user=4)).status_code == 401
    assert (await house.call("DELETE", "/request/2", user=5)).status_code == 204
    assert [row["status"] for row in await house.rows("/media")] == [1, 1]


async def test_an_update_changes_owner_and_choices_but_no_state(house: House) -> None:
    await house.ask(5001, user=7)
    body = {"mediaType": "movie", "userId": 9, "profileId": 4, "status": 3}

    answer = await house.call("PUT", "/request/1", body)

    assert "serverId" not in answer.json()
    kept = await house.get("/request/1")
    assert (kept["status"], kept["profileId"]) == (1, 4)
    assert await house.ids("/user/9/requests") == [1]
    assert await house.ids("/user/7/requests") == []


async def test_a_series_is_updated_by_its_seasons(house: House) -> None:
    body = {"mediaType": "tv", "mediaId": 801, "seasons": "all", "is4k": False}
    made = await house.call("POST", "/request", body, user=7)
    assert [season["seasonNumber"] for season in made.json()["seasons"]] == [1, 2]

    changed = await house.call("PUT", "/request/1", {"mediaType": "tv", "seasons": [2, 3]}, user=7)
    assert [season["seasonNumber"] for season in changed.json()["seasons"]] == [2, 3]
    missing = await house.call("PUT", "/request/1", {"mediaType": "tv"}, user=7)
    assert missing.status_code == 500


async def test_radarr_refusing_at_once_shows_in_the_201(house: House) -> None:
    server = radarr(house, health="refusing")

    made = await house.ask(5001, user=3)
    assert made.json()["status"] == 4

    server.health = "up"
    await house.call("POST", "/request/1/retry", user=5)
    media = await house.media_of(1)
    assert (media["status"], media["serviceUrl"]) == (3, "http://radarr.test/movie/5001")


async def test_a_silent_radarr_fails_the_request_ten_seconds_later(house: House) -> None:
    radarr(house, health="silent")

    made = await house.ask(5001, user=3)
    assert made.json()["status"] == 2

    await house.seerr.settled()
    assert 10.0 in house.slept_s
    assert (await house.get("/request/1"))["status"] == 4


async def test_with_csrf_protection_reads_work_and_writes_need_the_token(house: House) -> None:
    house.seerr.world.csrf_protection = True

    refused = await house.ask(5001)
    assert (refused.status_code, refused.json()) == (403, {"message": "invalid csrf token"})
    read = await house.call("GET", "/request")
    assert read.status_code == 200

    secret, token = read.cookies["_csrf"], read.cookies["XSRF-TOKEN"]
    allowed = await house.call(
        "POST",
        "/request",
        {"mediaType": "movie", "mediaId": 5001, "is4k": False},
        user=7,
        Cookie=f"_csrf={secret}",
        X_XSRF_TOKEN=token,
    )
    assert allowed.status_code == 201
    forged = await house.call("DELETE", "/request/1", Cookie="_csrf=x", X_XSRF_TOKEN=token)
    assert forged.status_code == 403


@pytest.mark.parametrize("user", ["", " ", "1"])
async def test_no_named_user_is_the_administrator(house: House, user: str) -> None:
    headers = {"X-Api-Key": house.seerr.api_key, "X-API-User": user}
    body = {"mediaType": "movie", "mediaId": 5001, "is4k": False}

    made = await house.http.post("/request", headers=headers, json=body)

    assert (made.json()["requestedBy"]["id"], made.json()["status"]) == (1, 2)


async def test_a_user_that_is_no_number_never_gets_an_answer(house: House) -> None:
    sent: list[object] = []
    incoming: list[dict[str, object]] = [
        {"type": "http.request", "body": b"", "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        return incoming.pop(0)

    async def send(message: object) -> None:
        sent.append(message)

    headers = [(b"x-api-key", house.seerr.api_key.encode()), (b"x-api-user", b"someone")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/auth/me",
        "query_string": b"",
        "headers": headers,
    }
    await house.seerr.app()(scope, receive, send)

    assert sent == []
    assert incoming == []
