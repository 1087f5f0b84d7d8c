"""TMDB as strict as the real one."""

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest

from gateway.sandbox import SandboxTmdb

Ask = Callable[..., Awaitable[httpx.Response]]
CHARTS = ["movie/popular", "movie/top_rated", "movie/upcoming", "movie/now_playing",
          "trending/movie/day", "trending/movie/week"]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/movie/999999999", 404, 34),
        ("/movie/abc", 404, 6),
        ("/movie/0", 404, 6),
        ("/nothing/here", 404, 34),
        ("/movie/popular?page=501", 400, 22),
        ("/movie/popular?page=0", 400, 22),
        ("/discover/movie?page=-1", 400, 22),
        ("/search/movie?query=a&page=x", 400, 22),
        ("/movie/603?append_to_response=" + ",".join(f"p{n}" for n in range(21)), 400, 27),
        ("/movie/changes?start_date=2026-01-01&end_date=2026-02-01", 422, 20),
        ("/discover/movie?vote_average.gte=high", 422, 5),
        ("/find/tt0133093", 422, 5),
    ],
)
async def test_refusals_have_tmdbs_own_bodies(
    ask_tmdb: Ask, path: str, status: int, code: int
) -> None:
    answer = await ask_tmdb(path)
    body = answer.json()
    assert (answer.status_code, body["status_code"], body["success"]) == (status, code, False)
    assert body["status_message"]


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer "}, {"authorization": "x"},
                                     {"authorization": "Bearer invalid"}])  # fmt: skip
async def test_without_a_good_token_everything_is_401(
    ask_tmdb: Ask, headers: dict[str, str]
) -> None:
    answer = await ask_tmdb("/movie/603", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {
        "success": False,
        "status_code": 7,
        "status_message": "Invalid API key: You must be granted a valid key.",
    }


async def test_the_old_parameter_works_and_is_recorded(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    answer = await ask_tmdb("/authentication?api_key=old", headers={})
    assert answer.json()["success"] is True
    assert tmdb.queries == ["api_key=old"]


async def test_appended_parts_stand_without_id_and_unknown_ones_are_dropped(ask_tmdb: Ask) -> None:
    path = "/movie/603?append_to_response=videos%2Ccredits,watch/providers,nonsense"
    body = (await ask_tmdb(path)).json()
    assert {"videos", "credits", "watch/providers"} <= body.keys()
    assert "nonsense" not in body
    assert "id" not in body["videos"]
    assert body["videos"]["results"] == (await ask_tmdb("/movie/603/videos")).json()["results"]


async def test_twenty_parts_are_allowed(ask_tmdb: Ask) -> None:
    names = ",".join(["videos", "credits", *(f"p{n}" for n in range(18))])
    answer = await ask_tmdb(f"/movie/603?append_to_response={names}")
    assert answer.status_code == 200
    assert {"videos", "credits"} <= answer.json().keys()


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("", {"en"}),
        ("?language=en-US", {"en"}),
        ("?language=de-DE", {"de"}),
        ("?language=de-DE&include_video_language=de,en,null", {"de", "en"}),
        ("?language=ja", set()),
    ],
)
async def test_videos_go_by_language(ask_tmdb: Ask, query: str, languages: set[str]) -> None:
    found = (await ask_tmdb(f"/movie/603/videos{query}")).json()["results"]
    assert {video["iso_639_1"] for video in found} == languages


async def test_image_languages_are_an_allow_list(ask_tmdb: Ask) -> None:
    body = (await ask_tmdb("/movie/603/images?include_image_language=de")).json()
    assert [poster["iso_639_1"] for poster in body["posters"]] == ["de"]
    body = (await ask_tmdb("/movie/603/images?include_image_language=en,null")).json()
    assert {poster["iso_639_1"] for poster in body["posters"]} == {"en", None}


