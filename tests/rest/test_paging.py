"""Links from page to page: everything once, in order, whatever the size of a page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.requests.stages import Scene
from tests.rest.rest import Rest, problem

NEXT = re.compile(r'<(/api/[^>]+)>; rel="next"')
PAGES = 7
FILMS = (603, 680, 155, 13, 120, 490132, 546554)


async def walk(rest: Rest, path: str, most: int) -> list[list[dict[str, Any]]]:
    """The first pages, by their links alone; all of a list that has no more."""
    pages = []
    while True:
        answer = await rest.get(path)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        pages.append(told["nodes"])
        link = answer.headers.get("link")
        assert (link is not None) is told["pageInfo"]["hasNextPage"]
        if link is None or len(pages) == most:
            return pages
        found = NEXT.fullmatch(link)
        assert found is not None
        path = found[1]


@pytest.mark.parametrize(
    ("path", "sizes"),
    [
        ("/api/requests?orderBy=CREATED_AT_ASC&status=PENDING", (1, 3, 7, 20)),
        ("/api/movies/603/trailers?languages=en&languages=de", (1, 2)),
        pytest.param("/api/requests?count=true", (3,), marks=pytest.mark.slow),
        pytest.param("/api/search?query=the&language=de", (7, 20), marks=pytest.mark.slow),
        pytest.param("/api/discover?orderBy=TITLE_ASC", (13, 33), marks=pytest.mark.slow),
        pytest.param("/api/discover?chart=TOP_RATED", (7, 13), marks=pytest.mark.slow),
    ],
)
async def test_pages_are_the_list(book: Scene, path: str, sizes: tuple[int, ...]) -> None:
    rest = Rest(book)
    for film in FILMS if "requests" in path else ():
        await rest.made("ann", film)
    [whole] = await walk(rest, f"{path}&first=100", 1)
    everything = [each["id"] for each in whole]
    assert len(set(everything)) == len(everything) > 0
    for size in sizes:
        pages = await walk(rest, f"{path}&first={size}", PAGES)
        assert all(0 < len(page) <= size for page in pages)  # TMDB repeats itself at times
        seen = [each["id"] for page in pages for each in page]
        assert seen[:100] == everything[: len(seen)]
        assert len(seen) >= min(len(everything), PAGES * (size - 1))


async def test_a_count_is_told_when_it_is_asked_for(book: Scene) -> None:
    rest = Rest(book)
    for film in FILMS[:3]:
        await rest.made("ann", film)
    assert (await rest.get("/api/requests?first=1")).json()["totalCount"] is None
    assert (await rest.get("/api/requests?first=1&count=true")).json()["totalCount"] == 3


async def test_a_cursor_of_another_list_leads_nowhere(book: Scene) -> None:
    rest = Rest(book)
    for film in FILMS[:3]:
        await rest.made("ann", film)
    info = (await rest.get("/api/requests?first=1")).json()["pageInfo"]
    for path in (
        f"/api/requests?first=1&status=PENDING&after={info['endCursor']}",
        f"/api/search?query=the&after={info['endCursor']}",
        "/api/requests?after=nonsense",
        "/api/requests?requestedBy=nonsense",
        "/api/discover?genres=nonsense",
    ):
        assert problem(await rest.get(path)) == (404, "BAD_USER_INPUT")


async def test_parameters_that_mean_nothing(book: Scene) -> None:
    rest = Rest(book)
    for path, name in (
        ("/api/requests?first=0", "first"),
        ("/api/requests?first=101", "first"),
        ("/api/requests?first=1_0", "first"),
        ("/api/requests?first=%2B1", "first"),
        ("/api/requests?count=1", "count"),
        ("/api/requests?status=LOST", "status"),
        ("/api/requests?after=", "after"),
        ("/api/search?query=", "query"),
        ("/api/search?query=%20", "query"),
        ("/api/search?query=x&year=0", "year"),
        ("/api/search?query=x&language=english", "language"),
        ("/api/discover?releasedFrom=1", "releasedFrom"),
        ("/api/discover?minRating=nan", "minRating"),
        ("/api/discover?minRating=11", "minRating"),
        ("/api/movies/603?region=Germany", "region"),
        ("/api/movies/603/trailers?kinds=LOST", "kinds"),
    ):
        answer = await rest.get(path)
        assert problem(answer) == (400, "BAD_USER_INPUT"), path
        assert answer.json()["errors"][0]["parameter"] == name
    answer = await rest.get("/api/discover?chart=POPULAR&year=1999")
    assert problem(answer) == (400, "BAD_USER_INPUT")
