"""What the sandbox's Seerr shows, to whom, and how it takes odd questions."""

import httpx
import pytest

from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.faults import Fault
from gateway.sandbox.seerr import SandboxSeerr, SeerrSeed
from gateway.sandbox.seerr.radarr import RadarrServer
from tests.sandbox.seerr_house import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def demo() -> House:
    return House(SeerrSeed.demo())


async def test_the_demo_shows_every_state_on_movies_of_the_catalogue(demo: House) -> None:
    requests = await demo.rows("/request?take=-1")
    media = await demo.rows("/media?take=-1")

    assert {row["status"] for row in requests} == {1, 2, 3, 4, 5}
    assert {row["status"] for row in media} == {1, 2, 3, 4, 5, 6, 7}
    assert {row["status4k"] for row in media} >= {2, 3, 5}
    assert len(requests) > 55
    known = Catalogue()
    assert all(known.get(int(str(row["tmdbId"]))) for row in media if row["mediaType"] == "movie")


async def test_the_demo_has_a_raced_movie_and_a_stuck_request(demo: House) -> None:
    raced = [row["id"] for row in await demo.rows("/media?take=-1") if row["tmdbId"] == 274]
    page = await demo.get("/movie/274")

    assert len(raced) == 2
    assert isinstance(page["mediaInfo"], dict)
    assert page["mediaInfo"]["id"] == min(map(int, map(str, raced)))
    assert (await demo.get("/request/count"))["available"] == 1


async def test_series_carry_ids_of_movies_and_stay_apart(demo: House) -> None:
    rows = [row for row in await demo.rows("/media?take=-1") if row["tmdbId"] == 550]
    page = await demo.get("/movie/550")

    assert {row["mediaType"] for row in rows} == {"movie", "tv"}
    assert page["title"] == "Fight Club"
    assert isinstance(page["mediaInfo"], dict)
    assert {row["type"] for row in page["mediaInfo"]["requests"]} == {"movie"}


async def test_the_front_page_tells_the_state_of_twenty_movies_in_one_call(demo: House) -> None:
    rows = await demo.rows("/discover/movies?page=1")

    states = [row["mediaInfo"] for row in rows if "mediaInfo" in row]
    assert len(rows) == 20
    assert len(states) > 12
    assert all(isinstance(state, dict) and "requests" not in state for state in states)


async def test_two_runs_agree_to_the_byte() -> None:
    first, second = House(SeerrSeed.demo()), House(SeerrSeed.demo())

    for path in ("/request?take=-1", "/media?take=-1", "/user", "/movie/603"):
        assert (await first.call("GET", path)).content == (await second.call("GET", path)).content


async def test_a_bulk_of_requests_comes_in_one_answer() -> None:
    house = House(SeerrSeed.bulk(requests=300))

    assert len(await house.rows("/request?take=5000")) == 300
    assert len({row["tmdbId"] for row in await house.rows("/media?take=5000")}) == 300


@pytest.mark.parametrize(
    ("query", "count", "page_size"),
    [("", 10, 10), ("?take=0", 10, 10), ("?take=-1", 12, -1), ("?take=5", 5, 5)],
)
async def test_odd_takes_are_read_as_the_database_reads_them(
    house: House, query: str, count: int, page_size: int
) -> None:
    for tmdb_id in range(5001, 5013):
        await house.ask(tmdb_id)

    body = await house.get(f"/request{query}")

    assert isinstance(body["results"], list)
    assert len(body["results"]) == count
    assert isinstance(body["pageInfo"], dict)
    assert body["pageInfo"]["pageSize"] == page_size
    assert body["pageInfo"]["results"] == 12


async def test_a_broken_take_is_a_500(house: House) -> None:
    assert (await house.call("GET", "/request?take=1.5")).status_code == 500
    assert (await house.call("GET", "/media?skip=0.5")).status_code == 500


async def test_people_see_their_own_requests_unless_they_may_see_all(house: House) -> None:
    await house.ask(5001, user=7)
    await house.ask(5002, user=9)

    assert await house.ids("/request", user=7) == [1]
    assert await house.ids("/request", user=4) == []
    for onlooker in (1, 5, 8):
        assert await house.ids("/request", user=onlooker) == [2, 1]
        assert await house.ids("/request?requestedBy=9", user=onlooker) == [2]
    assert (await house.call("GET", "/request?requestedBy=9", user=7)).status_code == 403
    assert await house.ids("/request?requestedBy=7", user=7) == [1]
    assert (await house.get("/request/count", user=4))["total"] == 2


async def test_blocklisting_hides_a_request_from_lists_alone(house: House) -> None:
    await house.ask(5001)
    await house.call("POST", "/blocklist", {"tmdbId": 5001, "mediaType": "movie", "title": "x"})

    assert await house.ids("/request") == []
    assert (await house.media_of(1))["status"] == 6
    assert (await house.ask(5001, user=9)).json() == {"message": "This media is blocklisted."}

    assert (await house.call("DELETE", "/blocklist/5001")).status_code == 204
    assert (await house.ask(5001, user=9)).status_code == 201


async def test_filters_look_at_the_track_that_was_asked_for(house: House) -> None:
    await house.ask(5001, user=6, is4k=True)
    await house.ask(5001, user=7)
    for number in (1, 2):
        await house.call("POST", f"/request/{number}/approve", user=5)
    await house.call("POST", "/media/1/available", {"is4k": True}, user=5)

    assert await house.ids("/request?filter=available") == [1]
    assert await house.ids("/request?filter=processing") == [2]
    assert await house.ids("/request?filter=approved") == [2]


