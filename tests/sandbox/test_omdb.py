"""OMDb: strings, N/A, and failures that say 200."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from gateway.sandbox import SandboxOmdb

Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("i=tt0133093", 401, "No API key provided."),
        ("i=tt0133093&apikey=invalid", 401, "Invalid API key!"),
        ("i=603&apikey=k", 200, "Incorrect IMDb ID."),
        ("i=tt1231230123&apikey=k", 200, "Incorrect IMDb ID."),
        ("apikey=k", 200, "Incorrect IMDb ID."),
        ("i=tt0000001&apikey=k", 200, "Error getting data."),
        ("t=qqqqqq&apikey=k", 200, "Movie not found!"),
        ("s=qqqqqq&apikey=k", 200, "Movie not found!"),
    ],
)
async def test_failures(ask_omdb: Ask, query: str, status: int, error: str) -> None:
    answer = await ask_omdb(f"/?{query}")
    assert answer.status_code == status
    assert answer.json() == {"Response": "False", "Error": error}


async def test_a_film_in_strings(ask_omdb: Ask) -> None:
    body = (await ask_omdb("/?i=tt0133093&apikey=k")).json()
    ratings = body.pop("Ratings")
    assert all(isinstance(value, str) for value in body.values())
    assert (body["Title"], body["Year"], body["Released"], body["Runtime"], body["Response"]) == (
        "The Matrix",
        "1999",
        "31 Mar 1999",
        "136 min",
        "True",
    )
    assert "," in body["imdbVotes"]
    assert all(each.keys() == {"Source", "Value"} for each in ratings)


async def test_missing_values_are_na(omdb: SandboxOmdb, ask_omdb: Ask) -> None:
    unvoted = next(
        film for film in omdb.catalogue.indexed if film.imdb_id and film.vote_average == 0
    )
    body = (await ask_omdb(f"/?i={unvoted.imdb_id}&apikey=k")).json()
    assert (body["imdbRating"], body["imdbVotes"], body["Ratings"]) == ("N/A", "N/A", [])


async def test_by_title_and_year_and_by_search(ask_omdb: Ask) -> None:
    body = (await ask_omdb("/?t=dune&y=2024&apikey=k")).json()
    assert body["imdbID"] == "tt15239678"
    body = (await ask_omdb("/?s=matrix&apikey=k")).json()
    assert (body["totalResults"], body["Search"][0]["imdbID"]) == ("1", "tt0133093")