async def test_localised_titles_and_the_fallback(ask_tmdb: Ask) -> None:
    german = (await ask_tmdb("/movie/238?language=de-DE")).json()
    assert (german["title"], german["genres"][1]["name"]) == ("Der Pate", "Krimi")
    assert german["overview"]
    untranslated = (await ask_tmdb("/movie/129?language=pt-BR")).json()
    assert (untranslated["title"], untranslated["overview"]) == ("千と千尋の神隠し", "")


@pytest.mark.parametrize("chart", CHARTS)
async def test_page_one_of_each_chart_holds_20_distinct_films(ask_tmdb: Ask, chart: str) -> None:
    body = (await ask_tmdb(f"/{chart}")).json()
    assert len({film["id"] for film in body["results"]}) == 20
    assert ("dates" in body) == (chart in {"movie/upcoming", "movie/now_playing"})
    assert all(("media_type" in film) == chart.startswith("tr") for film in body["results"])


async def test_neighbouring_pages_share_a_film_but_no_page_repeats_one(ask_tmdb: Ask) -> None:
    pages = [
        [film["id"] for film in (await ask_tmdb(f"/movie/popular?page={n}")).json()["results"]]
        for n in range(1, 31)
    ]
    assert all(len(set(page)) == len(page) == 20 for page in pages)
    assert pages[0][-1] == pages[1][0]
    assert not set(pages[1]) & set(pages[2])


async def test_totals_are_not_capped_and_page_500_is_full(ask_tmdb: Ask) -> None:
    body = (await ask_tmdb("/movie/popular?page=500")).json()
    assert (body["total_pages"], len(body["results"])) == (58_326, 20)


async def test_a_chart_ends_where_it_says(ask_tmdb: Ask) -> None:
    body = (await ask_tmdb("/movie/upcoming?page=48")).json()
    assert (body["total_pages"], body["total_results"], len(body["results"])) == (48, 947, 7)
    assert (await ask_tmdb("/movie/upcoming?page=49")).json()["results"] == []


async def test_empty_and_unmatched_searches_are_200_with_nothing(ask_tmdb: Ask) -> None:
    for query in ("?query=", "", "?query=qqqqqqqq"):
        answer = await ask_tmdb(f"/search/movie{query}")
        assert answer.json() == {"page": 1, "results": [], "total_pages": 1, "total_results": 0}


async def test_search_by_words_and_year(ask_tmdb: Ask) -> None:
    found = (await ask_tmdb("/search/movie?query=dune")).json()["results"]
    assert [film["id"] for film in found][:2] == [438631, 693134]
    found = (await ask_tmdb("/search/movie?query=dune&year=2024")).json()["results"]
    assert [film["id"] for film in found] == [693134]


async def test_a_region_tagged_original_language_matches_nothing(ask_tmdb: Ask) -> None:
    tagged = (await ask_tmdb("/discover/movie?with_original_language=en-US")).json()
    assert (tagged["total_results"], tagged["total_pages"]) == (0, 1)
    bare = (await ask_tmdb("/discover/movie?with_original_language=en")).json()
    assert bare["total_results"] > 5_000


async def _ids(ask_tmdb: Ask, query: str) -> list[int]:
    body = (await ask_tmdb(f"/discover/movie?vote_count.gte=1900&{query}")).json()
    return [film["id"] for film in body["results"]]


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("with_genres=16,878&with_original_language=ja", 149, 129),
        ("with_genres=37|10402&primary_release_year=2012", 68718, 24428),
        ("primary_release_date.gte=2024-01-01", 693134, 438631),
        ("primary_release_date.lte=1931-12-31&year=1927", 19, 832),
        ("with_runtime.gte=200&with_runtime.lte=202", 122, 121),
        ("vote_average.gte=8.69", 278, 603),
        ("certification_country=US&certification=G&year=1995", 862, 807),
        ("certification.lte=PG&certification_country=US&year=1985", 105, 106),
    ],
)
async def test_filters(ask_tmdb: Ask, query: str, inside: int, outside: int) -> None:
    found = await _ids(ask_tmdb, query)
    assert inside in found
    assert outside not in found