async def test_a_silent_radarr_holds_up_the_list_of_requests_only(house: House) -> None:
    await house.ask(5001)
    server = RadarrServer(id=0, name="Sleepy", url="http://radarr.test", health="silent")
    house.seerr.world.radarr.servers[0] = server

    for path in ("/request/1", "/user/7/requests", "/media", "/request/count"):
        await house.get(path)
    assert house.slept_s == []

    body = await house.get("/request")
    assert house.slept_s == [10.0]
    assert body["serviceErrors"] == {"radarr": [{"id": 0, "name": "Sleepy"}], "sonarr": []}


async def test_the_list_names_the_quality_profile(house: House) -> None:
    house.seerr.world.radarr.servers[0] = RadarrServer(id=0, name="R", url="http://radarr.test")
    await house.ask(5001, serverId=0, profileId=2)

    assert [row["profileName"] for row in await house.rows("/request")] == ["HD - 1080p"]


async def test_a_known_answer_is_304_until_something_changes(house: House) -> None:
    await house.ask(5001)
    first = await house.call("GET", "/request")

    again = await house.call("GET", "/request", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")

    await house.ask(5002)
    changed = await house.call("GET", "/request", If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200


async def test_a_space_is_percent_20_and_reserved_characters_are_encoded(demo: House) -> None:
    found = await demo.rows("/search?query=the%20matrix")
    assert 603 in {row["id"] for row in found}

    for raw in "+!'()*:/,;@$[]":
        answer = await demo.call("GET", f"/search?query=a{raw}b")
        assert answer.status_code == 400, raw
        encoded = await demo.call("GET", f"/search?query=a%{ord(raw):02X}b")
        assert encoded.status_code == 200, raw
    assert demo.seerr.queries[0] == "query=the%20matrix"


@pytest.mark.parametrize("page", ["0", "501", "2.5"])
async def test_pages_that_tmdb_refuses(house: House, page: str) -> None:
    found = await house.get(f"/search?query=the&page={page}")

    assert found == {"page": 1, "totalPages": 1, "totalResults": 0, "results": []}
    assert (await house.call("GET", f"/discover/movies?page={page}")).status_code == 500


async def test_discover_filters_by_the_original_language(demo: House) -> None:
    rows = await demo.rows("/discover/movies?language=fr")

    assert {row["originalLanguage"] for row in rows} == {"fr"}


async def test_a_search_for_a_year_or_an_id(demo: House) -> None:
    assert await demo.ids("/search?query=tmdb%3A603") == [603]
    assert await demo.ids("/search?query=tmdb%3A999999999") == []
    rows = await demo.rows("/search?query=the%20matrix%20year%3A1999")
    assert [row["id"] for row in rows] == [603]


async def test_an_unknown_movie_and_an_outage_look_alike(house: House) -> None:
    unknown = await house.call("GET", "/movie/987654321")
    house.seerr.world.tmdb.outage = "socket hang up"
    outage = await house.call("GET", "/movie/5001")

    assert (unknown.status_code, unknown.json()) == (outage.status_code, outage.json())
    assert unknown.json() == {"message": "Unable to retrieve movie."}


async def test_only_user_managers_see_addresses_but_display_names_leak_them(house: House) -> None:
    shown = await house.get("/user/9", user=7)

    assert "email" not in shown
    assert shown["displayName"] == "movie.only@example.test"
    assert (await house.get("/user/9", user=11))["email"] == "movie.only@example.test"
    assert (await house.call("GET", "/user/99")).status_code == 404


async def test_the_quota_counts_a_moving_window_and_leaves_declined_ones_out(house: House) -> None:
    await house.ask(5001, user=2)
    await house.ask(5002, user=2)
    assert (await house.ask(5003, user=2)).json() == {"message": "Movie Quota exceeded."}

    await house.call("POST", "/request/2/decline", user=5)
    assert (await house.ask(5003, user=2)).status_code == 201

    house.later(days=7, seconds=1)
    quota = await house.get("/user/2/quota", user=2)
    assert quota["movie"] == {
        "days": 7,
        "limit": 2,
        "used": 0,
        "remaining": 2,
        "restricted": False,
    }


async def test_a_fault_stands_in_for_the_answer_and_writes_nothing(house: House) -> None:
    house.seerr.faults.set([Fault(kind="status", status=503, route="/request", count=1)])

    assert (await house.ask(5001)).status_code == 503
    assert await house.ids("/request") == []
    assert [(call.route, call.status) for call in house.seerr.calls] == [
        ("/request", 503),
        ("/request", 200),
    ]


async def test_reset_returns_to_the_seed(demo: House) -> None:
    before = await demo.call("GET", "/request/count")
    await demo.ask(13, user=6)
    await demo.call("DELETE", "/media/1")
    demo.seerr.world.csrf_protection = True

    demo.seerr.reset()

    assert demo.seerr.calls == []
    assert (await demo.call("GET", "/request/count")).content == before.content


async def test_it_stands_alone_without_arguments() -> None:
    seerr = SandboxSeerr()
    transport = httpx.ASGITransport(app=seerr.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://seerr") as http:
        answer = await http.get("/auth/me", headers={"X-Api-Key": seerr.api_key})

    assert answer.json()["id"] == 1