async def test_people_and_offers_filter(ask_tmdb: Ask) -> None:
    cast = (await ask_tmdb("/movie/603/credits")).json()["cast"]
    keanu = next(person["id"] for person in cast if person["name"] == "Keanu Reeves")
    assert set(await _ids(ask_tmdb, f"with_cast={keanu}")) == {603, 245891}
    offers = (await ask_tmdb("/movie/603/watch/providers")).json()["results"]
    country = next(iter(offers))
    kind = next(key for key in offers[country] if key != "link")
    provider = offers[country][kind][0]["provider_id"]
    found = await _ids(
        ask_tmdb, f"with_watch_providers={provider}&watch_region={country}&year=1999"
    )
    assert 603 in found


@pytest.mark.parametrize("field", ["title", "primary_release_date", "vote_average", "vote_count"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_orders(ask_tmdb: Ask, field: str, direction: str) -> None:
    body = (await ask_tmdb(f"/discover/movie?sort_by={field}.{direction}&page=3")).json()
    key = "release_date" if field.startswith("primary") else field
    values = [film[key] for film in body["results"]]
    assert values == sorted(values, reverse=direction == "desc")


async def test_discover_unfiltered_reaches_page_500(ask_tmdb: Ask) -> None:
    body = (await ask_tmdb("/discover/movie?page=500")).json()
    assert len(body["results"]) == 20
    assert not any(film["adult"] for film in body["results"])


async def test_find_by_imdb_id(ask_tmdb: Ask) -> None:
    body = (await ask_tmdb("/find/tt0137523?external_source=imdb_id")).json()
    assert [film["id"] for film in body["movie_results"]] == [550]
    assert body["tv_results"] == []
    body = (await ask_tmdb("/find/81189?external_source=tvdb_id")).json()
    assert body["movie_results"] == []


async def test_changes_are_paged_by_100_and_some_are_deletions() -> None:
    tmdb = SandboxTmdb(today=lambda: date(2026, 11, 23))
    transport = httpx.ASGITransport(app=tmdb.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        http.headers["authorization"] = "Bearer x"
        body = (await http.get("/movie/changes?page=3")).json()
        named = (await http.get("/movie/changes?page=3&end_date=2026-11-23")).json()
    assert body == named
    assert (len(body["results"]), body["total_pages"]) == (100, 70)
    assert {None, False} == {item["adult"] for item in body["results"]}


async def test_weak_etag_and_cache_control(ask_tmdb: Ask) -> None:
    answer = await ask_tmdb("/movie/603")
    assert answer.headers["etag"].startswith('W/"')
    assert 2_600 <= int(answer.headers["cache-control"].removeprefix("public, max-age=")) <= 23_000
    headers = {"authorization": "Bearer t", "if-none-match": answer.headers["etag"]}
    again = await ask_tmdb("/movie/603", headers=headers)
    assert (again.status_code, again.content) == (304, b"")


async def test_pictures_come_from_the_same_origin(ask_tmdb: Ask) -> None:
    images = (await ask_tmdb("/configuration")).json()["images"]
    assert images["secure_base_url"] == "http://sandbox:9000/images/"
    assert images["poster_sizes"] == ["w92", "w154", "w185", "w342", "w500", "w780", "original"]


async def test_genres_are_localised(ask_tmdb: Ask) -> None:
    names = [
        {genre["id"]: genre["name"] for genre in (await ask_tmdb(path)).json()["genres"]}[12]
        for path in (f"/genre/movie/list?language={tag}" for tag in ("en", "de-DE", "fr"))
    ]
    assert names == ["Adventure", "Abenteuer", "Aventure"]


async def test_related_films_leave_out_the_film_itself(ask_tmdb: Ask) -> None:
    body = (await ask_tmdb("/movie/120/recommendations")).json()
    ids = [film["id"] for film in body["results"]]
    assert {121, 122} <= set(ids[:3])
    assert 120 not in ids
